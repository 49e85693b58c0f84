/* serve/private.h - a request and its answer, as resources see them */
#ifndef SERVE_PRIVATE_H
#define SERVE_PRIVATE_H

#include "json.h"
#include "serve.h"

enum method { METHOD_GET, METHOD_PUT, METHOD_POST, METHOD_DELETE, METHOD_OPTIONS, METHOD_OTHER };

struct pair {
	char *name, *value;
};
struct pairs {
	struct pair *items;
	size_t count;
};
void pairs_add(struct pairs *pairs, const char *name, const char *value);
/* Ignores the case of header names; the last one counts. NULL if there is none. */
const char *pairs_find(const struct pairs *pairs, const char *name);
void pairs_finish(struct pairs *pairs);
/* Returns whether a header may have this value: it must not contain a line end. */
bool request_is_header_value(const char *value);

struct hub;
struct piece;
struct listener;
struct ingest;
struct broadcaster;

struct request {
	struct lrs *lrs;
	struct hub *hub;
	struct tracker *tracker;
	struct ingest *ingest;
	struct room *room; /* NULL: no workshop */
	struct broadcaster *broadcaster;
	char *address; /* of the client, without the port */
	enum method method;
	char *path;
	struct pairs headers, parameters;
	struct buf body;
	bool too_large;
	bool unclear; /* its end is ambiguous */
	bool hidden;  /* a parameter contains a NUL */
	enum xapi_version version;
	char *name, *role;  /* of the key */
	char *team;         /* the only team of a lead; "" */
	char *actor;        /* whose statements a learner's key sends; "": not known yet */
	const char *url;    /* address for learners */
	const char *origin; /* "http://127.0.0.1:8410": the server's own address */
	/* whose scripts may use the store; NULL: none */
	const struct words *origins;
};

struct reply {
	unsigned status;
	struct buf body;
	struct pairs headers;
	/* A body too long for memory: `more` adds the next piece, and returns false at the end.
	 * Then, or when the client disconnects, `more_end` releases the data. */
	bool (*more)(void *data, struct buf *out);
	void (*more_end)(void *data);
	void *more_data;
	struct listener *listener; /* the body is a stream of events */
};

/* ---- request.c ---- */

const char *request_header(const struct request *r, const char *name);
const char *request_parameter(const struct request *r, const char *name);
/* False (400 sent): a parameter is not one of these, is repeated, or is not UTF-8. */
bool request_takes(
	const struct request *r, struct reply *a, const char *const *names, size_t count);
/* Accepts only "true" and "false". False: 400 sent. */
bool request_flag(const struct request *r, struct reply *a, const char *name, bool *ret);
/* Reads a required parameter, from 1. False: 400 sent. */
bool request_number(const struct request *r, struct reply *a, const char *name, int64_t *ret);
/* Reads an agent parameter as JSON and as its key; the caller frees both. False: 400 sent. */
bool request_agent(const struct request *r, struct reply *a, bool groups, bool needed, cJSON **ret,
	char **ret_key);

/* True if the client is a browser, not a program that wants data. */
bool request_wants_page(const struct request *r);
/* Answers 304 if the client has this version: If-None-Match contains the answer's ETag. */
void request_skip_known(const struct request *r, struct reply *a);

/* ---- reply.c ---- */

/* Sends an error as plain text. Returns false, so that callers can return it. */
bool reply_error(struct reply *a, unsigned status, const char *format, ...) PRINTF_LIKE(3, 4);
/* Sends 405 with the allowed methods. */
void reply_method(struct reply *a, const char *allowed);
/* Sends the status for an outcome of the store, with err as text. */
void reply_outcome(struct reply *a, enum lrs_outcome outcome, const struct error *err);
void reply_room_outcome(struct reply *a, enum room_outcome outcome, const struct error *err);
void reply_json(struct reply *a, cJSON *json); /* takes ownership */
void reply_text(struct reply *a, const char *type, const char *bytes, size_t length);
void reply_header(struct reply *a, const char *name, const char *value);
/* Sets the ETag of the body, computed as the specification requires. */
void reply_tag(struct reply *a);
void reply_modified(struct reply *a, int64_t wall_ms);

/* ---- access.c: access control ---- */

/* Authenticates the key. False: 401 sent. */
bool access_key(struct request *r, struct reply *a);
/* Checks whether the key exists, without sending an answer or changing the request. */
bool access_is_known(const struct request *r);
bool access_is(const struct request *r, const char *role);
/* A learner's key sends statements of one person, set by the first statement, and voids only that
 * person's. False: 403 sent. */
bool access_statements(struct request *r, struct reply *a, cJSON *const *statements, size_t count);
/* A learner's key may use only its own documents. False: 403 sent. */
bool access_agent(struct request *r, struct reply *a, const char *actor_key);
/* The token of a form, which shows that this server made the page. */
char *access_token(const struct request *r); /* the caller frees it */
bool access_form(struct request *r, struct reply *a);
/* The one team that this key may see, 0: all. False: 403 sent. */
bool access_team(struct request *r, struct reply *a, int64_t *ret);
/* The team in parameter `team`, if this key may see it; *ret_name NULL and *ret 0: all. False: 403
 * or 404 sent. */
bool access_team_asked(struct request *r, struct reply *a, const char **ret_name, int64_t *ret);
/* Checks that this key may see a person. False: 403 or 404 sent. */
bool access_person(struct request *r, struct reply *a, int64_t person);

/* ---- origin.c: pages of other origins ---- */

/* Lets scripts of allowed origins read the answer. */
void origin_tell(const struct request *r, struct reply *a);
/* True: this was a preflight request of a browser, and it has been answered. */
bool origin_preflight(const struct request *r, struct reply *a);
/* Returns whether the page that sent this has an origin that is neither the server's own nor
 * allowed. */
bool origin_is_foreign(const struct request *r);

/* ---- ingest.c: feeds the tracker from this store or another one ---- */

struct ingest_options {
	struct lrs *lrs;
	struct tracker *tracker;
	struct hub *hub;
	const char *url, *key, *secret; /* of a remote store; NULL: this one */
	const char *ca;                 /* file with CA certificates; may be NULL */
};
bool ingest_open(const struct ingest_options *options, struct ingest **ret, struct error *err);
void ingest_close(struct ingest *ingest);
/* Announces that there may be new statements. */
void ingest_poke(struct ingest *ingest);
/* Waits until statements stored before now are applied, unless there are very many. Call it before
 * making a page. */
void ingest_settle(struct ingest *ingest);
bool ingest_is_remote(const struct ingest *ingest);
/* Since when the remote store has been unreachable, and why; 0: it is reachable. The caller frees
 * the text. */
int64_t ingest_problem(struct ingest *ingest, char **ret_why);

/* ---- hooks.c: posts webhooks in the background ---- */

struct hooks;
bool hooks_open(struct tracker *tracker, struct hooks **ret, struct error *err);
void hooks_close(struct hooks *hooks);

/* ---- resources: each fills in *a ---- */

void serve_about(struct request *r, struct reply *a);
void serve_statements(struct request *r, struct reply *a);
void serve_more(struct request *r, struct reply *a);
void serve_activities(struct request *r, struct reply *a);
void serve_agents(struct request *r, struct reply *a);
void serve_state(struct request *r, struct reply *a);
void serve_activity_profile(struct request *r, struct reply *a);
void serve_agent_profile(struct request *r, struct reply *a);
void serve_asset(struct request *r, struct reply *a);
void serve_team(struct request *r, struct reply *a);
void serve_team_events(struct request *r, struct reply *a);
void serve_person(struct request *r, struct reply *a);
void serve_person_of(struct request *r, struct reply *a, int64_t person);
void serve_certificate(struct request *r, struct reply *a);
void serve_courses(struct request *r, struct reply *a);
void serve_course(struct request *r, struct reply *a);
void serve_manage(struct request *r, struct reply *a);
void serve_export_csv(struct request *r, struct reply *a);
void serve_export_json(struct request *r, struct reply *a);
void serve_export_xapi(struct request *r, struct reply *a);
void serve_room(struct request *r, struct reply *a);
void serve_room_join(struct request *r, struct reply *a);
void serve_room_events(struct request *r, struct reply *a);
void serve_room_participant(struct request *r, struct reply *a);
void serve_room_say(struct request *r, struct reply *a);
void serve_room_board(struct request *r, struct reply *a);
void serve_room_board_events(struct request *r, struct reply *a);
void serve_room_projector(struct request *r, struct reply *a);
void serve_room_projector_events(struct request *r, struct reply *a);
void serve_room_report(struct request *r, struct reply *a);

/* Answers a parsed request. */
void route_request(struct request *r, struct reply *a);

/* ---- events.c: server-sent events (WHATWG HTML, 9.2) ---- */

struct hub *events_create(void);
/* Ends every stream; nothing is published afterwards. */
void events_end(struct hub *hub);
void events_destroy(struct hub *hub);
/* Answers with a stream of a topic's events; `who` owns the stream ("": no one). It starts with
 * `first`, formatted as by events_add(). False (503 sent): too many listeners. */
bool events_listen(struct request *r, struct reply *a, const char *topic, const char *who,
	const struct buf *first);
/* Publishes to all listeners of the topic, or only to those owned by `who` (not NULL). `latest`: a
 * listener who has not been sent the previous such event gets only this one. */
void events_publish(
	struct hub *hub, const char *topic, const char *who, const struct buf *event, bool latest);
/* Stores once a text that many listeners get as their first. */
struct piece *events_keep_piece(struct hub *hub, const struct buf *text);
void events_drop_piece(struct hub *hub, struct piece *piece); /* NULL does nothing */
bool events_listen_piece(struct request *r, struct reply *a, const char *topic, const char *who,
	struct piece *first);
/* Calls `each` with the owner of every listener of the topic. */
void events_each(
	struct hub *hub, const char *topic, void (*each)(void *data, const char *who), void *data);
/* Counts listeners of the topic owned by `who` (NULL: any). */
size_t events_count(struct hub *hub, const char *topic, const char *who);
/* Sends a heartbeat to every listener, to detect dead connections. */
void events_beat(struct hub *hub);
/* Adds one event; id 0: none. The data must not contain line breaks (JSON without white space). */
void events_add(struct buf *out, const char *name, int64_t id, const char *data);
/* For handle.c: the listener's next bytes; 0: the connection was suspended; -1: end of stream. */
ssize_t events_give(struct listener *l, char *bytes, size_t max);
struct MHD_Connection;
void events_connect_listener(struct listener *l, struct MHD_Connection *connection);
void events_free_listener(struct listener *l);

/* ---- broadcast.c: pushes changes in the room to listeners ---- */

struct broadcaster *broadcast_create(struct hub *hub, struct room *room, const char *origin);
/* Stops publishing. */
void broadcast_destroy(struct broadcaster *broadcaster);
/* Publishes changes at once. */
void broadcast_wake(struct broadcaster *broadcaster);
/* Answers with a stream of a learner's events, beginning with those after the event `after`. */
bool broadcast_listen(struct request *r, struct reply *a, const char *learner, int64_t after);
/* Answers with a stream of a board. `changes`: only the first event has the full board. */
bool broadcast_listen_board(struct request *r, struct reply *a, enum room_view view, bool changes);
/* "ropes join URL CODE" */
const char *broadcast_join(const struct broadcaster *broadcaster);
/* The board as JSON text. */
void broadcast_board(struct broadcaster *broadcaster, enum room_view view, struct buf *out);

/* ---- multipart.c ---- */

struct part {
	struct pairs headers;
	const char *bytes; /* a view of the body */
	size_t length;
};
struct parts {
	struct part *items;
	size_t count;
};
/* RFC 2046; `type` is the Content-Type with its boundary. */
bool multipart_read(const char *type, const struct buf *body, struct parts *ret, struct error *err);
void multipart_finish(struct parts *parts);
/* Unwraps a request sent as a form (1.3, Alternate Request Syntax). False: 400 or 403 sent. */
bool multipart_form_read(struct request *r, struct reply *a);
/* Turns the fields of a form that a page of this server sent into parameters. False: 400 sent. */
bool multipart_form_parameters(struct request *r, struct reply *a);
/* Parses a form as a browser sends it (application/x-www-form-urlencoded). */
void multipart_form_fields(const struct buf *body, struct pairs *ret);

/* ---- statements.c ---- */
/* A learner's key may see what was sent with it or is about that learner; other keys see
 * everything. `text`: a statement as stored. */
bool statements_is_own(const struct request *r, const char *text);

/* ---- incoming.c ---- */
void incoming_receive(struct request *r, struct reply *a, bool single);

#endif

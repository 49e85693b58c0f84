/* serve/private.h - a request and its answer, as the resources see them */
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
/* Header names in any case; the last one counts. NULL where there is none. */
const char *pairs_find(const struct pairs *pairs, const char *name);
void pairs_finish(struct pairs *pairs);
/* Whether it can be a header's value: nothing in it ends the line. */
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
	struct room *room; /* NULL: no workshop is held here */
	struct broadcaster *broadcaster;
	char *address; /* of who asks, without the port */
	enum method method;
	char *path;
	struct pairs headers, parameters;
	struct buf body;
	bool too_large;
	bool unclear; /* where it ends can be read in two ways */
	bool hidden;  /* a parameter has a zero in it */
	enum xapi_version version;
	char *name, *role;  /* whose key it is */
	char *team;         /* a lead's only one; "" */
	char *actor;        /* a learner's: whose statements it sends; "" not known yet */
	const char *url;    /* how learners reach it */
	const char *origin; /* "http://127.0.0.1:8410": the server's own address */
	/* of pages that may use the store; NULL: of none */
	const struct words *origins;
};

struct reply {
	unsigned status;
	struct buf body;
	struct pairs headers;
	/* A body too long for the memory: `more` adds the next piece, false where there is none;
	 * then, or when the client is gone, `more_end` releases the data. */
	bool (*more)(void *data, struct buf *out);
	void (*more_end)(void *data);
	void *more_data;
	struct listener *listener; /* the body is events as they come */
};

/* ---- request.c ---- */

const char *request_header(const struct request *r, const char *name);
const char *request_parameter(const struct request *r, const char *name);
/* False (400 is said): a parameter is none of these, is there twice, or is no UTF-8. */
bool request_takes(
	const struct request *r, struct reply *a, const char *const *names, size_t count);
/* "true" and "false" only. False: 400 is said. */
bool request_flag(const struct request *r, struct reply *a, const char *name, bool *ret);
/* A parameter that must be there, from 1. False: 400 is said. */
bool request_number(const struct request *r, struct reply *a, const char *name, int64_t *ret);
/* An agent of a parameter, as JSON and as its key; the caller frees both. False: 400 is said. */
bool request_agent(const struct request *r, struct reply *a, bool groups, bool needed, cJSON **ret,
	char **ret_key);

/* True where a browser asks, and not a program that wants data. */
bool request_wants_page(const struct request *r);
/* 304 in place of what the client has already: If-None-Match has the answer's ETag. */
void request_skip_known(const struct request *r, struct reply *a);

/* ---- reply.c ---- */

/* Says an error as plain text. Returns false, so that one can leave with it. */
bool reply_error(struct reply *a, unsigned status, const char *format, ...) PRINTF_LIKE(3, 4);
/* 405, with the methods that there are. */
void reply_method(struct reply *a, const char *allowed);
/* The status that stands for a store's outcome, with err as its text. */
void reply_outcome(struct reply *a, enum lrs_outcome outcome, const struct error *err);
void reply_room_outcome(struct reply *a, enum room_outcome outcome, const struct error *err);
void reply_json(struct reply *a, cJSON *json); /* takes it */
void reply_text(struct reply *a, const char *type, const char *bytes, size_t length);
void reply_header(struct reply *a, const char *name, const char *value);
/* ETag of the body, as the specification counts it. */
void reply_tag(struct reply *a);
void reply_modified(struct reply *a, int64_t wall_ms);

/* ---- access.c: who may ---- */

/* Whose key it is. False: 401 is said. */
bool access_key(struct request *r, struct reply *a);
/* Whether there is such a key; says nothing, and keeps nothing of it. */
bool access_is_known(const struct request *r);
bool access_is(const struct request *r, const char *role);
/* A learner's key sends statements of one person, and voids only theirs: the first that comes says
 * whose it is. False: 403 is said. */
bool access_statements(struct request *r, struct reply *a, cJSON *const *statements, size_t count);
/* A learner's documents are their own. False: 403 is said. */
bool access_agent(struct request *r, struct reply *a, const char *actor_key);
/* A form that a browser sends brings a word that only this server can have put into it. */
char *access_token(const struct request *r); /* the caller frees it */
bool access_form(struct request *r, struct reply *a);
/* The one team that this key sees, 0: all. False: 403 is said. */
bool access_team(struct request *r, struct reply *a, int64_t *ret);
/* The team that the parameter `team` names, within what this key sees; *ret_name NULL and *ret 0:
 * all. False: 403 or 404 is said. */
bool access_team_asked(struct request *r, struct reply *a, const char **ret_name, int64_t *ret);
/* A person that this key may see. False: 403 or 404 is said. */
bool access_person(struct request *r, struct reply *a, int64_t person);

/* ---- origin.c: pages of other origins ---- */

/* Lets scripts of allowed origins read the answer. */
void origin_tell(const struct request *r, struct reply *a);
/* True: a browser asked, for such a script, whether it may; it is told. */
bool origin_preflight(const struct request *r, struct reply *a);
/* A page of an origin that is neither the server's own nor allowed has sent it. */
bool origin_is_foreign(const struct request *r);

/* ---- ingest.c: the tracker gets what the store has, or another one ---- */

struct ingest_options {
	struct lrs *lrs;
	struct tracker *tracker;
	struct hub *hub;
	const char *url, *key, *secret; /* of another store; NULL: it is this one */
	const char *ca;                 /* file of authorities; NULL */
};
bool ingest_open(const struct ingest_options *options, struct ingest **ret, struct error *err);
void ingest_close(struct ingest *ingest);
/* There may be something new. */
void ingest_poke(struct ingest *ingest);
/* Before a page is made: what was stored until now is in it, unless it is very much. */
void ingest_settle(struct ingest *ingest);
bool ingest_is_remote(const struct ingest *ingest);
/* Since when the other store can't be reached, and why; 0: it can. The caller frees the text. */
int64_t ingest_problem(struct ingest *ingest, char **ret_why);

/* ---- hooks.c: webhooks are posted in the background ---- */

struct hooks;
bool hooks_open(struct tracker *tracker, struct hooks **ret, struct error *err);
void hooks_close(struct hooks *hooks);

/* ---- resources: each says everything in *a ---- */

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

/* From a request that is taken apart to its answer. */
void route_request(struct request *r, struct reply *a);

/* ---- events.c: server-sent events (WHATWG HTML, 9.2) ---- */

struct hub *events_create(void);
/* Ends every stream; no more is published afterwards. */
void events_end(struct hub *hub);
void events_destroy(struct hub *hub);
/* An answer that listens to a topic; `who` is whom it belongs to ("" nobody in particular). `first`
 * is what it gets at once, as from events_add(). False (503 is said): there are too many. */
bool events_listen(struct request *r, struct reply *a, const char *topic, const char *who,
	const struct buf *first);
/* To all who listen to the topic, or only to those of `who` (not NULL). `latest`: who has not been
 * given the last such event yet gets only this one. */
void events_publish(
	struct hub *hub, const char *topic, const char *who, const struct buf *event, bool latest);
/* A text that many get as their first, kept once. */
struct piece *events_keep_piece(struct hub *hub, const struct buf *text);
void events_drop_piece(struct hub *hub, struct piece *piece); /* NULL is left alone */
bool events_listen_piece(struct request *r, struct reply *a, const char *topic, const char *who,
	struct piece *first);
/* Calls `each` with whom every listener of the topic belongs to. */
void events_each(
	struct hub *hub, const char *topic, void (*each)(void *data, const char *who), void *data);
/* How many listen to the topic as `who` (NULL: any). */
size_t events_count(struct hub *hub, const char *topic, const char *who);
/* Something to everybody, so that connections that are gone are noticed. */
void events_beat(struct hub *hub);
/* Adds one event; id 0: none. The data has no line breaks (JSON without white space). */
void events_add(struct buf *out, const char *name, int64_t id, const char *data);
/* For server.c: the listener's next bytes; 0: the connection was suspended; -1: it is at its end.
 */
ssize_t events_give(struct listener *l, char *bytes, size_t max);
struct MHD_Connection;
void events_connect_listener(struct listener *l, struct MHD_Connection *connection);
void events_free_listener(struct listener *l);

/* ---- broadcast.c: what happens in the room goes to whoever listens ---- */

struct broadcaster *broadcast_create(struct hub *hub, struct room *room, const char *origin);
/* Nothing is published afterwards. */
void broadcast_destroy(struct broadcaster *broadcaster);
/* Something has changed: it is published at once. */
void broadcast_wake(struct broadcaster *broadcaster);
/* An answer that goes on with what a learner is told; first what came behind the event `after`. */
bool broadcast_listen(struct request *r, struct reply *a, const char *learner, int64_t after);
/* An answer that goes on with a board. `changes`: only the first event is the whole of it. */
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
/* A request whose form says what it really is (1.3, Alternate Request Syntax). False: 400 or 403 is
 * said. */
bool multipart_form_read(struct request *r, struct reply *a);
/* The fields of a form that a page of this server sent become parameters. False: 400 is said. */
bool multipart_form_parameters(struct request *r, struct reply *a);
/* The fields of a form as a browser sends it (application/x-www-form-urlencoded). */
void multipart_form_fields(const struct buf *body, struct pairs *ret);

/* ---- statements.c ---- */
/* A learner's key has to do with what came by it or is of that learner; the others with all.
 * `text`: a statement as it is kept. */
bool statements_is_own(const struct request *r, const char *text);

/* ---- incoming.c ---- */
void incoming_receive(struct request *r, struct reply *a, bool single);

#endif

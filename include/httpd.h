/*
 * httpd.h - an HTTP server: connections, requests, answers, streams of events. Only this module
 * uses the HTTP server library. It knows no resources: `answer` fills in the reply to each request.
 *
 *     struct httpd *server;
 *     if (!httpd_open(&options, &server, err))
 *             return false;
 *     const struct request common = {.lrs = lrs};
 *     if (!httpd_start(server, &common, err)) ...
 *     ...
 *     httpd_stop(server);
 *     httpd_close(server);
 */
#ifndef HTTPD_H
#define HTTPD_H

#include "json.h"

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

struct hub;
struct piece;
struct listener;
/* What the resources work on; this module only carries it. */
struct lrs;
struct tracker;
struct ingest;
struct room;
struct broadcaster;
struct log;
struct watch;
struct sessions;
struct audit;
struct oidc;
struct terminals;
struct ports;
struct httpd_stream;
struct relay;
struct relay_list;
struct MHD_Connection;

struct request {
	struct lrs *lrs;
	struct hub *hub;
	struct tracker *tracker;
	struct ingest *ingest;
	struct room *room; /* NULL: no workshop */
	struct broadcaster *broadcaster;
	struct log *log; /* NULL: none */
	struct watch *watch;
	struct sessions *sessions;
	struct audit *audit;
	struct oidc *oidc;           /* NULL: no provider */
	struct terminals *terminals; /* NULL: none in the browser */
	struct ports *ports;         /* NULL: none of learners' containers */
	char *address; /* of the client, without the port; a reverse proxy may tell it */
	enum method method;
	const char *method_name; /* as sent */
	char *path;              /* from the server's root, whatever `prefix` is */
	char *target;            /* as it was sent: with the prefix and the query, not decoded */
	struct pairs headers, parameters;
	struct buf body;
	bool too_large;
	bool unclear;       /* its end is ambiguous */
	bool hidden;        /* a parameter contains a NUL */
	unsigned version;   /* enum xapi_version */
	char *name, *role;  /* of the key */
	char *team;         /* the only team of a lead; "" */
	char *actor;        /* whose statements a learner's key sends; "": not known yet */
	char *session;      /* digest of the browser's session; NULL: none */
	const char *url;    /* address for learners, "https://lab.example/ropes" */
	const char *prefix; /* its path, "/ropes"; "": none */
	const char *origin; /* "http://127.0.0.1:8410": the server's own address */
	/* whose scripts may use the store; NULL: none */
	const struct words *origins;
	/* Who takes the connection over when it leaves HTTP. */
	void (*take)(void *data, struct httpd_stream *stream);
	void *take_data;
	struct relay *relay; /* makes the answer; NULL: none */
	struct relay_list *relays;
	struct MHD_Connection *connection;
};

struct reply {
	unsigned status;
	struct buf body;
	bool is_page;         /* HTML whose links begin at the server's root: they get the prefix */
	struct pairs headers; /* so do Location and the Path of cookies */
	/* A body too long for memory: `more` adds the next piece, and returns false at the end.
	 * Then, or when the client disconnects, `more_end` releases the data. */
	bool (*more)(void *data, struct buf *out);
	void (*more_end)(void *data);
	void *more_data;
	struct listener *listener; /* the body is a stream of events */
	struct relay *relay;       /* the body comes from another thread */
	bool is_whole;             /* Location and cookies are complete: they get no prefix */
	bool upgrade;              /* the connection leaves HTTP after this answer */
};

/* ---- server.c ---- */

struct httpd_options {
	const char *address; /* "127.0.0.1", "::1" … */
	unsigned short port; /* 0: any free port */
	const char *url;     /* address for learners, by httpd_read_url(); NULL: where it listens */
	const char *tls_certificate, *tls_key; /* PEM texts; NULL: plain HTTP, on loopback only */
	bool is_proxied;          /* a reverse proxy on this machine says who the clients are */
	unsigned connections_max; /* 0: 16384 */
	unsigned timeout_s;       /* to receive a request; 0: 60 */
	size_t body_max;          /* bytes of a request; 0: 16 MiB */
	/* Origins whose scripts may use the server, each from httpd_read_origin(); NULL: none. */
	const struct words *origins;
	/* Answers a request; several threads call it. */
	void (*answer)(struct request *r, struct reply *a);
	/* Returns whether the client may send a long body, judged by the headers. */
	bool (*is_known)(const struct request *r);
	/* Returns whether to answer before the body has arrived: a relay reads it. NULL: never. */
	bool (*is_relayed)(const struct request *r);
	/* Called with each answer, and how long making it took. */
	void (*note)(const struct request *r, const struct reply *a, int64_t us);
};

struct httpd;
/* Listens, but accepts nothing yet. What `options` point to must outlive the server. */
bool httpd_open(const struct httpd_options *options, struct httpd **ret, struct error *err);
/* The address with the actual port, e.g. "http://127.0.0.1:8410"; and the one for learners, who may
 * be on other machines. */
const char *httpd_origin(const struct httpd *server);
const char *httpd_url(const struct httpd *server);
struct hub *httpd_hub(struct httpd *server);
/* Accepts requests. Each begins with what is set in `common`: what the resources work on. */
bool httpd_start(struct httpd *server, const struct request *common, struct error *err);
/* How many clients are connected, and how many may be. */
unsigned httpd_connections(const struct httpd *server, unsigned *ret_max);
/* Ends streams of events and relays, and waits for running requests. */
void httpd_stop(struct httpd *server);
void httpd_close(struct httpd *server); /* NULL does nothing */

/* Parses "ADDRESS:PORT", "[::1]:PORT", "NAME:PORT", and ":PORT" or "PORT" (loopback). The caller
 * frees *ret_address. */
bool httpd_read_address(
	const char *text, char **ret_address, unsigned short *ret_port, struct error *err);

/* Parses the address of a server: "https://lab.example/ropes/" is "https://lab.example/ropes". The
 * caller frees *ret. */
bool httpd_read_url(const char *text, char **ret, struct error *err);
/* The path of such an address, "/ropes"; "": none. Points into it. */
const char *httpd_prefix(const char *url);

/* ---- request.c ---- */

const char *request_header(const struct request *r, const char *name);
const char *request_parameter(const struct request *r, const char *name);
/* Adds all parameters as a query: "?a=1&b=2"; nothing if there are none. */
void request_add_query(const struct request *r, struct buf *out);
/* Returns whether a header may have this value: it must not contain a line end. */
bool request_is_header_value(const char *value);
/* False (400 sent): a parameter is not one of these, is repeated, or is not UTF-8. */
bool request_takes(
	const struct request *r, struct reply *a, const char *const *names, size_t count);
/* Accepts only "true" and "false". False: 400 sent. */
bool request_flag(const struct request *r, struct reply *a, const char *name, bool *ret);
/* Reads a required parameter, from 1. False: 400 sent. */
bool request_number(const struct request *r, struct reply *a, const char *name, int64_t *ret);
/* True if the client is a browser, not a program that wants data. */
bool request_wants_page(const struct request *r);

/* ---- reply.c ---- */

/* Sends an error as plain text. Returns false, so that callers can return it. */
bool reply_error(struct reply *a, unsigned status, const char *format, ...) PRINTF_LIKE(3, 4);
/* Sends 405 with the allowed methods. */
void reply_method(struct reply *a, const char *allowed);
void reply_json(struct reply *a, cJSON *json); /* takes ownership */
void reply_text(struct reply *a, const char *type, const char *bytes, size_t length);
void reply_header(struct reply *a, const char *name, const char *value);
/* Sets the ETag of the body, computed as the specification requires. */
void reply_tag(struct reply *a);
void reply_modified(struct reply *a, int64_t wall_ms);

/* ---- origin.c: pages of other origins ---- */

/* Lets scripts of allowed origins read the answer. */
void origin_tell(const struct request *r, struct reply *a);
/* True: this was a preflight request of a browser, and it has been answered. */
bool origin_preflight(const struct request *r, struct reply *a);
/* Returns whether this is the origin of the server's pages. */
bool origin_is_own(const struct request *r, const char *origin);
/* Returns whether the page that sent this has an origin that is neither the server's own nor
 * allowed. */
bool origin_is_foreign(const struct request *r);

/* Parses an origin as browsers send it: "https://lms.example.com". The caller frees *ret. */
bool httpd_read_origin(const char *text, char **ret, struct error *err);

/* ---- upgrade.c: connections that leave HTTP ---- */

/* Answers the handshake of a WebSocket (RFC 6455, 4.2): `take` gets the connection, in a
 * thread of the server. False: it is no
 * such handshake, or a page of another origin sent it; 4xx sent. */
bool httpd_websocket(struct request *r, struct reply *a,
	void (*take)(void *data, struct httpd_stream *stream), void *data);
/* The descriptor, which does not block. */
int httpd_stream_fd(const struct httpd_stream *stream);
/* Bytes that the client sent after its request; valid while the stream is being taken over. */
const char *httpd_stream_early(const struct httpd_stream *stream, size_t *ret_length);
/* Closes the connection. All must be closed before httpd_stop(), except those of relays. Any thread
 * may call it. */
void httpd_stream_close(struct httpd_stream *stream);

/* ---- relay.c: answers that a thread of their own makes ---- */

/* Answers from a new thread, which calls `run`: a slow or endless answer occupies no thread of the
 * server, and neither body is in memory as a whole. The request is gone when its client is, so
 * `run` must not use it. False (503 sent): the server stops, or cannot start a thread. */
bool httpd_relay(struct request *r, struct reply *a, void (*run)(void *data, struct relay *relay),
	void *data);
/* For `run`: */
/* Reads more of the request's body, and waits for it. 0: its end; -1: the client has gone. */
ssize_t relay_read(struct relay *relay, char *bytes, size_t max);
/* Begins the answer: takes its status, headers and body over. length: of the body; -1: unknown. */
void relay_begin(struct relay *relay, struct reply *reply, int64_t length);
/* Adds to the answer's body; waits while the client takes nothing. False: it has gone. */
bool relay_write(struct relay *relay, const char *bytes, size_t length);
/* Ends an answer that is not complete, so that the client sees that. */
void relay_break(struct relay *relay);
/* Answers with status 101, and waits for the connection, which the caller closes. NULL: the client
 * has gone. */
struct httpd_stream *relay_upgrade(struct relay *relay, struct reply *reply);
/* Returns whether the client has gone or the server stops; ask every second or so. */
bool relay_is_over(struct relay *relay);

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
/* Ends the streams of an owner, who gets what waits for them first. */
void events_end_owner(struct hub *hub, const char *topic, const char *who);
/* Calls `each` with the owner of every listener of the topic. */
void events_each(
	struct hub *hub, const char *topic, void (*each)(void *data, const char *who), void *data);
/* Counts listeners of the topic owned by `who` (NULL: any). */
size_t events_count(struct hub *hub, const char *topic, const char *who);
/* Sends a heartbeat to every listener, to detect dead connections. */
void events_beat(struct hub *hub);
/* Adds one event; id 0: none. The data must not contain line breaks (JSON without white space). */
void events_add(struct buf *out, const char *name, int64_t id, const char *data);

#endif

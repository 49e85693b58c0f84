/* gate/private.h - declarations that the parts of the gate share. Private to src/gate. */
#ifndef GATE_PRIVATE_H
#define GATE_PRIVATE_H

#include "gate.h"
#include "json.h"
#include "tls.h"

#include <pthread.h>
#include <stdatomic.h>

struct request;
struct gate {
	enum gate_profile profile;
	char *listen, *learner;
	char *front; /* prefix of the learner's names on the daemon: "ropes-ada-" */
	struct gate_policy policy;
	int socket, log_fd;
	char *upstream;
	struct tls *tls;    /* NULL: none */
	atomic_int users;   /* threads and the opener; the last one frees the gate */
	atomic_int waiting; /* threads that wait for a connection */
	atomic_bool stopping;
	pthread_mutex_t lock; /* protects what follows */
	pthread_cond_t left;  /* a user left */
	struct request *open; /* requests in progress */
	char *version;        /* the daemon's API version, "1.41"; NULL: unknown yet */
	struct words images;  /* references and ids of requests, to show their events */
};

/* ---- http.c: heads, parsed strictly (RFC 9112, the strictest reading) ---- */

#define ANSWER_LIMIT ((size_t)64 * 1024 * 1024) /* of the daemon's, read whole */
#define HEAD_LIMIT ((size_t)32 * 1024)
#define HEADERS_MAX 64

/* A buffered reader of a connection. */
struct stream {
	int fd;
	struct buf pending; /* read but not yet consumed */
	size_t taken;
	int timeout_ms;              /* limit of one wait; -1: none */
	bool (*goes_on)(void *data); /* asked after a timeout: wait again? NULL: no */
	void *data;
};
/* Reads at most `size` bytes; returns 0 at the end, -1 on an error or a timeout. */
ssize_t http_stream_read(struct stream *s, void *bytes, size_t size);
void http_stream_finish(struct stream *s);

struct head {
	char *method, *target; /* of a request */
	int status;            /* of an answer */
	char *content_type;    /* "" */
	bool chunked, has_length, expects_continue;
	bool switches, upgrade; /* to another protocol; to the daemon's raw streams ("tcp") */
	bool of_ropes;          /* sent by ropes itself */
	unsigned long long length;
};
enum head_result { HEAD_GOOD, HEAD_END, HEAD_BAD, HEAD_TOO_LARGE, HEAD_TIMEOUT };
/* Reads up to the empty line and parses the head; *why says what is wrong. */
enum head_result http_head_read(struct stream *s, bool answer, struct head *ret, const char **why);
/* Parses a head that is in memory: pure, for tests and the fuzzer. */
enum head_result http_head_parse(
	const char *bytes, size_t length, bool answer, struct head *ret, const char **why);
void http_head_finish(struct head *head);

/* A body after a head: its bytes without framing. */
struct body {
	struct stream *stream;
	bool chunked, until_close, ended, broken;
	unsigned long long left; /* remaining bytes of the chunk, or of the whole body */
	bool begun;
};
void http_body_begin(struct body *body, struct stream *s, const struct head *head, bool answer);
ssize_t http_body_read(struct body *body, void *bytes, size_t size); /* like http_stream_read */
/* Reads the whole body, at most `limit` bytes; false: it is larger, or malformed. */
bool http_body_read_all(struct body *body, size_t limit, struct buf *ret);

/* ---- target.c: path and query ---- */

struct pair {
	char *name, *value;
};
struct target {
	struct words segments; /* decoded, without the version */
	int minor;             /* of "/v1.N"; -1: none */
	struct pair *query;
	size_t query_count;
};
/* Parses a target. False: *why says what is wrong. Pure. */
bool target_parse(const char *text, struct target *ret, const char **why);
const char *target_query(const struct target *t, const char *name); /* or NULL */
void target_set(struct target *t, const char *name, const char *value);
void target_add(struct target *t, const char *name, const char *value); /* appends */
void target_remove(struct target *t, const char *name);
void target_finish(struct target *t);

/* ---- json.c ---- */

/* Parses strictly: UTF-8, no NUL, no duplicate key at any depth, nothing after the value, at
 * most 32 levels. */
bool gate_parse_body(const char *bytes, size_t length, cJSON **ret, const char **why);
/* Reports whether the value is null, false, 0, "", [] or {}, or an object of only these: what
 * clients send for "not set". */
bool gate_value_is_zero(const cJSON *value);

/* ---- a request while the gate judges it ---- */

enum route_body {
	BODY_NONE,
	BODY_JSON,
	BODY_MAYBE_JSON, /* none stands for {} */
	BODY_TAR,
	BODY_FILE,   /* an archive that may be called text/plain, as `docker cp` does */
	BODY_IMPORT, /* BODY_FILE if the query has fromSrc=-, as for `docker import`; else none */
};

struct request {
	struct gate *gate;
	struct request *next; /* next in the list of open requests */
	int daemon;           /* the connection that forwards the request; -1 */
	struct stream client;
	struct head head;
	struct target target;
	const struct route *route;
	enum route_body body_kind; /* the route's; never BODY_IMPORT */
	char *rule;                /* the rule that refused or changed it, for the log; owned */
	int status;                /* of the refusal; 0: not refused */
	struct buf message;
	cJSON *body;                   /* for a route with a JSON body */
	struct words names;            /* patterns of filters that the gate applies itself */
	struct words makes;            /* references of images that it creates */
	struct words marks;            /* references to remove together with an image … */
	char *image;                   /* … that has this id */
	struct words tags;             /* before a load: reference and id alternate */
	struct words shown;            /* for events: ids of the learner's containers */
	int (*act)(struct request *r); /* instead of the row's; NULL: the row decides */
	int64_t started_ms;
};

/* ---- request.c ---- */

/* Sets the rule that changed the request, for the log. */
void request_set_rule(struct request *r, const char *rule);
/* Refuses the request; always returns false. The message names the problem, the field, and what
 * is allowed. */
bool request_refuse(struct request *r, int status, const char *rule, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* Refuses the request because the daemon does not answer. */
bool request_refuse_unreachable(struct request *r);
/* Clears a refusal so that a fallback lookup can be tried. */
void request_clear_refusal(struct request *r);
bool request_has_archive(const struct request *r); /* as its body, which goes on as a stream */
/* Returns the segment that stands for {container}, {network} …; for {image} and {repository} the
 * joined segments. */
char *request_object_name(const struct request *r);
void request_set_object_name(struct request *r, const char *name);

/* ---- routes.c: the policy, a row for each operation ---- */

enum tenancy {
	NONE,   /* forbidden; the answer says `why` */
	ABSENT, /* does not exist; likewise, but with 404 */
	OWN,    /* about objects with the learner's label; others do not exist */
	SHARED, /* also about the daemon's objects, to look at and use them */
};
/* How the key `filters` of the query is judged; none of these: the operation has no filters. */
enum route_filters {
	FILTERS = 1,          /* keys and values are checked, names of objects replaced */
	FILTERS_NAME = 2,     /* the gate itself applies `name` to the answer */
	FILTERS_OWNER = 4,    /* the daemon gets the learner's label as another condition */
	FILTERS_SINCE = 8,    /* `before` and `since` name containers */
	FILTERS_DANGLING = 16 /* only `dangling` is allowed; `judge` applies it */
};
struct field;
struct route {
	const char *method;
	const char *path; /* "containers/{container}/json" */
	enum tenancy tenancy;
	int since;         /* the API version 1.N that brought it; 0: before 1.24 */
	const char *query; /* allowed keys, each with a rule of rules.c: "t=number signal" */
	unsigned filters;  /* enum route_filters */
	enum route_body body;
	const struct field *fields;       /* of a JSON body */
	const char *label;                /* put into the body with the learner's name; NULL */
	bool (*judge)(struct request *r); /* what no column can say; NULL: nothing */
	/* How it is answered; one of these: */
	void (*json)(struct request *r, cJSON *json);      /* keeps the learner's part */
	bool (*line)(struct request *r, struct buf *line); /* JSON lines; false: omit it */
	int (*act)(struct request *r); /* by the gate alone; returns the status */
	bool raw;         /* as the daemon sends it; never JSON, which may contain names */
	bool tunnel;      /* both directions, after the daemon's 101 or 200 */
	bool unversioned; /* forwarded without the API version */
	bool anonymous;   /* forwarded with empty credentials for a registry */
	const char *why;  /* NONE, ABSENT: for the client */
};
extern const struct route routes[];
extern const size_t routes_count;

/* ---- match.c: the row of a request ---- */

/* Returns a row that leaves something open or contradicts itself; NULL if there is none. */
const struct route *match_flaw(const struct route *table, size_t count);
/* Returns the matching row of the table, or NULL. */
const struct route *match_route(const char *method, const struct words *path);
/* Finds the route; refuses with 400, 403, 404 or 405. */
bool match_find(struct request *r);

/* ---- what no column of a row can say ---- */

bool gate_judge_create(struct request *r);         /* networks.c */
bool gate_judge_network_create(struct request *r); /* networks.c */
bool gate_judge_connect(struct request *r);        /* networks.c */
bool gate_judge_disconnect(struct request *r);     /* networks.c */
bool gate_judge_volume_create(struct request *r);  /* mounts.c */
bool gate_judge_pull(struct request *r);           /* image_names.c */
bool gate_judge_push(struct request *r);           /* image_names.c */
bool gate_judge_load(struct request *r);           /* image_names.c */
bool gate_judge_image_remove(struct request *r);   /* image_remove.c */
bool gate_judge_events(struct request *r);         /* filters.c */
int image_remove_prune(struct request *r);
int filters_prune_nothing(struct request *r);

/* ---- filters.c ---- */

/* Judges the filters of the query as the row says, and writes them for the daemon. */
bool filters_judge(struct request *r);
/* Reads the filters of a query; NULL after a refusal. The caller deletes them. */
cJSON *filters_read(struct request *r);

/* ---- rules.c: the rules of query keys, and of names ---- */

/* Refuses unknown keys, and repeated ones except those whose rule allows it. */
bool rules_check_keys(struct request *r);
/* Applies the rules to the keys, in the order of the row. */
bool rules_apply(struct request *r);
/* Reports whether the row's keys have known rules. */
bool rules_are_known(const struct route *route);
/* Checks a container's name: it must not look like an id or a route. */
bool gate_judge_name(struct request *r, const char *name);

/* ---- reference.c ---- */

/* Returns the reference without the prefix of Docker's own registry, which clients may omit. */
const char *reference_familiar(const char *reference);
/* Applies Docker's rule: the first part is a host if it has a dot or a colon, or is "localhost". */
bool reference_names_registry(const char *reference);

/* ---- image_names.c ---- */

/* Checks that a reference that the request creates is free, or the learner's. */
bool gate_judge_new_reference(struct request *r, const char *repository, const char *tag);
/* Handle a line of a pull or build, and of a load; false: omit the line. */
bool image_names_pull_line(struct request *r, struct buf *line);
bool image_names_load_line(struct request *r, struct buf *line);

/* ---- image_remove.c ---- */

/* Set marks before the daemon gets the request, and remove them after its answer. */
bool image_remove_prepare(struct request *r);
void image_remove_settle(struct request *r, int status);
/* Removes the learner's images; unused: only those that no container uses, dangling: only those
 * without a name. Adds removed ones to `told` in the daemon's format. False: the daemon does not
 * answer. */
bool image_remove_all(
	struct gate *gate, bool unused, bool dangling, cJSON *told, double *ret_bytes);

/* ---- images.c: ownership of images, and tags that mark other tags ---- */

/* Reports whether the image is visible: it has a name that is not a mark, or is the learner's. */
bool images_is_visible(const struct gate *gate, const cJSON *image);
/* Refuses an image that does not exist or is not visible. */
bool gate_judge_image(struct request *r, const char *name);
/* Removes marks from the daemon's answer (a list's item, or an inspected image). */
void images_hide_marks(const struct gate *gate, cJSON *image);
/* Remembers that a request was about the image, so that its events are shown. */
void images_remember(struct gate *gate, const char *reference);
bool images_is_remembered(struct gate *gate, const char *reference);

/* ---- names.c: names on the daemon ---- */

/* Returns the prefix "ropes-ada-"; the caller frees it. */
char *names_front(const char *learner);
/* Returns the daemon's name of a learner's object. The caller frees it. */
char *names_for_daemon(const struct gate *gate, const char *name);
bool names_is_own(const struct gate *gate, const char *name);
bool names_has_prefix(const char *name); /* this learner's or another one's */
/* Removes the learner's prefix from names in an answer. */
void names_hide(const struct gate *gate, struct buf *text);

/* ---- owner.c: ownership ---- */

#define GATE_IMAGE_LABEL "ropes.image.owner" /* of images: a container inherits them */

bool owner_find_container(struct request *r, const char *name, char **ret_id);
/* Also returns the learner's name for it; NULL if the daemon named it. */
bool owner_find_named_container(
	struct request *r, const char *name, char **ret_id, char **ret_called);
/* *ret: the name with the learner's prefix, else the id; with `shared`, `bridge` and similar
 * networks keep their name. */
bool owner_find_network(struct request *r, const char *name, bool shared, char **ret);
bool owner_find_volume(struct request *r, const char *name, char **ret_name);
bool owner_is_common_network(const char *name);
/* Checks the object that the path names, and replaces it by the name or id for the daemon. */
bool owner_check_path(struct request *r);
/* Reports whether the row's tenancy fits the objects that its path may name. */
bool owner_fits_path(const struct route *route);
bool owner_has_label(const struct gate *gate, const cJSON *labels);
/* Returns a query ("/containers/json?all=1&") for objects with the learner's label. The caller
 * frees it. */
char *owner_filter_path(const struct gate *gate, const char *query);
/* Lists the ids of the learner's containers, and the volumes that they use. */
void owner_list_containers(struct gate *gate, struct words *ret_ids, struct words *ret_volumes);

/* ---- clear.c ---- */

bool gate_clear_all(struct gate *gate, struct error *err);

/* ---- upstream.c: the daemon, and the gate's own requests to it ---- */

/* Connects; -1 on failure. */
int upstream_connect(struct gate *gate);
/* Sets the request's connection, so that it can be cut off; -1: it no longer has one. */
void upstream_set_socket(struct request *r, int fd);
/* Asks for the daemon's API version once. */
bool upstream_learn_version(struct gate *gate);
char *upstream_version(struct gate *gate); /* the version; the caller frees it */
/* Returns the N of the daemon's API version 1.N; -1: the daemon does not answer. */
int upstream_api_minor(struct gate *gate);
/* Sends a request of the gate's own; *ret_json may stay NULL. */
bool upstream_ask(struct gate *gate, const char *method, const char *path, const char *body,
	int *ret_status, cJSON **ret_json);
/* Inspects one object: /FOLDER/NAME + tail. False: the daemon does not answer; *ret NULL: no
 * object has that name. */
bool upstream_inspect(
	struct gate *gate, const char *folder, const char *name, const char *tail, cJSON **ret);

/* ---- forward.c ---- */

/* Forwards the judged request and passes the answer to the client; returns the answer's status. */
int forward_request(struct request *r);

/* ---- reply.c: answers of the gate's own ---- */

void gate_reply_error(int fd, int status, const char *message);
void gate_reply_json(int fd, int status, const cJSON *json);
void gate_reply_text(int fd, int status, const char *text); /* the text is JSON already */
/* Sends JSON unchanged. */
void gate_reply_bytes(int fd, int status, const char *bytes, size_t length);

/* ---- lifetime.c ---- */

struct gate *gate_create(const struct gate_options *o, int fd, struct tls *tls);
void gate_enter(struct gate *gate);
void gate_leave(struct gate *gate);
void gate_destroy(struct gate *gate);

/* ---- workers.c ---- */

#define CONNECTIONS_MAX 1024
#define DESCRIPTORS_MAX (3 * CONNECTIONS_MAX) /* two for a connection, and the rest */
bool workers_start(struct gate *gate);        /* false: no thread could be started */
bool workers_add(struct gate *gate);
/* Cuts off requests in progress, and waits for the threads to end, but only some seconds. */
void workers_stop(struct gate *gate);

/* ---- watch.c ---- */

/* Follows the daemon's answer while it is passed on. */
struct answer {
	bool to_head;         /* the request is HEAD: no body follows */
	bool request_goes_on; /* it has a body, or cannot be parsed */
	int status;           /* 0: the head is incomplete */
	bool has_end, whole;  /* the length is known; everything has arrived */
	unsigned long long left;
	struct buf front; /* the head's bytes */
};
void watch_answer(struct answer *answer, const char *bytes, size_t length);

/* ---- guard.c ---- */

/* Judges a request whose target and body were read, and whose row was found, by that row. */
bool guard_judge(struct request *r);
int guard_serve(struct request *r); /* the status that the client saw; likewise witness_serve() */

/* ---- witness.c ---- */

int witness_serve(struct request *r);

/* ---- tunnel.c ---- */

/* Passes on the buffered bytes of the daemon's stream and what it sends; with `both`, also what
 * the client sends. Ends at the daemon's end, or when `answer` (may be NULL) is complete. */
void tunnel_run(struct request *r, struct stream *daemon, bool both, struct answer *answer);

/* ---- lines.c ---- */

/* Sends an answer line by line, as the route's filter returns the lines. */
void lines_forward(struct request *r, struct stream *daemon, const struct head *head);

/* ---- answer.c: filters for answers; all of them hide names ---- */

void answer_show_all(struct request *r, cJSON *json); /* it contains no one's objects */
void answer_show_containers(struct request *r, cJSON *list);
void answer_show_container(struct request *r, cJSON *container);
void answer_show_images(struct request *r, cJSON *list);
void answer_show_image(struct request *r, cJSON *image);
void answer_show_history(struct request *r, cJSON *lines);
void answer_show_removed(struct request *r, cJSON *list);
void answer_show_networks(struct request *r, cJSON *list);
void answer_show_network(struct request *r, cJSON *network);
void answer_show_volumes(struct request *r, cJSON *json);
void answer_show_volume(struct request *r, cJSON *volume);
void answer_show_info(struct request *r, cJSON *info);
void answer_show_sizes(struct request *r, cJSON *sizes);
bool answer_show_line(struct request *r, struct buf *line);
bool answer_show_event(struct request *r, struct buf *line);

/* ---- audit.c ---- */
void audit_log(const struct request *r, int status);

#endif

/* gate/private.h - what the parts of the gate share. Private to src/gate. */
#ifndef GATE_PRIVATE_H
#define GATE_PRIVATE_H

#include "gate.h"
#include "tls.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdatomic.h>

struct request;
struct gate {
	enum gate_profile profile;
	char *listen, *owner;
	struct gate_policy policy;
	int socket, log_fd;
	bool clean;
	char *upstream;
	struct tls *tls;    /* NULL: none */
	atomic_int users;   /* threads, and the caller; the last one frees the gate */
	atomic_int waiting; /* threads that wait for a connection */
	atomic_bool stopping;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t left;  /* a user left */
	struct request *open; /* requests that are being served */
	char *version;        /* the daemon's API version, "1.41"; NULL: not known yet */
	struct words shared;  /* ids of the images that were there at first */
	bool knows_shared;
	atomic_llong transferred; /* bytes of archives, both ways */
};

/* ---- http.c: heads, read strictly (RFC 9112, the strictest reading) ---- */

#define HEAD_LIMIT ((size_t)32 * 1024)
#define HEADERS_MOST 64

/* A connection that is read through a buffer. */
struct stream {
	int fd;
	struct buf pending; /* read, not yet taken */
	size_t taken;
	int timeout_ms;              /* of one wait; -1: none */
	bool (*goes_on)(void *data); /* asked when that is over: wait again? NULL: no */
	void *data;
};
/* At most `size` bytes; 0 at the end, -1 on an error or when the time is over. */
ssize_t stream_read(struct stream *s, void *bytes, size_t size);
void stream_finish(struct stream *s);

struct head {
	char *method, *target; /* of a request */
	int status;            /* of an answer */
	char *content_type;    /* "" */
	bool chunked, has_length, expects_continue;
	bool switches, upgrade; /* to another protocol; to the daemon's raw streams ("tcp") */
	unsigned long long length;
};
enum head_result { HEAD_GOOD, HEAD_END, HEAD_BAD, HEAD_TOO_LARGE, HEAD_TIMEOUT };
/* Reads bytes up to the empty line and takes them apart; *why says what is wrong. */
enum head_result http_head_read(struct stream *s, bool answer, struct head *ret, const char **why);
/* The same of bytes that are there: pure, for tests and the fuzzer. */
enum head_result http_head_parse(
	const char *bytes, size_t length, bool answer, struct head *ret, const char **why);
void http_head_finish(struct head *head);

/* A body behind a head: its bytes without framing. */
struct body {
	struct stream *stream;
	bool chunked, until_close, ended, broken;
	unsigned long long left; /* of the chunk, or of the whole */
	bool begun;
};
void body_begin(struct body *body, struct stream *s, const struct head *head, bool answer);
ssize_t body_read(struct body *body, void *bytes, size_t size); /* as stream_read */
/* All of it, at most `limit` bytes; false: more, or broken. */
bool body_read_all(struct body *body, size_t limit, struct buf *ret);

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
/* False: *why says what is wrong. Pure. */
bool target_parse(const char *text, struct target *ret, const char **why);
const char *target_query(const struct target *t, const char *name); /* NULL */
void target_set(struct target *t, const char *name, const char *value);
void target_remove(struct target *t, const char *name);
void target_finish(struct target *t);
/* Appends text with all but unreserved characters (and those of `keep`) as %XX. */
void target_encode(struct buf *out, const char *text, const char *keep);

/* ---- json.c ---- */

/* Strict: UTF-8, no NUL, no duplicate key at any depth, nothing behind it, at most 32 deep. */
bool json_read(const char *bytes, size_t length, cJSON **ret, const char **why);
/* null, false, 0, "", [] and {}, and objects of nothing else: what clients send for "not set". */
bool json_is_zero(const cJSON *value);
/* The member of exactly that name; NULL. */
const cJSON *json_at(const cJSON *object, const char *name);
const char *json_text(const cJSON *object, const char *name); /* "" */

/* ---- a request while it is judged ---- */

enum route_body { BODY_NONE, BODY_JSON, BODY_TAR };

struct request {
	struct gate *gate;
	struct request *next; /* of those that are open */
	int daemon;           /* the connection that forwards it; -1 */
	struct stream client;
	struct head head;
	struct target target;
	const struct route *route;
	enum route_body body_kind; /* the route's, but for an import */
	char *rule;                /* that refused or changed it, for the log; owned */
	int status;                /* of the refusal; 0: none */
	struct buf message;
	cJSON *body;        /* of a route with a JSON body */
	struct buf archive; /* a build context that was read whole */
	bool has_archive;
	struct words warnings;          /* added to the answer of a create */
	struct words names, references; /* patterns of filters that the gate applies itself */
	char *bridge;                   /* the id of the owner's, once it was asked for */
	int64_t started_ms;
};
bool is_class(const struct request *r);
/* Says for the log which rule changed the request. */
void note_rule(struct request *r, const char *rule);
/* Refuses: always returns false. The message says what, which field, what would be allowed. */
bool refuse(struct request *r, int status, const char *rule, const char *format, ...)
	PRINTF_LIKE(4, 5);

/* Takes a refusal back: what was asked for was looked for elsewhere, too. */
void forgive(struct request *r);

/* ---- routes.c: the policy of the routes ---- */

enum route_answer {
	ANSWER_PASS,   /* as the daemon gives it */
	ANSWER_JSON,   /* in class read whole: own objects and names kept */
	ANSWER_LINES,  /* in class line by line */
	ANSWER_HIJACK, /* a tunnel, once the daemon says 101 or 200 */
};
struct route {
	const char *method;
	const char *path;  /* "containers/{container}/json" */
	const char *class; /* "allow", "own-only", "rewrite", "deny", "solo" (denied in class),
			      "absent" */
	const char *query; /* keys that may be there, separated by blanks */
	enum route_body body;
	enum route_answer answer;
	bool (*judge)(struct request *r); /* NULL: nothing more to look at */
	const char *why;                  /* deny: told to the client */
};
extern const struct route routes[];
extern const size_t route_count;
/* The row of the table; NULL. */
const struct route *route_match(const char *method, const struct words *path);
/* Finds the route; refuses with 403, 404 or 405. */
bool route_find(struct request *r);
/* The segment that stands for {container}, {network} …; for {image} those in between, joined. */
char *route_name(const struct request *r);
void route_set_name(struct request *r, const char *name);

/* ---- fields.c: the policy of bodies ---- */

bool judge_create(struct request *r);
bool judge_update(struct request *r);
bool judge_exec(struct request *r);
bool judge_exec_start(struct request *r);
bool judge_commit(struct request *r);
bool judge_volume_create(struct request *r);

/* ---- networks.c: whose networks, and how they keep apart ---- */

bool judge_networks(struct request *r);
bool judge_network_create(struct request *r);
bool judge_network_remove(struct request *r);
bool judge_connect(struct request *r);
/* Class: the network that stands for the daemon's bridge, the owner's own; made where it is not
 * there yet. */
bool own_bridge(struct request *r, char **ret_id);

/* ---- filters.c ---- */

bool judge_filters(struct request *r);
bool judge_prune(struct request *r);

/* ---- rules.c: the policy of queries and names ---- */

bool judge_stop(struct request *r);
bool judge_remove(struct request *r);
bool judge_kill(struct request *r);
bool judge_top(struct request *r);
bool judge_rename(struct request *r);
bool judge_resize(struct request *r);
bool judge_archive(struct request *r);
bool judge_build(struct request *r);
bool judge_pull(struct request *r);
bool judge_push(struct request *r);
bool judge_tag(struct request *r);
bool judge_image_remove(struct request *r);
bool judge_images_get(struct request *r);
/* A container's name; not one that could be taken for an id or a route. */
bool judge_name(struct request *r, const char *name);
/* The same of one that is to be made; *ret: what the daemon shall call it. */
bool judge_new_name(struct request *r, const char *name, char **ret);
/* A reference that the request makes; *ret: its repository as the daemon shall know it, with the
 * tag where `repository` has one. */
bool judge_new_reference(struct request *r, const char *repository, const char *tag, char **ret);
/* Without Docker's own registry in front, which clients spell out or not. */
const char *reference_familiar(const char *reference);
/* Docker's rule: the first part is a host where it has a dot or a colon, or is "localhost". */
bool reference_names_registry(const char *reference);

/* ---- context.c: a build's archive, in class; it is read whole ---- */
bool judge_context(struct request *r);

/* ---- names.c: names in class ---- */

/* What the daemon shall call an object of the owner's. The caller frees it. */
char *name_for_daemon(const struct gate *gate, const char *name);
char *reference_for_daemon(const struct gate *gate, const char *reference);
/* A name or reference of the daemon's that a gate made, for this owner or for another one. */
bool name_is_own(const struct gate *gate, const char *name);
bool name_is_others(const struct gate *gate, const char *name);
bool name_is_anybodys(const char *name); /* one or the other */
/* Takes the owner's fronts out of an answer. */
void names_hide(const struct gate *gate, struct buf *text);

/* ---- owner.c: whose it is. In solo all is the learner's own, and names go on as they are ---- */

#define GATE_IMAGE_LABEL "ropes.image" /* what the learner called a container's image; class */

bool own_container(struct request *r, const char *name, char **ret_id);
/* The same, and what the learner calls it; NULL where the daemon named it, and in solo. */
bool own_container_called(struct request *r, const char *name, char **ret_id, char **ret_called);
bool own_network(struct request *r, const char *name, bool to_read, char **ret_id);
bool own_volume(struct request *r, const char *name, char **ret_name);
/* *ret_reference (may be NULL): what the daemon calls it, for what is about one tag only. */
bool own_image(
	struct request *r, const char *name, bool to_read, char **ret_id, char **ret_reference);
bool own_exec(struct request *r, const char *id);
/* Checks what stands in the path, and puts the full id there. */
bool own_path(struct request *r);
/* Refuses where the owner has as many as the policy allows. */
bool within_quota(struct request *r, const char *what);
bool is_owned(const struct gate *gate, const cJSON *labels);
bool is_visible_image(struct gate *gate, const char *id, const cJSON *labels, const cJSON *tags);
void owner_learn_shared(struct gate *gate);
/* A query ("/containers/json?all=1&") for what carries the owner's label. The caller frees it. */
char *owned_path(const struct gate *gate, const char *query);
/* Removes containers, networks, volumes and images that carry the owner's label. False: the daemon
 * does not answer. */
bool owner_remove_all(struct gate *gate);

/* ---- forward.c: the daemon's side ---- */

/* The N of the daemon's API version 1.N; -1: it does not answer. */
int upstream_minor(struct gate *gate);
/* Connects; -1. */
int upstream_connect(struct gate *gate);
/* The request's connection, so that it can be cut off; -1: it has none any more. */
void upstream_keep(struct request *r, int fd);
/* Asks the daemon something of the gate's own; *ret_json may be NULL in the end. */
bool upstream_ask(struct gate *gate, const char *method, const char *path, const char *body,
	int *ret_status, cJSON **ret_json);
/* Inspects one object: /FOLDER/NAME + tail. False: the daemon does not answer; *ret NULL: it has
 * none of that name. */
bool upstream_look(
	struct gate *gate, const char *folder, const char *name, const char *tail, cJSON **ret);
/* Sends what was judged and gives the answer to the client; returns the status that it saw. */
int forward(struct request *r);
void answer_error(int fd, int status, const char *message);
void answer_json(int fd, int status, const cJSON *json);

/* ---- workers.c ---- */

#define CONNECTIONS_MOST 1024
bool workers_start(struct gate *gate); /* false: there is no thread to be had */
bool worker_start(struct gate *gate);
/* Cuts off what is under way, and waits until the threads are gone, or some seconds. */
void workers_stop(struct gate *gate);
void gate_enter(struct gate *gate);
void gate_leave(struct gate *gate);
void gate_destroy(struct gate *gate); /* gate.c */

/* ---- guard.c ---- */
int guard(struct request *r); /* the status that the client saw; likewise witness() */

/* ---- witness.c ---- */

/* Of the daemon's answer, while it is passed on. */
struct answer {
	bool to_head;         /* the request is HEAD: a body does not follow */
	bool request_goes_on; /* it has a body, or is none that can be read */
	int status;           /* 0: the head was not seen yet */
	bool has_end, whole;  /* the length is known; all of it has come */
	unsigned long long left;
	struct buf front; /* bytes of the head */
};
void answer_read(struct answer *answer, const char *bytes, size_t length);
int witness(struct request *r);

/* ---- tunnel.c ---- */

/* Passes on what the daemon's stream holds and what it sends; `both`: what the client sends goes
 * up, too. Ends with the daemon's end, or where `answer` (may be NULL) is whole. */
void tunnel(struct request *r, struct stream *daemon, bool both, struct answer *answer);
/* Class: adds bytes of an archive; false when the owner has had them all. */
bool transfer_count(struct request *r, long long bytes);

/* ---- lines.c ---- */

/* Gives an answer line by line, as answer_line() leaves them. */
void lines(struct request *r, struct stream *daemon, const struct head *head);

/* ---- answer.c: what is kept of an answer ---- */

/* Takes out of an answer what is not the owner's. */
void answer_filter(struct request *r, cJSON *json);
/* The same of one line of many; false: not for the owner's eyes. */
bool answer_line(struct request *r, struct buf *line);

/* ---- audit.c ---- */
void audit(const struct request *r, int status);

#endif

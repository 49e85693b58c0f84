/* gate/private.h - what the parts of the gate share. Private to src/gate. */
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
	char *front; /* of the learner's names on the daemon: "ropes-ada-" */
	struct gate_policy policy;
	int socket, log_fd;
	char *upstream;
	struct tls *tls;    /* NULL: none */
	atomic_int users;   /* threads, and the caller; the last one frees the gate */
	atomic_int waiting; /* threads that wait for a connection */
	atomic_bool stopping;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t left;  /* a user left */
	struct request *open; /* requests that are being served */
	char *version;        /* the daemon's API version, "1.41"; NULL: not known yet */
	struct words images;  /* references and ids that requests were about: for their events */
};

/* ---- http.c: heads, read strictly (RFC 9112, the strictest reading) ---- */

#define ANSWER_LIMIT ((size_t)64 * 1024 * 1024) /* of the daemon, where it is read whole */
#define HEAD_LIMIT ((size_t)32 * 1024)
#define HEADERS_MAX 64

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
ssize_t http_stream_read(struct stream *s, void *bytes, size_t size);
void http_stream_finish(struct stream *s);

struct head {
	char *method, *target; /* of a request */
	int status;            /* of an answer */
	char *content_type;    /* "" */
	bool chunked, has_length, expects_continue;
	bool switches, upgrade; /* to another protocol; to the daemon's raw streams ("tcp") */
	bool of_ropes;          /* a question of ropes' own */
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
void http_body_begin(struct body *body, struct stream *s, const struct head *head, bool answer);
ssize_t http_body_read(struct body *body, void *bytes, size_t size); /* as http_stream_read */
/* All of it, at most `limit` bytes; false: more, or broken. */
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
/* False: *why says what is wrong. Pure. */
bool target_parse(const char *text, struct target *ret, const char **why);
const char *target_query(const struct target *t, const char *name); /* NULL */
void target_set(struct target *t, const char *name, const char *value);
void target_add(struct target *t, const char *name, const char *value); /* one more */
void target_remove(struct target *t, const char *name);
void target_finish(struct target *t);

/* ---- json.c ---- */

/* Strict: UTF-8, no NUL, no duplicate key at any depth, nothing behind it, at most 32 deep. */
bool gate_parse_body(const char *bytes, size_t length, cJSON **ret, const char **why);
/* null, false, 0, "", [] and {}, and objects of nothing else: what clients send for "not set". */
bool gate_value_is_zero(const cJSON *value);
/* The member of exactly that name; NULL. */

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
	struct words names; /* patterns of filters that the gate applies itself */
	struct words makes; /* references of images that it makes */
	struct words marks; /* references that are taken off with an image … */
	char *image;        /* … whose id this is */
	struct words tags;  /* before a load: reference and id by turns */
	struct words shown; /* of events: ids of the learner's containers */
	int (*act)(
		struct request *r); /* the gate answers, and returns the status; NULL: the daemon */
	int64_t started_ms;
};

/* ---- request.c ---- */

/* Says for the log which rule changed the request. */
void request_set_rule(struct request *r, const char *rule);
/* Refuses: always returns false. The message says what, which field, what would be allowed. */
bool request_refuse(struct request *r, int status, const char *rule, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* Refuses because nobody is there to be asked. */
bool request_refuse_unreachable(struct request *r);
/* Takes a refusal back: what was asked for was looked for elsewhere, too. */
void request_clear_refusal(struct request *r);
/* The segment that stands for {container}, {network} …; for {image} and {repository} those in
 * between, joined. */
char *request_object_name(const struct request *r);
void request_set_object_name(struct request *r, const char *name);

/* ---- routes.c: the policy of the routes ---- */

enum tenancy {
	NONE,   /* nobody may: `why` is told */
	ABSENT, /* there is no such thing: likewise, but with 404 */
	OWN,    /* about what carries the learner's label; all else is not there */
	SHARED, /* also about what is the daemon's, to be looked at and used */
};
enum route_answer {
	ANSWER_RAW,    /* as the daemon gives it; never JSON, which may name things */
	ANSWER_JSON,   /* read whole: `json` keeps what is the learner's */
	ANSWER_LINES,  /* JSON line by line: `line` does */
	ANSWER_TUNNEL, /* both ways, once the daemon says 101 or 200 */
};
struct route {
	const char *method;
	const char *path; /* "containers/{container}/json" */
	enum tenancy tenancy;
	const char *query; /* keys that may be there, separated by blanks */
	enum route_body body;
	enum route_answer answer;
	void (*json)(struct request *r, cJSON *json);
	bool (*line)(struct request *r, struct buf *line); /* false: it is not given */
	bool (*judge)(struct request *r);                  /* NULL: nothing more to look at */
	const char *why;                                   /* NONE, ABSENT: told to the client */
};
extern const struct route routes[];
extern const size_t routes_count;
/* A row without a tenancy that fits its path, or without a filter for its answer; NULL: none. */
const struct route *routes_flaw(const struct route *table, size_t count);
/* The row of the table; NULL. */
const struct route *routes_match(const char *method, const struct words *path);
/* Finds the route; refuses with 403, 404 or 405. */
bool routes_find(struct request *r);

/* ---- fields.c: the policy of bodies ---- */

bool gate_judge_create(struct request *r);
bool gate_judge_update(struct request *r);
bool gate_judge_exec(struct request *r);
bool gate_judge_exec_start(struct request *r);
bool gate_judge_commit(struct request *r);
bool gate_judge_volume_create(struct request *r);

/* ---- networks.c ---- */

bool gate_judge_network_create(struct request *r);
bool gate_judge_connect(struct request *r);

/* ---- filters.c ---- */

bool gate_judge_filters(struct request *r);
bool gate_judge_containers(struct request *r);
bool gate_judge_events(struct request *r);
bool gate_judge_prune(struct request *r);
bool gate_judge_build_prune(struct request *r);
/* The filters of a query; NULL after a refusal. The caller deletes them. */
cJSON *filters_read(struct request *r);

/* ---- rules.c: the policy of queries and names ---- */

bool gate_judge_stop(struct request *r);
bool gate_judge_remove(struct request *r);
bool gate_judge_kill(struct request *r);
bool gate_judge_top(struct request *r);
bool gate_judge_rename(struct request *r);
bool gate_judge_resize(struct request *r);
bool gate_judge_archive(struct request *r);
bool gate_judge_build(struct request *r);
/* A container's name; not one that could be taken for an id or a route. */
bool gate_judge_name(struct request *r, const char *name);

/* ---- reference.c ---- */

/* Without Docker's own registry in front, which clients spell out or not. */
const char *reference_familiar(const char *reference);
/* Docker's rule: the first part is a host where it has a dot or a colon, or is "localhost". */
bool reference_names_registry(const char *reference);

/* ---- image_names.c ---- */

bool gate_judge_pull(struct request *r);
bool gate_judge_push(struct request *r);
bool gate_judge_tag(struct request *r);
bool gate_judge_load(struct request *r);
bool gate_judge_images_get(struct request *r);
/* A reference that the request makes must be free, or the learner's. */
bool gate_judge_new_reference(struct request *r, const char *repository, const char *tag);
/* A line of a pull or build, and of a load; false: it is not given. */
bool image_names_pull_line(struct request *r, struct buf *line);
bool image_names_load_line(struct request *r, struct buf *line);

/* ---- image_remove.c ---- */

bool gate_judge_image_remove(struct request *r);
bool gate_judge_images_prune(struct request *r);
/* Before the daemon hears of it, and when it has answered: marks are put on and taken off. */
bool image_remove_prepare(struct request *r);
void image_remove_settle(struct request *r, int status);
/* Removes what is the learner's; unused: only what no container uses, dangling: only what has no
 * name. What was removed is added to `told`, as the daemon tells it. False: it does not answer. */
bool image_remove_all(
	struct gate *gate, bool unused, bool dangling, cJSON *told, double *ret_bytes);

/* ---- images.c: whose images; what a tag beside a tag says ---- */

/* Where it can be seen: it has a name that is no mark, or is the learner's. */
bool images_is_visible(const struct gate *gate, const cJSON *image);
/* Refuses what is not there, or not to be seen. */
bool gate_judge_image(struct request *r, const char *name);
/* In the daemon's answer (a list's item, or an inspected one). */
void images_hide_marks(const struct gate *gate, cJSON *image);
/* That a request was about it: its events are shown. */
void images_remember(struct gate *gate, const char *reference);
bool images_is_remembered(struct gate *gate, const char *reference);

/* ---- names.c: names on the daemon ---- */

/* "ropes-ada-"; the caller frees it. */
char *names_front(const char *learner);
/* What the daemon shall call an object of the learner's. The caller frees it. */
char *names_for_daemon(const struct gate *gate, const char *name);
bool names_is_own(const struct gate *gate, const char *name);
bool names_has_prefix(const char *name); /* of this learner or of another one */
/* Takes the learner's fronts out of an answer. */
void names_hide(const struct gate *gate, struct buf *text);

/* ---- owner.c: whose it is ---- */

#define GATE_IMAGE_LABEL "ropes.image.owner" /* of images: a container has those of its image */

bool owner_find_container(struct request *r, const char *name, char **ret_id);
/* The same, and what the learner calls it; NULL where the daemon named it. */
bool owner_find_named_container(
	struct request *r, const char *name, char **ret_id, char **ret_called);
/* *ret: the name with the learner's front, else the id; for `bridge` and its like themselves where
 * they may be `shared`. */
bool owner_find_network(struct request *r, const char *name, bool shared, char **ret);
bool owner_find_volume(struct request *r, const char *name, char **ret_name);
bool owner_is_common_network(const char *name);
/* Checks what stands in the path, and puts there what the daemon is to be asked for. */
bool owner_check_path(struct request *r);
bool owner_has_label(const struct gate *gate, const cJSON *labels);
/* A query ("/containers/json?all=1&") for what carries the learner's label. The caller frees it. */
char *owner_filter_path(const struct gate *gate, const char *query);
/* Ids of the learner's containers, and the volumes that they use. */
void owner_list_containers(struct gate *gate, struct words *ret_ids, struct words *ret_volumes);

/* ---- clear.c ---- */

bool gate_clear_all(struct gate *gate, struct error *err);

/* ---- upstream.c: the daemon, and the gate's own questions to it ---- */

/* Connects; -1. */
int upstream_connect(struct gate *gate);
/* The request's connection, so that it can be cut off; -1: it has none any more. */
void upstream_set_socket(struct request *r, int fd);
/* The daemon's own version of the API is asked for once. */
bool upstream_learn_version(struct gate *gate);
char *upstream_version(struct gate *gate); /* what was learnt; the caller frees it */
/* The N of the daemon's API version 1.N; -1: it does not answer. */
int upstream_api_minor(struct gate *gate);
/* Asks the daemon something of the gate's own; *ret_json may be NULL in the end. */
bool upstream_ask(struct gate *gate, const char *method, const char *path, const char *body,
	int *ret_status, cJSON **ret_json);
/* Inspects one object: /FOLDER/NAME + tail. False: the daemon does not answer; *ret NULL: it has
 * none of that name. */
bool upstream_inspect(
	struct gate *gate, const char *folder, const char *name, const char *tail, cJSON **ret);

/* ---- forward.c ---- */

/* Sends what was judged and gives the answer to the client; returns the status that it saw. */
int forward_request(struct request *r);

/* ---- reply.c: answers of the gate's own ---- */

void gate_reply_error(int fd, int status, const char *message);
void gate_reply_json(int fd, int status, const cJSON *json);
void gate_reply_text(int fd, int status, const char *text); /* JSON that is written already */
/* JSON that goes out as it stands. */
void gate_reply_bytes(int fd, int status, const char *bytes, size_t length);

/* ---- lifetime.c ---- */

struct gate *gate_create(const struct gate_options *o, int fd, struct tls *tls);
void gate_enter(struct gate *gate);
void gate_leave(struct gate *gate);
void gate_destroy(struct gate *gate);

/* ---- workers.c ---- */

#define CONNECTIONS_MAX 1024
bool workers_start(struct gate *gate); /* false: there is no thread to be had */
bool workers_add(struct gate *gate);
/* Cuts off what is under way, and waits until the threads are gone, or some seconds. */
void workers_stop(struct gate *gate);

/* ---- watch.c ---- */

/* Of the daemon's answer, while it is passed on. */
struct answer {
	bool to_head;         /* the request is HEAD: a body does not follow */
	bool request_goes_on; /* it has a body, or is none that can be read */
	int status;           /* 0: the head was not seen yet */
	bool has_end, whole;  /* the length is known; all of it has come */
	unsigned long long left;
	struct buf front; /* bytes of the head */
};
void watch_answer(struct answer *answer, const char *bytes, size_t length);

/* ---- guard.c ---- */
int guard_serve(struct request *r); /* the status that the client saw; likewise witness_serve() */

/* ---- witness.c ---- */

int witness_serve(struct request *r);

/* ---- tunnel.c ---- */

/* Passes on what the daemon's stream holds and what it sends; `both`: what the client sends goes
 * up, too. Ends with the daemon's end, or where `answer` (may be NULL) is whole. */
void tunnel_run(struct request *r, struct stream *daemon, bool both, struct answer *answer);

/* ---- lines.c ---- */

/* Gives an answer line by line, as the route's filter leaves them. */
void lines_forward(struct request *r, struct stream *daemon, const struct head *head);

/* ---- answer.c: filters of the answers; names are hidden in all of them ---- */

void answer_show_all(struct request *r, cJSON *json); /* nothing in it is anybody's */
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

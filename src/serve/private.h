/* serve/private.h - a request and its answer, as the resources see them */
#ifndef SERVE_PRIVATE_H
#define SERVE_PRIVATE_H

#include "serve.h"

enum method { METHOD_GET, METHOD_PUT, METHOD_POST, METHOD_DELETE, METHOD_OTHER };

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

struct request {
	struct lrs *lrs;
	enum method method;
	char *path;
	struct pairs headers, parameters;
	struct buf body;
	bool too_large;
	bool hidden; /* a parameter has a zero in it */
	enum xapi_version version;
	char *name, *role;  /* whose key it is */
	const char *origin; /* "http://127.0.0.1:8410": the server's own address */
};

struct reply {
	unsigned status;
	struct buf body;
	struct pairs headers;
};

const char *request_header(const struct request *r, const char *name);
const char *request_parameter(const struct request *r, const char *name);
/* False (400 is said): a parameter is none of these, is there twice, or is no UTF-8. */
bool request_takes(
	const struct request *r, struct reply *a, const char *const *names, size_t count);
/* "true" and "false" only. False: 400 is said. */
bool request_flag(const struct request *r, struct reply *a, const char *name, bool *ret);
/* An agent of a parameter, as JSON and as its key; the caller frees both. False: 400 is said. */
bool request_agent(const struct request *r, struct reply *a, bool groups, bool needed, cJSON **ret,
	char **ret_key);

/* Says an error as plain text. Returns false, so that one can leave with it. */
bool reply_error(struct reply *a, unsigned status, const char *format, ...) PRINTF_LIKE(3, 4);
/* 405, with the methods that there are. */
void reply_method(struct reply *a, const char *allowed);
/* The status that stands for a store's outcome, with err as its text. */
void reply_outcome(struct reply *a, enum lrs_outcome outcome, const struct error *err);
void reply_json(struct reply *a, cJSON *json); /* takes it */
void reply_text(struct reply *a, const char *type, const char *bytes, size_t length);
void reply_header(struct reply *a, const char *name, const char *value);
/* ETag of the body, as the specification counts it. */
void reply_tag(struct reply *a);
void reply_modified(struct reply *a, int64_t wall_ms);

/* ---- resources: each says everything in *a ---- */

void resource_about(struct request *r, struct reply *a);
void resource_statements(struct request *r, struct reply *a);
void resource_more(struct request *r, struct reply *a);
void resource_activities(struct request *r, struct reply *a);
void resource_agents(struct request *r, struct reply *a);
void resource_state(struct request *r, struct reply *a);
void resource_activity_profile(struct request *r, struct reply *a);
void resource_agent_profile(struct request *r, struct reply *a);
void resource_board(struct request *r, struct reply *a);
void resource_board_style(struct request *r, struct reply *a);
void resource_board_table(struct request *r, struct reply *a);

/* From a request that is taken apart to its answer. */
void route(struct request *r, struct reply *a);

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
bool parts_read(const char *type, const struct buf *body, struct parts *ret, struct error *err);
void parts_finish(struct parts *parts);
/* A request whose form says what it really is (1.3, Alternate Request Syntax). False: 400 is said.
 */
bool form_read(struct request *r, struct reply *a);

/* ---- statements.c ---- */
/* A learner's key has to do with what came by it, and with nothing else; the others with all.
 * `text`: a statement as it is kept. */
bool statement_is_own(const struct request *r, const char *text);

/* ---- incoming.c ---- */
void statements_in(struct request *r, struct reply *a, bool single);

#endif

/* hub/private.h - declarations that the hub's files share */
#ifndef HUB_PRIVATE_H
#define HUB_PRIVATE_H

#include "hub.h"

#define HEAD_MAX ((size_t)32768)

/* One request, and the descriptor for its answer. A connection carries one. */
struct request {
	int fd;
	unsigned short registry_port;
	char *method, *path, *query; /* query: "" if there is none */
	char *authorization;         /* NULL: no such field */
	struct buf passed;           /* the head's lines that the registry also gets */
};

/* Answers the request by the table of routes. */
void answer_request(const struct request *request);

/* ---- registry.c: the one on 127.0.0.1 ---- */
/* GETs a path and stores the body in *ret_body. Returns the status; 0: there was no reply. */
int registry_get(const struct request *request, const char *path, struct buf *ret_body);
/* Sends the same request to the registry and passes its reply on. */
void registry_pass(const struct request *request);

#endif

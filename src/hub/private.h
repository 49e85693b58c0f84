/* hub/private.h - what the files of the hub share */
#ifndef HUB_PRIVATE_H
#define HUB_PRIVATE_H

#include "hub.h"

#define HEAD_MAX ((size_t)32768)

/* One request, and where its answer goes. A connection carries one. */
struct request {
	int fd;
	unsigned short registry_port;
	char *method, *path, *query; /* "" where there is none */
	char *authorization;         /* NULL: none */
	struct buf passed;           /* the lines of its head that the registry hears too */
};

/* Answers it, by the table of routes. */
void answer_request(const struct request *request);

/* ---- registry.c: the one on 127.0.0.1 ---- */
/* GETs a path; *ret_body is what came. The status; 0: there was no answer. */
int registry_get(const struct request *request, const char *path, struct buf *ret_body);
/* Puts the same question to it, and hands over what it says. */
void registry_pass(const struct request *request);

#endif

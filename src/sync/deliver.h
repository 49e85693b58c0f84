/* sync/deliver.h - for team.c, which learns what is assigned */
#ifndef SYNC_DELIVER_H
#define SYNC_DELIVER_H

#include "http.h"
#include "private.h"

/* Fetches the courses of a list as GET /me has it, if they have notes: {"course", "notes"}. In a
 * session (one try) only those that are not there yet, since one of the others may be open. */
void deliver_courses(const struct sync_remote *remote, const cJSON *assigned,
	const struct sync_options *options);
/* A GET with the remote's key. The caller finishes ret->body. */
bool deliver_ask(const struct sync_remote *remote, const char *url, long timeout_ms,
	struct http_answer *ret, struct error *err);

#endif

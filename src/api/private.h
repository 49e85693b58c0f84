/* api/private.h - what files of this module share */
#ifndef API_PRIVATE_H
#define API_PRIVATE_H

#include "api.h"

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

/* ---- statements.c ---- */
/* A learner's key may see what was sent with it or is about that learner; other keys see
 * everything. `text`: a statement as stored. */
bool statements_is_own(const struct request *r, const char *text);

/* ---- incoming.c ---- */
void incoming_receive(struct request *r, struct reply *a, bool single);

#endif

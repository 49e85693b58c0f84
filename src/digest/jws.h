/* digest/jws.h - a JSON web signature in its compact form, for jws.c and sign.c */
#ifndef DIGEST_JWS_H
#define DIGEST_JWS_H

#include "digest.h"

struct jws {
	struct buf header, payload, mark; /* decoded */
	size_t signed_length;             /* of the text that the mark signs */
};
/* Splits a text into its three parts and decodes them. The caller finishes *ret, also on failure.
 */
bool jws_split(const char *text, size_t length, struct jws *ret, struct error *err);
void jws_finish(struct jws *jws);

#endif

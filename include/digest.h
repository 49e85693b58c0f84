/*
 * digest.h - digests and signatures. Only this module knows the cryptographic library.
 */
#ifndef DIGEST_H
#define DIGEST_H

#include "base.h"

/* Room for the hexadecimal text of any of them, with its NUL. */
#define DIGEST_TEXT_SIZE 129
/* In small letters. */
void digest_sha1(const void *bytes, size_t length, char out[DIGEST_TEXT_SIZE]);
/* bits: 224, 256, 384 or 512. False: no such digest. */
bool digest_sha2(unsigned bits, const void *bytes, size_t length, char out[DIGEST_TEXT_SIZE]);
/* HMAC with SHA-256 (RFC 2104). */
void digest_hmac(const char *key, const char *text, char out[DIGEST_TEXT_SIZE]);
/* True where two digests are the same; takes as long whatever they are. */
bool digest_same(const char *a, const char *b);

/* `count` random bytes as base64url text; the caller frees it. */
char *digest_random_text(size_t count);
/* Base64 and base64url, with or without padding, appended. False: it is neither. */
bool digest_base64_decode(const char *text, size_t length, struct buf *out);

/* A JSON web signature in its compact form (RFC 7515): *ret_payload is appended. Refused: what has
 * not three parts, another algorithm than RS256, RS384 or RS512, or, where the header brings a
 * certificate (x5c), a signature that is not that certificate's. */
bool digest_jws_open(const char *text, size_t length, struct buf *ret_payload, struct error *err);

#endif

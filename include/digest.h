/* digest.h - digests and signatures. */
#ifndef DIGEST_H
#define DIGEST_H

#include "base.h"

/* Space for the hexadecimal text of any digest, with its NUL. */
#define DIGEST_TEXT_SIZE 129
/* Writes lower-case hexadecimal. */
void digest_sha1(const void *bytes, size_t length, char out[DIGEST_TEXT_SIZE]);
/* bits: 224, 256, 384 or 512. Returns false for any other number. */
bool digest_sha2(unsigned bits, const void *bytes, size_t length, char out[DIGEST_TEXT_SIZE]);
/* Appends the bytes of a digest, whose hexadecimal text the functions above write. */
void digest_bytes(const char *text, struct buf *out);
/* HMAC with SHA-256 (RFC 2104). */
void digest_hmac(const char *key, const char *text, char out[DIGEST_TEXT_SIZE]);
/* Compares two digests in constant time. */
bool digest_same(const char *a, const char *b);

/* Returns `count` random bytes as base64url text; the caller frees it. */
char *digest_random_text(size_t count);
/* Returns bytes as base64 with padding (RFC 4648, 4); the caller frees it. */
char *digest_base64(const void *bytes, size_t length);
/* Returns bytes as base64url without padding (RFC 4648, 5); the caller frees it. */
char *digest_base64url(const void *bytes, size_t length);
/* Decodes base64 or base64url, with or without padding, and appends the bytes. Returns false if
 * the text is neither. */
bool digest_base64_decode(const char *text, size_t length, struct buf *out);

/* Verifies a JSON web signature in its compact form (RFC 7515) and appends its payload to
 * *ret_payload. Refuses a text without exactly three parts, an algorithm other than RS256, RS384
 * or RS512, and, if the header carries a certificate (x5c), a signature that the certificate
 * does not verify. */
bool digest_jws_open(const char *text, size_t length, struct buf *ret_payload, struct error *err);

/* ---- a server's own signatures, by RS256 ---- */

/* Makes a key of 2048 bits, as PEM, which takes up to a second. The caller frees it. */
bool digest_key_make(char **ret_pem, struct error *err);
/* Appends the public part as a JSON web key (RFC 7517) with this id. */
bool digest_key_describe(const char *pem, const char *id, struct buf *ret_json, struct error *err);
/* Appends the payload's signature in its compact form; `id` says where the key is found. */
bool digest_jws_sign(const char *pem, const char *id, const char *payload, struct buf *ret_text,
	struct error *err);
/* Appends the payload of what digest_jws_sign() made with this key. Fails for anything else. */
bool digest_jws_verify(
	const char *pem, const char *text, struct buf *ret_payload, struct error *err);

#endif

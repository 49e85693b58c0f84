/* digest/digest.c - SHA-1, SHA-2, random text, base64 */
#include "digest.h"
#include "crypto.h"

#include <stdlib.h>
#include <string.h>

static void write_hex(const unsigned char *raw, unsigned size, char *out)
{
	for (unsigned i = 0; i < size; i++) {
		out[2 * i] = "0123456789abcdef"[raw[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[raw[i] & 15];
	}
	out[2 * size] = '\0';
}

static void digest_hash(gnutls_digest_algorithm_t algorithm, const void *bytes, size_t length,
	char out[DIGEST_TEXT_SIZE])
{
	unsigned char raw[64];
	unsigned size = crypto()->hash_get_len(algorithm);
	out[0] = '\0';
	if (size > sizeof raw || crypto()->hash_fast(algorithm, bytes, length, raw) < 0)
		die_out_of_memory();
	write_hex(raw, size, out);
}

void digest_sha1(const void *bytes, size_t length, char out[DIGEST_TEXT_SIZE])
{
	digest_hash(GNUTLS_DIG_SHA1, bytes, length, out);
}

bool digest_sha2(unsigned bits, const void *bytes, size_t length, char out[DIGEST_TEXT_SIZE])
{
	gnutls_digest_algorithm_t algorithm = bits == 224   ? GNUTLS_DIG_SHA224
					      : bits == 256 ? GNUTLS_DIG_SHA256
					      : bits == 384 ? GNUTLS_DIG_SHA384
					      : bits == 512 ? GNUTLS_DIG_SHA512
							    : GNUTLS_DIG_NULL;
	if (algorithm == GNUTLS_DIG_NULL)
		return false;
	digest_hash(algorithm, bytes, length, out);
	return true;
}

void digest_bytes(const char *text, struct buf *out)
{
	const gnutls_datum_t hex = {(unsigned char *)(uintptr_t)text, (unsigned)strlen(text)};
	gnutls_datum_t raw;
	if (crypto()->hex_decode2(&hex, &raw) < 0)
		die_out_of_memory();
	buf_add(out, raw.data, raw.size);
	free(raw.data);
}

void digest_hmac(const char *key, const char *text, char out[DIGEST_TEXT_SIZE])
{
	unsigned char raw[32];
	if (crypto()->hmac_fast(GNUTLS_MAC_SHA256, key, strlen(key), text, strlen(text), raw) < 0)
		die_out_of_memory();
	write_hex(raw, sizeof raw, out);
}

bool digest_same(const char *a, const char *b)
{
	size_t length = strlen(a);
	return strlen(b) == length && crypto()->memcmp(a, b, length) == 0;
}

/* Replaces every `from` by `to`: base64 and base64url differ in two letters. */
static void replace_char(char *bytes, size_t length, char from, char to)
{
	for (char *at = bytes; (at = memchr(at, from, length - (size_t)(at - bytes))) != NULL;)
		*at++ = to;
}

char *digest_random_text(size_t count)
{
	cleanup_free unsigned char *raw = xmalloc(count);
	if (crypto()->rnd(GNUTLS_RND_KEY, raw, count) < 0)
		die_out_of_memory();
	return digest_base64url(raw, count);
}

char *digest_base64(const void *bytes, size_t length)
{
	const gnutls_datum_t raw = {(unsigned char *)(uintptr_t)bytes, (unsigned)length};
	gnutls_datum_t text;
	if (length == 0)
		return xstrdup("");
	if (crypto()->base64_encode2(&raw, &text) < 0)
		die_out_of_memory();
	char *copy = xstrndup((char *)text.data, text.size);
	free(text.data);
	return copy;
}

char *digest_base64url(const void *bytes, size_t length)
{
	char *url = digest_base64(bytes, length);
	url[(length * 8 + 5) / 6] = '\0';
	replace_char(url, strlen(url), '+', '-');
	replace_char(url, strlen(url), '/', '_');
	return url;
}

bool digest_base64_decode(const char *text, size_t length, struct buf *out)
{
	cleanup_buf struct buf whole = {0};
	while (length > 0 && text[length - 1] == '=')
		length--;
	if (length % 4 == 1)
		return false;
	if (length == 0)
		return true;
	buf_add(&whole, text, length);
	replace_char(whole.data, length, '-', '+');
	replace_char(whole.data, length, '_', '/');
	/* Pad with zero bits instead of '=', because GnuTLS refuses stray bits before '='. It
	 * skips white space; the size of the result reveals that. */
	buf_add_repeat(&whole, 'A', (4 - length % 4) % 4);
	const gnutls_datum_t letters = {(unsigned char *)whole.data, (unsigned)whole.length};
	gnutls_datum_t bytes;
	if (crypto()->base64_decode2(&letters, &bytes) < 0)
		return false;
	bool good = bytes.size == whole.length / 4 * 3;
	if (good)
		buf_add(out, bytes.data, length * 3 / 4);
	free(bytes.data);
	return good;
}

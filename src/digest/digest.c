/* digest/digest.c - SHA-1, SHA-2, random text, base64 */
#include "digest.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

static void write_hex(const unsigned char *raw, unsigned size, char *out)
{
	for (unsigned i = 0; i < size; i++) {
		out[2 * i] = "0123456789abcdef"[raw[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[raw[i] & 15];
	}
	out[2 * size] = '\0';
}

static void hash(gnutls_digest_algorithm_t algorithm, const void *bytes, size_t length,
	char out[DIGEST_TEXT_SIZE])
{
	unsigned char raw[64];
	unsigned size = gnutls_hash_get_len(algorithm);
	out[0] = '\0';
	if (size > sizeof raw || gnutls_hash_fast(algorithm, bytes, length, raw) < 0)
		die_out_of_memory();
	write_hex(raw, size, out);
}

void digest_sha1(const void *bytes, size_t length, char out[DIGEST_TEXT_SIZE])
{
	hash(GNUTLS_DIG_SHA1, bytes, length, out);
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
	hash(algorithm, bytes, length, out);
	return true;
}

void digest_hmac(const char *key, const char *text, char out[DIGEST_TEXT_SIZE])
{
	unsigned char raw[32];
	if (gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, strlen(key), text, strlen(text), raw) < 0)
		die_out_of_memory();
	write_hex(raw, sizeof raw, out);
}

bool digest_same(const char *a, const char *b)
{
	size_t length = strlen(a);
	return strlen(b) == length && gnutls_memcmp(a, b, length) == 0;
}

char *digest_random_text(size_t count)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	struct buf text = {0};
	for (size_t i = 0; i < (count * 8 + 5) / 6; i++) {
		unsigned char byte;
		if (gnutls_rnd(GNUTLS_RND_KEY, &byte, 1) < 0)
			die_out_of_memory();
		buf_add_char(&text, letters[byte & 63]);
	}
	return buf_steal(&text);
}

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

bool digest_base64_decode(const char *text, size_t length, struct buf *out)
{
	unsigned bits = 0, held = 0;
	while (length > 0 && text[length - 1] == '=')
		length--;
	if (length % 4 == 1)
		return false;
	for (size_t i = 0; i < length; i++) {
		int value = value_of(text[i]);
		if (value < 0)
			return false;
		held = (held << 6 | (unsigned)value) & 0xffffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_add_char(out, (char)(held >> bits & 0xff));
		}
	}
	return true;
}

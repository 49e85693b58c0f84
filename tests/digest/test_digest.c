/* tests/digest/test_digest.c - digests by known values, base64, signatures with a certificate */
#include "digest.h"
#include "suite.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <time.h>

START_TEST(known_digests)
{
	char text[DIGEST_TEXT_SIZE];
	digest_sha1("abc", 3, text); /* FIPS 180-2 */
	ck_assert_str_eq(text, "a9993e364706816aba3e25717850c26c9cd0d89d");
	ck_assert(digest_sha2(256, "abc", 3, text));
	ck_assert_str_eq(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ck_assert(digest_sha2(512, "", 0, text));
	ck_assert_uint_eq(strlen(text), 128);
	ck_assert(!digest_sha2(100, "abc", 3, text));
	ck_assert(digest_same("ab", "ab") && !digest_same("ab", "ac") && !digest_same("ab", "abc"));
}
END_TEST

static const struct {
	const char *text, *bytes; /* NULL: it is none */
} codes[] = {{"", ""}, {"Zg==", "f"}, {"Zm8", "fo"}, {"Zm9v", "foo"}, {"Zm9vYmFy", "foobar"},
	{"_-_-", "\xff\xef\xfe"}, {"/+/+", "\xff\xef\xfe"}, {"Z", NULL}, {"Zm9*", NULL},
	{"Zm9", "fo"}, {"Zm9=", "fo"}, {"==", ""}, {"Zm 9v", NULL}, {" Zm9v", NULL},
	{"Zm9v\n", NULL}, {"Z=9v", NULL}, {"Zg==Zg==", NULL}, {"Zm9vZm9\t", NULL}};

START_TEST(base64_is_read)
{
	cleanup_buf struct buf out = {0};
	bool good = digest_base64_decode(codes[_i].text, strlen(codes[_i].text), &out);
	ck_assert(good == (codes[_i].bytes != NULL));
	if (good)
		ck_assert_str_eq(buf_text(&out), codes[_i].bytes);
}
END_TEST

START_TEST(random_texts_differ)
{
	cleanup_free char *a = digest_random_text(32), *b = digest_random_text(32);
	cleanup_buf struct buf bytes = {0};
	ck_assert_uint_eq(strlen(a), 43);
	ck_assert_str_ne(a, b);
	ck_assert(digest_base64_decode(a, strlen(a), &bytes));
	ck_assert_uint_eq(bytes.length, 32);
}
END_TEST

/* ---- a signer of our own ---- */

static void add_base64(struct buf *out, const void *bytes, size_t length)
{
	gnutls_datum_t in = {(unsigned char *)(uintptr_t)bytes, (unsigned)length}, text;
	ck_assert_int_ge(gnutls_base64_encode2(&in, &text), 0);
	for (unsigned i = 0; i < text.size && text.data[i] != '='; i++)
		buf_add_char(out, text.data[i] == '+'   ? '-'
				  : text.data[i] == '/' ? '_'
							: (char)text.data[i]);
	gnutls_free(text.data);
}

static gnutls_x509_crt_t certify(gnutls_x509_privkey_t key)
{
	gnutls_x509_crt_t crt;
	ck_assert_int_ge(gnutls_x509_crt_init(&crt), 0);
	gnutls_x509_crt_set_version(crt, 3);
	gnutls_x509_crt_set_serial(crt, "\1", 1);
	gnutls_x509_crt_set_activation_time(crt, time(NULL));
	gnutls_x509_crt_set_expiration_time(crt, time(NULL) + 86400);
	gnutls_x509_crt_set_key(crt, key);
	ck_assert_int_ge(gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0), 0);
	return crt;
}

static void sign(const char *payload, struct buf *out)
{
	gnutls_x509_privkey_t key;
	gnutls_privkey_t signer;
	gnutls_datum_t der, mark;
	cleanup_buf struct buf header = {0};
	gnutls_x509_privkey_init(&key);
	ck_assert_int_ge(gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, 2048, 0), 0);
	gnutls_x509_crt_t crt = certify(key);
	ck_assert_int_ge(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der), 0);
	buf_add_text(&header, "{\"alg\":\"RS256\",\"x5c\":[\"");
	add_base64(&header, der.data, der.size);
	buf_add_text(&header, "\"]}");
	add_base64(out, header.data, header.length);
	buf_add_char(out, '.');
	add_base64(out, payload, strlen(payload));
	gnutls_privkey_init(&signer);
	gnutls_privkey_import_x509(signer, key, 0);
	const gnutls_datum_t data = {(unsigned char *)out->data, (unsigned)out->length};
	ck_assert_int_ge(
		gnutls_privkey_sign_data2(signer, GNUTLS_SIGN_RSA_SHA256, 0, &data, &mark), 0);
	buf_add_char(out, '.');
	add_base64(out, mark.data, mark.size);
	gnutls_free(mark.data);
	gnutls_free(der.data);
	gnutls_privkey_deinit(signer);
	gnutls_x509_crt_deinit(crt);
	gnutls_x509_privkey_deinit(key);
}

START_TEST(signatures_are_those_of_their_certificates)
{
	cleanup_buf struct buf jws = {0}, payload = {0}, other = {0};
	struct error err = {0};
	sign("{\"a\":1}", &jws);
	ck_assert_msg(
		digest_jws_open(jws.data, jws.length, &payload, &err), "%s", error_text(&err));
	ck_assert_str_eq(buf_text(&payload), "{\"a\":1}");
	char *dot = strchr(jws.data, '.') + 4;
	*dot = *dot == 'A' ? 'B' : 'A'; /* the payload is another one now */
	ck_assert(!digest_jws_open(jws.data, jws.length, &other, &err));
	error_finish(&err);
}
END_TEST

static const char *const forgeries[] = {"", "a.b", "a.b.c.d", "e30.e30.e30",
	"eyJhbGciOiJub25lIn0.e30.e30", "eyJhbGciOiJIUzI1NiJ9.e30.e30", "eyJhbGciOiJSUzI1NiJ9.e30.",
	"eyJhbGciOiJSUzI1NiIsIng1YyI6WyJBQSJdfQ.e30.e30"};

START_TEST(forgeries_are_refused)
{
	cleanup_buf struct buf payload = {0};
	struct error err = {0};
	ck_assert(!digest_jws_open(forgeries[_i], strlen(forgeries[_i]), &payload, &err));
	ck_assert_ptr_nonnull(err.message);
	error_finish(&err);
}
END_TEST

START_TEST(own_signatures_are_those_of_the_key)
{
	cleanup_free char *key = NULL, *other = NULL;
	cleanup_buf struct buf jws = {0}, payload = {0}, none = {0}, jwk = {0};
	struct error err = {0};
	ck_assert_msg(digest_key_make(&key, &err) && digest_key_make(&other, &err), "%s",
		error_text(&err));
	ck_assert(digest_jws_sign(key, "https://a.example/key", "{\"a\":1}", &jws, &err));
	ck_assert(digest_jws_verify(key, buf_text(&jws), &payload, &err));
	ck_assert_str_eq(buf_text(&payload), "{\"a\":1}");
	ck_assert(digest_key_describe(key, "https://a.example/key", &jwk, &err));
	ck_assert_ptr_nonnull(strstr(buf_text(&jwk), "\"kty\":\"RSA\""));
	ck_assert_ptr_null(strstr(buf_text(&jwk), "\"d\""));
	ck_assert(!digest_jws_verify(other, buf_text(&jws), &none, &err));
	error_finish(&err);
	for (size_t i = 0; i < jws.length; i += jws.length / 40) { /* any letter */
		cleanup_free char *changed = xstrdup(buf_text(&jws));
		changed[i] = changed[i] == 'Q' ? 'w' : 'Q';
		ck_assert(!digest_jws_verify(key, changed, &none, &err));
		error_finish(&err);
	}
	ck_assert_uint_eq(none.length, 0);
}
END_TEST

START_TEST(forgeries_are_not_signed_by_a_key)
{
	cleanup_free char *key = NULL;
	cleanup_buf struct buf payload = {0};
	struct error err = {0};
	ck_assert(digest_key_make(&key, &err));
	ck_assert(!digest_jws_verify(key, forgeries[_i], &payload, &err));
	ck_assert_ptr_nonnull(err.message);
	error_finish(&err);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{known_digests, 1},
		{base64_is_read, ARRAY_LENGTH(codes)},
		{random_texts_differ, 1},
		{signatures_are_those_of_their_certificates, 1},
		{forgeries_are_refused, ARRAY_LENGTH(forgeries)},
		{own_signatures_are_those_of_the_key, 1},
		{forgeries_are_not_signed_by_a_key, ARRAY_LENGTH(forgeries)},
	};
	return suite_run("digest", tests, ARRAY_LENGTH(tests), 20);
}

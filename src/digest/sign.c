/* digest/sign.c - a server's own signatures: RS256, as JSON web signatures in their compact form
 * (RFC 7515), with a key that others know as a JSON web key (RFC 7517) */
#include "crypto.h"
#include "json.h"
#include "jws.h"

#include <stdlib.h>
#include <string.h>

#define KEY_BITS 2048

static bool fail(int code, const char *what, struct error *err)
{
	return code >= 0 || error_set(err, 0, "%s: %s", _(what), crypto()->strerror(code));
}

bool digest_key_make(char **ret_pem, struct error *err)
{
	gnutls_x509_privkey_t key;
	gnutls_datum_t pem = {0};
	if (crypto()->x509_privkey_init(&key) < 0)
		die_out_of_memory();
	int code = crypto()->x509_privkey_generate(key, GNUTLS_PK_RSA, KEY_BITS, 0);
	if (code >= 0)
		code = crypto()->x509_privkey_export2_pkcs8(
			key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem);
	if (code >= 0)
		*ret_pem = xstrndup((const char *)pem.data, pem.size);
	free(pem.data);
	crypto()->x509_privkey_deinit(key);
	return fail(code, N_("cannot make a key"), err);
}

/* A key with its public part, read from PEM. */
struct pair_of_keys {
	gnutls_x509_privkey_t read;
	gnutls_privkey_t secret;
	gnutls_pubkey_t open;
};

static void keys_close(struct pair_of_keys *k)
{
	crypto()->pubkey_deinit(k->open);
	crypto()->privkey_deinit(k->secret);
	crypto()->x509_privkey_deinit(k->read);
}

static bool keys_open(const char *pem, struct pair_of_keys *ret, struct error *err)
{
	const gnutls_datum_t text = {(unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem)};
	struct pair_of_keys k;
	if (crypto()->x509_privkey_init(&k.read) < 0 || crypto()->privkey_init(&k.secret) < 0 ||
		crypto()->pubkey_init(&k.open) < 0)
		die_out_of_memory();
	int code = crypto()->x509_privkey_import(k.read, &text, GNUTLS_X509_FMT_PEM);
	if (code >= 0)
		code = crypto()->privkey_import_x509(k.secret, k.read, 0);
	if (code >= 0)
		code = crypto()->pubkey_import_privkey(k.open, k.secret, 0, 0);
	if (code >= 0)
		*ret = k;
	else
		keys_close(&k);
	return fail(code, N_("cannot read the key"), err);
}

bool digest_key_describe(const char *pem, const char *id, struct buf *ret_json, struct error *err)
{
	struct pair_of_keys k;
	gnutls_datum_t m = {0}, e = {0};
	if (!keys_open(pem, &k, err))
		return false;
	int code = crypto()->pubkey_export_rsa_raw2(k.open, &m, &e, GNUTLS_EXPORT_FLAG_NO_LZ);
	keys_close(&k);
	if (code < 0)
		return fail(code, N_("cannot export the key"), err);
	cleanup_free char *modulus = digest_base64url(m.data, m.size);
	cleanup_free char *exponent = digest_base64url(e.data, e.size);
	free(m.data);
	free(e.data);
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "kty", "RSA");
	cJSON_AddStringToObject(json, "use", "sig");
	cJSON_AddStringToObject(json, "alg", "RS256");
	cJSON_AddStringToObject(json, "kid", id);
	cJSON_AddStringToObject(json, "n", modulus);
	cJSON_AddStringToObject(json, "e", exponent);
	cleanup_free char *text = cJSON_PrintUnformatted(json);
	buf_add_text(ret_json, text);
	cJSON_Delete(json);
	return true;
}

static char *header_text(const char *id)
{
	cJSON *header = cJSON_CreateObject();
	cJSON_AddStringToObject(header, "alg", "RS256");
	cJSON_AddStringToObject(header, "typ", "JWT");
	cJSON_AddStringToObject(header, "kid", id);
	char *text = cJSON_PrintUnformatted(header);
	cJSON_Delete(header);
	return text;
}

bool digest_jws_sign(const char *pem, const char *id, const char *payload, struct buf *ret_text,
	struct error *err)
{
	struct pair_of_keys k;
	gnutls_datum_t mark = {0};
	if (!keys_open(pem, &k, err))
		return false;
	cleanup_free char *header = header_text(id);
	cleanup_free char *first = digest_base64url(header, strlen(header));
	cleanup_free char *second = digest_base64url(payload, strlen(payload));
	cleanup_free char *text = xasprintf("%s.%s", first, second);
	const gnutls_datum_t data = {(unsigned char *)text, (unsigned)strlen(text)};
	int code = crypto()->privkey_sign_data2(k.secret, GNUTLS_SIGN_RSA_SHA256, 0, &data, &mark);
	keys_close(&k);
	if (code < 0)
		return fail(code, N_("cannot sign"), err);
	cleanup_free char *third = digest_base64url(mark.data, mark.size);
	free(mark.data);
	buf_printf(ret_text, "%s.%s", text, third);
	return true;
}

static bool is_mark_of(const char *pem, const char *text, const struct jws *jws, struct error *err)
{
	struct pair_of_keys k;
	if (!keys_open(pem, &k, err))
		return false;
	const gnutls_datum_t data = {
		(unsigned char *)(uintptr_t)text, (unsigned)jws->signed_length};
	const gnutls_datum_t made = {(unsigned char *)jws->mark.data, (unsigned)jws->mark.length};
	int code = crypto()->pubkey_verify_data2(k.open, GNUTLS_SIGN_RSA_SHA256, 0, &data, &made);
	keys_close(&k);
	return code >= 0 || error_set(err, 0, "the signature is not from this key");
}

static bool check_own_header(const struct jws *jws, struct error *err)
{
	cJSON *json = json_parse(&jws->header);
	bool known = text_same(json_get_text(json, "alg"), "RS256");
	cJSON_Delete(json);
	return known || error_set(err, 0, "the signature's algorithm is not RS256");
}

bool digest_jws_verify(
	const char *pem, const char *text, struct buf *ret_payload, struct error *err)
{
	struct jws jws;
	bool good = jws_split(text, strlen(text), &jws, err) && check_own_header(&jws, err) &&
		    is_mark_of(pem, text, &jws, err);
	if (good)
		buf_add(ret_payload, jws.payload.data, jws.payload.length);
	jws_finish(&jws);
	return good;
}

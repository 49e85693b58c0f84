/* digest/jws.c - JSON web signatures: the part that signed statements need */
#include "jws.h"
#include "crypto.h"
#include "json.h"

#include <string.h>

static gnutls_sign_algorithm_t algorithm_of(const cJSON *header)
{
	const char *name = json_get_text(header, "alg");
	return text_same(name, "RS256")   ? GNUTLS_SIGN_RSA_SHA256
	       : text_same(name, "RS384") ? GNUTLS_SIGN_RSA_SHA384
	       : text_same(name, "RS512") ? GNUTLS_SIGN_RSA_SHA512
					  : GNUTLS_SIGN_UNKNOWN;
}

static bool is_signed_by(const char *certificate, gnutls_sign_algorithm_t algorithm,
	const char *text, size_t length, const struct buf *signature)
{
	cleanup_buf struct buf der = {0};
	gnutls_pubkey_t key = NULL;
	gnutls_x509_crt_t crt = NULL;
	bool good = false;
	if (!digest_base64_decode(certificate, strlen(certificate), &der) ||
		crypto()->x509_crt_init(&crt) < 0 || crypto()->pubkey_init(&key) < 0)
		goto end;
	const gnutls_datum_t raw = {(unsigned char *)der.data, (unsigned)der.length};
	const gnutls_datum_t data = {(unsigned char *)text, (unsigned)length};
	const gnutls_datum_t mark = {(unsigned char *)signature->data, (unsigned)signature->length};
	good = crypto()->x509_crt_import(crt, &raw, GNUTLS_X509_FMT_DER) >= 0 &&
	       crypto()->pubkey_import_x509(key, crt, 0) >= 0 &&
	       crypto()->pubkey_verify_data2(key, algorithm, 0, &data, &mark) >= 0;
end:
	if (key != NULL)
		crypto()->pubkey_deinit(key);
	if (crt != NULL)
		crypto()->x509_crt_deinit(crt);
	return good;
}

static bool check_header(const struct jws *jws, const char *text, struct error *err)
{
	cJSON *header = json_parse(&jws->header);
	gnutls_sign_algorithm_t algorithm = algorithm_of(header);
	const cJSON *chain = json_get(header, "x5c");
	const char *certificate = json_get_item_text(chain, 0);
	bool known = algorithm != GNUTLS_SIGN_UNKNOWN;
	bool good =
		known &&
		(chain == NULL || (certificate != NULL && is_signed_by(certificate, algorithm, text,
								  jws->signed_length, &jws->mark)));
	cJSON_Delete(header);
	if (!known)
		return error_set(err, 0, "the signature's algorithm is not RS256, RS384 or RS512");
	return good || error_set(err, 0, "the signature does not match its certificate");
}

void jws_finish(struct jws *jws)
{
	buf_finish(&jws->header);
	buf_finish(&jws->payload);
	buf_finish(&jws->mark);
}

bool jws_split(const char *text, size_t length, struct jws *ret, struct error *err)
{
	*ret = (struct jws){0};
	const char *first = memchr(text, '.', length);
	const char *second =
		first != NULL ? memchr(first + 1, '.', length - (size_t)(first + 1 - text)) : NULL;
	if (second == NULL)
		return error_set(err, 0, "a signature must have three parts, separated by dots");
	size_t rest = length - (size_t)(second + 1 - text);
	ret->signed_length = (size_t)(second - text);
	if (memchr(second + 1, '.', rest) != NULL ||
		!digest_base64_decode(text, (size_t)(first - text), &ret->header) ||
		!digest_base64_decode(first + 1, (size_t)(second - first - 1), &ret->payload) ||
		!digest_base64_decode(second + 1, rest, &ret->mark) || ret->mark.length == 0)
		return error_set(err, 0, "a part of the signature is not base64url");
	return true;
}

bool digest_jws_open(const char *text, size_t length, struct buf *ret_payload, struct error *err)
{
	struct jws jws;
	while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
		length--;
	bool good = jws_split(text, length, &jws, err) && check_header(&jws, text, err);
	if (good)
		buf_add(ret_payload, jws.payload.data, jws.payload.length);
	jws_finish(&jws);
	return good;
}

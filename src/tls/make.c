/* tls/make.c - makes a server's key and certificate (RFC 5280), and the fingerprint by which a
 * client knows them (RFC 7469, 2.4) */
#include "private.h"

#include "digest.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY 86400
#define DAYS 3650

static int add_name(gnutls_x509_crt_t crt, const char *name)
{
	unsigned char address[16];
	unsigned size = inet_pton(AF_INET, name, address) == 1    ? 4
			: inet_pton(AF_INET6, name, address) == 1 ? 16
								  : 0;
	return size > 0 ? crypto()->x509_crt_set_subject_alt_name(
				  crt, GNUTLS_SAN_IPADDRESS, address, size, GNUTLS_FSAN_APPEND)
			: crypto()->x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, name,
				  (unsigned)strlen(name), GNUTLS_FSAN_APPEND);
}

/* The certificate is self-signed, and not an authority, so it can vouch only for itself. */
static int write_certificate(
	gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *const *names)
{
	const unsigned char serial[] = {1};
	time_t now = time(NULL);
	int code = crypto()->x509_privkey_generate(
		key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	for (size_t i = 0; code >= 0 && names[i] != NULL; i++)
		code = add_name(crt, names[i]);
	const int codes[] = {code, crypto()->x509_crt_set_version(crt, 3),
		crypto()->x509_crt_set_serial(crt, serial, sizeof serial),
		crypto()->x509_crt_set_activation_time(crt, now - DAY),
		crypto()->x509_crt_set_expiration_time(crt, now + (time_t)DAYS * DAY),
		crypto()->x509_crt_set_dn_by_oid(
			crt, GNUTLS_OID_X520_COMMON_NAME, 0, names[0], (unsigned)strlen(names[0])),
		crypto()->x509_crt_set_basic_constraints(crt, 0, -1),
		crypto()->x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE),
		crypto()->x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0),
		crypto()->x509_crt_set_key(crt, key)};
	for (size_t i = 0; i < ARRAY_LENGTH(codes); i++)
		if (codes[i] < 0)
			return codes[i];
	return crypto()->x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

bool tls_make(
	const char *const *names, struct tls **ret, struct buf *ret_certificate, struct error *err)
{
	gnutls_x509_crt_t crt;
	gnutls_x509_privkey_t key;
	gnutls_datum_t pem = {0};
	struct tls *tls = tls_create();
	if (crypto()->x509_crt_init(&crt) < 0 || crypto()->x509_privkey_init(&key) < 0)
		die_out_of_memory();
	int code = write_certificate(crt, key, names);
	if (code >= 0)
		code = crypto()->x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem);
	if (code >= 0)
		code = crypto()->certificate_set_x509_key(tls->credentials, &crt, 1, key);
	if (code >= 0) {
		buf_add(ret_certificate, pem.data, pem.size);
		*ret = tls;
	} else {
		tls_close(tls);
		error_set(err, 0, "cannot make a certificate: %s", crypto()->strerror(code));
	}
	free(pem.data);
	crypto()->x509_crt_deinit(crt);
	crypto()->x509_privkey_deinit(key);
	return code >= 0;
}

bool tls_make_pair(const char *const *names, struct buf *ret_certificate, struct buf *ret_key,
	struct error *err)
{
	gnutls_x509_crt_t crt;
	gnutls_x509_privkey_t key;
	gnutls_datum_t certificate = {0}, secret = {0};
	if (crypto()->x509_crt_init(&crt) < 0 || crypto()->x509_privkey_init(&key) < 0)
		die_out_of_memory();
	int code = write_certificate(crt, key, names);
	if (code >= 0)
		code = crypto()->x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &certificate);
	if (code >= 0)
		code = crypto()->x509_privkey_export2_pkcs8(
			key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &secret);
	if (code >= 0) {
		buf_add(ret_certificate, certificate.data, certificate.size);
		buf_add(ret_key, secret.data, secret.size);
	} else {
		error_set(err, 0, "cannot make a certificate: %s", crypto()->strerror(code));
	}
	free(certificate.data);
	free(secret.data);
	crypto()->x509_crt_deinit(crt);
	crypto()->x509_privkey_deinit(key);
	return code >= 0;
}

static int fingerprint_key(gnutls_x509_crt_t crt, char **ret)
{
	unsigned char key_id[32];
	size_t size = sizeof key_id;
	int code = crypto()->x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, key_id, &size);
	if (code >= 0)
		*ret = digest_base64url(key_id, size);
	return code;
}

bool tls_fingerprint(const char *certificate, char **ret, bool *ret_self_signed, struct error *err)
{
	gnutls_x509_crt_t crt;
	const gnutls_datum_t pem = {
		(unsigned char *)(uintptr_t)certificate, (unsigned)strlen(certificate)};
	if (crypto()->x509_crt_init(&crt) < 0)
		die_out_of_memory();
	int code = crypto()->x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM);
	if (code >= 0)
		code = fingerprint_key(crt, ret);
	if (code >= 0)
		*ret_self_signed = crypto()->x509_crt_check_issuer(crt, crt) != 0;
	crypto()->x509_crt_deinit(crt);
	return code >= 0 ||
	       error_set(err, 0, "the certificate cannot be read: %s", crypto()->strerror(code));
}

/* tls/make.c - makes a server's key and certificate, which live as long as the process (RFC
 * 5280) */
#include "private.h"

#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#define DAY 86400
#define DAYS 3650

/* The certificate is self-signed, and not an authority, so it can vouch only for itself. */
static int write_certificate(
	gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *const *names)
{
	const unsigned char serial[] = {1};
	time_t now = time(NULL);
	int code = gnutls_x509_privkey_generate(
		key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	for (size_t i = 0; code >= 0 && names[i] != NULL; i++)
		code = gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, names[i],
			(unsigned)strlen(names[i]), GNUTLS_FSAN_APPEND);
	const int codes[] = {code, gnutls_x509_crt_set_version(crt, 3),
		gnutls_x509_crt_set_serial(crt, serial, sizeof serial),
		gnutls_x509_crt_set_activation_time(crt, now - DAY),
		gnutls_x509_crt_set_expiration_time(crt, now + (time_t)DAYS * DAY),
		gnutls_x509_crt_set_dn_by_oid(
			crt, GNUTLS_OID_X520_COMMON_NAME, 0, names[0], (unsigned)strlen(names[0])),
		gnutls_x509_crt_set_basic_constraints(crt, 0, -1),
		gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE),
		gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0),
		gnutls_x509_crt_set_key(crt, key)};
	for (size_t i = 0; i < ARRAY_LENGTH(codes); i++)
		if (codes[i] < 0)
			return codes[i];
	return gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

bool tls_make(
	const char *const *names, struct tls **ret, struct buf *ret_certificate, struct error *err)
{
	gnutls_x509_crt_t crt;
	gnutls_x509_privkey_t key;
	gnutls_datum_t pem = {0};
	struct tls *tls = tls_create();
	if (gnutls_x509_crt_init(&crt) < 0 || gnutls_x509_privkey_init(&key) < 0)
		die_out_of_memory();
	int code = write_certificate(crt, key, names);
	if (code >= 0)
		code = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem);
	if (code >= 0)
		code = gnutls_certificate_set_x509_key(tls->credentials, &crt, 1, key);
	if (code >= 0) {
		buf_add(ret_certificate, pem.data, pem.size);
		*ret = tls;
	} else {
		tls_close(tls);
		error_set(err, 0, "cannot make a certificate: %s", gnutls_strerror(code));
	}
	gnutls_free(pem.data);
	gnutls_x509_crt_deinit(crt);
	gnutls_x509_privkey_deinit(key);
	return code >= 0;
}

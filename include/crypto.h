/* crypto.h - GnuTLS, loaded at its first use. With it come six more libraries, which would take
 * half of the time of every start. Only digest and tls call it. */
#ifndef CRYPTO_H
#define CRYPTO_H

#include "base.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* The functions of GnuTLS that ropes calls, without their prefix. What they allocate is freed by
 * free(3). */
/* clang-format off */
#define CRYPTO_FUNCTIONS(f) \
	f(gnutls_, base64_decode2) \
	f(gnutls_, base64_encode2) \
	f(gnutls_, bye) \
	f(gnutls_, certificate_allocate_credentials) \
	f(gnutls_, certificate_free_credentials) \
	f(gnutls_, certificate_set_x509_key) \
	f(gnutls_, certificate_set_x509_key_file) \
	f(gnutls_, certificate_set_x509_trust_file) \
	f(gnutls_, certificate_verification_status_print) \
	f(gnutls_, credentials_set) \
	f(gnutls_, deinit) \
	f(gnutls_, error_is_fatal) \
	f(gnutls_, handshake) \
	f(gnutls_, handshake_set_timeout) \
	f(gnutls_, hash_fast) \
	f(gnutls_, hash_get_len) \
	f(gnutls_, hex_decode2) \
	f(gnutls_, hmac_fast) \
	f(gnutls_, init) \
	f(gnutls_, memcmp) \
	f(gnutls_, privkey_deinit) \
	f(gnutls_, privkey_import_x509) \
	f(gnutls_, privkey_init) \
	f(gnutls_, privkey_sign_data2) \
	f(gnutls_, pubkey_deinit) \
	f(gnutls_, pubkey_export_rsa_raw2) \
	f(gnutls_, pubkey_import_privkey) \
	f(gnutls_, pubkey_import_x509) \
	f(gnutls_, pubkey_init) \
	f(gnutls_, pubkey_verify_data2) \
	f(gnutls_, record_check_pending) \
	f(gnutls_, record_recv) \
	f(gnutls_, record_send) \
	f(gnutls_, rnd) \
	f(gnutls_, server_name_set) \
	f(gnutls_, session_get_verify_cert_status) \
	f(gnutls_, session_set_verify_cert) \
	f(gnutls_, set_default_priority) \
	f(gnutls_, strerror) \
	f(gnutls_, transport_set_int2) \
	f(gnutls_, x509_crt_check_issuer) \
	f(gnutls_, x509_crt_deinit) \
	f(gnutls_, x509_crt_export2) \
	f(gnutls_, x509_crt_get_key_id) \
	f(gnutls_, x509_crt_import) \
	f(gnutls_, x509_crt_init) \
	f(gnutls_, x509_crt_set_activation_time) \
	f(gnutls_, x509_crt_set_basic_constraints) \
	f(gnutls_, x509_crt_set_dn_by_oid) \
	f(gnutls_, x509_crt_set_expiration_time) \
	f(gnutls_, x509_crt_set_key) \
	f(gnutls_, x509_crt_set_key_purpose_oid) \
	f(gnutls_, x509_crt_set_key_usage) \
	f(gnutls_, x509_crt_set_serial) \
	f(gnutls_, x509_crt_set_subject_alt_name) \
	f(gnutls_, x509_crt_set_version) \
	f(gnutls_, x509_crt_sign2) \
	f(gnutls_, x509_privkey_deinit) \
	f(gnutls_, x509_privkey_export2_pkcs8) \
	f(gnutls_, x509_privkey_generate) \
	f(gnutls_, x509_privkey_import) \
	f(gnutls_, x509_privkey_init)
/* clang-format on */
struct crypto {
	CRYPTO_FUNCTIONS(LIBRARY_POINTER)
};

/* Loads the library the first time; ends the process if that fails. */
const struct crypto *crypto(void);

#endif

/* tls/private.h - declarations that the files of tls share */
#ifndef TLS_PRIVATE_H
#define TLS_PRIVATE_H

#include "crypto.h"
#include "tls.h"

#include <stdatomic.h>

struct tls {
	gnutls_certificate_credentials_t credentials;
	atomic_int users; /* the opener, and each connection */
};

/* Creates one without a certificate. */
struct tls *tls_create(void);

#endif

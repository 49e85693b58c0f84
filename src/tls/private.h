/* tls/private.h - what the files of tls share */
#ifndef TLS_PRIVATE_H
#define TLS_PRIVATE_H

#include "tls.h"

#include <gnutls/gnutls.h>
#include <stdatomic.h>

struct tls {
	gnutls_certificate_credentials_t credentials;
	atomic_int users; /* who opened it, and each connection */
};

/* With no certificate yet. */
struct tls *tls_create(void);

#endif

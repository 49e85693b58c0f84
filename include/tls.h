/*
 * tls.h - a TLS connection as an ordinary descriptor. Data written to it reaches the peer over TLS,
 * half-closes included, so code that reads and polls needs no changes. Each connection has a
 * thread.
 *
 * ca.pem must have signed the server's certificate, and the certificate must be for the requested
 * host (a name, or an address among its alternative names). The client presents cert.pem and
 * key.pem. The three files are those of docker's own client (DOCKER_CERT_PATH).
 *
 *     tls_open(folder, &tls, &err); fd = tls_connect(tls, socket, "node1", &err); tls_close(tls);
 *
 * The module also serves: tls_make() makes a key and a certificate that live as long as the
 * process.
 */
#ifndef TLS_H
#define TLS_H

#include "base.h"

struct tls;

/* Reads ca.pem, cert.pem and key.pem. */
bool tls_open(const char *folder, struct tls **ret, struct error *err);
/* Performs the handshake over a connected socket, in at most ten seconds; always takes the
 * socket over. Returns -1 if the peer fails authentication or does not speak TLS. The caller
 * closes the returned descriptor. */
int tls_connect(struct tls *tls, int socket, const char *host, struct error *err);
/* Makes a new server key and certificate for these names (ended by NULL). Appends the
 * certificate in PEM to *ret_certificate; trusting it means trusting only this server. */
bool tls_make(
	const char *const *names, struct tls **ret, struct buf *ret_certificate, struct error *err);
/* Makes a key and a self-signed certificate for these names and addresses (ended by NULL), valid
 * for ten years, and appends both in PEM. */
bool tls_make_pair(const char *const *names, struct buf *ret_certificate, struct buf *ret_key,
	struct error *err);
/* Returns the fingerprint of the public key in a certificate (PEM; SHA-256, base64url without
 * padding), as invitations contain it, and whether the certificate signs itself. The caller frees
 * it. */
bool tls_fingerprint(const char *certificate, char **ret, bool *ret_self_signed, struct error *err);
/* Performs the server's side of the handshake over an accepted socket; always takes it over. */
int tls_accept(struct tls *tls, int socket, struct error *err);
/* Adds a reference; its owner calls tls_close(), too. */
struct tls *tls_share(struct tls *tls);
/* Drops a reference. Open connections stay open. */
void tls_close(struct tls *tls);

#endif

/*
 * tls.h - a TLS connection as an ordinary descriptor: what is written to it goes to the other side
 * by TLS, half-closes too, and who reads and polls need not know. A thread a connection.
 *
 * The server's certificate must be signed by ca.pem and be for the host that was asked for (a name,
 * or an address among its alternative names); cert.pem and key.pem are shown to it. The three files
 * are those of docker's own client (DOCKER_CERT_PATH).
 *
 *     tls_open(folder, &tls, &err); fd = tls_connect(tls, socket, "node1", &err); tls_close(tls);
 *
 * The other side, too: tls_make() makes a key and a certificate that live as long as the process.
 */
#ifndef TLS_H
#define TLS_H

#include "base.h"

struct tls;

/* Reads ca.pem, cert.pem and key.pem. */
bool tls_open(const char *folder, struct tls **ret, struct error *err);
/* Shakes hands over a connected socket, which is taken in any case; at most ten seconds. -1: the
 * other side is not who it should be, or does not speak TLS. The caller closes what is returned. */
int tls_connect(struct tls *tls, int socket, const char *host, struct error *err);
/* A server's own key and certificate, made now, for these names (ended by NULL). *ret_certificate
 * is it in PEM, appended: who trusts that, trusts this server, and nothing else by it. */
bool tls_make(
	const char *const *names, struct tls **ret, struct buf *ret_certificate, struct error *err);
/* As the server, over a socket that was accepted, which is taken in any case. */
int tls_accept(struct tls *tls, int socket, struct error *err);
/* One holder more, who closes it, too. */
struct tls *tls_share(struct tls *tls);
/* Connections that are open stay so. */
void tls_close(struct tls *tls);

#endif

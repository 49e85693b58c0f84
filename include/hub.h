/*
 * hub.h - a small Docker Hub for a machine without a network. It answers over TLS what clients and
 * daemons ask registry-1.docker.io, auth.docker.io and index.docker.io, as the real hosts do.
 * Clients can pull every image in the registry on this machine's 127.0.0.1; any other image does
 * not exist. The hub accepts no push and no password.
 *
 *     hub_open(socket, 5000, &hub, &certificate, &err); hub_run(hub, stop_fd); hub_close(hub);
 */
#ifndef HUB_H
#define HUB_H

#include "base.h"

struct hub;

/* The names that it answers to; ends with NULL. */
extern const char *const hub_names[];

/* listen_fd is a listening TCP socket; the caller keeps it. Appends the certificate that clients
 * must trust, in PEM, to *ret_certificate. */
bool hub_open(int listen_fd, unsigned short registry_port, struct hub **ret,
	struct buf *ret_certificate, struct error *err);
/* Serves until stop_fd is readable. Each connection has a thread. */
void hub_run(struct hub *hub, int stop_fd);
/* Call it after hub_run has returned. Connections that are open continue. NULL does nothing. */
void hub_close(struct hub *hub);

#endif

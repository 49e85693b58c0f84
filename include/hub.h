/*
 * hub.h - a small Docker Hub, for a machine without a network: what clients and daemons ask
 * registry-1.docker.io, auth.docker.io and index.docker.io is answered as it is there, by TLS. What
 * the registry on this machine's 127.0.0.1 has, is there to be pulled; what it lacks does not
 * exist; nothing is taken, and no password is right.
 *
 *     hub_open(socket, 5000, &hub, &certificate, &err); hub_run(hub, stop_fd); hub_close(hub);
 */
#ifndef HUB_H
#define HUB_H

#include "base.h"

struct hub;

/* The names that it answers to; ended by NULL. */
extern const char *const hub_names[];

/* listen_fd is a TCP socket that listens; it stays the caller's. *ret_certificate: what clients
 * have to trust, in PEM, appended. */
bool hub_open(int listen_fd, unsigned short registry_port, struct hub **ret,
	struct buf *ret_certificate, struct error *err);
/* Serves until stop_fd can be read. A thread a connection. */
void hub_run(struct hub *hub, int stop_fd);
/* Once hub_run has ended, and only before the process ends: its threads may still be at work. */
void hub_close(struct hub *hub);

#endif

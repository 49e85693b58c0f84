/* httpd/connections.h - limits how long a client may take and how many connections one address may
 * open, so that neither slow requests nor thousands of connections can keep others out */
#ifndef HTTPD_CONNECTIONS_H
#define HTTPD_CONNECTIONS_H

#include "base.h"

#include <sys/socket.h>

struct connections;
/* A request's head must arrive within `seconds` of the connection or its last answer; its body gets
 * as much again, plus a second for every few hundred bytes. */
struct connections *connections_create(unsigned seconds, unsigned connections_max);
void connections_destroy(struct connections *connections);

/* Decides whether to accept one more connection from an address. When connections run short,
 * addresses that already have many get no more. */
bool connections_admit(struct connections *connections, const struct sockaddr *from);

unsigned connections_count_open(struct connections *connections);

/* One connection. The socket stays the caller's, who reports its end before closing it. */
struct connection_slot;
struct connection_slot *connections_open_slot(
	struct connections *connections, int fd, const struct sockaddr *from);
void connections_close_slot(struct connections *connections, struct connection_slot *slot);
/* Starts the clock: a head, or the body after it, must now arrive in time. */
void connections_await(struct connection_slot *slot);
void connections_count_bytes(struct connection_slot *slot, size_t bytes);
void connections_stop_clock(struct connection_slot *slot); /* while the server works */

/* Ends connections whose time is up; call it every few seconds. */
void connections_end_slow(struct connections *connections);

#endif

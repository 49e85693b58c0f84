/* serve/connections.h - how long a client may take, and how many connections one address may hold:
 * who sends a request drop by drop, or opens thousands of connections, keeps nobody else out */
#ifndef SERVE_CONNECTIONS_H
#define SERVE_CONNECTIONS_H

#include "base.h"

#include <sys/socket.h>

struct connections;
/* A request's head must have come `seconds` after the connection, or its last answer; its body may
 * take as much again and a second for every few hundred bytes. */
struct connections *connections_create(unsigned seconds, unsigned connections_max);
void connections_destroy(struct connections *connections);

/* Whether one more connection from there is taken: as connections run out, those who have many get
 * no more. */
bool connections_admit(struct connections *connections, const struct sockaddr *from);

/* One connection. The socket stays the caller's, who tells of its end before closing it. */
struct connection_slot;
struct connection_slot *connections_open_slot(
	struct connections *connections, int fd, const struct sockaddr *from);
void connections_close_slot(struct connections *connections, struct connection_slot *slot);
/* From now on something must come in time: a head, or the body behind it. */
void connections_await(struct connection_slot *slot);
void connections_count_bytes(struct connection_slot *slot, size_t bytes);
void connections_stop_clock(struct connection_slot *slot); /* however long that takes */

/* Ends the connections whose time is over; to be called every few seconds. */
void connections_end_slow(struct connections *connections);

#endif

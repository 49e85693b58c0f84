/* serve/connections.h - how long a client may take, and how many connections one address may hold:
 * who sends a request drop by drop, or opens thousands of connections, keeps nobody else out */
#ifndef SERVE_CONNECTIONS_H
#define SERVE_CONNECTIONS_H

#include "base.h"

#include <sys/socket.h>

struct patience;
/* A request's head must have come `seconds` after the connection, or its last answer; its body may
 * take as much again and a second for every few hundred bytes. */
struct patience *connections_create(unsigned seconds, unsigned connections_max);
void connections_destroy(struct patience *patience);

/* Whether one more connection from there is taken: as connections run out, those who have many get
 * no more. */
bool connections_admit(struct patience *patience, const struct sockaddr *from);

/* One connection. The socket stays the caller's, who tells of its end before closing it. */
struct seat;
struct seat *connections_open_slot(struct patience *patience, int fd, const struct sockaddr *from);
void connections_close_slot(struct patience *patience, struct seat *seat);
/* From now on something must come in time: a head, or the body behind it. */
void connections_await(struct seat *seat);
void connections_count_bytes(struct seat *seat, size_t bytes);
void connections_stop_clock(struct seat *seat); /* however long that takes */

/* Ends the connections whose time is over; to be called every few seconds. */
void connections_end_slow(struct patience *patience);

#endif

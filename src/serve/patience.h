/* serve/patience.h - how long a client may take, and how many connections one address may hold: who
 * sends a request drop by drop, or opens thousands of connections, keeps nobody else out */
#ifndef SERVE_PATIENCE_H
#define SERVE_PATIENCE_H

#include "base.h"

#include <sys/socket.h>

struct patience;
/* A request's head must have come `seconds` after the connection, or its last answer; its body may
 * take as much again and a second for every few hundred bytes. */
struct patience *patience_create(unsigned seconds, unsigned connections_most);
void patience_destroy(struct patience *patience);

/* Whether one more connection from there is taken: as connections run out, those who have many get
 * no more. */
bool patience_admits(struct patience *patience, const struct sockaddr *from);

/* One connection. The socket stays the caller's, who tells of its end before closing it. */
struct seat;
struct seat *patience_arrive(struct patience *patience, int fd, const struct sockaddr *from);
void patience_leave(struct patience *patience, struct seat *seat);
/* From now on something must come in time: a head, or the body behind it. */
void seat_awaits(struct seat *seat);
void seat_received(struct seat *seat, size_t bytes);
void seat_answering(struct seat *seat); /* however long that takes */

/* Ends the connections whose time is over; to be called every few seconds. */
void patience_end_slow(struct patience *patience);

#endif

/* httpd/connections.c - limits slow clients, and the number of connections from one address */
#include "connections.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define RATE_MIN 500 /* bytes per second of a body, as on a bad mobile line */

/* Written by the connection's own thread, read by the thread that ends slow connections. */
struct connection_slot {
	struct connection_slot *next, *before;
	int fd;
	struct in6_addr from;
	atomic_int_fast64_t until_ms; /* monotonic; 0: no limit */
	atomic_int_fast64_t received; /* bytes of a body */
	int64_t timeout_ms;
};

struct connections {
	int64_t timeout_ms;
	unsigned connections_max, count;
	struct connection_slot *first;
	pthread_mutex_t lock;
};

struct connections *connections_create(unsigned seconds, unsigned connections_max)
{
	struct connections *p = xcalloc(1, sizeof *p);
	p->timeout_ms = (int64_t)seconds * 1000;
	p->connections_max = connections_max;
	pthread_mutex_init(&p->lock, NULL);
	return p;
}

void connections_destroy(struct connections *p)
{
	if (p == NULL)
		return;
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* ---- crowds ---- */

/* Count an IPv6 network as one client: its owner has more addresses than there are connections. An
 * IPv6 socket reports IPv4 addresses in mapped form. */
static struct in6_addr network_of(const struct sockaddr *from)
{
	struct in6_addr network = {0};
	const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
	if (from->sa_family == AF_INET6)
		memcpy(&network, six, IN6_IS_ADDR_V4MAPPED(six) ? sizeof *six : 8);
	else if (from->sa_family == AF_INET)
		memcpy(network.s6_addr + 12,
			&((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
	return network;
}

bool connections_admit(struct connections *p, const struct sockaddr *from)
{
	struct in6_addr network = network_of(from);
	unsigned own = 0, share = p->connections_max / 4;
	pthread_mutex_lock(&p->lock);
	bool scarce = p->count >= p->connections_max - share;
	for (const struct connection_slot *s = p->first; scarce && s != NULL; s = s->next)
		own += memcmp(&s->from, &network, sizeof network) == 0;
	pthread_mutex_unlock(&p->lock);
	return own < share || !scarce;
}

unsigned connections_count_open(struct connections *p)
{
	pthread_mutex_lock(&p->lock);
	unsigned count = p->count;
	pthread_mutex_unlock(&p->lock);
	return count;
}

/* ---- connections ---- */

void connections_await(struct connection_slot *s)
{
	s->received = 0;
	s->until_ms = clock_monotonic_ms() + s->timeout_ms;
}

struct connection_slot *connections_open_slot(
	struct connections *p, int fd, const struct sockaddr *from)
{
	struct connection_slot *s = xcalloc(1, sizeof *s);
	s->fd = fd;
	s->from = network_of(from);
	s->timeout_ms = p->timeout_ms;
	connections_await(s);
	pthread_mutex_lock(&p->lock);
	s->next = p->first;
	if (s->next != NULL)
		s->next->before = s;
	p->first = s;
	p->count++;
	pthread_mutex_unlock(&p->lock);
	return s;
}

void connections_close_slot(struct connections *p, struct connection_slot *s)
{
	pthread_mutex_lock(&p->lock);
	*(s->before != NULL ? &s->before->next : &p->first) = s->next;
	if (s->next != NULL)
		s->next->before = s->before;
	p->count--;
	pthread_mutex_unlock(&p->lock);
	free(s);
}

void connections_count_bytes(struct connection_slot *s, size_t bytes)
{
	s->received += (int64_t)bytes;
}

void connections_stop_clock(struct connection_slot *s)
{
	s->until_ms = 0;
}

/* The library notices that the connection has ended, and cleans up. */
void connections_end_slow(struct connections *p)
{
	int64_t now = clock_monotonic_ms();
	pthread_mutex_lock(&p->lock);
	for (struct connection_slot *s = p->first; s != NULL; s = s->next) {
		int64_t until = s->until_ms;
		if (until != 0 && now > until + s->received * 1000 / RATE_MIN)
			(void)shutdown(s->fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&p->lock);
}

/* gate/tunnel.c - bytes between client and daemon, both directions at once, without waiting for one
 * alone: a client that does not read must not keep the daemon from being read */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PUMP_SIZE 32768

struct half {
	int from, to;
	struct request *counted; /* whose bytes count; NULL: they do not */
	char bytes[PUMP_SIZE];
	size_t length, sent;
	bool ended, closed; /* nothing more comes; the other side was told */
};

bool transfer_count(struct request *r, long long bytes)
{
	long long all = atomic_fetch_add(&r->gate->transferred, bytes) + bytes;
	if (!is_class(r) || all <= r->gate->policy.transfer_most)
		return true;
	note_rule(r, "transfer_most");
	return false;
}

/* What comes down of these is files, and counts as what goes up. */
static bool is_archive(const struct request *r)
{
	static const char *const ends[] = {"/archive", "/export", "/get"};
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++)
		if (text_ends(r->route->path, ends[i]))
			return true;
	return false;
}

static void set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	if (flags >= 0)
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

/* False: this half can't go on. */
static bool half_step(struct half *h, short from_events, short to_events)
{
	if (h->length == h->sent && !h->ended &&
		(from_events & (POLLIN | POLLHUP | POLLERR)) != 0) {
		ssize_t got = read(h->from, h->bytes, sizeof h->bytes);
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		h->ended = got == 0;
		h->sent = 0;
		h->length = got > 0 ? (size_t)got : 0;
		if (h->counted != NULL && !transfer_count(h->counted, (long long)h->length))
			return false;
		to_events |= POLLOUT; /* mostly there is room at once */
	}
	if (h->sent < h->length && (to_events & (POLLOUT | POLLHUP | POLLERR)) != 0) {
		ssize_t put = send(h->to, h->bytes + h->sent, h->length - h->sent, MSG_NOSIGNAL);
		if (put < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		h->sent += put > 0 ? (size_t)put : 0;
	}
	if (h->ended && h->sent == h->length && !h->closed) {
		(void)shutdown(h->to, SHUT_WR); /* half-close is passed on */
		h->closed = true;
	}
	return true;
}

static short wanted(const struct half *out, const struct half *in)
{
	/* one descriptor: `out` reads from it, `in` writes to it */
	short events = 0;
	if (out != NULL && !out->ended && out->length == out->sent)
		events |= POLLIN;
	if (in != NULL && in->sent < in->length)
		events |= POLLOUT;
	return events;
}

/* Runs until the daemon has ended and all of it is delivered, or the client is gone. up == NULL:
 * nothing of the client's goes up. */
static void pump(struct gate *gate, struct half *down, struct half *up)
{
	int daemon = down->from, client = down->to;
	set_nonblocking(daemon);
	set_nonblocking(client);
	while (!down->closed) {
		struct pollfd fds[2] = {{.fd = daemon, .events = wanted(down, up)},
			{.fd = client, .events = wanted(up, down)}};
		if (poll(fds, 2, LOOK_MS) < 0 && errno != EINTR)
			return;
		if (atomic_load(&gate->stopping))
			return;
		if ((fds[1].revents & (POLLERR | POLLNVAL)) != 0 ||
			((fds[1].revents & POLLHUP) != 0 && (up == NULL || up->ended)))
			return; /* the client is gone for good */
		if (!half_step(down, fds[0].revents, fds[1].revents))
			return;
		if (up != NULL && !half_step(up, fds[1].revents, fds[0].revents))
			up->ended = up->closed =
				true; /* the daemon wants no more; it may still talk */
	}
}

/* What was read too far goes first. */
static void take_pending(struct half *h, struct stream *s)
{
	size_t there = s->pending.length - s->taken;
	h->length = there < sizeof h->bytes ? there : sizeof h->bytes;
	memcpy(h->bytes, buf_text(&s->pending) + s->taken, h->length);
	s->taken += h->length;
}

/* Sends the rest of what a stream holds, where it is more than the pump takes. */
static bool flush_pending(int to, struct stream *s)
{
	size_t from = s->taken, there = s->pending.length - from;
	if (there <= PUMP_SIZE)
		return true;
	s->taken = s->pending.length;
	return fd_write(to, s->pending.data + from, there, NULL);
}

void tunnel(struct request *r, struct stream *daemon, bool both)
{
	struct half *down = xcalloc(1, sizeof *down), *up = both ? xcalloc(1, sizeof *up) : NULL;
	*down = (struct half){
		.from = daemon->fd, .to = r->client.fd, .counted = is_archive(r) ? r : NULL};
	daemon->taken = 0; /* the head of the answer goes first, as it came */
	bool good = flush_pending(r->client.fd, daemon);
	if (good && daemon->taken < daemon->pending.length)
		take_pending(down, daemon);
	if (both) {
		*up = (struct half){.from = r->client.fd, .to = daemon->fd};
		take_pending(up, &r->client);
	}
	if (good)
		pump(r->gate, down, up);
	free(down);
	free(up);
}

/* gate/tunnel.c - copies bytes between client and daemon in both directions at once, without
 * blocking on one of them: a client that does not read must not stop reading from the daemon */
#include "private.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#define PUMP_SIZE 65536
#define TURNS_MAX 16 /* of one half before the other one gets its turn */

struct half {
	int from, to;
	struct answer *answer; /* parses what passes; NULL */
	const char *at;        /* bytes read but not yet sent */
	size_t left;
	bool ended, closed; /* no more input; the end was passed on */
	char *room;         /* PUMP_SIZE bytes to read into */
};

static bool would_block(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* False: this half cannot continue. */
static bool take_more(struct half *h)
{
	ssize_t got = recv(h->from, h->room, PUMP_SIZE, MSG_DONTWAIT);
	if (got < 0)
		return would_block();
	h->ended = got == 0;
	h->at = h->room;
	h->left = (size_t)got;
	if (h->answer != NULL)
		watch_answer(h->answer, h->at, h->left);
	return true;
}

static bool is_done(const struct half *h)
{
	return h->closed || (h->answer != NULL && h->answer->whole && h->left == 0);
}

/* Moves what it can without blocking. False: this half cannot continue. */
static bool move_bytes(struct half *h, bool readable)
{
	for (int i = 0; i < TURNS_MAX && !is_done(h); i++) {
		if (h->left > 0) {
			ssize_t put = send(h->to, h->at, h->left, MSG_NOSIGNAL | MSG_DONTWAIT);
			if (put < 0)
				return would_block();
			h->at += put;
			h->left -= (size_t)put;
		} else if (h->ended) {
			(void)shutdown(h->to, SHUT_WR); /* pass the half-close on */
			h->closed = true;
		} else if (!readable) {
			return true;
		} else if (!take_more(h)) {
			return false;
		} else if (h->left == 0 && !h->ended) {
			return true; /* nothing was available */
		}
	}
	return true;
}

static short wanted_events(const struct half *out, const struct half *in)
{
	/* one descriptor: `out` reads from it, `in` writes to it */
	short events = 0;
	if (out != NULL && !out->ended && out->left == 0)
		events |= POLLIN;
	if (in != NULL && in->left > 0)
		events |= POLLOUT;
	return events;
}

/* Runs until the daemon has ended and everything is delivered, or the client disconnects. up ==
 * NULL: pass nothing from the client to the daemon. */
static void pump_both(struct half *down, struct half *up)
{
	const short readable = POLLIN | POLLHUP | POLLERR;
	int daemon = down->from, client = down->to;
	if (!move_bytes(down, false) || (up != NULL && !move_bytes(up, false)))
		return;
	for (bool gone = false; !is_done(down);) {
		struct pollfd fds[2] = {{.fd = daemon, .events = wanted_events(down, up)},
			{.fd = client, .events = wanted_events(up, down)}};
		/* a peer that hung up makes poll() return at once, again and again: only poll it
		 * where that helps */
		if (fds[0].events == 0)
			fds[0].fd = -1;
		if (fds[1].events == 0 && gone)
			fds[1].fd = -1;
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return;
		gone = gone || (fds[1].revents & POLLHUP) != 0;
		if ((fds[1].revents & (POLLERR | POLLNVAL)) != 0 ||
			(gone && (up == NULL || up->ended)))
			return; /* no one reads any more */
		if (!move_bytes(down, (fds[0].revents & readable) != 0))
			return;
		if (up != NULL && !move_bytes(up, (fds[1].revents & readable) != 0))
			up->ended = up->closed =
				true; /* the daemon reads no more, but may still send */
	}
}

/* Send the bytes first that the parser read beyond the head. */
static struct half half_from(struct stream *s, int to, char *room)
{
	struct half h = {.from = s->fd,
		.to = to,
		.at = buf_text(&s->pending) + s->taken,
		.left = s->pending.length - s->taken,
		.room = room};
	s->taken = s->pending.length;
	return h;
}

void tunnel_run(struct request *r, struct stream *daemon, bool both, struct answer *answer)
{
	char down_room[PUMP_SIZE], up_room[PUMP_SIZE];
	struct half down = half_from(daemon, r->client.fd, down_room);
	down.answer = answer;
	struct half up = {0};
	if (both)
		up = half_from(&r->client, daemon->fd, up_room);
	pump_both(&down, both ? &up : NULL);
}

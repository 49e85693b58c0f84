/* ports/socket.c - a WebSocket to a container: the handshake is the container's, and then bytes go
 * both ways */
#include "private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define PATIENCE_MS 10000 /* for the handshake */
#define LOOK_MS 1000
#define HEAD_MAX ((size_t)16 * 1024)
#define PIECE ((size_t)16 * 1024)

/* ---- the handshake ---- */

static bool await_socket(int fd, short events, int64_t until_ms)
{
	struct pollfd one = {.fd = fd, .events = events};
	int64_t left = until_ms - clock_monotonic_ms();
	return left > 0 && poll(&one, 1, (int)left) > 0;
}

static bool connect_port(int fd, unsigned short port, int64_t until_ms)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int failure = 0;
	socklen_t size = sizeof failure;
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
		return false;
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return true;
	return errno == EINPROGRESS && await_socket(fd, POLLOUT, until_ms) &&
	       getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 && failure == 0;
}

static bool send_handshake(const struct exchange *e, int fd, int64_t until_ms)
{
	cleanup_buf struct buf head = {0};
	buf_printf(&head, "%s %s HTTP/1.1\r\n", e->method, e->target);
	for (size_t i = 0; i < e->headers.count; i++)
		if (strchr(e->headers.items[i], ':') != NULL)
			buf_printf(&head, "%s\r\n", e->headers.items[i]);
	buf_add_text(&head, "\r\n");
	while (head.length > 0 && await_socket(fd, POLLOUT, until_ms)) {
		ssize_t sent = send(fd, head.data, head.length, MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (sent > 0)
			buf_remove_front(&head, (size_t)sent);
	}
	return head.length == 0;
}

/* Reads up to the empty line; *ret gets what follows it. */
static bool read_handshake(int fd, int64_t until_ms, struct head *head, struct buf *ret)
{
	char bytes[4096];
	const char *end = NULL;
	while (end == NULL) {
		ssize_t got =
			await_socket(fd, POLLIN, until_ms) ? recv(fd, bytes, sizeof bytes, 0) : 0;
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got <= 0 || ret->length > HEAD_MAX)
			return false;
		buf_add(ret, bytes, (size_t)got);
		end = memmem(ret->data, ret->length, "\r\n\r\n", 4);
	}
	size_t length = (size_t)(end + 4 - ret->data);
	for (size_t at = 0; at + 2 < length;) {
		const char *line = ret->data + at;
		size_t size = (size_t)((const char *)memchr(line, '\n', length - at) + 1 - line);
		if (!head_add(head, line, size))
			return false;
		at += size;
	}
	buf_remove_front(ret, length);
	return true;
}

/* ---- afterwards ---- */

struct side {
	int fd;
	struct buf waiting; /* read from the other side */
	bool is_open;       /* for reading */
};

/* Reads into the other side's queue. */
static void fill_side(struct side *from, struct side *to)
{
	char bytes[PIECE];
	ssize_t got = recv(from->fd, bytes, sizeof bytes, 0);
	if (got > 0)
		buf_add(&to->waiting, bytes, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		from->is_open = false;
}

static bool drain_side(struct side *to)
{
	ssize_t sent = send(to->fd, buf_text(&to->waiting), to->waiting.length, MSG_NOSIGNAL);
	if (sent > 0)
		buf_remove_front(&to->waiting, (size_t)sent);
	return sent >= 0 || errno == EAGAIN || errno == EINTR;
}

/* Ends when either side does: neither goes on without the other. */
static void carry_both(struct relay *relay, struct side sides[2])
{
	while (sides[0].is_open && sides[1].is_open && !relay_is_over(relay)) {
		struct pollfd fds[2];
		for (size_t i = 0; i < 2; i++)
			fds[i] = (struct pollfd){.fd = sides[i].fd,
				.events = (short)((sides[1 - i].waiting.length == 0 ? POLLIN : 0) |
						  (sides[i].waiting.length > 0 ? POLLOUT : 0))};
		if (poll(fds, 2, LOOK_MS) < 0 && errno != EINTR)
			return;
		for (size_t i = 0; i < 2; i++) {
			if ((fds[i].revents & POLLOUT) != 0 && !drain_side(&sides[i]))
				return;
			if ((fds[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
				fill_side(&sides[i], &sides[1 - i]);
		}
	}
	for (size_t i = 0; i < 2; i++)
		(void)drain_side(&sides[i]); /* the last words, as far as they go at once */
}

static void carry_stream(struct exchange *e, int fd, const struct head *head, struct buf *early)
{
	struct reply reply = {0};
	size_t length;
	(void)head_reply(head, &e->place, &reply);
	reply_header(&reply, "Upgrade", "websocket");
	struct httpd_stream *stream = relay_upgrade(e->relay, &reply);
	if (stream == NULL)
		return;
	struct side sides[] = {{.fd = fd, .is_open = true},
		{.fd = httpd_stream_fd(stream), .waiting = *early, .is_open = true}};
	*early = (struct buf){0};
	const char *bytes = httpd_stream_early(stream, &length);
	buf_add(&sides[0].waiting, bytes, length);
	carry_both(e->relay, sides);
	buf_finish(&sides[0].waiting);
	buf_finish(&sides[1].waiting);
	httpd_stream_close(stream);
}

/* Browsers show nothing of the body of such an answer, so it is left out. */
static void decline(struct exchange *e, const struct head *head)
{
	struct reply reply = {0};
	(void)head_reply(head, &e->place, &reply);
	relay_begin(e->relay, &reply, 0);
}

void socket_run(struct exchange *e)
{
	struct head head = {0};
	cleanup_buf struct buf early = {0};
	int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
	cleanup_fd int fd = e->o->open_socket(e->o->data, e->folder);
	bool answers = fd >= 0 && connect_port(fd, e->place.port, until_ms) &&
		       send_handshake(e, fd, until_ms) &&
		       read_handshake(fd, until_ms, &head, &early);
	if (!answers)
		exchange_refuse(e, fd >= 0);
	else if (head.status == 101)
		carry_stream(e, fd, &head, &early);
	else
		decline(e, &head);
	head_finish(&head);
}

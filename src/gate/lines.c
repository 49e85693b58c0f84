/* gate/lines.c - an answer of many lines: filters each line when it arrives, until the daemon
 * ends the answer or the client disconnects */
#include "private.h"

#include <poll.h>
#include <string.h>

#define LINE_LIMIT ((size_t)4 * 1024 * 1024)
#define LOOK_MS 500 /* interval of checks whether the client is still connected */

static bool goes_on(void *data)
{
	const struct request *r = data;
	struct pollfd client = {.fd = r->client.fd, .events = 0};
	bool gone = poll(&client, 1, 0) > 0 && (client.revents & (POLLHUP | POLLERR)) != 0;
	return !gone && !atomic_load(&r->gate->stopping);
}

/* Sends the complete lines that have arrived; at the end also the rest. False: the client is
 * gone. */
static bool give_lines(struct request *r, struct buf *pending, bool all)
{
	char *end;
	while (pending->length > 0 &&
		((end = memchr(pending->data, '\n', pending->length)) != NULL || all)) {
		size_t length = end != NULL ? (size_t)(end - pending->data) + 1 : pending->length;
		cleanup_buf struct buf line = {0};
		buf_add(&line, pending->data, length);
		buf_remove_front(pending, length);
		if (!r->route->line(r, &line))
			continue;
		names_hide(r->gate, &line);
		if (!fd_write(r->client.fd, buf_text(&line), line.length, NULL))
			return false;
	}
	return true;
}

void lines_forward(struct request *r, struct stream *daemon, const struct head *head)
{
	static const char front[] =
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
	cleanup_buf struct buf pending = {0};
	struct body body;
	char bytes[8192];
	bool good = fd_write(r->client.fd, front, sizeof front - 1, NULL);
	daemon->timeout_ms = LOOK_MS;
	daemon->goes_on = goes_on;
	daemon->data = r;
	http_body_begin(&body, daemon, head, true);
	while (good && goes_on(r)) {
		ssize_t got = http_body_read(&body, bytes, sizeof bytes);
		if (got > 0)
			buf_add(&pending, bytes, (size_t)got);
		good = pending.length <= LINE_LIMIT && give_lines(r, &pending, got <= 0) && got > 0;
	}
}

/* gate/witness.c - passes a request to the daemon and its answer back, both unchanged, and logs
 * method, route, status and duration. Bytes that http.c cannot parse as a head also go on: the
 * daemon reports what is wrong with them. */
#include "private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* ---- the request ---- */

static bool is_about_connection(const char *line)
{
	static const char *const names[] = {"Connection:", "Keep-Alive:"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (strncasecmp(line, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* Copies the head, but limits the connection to this request: only then does the log have every
 * request. A request for another protocol keeps its header. */
static void write_request_head(
	const struct request *r, const char *head, size_t length, struct buf *out)
{
	const char *stop = head + length;
	if (r->head.switches || length == 0) {
		buf_add(out, head, length);
		return;
	}
	for (const char *line = head; line < stop - 2;) {
		const char *next = (const char *)memchr(line, '\n', (size_t)(stop - line)) + 1;
		if (!is_about_connection(line))
			buf_add(out, line, (size_t)(next - line));
		line = next;
	}
	buf_add_text(out, "Connection: close\r\n\r\n");
}

/* Bytes that http.c does not accept as a head may still begin with a method and a target. */
static void read_first_line(struct request *r)
{
	const char *line = buf_text(&r->client.pending);
	size_t method = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	if (method == 0 || line[method] != ' ')
		return;
	const char *target = line + method + 1;
	r->head.method = xstrndup(line, method);
	r->head.target = xstrndup(target, strcspn(target, " \r\n"));
}

static void see_route(struct request *r)
{
	const char *why;
	if (r->head.target != NULL && target_parse(r->head.target, &r->target, &why))
		r->route = match_route(r->head.method, &r->target.segments);
}

static int pass_through(struct request *r, const char *head, size_t length)
{
	cleanup_buf struct buf text = {0};
	struct stream daemon = {.fd = upstream_connect(r->gate)};
	struct answer answer = {
		.to_head = text_same(r->head.method, "HEAD"),
		.request_goes_on = r->head.chunked || r->head.length > 0 || length == 0,
	};
	if (daemon.fd < 0) {
		answer.status = 502;
		gate_reply_error(r->client.fd, answer.status,
			"Cannot connect to the Docker daemon. Is the docker daemon running?");
	} else {
		upstream_set_socket(r, daemon.fd);
		write_request_head(r, head, length, &text);
		if (fd_write(daemon.fd, buf_text(&text), text.length, NULL))
			tunnel_run(r, &daemon, true, &answer);
		(void)shutdown(r->client.fd, SHUT_WR); /* the client need not wait for the rest */
		upstream_set_socket(r, -1);
	}
	buf_finish(&answer.front);
	http_stream_finish(&daemon);
	return answer.status;
}

int witness_serve(struct request *r)
{
	const char *why;
	enum head_result result = http_head_read(&r->client, false, &r->head, &why);
	size_t length = r->client.taken;
	if (r->client.pending.length == 0)
		return 0; /* nothing came */
	r->started_ms = clock_monotonic_ms();
	if (result != HEAD_GOOD) {
		read_first_line(r);
		r->client.taken = length = 0; /* everything goes on unchanged */
	}
	see_route(r);
	cleanup_free char *head = xstrndup(buf_text(&r->client.pending), length);
	return pass_through(r, head, length);
}

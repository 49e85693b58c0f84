/* gate/forward.c - the daemon's side: sends a request that the gate wrote itself, and passes the
 * answer back. Only judged parts of the client's request reach the daemon; only after the
 * daemon's 101 (or a raw 200) does the connection become a tunnel. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <sys/uio.h>

#define CHUNK_SIZE ((size_t)64 * 1024)

/* ---- requests ---- */

static void write_target(struct request *r, struct buf *out)
{
	cleanup_free char *version = upstream_version(r->gate);
	if (!text_same(r->route->path, "_ping"))
		buf_printf(out, "/v%s", version);
	for (size_t i = 0; i < r->target.segments.count; i++) {
		buf_add_char(out, '/');
		url_encode(out, r->target.segments.items[i], ":@/");
	}
	for (size_t i = 0; i < r->target.query_count; i++) {
		buf_add_char(out, i == 0 ? '?' : '&');
		url_encode(out, r->target.query[i].name, "");
		buf_add_char(out, '=');
		url_encode(out, r->target.query[i].value, "");
	}
}

static void write_forwarded_head(struct request *r, const char *body, struct buf *out)
{
	bool upgrade = r->route->answer == ANSWER_TUNNEL && r->head.upgrade;
	buf_printf(out, "%s ", r->head.method);
	write_target(r, out);
	buf_printf(out, " HTTP/1.1\r\nHost: docker\r\nUser-Agent: ropes-gate\r\nConnection: %s\r\n",
		upgrade ? "Upgrade\r\nUpgrade: tcp" : "close");
	if (text_same(r->route->path, "images/{repository}/push"))
		buf_add_text(out, "X-Registry-Auth: e30=\r\n"); /* {}: no credentials */
	if (r->body_kind == BODY_TAR)
		buf_add_text(out, "Content-Type: application/x-tar\r\nTransfer-Encoding: "
				  "chunked\r\n");
	else if (body != NULL)
		buf_printf(out, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
			strlen(body));
	else if (text_same(r->head.method, "POST"))
		buf_add_text(out, "Content-Length: 0\r\n");
	buf_add_text(out, "\r\n");
	if (body != NULL)
		buf_add_text(out, body);
}

/* Sends a chunk in one call; then sends what a full socket did not accept. */
static bool send_chunk(int fd, const char *bytes, size_t length)
{
	char size[24];
	int digits = snprintf(size, sizeof size, "%zx\r\n", length);
	struct iovec parts[3] = {{size, (size_t)digits}, {(void *)(uintptr_t)bytes, length},
		{(void *)(uintptr_t) "\r\n", 2}};
	ssize_t put = writev(fd, parts, 3);
	if (put < 0 && errno != EINTR)
		return false;
	size_t sent = put > 0 ? (size_t)put : 0;
	for (size_t i = 0; i < 3; i++) {
		size_t done = sent < parts[i].iov_len ? sent : parts[i].iov_len;
		sent -= done;
		if (done < parts[i].iov_len && !fd_write(fd, (const char *)parts[i].iov_base + done,
						       parts[i].iov_len - done, NULL))
			return false;
	}
	return true;
}

/* Reads what is available, at most `size`, so that small chunks of the client's go on as larger
 * ones. */
static ssize_t read_available(struct body *body, char *bytes, size_t size)
{
	size_t have = 0;
	ssize_t got;
	do {
		got = http_body_read(body, bytes + have, size - have);
		have += got > 0 ? (size_t)got : 0;
	} while (got > 0 && have < size && body->stream->taken < body->stream->pending.length);
	return got < 0 ? got : (ssize_t)have;
}

/* Sends the archive with new framing. False: refused, or the client disconnected in the middle. */
static bool send_archive(struct request *r, int fd)
{
	struct body body;
	char bytes[CHUNK_SIZE];
	ssize_t got;
	http_body_begin(&body, &r->client, &r->head, false);
	while ((got = read_available(&body, bytes, sizeof bytes)) > 0)
		if (!send_chunk(fd, bytes, (size_t)got))
			return true; /* the daemon stopped reading: its answer says why */
	if (got < 0)
		return request_refuse(r, 400, "framing", "the body is malformed");
	(void)fd_write(fd, "0\r\n\r\n", 5, NULL); /* likewise */
	return true;
}

/* ---- answers ---- */

static bool is_raw(const struct head *h)
{
	return h->status == 101 ||
	       (h->status == 200 && !h->has_length && !h->chunked &&
		       (strstr(h->content_type, "raw-stream") != NULL ||
			       strstr(h->content_type, "multiplexed-stream") != NULL));
}

static void filter_answer(struct request *r, struct stream *daemon, const struct head *head)
{
	cleanup_buf struct buf text = {0};
	struct body body;
	http_body_begin(&body, daemon, head, true);
	if (!http_body_read_all(&body, ANSWER_LIMIT, &text)) {
		gate_reply_error(r->client.fd, 502, "ropes: the daemon's answer broke off");
		return;
	}
	cJSON *json = json_parse(&text);
	if (json != NULL && head->status < 300) {
		r->route->json(r, json);
		cleanup_free char *printed = json_print(json);
		buf_truncate(&text, 0);
		buf_printf(&text, "%s\n", printed);
	} else if (head->status < 300) {
		buf_truncate(&text, 0); /* what cannot be parsed cannot be filtered */
	}
	names_hide(r->gate, &text);
	gate_reply_bytes(r->client.fd, head->status, buf_text(&text), text.length);
	cJSON_Delete(json);
}

/* The daemon's error messages are JSON on every route, and may contain names. */
static bool is_told_in_json(const struct request *r, const struct head *head)
{
	return !text_same(r->head.method, "HEAD") && head->status >= 300 &&
	       text_starts(head->content_type, "application/json");
}

/* A short answer arrived together with its head, so there is no need to wait. */
static bool is_body_buffered(const struct stream *daemon, const struct head *head)
{
	return head->has_length && daemon->pending.length - daemon->taken == head->length;
}

static bool is_json_answer(const struct head *head)
{
	return text_starts(head->content_type, "application/json");
}

static void give_raw(struct request *r, struct stream *daemon, const struct head *head)
{
	if (is_json_answer(head) && !text_same(r->head.method, "HEAD"))
		(void)request_refuse(r, 502, "answer",
			"there is no filter for this kind of answer from the daemon");
	else if (is_body_buffered(daemon, head))
		(void)fd_write(r->client.fd, daemon->pending.data, daemon->pending.length,
			NULL); /* the client may be gone */
	else {
		daemon->taken = 0; /* the head goes on unchanged */
		tunnel_run(r, daemon, false, NULL);
	}
}

static void give_answer(struct request *r, struct stream *daemon, const struct head *head)
{
	enum route_answer kind = r->route->answer;
	if (kind == ANSWER_TUNNEL && is_raw(head)) {
		daemon->taken = 0;
		tunnel_run(r, daemon, true, NULL);
	} else if (kind == ANSWER_LINES && head->status == 200) {
		lines_forward(r, daemon, head);
		image_remove_settle(r, head->status);
	} else {
		image_remove_settle(r, head->status); /* before the client can rely on the result */
		if ((kind == ANSWER_JSON && head->status != 204) || is_told_in_json(r, head))
			filter_answer(r, daemon, head);
		else
			give_raw(r, daemon, head);
	}
}

int forward_request(struct request *r)
{
	const char *why;
	struct head head = {0};
	cleanup_buf struct buf text = {0};
	cleanup_free char *body =
		r->body_kind == BODY_JSON && r->body != NULL ? json_print(r->body) : NULL;
	struct stream daemon = {.fd = -1, .timeout_ms = -1};
	if (r->act != NULL)
		return r->act(r);
	if (upstream_learn_version(r->gate) && image_remove_prepare(r))
		daemon.fd = upstream_connect(r->gate);
	if (daemon.fd < 0) {
		image_remove_settle(r, 502);
		(void)request_refuse_unreachable(r);
		return r->status;
	}
	write_forwarded_head(r, body, &text);
	upstream_set_socket(r, daemon.fd);
	bool good = fd_write(daemon.fd, buf_text(&text), text.length, NULL) &&
		    (r->body_kind != BODY_TAR || send_archive(r, daemon.fd));
	int status = r->status;
	if (good && http_head_read(&daemon, true, &head, &why) == HEAD_GOOD) {
		status = head.status;
		give_answer(r, &daemon, &head);
	} else if (r->status == 0) {
		image_remove_settle(r, 502);
		(void)request_refuse(r, 502, "daemon", "the daemon closed the connection");
		status = r->status;
	}
	upstream_set_socket(r, -1);
	http_head_finish(&head);
	http_stream_finish(&daemon);
	return status;
}

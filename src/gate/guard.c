/* gate/guard.c - takes one request to a live daemon through the tables: judges every part, then
 * sends a request that the gate wrote itself */
#include "private.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY_LIMIT ((size_t)1 << 20)

/* ---- one request ---- */

/* Refuses unknown keys, and repeated ones except those that the API repeats. */
static bool judge_query(struct request *r)
{
	static const char *const repeated[] = {"t", "names", "changes"};
	for (size_t i = 0; i < r->target.query_count; i++) {
		const char *name = r->target.query[i].name;
		size_t length = strlen(name);
		bool known = false, may_repeat = false;
		for (const char *at = r->route->query; *at != '\0';) {
			size_t word = strcspn(at, " ");
			known = known || (word == length && strncmp(at, name, word) == 0);
			at += word + (at[word] == ' ');
		}
		if (!known)
			return request_refuse(r, 400, "query", "unknown query parameter %s", name);
		for (size_t k = 0; k < ARRAY_LENGTH(repeated); k++)
			may_repeat = may_repeat || text_same(name, repeated[k]);
		for (size_t k = 0; k < i && !may_repeat; k++)
			if (text_same(r->target.query[k].name, name))
				return request_refuse(
					r, 400, "query", "query parameter %s is given twice", name);
	}
	return true;
}

static void send_continue(struct request *r)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	if (r->head.expects_continue)
		(void)fd_write(r->client.fd, text, sizeof text - 1, NULL); /* it may be gone */
}

static bool is_type(const struct request *r, const char *type)
{
	return *r->head.content_type == '\0' || text_same(r->head.content_type, type);
}

static bool take_json(struct request *r)
{
	cleanup_buf struct buf text = {0};
	const char *why = "the body is incomplete";
	struct body body;
	bool form = r->head.has_length || r->head.chunked;
	http_body_begin(&body, &r->client, &r->head, false);
	if (form && !text_same(r->head.content_type, "application/json") &&
		(r->head.length > 0 || r->head.chunked))
		return request_refuse(r, 400, "body", "Content-Type must be application/json");
	if (r->head.length > BODY_LIMIT)
		return request_refuse(
			r, 413, "body", "the body must not be larger than %zu bytes", BODY_LIMIT);
	send_continue(r);
	if (!http_body_read_all(&body, BODY_LIMIT, &text))
		return text.length + 16384 > BODY_LIMIT
			       ? request_refuse(r, 413, "body", "the body is too large")
			       : request_refuse(r, 400, "framing", "the body is malformed");
	if (text.length == 0 && r->client.taken < r->client.pending.length)
		return request_refuse(r, 400, "framing", "there is data after an empty body");
	bool empty_is_fine = text_same(r->route->path, "exec/{exec}/start") ||
			     text_same(r->route->path, "commit") ||
			     text_same(r->route->path, "networks/{network}/disconnect");
	if ((text.length == 0 && empty_is_fine) || text_same(buf_text(&text), "null") ||
		text_same(buf_text(&text), "null\n")) {
		buf_truncate(&text, 0);
		buf_add_text(&text, "{}");
	}
	if (!gate_parse_body(buf_text(&text), text.length, &r->body, &why) ||
		!cJSON_IsObject(r->body))
		return request_refuse(r, 400, "json", "%s", why);
	return true;
}

/* Reads and discards a body, possibly a form, of a route that has none. */
static bool take_nothing(struct request *r)
{
	cleanup_buf struct buf text = {0};
	struct body body;
	http_body_begin(&body, &r->client, &r->head, false);
	if (r->head.length > BODY_LIMIT || !http_body_read_all(&body, BODY_LIMIT, &text))
		return request_refuse(r, 400, "framing", "the body is malformed, or too large");
	return true;
}

static bool take_body(struct request *r)
{
	/* `docker import` of a file: it sends an archive, where a pull has no body */
	if (text_same(target_query(&r->target, "fromSrc"), "-"))
		r->body_kind = BODY_TAR;
	switch (r->body_kind) {
	case BODY_JSON:
		return take_json(r);
	case BODY_TAR:
		if (!is_type(r, "application/x-tar") && !is_type(r, "application/tar") &&
			(text_same(r->route->path, "build") || !is_type(r, "text/plain")))
			return request_refuse(
				r, 400, "body", "Content-Type must be application/x-tar");
		send_continue(r);
		return true;
	case BODY_NONE:
		return take_nothing(r);
	}
	return false;
}

/* Accepts versions from 1.24, which target_parse() checks, to the daemon's own. */
static bool judge_version(struct request *r)
{
	int max = r->target.minor >= 0 ? upstream_api_minor(r->gate) : -1;
	if (max < 0 || r->target.minor <= max)
		return true;
	/* a client that could not ask for the version uses its own, which is not its fault */
	cleanup_fd int fd = upstream_connect(r->gate);
	return fd < 0 ? request_refuse_unreachable(r)
		      : request_refuse(r, 400, "version",
				"client version 1.%d is too new. Maximum supported API version is "
				"1.%d",
				r->target.minor, max);
}

static bool judge_request(struct request *r)
{
	const char *why = "";
	if (!target_parse(r->head.target, &r->target, &why))
		return request_refuse(r, 400, "target", "%s", why);
	return judge_version(r) && routes_find(r) && judge_query(r) && take_body(r) &&
	       owner_check_path(r) && (r->route->judge == NULL || r->route->judge(r));
}

static int http_head_status(enum head_result result)
{
	return result == HEAD_TOO_LARGE ? 431 : result == HEAD_TIMEOUT ? 408 : 400;
}

/* Reads what the client still sends for a moment, so that it can read the refusal. */
static void drain_client(const struct request *r)
{
	char bytes[16384];
	(void)shutdown(r->client.fd, SHUT_WR);
	for (int i = 0; i < 512; i++) {
		struct pollfd fd = {.fd = r->client.fd, .events = POLLIN};
		if (poll(&fd, 1, 100) <= 0 || read(r->client.fd, bytes, sizeof bytes) <= 0)
			break;
	}
}

int guard_serve(struct request *r)
{
	const char *why = "";
	enum head_result result = http_head_read(&r->client, false, &r->head, &why);
	int status = 0;
	if (result == HEAD_END)
		return 0;
	r->started_ms = clock_monotonic_ms();
	if (result != HEAD_GOOD)
		(void)request_refuse(r, http_head_status(result), "head", "%s", why);
	else if (judge_request(r))
		status = forward_request(r);
	if (r->status != 0) {
		gate_reply_error(r->client.fd, r->status, buf_text(&r->message));
		status = r->status;
	}
	if (r->status != 0)
		drain_client(r);
	return status;
}

/* gate/guard.c - takes one request to a live daemon through the columns of its row: judges every
 * part, then sends a request that the gate wrote itself */
#include "fields.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY_LIMIT ((size_t)1 << 20)

/* ---- one request ---- */

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
	const char *why = "the body is not whole";
	struct body body;
	bool form = r->head.has_length || r->head.chunked;
	http_body_begin(&body, &r->client, &r->head, false);
	if (form && !text_same(r->head.content_type, "application/json") &&
		(r->head.length > 0 || r->head.chunked))
		return request_refuse(r, 400, "body", "Content-Type must be application/json");
	if (r->head.length > BODY_LIMIT)
		return request_refuse(
			r, 413, "body", "a body of more than %zu bytes is not taken", BODY_LIMIT);
	send_continue(r);
	if (!http_body_read_all(&body, BODY_LIMIT, &text))
		return text.length + 16384 > BODY_LIMIT
			       ? request_refuse(r, 413, "body", "the body is too large")
			       : request_refuse(r, 400, "framing", "the body is broken");
	if (text.length == 0 && r->client.taken < r->client.pending.length)
		return request_refuse(
			r, 400, "framing", "bytes follow a body that is said to be empty");
	if ((text.length == 0 && r->body_kind == BODY_MAYBE_JSON) ||
		text_same(buf_text(&text), "null") || text_same(buf_text(&text), "null\n")) {
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
		return request_refuse(r, 400, "framing", "the body is broken, or too large");
	return true;
}

static bool is_archive_type(const struct request *r)
{
	return is_type(r, "application/x-tar") || is_type(r, "application/tar") ||
	       (r->body_kind == BODY_FILE && is_type(r, "text/plain"));
}

static bool take_body(struct request *r)
{
	if (r->body_kind == BODY_IMPORT)
		r->body_kind =
			text_same(target_query(&r->target, "fromSrc"), "-") ? BODY_FILE : BODY_NONE;
	if (r->body_kind == BODY_NONE)
		return take_nothing(r);
	if (!request_has_archive(r))
		return take_json(r);
	if (!is_archive_type(r))
		return request_refuse(r, 400, "body", "Content-Type must be application/x-tar");
	send_continue(r);
	return true;
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

static bool judge_body(struct request *r)
{
	if (r->route->fields != NULL && !walk_fields(r, "", r->body, r->route->fields))
		return false;
	if (r->route->label != NULL)
		walk_put_label(r->body, r->route->label, r->gate->learner);
	return true;
}

bool guard_judge(struct request *r)
{
	return owner_check_path(r) && rules_apply(r) && filters_judge(r) && judge_body(r) &&
	       (r->route->judge == NULL || r->route->judge(r));
}

static bool judge_request(struct request *r)
{
	const char *why = "";
	if (!target_parse(r->head.target, &r->target, &why))
		return request_refuse(r, 400, "target", "%s", why);
	return judge_version(r) && match_find(r) && rules_check_keys(r) && take_body(r) &&
	       guard_judge(r);
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

/* httpd/handle.c - callbacks of the HTTP library for connections and requests, in calling order */
#include "server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define PIECE ((size_t)32 * 1024)
#define EVENTS_PIECE ((size_t)4 * 1024)   /* small: thousands may listen at once */
#define READ_MAX (64LL * 1024 * 1024)     /* of a rejected body */
#define STRANGER_MAX ((size_t)256 * 1024) /* of a body without a valid key */

/* ---- connections ---- */

enum MHD_Result handle_admit(void *data, const struct sockaddr *from, socklen_t length)
{
	struct httpd *server = data;
	(void)length;
	bool all_alike = server->o.is_proxied; /* every connection comes from the proxy */
	return all_alike || connections_admit(server->connections, from) ? MHD_YES : MHD_NO;
}

void handle_connection(void *data, struct MHD_Connection *connection, void **slot,
	enum MHD_ConnectionNotificationCode what)
{
	struct httpd *server = data;
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		*slot = connections_open_slot(server->connections,
			httpd_mhd
				.get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
				->connect_fd,
			httpd_mhd
				.get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
				->client_addr);
	else
		connections_close_slot(server->connections, *slot);
}

static struct connection_slot *slot_of_connection(struct MHD_Connection *connection)
{
	return httpd_mhd.get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
		->socket_context;
}

/* ---- requests ---- */

/* Adds a header; whitespace around the value is not part of it (RFC 9110, 5.5). */
static enum MHD_Result add_header(
	void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
	const char *start = value != NULL ? value + strspn(value, " \t") : "";
	size_t length = strlen(start);
	(void)kind;
	while (length > 0 && (start[length - 1] == ' ' || start[length - 1] == '\t'))
		length--;
	cleanup_free char *trimmed = xstrndup(start, length);
	pairs_add(data, name, trimmed);
	return MHD_YES;
}

/* Adds a parameter. Note one that contains a NUL, because the text after it would go unchecked. */
static enum MHD_Result take_parameter(void *data, enum MHD_ValueKind kind, const char *name,
	size_t name_size, const char *value, size_t value_size)
{
	struct request *r = data;
	(void)kind;
	r->hidden = r->hidden || strlen(name) < name_size ||
		    (value != NULL && strlen(value) < value_size);
	pairs_add(&r->parameters, name, value != NULL ? value : "");
	return MHD_YES;
}

static char *client_address(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		httpd_mhd.get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char text[INET6_ADDRSTRLEN] = "";
	if (info == NULL || info->client_addr == NULL)
		return xstrdup("");
	const struct sockaddr *address = info->client_addr;
	const void *bytes =
		address->sa_family == AF_INET
			? (const void *)&((const struct sockaddr_in *)(const void *)address)
				  ->sin_addr
			: (const void *)&((const struct sockaddr_in6 *)(const void *)address)
				  ->sin6_addr;
	return xstrdup(inet_ntop(address->sa_family, bytes, text, sizeof text) != NULL ? text : "");
}

/* The address that the nearest proxy added last to X-Forwarded-For, if this request comes from this
 * machine: what stands before it, the client may have sent itself. The caller frees it; NULL: none.
 */
static char *forwarded_address(const struct request *r)
{
	const char *list = request_header(r, "X-Forwarded-For");
	const char *comma = list != NULL ? strrchr(list, ',') : NULL;
	const char *last = comma != NULL ? comma + 1 + strspn(comma + 1, " \t") : list;
	struct in6_addr address;
	bool is_near = text_starts(r->address, "127.") || text_same(r->address, "::1");
	return is_near && last != NULL &&
			       (inet_pton(AF_INET, last, &address) == 1 ||
				       inet_pton(AF_INET6, last, &address) == 1)
		       ? xstrdup(last)
		       : NULL;
}

/* The library decodes a target before it calls handle_request(), so keep it as it was sent. */
void *handle_target(void *data, const char *target, struct MHD_Connection *connection)
{
	struct request *r = xcalloc(1, sizeof *r);
	(void)data;
	(void)connection;
	r->target = xstrdup(target);
	return r;
}

/* A target may include scheme and host, as sent to a proxy (RFC 9112, 3.2.2). */
static char *target_path(const char *target)
{
	const char *host = text_starts(target, "http://")    ? target + 7
			   : text_starts(target, "https://") ? target + 8
							     : NULL;
	const char *path = host != NULL ? strchr(host, '/') : target;
	return xstrdup(path != NULL ? path : "/");
}

static void begin_request(struct httpd *server, struct request *r,
	struct MHD_Connection *connection, const char *path, const char *method)
{
	cleanup_free char *target = r->target;
	*r = server->common;
	r->hub = server->hub;
	r->relays = server->relays;
	r->connection = connection;
	r->address = client_address(connection);
	r->origin = server->origin;
	r->url = server->url;
	r->prefix = server->prefix;
	r->origins = server->o.origins;
	r->path = target_path(path);
	r->target = target_path(target);
	prefix_remove(server->prefix, r->path);
	r->method_name = method; /* the library keeps it until the request ends */
	r->method = text_same(method, "GET") || text_same(method, "HEAD") ? METHOD_GET
		    : text_same(method, "PUT")                            ? METHOD_PUT
		    : text_same(method, "POST")                           ? METHOD_POST
		    : text_same(method, "DELETE")                         ? METHOD_DELETE
		    : text_same(method, "OPTIONS")                        ? METHOD_OPTIONS
									  : METHOD_OTHER;
	httpd_mhd.get_connection_values(connection, MHD_HEADER_KIND, add_header, &r->headers);
	char *forwarded = server->o.is_proxied ? forwarded_address(r) : NULL;
	if (forwarded != NULL) {
		free(r->address);
		r->address = forwarded;
	}
	httpd_mhd.get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, take_parameter, r);
}

void handle_end(void *data, struct MHD_Connection *connection, void **slot,
	enum MHD_RequestTerminationCode why)
{
	struct request *r = *slot;
	(void)data;
	(void)why;
	connections_await(slot_of_connection(connection));
	if (r == NULL)
		return;
	if (r->relay != NULL)
		relay_leave(r->relay);
	free(r->path);
	free(r->target);
	free(r->address);
	free(r->name);
	free(r->role);
	free(r->team);
	free(r->actor);
	free(r->session);
	pairs_finish(&r->headers);
	pairs_finish(&r->parameters);
	buf_finish(&r->body);
	free(r);
	*slot = NULL;
}

/* ---- bodies generated while they are sent ---- */

struct making {
	struct reply reply;
	struct buf ready;
	size_t given;
	bool ended;
};

static ssize_t make_more(void *data, uint64_t position, char *bytes, size_t max)
{
	struct making *m = data;
	(void)position;
	while (m->given == m->ready.length && !m->ended) {
		buf_truncate(&m->ready, 0);
		m->given = 0;
		m->ended = !m->reply.more(m->reply.more_data, &m->ready);
	}
	size_t length = m->ready.length - m->given < max ? m->ready.length - m->given : max;
	if (length == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	memcpy(bytes, m->ready.data + m->given, length);
	m->given += length;
	return (ssize_t)length;
}

static void stop_making(void *data)
{
	struct making *m = data;
	m->reply.more_end(m->reply.more_data);
	buf_finish(&m->ready);
	free(m);
}

static ssize_t give_events(void *data, uint64_t position, char *bytes, size_t max)
{
	(void)position;
	ssize_t length = events_give(data, bytes, max);
	return length < 0 ? MHD_CONTENT_READER_END_OF_STREAM : length;
}

static void stop_events(void *data)
{
	events_free_listener(data);
}

static struct MHD_Response *response_of(struct MHD_Connection *connection, const struct reply *a)
{
	if (a->listener != NULL) {
		events_connect_listener(a->listener, connection);
		return httpd_mhd.create_response_from_callback(
			MHD_SIZE_UNKNOWN, EVENTS_PIECE, give_events, a->listener, stop_events);
	}
	if (a->upgrade)
		return upgrade_response();
	if (a->relay != NULL)
		return relay_response(a->relay);
	if (a->more != NULL) {
		struct making *m = xcalloc(1, sizeof *m);
		m->reply = *a;
		return httpd_mhd.create_response_from_callback(
			MHD_SIZE_UNKNOWN, PIECE, make_more, m, stop_making);
	}
	return httpd_mhd.create_response_from_buffer(
		a->body.length, a->body.length > 0 ? a->body.data : NULL, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct reply *a)
{
	struct MHD_Response *response = response_of(connection, a);
	enum MHD_Result result = MHD_NO;
	if (response != NULL) {
		for (size_t i = 0; i < a->headers.count; i++)
			httpd_mhd.add_response_header(
				response, a->headers.items[i].name, a->headers.items[i].value);
		result = httpd_mhd.queue_response(connection, a->status, response);
		httpd_mhd.destroy_response(response);
	}
	buf_finish(&a->body);
	pairs_finish(&a->headers);
	return result;
}

/* ---- one request, in the order of the library's callbacks ---- */

/* Checks the length that the head declares. True: answer at once. Read and discard a body that is
 * somewhat too large, so that its sender receives the error; do not read a huge one. Reject two
 * lengths, or a length with chunks: a proxy may have believed the other one. */
static bool measure_body(const struct httpd *server, struct request *r)
{
	unsigned lengths = 0;
	long long length = 0;
	for (size_t i = 0; i < r->headers.count; i++) {
		const struct pair *p = &r->headers.items[i];
		if (strcasecmp(p->name, "Transfer-Encoding") == 0)
			r->unclear = r->unclear || strcasecmp(p->value, "chunked") != 0;
		else if (strcasecmp(p->name, "Content-Length") == 0)
			r->too_large = r->too_large ||
				       !text_number(p->value, 0, INT64_MAX, &length) ||
				       (size_t)length > server->o.body_max;
		else
			continue;
		lengths++;
	}
	r->unclear = r->unclear || lengths > 1;
	return r->unclear || length > READ_MAX;
}

/* Bodies are kept in memory: only a client with a valid key may use much of it. */
static bool may_grow(const struct httpd *server, const struct request *r, size_t more)
{
	size_t length = r->body.length + more;
	if (length > server->o.body_max)
		return false;
	return length <= STRANGER_MAX || r->body.length > STRANGER_MAX || server->o.is_known(r);
}

static int64_t now_us(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail: the clock exists */
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static enum MHD_Result finish_answer(const struct httpd *server, struct request *r, struct reply *a,
	struct MHD_Connection *connection, int64_t us)
{
	prefix_add(server->prefix, a);
	server->o.note(r, a, us);
	/* Versions of the library disagree about what may precede a chunk, and a proxy may disagree
	 * with all of them: never read anything after such a body as another request. */
	if (request_header(r, "Transfer-Encoding") != NULL)
		pairs_add(&a->headers, "Connection", "close");
	return send_reply(connection, a);
}

static enum MHD_Result answer_client(const struct httpd *server, struct request *r,
	struct MHD_Connection *connection, struct connection_slot *slot)
{
	struct reply a = {.status = 500};
	connections_stop_clock(slot);
	const int64_t begun_us = now_us();
	server->o.answer(r, &a);
	return r->relay != NULL ? MHD_YES
				: finish_answer(server, r, &a, connection, now_us() - begun_us);
}

/* The library calls again with what is left when the connection goes on. */
static enum MHD_Result continue_relay(const struct httpd *server, struct request *r,
	struct MHD_Connection *connection, const char *upload, size_t *upload_size)
{
	struct reply a = {0};
	language_accept(NULL); /* the thread has answered others meanwhile */
	if (*upload_size > 0)
		relay_take(r->relay, upload, upload_size);
	else if (relay_answer(r->relay, r, &a))
		return finish_answer(server, r, &a, connection, 0);
	return MHD_YES;
}

enum MHD_Result handle_request(void *data, struct MHD_Connection *connection, const char *path,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **slot)
{
	struct httpd *server = data;
	struct request *r = *slot;
	struct connection_slot *own_slot = slot_of_connection(connection);
	(void)version;
	if (r->path == NULL) {
		begin_request(server, r, connection, path, method);
		connections_await(own_slot);
		bool at_once = measure_body(server, r) ||
			       (server->o.is_relayed != NULL && server->o.is_relayed(r));
		return at_once ? answer_client(server, r, connection, own_slot) : MHD_YES;
	}
	if (r->relay != NULL)
		return continue_relay(server, r, connection, upload, upload_size);
	if (*upload_size > 0) {
		connections_count_bytes(own_slot, *upload_size);
		r->too_large = r->too_large || !may_grow(server, r, *upload_size);
		if (!r->too_large)
			buf_add(&r->body, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	return answer_client(server, r, connection, own_slot);
}

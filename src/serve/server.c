/* serve/server.c - HTTP: a few threads that wait for many connections; requests in memory */
#include "private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIMEOUT_S 30
#define CONNECTIONS_MOST 16384
#define THREADS 32 /* as many changes can be committed together */
#define BEAT_MS 10000
#define PIECE ((size_t)32 * 1024)
#define EVENTS_PIECE ((size_t)4 * 1024) /* of thousands that listen at once */
#define BODY_MOST ((size_t)16 * 1024 * 1024)
#define READ_MOST (64LL * 1024 * 1024)     /* of a body that is refused */
#define STRANGER_MOST ((size_t)256 * 1024) /* of a body without a key */
#define STACK_SIZE ((size_t)512 * 1024)

struct server {
	struct MHD_Daemon *daemon;
	struct lrs *lrs;
	struct tracker *tracker;
	struct hub *hub;
	struct follow *follow;
	struct hooks *hooks;
	struct room *room;
	struct live *live;
	const struct serve_class *class;
	size_t body_most;
	char *origin;
	char *url; /* of the same, for learners */
	const struct words *origins;
	pthread_t beat;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool ending;
};

/* ---- requests ---- */

/* A header; blanks around its value are none of it (RFC 9110, 5.5). */
static enum MHD_Result take_header(
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

/* A parameter; what a zero in it hides is never looked at. */
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

static char *address_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
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

/* A target may come with scheme and host, as to a proxy (RFC 9112, 3.2.2). */
static char *path_of(const char *target)
{
	const char *host = text_starts(target, "http://")    ? target + 7
			   : text_starts(target, "https://") ? target + 8
							     : NULL;
	const char *path = host != NULL ? strchr(host, '/') : target;
	return xstrdup(path != NULL ? path : "/");
}

static struct request *begin(struct server *server, struct MHD_Connection *connection,
	const char *target, const char *method)
{
	struct request *r = xcalloc(1, sizeof *r);
	r->lrs = server->lrs;
	r->hub = server->hub;
	r->tracker = server->tracker;
	r->follow = server->follow;
	r->room = server->room;
	r->live = server->live;
	r->class = server->class;
	r->address = address_of(connection);
	r->origin = server->origin;
	r->url = server->url;
	r->origins = server->origins;
	r->path = path_of(target);
	r->method = text_same(method, "GET") || text_same(method, "HEAD") ? METHOD_GET
		    : text_same(method, "PUT")                            ? METHOD_PUT
		    : text_same(method, "POST")                           ? METHOD_POST
		    : text_same(method, "DELETE")                         ? METHOD_DELETE
		    : text_same(method, "OPTIONS")                        ? METHOD_OPTIONS
									  : METHOD_OTHER;
	MHD_get_connection_values(connection, MHD_HEADER_KIND, take_header, &r->headers);
	MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, take_parameter, r);
	return r;
}

static void end(void *data, struct MHD_Connection *connection, void **slot,
	enum MHD_RequestTerminationCode why)
{
	struct request *r = *slot;
	(void)data;
	(void)connection;
	(void)why;
	if (r == NULL)
		return;
	free(r->path);
	free(r->address);
	free(r->name);
	free(r->role);
	free(r->team);
	free(r->actor);
	pairs_finish(&r->headers);
	pairs_finish(&r->parameters);
	buf_finish(&r->body);
	free(r);
	*slot = NULL;
}

/* ---- bodies that are made while they are sent ---- */

struct making {
	struct reply reply;
	struct buf ready;
	size_t given;
	bool ended;
};

static ssize_t make_more(void *data, uint64_t position, char *bytes, size_t most)
{
	struct making *m = data;
	(void)position;
	while (m->given == m->ready.length && !m->ended) {
		buf_truncate(&m->ready, 0);
		m->given = 0;
		m->ended = !m->reply.more(m->reply.more_data, &m->ready);
	}
	size_t length = m->ready.length - m->given < most ? m->ready.length - m->given : most;
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

static ssize_t give_events(void *data, uint64_t position, char *bytes, size_t most)
{
	(void)position;
	ssize_t length = listener_give(data, bytes, most);
	return length < 0 ? MHD_CONTENT_READER_END_OF_STREAM : length;
}

static void stop_events(void *data)
{
	listener_free(data);
}

static struct MHD_Response *response_of(struct MHD_Connection *connection, const struct reply *a)
{
	if (a->listener != NULL) {
		listener_connect(a->listener, connection);
		return MHD_create_response_from_callback(
			MHD_SIZE_UNKNOWN, EVENTS_PIECE, give_events, a->listener, stop_events);
	}
	if (a->more != NULL) {
		struct making *m = xcalloc(1, sizeof *m);
		m->reply = *a;
		return MHD_create_response_from_callback(
			MHD_SIZE_UNKNOWN, PIECE, make_more, m, stop_making);
	}
	return MHD_create_response_from_buffer(
		a->body.length, a->body.length > 0 ? a->body.data : NULL, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct reply *a)
{
	struct MHD_Response *response = response_of(connection, a);
	enum MHD_Result result = MHD_NO;
	if (response != NULL) {
		for (size_t i = 0; i < a->headers.count; i++)
			MHD_add_response_header(
				response, a->headers.items[i].name, a->headers.items[i].value);
		result = MHD_queue_response(connection, a->status, response);
		MHD_destroy_response(response);
	}
	buf_finish(&a->body);
	pairs_finish(&a->headers);
	return result;
}

/* ---- one request, in the order in which the library tells of it ---- */

/* What its head says of the body. True: the answer is due at once. One that is somewhat too large
 * is read, and forgotten, so that its sender can hear of it; one that is huge is not. Where two
 * lengths are given, or one and pieces, a proxy may have believed the other one. */
static bool measure(const struct server *server, struct request *r)
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
				       (size_t)length > server->body_most;
		else
			continue;
		lengths++;
	}
	r->unclear = r->unclear || lengths > 1;
	return r->unclear || length > READ_MOST;
}

/* Bodies are in memory: only who has a key may fill much of it. */
static bool may_grow(const struct server *server, const struct request *r, size_t more)
{
	size_t length = r->body.length + more;
	if (length > server->body_most)
		return false;
	return length <= STRANGER_MOST || r->body.length > STRANGER_MOST || access_is_known(r);
}

static enum MHD_Result handle(void *data, struct MHD_Connection *connection, const char *path,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **slot)
{
	struct server *server = data;
	struct request *r = *slot;
	struct reply a = {.status = 500};
	(void)version;
	if (r == NULL) {
		r = begin(server, connection, path, method);
		*slot = r;
		if (!measure(server, r))
			return MHD_YES;
		route(r, &a);
		return send_reply(connection, &a);
	}
	if (*upload_size > 0) {
		r->too_large = r->too_large || !may_grow(server, r, *upload_size);
		if (!r->too_large)
			buf_add(&r->body, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	route(r, &a);
	return send_reply(connection, &a);
}

/* ---- the server ---- */

bool serve_address(
	const char *text, char **ret_address, unsigned short *ret_port, struct error *err)
{
	const char *colon = strrchr(text, ':');
	long long port;
	if (colon == NULL || !text_number(colon + 1, 0, 65535, &port))
		return error_set_kind(err, ERROR_USAGE,
			"'%s': ADDRESS:PORT is meant, as in 127.0.0.1:8410", text);
	size_t length = (size_t)(colon - text);
	bool brackets = length > 1 && text[0] == '[' && colon[-1] == ']';
	*ret_address = length == 0 ? xstrdup("127.0.0.1")
		       : brackets  ? xstrndup(text + 1, length - 2)
				   : xstrndup(text, length);
	*ret_port = (unsigned short)port;
	return true;
}

static bool is_loopback(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *four = (const void *)address;
	const struct sockaddr_in6 *six = (const void *)address;
	return address->ss_family == AF_INET ? ntohl(four->sin_addr.s_addr) >> 24 == 127
					     : IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

static bool read_address(
	const struct serve_options *o, struct sockaddr_storage *ret, struct error *err)
{
	struct sockaddr_in *four = (void *)ret;
	struct sockaddr_in6 *six = (void *)ret;
	*ret = (struct sockaddr_storage){0};
	if (inet_pton(AF_INET, o->address, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(o->port);
	} else if (inet_pton(AF_INET6, o->address, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(o->port);
	} else {
		return error_set_kind(err, ERROR_USAGE, "'%s' is no address", o->address);
	}
	if (o->tls_certificate == NULL && !is_loopback(ret))
		return error_set_kind(err, ERROR_USAGE,
			"%s can be reached from outside, so it needs TLS: --tls-cert FILE "
			"--tls-key FILE",
			o->address);
	return true;
}

static void be_quiet(void *data, const char *format, va_list args)
{
	(void)data;
	(void)format;
	(void)args;
}

/* Each connection is a descriptor: as many as this process may have. */
static void allow_descriptors(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit); /* else fewer can be connected */
	}
}

/* Bound before anybody can ask, so that a request knows the server's own address. */
static int listen_on(const struct serve_options *o, struct sockaddr_storage *address,
	unsigned short *ret_port, struct error *err)
{
	const int one = 1;
	allow_descriptors();
	bool six = address->ss_family == AF_INET6;
	socklen_t length = six ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
		bind(fd, (struct sockaddr *)address, length) != 0 || listen(fd, SOMAXCONN) != 0 ||
		getsockname(fd, (struct sockaddr *)address, &length) != 0) {
		error_set(err, errno, "%s:%u can't be listened on", o->address, o->port);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*ret_port = ntohs(six ? ((struct sockaddr_in6 *)(void *)address)->sin6_port
			      : ((struct sockaddr_in *)(void *)address)->sin_port);
	return fd;
}

/* Where all addresses of this machine are listened at, its name is the one to tell. */
static char *url_of(
	const struct serve_options *o, const char *origin, bool tls, unsigned short port)
{
	char name[HOST_NAME_MAX + 1] = "";
	bool every = text_same(o->address, "0.0.0.0") || text_same(o->address, "::");
	if (o->url != NULL || !every || gethostname(name, HOST_NAME_MAX) != 0)
		return xstrdup(o->url != NULL ? o->url : origin);
	return xasprintf("%s://%s:%u", tls ? "https" : "http", name, port);
}

static bool start_room(struct server *server, struct error *err)
{
	if (server->room == NULL)
		return true;
	if (!room_settle(server->room, server->origin, err))
		return false;
	server->live = live_create(server->hub, server->room, server->url);
	return true;
}

static bool start(struct server *server, const struct serve_options *o, struct error *err)
{
	struct sockaddr_storage address;
	if (!read_address(o, &address, err))
		return false;
	unsigned short port;
	int fd = listen_on(o, &address, &port, err);
	if (fd < 0)
		return false;
	bool tls = o->tls_certificate != NULL, six = address.ss_family == AF_INET6;
	server->origin = xasprintf("%s://%s%s%s:%u", tls ? "https" : "http", six ? "[" : "",
		o->address, six ? "]" : "", port);
	server->url = url_of(o, server->origin, tls, port);
	if (!start_room(server, err)) {
		close(fd);
		return false;
	}
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
			 MHD_USE_ERROR_LOG | (six ? MHD_USE_IPv6 : 0u) | (tls ? MHD_USE_TLS : 0u);
	struct MHD_OptionItem secure[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->tls_certificate},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->tls_key},
		{MHD_OPTION_END, 0, NULL},
	};
	server->daemon = MHD_start_daemon(flags, 0, NULL, NULL, handle, server,
		MHD_OPTION_EXTERNAL_LOGGER, be_quiet, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S,
		MHD_OPTION_CONNECTION_LIMIT,
		o->connections_most > 0 ? o->connections_most : (unsigned)CONNECTIONS_MOST,
		MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_THREAD_STACK_SIZE,
		STACK_SIZE, MHD_OPTION_NOTIFY_COMPLETED, end, NULL, MHD_OPTION_ARRAY,
		tls ? secure : &secure[2], MHD_OPTION_END);
	if (server->daemon != NULL)
		return true;
	close(fd);
	return error_set(err, 0, "the server can't be started%s",
		tls ? "; are certificate and key a pair, in PEM?" : "");
}

/* ---- what happens by the clock ---- */

static void *beat(void *data)
{
	struct server *server = data;
	pthread_mutex_lock(&server->lock);
	while (!server->ending) {
		const struct timespec until = condition_until(BEAT_MS);
		if (!condition_wait(&server->wake, &server->lock, &until) && !server->ending)
			hub_beat(server->hub);
	}
	pthread_mutex_unlock(&server->lock);
	return NULL;
}

static void stop_beat(struct server *server)
{
	pthread_mutex_lock(&server->lock);
	server->ending = true;
	pthread_cond_signal(&server->wake);
	pthread_mutex_unlock(&server->lock);
	pthread_join(server->beat, NULL);
}

static void destroy(struct server *server)
{
	hooks_close(server->hooks);
	follow_close(server->follow);
	live_destroy(server->live);
	hub_destroy(server->hub);
	pthread_mutex_destroy(&server->lock);
	pthread_cond_destroy(&server->wake);
	free(server->origin);
	free(server->url);
	free(server);
}

bool serve_open(const struct serve_options *o, struct server **ret, struct error *err)
{
	struct server *server = xcalloc(1, sizeof *server);
	server->lrs = o->lrs;
	server->tracker = o->tracker;
	server->room = o->room;
	server->class = o->class;
	server->origins = o->origins;
	server->body_most = o->body_most > 0 ? o->body_most : BODY_MOST;
	server->hub = hub_create();
	pthread_mutex_init(&server->lock, NULL);
	condition_init(&server->wake);
	const struct follow_options following = {
		.lrs = o->lrs,
		.tracker = o->tracker,
		.hub = server->hub,
		.url = o->foreign_url,
		.key = o->foreign_key,
		.secret = o->foreign_secret,
		.ca = o->foreign_ca,
	};
	if (!hooks_open(o->tracker, &server->hooks, err) ||
		!follow_open(&following, &server->follow, err) || !start(server, o, err)) {
		destroy(server);
		return false;
	}
	if (pthread_create(&server->beat, NULL, beat, server) != 0) {
		MHD_stop_daemon(server->daemon);
		destroy(server);
		return error_set(err, 0, "the server's clock can't be started");
	}
	*ret = server;
	return true;
}

const char *serve_origin(const struct server *server)
{
	return server->origin;
}

const char *serve_url(const struct server *server)
{
	return server->url;
}

void serve_room_changed(struct server *server)
{
	if (server->live != NULL)
		live_wake(server->live);
}

void serve_close(struct server *server)
{
	if (server == NULL)
		return;
	stop_beat(server);
	hub_end(server->hub); /* the library waits for connections that are suspended */
	MHD_stop_daemon(server->daemon);
	destroy(server);
}

/* tests/fake/engine.c - a fake daemon: a thread, a table, event streams */
#include "fake/engine.h"

#include "base.h"

#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CONNECTIONS_MAX 32

struct row {
	char *method, *path;
	int status;
	struct buf body;
};

struct request {
	char *method, *path; /* without version and query */
	char *body;
};

struct connection {
	int fd;
	bool listens; /* to /events */
	struct buf input;
};

struct fake_engine {
	pthread_t thread;
	pthread_mutex_t lock; /* of all that follows */
	int stop;             /* eventfd: ends the thread */
	int listeners[2];
	char *host;
	unsigned short port;
	char *version;
	struct row *rows;
	size_t row_count;
	struct request *requests;
	size_t request_count;
	struct connection connections[CONNECTIONS_MAX];
	size_t connection_count;
	struct words listed; /* containers, as JSON */
};

/* ---- the table ---- */

/* "/v1.41/info?x" → "/info?x" */
static const char *skip_version(const char *path)
{
	size_t major = strspn(path + (text_starts(path, "/v") ? 2 : 0), "0123456789");
	if (!text_starts(path, "/v") || major == 0 || path[2 + major] != '.')
		return path;
	const char *rest = path + 3 + major + strspn(path + 3 + major, "0123456789");
	return *rest == '/' ? rest : path;
}

static bool row_fits(const struct row *row, const char *method, const char *path)
{
	size_t length = strlen(row->path);
	if (!text_same(row->method, method))
		return false;
	if (length > 0 && row->path[length - 1] == '*')
		return strncmp(row->path, path, length - 1) == 0;
	if (strchr(row->path, '?') != NULL)
		return text_same(row->path, path);
	return strlen(row->path) == strcspn(path, "?") && strncmp(row->path, path, length) == 0;
}

static const struct row *find_row(const struct fake_engine *e, const char *method, const char *path)
{
	for (size_t i = e->row_count; i > 0; i--)
		if (row_fits(&e->rows[i - 1], method, path))
			return &e->rows[i - 1];
	return NULL;
}

static void add_row(struct fake_engine *e, const char *method, const char *path, int status,
	const void *body, size_t length)
{
	struct row row = {xstrdup(method), xstrdup(path), status, {0}};
	buf_add(&row.body, body, length);
	e->rows = array_grow(e->rows, e->row_count, sizeof *e->rows);
	e->rows[e->row_count++] = row;
}

void fake_engine_answer_bytes(struct fake_engine *e, const char *method, const char *path,
	int status, const void *body, size_t length)
{
	pthread_mutex_lock(&e->lock);
	add_row(e, method, path, status, body, length);
	pthread_mutex_unlock(&e->lock);
}

void fake_engine_answer(
	struct fake_engine *e, const char *method, const char *path, int status, const char *body)
{
	fake_engine_answer_bytes(e, method, path, status, body, strlen(body));
}

void fake_engine_version(struct fake_engine *e, const char *version)
{
	pthread_mutex_lock(&e->lock);
	free(e->version);
	e->version = xstrdup(version);
	pthread_mutex_unlock(&e->lock);
}

void fake_engine_container(struct fake_engine *e, const char *id, const char *name,
	const char *image, const char *status, const char *more)
{
	/* cJSON finds the first of two members with one name: `more` overrides the rest */
	cleanup_free char *json = xasprintf(
		"{%s%s\"Id\":\"%s\",\"Name\":\"/%s\",\"Image\":\"sha256:%s\","
		"\"Created\":\"2026-01-02T03:04:05.5Z\","
		"\"State\":{\"Status\":\"%s\",\"ExitCode\":%d},\"Config\":{\"Image\":\"%s\"}}",
		more != NULL ? more : "", more != NULL ? "," : "", id, name, image, status,
		text_same(status, "exited") ? 3 : 0, image);
	cleanup_free char *by_id = xasprintf("/containers/%s/json", id);
	cleanup_free char *by_name = xasprintf("/containers/%s/json", name);
	cleanup_free char *one =
		xasprintf("{\"Id\":\"%s\",\"Names\":[\"/%s\"],\"State\":\"%s\"}", id, name, status);
	cleanup_buf struct buf list = {0};
	pthread_mutex_lock(&e->lock);
	words_add(&e->listed, one);
	for (size_t i = 0; i < e->listed.count; i++)
		buf_printf(&list, "%c%s", i == 0 ? '[' : ',', e->listed.items[i]);
	buf_add_char(&list, ']');
	add_row(e, "GET", by_id, 200, json, strlen(json));
	add_row(e, "GET", by_name, 200, json, strlen(json));
	add_row(e, "GET", "/containers/json", 200, list.data, list.length);
	pthread_mutex_unlock(&e->lock);
}

/* ---- what was asked ---- */

static bool is_asked(const struct request *r, const char *method, const char *path)
{
	return text_same(r->method, method) && text_same(r->path, path);
}

size_t fake_engine_count(struct fake_engine *e, const char *method, const char *path)
{
	size_t count = 0;
	pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < e->request_count; i++)
		count += is_asked(&e->requests[i], method, path);
	pthread_mutex_unlock(&e->lock);
	return count;
}

char *fake_engine_sent(struct fake_engine *e, const char *method, const char *path)
{
	const char *body = "";
	pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < e->request_count; i++)
		if (is_asked(&e->requests[i], method, path))
			body = e->requests[i].body;
	char *copy = xstrdup(body);
	pthread_mutex_unlock(&e->lock);
	return copy;
}

/* ---- answering ---- */

/* Ignores errors: a client may close its connection at any time. */
static void send_bytes(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;
	while (length > 0) {
		ssize_t sent = send(fd, at, length, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return;
		at += sent;
		length -= (size_t)sent;
	}
}

static void send_answer(const struct fake_engine *e, int fd, int status, const struct buf *body)
{
	cleanup_buf struct buf out = {0};
	char first = buf_text(body)[0];
	buf_printf(&out, "HTTP/1.1 %d Fake\r\n", status);
	if (first != '\0')
		buf_printf(&out, "Content-Type: %s\r\n",
			first == '{' || first == '[' ? "application/json" : "text/plain");
	if (e->version != NULL)
		buf_printf(&out, "Api-Version: %s\r\n", e->version);
	buf_printf(&out, "Content-Length: %zu\r\n\r\n", body->length);
	buf_add(&out, buf_text(body), body->length);
	send_bytes(fd, out.data, out.length);
}

/* False: close the connection. */
static bool answer(
	struct fake_engine *e, struct connection *c, const char *method, const char *target)
{
	static const char head[] =
		"HTTP/1.1 200 Fake\r\nContent-Type: application/json\r\nTransfer-Encoding: "
		"chunked\r\n\r\n";
	const char *path = skip_version(target);
	const struct row *row = find_row(e, method, path);
	cleanup_buf struct buf missing = {0};
	if (row == NULL && (text_same(path, "/events") || text_starts(path, "/events?"))) {
		c->listens = true;
		send_bytes(c->fd, head, sizeof head - 1);
		return true;
	}
	if (row != NULL && row->status == FAKE_ENGINE_DROP)
		return false;
	if (row != NULL) {
		send_answer(e, c->fd, row->status, &row->body);
		return true;
	}
	buf_printf(&missing, "{\"message\":\"page not found: %s\"}", path);
	send_answer(e, c->fd, 404, &missing);
	return true;
}

static void keep_request(
	struct fake_engine *e, const char *method, const char *target, const char *body)
{
	const char *path = skip_version(target);
	e->requests = array_grow(e->requests, e->request_count, sizeof *e->requests);
	e->requests[e->request_count++] = (struct request){
		xstrdup(method), xstrndup(path, strcspn(path, "?")), xstrdup(body)};
}

static size_t body_length(const char *head)
{
	const char *line = strcasestr(head, "\r\nContent-Length:");
	return line != NULL ? strtoul(line + strlen("\r\nContent-Length:"), NULL, 10) : 0;
}

/* Takes one complete request off the input. False: close the connection. */
static bool take_request(struct fake_engine *e, struct connection *c, bool *ret_more)
{
	const char *end = strstr(buf_text(&c->input), "\r\n\r\n");
	*ret_more = false;
	if (end == NULL)
		return true;
	size_t head_length = (size_t)(end - c->input.data) + 4;
	cleanup_free char *head = xstrndup(c->input.data, head_length);
	size_t length = body_length(head);
	if (c->input.length < head_length + length)
		return true;
	cleanup_free char *body = xstrndup(c->input.data + head_length, length);
	cleanup_free char *method = xstrndup(head, strcspn(head, " "));
	const char *target = head + strlen(method) + 1;
	cleanup_free char *path = xstrndup(target, strcspn(target, " \r"));
	buf_remove_front(&c->input, head_length + length);
	keep_request(e, method, path, body);
	*ret_more = true;
	return answer(e, c, method, path) && strcasestr(head, "\r\nConnection: close") == NULL &&
	       strstr(head, " HTTP/1.0\r\n") == NULL;
}

/* False: close the connection. */
static bool serve(struct fake_engine *e, struct connection *c)
{
	char bytes[4096];
	ssize_t length = fd_read(c->fd, bytes, sizeof bytes);
	if (length <= 0)
		return false;
	buf_add(&c->input, bytes, (size_t)length);
	for (bool more = true; more;)
		if (!take_request(e, c, &more))
			return false;
	return true;
}

/* ---- connections ---- */

static void close_connection(struct fake_engine *e, size_t at)
{
	close(e->connections[at].fd);
	buf_finish(&e->connections[at].input);
	e->connections[at] = e->connections[--e->connection_count];
}

static void accept_connection(struct fake_engine *e, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return;
	if (e->connection_count == CONNECTIONS_MAX) {
		close(fd);
		return;
	}
	e->connections[e->connection_count++] = (struct connection){.fd = fd};
}

static void *run(void *data)
{
	struct fake_engine *e = data;
	sigset_t all;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL); /* the program under test handles signals */
	for (;;) {
		struct pollfd fds[3 + CONNECTIONS_MAX] = {{.fd = e->stop, .events = POLLIN},
			{.fd = e->listeners[0], .events = POLLIN},
			{.fd = e->listeners[1], .events = POLLIN}};
		pthread_mutex_lock(&e->lock);
		size_t count = e->connection_count;
		for (size_t i = 0; i < count; i++)
			fds[3 + i] = (struct pollfd){.fd = e->connections[i].fd, .events = POLLIN};
		pthread_mutex_unlock(&e->lock);
		if (poll(fds, 3 + count, -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[0].revents != 0)
			return NULL;
		pthread_mutex_lock(&e->lock);
		for (size_t i = count; i > 0; i--) /* closing one moves only the last one */
			if (fds[2 + i].revents != 0 && !serve(e, &e->connections[i - 1]))
				close_connection(e, i - 1);
		for (size_t i = 0; i < ARRAY_LENGTH(e->listeners); i++)
			if (fds[1 + i].revents != 0)
				accept_connection(e, e->listeners[i]);
		pthread_mutex_unlock(&e->lock);
	}
}

/* ---- events ---- */

void fake_engine_event(struct fake_engine *e, const char *json)
{
	cleanup_free char *chunk = xasprintf("%zx\r\n%s\n\r\n", strlen(json) + 1, json);
	pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < e->connection_count; i++)
		if (e->connections[i].listens)
			send_bytes(e->connections[i].fd, chunk, strlen(chunk));
	pthread_mutex_unlock(&e->lock);
}

void fake_engine_container_event(struct fake_engine *e, const char *action, const char *id,
	const char *name, const char *image)
{
	cleanup_free char *json =
		xasprintf("{\"Type\":\"container\",\"Action\":\"%s\",\"Actor\":{\"ID\":\"%s\","
			  "\"Attributes\":{\"name\":\"%s\",\"image\":\"%s\"}},\"timeNano\":%lld}",
			action, id, name, image, (long long)clock_wall_ms() * 1000000);
	fake_engine_event(e, json);
}

void fake_engine_end_events(struct fake_engine *e)
{
	pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < e->connection_count; i++)
		if (e->connections[i].listens)
			(void)shutdown(e->connections[i].fd, SHUT_RDWR); /* the thread closes it */
	pthread_mutex_unlock(&e->lock);
}

/* ---- life ---- */

static int listen_at(const struct sockaddr *address, socklen_t length)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_msg(fd >= 0 && bind(fd, address, length) == 0 && listen(fd, 16) == 0,
		"the fake engine can't listen: %s", strerror(errno));
	return fd;
}

struct fake_engine *fake_engine_start(const char *folder)
{
	static unsigned number; /* keeps sockets in one folder apart */
	static const char *const empty[][2] = {{"/_ping", "OK"}, {"/containers/json", "[]"},
		{"/images/json", "[]"}, {"/networks", "[]"}, {"/volumes", "{\"Volumes\":[]}"}};
	struct fake_engine *e = xcalloc(1, sizeof *e);
	cleanup_free char *path = xasprintf("%s/engine-%d-%u", folder, (int)getpid(), number++);
	struct error err = {0};
	struct sockaddr_un local;
	struct sockaddr_in port = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof port;
	ck_assert_msg(unix_address(path, &local, &err), "%s", error_text(&err));
	(void)unlink(path); /* of a process that had this number before, and was killed */
	e->listeners[0] = listen_at((const struct sockaddr *)&local, sizeof local);
	e->listeners[1] = listen_at((const struct sockaddr *)&port, sizeof port);
	ck_assert(getsockname(e->listeners[1], (struct sockaddr *)&port, &length) == 0);
	e->port = ntohs(port.sin_port);
	e->host = xasprintf("unix://%s", path);
	e->version = xstrdup("1.41");
	e->stop = eventfd(0, EFD_CLOEXEC);
	for (size_t i = 0; i < ARRAY_LENGTH(empty); i++)
		add_row(e, "GET", empty[i][0], 200, empty[i][1], strlen(empty[i][1]));
	pthread_mutex_init(&e->lock, NULL);
	ck_assert(e->stop >= 0 && pthread_create(&e->thread, NULL, run, e) == 0);
	return e;
}

void fake_engine_stop(struct fake_engine *e)
{
	if (e == NULL)
		return;
	ck_assert_int_eq(eventfd_write(e->stop, 1), 0);
	pthread_join(e->thread, NULL);
	while (e->connection_count > 0)
		close_connection(e, 0);
	for (size_t i = 0; i < ARRAY_LENGTH(e->listeners); i++)
		close(e->listeners[i]);
	close(e->stop);
	unlink(e->host + strlen("unix://"));
	for (size_t i = 0; i < e->row_count; i++) {
		free(e->rows[i].method);
		free(e->rows[i].path);
		buf_finish(&e->rows[i].body);
	}
	for (size_t i = 0; i < e->request_count; i++) {
		free(e->requests[i].method);
		free(e->requests[i].path);
		free(e->requests[i].body);
	}
	free(e->rows);
	free(e->requests);
	free(e->host);
	free(e->version);
	words_finish(&e->listed);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

const char *fake_engine_host(const struct fake_engine *e)
{
	return e->host;
}

unsigned short fake_engine_port(const struct fake_engine *e)
{
	return e->port;
}

/* hub/hub.c - connections, and the heads of their requests */
#include "private.h"

#include "tls.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STACK_SIZE ((size_t)256 * 1024)
#define CONNECTIONS_MAX 64
#define PATIENCE_S 30
#define BODY_MAX 65536 /* maximum of a request's body, which it reads and discards */

const char *const hub_names[] = {"registry-1.docker.io", "auth.docker.io", "index.docker.io", NULL};

struct hub {
	int listen_fd;
	unsigned short registry_port;
	struct tls *tls;
	atomic_int users; /* its connections, and who opened it; the last one frees it */
};

struct connection {
	struct hub *hub;
	int fd;
};

/* ---- a request ---- */

/* Reads up to the empty line, and possibly some bytes after it. False: there was no empty line. */
static bool receive_head(int fd, struct buf *ret, size_t *ret_length)
{
	char bytes[4096];
	while (ret->length < HEAD_MAX) {
		ssize_t got = fd_read(fd, bytes, sizeof bytes);
		if (got <= 0 || memchr(bytes, '\0', (size_t)got) != NULL)
			return false;
		buf_add(ret, bytes, (size_t)got);
		const char *end = strstr(buf_text(ret), "\r\n\r\n");
		if (end != NULL) {
			*ret_length = (size_t)(end - buf_text(ret)) + 4;
			return true;
		}
	}
	return false;
}

static const char *header_value(const char *line, const char *name)
{
	size_t length = strlen(name);
	cleanup_free char *begin = xstrndup(line, length);
	if (!text_same_fold(begin, name) || line[length] != ':')
		return NULL;
	return line + length + 1 + strspn(line + length + 1, " \t");
}

static void take_header_line(const char *line, struct request *r, long long *body)
{
	static const char *const passed[] = {"Accept", "Range"};
	const char *value = header_value(line, "Authorization");
	if (value != NULL && r->authorization == NULL)
		r->authorization = xstrdup(value);
	if ((value = header_value(line, "Content-Length")) != NULL)
		(void)text_number(value, 0, BODY_MAX, body); /* it does not wait for more */
	for (size_t i = 0; i < ARRAY_LENGTH(passed); i++)
		if (header_value(line, passed[i]) != NULL)
			buf_printf(&r->passed, "%s\r\n", line);
}

/* Parses "GET /v2/?a=b HTTP/1.1" and the lines below it. */
static bool parse_request_head(char *head, struct request *r, long long *body)
{
	char *line = head, *end = strstr(head, "\r\n");
	*end = '\0';
	char *target = strchr(line, ' '),
	     *version = target != NULL ? strchr(target + 1, ' ') : NULL;
	if (version == NULL || !text_starts(version + 1, "HTTP/1."))
		return false;
	*target++ = *version = '\0';
	char *query = strchr(target, '?');
	if (query != NULL)
		*query++ = '\0';
	r->method = xstrdup(line);
	r->path = xstrdup(target);
	r->query = xstrdup(query != NULL ? query : "");
	for (line = end + 2; (end = strstr(line, "\r\n")) != NULL && end > line; line = end + 2) {
		*end = '\0';
		take_header_line(line, r, body);
	}
	return true;
}

static void serve_connection(const struct hub *hub, int fd)
{
	struct request r = {.fd = fd, .registry_port = hub->registry_port};
	cleanup_buf struct buf head = {0};
	size_t length;
	long long body = 0;
	if (receive_head(fd, &head, &length)) {
		long long here = (long long)(head.length - length);
		head.data[length - 1] = '\0';
		char bytes[4096];
		bool good = parse_request_head(head.data, &r, &body);
		for (ssize_t got; here < body && (got = fd_read(fd, bytes, sizeof bytes)) > 0;)
			here += got;
		if (good)
			answer_request(&r);
	}
	free(r.method);
	free(r.path);
	free(r.query);
	free(r.authorization);
	buf_finish(&r.passed);
}

/* ---- connections ---- */

static void leave_hub(struct hub *hub)
{
	if (atomic_fetch_sub(&hub->users, 1) > 1)
		return;
	tls_close(hub->tls);
	free(hub);
}

static void *run_hub_connection(void *data)
{
	struct connection *c = data;
	int fd = tls_accept(c->hub->tls, c->fd, NULL);
	if (fd >= 0) {
		const struct timeval timeout = {.tv_sec = PATIENCE_S};
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
		serve_connection(c->hub, fd);
		close(fd);
	}
	leave_hub(c->hub);
	free(c);
	return NULL;
}

static void start_connection(struct hub *hub, int fd)
{
	struct connection *c = xcalloc(1, sizeof *c);
	*c = (struct connection){hub, fd};
	atomic_fetch_add(&hub->users, 1);
	if (!thread_start(run_hub_connection, c, STACK_SIZE)) {
		leave_hub(hub);
		close(fd);
		free(c);
	}
}

bool hub_open(int listen_fd, unsigned short registry_port, struct hub **ret,
	struct buf *ret_certificate, struct error *err)
{
	struct tls *tls;
	if (!tls_make(hub_names, &tls, ret_certificate, err))
		return false;
	*ret = xcalloc(1, sizeof **ret);
	(*ret)->listen_fd = listen_fd;
	(*ret)->registry_port = registry_port;
	(*ret)->tls = tls;
	atomic_init(&(*ret)->users, 1);
	return true;
}

void hub_run(struct hub *hub, int stop_fd)
{
	for (;;) {
		bool full = atomic_load(&hub->users) > CONNECTIONS_MAX;
		struct pollfd fds[] = {{.fd = stop_fd, .events = POLLIN},
			{.fd = full ? -1 : hub->listen_fd, .events = POLLIN}};
		int ready = poll(fds, 2, full ? 10 : -1);
		if (ready < 0 && errno != EINTR)
			return;
		if (ready > 0 && fds[0].revents != 0)
			return;
		int fd = ready > 0 && fds[1].revents != 0
				 ? accept4(hub->listen_fd, NULL, NULL, SOCK_CLOEXEC)
				 : -1;
		if (fd >= 0)
			start_connection(hub, fd);
	}
}

void hub_close(struct hub *hub)
{
	if (hub != NULL)
		leave_hub(hub);
}

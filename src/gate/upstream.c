/* gate/upstream.c - connects to the daemon (a unix socket, TCP, or TLS over it), and sends the
 * gate's own requests */
#include "private.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Limits how long a machine that is off can delay a sender. */
static void set_send_timeout(int fd, time_t seconds)
{
	const struct timeval timeout = {.tv_sec = seconds};
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

static int connect_at(int family, int kind, int protocol, const void *address, socklen_t length)
{
	int fd = socket(family, kind | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return -1;
	if (family != AF_UNIX)
		set_send_timeout(fd, 10);
	if (connect(fd, address, length) < 0) {
		close(fd);
		return -1;
	}
	if (family != AF_UNIX)
		set_send_timeout(fd, 0); /* it may read slowly later */
	return fd;
}

static int connect_unix(const char *path)
{
	struct sockaddr_un address;
	if (!unix_address(path, &address, NULL))
		return -1;
	return connect_at(AF_UNIX, SOCK_STREAM, 0, &address, sizeof address);
}

/* "HOST:PORT", "[ADDRESS]:PORT"; *ret_host: without brackets. */
static int connect_tcp(const char *where, char **ret_host)
{
	const char *colon = strrchr(where, ':');
	if (colon == NULL)
		return -1;
	bool bare = where[0] != '[' || colon[-1] != ']';
	char *host = bare ? xstrndup(where, (size_t)(colon - where))
			  : xstrndup(where + 1, (size_t)(colon - where) - 2);
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int fd = -1;
	*ret_host = host;
	if (getaddrinfo(host, colon + 1, &hints, &list) != 0)
		return -1;
	for (struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next)
		fd = connect_at(
			a->ai_family, a->ai_socktype, a->ai_protocol, a->ai_addr, a->ai_addrlen);
	freeaddrinfo(list);
	return fd;
}

void upstream_set_socket(struct request *r, int fd)
{
	pthread_mutex_lock(&r->gate->lock);
	r->daemon = fd;
	pthread_mutex_unlock(&r->gate->lock);
}

int upstream_connect(struct gate *gate)
{
	cleanup_free char *host = NULL;
	const char *where = gate->upstream;
	int fd = -1;
	if (text_starts(where, "tcp://")) {
		fd = connect_tcp(where + 6, &host);
		if (fd >= 0 && gate->tls != NULL)
			fd = tls_connect(gate->tls, fd, host, NULL);
	} else {
		fd = connect_unix(text_starts(where, "unix://") ? where + 7 : where);
	}
	return fd;
}

/* ---- the gate's own questions ---- */

char *upstream_version(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	char *version = xstrdup(gate->version);
	pthread_mutex_unlock(&gate->lock);
	return version;
}

static bool ask_daemon(struct gate *gate, const char *method, const char *path, const char *body,
	int *ret_status, cJSON **ret_json)
{
	cleanup_buf struct buf text = {0};
	const char *why;
	struct stream s = {.fd = upstream_connect(gate), .timeout_ms = 30000};
	struct head head = {0};
	struct body answer;
	if (s.fd < 0)
		return false;
	buf_printf(&text, "%s %s HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n", method, path);
	if (body != NULL)
		buf_printf(&text, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
			strlen(body), body);
	else
		buf_add_text(&text, "\r\n");
	bool good = fd_write(s.fd, buf_text(&text), text.length, NULL) &&
		    http_head_read(&s, true, &head, &why) == HEAD_GOOD;
	if (good) {
		buf_truncate(&text, 0);
		http_body_begin(&answer, &s, &head, true);
		good = http_body_read_all(&answer, ANSWER_LIMIT, &text);
		*ret_status = head.status;
		if (good && ret_json != NULL)
			*ret_json = json_parse(&text);
	}
	http_head_finish(&head);
	http_stream_finish(&s);
	return good;
}

/* Asks for the daemon's API version once. */
bool upstream_learn_version(struct gate *gate)
{
	cleanup_free char *known = upstream_version(gate);
	cJSON *json = NULL;
	int status = 0;
	if (known != NULL)
		return true;
	bool good = ask_daemon(gate, "GET", "/version", NULL, &status, &json) && status == 200 &&
		    *json_get_text_or(json, "ApiVersion", "") != '\0';
	pthread_mutex_lock(&gate->lock);
	if (good && gate->version == NULL)
		gate->version = xstrdup(json_get_text_or(json, "ApiVersion", ""));
	pthread_mutex_unlock(&gate->lock);
	cJSON_Delete(json);
	return good;
}

int upstream_api_minor(struct gate *gate)
{
	long long minor;
	if (!upstream_learn_version(gate))
		return -1;
	cleanup_free char *version = upstream_version(gate);
	return text_starts(version, "1.") && text_number(version + 2, 0, 999, &minor) ? (int)minor
										      : -1;
}

bool upstream_ask(struct gate *gate, const char *method, const char *path, const char *body,
	int *ret_status, cJSON **ret_json)
{
	if (!upstream_learn_version(gate))
		return false;
	cleanup_free char *version = upstream_version(gate);
	cleanup_free char *full = xasprintf("/v%s%s", version, path);
	return ask_daemon(gate, method, full, body, ret_status, ret_json);
}

bool upstream_inspect(
	struct gate *gate, const char *folder, const char *name, const char *tail, cJSON **ret)
{
	cleanup_buf struct buf path = {0};
	cJSON *json = NULL;
	int status = 0;
	buf_printf(&path, "/%s/", folder);
	url_encode(&path, name, ":@/");
	buf_add_text(&path, tail);
	if (!upstream_ask(gate, "GET", buf_text(&path), NULL, &status, &json))
		return false;
	*ret = status == 200 ? json : NULL;
	if (status != 200)
		cJSON_Delete(json);
	return true;
}

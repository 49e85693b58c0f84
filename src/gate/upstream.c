/* gate/upstream.c - the way to the daemon: a unix socket, TCP, or TLS over it */
#include "private.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A machine that is off keeps nobody longer. */
static void set_patience(int fd, time_t seconds)
{
	const struct timeval patience = {.tv_sec = seconds};
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

static int connect_at(int family, int kind, int protocol, const void *address, socklen_t length)
{
	int fd = socket(family, kind | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return -1;
	if (family != AF_UNIX)
		set_patience(fd, 10);
	if (connect(fd, address, length) < 0) {
		close(fd);
		return -1;
	}
	if (family != AF_UNIX)
		set_patience(fd, 0); /* it may take its time with what it was sent */
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

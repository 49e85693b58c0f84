/* class/reach.c - a port of a daemon's machine, on its loopback: where the gates publish */
#include "private.h"

#include "sandbox.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Who listens at a unix socket, wherever its network is. -1: nobody. */
static pid_t listener_of(const char *path)
{
	struct sockaddr_un address;
	struct ucred who = {.pid = -1};
	socklen_t size = sizeof who;
	if (!unix_address(path, &address, NULL))
		return -1;
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
			       getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 &&
			       who.pid > 0
		       ? who.pid
		       : -1;
}

static bool is_loopback(const char *tcp)
{
	return text_starts(tcp, "tcp://127.") || text_starts(tcp, "tcp://localhost:");
}

int class_reach(const char *upstream, unsigned short port)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct timeval patience = {.tv_sec = 3}, none = {0};
	int fd = -1;
	if (text_starts(upstream, "unix://")) {
		pid_t pid = listener_of(upstream + strlen("unix://"));
		fd = pid > 0 ? sandbox_socket_of(pid, AF_INET, SOCK_STREAM, 0) : -1;
	} else if (is_loopback(upstream)) {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	} else {
		errno = EHOSTUNREACH; /* another machine's loopback */
	}
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
		close(fd);
		return -1;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none);
	return fd;
}

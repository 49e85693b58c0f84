/* sandbox/rootlesskit.c - what an unprivileged dockerd asks RootlessKit's API, answered without
 * RootlessKit (its pkg/api, GET /v1/info): no network driver and no port driver, so that dockerd
 * publishes ports in its own network namespace */
#include "daemon.h"
#include "spawn.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LISTEN_FD 3
#define HEAD_MAX 4096
#define HEAD_TIMEOUT_MS 5000

static const char info[] = "{\"apiVersion\":\"1.1.1\",\"version\":\"2.3.0\","
			   "\"stateDir\":\"/run/rootless\",\"childPID\":1,"
			   "\"networkDriver\":{\"driver\":\"none\"},\"portDriver\":null}";
static const char missing[] = "{\"message\":\"not found\"}";

/* The head of a request, which has no body here; false where none came. */
static bool read_head(int fd, char *head, size_t size)
{
	size_t length = 0;
	while (length + 1 < size) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		if (poll(&ready, 1, HEAD_TIMEOUT_MS) <= 0)
			return false;
		ssize_t got = fd_read(fd, head + length, size - 1 - length);
		if (got <= 0)
			return false;
		length += (size_t)got;
		head[length] = '\0';
		if (strstr(head, "\r\n\r\n") != NULL)
			return true;
	}
	return false;
}

static void answer(int fd)
{
	char head[HEAD_MAX], reply[1024];
	if (!read_head(fd, head, sizeof head))
		return;
	bool known = text_starts(head, "GET /v1/info ");
	const char *body = known ? info : missing;
	int length = snprintf(reply, sizeof reply,
		"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
		"Connection: close\r\n\r\n%s",
		known ? "200 OK" : "404 Not Found", strlen(body), body);
	(void)fd_write(fd, reply, (size_t)length, NULL); /* dockerd says so where nothing came */
}

struct listener {
	int fd;
	pid_t parent;
};

static int serve(void *data)
{
	const struct listener *l = data;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != l->parent)
		return 1;
	prctl(PR_SET_NAME, "ropes-rootless");
	if (dup2(l->fd, LISTEN_FD) < 0 || close_range(LISTEN_FD + 1, ~0U, 0) < 0)
		return 1; /* the parent's lock would be held on */
	for (;;) {
		cleanup_fd int fd = accept4(LISTEN_FD, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			answer(fd);
		else if (errno != EINTR && errno != ECONNABORTED)
			return 1;
	}
}

bool rootlesskit_start(const struct daemon_paths *p, pid_t *ret, struct error *err)
{
	cleanup_free char *path = path_join(p->socket_folder, ROOTLESSKIT_SOCKET);
	struct sockaddr_un address;
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_set(err, errno, "socket");
	if (!unix_address(path, &address, err))
		return false;
	if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 8) < 0)
		return error_set(err, errno, "listen at '%s'", path);
	struct listener l = {fd, getpid()};
	return spawn_function(serve, &l, false, ret, err);
}

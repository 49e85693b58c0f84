/* machine/rootlesskit.c - answers an unprivileged dockerd's requests to RootlessKit's API
 * without RootlessKit (its pkg/api, GET /v1/info): reports no network driver and no port driver,
 * so that dockerd publishes ports in its own network namespace */
#include "private.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define HEAD_MAX 4096
#define HEAD_TIMEOUT_MS 5000

static const char info[] = "{\"apiVersion\":\"1.1.1\",\"version\":\"2.3.0\","
			   "\"stateDir\":\"/run/rootless\",\"childPID\":1,"
			   "\"networkDriver\":{\"driver\":\"none\"},\"portDriver\":null}";
static const char missing[] = "{\"message\":\"not found\"}";

/* Reads the head of a request, which has no body here; false if none arrived. */
static bool read_request_head(int fd, char *head, size_t size)
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

static void answer_rootlesskit(int fd)
{
	char head[HEAD_MAX], reply[1024];
	if (!read_request_head(fd, head, sizeof head))
		return;
	bool known = text_starts(head, "GET /v1/info ");
	const char *body = known ? info : missing;
	int length = snprintf(reply, sizeof reply,
		"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
		"Connection: close\r\n\r\n%s",
		known ? "200 OK" : "404 Not Found", strlen(body), body);
	(void)fd_write(fd, reply, (size_t)length, NULL); /* else dockerd reports it */
}

bool rootlesskit_prepare(struct error *err)
{
	cleanup_free char *proxy = program_find("docker-proxy");
	return (mkdir(ROOTLESSKIT_FOLDER, 0755) == 0 &&
		       (proxy == NULL || symlink(proxy, ROOTLESSKIT_FOLDER
						 "/rootlesskit-docker-proxy") == 0)) ||
	       error_set(err, errno, "cannot create '%s' in the machine", ROOTLESSKIT_FOLDER);
}

int rootlesskit_serve(void)
{
	static const char path[] = ROOTLESSKIT_FOLDER "/api.sock";
	struct sockaddr_un address;
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	prctl(PR_SET_NAME, "ropes-rootless");
	if (fd < 0 || !unix_address(path, &address, NULL) ||
		bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
		listen(fd, 8) < 0)
		return 1;
	for (;;) {
		cleanup_fd int caller = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (caller >= 0)
			answer_rootlesskit(caller);
		else if (errno != EINTR && errno != ECONNABORTED)
			return 1;
	}
}

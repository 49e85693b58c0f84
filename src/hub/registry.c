/* hub/registry.c - requests to the registry on 127.0.0.1, over HTTP/1.0: a reply ends with its
 * connection */
#include "private.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)1 << 20)

static int send_registry_request(
	const struct request *r, const char *method, const char *path, const char *lines)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(r->registry_port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	cleanup_buf struct buf head = {0};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	buf_printf(&head, "%s %s HTTP/1.0\r\nHost: 127.0.0.1:%u\r\n%s\r\n", method, path,
		r->registry_port, lines);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
		fd_write(fd, buf_text(&head), head.length, NULL))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

int registry_get(const struct request *r, const char *path, struct buf *ret_body)
{
	cleanup_fd int fd = send_registry_request(r, "GET", path, "");
	cleanup_buf struct buf text = {0};
	char bytes[4096];
	ssize_t got = -1;
	int status = 0;
	while (fd >= 0 && text.length < ANSWER_MAX && (got = fd_read(fd, bytes, sizeof bytes)) > 0)
		buf_add(&text, bytes, (size_t)got);
	const char *body = strstr(buf_text(&text), "\r\n\r\n");
	if (got != 0 || body == NULL || sscanf(buf_text(&text), "HTTP/1.%*d %d", &status) != 1)
		return 0;
	buf_add_text(ret_body, body + 4);
	return status;
}

void registry_pass(const struct request *r)
{
	cleanup_fd int fd = send_registry_request(r, r->method, r->path, buf_text(&r->passed));
	char bytes[16384];
	ssize_t got;
	while (fd >= 0 && (got = fd_read(fd, bytes, sizeof bytes)) > 0)
		if (!fd_write(r->fd, bytes, (size_t)got, NULL))
			return;
}

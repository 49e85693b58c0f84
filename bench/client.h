/* bench/client.h - a client of HTTP/1.1 on this machine, for measuring: one connection, one request
 * at a time */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include "base.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static inline int client_connect(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons((unsigned short)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Reads one answer whole, with its head; true where it is a 200. */
static inline bool client_read(int fd, struct buf *in)
{
	char bytes[65536];
	buf_truncate(in, 0);
	for (;;) {
		const char *head_end = strstr(buf_text(in), "\r\n\r\n");
		const char *length =
			head_end != NULL ? strcasestr(buf_text(in), "content-length:") : NULL;
		if (length != NULL && in->length >= (size_t)(head_end - in->data) + 4 +
							    strtoul(length + 15, NULL, 10))
			return strncmp(in->data + 9, "200", 3) == 0;
		ssize_t got = fd_read(fd, bytes, sizeof bytes);
		if (got <= 0)
			return false;
		buf_add(in, bytes, (size_t)got);
	}
}

/* `key`: USER:PASSWORD in base64; NULL: none. */
static inline bool client_post(
	int fd, const char *path, const char *key, const struct buf *body, struct buf *ret_answer)
{
	cleanup_buf struct buf request = {0};
	buf_printf(&request, "POST %s HTTP/1.1\r\nHost: x\r\n", path);
	if (key != NULL)
		buf_printf(&request, "Authorization: Basic %s\r\n", key);
	buf_printf(&request,
		"X-Experience-API-Version: 1.0.3\r\nContent-Type: application/json\r\n"
		"Content-Length: %zu\r\n\r\n",
		body->length);
	buf_add(&request, buf_text(body), body->length);
	return fd_write(fd, request.data, request.length, NULL) && client_read(fd, ret_answer);
}

#endif

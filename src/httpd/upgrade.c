/* httpd/upgrade.c - connections that leave HTTP for WebSocket (RFC 6455, 4.2) */
#include "server.h"

#include "digest.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KEY_BYTES 16
#define VERSION "13"
#define SUFFIX "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455, 1.3 */

struct httpd_stream {
	struct MHD_UpgradeResponseHandle *handle;
	int fd;
	const char *early;
	size_t early_length;
};

/* Returns whether a list like "keep-alive, Upgrade" has a word, in any case. */
static bool has_token(const char *list, const char *word)
{
	size_t length = strlen(word);
	while (list != NULL && *list != '\0') {
		list += strspn(list, ", \t");
		size_t item = strcspn(list, ", \t");
		if (item == length && strncasecmp(list, word, length) == 0)
			return true;
		list += item;
	}
	return false;
}

static bool is_handshake_key(const char *text)
{
	cleanup_buf struct buf bytes = {0};
	return text != NULL && digest_base64_decode(text, strlen(text), &bytes) &&
	       bytes.length == KEY_BYTES;
}

/* A page of this server under whatever name the browser knows it. */
static bool is_own_page(const struct request *r)
{
	const char *origin = request_header(r, "Origin"), *host = request_header(r, "Host");
	const char *name = origin != NULL ? strstr(origin, "://") : NULL;
	return origin == NULL || !origin_is_foreign(r) ||
	       (name != NULL && host != NULL && strcasecmp(name + 3, host) == 0);
}

static char *accept_of(const char *key)
{
	char digest[DIGEST_TEXT_SIZE];
	cleanup_buf struct buf bytes = {0};
	cleanup_free char *whole = xasprintf("%s" SUFFIX, key);
	digest_sha1(whole, strlen(whole), digest);
	digest_bytes(digest, &bytes);
	return digest_base64(bytes.data, bytes.length);
}

bool httpd_websocket(struct request *r, struct reply *a,
	void (*take)(void *data, struct httpd_stream *stream), void *data)
{
	const char *key = request_header(r, "Sec-WebSocket-Key");
	if (r->method != METHOD_GET || !text_same(r->method_name, "GET") || r->body.length > 0 ||
		!has_token(request_header(r, "Connection"), "upgrade") ||
		!has_token(request_header(r, "Upgrade"), "websocket") || !is_handshake_key(key))
		return reply_error(a, 400, "expected the handshake of a WebSocket");
	if (!text_same(request_header(r, "Sec-WebSocket-Version"), VERSION)) {
		reply_header(a, "Sec-WebSocket-Version", VERSION);
		return reply_error(a, 426, "expected version %s of WebSocket", VERSION);
	}
	if (!is_own_page(r))
		return reply_error(a, 403, "a page of another origin may not connect");
	cleanup_free char *accept = accept_of(key);
	reply_header(a, "Upgrade", "websocket");
	reply_header(a, "Sec-WebSocket-Accept", accept);
	a->status = 101;
	a->upgrade = true;
	r->take = take;
	r->take_data = data;
	return true;
}

static void take_over(void *data, struct MHD_Connection *connection, void *request,
	const char *early, size_t early_length, MHD_socket fd,
	struct MHD_UpgradeResponseHandle *handle)
{
	const struct request *r = request;
	struct httpd_stream *stream = xcalloc(1, sizeof *stream);
	(void)data;
	(void)connection;
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); /* cannot fail for a socket */
	*stream = (struct httpd_stream){handle, fd, early, early_length};
	r->take(r->take_data, stream);
}

struct MHD_Response *upgrade_response(void)
{
	return httpd_mhd.create_response_for_upgrade(take_over, NULL);
}

int httpd_stream_fd(const struct httpd_stream *stream)
{
	return stream->fd;
}

const char *httpd_stream_early(const struct httpd_stream *stream, size_t *ret_length)
{
	*ret_length = stream->early_length;
	return stream->early;
}

void httpd_stream_close(struct httpd_stream *stream)
{
	(void)httpd_mhd.upgrade_action(stream->handle, MHD_UPGRADE_ACTION_CLOSE);
	free(stream);
}

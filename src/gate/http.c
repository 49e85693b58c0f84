/* gate/http.c - heads and bodies of HTTP/1.1, parsed strictly: RFC 9112 with no leniency. CRLF
 * only, one Content-Length or chunked, no folding, token characters. */
#include "private.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define FILL_SIZE ((size_t)64 * 1024)

/* ---- streams ---- */

/* Waits for bytes and appends them to the pending ones. */
static ssize_t fill_stream(struct stream *s)
{
	struct pollfd fd = {.fd = s->fd, .events = POLLIN};
	int ready = 1; /* without a timeout, let read() wait */
	if (s->timeout_ms >= 0)
		do
			ready = poll(&fd, 1, s->timeout_ms);
		while ((ready < 0 && errno == EINTR) ||
			(ready == 0 && s->goes_on != NULL && s->goes_on(s->data)));
	if (ready == 0)
		errno = ETIMEDOUT;
	if (ready <= 0)
		return -1;
	buf_reserve(&s->pending, FILL_SIZE);
	ssize_t got = fd_read(s->fd, s->pending.data + s->pending.length, FILL_SIZE);
	if (got > 0)
		s->pending.length += (size_t)got;
	return got;
}

ssize_t http_stream_read(struct stream *s, void *bytes, size_t size)
{
	if (s->taken == s->pending.length) {
		buf_truncate(&s->pending, 0);
		s->taken = 0;
		ssize_t got = fill_stream(s);
		if (got <= 0)
			return got;
	}
	size_t there = s->pending.length - s->taken;
	size_t part = there < size ? there : size;
	memcpy(bytes, s->pending.data + s->taken, part);
	s->taken += part;
	return (ssize_t)part;
}

void http_stream_finish(struct stream *s)
{
	buf_finish(&s->pending);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* ---- heads ---- */

static bool is_token(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]) &&
			(text[i] == '\0' || strchr("!#$%&'*+-.^_`|~", text[i]) == NULL))
			return false;
	return length > 0;
}

static bool is_header_text(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 && text[i] != '\t')
			return false;
	return memchr(text, 0x7F, length) == NULL;
}

/* Parses "POST /v1.41/… HTTP/1.1": upper case, single blanks. */
static bool take_request_line(const char *line, size_t length, struct head *h, const char **why)
{
	const char *space = memchr(line, ' ', length);
	const char *last = memrchr(line, ' ', length);
	*why = "the request line is not of the form METHOD TARGET HTTP/1.1";
	if (space == NULL || space == last ||
		memchr(space + 1, ' ', (size_t)(last - space - 1)) != NULL ||
		!is_token(line, (size_t)(space - line)))
		return false;
	for (const char *c = line; c < space; c++)
		if (!isupper((unsigned char)*c))
			return false;
	if (line + length - last != 9 || memcmp(last, " HTTP/1.1", 9) != 0)
		return false;
	for (const char *c = space + 1; c < last; c++)
		if ((unsigned char)*c <= 0x20 || (unsigned char)*c >= 0x7F)
			return false;
	h->method = xstrndup(line, (size_t)(space - line));
	h->target = xstrndup(space + 1, (size_t)(last - space - 1));
	return true;
}

static bool take_status_line(const char *line, size_t length, struct head *h, const char **why)
{
	long long status;
	*why = "the first line of the answer is malformed";
	if (length < 12 || memcmp(line, "HTTP/1.", 7) != 0 || line[8] != ' ')
		return false;
	cleanup_free char *number = xstrndup(line + 9, 3);
	if (!text_number(number, 100, 599, &status))
		return false;
	h->status = (int)status;
	return true;
}

static bool take_length(const char *value, struct head *h)
{
	size_t digits = strspn(value, "0123456789");
	if (digits == 0 || digits > 15 || value[digits] != '\0' || h->has_length)
		return false;
	h->has_length = true;
	h->length = strtoull(value, NULL, 10);
	return true;
}

static bool parse_known_header(
	const char *name, const char *value, struct head *h, const char **why)
{
	*why = "Content-Length must be one whole number";
	if (strcasecmp(name, "Content-Length") == 0)
		return take_length(value, h);
	*why = "Transfer-Encoding must be chunked, once";
	if (strcasecmp(name, "Transfer-Encoding") == 0) {
		if (h->chunked || strcasecmp(value, "chunked") != 0)
			return false;
		h->chunked = true;
	} else if (strcasecmp(name, "Content-Type") == 0) {
		*why = "Content-Type is named twice";
		if (h->content_type != NULL)
			return false;
		h->content_type = xstrndup(value, strcspn(value, "; "));
	} else if (strcasecmp(name, "User-Agent") == 0) {
		h->of_ropes = text_same(value, "ropes");
	} else if (strcasecmp(name, "Upgrade") == 0) {
		h->switches = true;
		h->upgrade = strcasecmp(value, "tcp") == 0;
	} else if (strcasecmp(name, "Expect") == 0) {
		*why = "Expect knows 100-continue only";
		if (strcasecmp(value, "100-continue") != 0)
			return false;
		h->expects_continue = true;
	}
	return true;
}

static bool parse_header_line(const char *line, size_t length, struct head *h, const char **why)
{
	const char *colon = memchr(line, ':', length);
	*why = "a header is not of the form Name: value";
	if (colon == NULL || !is_token(line, (size_t)(colon - line)) ||
		!is_header_text(line, length))
		return false;
	cleanup_free char *name = xstrndup(line, (size_t)(colon - line));
	const char *start = colon + 1, *end = line + length;
	while (start < end && (*start == ' ' || *start == '\t'))
		start++;
	while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	cleanup_free char *value = xstrndup(start, (size_t)(end - start));
	return parse_known_header(name, value, h, why);
}

enum head_result http_head_parse(
	const char *bytes, size_t length, bool answer, struct head *ret, const char **why)
{
	struct head h = {0};
	const char *at = bytes, *stop = bytes + length;
	bool good = true;
	for (size_t lines = 0; good; lines++) {
		const char *end = memchr(at, '\n', (size_t)(stop - at));
		*why = "lines must end with CR and LF";
		good = end != NULL && end > at && end[-1] == '\r' &&
		       memchr(at, '\r', (size_t)(end - at)) == end - 1;
		if (!good || end - 1 == at)
			break;
		size_t part = (size_t)(end - 1 - at);
		*why = "too many headers";
		good = lines <= HEADERS_MAX &&
		       (lines > 0       ? parse_header_line(at, part, &h, why)
			       : answer ? take_status_line(at, part, &h, why)
					: take_request_line(at, part, &h, why));
		at = end + 1;
	}
	if (good && h.chunked && h.has_length) {
		*why = "Content-Length beside Transfer-Encoding";
		good = answer;
	}
	if (good && h.method == NULL && h.status == 0) {
		*why = "the head is empty";
		good = false;
	}
	if (!good) {
		http_head_finish(&h);
		return HEAD_BAD;
	}
	if (h.content_type == NULL)
		h.content_type = xstrdup("");
	*ret = h;
	return HEAD_GOOD;
}

enum head_result http_head_read(struct stream *s, bool answer, struct head *ret, const char **why)
{
	for (;;) {
		const char *start = buf_text(&s->pending) + s->taken;
		size_t there = s->pending.length - s->taken;
		const char *end = memmem(start, there, "\r\n\r\n", 4);
		const char *bare = memmem(start, there, "\n\n", 2);
		if (end != NULL || bare != NULL) {
			size_t length = end != NULL ? (size_t)(end - start) + 4 : there;
			enum head_result result = http_head_parse(start, length, answer, ret, why);
			s->taken += length;
			return result;
		}
		*why = "the head is too large";
		if (there > HEAD_LIMIT)
			return HEAD_TOO_LARGE;
		ssize_t got = fill_stream(s);
		*why = "the head did not come to its end";
		if (got == 0)
			return there == 0 ? HEAD_END : HEAD_BAD;
		if (got < 0)
			return HEAD_TIMEOUT;
	}
}

void http_head_finish(struct head *h)
{
	free(h->method);
	free(h->target);
	free(h->content_type);
	*h = (struct head){0};
}

/* ---- bodies ---- */

void http_body_begin(struct body *b, struct stream *s, const struct head *h, bool answer)
{
	*b = (struct body){.stream = s, .chunked = h->chunked};
	if (h->chunked)
		return;
	b->until_close = answer && !h->has_length;
	b->left = h->length;
	b->ended = !b->until_close && h->length == 0;
}

static bool read_byte(struct stream *s, char *ret)
{
	return http_stream_read(s, ret, 1) == 1;
}

/* Reads a line of at most 64 bytes that ends with CRLF. */
static bool read_chunk_line(struct stream *s, char line[66])
{
	size_t length = 0;
	char c;
	while (length < 65 && read_byte(s, &c)) {
		if (c == '\n') {
			if (length == 0 || line[length - 1] != '\r')
				return false;
			line[length - 1] = '\0';
			return true;
		}
		line[length++] = c;
	}
	return false;
}

/* Reads the chunk size: only hexadecimal digits, no extension. */
static bool next_chunk(struct body *b)
{
	char line[66];
	if (b->begun && (!read_chunk_line(b->stream, line) || line[0] != '\0'))
		return false;
	b->begun = true;
	if (!read_chunk_line(b->stream, line))
		return false;
	size_t digits = strspn(line, "0123456789abcdefABCDEF");
	if (digits == 0 || digits > 12 || line[digits] != '\0')
		return false;
	b->left = strtoull(line, NULL, 16);
	if (b->left > 0)
		return true;
	b->ended = true;
	return read_chunk_line(b->stream, line) && line[0] == '\0'; /* no trailers */
}

ssize_t http_body_read(struct body *b, void *bytes, size_t size)
{
	if (b->ended || b->broken)
		return b->broken ? -1 : 0;
	if (b->chunked && b->left == 0 && !next_chunk(b)) {
		b->broken = true;
		return -1;
	}
	if (b->ended)
		return 0;
	size_t part = b->until_close || b->left > size ? size : (size_t)b->left;
	ssize_t got = http_stream_read(b->stream, bytes, part);
	b->ended = b->until_close && got == 0;
	b->broken = got < 0 || (got == 0 && !b->until_close);
	if (got > 0 && !b->until_close) {
		b->left -= (unsigned long long)got;
		b->ended = !b->chunked && b->left == 0;
	}
	return b->broken ? -1 : got;
}

bool http_body_read_all(struct body *b, size_t limit, struct buf *ret)
{
	char bytes[16384];
	ssize_t got;
	while ((got = http_body_read(b, bytes, sizeof bytes)) > 0) {
		if (ret->length + (size_t)got > limit)
			return false;
		buf_add(ret, bytes, (size_t)got);
	}
	return got == 0;
}

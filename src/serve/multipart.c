/* serve/multipart.c - bodies in parts, and forms that stand for requests */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- multipart/mixed ---- */

static char *boundary_of(const char *type)
{
	const char *at = strcasestr(type, "boundary=");
	if (at == NULL)
		return NULL;
	at += strlen("boundary=");
	if (*at == '"')
		return xstrndup(at + 1, strcspn(at + 1, "\""));
	return xstrndup(at, strcspn(at, "; \t"));
}

static const char *find(const char *from, const char *end, const char *what)
{
	return memmem(from, (size_t)(end - from), what, strlen(what));
}

/* Headers up to an empty line. */
static bool read_headers(struct part *part, const char **at, const char *end)
{
	while (*at < end) {
		const char *line_end = find(*at, end, "\r\n");
		if (line_end == NULL)
			return false;
		size_t length = (size_t)(line_end - *at);
		if (length == 0) {
			*at = line_end + 2;
			return true;
		}
		cleanup_free char *line = xstrndup(*at, length);
		char *colon = strchr(line, ':');
		if (colon == NULL)
			return false;
		*colon = '\0';
		pairs_add(&part->headers, line, colon + 1 + strspn(colon + 1, " \t"));
		*at = line_end + 2;
	}
	return false;
}

static bool read_part(struct parts *parts, const char **at, const char *end, const char *delimiter)
{
	struct part part = {0};
	if (!read_headers(&part, at, end)) {
		pairs_finish(&part.headers);
		return false;
	}
	/* an empty body has its delimiter where its headers end */
	const char *start = *at - 2, *next = find(start, end, delimiter);
	if (next == NULL) {
		pairs_finish(&part.headers);
		return false;
	}
	part.bytes = *at;
	part.length = next > *at ? (size_t)(next - *at) : 0;
	parts->items = array_grow(parts->items, parts->count, sizeof *parts->items);
	parts->items[parts->count++] = part;
	*at = next + strlen(delimiter);
	return true;
}

bool parts_read(const char *type, const struct buf *body, struct parts *ret, struct error *err)
{
	cleanup_free char *boundary = boundary_of(type);
	if (boundary == NULL || *boundary == '\0')
		return error_set(err, 0, "multipart/mixed has no boundary");
	cleanup_free char *delimiter = xasprintf("\r\n--%s", boundary);
	const char *at = buf_text(body), *end = at + body->length;
	size_t first = strlen(delimiter) - 2;
	if (body->length >= first && memcmp(at, delimiter + 2, first) == 0) {
		at += first;
	} else {
		const char *found = find(at, end, delimiter);
		if (found == NULL)
			return error_set(err, 0, "the boundary does not occur");
		at = found + strlen(delimiter);
	}
	for (;;) {
		if (end - at >= 2 && memcmp(at, "--", 2) == 0)
			return ret->count > 0 || error_set(err, 0, "there is no part");
		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
		if (end - at < 2 || memcmp(at, "\r\n", 2) != 0)
			return error_set(err, 0, "a part does not end as it should");
		at += 2;
		if (!read_part(ret, &at, end, delimiter))
			return error_set(err, 0, "a part is not whole");
	}
}

void parts_finish(struct parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		pairs_finish(&parts->items[i].headers);
	free(parts->items);
	*parts = (struct parts){0};
}

/* ---- forms ---- */

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

static char *decoded(const char *text, size_t length)
{
	struct buf out = {0};
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '%' && i + 2 < length + 0 && isxdigit((unsigned char)text[i + 1]) &&
			isxdigit((unsigned char)text[i + 2])) {
			buf_add_char(&out, (char)(hex(text[i + 1]) * 16 + hex(text[i + 2])));
			i += 2;
		} else {
			buf_add_char(&out, text[i] == '+' ? ' ' : text[i]);
		}
	}
	return buf_steal(&out);
}

static bool is_header(const char *name)
{
	static const char *const names[] = {"Authorization", "X-Experience-API-Version",
		"Content-Type", "Content-Length", "If-Match", "If-None-Match"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (strcasecmp(names[i], name) == 0)
			return true;
	return false;
}

static void take_field(struct request *r, struct buf *content, const char *field, size_t length)
{
	size_t name_length = strcspn(field, "=&");
	if (name_length > length)
		name_length = length;
	cleanup_free char *name = decoded(field, name_length);
	cleanup_free char *value =
		name_length < length ? decoded(field + name_length + 1, length - name_length - 1)
				     : xstrdup("");
	if (text_same(name, "content"))
		buf_add_text(content, value);
	else if (is_header(name))
		pairs_add(&r->headers, name, value);
	else
		pairs_add(&r->parameters, name, value);
}

void form_fields(const struct buf *body, struct pairs *ret)
{
	for (const char *at = buf_text(body); *at != '\0';) {
		size_t length = strcspn(at, "&"), name_length = strcspn(at, "=&");
		cleanup_free char *name = decoded(at, name_length);
		cleanup_free char *value = name_length < length ? decoded(at + name_length + 1,
									  length - name_length - 1)
								: xstrdup("");
		if (length > 0)
			pairs_add(ret, name, value);
		at += length + (at[length] == '&');
	}
}

bool form_read(struct request *r, struct reply *a)
{
	static const struct {
		const char *name;
		enum method method;
	} methods[] = {{"GET", METHOD_GET}, {"PUT", METHOD_PUT}, {"POST", METHOD_POST},
		{"DELETE", METHOD_DELETE}};
	const char *wanted = request_parameter(r, "method");
	if (r->method != METHOD_POST || wanted == NULL)
		return true;
	if (r->parameters.count > 1)
		return reply_error(a, 400, "beside 'method' all parameters belong into the form");
	enum method method = METHOD_OTHER;
	for (size_t i = 0; i < ARRAY_LENGTH(methods); i++)
		if (text_same(methods[i].name, wanted))
			method = methods[i].method;
	if (method == METHOD_OTHER)
		return reply_error(a, 400, "method=%s: there is no such one", wanted);
	struct buf content = {0};
	r->method = method;
	pairs_finish(&r->parameters);
	/* the type of the form is not that of what it carries */
	for (size_t i = 0; i < r->headers.count; i++)
		if (strcasecmp(r->headers.items[i].name, "Content-Type") == 0) {
			free(r->headers.items[i].value);
			r->headers.items[i].value = xstrdup("application/json");
		}
	for (const char *at = buf_text(&r->body); *at != '\0';) {
		size_t length = strcspn(at, "&");
		if (length > 0)
			take_field(r, &content, at, length);
		at += length + (at[length] == '&');
	}
	buf_finish(&r->body);
	r->body = content;
	return true;
}

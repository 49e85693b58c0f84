/* api/multipart.c - multipart bodies, and forms that stand for requests */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- multipart/mixed ---- */

/* The value of a parameter, "" where it has none; the caller frees it. */
static char *parameter_value(const char *at)
{
	struct buf out = {0};
	if (*at != '"')
		return xstrndup(at, strcspn(at, "; \t"));
	for (at++; *at != '\0' && *at != '"'; at++) {
		at += *at == '\\' && at[1] != '\0';
		buf_add_char(&out, *at);
	}
	return out.length > 0 ? buf_steal(&out) : xstrdup("");
}

static char *boundary_of(const char *type)
{
	for (const char *at = strchr(type, ';'); at != NULL; at = strchr(at, ';')) {
		at += 1 + strspn(at + 1, " \t");
		if (strncasecmp(at, "boundary=", 9) == 0)
			return parameter_value(at + 9);
	}
	return NULL;
}

/* State while reading a body. Its first line end decides the others: a body saved as text may have
 * lost the \r, and the hashes show whether the parts are intact. */
struct reader {
	const char *at, *end;
	const char *newline;
	char *delimiter; /* newline, "--", boundary */
};

static const char *find_bytes(const char *from, const char *end, const char *what)
{
	return memmem(from, (size_t)(end - from), what, strlen(what));
}

static bool is_at(const struct reader *r, const char *what)
{
	size_t length = strlen(what);
	return (size_t)(r->end - r->at) >= length && memcmp(r->at, what, length) == 0;
}

static void skip_line_blanks(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
		r->at++;
}

/* Adds one header; a line that begins with a blank continues the previous one. */
static bool add_part_header(struct part *part, const char *line)
{
	struct pairs *headers = &part->headers;
	if ((*line == ' ' || *line == '\t') && headers->count > 0) {
		struct pair *last = &headers->items[headers->count - 1];
		char *longer = xasprintf("%s %s", last->value, line + strspn(line, " \t"));
		free(last->value);
		last->value = longer;
		return true;
	}
	const char *colon = strchr(line, ':');
	for (const char *c = line; *c != '\0'; c++)
		if (iscntrl((unsigned char)*c) && *c != '\t')
			return false;
	if (colon == NULL || colon == line)
		return false;
	cleanup_free char *name = xstrndup(line, (size_t)(colon - line));
	pairs_add(headers, name, colon + 1 + strspn(colon + 1, " \t"));
	return true;
}

/* Reads headers up to an empty line. */
static bool read_headers(struct reader *r, struct part *part)
{
	while (r->at < r->end) {
		const char *line_end = find_bytes(r->at, r->end, r->newline);
		if (line_end == NULL)
			return false;
		size_t length = (size_t)(line_end - r->at);
		const char *start = r->at;
		r->at = line_end + strlen(r->newline);
		if (length == 0)
			return true;
		while (length > 0 && (start[length - 1] == ' ' || start[length - 1] == '\t'))
			length--;
		cleanup_free char *line = xstrndup(start, length);
		if (!add_part_header(part, line))
			return false;
	}
	return false;
}

static bool read_part(struct reader *r, struct part *part)
{
	if (!read_headers(r, part))
		return false;
	/* before an empty body, the delimiter starts at the end of the headers */
	const char *next = find_bytes(r->at - strlen(r->newline), r->end, r->delimiter);
	if (next == NULL)
		return false;
	part->bytes = r->at;
	part->length = next > r->at ? (size_t)(next - r->at) : 0;
	r->at = next + strlen(r->delimiter);
	return true;
}

/* Ignores text before the first boundary. */
static bool find_first(struct reader *r, const char *boundary)
{
	cleanup_free char *line = xasprintf("\n--%s", boundary);
	const char *found = is_at(r, line + 1) ? NULL : find_bytes(r->at, r->end, line);
	if (found == NULL && !is_at(r, line + 1))
		return false;
	r->at = found != NULL ? found + strlen(line) : r->at + strlen(line) - 1;
	skip_line_blanks(r);
	r->newline = is_at(r, "\n") ? "\n" : "\r\n";
	r->delimiter = xasprintf("%s--%s", r->newline, boundary);
	return true;
}

static bool read_parts(struct reader *r, struct parts *ret, struct error *err)
{
	while (!is_at(r, "--")) {
		struct part part = {0};
		skip_line_blanks(r);
		if (!is_at(r, r->newline))
			return error_set(err, 0, "the end of a part is malformed");
		r->at += strlen(r->newline);
		if (!read_part(r, &part)) {
			pairs_finish(&part.headers);
			return error_set(err, 0, "a part is incomplete");
		}
		ret->items = array_grow(ret->items, ret->count, sizeof *ret->items);
		ret->items[ret->count++] = part;
	}
	return ret->count > 0 || error_set(err, 0, "there are no parts");
}

bool multipart_read(const char *type, const struct buf *body, struct parts *ret, struct error *err)
{
	cleanup_free char *boundary = boundary_of(type);
	if (boundary == NULL || *boundary == '\0' || strlen(boundary) > 70)
		return error_set(err, 0, "multipart/mixed has no boundary");
	struct reader r = {.at = buf_text(body), .end = buf_text(body) + body->length};
	bool good = find_first(&r, boundary) ? read_parts(&r, ret, err)
					     : error_set(err, 0, "the boundary does not occur");
	free(r.delimiter);
	return good;
}

void multipart_finish(struct parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		pairs_finish(&parts->items[i].headers);
	free(parts->items);
	*parts = (struct parts){0};
}

/* ---- forms ---- */

/* Decodes a name or value of a form. False: it contains a NUL, which no valid field does. */
static bool decode_form_text(const char *text, size_t length, struct buf *ret)
{
	for (size_t i = 0; i < length; i++) {
		char c = text[i] == '+' ? ' ' : text[i];
		int byte = url_decode_byte(text + i, length - i);
		if (byte >= 0) {
			c = (char)byte;
			i += 2;
		}
		if (c == '\0')
			return false;
		buf_add_char(ret, c);
	}
	return true;
}

static bool is_header(const char *name)
{
	static const char *const names[] = {"Authorization", "X-Experience-API-Version",
		"Content-Type", "Content-Length", "If-Match", "If-None-Match"};
	return text_is_one_of_fold(name, names, ARRAY_LENGTH(names));
}

/* What the fields of a form contain. */
struct form {
	struct request *r;
	struct buf content;
	unsigned contents; /* number of `content` fields */
	bool keyed;        /* the form has its own key */
};

static bool add_form_field(struct form *f, const char *field, size_t length)
{
	cleanup_buf struct buf name = {0}, value = {0};
	const char *equals = memchr(field, '=', length);
	size_t name_length = equals != NULL ? (size_t)(equals - field) : length;
	if (!decode_form_text(field, name_length, &name) ||
		(equals != NULL && !decode_form_text(equals + 1, length - name_length - 1, &value)))
		return false;
	if (text_same(buf_text(&name), "content")) {
		buf_add(&f->content, buf_text(&value), value.length);
		f->contents++;
	} else if (is_header(buf_text(&name))) {
		if (!request_is_header_value(buf_text(&value)))
			return false;
		f->keyed = f->keyed || text_same_fold(buf_text(&name), "Authorization");
		pairs_add(&f->r->headers, buf_text(&name), buf_text(&value));
	} else {
		pairs_add(&f->r->parameters, buf_text(&name), buf_text(&value));
	}
	return true;
}

void multipart_form_fields(const struct buf *body, struct pairs *ret)
{
	const char *at = buf_text(body), *end = at + body->length;
	while (at < end) {
		const char *next = memchr(at, '&', (size_t)(end - at));
		size_t length = (size_t)((next != NULL ? next : end) - at);
		const char *equals = memchr(at, '=', length);
		cleanup_buf struct buf name = {0}, value = {0};
		size_t name_length = equals != NULL ? (size_t)(equals - at) : length;
		if (length > 0 && decode_form_text(at, name_length, &name) &&
			(equals == NULL ||
				decode_form_text(equals + 1, length - name_length - 1, &value)))
			pairs_add(ret, buf_text(&name), buf_text(&value));
		at += length + 1;
	}
}

static bool take_fields(struct form *f, const struct buf *body)
{
	const char *at = buf_text(body), *end = at + body->length;
	while (at < end) {
		const char *next = memchr(at, '&', (size_t)(end - at));
		size_t length = (size_t)((next != NULL ? next : end) - at);
		if (length > 0 && !add_form_field(f, at, length))
			return false;
		at += length + 1;
	}
	return true;
}

static enum method method_of(const char *name)
{
	static const struct {
		const char *name;
		enum method method;
	} methods[] = {{"GET", METHOD_GET}, {"PUT", METHOD_PUT}, {"POST", METHOD_POST},
		{"DELETE", METHOD_DELETE}};
	for (size_t i = 0; i < ARRAY_LENGTH(methods); i++)
		if (text_same(methods[i].name, name))
			return methods[i].method;
	return METHOD_OTHER;
}

/* Drop the Content-Type of the form: the request that it carries may declare its own. */
static void forget_type(struct request *r)
{
	for (size_t i = 0; i < r->headers.count; i++)
		if (strcasecmp(r->headers.items[i].name, "Content-Type") == 0) {
			free(r->headers.items[i].value);
			r->headers.items[i].value = xstrdup("application/json");
		}
}

static bool become_method(struct request *r, struct reply *a, enum method method)
{
	struct form f = {.r = r};
	r->method = method;
	pairs_finish(&r->parameters);
	forget_type(r);
	bool whole = take_fields(&f, &r->body);
	buf_finish(&r->body);
	r->body = f.content;
	bool sends = method == METHOD_PUT || method == METHOD_POST;
	if (!whole)
		return reply_error(
			a, 400, "a field of the form is not text, or a header is malformed");
	if (f.contents != sends)
		return reply_error(a, 400,
			sends ? N_("the form requires one 'content'")
			      : N_("the form requires no 'content'"));
	if (xapi_version_read(request_header(r, "X-Experience-API-Version")) == XAPI_2_0)
		return reply_error(a, 400, "version 2.0.0 does not allow requests in forms");
	/* any page can send a form, and the browser adds the saved key */
	if (!f.keyed && origin_is_foreign(r))
		return reply_error(a, 403, "a form from another site must contain a key");
	return true;
}

bool multipart_form_read(struct request *r, struct reply *a)
{
	const char *wanted = request_parameter(r, "method");
	if (r->method != METHOD_POST || r->version == XAPI_2_0)
		return true;
	if (wanted == NULL && xapi_media_is(request_header(r, "Content-Type"),
				      "application/x-www-form-urlencoded"))
		return reply_error(a, 400, "a form requires the parameter 'method'");
	if (wanted == NULL)
		return true;
	if (r->parameters.count > 1)
		return reply_error(a, 400, "all parameters except 'method' must be in the form");
	enum method method = method_of(wanted);
	return method != METHOD_OTHER ? become_method(r, a, method)
				      : reply_error(a, 400, "unknown method '%s'", wanted);
}

bool multipart_form_parameters(struct request *r, struct reply *a)
{
	if (!xapi_media_is(request_header(r, "Content-Type"), "application/x-www-form-urlencoded"))
		return reply_error(
			a, 400, "a form must be sent as application/x-www-form-urlencoded");
	multipart_form_fields(&r->body, &r->parameters);
	return true;
}

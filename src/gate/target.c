/* gate/target.c - request targets: origin-form only (RFC 9112 3.2.1), decoded once; refuse
 * everything that two parsers could read differently */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define TARGET_LIMIT 16384
#define PAIRS_MAX 64

/* NULL: a broken or dangerous escape. The caller frees it. */
static char *decode_escapes(const char *text, size_t length, bool query)
{
	struct buf out = {0};
	bool good = true;
	for (size_t i = 0; i < length && good; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '%') {
			int byte = url_decode_byte(text + i, length - i);
			c = (unsigned char)byte;
			i += 2;
			good = byte >= 0 && (query || (c != '/' && c != '%' && c != '\\'));
		} else if (c == '+' && query) {
			c = ' ';
		}
		good = good && c >= 0x20 && c != 0x7F;
		buf_add_char(&out, (char)c);
	}
	if (!good || !utf8_valid(buf_text(&out), out.length)) {
		buf_finish(&out);
		return NULL;
	}
	return buf_steal(&out);
}

static bool take_segments(struct target *t, const char *path, size_t length, const char **why)
{
	size_t at = 1; /* after the first slash */
	while (at <= length) {
		size_t part = 0;
		while (at + part < length && path[at + part] != '/')
			part++;
		bool last = at + part >= length;
		cleanup_free char *segment = decode_escapes(path + at, part, false);
		*why = "the path has an escape or character that it must not have";
		if (segment == NULL)
			return false;
		*why = "the path is not in its plain form";
		if (text_same(segment, ".") || text_same(segment, "..") || (part == 0 && !last))
			return false;
		if (part > 0)
			words_add(&t->segments, segment);
		at += part + 1;
	}
	return true;
}

/* Accepts only the exact form "/v1.41/…". */
static bool take_version(struct target *t, const char **why)
{
	t->minor = -1;
	const char *first = t->segments.count > 0 ? t->segments.items[0] : "";
	if (first[0] != 'v' || !isdigit((unsigned char)first[1]))
		return true;
	long long minor;
	*why = "the API version is not one that this gate knows";
	if (!text_starts(first, "v1.") || first[3] == '0' || strlen(first) > 6 ||
		!text_number(first + 3, 24, 99, &minor))
		return false;
	t->minor = (int)minor;
	free(t->segments.items[0]);
	memmove(t->segments.items, t->segments.items + 1,
		t->segments.count * sizeof *t->segments.items); /* including the final NULL */
	t->segments.count--;
	return true;
}

void target_add(struct target *t, const char *name, const char *value)
{
	t->query = array_grow(t->query, t->query_count, sizeof *t->query);
	t->query[t->query_count++] = (struct pair){xstrdup(name), xstrdup(value)};
}

static bool take_query(struct target *t, const char *text, const char **why)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "&");
		const char *equals = memchr(text, '=', length);
		size_t name_length = equals != NULL ? (size_t)(equals - text) : length;
		cleanup_free char *name = decode_escapes(text, name_length, true);
		cleanup_free char *value =
			equals != NULL ? decode_escapes(equals + 1, length - name_length - 1, true)
				       : xstrdup("");
		*why = "the query has an escape or character that it must not have";
		if (name == NULL || value == NULL || memchr(text, ';', length) != NULL ||
			t->query_count == PAIRS_MAX)
			return false;
		if (length > 0)
			target_add(t, name, value);
		text += length + (text[length] == '&');
	}
	return true;
}

bool target_parse(const char *text, struct target *ret, const char **why)
{
	struct target t = {0};
	size_t path = strcspn(text, "?");
	*why = "the request's target is not a plain path";
	bool good = text[0] == '/' && strlen(text) <= TARGET_LIMIT && strchr(text, '#') == NULL &&
		    take_segments(&t, text, path, why) && take_version(&t, why) &&
		    take_query(&t, text[path] == '?' ? text + path + 1 : "", why);
	if (!good) {
		target_finish(&t);
		return false;
	}
	*ret = t;
	return true;
}

const char *target_query(const struct target *t, const char *name)
{
	for (size_t i = 0; i < t->query_count; i++)
		if (text_same(t->query[i].name, name))
			return t->query[i].value;
	return NULL;
}

void target_remove(struct target *t, const char *name)
{
	size_t kept = 0;
	for (size_t i = 0; i < t->query_count; i++) {
		if (text_same(t->query[i].name, name)) {
			free(t->query[i].name);
			free(t->query[i].value);
		} else {
			t->query[kept++] = t->query[i];
		}
	}
	t->query_count = kept;
}

void target_set(struct target *t, const char *name, const char *value)
{
	cleanup_free char *copy = xstrdup(value);
	target_remove(t, name);
	target_add(t, name, copy);
}

void target_finish(struct target *t)
{
	words_finish(&t->segments);
	for (size_t i = 0; i < t->query_count; i++) {
		free(t->query[i].name);
		free(t->query[i].value);
	}
	free(t->query);
	*t = (struct target){0};
}

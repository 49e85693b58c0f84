/* httpd/prefix.c - a server below a path of its address, as behind a reverse proxy: resources know
 * only paths from the server's root, "/people"; browsers see "/ropes/people". The proxy may remove
 * the prefix from requests or keep it. */
#include "server.h"

#include <stdlib.h>
#include <string.h>

#define UNRESERVED "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"

/* ---- the address ---- */

/* "", "/ropes", "/a/b": no part is empty, ".", "..", or needs encoding. */
static bool is_prefix(const char *path)
{
	while (*path == '/') {
		size_t length = strspn(path + 1, UNRESERVED);
		if (length == 0 || strspn(path + 1, ".") == length)
			return false;
		path += 1 + length;
	}
	return *path == '\0';
}

bool httpd_read_url(const char *text, char **ret, struct error *err)
{
	const char *scheme = strstr(text, "://");
	const char *host = scheme != NULL ? scheme + 3 : text, *path = host + strcspn(host, "/?#");
	size_t length = strlen(path);
	while (length > 0 && path[length - 1] == '/')
		length--;
	cleanup_free char *given = xstrndup(text, (size_t)(path - text)), *origin = NULL;
	cleanup_free char *prefix = xstrndup(path, length);
	if (!is_prefix(prefix) || !httpd_read_origin(given, &origin, NULL))
		return error_set_kind(err, ERROR_USAGE,
			"'%s' is not the address of a server; expected one like https://lab.example or https://lab.example/ropes",
			text);
	*ret = xasprintf("%s%s", origin, prefix);
	return true;
}

const char *httpd_prefix(const char *url)
{
	const char *scheme = strstr(url, "://");
	return scheme != NULL ? scheme + 3 + strcspn(scheme + 3, "/") : "";
}

/* ---- requests ---- */

void prefix_remove(const char *prefix, char *path)
{
	size_t length = strlen(prefix);
	if (length == 0 || !text_starts(path, prefix))
		return;
	if (path[length] == '/')
		memmove(path, path + length, strlen(path + length) + 1);
	else if (path[length] == '\0')
		path[1] = '\0'; /* "/ropes" is the root, too */
}

/* ---- answers ---- */

/* Is what stands before `="/` the name of an attribute with an address? Text in a page has no
 * quotes. */
static bool is_link(const char *page, const char *equals)
{
	static const char *const names[] = {" href", " action", " src", " data-events"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		size_t length = strlen(names[i]);
		if ((size_t)(equals - page) >= length &&
			memcmp(equals - length, names[i], length) == 0)
			return true;
	}
	return false;
}

static void add_to_page(const char *prefix, struct buf *page)
{
	static const char mark[] = "=\"/";
	struct buf out = {0};
	const char *begin = buf_text(page), *copied = begin, *at = begin;
	buf_reserve(&out, page->length + page->length / 8);
	while ((at = strstr(at, mark)) != NULL) {
		const char *path = at + strlen(mark) - 1;
		if (is_link(begin, at) && path[1] != '/') {
			buf_add(&out, copied, (size_t)(path - copied));
			buf_add_text(&out, prefix);
			copied = path;
		}
		at = path;
	}
	buf_add_text(&out, copied);
	buf_finish(page);
	*page = out;
}

/* Replaces the `old` that begins at `at` of a value. */
static void replace_at(char **value, const char *at, const char *old, const char *new)
{
	char *text = xasprintf("%.*s%s%s", (int)(at - *value), *value, new, at + strlen(old));
	free(*value);
	*value = text;
}

void prefix_add(const char *prefix, struct reply *a)
{
	static const char root[] = "; Path=/";
	if (*prefix == '\0' || a->is_whole)
		return;
	if (a->is_page)
		add_to_page(prefix, &a->body);
	cleanup_free char *path = xasprintf("; Path=%s", prefix);
	for (size_t i = 0; i < a->headers.count; i++) {
		struct pair *p = &a->headers.items[i];
		const char *at = text_same(p->name, "Set-Cookie") ? strstr(p->value, root) : NULL;
		if (at != NULL)
			replace_at(&p->value, at, root, path);
		else if (text_same(p->name, "Location") && p->value[0] == '/')
			replace_at(&p->value, p->value, "", prefix);
	}
}

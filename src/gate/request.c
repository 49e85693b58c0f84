/* gate/request.c - a request while the gate judges it: the rule that refused or changed it, and
 * the name of the object in its path */
#include "private.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void request_set_rule(struct request *r, const char *rule)
{
	char *copy = xstrdup(rule);
	free(r->rule);
	r->rule = copy;
}

bool request_refuse(struct request *r, int status, const char *rule, const char *format, ...)
{
	va_list args;
	r->status = status;
	request_set_rule(r, rule);
	buf_truncate(&r->message, 0);
	buf_add_text(&r->message, status == 404 ? "" : "ropes: ");
	va_start(args, format);
	buf_vprintf(&r->message, format, args);
	va_end(args);
	return false;
}

bool request_refuse_unreachable(struct request *r)
{
	return request_refuse(r, 502, "daemon",
		"the daemon at %s does not answer; try again when it is back", r->gate->upstream);
}

void request_clear_refusal(struct request *r)
{
	r->status = 0;
	buf_truncate(&r->message, 0);
	free(r->rule);
	r->rule = NULL;
}

bool request_has_archive(const struct request *r)
{
	return r->body_kind == BODY_TAR || r->body_kind == BODY_FILE;
}

/* ---- the name in the path ---- */

/* Finds the segments that form the name. */
static void name_range(const struct request *r, size_t *ret_from, size_t *ret_to)
{
	const char *brace = strchr(r->route->path, '{');
	size_t from = 0, behind = 0;
	*ret_from = *ret_to = 0;
	if (brace == NULL)
		return;
	for (const char *c = r->route->path; c < brace; c++)
		from += *c == '/';
	for (const char *c = brace; *c != '\0'; c++)
		behind += *c == '/';
	*ret_from = from;
	*ret_to = r->target.segments.count - behind;
}

char *request_object_name(const struct request *r)
{
	struct buf name = {0};
	size_t from, to;
	name_range(r, &from, &to);
	for (size_t i = from; i < to; i++)
		buf_printf(&name, "%s%s", i > from ? "/" : "", r->target.segments.items[i]);
	return buf_steal(&name);
}

void request_set_object_name(struct request *r, const char *name)
{
	struct words path = {0};
	size_t from, to;
	name_range(r, &from, &to);
	for (size_t i = 0; i < r->target.segments.count; i++) {
		if (i == from)
			words_add(&path, name);
		if (i < from || i >= to)
			words_add(&path, r->target.segments.items[i]);
	}
	words_finish(&r->target.segments);
	r->target.segments = path;
}

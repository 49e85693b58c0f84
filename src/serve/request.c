/* serve/request.c - parameters in, answers out */
#include "digest.h"
#include "private.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

void pairs_add(struct pairs *p, const char *name, const char *value)
{
	p->items = array_grow(p->items, p->count, sizeof *p->items);
	p->items[p->count++] = (struct pair){xstrdup(name), xstrdup(value)};
}

const char *pairs_find(const struct pairs *p, const char *name)
{
	for (size_t i = p->count; i-- > 0;)
		if (strcasecmp(p->items[i].name, name) == 0)
			return p->items[i].value;
	return NULL;
}

void pairs_finish(struct pairs *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->items[i].name);
		free(p->items[i].value);
	}
	free(p->items);
	*p = (struct pairs){0};
}

bool request_is_header_value(const char *value)
{
	while (*value != '\0' && (*value == '\t' || iscntrl((unsigned char)*value) == 0))
		value++;
	return *value == '\0';
}

const char *request_header(const struct request *r, const char *name)
{
	return pairs_find(&r->headers, name);
}

const char *request_parameter(const struct request *r, const char *name)
{
	for (size_t i = 0; i < r->parameters.count; i++)
		if (text_same(r->parameters.items[i].name, name))
			return r->parameters.items[i].value;
	return NULL;
}

bool request_takes(const struct request *r, struct reply *a, const char *const *names, size_t count)
{
	if (r->hidden)
		return reply_error(a, 400, "a parameter has a zero in it");
	for (size_t i = 0; i < r->parameters.count; i++) {
		const char *name = r->parameters.items[i].name;
		bool known = false;
		for (size_t k = 0; k < count; k++)
			known = known || text_same(name, names[k]);
		if (!known)
			return reply_error(a, 400, "there is no parameter '%s' here", name);
		if (!utf8_valid(r->parameters.items[i].value, strlen(r->parameters.items[i].value)))
			return reply_error(a, 400, "'%s' is not UTF-8", name);
		for (size_t k = 0; k < i; k++)
			if (text_same(r->parameters.items[k].name, name))
				return reply_error(a, 400, "'%s' is there twice", name);
	}
	return true;
}

bool request_flag(const struct request *r, struct reply *a, const char *name, bool *ret)
{
	const char *text = request_parameter(r, name);
	*ret = text_same(text, "true");
	if (text == NULL || *ret || text_same(text, "false"))
		return true;
	return reply_error(a, 400, "'%s' is true or false", name);
}

bool request_number(const struct request *r, struct reply *a, const char *name, int64_t *ret)
{
	const char *text = request_parameter(r, name);
	long long number;
	if (text == NULL || !text_number(text, 1, INT64_MAX, &number))
		return reply_error(a, 400, "'%s' is a number", name);
	*ret = number;
	return true;
}

bool request_agent(const struct request *r, struct reply *a, bool groups, bool needed, cJSON **ret,
	char **ret_key)
{
	const char *text = request_parameter(r, "agent");
	cleanup_error struct error err = {0};
	*ret = NULL;
	*ret_key = NULL;
	if (text == NULL)
		return !needed || reply_error(a, 400, "the parameter 'agent' is missing");
	cJSON *agent = xapi_parse(text, strlen(text), &err);
	if (agent == NULL)
		return reply_error(a, 400, "agent: %s", error_text(&err));
	if (!xapi_actor_valid(agent, groups, &err)) {
		cJSON_Delete(agent);
		return reply_error(a, 400, "%s", error_text(&err));
	}
	*ret_key = xapi_actor_key(agent);
	if (*ret_key == NULL) {
		cJSON_Delete(agent);
		return reply_error(a, 400, "agent: a group without an identifier finds nothing");
	}
	*ret = agent;
	return true;
}

/* ---- answers ---- */

bool reply_error(struct reply *a, unsigned status, const char *format, ...)
{
	va_list args;
	a->status = status;
	buf_truncate(&a->body, 0);
	va_start(args, format);
	buf_vprintf(&a->body, format, args);
	va_end(args);
	buf_add_char(&a->body, '\n');
	reply_header(a, "Content-Type", "text/plain; charset=utf-8");
	return false;
}

void reply_method(struct reply *a, const char *allowed)
{
	reply_error(a, 405, "the methods here are %s", allowed);
	reply_header(a, "Allow", allowed);
}

void reply_outcome(struct reply *a, enum lrs_outcome outcome, const struct error *err)
{
	static const unsigned statuses[] = {
		[LRS_DONE] = 204,
		[LRS_CONFLICT] = 409,
		[LRS_NOT_FOUND] = 404,
		[LRS_PRECONDITION] = 412,
		[LRS_INVALID] = 400,
		[LRS_FAILED] = 503,
	};
	a->status = statuses[outcome];
	if (outcome != LRS_DONE)
		reply_error(a, statuses[outcome], "%s",
			err->message != NULL ? error_text(err) : "there is nothing of that name");
}

void reply_text(struct reply *a, const char *type, const char *bytes, size_t length)
{
	a->status = 200;
	buf_truncate(&a->body, 0);
	buf_add(&a->body, bytes, length);
	reply_header(a, "Content-Type", type);
	reply_tag(a);
}

void reply_json(struct reply *a, cJSON *json)
{
	cleanup_free char *text = json_print_take(json);
	reply_text(a, "application/json", text, strlen(text));
}

void reply_header(struct reply *a, const char *name, const char *value)
{
	for (size_t i = 0; i < a->headers.count; i++)
		if (strcasecmp(a->headers.items[i].name, name) == 0) {
			char *copy = xstrdup(value);
			free(a->headers.items[i].value);
			a->headers.items[i].value = copy;
			return;
		}
	pairs_add(&a->headers, name, value);
}

void reply_tag(struct reply *a)
{
	char digest[DIGEST_TEXT_SIZE];
	digest_sha1(buf_text(&a->body), a->body.length, digest);
	cleanup_free char *quoted = xasprintf("\"%s\"", digest);
	reply_header(a, "ETag", quoted);
}

/* The type stays: caches take it over (RFC 9110, 15.4.5), and one may change where the bytes don't.
 */
void reply_unless_known(const struct request *r, struct reply *a)
{
	const char *known = request_header(r, "If-None-Match");
	const char *quoted = pairs_find(&a->headers, "ETag");
	if (r->method != METHOD_GET || a->status != 200 || known == NULL || quoted == NULL)
		return;
	cleanup_free char *tag = xstrndup(quoted + 1, strlen(quoted) - 2);
	if (lrs_tag_is_meant(known, tag))
		a->status = 304; /* the library sends no body with it, only how long it would be */
}

void reply_modified(struct reply *a, int64_t wall_ms)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;
	if (gmtime_r(&seconds, &tm) == NULL)
		return;
	cleanup_free char *text = xasprintf("%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday],
		tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
	reply_header(a, "Last-Modified", text);
}

/* httpd/reply.c - an answer's status, headers and body */
#include "digest.h"
#include "httpd.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

bool reply_error(struct reply *a, unsigned status, const char *format, ...)
{
	va_list args;
	a->status = status;
	buf_truncate(&a->body, 0);
	va_start(args, format);
	buf_vprintf(&a->body, _(format), args);
	va_end(args);
	buf_add_char(&a->body, '\n');
	reply_header(a, "Content-Type", "text/plain; charset=utf-8");
	return false;
}

void reply_method(struct reply *a, const char *allowed)
{
	reply_error(a, 405, "the methods allowed here are %s", allowed);
	reply_header(a, "Allow", allowed);
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

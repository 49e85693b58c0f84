/* quiz/gift.c - parts of a GIFT file: positions, text with escapes, formats */
#include "private.h"

#include <ctype.h>
#include <string.h>

/* ---- positions and text ---- */

bool gift_error(struct gift *gift, const char *at, const char *format, ...)
{
	cleanup_buf struct buf text = {0};
	size_t line = 1, column = 1;
	for (const char *c = gift->bytes; c < at; c++) {
		column = *c == '\n' ? 1 : column + ((*c & 0xC0) != 0x80);
		line += *c == '\n';
	}
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	return error_set(gift->err, 0, "%s:%zu:%zu: %s", gift->path, line, column, buf_text(&text));
}

const char *gift_find(struct gift_span span, const char *any)
{
	for (const char *c = span.at; c < span.end; c++) {
		if (*c == '\\')
			c++;
		else if (strchr(any, *c) != NULL)
			return c;
	}
	return span.end;
}

const char *gift_find_arrow(struct gift_span span)
{
	for (const char *c = span.at; c + 1 < span.end; c++)
		if (c[0] == '-' && c[1] == '>')
			return c;
	return NULL;
}

struct gift_span gift_trim(struct gift_span span)
{
	while (span.at < span.end && isspace((unsigned char)*span.at))
		span.at++;
	while (span.end > span.at && isspace((unsigned char)span.end[-1]))
		span.end--;
	return span;
}

/* The characters that a backslash makes ordinary, and what they become. */
static const char escaped[] = "~=#{}:\\n", meant[] = "~=#{}:\\\n";

const char *gift_text(struct gift *gift, struct gift_span span)
{
	cleanup_buf struct buf out = {0};
	for (const char *c = span.at; c < span.end; c++) {
		const char *found = *c == '\\' && c + 1 < span.end ? strchr(escaped, c[1]) : NULL;
		buf_add_char(&out, found != NULL ? meant[found - escaped] : *c);
		c += found != NULL;
	}
	struct gift_span text =
		gift_trim((struct gift_span){buf_text(&out), buf_text(&out) + out.length});
	return arena_strndup(&gift->quiz->arena, text.at, (size_t)(text.end - text.at));
}

/* ---- formats ---- */

static const char *const formats[] = {[QUIZ_MOODLE] = "[moodle]",
	[QUIZ_HTML] = "[html]",
	[QUIZ_PLAIN] = "[plain]",
	[QUIZ_MARKDOWN] = "[markdown]"};

const char *gift_format_mark(enum quiz_format format)
{
	return formats[format];
}

struct gift_span gift_format(struct gift_span span, enum quiz_format *ret)
{
	span = gift_trim(span);
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
		size_t length = strlen(formats[i]);
		if ((size_t)(span.end - span.at) >= length &&
			strncmp(span.at, formats[i], length) == 0) {
			*ret = (enum quiz_format)i;
			span.at += length;
			return span;
		}
	}
	return span;
}

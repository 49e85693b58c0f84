/* quiz/gift.c - parts of a GIFT file: positions, text with escapes, formats */
#include "private.h"

#include <ctype.h>
#include <string.h>

/* ---- positions and text ---- */

bool gift_error(const struct gift *gift, const char *at, struct error *err, const char *format, ...)
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
	return error_set(err, 0, "%s:%zu:%zu: %s", gift->path, line, column, buf_text(&text));
}

const char *gift_find(const char *at, const char *end, const char *any)
{
	for (; at < end; at++) {
		if (*at == '\\' && at + 1 < end)
			at++;
		else if (strchr(any, *at) != NULL)
			return at;
	}
	return end;
}

const char *gift_text(struct gift *gift, const char *start, const char *end)
{
	cleanup_buf struct buf out = {0};
	while (start < end && isspace((unsigned char)*start))
		start++;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	for (const char *c = start; c < end; c++) {
		if (*c == '\\' && c + 1 < end && strchr("~=#{}:\\\"'", c[1]) != NULL)
			buf_add_char(&out, *++c);
		else if (*c == '\\' && c + 1 < end && c[1] == 'n') {
			buf_add_char(&out, '\n');
			c++;
		} else {
			buf_add_char(&out, *c);
		}
	}
	return arena_strndup(&gift->quiz->arena, buf_text(&out), out.length);
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

const char *gift_format(const char *at, enum quiz_format *ret)
{
	at += strspn(at, " \t\n");
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
		if (text_starts(at, formats[i])) {
			*ret = (enum quiz_format)i;
			return at + strlen(formats[i]);
		}
	return at;
}

/* screen/layout.c - text with looks, broken into lines with margins */
#include "private.h"

#include <stdlib.h>
#include <string.h>

void styled_add(struct styled *s, unsigned look, const char *text, size_t length)
{
	size_t start = s->text.length;
	buf_add(&s->text, text, length);
	if (s->text.length > s->looks_capacity) {
		s->looks_capacity = s->text.length * 2;
		s->looks = xrealloc(s->looks, s->looks_capacity * sizeof *s->looks);
	}
	for (size_t i = start; i < s->text.length; i++)
		s->looks[i] = (uint16_t)look;
}

void styled_finish(struct styled *s)
{
	buf_finish(&s->text);
	free(s->looks);
	*s = (struct styled){0};
}

/* How much of text fits a line: up to a newline, the last blank that fits, or cut within a word.
 * *ret_skip is what follows the line and is not drawn. */
static size_t line_length(const char *text, size_t length, unsigned width, size_t *ret_skip)
{
	const char *newline = memchr(text, '\n', length);
	size_t part = newline != NULL ? (size_t)(newline - text) : length;
	size_t fits = utf8_fit(text, part, width);
	*ret_skip = fits == part && newline != NULL ? 1 : 0;
	if (fits == part)
		return fits;
	if (text[fits] == ' ') {
		*ret_skip = strspn(text + fits, " ");
		return fits;
	}
	for (size_t i = fits; i > 0; i--)
		if (text[i - 1] == ' ') {
			*ret_skip = 1;
			return i - 1 > 0 ? i - 1 : fits;
		}
	if (fits == 0) { /* a wide character in a narrow place */
		uint32_t point;
		return utf8_decode(text, part, &point);
	}
	return fits;
}

void break_lines(const char *text, size_t length, unsigned width,
	void (*line)(void *data, size_t at, size_t length), void *data)
{
	size_t at = 0, skip = 0;
	do {
		size_t part = line_length(text + at, length - at, width > 0 ? width : 1, &skip);
		line(data, at, part);
		at += part + skip;
	} while (at < length ||
		 (skip == 1 && at == length && length > 0 && text[length - 1] == '\n'));
}

struct laid {
	struct screen *screen;
	const struct styled *text;
	const struct margin *margin;
	size_t count;
};

static void draw_line(void *data, size_t at, size_t length)
{
	struct laid *l = data;
	const char *front = l->count == 0 ? l->margin->first : l->margin->rest;
	if (front != NULL && length == 0 && l->count > 0 && text_is_blank(front))
		front = NULL;
	if (front != NULL)
		draw(l->screen, l->margin->look, front, strlen(front));
	for (size_t end = at + length; at < end;) {
		size_t run = 1;
		while (at + run < end && l->text->looks[at + run] == l->text->looks[at])
			run++;
		draw(l->screen, l->text->looks[at], l->text->text.data + at, run);
		at += run;
	}
	screen_newline(l->screen);
	l->count++;
}

void layout(
	struct screen *s, const struct styled *text, const struct margin *margin, unsigned width)
{
	struct laid l = {.screen = s, .text = text, .margin = margin};
	size_t first = margin->first != NULL ? utf8_width(margin->first, strlen(margin->first)) : 0;
	size_t rest = margin->rest != NULL ? utf8_width(margin->rest, strlen(margin->rest)) : 0;
	size_t front = first > rest ? first : rest;
	unsigned room = front + 8 <= width ? width - (unsigned)front : 8;
	break_lines(buf_text(&text->text), text->text.length, room, draw_line, &l);
}

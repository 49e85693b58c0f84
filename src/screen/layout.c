/* screen/layout.c - breaks text with looks into lines with margins */
#include "private.h"

#include <string.h>

#define DOT "· "
#define ROOM_MIN 8 /* columns that a margin leaves to its text */

/* Returns the last word break before `fits`: after a word, before blanks. 0: there is none. */
static size_t last_gap(const char *text, size_t fits, size_t *ret_skip)
{
	size_t blank = fits;
	while (blank > 0 && text[blank - 1] != ' ')
		blank--;
	size_t end = blank;
	while (end > 0 && text[end - 1] == ' ')
		end--;
	*ret_skip = end > 0 ? blank - end : 0;
	return end;
}

/* The same, but not before a dot that separates parts: it ends a line. */
static size_t last_gap_after_dot(const char *text, size_t fits, size_t *ret_skip)
{
	size_t gap = last_gap(text, fits, ret_skip);
	while (gap > 0 && text_starts(text + gap + *ret_skip, DOT))
		gap = last_gap(text, gap, ret_skip);
	return gap;
}

/* Returns how much of text fits a line: up to a newline, the last blank that fits, or a cut within
 * a word. *ret_skip is the length after the line that is not drawn. Looks no further than the line,
 * so that a line of a megabyte costs no more than its parts. */
static size_t line_length(const char *text, size_t length, unsigned width, size_t *ret_skip)
{
	size_t fits = utf8_fit(text, length, width);
	const char *newline = memchr(text, '\n', fits);
	if (newline != NULL) {
		*ret_skip = 1;
		return (size_t)(newline - text);
	}
	*ret_skip = 0;
	if (fits == length)
		return fits;
	if (fits == 0) { /* a wide character in a narrow column */
		uint32_t point;
		return utf8_decode(text, length, &point);
	}
	size_t blanks = 0;
	while (fits + blanks < length && text[fits + blanks] == ' ')
		blanks++;
	if (blanks > 0) {
		size_t more = fits + blanks;
		size_t gap = text_starts(text + more, DOT)
				     ? last_gap_after_dot(text, fits, ret_skip)
				     : 0;
		if (gap > 0)
			return gap;
		*ret_skip = more < length && text[more] == '\n' ? blanks + 1 : blanks;
		return fits;
	}
	if (text[fits] == '\n') {
		*ret_skip = 1;
		return fits;
	}
	size_t gap = last_gap_after_dot(text, fits, ret_skip);
	return gap > 0 ? gap : fits;
}

void layout_break_lines(const char *text, size_t length, unsigned width,
	void (*line)(void *data, size_t at, size_t length), void *data)
{
	size_t at = 0, skip = 0;
	do {
		size_t part = line_length(text + at, length - at, width > 0 ? width : 1, &skip);
		line(data, at, part);
		at += part + skip;
	} while (at < length || (skip > 0 && text[length - 1] == '\n'));
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
	if (front != NULL && length == 0 && text_is_blank(front))
		front = NULL;
	if (front != NULL)
		draw_text(l->screen, l->margin->look, front, strlen(front));
	draw_styled(l->screen, l->text, at, length);
	screen_newline(l->screen);
	l->count++;
}

static unsigned width_of(const char *text)
{
	return text != NULL ? (unsigned)utf8_width(text, strlen(text)) : 0;
}

/* If the margin leaves too little room, its words become the first words of the text. */
static void layout_narrow(
	struct screen *s, const struct styled *text, const struct margin *margin, unsigned width)
{
	struct styled joined = {0};
	const struct margin small = {"", "", 0};
	const char *first = margin->first != NULL ? margin->first : "";
	styled_add(&joined, margin->look, first, strlen(first));
	styled_append(&joined, text);
	struct laid l = {.screen = s, .text = &joined, .margin = &small};
	layout_break_lines(buf_text(&joined.text), joined.text.length, width, draw_line, &l);
	styled_finish(&joined);
}

void layout_write(
	struct screen *s, const struct styled *text, const struct margin *margin, unsigned width)
{
	struct laid l = {.screen = s, .text = text, .margin = margin};
	unsigned first = width_of(margin->first), rest = width_of(margin->rest);
	unsigned front = first > rest ? first : rest;
	if (front + ROOM_MIN > width)
		layout_narrow(s, text, margin, width);
	else
		layout_break_lines(
			buf_text(&text->text), text->text.length, width - front, draw_line, &l);
}

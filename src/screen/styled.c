/* screen/styled.c - text with a look for every byte */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define TAB 4

static void add_piece(struct styled *s, unsigned look, const char *text, size_t length)
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

/* Expand tabs here, so that what is measured is what is drawn. */
void styled_add(struct styled *s, unsigned look, const char *text, size_t length)
{
	static const char blanks[TAB] = {' ', ' ', ' ', ' '};
	for (size_t at = 0; at < length;) {
		size_t part = at;
		while (part < length && text[part] != '\t' && text[part] != '\n')
			part++;
		add_piece(s, look, text + at, part - at);
		if (part < length && text[part] == '\n') {
			add_piece(s, look, "\n", 1);
			s->line_start = s->text.length;
		} else if (part < length) {
			size_t column = s->text.length - s->line_start;
			add_piece(s, look, blanks, TAB - column % TAB);
		}
		at = part + 1;
	}
}

void styled_append(struct styled *s, const struct styled *other)
{
	for (size_t at = 0; at < other->text.length;) {
		size_t run = 1;
		while (at + run < other->text.length && other->looks[at + run] == other->looks[at])
			run++;
		styled_add(s, other->looks[at], other->text.data + at, run);
		at += run;
	}
}

void styled_finish(struct styled *s)
{
	buf_finish(&s->text);
	free(s->looks);
	*s = (struct styled){0};
}

/* Inline code between backquotes gets its look; without colour the backquotes remain. */
void styled_add_marked(struct styled *t, unsigned look, const char *text, bool colour)
{
	bool code = false;
	while (*text != '\0') {
		size_t length = strcspn(text, "`");
		styled_add(t, code ? look | LOOK_CODE : look, text, length);
		text += length;
		if (*text != '`')
			break;
		bool closes = code || strchr(text + 1, '`') != NULL;
		if (!colour || !closes)
			styled_add(t, look, "`", 1);
		code = closes && !code;
		text++;
	}
}

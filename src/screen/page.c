/* screen/page.c - pages: redraws a terminal's whole screen without flicker */
#include "private.h"

#include <string.h>

bool screen_has_pages(const struct screen *s)
{
	return s->terminal && s->drawing;
}

void screen_page_begin(struct screen *s)
{
	if (!screen_has_pages(s))
		return;
	if (!s->pages) {
		screen_flush(s);
		screen_raw(s, true);
		buf_add_text(&s->out, "\033[?1049h\033[?25l");
		screen_flush(s);
	}
	s->pages = true;
	s->page = true;
}

static unsigned count_lines(const char *text)
{
	unsigned count = 0;
	for (; *text != '\0'; count++)
		text += strcspn(text, "\n") + (strchr(text, '\n') != NULL);
	return count;
}

/* The last row says how much does not fit. */
static void draw_rest(struct screen *s, unsigned lines)
{
	cleanup_free char *text = xasprintf("… %u more", lines);
	draw_text(s, LOOK_DIM, text, strlen(text));
}

/* Writes each line over the old one and erases what is left of it, then erases everything below. */
void screen_page_end(struct screen *s)
{
	if (!s->page)
		return;
	struct buf page = s->out;
	s->out = (struct buf){0};
	buf_add_text(&s->out, "\033[H");
	const char *line = buf_text(&page);
	unsigned lines = count_lines(line);
	for (unsigned row = 0; row < s->rows && *line != '\0'; row++) {
		size_t length = strcspn(line, "\n");
		buf_add_text(&s->out, row > 0 ? "\r\n" : "");
		if (row + 1 == s->rows && lines > s->rows)
			draw_rest(s, lines - row);
		else
			buf_add(&s->out, line, length);
		buf_add_text(&s->out, "\033[0m\033[K");
		line += length + (line[length] == '\n');
	}
	buf_add_text(&s->out, "\033[J");
	buf_finish(&page);
	s->page = false;
	screen_flush(s);
}

void screen_page_leave(struct screen *s)
{
	if (!s->pages)
		return;
	s->page = false;
	s->pages = false;
	buf_truncate(&s->out, 0);
	buf_add_text(&s->out, "\033[?25h\033[?1049l");
	screen_flush(s);
	screen_raw(s, false);
}

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

void screen_page_scroll(struct screen *s, struct screen_scroll *scroll, unsigned lines)
{
	if (!s->page)
		return;
	s->scroll = scroll;
	scroll->begin = s->out.length;
	scroll->lines = lines;
}

static const char *skip_lines(const char *text, unsigned count)
{
	for (; count > 0 && *text != '\0'; count--)
		text += strcspn(text, "\n") + (strchr(text, '\n') != NULL);
	return text;
}

/* Starts the row `row`, and ends the one before it. */
static void begin_row(struct screen *s, unsigned row)
{
	buf_add_text(&s->out, row > 0 ? "\033[0m\033[K\r\n" : "");
}

static void draw_note(struct screen *s, const char *text)
{
	draw_text(s, LOOK_DIM, text, utf8_fit(text, strlen(text), s->width));
}

/* Writes lines of the text into the rows from `row` on. Returns the row after them. */
static unsigned draw_lines(struct screen *s, const char *text, unsigned row, unsigned end)
{
	for (; row < end && *text != '\0'; row++) {
		size_t length = strcspn(text, "\n");
		begin_row(s, row);
		buf_add(&s->out, text, length);
		text += length + (text[length] == '\n');
	}
	return row;
}

/* Brings the first item into the list, so that no row below the last one stays empty. */
static void settle_scroll(struct screen_scroll *scroll, unsigned items, unsigned room)
{
	scroll->shown = room / scroll->lines;
	unsigned last = items > scroll->shown ? items - scroll->shown : 0;
	if (scroll->first > last)
		scroll->first = last;
}

/* Draws the head, the items of the list that fit, and where they are in it. Returns false if there
 * is no need, or no room. */
static bool draw_scrolled(struct screen *s, const char *head, const char *list)
{
	struct screen_scroll *scroll = s->scroll;
	unsigned lines = count_lines(list), above = count_lines(head) - lines;
	unsigned items = lines / scroll->lines;
	if (above + lines <= s->rows || s->rows < above + 1 + scroll->lines) {
		settle_scroll(scroll, items, lines);
		return false;
	}
	settle_scroll(scroll, items, s->rows - above - 1);
	unsigned row = draw_lines(s, head, 0, above);
	row = draw_lines(s, skip_lines(list, scroll->first * scroll->lines), row,
		row + scroll->shown * scroll->lines);
	cleanup_free char *note = xasprintf(_("%u above, %u below: arrows, Page Up, Page Down"),
		scroll->first, items - scroll->first - scroll->shown);
	begin_row(s, row);
	draw_note(s, note);
	return true;
}

/* The last row says how much does not fit. */
static void draw_cut(struct screen *s, const char *page)
{
	unsigned lines = count_lines(page), end = lines > s->rows ? s->rows - 1 : s->rows;
	unsigned row = draw_lines(s, page, 0, end);
	if (lines <= s->rows)
		return;
	cleanup_free char *note = xasprintf(_("… %u more"), lines - end);
	begin_row(s, row);
	draw_note(s, note);
}

/* Writes each line over the old one and erases what is left of it, then erases everything below. */
void screen_page_end(struct screen *s)
{
	if (!s->page)
		return;
	struct buf page = s->out;
	s->out = (struct buf){0};
	buf_add_text(&s->out, "\033[H");
	const char *text = buf_text(&page);
	if (s->scroll == NULL || !draw_scrolled(s, text, text + s->scroll->begin))
		draw_cut(s, text);
	buf_add_text(&s->out, "\033[0m\033[K\033[J");
	buf_finish(&page);
	s->scroll = NULL;
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

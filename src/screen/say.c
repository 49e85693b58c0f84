/* screen/say.c - ropes' own text: sentences, a progress line, bars */
#include "private.h"

#include <stdlib.h>
#include <string.h>

void screen_say(
	struct screen *s, enum screen_style style, const char *mark, const char *format, ...)
{
	cleanup_buf struct buf text = {0};
	cleanup_free char *own = screen_own(s, _(format)),
			  *front = screen_mark(s, mark ? mark : "");
	struct styled styled = {0};
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, own, args);
	va_end(args);
	screen_progress(s, NULL);
	unsigned look = draw_look(style);
	styled_add_marked(&styled, look, buf_text(&text), s->colour);
	cleanup_free char *rest = xasprintf("%*s", (int)utf8_width(front, strlen(front)), "");
	const struct margin margin = {.first = front, .rest = rest, .look = look};
	layout_write(s, &styled, &margin, s->width);
	styled_finish(&styled);
}

void screen_progress(struct screen *s, const char *what)
{
	if (what == NULL && !s->progress)
		return;
	if (!s->drawing) {
		if (what != NULL) {
			draw_text(s, 0, what, strlen(what));
			buf_add_text(&s->out, s->words ? "...\n" : " …\n");
			screen_flush(s);
		}
		return;
	}
	buf_add_text(&s->out, "\r\033[K");
	if (what != NULL) {
		size_t fits = utf8_fit(what, strlen(what), s->width - 3);
		draw_text(s, LOOK_DIM, what, fits);
		draw_text(s, LOOK_DIM, " …", strlen(" …"));
	}
	s->progress = what != NULL;
	screen_flush(s);
}

void screen_bar(
	const struct screen *s, unsigned done, unsigned all, unsigned columns, struct buf *out)
{
	if (all == 0)
		return;
	unsigned full = done >= all ? columns : done * columns / all;
	if (s->drawing) {
		for (unsigned i = 0; i < columns; i++)
			buf_add_text(out, i < full ? "█" : "░");
		buf_add_char(out, ' ');
	}
	buf_printf(out, "%u/%u", done, all);
}

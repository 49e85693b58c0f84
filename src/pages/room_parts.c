/* pages/room_parts.c - pieces of a workshop's pages */
#include "page.h"
#include "room_page.h"

#include <string.h>

const struct page_word room_parts_words[] = {
	{"lost",
		N_("No connection to the server since %s. What you see is old. It will resume when the server is back.")},
	{"now", N_("now")},
	{"gone", N_("This address no longer opens the page.")},
	{"seconds", N_("%lld s")},
	{"minutes", N_("%lld min")},
	{"hours", N_("%lld h %02lld min")},
	{0},
};

void room_parts_marked(struct buf *out, const char *text)
{
	bool code = false;
	while (*text != '\0') {
		size_t length = strcspn(text, "`\n");
		cleanup_free char *part = xstrndup(text, length);
		page_text(out, part);
		text += length;
		if (*text == '\n')
			buf_add_text(out, "<br>");
		else if (*text == '`' && (code || strchr(text + 1, '`') != NULL)) {
			buf_add_text(out, code ? "</code>" : "<code>");
			code = !code;
		} else if (*text == '`')
			buf_add_char(out, '`');
		text += *text != '\0';
	}
	buf_add_text(out, code ? "</code>" : "");
}

void room_parts_age(struct buf *out, int64_t seconds)
{
	buf_printf(out, "<span data-age=\"%lld\">", (long long)seconds);
	text_duration(out, seconds * 1000);
	buf_add_text(out, "</span>");
}

void room_parts_number(struct buf *out, const struct board *board, size_t step)
{
	const struct board_lesson *lesson = board_lesson_of(board, step);
	if (lesson == NULL)
		return;
	page_text(out, lesson->number != NULL ? lesson->number : "");
	buf_add_text(out, " · ");
	buf_printf(out, _("step %zu of %zu"), step - lesson->first + 1, lesson->steps);
}

void room_parts_step(struct buf *out, const struct board *board, size_t step)
{
	if (step >= board->step_count)
		return;
	buf_add_text(out, "<span class=\"number\">");
	room_parts_number(out, board, step);
	buf_add_text(out, "</span> ");
	page_text(out, board->steps[step].title != NULL ? board->steps[step].title : "");
}

void room_parts_clock(struct buf *out, const struct board *board)
{
	char text[TIME_TEXT_SIZE];
	time_format_iso8601(board->clock_ms + board->offset_s * 1000, text);
	buf_printf(out, "<time id=\"clock\" data-clock=\"%lld\">%.5s</time>",
		(long long)(board->clock_ms + board->offset_s * 1000), text + 11);
}

void room_parts_countdown(struct buf *out, const struct board *board)
{
	int64_t left_s = (board->timer_ms - board->clock_ms + 999) / 1000;
	if (board->timer_ms <= 0)
		return;
	left_s = left_s > 0 ? left_s : 0;
	buf_printf(out,
		"<b class=\"countdown%s\" role=\"timer\" data-left=\"%lld\">%lld:%02lld</b>",
		left_s == 0 ? " up" : "", (long long)(board->timer_ms - board->clock_ms),
		(long long)(left_s / 60), (long long)(left_s % 60));
}

void room_parts_form(struct buf *out, const struct room_view_options *options, const char *order,
	const char *class)
{
	buf_add_text(out, "<form method=\"post\" action=\"");
	page_text(out, options->action);
	buf_printf(out, "\" class=\"%s\">", class);
	if (order != NULL)
		buf_printf(out, "<input type=\"hidden\" name=\"do\" value=\"%s\">", order);
}

/* export/markdown.c - an account to read and keep, as Markdown (CommonMark and tables) */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* Returns whether a character may be markup where it stands: `line` is where its line begins, NULL
 * if something else stands before that. */
static bool is_markup(const char *c, const char *line)
{
	if (strchr("\\*_[]<>|&#", *c) != NULL)
		return true;
	if (line == NULL)
		return false;
	bool numbers = (size_t)(c - line) == strspn(line, "0123456789");
	return c == line ? strchr("+-=~", *c) != NULL : numbers && strchr(".)", *c) != NULL;
}

/* Appends a text in which only code in `…` is markup. Lines after the first get `indent`. */
static void write_prose(struct buf *out, const char *text, const char *indent)
{
	bool code = false;
	const char *line = text_ends(buf_text(out), ": ") ? NULL : text;
	for (const char *c = text; *c != '\0'; c++) {
		bool opens = *c == '`' && !code && strchr(c + 1, '`') != NULL;
		if (*c == '\n') {
			buf_printf(out, "\n%s", indent);
			line = c + 1;
			continue;
		}
		if ((*c == '`' && !code && !opens) || (!code && is_markup(c, line)))
			buf_add_char(out, '\\');
		code = *c == '`' ? opens : code;
		buf_add_char(out, *c);
	}
}

/* A fence is longer than any run of its marks in the text. */
static void write_fence(struct buf *out, const char *text, const char *indent)
{
	size_t longest = 2, run = 0;
	for (const char *c = text; *c != '\0'; c++) {
		run = *c == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	cleanup_buf struct buf fence = {0};
	buf_add_repeat(&fence, '`', longest + 1);
	buf_printf(out, "%s%ssh\n%s", indent, buf_text(&fence), indent);
	for (const char *c = text; *c != '\0'; c++) {
		buf_add_char(out, *c);
		if (*c == '\n')
			buf_add_text(out, indent);
	}
	buf_printf(out, "\n%s%s\n", indent, buf_text(&fence));
}

/* ---- the table of lessons ---- */

static void add_steps_cell(struct buf *out, const struct record_lesson *l)
{
	buf_printf(out, _("%u done"), l->done);
	if (l->skipped > 0) {
		buf_add_text(out, ", ");
		buf_printf(out, _("%u skipped"), l->skipped);
	}
	if (l->shown > 0) {
		buf_add_text(out, ", ");
		buf_printf(out, _("%u shown"), l->shown);
	}
}

static void write_lesson_row(struct buf *out, const struct record_lesson *l)
{
	buf_add_text(out, "| ");
	write_prose(out, text_is_blank(l->title) ? l->lesson : l->title, "");
	buf_printf(out, " | %s | ",
		l->passed      ? _("passed")
		: l->completed ? _("completed")
			       : _("begun"));
	add_steps_cell(out, l);
	buf_add_text(out, " | ");
	if (l->quiz.count > 0)
		buf_printf(out, "%.0f / %.0f / %.0f %%", l->quiz.first * 100, l->quiz.best * 100,
			l->quiz.last * 100);
	buf_add_text(out, " | ");
	text_duration(out, l->time_ms);
	buf_add_text(out, " |\n");
}

static void write_course_head(struct buf *out, const struct record_course *c)
{
	char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
	time_format_iso8601(c->first_ms, first);
	time_format_iso8601(c->last_ms, last);
	buf_add_text(out, "\n## ");
	write_prose(out, text_is_blank(c->title) ? c->course : c->title, "");
	cleanup_buf struct buf time = {0};
	text_duration(&time, c->time_ms);
	buf_add_text(out, "\n\n");
	buf_printf(out, _("%.10s to %.10s, time on task: %s"), first, last, buf_text(&time));
	buf_printf(out, "\n\n%s\n| --- | --- | --- | --- | --- |\n",
		_("| lesson | state | steps | quiz: first / best / last | time |"));
	for (size_t i = 0; i < c->lesson_count; i++)
		write_lesson_row(out, &c->lessons[i]);
}

/* ---- a lesson ---- */

static void write_done(struct buf *out, const struct item *item)
{
	bool same = item->line_count == 1 && text_same(item->lines[0], item->text);
	buf_add_text(out, "\n- ");
	if (!text_same(item->kind, course_step_kind_name(STEP_EXAMPLE)))
		write_prose(out, item->text[0] != '\0' ? item->text : item->id, "  ");
	else if (same || item->text[0] == '\0')
		buf_add_text(out, _("Example"));
	else {
		buf_printf(out, "%s\n\n", _("Example, instead of"));
		write_fence(out, item->text, "  ");
	}
	buf_add_text(out, "\n");
	for (size_t i = 0; i < item->line_count; i++) {
		buf_add_char(out, '\n');
		write_fence(out, item->lines[i], "  ");
	}
}

static void write_option(void *data, const char *mark, const char *text)
{
	struct buf *out = data;
	buf_printf(out, "\n  - %s", mark);
	write_prose(out, text, "    ");
}

static void write_fact(struct buf *out, const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	buf_printf(out, "\n\n  %s: ", name);
	write_prose(out, text, "  ");
}

static void write_missed(struct buf *out, const struct item *item)
{
	buf_add_text(out, "\n- ");
	write_prose(out, item->text[0] != '\0' ? item->text : item->id, "  ");
	if (wording_has_options(item))
		buf_add_char(out, '\n');
	wording_list_options(item, write_option, out);
	write_fact(out, _("Answered"), item->given);
	write_fact(out, _("Right"), item->solution);
	write_fact(out, _("Why"), item->explanation);
	buf_add_text(out, "\n\n  ");
	buf_printf(out,
		item->right ? _("Answers: %u, wrong: %u; the latest was right")
			    : _("Answers: %u, wrong: %u"),
		item->tries, item->failures);
	buf_add_char(out, '\n');
}

static bool has_notes(const struct item *item)
{
	return item->note_count > 0;
}

static void write_notes(struct buf *out, const struct item *item)
{
	for (size_t i = 0; i < item->note_count; i++) {
		char time[TIME_TEXT_SIZE];
		time_format_iso8601(item->notes[i].time_ms, time);
		buf_printf(out, "\n- %.10s: ", time);
		write_prose(out, item->notes[i].text, "  ");
		buf_add_char(out, '\n');
	}
}

static bool is_worth_showing(const struct item *item)
{
	bool done = item->step != NULL && item->state == RECORD_STEP_DONE;
	return account_asks(item) && !account_is_question(item) && (done || item->line_count > 0);
}

/* Adds the items of a lesson that `fits` accepts, below a heading; nothing if there is none. */
static void write_section(struct buf *out, const struct account_course *c, const char *lesson,
	const char *heading, bool (*fits)(const struct item *item),
	void (*add)(struct buf *out, const struct item *item))
{
	bool any = false;
	for (size_t i = 0; i < c->item_count; i++) {
		const struct item *item = &c->items[i];
		if (!text_same(item->lesson, lesson) || !fits(item))
			continue;
		if (!any)
			buf_printf(out, "\n**%s**\n", heading);
		any = true;
		add(out, item);
	}
}

static void write_lesson(
	struct buf *out, const struct account_course *c, const struct record_lesson *l)
{
	cleanup_buf struct buf parts = {0};
	write_section(&parts, c, l->lesson, _("Done"), is_worth_showing, write_done);
	write_section(&parts, c, l->lesson, _("Answered wrongly"), account_is_missed, write_missed);
	write_section(&parts, c, l->lesson, _("My notes"), has_notes, write_notes);
	if (parts.length == 0)
		return;
	buf_add_text(out, "\n### ");
	write_prose(out, text_is_blank(l->title) ? l->lesson : l->title, "");
	buf_printf(out, "\n%s", buf_text(&parts));
}

void markdown_write(const struct account *account, const char *learner, struct buf *out)
{
	cleanup_buf struct buf name = {0};
	write_prose(&name, learner, "");
	buf_add_text(out, "# ");
	buf_printf(out, _("What %s learned"), buf_text(&name));
	buf_add_char(out, '\n');
	if (account->course_count == 0)
		buf_printf(out, "\n%s\n", _("Nothing is recorded yet."));
	for (size_t i = 0; i < account->course_count; i++) {
		const struct account_course *c = &account->courses[i];
		write_course_head(out, c->recorded);
		for (size_t k = 0; k < c->recorded->lesson_count; k++)
			write_lesson(out, c, &c->recorded->lessons[k]);
	}
}

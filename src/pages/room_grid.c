/* pages/room_grid.c - learners and their steps, and the steps where people are stuck */
#include "page.h"
#include "room_page.h"

#include <stdlib.h>
#include <string.h>

#define STEPS_SHOWN 6

/* ---- one learner's steps as cells ---- */

/* Encode the state in the height, too, not only in the colour: 0 … 10 from the top. */
static const struct {
	char letter;
	const char *class;
	int top, height;
} marks[] = {
	{'d', "done", 0, 10},
	{'h', "shown", 3, 7},
	{'s', "skipped", 7, 3},
	{'r', "reached", 5, 5},
	{'f', "failed", 0, 4},
	{'f', "failed", 6, 4},
};

/* Every step is a cell of its own; in the whole course, every lesson. */
static void add_borders(struct buf *out, const struct board *board, const struct board_lesson *one)
{
	buf_add_text(out, "<path class=\"cell\" d=\"");
	for (size_t i = 1; one != NULL && i < one->steps; i++)
		buf_printf(out, "M%zu 0v10", one->first + i);
	for (size_t i = 1; one == NULL && i < board->lesson_count; i++)
		buf_printf(out, "M%zu 0v10", board->lessons[i].first);
	buf_add_text(out, "\"/>");
}

/* one NULL: the whole course. */
static void add_strip(struct buf *out, const struct board *board, const struct board_learner *l,
	const struct board_lesson *one)
{
	const char *grid = l->grid != NULL ? l->grid : "";
	size_t first = one != NULL ? one->first : 0, length = strlen(grid);
	size_t count = one != NULL ? one->steps : board->step_count;
	size_t end = first + count < length ? first + count : length;
	buf_printf(out,
		"<svg class=\"strip\" viewBox=\"%zu 0 %zu 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
		first, count);
	for (size_t i = 0; i < ARRAY_LENGTH(marks); i++) {
		buf_printf(out, "<path class=\"%s\" d=\"", marks[i].class);
		for (size_t k = first; k < end;) {
			size_t run = 0;
			while (k + run < end && grid[k + run] == marks[i].letter)
				run++;
			if (run > 0)
				buf_printf(out, "M%zu %dh%zuv%dh-%zuz", k, marks[i].top, run,
					marks[i].height, run);
			k += run > 0 ? run : 1;
		}
		buf_add_text(out, "\"/>");
	}
	add_borders(out, board, one);
	buf_add_text(out, "</svg>");
}

static const struct board_lesson *lesson_shown(
	const struct board *b, const struct board_learner *l, const struct room_view_options *o)
{
	for (size_t i = 0; o->lesson != NULL && i < b->lesson_count; i++)
		if (text_same(b->lessons[i].lesson, o->lesson))
			return &b->lessons[i];
	if (text_same(o->lesson, "all") || b->lesson_count == 0)
		return NULL;
	const struct board_lesson *own = board_lesson_of(b, l->at);
	return own != NULL ? own : l->finished ? &b->lessons[b->lesson_count - 1] : &b->lessons[0];
}

static void add_steps_of(struct buf *out, const struct board *b, const struct board_learner *l,
	const struct room_view_options *o)
{
	const struct board_lesson *lesson = lesson_shown(b, l, o);
	buf_add_text(out, "<td class=\"cells\"><div class=\"track\">");
	add_strip(out, b, l, lesson);
	unsigned done = lesson != NULL ? board_done_in(l, lesson) : l->done;
	size_t of = lesson != NULL ? lesson->steps : b->step_count;
	cleanup_free char *number =
		lesson != NULL && lesson->number != NULL ? page_escape(lesson->number) : NULL;
	buf_add_text(out, "<span>");
	if (number != NULL)
		buf_printf(out, _("<b>%u of %zu</b> in %s"), done, of, number);
	else
		buf_printf(out, _("<b>%u of %zu</b>"), done, of);
	buf_add_text(out, "</span></div></td>");
	if (lesson != NULL) {
		buf_add_text(out, "<td class=\"n\">");
		buf_printf(out, _("%u of %u"), l->done, l->of);
		buf_add_text(out, "</td>");
	}
}

/* ---- the table ---- */

static void add_badges(struct buf *out, const struct board_learner *l)
{
	static const char *const classes[] = {
		[BOARD_QUIET] = "soft", [BOARD_GOOD] = "good", [BOARD_WARN] = "warn"};
	struct board_badge badges[BOARD_BADGES_MAX];
	size_t count = board_badges(l, badges);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, " <span class=\"badge %s\">%s</span>", classes[badges[i].tone],
			_(badges[i].words));
}

static void add_last_command(struct buf *out, const struct board_learner *l)
{
	bool passed = text_same(l->verdict, "held");
	if (l->line == NULL)
		return;
	buf_printf(out, "<span role=\"img\" class=\"%s\" aria-label=\"%s\">%s</span> <code>",
		passed ? "good" : "bad", passed ? _("passed") : _("not passed"),
		passed ? "✔" : "✘");
	page_text(out, l->line);
	buf_add_text(out, "</code>");
}

/* Opens the terminal's page as a guest. Its address brings the board's token. */
static void add_look(
	struct buf *out, const struct board_learner *l, const struct room_view_options *o)
{
	buf_add_text(out, " <a class=\"look\" target=\"_blank\" rel=\"noopener\" id=\"look-");
	page_text(out, l->learner);
	buf_add_text(out, "\" href=\"/terminal?look=");
	page_text(out, l->learner);
	cleanup_free char *name = page_escape(l->name);
	buf_printf(out, "#%s\">", o->token);
	/* po: the first words are the button's, the rest is for screen readers */
	buf_printf(out, _("Look on<span class=\"unseen\"> at %s</span>"), name);
	buf_add_text(out, "</a>");
}

static void add_learner(struct buf *out, const struct board *b, const struct board_learner *l,
	const struct room_view_options *o)
{
	static const char *const classes[] = {
		[BOARD_MOVING] = "", [BOARD_STUCK] = " warn", [BOARD_STUCK_LONG] = " bad"};
	buf_add_text(out, "<tr><th scope=\"row\"><bdi>");
	page_text(out, l->name);
	buf_add_text(out, "</bdi>");
	add_badges(out, l);
	if (l->in_browser && l->here && !b->ended)
		add_look(out, l, o);
	buf_add_text(out, "</th>");
	add_steps_of(out, b, l, o);
	buf_add_text(out, "<td class=\"at\">");
	if (l->finished)
		buf_add_text(out, _("the end"));
	else if (l->at == BOARD_NOWHERE)
		buf_add_text(out, _("not started"));
	room_parts_step(out, b, l->at);
	buf_printf(out, "</td><td class=\"n%s\">", classes[board_is_stuck(l, 0)]);
	if (l->stuck_s > 0 && l->here && !b->ended)
		room_parts_age(out, l->stuck_s);
	buf_add_text(out, "</td><td class=\"last\">");
	add_last_command(out, l);
	buf_add_text(out, "</td></tr>\n");
}

void room_grid(struct buf *out, const struct board *b, const struct room_view_options *o)
{
	if (b->learner_count == 0) {
		buf_printf(out, "<p class=\"soft\">%s</p>", _("No one has joined yet."));
		return;
	}
	buf_printf(out,
		"<div class=\"wide\" role=\"region\" aria-label=\"%s\" tabindex=\"0\" id=\"cohort\"><table class=\"cohort\"><thead><tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th>",
		_("table of learners"), _("learner"), _("steps done"));
	if (!text_same(o->lesson, "all"))
		buf_printf(out, "<th scope=\"col\" class=\"n\">%s</th>", _("of the course"));
	buf_printf(out,
		"<th scope=\"col\">%s</th><th scope=\"col\" class=\"n\">%s</th><th scope=\"col\">%s</th></tr></thead><tbody>\n",
		_("now at"), _("no progress for"), _("last command"));
	for (size_t i = 0; i < b->learner_count; i++)
		add_learner(out, b, &b->learners[i], o);
	buf_add_text(out, "</tbody></table></div>");
}

/* ---- steps where people are stuck ---- */

void room_grid_stops(struct buf *out, const struct board *board)
{
	size_t count;
	cleanup_free const struct board_step **steps = board_list_stops(board, &count);
	if (count == 0) {
		buf_printf(out, "<p class=\"soft\">%s</p>", _("No one has started a step yet."));
		return;
	}
	buf_printf(out,
		"<table><thead><tr><th scope=\"col\">%s</th>"
		"<th scope=\"col\" class=\"n\">%s</th><th scope=\"col\" "
		"class=\"n\">%s</th><th scope=\"col\" class=\"n\">%s</th></tr>"
		"</thead><tbody>",
		_("step"), _("stuck"), _("working on it"), _("done"));
	for (size_t i = 0; i < count && i < STEPS_SHOWN; i++) {
		buf_add_text(out, "<tr><th scope=\"row\">");
		room_parts_step(out, board, (size_t)(steps[i] - board->steps));
		buf_printf(out,
			"</th><td class=\"n%s\">%u</td><td class=\"n\">%u</td>"
			"<td class=\"n\">%u</td></tr>",
			steps[i]->stuck > 0 ? " bad" : "", steps[i]->stuck, steps[i]->here,
			steps[i]->done);
	}
	buf_add_text(out, "</tbody></table>");
}

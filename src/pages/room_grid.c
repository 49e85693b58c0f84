/* pages/room_grid.c - the changing parts of a board: positions, stuck learners, hands, answers.
 * room.js draws the same from the same data. */
#include "page.h"
#include "room_page.h"

#include <stdlib.h>
#include <string.h>

#define STUCK_SHOWN 6
#define STEPS_SHOWN 6

static const char *const stuck_classes[] = {
	[BOARD_MOVING] = "", [BOARD_STUCK] = "warn", [BOARD_STUCK_LONG] = "bad"};

/* ---- one learner's steps as a picture ---- */

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

static void add_runs(struct buf *out, const char *grid, size_t i)
{
	for (const char *c = strchr(grid, marks[i].letter); c != NULL;
		c = strchr(c, marks[i].letter)) {
		size_t run = 1;
		while (c[run] == *c)
			run++;
		buf_printf(out, "M%d %dh%zuv%dh-%zuz", (int)(c - grid), marks[i].top, run,
			marks[i].height, run);
		c += run;
	}
}

static void add_strip(
	struct buf *out, const struct board_learner *learner, const struct room_window *w)
{
	const char *grid = learner->grid != NULL ? learner->grid : "";
	buf_printf(out,
		"<svg class=\"strip\" viewBox=\"%zu 0 %zu 10\" preserveAspectRatio=\"none\" "
		"role=\"img\" aria-label=\"%u of %u steps done\">",
		w->first, w->count, learner->done, learner->of);
	for (size_t i = 0; i < ARRAY_LENGTH(marks); i++) {
		if (strchr(grid, marks[i].letter) == NULL)
			continue;
		buf_printf(out, "<path class=\"%s\" d=\"", marks[i].class);
		add_runs(out, grid, i);
		buf_add_text(out, "\"/>");
	}
	buf_add_text(out, "</svg>");
}

/* ---- the grid ---- */

static void add_badges(struct buf *out, const struct board_learner *l)
{
	static const char *const classes[] = {
		[BOARD_QUIET] = "soft", [BOARD_GOOD] = "good", [BOARD_WARN] = "warn"};
	struct board_badge badges[BOARD_BADGES_MAX];
	size_t count = board_badges(l, badges);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, " <span class=\"badge %s\">%s</span>", classes[badges[i].tone],
			badges[i].words);
}

static void add_last_command(struct buf *out, const struct board_learner *l)
{
	bool held = text_same(l->verdict, "held");
	if (l->line == NULL)
		return;
	buf_printf(out, "<span role=\"img\" class=\"%s\" aria-label=\"", held ? "good" : "bad");
	page_text(out, held ? "passed" : "not passed");
	buf_printf(out, "\">%s</span> <code>", held ? "✔" : "✘");
	page_text(out, l->line);
	buf_add_text(out, "</code>");
}

static void add_stuck(struct buf *out, const struct board_learner *l)
{
	buf_printf(out, "<td class=\"n %s\">", stuck_classes[board_is_stuck(l, 0)]);
	if (l->stuck_s > 0)
		text_duration(out, l->stuck_s * 1000);
	buf_add_text(out, "</td>");
}

static void add_learner(
	struct buf *out, const struct board_learner *l, const struct room_window *w, bool names)
{
	buf_add_text(out, names ? "<tr><th scope=\"row\">" : "<tr>");
	if (names) {
		page_text(out, l->name);
		add_badges(out, l);
		buf_add_text(out, "</th>");
	}
	buf_add_text(out, "<td class=\"cells\">");
	add_strip(out, l, w);
	buf_printf(out, "</td><td class=\"n\">%u</td>", l->done);
	if (names) {
		buf_add_text(out, "<td class=\"at\">");
		page_text(out, l->step_title != NULL ? l->step_title : "");
		buf_add_text(out, "</td>");
		add_stuck(out, l);
		buf_add_text(out, "<td class=\"last\">");
		add_last_command(out, l);
		buf_add_text(out, "</td>");
	}
	buf_add_text(out, "</tr>\n");
}

static void add_heads(struct buf *out, const struct board *board, const struct room_window *w)
{
	buf_add_text(out, "<div class=\"heads\">");
	for (size_t i = w->first; i < board->step_count && i < w->first + w->count; i++) {
		buf_add_text(out, "<span>");
		page_text(out, board->steps[i].title);
		buf_add_text(out, "</span>");
	}
	buf_add_text(out, "</div>");
}

void room_grid(struct buf *out, const struct board *board, const struct room_window *w, bool names)
{
	buf_add_text(out, "<div class=\"wide\" role=\"region\" aria-label=\"grid\" "
			  "tabindex=\"0\">");
	buf_printf(out, "<table class=\"cohort\"><thead><tr>%s<th scope=\"col\">",
		names ? "<th scope=\"col\">learner</th>" : "");
	if (w->lesson != NULL)
		add_heads(out, board, w);
	else
		buf_printf(out, "steps 1 to %zu of %zu", w->count, board->step_count);
	buf_printf(out,
		"</th><th scope=\"col\" class=\"n\">done</th>%s</tr></thead><tbody id=\"rows\">\n",
		names ? "<th scope=\"col\">at</th><th scope=\"col\" class=\"n\">stuck for</th>"
			"<th scope=\"col\">last line</th>"
		      : "");
	for (size_t i = 0; i < board->learner_count; i++)
		add_learner(out, &board->learners[i], w, names);
	buf_add_text(out, "</tbody></table></div>");
}

/* ---- learners who need help ---- */

void room_grid_stuck(struct buf *out, const struct board *board)
{
	size_t count;
	cleanup_free const struct board_learner **stuck = board_list_stuck(board, &count);
	if (count == 0)
		buf_add_text(out, "<p class=\"soft\">No one.</p>");
	buf_add_text(out, count > 0 ? "<ol class=\"needs\">" : "");
	for (size_t i = 0; i < count && i < STUCK_SHOWN; i++) {
		buf_add_text(out, "<li><b>");
		page_text(out, stuck[i]->name);
		buf_printf(out, "</b> <span class=\"%s\">",
			stuck_classes[board_is_stuck(stuck[i], 0)]);
		text_duration(out, stuck[i]->stuck_s * 1000);
		buf_add_text(out, "</span> <span class=\"soft\">");
		page_text(out, stuck[i]->step_title != NULL ? stuck[i]->step_title : "");
		buf_add_text(out, "</span></li>");
	}
	buf_add_text(out, count > 0 ? "</ol>" : "");
}

void room_grid_hands(struct buf *out, const struct board *board, const char *action)
{
	size_t count;
	cleanup_free const struct board_learner **hands = board_list_hands(board, &count);
	if (count == 0)
		buf_add_text(out, "<p class=\"soft\">No hand is raised.</p>");
	buf_add_text(out, count > 0 ? "<ol class=\"needs\">" : "");
	for (size_t i = 0; i < count; i++) {
		buf_add_text(out, "<li><b>");
		page_text(out, hands[i]->name);
		buf_add_text(out, "</b> <span class=\"warn\">");
		text_duration(out, hands[i]->hand_s * 1000);
		buf_add_text(out, "</span><br>");
		page_text(out, hands[i]->hand);
		buf_printf(out,
			"<form method=\"post\" action=\"%s\"><input type=\"hidden\" name=\"do\" "
			"value=\"lower\"><input type=\"hidden\" name=\"to\" value=\"",
			action);
		page_text(out, hands[i]->learner);
		buf_add_text(out, "\"><button class=\"plain\">Lower</button></form></li>");
	}
	buf_add_text(out, count > 0 ? "</ol>" : "");
}

/* ---- steps where people are stuck ---- */

void room_grid_stops(struct buf *out, const struct board *board)
{
	size_t count;
	cleanup_free const struct board_step **steps = board_list_stops(board, &count);
	if (count == 0) {
		buf_add_text(out, "<p class=\"soft\">No one has started a step yet.</p>");
		return;
	}
	buf_add_text(out,
		"<table><thead><tr><th scope=\"col\">step</th>"
		"<th scope=\"col\" class=\"n\">stuck</th><th scope=\"col\" "
		"class=\"n\">working on it</th><th scope=\"col\" class=\"n\">done</th></tr>"
		"</thead><tbody>");
	for (size_t i = 0; i < count && i < STEPS_SHOWN; i++) {
		buf_add_text(out, "<tr><th scope=\"row\">");
		page_text(out, steps[i]->title);
		buf_printf(out,
			"</th><td class=\"n%s\">%u</td><td class=\"n\">%u</td>"
			"<td class=\"n\">%u</td></tr>",
			steps[i]->stuck > 0 ? " bad" : "", steps[i]->stuck, steps[i]->here,
			steps[i]->done);
	}
	buf_add_text(out, "</tbody></table>");
}

/* ---- the question ---- */

static void add_option_bar(
	struct buf *out, const char *letter, const struct board_bar *bar, unsigned max)
{
	buf_printf(out, "<li%s><span class=\"letter\">%s</span><span class=\"words\">",
		bar->right ? " class=\"right\"" : "", letter);
	page_text(out, bar->text != NULL ? bar->text : "");
	buf_printf(out,
		"%s</span><svg class=\"barline\" viewBox=\"0 0 100 10\" "
		"preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"bar\" "
		"width=\"%.1f\" height=\"10\"/></svg><b>%u</b></li>",
		bar->right ? " <span class=\"good\">✔ correct</span>" : "",
		bar->count * 100.0 / max, bar->count);
}

void room_grid_question(struct buf *out, const struct board *b)
{
	if (b->question == NULL) {
		buf_add_text(out, "<p class=\"soft\">No question is open.</p>");
		return;
	}
	buf_add_text(out, "<p class=\"asked\">");
	page_text(out, b->question);
	buf_add_text(out, "</p><ul class=\"bars\">");
	for (size_t i = 0; i < b->bar_count; i++) {
		const char letter[] = {(char)('a' + i), '\0'};
		add_option_bar(out, b->bars[i].option ? letter : "", &b->bars[i],
			b->answered > 1 ? b->answered : 1);
	}
	buf_printf(out, "</ul><p class=\"soft\">%u answered%s</p>", b->answered,
		b->is_closed ? ", closed" : "");
	if (!b->is_closed)
		return;
	buf_printf(out, "<p><b>%u</b> correct: <b class=\"good\">", b->answered_right);
	page_text(out, b->answer != NULL ? b->answer : "");
	buf_add_text(out, "</b></p><p>");
	page_text(out, b->explanation != NULL ? b->explanation : "");
	buf_add_text(out, "</p>");
}

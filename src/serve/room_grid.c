/* serve/room_grid.c - the changing parts of a board: positions, stuck learners, hands, answers.
 * room.js draws the same from the same data. */
#include "page.h"
#include "room_page.h"

#include <stdlib.h>
#include <string.h>

#define STUCK_S 60 /* list a learner as stuck after this time */
#define STUCK_LONG_S 120
#define STUCK_SHOWN 6
#define STEPS_SHOWN 6

static void add_seconds(struct buf *out, double seconds)
{
	text_duration(out, (long long)seconds * 1000);
}

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

static void add_strip(struct buf *out, const cJSON *learner, const struct room_window *w)
{
	const char *grid = json_get_text_or(learner, "grid", "");
	buf_printf(out,
		"<svg class=\"strip\" viewBox=\"%zu 0 %zu 10\" preserveAspectRatio=\"none\" "
		"role=\"img\" aria-label=\"%.0f of %.0f steps done\">",
		w->first, w->count, json_get_number_or(learner, "done", 0),
		json_get_number_or(learner, "of", 0));
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

static const struct {
	const char *name, *class, *words;
} badges[] = {{"waiting", "soft", "waiting"}, {"finished", "good", "finished"}};

static void add_badges(struct buf *out, const cJSON *l)
{
	if (!json_is_true(l, "here"))
		buf_add_text(out, " <span class=\"badge soft\">offline</span>");
	if (json_get_text_or(l, "signal", "")[0] != '\0')
		buf_printf(out, " <span class=\"badge %s\">%s</span>",
			text_same(json_get_text_or(l, "signal", ""), "fast") ? "warn" : "good",
			text_same(json_get_text_or(l, "signal", ""), "fast") ? "too fast"
									     : "ready");
	for (size_t i = 0; i < ARRAY_LENGTH(badges); i++)
		if (json_is_true(l, badges[i].name))
			buf_printf(out, " <span class=\"badge %s\">%s</span>", badges[i].class,
				badges[i].words);
	if (json_get_text(l, "hand") != NULL)
		buf_add_text(out, " <span class=\"badge warn\">hand</span>");
}

static void add_last_command(struct buf *out, const cJSON *l)
{
	const cJSON *last = json_get(l, "last");
	if (!cJSON_IsObject(last))
		return;
	bool held = text_same(json_get_text_or(last, "verdict", ""), "held");
	buf_printf(out, "<span role=\"img\" class=\"%s\" aria-label=\"", held ? "good" : "bad");
	page_text(out, held ? "passed" : "not passed");
	buf_printf(out, "\">%s</span> <code>", held ? "✔" : "✘");
	page_text(out, json_get_text_or(last, "line", ""));
	buf_add_text(out, "</code>");
}

static void add_stuck(struct buf *out, const cJSON *l)
{
	double stuck = json_get_number_or(l, "stuck_s", 0);
	buf_printf(out, "<td class=\"n%s\">",
		stuck >= STUCK_LONG_S ? " bad"
		: stuck >= STUCK_S    ? " warn"
				      : "");
	if (stuck > 0)
		add_seconds(out, stuck);
	buf_add_text(out, "</td>");
}

static void add_learner(struct buf *out, const cJSON *l, const struct room_window *w, bool names)
{
	buf_add_text(out, names ? "<tr><th scope=\"row\">" : "<tr>");
	if (names) {
		page_text(out, json_get_text_or(l, "name", ""));
		add_badges(out, l);
		buf_add_text(out, "</th>");
	}
	buf_add_text(out, "<td class=\"cells\">");
	add_strip(out, l, w);
	buf_printf(out, "</td><td class=\"n\">%.0f</td>", json_get_number_or(l, "done", 0));
	if (names) {
		buf_add_text(out, "<td class=\"at\">");
		page_text(out, json_get_text_or(l, "step_title", ""));
		buf_add_text(out, "</td>");
		add_stuck(out, l);
		buf_add_text(out, "<td class=\"last\">");
		add_last_command(out, l);
		buf_add_text(out, "</td>");
	}
	buf_add_text(out, "</tr>\n");
}

static void add_heads(struct buf *out, const cJSON *board, const struct room_window *w)
{
	buf_add_text(out, "<div class=\"heads\">");
	const cJSON *step;
	size_t i = 0;
	cJSON_ArrayForEach(step, json_get(board, "steps")) {
		if (i >= w->first && i < w->first + w->count) {
			buf_add_text(out, "<span>");
			page_text(out, json_get_text_or(step, "title", ""));
			buf_add_text(out, "</span>");
		}
		i++;
	}
	buf_add_text(out, "</div>");
}

void room_grid(struct buf *out, const cJSON *board, const struct room_window *w, bool names)
{
	const cJSON *learner;
	buf_add_text(out, "<div class=\"wide\" role=\"region\" aria-label=\"grid\" "
			  "tabindex=\"0\">");
	buf_printf(out, "<table class=\"cohort\"><thead><tr>%s<th scope=\"col\">",
		names ? "<th scope=\"col\">learner</th>" : "");
	if (w->lesson != NULL)
		add_heads(out, board, w);
	else
		buf_printf(out, "steps 1 to %zu of %d", w->count,
			cJSON_GetArraySize(json_get(board, "steps")));
	buf_printf(out,
		"</th><th scope=\"col\" class=\"n\">done</th>%s</tr></thead><tbody id=\"rows\">\n",
		names ? "<th scope=\"col\">at</th><th scope=\"col\" class=\"n\">stuck for</th>"
			"<th scope=\"col\">last line</th>"
		      : "");
	cJSON_ArrayForEach(learner, json_get(board, "learners"))
		add_learner(out, learner, w, names);
	buf_add_text(out, "</tbody></table></div>");
}

/* ---- learners who need help ---- */

static int by_stuck(const void *a, const void *b)
{
	double x = json_get_number_or(*(cJSON *const *)a, "stuck_s", 0),
	       y = json_get_number_or(*(cJSON *const *)b, "stuck_s", 0);
	return (x < y) - (x > y);
}

static int by_hand(const void *a, const void *b)
{
	double x = json_get_number_or(*(cJSON *const *)a, "hand_s", 0),
	       y = json_get_number_or(*(cJSON *const *)b, "hand_s", 0);
	return (x < y) - (x > y);
}

/* The learners that `wanted` selects, in order; the caller frees it. */
static const cJSON **choose_learners(const cJSON *board, bool (*wanted)(const cJSON *learner),
	int (*order)(const void *a, const void *b), size_t *ret_count)
{
	const cJSON *learner, *list = json_get(board, "learners");
	const cJSON **found = xcalloc((size_t)cJSON_GetArraySize(list) + 1, sizeof *found);
	*ret_count = 0;
	cJSON_ArrayForEach(learner, list)
		if (wanted(learner))
			found[(*ret_count)++] = learner;
	if (*ret_count > 1)
		qsort(found, *ret_count, sizeof(cJSON *), order);
	return found;
}

static bool is_stuck(const cJSON *learner)
{
	return json_get_number_or(learner, "stuck_s", 0) >= STUCK_S &&
	       json_is_true(learner, "here");
}

static bool has_hand(const cJSON *learner)
{
	return json_get_text(learner, "hand") != NULL;
}

void room_grid_stuck(struct buf *out, const cJSON *board)
{
	size_t count;
	cleanup_free const cJSON **stuck = choose_learners(board, is_stuck, by_stuck, &count);
	if (count == 0)
		buf_add_text(out, "<p class=\"soft\">No one.</p>");
	buf_add_text(out, count > 0 ? "<ol class=\"needs\">" : "");
	for (size_t i = 0; i < count && i < STUCK_SHOWN; i++) {
		buf_add_text(out, "<li><b>");
		page_text(out, json_get_text_or(stuck[i], "name", ""));
		buf_printf(out, "</b> <span class=\"%s\">",
			json_get_number_or(stuck[i], "stuck_s", 0) >= STUCK_LONG_S ? "bad"
										   : "warn");
		add_seconds(out, json_get_number_or(stuck[i], "stuck_s", 0));
		buf_add_text(out, "</span> <span class=\"soft\">");
		page_text(out, json_get_text_or(stuck[i], "step_title", ""));
		buf_add_text(out, "</span></li>");
	}
	buf_add_text(out, count > 0 ? "</ol>" : "");
}

void room_grid_hands(struct buf *out, const cJSON *board, const char *action)
{
	size_t count;
	cleanup_free const cJSON **hands = choose_learners(board, has_hand, by_hand, &count);
	if (count == 0)
		buf_add_text(out, "<p class=\"soft\">No hand is raised.</p>");
	buf_add_text(out, count > 0 ? "<ol class=\"needs\">" : "");
	for (size_t i = 0; i < count; i++) {
		buf_add_text(out, "<li><b>");
		page_text(out, json_get_text_or(hands[i], "name", ""));
		buf_add_text(out, "</b> <span class=\"warn\">");
		add_seconds(out, json_get_number_or(hands[i], "hand_s", 0));
		buf_add_text(out, "</span><br>");
		page_text(out, json_get_text_or(hands[i], "hand", ""));
		buf_printf(out,
			"<form method=\"post\" action=\"%s\"><input type=\"hidden\" name=\"do\" "
			"value=\"lower\"><input type=\"hidden\" name=\"to\" value=\"",
			action);
		page_text(out, json_get_text_or(hands[i], "learner", ""));
		buf_add_text(out, "\"><button class=\"plain\">Lower</button></form></li>");
	}
	buf_add_text(out, count > 0 ? "</ol>" : "");
}

/* ---- steps where people are stuck ---- */

static int by_stop(const void *a, const void *b)
{
	const cJSON *x = *(cJSON *const *)a, *y = *(cJSON *const *)b;
	double p = json_get_number_or(x, "stuck", 0) * 1000 + json_get_number_or(x, "here", 0);
	double q = json_get_number_or(y, "stuck", 0) * 1000 + json_get_number_or(y, "here", 0);
	return (p < q) - (p > q);
}

void room_grid_stops(struct buf *out, const cJSON *board)
{
	const cJSON *step, *list = json_get(board, "steps");
	cleanup_free const cJSON **steps =
		xcalloc((size_t)cJSON_GetArraySize(list) + 1, sizeof *steps);
	size_t count = 0;
	cJSON_ArrayForEach(step, list)
		if (json_get_number_or(step, "here", 0) > 0)
			steps[count++] = step;
	if (count > 1)
		qsort(steps, count, sizeof(cJSON *), by_stop);
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
		page_text(out, json_get_text_or(steps[i], "title", ""));
		buf_printf(out,
			"</th><td class=\"n%s\">%.0f</td><td class=\"n\">%.0f</td>"
			"<td class=\"n\">%.0f</td></tr>",
			json_get_number_or(steps[i], "stuck", 0) > 0 ? " bad" : "",
			json_get_number_or(steps[i], "stuck", 0),
			json_get_number_or(steps[i], "here", 0),
			json_get_number_or(steps[i], "done", 0));
	}
	buf_add_text(out, "</tbody></table>");
}

/* ---- the question ---- */

static void add_option_bar(struct buf *out, const char *letter, const char *words, double count,
	double max, const cJSON *mark)
{
	bool right = cJSON_IsTrue(mark);
	buf_printf(out, "<li%s><span class=\"letter\">%s</span><span class=\"words\">",
		right ? " class=\"right\"" : "", letter);
	page_text(out, words);
	buf_printf(out,
		"%s</span><svg class=\"barline\" viewBox=\"0 0 100 10\" "
		"preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"bar\" "
		"width=\"%.1f\" height=\"10\"/></svg><b>%.0f</b></li>",
		right ? " <span class=\"good\">✔ correct</span>" : "",
		max > 0 ? count * 100 / max : 0, count);
}

static double highest_of(const cJSON *question)
{
	double max = json_get_number_or(question, "answers", 0);
	return max > 1 ? max : 1;
}

static void add_question_options(struct buf *out, const cJSON *q)
{
	const cJSON *option;
	int i = 0;
	cJSON_ArrayForEach(option, json_get(q, "options")) {
		const char letter[] = {(char)('a' + i), '\0'};
		add_option_bar(out, letter, cJSON_GetStringValue(option),
			cJSON_GetNumberValue(cJSON_GetArrayItem(json_get(q, "counts"), i)),
			highest_of(q), cJSON_GetArrayItem(json_get(q, "marks"), i));
		i++;
	}
}

void room_grid_question(struct buf *out, const cJSON *q)
{
	const cJSON *word;
	if (!cJSON_IsObject(q)) {
		buf_add_text(out, "<p class=\"soft\">No question is open.</p>");
		return;
	}
	buf_add_text(out, "<p class=\"asked\">");
	page_text(out, json_get_text_or(q, "text", ""));
	buf_add_text(out, "</p><ul class=\"bars\">");
	add_question_options(out, q);
	cJSON_ArrayForEach(word, json_get(q, "words"))
		add_option_bar(out, "", json_get_text_or(word, "text", ""),
			json_get_number_or(word, "count", 0), highest_of(q), NULL);
	buf_printf(out, "</ul><p class=\"soft\">%.0f answered%s</p>",
		json_get_number_or(q, "answers", 0), json_is_true(q, "open") ? "" : ", closed");
	if (json_is_true(q, "open"))
		return;
	buf_printf(out, "<p><b>%.0f</b> correct: <b class=\"good\">",
		json_get_number_or(q, "right", 0));
	page_text(out, json_get_text_or(q, "answer", ""));
	buf_add_text(out, "</b></p><p>");
	page_text(out, json_get_text_or(q, "explanation", ""));
	buf_add_text(out, "</p>");
}

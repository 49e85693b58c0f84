/* pages/room_question.c - questions of a workshop: as everybody sees them, and the instructor's
 * forms */
#include "page.h"
#include "room_page.h"

#include <string.h>

/* ---- the question ---- */

static void add_option_bar(
	struct buf *out, const char *letter, const struct board_bar *bar, const struct board *b)
{
	unsigned max = b->answered > 1 ? b->answered : 1;
	buf_printf(out, "<li%s><span class=\"letter\">%s</span><span class=\"words\">",
		bar->right ? " class=\"right\"" : "", letter);
	room_parts_marked(out, bar->text != NULL ? bar->text : "");
	buf_printf(out, "%s</span>", bar->right ? " <span class=\"good\">✔ correct</span>" : "");
	if (b->counted)
		buf_printf(out,
			"<svg class=\"barline\" viewBox=\"0 0 100 10\" "
			"preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"bar\" "
			"width=\"%.1f\" height=\"10\"/></svg><b>%u</b>",
			bar->count * 100.0 / max, bar->count);
	buf_add_text(out, "</li>");
}

static void add_solution(struct buf *out, const struct board *b)
{
	buf_printf(out, "<p class=\"solution\"><b>%u of %u</b> correct: <b class=\"good\">",
		b->answered_right, b->answered);
	room_parts_marked(out, b->answer != NULL ? b->answer : "");
	buf_add_text(out, "</b></p><p class=\"solution\">");
	room_parts_marked(out, b->explanation != NULL ? b->explanation : "");
	buf_add_text(out, "</p>");
}

void room_question_add(struct buf *out, const struct board *b)
{
	if (b->question == NULL) {
		buf_add_text(out, "<p class=\"soft\">No question is open.</p>");
		return;
	}
	buf_add_text(out, "<p class=\"asked\">");
	room_parts_marked(out, b->question);
	buf_printf(out, "</p><ul class=\"bars%s\">", b->counted ? " counted" : "");
	for (size_t i = 0; i < b->bar_count; i++) {
		const char letter[] = {(char)('a' + i % 26), '\0'};
		add_option_bar(out, b->bars[i].option ? letter : "", &b->bars[i], b);
	}
	buf_printf(out, "</ul><p class=\"soft\">%u of %u answered%s</p>", b->answered,
		b->counts.here > b->answered ? b->counts.here : b->answered,
		b->is_closed ? " · closed" : "");
	if (b->is_closed && !b->is_poll)
		add_solution(out, b);
}

/* ---- orders ---- */

void room_question_orders(
	struct buf *out, const struct board *b, const struct room_view_options *options)
{
	if (b->question == NULL || b->is_closed)
		return;
	room_parts_form(out, options, NULL, "line open-question");
	buf_printf(out, "<button name=\"do\" value=\"close\" id=\"close\">%s</button></form>",
		b->is_poll ? "Close the poll" : "Close and show the answer");
	room_parts_form(out, options, "tally", "line");
	buf_printf(out,
		"<input type=\"hidden\" name=\"show\" value=\"%d\"><button class=\"plain\" id=\"tally\">%s</button></form><p class=\"soft\">%s</p>",
		!b->tally, b->tally ? "Hide the counts" : "Show the counts to the room",
		b->tally ? "The room sees the counts."
			 : "Only instructors see the counts until it is closed.");
}

static void add_tally_choice(struct buf *out)
{
	buf_add_text(out,
		"<label class=\"check\"><input type=\"checkbox\" name=\"tally\" value=\"live\">Show the counts while it is open</label><button class=\"plain\">Ask</button></form></details>");
}

static void add_question_option(
	struct buf *out, const cJSON *lesson, const cJSON *question, int number)
{
	const char *id = json_get_text(question, "id"), *text = json_get_text(question, "text");
	if (id == NULL)
		return;
	buf_add_text(out, "<option value=\"");
	page_text(out, json_get_text(lesson, "lesson"));
	buf_add_char(out, '/');
	page_text(out, id);
	buf_printf(out, "\">%d. ", number);
	page_text(out, text != NULL ? text : id);
	buf_add_text(out, "</option>");
}

/* The course's own questions, numbered and grouped by lesson. */
static void add_course_questions(
	struct buf *out, const struct room *room, const struct room_view_options *options)
{
	cJSON *all = room_questions(room);
	const cJSON *lesson, *question;
	if (cJSON_GetArraySize(all) > 0) {
		buf_add_text(out,
			"<details class=\"ask\"><summary>Ask a question of this course</summary>");
		room_parts_form(out, options, "ask", "line");
		buf_add_text(out, "<label class=\"grow\">Question <select name=\"place\">");
		cJSON_ArrayForEach(lesson, all) {
			const char *title = json_get_text(lesson, "title");
			const char *numbered = json_get_text(lesson, "number");
			int number = 0;
			buf_add_text(out, "<optgroup label=\"");
			page_text(out, numbered != NULL ? numbered : "");
			buf_add_char(out, ' ');
			page_text(out, title != NULL ? title : "");
			buf_add_text(out, "\">");
			cJSON_ArrayForEach(question, json_get(lesson, "questions"))
				add_question_option(out, lesson, question, ++number);
			buf_add_text(out, "</optgroup>");
		}
		buf_add_text(out, "</select></label>");
		add_tally_choice(out);
	}
	cJSON_Delete(all);
}

void room_question_forms(
	struct buf *out, const struct request *r, const struct room_view_options *options)
{
	add_course_questions(out, r->room, options);
	buf_add_text(out, "<details class=\"ask\"><summary>Ask your own question</summary>");
	room_parts_form(out, options, "ask", "line");
	buf_add_text(out,
		"<label class=\"grow\">In GIFT format <textarea name=\"gift\" rows=\"3\" placeholder=\"Which one? {=right ~wrong}\"></textarea></label>");
	add_tally_choice(out);
	buf_add_text(out, "<details class=\"ask\"><summary>Take a poll</summary>");
	room_parts_form(out, options, "poll", "line");
	buf_add_text(out,
		"<label class=\"grow\">Question <input name=\"text\" maxlength=\"300\"></label><label class=\"grow\">Options, one per line; without any, people answer in words <textarea name=\"options\" rows=\"3\"></textarea></label><label class=\"check\"><input type=\"checkbox\" name=\"several\" value=\"1\">Several may be chosen</label>");
	add_tally_choice(out);
}

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
	if (bar->right)
		buf_printf(out, " <span class=\"good\">✔ %s</span>", _("correct"));
	buf_add_text(out, "</span>");
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
	cleanup_buf struct buf answer = {0};
	room_parts_marked(&answer, b->answer != NULL ? b->answer : "");
	buf_add_text(out, "<p class=\"solution\">");
	buf_printf(out, _("<b>%u of %u</b> correct: <b class=\"good\">%s</b>"), b->answered_right,
		b->answered, buf_text(&answer));
	buf_add_text(out, "</p><p class=\"solution\">");
	room_parts_marked(out, b->explanation != NULL ? b->explanation : "");
	buf_add_text(out, "</p>");
}

void room_question_add(struct buf *out, const struct board *b)
{
	if (b->question == NULL) {
		buf_printf(out, "<p class=\"soft\">%s</p>", _("No question is open."));
		return;
	}
	buf_add_text(out, "<p class=\"asked\">");
	room_parts_marked(out, b->question);
	buf_printf(out, "</p><ul class=\"bars%s\">", b->counted ? " counted" : "");
	for (size_t i = 0; i < b->bar_count; i++) {
		const char letter[] = {(char)('a' + i % 26), '\0'};
		add_option_bar(out, b->bars[i].option ? letter : "", &b->bars[i], b);
	}
	buf_add_text(out, "</ul><p class=\"soft\">");
	buf_printf(out, b->is_closed ? _("%u of %u answered · closed") : _("%u of %u answered"),
		b->answered, b->counts.here > b->answered ? b->counts.here : b->answered);
	buf_add_text(out, "</p>");
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
		b->is_poll ? _("Close the poll") : _("Close and show the answer"));
	room_parts_form(out, options, "tally", "line");
	buf_printf(out,
		"<input type=\"hidden\" name=\"show\" value=\"%d\"><button class=\"plain\" id=\"tally\">%s</button></form><p class=\"soft\">%s</p>",
		!b->tally, b->tally ? _("Hide the counts") : _("Show the counts to the room"),
		b->tally ? _("The room sees the counts.")
			 : _("Only instructors see the counts until it is closed."));
}

static void add_tally_choice(struct buf *out)
{
	buf_printf(out,
		"<label class=\"check\"><input type=\"checkbox\" name=\"tally\" value=\"live\">%s</label><button class=\"plain\">%s</button></form></details>",
		_("Show the counts while it is open"), _("Ask"));
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
		buf_printf(out, "<details class=\"ask\"><summary>%s</summary>",
			_("Ask a question of this course"));
		room_parts_form(out, options, "ask", "line");
		buf_printf(out, "<label class=\"grow\">%s <select name=\"place\">", _("Question"));
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
	buf_printf(out, "<details class=\"ask\"><summary>%s</summary>", _("Ask your own question"));
	room_parts_form(out, options, "ask", "line");
	buf_printf(out,
		"<label class=\"grow\">%s <textarea name=\"gift\" rows=\"3\" placeholder=\"%s\"></textarea></label>",
		_("In GIFT format"), _("Which one? {=right ~wrong}"));
	add_tally_choice(out);
	buf_printf(out, "<details class=\"ask\"><summary>%s</summary>", _("Take a poll"));
	room_parts_form(out, options, "poll", "line");
	buf_printf(out,
		"<label class=\"grow\">%s <input name=\"text\" maxlength=\"300\"></label><label class=\"grow\">%s <textarea name=\"options\" rows=\"3\"></textarea></label><label class=\"check\"><input type=\"checkbox\" name=\"several\" value=\"1\">%s</label>",
		_("Question"), _("Options, one per line; without any, people answer in words"),
		_("Several may be chosen"));
	add_tally_choice(out);
}

/* pages/room_page.c - the pages of a workshop: board, projector, report. They work without script;
 * room.js updates them and sends forms without leaving the page. */
#include "room_page.h"
#include "page.h"

#include <string.h>
#include <time.h>

/* ---- the head: clock, how to join, how many, timer ---- */

static void add_clock(struct buf *out, const struct board *board)
{
	time_t now = (time_t)(board->clock_ms / 1000);
	char shown[16] = "", iso[TIME_TEXT_SIZE];
	struct tm tm;
	time_format_iso8601(board->clock_ms, iso);
	if (localtime_r(&now, &tm) != NULL)
		strftime(shown, sizeof shown, "%H:%M", &tm);
	buf_printf(out, "<time id=\"clock\" datetime=\"%s\">%s</time>", iso, shown);
}

static void add_count(struct buf *out, const char *name, unsigned count, const char *words)
{
	buf_printf(out, "<li id=\"count-%s\"><b>%u</b><span>%s</span></li>", name, count, words);
}

static void add_page_timer(struct buf *out, const struct board *board)
{
	int64_t left_ms = board->timer_ms - board->clock_ms;
	buf_add_text(out, "<p id=\"timer\" role=\"timer\">");
	if (board->timer_ms > 0) {
		buf_add_text(out, "<b>");
		text_duration(out, left_ms > 0 ? left_ms : 0);
		buf_add_text(out, "</b> ");
		page_text(out, board->timer_text != NULL ? board->timer_text : "");
	}
	buf_add_text(out, "</p>");
}

/* Shows how far the course is unlocked, and whether it is paused. */
static void add_pace(struct buf *out, const struct board *board)
{
	buf_add_text(out, "<p id=\"pace\">");
	if (board->ended)
		buf_add_text(out, "<span class=\"badge bad\">The workshop is over</span>");
	else if (board->paused)
		buf_add_text(out, "<span class=\"badge warn\">Paused</span>");
	buf_add_text(out, board->open != NULL ? " Unlocked up to: " : " All steps are unlocked");
	if (board->open != NULL)
		page_text(out, board->open);
	buf_add_text(out, "</p>");
}

static void add_room_head(struct buf *out, const struct board *board)
{
	buf_add_text(out, "<header class=\"room\"><div><h1>");
	page_text(out, board->title);
	buf_add_text(out, "</h1><p class=\"join\">Join: <code>");
	page_text(out, board->join);
	buf_add_text(out, "</code></p>");
	add_pace(out, board);
	buf_add_text(out, "</div><div class=\"time\">");
	add_clock(out, board);
	add_page_timer(out, board);
	buf_add_text(out, "</div></header>\n<ul class=\"tiles\" id=\"counts\">");
	buf_printf(out,
		"<li id=\"count-here\"><b>%u<small> of %u</small></b><span>online</span></li>",
		board->counts.here, board->counts.learners);
	add_count(out, "hands", board->counts.hands, "hands raised");
	add_count(out, "done", board->counts.ready, "ready");
	add_count(out, "fast", board->counts.fast, "too fast");
	buf_add_text(out, "</ul>\n");
}

/* ---- choosing the steps to show ---- */

/* The number of steps up to the end of the furthest lesson that is unlocked or that anyone has
 * reached; at least the first lesson. */
static size_t come_to(const struct board *board)
{
	size_t furthest = board->open_at != BOARD_NOWHERE ? board->open_at : 0, end = 0;
	for (size_t i = 0; i < board->learner_count; i++) {
		const struct board_learner *l = &board->learners[i];
		size_t at = l->finished ? board->step_count : l->at != BOARD_NOWHERE ? l->at : 0;
		furthest = at > furthest ? at : furthest;
	}
	for (size_t i = 0; i < board->lesson_count; i++)
		if (end <= furthest || end == 0)
			end = board->lessons[i].first + board->lessons[i].steps;
	return end;
}

static struct room_window window_of(const struct request *r, const struct board *board)
{
	const char *wanted = request_parameter(r, "lesson");
	struct room_window w = {
		.count = text_same(wanted, "all") ? board->step_count : come_to(board)};
	for (size_t i = 0; i < board->lesson_count; i++) {
		const struct board_lesson *l = &board->lessons[i];
		if (text_same(l->lesson, wanted))
			w = (struct room_window){l->lesson, l->first, l->steps};
	}
	return w;
}

static void add_lesson_options(struct buf *out, const struct board *board, const char *chosen)
{
	for (size_t i = 0; i < board->lesson_count; i++) {
		const struct board_lesson *l = &board->lessons[i];
		buf_add_text(out, "<option value=\"");
		page_text(out, l->lesson);
		buf_printf(out, "\"%s>", text_same(l->lesson, chosen) ? " selected" : "");
		page_text(out, l->number);
		buf_add_char(out, ' ');
		page_text(out, l->title);
		buf_add_text(out, "</option>");
	}
}

static void add_window_form(struct buf *out, const struct request *r, const struct board *board,
	const char *path, const struct room_window *w)
{
	const char *token = request_parameter(r, "token");
	buf_printf(out,
		"<form class=\"line\" method=\"get\" action=\"%s\" id=\"window\"><input type=\"hidden\" name=\"token\" value=\"%s\"><label>Show steps of <select name=\"lesson\"><option value=\"\">the current range</option><option value=\"all\"%s>the whole course</option>",
		path, token, text_same(request_parameter(r, "lesson"), "all") ? " selected" : "");
	add_lesson_options(out, board, w->lesson);
	buf_add_text(out, "</select></label><button class=\"plain\">Apply</button></form>\n");
}

static void add_legend(struct buf *out)
{
	static const struct {
		const char *class, *words, *path;
	} all[] = {
		{"done", "done", "M0 0h10v10h-10z"},
		{"shown", "solution shown", "M0 3h10v7h-10z"},
		{"skipped", "skipped", "M0 7h10v3h-10z"},
		{"reached", "reached", "M0 5h10v5h-10z"},
		{"failed", "tried, not yet correct", "M0 0h10v4h-10zM0 6h10v4h-10z"},
	};
	buf_add_text(out, "<ul class=\"legend\">");
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
		buf_printf(out,
			"<li><svg class=\"strip\" viewBox=\"0 0 10 10\" aria-hidden=\"true\"><path "
			"class=\"%s\" d=\"%s\"/></svg>%s</li>",
			all[i].class, all[i].path, all[i].words);
	buf_add_text(out, "</ul>");
}

/* ---- the instructor's forms ---- */

static void begin_order_form(
	struct buf *out, const char *action, const char *order, const char *class)
{
	buf_printf(out, "<form method=\"post\" action=\"%s\" class=\"%s\">", action, class);
	if (order != NULL)
		buf_printf(out, "<input type=\"hidden\" name=\"do\" value=\"%s\">", order);
}

static void add_steps(struct buf *out, const struct board *board)
{
	for (size_t i = 0; i < board->lesson_count; i++) {
		const struct board_lesson *l = &board->lessons[i];
		buf_add_text(out, "<optgroup label=\"");
		page_text(out, l->number);
		buf_add_char(out, ' ');
		page_text(out, l->title);
		buf_add_text(out, "\">");
		for (size_t k = l->first; k < l->first + l->steps && k < board->step_count; k++) {
			buf_add_text(out, "<option value=\"");
			page_text(out, board->steps[k].lesson);
			buf_add_char(out, '/');
			page_text(out, board->steps[k].step);
			buf_printf(out, "\"%s>", k == board->open_at ? " selected" : "");
			page_text(out, board->steps[k].title);
			buf_add_text(out, "</option>");
		}
		buf_add_text(out, "</optgroup>");
	}
}

static void add_pacing(struct buf *out, const struct board *board, const char *action)
{
	bool hold = board->paused;
	buf_add_text(out, "<section class=\"pace\" aria-label=\"pace\">");
	begin_order_form(out, action, NULL, "line");
	buf_printf(out,
		"<button name=\"do\" value=\"open-next\">Unlock next step</button><button class=\"plain\" name=\"do\" value=\"open-lesson\">Unlock this lesson</button><button class=\"plain\" id=\"hold\" name=\"do\" value=\"%s\">%s</button><button class=\"plain\" name=\"do\" value=\"open-all\">Unlock everything</button></form>",
		hold ? "go" : "hold", hold ? "Resume" : "Pause everyone");
	begin_order_form(out, action, "open", "line");
	buf_add_text(out, "<label>Unlock up to step <select name=\"place\">");
	add_steps(out, board);
	buf_add_text(out, "</select></label><button class=\"plain\">Unlock</button></form>");
	begin_order_form(out, action, NULL, "line");
	buf_add_text(out,
		"<label>Minutes <input name=\"minutes\" type=\"number\" min=\"0\" "
		"max=\"600\" value=\"5\" class=\"short\"></label><label>Timer for <input "
		"name=\"text\" "
		"maxlength=\"100\" class=\"reason\"></label><button class=\"plain\" name=\"do\" "
		"value=\"timer\">Start</button><button class=\"plain\" name=\"do\" "
		"value=\"timer-off\">Stop</button></form></section>\n");
}

static void add_message(struct buf *out, const struct board *board, const char *action)
{
	buf_add_text(out, "<h2>Message</h2>");
	begin_order_form(out, action, "message", "line");
	buf_add_text(out,
		"<label class=\"grow\">Text <input name=\"text\" required maxlength=\"500\" "
		"id=\"message\"></label><label>to <select name=\"to\" id=\"to\"><option "
		"value=\"\">all</option>");
	for (size_t i = 0; i < board->learner_count; i++) {
		buf_add_text(out, "<option value=\"");
		page_text(out, board->learners[i].learner);
		buf_add_text(out, "\">");
		page_text(out, board->learners[i].name);
		buf_add_text(out, "</option>");
	}
	buf_add_text(out, "</select></label><button class=\"plain\">Send</button></form>");
}

static void add_course_questions(struct buf *out, const struct room *room, const char *action)
{
	cJSON *all = room_questions(room);
	const cJSON *quiz, *one;
	if (cJSON_GetArraySize(all) == 0) {
		cJSON_Delete(all);
		return;
	}
	begin_order_form(out, action, "ask", "line");
	buf_add_text(out, "<label class=\"grow\">From this course <select name=\"place\">");
	cJSON_ArrayForEach(quiz, all) {
		buf_add_text(out, "<optgroup label=\"");
		page_text(out, json_get_text_or(quiz, "title", ""));
		buf_add_text(out, "\">");
		cJSON_ArrayForEach(one, json_get(quiz, "questions")) {
			buf_add_text(out, "<option value=\"");
			page_text(out, json_get_text_or(quiz, "lesson", ""));
			buf_add_char(out, '/');
			page_text(out, json_get_text_or(one, "id", ""));
			buf_add_text(out, "\">");
			page_text(out, json_get_text_or(one, "text", ""));
			buf_add_text(out, "</option>");
		}
		buf_add_text(out, "</optgroup>");
	}
	buf_add_text(out, "</select></label><button class=\"plain\">Ask</button></form>");
	cJSON_Delete(all);
}

static void add_asking(
	struct buf *out, const struct request *r, const struct board *board, const char *action)
{
	buf_add_text(out, "<h2>Question</h2><div id=\"question\">");
	room_grid_question(out, board);
	buf_add_text(out, "</div>");
	begin_order_form(out, action, "close", "line");
	buf_add_text(out, "<button class=\"plain\">Close and show the answer</button></form>");
	add_course_questions(out, r->room, action);
	begin_order_form(out, action, "ask", "line");
	buf_add_text(out,
		"<label class=\"grow\">Your own (GIFT format) <textarea name=\"gift\" rows=\"3\" placeholder=\"Which one? {=right ~wrong}\"></textarea></label><button class=\"plain\">Ask</button></form>");
}

static void add_page_end(struct buf *out, const char *action, const char *token)
{
	buf_printf(out,
		"<h2>After the workshop</h2><p><a href=\"/room/report?token=%s\">Report</a> · <a href=\"/room/report?token=%s&amp;format=md\">as Markdown</a></p><details><summary>End the workshop</summary>",
		token, token);
	begin_order_form(out, action, "end", "line");
	buf_add_text(out,
		"<p>Learners keep their records. No one can join after this.</p><button class=\"danger\">End the workshop</button></form></details>");
}

/* ---- the two views ---- */

static void add_board(struct buf *out, const struct request *r, const struct board *board,
	const struct room_window *w, const char *token)
{
	cleanup_free char *action = xasprintf("/room/board?token=%s", token);
	add_pacing(out, board, action);
	buf_add_text(out, "<p id=\"said\" role=\"status\"></p>\n<div class=\"sides\"><section "
			  "aria-labelledby=\"h-grid\"><h2 id=\"h-grid\">Learners and steps</h2>");
	add_window_form(out, r, board, "/room/board", w);
	room_grid(out, board, w, true);
	add_legend(out);
	buf_add_text(out, "<h2>Where people are stuck</h2><div id=\"stops\">");
	room_grid_stops(out, board);
	buf_add_text(out, "</div></section>\n<section aria-label=\"who needs you\"><h2>Hands</h2>"
			  "<div id=\"hands\">");
	room_grid_hands(out, board, action);
	buf_add_text(out, "</div><h2>Stuck longest</h2><div id=\"stuck\">");
	room_grid_stuck(out, board);
	buf_add_text(out, "</div>");
	add_message(out, board, action);
	add_asking(out, r, board, action);
	add_page_end(out, action, token);
	buf_add_text(out, "</section></div>\n");
}

static void add_projector(struct buf *out, const struct request *r, const struct board *board,
	const struct room_window *w)
{
	buf_add_text(out, "<section aria-labelledby=\"h-question\" id=\"asked\"><h2 "
			  "id=\"h-question\">Question</h2><div id=\"question\">");
	room_grid_question(out, board);
	buf_add_text(out, "</div></section>\n<section aria-labelledby=\"h-grid\"><h2 "
			  "id=\"h-grid\">Our progress</h2>");
	add_window_form(out, r, board, "/room/projector", w);
	room_grid(out, board, w, false);
	add_legend(out);
	buf_add_text(out, "</section>\n");
}

void room_page_board(
	const struct request *r, const struct board *board, enum room_view view, struct buf *out)
{
	const char *token = room_token(r->room, view);
	cleanup_free char *events =
		xasprintf("/room/%s/events?token=%s%s", view == ROOM_BOARD ? "board" : "projector",
			token, view == ROOM_BOARD ? "&changes=1" : "");
	struct room_window w = window_of(r, board);
	page_begin(out, &(struct page){.title = board->title,
				.style = "/room.css",
				.script = "/room.js",
				.events = events});
	buf_printf(out, "<div class=\"%s\">", view == ROOM_BOARD ? "instructor" : "projector");
	add_room_head(out, board);
	if (view == ROOM_BOARD)
		add_board(out, r, board, &w, token);
	else
		add_projector(out, r, board, &w);
	buf_add_text(out, "</div>");
	page_end(out);
}

void room_page_refused(const struct request *r, struct reply *a, enum room_outcome outcome,
	const struct error *err)
{
	cleanup_buf struct buf page = {0};
	page_begin(&page, &(struct page){.title = "Not done", .style = "/room.css"});
	buf_add_text(&page, "<h1>This could not be done</h1><p class=\"note\">");
	page_text(&page, error_text(err));
	buf_printf(&page, "</p><p><a href=\"/room/board?token=%s\">Back to the board</a></p>",
		room_token(r->room, ROOM_BOARD));
	page_end(&page);
	reply_room_outcome(a, outcome, err);
	unsigned status = a->status;
	page_reply(a, &page);
	a->status = status;
}

/* ---- the report ---- */

static void add_html_report(struct buf *out, const struct room_table *t)
{
	buf_add_text(out, "<h2>");
	page_text(out, t->title);
	buf_add_text(out, "</h2>");
	if (t->note != NULL)
		buf_printf(out, "<p class=\"soft\">%s</p>", t->note);
	if (t->cells.count == 0) {
		buf_printf(out, "<p>%s</p>\n", t->nothing);
		return;
	}
	buf_add_text(out, "<div class=\"wide\" tabindex=\"0\"><table><thead><tr>");
	for (size_t i = 0; i < t->column_count; i++)
		buf_printf(out, "<th scope=\"col\"%s>%s</th>",
			t->numbers[i] == 'n' ? " class=\"n\"" : "", t->columns[i]);
	buf_add_text(out, "</tr></thead><tbody>");
	for (size_t i = 0; i < t->cells.count; i++) {
		size_t column = i % t->column_count;
		buf_add_text(out, column == 0                 ? "<tr><th scope=\"row\">"
				  : t->numbers[column] == 'n' ? "<td class=\"n\">"
							      : "<td>");
		page_text(out, t->cells.items[i]);
		buf_add_text(out, column == 0 ? "</th>" : "</td>");
		buf_add_text(out, column + 1 == t->column_count ? "</tr>\n" : "");
	}
	buf_add_text(out, "</tbody></table></div>\n");
}

static void report_page(const struct request *r, const struct room_report *report, struct reply *a)
{
	cleanup_buf struct buf page = {0};
	const char *token = room_token(r->room, ROOM_BOARD);
	page_begin(&page, &(struct page){.title = report->title, .style = "/room.css"});
	buf_add_text(&page, "<div class=\"report\"><h1>");
	page_text(&page, report->title);
	buf_printf(&page,
		"</h1><p class=\"screen\"><a href=\"/room/board?token=%s\">Board</a> · <a "
		"href=\"/room/report?token=%s&amp;format=md\">As Markdown</a></p>",
		token, token);
	for (size_t i = 0; i < report->facts.count; i++) {
		buf_add_text(&page, "<p>");
		page_text(&page, report->facts.items[i]);
		buf_add_text(&page, "</p>");
	}
	for (size_t i = 0; i < report->table_count; i++)
		add_html_report(&page, &report->tables[i]);
	buf_add_text(&page, "</div>");
	page_end(&page);
	page_reply(a, &page);
}

void room_page_report(struct request *r, struct reply *a)
{
	static const char *const names[] = {"token", "format"};
	cleanup_error struct error err = {0};
	const char *format = request_parameter(r, "format");
	struct room_report report;
	if (!request_takes(r, a, names, ARRAY_LENGTH(names)))
		return;
	if (format != NULL && !text_same(format, "md") && !text_same(format, "html")) {
		reply_error(a, 400, "'format' must be md or html");
		return;
	}
	if (!room_report(r->room, &report, &err)) {
		reply_room_outcome(a, ROOM_FAILED, &err);
		return;
	}
	if (text_same(format, "md")) {
		cleanup_buf struct buf out = {0};
		room_report_markdown(&report, &out);
		reply_text(a, "text/markdown; charset=utf-8", buf_text(&out), out.length);
		page_protect(a, "workshop.md");
	} else {
		report_page(r, &report, a);
	}
	room_report_finish(&report);
}

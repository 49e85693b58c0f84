/* pages/room_page.c - the instructor's board: who needs help first, then the pace, learners,
 * messages and questions */
#include "page.h"
#include "qr.h"
#include "room_page.h"

#include <string.h>

#define STUCK_SHOWN 6
#define OFFLINE_SHOWN 60

/* ---- the head ---- */

static void add_room_head(struct buf *out, const struct board *b, const struct room_view_options *o,
	const struct room *room)
{
	buf_add_text(out, "<header class=\"room\" id=\"head\" data-live><div><h1>");
	page_text(out, b->title);
	buf_add_text(out, "</h1><p class=\"join\">");
	if (b->ended) {
		buf_add_text(out, "<span class=\"badge bad\">The workshop ended at ");
		page_text(out, b->ended_at != NULL ? b->ended_at : "");
		buf_add_text(out, "</span>");
	} else {
		buf_add_text(out, "Join: <code>");
		page_text(out, b->join);
		buf_add_text(out, "</code>");
	}
	buf_printf(out,
		"</p><p><a href=\"/room/projector?token=%s\">Projector</a> · <a href=\"/room/report?token=%s\">Report</a></p></div><div class=\"time\">",
		room_token(room, ROOM_PROJECTOR), o->token);
	room_parts_clock(out, b);
	if (b->timer_ms > 0) {
		buf_add_text(out, "<p class=\"timer\">");
		room_parts_countdown(out, b);
		buf_add_char(out, ' ');
		page_text(out, b->timer_text != NULL ? b->timer_text : "");
		buf_add_text(out, "</p>");
	}
	buf_add_text(out, "</div></header>\n");
}

/* Apart from the head, which is replaced while somebody shows the code around. */
static void add_arrival(struct buf *out, const struct request *r, const struct board *b)
{
	cleanup_free char *page = xasprintf("%s/room?code=%s", r->url, room_code(r->room));
	if (b->ended)
		return;
	buf_add_text(out, "<details class=\"arrival\"><summary>Join by QR code</summary>");
	qr_add(out, page, "QR code of the page that says how to join");
	buf_add_text(out, "<p><code>");
	page_text(out, page);
	buf_add_text(out, "</code></p></details>\n");
}

/* ---- who needs the instructor ---- */

static void begin_card(struct buf *out, const char *class, const char *title, size_t count)
{
	buf_printf(out, "<section class=\"card %s%s\"><h3>%s <b>%zu</b></h3>", class,
		count == 0 ? " none" : "", title, count);
}

static void add_hand(
	struct buf *out, const struct board_learner *l, const struct room_view_options *o)
{
	buf_add_text(out, "<li><b><bdi>");
	page_text(out, l->name);
	buf_add_text(out, "</bdi></b> ");
	room_parts_age(out, l->hand_s);
	if (*l->hand != '\0') {
		buf_add_text(out, "<q>");
		page_text(out, l->hand);
		buf_add_text(out, "</q>");
	}
	room_parts_form(out, o, "lower", "act");
	buf_add_text(out, "<input type=\"hidden\" name=\"to\" value=\"");
	page_text(out, l->learner);
	buf_add_text(out, "\"><a class=\"button\" data-to=\"");
	page_text(out, l->learner);
	buf_printf(out, "\" href=\"/room/board?token=%s&amp;to=", o->token);
	page_text(out, l->learner);
	buf_add_text(out, "#message\">Answer</a><button class=\"plain\" id=\"lower-");
	page_text(out, l->learner);
	buf_add_text(out, "\">Lower</button></form></li>");
}

static void add_hands(struct buf *out, const struct board *b, const struct room_view_options *o)
{
	size_t count;
	cleanup_free const struct board_learner **hands = board_list_hands(b, &count);
	begin_card(out, "hands", "Hands", count);
	buf_add_text(
		out, count > 0 ? "<ol id=\"hands\">" : "<p class=\"soft\">No hand is raised.</p>");
	for (size_t i = 0; i < count; i++)
		add_hand(out, hands[i], o);
	buf_add_text(out, count > 0 ? "</ol></section>" : "</section>");
}

static void add_stuck(struct buf *out, const struct board *b)
{
	size_t count;
	cleanup_free const struct board_learner **stuck = board_list_stuck(b, &count);
	begin_card(out, "stuck", "Stuck", count);
	buf_add_text(out, count > 0 ? "<ol id=\"stuck\">" : "<p class=\"soft\">No one.</p>");
	for (size_t i = 0; i < count && i < STUCK_SHOWN; i++) {
		buf_add_text(out, "<li><b><bdi>");
		page_text(out, stuck[i]->name);
		buf_printf(out, "</bdi></b> <span class=\"%s\">",
			board_is_stuck(stuck[i], 0) == BOARD_STUCK_LONG ? "bad" : "warn");
		room_parts_age(out, stuck[i]->stuck_s);
		buf_add_text(out, "</span><span class=\"where\">");
		room_parts_step(out, b, stuck[i]->at);
		buf_add_text(out, "</span></li>");
	}
	buf_add_text(out, count > 0 ? "</ol>" : "");
	if (count > STUCK_SHOWN)
		buf_printf(out, "<p class=\"soft\">and %zu more</p>", count - STUCK_SHOWN);
	buf_add_text(out, "</section>");
}

static void add_offline(struct buf *out, const struct board *b)
{
	size_t count;
	cleanup_free const struct board_learner **away = board_list_offline(b, &count);
	begin_card(out, "away", "Offline", count);
	buf_add_text(out, count > 0 ? "<ul>" : "<p class=\"soft\">Everyone is connected.</p>");
	for (size_t i = 0; i < count && i < OFFLINE_SHOWN; i++) {
		buf_add_text(out, "<li><bdi>");
		page_text(out, away[i]->name);
		buf_add_text(out, "</bdi></li>");
	}
	buf_add_text(out, count > 0 ? "</ul>" : "");
	if (count > OFFLINE_SHOWN)
		buf_printf(out, "<p class=\"soft\">and %zu more</p>", count - OFFLINE_SHOWN);
	buf_add_text(out, "</section>");
}

static void add_count(struct buf *out, const char *name, unsigned count, const char *class)
{
	buf_printf(out, "<li>%s: <b class=\"%s\">%u</b></li>", name, count > 0 ? class : "", count);
}

static void add_needs(struct buf *out, const struct board *b, const struct room_view_options *o)
{
	buf_add_text(out,
		"<section id=\"needs\" data-live aria-labelledby=\"h-needs\"><h2 id=\"h-needs\">Who needs you</h2><div class=\"cards\">");
	add_hands(out, b, o);
	add_stuck(out, b);
	add_offline(out, b);
	buf_printf(out, "</div><ul class=\"counts\"><li>Online: <b>%u of %u</b></li>",
		b->counts.here, b->counts.learners);
	add_count(out, "Ready", b->counts.ready, "good");
	add_count(out, "Too fast", b->counts.fast, "warn");
	buf_add_text(out, "</ul></section>\n");
}

/* ---- the pace ---- */

static void add_order(struct buf *out, const char *order, bool primary, const char *words)
{
	buf_printf(out, "<button%s name=\"do\" value=\"%s\" id=\"do-%s\">%s</button>",
		primary ? "" : " class=\"plain\"", order, order, words);
}

/* Only buttons that do something, and the first one is the next thing to do. */
static void add_unlocking(struct buf *out, const struct board *b, const struct room_view_options *o)
{
	bool all = b->open_at == BOARD_NOWHERE;
	buf_add_text(out, "<p id=\"pace\">");
	if (b->paused)
		buf_printf(out, "<span class=\"badge warn\">%s</span> ",
			b->on_break ? "Break" : "Paused");
	buf_add_text(out, all ? "All steps are unlocked." : "Unlocked up to ");
	if (!all)
		room_parts_step(out, b, b->open_at);
	buf_add_text(out, "</p>");
	room_parts_form(out, o, NULL, "line");
	if (b->paused)
		add_order(out, "go", true, "Resume");
	if (all)
		add_order(out, "by-step", false, "Go step by step");
	else if (b->open_at + 1 < b->step_count) {
		buf_printf(out,
			"<button%s name=\"do\" value=\"open-next\" id=\"do-open-next\">Unlock next: ",
			b->paused ? " class=\"plain\"" : "");
		room_parts_step(out, b, b->open_at + 1);
		buf_add_text(out, "</button>");
		add_order(out, "open-lesson", false, "Unlock to the end of the lesson");
	}
	if (!all)
		add_order(out, "open-all", false, "Unlock everything");
	if (!b->paused)
		add_order(out, "hold", false, "Pause everyone");
	if (b->timer_ms > 0)
		add_order(out, "timer-off", false, "Stop the timer");
	buf_add_text(out, "</form>");
}

static void add_steps(struct buf *out, const struct board *b)
{
	for (size_t i = 0; i < b->lesson_count; i++) {
		const struct board_lesson *l = &b->lessons[i];
		buf_add_text(out, "<optgroup label=\"");
		page_text(out, l->number);
		buf_add_char(out, ' ');
		page_text(out, l->title);
		buf_add_text(out, "\">");
		for (size_t k = l->first; k < l->first + l->steps && k < b->step_count; k++) {
			buf_add_text(out, "<option value=\"");
			page_text(out, b->steps[k].lesson);
			buf_add_char(out, '/');
			page_text(out, b->steps[k].step);
			buf_printf(out, "\"%s>", k == b->open_at ? " selected" : "");
			room_parts_number(out, b, k);
			buf_add_text(out, ": ");
			page_text(out, b->steps[k].title);
			buf_add_text(out, "</option>");
		}
		buf_add_text(out, "</optgroup>");
	}
}

static void add_pacing(struct buf *out, const struct board *b, const struct room_view_options *o)
{
	buf_add_text(out,
		"<section class=\"pace\" aria-labelledby=\"h-pace\"><h2 id=\"h-pace\">Pace</h2><div id=\"unlocking\" data-live>");
	add_unlocking(out, b, o);
	buf_add_text(out, "</div><div class=\"pairs\">");
	room_parts_form(out, o, "open", "line");
	buf_add_text(out, "<label class=\"grow\">Unlock up to step <select name=\"place\">");
	add_steps(out, b);
	buf_add_text(out, "</select></label><button class=\"plain\">Unlock</button></form>");
	room_parts_form(out, o, NULL, "line");
	buf_add_text(out,
		"<label>Minutes <input name=\"minutes\" type=\"number\" min=\"1\" max=\"600\" value=\"5\" class=\"short\"></label><label class=\"grow\">What for <input name=\"text\" maxlength=\"100\"></label><button class=\"plain\" name=\"do\" value=\"timer\">Start timer</button><button class=\"plain\" name=\"do\" value=\"break\">Start break</button></form></div></section>\n");
}

/* ---- learners ---- */

static void add_sorting(struct buf *out, const struct room_view_options *o)
{
	static const struct {
		const char *name, *words;
		enum board_order order;
	} all[] = {{"need", "Who needs help", BOARD_BY_NEED}, {"name", "Name", BOARD_BY_NAME},
		{"progress", "Progress", BOARD_BY_PROGRESS},
		{"joined", "Joining", BOARD_BY_JOINING}};
	buf_add_text(
		out, "<nav class=\"sort\" aria-label=\"sort learners by\"><span>Sort by</span>");
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		buf_printf(
			out, "<a href=\"/room/board?token=%s&amp;sort=%s", o->token, all[i].name);
		if (o->lesson != NULL) {
			buf_add_text(out, "&amp;lesson=");
			page_text(out, o->lesson);
		}
		buf_printf(out, "#learners\"%s>%s</a>",
			all[i].order == o->order ? " aria-current=\"true\"" : "", all[i].words);
	}
	buf_add_text(out, "</nav>");
}

static void add_window_form(
	struct buf *out, const struct board *b, const struct room_view_options *o)
{
	static const char *const orders[] = {[BOARD_BY_NEED] = "need",
		[BOARD_BY_NAME] = "name",
		[BOARD_BY_PROGRESS] = "progress",
		[BOARD_BY_JOINING] = "joined"};
	buf_printf(out,
		"<form class=\"line\" method=\"get\" action=\"/room/board#learners\" id=\"window\"><input type=\"hidden\" name=\"token\" value=\"%s\"><input type=\"hidden\" name=\"sort\" value=\"%s\"><label>Show steps of <select name=\"lesson\"><option value=\"\">each learner's lesson</option><option value=\"all\"%s>the whole course</option>",
		o->token, orders[o->order], text_same(o->lesson, "all") ? " selected" : "");
	for (size_t i = 0; i < b->lesson_count; i++) {
		const struct board_lesson *l = &b->lessons[i];
		buf_add_text(out, "<option value=\"");
		page_text(out, l->lesson);
		buf_printf(out, "\"%s>", text_same(l->lesson, o->lesson) ? " selected" : "");
		page_text(out, l->number);
		buf_add_char(out, ' ');
		page_text(out, l->title);
		buf_add_text(out, "</option>");
	}
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

static void add_learners(struct buf *out, const struct board *b, const struct room_view_options *o)
{
	buf_add_text(out,
		"<section id=\"learners\" aria-labelledby=\"h-grid\"><h2 id=\"h-grid\">Learners</h2><div class=\"tools\">");
	add_sorting(out, o);
	add_window_form(out, b, o);
	buf_add_text(out, "</div><div id=\"grid\" data-live>");
	room_grid(out, b, o);
	buf_add_text(out, "</div>");
	add_legend(out);
	buf_add_text(out, "<h2>Where people are stuck</h2><div id=\"stops\" data-live>");
	room_grid_stops(out, b);
	buf_add_text(out, "</div></section>\n");
}

/* ---- messages ---- */

static void add_messages(struct buf *out, const struct board *b)
{
	if (b->message_count == 0)
		buf_add_text(out, "<p class=\"soft\">No message has been sent.</p>");
	buf_add_text(out, b->message_count > 0 ? "<ol class=\"sent\">" : "");
	for (size_t i = 0; i < b->message_count; i++) {
		const struct board_message *m = &b->messages[i];
		buf_printf(out, "<li><span class=\"soft\">%s", m->at);
		buf_add_text(out, " to <bdi>");
		page_text(out, m->to != NULL ? m->to : "everybody");
		buf_add_text(out, "</bdi>");
		if (m->by != NULL) {
			buf_add_text(out, ", by <bdi>");
			page_text(out, m->by);
			buf_add_text(out, "</bdi>");
		}
		buf_add_text(out, "</span> <span>");
		page_text(out, m->text);
		buf_add_text(out, "</span></li>");
	}
	buf_add_text(out, b->message_count > 0 ? "</ol>" : "");
}

static void add_message_form(
	struct buf *out, const struct board *b, const struct room_view_options *o)
{
	room_parts_form(out, o, "message", "line");
	buf_add_text(out,
		"<label class=\"grow\">To <select name=\"to\" id=\"to\"><option value=\"all\">everybody</option>");
	for (size_t i = 0; i < b->learner_count; i++) {
		buf_add_text(out, "<option value=\"");
		page_text(out, b->learners[i].learner);
		buf_printf(
			out, "\"%s>", text_same(b->learners[i].learner, o->to) ? " selected" : "");
		page_text(out, b->learners[i].name);
		buf_add_text(out, "</option>");
	}
	buf_add_text(out,
		"</select></label><label class=\"grow\">Message <input name=\"text\" id=\"message\" maxlength=\"2000\" autocomplete=\"off\"></label><button class=\"plain\">Send</button></form>");
}

/* ---- the room itself ---- */

static void add_settings(struct buf *out, const struct board *b, const struct room_view_options *o)
{
	static const char *const words[] = {[BOARD_SHOW_AUTO] = "what fits: arrival, then the step",
		[BOARD_SHOW_JOIN] = "how to join",
		[BOARD_SHOW_STEP] = "the step"};
	buf_add_text(out, "<h2>Projector and clock</h2>");
	room_parts_form(out, o, "show", "line");
	buf_add_text(out, "<label class=\"grow\">The projector shows <select name=\"what\">");
	for (int i = BOARD_SHOW_AUTO; i <= BOARD_SHOW_STEP; i++)
		buf_printf(out, "<option value=\"%s\"%s>%s</option>",
			board_show_name((enum board_show)i), (int)b->show == i ? " selected" : "",
			words[i]);
	buf_add_text(out, "</select></label><button class=\"plain\">Show</button></form>");
	room_parts_form(out, o, "zone", "line");
	buf_add_text(out,
		"<label class=\"grow\">Time zone <input name=\"zone\" id=\"zone\" maxlength=\"64\" placeholder=\"Europe/Berlin\" value=\"");
	page_text(out, b->zone != NULL ? b->zone : "");
	buf_add_text(out, "\"></label><button class=\"plain\">Set</button></form>\n");
}

struct listing {
	struct buf *out;
	const struct room_view_options *options;
	const char *url;
};

static void add_instructor(void *data, const struct room_instructor *one)
{
	const struct listing *l = data;
	buf_add_text(l->out, "<li><b><bdi>");
	page_text(l->out, one->name);
	buf_add_text(l->out, "</bdi></b> <code>");
	page_text(l->out, l->url);
	buf_printf(l->out, "/room/board?token=%s</code>", one->token);
	room_parts_form(l->out, l->options, "teacher-off", "act");
	buf_printf(l->out,
		"<input type=\"hidden\" name=\"id\" value=\"%s\"><button class=\"danger\" aria-label=\"Remove ",
		one->id);
	page_text(l->out, one->name);
	buf_add_text(l->out, "\">Remove</button></form></li>");
}

static void add_instructors(
	struct buf *out, const struct request *r, const struct room_view_options *o)
{
	struct listing listing = {out, o, r->url};
	buf_add_text(out,
		"<details><summary>Other instructors</summary><p class=\"soft\">Each gets an address of the board that only they know. They can do everything except end the workshop and change this list. Their name stands beside their messages.</p><ul class=\"people\" id=\"people\" data-live>");
	room_instructors(r->room, add_instructor, &listing);
	buf_add_text(out, "</ul>");
	room_parts_form(out, o, "teacher", "line");
	buf_add_text(out,
		"<label class=\"grow\">Name <input name=\"name\" maxlength=\"80\" autocomplete=\"off\"></label><button class=\"plain\">Add</button></form></details>");
}

static void add_end(struct buf *out, const struct board *b, const struct room_view_options *o)
{
	if (b->ended) {
		buf_add_text(out,
			"<p>No one can join, and learners continue on their own. After reopening, learners come back with the same <code>ropes join</code>.</p>");
		room_parts_form(out, o, "reopen", "line");
		buf_add_text(out, "<button>Reopen the workshop</button></form>");
		return;
	}
	buf_add_text(out, "<details><summary>End the workshop</summary>");
	room_parts_form(out, o, "end", "line");
	buf_add_text(out,
		"<p>Learners keep their records. No one can join after this. You can reopen it.</p><button class=\"danger\">End the workshop</button></form></details>");
}

/* ---- the page ---- */

static void add_side(struct buf *out, const struct request *r, const struct board *b,
	const struct room_view_options *o)
{
	buf_add_text(out,
		"<section aria-label=\"questions and messages\"><div id=\"asking\"><h2>Question</h2><div id=\"question\" data-live>");
	room_question_add(out, b);
	room_question_orders(out, b, o);
	buf_add_text(out, "</div>");
	room_question_forms(out, r, o);
	buf_add_text(out, "</div><h2>Message</h2>");
	add_message_form(out, b, o);
	buf_add_text(out, "<div id=\"messages\" data-live>");
	add_messages(out, b);
	buf_add_text(out, "</div>");
	add_settings(out, b, o);
	if (o->first) {
		add_instructors(out, r, o);
		add_end(out, b, o);
	}
	buf_add_text(out, "</section>");
}

void room_page_board(const struct request *r, const struct board *b,
	const struct room_view_options *o, struct buf *out)
{
	cleanup_free char *events = xasprintf("/room/board/events?token=%s&changes=1", o->token);
	page_begin(out, &(struct page){.title = b->title,
				.style = "/room.css",
				.script = "/room.js",
				.events = events});
	buf_printf(out, "<div class=\"instructor\" id=\"board\" data-ended=\"%d\" data-zone=\"",
		b->ended);
	page_text(out, b->zone != NULL ? b->zone : "");
	buf_add_text(out, "\">");
	add_room_head(out, b, o, r->room);
	add_arrival(out, r, b);
	buf_add_text(out,
		"<p id=\"lost\" role=\"alert\" hidden></p><p id=\"said\" role=\"status\"></p>\n");
	if (!b->ended) {
		add_needs(out, b, o);
		add_pacing(out, b, o);
	} else if (o->first) {
		add_end(out, b, o);
	}
	buf_add_text(out, b->ended ? "<div>" : "<div class=\"sides\">");
	add_learners(out, b, o);
	if (!b->ended)
		add_side(out, r, b, o);
	buf_add_text(out, "</div></div>");
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
		request_parameter(r, "token"));
	page_end(&page);
	reply_room_outcome(a, outcome, err);
	unsigned status = a->status;
	page_reply(a, &page);
	a->status = status;
}

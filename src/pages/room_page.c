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
		cleanup_free char *at = page_escape(b->ended_at != NULL ? b->ended_at : "");
		buf_add_text(out, "<span class=\"badge bad\">");
		buf_printf(out, _("The workshop ended at %s"), at);
		buf_add_text(out, "</span>");
	} else {
		cleanup_free char *join = page_escape(b->join);
		buf_printf(out, _("Join: <code>%s</code>"), join);
	}
	buf_printf(out,
		"</p><p><a href=\"/room/projector?token=%s\">%s</a> · <a href=\"/room/report?token=%s\">%s</a></p></div><div class=\"time\">",
		room_token(room, ROOM_PROJECTOR), _("Projector"), o->token, _("Report"));
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
	buf_printf(out, "<details class=\"arrival\"><summary>%s</summary>", _("Join by QR code"));
	qr_add(out, page, _("QR code of the page that says how to join"));
	buf_add_text(out, "<p><code>");
	page_text(out, page);
	buf_add_text(out, "</code></p></details>\n");
}

/* ---- who needs the instructor ---- */

static void add_more(struct buf *out, size_t count)
{
	buf_add_text(out, "<p class=\"soft\">");
	buf_printf(out, language_plural("and %zu more", "and %zu more", count), count);
	buf_add_text(out, "</p>");
}

static void begin_card(struct buf *out, const char *class, const char *title, size_t count)
{
	buf_printf(out, "<section class=\"card %s%s\"><h3>%s <b>%zu</b></h3>", class,
		count == 0 ? " none" : "", _(title), count);
}

/* Opens a list, or says that there is nothing in it. */
static void begin_list(struct buf *out, const char *list, const char *nothing)
{
	if (nothing != NULL)
		buf_printf(out, "<p class=\"soft\">%s</p>", nothing);
	else
		buf_add_text(out, list);
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
	buf_printf(out, "#message\">%s</a><button class=\"plain\" id=\"lower-", _("Answer"));
	page_text(out, l->learner);
	buf_printf(out, "\">%s</button></form></li>", _("Lower"));
}

static void add_hands(struct buf *out, const struct board *b, const struct room_view_options *o)
{
	size_t count;
	cleanup_free const struct board_learner **hands = board_list_hands(b, &count);
	begin_card(out, "hands", N_("Hands"), count);
	begin_list(out, "<ol id=\"hands\">", count > 0 ? NULL : _("No hand is raised."));
	for (size_t i = 0; i < count; i++)
		add_hand(out, hands[i], o);
	buf_add_text(out, count > 0 ? "</ol></section>" : "</section>");
}

static void add_stuck(struct buf *out, const struct board *b)
{
	size_t count;
	cleanup_free const struct board_learner **stuck = board_list_stuck(b, &count);
	begin_card(out, "stuck", N_("Stuck"), count);
	begin_list(out, "<ol id=\"stuck\">", count > 0 ? NULL : _("No one."));
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
		add_more(out, count - STUCK_SHOWN);
	buf_add_text(out, "</section>");
}

static void add_offline(struct buf *out, const struct board *b)
{
	size_t count;
	cleanup_free const struct board_learner **away = board_list_offline(b, &count);
	begin_card(out, "away", N_("Offline"), count);
	begin_list(out, "<ul>", count > 0 ? NULL : _("Everyone is connected."));
	for (size_t i = 0; i < count && i < OFFLINE_SHOWN; i++) {
		buf_add_text(out, "<li><bdi>");
		page_text(out, away[i]->name);
		buf_add_text(out, "</bdi></li>");
	}
	buf_add_text(out, count > 0 ? "</ul>" : "");
	if (count > OFFLINE_SHOWN)
		add_more(out, count - OFFLINE_SHOWN);
	buf_add_text(out, "</section>");
}

static void add_count(struct buf *out, const char *name, unsigned count, const char *class)
{
	buf_printf(out, "<li>%s: <b class=\"%s\">%u</b></li>", name, count > 0 ? class : "", count);
}

static void add_needs(struct buf *out, const struct board *b, const struct room_view_options *o)
{
	buf_printf(out,
		"<section id=\"needs\" data-live aria-labelledby=\"h-needs\"><h2 id=\"h-needs\">%s</h2><div class=\"cards\">",
		_("Who needs you"));
	add_hands(out, b, o);
	add_stuck(out, b);
	add_offline(out, b);
	buf_add_text(out, "</div><ul class=\"counts\"><li>");
	buf_printf(out, _("Online: <b>%u of %u</b>"), b->counts.here, b->counts.learners);
	buf_add_text(out, "</li>");
	add_count(out, _("Ready"), b->counts.ready, "good");
	add_count(out, _("Too fast"), b->counts.fast, "warn");
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
	cleanup_buf struct buf step = {0}, next = {0};
	buf_add_text(out, "<p id=\"pace\">");
	if (b->paused)
		buf_printf(out, "<span class=\"badge warn\">%s</span> ",
			b->on_break ? _("Break") : _("Paused"));
	if (!all)
		room_parts_step(&step, b, b->open_at);
	if (all)
		buf_add_text(out, _("All steps are unlocked."));
	else
		buf_printf(out, _("Unlocked up to %s"), buf_text(&step));
	buf_add_text(out, "</p>");
	room_parts_form(out, o, NULL, "line");
	if (b->paused)
		add_order(out, "go", true, _("Resume"));
	if (all)
		add_order(out, "by-step", false, _("Go step by step"));
	else if (b->open_at + 1 < b->step_count) {
		buf_printf(out, "<button%s name=\"do\" value=\"open-next\" id=\"do-open-next\">",
			b->paused ? " class=\"plain\"" : "");
		room_parts_step(&next, b, b->open_at + 1);
		buf_printf(out, _("Unlock next: %s"), buf_text(&next));
		buf_add_text(out, "</button>");
		add_order(out, "open-lesson", false, _("Unlock to the end of the lesson"));
	}
	if (!all)
		add_order(out, "open-all", false, _("Unlock everything"));
	if (!b->paused)
		add_order(out, "hold", false, _("Pause everyone"));
	if (b->timer_ms > 0)
		add_order(out, "timer-off", false, _("Stop the timer"));
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
	buf_printf(out,
		"<section class=\"pace\" aria-labelledby=\"h-pace\"><h2 id=\"h-pace\">%s</h2><div id=\"unlocking\" data-live>",
		_("Pace"));
	add_unlocking(out, b, o);
	buf_add_text(out, "</div><div class=\"pairs\">");
	room_parts_form(out, o, "open", "line");
	buf_printf(out, "<label class=\"grow\">%s <select name=\"place\">", _("Unlock up to step"));
	add_steps(out, b);
	buf_printf(out, "</select></label><button class=\"plain\">%s</button></form>", _("Unlock"));
	room_parts_form(out, o, NULL, "line");
	buf_printf(out,
		"<label>%s <input name=\"minutes\" type=\"number\" min=\"1\" max=\"600\" value=\"5\" class=\"short\"></label><label class=\"grow\">%s <input name=\"text\" maxlength=\"100\"></label><button class=\"plain\" name=\"do\" value=\"timer\">%s</button><button class=\"plain\" name=\"do\" value=\"break\">%s</button></form></div></section>\n",
		_("Minutes"), _("What for"), _("Start timer"), _("Start break"));
}

/* ---- learners ---- */

static void add_sorting(struct buf *out, const struct room_view_options *o)
{
	static const struct {
		const char *name, *words;
		enum board_order order;
	} all[] = {{"need", N_("Who needs help"), BOARD_BY_NEED},
		{"name", N_("Name"), BOARD_BY_NAME},
		{"progress", N_("Progress"), BOARD_BY_PROGRESS},
		{"joined", N_("Joining"), BOARD_BY_JOINING}};
	buf_printf(out, "<nav class=\"sort\" aria-label=\"%s\"><span>%s</span>",
		_("sort learners by"), _("Sort by"));
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		buf_printf(
			out, "<a href=\"/room/board?token=%s&amp;sort=%s", o->token, all[i].name);
		if (o->lesson != NULL) {
			buf_add_text(out, "&amp;lesson=");
			page_text(out, o->lesson);
		}
		buf_printf(out, "#learners\"%s>%s</a>",
			all[i].order == o->order ? " aria-current=\"true\"" : "", _(all[i].words));
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
		"<form class=\"line\" method=\"get\" action=\"/room/board#learners\" id=\"window\"><input type=\"hidden\" name=\"token\" value=\"%s\"><input type=\"hidden\" name=\"sort\" value=\"%s\"><label>%s <select name=\"lesson\"><option value=\"\">%s</option><option value=\"all\"%s>%s</option>",
		o->token, orders[o->order], _("Show steps of"), _("each learner's lesson"),
		text_same(o->lesson, "all") ? " selected" : "", _("the whole course"));
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
	buf_printf(
		out, "</select></label><button class=\"plain\">%s</button></form>\n", _("Apply"));
}

static void add_legend(struct buf *out)
{
	static const struct {
		const char *class, *words, *path;
	} all[] = {
		{"done", N_("done"), "M0 0h10v10h-10z"},
		{"shown", N_("solution shown"), "M0 3h10v7h-10z"},
		{"skipped", N_("skipped"), "M0 7h10v3h-10z"},
		{"reached", N_("reached"), "M0 5h10v5h-10z"},
		{"failed", N_("tried, not yet correct"), "M0 0h10v4h-10zM0 6h10v4h-10z"},
	};
	buf_add_text(out, "<ul class=\"legend\">");
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
		buf_printf(out,
			"<li><svg class=\"strip\" viewBox=\"0 0 10 10\" aria-hidden=\"true\"><path "
			"class=\"%s\" d=\"%s\"/></svg>%s</li>",
			all[i].class, all[i].path, _(all[i].words));
	buf_add_text(out, "</ul>");
}

static void add_learners(struct buf *out, const struct board *b, const struct room_view_options *o)
{
	buf_printf(out,
		"<section id=\"learners\" aria-labelledby=\"h-grid\"><h2 id=\"h-grid\">%s</h2><div class=\"tools\">",
		_("Learners"));
	add_sorting(out, o);
	add_window_form(out, b, o);
	buf_add_text(out, "</div><div id=\"grid\" data-live>");
	room_grid(out, b, o);
	buf_add_text(out, "</div>");
	add_legend(out);
	buf_printf(out, "<h2>%s</h2><div id=\"stops\" data-live>", _("Where people are stuck"));
	room_grid_stops(out, b);
	buf_add_text(out, "</div></section>\n");
}

/* ---- messages ---- */

static void add_messages(struct buf *out, const struct board *b)
{
	if (b->message_count == 0)
		buf_printf(out, "<p class=\"soft\">%s</p>", _("No message has been sent."));
	buf_add_text(out, b->message_count > 0 ? "<ol class=\"sent\">" : "");
	for (size_t i = 0; i < b->message_count; i++) {
		const struct board_message *m = &b->messages[i];
		cleanup_free char *to = page_escape(m->to != NULL ? m->to : _("everybody"));
		cleanup_free char *by = m->by != NULL ? page_escape(m->by) : NULL;
		buf_add_text(out, "<li><span class=\"soft\">");
		/* po: the time of a message, whom it is to, and who sent it */
		if (by != NULL)
			buf_printf(out, _("%s to <bdi>%s</bdi>, by <bdi>%s</bdi>"), m->at, to, by);
		else
			buf_printf(out, _("%s to <bdi>%s</bdi>"), m->at, to);
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
	buf_printf(out,
		"<label class=\"grow\">%s <select name=\"to\" id=\"to\"><option value=\"all\">%s</option>",
		language_text_in("message", "To"), _("everybody"));
	for (size_t i = 0; i < b->learner_count; i++) {
		buf_add_text(out, "<option value=\"");
		page_text(out, b->learners[i].learner);
		buf_printf(
			out, "\"%s>", text_same(b->learners[i].learner, o->to) ? " selected" : "");
		page_text(out, b->learners[i].name);
		buf_add_text(out, "</option>");
	}
	buf_printf(out,
		"</select></label><label class=\"grow\">%s <input name=\"text\" id=\"message\" maxlength=\"2000\" autocomplete=\"off\"></label><button class=\"plain\">%s</button></form>",
		_("Message"), _("Send"));
}

/* ---- the room itself ---- */

static void add_settings(struct buf *out, const struct board *b, const struct room_view_options *o)
{
	static const char *const words[] = {
		[BOARD_SHOW_AUTO] = N_("what fits: arrival, then the step"),
		[BOARD_SHOW_JOIN] = N_("how to join"),
		[BOARD_SHOW_STEP] = N_("the step")};
	buf_printf(out, "<h2>%s</h2>", _("Projector and clock"));
	room_parts_form(out, o, "show", "line");
	buf_printf(
		out, "<label class=\"grow\">%s <select name=\"what\">", _("The projector shows"));
	for (int i = BOARD_SHOW_AUTO; i <= BOARD_SHOW_STEP; i++)
		buf_printf(out, "<option value=\"%s\"%s>%s</option>",
			board_show_name((enum board_show)i), (int)b->show == i ? " selected" : "",
			_(words[i]));
	buf_printf(out, "</select></label><button class=\"plain\">%s</button></form>", _("Show"));
	room_parts_form(out, o, "zone", "line");
	buf_printf(out,
		"<label class=\"grow\">%s <input name=\"zone\" id=\"zone\" maxlength=\"64\" placeholder=\"Europe/Berlin\" value=\"",
		_("Time zone"));
	page_text(out, b->zone != NULL ? b->zone : "");
	buf_printf(out, "\"></label><button class=\"plain\">%s</button></form>\n", _("Set"));
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
		"<input type=\"hidden\" name=\"id\" value=\"%s\"><button class=\"danger\" aria-label=\"",
		one->id);
	cleanup_free char *name = page_escape(one->name);
	buf_printf(l->out, _("Remove %s"), name);
	buf_printf(l->out, "\">%s</button></form></li>", _("Remove"));
}

static void add_instructors(
	struct buf *out, const struct request *r, const struct room_view_options *o)
{
	struct listing listing = {out, o, r->url};
	buf_printf(out,
		"<details><summary>%s</summary><p class=\"soft\">%s</p><ul class=\"people\" id=\"people\" data-live>",
		_("Other instructors"),
		_("Each gets an address of the board that only they know. They can do everything except end the workshop and change this list. Their name stands beside their messages."));
	room_instructors(r->room, add_instructor, &listing);
	buf_add_text(out, "</ul>");
	room_parts_form(out, o, "teacher", "line");
	buf_printf(out,
		"<label class=\"grow\">%s <input name=\"name\" maxlength=\"80\" autocomplete=\"off\"></label><button class=\"plain\">%s</button></form></details>",
		_("Name"), _("Add"));
}

static void add_end(struct buf *out, const struct board *b, const struct room_view_options *o)
{
	if (b->ended) {
		buf_printf(out, "<p>%s</p>",
			_("No one can join, and learners continue on their own. After reopening, learners come back with the same <code>ropes join</code>."));
		room_parts_form(out, o, "reopen", "line");
		buf_printf(out, "<button>%s</button></form>", _("Reopen the workshop"));
		return;
	}
	buf_printf(out, "<details><summary>%s</summary>", _("End the workshop"));
	room_parts_form(out, o, "end", "line");
	buf_printf(out, "<p>%s</p><button class=\"danger\">%s</button></form></details>",
		_("Learners keep their records. No one can join after this. You can reopen it."),
		_("End the workshop"));
}

/* ---- the page ---- */

static void add_side(struct buf *out, const struct request *r, const struct board *b,
	const struct room_view_options *o)
{
	buf_printf(out,
		"<section aria-label=\"%s\"><div id=\"asking\"><h2>%s</h2><div id=\"question\" data-live>",
		_("questions and messages"), _("Question"));
	room_question_add(out, b);
	room_question_orders(out, b, o);
	buf_add_text(out, "</div>");
	room_question_forms(out, r, o);
	buf_printf(out, "</div><h2>%s</h2>", _("Message"));
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
				.events = events,
				.words = room_parts_words});
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
	page_begin(&page, &(struct page){.title = _("Not done"), .style = "/room.css"});
	buf_printf(&page, "<h1>%s</h1><p class=\"note\">", _("This could not be done"));
	page_text(&page, error_text(err));
	buf_printf(&page, "</p><p><a href=\"/room/board?token=%s\">%s</a></p>",
		request_parameter(r, "token"), _("Back to the board"));
	page_end(&page);
	reply_room_outcome(a, outcome, err);
	unsigned status = a->status;
	page_reply(a, &page);
	a->status = status;
}

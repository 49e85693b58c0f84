/* pages/room_projector.c - what the whole room sees: how to join, the step, a question, a break. It
 * is read from the last row, names no one, and nothing on it scrolls or needs a click. */
#include "page.h"
#include "qr.h"
#include "room_page.h"

#include <string.h>

/* A size for text of a length: the style sheet has one letter size for each. */
static const char *size_of(size_t length)
{
	static const struct {
		size_t max;
		const char *name;
	} sizes[] = {{30, "xl"}, {60, "l"}, {140, "m"}, {280, "s"}};
	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++)
		if (length <= sizes[i].max)
			return sizes[i].name;
	return "xs";
}

static size_t columns_of(const char *text)
{
	return text != NULL ? utf8_width(text, strlen(text)) : 0;
}

/* "ABCD EFGH": people type codes in halves. */
static void add_code(struct buf *out, const char *code)
{
	buf_printf(out, "<b class=\"code\">%.4s <span>%s</span></b>", code,
		strlen(code) > 4 ? code + 4 : "");
}

/* ---- scenes ---- */

static void add_arrival(struct buf *out, const struct request *r, const struct board *b)
{
	cleanup_free char *page = xasprintf("%s/room?code=%s", r->url, b->code);
	buf_printf(out,
		"<div class=\"arrive\"><div><p class=\"kicker\">%s</p><p class=\"type %s\"><code>",
		_("In a terminal of your machine, type"), size_of(columns_of(b->join)));
	page_text(out, b->join);
	buf_printf(out, "</code></p><dl><div><dt>%s</dt><dd class=\"%s\">", _("Address"),
		size_of(columns_of(r->url) + 20));
	page_text(out, r->url);
	buf_printf(out, "</dd></div><div><dt>%s</dt><dd>", _("Code"));
	add_code(out, b->code);
	buf_add_text(out, "</dd></div></dl><p class=\"kicker\">");
	buf_printf(out,
		language_plural(
			"<b>%u</b> has joined", "<b>%u</b> have joined", b->counts.learners),
		b->counts.learners);
	buf_add_text(out, "</p></div><figure>");
	qr_add(out, page, _("QR code: how to join"));
	buf_printf(
		out, "<figcaption>%s</figcaption></figure></div>", _("How to join, on your phone"));
}

static void add_done_bar(struct buf *out, unsigned done, unsigned of)
{
	buf_printf(out,
		"<svg class=\"donebar\" viewBox=\"0 0 %u 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"%u\" height=\"1\"/></svg>",
		of > 0 ? of : 1, done);
}

static void add_task(struct buf *out, const struct board *b)
{
	static const struct {
		const char *kind, *words;
	} kinds[] = {{"prose", N_("Read")}, {"callout", N_("Read")}, {"example", N_("Run this")},
		{"task", N_("Your turn")}, {"question", N_("Answer this")}};
	const struct board_focus *f = &b->focus;
	const struct board_step *step = &b->steps[f->at];
	buf_add_text(out, "<p class=\"kicker\">");
	room_parts_number(out, b, f->at);
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (text_same(kinds[i].kind, step->kind))
			buf_printf(out, " · <b>%s</b>", _(kinds[i].words));
	buf_add_text(out, "</p>");
	const char *task = f->task != NULL ? f->task : f->command == NULL ? step->title : NULL;
	if (task != NULL) {
		size_t columns = columns_of(task) + columns_of(f->command);
		buf_printf(out, "<p class=\"task %s\">", size_of(columns));
		room_parts_marked(out, task);
		buf_add_text(out, "</p>");
	}
	if (f->command != NULL) {
		buf_printf(out, "<pre class=\"%s\"><code>", size_of(columns_of(f->command)));
		page_text(out, f->command);
		buf_add_text(out, "</code></pre>");
	}
}

static void add_working(struct buf *out, const struct board *b)
{
	const struct board_focus *f = &b->focus;
	buf_add_text(out, "<div class=\"work\"><div>");
	if (b->paused)
		buf_printf(
			out, "<p class=\"paused\">%s</p>", _("Paused: please stop for a moment"));
	if (f->at < b->step_count)
		add_task(out, b);
	else
		buf_printf(out, "<p class=\"task l\">%s</p>",
			b->counts.begun > 0 ? _("Everyone has come to the end")
					    : _("No one is working on a step yet"));
	buf_add_text(out, "</div><div class=\"figures\">");
	if (b->timer_ms > 0) {
		buf_add_text(out, "<p class=\"timer\">");
		room_parts_countdown(out, b);
		buf_add_text(out, "<span>");
		page_text(out, b->timer_text != NULL ? b->timer_text : "");
		buf_add_text(out, "</span></p>");
	}
	if (f->at < b->step_count) {
		buf_add_text(out, "<p class=\"howmany\">");
		buf_printf(out, _("<b>%u<small> of %u</small></b><span>done with this step</span>"),
			f->done, f->of);
		buf_add_text(out, "</p>");
		add_done_bar(out, f->done, f->of);
	}
	buf_add_text(out, "</div></div>");
}

static void add_asking(struct buf *out, const struct board *b)
{
	size_t columns = columns_of(b->question);
	for (size_t i = 0; i < b->bar_count; i++)
		columns += columns_of(b->bars[i].text) + 10;
	buf_printf(out, "<div class=\"ask %s%s\">", size_of(columns / 2),
		b->bar_count > 6 ? " many" : "");
	room_question_add(out, b);
	if (!b->is_closed && b->question_how != NULL) {
		cleanup_buf struct buf how = {0};
		room_parts_marked(&how, _(b->question_how));
		buf_add_text(out, "<p class=\"how\">");
		buf_printf(out, _("Answer in your terminal: %s"), buf_text(&how));
		buf_add_text(out, "</p>");
	}
	buf_add_text(out, "</div>");
}

static void add_break(struct buf *out, const struct board *b)
{
	char text[TIME_TEXT_SIZE];
	time_format_iso8601(b->timer_ms + b->offset_s * 1000, text);
	buf_add_text(out, "<div class=\"pause\"><p class=\"what\">");
	page_text(out, text_is_blank(b->timer_text) ? _("Break") : b->timer_text);
	buf_add_text(out, "</p>");
	room_parts_countdown(out, b);
	buf_add_text(out, "<p class=\"kicker\">");
	buf_printf(out, _("until %.5s"), text + 11);
	buf_add_text(out, "</p></div>");
}

static void add_over(struct buf *out)
{
	buf_printf(out,
		"<div class=\"pause\"><p class=\"what\">%s</p><p class=\"kicker\">%s</p></div>",
		_("The workshop is over"),
		_("Your progress is saved. To continue on your own: <code>ropes</code>"));
}

/* ---- the page ---- */

/* Who comes late finds the way. */
static void add_foot(struct buf *out, const struct board *b)
{
	cleanup_free char *join = page_escape(b->join);
	buf_printf(out, "<footer class=\"%s\"><p>", size_of(columns_of(b->join)));
	buf_printf(out, _("Join: <code>%s</code>"), join);
	buf_add_text(out, "</p><p>");
	buf_printf(out, language_plural("<b>%u</b> online", "<b>%u</b> online", b->counts.here),
		b->counts.here);
	buf_add_text(out, "</p></footer>");
}

static void add_scene(struct buf *out, const struct request *r, const struct board *b)
{
	switch (board_scene(b)) {
	case BOARD_ARRIVAL:
		add_arrival(out, r, b);
		break;
	case BOARD_WORKING:
		add_working(out, b);
		break;
	case BOARD_ASKING:
		add_asking(out, b);
		break;
	case BOARD_BREAK:
		add_break(out, b);
		break;
	case BOARD_OVER:
		add_over(out);
		break;
	}
}

void room_projector(
	const struct request *r, const struct board *b, const char *token, struct buf *out)
{
	cleanup_free char *events = xasprintf("/room/projector/events?token=%s", token);
	page_begin(out, &(struct page){.title = b->title,
				.style = "/room.css",
				.script = "/room.js",
				.events = events,
				.words = room_parts_words});
	buf_add_text(out, "<div class=\"projector\" id=\"projector\" data-live><header><h1>");
	page_text(out, b->title);
	buf_add_text(out, "</h1>");
	if (board_scene(b) == BOARD_ASKING && b->timer_ms > 0)
		room_parts_countdown(out, b);
	room_parts_clock(out, b);
	buf_add_text(out, "</header>\n<div class=\"view\">");
	add_scene(out, r, b);
	buf_add_text(out, "</div>\n");
	if (!b->ended && board_scene(b) != BOARD_ARRIVAL)
		add_foot(out, b);
	buf_add_text(out, "</div><p id=\"lost\" role=\"alert\" hidden></p>");
	page_end(out);
}

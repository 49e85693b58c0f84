/* cmd/board_page.c - how a workshop's board looks in a terminal: one line per learner, cut to the
 * width */
#include "board_page.h"
#include "board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WIDE 74      /* columns needed to show tracks and lines */
#define TRACK_MAX 24 /* columns of a learner's track through the steps, if there is room */
#define DOT " · "    /* between the parts of a line */
#define BADGE 8      /* columns of "too fast" */
#define FIXED 69     /* columns of the rest of a wide line, with a good part of the last command */

struct page {
	struct screen *screen;
	const struct board *board;
	struct screen_scroll *scroll;
	unsigned width, left; /* columns; those left on the line */
	bool wide;
	int64_t since_ms; /* the age of the data */
};

/* ---- cells ---- */

/* At most `columns`, cut with "…"; padded to it if `fill`. */
static void draw_cell(
	struct page *p, enum screen_style style, const char *text, unsigned columns, bool fill)
{
	if (columns > p->left)
		columns = p->left;
	size_t length = strlen(text);
	size_t width = utf8_width(text, length);
	bool cut = width > columns;
	if (cut && columns > 0)
		length = utf8_fit(text, length, columns - 1);
	cleanup_free char *part = xasprintf(
		"%.*s%s", (int)length, columns > 0 ? text : "", cut && columns > 0 ? "…" : "");
	unsigned taken = (unsigned)utf8_width(part, strlen(part));
	screen_put(p->screen, style, part);
	if (fill && taken < columns) {
		cleanup_free char *space = xasprintf("%*s", (int)(columns - taken), "");
		screen_put(p->screen, SCREEN_PLAIN, space);
		taken = columns;
	}
	p->left -= taken;
}

static void end_line(struct page *p)
{
	screen_newline(p->screen);
	p->left = p->width;
}

/* Wraps the text, so that none of it is lost. */
static void draw_wrapped(
	struct page *p, enum screen_style style, const char *mark, const char *text)
{
	screen_say(p->screen, style, mark, "%s", text);
}

static void add_age(const struct page *p, struct buf *out, int64_t seconds)
{
	text_duration(out, seconds * 1000 + p->since_ms);
}

/* ---- the header ---- */

static void draw_head(struct page *p)
{
	const struct board *b = p->board;
	char text[32] = "";
	time_t now = (time_t)((b->clock_ms + p->since_ms) / 1000 + b->offset_s);
	struct tm local;
	if (gmtime_r(&now, &local) != NULL) /* the room's clock, as its page has it */
		strftime(text, sizeof text, "%H:%M:%S", &local);
	unsigned clock = (unsigned)strlen(text);
	if (screen_has_words(p->screen)) {
		screen_say(p->screen, SCREEN_TITLE, NULL, "%s, %s",
			b->title != NULL ? b->title : _("Workshop"), text);
		return;
	}
	draw_cell(p, SCREEN_TITLE, b->title != NULL ? b->title : _("Workshop"),
		p->width - clock - 1, true);
	draw_cell(p, SCREEN_PLAIN, " ", 1, true);
	draw_cell(p, SCREEN_STRONG, text, clock, false);
	end_line(p);
}

static void draw_join(struct page *p)
{
	const struct board *b = p->board;
	cleanup_buf struct buf text = {0};
	cleanup_free char *dot = screen_own(p->screen, DOT);
	buf_printf(&text, _("%u online, %u joined"), b->counts.here, b->counts.learners);
	if (b->join != NULL && !b->ended)
		buf_printf(&text, "%s%s", dot, b->join);
	else if (b->code != NULL && !b->ended) {
		buf_add_text(&text, dot);
		buf_printf(&text, _("code %s"), b->code);
	}
	draw_wrapped(p, SCREEN_QUIET, NULL, buf_text(&text));
}

static void draw_pace(struct page *p)
{
	const struct board *b = p->board;
	cleanup_buf struct buf text = {0};
	if (b->ended)
		buf_add_text(&text, _("over"));
	else if (b->open != NULL)
		buf_printf(&text, _("unlocked up to: %s"), b->open);
	else
		buf_add_text(&text, _("all steps unlocked"));
	cleanup_free char *dot = screen_own(p->screen, DOT);
	if (b->paused)
		buf_printf(&text, "%s%s", dot, _("PAUSED"));
	int64_t left_ms = b->timer_ms - b->clock_ms - p->since_ms;
	if (b->timer_ms > 0 && left_ms > 0) {
		cleanup_buf struct buf left = {0};
		text_duration(&left, left_ms);
		buf_add_text(&text, dot);
		buf_printf(&text, _("%s left"), buf_text(&left));
		if (!text_is_blank(b->timer_text))
			buf_printf(&text, ": %s", b->timer_text);
	}
	draw_wrapped(p, SCREEN_PLAIN, NULL, buf_text(&text));
}

/* ---- what needs attention ---- */

static void draw_hands(struct page *p)
{
	size_t count;
	cleanup_free const struct board_learner **up = board_list_hands(p->board, &count);
	for (size_t i = 0; i < count; i++) {
		cleanup_buf struct buf text = {0};
		buf_printf(&text, "%s, ", up[i]->name);
		add_age(p, &text, up[i]->hand_s);
		if (*up[i]->hand != '\0')
			buf_printf(&text, ": %s", up[i]->hand);
		draw_wrapped(p, SCREEN_WARN, "✋ ", buf_text(&text));
	}
}

static void draw_signals(struct page *p)
{
	unsigned ready = p->board->counts.ready, fast = p->board->counts.fast;
	if (ready + fast == 0)
		return;
	cleanup_free char *dot = screen_own(p->screen, DOT);
	cleanup_free char *text = xasprintf(_("ready: %u%stoo fast: %u"), ready, dot, fast);
	draw_wrapped(p, fast > 0 ? SCREEN_WARN : SCREEN_PLAIN, NULL, text);
}

static void draw_obstacle(struct page *p)
{
	size_t count;
	cleanup_free const struct board_step **stops = board_list_stops(p->board, &count);
	if (count == 0 || stops[0]->stuck == 0)
		return;
	cleanup_free char *dash = screen_own(p->screen, " – ");
	cleanup_free char *text = xasprintf(_("Most stuck: %s%s%u %s (%u of %u finished it)"),
		stops[0]->title != NULL ? stops[0]->title : stops[0]->step, dash, stops[0]->stuck,
		language_plural("person", "people", stops[0]->stuck), stops[0]->done,
		stops[0]->reached);
	draw_wrapped(p, SCREEN_WARN, "! ", text);
}

static void draw_bars(struct page *p)
{
	const struct board *b = p->board;
	unsigned room = p->wide ? 30 : 12, max = 1;
	for (size_t i = 0; i < b->bar_count; i++)
		max = b->bars[i].count > max ? b->bars[i].count : max;
	for (size_t i = 0; i < b->bar_count; i++) {
		const struct board_bar *bar = &b->bars[i];
		unsigned length = bar->count * room / max;
		cleanup_buf struct buf drawn = {0};
		for (unsigned n = 0; n < length; n++)
			buf_add_text(&drawn, "█");
		cleanup_free char *count = xasprintf(" %u", bar->count);
		draw_cell(p, SCREEN_PLAIN, "  ", 2, true);
		draw_cell(p, bar->right ? SCREEN_GOOD : SCREEN_PLAIN, bar->right ? "✔ " : "  ", 2,
			true);
		draw_cell(p, bar->right ? SCREEN_GOOD : SCREEN_PLAIN,
			bar->text != NULL ? bar->text : "", p->width - room - 11, true);
		draw_cell(p, SCREEN_PLAIN, " ", 1, true);
		draw_cell(p, SCREEN_PLAIN, buf_text(&drawn), room, false);
		draw_cell(p, SCREEN_STRONG, count, 6, false);
		end_line(p);
	}
}

static void say_bars(struct page *p)
{
	const struct board *b = p->board;
	for (size_t i = 0; i < b->bar_count; i++) {
		const struct board_bar *bar = &b->bars[i];
		screen_say(p->screen, SCREEN_PLAIN, "  ", "%u of %u answered: %s%s", bar->count,
			b->answered, bar->text != NULL ? bar->text : "",
			bar->right ? _(" (correct)") : "");
	}
}

static void draw_question(struct page *p)
{
	const struct board *b = p->board;
	if (b->question == NULL)
		return;
	cleanup_free char *head = xasprintf(_("%s (%u answered%s)"), b->question, b->answered,
		b->is_closed ? _("; closed") : "");
	for (char *c = strchr(head, '\n'); c != NULL; c = strchr(c, '\n'))
		*c = ' ';
	draw_wrapped(p, SCREEN_STRONG, "🧪 ", head);
	if (screen_has_words(p->screen))
		say_bars(p);
	else
		draw_bars(p);
	if (b->is_closed && !text_is_blank(b->answer))
		draw_wrapped(p, SCREEN_GOOD, "✔ ", b->answer);
}

/* ---- learners ---- */

/* There is room for the most important one. */
static void draw_badge(struct page *p, const struct board_learner *l)
{
	static const enum screen_style styles[] = {[BOARD_QUIET] = SCREEN_QUIET,
		[BOARD_GOOD] = SCREEN_GOOD,
		[BOARD_WARN] = SCREEN_WARN};
	struct board_badge badges[BOARD_BADGES_MAX] = {{.words = ""}};
	size_t count = board_badges(l, badges);
	draw_cell(
		p, styles[count > 0 ? badges[0].tone : BOARD_QUIET], badges[0].words, BADGE, true);
}

static const struct {
	const char *verdict, *mark;
	enum screen_style style;
} verdicts[] = {
	{"held", "✔ ", SCREEN_GOOD},
	{"not held", "✘ ", SCREEN_BAD},
	{"error", "! ", SCREEN_WARN},
};

static const char *mark_for_verdict(const char *verdict, enum screen_style *ret_style)
{
	for (size_t i = 0; i < ARRAY_LENGTH(verdicts); i++)
		if (text_same(verdicts[i].verdict, verdict)) {
			*ret_style = verdicts[i].style;
			return verdicts[i].mark;
		}
	return "  ";
}

static void draw_last(struct page *p, const struct board_learner *l)
{
	enum screen_style style = SCREEN_PLAIN;
	if (l->line == NULL && l->verdict == NULL)
		return;
	const char *mark = mark_for_verdict(l->verdict, &style);
	draw_cell(p, style, mark, 2, true);
	draw_cell(p, SCREEN_PLAIN, l->line != NULL ? l->line : "", p->left, false);
}

/* If the whole course does not fit, show the steps of the learner's current lesson. */
static size_t track_columns(const struct page *p)
{
	return p->width - FIXED < TRACK_MAX ? p->width - FIXED : TRACK_MAX;
}

static const struct {
	char letter;
	const char *drawn, *name;
} marks[] = {{'r', "□", N_("begun")}, {'d', "■", N_("done")}, {'s', "»", N_("skipped")},
	{'h', "◇", N_("with help")}, {'f', "✗", N_("failed")}};

static const char *mark_for_state(char letter)
{
	for (size_t i = 0; i < ARRAY_LENGTH(marks); i++)
		if (marks[i].letter == letter)
			return marks[i].drawn;
	return "·";
}

/* The learner's current step stands out like a cursor. */
static void draw_track(struct page *p, const struct board_learner *l)
{
	const struct board *b = p->board;
	const struct board_lesson *lesson = board_lesson_of(b, l->at);
	cleanup_buf struct buf track = {0};
	size_t columns = track_columns(p), first = 0, count = b->step_count;
	if (count + 2 > columns && lesson != NULL) {
		buf_printf(&track, "%s ", lesson->number != NULL ? lesson->number : "");
		first = lesson->first;
		count = lesson->steps;
	}
	for (size_t i = first; l->grid != NULL && i < first + count; i++)
		buf_printf(&track, i == l->at ? "[%s]" : "%s", mark_for_state(l->grid[i]));
	draw_cell(p, SCREEN_PLAIN, buf_text(&track), (unsigned)columns, true);
	draw_cell(p, SCREEN_PLAIN, " ", 1, true);
}

static const enum screen_style stuck_styles[] = {[BOARD_MOVING] = SCREEN_PLAIN,
	[BOARD_STUCK] = SCREEN_WARN,
	[BOARD_STUCK_LONG] = SCREEN_BAD};

static void draw_learner(struct page *p, const struct board_learner *l)
{
	cleanup_free char *done = xasprintf("%u/%u", l->done, l->of);
	cleanup_buf struct buf stuck = {0};
	if (!l->finished)
		add_age(p, &stuck, l->stuck_s);
	draw_cell(p, l->here ? SCREEN_STRONG : SCREEN_QUIET, l->name, p->wide ? 16 : 13, true);
	draw_cell(p, SCREEN_PLAIN, " ", 1, true);
	if (p->wide)
		draw_track(p, l);
	draw_cell(p, SCREEN_PLAIN, done, 7, true);
	draw_cell(p, stuck_styles[board_is_stuck(l, p->since_ms)], buf_text(&stuck), 10, true);
	draw_cell(p, SCREEN_PLAIN, " ", 1, true);
	draw_badge(p, l);
	draw_cell(p, SCREEN_PLAIN, " ", 1, true);
	if (p->wide) {
		draw_last(p, l);
		end_line(p);
		return;
	}
	end_line(p);
	if (l->step_title == NULL && l->line == NULL && l->verdict == NULL)
		return;
	draw_cell(p, SCREEN_PLAIN, "  ", 2, true);
	draw_cell(p, SCREEN_QUIET, l->step_title != NULL ? l->step_title : "", 18, true);
	draw_cell(p, SCREEN_PLAIN, " ", 1, true);
	draw_last(p, l);
	end_line(p);
}

/* Counts the steps in a state. */
static unsigned count_state(const struct board_learner *l, char letter)
{
	unsigned count = 0;
	for (const char *c = l->grid != NULL ? l->grid : ""; *c != '\0'; c++)
		count += *c == letter;
	return count;
}

static void add_part(struct buf *out, unsigned count, const char *what)
{
	if (count > 0)
		buf_printf(out, ", %u %s", count, what);
}

/* One paragraph instead of a line of columns. */
static void say_learner(struct page *p, const struct board_learner *l)
{
	cleanup_buf struct buf text = {0};
	struct board_badge badges[BOARD_BADGES_MAX];
	size_t count = board_badges(l, badges);
	cleanup_free char *title =
		screen_note(p->screen, l->step_title != NULL ? l->step_title : "");
	buf_printf(&text, _("%s: %u of %u done"), l->name, l->done, l->of);
	for (size_t i = 0; i < ARRAY_LENGTH(marks); i++)
		if (marks[i].letter != 'd' && marks[i].letter != 'r')
			add_part(&text, count_state(l, marks[i].letter), _(marks[i].name));
	if (l->step_title != NULL)
		buf_printf(&text, _("; at: %s"), title);
	if (board_is_stuck(l, p->since_ms) != BOARD_MOVING) {
		buf_add_text(&text, _("; stuck for "));
		add_age(p, &text, l->stuck_s);
	}
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "; %s", badges[i].words);
	if (l->line != NULL || l->verdict != NULL) {
		const char *mark = mark_for_verdict(l->verdict, &(enum screen_style){0});
		cleanup_free char *word = screen_mark(p->screen, mark);
		buf_printf(&text, _("; last command: %s%s"), text_is_blank(word) ? "" : word,
			l->line != NULL ? l->line : _("not shared"));
	}
	draw_wrapped(p, SCREEN_PLAIN, NULL, buf_text(&text));
}

static void say_learners(struct page *p)
{
	for (size_t i = 0; i < p->board->learner_count; i++)
		say_learner(p, &p->board->learners[i]);
}

/* What the marks of the tracks stand for. */
static void draw_legend(struct page *p)
{
	cleanup_buf struct buf text = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(marks); i++)
		buf_printf(&text, "%s%s %s", i > 0 ? DOT : "", marks[i].drawn, marks[i].name);
	draw_wrapped(p, SCREEN_QUIET, NULL, buf_text(&text));
}

static void draw_learners(struct page *p)
{
	const struct board *b = p->board;
	if (b->learner_count == 0) {
		draw_wrapped(p, SCREEN_QUIET, NULL, _("No one has joined yet."));
		return;
	}
	if (screen_has_words(p->screen)) {
		say_learners(p);
		return;
	}
	if (p->wide)
		draw_legend(p);
	draw_cell(p, SCREEN_QUIET, _("learner"), p->wide ? 17 : 14, true);
	if (p->wide)
		draw_cell(p, SCREEN_QUIET, _("steps"), (unsigned)track_columns(p) + 1, true);
	draw_cell(p, SCREEN_QUIET, _("done"), 7, true);
	draw_cell(p, SCREEN_QUIET, _("stuck for"), 13 + BADGE, true);
	if (p->wide)
		draw_cell(p, SCREEN_QUIET, _("  last command"), p->left, false);
	end_line(p);
	if (p->scroll != NULL)
		screen_page_scroll(p->screen, p->scroll, p->wide ? 1 : 2);
	for (size_t i = 0; i < b->learner_count; i++)
		draw_learner(p, &b->learners[i]);
}

void board_page_draw(struct screen *screen, const struct board *board, bool connected,
	struct screen_scroll *scroll)
{
	struct page p = {.screen = screen,
		.board = board,
		.scroll = scroll,
		.width = screen_width(screen),
		.since_ms = clock_monotonic_ms() - board->taken_ms};
	p.left = p.width;
	p.wide = p.width >= WIDE;
	draw_head(&p);
	draw_join(&p);
	draw_pace(&p);
	if (!connected)
		draw_wrapped(&p, SCREEN_WARN, "! ",
			_("No connection to the server. This is the last known state; it is updated when the server is back."));
	draw_signals(&p);
	draw_hands(&p);
	draw_obstacle(&p);
	draw_question(&p);
	screen_newline(screen);
	draw_learners(&p);
}

/* pages/team.c - the team at a glance: overdue courses, positions, difficult questions */
#include "sift.h"

#include <stdlib.h>
#include <string.h>

#define QUESTIONS_SHOWN 12
#define OVERDUE_SHOWN 100

struct overview {
	const struct tracker_enrolment *items;
	size_t count, people, active, overdue;
	unsigned passed, reviews_due;
};

static void add_due(struct buf *out, const struct tracker_enrolment *e)
{
	buf_add_text(out, "<td>");
	if (e->due_ms > 0)
		page_day(out, e->due_ms);
	if (e->overdue)
		buf_printf(out, " <span class=\"badge bad\">%s</span>", _("overdue"));
	else if (e->done_ms > 0)
		buf_printf(out, " <span class=\"badge good\">%s</span>", _("done"));
	buf_add_text(out, "</td>");
}

static void add_names(struct buf *out, const struct tracker_enrolment *e)
{
	buf_add_text(out, "<tr><th scope=\"row\">");
	tables_add_link_number(out, "/person?id=", e->person, e->name);
	buf_add_text(out, "</th><td>");
	page_text(out, e->teams);
	buf_add_text(out, "</td><td>");
	tables_add_link_number(out, "/course?id=", e->course, e->course_title);
	buf_add_text(out, "</td>");
}

static void add_overdue(struct buf *out, const struct tracker_enrolment *e)
{
	int64_t days = (clock_wall_ms() - e->due_ms) / DAY_MS;
	add_names(out, e);
	tables_add_number(out, "<span class=\"bad\">%lld</span>", (long long)days);
	tables_add_progress(out, "lessons completed", e->completed, e->lessons);
	buf_add_text(out, "<td>");
	page_day(out, e->last_ms);
	buf_add_text(out, "</td></tr>\n");
}

static const char *const position_columns[] = {N_("person"), N_("team"), N_("course"),
	"~" N_("lessons completed"), "#" N_("lessons passed"), "#" N_("first"), "#" N_("best"),
	"#" N_("last"), "#" N_("time"), "#" N_("reviews due"), "~" N_("last seen"), "~" N_("due"),
	NULL};

static const char *value_of_position(
	void *data, size_t row, size_t column, char number[SIFT_NUMBER_SIZE])
{
	const struct tracker_enrolment *e = &((struct overview *)data)->items[row];
	const char *const texts[] = {e->name, e->teams, e->course_title};
	const double scores[] = {[5] = e->first, e->best, e->last};
	const int64_t numbers[] = {
		[3] = e->lessons > 0 ? (int64_t)e->completed * 1000 / e->lessons : 0,
		[4] = e->passed,
		[8] = e->time_ms,
		[9] = e->reviews_due,
		[10] = e->last_ms,
		[11] = e->due_ms};
	return column < ARRAY_LENGTH(texts) ? texts[column]
	       : column >= 5 && column <= 7 ? sift_score(scores[column], number)
					    : sift_number(numbers[column], number);
}

static void draw_position(void *data, size_t row, struct buf *out)
{
	const struct tracker_enrolment *e = &((struct overview *)data)->items[row];
	add_names(out, e);
	tables_add_progress(out, "lessons completed", e->completed, e->lessons);
	tables_add_number(out, "%u", e->passed);
	tables_add_score(out, e->first);
	tables_add_score(out, e->best);
	tables_add_score(out, e->last);
	tables_add_minutes(out, e->time_ms);
	tables_add_number(out, "%u", e->reviews_due);
	buf_add_text(out, "<td>");
	page_day(out, e->last_ms);
	buf_add_text(out, "</td>");
	add_due(out, e);
	buf_add_text(out, "</tr>\n");
}

static struct overview count_overview(const struct tracker_roll *roll)
{
	struct overview o = {0};
	int64_t week_ago_ms = clock_wall_ms() - 7 * DAY_MS;
	size_t members;
	const struct tracker_member *member = tracker_roll_members(roll, &members);
	o.items = tracker_roll_enrolments(roll, &o.count);
	cleanup_free int64_t *active = xcalloc(o.count + 1, sizeof *active);
	for (size_t i = 0; i < members; i++)
		o.people += member[i].courses > 0;
	for (size_t i = 0; i < o.count; i++) {
		if (o.items[i].last_ms >= week_ago_ms)
			active[o.active++] = o.items[i].person;
		o.passed += o.items[i].passed;
		o.reviews_due += o.items[i].reviews_due;
		o.overdue += o.items[i].overdue;
	}
	o.active = numbers_unique(active, o.active);
	return o;
}

/* ---- the page ---- */

struct teams {
	const char *chosen;
	struct tracker_team *items;
	size_t count;
};

static void take_team(void *data, const struct tracker_team *team)
{
	struct teams *t = data;
	t->items = array_grow(t->items, t->count, sizeof *t->items);
	t->items[t->count++] = *team;
}

static void add_team_name(struct buf *out, const struct teams *t, const char *name)
{
	if (!text_same(name, t->chosen)) {
		tables_add_link(out, "/?team=", name, name);
		return;
	}
	buf_add_text(out, "<strong aria-current=\"page\">");
	page_text(out, name);
	buf_add_text(out, "</strong>");
}

static void add_team_item(struct buf *out, const struct teams *t, const struct tracker_team *team)
{
	buf_add_text(out, "<li>");
	add_team_name(out, t, team->name);
	buf_add_text(out, " · ");
	buf_printf(out, language_plural("%u person", "%u people", team->people), team->people);
	if (team->overdue > 0) {
		buf_add_text(out, ", <span class=\"bad\">");
		buf_printf(out, language_plural("%u overdue", "%u overdue", team->overdue),
			team->overdue);
		buf_add_text(out, "</span>");
	}
	buf_add_text(out, "</li>");
}

static const char *value_of_team(
	void *data, size_t row, size_t column, char number[SIFT_NUMBER_SIZE])
{
	const struct tracker_team *team = &((struct teams *)data)->items[row];
	return column == 0 ? team->name
			   : sift_number(column == 1 ? team->people : team->overdue, number);
}

static void draw_team(void *data, size_t row, struct buf *out)
{
	const struct teams *t = data;
	const struct tracker_team *team = &t->items[row];
	buf_add_text(out, "<tr><th scope=\"row\">");
	add_team_name(out, t, team->name);
	buf_add_text(out, "</th>");
	tables_add_number(out, "%u", team->people);
	tables_add_number(
		out, "<span%s>%u</span>", team->overdue > 0 ? " class=\"bad\"" : "", team->overdue);
	buf_add_text(out, "</tr>\n");
}

static void add_team_list(struct buf *out, const struct teams *t)
{
	buf_printf(out,
		"<section id=\"teams\" data-live aria-labelledby=\"teams-h\"><h2 "
		"id=\"teams-h\">%s</h2><ul>",
		_("Teams"));
	if (t->chosen != NULL)
		buf_printf(out, "<li><a href=\"/\">%s</a></li>", _("Everyone"));
	for (size_t i = 0; i < t->count; i++)
		add_team_item(out, t, &t->items[i]);
	buf_add_text(out, "</ul></section>\n");
}

static void add_team_table(struct request *r, struct buf *out, struct teams *t)
{
	static const char *const columns[] = {
		N_("team"), "#" N_("people"), "#" N_("overdue"), NULL};
	struct sift sift = {
		.path = "/", .anchor = "#teams", .columns = columns, .name = N_("teams")};
	sift_begin(&sift, r);
	if (t->chosen != NULL)
		buf_printf(out, "<p class=\"screen\"><a href=\"/\">%s</a></p>\n", _("Everyone"));
	sift_write_section(&sift, out, "teams", _("Teams"), _("People of each team"),
		&(struct sift_source){t, t->count, value_of_team, draw_team});
}

/* As many as fit on a page of a table are a list. */
static void add_teams(
	struct request *r, struct buf *out, const struct tracker_roll *roll, const char *chosen)
{
	struct teams t = {.chosen = chosen};
	tracker_roll_teams(roll, take_team, &t);
	if (t.count > SIFT_ROWS)
		add_team_table(r, out, &t);
	else if (t.count > 0)
		add_team_list(out, &t);
	free(t.items);
}

static void add_late_table(struct buf *out, const struct overview *o)
{
	static const char *const columns[] = {N_("person"), N_("team"), N_("course"),
		"#" N_("days overdue"), N_("lessons completed"), N_("last seen"), NULL};
	size_t shown = o->overdue < OVERDUE_SHOWN ? o->overdue : OVERDUE_SHOWN;
	buf_printf(out, "<section id=\"late\" data-live><h2>%s</h2>\n", _("Overdue"));
	if (shown == 0)
		buf_printf(out, "<p>%s</p>\n", _("Nothing is overdue."));
	else {
		tables_begin(out, "Overdue assignments, longest first", columns);
		for (size_t i = 0; i < shown; i++)
			add_overdue(out, &o->items[i]);
		tables_end(out);
	}
	if (shown < o->overdue) {
		buf_add_text(out, "<p>");
		buf_printf(out,
			_("These are %zu of %zu. All of them come first in the <a href=\"#people\">list of people</a>."),
			shown, o->overdue);
		buf_add_text(out, "</p>\n");
	}
	buf_add_text(out, "</section>\n");
}

static void add_people_table(struct request *r, struct buf *out, struct overview *o)
{
	struct sift sift = {
		.path = "/", .anchor = "#people", .columns = position_columns, .class = "many"};
	sift_begin(&sift, r);
	buf_printf(out, "<section id=\"people\"><h2>%s</h2>\n", _("People"));
	if (o->count > 0)
		sift_write_search(&sift, out);
	buf_add_text(out, "<div id=\"positions\" data-live>\n");
	if (o->count == 0)
		buf_printf(out, "<p>%s</p>\n",
			_("No activity yet. Import a <a href=\"/manage\">roster</a>, or let learners run <code>ropes sync join</code>."));
	else if (sift_write(&sift, out,
			 sift.column == SIZE_MAX ? _("Sorted by overdue, then by last activity")
						 : _("Each person in each course"),
			 &(struct sift_source){o, o->count, value_of_position, draw_position}) == 0)
		buf_printf(out, "<p>%s</p>\n", _("Nobody and no course matches."));
	buf_add_text(out, "</div></section>\n");
}

static void add_tiles(struct buf *out, const struct overview *o)
{
	buf_add_text(out, "<ul class=\"tiles\" id=\"figures\" data-live>");
	tables_add_tile(out, "people", "%zu", o->people);
	tables_add_tile(out, "active in the last seven days", "%zu", o->active);
	tables_add_tile(out, "overdue", "<span class=\"%s\">%zu</span>",
		o->overdue > 0 ? "bad" : "good", o->overdue);
	tables_add_tile(out, "lessons passed", "%u", o->passed);
	tables_add_tile(out, "reviews due", "%u", o->reviews_due);
	buf_add_text(out, "</ul>\n");
}

static void add_exports(struct buf *out, const char *team)
{
	static const char *const kinds[] = {"csv", "json", "xapi"};
	buf_printf(out, "<p class=\"screen\">%s", _("Export:"));
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		buf_printf(out, " <a href=\"/export.%s%s", kinds[i], team != NULL ? "?team=" : "");
		url_encode(out, team != NULL ? team : "", "");
		buf_printf(out, "\">%s</a>", kinds[i]);
	}
	buf_add_text(out, "</p>\n");
}

/* With the numbers of all teams, everybody must be on the roll. */
static bool make_team_page(struct request *r, struct buf *out, const char *name, int64_t team,
	const struct tracker_roll *roll, const struct tracker_roll *all, struct error *err)
{
	struct overview o = count_overview(roll);
	page_begin(out, &(struct page){.title = name != NULL ? name : _("The team"),
				.script = "/live.js",
				.events = "/events",
				.here = "/"});
	buf_add_text(out, "<h1>");
	page_text(out, name != NULL ? name : _("The team"));
	buf_printf(out, "</h1><p class=\"lead\">%s</p>\n",
		_("Progress, overdue courses and difficult questions."));
	tables_add_state(r, out);
	add_tiles(out, &o);
	if (all != NULL)
		add_teams(r, out, all, name);
	add_late_table(out, &o);
	buf_printf(
		out, "<section id=\"questions\" data-live><h2>%s</h2>\n", _("Hardest questions"));
	bool good = tables_add_items(r, out, team, 0, QUESTIONS_SHOWN, err);
	buf_add_text(out, "</section>\n");
	good = good && tables_add_pictures(r, out, team, 0, err);
	add_people_table(r, out, &o);
	add_exports(out, name);
	page_end(out);
	return good;
}

void pages_team(struct request *r, struct reply *a)
{
	static const char *const names[] = {
		"team", "q", "sort", "page", "teams-q", "teams-sort", "teams-page"};
	struct tracker_roll *roll = NULL, *all = NULL;
	cleanup_buf struct buf page = {0};
	cleanup_error struct error err = {0};
	const char *name;
	int64_t team;
	ingest_settle(r->ingest);
	if (access_is(r, "learner")) {
		int64_t person = tracker_person_find(r->tracker, r->actor);
		pages_person_of(r, a, *r->actor != '\0' ? person : 0);
		return;
	}
	if (!request_takes(r, a, names, ARRAY_LENGTH(names)) ||
		!access_team_asked(r, a, &name, &team))
		return;
	bool good = tracker_roll_read(r->tracker, team, 0, 0, &roll, &err) &&
		    (*r->team != '\0' || team == 0 ||
			    tracker_roll_read(r->tracker, 0, 0, 0, &all, &err)) &&
		    make_team_page(r, &page, name, team, roll,
			    *r->team != '\0' ? NULL
			    : team == 0      ? roll
					     : all,
			    &err);
	tracker_roll_free(roll);
	tracker_roll_free(all);
	if (good)
		page_reply(a, &page);
	else
		reply_outcome(a, LRS_FAILED, &err);
}

void pages_team_events(struct request *r, struct reply *a)
{
	cleanup_buf struct buf first = {0};
	events_add(&first, "hello", 0, "{}");
	if (request_takes(r, a, NULL, 0) && events_listen(r, a, "team", "", &first))
		page_protect(a, NULL);
}

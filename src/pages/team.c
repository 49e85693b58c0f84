/* pages/team.c - the team at a glance: overdue courses, positions, difficult questions */
#include "sift.h"

#include <stdlib.h>
#include <string.h>

#define QUESTIONS_SHOWN 12

struct overview {
	struct buf overdue;
	struct sift people;
	unsigned late_rows, passed, reviews_due;
	int64_t week_ago_ms, *active, *known; /* ids of people, one for each of their courses */
	size_t active_count, known_count;
};

static void note_person(int64_t **list, size_t *count, int64_t person)
{
	*list = array_grow(*list, *count, sizeof **list);
	(*list)[(*count)++] = person;
}

static void add_due(struct buf *out, const struct tracker_enrolment *e)
{
	buf_add_text(out, "<td>");
	if (e->due_ms > 0)
		page_day(out, e->due_ms);
	if (e->overdue)
		buf_add_text(out, " <span class=\"badge bad\">overdue</span>");
	else if (e->done_ms > 0)
		buf_add_text(out, " <span class=\"badge good\">done</span>");
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

static void add_enrolment_row(struct sift *sift, const struct tracker_enrolment *e)
{
	cleanup_buf struct buf row = {0};
	struct buf *out = &row;
	char numbers[9][SIFT_NUMBER_SIZE];
	const char *const values[] = {e->name, e->teams, e->course_title,
		sift_number(e->lessons > 0 ? e->completed * 1000 / e->lessons : 0, numbers[0]),
		sift_number(e->passed, numbers[1]), sift_score(e->first, numbers[2]),
		sift_score(e->best, numbers[3]), sift_score(e->last, numbers[4]),
		sift_number(e->time_ms, numbers[5]), sift_number(e->reviews_due, numbers[6]),
		sift_number(e->last_ms, numbers[7]), sift_number(e->due_ms, numbers[8])};
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
	sift_add(sift, buf_text(out), values);
}

static void count_overview(void *data, const struct tracker_enrolment *e)
{
	struct overview *o = data;
	note_person(&o->known, &o->known_count, e->person);
	if (e->last_ms >= o->week_ago_ms)
		note_person(&o->active, &o->active_count, e->person);
	o->passed += e->passed;
	o->reviews_due += e->reviews_due;
	if (e->overdue) {
		o->late_rows++;
		add_overdue(&o->overdue, e);
	}
	add_enrolment_row(&o->people, e);
}

/* ---- the page ---- */

struct choosing {
	struct buf *out;
	const char *chosen;
	unsigned count;
};

static void add_team_link(void *data, const struct tracker_team *team)
{
	struct choosing *c = data;
	c->count++;
	buf_add_text(c->out, "<li>");
	if (text_same(team->name, c->chosen)) {
		buf_add_text(c->out, "<strong aria-current=\"page\">");
		page_text(c->out, team->name);
		buf_add_text(c->out, "</strong>");
	} else {
		tables_add_link(c->out, "/?team=", team->name, team->name);
	}
	buf_printf(c->out, " · %u %s%s", team->people, team->people == 1 ? "person" : "people",
		team->overdue > 0 ? ", " : "");
	if (team->overdue > 0)
		buf_printf(c->out, "<span class=\"bad\">%u overdue</span>", team->overdue);
	buf_add_text(c->out, "</li>");
}

static bool add_teams(struct request *r, struct buf *out, const char *chosen, struct error *err)
{
	cleanup_buf struct buf list = {0};
	struct choosing c = {&list, chosen, 0};
	if (!tracker_teams(r->tracker, add_team_link, &c, err))
		return false;
	if (c.count == 0)
		return true;
	buf_add_text(out, "<section id=\"teams\" data-live aria-labelledby=\"teams-h\"><h2 "
			  "id=\"teams-h\">Teams</h2><ul>");
	if (chosen != NULL)
		buf_add_text(out, "<li><a href=\"/\">Everyone</a></li>");
	buf_add(out, buf_text(&list), list.length);
	buf_add_text(out, "</ul></section>\n");
	return true;
}

static void add_late_table(struct buf *out, const struct overview *o)
{
	static const char *const columns[] = {"person", "team", "course", "#days overdue",
		"lessons completed", "last seen", NULL};
	buf_add_text(out, "<section id=\"late\" data-live><h2>Overdue</h2>\n");
	if (o->late_rows == 0)
		buf_add_text(out, "<p>Nothing is overdue.</p>\n");
	else {
		tables_begin(out, "Overdue assignments, longest first", columns);
		buf_add(out, buf_text(&o->overdue), o->overdue.length);
		tables_end(out);
	}
	buf_add_text(out, "</section>\n");
}

static void add_people_table(struct buf *out, struct overview *o)
{
	size_t rows = o->people.count;
	buf_add_text(out, "<section id=\"people\"><h2>People</h2>\n");
	if (rows > 0)
		sift_write_search(&o->people, out);
	buf_add_text(out, "<div id=\"positions\" data-live>\n");
	if (rows == 0)
		buf_add_text(out,
			"<p>No activity yet. Import a <a href=\"/manage\">roster</a>, or let learners run <code>ropes sync join</code>.</p>\n");
	else if (sift_write(&o->people, out,
			 o->people.column == SIZE_MAX ? "Sorted by overdue, then by last activity"
						      : "Each person in each course") == 0)
		buf_add_text(out, "<p>Nobody and no course matches.</p>\n");
	buf_add_text(out, "</div></section>\n");
}

static void add_tiles(struct buf *out, const struct overview *o)
{
	buf_add_text(out, "<ul class=\"tiles\" id=\"figures\" data-live>");
	tables_add_tile(out, "people", "%zu", numbers_unique(o->known, o->known_count));
	tables_add_tile(out, "active in the last seven days", "%zu",
		numbers_unique(o->active, o->active_count));
	tables_add_tile(out, "overdue", "<span class=\"%s\">%u</span>",
		o->late_rows > 0 ? "bad" : "good", o->late_rows);
	tables_add_tile(out, "lessons passed", "%u", o->passed);
	tables_add_tile(out, "reviews due", "%u", o->reviews_due);
	buf_add_text(out, "</ul>\n");
}

static void add_exports(struct buf *out, const char *team)
{
	static const char *const kinds[] = {"csv", "json", "xapi"};
	buf_add_text(out, "<p class=\"screen\">Export:");
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		buf_printf(out, " <a href=\"/export.%s%s", kinds[i], team != NULL ? "?team=" : "");
		url_encode(out, team != NULL ? team : "", "");
		buf_printf(out, "\">%s</a>", kinds[i]);
	}
	buf_add_text(out, "</p>\n");
}

static bool make_team_page(
	struct request *r, struct buf *out, const char *name, int64_t team, struct error *err)
{
	static const char *const columns[] = {"person", "team", "course", "~lessons completed",
		"#lessons passed", "#first", "#best", "#last", "#time", "#reviews due",
		"~last seen", "~due", NULL};
	struct overview *o = xcalloc(1, sizeof *o);
	o->people = (struct sift){
		.path = "/", .anchor = "#people", .columns = columns, .class = "many"};
	sift_begin(&o->people, r);
	o->week_ago_ms = clock_wall_ms() - 7 * DAY_MS;
	bool good = tracker_enrolments(r->tracker, team, 0, 0, count_overview, o, err);
	page_begin(out, &(struct page){.title = name != NULL ? name : "The team",
				.script = "/live.js",
				.events = "/events",
				.here = "/"});
	buf_add_text(out, "<h1>");
	page_text(out, name != NULL ? name : "The team");
	buf_add_text(out,
		"</h1><p class=\"lead\">Progress, overdue courses and difficult questions.</p>\n");
	tables_add_state(r, out);
	add_tiles(out, o);
	good = good && (*r->team != '\0' || add_teams(r, out, name, err));
	add_late_table(out, o);
	buf_add_text(out, "<section id=\"questions\" data-live><h2>Hardest questions</h2>\n");
	good = good && tables_add_items(r, out, team, 0, QUESTIONS_SHOWN, err);
	buf_add_text(out, "</section>\n");
	good = good && tables_add_pictures(r, out, team, 0, err);
	add_people_table(out, o);
	add_exports(out, name);
	page_end(out);
	buf_finish(&o->overdue);
	free(o->active);
	free(o->known);
	free(o);
	return good;
}

void pages_team(struct request *r, struct reply *a)
{
	static const char *const names[] = {"team", "q", "sort"};
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
	if (make_team_page(r, &page, name, team, &err))
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

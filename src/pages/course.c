/* pages/course.c - the list of courses, and one course: lessons, scores, questions, positions */
#include "sift.h"

#include <stdlib.h>
#include <string.h>

#define PARTS 10
#define ITEMS_MAX 1000

/* ---- the list ---- */

static void add_course(void *data, const struct tracker_course *c)
{
	cleanup_buf struct buf row = {0};
	struct buf *out = &row;
	char lessons[SIFT_NUMBER_SIZE], people[SIFT_NUMBER_SIZE];
	const char *const values[] = {
		c->title, c->iri, sift_number(c->lessons, lessons), sift_number(c->people, people)};
	buf_add_text(out, "<tr><th scope=\"row\">");
	tables_add_link_number(out, "/course?id=", c->id, c->title);
	buf_add_text(out, "</th><td><code>");
	page_text(out, c->iri);
	buf_add_text(out, "</code></td>");
	tables_add_number(out, "%u", c->lessons);
	tables_add_number(out, "%u", c->people);
	buf_add_text(out, "</tr>\n");
	sift_add(data, buf_text(out), values);
}

void pages_courses(struct request *r, struct reply *a)
{
	static const char *const names[] = {"q", "sort", "page"};
	static const char *const columns[] = {
		N_("course"), N_("address"), "#" N_("lessons"), "#" N_("people"), NULL};
	struct sift sift = {.path = "/courses", .columns = columns};
	cleanup_buf struct buf page = {0}, table = {0};
	cleanup_error struct error err = {0};
	int64_t team;
	ingest_settle(r->ingest);
	if (!request_takes(r, a, names, ARRAY_LENGTH(names)) || !access_team(r, a, &team))
		return;
	sift_begin(&sift, r);
	bool good = tracker_courses(r->tracker, team, add_course, &sift, &err);
	bool none = sift.count == 0;
	(void)sift_write(&sift, &table, _("Started or assigned"), NULL);
	if (!good) {
		reply_outcome(a, LRS_FAILED, &err);
		return;
	}
	page_begin(&page, &(struct page){.title = _("Courses"),
				  .script = "/live.js",
				  .events = "/events",
				  .here = "/courses"});
	buf_printf(&page, "<h1>%s</h1>\n", _("Courses"));
	tables_add_state(r, &page);
	if (!none)
		sift_write_search(&sift, &page);
	buf_add_text(&page, "<section id=\"courses\" data-live>\n");
	if (none)
		buf_printf(&page, "<p>%s</p>\n", _("None yet."));
	else
		buf_add(&page, buf_text(&table), table.length);
	buf_add_text(&page, "</section>\n");
	page_end(&page);
	page_reply(a, &page);
}

/* ---- one course ---- */

struct shown {
	int64_t id;
	char *title;
	unsigned lessons, people, done, overdue;
	unsigned scores[PARTS];
	struct sift table; /* of the lessons */
	int64_t *order;    /* their ids */
	size_t order_count;
};

static void set_course_title(void *data, const struct tracker_course *one)
{
	struct shown *c = data;
	if (one->id != c->id)
		return;
	c->title = xstrdup(one->title);
	c->lessons = one->lessons;
}

static void count_enrolment(void *data, const struct tracker_enrolment *e)
{
	struct shown *c = data;
	c->people++;
	c->done += e->done_ms > 0;
	c->overdue += e->overdue;
	if (e->best >= 0)
		c->scores[e->best >= 1 ? PARTS - 1 : (size_t)(e->best * PARTS)]++;
}

static void add_lesson_row(void *data, const struct tracker_lesson *l)
{
	struct shown *c = data;
	cleanup_buf struct buf row = {0};
	struct buf *out = &row;
	char numbers[6][SIFT_NUMBER_SIZE];
	const char *const values[] = {l->title, l->objective, sift_number(l->begun, numbers[0]),
		sift_number(l->completed, numbers[1]), sift_number(l->passed, numbers[2]),
		sift_score(l->first, numbers[3]), sift_score(l->best, numbers[4]),
		sift_number(l->time_ms, numbers[5])};
	c->order = array_grow(c->order, c->order_count, sizeof *c->order);
	c->order[c->order_count++] = l->id;
	buf_add_text(out, "<tr><th scope=\"row\">");
	page_text(out, l->title);
	buf_add_text(out, "</th><td>");
	page_text(out, l->objective);
	buf_add_text(out, "</td>");
	tables_add_number(out, "%u", l->begun);
	tables_add_number(out, "%u", l->completed);
	tables_add_number(out, "%u", l->passed);
	tables_add_score(out, l->first);
	tables_add_score(out, l->best);
	tables_add_minutes(out, l->time_ms);
	buf_add_text(out, "</tr>\n");
	sift_add(&c->table, buf_text(out), values);
}

/* ---- the grid: one row per person, one column per lesson ---- */

struct grid_person {
	int64_t id;
	char *name;
	unsigned state; /* in the lesson that sorts them */
};

struct grid {
	struct request *r;
	const struct shown *course;
	struct grid_person *people;
	size_t count;
	unsigned char *states; /* of the person who is drawn, in each lesson */
	struct error *err;
	bool good;
};

static const struct {
	const char *sign, *words, *number;
} grid_states[] = {{"", N_("not started"), "0"}, {"·", N_("begun"), "1"},
	{"✓", N_("completed"), "2"}, {"★", N_("lesson passed"), "3"}};

static unsigned state_of_lesson(int64_t seen_ms, int64_t completed_ms, int64_t passed_ms)
{
	return passed_ms > 0 ? 3 : completed_ms > 0 ? 2 : seen_ms > 0 ? 1 : 0;
}

static void add_grid_person(void *data, const struct tracker_position *p)
{
	struct grid *g = data;
	g->people = array_grow(g->people, g->count, sizeof *g->people);
	g->people[g->count++] = (struct grid_person){.id = p->person,
		.name = xstrdup(p->name),
		.state = state_of_lesson(p->seen_ms, p->completed_ms, p->passed_ms)};
}

static const char *value_of_grid(
	void *data, size_t row, size_t column, char number[SIFT_NUMBER_SIZE])
{
	const struct grid_person *p = &((struct grid *)data)->people[row];
	(void)number;
	return column == 0 ? p->name : grid_states[p->state].number;
}

static void take_mark(void *data, const struct tracker_mark *l)
{
	struct grid *g = data;
	for (size_t i = 0; i < g->course->order_count; i++)
		if (g->course->order[i] == l->lesson)
			g->states[i] =
				(unsigned char)state_of_lesson(1, l->completed_ms, l->passed_ms);
}

static void draw_grid(void *data, size_t row, struct buf *out)
{
	struct grid *g = data;
	const struct grid_person *p = &g->people[row];
	memset(g->states, 0, g->course->order_count);
	g->good =
		g->good && tracker_marks(g->r->tracker, p->id, g->course->id, take_mark, g, g->err);
	buf_add_text(out, "<tr><th scope=\"row\">");
	tables_add_link_number(out, "/person?id=", p->id, p->name);
	buf_add_text(out, "</th>");
	for (size_t i = 0; i < g->course->order_count; i++) {
		unsigned state = g->states[i];
		if (state == 0)
			buf_printf(out, "<td class=\"g0\" aria-label=\"%s\"></td>",
				_(grid_states[state].words));
		else
			buf_printf(out,
				"<td class=\"g%u\"><span aria-hidden=\"true\">%s</span><span class=\"skip\">%s</span></td>",
				state, grid_states[state].sign, _(grid_states[state].words));
	}
	buf_add_text(out, "</tr>\n");
}

static bool add_grid(
	struct request *r, struct buf *out, const struct shown *c, int64_t team, struct error *err)
{
	cleanup_words struct words columns = {0};
	struct grid g = {.r = r, .course = c, .err = err};
	words_add(&columns, N_("person"));
	for (size_t i = 0; i < c->order_count; i++)
		words_addf(&columns, "~%zu", i + 1);
	struct sift sift = {.path = "/course",
		.anchor = "#grid",
		.columns = (const char *const *)columns.items,
		.name = N_("people"),
		.class = "grid"};
	sift_begin(&sift, r);
	bool sorted = sift.column != SIZE_MAX && sift.column > 0;
	g.states = xcalloc(c->order_count + 1, 1);
	g.good = tracker_positions(r->tracker, team, c->id, sorted ? c->order[sift.column - 1] : 0,
		add_grid_person, &g, err);
	if (g.count > 0)
		sift_write_section(&sift, out, "grid", _("Who is where"),
			_("· started, ✓ completed, ★ passed; lessons in course order"),
			&(struct sift_source){&g, g.count, value_of_grid, draw_grid});
	for (size_t i = 0; i < g.count; i++)
		free(g.people[i].name);
	free(g.people);
	free(g.states);
	return g.good;
}

/* ---- the page ---- */

static void course_finish(struct shown *c)
{
	sift_finish(&c->table);
	free(c->title);
	free(c->order);
}

static void add_parts(struct request *r, struct buf *out, struct shown *c)
{
	page_begin(out,
		&(struct page){
			.title = c->title, .script = "/live.js", .events = "/events", .here = ""});
	buf_add_text(out, "<h1>");
	page_text(out, c->title);
	buf_add_text(out, "</h1>\n");
	tables_add_state(r, out);
	buf_add_text(out, "<ul class=\"tiles\" id=\"figures\" data-live>");
	tables_add_tile(out, "lessons", "%u", c->lessons);
	tables_add_tile(out, "people", "%u", c->people);
	tables_add_tile(out, "completed it", "%u", c->done);
	tables_add_tile(out, "overdue", "<span class=\"%s\">%u</span>",
		c->overdue > 0 ? "bad" : "good", c->overdue);
	buf_printf(out, "</ul>\n<section id=\"scores\" data-live><h2>%s</h2>\n", _("Scores"));
	chart_histogram(out, c->scores, PARTS, _("Number of people by average best score (%)"));
	buf_add_text(out, "</section>\n");
	if (c->table.count > 0)
		sift_write_section(&c->table, out, "lessons", _("Lessons"),
			_("Averages over everyone who started the lesson"), NULL);
	else
		buf_printf(out,
			"<section id=\"lessons\" data-live><h2>%s</h2>\n<p>%s</p>\n</section>\n",
			_("Lessons"), _("No one has started it yet."));
}

void pages_course(struct request *r, struct reply *a)
{
	static const char *const names[] = {"id", "lessons-q", "lessons-sort", "lessons-page",
		"people-q", "people-sort", "people-page"};
	static const char *const columns[] = {N_("lesson"), N_("aim"), "#" N_("begun"),
		"#" N_("completed"), "#" N_("lesson passed"), "#" N_("first"), "#" N_("best"),
		"#" N_("time"), NULL};
	cleanup_buf struct buf page = {0};
	cleanup_error struct error err = {0};
	struct shown c = {.table = {.path = "/course",
				  .anchor = "#lessons",
				  .columns = columns,
				  .name = N_("lessons")}};
	int64_t team;
	ingest_settle(r->ingest);
	if (!request_takes(r, a, names, ARRAY_LENGTH(names)) ||
		!request_number(r, a, "id", &c.id) || !access_team(r, a, &team))
		return;
	bool good = tracker_courses(r->tracker, team, set_course_title, &c, &err);
	if (good && c.title == NULL) {
		reply_error(a, 404, "there is no such course");
		return;
	}
	sift_begin(&c.table, r);
	good = good &&
	       tracker_course_enrolments(r->tracker, team, c.id, count_enrolment, &c, &err) &&
	       tracker_lessons(r->tracker, team, c.id, add_lesson_row, &c, &err);
	if (good) {
		add_parts(r, &page, &c);
		buf_printf(
			&page, "<section id=\"questions\" data-live><h2>%s</h2>\n", _("Questions"));
		good = tables_add_items(r, &page, team, c.id, ITEMS_MAX, &err);
		buf_add_text(&page, "</section>\n");
		good = good && add_grid(r, &page, &c, team, &err);
		page_end(&page);
	}
	course_finish(&c);
	if (good)
		page_reply(a, &page);
	else
		reply_outcome(a, LRS_FAILED, &err);
}

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
	static const char *const names[] = {"q", "sort"};
	static const char *const columns[] = {"course", "address", "#lessons", "#people", NULL};
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
	(void)sift_write(&sift, &table, "Started or assigned");
	if (!good) {
		reply_outcome(a, LRS_FAILED, &err);
		return;
	}
	page_begin(&page, &(struct page){.title = "Courses",
				  .script = "/live.js",
				  .events = "/events",
				  .here = "/courses"});
	buf_add_text(&page, "<h1>Courses</h1>\n");
	tables_add_state(r, &page);
	if (!none)
		sift_write_search(&sift, &page);
	buf_add_text(&page, "<section id=\"courses\" data-live>\n");
	if (none)
		buf_add_text(&page, "<p>None yet.</p>\n");
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
	/* positions: one row per person, one column per lesson */
	struct sift grid;
	struct words columns; /* of the grid */
	struct buf row;       /* of a person */
	char *name;
	int64_t *order, person;
	unsigned char *states; /* of the person in each lesson */
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

/* ---- the grid ---- */

static void begin_grid(struct shown *c, const struct request *r)
{
	words_add(&c->columns, "person");
	for (size_t i = 0; i < c->order_count; i++)
		words_addf(&c->columns, "~%zu", i + 1);
	c->states = xcalloc(c->order_count + 1, 1);
	c->grid = (struct sift){.path = "/course",
		.anchor = "#grid",
		.columns = (const char *const *)c->columns.items,
		.name = "people",
		.class = "grid"};
	sift_begin(&c->grid, r);
}

static void end_person(struct shown *c)
{
	static const struct {
		const char *sign, *words;
	} states[] = {
		{"", "not started"}, {"·", "begun"}, {"✓", "completed"}, {"★", "lesson passed"}};
	static const char *const numbers[] = {"0", "1", "2", "3"};
	if (c->person == 0)
		return;
	const char **values = xcalloc(c->order_count + 1, sizeof *values);
	values[0] = c->name;
	for (size_t i = 0; i < c->order_count; i++) {
		unsigned state = c->states[i];
		values[i + 1] = numbers[state];
		if (state == 0)
			buf_printf(&c->row, "<td class=\"g0\" aria-label=\"%s\"></td>",
				states[state].words);
		else
			buf_printf(&c->row,
				"<td class=\"g%u\"><span aria-hidden=\"true\">%s</span><span class=\"skip\">%s</span></td>",
				state, states[state].sign, states[state].words);
	}
	buf_add_text(&c->row, "</tr>\n");
	sift_add(&c->grid, buf_text(&c->row), values);
	free(values);
}

static void begin_person(struct shown *c, const struct tracker_result *l)
{
	end_person(c);
	c->person = l->person;
	free(c->name);
	c->name = xstrdup(l->name);
	memset(c->states, 0, c->order_count);
	buf_truncate(&c->row, 0);
	buf_add_text(&c->row, "<tr><th scope=\"row\">");
	tables_add_link_number(&c->row, "/person?id=", l->person, l->name);
	buf_add_text(&c->row, "</th>");
}

static void take_result(void *data, const struct tracker_result *l)
{
	struct shown *c = data;
	if (l->person != c->person)
		begin_person(c, l);
	for (size_t i = 0; i < c->order_count; i++)
		if (c->order[i] == l->lesson)
			c->states[i] = l->passed_ms > 0 ? 3 : l->completed_ms > 0 ? 2 : 1;
}

/* ---- the page ---- */

static void course_finish(struct shown *c)
{
	sift_finish(&c->table);
	sift_finish(&c->grid);
	free(c->title);
	free(c->order);
	free(c->states);
	free(c->name);
	words_finish(&c->columns);
	buf_finish(&c->row);
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
	buf_add_text(out, "</ul>\n<section id=\"scores\" data-live><h2>Scores</h2>\n");
	chart_histogram(out, c->scores, PARTS, "Number of people by average best score (%)");
	buf_add_text(out, "</section>\n");
	if (c->table.count > 0)
		sift_write_section(&c->table, out, "lessons", "Lessons",
			"Averages over everyone who started the lesson");
	else
		buf_add_text(out,
			"<section id=\"lessons\" data-live><h2>Lessons</h2>\n<p>No one has started it yet.</p>\n</section>\n");
}

void pages_course(struct request *r, struct reply *a)
{
	static const char *const names[] = {
		"id", "lessons-q", "lessons-sort", "people-q", "people-sort"};
	static const char *const columns[] = {"lesson", "aim", "#begun", "#completed",
		"#lesson passed", "#first", "#best", "#time", NULL};
	cleanup_buf struct buf page = {0};
	cleanup_error struct error err = {0};
	struct shown c = {.table = {.path = "/course",
				  .anchor = "#lessons",
				  .columns = columns,
				  .name = "lessons"}};
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
	good = good && tracker_enrolments(r->tracker, team, 0, c.id, count_enrolment, &c, &err) &&
	       tracker_lessons(r->tracker, team, c.id, add_lesson_row, &c, &err);
	begin_grid(&c, r);
	good = good && tracker_results(r->tracker, team, 0, c.id, take_result, &c, &err);
	end_person(&c);
	if (good) {
		add_parts(r, &page, &c);
		buf_add_text(&page, "<section id=\"questions\" data-live><h2>Questions</h2>\n");
		good = tables_add_items(r, &page, team, c.id, ITEMS_MAX, &err);
		buf_add_text(&page, "</section>\n");
		if (c.grid.count > 0)
			sift_write_section(&c.grid, &page, "grid", "Who is where",
				"· started, ✓ completed, ★ passed; lessons in course order");
		page_end(&page);
	}
	course_finish(&c);
	if (good)
		page_reply(a, &page);
	else
		reply_outcome(a, LRS_FAILED, &err);
}

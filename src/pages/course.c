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
	struct buf rows;
	/* positions: one row per person, one column per lesson */
	struct buf grid;
	int64_t *order, person;
	size_t order_count, at;
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
	struct buf *out = &c->rows;
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
}

/* ---- the grid ---- */

static void skip_to(struct shown *c, size_t at)
{
	for (; c->at < at; c->at++)
		buf_add_text(&c->grid, "<td class=\"g0\" aria-label=\"not started\"></td>");
}

static void end_person(struct shown *c)
{
	if (c->person == 0)
		return;
	skip_to(c, c->order_count);
	buf_add_text(&c->grid, "</tr>\n");
}

static void take_result(void *data, const struct tracker_result *l)
{
	static const struct {
		const char *class, *sign, *words;
	} states[] = {{"g1", "·", "begun"}, {"g2", "✓", "completed"}, {"g3", "★", "lesson passed"}};
	struct shown *c = data;
	size_t state = l->passed_ms > 0 ? 2 : l->completed_ms > 0;
	if (l->person != c->person) {
		end_person(c);
		c->person = l->person;
		c->at = 0;
		buf_add_text(&c->grid, "<tr><th scope=\"row\">");
		tables_add_link_number(&c->grid, "/person?id=", l->person, l->name);
		buf_add_text(&c->grid, "</th>");
	}
	for (size_t i = c->at; i < c->order_count; i++) {
		if (c->order[i] != l->lesson)
			continue;
		skip_to(c, i);
		buf_printf(&c->grid,
			"<td class=\"%s\"><span aria-hidden=\"true\">%s</span>"
			"<span class=\"skip\">%s</span></td>",
			states[state].class, states[state].sign, states[state].words);
		c->at = i + 1;
		break;
	}
}

static void add_course_grid(struct buf *out, struct shown *c)
{
	end_person(c);
	if (c->grid.length == 0)
		return;
	buf_add_text(out,
		"<section id=\"grid\" data-live><h2>Who is where</h2>\n"
		"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Who is "
		"where\"><table class=\"grid\"><caption>· started, ✓ completed, ★ passed; lessons in course order</caption><thead><tr><th "
		"scope=\"col\">person</th>");
	for (size_t i = 0; i < c->order_count; i++)
		buf_printf(out, "<th scope=\"col\">%zu</th>", i + 1);
	buf_add_text(out, "</tr></thead><tbody>\n");
	buf_add(out, buf_text(&c->grid), c->grid.length);
	tables_end(out);
	buf_add_text(out, "</section>\n");
}

static void course_finish(struct shown *c)
{
	free(c->title);
	free(c->order);
	buf_finish(&c->rows);
	buf_finish(&c->grid);
}

static void add_parts(struct request *r, struct buf *out, const struct shown *c)
{
	static const char *const columns[] = {"lesson", "aim", "#begun", "#completed",
		"#lesson passed", "#first", "#best", "#time", NULL};
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
	tables_add_tile(out, "late", "<span class=\"%s\">%u</span>",
		c->overdue > 0 ? "bad" : "good", c->overdue);
	buf_add_text(out, "</ul>\n<section id=\"scores\" data-live><h2>Scores</h2>\n");
	chart_histogram(out, c->scores, PARTS, "Number of people by average best score (%)");
	buf_add_text(out, "</section>\n<section id=\"lessons\" data-live><h2>Lessons</h2>\n");
	if (c->rows.length > 0) {
		tables_begin(out, "Averages over everyone who started the lesson", columns);
		buf_add(out, buf_text(&c->rows), c->rows.length);
		tables_end(out);
	} else {
		buf_add_text(out, "<p>No one has started it yet.</p>\n");
	}
	buf_add_text(out, "</section>\n");
}

void pages_course(struct request *r, struct reply *a)
{
	static const char *const names[] = {"id"};
	cleanup_buf struct buf page = {0};
	cleanup_error struct error err = {0};
	struct shown c = {0};
	int64_t team;
	ingest_settle(r->ingest);
	if (!request_takes(r, a, names, 1) || !request_number(r, a, "id", &c.id) ||
		!access_team(r, a, &team))
		return;
	bool good = tracker_courses(r->tracker, team, set_course_title, &c, &err);
	if (good && c.title == NULL) {
		reply_error(a, 404, "there is no such course");
		return;
	}
	good = good && tracker_enrolments(r->tracker, team, 0, c.id, count_enrolment, &c, &err) &&
	       tracker_lessons(r->tracker, team, c.id, add_lesson_row, &c, &err) &&
	       tracker_results(r->tracker, team, 0, c.id, take_result, &c, &err);
	if (good) {
		add_parts(r, &page, &c);
		buf_add_text(&page, "<section id=\"questions\" data-live><h2>Questions</h2>\n");
		good = tables_add_items(r, &page, team, c.id, ITEMS_MAX, &err);
		buf_add_text(&page, "</section>\n");
		add_course_grid(&page, &c);
		page_end(&page);
	}
	course_finish(&c);
	if (good)
		page_reply(a, &page);
	else
		reply_outcome(a, LRS_FAILED, &err);
}

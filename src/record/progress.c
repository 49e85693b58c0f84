/* record/progress.c - a learner's progress, read from the projections; and as JSON */
#include "progress.h"
#include "json.h"
#include "private.h"
#include "statement.h"

#include <stdlib.h>

static void read_step_counts(
	struct record *r, const char *learner, const char *course, struct record_lesson *l)
{
	sqlite3_stmt *rows = sql(&r->db, NULL,
		"SELECT state, count(*) FROM step WHERE learner = ?1 AND course = ?2 AND lesson = ?3 GROUP BY state",
		"ttt", learner, course, l->lesson);
	unsigned *const counts[] = {
		[RECORD_STEP_REACHED] = &l->reached,
		[RECORD_STEP_DONE] = &l->done,
		[RECORD_STEP_SKIPPED] = &l->skipped,
		[RECORD_STEP_SHOWN] = &l->shown,
	};
	bool good = true;
	while (sql_row(&r->db, rows, &good, NULL)) {
		int state = sqlite3_column_int(rows, 0);
		if (state >= 0 && state < (int)ARRAY_LENGTH(counts))
			*counts[state] = (unsigned)sqlite3_column_int(rows, 1);
	}
}

static bool read_lesson_rows(
	struct record *r, const char *learner, struct record_course *c, struct error *err)
{
	sqlite3_stmt *rows = sql(&r->db, err,
		"SELECT lesson, title FROM lesson WHERE learner = ?1 AND course = ?2 ORDER BY first_ms, lesson",
		"tt", learner, c->course);
	bool good = true;
	while (sql_row(&r->db, rows, &good, err)) {
		c->lessons = array_grow(c->lessons, c->lesson_count, sizeof *c->lessons);
		c->lessons[c->lesson_count++] = (struct record_lesson){
			.lesson = xstrdup(sql_column(rows, 0)),
			.title = xstrdup(sql_column(rows, 1)),
		};
	}
	for (size_t i = 0; good && i < c->lesson_count; i++)
		read_step_counts(r, learner, c->course, &c->lessons[i]);
	return good;
}

/* ---- what follows from the statements ---- */

static struct record_course *find_course(struct record_progress *p, const char *course)
{
	for (size_t i = 0; i < p->course_count; i++)
		if (text_same(p->courses[i].course, course))
			return &p->courses[i];
	return NULL;
}

static size_t find_lesson(const struct record_course *c, const char *lesson)
{
	size_t i = 0;
	while (i < c->lesson_count && !text_same(c->lessons[i].lesson, lesson))
		i++;
	return i;
}

static void copy_result(const struct progress_result *from, struct record_lesson *l)
{
	l->completed = from->completed_ms > 0;
	l->passed = from->passed_ms > 0;
	l->quiz.count = (unsigned)from->attempts;
	if (from->attempts > 0) {
		l->quiz.first = from->first;
		l->quiz.best = from->best;
		l->quiz.last = from->last;
		l->quiz.last_ms = from->last_ms;
	}
	l->time_ms = from->time_ms;
	l->last_ms = from->seen_ms;
	l->lines = (unsigned)from->lines;
	l->failed_lines = (unsigned)from->failed_lines;
}

/* results: of the courses' lessons. */
static void apply_event(struct record_course *c, struct progress_result *results,
	const char *lesson, const struct progress_event *e, int64_t gap_ms)
{
	size_t at = find_lesson(c, lesson);
	struct progress_news ignored;
	c->time_ms += gap_ms;
	if (e->lesson != NULL && at < c->lesson_count)
		progress_apply(&results[at], e, gap_ms, &ignored);
}

static struct progress_result **create_results(const struct record_progress *p)
{
	struct progress_result **results = xcalloc(p->course_count + 1, sizeof *results);
	for (size_t i = 0; i < p->course_count; i++) {
		results[i] = xcalloc(p->courses[i].lesson_count + 1, sizeof **results);
		for (size_t k = 0; k < p->courses[i].lesson_count; k++)
			progress_result_init(&results[i][k]);
	}
	return results;
}

static void copy_results(struct record_progress *p, struct progress_result **results)
{
	for (size_t i = 0; i < p->course_count; i++) {
		for (size_t k = 0; k < p->courses[i].lesson_count; k++)
			copy_result(&results[i][k], &p->courses[i].lessons[k]);
		free(results[i]);
	}
	free(results);
}

/* Applies a learner's statements in the order in which a store gets them. */
static bool apply_history(struct record *r, struct record_progress *p, struct error *err)
{
	struct progress_result **results = create_results(p);
	sqlite3_stmt *rows = sql(&r->db, err,
		"SELECT course, lesson, json FROM statement WHERE learner = ?1 AND NOT voided ORDER BY number",
		"t", p->learner);
	int64_t last_ms = 0;
	bool good = true;
	while (sql_row(&r->db, rows, &good, err)) {
		struct record_course *c = find_course(p, sql_column(rows, 0));
		struct progress_event e;
		cJSON *json = cJSON_Parse(sql_column(rows, 2));
		progress_event_read(json, &e);
		if (e.person != NULL && c != NULL)
			apply_event(c, results[c - p->courses], sql_column(rows, 1), &e,
				progress_gap_ms(last_ms, &e));
		if (e.person != NULL)
			last_ms = e.time_ms > last_ms ? e.time_ms : last_ms;
		progress_event_finish(&e);
		cJSON_Delete(json);
	}
	copy_results(p, results);
	return good;
}

bool record_progress(
	struct record *r, const char *learner, struct record_progress *ret, struct error *err)
{
	struct record_progress p = {.learner = xstrdup(learner)};
	sqlite3_stmt *rows = sql(&r->db, err,
		"SELECT course, title, coalesce(reference, ''), first_ms, last_ms FROM position LEFT JOIN enrolment USING (learner, course) WHERE learner = ?1 ORDER BY first_ms, course",
		"t", learner);
	bool good = true;
	while (sql_row(&r->db, rows, &good, err)) {
		const char *reference = sql_column(rows, 2);
		p.courses = array_grow(p.courses, p.course_count, sizeof *p.courses);
		p.courses[p.course_count++] = (struct record_course){
			.course = xstrdup(sql_column(rows, 0)),
			.title = xstrdup(sql_column(rows, 1)),
			.reference = reference[0] != '\0' ? xstrdup(reference) : NULL,
			.first_ms = sqlite3_column_int64(rows, 3),
			.last_ms = sqlite3_column_int64(rows, 4),
		};
	}
	for (size_t i = 0; good && i < p.course_count; i++)
		good = read_lesson_rows(r, learner, &p.courses[i], err);
	if (!good || !apply_history(r, &p, err)) {
		record_progress_finish(&p);
		return false;
	}
	*ret = p;
	return true;
}

static void finish_course(struct record_course *c)
{
	for (size_t i = 0; i < c->lesson_count; i++) {
		free(c->lessons[i].lesson);
		free(c->lessons[i].title);
	}
	free(c->lessons);
	free(c->course);
	free(c->title);
	free(c->reference);
}

void record_progress_keep(struct record_progress *p, const char *course)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->course_count; i++) {
		if (text_same(p->courses[i].course, course))
			p->courses[kept++] = p->courses[i];
		else
			finish_course(&p->courses[i]);
	}
	p->course_count = kept;
}

void record_progress_finish(struct record_progress *p)
{
	for (size_t i = 0; i < p->course_count; i++)
		finish_course(&p->courses[i]);
	free(p->courses);
	free(p->learner);
	*p = (struct record_progress){0};
}

/* ---- JSON ---- */

static cJSON *lesson_progress_json(const struct record_lesson *l)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "lesson", l->lesson);
	cJSON_AddStringToObject(json, "title", l->title);
	cJSON_AddNumberToObject(json, "done", l->done);
	cJSON_AddNumberToObject(json, "skipped", l->skipped);
	cJSON_AddNumberToObject(json, "shown", l->shown);
	cJSON_AddBoolToObject(json, "completed", l->completed);
	cJSON_AddBoolToObject(json, "passed", l->passed);
	cJSON_AddNumberToObject(json, "lines", l->lines);
	cJSON_AddNumberToObject(json, "failed_lines", l->failed_lines);
	cJSON_AddNumberToObject(json, "time_s", (double)(l->time_ms / 1000));
	json_add_time(json, "last", l->last_ms);
	cJSON *attempts = cJSON_AddObjectToObject(json, "attempts");
	cJSON_AddNumberToObject(attempts, "count", l->quiz.count);
	if (l->quiz.count > 0) {
		cJSON_AddNumberToObject(attempts, "first", l->quiz.first);
		cJSON_AddNumberToObject(attempts, "best", l->quiz.best);
		cJSON_AddNumberToObject(attempts, "last", l->quiz.last);
	}
	return json;
}

char *record_progress_json(const struct record_progress *p)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "learner", p->learner);
	cJSON *courses = cJSON_AddArrayToObject(json, "courses");
	for (size_t i = 0; i < p->course_count; i++) {
		const struct record_course *c = &p->courses[i];
		cJSON *course = cJSON_CreateObject();
		cJSON_AddItemToArray(courses, course);
		cJSON_AddStringToObject(course, "course", c->course);
		cJSON_AddStringToObject(course, "title", c->title);
		cJSON_AddNumberToObject(course, "time_s", (double)(c->time_ms / 1000));
		json_add_time(course, "first", c->first_ms);
		json_add_time(course, "last", c->last_ms);
		cJSON *lessons = cJSON_AddArrayToObject(course, "lessons");
		for (size_t k = 0; k < c->lesson_count; k++)
			cJSON_AddItemToArray(lessons, lesson_progress_json(&c->lessons[k]));
	}
	char *text = cJSON_Print(json);
	cJSON_Delete(json);
	if (text == NULL)
		die_out_of_memory();
	return text;
}

/* ---- answers ---- */

bool record_answers(struct record *r, const char *course,
	bool (*each)(void *data, const struct record_answer *answer), void *data, struct error *err)
{
	sqlite3_stmt *rows = sql(&r->db, err,
		"SELECT s.json, (SELECT count(*) FROM attempt AS b WHERE b.learner = a.learner AND b.course = a.course AND b.lesson = a.lesson AND b.place <= a.place), s.number FROM attempt AS a JOIN statement AS s ON s.learner = a.learner AND s.course = a.course AND s.lesson = a.lesson AND s.verb = ?2 AND NOT s.voided AND json_extract(s.json, '$.context.registration') = a.registration WHERE a.course = ?1 ORDER BY a.lesson, a.place, s.number",
		"ti", course, (int64_t)RECORD_ANSWERED);
	bool good = true, more = true;
	while (more && sql_row(&r->db, rows, &good, err)) {
		cJSON *json = cJSON_Parse(sql_column(rows, 0));
		struct projected e;
		if (statement_read(json, &e)) {
			cleanup_free char *renamed = NULL;
			const char *question =
				project_step(r, &e, sqlite3_column_int64(rows, 2), &renamed);
			const struct record_answer answer = {e.learner, e.lesson, question,
				e.registration, (unsigned)sqlite3_column_int(rows, 1), e.fraction};
			more = each(data, &answer);
		}
		cJSON_Delete(json);
	}
	sql_done(rows);
	return good;
}

/* ---- reviews ---- */

void record_dues_finish(struct record_dues *dues)
{
	for (size_t i = 0; i < dues->count; i++) {
		free(dues->items[i].lesson);
		free(dues->items[i].question);
	}
	free(dues->items);
	*dues = (struct record_dues){0};
}

bool record_dues(struct record *r, const char *learner, const char *course, struct record_dues *ret,
	struct error *err)
{
	struct record_dues dues = {0};
	sqlite3_stmt *rows = sql(&r->db, err,
		"SELECT lesson, question, iif(last_ms > ?3, min(due_ms, ?3), due_ms) AS due FROM review WHERE learner = ?1 AND course = ?2 ORDER BY due, lesson, question",
		"tti", learner, course, clock_wall_ms());
	bool good = true;
	while (sql_row(&r->db, rows, &good, err)) {
		dues.items = array_grow(dues.items, dues.count, sizeof *dues.items);
		dues.items[dues.count++] =
			(struct record_due){.lesson = xstrdup(sql_column(rows, 0)),
				.question = xstrdup(sql_column(rows, 1)),
				.due_ms = sqlite3_column_int64(rows, 2)};
	}
	if (good)
		*ret = dues;
	else
		record_dues_finish(&dues);
	return good;
}

/* record/progress.c - a learner's progress, read from the projections; and as JSON */
#include "private.h"
#include "statement.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

static void read_attempts(
	struct record *r, const char *learner, const char *course, struct record_lesson *l)
{
	sqlite3_stmt *rows = sql_bind(r, SQL_ATTEMPTS, "ttt", learner, course, l->lesson);
	while (sqlite3_step(rows) == SQLITE_ROW) {
		double fraction = sqlite3_column_double(rows, 0);
		if (l->quiz.count++ == 0)
			l->quiz.first = l->quiz.best = fraction;
		if (fraction > l->quiz.best)
			l->quiz.best = fraction;
		l->quiz.last = fraction;
		l->quiz.last_ms = sqlite3_column_int64(rows, 1);
	}
	sqlite3_reset(rows);
}

static void read_step_counts(
	struct record *r, const char *learner, const char *course, struct record_lesson *l)
{
	sqlite3_stmt *rows = sql_bind(r, SQL_STEP_COUNTS, "ttt", learner, course, l->lesson);
	unsigned *const counts[] = {
		[RECORD_STEP_REACHED] = &l->reached,
		[RECORD_STEP_DONE] = &l->done,
		[RECORD_STEP_SKIPPED] = &l->skipped,
		[RECORD_STEP_SHOWN] = &l->shown,
	};
	while (sqlite3_step(rows) == SQLITE_ROW) {
		int state = sqlite3_column_int(rows, 0);
		if (state >= 0 && state < (int)ARRAY_LENGTH(counts))
			*counts[state] = (unsigned)sqlite3_column_int(rows, 1);
	}
	sqlite3_reset(rows);
}

static bool read_lesson_rows(
	struct record *r, const char *learner, struct record_course *c, struct error *err)
{
	sqlite3_stmt *rows = sql_bind(r, SQL_LESSONS, "tt", learner, c->course);
	int code;
	while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
		c->lessons = array_grow(c->lessons, c->lesson_count, sizeof *c->lessons);
		c->lessons[c->lesson_count++] = (struct record_lesson){
			.lesson = xstrdup(sql_text(rows, 0)),
			.title = xstrdup(sql_text(rows, 1)),
			.completed = sqlite3_column_int(rows, 2) != 0,
			.passed = sqlite3_column_int(rows, 3) != 0,
			.time_ms = sqlite3_column_int64(rows, 4),
			.last_ms = sqlite3_column_int64(rows, 5),
			.lines = (unsigned)sqlite3_column_int(rows, 6),
			.failed_lines = (unsigned)sqlite3_column_int(rows, 7),
		};
		c->time_ms += sqlite3_column_int64(rows, 4);
	}
	bool good = code == SQLITE_DONE || sql_error(r, err);
	sqlite3_reset(rows);
	for (size_t i = 0; good && i < c->lesson_count; i++) {
		read_attempts(r, learner, c->course, &c->lessons[i]);
		read_step_counts(r, learner, c->course, &c->lessons[i]);
	}
	return good;
}

bool record_progress(
	struct record *r, const char *learner, struct record_progress *ret, struct error *err)
{
	struct record_progress p = {.learner = xstrdup(learner)};
	sqlite3_stmt *rows = sql_bind(r, SQL_COURSES, "t", learner);
	int code;
	while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
		const char *reference = sql_text(rows, 2);
		p.courses = array_grow(p.courses, p.course_count, sizeof *p.courses);
		p.courses[p.course_count++] = (struct record_course){
			.course = xstrdup(sql_text(rows, 0)),
			.title = xstrdup(sql_text(rows, 1)),
			.reference = reference[0] != '\0' ? xstrdup(reference) : NULL,
			.first_ms = sqlite3_column_int64(rows, 3),
			.last_ms = sqlite3_column_int64(rows, 4),
		};
	}
	bool good = code == SQLITE_DONE || sql_error(r, err);
	sqlite3_reset(rows);
	for (size_t i = 0; good && i < p.course_count; i++)
		good = read_lesson_rows(r, learner, &p.courses[i], err);
	if (!good) {
		record_progress_finish(&p);
		return false;
	}
	*ret = p;
	return true;
}

void record_progress_finish(struct record_progress *p)
{
	for (size_t i = 0; i < p->course_count; i++) {
		struct record_course *c = &p->courses[i];
		for (size_t k = 0; k < c->lesson_count; k++) {
			free(c->lessons[k].lesson);
			free(c->lessons[k].title);
		}
		free(c->lessons);
		free(c->course);
		free(c->title);
		free(c->reference);
	}
	free(p->courses);
	free(p->learner);
	*p = (struct record_progress){0};
}

/* ---- JSON ---- */

static void add_iso_time(cJSON *to, const char *name, int64_t ms)
{
	char text[TIME_TEXT_SIZE];
	time_format_iso8601(ms, text);
	cJSON_AddStringToObject(to, name, text);
}

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
	add_iso_time(json, "last", l->last_ms);
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
		add_iso_time(course, "first", c->first_ms);
		add_iso_time(course, "last", c->last_ms);
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
	sqlite3_stmt *rows = sql_bind(r, SQL_ANSWERS, "ti", course, (int64_t)RECORD_ANSWERED);
	bool goes_on = true;
	int code = SQLITE_DONE;
	while (goes_on && (code = sqlite3_step(rows)) == SQLITE_ROW) {
		cJSON *json = cJSON_Parse(sql_text(rows, 0));
		struct projected e;
		if (statement_read(json, &e)) {
			const struct record_answer answer = {e.learner, e.lesson, e.step,
				e.registration, (unsigned)sqlite3_column_int(rows, 1), e.fraction};
			goes_on = each(data, &answer);
		}
		cJSON_Delete(json);
	}
	bool good = !goes_on || code == SQLITE_DONE || sql_error(r, err);
	sqlite3_reset(rows);
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
	sqlite3_stmt *rows = sql_bind(r, SQL_DUE, "tt", learner, course);
	int code;
	while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
		dues.items = array_grow(dues.items, dues.count, sizeof *dues.items);
		dues.items[dues.count++] = (struct record_due){.lesson = xstrdup(sql_text(rows, 0)),
			.question = xstrdup(sql_text(rows, 1)),
			.due_ms = sqlite3_column_int64(rows, 2)};
	}
	bool good = code == SQLITE_DONE || sql_error(r, err);
	sqlite3_reset(rows);
	if (good)
		*ret = dues;
	else
		record_dues_finish(&dues);
	return good;
}

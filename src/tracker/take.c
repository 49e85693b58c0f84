/* tracker/take.c - what a statement says of somebody's learning. Those of ropes
 * (record/statement.c) say most; of any other it is understood who completed, passed, failed or
 * answered what. */
#include "private.h"
#include "review.h"
#include "xapi.h"

#include <stdlib.h>
#include <string.h>

#define VERBS "http://adlnet.gov/expapi/verbs/"
#define LESSON_TYPE "http://adlnet.gov/expapi/activities/lesson"
#define COURSE_TYPE "http://adlnet.gov/expapi/activities/course"
#define EXTENSIONS "https://ropes.invalid/extensions/"
#define GAP_MOST_MS ((int64_t)5 * 60 * 1000) /* a longer pause is no time on task */

/* A statement, taken apart; texts live in its JSON. */
struct event {
	const cJSON *statement, *object, *lesson; /* lesson: an activity; NULL */
	const char *verb;                         /* "completed"; "" where it is none of ADL's */
	double score;
	int64_t time_ms, gap_ms;
	int64_t person, course, lesson_id;
	bool new_completed, new_passed;
};

static const char *text_at(const cJSON *json, const char *name)
{
	const char *text = xapi_text(json, name);
	return text != NULL ? text : "";
}

static const char *title_of(const cJSON *activity)
{
	const cJSON *names = xapi_at(xapi_at(activity, "definition"), "name");
	const char *language = xapi_language_choose(names, "en");
	return language != NULL ? text_at(names, language) : "";
}

static const char *type_of(const cJSON *activity)
{
	return text_at(xapi_at(activity, "definition"), "type");
}

static const cJSON *relative(const cJSON *statement, const char *which)
{
	const cJSON *all = xapi_at(xapi_at(statement, "context"), "contextActivities");
	const cJSON *list = xapi_at(all, which);
	return cJSON_IsArray(list) ? cJSON_GetArrayItem(list, 0) : list;
}

static const cJSON *course_of(const cJSON *statement, const cJSON *object)
{
	const cJSON *grouping = relative(statement, "grouping");
	const cJSON *parent = relative(statement, "parent");
	return grouping != NULL                          ? grouping
	       : text_same(type_of(parent), COURSE_TYPE) ? parent
	       : parent != NULL                          ? parent
							 : object;
}

/* What is completed, passed or failed is the lesson; of the rest, where it is said to belong. */
static const cJSON *lesson_of(const struct event *e, const cJSON *course)
{
	const cJSON *parent = relative(e->statement, "parent");
	bool ends = text_same(e->verb, "completed") || text_same(e->verb, "passed") ||
		    text_same(e->verb, "failed");
	const cJSON *lesson =
		ends || text_same(type_of(e->object), LESSON_TYPE) ? e->object : parent;
	bool itself = lesson != NULL && text_same(text_at(lesson, "id"), text_at(course, "id"));
	return itself && !ends ? NULL : lesson;
}

/* -1: there is no score. */
static double score_of(const cJSON *statement)
{
	const cJSON *result = xapi_at(statement, "result"),
		    *scaled = xapi_at(xapi_at(result, "score"), "scaled");
	if (cJSON_IsNumber(scaled))
		return scaled->valuedouble < 0 ? 0 : scaled->valuedouble;
	const cJSON *success = xapi_at(result, "success");
	return cJSON_IsBool(success) ? cJSON_IsTrue(success) : -1;
}

/* ---- rows that others point to ---- */

int64_t person_number(struct db *db, const char *key, const char *name, struct error *err)
{
	int64_t id = sql_number(sql(db, err, "SELECT id FROM person WHERE key = ?", "t", key), 0);
	if (id > 0)
		return id;
	return sql_run(db,
		       sql(db, err, "INSERT INTO person (key, name) VALUES (?, ?)", "tt", key,
			       name),
		       err)
		       ? sql_last_row(db)
		       : 0;
}

int64_t course_number(struct db *db, const char *iri, const char *title, struct error *err)
{
	int64_t id = sql_number(sql(db, err, "SELECT id FROM course WHERE iri = ?", "t", iri), 0);
	if (id == 0)
		return sql_run(db,
			       sql(db, err, "INSERT INTO course (iri, title) VALUES (?, ?)", "tt",
				       iri, *title != '\0' ? title : iri),
			       err)
			       ? sql_last_row(db)
			       : 0;
	bool good =
		*title == '\0' ||
		sql_run(db,
			sql(db, err, "UPDATE course SET title = ?2 WHERE id = ?1 AND title <> ?2",
				"it", id, title),
			err);
	return good ? id : 0;
}

/* How many lessons a course has is said with it; else as many as were met. */
static bool count_lessons(struct db *db, int64_t course, const cJSON *activity, struct error *err)
{
	const cJSON *extensions = xapi_at(xapi_at(activity, "definition"), "extensions");
	const cJSON *said = xapi_at(extensions, EXTENSIONS "lessons");
	if (!cJSON_IsNumber(said))
		return true;
	return sql_run(db,
		sql(db, err, "UPDATE course SET lessons = ?2 WHERE id = ?1 AND lessons <> ?2", "ii",
			course, (int64_t)said->valuedouble),
		err);
}

static bool keep_lesson(struct db *db, struct event *e, struct error *err)
{
	const cJSON *definition = xapi_at(e->lesson, "definition");
	const cJSON *place = xapi_at(xapi_at(definition, "extensions"), EXTENSIONS "place");
	const cJSON *aims = xapi_at(definition, "description");
	const char *iri = text_at(e->lesson, "id"), *title = title_of(e->lesson);
	const char *language = xapi_language_choose(aims, "en");
	e->lesson_id = sql_number(sql(db, err, "SELECT id FROM lesson WHERE iri = ?", "t", iri), 0);
	if (e->lesson_id == 0) {
		if (!sql_run(db,
			    sql(db, err,
				    "INSERT INTO lesson (course, iri, title, aim, place) "
				    "VALUES (?, ?, ?, '', 1000000)",
				    "itt", e->course, iri, *title != '\0' ? title : iri),
			    err))
			return false;
		e->lesson_id = sql_last_row(db);
	}
	return sql_run(db,
		sql(db, err,
			"UPDATE lesson SET title = iif(?2 = '', title, ?2), "
			"aim = iif(?3 = '', aim, ?3), place = iif(?4 < 0, place, ?4) "
			"WHERE id = ?1 AND (title <> ?2 OR aim <> ?3 OR place <> ?4)",
			"itti", e->lesson_id, title,
			language != NULL ? text_at(aims, language) : "",
			cJSON_IsNumber(place) ? (int64_t)place->valuedouble : (int64_t)-1),
		err);
}

/* ---- what follows ---- */

/* Time on task is the gaps between what somebody does, where they are short. */
static bool keep_person(struct db *db, struct event *e, struct error *err)
{
	const cJSON *actor = xapi_at(e->statement, "actor");
	const char *name = text_at(actor, "name"),
		   *account = text_at(xapi_at(actor, "account"), "name");
	cleanup_free char *key = xapi_actor_key(actor);
	if (key == NULL)
		return true;
	e->person = person_number(db, key,
		*name != '\0'      ? name
		: *account != '\0' ? account
				   : key,
		err);
	int64_t last = sql_number(
		sql(db, err, "SELECT last_ms FROM person WHERE id = ?", "i", e->person), 0);
	int64_t gap = e->time_ms - last;
	e->gap_ms = last == 0 || gap < 0 || gap > GAP_MOST_MS ? 0 : gap;
	return e->person > 0 &&
	       sql_run(db,
		       sql(db, err,
			       "UPDATE person SET last_ms = max(last_ms, ?2), "
			       "first_ms = iif(first_ms = 0, ?2, min(first_ms, ?2)) WHERE id = ?1",
			       "ii", e->person, e->time_ms),
		       err);
}

static bool keep_result(struct db *db, struct event *e, struct error *err)
{
	if (!sql_run(db,
		    sql(db, err,
			    "INSERT INTO result (person, lesson, course, seen_ms, time_ms) "
			    "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET "
			    "seen_ms = max(seen_ms, ?4), time_ms = time_ms + ?5",
			    "iiiii", e->person, e->lesson_id, e->course, e->time_ms, e->gap_ms),
		    err))
		return false;
	const cJSON *result = xapi_at(xapi_at(e->statement, "result"), "extensions");
	const cJSON *status = xapi_at(result, EXTENSIONS "exit-status");
	if (text_same(e->verb, "attempted") && cJSON_IsNumber(status))
		return sql_run(db,
			sql(db, err,
				"UPDATE result SET lines = lines + 1, "
				"failed_lines = failed_lines + (?3 <> 0) "
				"WHERE person = ?1 AND lesson = ?2 AND course = ?4",
				"iiii", e->person, e->lesson_id, (int64_t)status->valuedouble,
				e->course),
			err);
	if (text_same(e->verb, "completed")) {
		if (!sql_run(db,
			    sql(db, err,
				    "UPDATE result SET completed_ms = ?3 WHERE person = ?1 AND "
				    "lesson = ?2 AND course = ?4 AND completed_ms = 0",
				    "iiii", e->person, e->lesson_id, e->time_ms, e->course),
			    err))
			return false;
		e->new_completed = sql_changes(db) > 0;
	}
	return true;
}

/* First, best and last go by the time at which they were, not by that at which they came. */
static bool keep_attempt(struct db *db, struct event *e, struct error *err)
{
	bool passed = text_same(e->verb, "passed");
	if (!passed && !text_same(e->verb, "failed"))
		return true;
	if (passed) {
		if (!sql_run(db,
			    sql(db, err,
				    "UPDATE result SET passed_ms = ?3 WHERE person = ?1 AND "
				    "lesson = ?2 AND course = ?4 AND passed_ms = 0",
				    "iiii", e->person, e->lesson_id, e->time_ms, e->course),
			    err))
			return false;
		e->new_passed = sql_changes(db) > 0;
	}
	double score = e->score < 0 ? passed : e->score;
	return sql_run(db,
		sql(db, err,
			"UPDATE result SET attempts = attempts + 1, best = max(best, ?3), "
			"first = iif(attempts = 0 OR ?4 < first_ms, ?3, first), "
			"first_ms = iif(attempts = 0, ?4, min(first_ms, ?4)), "
			"last = iif(?4 >= last_ms, ?3, last), last_ms = max(last_ms, ?4) "
			"WHERE person = ?1 AND lesson = ?2 AND course = ?5",
			"iidii", e->person, e->lesson_id, score, e->time_ms, e->course),
		err);
}

/* Sums are made of the few rows that they are of, so that they are right whatever came first. */
static bool keep_sums(struct db *db, const struct event *e, struct error *err)
{
	return sql_run(db,
		sql(db, err,
			"UPDATE enrolment SET (evaluated, first, best, last) = "
			"(SELECT count(*), total(first), total(best), total(last) FROM result "
			"WHERE course = ?2 AND person = ?1 AND attempts > 0) "
			"WHERE person = ?1 AND course = ?2",
			"ii", e->person, e->course),
		err);
}

static bool is_evaluated(const struct event *e)
{
	return e->lesson != NULL && (text_same(e->verb, "passed") || text_same(e->verb, "failed"));
}

static bool keep_enrolment(struct db *db, const struct event *e, struct error *err)
{
	int64_t day = e->time_ms / DAY_MS;
	return sql_run(db,
		       sql(db, err,
			       "INSERT INTO enrolment (person, course, begun_ms, last_ms, time_ms, "
			       "completed, passed) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6) "
			       "ON CONFLICT DO UPDATE SET begun_ms = min(begun_ms, ?3), "
			       "last_ms = max(last_ms, ?3), time_ms = time_ms + ?4, "
			       "completed = completed + ?5, passed = passed + ?6, "
			       "done_ms = iif(?5, max(done_ms, ?3), done_ms)",
			       "iiiiii", e->person, e->course, e->time_ms, e->gap_ms,
			       (int64_t)e->new_completed, (int64_t)e->new_passed),
		       err) &&
	       sql_run(db,
		       sql(db, err,
			       "INSERT INTO day VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6) "
			       "ON CONFLICT DO UPDATE SET events = events + 1, "
			       "completed = completed + ?4, passed = passed + ?5, "
			       "time_ms = time_ms + ?6",
			       "iiiiii", e->person, e->course, day, (int64_t)e->new_completed,
			       (int64_t)e->new_passed, e->gap_ms),
		       err);
}

/* ---- answers ---- */

static int64_t question_number(struct db *db, const struct event *e, struct error *err)
{
	const char *iri = text_at(e->object, "id"), *title = title_of(e->object);
	int64_t id = sql_number(sql(db, err, "SELECT id FROM question WHERE iri = ?", "t", iri), 0);
	if (id > 0)
		return id;
	return sql_run(db,
		       sql(db, err, "INSERT INTO question (course, iri, title) VALUES (?, ?, ?)",
			       "itt", e->course, iri, *title != '\0' ? title : iri),
		       err)
		       ? sql_last_row(db)
		       : 0;
}

static struct review_card read_card(struct db *db, int64_t person, int64_t question)
{
	struct review_card card = review_card_new();
	sqlite3_stmt *row = sql(db, NULL,
		"SELECT due_ms, last_ms, state, step, stability, difficulty, days, reviews, lapses "
		"FROM answer WHERE person = ? AND question = ?",
		"ii", person, question);
	if (row != NULL && sqlite3_step(row) == SQLITE_ROW)
		card = (struct review_card){
			.due_ms = sqlite3_column_int64(row, 0),
			.last_ms = sqlite3_column_int64(row, 1),
			.state = (enum review_state)sqlite3_column_int(row, 2),
			.step = sqlite3_column_int(row, 3),
			.stability = sqlite3_column_double(row, 4),
			.difficulty = sqlite3_column_double(row, 5),
			.scheduled_days = sqlite3_column_int(row, 6),
			.reviews = sqlite3_column_int(row, 7),
			.lapses = sqlite3_column_int(row, 8),
		};
	sql_done(row);
	return card;
}

static bool keep_answer(struct db *db, const struct event *e, struct error *err)
{
	if (!text_same(e->verb, "answered") || e->score < 0)
		return true;
	int64_t question = question_number(db, e, err);
	if (question == 0)
		return false;
	struct review_card c = read_card(db, e->person, question);
	if (e->time_ms >= c.last_ms) /* one that came late changes no plan */
		review_rate(&review_defaults, &c, review_rating_of(e->score), e->time_ms);
	return sql_run(db,
		sql(db, err,
			"INSERT INTO answer VALUES (?1, ?2, ?14, 1, ?3, ?4, ?3, "
			"?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO UPDATE SET "
			"answers = answers + 1, first = iif(?4 < first_ms, ?3, first), "
			"first_ms = min(first_ms, ?4), last = iif(?4 >= last_ms, ?3, last), "
			"due_ms = ?5, last_ms = ?6, state = ?7, step = ?8, stability = ?9, "
			"difficulty = ?10, days = ?11, reviews = ?12, lapses = ?13",
			"iidiiiiiddiiii", e->person, question, e->score, e->time_ms, c.due_ms,
			c.last_ms, (int64_t)c.state, (int64_t)c.step, c.stability, c.difficulty,
			(int64_t)c.scheduled_days, (int64_t)c.reviews, (int64_t)c.lapses,
			e->course),
		err);
}

/* ---- one statement ---- */

static bool tell_hooks(struct db *db, const struct event *e, const cJSON *course, struct error *err)
{
	if (!e->new_completed && !e->new_passed && !text_same(e->verb, "failed"))
		return true;
	return hook_event(db, e->verb, e->person, text_at(course, "id"), text_at(e->lesson, "id"),
		e->score, e->time_ms, err);
}

static bool take_one(struct db *db, const cJSON *statement, struct error *err)
{
	struct event e = {
		.statement = statement,
		.object = xapi_at(statement, "object"),
		.score = score_of(statement),
	};
	const char *verb = text_at(xapi_at(statement, "verb"), "id");
	const char *kind = text_at(e.object, "objectType");
	e.verb = text_starts(verb, VERBS) ? verb + strlen(VERBS) : "";
	if ((*kind != '\0' && !text_same(kind, "Activity")) ||
		!xapi_timestamp(XAPI_1_0, text_at(statement, "timestamp"), &e.time_ms))
		return true;
	const cJSON *course = course_of(statement, e.object);
	if (!keep_person(db, &e, err))
		return false;
	if (e.person == 0) /* a group without a name */
		return true;
	e.course = course_number(db, text_at(course, "id"), title_of(course), err);
	e.lesson = lesson_of(&e, course);
	if (e.course == 0 || !count_lessons(db, e.course, course, err))
		return false;
	if (e.lesson != NULL && (!keep_lesson(db, &e, err) || !keep_result(db, &e, err) ||
					!keep_attempt(db, &e, err)))
		return false;
	return keep_enrolment(db, &e, err) && (!is_evaluated(&e) || keep_sums(db, &e, err)) &&
	       keep_answer(db, &e, err) && tell_hooks(db, &e, course, err);
}

struct taking {
	cJSON *const *statements;
	size_t count;
	const char *position;
	bool once;
	int64_t since_ms;
	unsigned fresh;
};

/* *ret: it was not taken before. */
static bool is_fresh(struct db *db, const cJSON *statement, bool *ret, struct error *err)
{
	int64_t stored_ms = 0;
	cleanup_free char *id = text_lower(xstrdup(text_at(statement, "id")));
	(void)xapi_timestamp(XAPI_1_0, text_at(statement, "stored"), &stored_ms); /* else: old */
	bool good = sql_run(db,
		sql(db, err, "INSERT OR IGNORE INTO seen VALUES (?, ?)", "ti", id, stored_ms), err);
	*ret = good && sql_changes(db) > 0;
	return good;
}

static bool keep_position(struct db *db, const struct taking *t, struct error *err)
{
	if (t->once &&
		!sql_run(db, sql(db, err, "DELETE FROM seen WHERE stored_ms < ?", "i", t->since_ms),
			err))
		return false;
	return t->position == NULL ||
	       sql_run(db,
		       sql(db, err, "INSERT OR REPLACE INTO setting VALUES ('position', ?)", "t",
			       t->position),
		       err);
}

static int take(struct db *db, void *data, struct error *err)
{
	struct taking *t = data;
	t->fresh = 0;
	for (size_t i = 0; i < t->count; i++) {
		bool fresh = true;
		if ((t->once && !is_fresh(db, t->statements[i], &fresh, err)) ||
			(fresh && !take_one(db, t->statements[i], err)))
			return STORE_FAILED;
		t->fresh += fresh;
	}
	return keep_position(db, t, err) ? 0 : STORE_FAILED;
}

bool tracker_take(struct tracker *tracker, cJSON *const *statements, size_t count,
	const char *position, struct error *err)
{
	struct taking t = {statements, count, position, false, 0, 0};
	return tracker_write(tracker, take, &t, err);
}

bool tracker_take_once(struct tracker *tracker, cJSON *const *statements, size_t count,
	const char *position, int64_t since_ms, unsigned *ret_fresh, struct error *err)
{
	struct taking t = {statements, count, position, true, since_ms, 0};
	if (!tracker_write(tracker, take, &t, err))
		return false;
	*ret_fresh = t.fresh;
	return true;
}

/* ---- taking back ---- */

bool drop_projections(struct db *db, int64_t person, struct error *err)
{
	return sql_run(db, sql(db, err, "DELETE FROM enrolment WHERE person = ?", "i", person),
		       err) &&
	       sql_run(db, sql(db, err, "DELETE FROM result WHERE person = ?", "i", person), err) &&
	       sql_run(db, sql(db, err, "DELETE FROM answer WHERE person = ?", "i", person), err) &&
	       sql_run(db, sql(db, err, "DELETE FROM day WHERE person = ?", "i", person), err) &&
	       sql_run(db,
		       sql(db, err, "UPDATE person SET first_ms = 0, last_ms = 0 WHERE id = ?", "i",
			       person),
		       err);
}

static int forget(struct db *db, void *data, struct error *err)
{
	const char *key = data;
	int64_t id = sql_number(sql(db, err, "SELECT id FROM person WHERE key = ?", "t", key), 0);
	return id == 0 || drop_projections(db, id, err) ? 0 : STORE_FAILED;
}

bool tracker_forget(struct tracker *tracker, const char *actor, struct error *err)
{
	cleanup_free char *key = xstrdup(actor);
	return tracker_write(tracker, forget, key, err);
}

static int forget_all(struct db *db, void *data, struct error *err)
{
	(void)data;
	return sql_run(db, sql(db, err, "DELETE FROM enrolment", ""), err) &&
			       sql_run(db, sql(db, err, "DELETE FROM result", ""), err) &&
			       sql_run(db, sql(db, err, "DELETE FROM answer", ""), err) &&
			       sql_run(db, sql(db, err, "DELETE FROM day", ""), err) &&
			       sql_run(db, sql(db, err, "DELETE FROM seen", ""), err) &&
			       sql_run(db,
				       sql(db, err, "UPDATE person SET first_ms = 0, last_ms = 0",
					       ""),
				       err) &&
			       sql_run(db,
				       sql(db, err, "DELETE FROM setting WHERE name = 'position'",
					       ""),
				       err)
		       ? 0
		       : STORE_FAILED;
}

bool tracker_forget_all(struct tracker *tracker, struct error *err)
{
	return tracker_write(tracker, forget_all, NULL, err);
}

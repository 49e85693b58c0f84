/* lrs/achievements.c - who has completed, passed and failed what, and how questions were answered
 */
#include "private.h"

#include <string.h>

#define VERBS "http://adlnet.gov/expapi/verbs/"

static const char *text_at(const cJSON *json, const char *name)
{
	const char *text = cJSON_GetStringValue(xapi_at(json, name));
	return text != NULL ? text : "";
}

/* What a person is called: their name, else that of their account, else their key. */
static const char *name_of(const cJSON *actor, const char *key)
{
	const char *name = text_at(actor, "name"),
		   *account = text_at(xapi_at(actor, "account"), "name");
	return *name != '\0' ? name : *account != '\0' ? account : key;
}

static const char *title_of(const cJSON *activity)
{
	const cJSON *names = xapi_at(xapi_at(activity, "definition"), "name");
	const char *language = xapi_language_choose(names, "en");
	return language != NULL ? text_at(names, language) : text_at(activity, "id");
}

static const char *course_of(const cJSON *statement)
{
	const cJSON *grouping =
		xapi_at(xapi_at(xapi_at(statement, "context"), "contextActivities"), "grouping");
	return text_at(cJSON_GetArrayItem(grouping, 0), "id");
}

/* -1: there is no score. */
static double score_of(const cJSON *statement)
{
	const cJSON *result = xapi_at(statement, "result"),
		    *scaled = xapi_at(xapi_at(result, "score"), "scaled");
	if (cJSON_IsNumber(scaled))
		return scaled->valuedouble;
	const cJSON *success = xapi_at(result, "success");
	return cJSON_IsBool(success) ? cJSON_IsTrue(success) : -1;
}

static bool take_answer(struct db *db, const cJSON *statement, struct error *err)
{
	const cJSON *object = xapi_at(statement, "object");
	double score = score_of(statement);
	sqlite3_stmt *row =
		score < 0 ? NULL
			  : sql(db, err,
				    "INSERT INTO question VALUES (?1, ?2, 1, ?3) "
				    "ON CONFLICT DO UPDATE SET title = ?2, "
				    "answers = answers + 1, points = points + ?3",
				    "ttd", text_at(object, "id"), title_of(object), score);
	return score < 0 || sql_run(db, row, err);
}

static bool take_achievement(
	struct db *db, const cJSON *statement, const char *verb, struct error *err)
{
	const cJSON *actor = xapi_at(statement, "actor"), *object = xapi_at(statement, "object");
	cleanup_free char *key = xapi_actor_key(actor);
	int64_t when = 0;
	if (key == NULL)
		return true;
	bool passed = text_same(verb, "passed"), tried = passed || text_same(verb, "failed");
	double score = tried ? score_of(statement) : -1;
	(void)xapi_timestamp(XAPI_1_0, text_at(statement, "timestamp"), &when); /* it is valid */
	return sql_run(db,
		sql(db, err,
			"INSERT INTO achievement VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, "
			"?9, "
			"?10) ON CONFLICT DO UPDATE SET name = ?4, title = ?5, "
			"completed = max(completed, ?6), passed = max(passed, ?7), "
			"attempts = attempts + ?8, first = iif(first < 0, ?9, first), "
			"best = max(best, ?9), last = iif(?9 < 0, last, ?9), "
			"last_ms = max(last_ms, ?10)",
			"tttttiiidi", key, course_of(statement), text_at(object, "id"),
			name_of(actor, key), title_of(object), (int64_t)!tried, (int64_t)passed,
			(int64_t)tried, score, when),
		err);
}

bool achievements_take(struct db *db, const cJSON *statement, struct error *err)
{
	const char *verb = text_at(xapi_at(statement, "verb"), "id");
	const char *type = text_at(xapi_at(statement, "object"), "objectType");
	if (!text_starts(verb, VERBS) || (*type != '\0' && !text_same(type, "Activity")))
		return true;
	verb += strlen(VERBS);
	if (text_same(verb, "answered"))
		return take_answer(db, statement, err);
	if (text_same(verb, "completed") || text_same(verb, "passed") || text_same(verb, "failed"))
		return take_achievement(db, statement, verb, err);
	return true;
}

bool achievements_erase(struct db *db, const char *person, struct error *err)
{
	return sql_run(
		db, sql(db, err, "DELETE FROM achievement WHERE person = ?", "t", person), err);
}

bool lrs_achievements(struct lrs *lrs,
	void (*each)(void *data, const struct lrs_achievement *achievement), void *data,
	struct error *err)
{
	struct db *db = store_read(lrs->store);
	sqlite3_stmt *rows = sql(db, err,
		"SELECT person, name, course, activity, title, completed, passed, attempts, first, "
		"best, last, last_ms FROM achievement ORDER BY person, course, activity",
		"");
	int code = SQLITE_ERROR;
	while (rows != NULL && (code = sqlite3_step(rows)) == SQLITE_ROW) {
		const struct lrs_achievement one = {
			.person = column_text(rows, 0),
			.name = column_text(rows, 1),
			.course = column_text(rows, 2),
			.activity = column_text(rows, 3),
			.title = column_text(rows, 4),
			.completed = sqlite3_column_int(rows, 5) != 0,
			.passed = sqlite3_column_int(rows, 6) != 0,
			.attempts = (unsigned)sqlite3_column_int(rows, 7),
			.first = sqlite3_column_double(rows, 8),
			.best = sqlite3_column_double(rows, 9),
			.last = sqlite3_column_double(rows, 10),
			.last_ms = sqlite3_column_int64(rows, 11),
		};
		each(data, &one);
	}
	sql_done(rows);
	store_read_end(lrs->store, db);
	return code == SQLITE_DONE || error_set(err, 0, "the store could not be read");
}

bool lrs_questions(struct lrs *lrs, unsigned most,
	void (*each)(void *data, const struct lrs_question *question), void *data,
	struct error *err)
{
	struct db *db = store_read(lrs->store);
	sqlite3_stmt *rows = sql(db, err,
		"SELECT activity, title, answers, points / answers FROM question "
		"ORDER BY points / answers, answers DESC, activity LIMIT ?",
		"i", (int64_t)most);
	int code = SQLITE_ERROR;
	while (rows != NULL && (code = sqlite3_step(rows)) == SQLITE_ROW) {
		const struct lrs_question one = {column_text(rows, 0), column_text(rows, 1),
			(unsigned)sqlite3_column_int(rows, 2), sqlite3_column_double(rows, 3)};
		each(data, &one);
	}
	sql_done(rows);
	store_read_end(lrs->store, db);
	return code == SQLITE_DONE || error_set(err, 0, "the store could not be read");
}

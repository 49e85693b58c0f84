/* record/sql.c - the table of prepared statements, binding, and plain words for database errors */
#include "private.h"

#include <string.h>

/* Prepared when the record is opened. */
static const char *const texts[SQL_COUNT] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_ADD_STATEMENT] =
		"INSERT INTO statement (id, learner, course, lesson, verb, time_ms, json) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[SQL_ENROL] = "INSERT INTO enrolment (learner, course, registration) VALUES (?1, ?2, ?3) "
		      "ON CONFLICT DO NOTHING",
	[SQL_REGISTRATION] =
		"SELECT registration FROM enrolment WHERE learner = ?1 AND course = ?2",
	[SQL_REACH_POSITION] =
		"INSERT INTO position VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO UPDATE "
		"SET "
		"title = iif(excluded.title = '', title, excluded.title), "
		"lesson = iif(excluded.step = '', lesson, excluded.lesson), "
		"step = iif(excluded.step = '', step, excluded.step), last_ms = excluded.last_ms",
	/* done stays done; reaching a step again does not undo skipped or shown */
	[SQL_SET_STEP] = "INSERT INTO step VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET "
			 "state = excluded.state WHERE state <> 1 AND excluded.state <> 0",
	[SQL_TOUCH_LESSON] =
		"INSERT INTO lesson (learner, course, lesson, title, first_ms, last_ms, time_ms) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?5, 0) ON CONFLICT DO UPDATE SET "
		"title = iif(excluded.title = '', title, excluded.title), "
		"last_ms = max(last_ms, excluded.last_ms)",
	[SQL_COMPLETE_LESSON] = "UPDATE lesson SET completed = 1 "
				"WHERE learner = ?1 AND course = ?2 AND lesson = ?3",
	[SQL_ADD_ATTEMPT] = "INSERT INTO attempt VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
			    "(SELECT count(*) FROM attempt)) ON CONFLICT DO NOTHING",
	[SQL_IS_COMPLETED] =
		"SELECT 1 FROM lesson WHERE learner = ?1 AND course = ?2 AND lesson = ?3 "
		"AND completed",
	[SQL_IS_PASSED] =
		"SELECT 1 FROM attempt WHERE learner = ?1 AND course = ?2 AND lesson = ?3 "
		"AND registration = ?4",
	[SQL_POSITION] = "SELECT lesson, step FROM position WHERE learner = ?1 AND course = ?2",
	[SQL_STEP] = "SELECT state FROM step "
		     "WHERE learner = ?1 AND course = ?2 AND lesson = ?3 AND step = ?4",
	[SQL_REMEMBER] = "INSERT INTO enrolment VALUES (?1, ?2, ?3, ?4) "
			 "ON CONFLICT DO UPDATE SET reference = excluded.reference",
	[SQL_RECENT_COURSES] =
		"SELECT reference FROM position JOIN enrolment USING (learner, course) "
		"WHERE learner = ?1 AND reference IS NOT NULL ORDER BY last_ms > ?2, last_ms DESC",
	[SQL_COURSES] =
		"SELECT course, title, coalesce(reference, ''), first_ms, last_ms FROM position "
		"LEFT JOIN enrolment USING (learner, course) WHERE learner = ?1 ORDER BY first_ms, "
		"course",
	[SQL_LESSONS] = "SELECT lesson, title FROM lesson WHERE learner = ?1 AND course = ?2 "
			"ORDER BY first_ms, lesson",
	[SQL_HISTORY] = "SELECT course, lesson, json FROM statement WHERE learner = ?1 "
			"AND NOT voided ORDER BY number",
	[SQL_STEP_COUNTS] = "SELECT state, count(*) FROM step WHERE learner = ?1 AND course = ?2 "
			    "AND lesson = ?3 GROUP BY state",
	[SQL_ANSWERS] =
		"SELECT s.json, (SELECT count(*) FROM attempt AS b WHERE b.learner = a.learner "
		"AND b.course = a.course AND b.lesson = a.lesson AND b.place <= a.place), s.number "
		"FROM attempt AS a JOIN statement AS s ON s.learner = a.learner "
		"AND s.course = a.course AND s.lesson = a.lesson AND s.verb = ?2 AND NOT s.voided "
		"AND json_extract(s.json, '$.context.registration') = a.registration "
		"WHERE a.course = ?1 ORDER BY a.lesson, a.place, s.number",
	[SQL_LEARNERS] = "SELECT DISTINCT learner FROM statement WHERE NOT voided ORDER BY learner",
	[SQL_ALL_STATEMENTS] = "SELECT json, number FROM statement WHERE NOT voided "
			       "AND (?1 IS NULL OR learner = ?1) "
			       "AND (?2 IS NULL OR course = ?2) ORDER BY number",
	[SQL_STATEMENTS_AFTER] = "SELECT number, id, json FROM statement WHERE NOT voided "
				 "AND number > ?1 AND (?3 IS NULL OR learner = ?3) "
				 "ORDER BY number LIMIT ?2",
	[SQL_LAST_NUMBER] = "SELECT coalesce(max(number), 0) FROM statement",
	[SQL_STATEMENT_ID] = "SELECT id FROM statement WHERE number = ?1",
	[SQL_REPLAY] = "SELECT json, number FROM statement WHERE NOT voided ORDER BY number",
	[SQL_VOID] = "UPDATE statement SET voided = 1 WHERE learner = ?1 AND course = ?2 "
		     "AND (?3 IS NULL OR lesson = ?3)",
	[SQL_CLEAR_STEPS] = "DELETE FROM step",
	[SQL_CLEAR_LESSONS] = "DELETE FROM lesson",
	[SQL_CLEAR_ATTEMPTS] = "DELETE FROM attempt",
	[SQL_CLEAR_POSITIONS] = "DELETE FROM position",
	[SQL_CLEAR_REVIEWS] = "DELETE FROM review",
	[SQL_CARD] = "SELECT due_ms, last_ms, state, step, stability, difficulty, days, reviews, "
		     "lapses FROM review WHERE learner = ?1 AND course = ?2 AND lesson = ?3 "
		     "AND question = ?4",
	[SQL_SET_CARD] = "INSERT OR REPLACE INTO review VALUES "
			 "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
	[SQL_DUE] =
		/* what was answered in the future, by a wrong clock, is due now */
	"SELECT lesson, question, iif(last_ms > ?3, min(due_ms, ?3), due_ms) AS due "
	"FROM review WHERE learner = ?1 AND course = ?2 ORDER BY due, lesson, question",
	[SQL_EARLIER] = "SELECT bound, title, coalesce(reference, '') FROM earlier "
			"JOIN position USING (learner, course) "
			"LEFT JOIN enrolment USING (learner, course) "
			"WHERE learner = ?1 AND course = ?2",
	[SQL_EARLIER_STEPS] =
		"SELECT lesson, step FROM step WHERE learner = ?1 AND course = ?2 UNION "
		"SELECT lesson, question FROM review WHERE learner = ?1 AND course = ?2",
	[SQL_BIND_EARLIER] = "UPDATE earlier SET bound = 1 WHERE learner = ?1 AND course = ?2",
	[SQL_ADD_RENAMED] = "INSERT OR IGNORE INTO renamed VALUES (?1, ?2, ?3, ?4, ?5, "
			    "(SELECT coalesce(max(number), 0) FROM statement))",
	[SQL_RENAMED] = "SELECT name FROM renamed WHERE learner = ?1 AND course = ?2 "
			"AND lesson = ?3 AND step = ?4 AND until >= ?5",
	[SQL_ADD_NOTE] = "INSERT INTO note (learner, course, lesson, step, text, time_ms) "
			 "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[SQL_NOTES] = "SELECT number, course, lesson, step, text, time_ms FROM note "
		      "WHERE learner = ?1 AND (?2 IS NULL OR course = ?2) ORDER BY number",
	[SQL_REMOVE_NOTE] = "DELETE FROM note WHERE learner = ?1 AND number = ?2",
};

bool sql_prepare_all(struct record *r, struct error *err)
{
	for (size_t i = 0; i < SQL_COUNT; i++)
		if (sqlite3_prepare_v3(r->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
			    &r->statements[i], NULL) != SQLITE_OK)
			return sql_error(r, err);
	return true;
}

void sql_finish_all(struct record *r)
{
	for (size_t i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(r->statements[i]);
}

sqlite3_stmt *sql_bind(struct record *r, enum sql which, const char *types, ...)
{
	sqlite3_stmt *statement = r->statements[which];
	va_list args;
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	va_start(args, types);
	for (int i = 1; types[i - 1] != '\0'; i++) {
		if (types[i - 1] == 't')
			sqlite3_bind_text(
				statement, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
		else if (types[i - 1] == 'i')
			sqlite3_bind_int64(statement, i, va_arg(args, int64_t));
		else
			sqlite3_bind_double(statement, i, va_arg(args, double));
	}
	va_end(args);
	return statement;
}

bool sql_next(struct record *r, sqlite3_stmt *rows, bool *ret_good, struct error *err)
{
	int code = sqlite3_step(rows);
	if (code == SQLITE_ROW)
		return true;
	*ret_good = code == SQLITE_DONE || sql_error(r, err);
	sqlite3_reset(rows);
	return false;
}

bool sql_do(struct record *r, sqlite3_stmt *statement, struct error *err)
{
	bool good = true;
	while (sql_next(r, statement, &good, err))
		continue;
	return good;
}

const char *sql_text(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);
	return text != NULL ? (const char *)text : "";
}

static const struct {
	int code;
	const char *words;
} reasons[] = {
	{SQLITE_FULL, "the disk is full; free some space"},
	{SQLITE_BUSY, "another program has locked it; try again"},
	{SQLITE_LOCKED, "another program has locked it; try again"},
	{SQLITE_READONLY, "it can only be read; change its permissions or its folder's"},
	{SQLITE_CORRUPT, "it is damaged"},
	{SQLITE_NOTADB, "it is not a database; move it away, and a new one is made"},
	{SQLITE_CANTOPEN, "it cannot be opened; check the permissions of its folder"},
	{SQLITE_PERM, "access is denied"},
	{SQLITE_IOERR, "reading or writing failed; is the disk full or gone?"},
};

bool sql_error(const struct record *r, struct error *err)
{
	int code = sqlite3_errcode(r->db) & 0xFF;
	for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++)
		if (reasons[i].code == code)
			return error_set(err, 0, "the record '%s': %s", r->path, reasons[i].words);
	return error_set(err, 0, "the record '%s': %s", r->path, sqlite3_errmsg(r->db));
}

/* record/private.h - shared by the files of the record */
#ifndef RECORD_PRIVATE_H
#define RECORD_PRIVATE_H

#include "record.h"

#include <sqlite3.h>

/* Every prepared statement, in the order of the table in sql.c. */
enum sql {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_ADD_STATEMENT,
	SQL_ENROL,
	SQL_REGISTRATION,
	SQL_REACH_POSITION,
	SQL_SET_STEP,
	SQL_TOUCH_LESSON,
	SQL_COMPLETE_LESSON,
	SQL_ADD_ATTEMPT,
	SQL_IS_COMPLETED,
	SQL_IS_PASSED,
	SQL_POSITION,
	SQL_STEP,
	SQL_REMEMBER,
	SQL_RECENT_COURSES,
	SQL_COURSES,
	SQL_LESSONS,
	SQL_HISTORY,
	SQL_STEP_COUNTS,
	SQL_ANSWERS,
	SQL_LEARNERS,
	SQL_ALL_STATEMENTS,
	SQL_STATEMENTS_AFTER,
	SQL_LAST_NUMBER,
	SQL_STATEMENT_ID,
	SQL_REPLAY,
	SQL_VOID,
	SQL_CLEAR_STEPS,
	SQL_CLEAR_LESSONS,
	SQL_CLEAR_ATTEMPTS,
	SQL_CLEAR_POSITIONS,
	SQL_CLEAR_REVIEWS,
	SQL_CARD,
	SQL_SET_CARD,
	SQL_DUE,
	SQL_EARLIER,
	SQL_EARLIER_STEPS,
	SQL_BIND_EARLIER,
	SQL_ADD_RENAMED,
	SQL_RENAMED,
	SQL_ADD_NOTE,
	SQL_NOTES,
	SQL_REMOVE_NOTE,
	SQL_COUNT,
};

struct record {
	sqlite3 *db;
	char *path;
	char *notice;
	bool read_only;
	bool blank;    /* the file has no tables yet */
	bool is_older; /* of an earlier version, and only read */
	bool is_stale; /* migrated from an older version: rebuild the projections */
	sqlite3_stmt *statements[SQL_COUNT];
};

/* The prepared statement, reset, with its parameters bound according to `types`: 't' text (NULL:
 * null), 'i' int64_t, 'd' double. */
sqlite3_stmt *sql_bind(struct record *record, enum sql which, const char *types, ...);
/* Steps to the next row. At the end and on failure, resets the statement, sets *ret_good to whether
 * it was the end, and returns false. */
bool sql_next(struct record *record, sqlite3_stmt *rows, bool *ret_good, struct error *err);
/* Runs a statement to its end. */
bool sql_do(struct record *record, sqlite3_stmt *statement, struct error *err);
/* Sets err from the database's last error, in plain words. */
bool sql_error(const struct record *record, struct error *err);
bool sql_prepare_all(struct record *record, struct error *err);
void sql_finish_all(struct record *record);
/* Text of a column, "" for null. */
const char *sql_text(sqlite3_stmt *statement, int column);

/* Migrates the schema to this program's version, one transaction per step. */
bool schema_migrate(struct record *record, struct error *err);
#define SCHEMA_APPLICATION_ID 0x726f7065 /* "rope" */

/* Copies the database to a file beside it, and keeps only the newest few copies. */
bool backup_make(struct record *record, struct error *err);
/* The path of the newest copy; NULL: none. The caller frees it. */
char *backup_newest(const char *path);

/* What an event changes in the projections; shared by appending and rebuilding. */
struct projected {
	enum record_verb verb;
	const char *learner, *course, *course_title, *lesson, *lesson_title, *step, *registration;
	int state;       /* enum record_step_state, PROGRESSED */
	double fraction; /* PASSED, FAILED, ANSWERED */
	int64_t time_ms;
};
bool project_event(struct record *record, const struct projected *event, struct error *err);
/* Drops the projections and rebuilds them, within a transaction of the caller. */
bool project_rebuild(struct record *record, struct error *err);
/* Returns what the step of a statement is called now: the event's step, or *keep, which the caller
 * frees. */
const char *project_step(
	struct record *record, const struct projected *event, int64_t number, char **keep);

#endif

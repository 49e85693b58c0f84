/* record/private.h - shared by the files of the record */
#ifndef RECORD_PRIVATE_H
#define RECORD_PRIVATE_H

#include "record.h"
#include "sql.h"

struct record {
	struct db db;
	char *path;
	char *notice;
	bool read_only;
	bool blank;    /* the file has no tables yet */
	bool is_older; /* of an earlier version, and only read */
	bool is_stale; /* migrated from an older version: rebuild the projections */
};

/* The columns json and number of the statements that count; of one learner or course unless NULL.
 */
sqlite3_stmt *record_select(
	struct record *record, const char *learner, const char *course, struct error *err);

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

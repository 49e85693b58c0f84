/* record/schema.c - the tables, as migration steps; each step and its version share a transaction
 */
#include "private.h"

#include <stdio.h>

/* Never change a released step: append a new one. */
static const char *const steps[] = {
	/* version 1 */
	"CREATE TABLE statement ("
	"  number INTEGER PRIMARY KEY,"
	"  id TEXT NOT NULL UNIQUE,"
	"  learner TEXT NOT NULL, course TEXT NOT NULL, lesson TEXT NOT NULL,"
	"  verb INTEGER NOT NULL, time_ms INTEGER NOT NULL,"
	"  json TEXT NOT NULL,"
	"  voided INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE INDEX statement_learner ON statement (learner, course, number);"
	/* what the learner typed to open a course, and the registration of their enrolment */
	"CREATE TABLE enrolment ("
	"  learner TEXT NOT NULL, course TEXT NOT NULL, registration TEXT NOT NULL,"
	"  reference TEXT, PRIMARY KEY (learner, course)) STRICT, WITHOUT ROWID;"
	/* projections, derived from the statements */
	"CREATE TABLE position ("
	"  learner TEXT NOT NULL, course TEXT NOT NULL, title TEXT NOT NULL,"
	"  lesson TEXT NOT NULL, step TEXT NOT NULL,"
	"  first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,"
	"  PRIMARY KEY (learner, course)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE step ("
	"  learner TEXT NOT NULL, course TEXT NOT NULL, lesson TEXT NOT NULL, step TEXT NOT NULL,"
	"  state INTEGER NOT NULL, PRIMARY KEY (learner, course, lesson, step)) STRICT, WITHOUT "
	"ROWID;"
	"CREATE TABLE lesson ("
	"  learner TEXT NOT NULL, course TEXT NOT NULL, lesson TEXT NOT NULL, title TEXT NOT NULL,"
	/* time_ms, lines, failed_lines and passed were used by earlier versions */
	"  first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, time_ms INTEGER NOT NULL,"
	"  lines INTEGER NOT NULL DEFAULT 0, failed_lines INTEGER NOT NULL DEFAULT 0,"
	"  completed INTEGER NOT NULL DEFAULT 0, passed INTEGER NOT NULL DEFAULT 0,"
	"  PRIMARY KEY (learner, course, lesson)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE attempt ("
	"  learner TEXT NOT NULL, course TEXT NOT NULL, lesson TEXT NOT NULL,"
	"  registration TEXT NOT NULL, fraction REAL NOT NULL, time_ms INTEGER NOT NULL,"
	"  place INTEGER NOT NULL,"
	"  PRIMARY KEY (learner, course, lesson, registration)) STRICT, WITHOUT ROWID;",
	/* when to review a question: an FSRS card, see review.h */
	"CREATE TABLE review ("
	"  learner TEXT NOT NULL, course TEXT NOT NULL, lesson TEXT NOT NULL,"
	"  question TEXT NOT NULL, due_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,"
	"  state INTEGER NOT NULL, step INTEGER NOT NULL, stability REAL NOT NULL,"
	"  difficulty REAL NOT NULL, days INTEGER NOT NULL, reviews INTEGER NOT NULL,"
	"  lapses INTEGER NOT NULL,"
	"  PRIMARY KEY (learner, course, lesson, question)) STRICT, WITHOUT ROWID;",
	/* version 3: courses recorded when a course was known by its file's name and a step by its
	 * number; `bound`: what their steps are called now is in the table below, for statements up
	 * to a number */
	"CREATE TABLE earlier ("
	"  learner TEXT NOT NULL, course TEXT NOT NULL, bound INTEGER NOT NULL DEFAULT 0,"
	"  PRIMARY KEY (learner, course)) STRICT, WITHOUT ROWID;"
	"INSERT INTO earlier SELECT DISTINCT learner, course, 0 FROM statement;"
	"CREATE TABLE renamed ("
	"  learner TEXT NOT NULL, course TEXT NOT NULL, lesson TEXT NOT NULL, step TEXT NOT NULL,"
	"  name TEXT NOT NULL, until INTEGER NOT NULL,"
	"  PRIMARY KEY (learner, course, lesson, step)) STRICT, WITHOUT ROWID;",
	/* version 4: what a learner writes down; a number is not used again */
	"CREATE TABLE note ("
	"  number INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  learner TEXT NOT NULL, course TEXT NOT NULL, lesson TEXT NOT NULL, step TEXT NOT NULL,"
	"  text TEXT NOT NULL, time_ms INTEGER NOT NULL) STRICT;"
	"CREATE INDEX note_learner ON note (learner, course);",
};

static bool read_number(struct record *r, const char *text, int *ret, struct error *err)
{
	bool good = true;
	sqlite3_stmt *row = sql(&r->db, err, text, "");
	if (sql_row(&r->db, row, &good, err))
		*ret = sqlite3_column_int(row, 0);
	sql_done(row);
	return good;
}

static bool run_step(struct record *r, int version, struct error *err)
{
	cleanup_free char *mark = xasprintf("PRAGMA user_version = %d", version);
	int now = 0;
	/* Another process may have migrated first. */
	return sql_begin(&r->db, err) &&
	       sql_end(&r->db,
		       read_number(r, "PRAGMA user_version", &now, err) &&
			       (now >= version || (sql_execute(&r->db, steps[version - 1], err) &&
							  sql_execute(&r->db, mark, err))),
		       err);
}

bool schema_migrate(struct record *r, struct error *err)
{
	const int newest = (int)ARRAY_LENGTH(steps);
	int version = 0, application = 0, tables = 0;
	if (!read_number(r, "PRAGMA user_version", &version, err) ||
		!read_number(r, "PRAGMA application_id", &application, err) ||
		!read_number(r, "SELECT count(*) FROM sqlite_schema", &tables, err))
		return false;
	if (tables > 0 && application != SCHEMA_APPLICATION_ID)
		return error_set(err, 0,
			"'%s' is a database, but not a record of ropes; it is left alone", r->path);
	if (version > newest)
		return error_set(err, 0,
			"'%s' was written by a newer ropes (its version is %d, this one knows %d); "
			"it is left "
			"alone: use that ropes",
			r->path, version, newest);
	if (version == newest)
		return true;
	r->blank = version == 0 && tables == 0;
	r->is_older = r->read_only && !r->blank;
	if (r->read_only)
		return error_set(err, 0,
			"'%s' is of an older version, and cannot be updated while it is only read",
			r->path);
	cleanup_free char *mark = xasprintf("PRAGMA application_id = %d", SCHEMA_APPLICATION_ID);
	if (!sql_execute(&r->db, mark, err) || (version > 0 && !backup_make(r, err)))
		return false;
	while (version < newest)
		if (!run_step(r, ++version, err))
			return false;
	r->is_stale = !r->blank; /* derive new projections from the old statements */
	return true;
}

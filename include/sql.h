/*
 * sql.h - an SQLite file: a connection, statements that are prepared once, errors in plain words.
 * The learner's record and the server's store are such files.
 *
 *     sqlite3_stmt *rows = sql(db, err, "SELECT text FROM note WHERE learner = ?", "t", learner);
 *     bool good = rows != NULL;
 *     while (good && sql_row(db, rows, &good, err))
 *             puts(sql_column(rows, 0));
 */
#ifndef SQL_H
#define SQL_H

#include "base.h"

#include <sqlite3.h>

#define SQL_CACHED_MAX 192

/* A connection; one thread uses it at a time. It finds a prepared statement by the address of its
 * text, which is a literal. The zero value is closed. */
struct db {
	sqlite3 *handle;
	char *subject;    /* of messages: "the record '/home/ada/record.db'" */
	const char *cure; /* for messages: what to do if the file is damaged; may be NULL */
	struct {
		const char *text;
		sqlite3_stmt *statement;
	} cached[SQL_CACHED_MAX];
	size_t cached_count;
};

/* Opens a file, with SQLITE_OPEN_… in `flags`; `subject` is copied. It waits ten seconds for
 * others' locks. */
bool sql_open(struct db *db, const char *subject, const char *path, int flags, struct error *err);
void sql_close(struct db *db);
/* Reads the whole file. */
bool sql_is_whole(struct db *db);
/* Writes a copy (mode 0600) of the file in its current state, even while others change it.
 * Replaces an old file of that name once the new one is complete. */
bool sql_copy(struct db *db, const char *path, struct error *err);

/* ---- statements ---- */

/* Prepares a statement once and binds it by `types`: 't' text (NULL: null), 'i' int64_t, 'd'
 * double, 'b' bytes and size_t. The text is a literal, because statements are found by its
 * address; bound values must live until sql_done(). Returns NULL and sets err on failure. */
sqlite3_stmt *sql(struct db *db, struct error *err, const char *text, const char *types, ...);
/* Like sql(), for a text that is assembled from literals; sqlite3_finalize() ends it. */
sqlite3_stmt *sql_once(struct db *db, const char *text, struct error *err);
void sql_done(sqlite3_stmt *statement);
/* Runs the statement to its end. */
bool sql_run(struct db *db, sqlite3_stmt *statement, struct error *err);
/* Steps to the next row. Returns false at the end and on failure, and ends the statement; failure
 * also sets *ret_good to false and fills in err. */
bool sql_row(struct db *db, sqlite3_stmt *statement, bool *ret_good, struct error *err);
/* Returns the single number of the result, or `none` if there is no row. Ends the statement. */
int64_t sql_number(sqlite3_stmt *statement, int64_t none);
/* Sets err to the connection's last error, in plain words; returns false. */
bool sql_failed(struct db *db, struct error *err);
int64_t sql_last_row(const struct db *db);
int64_t sql_changes(const struct db *db);
const char *sql_column(sqlite3_stmt *statement, int column); /* "" for null */
/* Executes several statements at once and caches none of them. */
bool sql_execute(struct db *db, const char *text, struct error *err);

/* Begins a change, and ends it: with COMMIT if it was good, otherwise, or if that fails, with
 * ROLLBACK. sql_end() returns whether the change is on the disk. */
bool sql_begin(struct db *db, struct error *err);
bool sql_end(struct db *db, bool good, struct error *err);

#endif

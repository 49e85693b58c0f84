/*
 * store.h - the server's SQLite file: many readers, one writer at a time. Changes that are asked
 * for at the same moment are committed together, and a change that was told done is on the disk.
 *
 * Each module that keeps something in the file brings its tables as schema steps of its own.
 * Changes run in a savepoint each: one that fails takes no other with it.
 *
 *     int add(struct db *db, void *data, struct error *err)
 *     {
 *             return sql_run(db, sql(db, err, "INSERT INTO x VALUES (?)", "i", 7), err) ? 0
 *                                                                                        :
 * STORE_FAILED;
 *     }
 *     store_write(store, add, NULL, &err);
 */
#ifndef STORE_H
#define STORE_H

#include "base.h"

#include <sqlite3.h>

struct store;

/* Opens or makes the file (mode 0600). Errors: damaged, no SQLite file, not to be written. */
bool store_open(const char *path, struct store **ret, struct error *err);
void store_close(struct store *store);

/* Brings a module's tables to their newest version: step and version in one transaction. Steps that
 * were released are never changed. Refuses a file that a newer program wrote. */
bool store_schema(struct store *store, const char *module, const char *const *steps, size_t count,
	struct error *err);

/* ---- reading and writing ---- */

/* A connection to the file, used by one thread at a time, with the statements that it prepared. */
struct db;

#define STORE_FAILED (-1) /* the disk, the file: err says what */

/* Runs a change in a transaction and waits until it is on the disk. `run` returns 0 where it is to
 * be kept; anything else is rolled back. Returns what `run` did, or STORE_FAILED. */
int store_write(struct store *store, int (*run)(struct db *db, void *data, struct error *err),
	void *data, struct error *err);

/* A reader; every call sees what was on the disk when it began to step. */
struct db *store_read(struct store *store);
void store_read_end(struct store *store, struct db *db);

/* ---- SQL ---- */

/* A statement, prepared once and bound by `types`: 't' text (NULL: null), 'i' int64_t, 'd' double,
 * 'b' bytes and size_t. The text is a literal, known by its address; bound values live until
 * sql_done(). NULL: err says why. */
sqlite3_stmt *sql(struct db *db, struct error *err, const char *text, const char *types, ...);
/* The same for a text that was put together of literals; sqlite3_finalize() ends it. */
sqlite3_stmt *sql_once(struct db *db, const char *text, struct error *err);
void sql_done(sqlite3_stmt *statement);
/* Runs it to its end. */
bool sql_run(struct db *db, sqlite3_stmt *statement, struct error *err);
/* The next row; false at the end, and *ret_good false (err set) where it could not be read. */
bool sql_row(struct db *db, sqlite3_stmt *statement, bool *ret_good, struct error *err);
/* The one number that it gives; `none` where there is no row. Ends the statement. */
int64_t sql_number(sqlite3_stmt *statement, int64_t none);
bool sql_failed(struct db *db, struct error *err); /* says what the connection met; false */
int64_t sql_last_row(const struct db *db);
int64_t sql_changes(const struct db *db);
const char *sql_column(sqlite3_stmt *statement, int column); /* "" for null */

/* While it is on, what is deleted is overwritten in the file, too. For a change only. */
bool store_overwrite(struct db *db, bool on, struct error *err);
/* Moves the journal into the file where it has grown long, so that no writer has to. For a thread
 * that has time. */
void store_tidy(struct store *store);
/* Moves the journal into the file and empties it. */
bool store_checkpoint(struct store *store, struct error *err);

/* ---- copies of the file ---- */

/* Writes a copy (mode 0600) of the file as it is now, also while a server has it. An old file of
 * that name is replaced once the new one is whole. */
bool store_backup(const char *path, const char *copy, struct error *err);
/* Puts a copy in the place of the file, which is kept beside it: *ret_kept is its name (NULL: there
 * was none), the caller frees it. Errors: the copy is damaged, a server has the file. */
bool store_restore(const char *path, const char *copy, char **ret_kept, struct error *err);

#endif

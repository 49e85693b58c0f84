/*
 * store.h - the server's SQLite file: many readers, one writer at a time.
 *
 * The store commits changes that are requested at the same moment together, and reports a change as
 * done only when it is on the disk. Each module that stores data in the file adds its tables as
 * schema steps of its own. Each change runs in its own savepoint, so a failing change does not undo
 * others.
 *
 *     int add(struct db *db, void *data, struct error *err)
 *     {
 *             return sql_run(db, sql(db, err, "INSERT INTO x VALUES (?)", "i", 7), err)
 *                            ? 0 : STORE_FAILED;
 *     }
 *     store_write(store, add, NULL, &err);
 */
#ifndef STORE_H
#define STORE_H

#include "sql.h"

struct store;

/* Opens or creates the file (mode 0600). Errors: it is damaged, not an SQLite file, or not
 * writable. */
bool store_open(const char *path, struct store **ret, struct error *err);
void store_close(struct store *store);

/* Upgrades a module's tables to their newest version; each step and its version share a
 * transaction. Never change a released step. Refuses a file that a newer program wrote. */
bool store_schema(struct store *store, const char *module, const char *const *steps, size_t count,
	struct error *err);

/* ---- reading and writing ---- */

#define STORE_FAILED (-1) /* the disk or the file failed; err has the reason */

/* Runs a change in a transaction and waits until it is on the disk. `run` returns 0 to commit;
 * any other value rolls the change back. Returns the result of `run`, or STORE_FAILED. */
int store_write(struct store *store, int (*run)(struct db *db, void *data, struct error *err),
	void *data, struct error *err);

/* Returns a reader; each statement sees the committed state from when it began to step. */
struct db *store_read(struct store *store);
void store_read_end(struct store *store, struct db *db);

/* While on, deleting data also overwrites it in the file. Only for use within a change. */
bool store_overwrite(struct db *db, bool on, struct error *err);
/* Moves the journal into the file if it has grown long, so that no writer has to. Call it from a
 * thread that is not in a hurry. */
void store_tidy(struct store *store);
/* Moves the journal into the file and empties it. */
bool store_checkpoint(struct store *store, struct error *err);

/* The size of the file in bytes, without its journal; -1 if it cannot be read. */
int64_t store_bytes(struct store *store);

/* ---- copies of the file ---- */

/* Writes a copy (mode 0600) of the file in its current state, even while a server uses it.
 * Replaces an old file of that name once the new one is complete. */
bool store_backup(const char *path, const char *copy, struct error *err);
/* Replaces the file with a copy and keeps the old file next to it: *ret_kept is its name (NULL:
 * there was none); the caller frees it. Errors: the copy is damaged, or a server uses the file. */
bool store_restore(const char *path, const char *copy, char **ret_kept, struct error *err);

#endif

/* store/sql.c - SQL statements on a connection, prepared once */
#include "private.h"

#include <stdarg.h>
#include <string.h>

#define BUSY_MS 10000

bool sql_failed(struct db *db, struct error *err)
{
	int code = sqlite3_errcode(db->handle);
	if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		return error_set(err, 0,
			"the store is damaged; stop the server and put a backup in its place: "
			"`ropes serve restore BACKUP`");
	int precise = sqlite3_extended_errcode(db->handle);
	if (code == SQLITE_FULL || precise == SQLITE_IOERR_WRITE || precise == SQLITE_IOERR_SHMSIZE)
		return error_set(
			err, 0, "the store cannot grow: the disk is full, or a limit is reached");
	return error_set(err, 0, "the store: %s", sqlite3_errmsg(db->handle));
}

const char *sql_column(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);
	return text != NULL ? (const char *)text : "";
}

static sqlite3_stmt *prepare_cached(struct db *db, const char *text, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	for (size_t i = 0; i < db->cached_count; i++)
		if (db->cached[i].text == text)
			return db->cached[i].statement;
	if (db->cached_count == CACHED_MAX ||
		sqlite3_prepare_v3(db->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &statement,
			NULL) != SQLITE_OK) {
		sql_failed(db, err);
		return NULL;
	}
	db->cached[db->cached_count].text = text;
	db->cached[db->cached_count++].statement = statement;
	return statement;
}

sqlite3_stmt *sql(struct db *db, struct error *err, const char *text, const char *types, ...)
{
	sqlite3_stmt *statement = prepare_cached(db, text, err);
	va_list args;
	if (statement == NULL)
		return NULL;
	va_start(args, types);
	for (int i = 0; types[i] != '\0'; i++) {
		if (types[i] == 'i') {
			sqlite3_bind_int64(statement, i + 1, va_arg(args, int64_t));
		} else if (types[i] == 'd') {
			sqlite3_bind_double(statement, i + 1, va_arg(args, double));
		} else if (types[i] == 'b') {
			const char *bytes = va_arg(args, const char *);
			sqlite3_bind_blob64(statement, i + 1, bytes != NULL ? bytes : "",
				va_arg(args, size_t), SQLITE_STATIC);
		} else {
			sqlite3_bind_text(
				statement, i + 1, va_arg(args, const char *), -1, SQLITE_STATIC);
		}
	}
	va_end(args);
	return statement;
}

sqlite3_stmt *sql_once(struct db *db, const char *text, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(db->handle, text, -1, &statement, NULL) == SQLITE_OK)
		return statement;
	sql_failed(db, err);
	return NULL;
}

void sql_done(sqlite3_stmt *statement)
{
	if (statement == NULL)
		return;
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

bool sql_row(struct db *db, sqlite3_stmt *statement, bool *ret_good, struct error *err)
{
	int code = statement != NULL ? sqlite3_step(statement) : SQLITE_ERROR;
	if (code != SQLITE_ROW && code != SQLITE_DONE) {
		*ret_good = false;
		if (statement != NULL)
			sql_failed(db, err);
	}
	return code == SQLITE_ROW;
}

bool sql_run(struct db *db, sqlite3_stmt *statement, struct error *err)
{
	bool good = true;
	if (statement == NULL)
		return false;
	while (sql_row(db, statement, &good, err))
		;
	sql_done(statement);
	return good;
}

int64_t sql_number(sqlite3_stmt *statement, int64_t none)
{
	bool there = statement != NULL && sqlite3_step(statement) == SQLITE_ROW;
	int64_t number = there ? sqlite3_column_int64(statement, 0) : none;
	sql_done(statement);
	return number;
}

int64_t sql_last_row(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int64_t sql_changes(const struct db *db)
{
	return sqlite3_changes64(db->handle);
}

/* ---- the connection ---- */

bool sql_execute(struct db *db, const char *text, struct error *err)
{
	return sqlite3_exec(db->handle, text, NULL, NULL, NULL) == SQLITE_OK || sql_failed(db, err);
}

bool sql_open(struct db *db, const char *path, int flags, struct error *err)
{
	if (sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) {
		sqlite3_busy_timeout(db->handle, BUSY_MS);
		sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		return true;
	}
	error_set(err, 0, "cannot open the store '%s': %s", path,
		db->handle != NULL ? sqlite3_errmsg(db->handle) : "no memory");
	sql_close(db);
	return false;
}

void sql_close(struct db *db)
{
	for (size_t i = 0; i < db->cached_count; i++)
		sqlite3_finalize(db->cached[i].statement);
	sqlite3_close(db->handle);
	db->cached_count = 0;
	db->handle = NULL;
}

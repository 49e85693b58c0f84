/* sql/sql.c - a connection to an SQLite file, its prepared statements, and its errors in words */
#include "sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS 10000

/* ---- errors ---- */

static const struct {
	int code;
	const char *words;
} reasons[] = {
	{SQLITE_FULL, N_("the disk is full, or a limit is reached; free some space")},
	{SQLITE_IOERR_WRITE, N_("the disk is full, or a limit is reached; free some space")},
	{SQLITE_IOERR_SHMSIZE, N_("the disk is full, or a limit is reached; free some space")},
	{SQLITE_BUSY, N_("another program has locked it; try again")},
	{SQLITE_LOCKED, N_("another program has locked it; try again")},
	{SQLITE_READONLY, N_("it can only be read; change its permissions or its folder's")},
	{SQLITE_CORRUPT, N_("it is damaged")},
	{SQLITE_NOTADB, N_("it is not a database; move it away, and a new one is made")},
	{SQLITE_CANTOPEN,
		N_("it cannot be opened; check its folder, and the folder's permissions")},
	{SQLITE_PERM, N_("access is denied")},
	{SQLITE_IOERR, N_("reading or writing failed; is the disk full or gone?")},
};

bool sql_failed(struct db *db, struct error *err)
{
	int precise = sqlite3_extended_errcode(db->handle), code = precise & 0xFF;
	size_t i = 0;
	while (i < ARRAY_LENGTH(reasons) && reasons[i].code != precise && reasons[i].code != code)
		i++;
	bool cure = code == SQLITE_CORRUPT && db->cure != NULL;
	return error_set(err, 0, "%s: %s%s%s", db->subject,
		i < ARRAY_LENGTH(reasons) ? _(reasons[i].words) : sqlite3_errmsg(db->handle),
		cure ? "; " : "", cure ? db->cure : "");
}

/* ---- statements ---- */

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
	if (db->cached_count == ARRAY_LENGTH(db->cached) ||
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
	sqlite3_reset(statement);
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
	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE) {
		*ret_good = false;
		if (statement != NULL)
			sql_failed(db, err);
	}
	sql_done(statement);
	return false;
}

bool sql_run(struct db *db, sqlite3_stmt *statement, struct error *err)
{
	bool good = true;
	if (statement == NULL)
		return false;
	while (sql_row(db, statement, &good, err))
		;
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

bool sql_begin(struct db *db, struct error *err)
{
	return sql_run(db, sql(db, err, "BEGIN IMMEDIATE", ""), err);
}

bool sql_end(struct db *db, bool good, struct error *err)
{
	if (good && sql_run(db, sql(db, err, "COMMIT", ""), err))
		return true;
	(void)sql_run(db, sql(db, NULL, "ROLLBACK", ""), NULL); /* err already has the cause */
	return false;
}

/* ---- the connection ---- */

bool sql_execute(struct db *db, const char *text, struct error *err)
{
	return sqlite3_exec(db->handle, text, NULL, NULL, NULL) == SQLITE_OK || sql_failed(db, err);
}

bool sql_open(struct db *db, const char *subject, const char *path, int flags, struct error *err)
{
	db->subject = xstrdup(subject);
	if (sqlite3_open_v2(path, &db->handle, flags, NULL) == SQLITE_OK) {
		sqlite3_busy_timeout(db->handle, BUSY_MS);
		sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		return true;
	}
	sql_failed(db, err);
	sql_close(db);
	return false;
}

void sql_close(struct db *db)
{
	for (size_t i = 0; i < db->cached_count; i++)
		sqlite3_finalize(db->cached[i].statement);
	sqlite3_close(db->handle);
	free(db->subject);
	*db = (struct db){0};
}

bool sql_is_whole(struct db *db)
{
	sqlite3_stmt *row = sql_once(db, "PRAGMA quick_check(1)", NULL);
	bool whole = row != NULL && sqlite3_step(row) == SQLITE_ROW &&
		     text_same(sql_column(row, 0), "ok");
	sqlite3_finalize(row);
	return whole;
}

static bool sync_file(const char *path, struct error *err)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	return (fd >= 0 && fsync(fd) == 0) || error_set(err, errno, "'%s'", path);
}

bool sql_copy(struct db *db, const char *path, struct error *err)
{
	cleanup_free char *new = xasprintf("%s.new", path);
	(void)unlink(new); /* of an interrupted copy */
	mode_t before = umask(0077);
	bool good = sql_run(db, sql(db, err, "VACUUM INTO ?", "t", new), err);
	umask(before);
	good = good && sync_file(new, err) &&
	       (rename(new, path) == 0 || error_set(err, errno, "'%s'", path));
	if (!good)
		(void)unlink(new); /* an incomplete copy is useless */
	return good;
}

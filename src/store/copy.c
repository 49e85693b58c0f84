/* store/copy.c - copies the file, and replaces the file with a copy */
#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Reports whether the file is undamaged and a store. */
static bool is_store(struct db *db, const char *path, struct error *err)
{
	bool whole = sql_is_whole(db);
	bool ours = whole && sql_number(sql(db, NULL, "SELECT count(*) FROM module", ""), -1) >= 0;
	return ours ||
	       error_set(err, 0,
		       whole ? N_("'%s' is not a store of `ropes serve`") : N_("'%s' is damaged"),
		       path);
}

bool store_backup(const char *path, const char *copy, struct error *err)
{
	struct db db = {0};
	if (!file_exists(path))
		return error_set(err, 0, "there is no store at '%s'", path);
	bool good = store_connect(&db, path, SQLITE_OPEN_READWRITE, err) &&
		    is_store(&db, path, err) && sql_copy(&db, copy, err);
	sql_close(&db);
	return good;
}

/* Only the sole user of a file can end its journal, so this detects other users. */
static bool is_unused(const char *path, struct error *err)
{
	struct db db = {0};
	if (!store_connect(&db, path, SQLITE_OPEN_READWRITE, err))
		return false;
	sqlite3_busy_timeout(db.handle, 0);
	sqlite3_stmt *row = sql_once(&db, "PRAGMA journal_mode = DELETE", NULL);
	int code = row != NULL ? sqlite3_step(row) : sqlite3_errcode(db.handle);
	bool busy = code == SQLITE_BUSY || code == SQLITE_LOCKED;
	sqlite3_finalize(row);
	sql_close(&db);
	return !busy || error_set(err, 0, "a server is using the store '%s'; stop it first", path);
}

static bool set_aside(const char *path, char **ret_kept, struct error *err)
{
	static const char *const journals[] = {"-wal", "-shm"};
	char time[TIME_TEXT_SIZE];
	if (!file_exists(path))
		return true;
	if (!is_unused(path, err))
		return false;
	time_format_iso8601(clock_wall_ms(), time);
	cleanup_free char *kept = xasprintf("%s.before-%.19s", path, time);
	if (rename(path, kept) != 0)
		return error_set(err, errno, "cannot rename '%s'", path);
	for (size_t i = 0; i < ARRAY_LENGTH(journals); i++) {
		cleanup_free char *from = xasprintf("%s%s", path, journals[i]);
		cleanup_free char *to = xasprintf("%s%s", kept, journals[i]);
		if (rename(from, to) != 0 && errno != ENOENT)
			return error_set(err, errno, "cannot rename '%s'", from);
	}
	*ret_kept = xstrdup(kept);
	return true;
}

bool store_restore(const char *path, const char *copy, char **ret_kept, struct error *err)
{
	struct db db = {0};
	*ret_kept = NULL;
	if (!file_exists(copy))
		return error_set(err, 0, "there is no backup at '%s'", copy);
	bool good = store_connect(&db, copy, SQLITE_OPEN_READONLY, err) &&
		    is_store(&db, copy, err) && set_aside(path, ret_kept, err) &&
		    sql_copy(&db, path, err);
	sql_close(&db);
	return good;
}

/* record/backup.c - copies of the record: before a migration, and once a day when it is opened */
#include "private.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPIES_KEPT 3

/* Names of copies sort by time: "record.db.backup-20261124T041848". */
static bool is_copy(const char *base, const char *name)
{
	size_t length = strlen(base);
	return strncmp(name, base, length) == 0 && text_starts(name + length, ".backup-2");
}

static int by_path(const void *a, const void *b)
{
	char *const *x = a, *const *y = b;
	return strcmp(*x, *y);
}

static void list_copies(const char *path, struct words *ret)
{
	cleanup_free char *folder = path_parent(path);
	DIR *dir = opendir(folder);
	struct dirent *entry;
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (is_copy(path_base(path), entry->d_name))
			words_addf(ret, "%s/%s", folder, entry->d_name);
	closedir(dir);
	if (ret->count > 1)
		qsort(ret->items, ret->count, sizeof *ret->items, by_path);
}

char *backup_newest(const char *path)
{
	cleanup_words struct words copies = {0};
	list_copies(path, &copies);
	return copies.count > 0 ? xstrdup(copies.items[copies.count - 1]) : NULL;
}

static char *copy_name(const char *path)
{
	char time[TIME_TEXT_SIZE];
	struct buf name = {0};
	time_format_iso8601(clock_wall_ms(), time);
	buf_printf(&name, "%s.backup-", path);
	for (const char *c = time; *c != '\0' && *c != '.'; c++)
		if (*c != '-' && *c != ':')
			buf_add_char(&name, *c);
	return buf_steal(&name);
}

static bool copy_pages(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	if (backup == NULL)
		return false;
	int code;
	while ((code = sqlite3_backup_step(backup, 1000)) == SQLITE_OK || code == SQLITE_BUSY ||
		code == SQLITE_LOCKED)
		continue;
	return sqlite3_backup_finish(backup) == SQLITE_OK && code == SQLITE_DONE;
}

static bool copy_record(struct record *r, const char *name, struct error *err)
{
	sqlite3 *to = NULL;
	cleanup_free char *half = xasprintf("%s.half", name);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	bool good = sqlite3_open_v2(half, &to, flags, NULL) == SQLITE_OK &&
		    chmod(half, 0600) == 0 && copy_pages(r->db, to);
	sqlite3_close(to);
	if (good && rename(half, name) == 0)
		return true;
	(void)unlink(half); /* an incomplete copy is useless */
	return error_set(err, 0, "cannot copy the record '%s' to '%s'", r->path, name);
}

bool backup_make(struct record *r, struct error *err)
{
	cleanup_free char *name = copy_name(r->path);
	cleanup_words struct words copies = {0};
	if (text_same(r->path, ":memory:"))
		return true;
	if (!copy_record(r, name, err))
		return false;
	list_copies(r->path, &copies);
	for (size_t i = 0; i + COPIES_KEPT < copies.count; i++)
		(void)unlink(copies.items[i]); /* one copy too many does no harm */
	return true;
}

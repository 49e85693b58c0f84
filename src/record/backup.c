/* record/backup.c - copies of the record: before a migration, and once a day when it is opened */
#include "private.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
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

bool backup_make(struct record *r, struct error *err)
{
	cleanup_free char *name = copy_name(r->path);
	cleanup_words struct words copies = {0};
	if (text_same(r->path, ":memory:"))
		return true;
	if (!sql_copy(&r->db, name, err))
		return error_wrap(err, "cannot make the copy '%s'", name);
	list_copies(r->path, &copies);
	for (size_t i = 0; i + COPIES_KEPT < copies.count; i++)
		(void)unlink(copies.items[i]); /* one copy too many does no harm */
	return true;
}

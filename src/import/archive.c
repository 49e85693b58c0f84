/* import/archive.c - unpacks an archive of notes (libarchive). The archive comes from anywhere:
 * only plain files are written, each below the folder, and not more than fits the limits. */
#include "library.h"
#include "private.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_MAX_MB ((size_t)256)
#define SIZE_LIMIT (SIZE_MAX_MB * 1024 * 1024) /* of all files together */
#define COUNT_LIMIT 20000

static const char *const endings[] = {".tar", ".tar.gz", ".tgz", ".zip"};

static size_t ending_length(const char *path)
{
	size_t length = strlen(path);
	for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
		size_t ending = strlen(endings[i]);
		if (length > ending && text_same_fold(path + length - ending, endings[i]))
			return ending;
	}
	return 0;
}

bool archive_is_name(const char *path)
{
	return ending_length(path_base(path)) > 0 && !folder_exists(path);
}

struct unpacker {
	const struct archive_library *library;
	struct archive *archive;
	const char *path, *folder;
	size_t left, count;
};

static bool fail_reading(const struct unpacker *u, struct error *err)
{
	const char *why = u->library->error_string(u->archive);
	return error_set(err, 0, "cannot unpack '%s': %s", u->path,
		why != NULL ? why : _("the archive is damaged"));
}

/* ---- names ---- */

/* Returns what is wrong with a name; NULL: it is below the folder. */
static const char *name_fault(const char *name)
{
	if (*name == '/')
		return _("an absolute path");
	for (const char *c = name; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7F)
			return _("a name with control characters");
	for (const char *part = name; *part != '\0';) {
		size_t length = strcspn(part, "/");
		if (length == 2 && part[0] == '.' && part[1] == '.')
			return _("a path that leads out of it ('..')");
		part += length + (part[length] == '/');
	}
	return NULL;
}

/* Adds the parts of the name, without "." and empty ones. */
static void add_clean_name(struct buf *out, const char *name)
{
	while (*name != '\0') {
		size_t length = strcspn(name, "/");
		bool counts = length > 0 && !(length == 1 && name[0] == '.');
		if (counts && out->length > 0)
			buf_add_char(out, '/');
		if (counts)
			buf_add(out, name, length);
		name += length + (name[length] == '/');
	}
}

static bool read_name(
	const struct unpacker *u, struct archive_entry *entry, struct buf *ret, struct error *err)
{
	const char *name = u->library->entry_pathname_utf8(entry);
	name = name != NULL ? name : u->library->entry_pathname(entry);
	if (name == NULL || !utf8_valid(name, strlen(name)))
		return error_set(err, 0,
			"'%s' has a file whose name is not UTF-8; pack it again with names in ASCII or UTF-8",
			u->path);
	const char *fault = name_fault(name);
	if (fault != NULL)
		return error_set(err, 0,
			"'%s' has %s, so it was not unpacked; unpack it yourself, and import the folder",
			u->path, fault);
	add_clean_name(ret, name);
	return true;
}

/* ---- files ---- */

static bool is_too_large(const struct unpacker *u, struct error *err)
{
	return error_set(err, 0,
		"'%s' has more than %zu MB or %d files; unpack it yourself, and import the folder with the notes",
		u->path, SIZE_MAX_MB, COUNT_LIMIT);
}

static bool read_data(struct unpacker *u, struct buf *ret, struct error *err)
{
	char part[65536];
	for (;;) {
		la_ssize_t got = u->library->read_data(u->archive, part, sizeof part);
		if (got < 0)
			return fail_reading(u, err);
		if (got == 0)
			return true;
		if ((size_t)got > u->left)
			return is_too_large(u, err);
		u->left -= (size_t)got;
		buf_add(ret, part, (size_t)got);
	}
}

/* Links and devices have no place in a course. */
static bool unpack_entry(struct unpacker *u, struct archive_entry *entry, struct error *err)
{
	cleanup_buf struct buf name = {0}, bytes = {0};
	if (++u->count > COUNT_LIMIT)
		return is_too_large(u, err);
	if (!read_name(u, entry, &name, err))
		return false;
	if (u->library->entry_filetype(entry) != AE_IFREG ||
		u->library->entry_hardlink(entry) != NULL || name.length == 0)
		return true;
	return read_data(u, &bytes, err) &&
	       beneath_write(u->folder, buf_text(&name), buf_text(&bytes), bytes.length, err);
}

static bool unpack_all(struct unpacker *u, struct error *err)
{
	const struct archive_library *library = u->library;
	struct archive_entry *entry;
	int status;
	library->read_support_filter_gzip(u->archive);
	library->read_support_format_tar(u->archive);
	library->read_support_format_zip(u->archive);
	if (library->read_open_filename(u->archive, u->path, 65536) != ARCHIVE_OK)
		return fail_reading(u, err);
	while ((status = library->read_next_header(u->archive, &entry)) == ARCHIVE_OK ||
		status == ARCHIVE_WARN)
		if (!unpack_entry(u, entry, err))
			return false;
	return status == ARCHIVE_EOF || fail_reading(u, err);
}

/* ---- the folder ---- */

/* Most archives have one folder with everything in it: returns that one. */
static char *only_folder(char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	cleanup_words struct words names = {0};
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' && !text_same(entry->d_name, "__MACOSX"))
			words_add(&names, entry->d_name);
	if (dir != NULL)
		closedir(dir);
	char *inner = names.count == 1 ? path_join(folder, names.items[0]) : NULL;
	if (inner != NULL && folder_exists(inner)) {
		free(folder);
		return inner;
	}
	free(inner);
	return folder;
}

bool archive_unpack(const char *path, const char *into, char **ret_folder, struct error *err)
{
	struct unpacker u = {.path = path, .left = SIZE_LIMIT};
	const char *base = path_base(path);
	cleanup_free char *stem = xstrndup(base, strlen(base) - ending_length(base));
	cleanup_free char *folder = path_join(into, stem);
	if (!import_library_open(&u.library, err) || !folder_make(folder, 0700, err))
		return false;
	u.folder = folder;
	u.archive = u.library->read_new();
	if (u.archive == NULL)
		die_out_of_memory();
	bool good = unpack_all(&u, err);
	u.library->read_free(u.archive);
	if (good)
		*ret_folder = only_folder(xstrdup(folder));
	return good;
}

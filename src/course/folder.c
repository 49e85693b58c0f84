/* course/folder.c - which notes a folder contains, and the order in which to read them */
#include "private.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEPTH_MAX 8
#define NOTES_MAX 10000

/* Files that accompany notes and are about them. */
static const char *const companions[] = {"README.md", "AUTHORING.md", "CONTRIBUTING.md",
	"CHANGELOG.md", "LICENSE.md", "SUMMARY.md", "CODE_OF_CONDUCT.md", "SECURITY.md"};

/* Folders that do not contain notes. */
static const char *const other_folders[] = {"quizzes", "node_modules", "vendor", "_site", "public"};

bool folder_has_ending(const char *name)
{
	static const char *const endings[] = {".md", ".markdown", ".mdx", ".qmd"};
	size_t length = strlen(name);
	for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
		size_t ending = strlen(endings[i]);
		if (length > ending && text_same_fold(name + length - ending, endings[i]))
			return true;
	}
	return false;
}

bool course_is_note(const char *name)
{
	return folder_has_ending(name) &&
	       !text_is_one_of_fold(name, companions, ARRAY_LENGTH(companions));
}

bool folder_is_note(const char *folder, const char *name)
{
	cleanup_free char *path = path_join(folder, name);
	return course_is_note(name) && !folder_exists(path);
}

static bool is_readme(const char *folder, const char *name)
{
	(void)folder;
	return text_same_fold(name, "README.md");
}

/* "de", "pt-BR" */
static bool is_tag(const char *name)
{
	size_t length = strlen(name);
	return (length == 2 || (length == 5 && name[2] == '-' && isupper((unsigned char)name[3]) &&
				       isupper((unsigned char)name[4]))) &&
	       islower((unsigned char)name[0]) && islower((unsigned char)name[1]);
}

bool folder_has_translations(const char *folder, const char *name)
{
	cleanup_free char *path = path_join(folder, name);
	cleanup_words struct words notes = {0};
	if (!is_tag(name) || !folder_list(path, folder_is_note, &notes, NULL))
		return false;
	for (size_t i = 0; i < notes.count; i++) {
		cleanup_free char *beside = path_join(folder, notes.items[i]);
		if (!file_exists(beside))
			return false;
	}
	return notes.count > 0;
}

/* Accepts a folder, but not a link to one: links may form a cycle. */
static bool is_inner_folder(const char *folder, const char *name)
{
	struct stat about;
	cleanup_free char *path = path_join(folder, name);
	return !text_is_one_of_fold(name, other_folders, ARRAY_LENGTH(other_folders)) &&
	       lstat(path, &about) == 0 && S_ISDIR(about.st_mode) &&
	       !folder_has_translations(folder, name);
}

/* "index.md" before all others; "2-…" before "10-…". */
static int compare_names(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	bool first = text_same_fold(x, "index.md") || text_same_fold(x, "_index.md");
	bool second = text_same_fold(y, "index.md") || text_same_fold(y, "_index.md");
	return first != second ? (first ? -1 : 1) : strverscmp(x, y);
}

bool folder_list(const char *path, bool (*wanted)(const char *folder, const char *name),
	struct words *ret, struct error *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	if (dir == NULL)
		return error_set(err, 0, "cannot read the folder '%s'", path);
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' && wanted(path, entry->d_name))
			words_add(ret, entry->d_name);
	closedir(dir);
	if (ret->count > 1)
		qsort(ret->items, ret->count, sizeof *ret->items, compare_names);
	return true;
}

/* Adds a folder's own notes, then those of its subfolders. A folder that cannot be opened
 * contributes none. */
static void add_below(const char *path, unsigned depth, struct words *ret)
{
	cleanup_words struct words notes = {0}, folders = {0};
	(void)folder_list(path, folder_is_note, &notes, NULL);
	if (notes.count == 0) /* then the README introduces the folder or its subfolders */
		(void)folder_list(path, is_readme, &notes, NULL);
	for (size_t i = 0; i < notes.count && ret->count < NOTES_MAX; i++) {
		cleanup_free char *note = path_join(path, notes.items[i]);
		words_add(ret, note);
	}
	if (depth < DEPTH_MAX)
		(void)folder_list(path, is_inner_folder, &folders, NULL);
	for (size_t i = 0; i < folders.count; i++) {
		cleanup_free char *folder = path_join(path, folders.items[i]);
		add_below(folder, depth + 1, ret);
	}
}

bool folder_notes(const char *path, struct words *ret, struct error *err)
{
	cleanup_words struct words readme = {0};
	if (!folder_list(path, is_readme, &readme, err)) /* reports its errors */
		return false;
	add_below(path, 0, ret);
	return ret->count > 0 ||
	       error_set(err, 0, "the folder '%s' has no Markdown notes (*.md)", path);
}

char *course_plain_name(const char *path)
{
	struct buf out = {0};
	const char *base = path_base(path);
	size_t length = strlen(base);
	if (folder_has_ending(base))
		length = (size_t)(strrchr(base, '.') - base);
	for (size_t i = 0; i < length; i++)
		buf_add_char(&out, base[i] == '_' || isspace((unsigned char)base[i])
					   ? '-'
					   : (char)tolower((unsigned char)base[i]));
	return buf_steal(&out);
}

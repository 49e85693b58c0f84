/* sync/parcel.c - a course as one text that can be sent: which files it has, and back into a
 * folder. What comes from a server is not trusted: a name can lead nowhere but below the folder. */
#include "digest.h"
#include "json.h"
#include "sync.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 500
#define DEPTH_MAX 8
#define NAME_MAX_BYTES 200

/* ---- names ---- */

/* Notes, questions and pictures; nothing that a program would run. */
static bool has_ending(const char *name)
{
	static const char *const endings[] = {".md", ".markdown", ".txt", ".gift", ".xml", ".png",
		".jpg", ".jpeg", ".gif", ".svg", ".webp"};
	for (size_t i = 0; i < ARRAY_LENGTH(endings); i++)
		if (text_ends(name, endings[i]))
			return true;
	return false;
}

/* "quizzes/one.gift": no part is empty or hidden, which "." and ".." are, too. */
static bool is_safe(const char *name)
{
	size_t length = strlen(name), depth = 0;
	if (length > NAME_MAX_BYTES || !utf8_valid(name, length))
		return false;
	for (const char *c = name; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7F || *c == '\\')
			return false;
	for (const char *at = name;; at++) {
		size_t part = strcspn(at, "/");
		if (part == 0 || *at == '.' || ++depth > DEPTH_MAX)
			return false;
		at += part;
		if (*at == '\0')
			return true;
	}
}

char *sync_course_folder(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
	size_t length = strlen(name);
	if (length == 0 || length > 64 || strspn(name, letters) != length || name[0] == '.')
		return NULL;
	cleanup_free char *courses = courses_folder();
	return path_join(courses, name);
}

/* ---- packing ---- */

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool list_below(
	const char *folder, const char *below, unsigned depth, struct words *ret, struct error *err)
{
	cleanup_free char *path = *below != '\0' ? path_join(folder, below) : xstrdup(folder);
	DIR *dir = opendir(path);
	struct dirent *entry;
	struct stat about;
	bool good = dir != NULL || error_set(err, 0, "cannot read the folder '%s'", path);
	while (good && (entry = readdir(dir)) != NULL) {
		cleanup_free char *name =
			*below != '\0' ? path_join(below, entry->d_name) : xstrdup(entry->d_name);
		if (!is_safe(name) ||
			fstatat(dirfd(dir), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (S_ISDIR(about.st_mode) && depth < DEPTH_MAX)
			good = list_below(folder, name, depth + 1, ret, err);
		else if (S_ISREG(about.st_mode) && has_ending(name))
			words_add(ret, name);
		if (good && ret->count > FILES_MAX)
			good = error_set_kind(err, ERROR_FAILED, "'%s' has more than %d files",
				folder, FILES_MAX);
	}
	if (dir != NULL)
		closedir(dir);
	return good;
}

bool sync_parcel_list(const char *folder, struct words *ret, struct error *err)
{
	return list_below(folder, "", 1, ret, err);
}

bool sync_parcel_pack(const char *folder, struct words *names, struct buf *out, struct error *err)
{
	cJSON *json = cJSON_CreateObject();
	size_t size = 0;
	bool good = true;
	if (names->count > 1)
		qsort(names->items, names->count, sizeof *names->items, compare_words);
	for (size_t i = 0; good && i < names->count; i++) {
		cleanup_free char *path = path_join(folder, names->items[i]);
		cleanup_buf struct buf bytes = {0};
		if (i > 0 && text_same(names->items[i - 1], names->items[i]))
			continue;
		good = (is_safe(names->items[i]) && has_ending(names->items[i])) ||
		       error_set_kind(err, ERROR_FAILED, "'%s' cannot be sent with a course", path);
		good = good && file_read(path, SYNC_PARCEL_MAX, &bytes, err);
		size += bytes.length;
		if (good && size > SYNC_PARCEL_MAX)
			good = error_set_kind(err, ERROR_FAILED,
				"the files in '%s' have more than %zu MiB", folder,
				SYNC_PARCEL_MAX / 1024 / 1024);
		if (!good)
			break;
		cleanup_free char *text = digest_base64url(buf_text(&bytes), bytes.length);
		cJSON_AddStringToObject(json, names->items[i], text);
	}
	cleanup_free char *text = json_print_take(json);
	if (good)
		buf_add_text(out, text);
	return good;
}

/* ---- unpacking ---- */

static bool write_file(
	const char *folder, const char *name, const char *text, size_t *size, struct error *err)
{
	cleanup_free char *path = path_join(folder, name), *parent = path_parent(path);
	cleanup_buf struct buf bytes = {0};
	if (!digest_base64_decode(text, strlen(text), &bytes))
		return error_set_kind(err, ERROR_FAILED, "'%s' is not readable", name);
	*size += bytes.length;
	if (*size > SYNC_PARCEL_MAX)
		return error_set_kind(err, ERROR_FAILED, "it is too large");
	return folder_make(parent, 0700, err) &&
	       file_write(path, buf_text(&bytes), bytes.length, 0600, err);
}

bool sync_parcel_unpack(const struct buf *parcel, const char *folder, struct error *err)
{
	cJSON *json = json_parse(parcel);
	const cJSON *one;
	const char *last = "";
	size_t count = 0, size = 0;
	bool good = (cJSON_IsObject(json) && json->child != NULL) ||
		    error_set_kind(err, ERROR_FAILED, "it is not a course");
	good = good && folder_make(folder, 0700, err);
	cJSON_ArrayForEach(one, json) {
		if (!good)
			break;
		/* in order, so that no file is there twice */
		good = (cJSON_IsString(one) && is_safe(one->string) && has_ending(one->string) &&
			       strcmp(last, one->string) < 0 && ++count <= FILES_MAX) ||
		       error_set_kind(err, ERROR_FAILED, "it has files that no course has");
		good = good && write_file(folder, one->string, one->valuestring, &size, err);
		last = one->string;
	}
	cJSON_Delete(json);
	return good;
}

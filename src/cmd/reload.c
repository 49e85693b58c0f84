/* cmd/reload.c - the files of a course, while its author writes them */
#include "cmd.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define QUIET_MS 60 /* editors write a file in several steps */
#define FILE_MAX ((size_t)64 * 1024 * 1024)

struct reload {
	int fd;
	struct words files;
	uint64_t content; /* a hash of them; 0: unknown */
	char *name;       /* of the course */
};

/* ---- what the files hold ---- */

static void list_files(const struct course *course, struct words *ret)
{
	for (size_t i = 0; i < course->note_count; i++) {
		words_add(ret, course->notes[i]->path);
		if (course->translations[i] != NULL)
			words_add(ret, course->translations[i]->path);
	}
	for (size_t i = 0; i < course->lesson_count; i++)
		if (course->lessons[i].quiz_path != NULL)
			words_add(ret, course->lessons[i].quiz_path);
}

static uint64_t hash_files(const struct words *files)
{
	uint64_t hash = HASH_START;
	for (size_t i = 0; i < files->count; i++) {
		cleanup_buf struct buf text = {0};
		const char *path = files->items[i];
		hash = hash_bytes(hash, path, strlen(path) + 1);
		if (file_read(path, FILE_MAX, &text, NULL))
			hash = hash_bytes(hash, text.data, text.length);
	}
	return hash;
}

static bool same_files(const struct words *a, const struct words *b)
{
	bool same = a->count == b->count;
	for (size_t i = 0; same && i < a->count; i++)
		same = text_same(a->items[i], b->items[i]);
	return same;
}

/* ---- waiting ---- */

static bool watch_folder(struct reload *reload, const char *folder, struct error *err)
{
	return inotify_add_watch(reload->fd, folder,
		       IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE) >= 0 ||
	       error_set(err, errno, "cannot watch the folder '%s'", folder);
}

/* A folder that is watched already is watched once. */
static bool watch_files(struct reload *reload, const struct words *files, struct error *err)
{
	for (size_t i = 0; i < files->count; i++) {
		cleanup_free char *folder = path_parent(files->items[i]);
		if (!watch_folder(reload, folder, err))
			return false;
	}
	return true;
}

static void wait_until_quiet(struct reload *reload)
{
	char events[4096];
	struct pollfd more = {.fd = reload->fd, .events = POLLIN};
	while (poll(&more, 1, QUIET_MS) > 0 && read(reload->fd, events, sizeof events) > 0)
		;
}

bool reload_open(const struct course *course, struct reload **ret, struct error *err)
{
	struct reload *reload = xcalloc(1, sizeof *reload);
	list_files(course, &reload->files);
	reload->name = xstrdup(course->name);
	reload->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	reload->content = hash_files(&reload->files);
	bool good = reload->fd >= 0 || error_set(err, errno, "cannot watch files");
	if (good && folder_exists(course->path))
		good = watch_folder(reload, course->path, err);
	if (good && watch_files(reload, &reload->files, err)) {
		*ret = reload;
		return true;
	}
	reload_close(reload);
	return false;
}

int reload_fd(const struct reload *reload)
{
	return reload->fd;
}

/* Hashes the files before they are loaded: what is saved in between is found the next time. */
bool reload_read(struct reload *reload, struct course **ret, struct error *err)
{
	struct course *course;
	struct words files = {0};
	*ret = NULL;
	wait_until_quiet(reload);
	uint64_t content = hash_files(&reload->files);
	if (!course_load(reload->name, &course, err))
		return false;
	list_files(course, &files);
	bool listed = same_files(&files, &reload->files);
	bool same = listed && content == reload->content;
	bool good =
		same || course->lesson_count > 0 || error_set(err, 0, "there is no lesson in it");
	if (same || !good || !watch_files(reload, &files, err)) {
		words_finish(&files);
		course_destroy(course);
		return same;
	}
	words_finish(&reload->files);
	reload->files = files;
	reload->content = listed ? content : 0;
	*ret = course;
	return true;
}

void reload_close(struct reload *reload)
{
	if (reload == NULL)
		return;
	if (reload->fd >= 0)
		close(reload->fd);
	words_finish(&reload->files);
	free(reload->name);
	free(reload);
}

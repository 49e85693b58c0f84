/* cmd/watch.c - the files of a course, while its author writes them */
#include "cmd.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define QUIET_MS 60 /* editors write a file in several steps */
#define FILE_MAX ((size_t)64 * 1024 * 1024)

struct watch {
	int fd;
	uint64_t content; /* a hash of all files */
	char *name;       /* of the course */
};

/* ---- what the files hold ---- */

static void list_files(const struct course *course, struct words *ret)
{
	for (size_t i = 0; i < course->note_count; i++)
		words_add(ret, course->notes[i]->path);
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

/* ---- waiting ---- */

static bool watch_folder(struct watch *watch, const char *folder, struct error *err)
{
	return inotify_add_watch(watch->fd, folder,
		       IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE) >= 0 ||
	       error_set(err, errno, "cannot watch the folder '%s'", folder);
}

/* A folder that is watched already is watched once. */
static bool watch_files(struct watch *watch, const struct words *files, struct error *err)
{
	for (size_t i = 0; i < files->count; i++) {
		cleanup_free char *folder = path_parent(files->items[i]);
		if (!watch_folder(watch, folder, err))
			return false;
	}
	return true;
}

static void wait_until_quiet(struct watch *watch)
{
	char events[4096];
	struct pollfd more = {.fd = watch->fd, .events = POLLIN};
	while (poll(&more, 1, QUIET_MS) > 0 && read(watch->fd, events, sizeof events) > 0)
		;
}

bool watch_open(const struct course *course, struct watch **ret, struct error *err)
{
	struct watch *watch = xcalloc(1, sizeof *watch);
	cleanup_words struct words files = {0};
	list_files(course, &files);
	watch->name = xstrdup(course->name);
	watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	watch->content = hash_files(&files);
	bool good = watch->fd >= 0 || error_set(err, errno, "cannot watch files");
	if (good && folder_exists(course->path))
		good = watch_folder(watch, course->path, err);
	if (good && watch_files(watch, &files, err)) {
		*ret = watch;
		return true;
	}
	watch_close(watch);
	return false;
}

int watch_fd(const struct watch *watch)
{
	return watch->fd;
}

bool watch_reload(struct watch *watch, struct course **ret, struct error *err)
{
	struct course *course;
	cleanup_words struct words files = {0};
	*ret = NULL;
	wait_until_quiet(watch);
	if (!course_load(watch->name, &course, err))
		return false;
	list_files(course, &files);
	uint64_t content = hash_files(&files);
	bool good = course->lesson_count > 0 || content == watch->content ||
		    error_set(err, 0, "there is no lesson in it");
	if (good && content != watch->content && watch_files(watch, &files, err)) {
		watch->content = content;
		*ret = course;
		return true;
	}
	course_destroy(course);
	return good && content == watch->content;
}

void watch_close(struct watch *watch)
{
	if (watch == NULL)
		return;
	if (watch->fd >= 0)
		close(watch->fd);
	free(watch->name);
	free(watch);
}

/* machine/added.c - the images that the learner added to the practice images: each is a folder
 * of the cache that contains a part of a registry's store, and exists completely or not at all */
#include "private.h"

#include "engine.h"
#include "spawn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define HALF ".half-" /* prefix of a folder in preparation */

/* ---- changing them ---- */

struct change {
	char *folder, *work;
	int lock;
	struct words *added;
};

/* Locks out other changes, and removes the leftovers of a killed one. */
static bool begin_change(struct change *c, struct error *err)
{
	struct dirent *entry;
	c->folder = stores_folder();
	cleanup_free char *lock = path_join(c->folder, ".lock");
	c->work = path_join(c->folder, HALF "XXXXXX");
	c->lock = folder_make(c->folder, 0700, err)
			  ? open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)
			  : -1;
	DIR *dir = c->lock >= 0 && flock(c->lock, LOCK_EX) == 0 ? opendir(c->folder) : NULL;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		cleanup_free char *left = path_join(c->folder, entry->d_name);
		if (text_starts(entry->d_name, HALF))
			(void)folder_remove(left, NULL); /* it only wastes space */
	}
	if (dir != NULL)
		closedir(dir);
	return (dir != NULL && mkdtemp(c->work) != NULL) ||
	       error_set(err, errno, "cannot work in '%s'", c->folder);
}

static void end_change(struct change *c)
{
	(void)folder_remove(c->work, NULL); /* the next change removes leftovers */
	if (c->lock >= 0)
		close(c->lock);
	free(c->folder);
	free(c->work);
}

/* Ends the change and refreshes a running machine, also with the images that were added before a
 * failure. */
static bool end_and_refresh(struct change *c, bool good, struct error *err)
{
	end_change(c);
	return images_refresh(NULL, good ? err : NULL) && good;
}

/* Leaves either the new store or the old one; never both, and never a partial one. */
static bool keep_added_store(
	void *data, const char *store, const struct image_name *name, struct error *err)
{
	struct change *c = data;
	cleanup_free char *place = stores_path(name->shown);
	if (!fd_rename(AT_FDCWD, store, AT_FDCWD, place, RENAME_EXCHANGE) &&
		rename(store, place) < 0)
		return error_set(err, errno, "cannot save '%s'", place);
	words_add(c->added, name->shown);
	return true;
}

bool machine_image_add(
	const char *file, const char *source, struct words *ret_added, struct error *err)
{
	struct change c = {.lock = -1, .added = ret_added};
	bool good = begin_change(&c, err) &&
		    archive_read(file, source, c.work, keep_added_store, &c, err);
	return end_and_refresh(&c, good, err);
}

bool machine_image_save(const char *name, struct words *ret_added, struct error *err)
{
	struct image_name n = {0};
	struct change c = {.lock = -1, .added = ret_added};
	if (!image_name_read(name, &n, err))
		return false;
	bool good = begin_change(&c, err);
	cleanup_free char *file = path_join(c.work, "saved.tar");
	cleanup_free char *heard = path_join(c.work, "said");
	cleanup_buf struct buf said = {0};
	cleanup_fd int errors = open(heard, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	const char *const argv[] = {"docker", "save", "-o", file, n.shown, NULL};
	struct spawn spawn = {.argv = argv};
	spawn_fd_add(&spawn, errors, 2);
	if (good && !spawn_run(&spawn, NULL)) {
		(void)file_read(heard, 65536, &said, NULL);
		good = error_set(err, 0,
			"your Docker did not export '%s': %s`docker images` shows its images; `ropes images add --pull %s` fetches the image from Docker Hub",
			n.shown, said.length > 0 ? buf_text(&said) : "docker did not start\n",
			n.shown);
	}
	good = good && archive_read(file, _("your Docker"), c.work, keep_added_store, &c, err);
	image_name_finish(&n);
	return end_and_refresh(&c, good, err);
}

bool machine_image_pull(const char *name, const char *registry,
	void (*tell)(void *data, const char *what), void *data, struct words *ret_added,
	struct error *err)
{
	static const char hub[] = "https://registry-1.docker.io";
	struct image_name n = {0};
	struct change c = {.lock = -1, .added = ret_added};
	if (!image_name_read(name, &n, err))
		return false;
	cleanup_free char *from = xstrdup(registry != NULL ? registry : hub);
	for (size_t end = strlen(from); end > 0 && from[end - 1] == '/'; end--)
		from[end - 1] = '\0';
	bool good = begin_change(&c, err);
	cleanup_free char *layout = path_join(c.work, ARCHIVE_ROOT);
	good = good && pull_layout(from, &n, layout, tell, data, err) &&
	       archive_read_layout(n.shown, registry != NULL ? from : "Docker Hub", c.work,
		       keep_added_store, &c, err);
	image_name_finish(&n);
	return end_and_refresh(&c, good, err);
}

bool machine_image_remove(const char *name, struct error *err)
{
	struct image_name n = {0};
	struct change c = {.lock = -1};
	if (!image_name_read(name, &n, err))
		return false;
	cleanup_free char *store = stores_path(n.shown);
	bool good = begin_change(&c, err);
	cleanup_free char *gone = path_join(c.work, "gone");
	if (good && rename(store, gone) < 0)
		good = errno == ENOENT
			       ? error_set(err, 0,
					 "'%s' is not an added image; `ropes images list` shows which are",
					 n.shown)
			       : error_set(err, errno, "cannot remove '%s'", store);
	end_change(&c);
	good = good && images_refresh(n.shown, err);
	image_name_finish(&n);
	return good;
}

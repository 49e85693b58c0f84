/* machine/added.c - the images that the learner added to the practice images: each a folder of the
 * cache, with a part of a registry's store in it; whole or not there */
#include "private.h"

#include "engine.h"
#include "spawn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HALF ".half-" /* begins the name of a folder that is at work */
#define PARTS "abcdefghijklmnopqrstuvwxyz0123456789"

/* ---- names ---- */

void added_finish_name(struct image_name *n)
{
	free(n->repository);
	free(n->tag);
	free(n->shown);
	*n = (struct image_name){0};
}

/* Of letters, digits and what stands between them: so no part is "..", and none is empty. */
static bool is_repository(const char *name)
{
	if (strlen(name) > 200)
		return false;
	for (const char *c = name; *c != '\0'; c++) {
		bool joint = strchr("._-/", *c) != NULL;
		if (!joint && strchr(PARTS, *c) == NULL)
			return false;
		if (joint && (c == name || c[1] == '\0' || strchr(PARTS "-_", c[1]) == NULL))
			return false;
	}
	return *name != '\0';
}

static bool is_tag(const char *tag)
{
	static const char all[] = PARTS "ABCDEFGHIJKLMNOPQRSTUVWXYZ_.-";
	return *tag != '\0' && *tag != '.' && *tag != '-' && strlen(tag) <= 128 &&
	       strspn(tag, all) == strlen(tag);
}

bool added_read_name(const char *reference, struct image_name *ret, struct error *err)
{
	static const char hub[] = "docker.io/", official[] = "library/";
	cleanup_free char *full = engine_reference_normalise(reference != NULL ? reference : "");
	if (!text_starts(full, hub))
		return error_set(err, 0,
			"'%s' is another registry's; the practice images are those of Docker Hub. "
			"`docker tag %s NAME` gives it a name without a registry",
			reference, reference);
	const char *name = full + strlen(hub), *tag = name + strcspn(name, ":");
	cleanup_free char *repository = xstrndup(name, (size_t)(tag - name));
	tag += *tag == ':';
	if (!is_repository(repository) || !is_tag(tag))
		return error_set(err, 0,
			"'%s' is no image's name; it is NAME or NAME:TAG, as in redis:7",
			reference != NULL ? reference : "");
	*ret = (struct image_name){.tag = xstrdup(tag),
		.shown = xstrdup(text_starts(name, official) ? name + strlen(official) : name),
		.repository = xstrdup(repository)};
	return true;
}

/* ---- where they are ---- */

static char *added_folder(void)
{
	cleanup_free char *cache = xdg_folder(XDG_CACHE);
	return path_join(cache, "added-images");
}

/* A name's folder has '+' where the name has '/', which no name has. */
static char *store_of(const char *shown)
{
	cleanup_free char *folder = added_folder();
	char *path = path_join(folder, shown);
	for (char *c = path + strlen(folder) + 1; *c != '\0'; c++)
		*c = *c == '/' ? '+' : *c;
	return path;
}

void added_list(struct words *ret_names, struct words *ret_stores)
{
	cleanup_free char *folder = added_folder();
	struct dirent **found = NULL;
	int count = scandir(folder, &found, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		const char *name = found[i]->d_name;
		if (*name != '.') {
			cleanup_free char *shown = xstrdup(name);
			for (char *c = shown; *c != '\0'; c++)
				*c = *c == '+' ? '/' : *c;
			if (ret_names != NULL)
				words_add(ret_names, shown);
			if (ret_stores != NULL)
				words_addf(ret_stores, "%s/%s", folder, name);
		}
		free(found[i]);
	}
	free(found);
}

/* ---- changing them ---- */

struct change {
	char *folder, *work;
	int lock;
	struct words *added;
};

/* One changes them at a time, and clears away what a killed one left. */
static bool begin_change(struct change *c, struct error *err)
{
	struct dirent *entry;
	c->folder = added_folder();
	cleanup_free char *lock = path_join(c->folder, ".lock");
	c->work = path_join(c->folder, HALF "XXXXXX");
	c->lock = folder_make(c->folder, 0700, err)
			  ? open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)
			  : -1;
	DIR *dir = c->lock >= 0 && flock(c->lock, LOCK_EX) == 0 ? opendir(c->folder) : NULL;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		cleanup_free char *left = path_join(c->folder, entry->d_name);
		if (text_starts(entry->d_name, HALF))
			(void)folder_remove(left, NULL); /* it takes room and nothing else */
	}
	if (dir != NULL)
		closedir(dir);
	return (dir != NULL && mkdtemp(c->work) != NULL) ||
	       error_set(err, errno, "work in '%s'", c->folder);
}

static void end_change(struct change *c)
{
	(void)folder_remove(c->work, NULL); /* the next change removes what is left */
	if (c->lock >= 0)
		close(c->lock);
	free(c->folder);
	free(c->work);
}

/* Ends the change, and gives a machine that runs what was added, also before one that failed. */
static bool end_and_refresh(struct change *c, bool good, struct error *err)
{
	end_change(c);
	return images_refresh(NULL, good ? err : NULL) && good;
}

/* The new one is there, or the old one; never both, and never half of one. */
static bool keep_added_store(
	void *data, const char *store, const struct image_name *name, struct error *err)
{
	struct change *c = data;
	cleanup_free char *place = store_of(name->shown);
	if (renameat2(AT_FDCWD, store, AT_FDCWD, place, RENAME_EXCHANGE) < 0 &&
		rename(store, place) < 0)
		return error_set(err, errno, "keep '%s'", place);
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
	if (!added_read_name(name, &n, err))
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
			"your Docker does not give '%s': %s`docker images` shows what it has; "
			"`ropes images add --pull %s` fetches it from Docker Hub",
			n.shown, said.length > 0 ? buf_text(&said) : "docker did not start\n",
			n.shown);
	}
	good = good && archive_read(file, "your Docker", c.work, keep_added_store, &c, err);
	added_finish_name(&n);
	return end_and_refresh(&c, good, err);
}

bool machine_image_pull(const char *name, const char *registry,
	void (*tell)(void *data, const char *what), void *data, struct words *ret_added,
	struct error *err)
{
	static const char hub[] = "https://registry-1.docker.io";
	struct image_name n = {0};
	struct change c = {.lock = -1, .added = ret_added};
	if (!added_read_name(name, &n, err))
		return false;
	cleanup_free char *from = xstrdup(registry != NULL ? registry : hub);
	for (size_t end = strlen(from); end > 0 && from[end - 1] == '/'; end--)
		from[end - 1] = '\0';
	bool good = begin_change(&c, err);
	cleanup_free char *layout = path_join(c.work, ARCHIVE_ROOT);
	good = good && pull_layout(from, &n, layout, tell, data, err) &&
	       archive_read_layout(n.shown, registry != NULL ? from : "Docker Hub", c.work,
		       keep_added_store, &c, err);
	added_finish_name(&n);
	return end_and_refresh(&c, good, err);
}

bool machine_image_remove(const char *name, struct error *err)
{
	struct image_name n = {0};
	struct change c = {.lock = -1};
	if (!added_read_name(name, &n, err))
		return false;
	cleanup_free char *store = store_of(n.shown);
	bool good = begin_change(&c, err);
	cleanup_free char *gone = path_join(c.work, "gone");
	if (good && rename(store, gone) < 0)
		good = errno == ENOENT
			       ? error_set(err, 0,
					 "'%s' was not added; `ropes images list` shows which were",
					 n.shown)
			       : error_set(err, errno, "remove '%s'", store);
	end_change(&c);
	good = good && images_refresh(n.shown, err);
	added_finish_name(&n);
	return good;
}

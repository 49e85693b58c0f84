/* machine/recipes.c - the stand-ins among the practice images: builds them with the machine's
 * own dockerd from the recipes in assets/practice, pushes them to its registry, and exports that
 * registry's store */
#include "private.h"

#include "spawn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REGISTRY "127.0.0.1:5000"

/* Every practice image contains these. They must be statically linked, because the images have
 * no libraries. */
static const char *const programs[] = {"busybox", "bash"};

static bool find_program(size_t which, char **ret, struct error *err)
{
	*ret = static_program_find(programs[which]);
	return *ret != NULL ||
	       error_set(err, 0,
		       "there is no statically linked %s; `ropes doctor` shows how to install it",
		       programs[which]);
}

/* ---- the version of a store ---- */

static uint64_t hash_file(const char *path)
{
	cleanup_buf struct buf text = {0};
	uint64_t hash = hash_bytes(HASH_START, path_base(path), strlen(path_base(path)));
	if (file_read(path, 1 << 20, &text, NULL))
		hash = hash_bytes(hash, buf_text(&text), text.length);
	return hash;
}

/* Sum the hashes, so that the order of a folder's entries does not matter. */
static uint64_t hash_folder(const char *path, int depth)
{
	uint64_t sum = 0;
	DIR *dir = depth < 8 ? opendir(path) : NULL;
	struct dirent *entry;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		cleanup_free char *below = path_join(path, entry->d_name);
		sum += folder_exists(below) ? hash_folder(below, depth + 1) : hash_file(below);
	}
	if (dir != NULL)
		closedir(dir);
	return sum;
}

uint64_t recipes_hash(const char *recipes)
{
	uint64_t hash = hash_folder(recipes, 0);
	struct stat info;
	for (size_t i = 0; i < ARRAY_LENGTH(programs); i++) {
		cleanup_free char *path = static_program_find(programs[i]);
		if (path != NULL && stat(path, &info) == 0)
			hash = hash_bytes(hash, &info.st_size, sizeof info.st_size);
	}
	return hash;
}

/* ---- making the images ---- */

struct maker {
	const struct machine_paths *paths;
	const char *recipes;
	char *context; /* folder for builds */
	unsigned started;
	struct words environment;
};

static bool copy_program(const char *from, const char *to, struct error *err)
{
	cleanup_buf struct buf bytes = {0};
	return file_read(from, (size_t)64 << 20, &bytes, err) &&
	       file_write(to, buf_text(&bytes), bytes.length, 0755, err);
}

/* Takes the reason of a failure from the last line of output. */
static bool tell_reason(const char *path, struct error *err)
{
	cleanup_buf struct buf said = {0};
	if (!file_read(path, 1 << 20, &said, NULL))
		return false;
	while (said.length > 0 && said.data[said.length - 1] == '\n')
		buf_truncate(&said, said.length - 1);
	const char *line = strrchr(buf_text(&said), '\n');
	return error_set(err, 0, "docker: %s", line != NULL ? line + 1 : buf_text(&said));
}

/* A running docker command, and its output. */
struct client {
	pid_t pid;
	char *said;
};

static bool client_start(
	struct maker *m, const char *const *words, struct client *ret, struct error *err)
{
	cleanup_words struct words argv = {0};
	words_add(&argv, "docker");
	words_add_all(&argv, words);
	*ret = (struct client){.said = xasprintf("%s/said-%u", m->context, m->started++)};
	cleanup_fd int said = open(ret->said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct spawn spawn = {.argv = (const char *const *)argv.items,
		.environment = (const char *const *)m->environment.items};
	if (said < 0)
		return error_set(err, errno, "'%s'", ret->said);
	spawn_fd_add(&spawn, said, 1);
	spawn_fd_add(&spawn, said, 2);
	return spawn_start(&spawn, &ret->pid, err);
}

static bool client_wait(struct client *d, struct error *err)
{
	int status = d->pid > 0 ? spawn_wait(d->pid) : 0;
	bool good = status == 0 || tell_reason(d->said, err);
	free(d->said);
	*d = (struct client){0};
	return good;
}

static bool client_run(struct maker *m, const char *const *words, struct error *err)
{
	struct client d = {0};
	bool good = client_start(m, words, &d, err);
	return client_wait(&d, good ? err : NULL) && good;
}

/* ---- base file systems ---- */

/* Lists busybox's programs with their folders, one a line: "usr/bin/wc". */
static bool list_applets(struct maker *m, const char *busybox, struct buf *ret, struct error *err)
{
	cleanup_free char *list = path_join(m->context, "list");
	cleanup_fd int out = open(list, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const char *const argv[] = {busybox, "--list-full", NULL};
	struct spawn spawn = {.argv = argv};
	spawn_fd_add(&spawn, out, 1);
	return (out >= 0 && spawn_run(&spawn, err) && file_read(list, 1 << 20, ret, err)) ||
	       error_wrap(err, "cannot list the programs of busybox");
}

/* Looks for a word in the file `programs`: "busybox bash sh ls"; "*": all of busybox's. */
static bool is_listed(const char *words, const char *name)
{
	size_t length = strlen(name);
	for (const char *at = words; *at != '\0';) {
		at += strspn(at, " \n");
		size_t word = strcspn(at, " \n");
		if (word == length && memcmp(at, name, length) == 0)
			return true;
		at += word;
	}
	return false;
}

/* Makes a link for each listed program of busybox. */
static bool make_links(struct maker *m, const char *root, const char *listed, struct error *err)
{
	cleanup_free char *busybox = NULL;
	cleanup_buf struct buf names = {0};
	if (!find_program(0, &busybox, err) || !list_applets(m, busybox, &names, err))
		return false;
	for (char *name = names.data; name != NULL && *name != '\0';) {
		size_t length = strcspn(name, "\n");
		cleanup_free char *path = xasprintf("%s/%.*s", root, (int)length, name);
		const char *own = path_base(path);
		cleanup_free char *folder = xstrndup(path, (size_t)(own - path) - 1);
		name += length + (name[length] == '\n');
		if (!is_listed(listed, "*") && !is_listed(listed, own))
			continue;
		if (!folder_make(folder, 0755, err))
			return false;
		if (symlink("/bin/busybox", path) < 0 && errno != EEXIST)
			return error_set(err, errno, "cannot link '%s'", path);
	}
	return true;
}

static bool make_root(struct maker *m, const char *root, const char *listed, struct error *err)
{
	static const char *const folders[] = {"bin", "etc", "root", "tmp", "var/log", "var/tmp",
		"home", "proc", "sys", "dev", "run", "usr/bin"};
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
		cleanup_free char *path = path_join(root, folders[i]);
		if (!folder_make(path, 0755, err))
			return false;
		if (text_ends(path, "tmp") && chmod(path, 01777) < 0)
			return error_set(err, errno, "'%s'", path);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(programs); i++) {
		cleanup_free char *program = NULL;
		cleanup_free char *copy = xasprintf("%s/bin/%s", root, programs[i]);
		if (!is_listed(listed, programs[i]))
			continue;
		if (!find_program(i, &program, err) || !copy_program(program, copy, err))
			return false;
	}
	return make_links(m, root, listed, err);
}

/* Copies the folder of a recipe that lists programs, and adds the root that is made of them.
 * *ret: where to build. */
static bool prepare_context(
	struct maker *m, const char *folder, const char *own, char **ret, struct error *err)
{
	cleanup_free char *list = path_join(own, "programs");
	cleanup_free char *copy = path_join(m->context, folder);
	cleanup_free char *root = path_join(copy, "root");
	cleanup_buf struct buf listed = {0};
	const char *const argv[] = {"cp", "-RP", own, copy, NULL};
	const struct spawn spawn = {.argv = argv};
	bool made = file_exists(list);
	if (made && (!file_read(list, 65536, &listed, err) || !spawn_run(&spawn, err) ||
			    !make_root(m, root, buf_text(&listed), err)))
		return false;
	*ret = xstrdup(made ? copy : own);
	return true;
}

/* ---- the list of recipes ---- */

/* One line of the list: FOLDER REPOSITORY:TAG … */
struct recipe {
	struct words words;
	struct client build;
};

static bool build_recipe(struct maker *m, struct recipe *r, struct error *err)
{
	const char *folder = r->words.items[0];
	cleanup_free char *own = path_join(m->recipes, folder);
	cleanup_free char *name = xasprintf("ropes/%s", folder);
	cleanup_free char *context = NULL;
	bool good = prepare_context(m, folder, own, &context, err);
	const char *const words[] = {"build", "-q", "-t", name, context, NULL};
	return (good && client_start(m, words, &r->build, err)) ||
	       error_wrap(err, "cannot build the practice image '%s'", folder);
}

#define RECIPES_MAX 64

static size_t read_recipes(char *text, struct recipe *ret)
{
	size_t count = 0;
	for (char *line = text; line != NULL && *line != '\0' && count < RECIPES_MAX;) {
		size_t length = strcspn(line, "\n");
		bool last = line[length] == '\0';
		line[length] = '\0';
		for (char *at = line; line[0] != '#' && *at != '\0';) {
			at += strspn(at, " \t");
			size_t word = strcspn(at, " \t");
			if (word > 0)
				words_addf(&ret[count].words, "%.*s", (int)word, at);
			at += word;
		}
		count += ret[count].words.count >= 2;
		line += length + !last;
	}
	return count;
}

static bool is_ground(const struct recipe *r)
{
	return text_same(r->words.items[1], "-");
}

static bool push_recipe(struct maker *m, const struct recipe *r, struct error *err)
{
	cleanup_free char *name = xasprintf("ropes/%s", r->words.items[0]);
	for (size_t i = 1; !is_ground(r) && i < r->words.count; i++) {
		cleanup_free char *tag = xasprintf(REGISTRY "/%s", r->words.items[i]);
		const char *const tags[] = {"tag", name, tag, NULL};
		const char *const words[] = {"push", "-q", tag, NULL};
		if (!client_run(m, tags, err) || !client_run(m, words, err))
			return error_wrap(
				err, "cannot build the practice image '%s'", r->words.items[i]);
	}
	return true;
}

/* Build base images first, one after another; then build the others at the same time, because in
 * a user namespace dockerd ends each layer by waiting for the next second. */
static bool build_all(struct maker *m, struct recipe *recipes, size_t count, struct error *err)
{
	bool good = count > 0;
	for (size_t i = 0; good && i < count; i++)
		good = !is_ground(&recipes[i]) ||
		       (build_recipe(m, &recipes[i], err) && client_wait(&recipes[i].build, err));
	for (size_t i = 0; good && i < count; i++)
		good = is_ground(&recipes[i]) || build_recipe(m, &recipes[i], err);
	for (size_t i = 0; i < count; i++)
		if (recipes[i].build.said != NULL)
			good = client_wait(&recipes[i].build, good ? err : NULL) && good;
	return good;
}

static void finish_recipes(struct recipe *recipes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		words_finish(&recipes[i].words);
	free(recipes);
}

void recipes_names(const char *folder, struct words *ret)
{
	cleanup_free char *list = path_join(folder, "images");
	cleanup_buf struct buf text = {0};
	struct recipe *recipes = xcalloc(RECIPES_MAX + 1, sizeof *recipes);
	size_t count = file_read(list, 65536, &text, NULL) ? read_recipes(text.data, recipes) : 0;
	for (size_t i = 0; i < count; i++)
		for (size_t n = 1; !is_ground(&recipes[i]) && n < recipes[i].words.count; n++) {
			const char *name = recipes[i].words.items[n];
			words_add(ret,
				text_starts(name, "library/") ? name + strlen("library/") : name);
		}
	finish_recipes(recipes, count);
}

static bool make_images(struct maker *m, struct error *err)
{
	cleanup_free char *list = path_join(m->recipes, "images");
	cleanup_buf struct buf text = {0};
	struct recipe *recipes = xcalloc(RECIPES_MAX + 1, sizeof *recipes);
	bool good = file_read(list, 65536, &text, err);
	size_t count = good ? read_recipes(text.data, recipes) : 0;
	good = good && build_all(m, recipes, count, err);
	for (size_t i = 0; good && i < count; i++)
		good = push_recipe(m, &recipes[i], err);
	finish_recipes(recipes, count);
	const char *const prune[] = {"system", "prune", "--all", "--force", NULL};
	return good && client_run(m, prune, err); /* start pulls without any layers */
}

/* Copies the registry's store, as the daemon's root has it, into a folder of this machine. */
static bool export_store(struct maker *m, const char *store, struct error *err)
{
	cleanup_free char *file = path_join(m->context, "store.tar");
	cleanup_free char *half = path_join(m->context, "store");
	cleanup_fd int tar = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	const char *const pack[] = {"tar", "-C", "/var/lib/registry", "-cf", "-", ".", NULL};
	const char *const unpack[] = {"tar", "-C", half, "--no-same-owner", "-xf", file, NULL};
	const struct spawn spawn = {.argv = unpack};
	if (tar < 0 || !folder_make(half, 0700, err) ||
		!order_run_to_end(m->paths, pack, -1, tar, err) || !spawn_run(&spawn, err))
		return error_wrap(err, "cannot open the store of practice images");
	if (rename(half, store) == 0 || errno == EEXIST || errno == ENOTEMPTY)
		return true; /* another process made the same store at the same time */
	return error_set(err, errno, "cannot save the practice images as '%s'", store);
}

bool recipes_make(
	const struct machine_paths *p, const char *recipes, const char *store, struct error *err)
{
	cleanup_free char *cache = xdg_folder(XDG_CACHE);
	struct maker m = {.paths = p, .recipes = recipes};
	if (!folder_make(cache, 0700, err))
		return false;
	m.context = xasprintf("%s/making-XXXXXX", cache);
	bool good = mkdtemp(m.context) != NULL ||
		    error_set(err, errno, "cannot create a folder in '%s'", cache);
	words_addf(&m.environment, "DOCKER_HOST=unix://%s", p->socket);
	words_addf(&m.environment, "PATH=%s",
		getenv("PATH") != NULL ? getenv("PATH") : "/usr/bin:/bin");
	words_addf(&m.environment, "HOME=%s", m.context);
	words_add(&m.environment, "DOCKER_BUILDKIT=0");
	good = good && make_images(&m, err) && export_store(&m, store, err);
	(void)folder_remove(m.context, NULL); /* leftovers in the cache do no harm */
	words_finish(&m.environment);
	free(m.context);
	return good;
}

/* machine/images.c - the private registry and the practice images in it: made once with the real
 * daemon, kept in the cache as the registry's own store, copied in at every start */
#include "private.h"

#include "spawn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RECIPES "assets/practice"
#define REGISTRY "127.0.0.1:5000"
#define REGISTRY_TIMEOUT_MS 120000 /* on a very busy machine; it is up in 70 ms elsewhere */

/* ---- the registry ---- */

static bool is_listening(void)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(5000),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	cleanup_fd int fd = machine_socket(MACHINE_PRACTICE, AF_INET, SOCK_STREAM, 0);
	return fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

static bool registry_wait(const struct machine_process *p, struct error *err)
{
	struct pollfd ended = {.fd = p->control, .events = POLLIN};
	int64_t end = clock_monotonic_ms() + REGISTRY_TIMEOUT_MS;
	while (clock_monotonic_ms() < end) {
		if (is_listening())
			return true;
		if (poll(&ended, 1, 2) != 0)
			break;
	}
	return error_set(err, 0, "docker-registry does not come up");
}

bool registry_start(const struct machine_paths *p, struct machine_process *ret, struct error *err)
{
	static const char script[] =
		"mkdir -p /var/lib/registry && cat >/run/ropes/registry.yml <<'END' && "
		"exec docker-registry serve /run/ropes/registry.yml\n"
		"version: 0.1\n"
		"log: {level: error, accesslog: {disabled: true}}\n"
		"storage: {filesystem: {rootdirectory: /var/lib/registry}, delete: {enabled: "
		"true}}\n"
		"http: {addr: '127.0.0.1:5000'}\n"
		"END\n";
	const char *const argv[] = {"sh", "-c", script, NULL};
	const struct machine_program program = {.argv = argv};
	return control_run(p->control, &program, ret, err) && registry_wait(ret, err);
}

/* Runs a program as root in the machine; its input and output where they are not -1. */
static bool run_inside(const struct machine_paths *p, const char *const *argv, int in_fd,
	int out_fd, struct error *err)
{
	struct machine_program program = {.argv = argv};
	struct machine_process process;
	if (in_fd >= 0)
		program.fds[program.fd_count++] = (struct machine_fd){in_fd, 0};
	if (out_fd >= 0)
		program.fds[program.fd_count++] = (struct machine_fd){out_fd, 1};
	if (!control_run(p->control, &program, &process, err))
		return false;
	int status = machine_process_wait(&process);
	return status == 0 || error_set(err, 0, "'%s' ended with %d", argv[0], status);
}

/* ---- the cache ---- */

static uint64_t hash_file(const char *path)
{
	cleanup_buf struct buf text = {0};
	uint64_t hash = hash_bytes(HASH_START, path_base(path), strlen(path_base(path)));
	if (file_read(path, 1 << 20, &text, NULL))
		hash = hash_bytes(hash, buf_text(&text), text.length);
	return hash;
}

/* Sums do not hang on the order in which a folder is listed. */
static uint64_t hash_folder(const char *path, int depth)
{
	uint64_t sum = 0;
	DIR *dir = depth < 4 ? opendir(path) : NULL;
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

/* Every practice image is made of these. They run without libraries, which an image has none of. */
static const char *const programs[] = {"busybox", "bash"};

static bool find_program(size_t which, char **ret, struct error *err)
{
	*ret = static_program_find(programs[which]);
	return *ret != NULL ||
	       error_set(err, 0, "no static %s is here; `ropes doctor` tells how to get it",
		       programs[which]);
}

static char *store_path(const char *recipes)
{
	uint64_t hash = hash_folder(recipes, 0);
	struct stat info;
	for (size_t i = 0; i < ARRAY_LENGTH(programs); i++) {
		cleanup_free char *path = static_program_find(programs[i]);
		if (path != NULL && stat(path, &info) == 0)
			hash = hash_bytes(hash, &info.st_size, sizeof info.st_size);
	}
	cleanup_free char *cache = xdg_folder(XDG_CACHE);
	return xasprintf("%s/practice-images-%016llx", cache, (unsigned long long)hash);
}

/* ---- making the images ---- */

struct maker {
	const struct machine_paths *paths;
	const char *recipes;
	char *context; /* folder that builds are made from */
	unsigned started;
	struct words environment;
};

static bool copy_program(const char *from, const char *to, struct error *err)
{
	cleanup_buf struct buf bytes = {0};
	return file_read(from, (size_t)64 << 20, &bytes, err) &&
	       file_write(to, buf_text(&bytes), bytes.length, 0755, err);
}

/* What went wrong is in the last line that was said. */
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

/* A docker command that runs, and what it says. */
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

/* busybox in its place, and a link for each of its programs. */
static bool make_links(struct maker *m, const char *root, struct error *err)
{
	cleanup_free char *list = path_join(m->context, "list"), *busybox = NULL;
	cleanup_buf struct buf names = {0};
	if (!find_program(0, &busybox, err))
		return false;
	cleanup_fd int out = open(list, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	const char *const argv[] = {busybox, "--list-full", NULL};
	struct spawn spawn = {.argv = argv};
	spawn_fd_add(&spawn, out, 1);
	if (out < 0 || !spawn_run(&spawn, err) || !file_read(list, 1 << 20, &names, err))
		return error_wrap(err, "the programs of busybox");
	for (char *name = names.data; name != NULL && *name != '\0';) {
		size_t length = strcspn(name, "\n");
		cleanup_free char *path = xasprintf("%s/%.*s", root, (int)length, name);
		cleanup_free char *folder = xstrndup(path, (size_t)(path_base(path) - path) - 1);
		if (!folder_make(folder, 0755, err))
			return false;
		if (symlink("/bin/busybox", path) < 0 && errno != EEXIST)
			return error_set(err, errno, "link '%s'", path);
		name += length + (name[length] == '\n');
	}
	return unlink(list) == 0 || error_set(err, errno, "remove '%s'", list);
}

static bool make_root(struct maker *m, struct error *err)
{
	static const char *const folders[] = {"bin", "etc", "root", "tmp", "var/www", "var/log",
		"home", "proc", "sys", "dev", "run", "usr/bin"};
	cleanup_free char *root = path_join(m->context, "root");
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
		cleanup_free char *path = path_join(root, folders[i]);
		if (!folder_make(path, 0755, err))
			return false;
	}
	cleanup_free char *tmp = path_join(root, "tmp");
	if (chmod(tmp, 01777) < 0)
		return error_set(err, errno, "'%s'", tmp);
	for (size_t i = 0; i < ARRAY_LENGTH(programs); i++) {
		cleanup_free char *program = NULL;
		cleanup_free char *copy = xasprintf("%s/bin/%s", root, programs[i]);
		if (!find_program(i, &program, err) || !copy_program(program, copy, err))
			return false;
	}
	return make_links(m, root, err);
}

/* One line of the list: FOLDER REPOSITORY:TAG … */
struct recipe {
	struct words words;
	struct client build;
};

static bool build(struct maker *m, struct recipe *r, struct error *err)
{
	const char *folder = r->words.items[0];
	cleanup_free char *own = path_join(m->recipes, folder);
	cleanup_free char *file = path_join(own, "Dockerfile");
	cleanup_free char *name = xasprintf("ropes/%s", folder);
	const char *const words[] = {"build", "-q", "-t", name, "-f", file,
		text_same(folder, "base") ? m->context : own, NULL};
	return client_start(m, words, &r->build, err) ||
	       error_wrap(err, "practice image '%s'", folder);
}

static bool push(struct maker *m, const struct recipe *r, struct error *err)
{
	cleanup_free char *name = xasprintf("ropes/%s", r->words.items[0]);
	for (size_t i = 1; i < r->words.count; i++) {
		cleanup_free char *tag = xasprintf(REGISTRY "/%s", r->words.items[i]);
		const char *const tags[] = {"tag", name, tag, NULL};
		const char *const words[] = {"push", "-q", tag, NULL};
		if (text_same(r->words.items[i], "-"))
			continue;
		if (!client_run(m, tags, err) || !client_run(m, words, err))
			return error_wrap(err, "practice image '%s'", r->words.items[i]);
	}
	return true;
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

/* The first recipe is what all others stand on; those are built at the same time: in a user
 * namespace dockerd ends each layer by waiting for the next second. */
static bool build_all(struct maker *m, struct recipe *recipes, size_t count, struct error *err)
{
	bool good = count > 0 && build(m, &recipes[0], err) && client_wait(&recipes[0].build, err);
	for (size_t i = 1; good && i < count; i++)
		good = build(m, &recipes[i], err);
	for (size_t i = 1; i < count; i++)
		if (recipes[i].build.said != NULL)
			good = client_wait(&recipes[i].build, good ? err : NULL) && good;
	return good;
}

static bool make_images(struct maker *m, struct error *err)
{
	cleanup_free char *list = path_join(m->recipes, "images");
	cleanup_buf struct buf text = {0};
	struct recipe *recipes = xcalloc(RECIPES_MAX + 1, sizeof *recipes);
	bool good = make_root(m, err) && file_read(list, 65536, &text, err);
	size_t count = good ? read_recipes(text.data, recipes) : 0;
	good = good && build_all(m, recipes, count, err);
	for (size_t i = 0; good && i < count; i++)
		good = push(m, &recipes[i], err);
	for (size_t i = 0; i < count; i++)
		words_finish(&recipes[i].words);
	free(recipes);
	const char *const prune[] = {"system", "prune", "--all", "--force", NULL};
	return good && client_run(m, prune, err); /* pulls start from nothing */
}

/* The registry's store as the daemon's root has it, into a folder of this machine. */
static bool take_store(struct maker *m, const char *store, struct error *err)
{
	cleanup_free char *file = path_join(m->context, "store.tar");
	cleanup_free char *half = path_join(m->context, "store");
	cleanup_fd int tar = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	const char *const pack[] = {"tar", "-C", "/var/lib/registry", "-cf", "-", ".", NULL};
	const char *const unpack[] = {"tar", "-C", half, "--no-same-owner", "-xf", file, NULL};
	const struct spawn spawn = {.argv = unpack};
	if (tar < 0 || !folder_make(half, 0700, err) || !run_inside(m->paths, pack, -1, tar, err) ||
		!spawn_run(&spawn, err))
		return error_wrap(err, "the practice images' store");
	if (rename(half, store) == 0 || errno == EEXIST || errno == ENOTEMPTY)
		return true; /* somebody else made the same at the same time */
	return error_set(err, errno, "keep the practice images as '%s'", store);
}

static bool make_store(
	const struct machine_paths *p, const char *recipes, const char *store, struct error *err)
{
	cleanup_free char *cache = xdg_folder(XDG_CACHE);
	struct maker m = {.paths = p, .recipes = recipes};
	if (!folder_make(cache, 0700, err))
		return false;
	m.context = xasprintf("%s/making-XXXXXX", cache);
	bool good =
		mkdtemp(m.context) != NULL || error_set(err, errno, "make a folder in '%s'", cache);
	words_addf(&m.environment, "DOCKER_HOST=unix://%s", p->socket);
	words_addf(&m.environment, "PATH=%s",
		getenv("PATH") != NULL ? getenv("PATH") : "/usr/bin:/bin");
	words_addf(&m.environment, "HOME=%s", m.context);
	words_add(&m.environment, "DOCKER_BUILDKIT=0");
	good = good && make_images(&m, err) && take_store(&m, store, err);
	(void)folder_remove(m.context, NULL); /* a left-over in the cache does no harm */
	words_finish(&m.environment);
	free(m.context);
	return good;
}

/* ---- putting them in ---- */

static bool put_store(const struct machine_paths *p, const char *store, struct error *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	const char *const pack[] = {"tar", "-C", store, "-cf", "-", ".", NULL};
	const char *const unpack[] = {
		"tar", "-C", "/var/lib/registry", "--no-same-owner", "-xf", "-", NULL};
	struct spawn spawn = {.argv = pack};
	pid_t packer;
	spawn_fd_add(&spawn, ends[1], 1);
	bool good = spawn_start(&spawn, &packer, err);
	close(ends[1]);
	if (good) {
		good = run_inside(p, unpack, ends[0], -1, err);
		good = spawn_wait(packer) == 0 && good;
	}
	close(ends[0]);
	return good || error_wrap(err, "fill the practice registry");
}

bool images_install(const struct machine_paths *p, void (*tell)(void *data, const char *what),
	void *data, struct error *err)
{
	cleanup_free char *recipes = data_path(RECIPES);
	cleanup_free char *store = store_path(recipes);
	if (folder_exists(store))
		return put_store(p, store, err);
	tell(data, "making the practice images (only the first time)");
	return make_store(p, recipes, store, err);
}

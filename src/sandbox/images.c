/* sandbox/images.c - the private registry and the practice images in it: made once with the real
 * daemon, kept in the cache as the registry's own store, copied in at every start */
#include "daemon.h"
#include "spawn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RECIPES "assets/practice"
#define REGISTRY "127.0.0.1:5000"
#define LISTENING " 0100007F:1388 00000000:0000 0A " /* the same in the kernel's table */
#define REGISTRY_TIMEOUT_MS 20000

/* ---- into the daemon's namespaces ---- */

bool join_namespaces(
	struct spawn *spawn, pid_t pid, bool user, const char *const *names, struct error *err)
{
	if (user && geteuid() != 0) {
		cleanup_free char *path = xasprintf("/proc/%d/ns/user", (int)pid);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return error_set(err, errno, "open '%s'", path);
		spawn->namespaces[spawn->namespace_count++] = fd;
	}
	for (; *names != NULL; names++) {
		cleanup_free char *path = xasprintf("/proc/%d/ns/%s", (int)pid, *names);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return error_set(err, errno, "open '%s'", path);
		spawn->namespaces[spawn->namespace_count++] = fd;
	}
	return true;
}

void close_namespaces(struct spawn *spawn)
{
	for (size_t i = 0; i < spawn->namespace_count; i++)
		close(spawn->namespaces[i]);
	spawn->namespace_count = 0;
}

static const char *const inside[] = {"net", "ipc", "mnt", NULL};

/* Runs a program in the daemon's root. out_fd: its standard output, -1: ours. */
static bool run_inside(const struct daemon_record *r, const char *const *argv, int in_fd,
	int out_fd, struct error *err)
{
	struct spawn spawn = {.argv = argv, .folder = "/"};
	if (in_fd >= 0)
		spawn_fd_add(&spawn, in_fd, 0);
	if (out_fd >= 0)
		spawn_fd_add(&spawn, out_fd, 1);
	bool good = join_namespaces(&spawn, r->init, r->rootless, inside, err) &&
		    spawn_run(&spawn, err);
	close_namespaces(&spawn);
	return good;
}

bool registry_start(
	const struct daemon_paths *p, const struct daemon_record *r, pid_t *ret, struct error *err)
{
	static const char config[] =
		"version: 0.1\n"
		"log: {level: error, accesslog: {disabled: true}}\n"
		"storage: {filesystem: {rootdirectory: /data/registry}, delete: {enabled: true}}\n"
		"http: {addr: '127.0.0.1:5000'}\n";
	cleanup_free char *path = path_join(p->socket_folder, "registry.yml");
	const char *const argv[] = {"docker-registry", "serve", "/sock/registry.yml", NULL};
	const char *const make[] = {"mkdir", "-p", "/data/registry", NULL};
	if (!file_write(path, config, sizeof config - 1, 0600, err) ||
		!run_inside(r, make, -1, -1, err))
		return false;
	struct spawn spawn = {.argv = argv, .folder = "/", .die_with_parent = true};
	bool good = join_namespaces(&spawn, r->init, r->rootless, inside, err) &&
		    spawn_start(&spawn, ret, err);
	close_namespaces(&spawn);
	return good;
}

/* Its configuration lies beside the daemon's socket, and is read only once it runs. */
bool registry_wait(pid_t registry, struct error *err)
{
	cleanup_free char *path = xasprintf("/proc/%d/net/tcp", (int)registry);
	int64_t end = clock_monotonic_ms() + REGISTRY_TIMEOUT_MS;
	siginfo_t ended = {0};
	while (clock_monotonic_ms() < end && ended.si_pid == 0) {
		cleanup_buf struct buf table = {0};
		if (file_read(path, 1 << 20, &table, NULL) &&
			strstr(buf_text(&table), LISTENING) != NULL)
			return true;
		usleep(2000);
		(void)waitid(P_PID, (id_t)registry, &ended, WEXITED | WNOHANG | WNOWAIT);
	}
	return error_set(err, 0, "docker-registry does not come up");
}

bool socket_hide(const struct daemon_record *r, struct error *err)
{
	static const char *const argv[] = {
		"mount", "-t", "tmpfs", "-o", "ro,size=4k,mode=0700", "none", "/sock", NULL};
	return run_inside(r, argv, -1, -1, err) || error_wrap(err, "hide the daemon's socket");
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
	const struct daemon_paths *paths;
	const struct daemon_record *record;
	const char *recipes;
	char *context; /* folder that builds are made from */
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

static bool docker(struct maker *m, const char *const *words, struct error *err)
{
	cleanup_words struct words argv = {0};
	words_add(&argv, "docker");
	words_add_all(&argv, words);
	cleanup_free char *path = path_join(m->context, "said");
	cleanup_fd int said = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct spawn spawn = {.argv = (const char *const *)argv.items,
		.environment = (const char *const *)m->environment.items};
	if (said < 0)
		return error_set(err, errno, "'%s'", path);
	spawn_fd_add(&spawn, said, 1);
	spawn_fd_add(&spawn, said, 2);
	return spawn_run(&spawn, err) || tell_reason(path, err);
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
static bool make_image(struct maker *m, char *line, struct error *err)
{
	cleanup_words struct words words = {0};
	for (char *at = line; *at != '\0';) {
		at += strspn(at, " \t");
		size_t length = strcspn(at, " \t");
		if (length > 0)
			words_addf(&words, "%.*s", (int)length, at);
		at += length;
	}
	if (words.count < 2)
		return true;
	cleanup_free char *file = xasprintf("%s/%s/Dockerfile", m->recipes, words.items[0]);
	cleanup_free char *own = path_join(m->recipes, words.items[0]);
	cleanup_free char *name = xasprintf("ropes/%s", words.items[0]);
	bool base = text_same(words.items[0], "base");
	const char *const build[] = {
		"build", "-q", "-t", name, "-f", file, base ? m->context : own, NULL};
	if (!docker(m, build, err))
		return error_wrap(err, "practice image '%s'", words.items[0]);
	for (size_t i = 1; i < words.count; i++) {
		cleanup_free char *tag = xasprintf(REGISTRY "/%s", words.items[i]);
		const char *const tags[] = {"tag", name, tag, NULL};
		const char *const push[] = {"push", "-q", tag, NULL};
		if (text_same(words.items[i], "-"))
			continue;
		if (!docker(m, tags, err) || !docker(m, push, err))
			return error_wrap(err, "practice image '%s'", words.items[i]);
	}
	return true;
}

static bool make_images(struct maker *m, struct error *err)
{
	cleanup_free char *list = path_join(m->recipes, "images");
	cleanup_buf struct buf text = {0};
	if (!make_root(m, err) || !file_read(list, 65536, &text, err))
		return false;
	for (char *line = text.data; line != NULL && *line != '\0';) {
		size_t length = strcspn(line, "\n");
		bool last = line[length] == '\0';
		line[length] = '\0';
		if (line[0] != '#' && !make_image(m, line, err))
			return false;
		line += length + !last;
	}
	const char *const prune[] = {"system", "prune", "--all", "--force", NULL};
	return docker(m, prune, err); /* pulls start from nothing */
}

/* The registry's store as the daemon's root has it, into a folder of this machine. */
static bool take_store(struct maker *m, const char *store, struct error *err)
{
	cleanup_free char *file = path_join(m->context, "store.tar");
	cleanup_free char *half = path_join(m->context, "store");
	cleanup_fd int tar = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	const char *const pack[] = {"tar", "-C", "/data/registry", "-cf", "-", ".", NULL};
	const char *const unpack[] = {"tar", "-C", half, "--no-same-owner", "-xf", file, NULL};
	const struct spawn spawn = {.argv = unpack};
	if (tar < 0 || !folder_make(half, 0700, err) ||
		!run_inside(m->record, pack, -1, tar, err) || !spawn_run(&spawn, err))
		return error_wrap(err, "the practice images' store");
	if (rename(half, store) == 0 || errno == EEXIST || errno == ENOTEMPTY)
		return true; /* somebody else made the same at the same time */
	return error_set(err, errno, "keep the practice images as '%s'", store);
}

static bool make_store(const struct daemon_paths *p, const struct daemon_record *r,
	const char *recipes, const char *store, struct error *err)
{
	cleanup_free char *cache = xdg_folder(XDG_CACHE);
	struct maker m = {.paths = p, .record = r, .recipes = recipes};
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

static bool put_store(const struct daemon_record *r, const char *store, struct error *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	const char *const pack[] = {"tar", "-C", store, "-cf", "-", ".", NULL};
	const char *const unpack[] = {
		"tar", "-C", "/data/registry", "--no-same-owner", "-xf", "-", NULL};
	struct spawn spawn = {.argv = pack};
	pid_t packer;
	spawn_fd_add(&spawn, ends[1], 1);
	bool good = spawn_start(&spawn, &packer, err);
	close(ends[1]);
	if (good) {
		good = run_inside(r, unpack, ends[0], -1, err);
		good = spawn_wait(packer) == 0 && good;
	}
	close(ends[0]);
	return good || error_wrap(err, "fill the practice registry");
}

bool images_install(const struct daemon_paths *p, const struct daemon_record *r,
	void (*tell)(void *data, const char *what), void *data, struct error *err)
{
	cleanup_free char *recipes = data_path(RECIPES);
	cleanup_free char *store = store_path(recipes);
	if (folder_exists(store))
		return put_store(r, store, err);
	tell(data, "making the practice images (only the first time)");
	return make_store(p, r, recipes, store, err);
}

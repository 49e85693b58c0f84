/* machine/images.c - the private registry and its practice images: made once with the real
 * daemon, cached as the registry's own store, copied in at every start */
#include "private.h"

#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECIPES "assets/practice"
#define REGISTRY_TIMEOUT_MS 120000 /* for a very busy machine; otherwise it takes 70 ms */

/* ---- the registry ---- */

static bool is_registry_listening(void)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(MACHINE_REGISTRY_PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	cleanup_fd int fd = machine_socket(MACHINE_PRACTICE, AF_INET, SOCK_STREAM, 0);
	return fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

static bool registry_wait(const struct machine_process *p, struct error *err)
{
	struct pollfd ended = {.fd = p->control, .events = POLLIN};
	int64_t end = clock_monotonic_ms() + REGISTRY_TIMEOUT_MS;
	while (clock_monotonic_ms() < end) {
		if (is_registry_listening())
			return true;
		if (poll(&ended, 1, 2) != 0)
			break;
	}
	return error_set(err, 0, "docker-registry does not start");
}

bool images_start_registry(
	const struct machine_paths *p, struct machine_process *ret, struct error *err)
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
	return order_run(p->control, &program, ret, err) && registry_wait(ret, err);
}

/* ---- the cache ---- */

static char *store_path(const char *recipes)
{
	cleanup_free char *cache = xdg_folder(XDG_CACHE);
	return xasprintf(
		"%s/practice-images-%016llx", cache, (unsigned long long)recipes_hash(recipes));
}

/* ---- installing ---- */

/* Install added images last, so that they replace stand-ins. store: of the stand-ins; NULL. */
static bool put_stores(const struct machine_paths *p, const char *store, struct error *err)
{
	int ends[2];
	cleanup_words struct words pack = {0}, added = {0};
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	words_add_all(
		&pack, (const char *const[]){"tar", "-cf", "-", "--files-from=/dev/null", NULL});
	if (store != NULL)
		words_add_all(&pack, (const char *const[]){"-C", store, ".", NULL});
	stores_list(NULL, &added);
	for (size_t i = 0; i < added.count; i++)
		words_add_all(&pack, (const char *const[]){"-C", added.items[i], "docker", NULL});
	const char *const unpack[] = {
		"tar", "-C", "/var/lib/registry", "--no-same-owner", "-xf", "-", NULL};
	struct spawn spawn = {.argv = (const char *const *)pack.items};
	pid_t packer;
	spawn_fd_add(&spawn, ends[1], 1);
	bool good = spawn_start(&spawn, &packer, err);
	close(ends[1]);
	if (good) {
		good = order_run_to_end(p, unpack, ends[0], -1, err);
		good = spawn_wait(packer) == 0 && good;
	}
	close(ends[0]);
	return good || error_wrap(err, "cannot fill the practice registry");
}

/* Removes a repository with its last tag, because a repository without tags would still exist. */
static bool remove_tags(const struct machine_paths *p, const struct words *names, struct error *err)
{
	static const char script[] =
		"all=/var/lib/registry/" MACHINE_REGISTRY_STORE "/repositories\n"
		"while [ $# -gt 0 ]; do\n"
		"	one=$all/$1/_manifests/tags\n"
		"	rm -rf \"$one/$2\"\n"
		"	rmdir \"$one\" 2>/dev/null && rm -rf \"$all/$1\"\n"
		"	shift 2\n"
		"done\n";
	cleanup_words struct words argv = {0};
	words_add_all(&argv, (const char *const[]){"sh", "-c", script, "sh", NULL});
	for (size_t i = 0; i < names->count; i++) {
		struct image_name name = {0};
		if (!image_name_read(names->items[i], &name, err))
			return false;
		words_add(&argv, name.repository);
		words_add(&argv, name.tag);
		image_name_finish(&name);
	}
	return order_run_to_end(p, (const char *const *)argv.items, -1, -1, err);
}

/* Replaces the stand-ins by the real images; images that the learner pushed stay. */
static bool take_out_standins(const struct machine_paths *p, struct error *err)
{
	cleanup_free char *recipes = data_path(RECIPES);
	cleanup_words struct words names = {0};
	recipes_names(recipes, &names);
	return remove_tags(p, &names, err);
}

bool images_install(const struct machine_paths *p, bool standins,
	void (*tell)(void *data, const char *what), void *data, struct error *err)
{
	if (!standins)
		return take_out_standins(p, err) && put_stores(p, NULL, err);
	cleanup_free char *recipes = data_path(RECIPES);
	cleanup_free char *store = store_path(recipes);
	if (!folder_exists(store)) {
		tell(data, N_("building the practice images (only the first time)"));
		if (!recipes_make(p, recipes, store, err))
			return false;
	}
	return put_stores(p, store, err);
}

bool images_refresh(const char *without, struct error *err)
{
	struct machine_paths p;
	struct machine_status status = {0};
	cleanup_free char *recipes = data_path(RECIPES);
	cleanup_free char *store = store_path(recipes);
	cleanup_words struct words gone = {0};
	(void)machine_status(MACHINE_PRACTICE, &status, NULL);
	bool runs = status.state == MACHINE_READY, network = status.network;
	machine_status_finish(&status);
	if (!runs)
		return true;
	machine_paths_init(&p, MACHINE_PRACTICE);
	if (without != NULL)
		words_add(&gone, without);
	bool good = (without == NULL || remove_tags(&p, &gone, err)) &&
		    put_stores(&p, network ? NULL : store, err);
	machine_paths_finish(&p);
	return good;
}

/* ---- listing ---- */

static cJSON *read_blob(const char *store, const char *digest)
{
	cleanup_buf struct buf text = {0};
	cleanup_free char *path = xasprintf(
		"%s/" MACHINE_REGISTRY_STORE "/blobs/sha256/%.2s/%s/data", store, digest, digest);
	return file_read(path, (size_t)1 << 20, &text, NULL) ? json_parse(&text) : NULL;
}

/* Sums the sizes in the manifest. */
static uint64_t size_in(const char *store, const char *shown)
{
	struct image_name name = {0};
	cleanup_buf struct buf link = {0};
	double size = 0;
	const cJSON *layer;
	if (!image_name_read(shown, &name, NULL))
		return 0;
	cleanup_free char *path = xasprintf("%s/" MACHINE_REGISTRY_STORE
					    "/repositories/%s/_manifests/tags/%s/current/link",
		store, name.repository, name.tag);
	image_name_finish(&name);
	if (!file_read(path, 256, &link, NULL) || !text_starts(buf_text(&link), "sha256:"))
		return 0;
	cJSON *manifest = read_blob(store, buf_text(&link) + strlen("sha256:"));
	cJSON_ArrayForEach(layer, json_get(manifest, "layers"))
		size += json_get_number_or(layer, "size", 0);
	cJSON_Delete(manifest);
	return size > 0 ? (uint64_t)size : 0;
}

static void add_image(
	struct machine_image_list *list, const char *name, const char *store, bool added)
{
	cleanup_free char *path = path_join(store, "source");
	cleanup_buf struct buf source = {0};
	if (added)
		(void)file_read(path, 4096, &source, NULL);
	list->items = xrealloc(list->items, (list->count + 1) * sizeof *list->items);
	list->items[list->count++] = (struct machine_image){.name = xstrdup(name),
		.source = added ? buf_steal(&source) : NULL,
		.size = size_in(store, name)};
}

void machine_image_list(struct machine_image_list *ret)
{
	cleanup_free char *recipes = data_path(RECIPES);
	cleanup_free char *store = store_path(recipes);
	cleanup_words struct words names = {0}, added = {0}, stores = {0};
	*ret = (struct machine_image_list){0};
	recipes_names(recipes, &names);
	stores_list(&added, &stores);
	for (size_t i = 0; i < names.count; i++)
		if (!words_has(&added, names.items[i]))
			add_image(ret, names.items[i], store, false);
	for (size_t i = 0; i < added.count; i++)
		add_image(ret, added.items[i], stores.items[i], true);
}

void machine_image_list_finish(struct machine_image_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].name);
		free(list->items[i].source);
	}
	free(list->items);
	*list = (struct machine_image_list){0};
}

void machine_images(struct words *ret)
{
	cleanup_free char *recipes = data_path(RECIPES);
	cleanup_words struct words added = {0};
	recipes_names(recipes, ret);
	stores_list(&added, NULL);
	for (size_t i = 0; i < added.count; i++)
		if (!words_has(ret, added.items[i]))
			words_add(ret, added.items[i]);
}

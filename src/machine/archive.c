/* machine/archive.c - converts archives of images (of `docker save`, or in the OCI image layout)
 * to stores of the registry: a folder for each name, with everything that it needs */
#include "private.h"

#include "digest.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MANIFEST_TYPE "application/vnd.docker.distribution.manifest.v2+json"
#define CONFIG_TYPE "application/vnd.docker.container.image.v1+json"
#define LAYER_TYPE "application/vnd.docker.image.rootfs.diff.tar.gzip"
#define JSON_MAX ((size_t)8 << 20)
#define DEPTH_MAX 3 /* for nested indexes */

struct blob {
	char digest[DIGEST_TEXT_SIZE];
	uint64_t size;
};

struct archive {
	const char *file, *source;
	char *root, *blobs; /* the unpacked archive; the blobs for stores, by digest */
	struct blob parts[IMAGE_PARTS_MAX];
	size_t part_count;
	archive_take *take;
	void *data;
	unsigned stores;
	bool pulled;
};

static bool refuse_archive(const struct archive *a, struct error *err, const char *what)
{
	return error_set(err, 0, "'%s' %s%s", a->file, _(what),
		a->pulled ? ""
			  : _("; `docker save -o FILE.tar NAME` makes a file that can be added"));
}

/* ---- the unpacked archive ---- */

/* Opens a file; links in an archive cannot lead out of it. */
static int open_in(const struct archive *a, const char *name)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
	cleanup_fd int root = open(a->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root >= 0 && name != NULL ? (int)syscall(SYS_openat2, root, name, &how, sizeof how)
					 : -1;
}

static cJSON *read_archive_json(const struct archive *a, const char *name)
{
	cleanup_fd int fd = open_in(a, name);
	cleanup_free char *path = xasprintf("/proc/self/fd/%d", fd);
	cleanup_buf struct buf text = {0};
	return fd >= 0 && file_read(path, JSON_MAX, &text, NULL) ? json_parse(&text) : NULL;
}

/* ---- blobs ---- */

static bool hash_blob(int fd, struct blob *ret)
{
	struct stat info;
	if (fstat(fd, &info) < 0 || info.st_size == 0)
		return false;
	size_t size = (size_t)info.st_size;
	void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return false;
	ret->size = size;
	bool good = digest_sha2(256, bytes, size, ret->digest);
	munmap(bytes, size);
	return good;
}

/* Stores the content of fd under its digest; `compress`: it is a layer that is a plain tar. */
static bool keep_blob(struct archive *a, int fd, bool compress, struct blob *ret, struct error *err)
{
	static const char *const gzip[] = {"gzip", "-1", "-n", "-c", NULL};
	static const char *const cat[] = {"cat", NULL};
	unsigned char magic[2] = {0};
	cleanup_free char *half = path_join(a->blobs, "half");
	cleanup_fd int out = open(half, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool packed = pread(fd, magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
	struct spawn spawn = {.argv = compress && !packed ? gzip : cat};
	spawn_fd_add(&spawn, fd, 0);
	spawn_fd_add(&spawn, out, 1);
	if (out < 0 || !spawn_run(&spawn, err) || !hash_blob(out, ret))
		return error_wrap(err, "cannot read a part of '%s'", a->file);
	cleanup_free char *whole = path_join(a->blobs, ret->digest);
	return rename(half, whole) == 0 || error_set(err, errno, "cannot save '%s'", whole);
}

static bool add_archive_part(
	struct archive *a, int fd, bool compress, const char *what, struct error *err)
{
	if (fd < 0 || a->part_count == IMAGE_PARTS_MAX)
		return refuse_archive(a, err, what);
	return keep_blob(a, fd, compress, &a->parts[a->part_count++], err);
}

static bool add_manifest_part(struct archive *a, const char *text, struct error *err)
{
	cleanup_fd int fd = memfd_create("ropes-manifest", MFD_CLOEXEC);
	return fd >= 0 && fd_write(fd, text, strlen(text), err) && lseek(fd, 0, SEEK_SET) == 0 &&
	       add_archive_part(a, fd, false, "has too many parts", err);
}

/* ---- a store ---- */

static bool write_link(const char *store, const char *digest, struct error *err, const char *format,
	...) PRINTF_LIKE(4, 5);

static bool write_link(
	const char *store, const char *digest, struct error *err, const char *format, ...)
{
	va_list arguments;
	char *below = NULL;
	va_start(arguments, format);
	int length = vasprintf(&below, format, arguments);
	va_end(arguments);
	if (length < 0)
		die_out_of_memory();
	cleanup_free char *folder = xasprintf("%s/" MACHINE_REGISTRY_STORE "/%s", store, below);
	cleanup_free char *path = path_join(folder, "link");
	cleanup_free char *text = xasprintf("sha256:%s", digest);
	free(below);
	return folder_make(folder, 0700, err) && file_write(path, text, strlen(text), 0600, err);
}

static bool write_blob(
	const struct archive *a, const char *store, const struct blob *blob, struct error *err)
{
	cleanup_free char *folder = xasprintf("%s/" MACHINE_REGISTRY_STORE "/blobs/sha256/%.2s/%s",
		store, blob->digest, blob->digest);
	cleanup_free char *from = path_join(a->blobs, blob->digest);
	cleanup_free char *to = path_join(folder, "data");
	return folder_make(folder, 0700, err) &&
	       (link(from, to) == 0 || errno == EEXIST ||
		       error_set(err, errno, "cannot save '%s'", to));
}

/* Lays the store out like docker-registry; the last part is the manifest. */
static bool write_store(const struct archive *a, const char *store, const struct image_name *name,
	struct error *err)
{
	const char *manifest = a->parts[a->part_count - 1].digest, *n = name->repository;
	for (size_t i = 0; i < a->part_count; i++)
		if (!write_blob(a, store, &a->parts[i], err) ||
			(i + 1 < a->part_count && !write_link(store, a->parts[i].digest, err,
							  "repositories/%s/_layers/sha256/%s", n,
							  a->parts[i].digest)))
			return false;
	return write_link(store, manifest, err, "repositories/%s/_manifests/revisions/sha256/%s", n,
		       manifest) &&
	       write_link(store, manifest, err, "repositories/%s/_manifests/tags/%s/current", n,
		       name->tag) &&
	       write_link(store, manifest, err,
		       "repositories/%s/_manifests/tags/%s/index/sha256/%s", n, name->tag,
		       manifest);
}

static bool make_store(struct archive *a, const char *reference, struct error *err)
{
	struct image_name name = {0};
	cleanup_free char *store = xasprintf("%s/store-%u", a->blobs, a->stores++);
	cleanup_free char *source = path_join(store, "source");
	bool good = image_name_read(reference, &name, err) && write_store(a, store, &name, err) &&
		    file_write(source, a->source, strlen(a->source), 0600, err) &&
		    a->take(a->data, store, &name, err);
	image_name_finish(&name);
	return good;
}

/* ---- `docker save` ---- */

static void add_descriptor(cJSON *to, const char *type, const struct blob *blob)
{
	cleanup_free char *digest = xasprintf("sha256:%s", blob->digest);
	cJSON_AddStringToObject(to, "mediaType", type);
	cJSON_AddNumberToObject(to, "size", (double)blob->size);
	cJSON_AddStringToObject(to, "digest", digest);
}

static char *manifest_of(const struct archive *a)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddNumberToObject(json, "schemaVersion", 2);
	cJSON_AddStringToObject(json, "mediaType", MANIFEST_TYPE);
	add_descriptor(cJSON_AddObjectToObject(json, "config"), CONFIG_TYPE, &a->parts[0]);
	cJSON *layers = cJSON_AddArrayToObject(json, "layers");
	for (size_t i = 1; i < a->part_count; i++) {
		cJSON *layer = cJSON_CreateObject();
		add_descriptor(layer, LAYER_TYPE, &a->parts[i]);
		cJSON_AddItemToArray(layers, layer);
	}
	char *text = cJSON_Print(json);
	cJSON_Delete(json);
	return text;
}

static bool take_saved(struct archive *a, const cJSON *entry, struct error *err)
{
	const cJSON *one, *tags = json_get(entry, "RepoTags");
	cleanup_fd int config = open_in(a, json_get_text(entry, "Config"));
	a->part_count = 0;
	if (!add_archive_part(a, config, false, "lacks the configuration of an image", err))
		return false;
	cJSON_ArrayForEach(one, json_get(entry, "Layers")) {
		cleanup_fd int layer = open_in(a, cJSON_GetStringValue(one));
		if (!add_archive_part(a, layer, true, "lacks a layer of its image", err))
			return false;
	}
	cleanup_free char *manifest = manifest_of(a);
	if (!add_manifest_part(a, manifest, err))
		return false;
	cJSON_ArrayForEach(one, tags)
		if (!make_store(a, cJSON_GetStringValue(one), err))
			return false;
	return true;
}

static bool take_all_saved(struct archive *a, const cJSON *list, struct error *err)
{
	const cJSON *entry;
	cJSON_ArrayForEach(entry, list)
		if (!take_saved(a, entry, err))
			return false;
	return a->stores > 0 || refuse_archive(a, err, "names no image");
}

/* ---- the OCI image layout ---- */

char *archive_blob_path(const cJSON *descriptor)
{
	const char *digest = json_get_text(descriptor, "digest");
	return digest != NULL && text_starts(digest, "sha256:") &&
			       strspn(digest + 7, "0123456789abcdef") == 64 && digest[71] == '\0'
		       ? xasprintf("blobs/sha256/%s", digest + 7)
		       : NULL;
}

/* Adds a blob after checking it against its descriptor. */
static bool add_described(struct archive *a, const cJSON *descriptor, struct error *err)
{
	cleanup_free char *path = archive_blob_path(descriptor);
	cleanup_fd int fd = open_in(a, path);
	if (!add_archive_part(a, fd, false, "lacks a part of its image", err))
		return false;
	return text_same(a->parts[a->part_count - 1].digest, path_base(path)) ||
	       refuse_archive(a, err, "is damaged: a part of it has another digest");
}

static bool is_of_this_machine(const cJSON *descriptor)
{
	static const char *const names[][2] = {
		{"x86_64", "amd64"}, {"aarch64", "arm64"}, {"armv7l", "arm"}, {"i686", "386"}};
	const cJSON *platform = json_get(descriptor, "platform");
	const char *architecture = json_get_text(platform, "architecture");
	struct utsname system;
	bool good = platform == NULL || uname(&system) < 0;
	for (size_t i = 0; !good && i < ARRAY_LENGTH(names); i++)
		good = text_same(system.machine, names[i][0]) &&
		       text_same(architecture, names[i][1]);
	return good || (architecture != NULL && text_same(architecture, system.machine));
}

const cJSON *archive_choose_image(const cJSON *index)
{
	const cJSON *one;
	cJSON_ArrayForEach(one, json_get(index, "manifests"))
		if (is_of_this_machine(one))
			return one;
	return NULL;
}

static bool take_layout(struct archive *a, const cJSON *descriptor, const char *reference,
	int depth, struct error *err)
{
	cleanup_free char *path = archive_blob_path(descriptor);
	cJSON *json = depth < DEPTH_MAX ? read_archive_json(a, path) : NULL;
	const cJSON *one;
	bool good = json != NULL || refuse_archive(a, err, "lacks a manifest");
	if (good && json_get(json, "manifests") != NULL) {
		one = archive_choose_image(json);
		good = one != NULL ? take_layout(a, one, reference, depth + 1, err)
				   : refuse_archive(a, err, "has no image for this processor");
	} else if (good) {
		a->part_count = 0;
		good = add_described(a, json_get(json, "config"), err);
		cJSON_ArrayForEach(one, json_get(json, "layers"))
			good = good && add_described(a, one, err);
		good = good && add_described(a, descriptor, err) && make_store(a, reference, err);
	}
	cJSON_Delete(json);
	return good;
}

static bool take_layouts(struct archive *a, const cJSON *index, struct error *err)
{
	const cJSON *one;
	cJSON_ArrayForEach(one, json_get(index, "manifests")) {
		const cJSON *notes = json_get(one, "annotations");
		const char *name = json_get_text_or(notes, "io.containerd.image.name",
			json_get_text(notes, "org.opencontainers.image.ref.name"));
		if (name != NULL && !take_layout(a, one, name, 0, err))
			return false;
	}
	return a->stores > 0 || refuse_archive(a, err, "names no image");
}

/* ---- whole archives ---- */

static bool unpack_archive(const struct archive *a, struct error *err)
{
	const char *const argv[] = {"tar", "-C", a->root, "--no-same-owner", "-xf", a->file, NULL};
	cleanup_fd int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct spawn spawn = {.argv = argv};
	spawn_fd_add(&spawn, null, 2);
	return folder_make(a->root, 0700, err) &&
	       (spawn_run(&spawn, NULL) || refuse_archive(a, err, "is not a complete archive"));
}

static bool take_images(struct archive *a, struct error *err)
{
	bool good = folder_make(a->blobs, 0700, err);
	cJSON *saved = good ? read_archive_json(a, "manifest.json") : NULL;
	cJSON *index = good && saved == NULL ? read_archive_json(a, "index.json") : NULL;
	if (saved != NULL)
		good = take_all_saved(a, saved, err);
	else if (index != NULL)
		good = take_layouts(a, index, err);
	else if (good)
		good = refuse_archive(a, err, "is not an archive of images");
	cJSON_Delete(saved);
	cJSON_Delete(index);
	return good;
}

static struct archive *archive_create(
	const char *file, const char *source, const char *work, archive_take *take, void *data)
{
	struct archive *a = xcalloc(1, sizeof *a);
	*a = (struct archive){.file = file, .source = source, .take = take, .data = data};
	a->root = path_join(work, ARCHIVE_ROOT);
	a->blobs = path_join(work, "blobs");
	return a;
}

static void archive_destroy(struct archive *a)
{
	free(a->root);
	free(a->blobs);
	free(a);
}

bool archive_read(const char *file, const char *source, const char *work, archive_take *take,
	void *data, struct error *err)
{
	struct archive *a = archive_create(file, source, work, take, data);
	bool good = (access(file, R_OK) == 0 || error_set(err, errno, "'%s'", file)) &&
		    unpack_archive(a, err) && take_images(a, err);
	archive_destroy(a);
	return good;
}

bool archive_read_layout(const char *name, const char *source, const char *work, archive_take *take,
	void *data, struct error *err)
{
	struct archive *a = archive_create(name, source, work, take, data);
	a->pulled = true;
	bool good = take_images(a, err);
	archive_destroy(a);
	return good;
}

/* tests/machine/test_images.c - images that are added to the practice images: from a registry, from
 * an archive; no machine runs. The registry is a table */
#include "digest.h"
#include "fake/engine.h"
#include "machine.h"
#include "spawn.h"
#include "suite.h"

#include <sys/utsname.h>

#define OCI "application/vnd.oci.image."

struct image {
	struct fake_engine *registry;
	char *address;
	char config[DIGEST_TEXT_SIZE], layer[DIGEST_TEXT_SIZE], manifest[DIGEST_TEXT_SIZE];
	char *manifest_text;
};

static const char config_text[] = "{\"architecture\":\"any\"}", layer_text[] = "a layer";

static void own_cache(void)
{
	cleanup_free char *cache = xasprintf("%s/%d", suite_folder, (int)getpid());
	ck_assert_int_eq(setenv("XDG_CACHE_HOME", cache, 1), 0);
	ck_assert_int_eq(setenv("XDG_RUNTIME_DIR", cache, 1), 0);
}

static void answer_blob(struct image *i, const char *digest, const char *text)
{
	cleanup_free char *path = xasprintf("/v2/library/redis/blobs/sha256:%s", digest);
	fake_engine_answer(i->registry, "GET", path, 200, text);
}

static void image_open(struct image *i)
{
	own_cache();
	*i = (struct image){.registry = fake_engine_start(suite_folder)};
	i->address = xasprintf("http://127.0.0.1:%u/", fake_engine_port(i->registry));
	ck_assert(digest_sha2(256, config_text, sizeof config_text - 1, i->config) &&
		  digest_sha2(256, layer_text, sizeof layer_text - 1, i->layer));
	i->manifest_text =
		xasprintf("{\"schemaVersion\":2,\"mediaType\":\"" OCI "manifest.v1+json\","
			  "\"config\":{\"digest\":\"sha256:%s\",\"size\":%zu},"
			  "\"layers\":[{\"digest\":\"sha256:%s\",\"size\":%zu}]}",
			i->config, sizeof config_text - 1, i->layer, sizeof layer_text - 1);
	ck_assert(digest_sha2(256, i->manifest_text, strlen(i->manifest_text), i->manifest));
	fake_engine_answer(
		i->registry, "GET", "/v2/library/redis/manifests/7", 200, i->manifest_text);
	answer_blob(i, i->config, config_text);
	answer_blob(i, i->layer, layer_text);
}

static void image_close(struct image *i)
{
	fake_engine_stop(i->registry);
	free(i->address);
	free(i->manifest_text);
}

static void tell(void *data, const char *what)
{
	buf_printf(data, "%s;", what);
}

static bool pull(struct image *i, const char *name, struct buf *said, struct error *err)
{
	cleanup_words struct words added = {0};
	return machine_image_pull(name, i->address, tell, said, &added, err);
}

static bool is_listed(const char *name, struct machine_image *ret)
{
	struct machine_image_list list;
	bool found = false;
	machine_image_list(&list);
	for (size_t i = 0; i < list.count; i++) {
		if (!text_same(list.items[i].name, name))
			continue;
		found = true;
		*ret = (struct machine_image){
			.source = xstrdup(list.items[i].source), .size = list.items[i].size};
	}
	machine_image_list_finish(&list);
	return found;
}

START_TEST(an_image_is_pulled_and_removed)
{
	struct image i;
	struct machine_image listed;
	struct error err = {0};
	cleanup_buf struct buf said = {0};
	image_open(&i);
	ck_assert_msg(pull(&i, "redis:7", &said, &err), "%s", error_text(&err));
	ck_assert_str_eq(buf_text(&said), "pulling redis:7: 1 layers, 7 B;");
	ck_assert_msg(is_listed("redis:7", &listed), "redis:7 is not listed");
	ck_assert_uint_eq(listed.size, sizeof layer_text - 1);
	ck_assert_msg(text_starts(i.address, listed.source), "it comes from %s", listed.source);
	free(listed.source);
	ck_assert_msg(pull(&i, "redis:7", &said, &err), "again: %s", error_text(&err));
	ck_assert_msg(machine_image_remove("redis:7", &err), "%s", error_text(&err));
	ck_assert(!is_listed("redis:7", &listed));
	ck_assert(!machine_image_remove("redis:7", &err));
	ck_assert_msg(strstr(error_text(&err), "'redis:7' is not an added image") != NULL, "%s",
		error_text(&err));
	error_finish(&err);
	image_close(&i);
}
END_TEST

START_TEST(an_index_has_one_for_this_processor)
{
	static const char *const names[][2] = {{"x86_64", "amd64"}, {"aarch64", "arm64"}};
	struct image i;
	struct error err = {0};
	struct utsname system;
	cleanup_buf struct buf said = {0};
	image_open(&i);
	ck_assert_int_eq(uname(&system), 0);
	const char *here = system.machine;
	for (size_t k = 0; k < ARRAY_LENGTH(names); k++)
		if (text_same(system.machine, names[k][0]))
			here = names[k][1];
	cleanup_free char *index =
		xasprintf("{\"manifests\":[{\"digest\":\"sha256:%s\",\"platform\":{"
			  "\"architecture\":\"vax\"}},"
			  "{\"digest\":\"sha256:%s\",\"platform\":{\"architecture\":\"%s\"}}]}",
			i.layer, i.manifest, here);
	cleanup_free char *path = xasprintf("/v2/library/redis/manifests/sha256:%s", i.manifest);
	fake_engine_answer(i.registry, "GET", path, 200, i.manifest_text);
	fake_engine_answer(i.registry, "GET", "/v2/library/redis/manifests/7", 200, index);
	ck_assert_msg(pull(&i, "redis:7", &said, &err), "%s", error_text(&err));
	fake_engine_answer(i.registry, "GET", "/v2/library/redis/manifests/7", 200,
		"{\"manifests\":[{\"platform\":{\"architecture\":\"vax\"}}]}");
	ck_assert(!pull(&i, "redis:7", &said, &err));
	ck_assert_str_eq(error_text(&err), "'redis:7' has no image for this processor");
	error_finish(&err);
	image_close(&i);
}
END_TEST

static const struct {
	const char *name;
	int status; /* of the manifest */
	const char *manifest;
	const char *error;
} refusals[] = {
	{"quay.io/x", 200, "{}", "'quay.io/x' belongs to another registry"},
	{"Redis!", 200, "{}", "'Redis!' is not the name of an image"},
	{"redis:7", 404, "{}", "has no public image 'redis:7'"},
	{"redis:7", 429, "{}", "allows no more pulls from this address"},
	{"redis:7", 500, "{}", "answered 500 for 'redis:7'"},
	{"redis:7", 401, "{}", "requires a password"},
	{"redis:7", 200, "{}", "has no manifest of a known kind"},
	{"redis:7", 200, "{\"layers\":[]}", "has a part without a digest"},
	{"redis:7", 200,
		"{\"config\":{\"digest\":\"sha256:"
		"0000000000000000000000000000000000000000000000000000"
		"000000000000\",\"size\":1},\"layers\":[]}",
		"has no public image 'redis:7'"},
	{"redis:7", FAKE_ENGINE_DROP, "", ""},
};

START_TEST(what_can_not_be_pulled_says_why)
{
	struct image i;
	struct error err = {0};
	cleanup_buf struct buf said = {0};
	image_open(&i);
	fake_engine_answer(i.registry, "GET", "/v2/library/redis/manifests/7", refusals[_i].status,
		refusals[_i].manifest);
	ck_assert(!pull(&i, refusals[_i].name, &said, &err));
	ck_assert_msg(strstr(error_text(&err), refusals[_i].error) != NULL,
		"expected '%s', got '%s'", refusals[_i].error, error_text(&err));
	error_finish(&err);
	image_close(&i);
}
END_TEST

/* A part that is another one than its digest says, or longer than it was promised. */
START_TEST(what_is_damaged_is_not_kept)
{
	struct image i;
	struct error err = {0};
	struct machine_image listed;
	cleanup_buf struct buf said = {0};
	image_open(&i);
	answer_blob(&i, i.layer, _i == 0 ? "A LAYER" : "a layer that goes on");
	ck_assert(!pull(&i, "redis:7", &said, &err));
	ck_assert_msg(
		strstr(error_text(&err), _i == 0 ? "another digest" : "more data for") != NULL,
		"%s", error_text(&err));
	ck_assert(!is_listed("redis:7", &listed));
	error_finish(&err);
	image_close(&i);
}
END_TEST

/* ---- archives ---- */

/* An archive of one file. The caller frees its path. */
static char *make_archive(const char *name, const char *text)
{
	struct error err = {0};
	cleanup_free char *folder = xasprintf("%s/%d/in", suite_folder, (int)getpid());
	char *archive = xasprintf("%s/%d/in.tar", suite_folder, (int)getpid());
	ck_assert_msg(folder_make(folder, 0700, &err), "%s", error_text(&err));
	cleanup_free char *file = path_join(folder, name);
	ck_assert(file_write(file, text, strlen(text), 0600, &err));
	const char *const argv[] = {"tar", "-C", folder, "-cf", archive, ".", NULL};
	const struct spawn spawn = {.argv = argv};
	ck_assert_msg(spawn_run(&spawn, &err), "%s", error_text(&err));
	return archive;
}

static const struct {
	const char *name, *text, *error;
} archives[] = {
	{"other", "x", "is not an archive of images"},
	{"manifest.json", "[]", "names no image"},
	{"manifest.json", "[{\"Config\":\"c.json\",\"RepoTags\":[\"a:1\"],\"Layers\":[\"l.tar\"]}]",
		""},
	{"index.json", "{\"manifests\":[]}", "names no image"},
	{"index.json",
		"{\"manifests\":[{\"digest\":\"sha256:x\",\"annotations\":{\"io.containerd.image."
		"name\":"
		"\"a:1\"}}]}",
		"lacks a manifest"},
};

START_TEST(archives_that_are_none_say_why)
{
	struct error err = {0};
	cleanup_words struct words added = {0};
	own_cache();
	cleanup_free char *archive = make_archive(archives[_i].name, archives[_i].text);
	ck_assert(!machine_image_add(archive, "a file", &added, &err));
	ck_assert_msg(strstr(error_text(&err), archives[_i].error) != NULL,
		"expected '%s', got '%s'", archives[_i].error, error_text(&err));
	ck_assert_uint_eq(added.count, 0);
	error_finish(&err);
}
END_TEST

START_TEST(a_saved_image_is_added)
{
	struct error err = {0};
	struct machine_image listed;
	cleanup_words struct words added = {0};
	own_cache();
	free(make_archive("c.json", config_text));
	free(make_archive("l.tar", layer_text));
	cleanup_free char *archive = make_archive("manifest.json",
		"[{\"Config\":\"c.json\",\"RepoTags\":[\"mine:1\"],\"Layers\":[\"l.tar\"]}]");
	ck_assert_msg(machine_image_add(archive, "mine.tar", &added, &err), "%s", error_text(&err));
	ck_assert_uint_eq(added.count, 1);
	ck_assert_str_eq(added.items[0], "mine:1");
	ck_assert(is_listed("mine:1", &listed));
	ck_assert_str_eq(listed.source, "mine.tar");
	free(listed.source);
	ck_assert(!machine_image_add("/nowhere.tar", "x", &added, &err));
	ck_assert_str_eq(error_text(&err), "'/nowhere.tar': No such file or directory");
	error_finish(&err);
}
END_TEST

START_TEST(stand_ins_are_listed)
{
	cleanup_words struct words names = {0};
	own_cache();
	machine_images(&names);
	ck_assert_msg(
		words_has(&names, "alpine:latest"), "alpine is not among %zu images", names.count);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{an_image_is_pulled_and_removed, 1},
		{an_index_has_one_for_this_processor, 1},
		{what_can_not_be_pulled_says_why, ARRAY_LENGTH(refusals)},
		{what_is_damaged_is_not_kept, 2},
		{archives_that_are_none_say_why, ARRAY_LENGTH(archives)},
		{a_saved_image_is_added, 1},
		{stand_ins_are_listed, 1},
	};
	return suite_run("images", tests, ARRAY_LENGTH(tests), 30);
}

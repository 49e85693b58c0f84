/* tests/sync/test_parcel.c - a course as one text: what is in it, and what is refused from a
 * server; how it travels is tried by tests/terminal/test_deliver.sh */
#include "suite.h"
#include "sync.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder; /* of this test */

static void begin_folder(void)
{
	const char *tmp = getenv("TMPDIR");
	folder = xasprintf("%s/parcel-XXXXXX", tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void end_folder(void)
{
	ck_assert(folder_remove(folder, NULL));
	free(folder);
}

static void put(const char *name, const char *text)
{
	cleanup_free char *path = path_join(folder, name), *parent = path_parent(path);
	ck_assert(folder_make(parent, 0700, NULL));
	ck_assert(file_write(path, text, strlen(text), 0600, NULL));
}

static void pack_folder(const char *path, struct buf *out)
{
	cleanup_words struct words names = {0};
	struct error err = {0};
	ck_assert(sync_parcel_list(path, &names, &err));
	ck_assert(sync_parcel_pack(path, &names, out, &err));
}

START_TEST(a_course_comes_out_as_it_went_in)
{
	cleanup_buf struct buf parcel = {0}, again = {0};
	struct error err = {0};
	begin_folder();
	put("c/index.md", "# One\n");
	put("c/b/two.md", "# Two\n");
	put("c/quizzes/one.gift", "::Q:: Which?{=a ~b}\n");
	put("c/picture.png", "\x89PNG");
	put("c/run.sh", "rm -rf /\n");
	put("c/.hidden.md", "# Hidden\n");
	put("c/.git/x.md", "# Hidden\n");
	put("secret.md", "# Secret\n");
	cleanup_free char *from = path_join(folder, "c"), *to = path_join(folder, "d");
	cleanup_free char *link = path_join(from, "link.md"), *round = path_join(from, "round");
	ck_assert_int_eq(symlink("../secret.md", link), 0);
	ck_assert_int_eq(symlink(".", round), 0);
	pack_folder(from, &parcel);
	ck_assert_str_eq(buf_text(&parcel),
		"{\"b/two.md\":\"IyBUd28K\",\"index.md\":\"IyBPbmUK\",\"picture.png\":\"iVBORw\",\"quizzes/one.gift\":\"OjpROjogV2hpY2g_ez1hIH5ifQo\"}");
	ck_assert(sync_parcel_unpack(&parcel, to, &err));
	pack_folder(to, &again);
	ck_assert_str_eq(buf_text(&again), buf_text(&parcel));
	end_folder();
}
END_TEST

static const char *const refused[] = {
	"",
	"[]",
	"{}",
	"null",
	"{\"a.md\":1}",
	"{\"a.md\":\"*\"}",
	"{\"../a.md\":\"IyBh\"}",
	"{\"b/../../a.md\":\"IyBh\"}",
	"{\"/a.md\":\"IyBh\"}",
	"{\"b//a.md\":\"IyBh\"}",
	"{\"./a.md\":\"IyBh\"}",
	"{\".a.md\":\"IyBh\"}",
	"{\"b/.ssh/a.md\":\"IyBh\"}",
	"{\"b\\\\a.md\":\"IyBh\"}",
	"{\"a\\n.md\":\"IyBh\"}",
	"{\"a\\u001b[31m.md\":\"IyBh\"}",
	"{\"a\\u0000.md\":\"IyBh\"}",
	"{\"\":\"IyBh\"}",
	"{\"a.sh\":\"IyBh\"}",
	"{\"a\":\"IyBh\"}",
	"{\"a.md/\":\"IyBh\"}",
	"{\"b.md\":\"IyBh\",\"a.md\":\"IyBh\"}",
	"{\"a.md\":\"IyBh\",\"a.md\":\"IyBi\"}",
	"{\"a.md\":\"IyBh\",\"a.md/b.md\":\"IyBi\"}",
	"{\"1/2/3/4/5/6/7/8/a.md\":\"IyBh\"}",
};

START_TEST(what_no_course_has_is_refused)
{
	struct buf parcel = {0};
	struct error err = {0};
	begin_folder();
	cleanup_free char *to = path_join(folder, "in/to");
	buf_add_text(&parcel, refused[_i]);
	ck_assert_msg(!sync_parcel_unpack(&parcel, to, &err), "taken: %s", refused[_i]);
	ck_assert_ptr_nonnull(err.message);
	/* nothing is beside the folder */
	cleanup_words struct words names = {0};
	cleanup_free char *beside = path_join(folder, "in");
	if (folder_exists(beside))
		ck_assert(sync_parcel_list(beside, &names, NULL));
	for (size_t i = 0; i < names.count; i++)
		ck_assert_msg(text_starts(names.items[i], "to/"), "%s", names.items[i]);
	buf_finish(&parcel);
	error_finish(&err);
	end_folder();
}
END_TEST

START_TEST(what_is_too_large_is_refused)
{
	cleanup_buf struct buf parcel = {0}, many = {0};
	struct error err = {0};
	begin_folder();
	cleanup_free char *to = path_join(folder, "to"), *too = path_join(folder, "too");
	buf_add_text(&parcel, "{\"a.md\":\"");
	buf_add_repeat(&parcel, 'A', SYNC_PARCEL_MAX / 3 * 4 + 8);
	buf_add_text(&parcel, "\"}");
	ck_assert(!sync_parcel_unpack(&parcel, to, &err));
	ck_assert_str_eq(err.message, "it is too large");
	error_finish(&err);
	for (int i = 0; i < 501; i++)
		buf_printf(&many, "%s\"%03d.md\":\"\"", i > 0 ? "," : "{", i);
	buf_add_text(&many, "}");
	ck_assert(!sync_parcel_unpack(&many, too, &err));
	error_finish(&err);
	end_folder();
}
END_TEST

static const struct {
	const char *name;
	bool good;
} names[] = {
	{"onboarding", true},
	{"team-1.2_x", true},
	{"", false},
	{".", false},
	{"..", false},
	{".hidden", false},
	{"a/b", false},
	{"../a", false},
	{"Onboarding", false},
	{"a b", false},
	{"ü", false},
	{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
};

START_TEST(names_of_courses_are_names_of_folders)
{
	char *path = sync_course_folder(names[_i].name);
	ck_assert_msg((path != NULL) == names[_i].good, "%s", names[_i].name);
	free(path);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{a_course_comes_out_as_it_went_in, 0},
		{what_no_course_has_is_refused, ARRAY_LENGTH(refused)},
		{what_is_too_large_is_refused, 0},
		{names_of_courses_are_names_of_folders, ARRAY_LENGTH(names)},
	};
	return suite_run("parcel", tests, ARRAY_LENGTH(tests), 20);
}

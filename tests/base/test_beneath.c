/* tests/base/test_beneath.c - files below a folder that somebody else changes: whatever links they
 * put there, and whenever, nothing outside is written or read */
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

/* A folder `in`, whose owner may do what they like, and one beside it, whose file is not theirs. */
static char *inside, *outside;

static void make_folders(void)
{
	struct error err = {0};
	cleanup_free char *victim = xasprintf("%s/%d-out/victim", suite_folder, (int)getpid());
	inside = xasprintf("%s/%d-in", suite_folder, (int)getpid());
	outside = xasprintf("%s/%d-out", suite_folder, (int)getpid());
	ck_assert(folder_make(inside, 0700, &err) && folder_make(outside, 0700, &err) &&
		  file_write(victim, "untouched", 9, 0600, &err));
	ck_assert_int_eq(chdir(inside), 0);
}

static void expect_untouched(void)
{
	cleanup_buf struct buf text = {0};
	cleanup_free char *victim = path_join(outside, "victim");
	cleanup_free char *all = path_join(outside, "*");
	cleanup_free char *hidden = path_join(outside, ".[!.]*");
	glob_t found;
	ck_assert(file_read(victim, 64, &text, NULL));
	ck_assert_str_eq(buf_text(&text), "untouched");
	ck_assert_int_eq(glob(all, 0, NULL, &found), 0);
	ck_assert_uint_eq(found.gl_pathc, 1);
	globfree(&found);
	ck_assert_int_eq(glob(hidden, 0, NULL, &found), GLOB_NOMATCH);
}

static void finish_folders(void)
{
	expect_untouched();
	free(inside);
	free(outside);
}

static bool write_beneath(const char *name)
{
	struct error err = {0};
	bool good = beneath_write(inside, name, "new", 3, &err);
	ck_assert_msg(good || *error_text(&err) != '\0', "'%s': no words", name);
	error_finish(&err);
	return good;
}

/* "-": it was refused. */
static void expect_read(const char *name, const char *content)
{
	cleanup_buf struct buf text = {0};
	struct error err = {0};
	bool good = beneath_read(inside, name, 64, &text, &err);
	ck_assert_msg(good == (strcmp(content, "-") != 0), "'%s': %s", name, error_text(&err));
	if (good)
		ck_assert_str_eq(buf_text(&text), content);
	error_finish(&err);
}

/* ---- names ---- */

static const struct {
	const char *name;
	bool good;
} names[] = {
	{"x", true},
	{"a/b/c/x", true},
	{"...", true},
	{"a/..x/.y", true},
	{"-x", true},
	{"with\nnew line", true},
	{"", false},
	{".", false},
	{"..", false},
	{"/", false},
	{"/x", false},
	{"x/", false},
	{"a//x", false},
	{"./x", false},
	{"a/./x", false},
	{"a/.", false},
	{"../x", false},
	{"a/../x", false},
	{"a/..", false},
	{"../in/x", false},
};

START_TEST(names_stay_below)
{
	make_folders();
	ck_assert_msg(write_beneath(names[_i].name) == names[_i].good, "'%s'", names[_i].name);
	expect_read(names[_i].name, names[_i].good ? "new" : "-");
	ck_assert_int_eq(beneath_exists(inside, names[_i].name), names[_i].good);
	finish_folders();
}
END_TEST

START_TEST(names_may_be_too_long)
{
	char name[5000];
	make_folders();
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	ck_assert(!write_beneath(name));
	expect_read(name, "-");
	finish_folders();
}
END_TEST

/* ---- links in each place ---- */

static const struct {
	const char *link, *target; /* @: the folder outside */
	const char *name;
	bool written;        /* in the link's place */
	const char *content; /* read before it is written; "-": refused */
} links[] = {
	{"a", "@", "a/x", false, "-"},
	{"a", "@", "a/victim", false, "-"},
	{"a", "@", "a/b/c/x", false, "-"},
	{"d/a", "@", "d/a/x", false, "-"},
	{"d/a", "@", "d/a/b/x", false, "-"},
	{"a", ".", "a/x", false, "-"},
	{"a", "..", "a/x", false, "-"},
	{"d/a", "..", "d/a/x", false, "-"},
	{"d/a", "../../..", "d/a/tmp/x", false, "-"},
	{"a", "/", "a/tmp/tb-x", false, "-"},
	{"a", "d", "a/x", false, "-"},
	{"a", "a", "a/x", false, "-"},
	{"a", "nowhere", "a/x", false, "-"},
	{"a", "/proc/self/cwd", "a/x", false, "-"},
	{"a", "/proc/self/root", "a/tmp/tb-x", false, "-"},
	{"x", "@/victim", "x", true, "-"},
	{"x", "@/new", "x", true, "-"},
	{"x", "@", "x", true, "-"},
	{"x", "d/plain", "x", true, "-"},
	{"x", "x", "x", true, "-"},
	{"d/x", "@/victim", "d/x", true, "-"},
	{"d/x", "/dev/null", "d/x", true, "-"},
};

START_TEST(links_are_not_followed)
{
	struct stat info;
	struct error err = {0};
	make_folders();
	bool out = links[_i].target[0] == '@';
	cleanup_free char *target =
		xasprintf("%s%s", out ? outside : "", links[_i].target + (out ? 1 : 0));
	ck_assert(folder_make("d", 0700, &err) && file_write("d/plain", "old", 3, 0600, &err));
	ck_assert_int_eq(symlink(target, links[_i].link), 0);
	expect_read(links[_i].name, links[_i].content);
	ck_assert_int_eq(write_beneath(links[_i].name), links[_i].written);
	if (links[_i].written) {
		expect_read(links[_i].name, "new");
		ck_assert(lstat(links[_i].name, &info) == 0 && S_ISREG(info.st_mode));
	} else {
		ck_assert(lstat(links[_i].link, &info) == 0 && S_ISLNK(info.st_mode));
	}
	expect_read("d/plain", "old");
	finish_folders();
}
END_TEST

/* ---- what is no plain file ---- */

START_TEST(other_kinds_are_no_files)
{
	make_folders();
	ck_assert(mkfifo("fifo", 0600) == 0 && mkdir("folder", 0700) == 0);
	expect_read("fifo", "-"); /* and nobody waits for a writer */
	expect_read("folder", "-");
	expect_read("fifo/x", "-");
	ck_assert(write_beneath("fifo"));
	expect_read("fifo", "new");
	ck_assert(!write_beneath("folder") && !write_beneath("fifo/x"));
	glob_t found;
	ck_assert_int_eq(glob(".ropes-*", 0, NULL, &found), GLOB_NOMATCH);
	finish_folders();
}
END_TEST

START_TEST(only_so_much_is_read)
{
	struct error err = {0};
	cleanup_buf struct buf text = {0};
	make_folders();
	ck_assert(file_write("x", "12345678", 8, 0600, &err));
	ck_assert(beneath_read(inside, "x", 8, &text, &err));
	ck_assert(!beneath_read(inside, "x", 7, &text, &err));
	error_finish(&err);
	finish_folders();
}
END_TEST

/* What is made belongs to whom the folder belongs to, whoever makes it. */
START_TEST(what_is_made_is_the_owners)
{
	struct stat info;
	const uid_t owner = geteuid() == 0 ? 54321 : geteuid();
	const gid_t group = geteuid() == 0 ? 54322 : getegid();
	static const char *const made[] = {"a", "a/b", "a/b/x"};
	make_folders();
	ck_assert_int_eq(chown(inside, owner, group), 0);
	ck_assert(write_beneath("a/b/x"));
	for (size_t i = 0; i < ARRAY_LENGTH(made); i++) {
		ck_assert_int_eq(lstat(made[i], &info), 0);
		ck_assert_uint_eq(info.st_uid, owner);
		ck_assert_uint_eq(info.st_gid, group);
	}
	finish_folders();
}
END_TEST

/* ---- races ---- */

/* Two names that change places without end, one of which is a link that leads out. */
static const struct race {
	const char *name;  /* what is written and read */
	const char *plain; /* folder or file in the name … */
	const char *link;  /* … and what changes places with it */
	const char *target;
	bool folder;
} races[] = {
	{"a/victim", "a", "l", "", true},
	{"a/new", "a", "l", "", true},
	{"d/a/b/victim", "d/a", "d/l", "", true},
	{"x", "x", "l", "/victim", false},
	{"d/x", "d/x", "d/l", "/new", false},
};

static atomic_bool over;
static atomic_ulong exchanges;

static void *exchange(void *data)
{
	const struct race *race = data;
	while (!over)
		if (renameat2(AT_FDCWD, race->plain, AT_FDCWD, race->link, RENAME_EXCHANGE) == 0)
			exchanges++;
	return NULL;
}

#define TRIES 3000

START_TEST(an_exchange_in_between_leads_nowhere)
{
	struct race race = races[_i];
	struct error err = {0};
	unsigned long written = 0, refused = 0, before;
	pthread_t other;
	make_folders();
	cleanup_free char *target = xasprintf("%s%s", outside, race.target);
	ck_assert(folder_make(race.folder ? race.plain : "d", 0700, &err));
	ck_assert(race.folder || file_write(race.plain, "old", 3, 0600, &err));
	ck_assert_int_eq(symlink(target, race.link), 0);
	ck_assert_int_eq(pthread_create(&other, NULL, exchange, &race), 0);
	/* a link in the last place is replaced, and so may be away for good: then there is no more
	 * to exchange, and it is made again */
	for (unsigned i = 0; i < TRIES || exchanges < TRIES; i++) {
		cleanup_buf struct buf text = {0};
		before = exchanges;
		if (beneath_write(inside, race.name, "new", 3, NULL))
			written++;
		else
			refused++;
		if (beneath_read(inside, race.name, 64, &text, NULL))
			ck_assert_msg(strcmp(buf_text(&text), "untouched") != 0,
				"what is outside was read");
		if (!race.folder && before == exchanges) {
			(void)unlink(race.link);
			ck_assert(symlink(target, race.link) == 0 || errno == EEXIST);
		}
	}
	over = true;
	ck_assert_int_eq(pthread_join(other, NULL), 0);
	ck_assert_uint_gt(written, 0);
	if (race.folder)
		ck_assert_uint_gt(refused, 0);
	finish_folders();
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{names_stay_below, ARRAY_LENGTH(names)},
		{names_may_be_too_long, 1},
		{links_are_not_followed, ARRAY_LENGTH(links)},
		{other_kinds_are_no_files, 1},
		{only_so_much_is_read, 1},
		{what_is_made_is_the_owners, 1},
		{an_exchange_in_between_leads_nowhere, ARRAY_LENGTH(races)},
	};
	return suite_run("base/beneath", tests, ARRAY_LENGTH(tests), 60);
}

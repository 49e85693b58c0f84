/* tests/suite.h - what every test program shares: a main around one suite, and a folder that is
 * removed afterwards */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include "base.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One row a test: name, how often (a loop over a table), 0 or 1 for once. */
struct suite_test {
	const TTest *test;
	size_t rows;
};

static char suite_folder[128];

/* Where a run of all tests keeps what is its own: it removes that even when a test was killed. */
static inline const char *suite_temporary(void)
{
	const char *folder = getenv("TMPDIR");
	return folder != NULL && *folder != '\0' ? folder : "/tmp";
}

static inline int suite_run(
	const char *name, const struct suite_test *tests, size_t count, double seconds)
{
	snprintf(suite_folder, sizeof suite_folder, "%s/test-ropes-XXXXXX", suite_temporary());
	if (mkdtemp(suite_folder) == NULL)
		return 1;
	Suite *suite = suite_create(name);
	for (size_t i = 0; i < count; i++) { /* a case each: CK_RUN_CASE=NAME runs one alone */
		TCase *one = tcase_create(tests[i].test->name);
		tcase_set_timeout(one, seconds);
		tcase_add_loop_test(
			one, tests[i].test, 0, tests[i].rows > 0 ? (int)tests[i].rows : 1);
		suite_add_tcase(suite, one);
	}
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	struct error err = {0};
	bool removed = folder_remove(suite_folder, &err);
	error_finish(&err);
	return failed == 0 && removed ? 0 : 1;
}

/* What can't be tried here is told in a line that tools/run-tests shows; the test then returns. */
static inline void suite_skip(const char *reason)
{
	printf("skipped: %s\n", reason);
	fflush(stdout);
}

/* A file in the folder of the tests; the caller frees its path. */
static inline char *suite_file(const char *name, const char *bytes, size_t length)
{
	struct error err = {0};
	char *path = path_join(suite_folder, name);
	ck_assert_msg(file_write(path, bytes, length, 0600, &err), "%s", error_text(&err));
	return path;
}

/* Appends what comes until the end, which a terminal's master tells by an error, and closes it. */
static inline void suite_read(int fd, struct buf *out)
{
	char bytes[4096];
	ssize_t got;
	while ((got = read(fd, bytes, sizeof bytes)) > 0)
		buf_add(out, bytes, (size_t)got);
	close(fd);
}

/* Data of the source tree. */
static inline char *suite_data(const char *name)
{
	const char *source = getenv("ROPES_SOURCE");
	return xasprintf("%s/tests/data/%s", source != NULL ? source : ".", name);
}

/* Compares what a test made with the file that keeps it. ROPES_GOLDEN=1 writes the file instead:
 * look at the difference before you commit it. */
static inline void suite_golden(const char *path, const char *made)
{
	cleanup_buf struct buf kept = {0};
	struct error err = {0};
	if (getenv("ROPES_GOLDEN") != NULL)
		ck_assert_msg(
			file_write(path, made, strlen(made), 0644, &err), "%s", error_text(&err));
	ck_assert_msg(file_read(path, 1 << 20, &kept, &err), "%s", error_text(&err));
	const char *other = made, *line = buf_text(&kept);
	for (size_t i = 0; made[i] != '\0' && made[i] == buf_text(&kept)[i]; i++)
		if (made[i] == '\n') {
			other = made + i + 1;
			line = buf_text(&kept) + i + 1;
		}
	ck_assert_msg(text_same(made, buf_text(&kept)), "%s: expected:\n%.800s\n; got:\n%.800s",
		path, line, other);
}

/* Loads each NOTE.md in a folder of the data by `print`, and compares what it prints with NOTE and
 * the ending. Returns how many there are. */
static inline size_t suite_golden_notes(const char *folder_name, const char *ending,
	void (*print)(const char *path, struct buf *out))
{
	cleanup_free char *folder = suite_data(folder_name);
	size_t count = 0;
	struct dirent *entry;
	DIR *dir = opendir(folder);
	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (!text_ends(entry->d_name, ".md"))
			continue;
		cleanup_free char *path = path_join(folder, entry->d_name);
		cleanup_free char *golden =
			xasprintf("%.*s%s", (int)(strlen(path) - strlen(".md")), path, ending);
		cleanup_buf struct buf out = {0};
		print(path, &out);
		suite_golden(golden, buf_text(&out));
		count++;
	}
	closedir(dir);
	return count;
}

#endif

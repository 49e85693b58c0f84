/* tests/suite.h - what every test program shares: a main around one suite, and a folder that is
 * removed afterwards */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include "base.h"

#include <check.h>
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

/* A file in the folder of the tests; the caller frees its path. */
static inline char *suite_file(const char *name, const char *bytes, size_t length)
{
	struct error err = {0};
	char *path = path_join(suite_folder, name);
	ck_assert_msg(file_write(path, bytes, length, 0600, &err), "%s", error_text(&err));
	return path;
}

/* Data of the source tree. */
static inline char *suite_data(const char *name)
{
	const char *source = getenv("ROPES_SOURCE");
	return xasprintf("%s/tests/data/%s", source != NULL ? source : ".", name);
}

#endif

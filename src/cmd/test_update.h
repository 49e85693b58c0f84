/* cmd/test_update.h - brings the output in a note up to date. Private to src/cmd. */
#ifndef CMD_TEST_UPDATE_H
#define CMD_TEST_UPDATE_H

#include "base.h"

struct test_edit {
	char *path;
	int line; /* the command's: the output is below it */
	char *expected, *updated;
};
/* The zero value is empty. */
struct test_update {
	struct test_edit *items;
	size_t count;
};
void test_update_add(struct test_update *update, const char *path, int line, const char *expected,
	const char *updated);
/* Calls `show` with the difference of each file, and writes it. Output that is not found in the
 * file as it was read stays, and `show` says so. */
bool test_update_write(struct test_update *update, void (*show)(void *data, const char *text),
	void *data, struct error *err);
void test_update_finish(struct test_update *update);

#endif

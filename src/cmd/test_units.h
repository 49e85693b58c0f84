/* cmd/test_units.h - what `ropes test` tests, in which portions. Private to src/cmd. */
#ifndef CMD_TEST_UNITS_H
#define CMD_TEST_UNITS_H

#include "cmd.h"

/* What is tested in one go, in a sandbox that is empty at its beginning: a whole course, or one of
 * its lessons. */
struct test_unit {
	size_t course; /* in the list of courses */
	size_t lesson; /* TUTOR_ALL_LESSONS */
};

struct test_course {
	char *operand;
	struct course *course;
	size_t unit_end; /* its units are those from the end of the course before */
};

/* The zero value is empty. */
struct test_units {
	struct test_course *courses;
	size_t course_count;
	struct test_unit *units;
	size_t unit_count;
};

/* Sets path and line of a plan to "12", or to "NOTE:12" of a course with several notes. */
bool test_units_find_place(const struct course *course, const char *place,
	struct tutor_test_plan *ret, struct error *err);
/* Adds what the operands name, with --alone and --shell, up to one that cannot be read: what was
 * added before it stays. `wanted` says which points are wanted. */
bool test_units_add(struct test_units *units, const struct arguments *arguments,
	const struct tutor_test_plan *wanted, struct error *err);
void test_units_finish(struct test_units *units);

#endif

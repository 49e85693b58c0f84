/* cmd/test_report.h - what `ropes test` prints. Private to src/cmd. */
#ifndef CMD_TEST_REPORT_H
#define CMD_TEST_REPORT_H

#include "screen.h"
#include "tutor.h"

struct test_report;

/* Returns false if there is no format of that name: "human", "tap" or "junit". `screen`: knows
 * whether people want words instead of symbols. */
bool test_report_open(
	const char *format, uint64_t seed, const struct screen *screen, struct test_report **ret);
/* A course begins; its name and title must live until the next one. */
void test_report_course(struct test_report *report, const char *name, const char *title);
/* `shell`: the line that opens a shell in the state of a failure; NULL. */
void test_report_point(
	struct test_report *report, const struct tutor_test_point *point, const char *shell);
/* Prints what is left. `lost`: why the test ended early; NULL. */
void test_report_close(struct test_report *report, const char *lost);
/* How many points came, and how many of them failed; 0 without a report. */
unsigned test_report_count(const struct test_report *report);
unsigned test_report_failed(const struct test_report *report);
/* Where lines for people go: JUnit must not be interrupted. */
void test_report_line(struct test_report *report, const char *text);

#endif

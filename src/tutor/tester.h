/* tutor/tester.h - the state of a course's own test. Private to src/tutor. */
#ifndef TUTOR_TESTER_H
#define TUTOR_TESTER_H

#include "lint.h"
#include "session.h"

struct tester {
	struct session s;
	const struct tutor_test_plan *plan;
	struct lint_report lint; /* of the course; see `linted` */
	bool linted;
	int64_t began_ms; /* when what is tested now began */
	struct error *err;
	bool lost;  /* nothing more can be tested; err says why */
	bool ended; /* what the plan asked for is done */
};

/* Returns whether a point of the lesson is wanted. */
bool tester_wants(
	const struct tutor_test_plan *plan, const struct course_lesson *lesson, const char *what);
/* Completes a point by its time, and tells it. */
void tester_tell(struct tester *tester, struct tutor_test_point *point);
/* Tells a point of the current lesson, if it is wanted. */
void tester_report(struct tester *tester, enum tutor_test_outcome outcome, const char *what,
	int line, const char *why, const char *detail);
/* The same: it failed if there is a `why`. */
void tester_judge(
	struct tester *tester, const char *what, int line, const char *why, struct buf *detail);
/* Notes that nothing more can be tested; returns false. */
bool tester_lose(struct tester *tester);

/* Runs a line and adds it to the context; what a screen would show goes into `detail`, all of its
 * output into *ret_output (may be NULL). Returns false if it could not be run at all. */
bool tester_run(struct tester *tester, const struct course_entry *entry, struct buf *detail,
	struct buf *ret_output);
/* Runs hidden commands. A failure is reported as a point of its own. */
bool tester_run_hidden(struct tester *tester, const struct course_lines *lines, const char *what);
/* The baseline of a step is the state after its setup. */
bool tester_enter_step(struct tester *tester, const struct course_step *step);
/* Evaluates a plan and adds its verdicts to `detail`. */
enum check_outcome tester_evaluate(
	struct tester *tester, const struct check_plan *plan, int deadline_ms, struct buf *detail);

#endif

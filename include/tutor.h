/*
 * tutor.h - the session: a state machine over the steps of a course. A step is shown, worked on,
 * judged; the next one is announced, never run by itself. Knows neither readline nor SQL nor HTTP.
 */
#ifndef TUTOR_H
#define TUTOR_H

#include "base.h"
#include "course.h"
#include "record.h"
#include "sandbox.h"
#include "screen.h"

struct tutor_options {
	struct screen *screen;
	struct record *record;   /* NULL: nothing can be kept, and the learner was told */
	struct sandbox *sandbox; /* SANDBOX_NONE: reading and evaluations only */
	const struct course *course;
	const char *reference; /* what opened the course, for the way back */
	const char *learner;
	const char *lesson; /* anchor to begin at; NULL: where one stopped */
	bool trusted;       /* hidden commands of the course (setup, cleanup) may run unasked */
	int timeout_ms;     /* of one line; 0: none at a terminal, a minute elsewhere */
	uint64_t seed;      /* of evaluations; 0: random */
	bool one_by_one;    /* choices are asked option by option, yes or no */
};

enum tutor_end {
	TUTOR_QUIT,     /* :quit or end of input */
	TUTOR_FINISHED, /* the last step of the last lesson */
	TUTOR_HUNG_UP,  /* signal, or the terminal is gone */
};

/* The whole session. False only where it could not begin. */
bool tutor_run(const struct tutor_options *options, enum tutor_end *ret, struct error *err);

/* The first lesson that has a command: shows it, runs that command, prints the verdict. False
 * (ERROR_FAILED): it did not hold. */
bool tutor_demonstrate(const struct tutor_options *options, struct error *err);

/* Prints a lesson (or the whole course where lesson is NO_LESSON) as the tutor shows it, without
 * running anything. */
#define TUTOR_ALL_LESSONS ((size_t)-1)
void tutor_show(struct screen *screen, const struct course *course, size_t lesson);

/* The evaluation of a lesson. True and *ret_passed where it was taken to its end. */
bool tutor_evaluate(
	const struct tutor_options *options, size_t lesson, bool *ret_passed, struct error *err);

/* Asks the questions of the course that are due by now and sets the recall tasks that are, with
 * other names and numbers than before: the longest due first, at most `most`; then tells when
 * others will be. Without a sandbox tasks wait. */
bool tutor_review(const struct tutor_options *options, unsigned most, struct error *err);

/* Whether a recall task is due, for which a sandbox is needed. */
bool tutor_review_has_task(const struct tutor_options *options, bool *ret, struct error *err);

/* ---- a course's own test (LESSONS 7) ---- */

enum tutor_test_outcome { TUTOR_TEST_PASSED, TUTOR_TEST_FAILED, TUTOR_TEST_SKIPPED };

/* One thing that was tried. Strings live until the call returns. */
struct tutor_test_point {
	enum tutor_test_outcome outcome;
	const char *number; /* of the lesson; "" for the course as a whole */
	const char *title;
	const char *what; /* "example: docker ps", "task web2", "question port-taken" */
	const char *path; /* where it is written */
	int line;
	const char *why;    /* it failed or was skipped; NULL */
	const char *detail; /* what was seen, lines; NULL */
};

/* Goes through the lesson (or all of them), as a learner would who does everything right: runs
 * every example, proves that each task's checks do not hold before its solution and do after it,
 * that hints leave something to do, that every question can be answered. `each_alone`: every lesson
 * begins in an empty sandbox. Points are told as they come. False: it could not be begun, or the
 * daemon was lost. */
bool tutor_test(const struct tutor_options *options, size_t lesson, bool each_alone,
	void (*tell)(void *data, const struct tutor_test_point *point), void *data,
	struct error *err);

#endif

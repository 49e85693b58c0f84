/*
 * tutor.h - the session: a state machine over the steps of a course. It shows a step, the learner
 * works on it, it is judged; the tutor announces the next one but never runs it by itself. Uses
 * neither readline nor SQL nor HTTP.
 */
#ifndef TUTOR_H
#define TUTOR_H

#include "base.h"
#include "course.h"
#include "record.h"
#include "sandbox.h"
#include "screen.h"

struct tutor_room;

enum tutor_reload { TUTOR_SAME, TUTOR_CHANGED, TUTOR_UNREADABLE };

/* A course whose author is still writing it. */
struct tutor_source {
	int fd; /* readable while something may have changed */
	/* Loads the course again. TUTOR_CHANGED: into *ret; the course before it remains valid
	 * until the next change. TUTOR_UNREADABLE: err says why. */
	enum tutor_reload (*reload)(void *data, const struct course **ret, struct error *err);
	void *data;
};

struct tutor_options {
	struct screen *screen;
	struct record *record;   /* NULL: nothing is recorded, and the learner knows */
	struct sandbox *sandbox; /* SANDBOX_NONE: only reading and quizzes */
	const struct course *course;
	const struct tutor_source *source; /* NULL: the course stays as it is */
	const char *reference; /* the command that opened the course, to show how to come back */
	const char *learner;
	const char *lesson; /* anchor to begin at; NULL: where the learner stopped */
	bool trusted;    /* hidden commands of the course (setup, cleanup) may run without asking */
	int timeout_ms;  /* per line; 0: none at a terminal, a minute elsewhere */
	uint64_t seed;   /* for quizzes and varied tasks; 0: random */
	bool one_by_one; /* ask choices option by option, yes or no */
	const struct tutor_room *room; /* the workshop that the session belongs to; NULL: none */
	/* Where a browser finds a published port, with "{port}" for its number; NULL: at this
	 * system's localhost. */
	const char *port_address;
};

enum tutor_end {
	TUTOR_QUIT,     /* :quit or end of input */
	TUTOR_FINISHED, /* the last step of the last lesson is done */
	TUTOR_HUNG_UP,  /* a signal, or the terminal is gone */
};

/* Runs the whole session. Returns false only if it could not begin. */
bool tutor_run(const struct tutor_options *options, enum tutor_end *ret, struct error *err);

/* Finds the quiz of a lesson at whose end the learner is, if it was not passed; else the next
 * step that they have not done, from that step on and then from the beginning of the course; else
 * the end of a lesson whose quiz was not passed. Uses course, learner and record of the options.
 * Leaves *lesson and *step alone if nothing is found. */
bool tutor_unfinished(const struct tutor_options *options, size_t *lesson, size_t *step,
	bool *ret_found, struct error *err);

/* Shows the first lesson that has a command, runs that command, prints the verdict. Returns false
 * (ERROR_FAILED) if it did not pass. */
bool tutor_demonstrate(const struct tutor_options *options, struct error *err);

/* Prints a lesson (or the whole course if lesson is TUTOR_ALL_LESSONS) as the tutor shows it,
 * without running anything. */
#define TUTOR_ALL_LESSONS ((size_t)-1)
void tutor_show(struct screen *screen, const struct course *course, size_t lesson);

/* Runs the quiz of a lesson. Returns true and sets *ret_passed if the learner finished it. */
bool tutor_evaluate(
	const struct tutor_options *options, size_t lesson, bool *ret_passed, struct error *err);

/* Asks the course's questions that are due and sets the review tasks that are due, with other names
 * and numbers than before: the most overdue first, at most `max`; then says when the next ones are
 * due. Without a sandbox, tasks wait. */
bool tutor_review(const struct tutor_options *options, unsigned max, struct error *err);

/* Finds out whether a review task is due, which needs a sandbox. */
bool tutor_review_has_task(const struct tutor_options *options, bool *ret, struct error *err);

/* ---- a workshop ----
 *
 * What an instructor's room sends to the session, and what the learner sends to the room. Neither
 * call waits for the network. */

enum tutor_news {
	TUTOR_STATE,    /* what is now open, paused, timed, asked */
	TUTOR_MESSAGE,  /* from the instructor */
	TUTOR_QUESTION, /* a question to the room */
	TUTOR_ANSWER,   /* the question is closed; the correct answer */
	TUTOR_END,      /* the workshop is over */
	TUTOR_LOST,     /* the connection is lost; the session and its record continue */
	TUTOR_BACK,
	TUTOR_REFUSED, /* what the learner sent was not accepted, and why */
};

struct tutor_question {
	const char *id; /* NULL: no question */
	const char *text;
	const char *kind; /* its room_name in quiz.h */
	const char **options;
	size_t option_count;
	bool is_poll; /* no answer is right or wrong */
};

/* NULL, 0 and false if a field does not apply. The text comes from others; it lives until the next
 * event. */
struct tutor_room_event {
	enum tutor_news news;
	const char *text; /* the message; the correct answer; the reason */
	bool to_all;
	struct tutor_question question;
	const char *explanation, *yours;
	bool is_judged, right;
	const char *open_lesson,
		*open_step; /* anchor and id of the last open step; NULL: all are open */
	bool paused;        /* no one can go on */
	bool ended;
	int64_t timer_ms; /* when it ends, wall clock */
	const char *timer_text;
};

enum tutor_saying { TUTOR_HAND, TUTOR_HAND_DOWN, TUTOR_READY, TUTOR_SLOWER, TUTOR_RESPONSE };

struct tutor_room {
	const char *title;
	const char *name;     /* the learner's name in the room */
	const char *personal; /* the code for joining from a second machine; NULL */
	const char *address;
	bool lines; /* the lines that the learner runs are shared */
	int fd;     /* readable while there is an event */
	bool (*next)(void *data, struct tutor_room_event *ret);
	/* id: the question's; NULL if the message is not about a question. */
	void (*say)(void *data, enum tutor_saying saying, const char *id, const char *text);
	void (*recorded)(void *data); /* something was added to the record */
	bool (*is_connected)(void *data);
	void *data;
};

/* ---- a course's own test (LESSONS 7) ---- */

enum tutor_test_outcome {
	TUTOR_TEST_PASSED,
	TUTOR_TEST_WARNED, /* worth a look: the output is another one, docker would reject a line */
	TUTOR_TEST_FAILED,
	TUTOR_TEST_SKIPPED
};

/* One thing that was tested. Strings live until the call returns. */
struct tutor_test_point {
	enum tutor_test_outcome outcome;
	const char *number; /* of the lesson; "" for the course as a whole */
	const char *title;
	const char *what;   /* "example: docker ps", "task web2", "question port-taken" */
	const char *path;   /* where it is written */
	int line, column;   /* column 0: unknown */
	const char *why;    /* why it failed, was skipped or is worth a look; NULL */
	const char *detail; /* what was seen, as lines; NULL */
	int64_t elapsed_ms;
	bool has_state; /* the sandbox has a state that someone can look at */
};

struct tutor_test_plan {
	size_t lesson;    /* TUTOR_ALL_LESSONS */
	bool strict;      /* what is worth a look fails */
	const char *path; /* with `line`: after the step that is written there, end, and let the
			     person at the terminal type lines; NULL: do not */
	int line;
	/* Returns whether a point is wanted: "1.2 TITLE: WHAT". Steps before one in its lesson run,
	 * too, without a word. NULL: all are. */
	bool (*wants)(void *data, const char *name);
	void (*tell)(void *data, const struct tutor_test_point *point);
	/* Takes the output that a command should have instead of the one below line `line`; then
	 * it does not fail because of it. NULL: no output is updated. */
	void (*update)(
		void *data, const char *path, int line, const char *expected, const char *updated);
	void *data;
};

/* Reports the problems of a whole course that lint finds and a run does not. */
void tutor_test_lint(const struct course *course, const struct tutor_test_plan *plan);
/* Returns whether anything in the plan's lessons is wanted: else tutor_test() reports nothing. */
bool tutor_test_wants(const struct course *course, const struct tutor_test_plan *plan);
/* Goes through the lesson (or all of them) as a learner who does everything right: runs every
 * example, verifies that each task's checks fail before its solution and pass after it, that hints
 * leave something to do, and that every question can be answered. Lessons find what earlier ones
 * left in the sandbox, which the caller empties (sandbox_reset) between two tests. Reports points
 * as they come. Returns false if the test could not begin, or the daemon was lost. */
bool tutor_test(
	const struct tutor_options *options, const struct tutor_test_plan *plan, struct error *err);

#endif

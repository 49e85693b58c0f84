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

struct tutor_room;

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
	const struct tutor_room *room; /* the workshop that the session belongs to; NULL: none */
};

enum tutor_end {
	TUTOR_QUIT,     /* :quit or end of input */
	TUTOR_FINISHED, /* the last step of the last lesson */
	TUTOR_HUNG_UP,  /* signal, or the terminal is gone */
};

/* The whole session. False only where it could not begin. */
bool tutor_run(const struct tutor_options *options, enum tutor_end *ret, struct error *err);

/* The first lesson that has a command: shows it, runs that command, prints the verdict. False
 * (ERROR_FAILED): it did not pass. */
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
bool tutor_review(const struct tutor_options *options, unsigned max, struct error *err);

/* Whether a recall task is due, for which a sandbox is needed. */
bool tutor_review_has_task(const struct tutor_options *options, bool *ret, struct error *err);

/* ---- a workshop ----
 *
 * What an instructor's room tells the session, and what the learner tells the room. However that
 * gets to and fro, neither call waits for it. */

enum tutor_news {
	TUTOR_STATE,    /* what is open, held, timed, asked by now */
	TUTOR_MESSAGE,  /* from the instructor */
	TUTOR_QUESTION, /* to the room */
	TUTOR_ANSWER,   /* … which is closed, and what was right */
	TUTOR_END,      /* the workshop is over */
	TUTOR_LOST,     /* the connection; the session goes on, and so does the record */
	TUTOR_BACK,
	TUTOR_REFUSED, /* what the learner said is not taken, and why */
};

struct tutor_question {
	const char *id; /* NULL: there is none */
	const char *text;
	const char *kind; /* "choice", "several", "truefalse", "short", "numeric" */
	const char **options;
	size_t option_count;
};

/* NULL, 0 and false where a field does not apply. Foreign text; it lives until the next event. */
struct tutor_room_event {
	enum tutor_news news;
	const char *text; /* message; the right answer; why */
	bool to_all;
	struct tutor_question question;
	const char *explanation, *yours;
	bool is_judged, right;
	const char *open_lesson,
		*open_step; /* anchor and id of the last open step; NULL: all are */
	bool paused;        /* nobody goes on */
	bool ended;
	int64_t timer_ms; /* until when, wall clock */
	const char *timer_text;
};

enum tutor_saying { TUTOR_HAND, TUTOR_HAND_DOWN, TUTOR_READY, TUTOR_SLOWER, TUTOR_RESPONSE };

struct tutor_room {
	const char *title;
	const char *name;     /* of the learner, there */
	const char *personal; /* with which they join from a second machine; NULL */
	const char *address;
	bool lines; /* the lines that they run are shared */
	int fd;     /* readable while there is an event */
	bool (*next)(void *data, struct tutor_room_event *ret);
	/* id: of the question; NULL where the saying is none to one. */
	void (*say)(void *data, enum tutor_saying saying, const char *id, const char *text);
	void (*recorded)(void *data); /* the record got something */
	bool (*is_connected)(void *data);
	void *data;
};

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
 * every example, proves that each task's checks do not pass before its solution and do after it,
 * that hints leave something to do, that every question can be answered. `each_alone`: every lesson
 * begins in an empty sandbox. Points are told as they come. False: it could not be begun, or the
 * daemon was lost. */
bool tutor_test(const struct tutor_options *options, size_t lesson, bool each_alone,
	void (*tell)(void *data, const struct tutor_test_point *point), void *data,
	struct error *err);

#endif

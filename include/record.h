/*
 * record.h - the learners' history: one SQLite file, statements first.
 *
 * Every event is one xAPI statement with its own UUID, appended and never changed. Progress,
 * scores, time and positions are projections that can be rebuilt from the statements at any time
 * with the same result. One file serves several learners and several processes; a call that returns
 * true has reached the disk. Only this module uses SQLite.
 */
#ifndef RECORD_H
#define RECORD_H

#include "base.h"

struct record;

/* $XDG_DATA_HOME/ropes/record.db. The caller frees it. */
char *record_default_path(void);
/* Opens, creates or migrates (after a backup). ":memory:" for tests. Errors say how to recover:
 * damaged (what was saved where), newer than this program, read-only, locked, no space. */
bool record_open(const char *path, struct record **ret, struct error *err);
/* Opens an existing file read-only, after a migration if it needs one; a missing file is an empty
 * record. */
bool record_open_read(const char *path, struct record **ret, struct error *err);
void record_close(struct record *record);
/* What record_open() did that the learner should know (restored a backup …); may be NULL. */
const char *record_notice(const struct record *record);

/* ---- events -------------------------------------------------------------------------------------
 */

enum record_verb {
	RECORD_INITIALIZED, /* a session with a lesson began */
	RECORD_ATTEMPTED,   /* a line was run at a step, or a quiz begun */
	RECORD_ANSWERED,    /* a question */
	RECORD_PROGRESSED,  /* a step was reached, done or skipped */
	RECORD_COMPLETED,   /* a lesson */
	RECORD_PASSED,
	RECORD_FAILED,
	RECORD_TERMINATED, /* the session ended */
};
const char *record_verb_iri(enum record_verb verb);

enum record_step_state {
	RECORD_STEP_REACHED,
	RECORD_STEP_DONE,
	RECORD_STEP_SKIPPED,
	RECORD_STEP_SHOWN /* the solution was viewed */
};

/* One event; NULL, 0 and false where a field does not apply. Strings are borrowed. */
struct record_event {
	enum record_verb verb;
	const char *learner; /* login-like name */
	const char *course;  /* course id */
	const char *course_title;
	const char *lesson; /* anchor */
	const char *lesson_title;
	const char *objective;   /* of the lesson */
	unsigned place, lessons; /* the lesson's number in the course, from 1, and their count */
	const char *step;        /* step id, or a question's id */
	enum record_step_state state; /* PROGRESSED */
	const char *registration;     /* UUID of an enrolment or of one quiz attempt; NULL: the
					 learner's own for the course */
	const char *outcome;          /* ATTEMPTED: a check outcome's name */
	const char *line;             /* ATTEMPTED: the command line */
	int exit_status;
	const char *question; /* ANSWERED: its title; may be NULL */
	const char *response; /* likewise */
	bool has_success, success;
	bool has_score;
	double score, score_max; /* points */
	int64_t duration_ms;
	uint64_t seed; /* of a quiz's shuffle */
};
/* Appends the statement and its projections in one transaction. */
bool record_append(struct record *record, const struct record_event *event, struct error *err);
/* Drops the projections and rebuilds them from the statements. */
bool record_rebuild(struct record *record, struct error *err);

/* ---- queries of the tutor
 * ------------------------------------------------------------------------ */

/* Where a learner stopped in a course; returns true with *ret_lesson NULL if they never started.
 * The caller frees both. */
bool record_position(struct record *record, const char *learner, const char *course,
	char **ret_lesson, char **ret_step, struct error *err);
/* What the learner typed to open the courses that they used, the latest first. */
bool record_recent_courses(struct record *record, const char *learner, struct words *ret_references,
	struct error *err);
/* Saves what the learner typed to open the course (a path made absolute), for
 * record_recent_courses(). */
bool record_remember_course(struct record *record, const char *learner, const char *course,
	const char *reference, struct error *err);
/* True if the step is done (or skipped: see *ret_state). */
bool record_step(struct record *record, const char *learner, const char *course, const char *lesson,
	const char *step, bool *ret_known, enum record_step_state *ret_state, struct error *err);

/* ---- what courses and steps are known by
 * ---------------------------------------------------------
 *
 * Statements keep the ids that they were written with. Until version 2 of the file, courses were
 * known by the name of their file alone, and steps by their number. */

/* What a course could be known by. */
struct record_identity {
	const char *id, *place_id, *old_id; /* as in course.h */
	const char *title;
	const char *reference; /* what opens it from anywhere */
	/* Whether an earlier version would have found such a step or question in it. */
	bool (*has)(void *data, const char *lesson, const char *step);
	void *data;
};
/* Chooses the id under which the learner's record has the course: its id; or what it was known by
 * before it had an id of its own; or its old id, if the record is from an earlier version and what
 * it has under that name was opened from here, or from a place that is unknown or gone and has the
 * same title and most of its steps. The caller frees *ret. */
bool record_course_id(struct record *record, const char *learner,
	const struct record_identity *course, char **ret, struct error *err);

/* Says what a step that an earlier version numbered is called now. */
struct record_rename {
	const char *lesson, *from, *to;
};
/* Returns whether the course has statements of an earlier version whose steps can be renamed. */
bool record_has_numbered_steps(struct record *record, const char *learner, const char *course,
	bool *ret, struct error *err);
/* Renames the steps of all statements so far, once, and updates the projections. */
bool record_rename_steps(struct record *record, const char *learner, const char *course,
	const struct record_rename *renames, size_t count, struct error *err);

/* ---- progress
 * ---------------------------------------------------------------------------------------- */

struct record_attempts { /* of a lesson's quiz; scores in 0 … 1 */
	unsigned count;
	double first, best, last;
	int64_t last_ms; /* end of the last one, wall clock */
};
struct record_lesson {
	char *lesson; /* anchor */
	char *title;
	unsigned done, skipped, shown, reached; /* steps */
	bool completed, passed;
	struct record_attempts quiz;
	int64_t time_ms; /* on task: see progress.h */
	int64_t last_ms; /* wall clock of the last event */
	unsigned lines, failed_lines;
};
struct record_course {
	char *course; /* id */
	char *title;
	char *reference;               /* what the learner types to open it; may be NULL */
	struct record_lesson *lessons; /* in order of first event */
	size_t lesson_count;
	int64_t first_ms, last_ms, time_ms;
};
struct record_progress {
	char *learner;
	struct record_course *courses;
	size_t course_count;
};
bool record_progress(
	struct record *record, const char *learner, struct record_progress *ret, struct error *err);
/* Removes all courses but the one with this id, if it is there. */
void record_progress_keep(struct record_progress *progress, const char *course);
void record_progress_finish(struct record_progress *progress);
/* As JSON text; the caller frees it. */
char *record_progress_json(const struct record_progress *progress);
bool record_learners(struct record *record, struct words *ret, struct error *err);

/* ---- reviews: FSRS schedules answered questions again ---- */

struct record_due {
	char *lesson, *question;
	int64_t due_ms; /* wall clock */
};
struct record_dues {
	struct record_due *items; /* the earliest first */
	size_t count;
};
/* Every question of a course that was ever answered, with its due time. */
bool record_dues(struct record *record, const char *learner, const char *course,
	struct record_dues *ret, struct error *err);
void record_dues_finish(struct record_dues *dues);

/* An answer in a completed quiz attempt. Strings live until `each` returns. */
struct record_answer {
	const char *learner, *lesson, *question;
	const char *registration; /* of the attempt */
	unsigned attempt; /* number of the learner's attempt at this lesson's quiz, from 1 */
	double fraction;  /* 0 … 1 */
};
/* Calls `each` with everybody's answers to a course's quizzes, attempt by attempt, until it returns
 * false. */
bool record_answers(struct record *record, const char *course,
	bool (*each)(void *data, const struct record_answer *answer), void *data,
	struct error *err);

/* ---- what happened
 * ----------------------------------------------------------------------------------- */

/* An event as it was recorded. Strings live until `each` returns; "" where a field does not apply.
 */
struct record_past {
	enum record_verb verb;
	const char *course, *lesson;
	const char *step;     /* as it is called now */
	const char *question; /* ANSWERED: its title, else what it was called then */
	const char *line;     /* ATTEMPTED: the command line */
	const char *response; /* ANSWERED: what was typed */
	bool judged, success;
	uint64_t seed; /* of the shuffle in which the response was typed; 0: unknown */
	int64_t time_ms;
};
/* Calls `each` with a learner's events, oldest first, until it returns false. course NULL: of all
 * courses. */
bool record_history(struct record *record, const char *learner, const char *course,
	bool (*each)(void *data, const struct record_past *past), void *data, struct error *err);

/* Calls `each` with every statement, oldest first, as xAPI JSON, until it returns false. learner
 * and course NULL: all. */
bool record_statements(struct record *record, const char *learner, const char *course,
	bool (*each)(void *data, const char *json), void *data, struct error *err);
/* Statements after a number of the file, oldest first, at most `max`: for sending them on.
 * learner NULL: everybody's. */
struct record_statement {
	int64_t number;
	const char *id, *json;
};
bool record_statements_after(struct record *record, const char *learner, int64_t after,
	unsigned max, bool (*each)(void *data, const struct record_statement *statement),
	void *data, struct error *err);
/* The number of the last statement; 0: none. */
bool record_last_number(struct record *record, int64_t *ret, struct error *err);
/* The id of the statement with that number; NULL: none. The caller frees it. */
char *record_statement_id(struct record *record, int64_t number);
/* The key of result.extensions for the command line that a learner ran. */
#define RECORD_LINE_EXTENSION "https://ropes.invalid/extensions/line"

/* ---- notes: what a learner writes down at a step
 * -----------------------------------------------------
 *
 * They are in no statement, so that nothing that sends or exports statements has them. Forgetting a
 * course keeps them. */

struct record_note {
	int64_t number; /* of the file; 0: a new one */
	const char *course, *lesson, *step;
	const char *text;
	int64_t time_ms; /* of a new one: now */
};
bool record_add_note(struct record *record, const char *learner, const struct record_note *note,
	struct error *err);
/* Calls `each` with a learner's notes, the oldest first, until it returns false; strings live until
 * it returns. course NULL: of all courses. */
bool record_notes(struct record *record, const char *learner, const char *course,
	bool (*each)(void *data, const struct record_note *note), void *data, struct error *err);
/* Removes a learner's note; *ret_removed: it was there. */
bool record_remove_note(struct record *record, const char *learner, int64_t number,
	bool *ret_removed, struct error *err);

/* Forgets a learner's course, or one lesson (NULL: all): voids the statements and updates the
 * projections. */
bool record_forget(struct record *record, const char *learner, const char *course,
	const char *lesson, struct error *err);

#endif

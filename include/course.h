/*
 * course.h - a course: a note (or a folder of them) as lessons and steps, and the catalogue.
 *
 * A lesson is a section; a step is what a learner meets in it, in order. Consecutive prose is one
 * step; every command of a fence is an example of its own. ropes' own comments (check,
 * task, quiz, setup, cleanup, skip, input, needs) are read here and belong to the step before them;
 * `evaluation`, and `needs` before the first step, belong to the lesson and to those below it.
 * Everything lives until course_destroy().
 */
#ifndef COURSE_H
#define COURSE_H

#include "base.h"
#include "note.h"

enum course_step_kind { STEP_PROSE, STEP_CALLOUT, STEP_EXAMPLE, STEP_TASK, STEP_QUESTION };
const char *course_step_kind_name(enum course_step_kind kind); /* "prose" … */

/* What a step may need of the sandbox, by its name in a note (`needs: limits`). */
enum course_need {
	COURSE_NEED_CGROUPS, /* "cgroups": containers are in control groups, which can be looked at
			      */
	COURSE_NEED_LIMITS,  /* "limits": memory and processes of a container can be limited */
	COURSE_NEED_COUNT
};
const char *course_need_name(enum course_need need);

/* A line of a comment with the place that messages name. */
struct course_line {
	const char *text;
	int line;
};

struct course_lines {
	const struct course_line *items;
	size_t count;
};

/* A line that is typed into the sandbox, and what is typed into its terminal while it runs. */
struct course_entry {
	const char *line;  /* of several lines where it is a here-document or a loop */
	const char *input; /* lines; end-of-file comes after them. NULL: nothing but that */
	int line_number;
};

struct course_entries {
	const struct course_entry *items;
	size_t count;
};

/* What makes a recall task of a task: a word in it that is another one each time. */
struct course_variable {
	const char *word;    /* as it stands in the task */
	const char *choices; /* "api, shop, blog" or "8100-8999" */
	int line;
};

struct course_variables {
	const struct course_variable *items;
	size_t count;
};

struct course_step {
	enum course_step_kind kind;
	const char *
		id; /* unique in its lesson and stable: "prose-1", "example-2", a task's own name */
	int line;
	enum note_icon icon; /* callouts */
	const char *topic;   /* the sub-topic that it stands under; NULL */
	const struct note_block
		*blocks; /* what is shown; for an example only the remark above its command */
	size_t block_count;
	const char *language;           /* example: the fence's word; NULL elsewhere */
	const char *command;            /* example */
	const char *output;             /* example: expected; NULL */
	const char *input;              /* example: what is typed into it where nobody sits; NULL */
	struct course_lines checks;     /* statements, unparsed: check_parse() */
	struct course_lines hints;      /* task */
	struct course_lines setups;     /* run before the step, not shown */
	struct course_lines cleanups;   /* run when the lesson is left */
	unsigned needs;                 /* a set: 1u << COURSE_NEED_LIMITS … */
	struct course_entries solution; /* task */
	struct course_variables
		variables; /* task: it comes back in reviews, with these words changed */
	const char *skip;  /* why an example is not run; NULL: it is */
	const char *quiz;  /* question: title or id in the lesson's GIFT file */
};

/* What an evaluation asks for (the `evaluation` remark); a lesson has that of the one above it. */
struct course_evaluation {
	double pass;           /* 0 … 1 of the points */
	unsigned attempts;     /* at most; 0: any number */
	unsigned wait_minutes; /* between an attempt that failed and the next */
};

struct course_topic {
	const char *title;
	const char *source; /* NULL */
	int line;
};

struct course_lesson {
	const char *number; /* "1.3.2" */
	const char *anchor;
	const char *title;
	unsigned level;
	size_t parent;         /* index, NOTE_NO_PARENT */
	const char *source;    /* address that the heading linked to; NULL */
	const char *objective; /* the words of its 🎯; NULL */
	int line;
	const struct note *note; /* where it comes from */
	const struct note_section *section;
	const struct course_step *steps;
	size_t step_count;
	const struct course_topic *topics;
	size_t topic_count;
	const char *quiz_path; /* its GIFT file; NULL where there is none */
	struct course_evaluation evaluation;
	unsigned needs; /* of all examples and tasks in it, which have them, too */
};

struct course_problem {
	const char *path;
	int line;
	bool serious;
	const char *message;
};

struct course {
	const char *id;   /* the note's own, else made of the file's or folder's name */
	const char *name; /* what one types: a catalogue's name or the path */
	const char *title;
	const char *path;
	const struct note_head *head; /* of the first note */
	bool shipped;                 /* lies in ropes' own catalogue */
	struct note **notes;
	size_t note_count;
	const struct course_lesson *lessons;
	size_t lesson_count;
	const struct course_problem *problems;
	size_t problem_count;
	struct arena arena;
};

/* Loads by catalogue name ("docker-start-here"), or by path to a note, a folder of notes (with the
 * folders in it; what can't be read becomes a problem), or a GIFT file.
 * Errors: no such course (names the nearest ones), or note_load's. */
bool course_load(const char *name_or_path, struct course **ret_course, struct error *err);
void course_destroy(struct course *course);

/* Splits "COURSE#LESSON" at the last '#' that does not belong to an existing path. *ret_lesson is
 * NULL where none is named. The caller frees both. */
void course_split_reference(const char *reference, char **ret_course, char **ret_lesson);

/* Finds by anchor, number (of the whole, or below a single top heading: "3.2" for "1.3.2") or any
 * unambiguous beginning of anchor or title. ERROR_USAGE names the candidates. */
bool course_find_lesson(
	const struct course *course, const char *lesson, size_t *ret_index, struct error *err);
/* Index of the step with that id in the lesson, or step_count. */
size_t course_find_step(const struct course_lesson *lesson, const char *id);
/* A copy of the step in which each fresh word is another one, picked by the seed: words, checks,
 * hints, set-ups, clean-ups and solution. Allocated in `arena`; what is not changed is shared. */
struct course_step course_step_vary(
	const struct course_step *step, uint64_t seed, struct arena *arena);
/* The first lesson (and step) with an example that may run; false where there is none. */
bool course_first_example(const struct course *course, size_t *ret_lesson, size_t *ret_step);

/* True where the path is a folder of courses (such as lessons/) and not a course: their paths,
 * sorted. */
bool course_shelf(const char *path, struct words *ret_paths);
/* Names of the courses in the catalogue (folders and notes in lessons/), sorted. */
bool course_catalogue(struct words *ret_names, struct error *err);

/* The course as JSON text (ropes list --json): {"course": {…}, "lessons": […]}. The caller frees
 * it. */
char *course_json(const struct course *course);

#endif

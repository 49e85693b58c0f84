/*
 * course.h - a course: a note, or a folder of notes, as lessons and steps; and the catalogue.
 *
 * A lesson is a section; its steps are what a learner meets in it, in order. Consecutive prose is
 * one step; every command of a fence is an example of its own. ropes' own directives (check, task,
 * quiz, setup, cleanup, skip, input, needs) are parsed here and belong to the step before them;
 * `evaluation`, and `needs` before the first step, belong to the lesson and to its sublessons.
 * Everything lives until course_destroy().
 */
#ifndef COURSE_H
#define COURSE_H

#include "base.h"
#include "note.h"

enum course_step_kind { STEP_PROSE, STEP_CALLOUT, STEP_EXAMPLE, STEP_TASK, STEP_QUESTION };
const char *course_step_kind_name(enum course_step_kind kind); /* "prose" … */

/* What a step may need from the sandbox, by its name in a note (`needs: limits`). */
enum course_need {
	COURSE_NEED_CGROUPS, /* "cgroups": containers have control groups that can be inspected */
	COURSE_NEED_LIMITS,  /* "limits": the memory and processes of a container can be limited */
	COURSE_NEED_COMPOSE, /* "compose": the client has the plugin for `docker compose` */
	COURSE_NEED_COUNT
};
const char *course_need_name(enum course_need need);

/* A line of a directive with the position that messages name. */
struct course_line {
	const char *text;
	int line;
};

struct course_lines {
	const struct course_line *items;
	size_t count;
};

/* A line typed into the sandbox, and what is typed into its terminal while it runs. */
struct course_entry {
	const char *line;  /* several lines if it is a here-document or a loop */
	const char *input; /* lines, followed by end-of-file; NULL: only end-of-file */
	int line_number;
};

struct course_entries {
	const struct course_entry *items;
	size_t count;
};

/* A variable of a task: a word that changes each time the task comes back as a review task. */
struct course_variable {
	const char *word;    /* as it appears in the task */
	const char *choices; /* "api, shop, blog" or "8100-8999" */
	int line;
};

struct course_variables {
	const struct course_variable *items;
	size_t count;
};

struct course_step {
	enum course_step_kind kind;
	unsigned number; /* among the lesson's steps that began as its kind; 0: a named task */
	/* Unique in its lesson: the name of a task, else made of what the step asks for (its
	 * command, question or checks), and for text of the step that asks before it. Edits
	 * elsewhere do not change it; equal steps are numbered: "example-8c1f03d2",
	 * "example-8c1f03d2-2". */
	const char *id;
	int line;
	enum note_icon icon; /* callouts */
	const char *topic;   /* the subtopic that the step belongs to; NULL */
	const struct note_block
		*blocks; /* what is shown; for an example, only the remark above its command */
	size_t block_count;
	const char *language; /* example: the fence's word; NULL for other kinds */
	const char *command;  /* example */
	const char *output;   /* example: expected; NULL */
	const char *input; /* example: what is typed into it when no one is at the terminal; NULL */
	bool session; /* example: the note shows lines typed into it, among its output or after it,
			 and they are its input */
	struct course_lines checks;        /* statements, not parsed yet: check_parse() */
	struct course_lines hints;         /* task */
	struct course_lines setups;        /* run before the step, not shown */
	struct course_lines cleanups;      /* run when the learner leaves the lesson */
	unsigned needs;                    /* a set: 1u << COURSE_NEED_LIMITS … */
	struct course_entries solution;    /* task */
	struct course_variables variables; /* task: a review repeats it with these words changed */
	const char *skip;                  /* why an example is not run; NULL: it is run */
	const char *quiz;                  /* question: title or id in the lesson's GIFT file */
};

/* The rules of a quiz (the `evaluation` directive); a lesson inherits them from its parent. */
struct course_evaluation {
	double pass;           /* fraction of the points, 0 … 1 */
	unsigned attempts;     /* maximum; 0: unlimited */
	unsigned wait_minutes; /* between a failed attempt and the next one */
};

struct course_topic {
	const char *title;
	const char *source; /* may be NULL */
	int line;
};

struct course_lesson {
	const char *number; /* "1.3.2" */
	const char *anchor;
	const char *title;
	unsigned level;
	size_t parent;         /* index of the parent; NOTE_NO_PARENT */
	const char *source;    /* address that the heading linked to; NULL */
	const char *objective; /* the text of its 🎯 callout; NULL */
	int line;
	const struct note *note; /* the note that contains it */
	const char *folder;      /* where addresses in it begin: that of the original note */
	const struct note_section *section;
	const struct course_step *steps;
	size_t step_count;
	const struct course_topic *topics;
	size_t topic_count;
	const char *quiz_path; /* its bank of questions; NULL if it has none */
	struct course_evaluation evaluation;
	unsigned needs; /* needs of all examples and tasks in it, which carry them, too */
};

struct course_problem {
	const char *path;
	int line;
	bool serious;
	const char *message;
};

struct course {
	/* The note's own id; the catalogue's name; else made of the name of the file or folder and
	 * where it is: "notes-5b20c7e4". */
	const char *id;
	const char *name; /* what one types: a name in the catalogue, or the path */
	const char *title;
	const char *path;
	const struct note_head *head; /* of the first note */
	bool shipped;                 /* belongs to ropes' own catalogue */
	bool bank;                    /* a bank of questions: one lesson that has only its quiz */
	struct note **notes;
	struct note **translations; /* of each; NULL: none */
	size_t note_count;
	const struct course_lesson *lessons;
	size_t lesson_count;
	const struct course_problem *problems;
	size_t problem_count;
	struct arena arena;
	const char *
		place_id; /* the id made of name and place, even if it has another; NULL: shipped */
	const char *old_id; /* what earlier versions used: without the place */
};

/* Loads a course by catalogue name ("docker-start-here"), by the name of one that came from the
 * learner's team, or by the path to a note, a folder of
 * notes (with its subfolders; an unreadable note becomes a problem), or a bank of questions
 * (quiz_is_bank). A note that has a translation into the reader's language, in a folder beside it
 * that is named by its tag (de/NAME.md), is read from there. Errors: no such course (names the
 * nearest ones), or note_load()'s. */
bool course_load(const char *name_or_path, struct course **ret_course, struct error *err);
void course_destroy(struct course *course);

/* Splits "COURSE#LESSON" at the last '#' that is not part of an existing path. *ret_lesson is NULL
 * if the reference names no lesson. The caller frees both. */
void course_split_reference(const char *reference, char **ret_course, char **ret_lesson);

/* Finds a lesson by anchor, by number (in full, or below a single top heading: "3.2" for "1.3.2")
 * or by any unambiguous prefix of its anchor or title. ERROR_USAGE names the candidates. */
bool course_find_lesson(
	const struct course *course, const char *lesson, size_t *ret_index, struct error *err);
/* Returns the index of the lesson with exactly that anchor, or lesson_count. */
size_t course_find_anchor(const struct course *course, const char *anchor);
/* Returns what earlier versions called the step, by its number: "example-2"; NULL if it has a name.
 * The caller frees it. */
char *course_step_old_id(const struct course_step *step);
/* Returns the index of the step with that id in the lesson, else with that old id, or step_count.
 */
size_t course_find_step(const struct course_lesson *lesson, const char *id);
/* Returns a copy of the step in which the seed picks another value for each variable: in the text,
 * checks, hints, setups, cleanups and the solution. Allocates it in `arena`; unchanged parts are
 * shared. */
struct course_step course_step_vary(
	const struct course_step *step, uint64_t seed, struct arena *arena);
/* Finds the first lesson (and step) with an example that may run; returns false if none has one. */
bool course_first_example(const struct course *course, size_t *ret_lesson, size_t *ret_step);

/* Returns whether the path is a folder of courses (such as lessons/) rather than a course;
 * *ret_paths gets their paths, sorted. */
bool course_shelf(const char *path, struct words *ret_paths);
/* Lists the courses in the catalogue (folders and notes in lessons/) by name, sorted. */
bool course_catalogue(struct words *ret_names, struct error *err);

/* Lists the courses that came from the learner's team by name, sorted. */
bool course_received(struct words *ret_names, struct error *err);

/* Returns whether a file of that name is a note among others in a folder: README.md and its like
 * accompany notes. */
bool course_is_note(const char *name);

/* Returns the course as JSON text (ropes list --json): {"course": {…}, "lessons": […]}. The caller
 * frees it. */
char *course_json(const struct course *course);

#endif

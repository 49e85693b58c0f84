/*
 * lint.h - what is wrong with a note or a bank of questions without running it: every problem with
 * its rule, its level and its place in the file.
 *
 *     struct lint_report report = {0};
 *     lint_check_course(course, images, &report);
 *     lint_sort(&report);
 *     lint_write(&report, LINT_HUMAN, &out);
 *     lint_finish(&report);
 */
#ifndef LINT_H
#define LINT_H

#include "base.h"
#include "course.h"

enum lint_level {
	LINT_NOTE,    /* worth knowing */
	LINT_WARNING, /* a learner will probably stumble over it */
	LINT_ERROR,   /* part of the file cannot be used */
};
const char *lint_level_name(enum lint_level level); /* "note", "warning", "error" */

struct lint_rule {
	const char *name, *summary;
	bool is_tested; /* `ropes test` finds it, too, when it runs the step */
};
/* NULL after the last one. */
const struct lint_rule *lint_rule_at(size_t index);

struct lint_problem {
	const struct lint_rule *rule;
	enum lint_level level;
	const char *path;
	size_t file;              /* the number of that file, from 0, once the report is sorted */
	int line, column;         /* from 1, in characters; 1, 1 for a whole file */
	int end_line, end_column; /* after the last character; the same place: a point */
	const char *message;
	const char *repaired; /* the corrected command; NULL */
};

/* Everything lives until lint_finish(). */
struct lint_report {
	struct lint_problem *items;
	size_t count;
	struct arena arena;
};

/* Adds the problems of a course and of its questions. `images`: those that can be pulled, NAME:TAG
 * each; NULL: unknown. */
void lint_check_course(
	const struct course *course, const struct words *images, struct lint_report *ret);
/* Adds the problems of a bank of questions. */
void lint_check_bank(const char *path, struct lint_report *ret);
/* Adds a file that cannot be read at all. */
void lint_add_unreadable(const char *path, const char *why, struct lint_report *ret);

/* Sorts by file, in the order in which they came, then by place. */
void lint_sort(struct lint_report *report);
size_t lint_count(const struct lint_report *report, enum lint_level level);
void lint_finish(struct lint_report *report);

enum lint_format {
	LINT_HUMAN, /* FILE:LINE:COLUMN: message */
	LINT_JSON,
	LINT_SARIF, /* 2.1.0 */
};
/* Returns false if there is no format of that name ("human", "json", "sarif"). */
bool lint_format_named(const char *name, enum lint_format *ret);
void lint_write(const struct lint_report *report, enum lint_format format, struct buf *out);

#endif

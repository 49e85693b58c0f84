/*
 * export.h - what a learner did, learned and got wrong, as text, data, statements or questions that
 * other programs read. docs/LEARNERS.md describes the formats.
 *
 * Figures come from the record, by its own queries; what steps and questions say comes from the
 * courses, as far as the caller has their files.
 */
#ifndef EXPORT_H
#define EXPORT_H

#include "base.h"
#include "course.h"
#include "record.h"

enum export_format {
	EXPORT_MD,   /* Markdown to read and keep */
	EXPORT_CSV,  /* a row for each step and question */
	EXPORT_JSON, /* the same as data */
	EXPORT_XAPI, /* the statements, as they were recorded */
	EXPORT_GIFT, /* questions that were answered wrongly, as a bank */
	EXPORT_ANKI, /* the same as cards */
};
/* Finds a format by its name, "md" … "anki". */
bool export_find_format(const char *name, enum export_format *ret);

/* What to export. All of it is borrowed. */
struct export_source {
	struct record *record;
	/* The learner, and the courses to export; their lessons are put into the course's order. */
	struct record_progress *progress;
	/* The course of each of progress->courses, with the id that the record has; NULL: its files
	 * are not here. */
	const struct course *const *courses;
	const char *only; /* id of the only course that is exported; NULL: all of the learner's */
};
/* Appends the export to out. ret_lacking gets the titles of courses whose questions are left out of
 * GIFT and cards, because their files are not here. */
bool export_write(const struct export_source *source, enum export_format format, struct buf *out,
	struct words *ret_lacking, struct error *err);

#endif

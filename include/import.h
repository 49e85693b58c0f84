/*
 * import.h - an editable course from notes that others wrote.
 *
 * The notes are copied as CommonMark: text in another encoding is repaired, the markup of other
 * programs translated or left out, commands outside fences are put into fences. What ropes would
 * derive is written down: the course's id, the checks of examples, a bank of questions per lesson
 * that has only comments. Everything else stays as the author wrote it: each note is read again,
 * and a change that would make another lesson, command or file of it is dropped.
 *
 *     struct import_report report = {0};
 *     if (!import_course("notes.tar.gz", "course", &report, err)) return false;
 *     for (size_t i = 0; i < report.count; i++) puts(report.items[i].message);
 *     import_report_finish(&report);
 */
#ifndef IMPORT_H
#define IMPORT_H

#include "base.h"

enum import_kind {
	IMPORT_REPAIRED, /* it was wrong, or not Markdown, and was changed */
	IMPORT_GUESSED,  /* the note does not say it */
	IMPORT_LEFT,     /* left out, or left to the author */
};
const char *import_kind_name(enum import_kind kind); /* "repaired", "guessed", "left" */

struct import_remark {
	enum import_kind kind;
	const char *path; /* of the new file: "course/notes.md" */
	int line;         /* in it, from 1 */
	const char *message;
};

/* Everything lives until import_report_finish(). */
struct import_report {
	struct import_remark *items; /* in the order of the files and their lines */
	size_t count;
	size_t notes, lessons, examples;
	size_t checks;   /* directives that were written */
	size_t stubs;    /* banks without a question that were written */
	size_t pictures; /* that were copied */
	struct arena arena;
};
void import_report_finish(struct import_report *report);

/* Makes the course in `folder`, which must be empty or not exist: it appears as a whole at the end,
 * and after a failure there is nothing. `source`: a note, a folder of notes, a course of the
 * catalogue, or an archive (.tar, .tar.gz, .tgz, .zip) of notes. Errors: course_load()'s; the
 * source is a bank of questions; the folder is not empty; the archive is broken, too large, or has
 * names that lead out of it. */
bool import_course(
	const char *source, const char *folder, struct import_report *ret, struct error *err);

#endif

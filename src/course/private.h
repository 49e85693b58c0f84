/* course/private.h - what the files of the course share while loading one */
#ifndef COURSE_PRIVATE_H
#define COURSE_PRIVATE_H

#include "course.h"

/* Builds the steps of a lesson from its section's blocks. */
void steps_read(struct course *course, struct course_lesson *lesson);

/* ---- identity.c: what courses and steps are known by ---- */

/* Sets the course's ids. */
void identity_name_course(struct course *course);
/* Sets the ids of a lesson's steps; those of named tasks are set already. */
void identity_name_steps(struct course *course, struct course_step *steps, size_t count);

/* ---- problem.c ---- */

void course_problem(struct course *course, const struct note *note, int line, bool serious,
	const char *format, ...) PRINTF_LIKE(5, 6);
/* The same for a file that is not a note. */
void course_file_problem(
	struct course *course, const char *path, bool serious, const char *message);

/* ---- folder.c ---- */

/* Lists the names in a folder that `wanted` accepts, in natural order (2 before 10). */
bool folder_list(const char *path, bool (*wanted)(const char *folder, const char *name),
	struct words *ret, struct error *err);
bool folder_has_ending(const char *name);                  /* of a note */
bool folder_is_note(const char *folder, const char *name); /* excludes files about notes */
/* Lists the paths of the notes in a folder and its subfolders; a folder's README only if it has no
 * other note. */
bool folder_notes(const char *path, struct words *ret_paths, struct error *err);
/* "de": returns whether the folder in `folder` has only translations of the notes there. */
bool folder_has_translations(const char *folder, const char *name);
/* Returns the file's name in lower case, with '-' for '_' and blanks, without ".md":
 * "Docker_start.md" → "docker-start". The caller frees it. */
char *course_plain_name(const char *path);

/* ---- translation.c ---- */

/* Returns the file of that name for the reader's language, de/NAME beside NAME; NULL: there is
 * none. The caller frees it. */
char *translation_path(const char *path);
/* Returns the note in the reader's language, whose sections are the original's first ones; NULL:
 * there is none, or it does not fit, which becomes a problem. */
struct note *translation_load(struct course *course, const struct note *original);

/* ---- wiki.c: reports links between notes that lead nowhere ---- */
void wiki_check(struct course *course, const struct note *note);

#endif

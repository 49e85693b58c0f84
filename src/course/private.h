/* course/private.h - what the files of the course share while one is being loaded */
#ifndef COURSE_PRIVATE_H
#define COURSE_PRIVATE_H

#include "course.h"

/* Makes the steps of a lesson from its section's blocks. */
void steps_read(struct course *course, struct course_lesson *lesson);

/* ---- problem.c ---- */

void course_problem(struct course *course, const struct note *note, int line, bool serious,
	const char *format, ...) PRINTF_LIKE(5, 6);
/* The same, of a file that is no note. */
void course_file_problem(
	struct course *course, const char *path, bool serious, const char *message);

/* ---- folder.c ---- */

/* Names in a folder that `wanted` takes, in the order in which people count. */
bool folder_list(const char *path, bool (*wanted)(const char *folder, const char *name),
	struct words *ret, struct error *err);
bool folder_has_ending(const char *name);                  /* as notes have it */
bool folder_is_note(const char *folder, const char *name); /* and not what is about notes */
/* The paths of the notes of a folder and of those in it; a README where its folder has no other. */
bool folder_notes(const char *path, struct words *ret_paths, struct error *err);
/* Small letters, '_' and blanks as '-', without ".md": "Docker_start.md" → "docker-start". The
 * caller frees it. */
char *course_plain_name(const char *path);

/* ---- wiki.c: links between notes that lead nowhere become problems ---- */
void wiki_check(struct course *course, const struct note *note);

#endif

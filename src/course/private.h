/* course/private.h - what the files of the course share while one is being loaded */
#ifndef COURSE_PRIVATE_H
#define COURSE_PRIVATE_H

#include "course.h"

/* Makes the steps of a lesson from its section's blocks. */
void steps_read(struct course *course, struct course_lesson *lesson);
void course_problem(struct course *course, const struct note *note, int line, bool serious,
	const char *format, ...) PRINTF_LIKE(5, 6);
/* Small letters, '_' and blanks as '-', without ".md": "Docker_start.md" → "docker-start". The
 * caller frees it. */
char *course_plain_name(const char *path);

#endif

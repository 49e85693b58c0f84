/* course/problem.c - problems in a course's files, collected while it loads */
#include "private.h"

void course_problem(
	struct course *c, const struct note *note, int line, bool serious, const char *format, ...)
{
	cleanup_buf struct buf text = {0};
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, _(format), args);
	va_end(args);
	struct course_problem *problems = (struct course_problem *)c->problems; /* still writable */
	problems = arena_grow(&c->arena, problems, c->problem_count, sizeof *problems);
	problems[c->problem_count++] = (struct course_problem){
		.path = note->path,
		.line = line,
		.serious = serious,
		.message = arena_strdup(&c->arena, buf_text(&text)),
	};
	c->problems = problems;
}

void course_file_problem(struct course *c, const char *path, bool serious, const char *message)
{
	const struct note none = {.path = arena_strdup(&c->arena, path)};
	course_problem(c, &none, 0, serious, "%s", message);
}

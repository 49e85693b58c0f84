/* note/reader.c - the note being read: its problems and its name */
#include "private.h"

#include <string.h>

void reader_add_problem(struct reader *r, int line, bool serious, const char *format, ...)
{
	cleanup_buf struct buf text = {0};
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	struct arena *arena = &r->note->arena;
	r->problems = arena_grow(arena, r->problems, r->problem_count, sizeof *r->problems);
	r->problems[r->problem_count++] = (struct note_problem){
		.line = line, .serious = serious, .message = arena_strdup(arena, buf_text(&text))};
}

const char *reader_name(struct reader *r)
{
	const char *base = path_base(r->note->path);
	size_t length = strlen(base);
	if (r->note->head.title != NULL)
		return r->note->head.title;
	if (text_ends(base, ".md") && length > 3)
		length -= 3;
	return arena_strndup(&r->note->arena, base, length);
}

/* quiz/translate.c - collects the GIFT of a bank in another format, and where each part of it comes
 * from */
#include "private.h"

#include <string.h>

void translate_finish(struct translation *t)
{
	arena_finish(&t->arena);
	buf_finish(&t->gift);
	*t = (struct translation){0};
}

static struct origin *add_origin(struct translation *t, int line)
{
	t->origins = arena_grow(&t->arena, t->origins, t->origin_count, sizeof *t->origins);
	struct origin *origin = &t->origins[t->origin_count++];
	*origin = (struct origin){.offset = t->gift.length, .path = t->path, .line = line};
	return origin;
}

void translate_from(struct translation *t, int line)
{
	add_origin(t, line);
}

void translate_question(struct translation *t, int line, const struct kind *kind)
{
	buf_add_text(&t->gift, "\n\n");
	struct origin *origin = add_origin(t, line);
	origin->question = true;
	origin->kind = kind;
}

__attribute__((format(printf, 2, 0))) static const char *format_text(
	struct translation *t, const char *format, va_list args)
{
	cleanup_buf struct buf text = {0};
	buf_vprintf(&text, _(format), args);
	return arena_strdup(&t->arena, buf_text(&text));
}

void translate_refusal(struct translation *t, int line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	translate_question(t, line, NULL);
	t->origins[t->origin_count - 1].refusal = format_text(t, format, args);
	buf_add_text(&t->gift, "?"); /* holds its place */
	va_end(args);
}

void translate_note(struct translation *t, int line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	t->notes = arena_grow(&t->arena, t->notes, t->note_count, sizeof *t->notes);
	t->notes[t->note_count++] = (struct quiz_problem){.path = t->path,
		.line = line,
		.column = 1,
		.message = format_text(t, format, args)};
	va_end(args);
}

const struct origin *translate_find_origin(const struct translation *t, size_t offset)
{
	size_t low = 0, high = t != NULL ? t->origin_count : 0;
	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;
		if (t->origins[middle].offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return high > 0 ? &t->origins[low] : NULL;
}

const char *translate_words(struct translation *t, const struct xml_node *element)
{
	cleanup_buf struct buf text = {0};
	xml_add_text(&text, element);
	for (size_t i = 0; i < text.length; i++)
		if (text.data[i] == '\n')
			text.data[i] = ' ';
	size_t start = strspn(buf_text(&text), " \t\r"), end = text.length;
	while (end > start && strchr(" \t\r", text.data[end - 1]) != NULL)
		end--;
	return end > start ? arena_strndup(&t->arena, buf_text(&text) + start, end - start) : NULL;
}

/* base/buf.c - growing byte buffers, and lists of words */
#include "base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_LIMIT ((size_t)1 << 30)

void buf_reserve(struct buf *b, size_t more)
{
	if (more > BUF_LIMIT - b->length)
		die_out_of_memory();
	size_t need = b->length + more + 1;
	if (need <= b->capacity)
		return;
	size_t capacity = b->capacity > 0 ? b->capacity : 64;
	while (capacity < need)
		capacity *= 2;
	b->data = xrealloc(b->data, capacity);
	b->capacity = capacity;
}

void buf_add(struct buf *b, const void *bytes, size_t length)
{
	buf_reserve(b, length);
	if (length > 0)
		memcpy(b->data + b->length, bytes, length);
	b->length += length;
	b->data[b->length] = '\0';
}

void buf_add_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_add_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_add_repeat(struct buf *b, char c, size_t times)
{
	buf_reserve(b, times);
	memset(b->data + b->length, c, times);
	b->length += times;
	b->data[b->length] = '\0';
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	buf_vprintf(b, format, args);
	va_end(args);
}

/* Usually the text fits and is formatted only once. */
void buf_vprintf(struct buf *b, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	buf_reserve(b, 0);
	size_t room = b->capacity - b->length;
	int length = vsnprintf(b->data + b->length, room, format, args);
	if (length >= 0 && (size_t)length >= room) {
		buf_reserve(b, (size_t)length);
		vsnprintf(b->data + b->length, (size_t)length + 1, format, again);
	}
	b->length += length > 0 ? (size_t)length : 0;
	b->data[b->length] = '\0';
	va_end(again);
}

void buf_truncate(struct buf *b, size_t length)
{
	if (length >= b->length)
		return;
	b->length = length;
	b->data[length] = '\0';
}

void buf_remove_front(struct buf *b, size_t length)
{
	if (length == 0)
		return;
	if (length >= b->length) {
		buf_truncate(b, 0);
		return;
	}
	memmove(b->data, b->data + length, b->length - length + 1);
	b->length -= length;
}

const char *buf_text(const struct buf *b)
{
	return b->data != NULL ? b->data : "";
}

char *buf_steal(struct buf *b)
{
	char *text = b->data != NULL ? b->data : xstrdup("");
	*b = (struct buf){0};
	return text;
}

void buf_finish(struct buf *b)
{
	if (b == NULL)
		return;
	free(b->data);
	*b = (struct buf){0};
}

/* ---- lists of words ---- */

static void append_word(struct words *w, char *word)
{
	w->items = array_grow(w->items, w->count, sizeof *w->items);
	w->items[w->count++] = word;
	w->items = array_grow(w->items, w->count, sizeof *w->items); /* room for the final NULL */
	w->items[w->count] = NULL;
}

void words_add(struct words *w, const char *word)
{
	append_word(w, xstrdup(word));
}

void words_add_bytes(struct words *w, const char *word, size_t length)
{
	append_word(w, xstrndup(word, length));
}

void words_addf(struct words *w, const char *format, ...)
{
	struct buf text = {0};
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	append_word(w, buf_steal(&text));
}

bool words_has(const struct words *w, const char *word)
{
	return text_is_one_of(word, (const char *const *)w->items, w->count);
}

void words_add_all(struct words *w, const char *const *list)
{
	for (; *list != NULL; list++)
		words_add(w, *list);
}

void words_finish(struct words *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->count; i++)
		free(w->items[i]);
	free(w->items);
	*w = (struct words){0};
}

/* ---- formatted text elsewhere ---- */

char *xasprintf(const char *format, ...)
{
	struct buf text = {0};
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	return buf_steal(&text);
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	cleanup_buf struct buf text = {0};
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	return arena_strndup(a, buf_text(&text), text.length);
}

void buf_add_csv(struct buf *out, const char *text)
{
	buf_add_char(out, '"');
	if (*text != '\0' && strchr("=+-@\t\r", *text) != NULL)
		buf_add_char(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_add_char(out, '"');
		buf_add_char(out, *text);
	}
	buf_add_char(out, '"');
}

/* cmd/test_update.c - writes the output that commands have now into the notes that show another */
#include "test_update.h"
#include "note.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LOOK_MAX 100 /* lines below a command in which its output begins */

void test_update_add(struct test_update *update, const char *path, int line, const char *expected,
	const char *updated)
{
	update->items = array_grow(update->items, update->count, sizeof *update->items);
	update->items[update->count++] =
		(struct test_edit){xstrdup(path), line, xstrdup(expected), xstrdup(updated)};
}

void test_update_finish(struct test_update *update)
{
	for (size_t i = 0; i < update->count; i++) {
		free(update->items[i].path);
		free(update->items[i].expected);
		free(update->items[i].updated);
	}
	free(update->items);
	*update = (struct test_update){0};
}

static void split_lines(const char *text, struct words *ret)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		words_add_bytes(ret, text, length);
		text += length + (text[length] == '\n');
	}
}

/* ---- finding output in a file ---- */

/* Returns whether a line of the file is that line of output, after the marks of lists and quotes.
 */
static bool is_output_line(const char *line, size_t front, const char *wanted)
{
	size_t length = strlen(line), wanted_length = strlen(wanted);
	while (length > 0 && strchr(" \t\r", line[length - 1]) != NULL)
		length--;
	while (wanted_length > 0 && strchr(" \t\r", wanted[wanted_length - 1]) != NULL)
		wanted_length--;
	if (wanted_length == 0)
		return strspn(line, " \t>") >= length;
	return length == front + wanted_length && strspn(line, " \t>") >= front &&
	       strncmp(line + front, wanted, wanted_length) == 0;
}

/* Finds the lines of an output below a command; *ret_front is how much stands before each. */
static bool find_output(const struct words *file, int line, const struct words *output,
	size_t *ret_at, size_t *ret_front)
{
	size_t begin = line > 0 ? (size_t)line : 0;
	for (size_t at = begin;
		output->count > 0 && at < begin + LOOK_MAX && at + output->count <= file->count;
		at++) {
		const char *first = strstr(file->items[at], output->items[0]);
		size_t front = first != NULL ? (size_t)(first - file->items[at]) : 0, n = 0;
		while (first != NULL && n < output->count &&
			is_output_line(file->items[at + n], front, output->items[n]))
			n++;
		if (n == output->count) {
			*ret_at = at;
			*ret_front = front;
			return true;
		}
	}
	return false;
}

/* ---- changing a file ---- */

/* Lines that both texts begin and end with are no difference. */
static void write_difference(
	const struct words *old, const struct words *new, size_t at, struct buf *out)
{
	size_t same = 0, tail = 0;
	while (same < old->count &&
		same < new->count &&text_same(old->items[same], new->items[same]))
		same++;
	while (tail + same < old->count &&
		tail + same < new->count &&text_same(old->items[old->count - 1 - tail],
				      new->items[new->count - 1 - tail]))
		tail++;
	buf_printf(out, "@@ line %zu @@\n", at + same + 1);
	for (size_t i = same; i + tail < old->count; i++)
		buf_printf(out, "-%s\n", old->items[i]);
	for (size_t i = same; i + tail < new->count; i++)
		buf_printf(out, "+%s\n", new->items[i]);
}

static void replace_lines(
	struct words *file, size_t at, size_t front, size_t count, const struct words *by)
{
	struct words now = {0};
	const char *model = file->items[at];
	bool crlf = text_ends(model, "\r");
	for (size_t i = 0; i < at; i++)
		words_add(&now, file->items[i]);
	for (size_t i = 0; i < by->count; i++)
		words_addf(&now, "%.*s%s%s", (int)front, model, by->items[i], crlf ? "\r" : "");
	for (size_t i = at + count; i < file->count; i++)
		words_add(&now, file->items[i]);
	words_finish(file);
	*file = now;
}

/* Returns whether the file changes. */
static bool apply_edit(struct words *file, const struct test_edit *edit, struct buf *out)
{
	cleanup_words struct words old = {0}, new = {0};
	size_t at, front;
	split_lines(edit->expected, &old);
	split_lines(edit->updated, &new);
	if (!find_output(file, edit->line, &old, &at, &front)) {
		buf_printf(out,
			_("%s:%d: this output is not in the file as it was read, so it stays\n"),
			edit->path, edit->line);
		return false;
	}
	write_difference(&old, &new, at, out);
	replace_lines(file, at, front, old.count, &new);
	return true;
}

static bool write_lines(const char *path, const struct words *lines, bool ended, struct error *err)
{
	cleanup_buf struct buf text = {0};
	cleanup_free char *real = realpath(path, NULL);
	struct stat status;
	for (size_t i = 0; i < lines->count; i++)
		buf_printf(
			&text, "%s%s", lines->items[i], i + 1 < lines->count || ended ? "\n" : "");
	if (real == NULL || stat(real, &status) != 0)
		return error_set(err, 0, "cannot find '%s' again", path);
	return file_write(real, buf_text(&text), text.length, status.st_mode & 07777, err);
}

/* Edits of one file, from its end to its beginning, so that lines above keep their numbers. */
static bool update_file(struct test_update *update, size_t first,
	void (*show)(void *data, const char *text), void *data, struct error *err)
{
	const char *path = update->items[first].path;
	cleanup_buf struct buf bytes = {0}, shown = {0};
	cleanup_words struct words file = {0};
	bool changed = false;
	if (!file_read(path, NOTE_SIZE_LIMIT, &bytes, err))
		return false;
	if (!utf8_valid(buf_text(&bytes), bytes.length) || strlen(buf_text(&bytes)) != bytes.length)
		return error_set(err, 0, "'%s' is not UTF-8, so its output stays as it is", path);
	split_lines(buf_text(&bytes), &file);
	for (size_t i = update->count; i-- > first;) {
		cleanup_buf struct buf one = {0};
		if (text_same(update->items[i].path, path))
			changed = apply_edit(&file, &update->items[i], &one) || changed;
		buf_add(&one, buf_text(&shown), shown.length); /* from the first to the last */
		buf_truncate(&shown, 0);
		buf_add(&shown, buf_text(&one), one.length);
	}
	cleanup_free char *text = xasprintf("--- %s\n+++ %s\n%s", path, path, buf_text(&shown));
	show(data, text);
	return !changed || write_lines(path, &file, bytes.data[bytes.length - 1] == '\n', err);
}

static int compare_edits(const void *a, const void *b)
{
	const struct test_edit *x = a, *y = b;
	int order = strcmp(x->path, y->path);
	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

bool test_update_write(struct test_update *update, void (*show)(void *data, const char *text),
	void *data, struct error *err)
{
	if (update->count > 0)
		qsort(update->items, update->count, sizeof *update->items, compare_edits);
	for (size_t i = 0; i < update->count; i++) {
		bool first = i == 0 || !text_same(update->items[i].path, update->items[i - 1].path);
		if (first && !update_file(update, i, show, data, err))
			return false;
	}
	return true;
}

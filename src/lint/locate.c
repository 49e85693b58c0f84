/* lint/locate.c - finds where in its file something is that a note knows only by its line */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- the file ---- */

void locate_begin(struct lint_source *source, const char *path)
{
	*source = (struct lint_source){.path = path};
}

void locate_finish(struct lint_source *source)
{
	buf_finish(&source->text);
	free(source->lines);
	*source = (struct lint_source){0};
}

/* A file that cannot be read has no lines, so that a place is only a line. */
static void read_source(struct lint_source *source)
{
	source->is_read = true;
	if (!file_read(source->path, NOTE_SIZE_LIMIT, &source->text, NULL))
		return;
	const char *text = buf_text(&source->text);
	text += text_starts(text, "\xEF\xBB\xBF") ? 3 : 0;
	while (*text != '\0') {
		source->lines = array_grow(source->lines, source->count, sizeof *source->lines);
		source->lines[source->count++] = text;
		text = text_next_line(text);
	}
}

static bool find_line(struct lint_source *source, int number, const char **ret, size_t *ret_length)
{
	if (!source->is_read)
		read_source(source);
	if (number < 1 || (size_t)number > source->count)
		return false;
	*ret = source->lines[number - 1];
	*ret_length = strcspn(*ret, "\r\n");
	return true;
}

char *locate_line(struct lint_source *source, int number)
{
	const char *line;
	size_t length;
	return find_line(source, number, &line, &length) ? xstrndup(line, length) : NULL;
}

/* ---- places ---- */

static int column_of(const char *line, size_t bytes)
{
	int column = 1;
	for (size_t i = 0; i < bytes; i++)
		column += ((unsigned char)line[i] & 0xC0) != 0x80;
	return column;
}

static struct lint_place place_in(int number, const char *line, size_t begin, size_t end)
{
	return (struct lint_place){number, column_of(line, begin), number, column_of(line, end)};
}

/* The line's first visible character. */
static struct lint_place begin_of_line(int number, const char *line)
{
	size_t blanks = line != NULL ? strspn(line, " \t") : 0;
	return place_in(number > 0 ? number : 1, line != NULL ? line : "", blanks, blanks);
}

struct lint_place locate_text(struct lint_source *source, int number, const char *text)
{
	cleanup_free char *line = locate_line(source, number);
	const char *found = line != NULL && *text != '\0' ? strstr(line, text) : NULL;
	if (found == NULL)
		return begin_of_line(number, line);
	return place_in(
		number, line, (size_t)(found - line), (size_t)(found - line) + strlen(text));
}

struct lint_place locate_quoted(struct lint_source *source, int number, const char *message)
{
	cleanup_free char *line = locate_line(source, number);
	for (const char *open = message; line != NULL && *(open += strcspn(open, "'`<[")) != '\0';
		open++) {
		bool is_quote = *open == '\'' || *open == '`';
		if (open > message && isalnum((unsigned char)open[-1]))
			continue; /* an apostrophe */
		size_t length = strcspn(open + 1, *open == '<'   ? ">"
						  : *open == '[' ? "]"
						  : *open == '`' ? "`"
								 : "'");
		cleanup_free char *part = xstrndup(open + is_quote, is_quote ? length : length + 1);
		const char *found = part[strspn(part, "<[")] != '\0' ? strstr(line, part) : NULL;
		if (found != NULL)
			return place_in(number, line, (size_t)(found - line),
				(size_t)(found - line) + strlen(part));
		if (is_quote && open[1 + length] != '\0')
			open += 1 + length;
	}
	return begin_of_line(number, line);
}

/* ---- commands ---- */

/* Follows a command through the lines of the file. A file has prompts of continuation lines that
 * the command has not. */
struct follower {
	struct lint_source *source;
	int number;
	const char *line;
	size_t length, at;
};

static bool follow_line(struct follower *f)
{
	if (!find_line(f->source, ++f->number, &f->line, &f->length))
		return false;
	f->at = 0;
	return true;
}

static bool skip_to(struct follower *f, char c)
{
	for (;;) {
		while (f->at < f->length && strchr(" \t", f->line[f->at]) != NULL)
			f->at++;
		if (f->at < f->length && f->line[f->at] == c)
			return true;
		if (f->at < f->length && f->line[f->at] == '>') {
			f->at++; /* a continuation prompt, or a quote of Markdown */
			continue;
		}
		if (f->at < f->length || !follow_line(f))
			return false;
	}
}

struct lint_place locate_in_command(
	struct lint_source *source, int number, const char *command, size_t begin, size_t end)
{
	cleanup_free char *first = xstrndup(command, strcspn(command, "\n"));
	struct lint_place place = locate_text(source, number, first);
	struct follower f = {.source = source, .number = number};
	if (!find_line(source, number, &f.line, &f.length))
		return place;
	const char *found = strstr(f.line, first);
	if (found == NULL || found >= f.line + f.length)
		return place;
	f.at = (size_t)(found - f.line);
	for (size_t i = 0; i < end && command[i] != '\0'; i++) {
		if (strchr(" \t\n", command[i]) != NULL)
			continue;
		if (!skip_to(&f, command[i]))
			return place;
		if (i <= begin)
			place = place_in(f.number, f.line, f.at, f.at);
		f.at++;
	}
	if (begin == end) { /* where something is missing */
		place.line = f.number;
		place.column = column_of(f.line, f.at);
	}
	place.end_line = f.number;
	place.end_column = column_of(f.line, f.at);
	return place;
}

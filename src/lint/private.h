/* lint/private.h - what the files of lint share */
#ifndef LINT_PRIVATE_H
#define LINT_PRIVATE_H

#include "lint.h"

/* ---- rules.c ---- */
const struct lint_rule *rules_find(const char *name); /* there must be one */

/* ---- locate.c: places in a file as its author sees it ---- */

struct lint_source {
	const char *path;
	struct buf text;
	const char **lines; /* they end at '\n' */
	size_t count;
	bool is_read;
};
/* Reads the file when the first place is looked for; the path must outlive the source. */
void locate_begin(struct lint_source *source, const char *path);
void locate_finish(struct lint_source *source);
/* Returns line `number`, from 1, without its end; the caller frees it. NULL: there is none. */
char *locate_line(struct lint_source *source, int number);

/* From 1, in characters. */
struct lint_place {
	int line, column, end_line, end_column;
};
/* Find a text in a line, the first text in quotes of a message, or a part of a command that begins
 * there and may go on below. Without it, the place is that of the line's first character. */
struct lint_place locate_text(struct lint_source *source, int line, const char *text);
struct lint_place locate_quoted(struct lint_source *source, int line, const char *message);
struct lint_place locate_in_command(
	struct lint_source *source, int line, const char *command, size_t begin, size_t end);

#endif

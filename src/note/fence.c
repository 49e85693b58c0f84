/* note/fence.c - the lines of a fence: comments, and commands of several lines */
#include "fence.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void fence_split(const char *code, struct words *ret)
{
	while (*code != '\0') {
		size_t length = strcspn(code, "\n");
		words_add_bytes(ret, code, length);
		code += length + (code[length] == '\n');
	}
}

bool fence_is_comment(const char *line)
{
	return line[strspn(line, " \t")] == '#';
}

bool fence_is_idle(const char *line)
{
	return fence_is_comment(line) || text_is_blank(line);
}

size_t fence_skip_comments(const struct words *lines, size_t at)
{
	while (at < lines->count && fence_is_idle(lines->items[at]))
		at++;
	return at;
}

struct fence_command *fence_add(struct fence *f, int line)
{
	f->items = array_grow(f->items, f->count, sizeof *f->items);
	f->items[f->count] = (struct fence_command){.line = line, .last_line = line};
	return &f->items[f->count++];
}

/* Joins the lines from `from` up to `to` (exclusive), without trailing blank ones; NULL if there
 * are none. */
char *fence_join(const struct words *lines, size_t from, size_t to)
{
	struct buf out = {0};
	while (to > from && text_is_blank(lines->items[to - 1]))
		to--;
	for (size_t i = from; i < to; i++) {
		if (i > from)
			buf_add_char(&out, '\n');
		buf_add_text(&out, lines->items[i]);
	}
	return to > from ? buf_steal(&out) : NULL;
}

/* Show what is neither a command nor its output as it is. */
void fence_add_comment(
	struct fence *f, const struct words *lines, size_t from, size_t to, size_t prompt)
{
	cleanup_free char *text = fence_join(lines, from, to);
	if (text == NULL)
		return;
	struct fence_command *c = fence_add(f, (int)from);
	c->comment = true;
	c->code = xstrdup(text + prompt);
	c->last_line = (int)to - 1;
}

/* "> " before a continuation line is the shell's secondary prompt. */
static const char *without_second_prompt(const char *line)
{
	return text_starts(line, "> ") ? line + 2 : text_same(line, ">") ? line + 1 : line;
}

/* "docker run `" of PowerShell, "docker run ^" of cmd */
static bool is_continued_on_windows(const char *line, size_t length)
{
	if (length < 3 || line[length - 2] != ' ')
		return false;
	return line[length - 1] == '^' ||
	       (line[length - 1] == '`' && memchr(line, '`', length - 1) == NULL);
}

/* Blanks after a backslash are easy to overlook, but the line then does not continue. */
static void add_code_line(struct lexer *x, struct buf *code, const char *line)
{
	size_t length = strlen(line), trimmed = length;
	while (trimmed > 0 && isspace((unsigned char)line[trimmed - 1]))
		trimmed--;
	bool hidden = trimmed > 0 && line[trimmed - 1] == '\\' && x->heredoc == NULL;
	cleanup_free char *whole = xstrndup(line, hidden ? trimmed : length);
	if (is_continued_on_windows(line, trimmed) && x->heredoc == NULL && x->quote == '\0') {
		whole[trimmed - 1] = '\\';
		whole[trimmed] = '\0';
	}
	buf_add_text(code, whole);
	lexer_read(x, whole);
}

/* A blank line or a comment after a backslash: the author meant the command to go on. */
static bool is_slip(const struct lexer *x, const struct words *lines, size_t at)
{
	bool odd = fence_is_idle(lines->items[at]) && x->continued && !x->piped;
	return odd && at + 1 < lines->count && isspace((unsigned char)lines->items[at + 1][0]) &&
	       !text_is_blank(lines->items[at + 1]);
}

/* What opens a block and is not closed within so many lines opened none: do not read the whole
 * fence for each of its lines. */
#define BLOCK_LINES_MAX 200

/* Reads the lines of one command from lines[at] on; returns the index after the last. */
size_t fence_read_command(struct fence_command *c, const struct words *lines, size_t at,
	size_t prompt, bool prompts, enum prompt_signs signs)
{
	struct lexer x = {0};
	struct buf code = {0};
	size_t first = at;
	c->prompt = xstrndup(lines->items[at], prompt);
	add_code_line(&x, &code, lines->items[at] + prompt);
	at++;
	while (at < lines->count && lexer_is_open(&x)) {
		bool block = x.heredoc == NULL && x.quote == '\0' && !x.continued;
		if (block && at - first > BLOCK_LINES_MAX)
			break;
		if (is_slip(&x, lines, at)) {
			at++;
			continue;
		}
		bool next = prompts && x.heredoc == NULL && signs != PROMPT_ANGLE;
		if (next && prompts_length(lines->items[at], signs) > 0)
			break; /* never closed: the next prompt begins a new command */
		buf_add_char(&code, '\n');
		add_code_line(&x, &code,
			prompts || x.heredoc == NULL ? without_second_prompt(lines->items[at])
						     : lines->items[at]);
		at++;
	}
	if (lexer_is_open(&x) && (x.quote != '\0' || x.blocks > 0 || x.parens > 0) &&
		at > first + 1) {
		/* never closed: an apostrophe, or only a part of a loop */
		buf_truncate(&code, 0);
		buf_add_text(&code, lines->items[first] + prompt);
		at = first + 1;
	}
	free(x.heredoc);
	c->code = buf_steal(&code);
	c->last_line = (int)at - 1;
	return at;
}

const char *fence_line(const struct words *lines, size_t at)
{
	return at < lines->count ? lines->items[at] : "";
}

size_t fence_skip_blank(const struct words *lines, size_t at, size_t end)
{
	while (at < end && text_is_blank(lines->items[at]))
		at++;
	return at;
}

/* An indented prompt is what a program printed: the others begin their lines. */
size_t fence_prompt(const char *line, enum prompt_signs signs)
{
	if (isspace((unsigned char)line[0]))
		return 0;
	size_t length = prompts_length(line, signs);
	return length > 0 ? length : within_prompt(line);
}

/* `exit` comes before the next docker command, at prompts like the host's own or without any:
 * returns its line; `at` if the program was not left so. */
size_t fence_find_exit(const struct words *lines, size_t at, bool prompts, enum prompt_signs signs)
{
	for (size_t i = at; i < lines->count; i++) {
		const char *line = lines->items[i];
		size_t prompt = prompts ? fence_prompt(line, signs) : 0;
		if (prompts && prompt == 0)
			continue;
		if (guess_is_host_command(line + prompt))
			return at;
		if (within_leaves(line + prompt))
			return i;
	}
	return at;
}

bool fence_announces(const struct words *lines, size_t from, size_t at)
{
	size_t above = at;
	while (above > from && text_is_blank(lines->items[above - 1]))
		above--;
	const char *line = above > from && above < at ? lines->items[above - 1] : "";
	return text_ends(line, ":") && !text_ends(line, "::");
}

/* note/prose.c - commands outside fences: a paragraph, a list item or a table's cell that is one */
#include "blocks.h"
#include "fence.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- the source of a paragraph ---- */

/* Returns the paragraph's lines as written, without what its containers put before them: emphasis
 * and escapes would change a command. The caller frees it. */
static char *read_source(struct walker *w, cmark_node *node)
{
	struct buf out = {0};
	size_t first = (size_t)cmark_node_get_start_line(node);
	size_t last = (size_t)cmark_node_get_end_line(node);
	size_t column = (size_t)cmark_node_get_start_column(node);
	for (size_t i = first; i <= last && i > 0 && i <= w->source_count; i++) {
		const char *line = w->source[i - 1];
		size_t length = strcspn(line, "\n"), skip = i == first ? column - 1 : 0;
		while (i > first && skip < length &&
			(line[skip] == ' ' || line[skip] == '\t' ||
				(line[skip] == '>' && w->quote_count > 0)))
			skip++;
		if (skip < length)
			buf_add(&out, line + skip, length - skip);
		buf_add_char(&out, '\n');
	}
	return out.length > 0 ? buf_steal(&out) : xstrdup("");
}

/* ---- which text is a command ---- */

static bool has_host_prompt(const char *line)
{
	size_t prompt = prompts_length(line, PROMPT_PLAIN);
	return prompt > 0 && prompts_is_likely_command(line + prompt);
}

/* Every line is a command, or continues one. `code`: it is marked as code, so it is no sentence. */
static bool are_commands(const struct walker *w, const char *text, bool code)
{
	bool open = false;
	for (const char *c = text; *c != '\0';) {
		size_t length = strcspn(c, "\n");
		cleanup_free char *line = xstrndup(c, length);
		bool typed = w->within.depth > 0 && within_prompt(line) > 0;
		bool ends_open = length > 0 && line[length - 1] == '\\';
		if (ends_open)
			line[length - 1] = '\0';
		bool good = open || typed || has_host_prompt(line) ||
			    (ends_open ? prompts_is_command(line)
				       : guess_is_command_alone(line) &&
						    (code || !guess_is_prose(line)));
		if (!good)
			return false;
		open = ends_open;
		c += length + (c[length] == '\n');
	}
	return *text != '\0' && !open;
}

static bool add_if_commands(struct walker *w, const char *text, bool code, int line)
{
	if (!are_commands(w, text, code))
		return false;
	code_add(w, text, "sh", line);
	return true;
}

/* ---- code spans ---- */

/* "Tag: `docker tag …`", with the colon in this span or at the beginning of the next one. */
static bool is_label(const struct note_text *text, size_t at, const char *words)
{
	const char *next = at + 1 < text->count ? text->spans[at + 1].text : "";
	size_t length = strlen(words);
	while (length > 0 && isspace((unsigned char)words[length - 1]))
		length--;
	return length <= 30 && length > 0 && (words[length - 1] == ':' || text_starts(next, ": "));
}

/* Returns the code with which the text begins, or follows a label; NULL. *ret_alone: at most
 * punctuation follows. */
static const char *leading_code(const struct note_text *text, bool *ret_alone)
{
	const char *code = NULL;
	*ret_alone = true;
	for (size_t i = 0; i < text->count; i++) {
		const struct note_span *span = &text->spans[i];
		const char *words = span->text + strspn(span->text, " \t\n");
		if (code != NULL)
			*ret_alone = *ret_alone && words[strspn(words, ".:;, \n")] == '\0';
		else if ((span->style & NOTE_CODE) != 0)
			code = span->text;
		else if (*words != '\0' && !is_label(text, i, words))
			return NULL;
	}
	return code;
}

bool prose_take_paragraph(struct walker *w, cmark_node *node, int line)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz$%/~.>-[(❯➜";
	cleanup_free char *source = read_source(w, node);
	const char *from = source + strspn(source, " ");
	if (*from == '\0' || (strchr(first, *from) == NULL && within_prompt(from) == 0 &&
				     prompts_length(from, PROMPT_PLAIN) == 0))
		return false;
	return add_if_commands(w, source, false, line);
}

bool prose_take_code(struct walker *w, const struct note_text *text, int line)
{
	bool alone;
	const char *code = leading_code(text, &alone);
	return code != NULL && alone && add_if_commands(w, code, true, line);
}

/* "`docker ps`: lists them", "`docker ps` lists them"; not "`make check` needs nothing, and …". */
static bool explains(const struct note_text *text, const char *code)
{
	static const char *const signs[] = {":", "-", "–", "—", "→", "=", "#", "(", "：", "…", ">"};
	cleanup_buf struct buf plain = {0};
	note_text_plain(text, &plain);
	const char *rest = strstr(buf_text(&plain), code);
	if (rest == NULL)
		return false;
	rest += strlen(code);
	rest += strspn(rest, " \n");
	for (size_t i = 0; i < ARRAY_LENGTH(signs); i++)
		if (text_starts(rest, signs[i]))
			return true;
	return guess_is_host_command(code) && strlen(rest) <= 60 && strchr(rest, ',') == NULL;
}

void prose_add_code(struct walker *w, const struct note_text *text, int line)
{
	bool alone;
	const char *code = leading_code(text, &alone);
	if (code != NULL && strchr(code, ' ') != NULL && explains(text, code))
		(void)add_if_commands(w, code, true, line);
}

/* Returns the command that a cell is; NULL. The caller frees it. */
static char *read_cell(const struct walker *w, const struct note_text *text)
{
	cleanup_buf struct buf plain = {0};
	bool alone;
	const char *code = leading_code(text, &alone), *words = code;
	note_text_plain(text, &plain);
	if (code == NULL && guess_is_host_command(buf_text(&plain)))
		words = buf_text(&plain);
	else if (code == NULL || !alone || strchr(code, ' ') == NULL)
		return NULL;
	return are_commands(w, words, code != NULL) ? xstrdup(words) : NULL;
}

bool prose_is_cell(const struct walker *w, const struct note_text *text)
{
	cleanup_free char *code = read_cell(w, text);
	return code != NULL;
}

void prose_add_cell(struct walker *w, const struct note_text *text, int line)
{
	cleanup_free char *code = read_cell(w, text);
	if (code != NULL)
		code_add(w, code, "sh", line);
}

/* ---- leaving a program in words ---- */

/* "Leave the container with Ctrl-D", "on your host", "in a second terminal" */
void prose_follow(struct walker *w, const struct note_text *text)
{
	static const char *const words[] = {"exit", "leave", "leaving", "quit", "ctrl", "detach",
		"host", "terminal", "your machine", "back to", "verlasse", "beende", "salir",
		"quitter", "終了", "抜け", "退出", "나가", "종료"};
	cleanup_buf struct buf plain = {0};
	if (!w->within.bare)
		return;
	note_text_plain(text, &plain);
	cleanup_free char *small = text_lower(xstrdup(buf_text(&plain)));
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strstr(small, words[i]) != NULL)
			w->within.bare = false;
}

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
						    (code || !guess_is_prose(line))) ||
			    (code && strchr(line, ' ') != NULL &&
				    programs_is_call(w->within.programs, line));
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

#define LABEL_MAX 80 /* columns before a command */

/* "Tag: `docker tag …`", "查看：`docker images`", "Done? `docker rm web`", "stop → `docker stop
 * web`": the words before the code lead to it. */
static bool is_label(struct buf *words)
{
	static const char *const leads[] = {
		":", "：", "?", "？", "→", "->", "⇒", "=>", "–", "—", " -"};
	while (words->length > 0 && isspace((unsigned char)words->data[words->length - 1]))
		buf_truncate(words, words->length - 1);
	for (size_t i = 0; i < ARRAY_LENGTH(leads); i++)
		if (text_ends(buf_text(words), leads[i]))
			return utf8_width(buf_text(words), words->length) <= LABEL_MAX;
	return words->length == 0;
}

/* Code in a text: what stands before and after it. */
struct leading {
	const char *code; /* with which the text begins, or which follows a label, also a bold one
			     without a colon; NULL */
	bool labelled;
	bool alone; /* at most punctuation follows */
};

/* Punctuation, or a remark in parentheses: "(careful!)". */
static bool is_punctuation(const char *words)
{
	words += strspn(words, ".:;, \t\n");
	if (*words == '(' && strchr(words, ')') != NULL)
		words = strchr(words, ')') + 1;
	return words[strspn(words, ".:;, \t\n")] == '\0';
}

/* "`-p 80:80`: `docker run -p 80:80 nginx`": returns the command at the end, after a label that has
 * code itself; NULL. */
static const char *ending_code(const struct note_text *text)
{
	cleanup_buf struct buf before = {0};
	size_t last = text->count, codes = 0;
	while (last > 0 && is_punctuation(text->spans[last - 1].text))
		last--;
	if (last < 2 || (text->spans[last - 1].style & NOTE_CODE) == 0)
		return NULL;
	for (size_t i = 0; i + 1 < last; i++) {
		bool code = (text->spans[i].style & NOTE_CODE) != 0;
		if (code && prompts_is_command(text->spans[i].text))
			return NULL; /* "to stop: `docker stop a`, to remove: `docker rm a`" */
		codes += code;
		buf_add_text(&before, text->spans[i].text);
	}
	const struct note_span *end = &text->spans[last - 1];
	bool command = codes > 0 && strchr(end->text, ' ') != NULL && prompts_is_command(end->text);
	return command && before.length > 0 && is_label(&before) ? end->text : NULL;
}

static struct leading read_leading(const struct note_text *text)
{
	const char *end = ending_code(text);
	if (end != NULL)
		return (struct leading){.code = end, .labelled = true, .alone = true};
	cleanup_buf struct buf before = {0};
	const char *code = NULL;
	bool alone = true, bold = true;
	for (size_t i = 0; i < text->count; i++) {
		const struct note_span *span = &text->spans[i];
		const char *words = span->text + strspn(span->text, " \t\n");
		if (code != NULL)
			alone = alone && is_punctuation(words);
		else if ((span->style & NOTE_CODE) != 0)
			code = span->text;
		else
			bold = bold && (*words == '\0' || (span->style & NOTE_STRONG) != 0);
		if (code == NULL)
			buf_add_text(&before, span->text);
	}
	if (code == NULL || (!is_label(&before) && !(bold && alone)))
		return (struct leading){.alone = true};
	return (struct leading){.code = code, .labelled = before.length > 0, .alone = alone};
}

/* "docker logs web - shows the log": returns where the remark begins; 0: there is none. In
 * "kubectl exec web -- ls", more of the command follows. */
static size_t remark_at(const char *line)
{
	static const char *const dashes[] = {" - ", " – ", " — ", " → ", " -- "};
	const char *end = strchr(line, '\n');
	if (!guess_is_host_command(line) || (end != NULL && end[1] != '\0'))
		return 0;
	bool ends_options = strstr(line, " exec ") != NULL || strstr(line, " run ") != NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(dashes); i++) {
		const char *dash = strstr(line, dashes[i]);
		const char *words = dash != NULL ? dash + strlen(dashes[i]) : "";
		bool remark =
			text_same(dashes[i], " -- ") ? !ends_options : strchr(words, ' ') != NULL;
		if (isalpha((unsigned char)*words) && remark)
			return (size_t)(dash - line);
	}
	return 0;
}

/* Most paragraphs cannot be commands: they begin with a capital, and have no sign of a prompt. */
static bool may_begin_command(const struct walker *w, cmark_node *node)
{
	static const char signs[] = "$#%>]\n\xC2\xCE\xE2"; /* also the first bytes of arrows */
	size_t line = (size_t)cmark_node_get_start_line(node);
	size_t column = (size_t)cmark_node_get_start_column(node);
	if (line == 0 || line > w->source_count || column == 0)
		return true;
	const char *text = w->source[line - 1];
	if (strcspn(text, "\n") < column)
		return true;
	text += column - 1;
	size_t sign = strcspn(text, signs);
	return !isupper((unsigned char)*text) || (text[sign] != '\n' && text[sign] != '\0');
}

bool prose_take_paragraph(struct walker *w, cmark_node *node, int line)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz$%/~.>-[(❯➜";
	if (!may_begin_command(w, node))
		return false;
	cleanup_free char *source = read_source(w, node);
	const char *from = source + strspn(source, " ");
	if (*from == '\0' || (strchr(first, *from) == NULL && within_prompt(from) == 0 &&
				     prompts_length(from, PROMPT_PLAIN) == 0))
		return false;
	return remark_at(source) == 0 && add_if_commands(w, source, false, line);
}

bool prose_take_code(struct walker *w, const struct note_text *text, int line)
{
	const struct leading l = read_leading(text);
	return l.code != NULL && l.alone && !l.labelled && add_if_commands(w, l.code, true, line);
}

/* "`docker run x` is now …", "`docker rm x` and `docker rmi y`": a sentence about it. */
static bool begins_statement(const char *rest)
{
	static const char *const words[] = {"is", "isn't", "was", "wasn't", "are", "were", "has",
		"had", "does", "doesn't", "did", "must", "should", "may", "might", "no", "not",
		"never", "now", "and", "or", "vs", "versus", "instead", "ist", "war", "wird", "und",
		"oder", "est", "et", "ou", "es", "y", "o"};
	cleanup_free char *word = xstrndup(rest, strcspn(rest, " \n"));
	return text_is_one_of(word, words, ARRAY_LENGTH(words));
}

/* "`docker ps`: lists them", "`docker ps` lists them"; not "`make check` needs nothing, and …". */
static bool explains(const struct note_text *text, const char *code)
{
	static const char *const signs[] = {":", "-", "–", "—", "→", "=", "#", "(", "：", "…", ">"};
	static const char *const verbs[] = {"shows", "lists", "prints", "displays", "creates",
		"starts", "stops", "restarts", "removes", "deletes", "runs", "builds", "pulls",
		"pushes", "copies", "attaches", "kills", "saves", "loads"};
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
	cleanup_free char *verb = xstrndup(rest, strcspn(rest, " \n"));
	if (text_is_one_of(verb, verbs, ARRAY_LENGTH(verbs)))
		return guess_is_host_command(code);
	return guess_is_host_command(code) && strlen(rest) <= 60 && strpbrk(rest, ",?？") == NULL &&
	       !begins_statement(rest);
}

/* "make a dump: docker exec db pg_dump -U shop": returns the command; NULL. Without an option, it
 * may as well be a sentence: "remember: docker stats shows numbers". */
static const char *command_behind_label(const char *line)
{
	const char *colon = strstr(line, ": ");
	const char *code = colon != NULL ? colon + 2 : NULL;
	return code != NULL && colon - line <= LABEL_MAX && guess_is_host_command(code) &&
			       strstr(code, " -") != NULL
		       ? code
		       : NULL;
}

/* Returns the command in a text without code that it explains; NULL. The caller frees it. */
static char *explained_command(const struct note_text *text)
{
	const char *line = text->count == 1 ? text->spans[0].text : "";
	size_t remark = remark_at(line);
	const char *labelled = command_behind_label(line);
	return remark > 0 ? xstrndup(line, remark) : labelled != NULL ? xstrdup(labelled) : NULL;
}

void prose_add_code(struct walker *w, const struct note_text *text, bool item, int line)
{
	const struct leading l = read_leading(text);
	cleanup_free char *explained = explained_command(text);
	if (explained != NULL && add_if_commands(w, explained, false, line))
		return;
	bool begins = item && l.code != NULL && strchr(l.code, ' ') != NULL;
	if (l.code != NULL && ((l.alone && l.labelled) || (begins && explains(text, l.code))))
		(void)add_if_commands(w, l.code, true, line);
}

/* Returns the command that a cell is; NULL. The caller frees it. */
static char *read_cell(const struct walker *w, const struct note_text *text)
{
	cleanup_buf struct buf plain = {0};
	const struct leading l = read_leading(text);
	const char *words = l.code;
	note_text_plain(text, &plain);
	if (l.code == NULL && guess_is_host_command(buf_text(&plain)))
		words = buf_text(&plain);
	else if (l.code == NULL || !l.alone || strchr(l.code, ' ') == NULL)
		return NULL;
	return are_commands(w, words, l.code != NULL) ? xstrdup(words) : NULL;
}

static bool is_command_cell(const struct walker *w, const struct note_text *text)
{
	cleanup_free char *code = read_cell(w, text);
	return code != NULL;
}

/* A column of commands: half of its cells are, or several of many. One among other words is only
 * mentioned. */
static bool is_command_column(
	const struct walker *w, const struct note_row *rows, size_t count, size_t column)
{
	size_t commands = 0;
	for (size_t r = 1; r < count; r++)
		commands += column < rows[r].count && is_command_cell(w, &rows[r].cells[column]);
	return commands * 2 >= count - 1 || (commands >= 2 && commands * 4 >= count - 1);
}

void prose_add_table(
	struct walker *w, const struct note_row *rows, size_t count, int line, int row_lines)
{
	for (size_t c = 0; count > 0 && c < rows[0].count; c++) {
		if (!is_command_column(w, rows, count, c))
			continue;
		for (size_t r = 1; r < count; r++) {
			cleanup_free char *code =
				c < rows[r].count ? read_cell(w, &rows[r].cells[c]) : NULL;
			if (code != NULL)
				code_add(w, code, "sh", line + (int)r * row_lines);
		}
	}
}

void prose_follow(struct walker *w, const struct note_text *text)
{
	cleanup_buf struct buf plain = {0};
	note_text_plain(text, &plain);
	within_follow(&w->within, buf_text(&plain));
}

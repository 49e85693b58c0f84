/* note/commands.c - fences of commands: prompts, continuation lines, here-documents, expected
 * output */
#include "fence.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- which fences run ---- */

static const char *const running_languages[] = {"cli", "console", "sh", "bash", "shell",
	"shell-session", "shellsession", "sh-session", "terminal", "docker", "zsh", "ksh", "dash",
	"fish", "command", "command-line", "commandline", "session", "term", "bash-session",
	"zsh-session", "shellscript", "prompt"};

bool note_language_runs(const char *word)
{
	return text_is_one_of_fold(word, running_languages, ARRAY_LENGTH(running_languages));
}

/* ---- when a command is complete ---- */

struct lexer {
	char quote;     /* the open quote, ' or " */
	bool continued; /* ends with a backslash, a pipe, && or || */
	int blocks;     /* do … done, if … fi, { … } that are still open */
	char *heredoc;  /* the word that ends the here-document */
	bool heredoc_tabs;
};

static const struct {
	const char *word;
	int change;
} block_words[] = {{"do", 1}, {"done", -1}, {"then", 1}, {"fi", -1}, {"case", 1}, {"esac", -1},
	{"{", 1}, {"}", -1}};

static void lex_word(struct lexer *x, const char *word, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(block_words); i++)
		if (strlen(block_words[i].word) == length &&
			strncmp(block_words[i].word, word, length) == 0)
			x->blocks += block_words[i].change;
	if (x->blocks < 0)
		x->blocks = 0;
}

/* c points after "<<". Reads the word that ends the document. */
static const char *lex_heredoc(struct lexer *x, const char *c)
{
	x->heredoc_tabs = *c == '-';
	c += x->heredoc_tabs;
	c += strspn(c, " \t");
	char quote = *c == '\'' || *c == '"' ? *c++ : '\0';
	size_t length =
		quote != '\0' ? strcspn(c, quote == '\'' ? "'" : "\"") : strcspn(c, " \t|;&<>()");
	free(x->heredoc);
	x->heredoc = length > 0 ? xstrndup(c, length) : NULL;
	c += length;
	return quote != '\0' && *c == quote ? c + 1 : c;
}

static const char *lex_quoted(struct lexer *x, const char *c)
{
	while (*c != '\0' && *c != x->quote)
		c += x->quote == '"' && *c == '\\' && c[1] != '\0' ? 2 : 1;
	if (*c != '\0') {
		x->quote = '\0';
		c++;
	}
	return c;
}

static bool ends_open(const char *line)
{
	size_t length = strlen(line);
	while (length > 0 && isspace((unsigned char)line[length - 1]))
		length--;
	if (length > 0 && line[length - 1] == '|')
		return true;
	return length > 1 && strncmp(line + length - 2, "&&", 2) == 0;
}

/* Reads one more line of a command. */
static void lex_line(struct lexer *x, const char *line)
{
	const char *c = line;
	size_t length = strlen(line);
	x->continued = false;
	if (x->heredoc != NULL) {
		const char *text = x->heredoc_tabs ? line + strspn(line, "\t") : line;
		if (text_same(text, x->heredoc)) {
			free(x->heredoc);
			x->heredoc = NULL;
		}
		return;
	}
	while (*c != '\0') {
		if (x->quote != '\0') {
			c = lex_quoted(x, c);
		} else if (*c == '\\' && c[1] != '\0') {
			c += 2;
		} else if (*c == '\'' || *c == '"') {
			x->quote = *c++;
		} else if (*c == '#' && (c == line || isspace((unsigned char)c[-1]))) {
			return;
		} else if (text_starts(c, "<<") && c[2] != '<') {
			c = lex_heredoc(x, c + 2);
		} else if (text_starts(c, "<<<")) {
			c += 3;
		} else if (isspace((unsigned char)*c) || *c == ';') {
			c++;
		} else {
			size_t word = strcspn(c, " \t;'\"\\<");
			bool first = c == line || isspace((unsigned char)c[-1]) || c[-1] == ';';
			if (first)
				lex_word(x, c, word);
			c += word > 0 ? word : 1;
		}
	}
	x->continued =
		x->quote == '\0' && ((length > 0 && line[length - 1] == '\\') || ends_open(line));
}

static bool is_command_open(const struct lexer *x)
{
	return x->quote != '\0' || x->continued || x->blocks > 0 || x->heredoc != NULL;
}

/* ---- lines of a fence ---- */

static void split_lines(const char *code, struct words *ret)
{
	while (*code != '\0') {
		size_t length = strcspn(code, "\n");
		words_addf(ret, "%.*s", (int)length, code);
		code += length + (code[length] == '\n');
	}
}

/* Fences in a scripting language: a prompt further down may be the text of a here-document. */
static bool is_script_language(const char *language)
{
	static const char *const names[] = {"sh", "bash", "zsh", "ksh", "dash"};
	return text_is_one_of_fold(language, names, ARRAY_LENGTH(names));
}

static bool is_comment_line(const char *line)
{
	return line[strspn(line, " \t")] == '#';
}

static bool is_comment_or_blank(const char *line)
{
	return is_comment_line(line) || text_is_blank(line);
}

static size_t skip_comments(const struct words *lines, size_t at)
{
	while (at < lines->count && is_comment_or_blank(lines->items[at]))
		at++;
	return at;
}

static bool has_sign_prompt(const struct words *lines, const char *language)
{
	size_t first = skip_comments(lines, 0);
	if (is_script_language(language) && first < lines->count)
		return prompts_length(lines->items[first], PROMPT_PLAIN) > 0;
	for (size_t i = 0; i < lines->count; i++)
		if (prompts_length(lines->items[i], PROMPT_PLAIN) > 0)
			return true;
	return false;
}

/* "# docker ps" and "> docker ps" are prompts if no line has another kind of prompt, the first line
 * begins with a command, and no command lacks the sign; else they are comments or quoted text. */
static bool is_session_of(const struct words *lines, enum prompt_signs signs)
{
	for (size_t i = 0; i < lines->count; i++)
		if (prompts_is_command(lines->items[i]))
			return false;
	size_t prompt = prompts_length(lines->items[0], signs);
	return prompt > 0 && prompts_is_command(lines->items[0] + prompt);
}

static struct fence_command *add_command(struct fence *f, int line)
{
	f->items = array_grow(f->items, f->count, sizeof *f->items);
	f->items[f->count] = (struct fence_command){.line = line, .last_line = line};
	return &f->items[f->count++];
}

/* Joins the lines from `from` up to `to` (exclusive), without trailing blank ones; NULL if there
 * are none. */
static char *join_lines(const struct words *lines, size_t from, size_t to)
{
	struct buf out = {0};
	while (to > from && text_is_blank(lines->items[to - 1]))
		to--;
	for (size_t i = from; i < to; i++)
		buf_printf(&out, "%s%s", i > from ? "\n" : "", lines->items[i]);
	return to > from ? buf_steal(&out) : NULL;
}

/* Show what is neither a command nor its output as it is. */
static void add_comment(
	struct fence *f, const struct words *lines, size_t from, size_t to, size_t prompt)
{
	cleanup_free char *text = join_lines(lines, from, to);
	if (text == NULL)
		return;
	struct fence_command *c = add_command(f, (int)from);
	c->comment = true;
	c->code = xstrdup(text + prompt);
	c->last_line = (int)to - 1;
}

/* "> " before a continuation line is the shell's secondary prompt. */
static const char *without_second_prompt(const char *line)
{
	return text_starts(line, "> ") ? line + 2 : text_same(line, ">") ? line + 1 : line;
}

/* Blanks after a backslash are easy to overlook, but the line then does not continue. */
static void add_code_line(struct lexer *x, struct buf *code, const char *line)
{
	size_t length = strlen(line), trimmed = length;
	while (trimmed > 0 && isspace((unsigned char)line[trimmed - 1]))
		trimmed--;
	bool hidden = trimmed > 0 && line[trimmed - 1] == '\\' && x->heredoc == NULL;
	cleanup_free char *whole = xstrndup(line, hidden ? trimmed : length);
	buf_add_text(code, whole);
	lex_line(x, whole);
}

/* Reads the lines of one command from lines[at] on; returns the index after the last. */
static size_t read_command(struct fence_command *c, const struct words *lines, size_t at,
	size_t prompt, bool prompts, enum prompt_signs signs)
{
	struct lexer x = {0};
	struct buf code = {0};
	c->prompt = xstrndup(lines->items[at], prompt);
	add_code_line(&x, &code, lines->items[at] + prompt);
	at++;
	while (at < lines->count && is_command_open(&x)) {
		bool next = prompts && x.heredoc == NULL && signs != PROMPT_ANGLE;
		if (next && prompts_length(lines->items[at], signs) > 0)
			break; /* never closed: the next prompt begins a new command */
		buf_add_char(&code, '\n');
		add_code_line(&x, &code,
			prompts ? without_second_prompt(lines->items[at]) : lines->items[at]);
		at++;
	}
	free(x.heredoc);
	c->code = buf_steal(&code);
	c->last_line = (int)at - 1;
	return at;
}

/* ---- fences with prompts ---- */

static const char *nth_line(const struct words *lines, size_t at)
{
	return at < lines->count ? lines->items[at] : "";
}

/* Finds the next prompt, from `at` on. A prompt of two lines begins with its upper one. */
static size_t find_prompt(const struct words *lines, size_t at, enum prompt_signs signs)
{
	for (; at < lines->count; at++) {
		const char *line = lines->items[at];
		if (prompts_length(line, signs) > 0 ||
			prompts_is_head(line, nth_line(lines, at + 1)))
			break;
		if (signs == PROMPT_ROOT && text_starts(line, "# "))
			break; /* a comment between commands */
	}
	return at;
}

/* Only a comment, or nothing, was typed at this prompt. */
static bool is_empty_prompt(const char *line, size_t prompt)
{
	return is_comment_or_blank(line + prompt);
}

static size_t take_idle(struct fence *f, const struct words *lines, size_t at, size_t prompt,
	enum prompt_signs signs)
{
	size_t end = find_prompt(lines, at + 1, signs);
	if (prompts_is_head(lines->items[at], nth_line(lines, at + 1)))
		return at + 1;
	if (prompt > 0 && text_is_blank(lines->items[at] + prompt))
		add_comment(f, lines, at + 1, end, 0);
	else
		add_comment(f, lines, at, end, prompt);
	return end;
}

/* "docker run -it ubuntu bash": text at another prompt after it was typed into the container. */
static bool opens_container(const char *code)
{
	static const char *const options[] = {
		" -it ", " -ti ", " -i ", " --interactive ", " attach "};
	bool opens = false;
	for (size_t i = 0; i < ARRAY_LENGTH(options); i++)
		opens = opens || strstr(code, options[i]) != NULL;
	return opens && (strstr(code, "docker ") != NULL || strstr(code, "podman ") != NULL);
}

static char sign_of(const char *prompt, size_t length)
{
	while (length > 0 && isspace((unsigned char)prompt[length - 1]))
		length--;
	return length > 0 ? prompt[length - 1] : '\0';
}

static bool begins_alike(const char *a, const char *b)
{
	bool folders = strchr("~/", a[0]) != NULL && strchr("~/", b[0]) != NULL;
	return a[0] == b[0] || folders;
}

/* Returns whether the line has the prompt of an earlier command again; the folder and the clock in
 * it may change. No container's prompt begins with an emoji, and most of them end with '#'. */
static bool is_prompt_again(const char *line, const char *prompt, enum prompt_signs signs)
{
	size_t length = prompts_length(line, signs), before = strlen(prompt);
	if (length == 0 || strncmp(line, prompt, before) == 0)
		return length > 0;
	if (strchr(prompt, '@') != NULL)
		return strncmp(line, prompt, strcspn(prompt, ": ")) == 0;
	if ((unsigned char)prompt[0] >= 0x80)
		return (unsigned char)line[0] >= 0x80;
	char sign = sign_of(prompt, before);
	return sign != '#' && sign == sign_of(line, length) && begins_alike(line, prompt);
}

/* Finds where the command's own prompt comes back; `end` if what follows was not typed into a
 * container. */
static size_t container_end(const struct words *lines, const struct fence_command *c, size_t end,
	enum prompt_signs signs)
{
	if (!opens_container(c->code))
		return end;
	while (end < lines->count && !is_prompt_again(lines->items[end], c->prompt, signs))
		end++;
	return end;
}

static void read_session(const struct words *lines, enum prompt_signs signs, struct fence *f)
{
	for (size_t at = 0; at < lines->count;) {
		size_t prompt = prompts_length(lines->items[at], signs);
		if (prompt == 0 || is_empty_prompt(lines->items[at], prompt)) {
			at = take_idle(f, lines, at, prompt, signs);
			continue;
		}
		struct fence_command *c = add_command(f, (int)at);
		at = read_command(c, lines, at, prompt, true, signs);
		size_t end = container_end(lines, c, find_prompt(lines, at, signs), signs);
		c->output = join_lines(lines, at, end);
		at = end;
	}
}

/* ---- fences without prompts ---- */

/* In such a fence, text at a prompt was typed into a program that an earlier line started. */
static bool is_typed_text(const struct words *lines, size_t at)
{
	const char *line = lines->items[at] + strspn(lines->items[at], " \t");
	bool within = strchr("$%", *line) == NULL && prompts_length(line, PROMPT_PLAIN) > 0;
	return within || guess_is_no_command(line, nth_line(lines, at + 1));
}

/* Output continues up to a line that begins with a command, or a comment. */
static size_t printed_end(const struct words *lines, size_t at)
{
	size_t first = at;
	while (first < lines->count && text_is_blank(lines->items[first]))
		first++;
	if (first == lines->count || is_comment_line(lines->items[first]) ||
		!is_typed_text(lines, first))
		return at;
	while (first < lines->count && !prompts_is_command(lines->items[first]) &&
		!is_comment_line(lines->items[first]))
		first++;
	return first;
}

static void read_plain(const struct words *lines, struct fence *f)
{
	for (size_t at = 0; at < lines->count;) {
		size_t end = printed_end(lines, at);
		end = end > at ? end : skip_comments(lines, at);
		if (end > at) {
			while (at < end && text_is_blank(lines->items[at]))
				at++;
			add_comment(f, lines, at, end, 0);
			at = end;
			continue;
		}
		struct fence_command *c = add_command(f, (int)at);
		size_t front = prompts_length(lines->items[at], PROMPT_PLAIN);
		front = front > 0 ? front : strspn(lines->items[at], " \t");
		at = read_command(c, lines, at, front, false, PROMPT_PLAIN);
		end = printed_end(lines, at);
		while (at < end && text_is_blank(lines->items[at]))
			at++;
		c->output = join_lines(lines, at, end);
		at = end;
	}
}

/* ---- the whole fence ---- */

static bool has_command(const struct fence *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (!f->items[i].comment)
			return true;
	return false;
}

/* The fence begins with a command and has only known ones: in prose, a line may begin with "which"
 * or "make". */
static bool all_known(const struct fence *f)
{
	if (f->count == 0 || (f->items[0].comment && f->items[0].code[0] != '#'))
		return false;
	for (size_t i = 0; i < f->count; i++)
		if (!f->items[i].comment && !prompts_is_command(f->items[i].code))
			return false;
	return true;
}

/* Some authors use a `docker` fence for a session, others for a Dockerfile. */
static bool is_dockerfile_session(const struct words *lines, const char *language)
{
	size_t first = skip_comments(lines, 0);
	return strcasecmp(language, "docker") == 0 && first < lines->count &&
	       guess_is_dockerfile_line(lines->items[first]);
}

bool commands_begin(const char *code)
{
	cleanup_words struct words lines = {0};
	split_lines(code, &lines);
	size_t first = skip_comments(&lines, 0);
	if (lines.count == 0 || is_session_of(&lines, PROMPT_ROOT))
		return lines.count > 0;
	return first < lines.count && (prompts_is_command(lines.items[first]) ||
					      prompts_length(lines.items[first], PROMPT_PLAIN) > 0);
}

void commands_read(const char *code, const char *language, struct fence *ret)
{
	cleanup_words struct words lines = {0};
	struct fence f = {0};
	bool runs = note_language_runs(language), unnamed = language[0] == '\0';
	split_lines(code, &lines);
	if ((!runs && !unnamed) || lines.count == 0 || text_starts(lines.items[0], "#!") ||
		is_dockerfile_session(&lines, language)) {
		*ret = (struct fence){.listing = true};
		return;
	}
	if (has_sign_prompt(&lines, language)) {
		read_session(&lines, PROMPT_PLAIN, &f);
	} else if (is_session_of(&lines, PROMPT_ROOT)) {
		read_session(&lines, PROMPT_ROOT, &f);
	} else if (is_session_of(&lines, PROMPT_ANGLE)) {
		read_session(&lines, PROMPT_ANGLE, &f);
	} else {
		read_plain(&lines, &f);
		f.listing = unnamed && !all_known(&f);
	}
	f.listing = f.listing || !has_command(&f);
	*ret = f;
}

void commands_finish(struct fence *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].code);
		free(f->items[i].prompt);
		free(f->items[i].output);
	}
	free(f->items);
	*f = (struct fence){0};
}

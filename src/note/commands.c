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
	"zsh-session", "shellscript", "prompt", "linux", "docker-cli"};

/* "term1" and "term2" are terminals beside the text. */
bool note_language_runs(const char *word)
{
	if (text_starts(word, "term") && isdigit((unsigned char)word[4]) && word[5] == '\0')
		return true;
	return text_is_one_of_fold(word, running_languages, ARRAY_LENGTH(running_languages));
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
	bool odd = is_comment_or_blank(lines->items[at]) && x->continued && !x->piped;
	return odd && at + 1 < lines->count && isspace((unsigned char)lines->items[at + 1][0]) &&
	       !text_is_blank(lines->items[at + 1]);
}

/* Reads the lines of one command from lines[at] on; returns the index after the last. */
static size_t read_command(struct fence_command *c, const struct words *lines, size_t at,
	size_t prompt, bool prompts, enum prompt_signs signs)
{
	struct lexer x = {0};
	struct buf code = {0};
	size_t first = at;
	c->prompt = xstrndup(lines->items[at], prompt);
	add_code_line(&x, &code, lines->items[at] + prompt);
	at++;
	while (at < lines->count && lexer_is_open(&x)) {
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
	if (lexer_is_open(&x) && (x.quote != '\0' || x.blocks > 0) && at > first + 1) {
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

/* ---- fences with prompts ---- */

static const char *nth_line(const struct words *lines, size_t at)
{
	return at < lines->count ? lines->items[at] : "";
}

/* An indented prompt is what a program printed: the others begin their lines. */
static size_t prompt_at(const char *line, enum prompt_signs signs)
{
	if (isspace((unsigned char)line[0]))
		return 0;
	size_t length = prompts_length(line, signs);
	return length > 0 ? length : within_prompt(line);
}

/* Finds the next prompt, from `at` on. A prompt of two lines begins with its upper one. */
static size_t find_prompt(const struct words *lines, size_t at, enum prompt_signs signs)
{
	for (; at < lines->count; at++) {
		const char *line = lines->items[at];
		if (prompt_at(line, signs) > 0 || prompts_is_head(line, nth_line(lines, at + 1)))
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

/* Returns the next line, from `at` on, that is a command without a prompt; `end` if there is none.
 */
static size_t find_unprompted(const struct words *lines, size_t at, size_t end)
{
	while (at < end && !(prompts_is_command(lines->items[at]) &&
				   guess_is_command_alone(lines->items[at]) &&
				   !guess_is_prose(lines->items[at])))
		at++;
	return at;
}

/* Output ends where, after a blank line or a comment, a command without a prompt follows. */
static size_t output_end(const struct words *lines, size_t at, size_t end)
{
	for (size_t i = at; i < end; i++) {
		i = find_unprompted(lines, i, end);
		size_t first = i;
		while (i < end && first > at && is_comment_or_blank(lines->items[first - 1]))
			first--;
		if (i < end && first < i)
			return first;
	}
	return end;
}

static size_t take_idle(struct fence *f, const struct words *lines, size_t at, size_t prompt,
	enum prompt_signs signs)
{
	size_t end = find_prompt(lines, at + 1, signs);
	if (prompt == 0 && find_unprompted(lines, at, end) == at)
		return read_command(add_command(f, (int)at), lines, at, 0, false, signs);
	if (prompt == 0)
		end = find_unprompted(lines, at, end);
	if (prompts_is_head(lines->items[at], nth_line(lines, at + 1)))
		return at + 1;
	if (prompt > 0 && text_is_blank(lines->items[at] + prompt))
		add_comment(f, lines, at + 1, end, 0);
	else
		add_comment(f, lines, at, end, prompt);
	return end;
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

/* `exit` comes before the next docker command, at prompts like the host's own or without any:
 * returns its line; `at` if the program was not left so. */
static size_t find_exit(const struct words *lines, size_t at, bool prompts, enum prompt_signs signs)
{
	for (size_t i = at; i < lines->count; i++) {
		const char *line = lines->items[i];
		size_t prompt = prompts ? prompt_at(line, signs) : 0;
		if (prompts && prompt == 0)
			continue;
		if (guess_is_host_command(line + prompt))
			return at;
		if (within_leaves(line + prompt))
			return i;
	}
	return at;
}

/* Finds where the prompt of the host comes back after a command that opened a program. */
static size_t session_end(const struct words *lines, const struct fence_command *c, size_t end,
	const struct within *within, enum prompt_signs signs)
{
	while (end < lines->count && !is_prompt_again(lines->items[end], c->prompt, signs))
		end++;
	size_t exit = within->bare ? find_exit(lines, end, true, signs) : end;
	return exit > end ? find_prompt(lines, exit + 1, signs) : end;
}

/* Returns whether a line with a prompt belongs to the open program. A prompt that looks like a
 * container's may be the host's, in a playground: docker runs there. */
static bool is_within(
	const struct within *within, const char *line, size_t prompt, enum prompt_signs signs)
{
	if (within_leaves(line + prompt))
		return true;
	if (guess_is_host_command(line + prompt))
		return within->depth > 0 && within_prompt(line) > 0 && !within->playground;
	return within_prompt(line) > 0 || (within->bare && signs == PROMPT_ROOT);
}

static size_t take_session(struct fence *f, const struct words *lines, size_t at,
	struct within *within, enum prompt_signs signs)
{
	size_t from = at;
	do {
		at = find_prompt(lines, at + 1, signs);
	} while (at < lines->count &&
		 is_within(within, lines->items[at], prompt_at(lines->items[at], signs), signs));
	struct fence_command *c = add_command(f, (int)from);
	c->comment = c->session = true;
	c->last_line = (int)at - 1;
	c->code = join_lines(lines, from, at);
	c->input = within_read(within, lines, from, at, false);
	return at;
}

static void read_session(
	const struct words *lines, enum prompt_signs signs, struct within *within, struct fence *f)
{
	for (size_t at = 0; at < lines->count;) {
		const char *line = lines->items[at];
		size_t prompt = prompt_at(line, signs);
		if (prompt == 0 || is_empty_prompt(line, prompt)) {
			at = take_idle(f, lines, at, prompt, signs);
			continue;
		}
		if (is_within(within, line, prompt, signs)) {
			at = take_session(f, lines, at, within, signs);
			continue;
		}
		struct fence_command *c = add_command(f, (int)at);
		at = read_command(c, lines, at, prompt, true, signs);
		within_enter(within, c->code, c->prompt);
		size_t end = find_prompt(lines, at, signs);
		end = within->depth > 0 ? session_end(lines, c, end, within, signs)
					: output_end(lines, at, end);
		c->output = join_lines(lines, at, end);
		c->input = within_read(within, lines, at, end, false);
		at = end;
	}
}

/* ---- fences without prompts ---- */

/* In such a fence, text at a prompt was typed into a program that an earlier line started. */
static bool is_typed_text(const struct words *lines, size_t at, bool loose)
{
	const char *line = lines->items[at] + strspn(lines->items[at], " \t");
	if (loose && !prompts_is_likely_command(line))
		return !guess_is_windows(line, "");
	bool within = strchr("$%", *line) == NULL && prompts_length(line, PROMPT_PLAIN) > 0;
	return within || guess_is_no_command(line, nth_line(lines, at + 1));
}

/* Output continues up to a line that begins with a command, or a comment. `loose`: what is not a
 * known command is output. */
static size_t printed_end(const struct words *lines, size_t at, bool loose)
{
	size_t first = at;
	while (first < lines->count && text_is_blank(lines->items[first]))
		first++;
	if (first == lines->count || is_comment_line(lines->items[first]) ||
		!is_typed_text(lines, first, loose))
		return at;
	while (first < lines->count && !prompts_is_command(lines->items[first]) &&
		!is_comment_line(lines->items[first]) &&
		!(loose && (prompts_is_likely_command(lines->items[first]) ||
				   guess_is_windows(lines->items[first], ""))))
		first++;
	return first;
}

/* Lines without a prompt after a command that opened a shell were typed there, up to `exit` or the
 * next command that only the host has. */
static size_t typed_end(const struct words *lines, size_t at, const struct within *within)
{
	size_t end = at;
	while (within->depth > 0 && end < lines->count && within_typed(lines->items[end]) != NULL &&
		!guess_is_host_command(within_typed(lines->items[end])))
		end++;
	bool prompted = end > at;
	while (prompted && end < lines->count && !prompts_is_command(lines->items[end]) &&
		!is_comment_line(lines->items[end]))
		end++;
	if (!within->bare || prompted)
		return end;
	size_t exit = find_exit(lines, at, false, PROMPT_PLAIN);
	if (exit > at)
		return exit + 1;
	while (end < lines->count && !is_comment_line(lines->items[end]) &&
		!guess_is_host_command(lines->items[end]))
		end++;
	return end;
}

static size_t skip_blank(const struct words *lines, size_t at, size_t end)
{
	while (at < end && text_is_blank(lines->items[at]))
		at++;
	return at;
}

/* Lines of the open program at the beginning of a fence. */
static size_t take_typed(
	struct fence *f, const struct words *lines, size_t at, struct within *within)
{
	const char *line = lines->items[at];
	size_t end = within_leaves(line) ? at + 1
		     : guess_is_no_command(line, nth_line(lines, at + 1))
			     ? at
			     : typed_end(lines, at, within);
	if (end == at)
		return at;
	struct fence_command *c = add_command(f, (int)at);
	c->comment = c->session = true;
	c->last_line = (int)end - 1;
	c->code = join_lines(lines, at, end);
	c->input = within_read(within, lines, at, end, true);
	return end;
}

static void read_plain(
	const struct words *lines, bool loose, struct within *within, struct fence *f)
{
	for (size_t at = 0; at < lines->count;) {
		at = skip_blank(lines, at, lines->count);
		if (at == lines->count)
			break;
		size_t typed = take_typed(f, lines, at, within);
		if (typed > at) {
			at = typed;
			continue;
		}
		size_t end = printed_end(lines, at, loose);
		end = end > at ? end : skip_comments(lines, at);
		if (end > at) {
			add_comment(f, lines, skip_blank(lines, at, end), end, 0);
			at = end;
			continue;
		}
		struct fence_command *c = add_command(f, (int)at);
		size_t front = prompts_length(lines->items[at], PROMPT_PLAIN);
		front = front > 0 ? front : strspn(lines->items[at], " \t");
		at = read_command(c, lines, at, front, false, PROMPT_PLAIN);
		within_enter(within, c->code, c->prompt);
		end = typed_end(lines, at, within);
		end = printed_end(lines, end, loose);
		at = skip_blank(lines, at, end);
		c->output = join_lines(lines, at, end);
		c->input = within_read(within, lines, at, end, within->bare);
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

/* In prose, a line may begin with "which" or "make". */
static bool is_known(const char *code)
{
	static const char *const words[] = {"make", "which", "time", "go", "head", "tail", "id",
		"service", "node", "touch", "less", "host", "date", "find", "set", "source"};
	cleanup_free char *first = xstrndup(code, strcspn(code, " "));
	cleanup_free char *line = xstrndup(code, strcspn(code, "\n"));
	const char *gap = strstr(line, "   "); /* of a drawing, unless a comment follows */
	bool drawn = gap != NULL && gap[strspn(gap, " ")] != '#' && gap[strspn(gap, " ")] != '\\' &&
		     strpbrk(line, "'\"") == NULL;
	return prompts_is_likely_command(code) && !drawn &&
	       !(text_is_one_of(first, words, ARRAY_LENGTH(words)) && guess_is_prose(line));
}

/* The fence begins with a command and has only known ones. */
static bool all_known(const struct fence *f)
{
	const struct fence_command *first = f->count > 0 ? &f->items[0] : NULL;
	if (first == NULL || (first->comment && !first->session && first->code[0] != '#'))
		return false;
	for (size_t i = 0; i < f->count; i++) {
		const struct fence_command *c = &f->items[i];
		bool known = is_known(c->code) || guess_is_windows(c->code, "") ||
			     (c->session && within_typed(c->code) != NULL) ||
			     (c->session && within_leaves(c->code));
		if ((!c->comment || c->session) && !known)
			return false;
	}
	return true;
}

/* Some authors use a `docker` fence for a session, others for a Dockerfile. */
static bool is_dockerfile_session(const struct words *lines, const char *language)
{
	size_t first = skip_comments(lines, 0);
	return strcasecmp(language, "docker") == 0 && first < lines->count &&
	       guess_is_dockerfile_line(lines->items[first]);
}

/* Removes the blanks that all lines have in common, or all prompts if there are any: what is deeper
 * was printed. */
static void dedent_lines(struct words *lines, bool prompted)
{
	size_t least = SIZE_MAX;
	for (size_t i = 0; i < lines->count; i++) {
		size_t indent = strspn(lines->items[i], " \t");
		bool counts = prompted ? prompts_length(lines->items[i], PROMPT_PLAIN) > 0
				       : !text_is_blank(lines->items[i]);
		least = counts && indent < least ? indent : least;
	}
	for (size_t i = 0; least != SIZE_MAX && i < lines->count; i++) {
		size_t indent = strspn(lines->items[i], " \t");
		size_t cut = indent < least ? indent : least;
		memmove(lines->items[i], lines->items[i] + cut, strlen(lines->items[i]) - cut + 1);
	}
}

/* "C:\x> ", "PS C:\x> " */
static bool is_windows_prompt(const char *prompt)
{
	return strstr(prompt, ":\\") != NULL || text_starts(prompt, "PS ");
}

/* Show what works only on Windows, but do not run it. */
static void set_windows_apart(struct fence *f, const char *language)
{
	for (size_t i = 0; i < f->count; i++)
		if (!f->items[i].comment &&
			guess_is_windows(f->items[i].code,
				is_windows_prompt(f->items[i].prompt) ? "cmd" : language))
			f->items[i].comment = true;
}

bool commands_begin(const char *code)
{
	cleanup_words struct words lines = {0};
	split_lines(code, &lines);
	dedent_lines(&lines, false);
	size_t first = skip_comments(&lines, 0);
	if (lines.count == 0 || is_session_of(&lines, PROMPT_ROOT))
		return lines.count > 0;
	for (size_t i = 0; i < lines.count; i++) {
		size_t prompt = prompts_length(lines.items[i], PROMPT_PLAIN);
		if (prompt > 0 && (i == first || prompts_is_command(lines.items[i] + prompt)))
			return true;
	}
	return first < lines.count && prompts_is_command(lines.items[first]);
}

void commands_read(const char *code, const char *language, struct within *within, struct fence *ret)
{
	cleanup_words struct words lines = {0};
	struct within w = *within;
	struct fence f = {0};
	bool runs = note_language_runs(language);
	bool unnamed = !runs && !guess_is_code_language(language);
	split_lines(code, &lines);
	dedent_lines(&lines, false);
	if (w.depth > 0 && lines.count > 0 && within_prompt(lines.items[0]) > 0)
		runs = true; /* whatever language the program reads */
	if ((!runs && !unnamed) || lines.count == 0 || text_starts(lines.items[0], "#!") ||
		is_dockerfile_session(&lines, language)) {
		*ret = (struct fence){.listing = true};
		return;
	}
	if (has_sign_prompt(&lines, language) ||
		(w.depth > 0 && within_prompt(lines.items[0]) > 0)) {
		dedent_lines(&lines, true);
		read_session(&lines, PROMPT_PLAIN, &w, &f);
	} else if (is_session_of(&lines, PROMPT_ROOT)) {
		read_session(&lines, PROMPT_ROOT, &w, &f);
	} else if (is_session_of(&lines, PROMPT_ANGLE)) {
		read_session(&lines, PROMPT_ANGLE, &w, &f);
	} else {
		read_plain(&lines, unnamed, &w, &f);
		f.listing = unnamed && !all_known(&f);
	}
	set_windows_apart(&f, language);
	if (!f.listing)
		*within = w;
	f.listing = f.listing || !has_command(&f);
	*ret = f;
}

void commands_finish(struct fence *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].code);
		free(f->items[i].prompt);
		free(f->items[i].output);
		free(f->items[i].input);
	}
	free(f->items);
	*f = (struct fence){0};
}

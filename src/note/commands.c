/* note/commands.c - fences of commands: which fences have any, and of which kind */
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

/* ---- the whole fence ---- */

/* Fences in a scripting language: a prompt further down may be the text of a here-document. */
static bool is_script_language(const char *language)
{
	static const char *const names[] = {"sh", "bash", "zsh", "ksh", "dash"};
	return text_is_one_of_fold(language, names, ARRAY_LENGTH(names));
}

static bool has_sign_prompt(const struct words *lines, const char *language)
{
	size_t first = fence_skip_comments(lines, 0);
	if (is_script_language(language) && first < lines->count)
		return prompts_length(lines->items[first], PROMPT_PLAIN) > 0;
	for (size_t i = 0; i < lines->count; i++) {
		/* after a command without a prompt, "❯ test/x.js (2 tests)" is output */
		size_t prompt = prompts_length(lines->items[i], PROMPT_PLAIN);
		if (prompt > 0 && (prompts_names_command(lines->items[i] + prompt) ||
					  !guess_is_command_alone(fence_line(lines, first))))
			return true;
	}
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

/* "> mytool --all" alone in a fence of a shell: only a prompt can stand there, since nobody empties
 * a file called "mytool" for a reader. */
static bool is_session_of_tool(const struct words *lines, const char *language)
{
	size_t first = fence_skip_comments(lines, 0);
	const char *line = fence_line(lines, first);
	size_t word = text_starts(line, "> ")
			      ? strspn(line + 2, "abcdefghijklmnopqrstuvwxyz0123456789_-")
			      : 0;
	bool last = fence_skip_blank(lines, first + 1, lines->count) == lines->count;
	return note_language_runs(language) && last && word > 1 &&
	       islower((unsigned char)line[2]) &&
	       (line[2 + word] == ' ' || line[2 + word] == '\0') && !guess_is_prose(line + 2);
}

/* "# docker run …" above "[root@1f2e3d4c5b6a /]# ls": all other prompts are those of what a command
 * opened. */
static bool is_session_of_root(const struct words *lines)
{
	bool others = false;
	if (lines->items[0][0] != '#')
		return false;
	for (size_t i = 0; i < lines->count; i++) {
		const char *line = lines->items[i];
		if (prompts_length(line, PROMPT_PLAIN) > 0 && within_prompt(line) == 0)
			return false;
		others = others || within_prompt(line) > 0;
	}
	return others && is_session_of(lines, PROMPT_ROOT);
}

/* "API=http://localhost", "KEY=": settings of a file, of which some are still to be filled in. */
static bool are_settings(const struct words *lines)
{
	bool empty = false;
	for (size_t i = 0; i < lines->count; i++) {
		const char *line = lines->items[i];
		size_t name = guess_setting_length(line);
		if (fence_is_idle(line))
			continue;
		if (name == 0)
			return false;
		empty = empty || line[name + 1] == '\0';
	}
	return empty;
}

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
	bool sentence = guess_is_prose(line) && strpbrk(line, "-'\"/$<|") == NULL;
	return prompts_is_likely_command(code) && !guess_is_drawn(line) && !sentence &&
	       !(text_is_one_of(first, words, ARRAY_LENGTH(words)) && guess_is_prose(line));
}

/* "flux get all" after "flux bootstrap --owner=me": an earlier command calls the same program. */
static bool is_repeated(const struct fence *f, size_t at)
{
	const char *code = f->items[at].code;
	size_t word = strcspn(code, " \n");
	if (strstr(code, " = ") != NULL)
		return false; /* "const a = 1" */
	for (size_t i = 0; i < at && code[word] == ' '; i++)
		if (!f->items[i].comment && strncmp(f->items[i].code, code, word + 1) == 0)
			return true;
	return false;
}

/* The fence begins with a command and has only known ones. */
static bool all_known(const struct fence *f)
{
	const struct fence_command *first = f->count > 0 ? &f->items[0] : NULL;
	if (first == NULL || (first->comment && !first->session && first->code[0] != '#'))
		return false;
	size_t own = guess_is_own_tool(first->code) ? strcspn(first->code, " ") + 1 : 0;
	for (size_t i = 0; i < f->count; i++) {
		const struct fence_command *c = &f->items[i];
		bool known = is_known(c->code) || guess_is_windows(c->code, "") ||
			     (own > 0 && strncmp(c->code, first->code, own) == 0) ||
			     programs_is_call(f->programs, c->code) || is_repeated(f, i) ||
			     (c->session && within_typed(c->code) != NULL) ||
			     (c->session && within_leaves(c->code));
		if ((!c->comment || c->session) && !known)
			return false;
	}
	return true;
}

/* Some authors use a `docker` fence, or one for a shell, for a Dockerfile. */
static bool is_dockerfile_session(const struct words *lines, const char *language)
{
	size_t first = fence_skip_comments(lines, 0);
	const char *line = fence_line(lines, first);
	bool docker = strcasecmp(language, "docker") == 0;
	return docker ? guess_is_dockerfile_line(line) : text_starts(line, "FROM ");
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

/* "docker stop $id" after "$id = docker run …" */
static bool has_variable_of(const struct words *set, const char *code)
{
	for (size_t i = 0; i < set->count; i++) {
		const char *at = strstr(code, set->items[i]);
		const char *behind = at != NULL ? at + strlen(set->items[i]) : NULL;
		if (behind != NULL && !isalnum((unsigned char)*behind) && *behind != '_')
			return true;
	}
	return false;
}

/* Show what works only on Windows, or in a job, but do not run it. */
static void set_foreign_apart(struct fence *f, const char *language)
{
	cleanup_words struct words set = {0};
	for (size_t i = 0; i < f->count; i++) {
		struct fence_command *c = &f->items[i];
		size_t variable = guess_variable_length(c->code);
		if (variable > 0)
			words_add_bytes(&set, c->code, variable);
		if (c->comment)
			continue;
		const char *of = is_windows_prompt(c->prompt) ? "cmd" : language;
		c->comment = guess_is_windows(c->code, of) || guess_is_for_job(c->code) ||
			     has_variable_of(&set, c->code);
	}
}

bool commands_begin(const char *code, const struct programs *programs)
{
	cleanup_words struct words lines = {0};
	fence_split(code, &lines);
	dedent_lines(&lines, false);
	size_t first = fence_skip_comments(&lines, 0);
	if (lines.count == 0 || is_session_of(&lines, PROMPT_ROOT))
		return lines.count > 0;
	for (size_t i = 0; i < lines.count; i++) {
		size_t prompt = prompts_length(lines.items[i], PROMPT_PLAIN);
		if (prompt > 0 && (i == first || prompts_is_command(lines.items[i] + prompt)))
			return true;
	}
	const char *line = fence_line(&lines, first);
	const char *operand = line + strcspn(line, " ");
	bool script = text_starts(line, "./") && *operand == ' ' && !guess_is_drawn(line);
	bool loop = strstr(line, "; do") != NULL && prompts_is_likely_command(line);
	return prompts_is_command(line) || script || loop || guess_is_own_tool(line) ||
	       programs_is_call(programs, line) ||
	       (prompts_is_likely_command(line) && text_starts(operand, " -"));
}

bool commands_contain(const char *code)
{
	cleanup_words struct words lines = {0};
	fence_split(code, &lines);
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i] + strspn(lines.items[i], " \t");
		if (prompts_names_command(line) || prompts_length(line, PROMPT_ROOT) > 0)
			return true;
	}
	return false;
}

/* "$ docker ps", or "docker ps" alone. */
static bool is_session_begun(const char *line)
{
	size_t prompt = line[0] == '$' ? prompts_length(line, PROMPT_PLAIN) : 0;
	if (prompt > 0)
		return prompts_is_command(line + prompt);
	return guess_is_host_command(line) && guess_is_command_alone(line) && !guess_is_prose(line);
}

/* Returns whether the first prompt is that of an open program. `greeted`: the lines above it may be
 * what the program printed when it began. */
static bool begins_within(const struct words *lines, bool greeted)
{
	for (size_t i = 0; i < lines->count && (greeted || i == 0); i++) {
		const char *line = lines->items[i];
		if (within_prompt(line) > 0)
			return true;
		if (prompts_length(line, PROMPT_PLAIN) > 0 || prompts_is_command(line))
			return false;
	}
	return false;
}

void commands_read(const char *code, const char *language, struct within *within, struct fence *ret)
{
	cleanup_words struct words lines = {0};
	struct within w = *within;
	struct fence f = {.programs = within->programs};
	bool runs = note_language_runs(language);
	bool unnamed = !runs && !guess_is_code_language(language);
	fence_split(code, &lines);
	dedent_lines(&lines, false);
	if (!runs && !unnamed && lines.count > 0 && is_session_begun(lines.items[0]))
		unnamed = true; /* its language is that of the output, or a slip */
	bool inside = w.depth > 0 && begins_within(&lines, runs || unnamed);
	if (inside)
		runs = true; /* whatever language the program reads */
	if ((!runs && !unnamed) || lines.count == 0 || are_settings(&lines) ||
		text_starts(lines.items[0], "#!") || is_dockerfile_session(&lines, language)) {
		*ret = (struct fence){.listing = true};
		return;
	}
	if (!inside && is_session_of_root(&lines)) {
		session_read(&lines, PROMPT_ROOT, &w, &f);
	} else if (has_sign_prompt(&lines, language) || inside) {
		dedent_lines(&lines, true);
		bool dollar = text_starts(fence_line(&lines, fence_skip_comments(&lines, 0)), "$ ");
		session_read(&lines, dollar ? PROMPT_DOLLAR : PROMPT_PLAIN, &w, &f);
	} else if (is_session_of(&lines, PROMPT_ROOT)) {
		session_read(&lines, PROMPT_ROOT, &w, &f);
	} else if (is_session_of(&lines, PROMPT_ANGLE) || is_session_of_tool(&lines, language)) {
		session_read(&lines, PROMPT_ANGLE, &w, &f);
	} else {
		unprompted_read(&lines, unnamed, &w, &f);
		f.listing = unnamed && !all_known(&f);
	}
	set_foreign_apart(&f, language);
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

/* note/session.c - fences with prompts: commands, their output, what was typed into a program */
#include "fence.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Finds the next prompt, from `at` on. A prompt of two lines begins with its upper one. */
static size_t find_prompt(const struct words *lines, size_t at, enum prompt_signs signs)
{
	for (; at < lines->count; at++) {
		const char *line = lines->items[at];
		if (fence_prompt(line, signs) > 0 ||
			prompts_is_head(line, fence_line(lines, at + 1)))
			break;
		if (signs == PROMPT_ROOT && text_starts(line, "# "))
			break; /* a comment between commands */
	}
	return at;
}

/* Only a comment, or nothing, was typed at this prompt. */
static bool is_empty_prompt(const char *line, size_t prompt)
{
	return fence_is_idle(line + prompt);
}

static bool is_whole_command(const struct programs *programs, const char *line)
{
	cleanup_free char *resolved = programs_resolve(programs, line);
	line = resolved != NULL ? resolved : line;
	return prompts_is_command(line) && guess_is_command_alone(line) && !guess_is_prose(line);
}

/* Returns the next line, from `at` on, that is a command without a prompt; `end` if there is none.
 */
static size_t find_unprompted(
	const struct programs *programs, const struct words *lines, size_t at, size_t end)
{
	while (at < end && !is_whole_command(programs, lines->items[at]))
		at++;
	return at;
}

/* Output ends where, after a blank line or a comment, a command without a prompt follows. */
static size_t output_end(
	const struct programs *programs, const struct words *lines, size_t at, size_t end)
{
	for (size_t i = at; i < end; i++) {
		i = find_unprompted(programs, lines, i, end);
		size_t first = i;
		while (i < end && first > at && fence_is_idle(lines->items[first - 1]))
			first--;
		if (i < end && first < i && !fence_announces(lines, at, i))
			return first;
	}
	return end;
}

static size_t take_idle(struct fence *f, const struct words *lines, size_t at, size_t prompt,
	enum prompt_signs signs)
{
	size_t end = find_prompt(lines, at + 1, signs);
	if (prompt == 0)
		end = find_unprompted(f->programs, lines, at, end);
	if (prompts_is_head(lines->items[at], fence_line(lines, at + 1)))
		return at + 1;
	if (prompt > 0 && text_is_blank(lines->items[at] + prompt))
		fence_add_comment(f, lines, at + 1, end, 0);
	else
		fence_add_comment(f, lines, at, end, prompt);
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
	size_t length = prompts_length(line, signs), clock = prompts_clock_length(line);
	line += clock;
	length -= length > 0 ? clock : 0;
	prompt += prompts_clock_length(prompt);
	size_t before = strlen(prompt);
	if (length == 0 || strncmp(line, prompt, before) == 0)
		return length > 0;
	if (strchr(prompt, '@') != NULL)
		return strncmp(line, prompt, strcspn(prompt, ": ")) == 0;
	if ((unsigned char)prompt[0] >= 0x80)
		return (unsigned char)line[0] >= 0x80;
	char sign = sign_of(prompt, before);
	return sign != '#' && sign == sign_of(line, length) && begins_alike(line, prompt);
}

/* Finds where the prompt of the host comes back after a command that opened a program. */
static size_t session_end(const struct words *lines, const struct fence_command *c, size_t end,
	const struct within *within, enum prompt_signs signs)
{
	bool others = false;
	if (c->prompt[0] == '\0') /* the program's prompts are the only ones */
		return find_unprompted(within->programs, lines, end, lines->count);
	for (; end < lines->count && !is_prompt_again(lines->items[end], c->prompt, signs); end++)
		others = others || within_prompt(lines->items[end]) > 0;
	if (others) /* the program has prompts of its own, so this is the host's */
		return end;
	size_t exit = within->bare ? fence_find_exit(lines, end, true, signs) : end;
	return exit > end ? find_prompt(lines, exit + 1, signs) : end;
}

/* Returns whether a line with a prompt belongs to the open program. A prompt that looks like a
 * container's may be the host's, in a playground: docker runs there. */
static bool is_within(
	const struct within *within, const char *line, size_t prompt, enum prompt_signs signs)
{
	if (within_leaves(line + prompt))
		return true;
	if (within_is_left_for(within, line + prompt))
		return within->depth > 0 && within_prompt(line) > 0 && !within->playground;
	if (within->playground && within->depth == 0)
		return false;
	bool root = text_starts(line, "root@") || text_starts(line, "[root@");
	bool bare = within->bare || within->told;
	return within_prompt(line) > 0 || (bare && signs == PROMPT_ROOT) ||
	       (within->depth > 0 && root && !within->root);
}

/* Returns whether the line has a prompt of a program: a container's, or a database's. */
static bool is_program_prompt(const struct words *lines, size_t at)
{
	const char *line = fence_line(lines, at);
	return within_prompt(line) > 0 || text_starts(line, "root@") || text_starts(line, "[root@");
}

/* "web:/# ls": root's prompt right below a command without one. */
static bool is_prompt_of_root(const struct words *lines, size_t at, enum prompt_signs signs)
{
	const char *line = fence_line(lines, at);
	size_t prompt = fence_prompt(line, signs);
	return prompt > 0 && sign_of(line, prompt) == '#' && !guess_is_host_command(line + prompt);
}

/* "ssh box", "vagrant ssh": what follows is typed on a machine, which may be the reader's. */
static bool logs_in(const char *code)
{
	static const char *const names[] = {"ssh", "su", "sudo", "vagrant", "multipass", "limactl",
		"docker-machine", "gcloud", "aws", "wsl"};
	cleanup_free char *name = xstrndup(code, strcspn(code, " "));
	return text_is_one_of(name, names, ARRAY_LENGTH(names));
}

static size_t take_session(struct fence *f, const struct words *lines, size_t at,
	struct within *within, enum prompt_signs signs)
{
	size_t from = at;
	do {
		at = find_prompt(lines, at + 1, signs);
	} while (at < lines->count &&
		 is_within(within, lines->items[at], fence_prompt(lines->items[at], signs), signs));
	struct fence_command *c = fence_add(f, (int)from);
	c->comment = c->session = true;
	c->last_line = (int)at - 1;
	c->code = fence_join(lines, from, at);
	c->input = within_read(within, lines, from, at, false);
	return at;
}

void session_read(
	const struct words *lines, enum prompt_signs signs, struct within *within, struct fence *f)
{
	for (size_t at = 0; at < lines->count;) {
		const char *line = lines->items[at];
		size_t prompt = fence_prompt(line, signs);
		bool unprompted =
			prompt == 0 && find_unprompted(f->programs, lines, at, at + 1) == at;
		if (!unprompted && (prompt == 0 || is_empty_prompt(line, prompt))) {
			at = take_idle(f, lines, at, prompt, signs);
			continue;
		}
		if (!unprompted && is_within(within, line, prompt, signs)) {
			at = take_session(f, lines, at, within, signs);
			continue;
		}
		struct fence_command *c = fence_add(f, (int)at);
		at = fence_read_command(c, lines, at, prompt, !unprompted, signs);
		within_enter(within, c->code, c->prompt);
		size_t end = find_prompt(lines, at, signs);
		if (unprompted && is_program_prompt(lines, end) &&
			find_unprompted(f->programs, lines, at, end) == end &&
			!fence_is_idle(lines->items[at]) && !within_is_left_for(within, c->code) &&
			!logs_in(c->code))
			within->depth = 1;
		bool opened = within->depth > 0 &&
			      (!unprompted || is_program_prompt(lines, end) ||
				      (end == at && is_prompt_of_root(lines, end, signs)));
		end = opened       ? session_end(lines, c, end, within, signs)
		      : unprompted ? at
				   : output_end(f->programs, lines, at, end);
		c->output = fence_join(lines, at, end);
		c->input = within_read(within, lines, at, end, false);
		at = end;
	}
}

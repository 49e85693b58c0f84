/* note/unprompted.c - fences without prompts: commands, and what looks like output */
#include "fence.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* "> app@1.0.0 start" of npm, "% Total" of curl; "> /var/log/x" empties a file. */
static bool is_printed_sign(const char *line)
{
	return text_starts(line, "% ") ||
	       (text_starts(line, "> ") && strchr("/~.$\"", line[2]) == NULL);
}

#define CALLS_MAX 16 /* so that a long fence is not read again for each of its lines */

/* "sail npm install" after "sail up -d": the fence has already called that program, or the note
 * names it elsewhere. */
static bool is_called(const struct fence *f, const char *line)
{
	if (programs_is_call(f->programs, line))
		return true;
	size_t word = strcspn(line, " \t");
	const char *operand = line + word + strspn(line + word, " \t");
	size_t end = strcspn(operand, " \t");
	bool option = *operand == '-', version = isdigit((unsigned char)operand[end > 1]);
	if (word == 0 || (!option && !islower((unsigned char)*operand)) || version ||
		(end > 0 && operand[end - 1] == ':') || guess_is_prose(line))
		return false;
	for (size_t i = f->count; i > 0 && f->count - i < CALLS_MAX; i--) {
		const struct fence_command *c = &f->items[i - 1];
		if (!c->comment && strncmp(c->code, line, word) == 0 && c->code[word] == ' ')
			return true;
	}
	return false;
}

/* In such a fence, text at a prompt was typed into a program that an earlier line started. */
static bool is_typed_text(const struct fence *f, const struct words *lines, size_t at, bool loose)
{
	const char *line = lines->items[at] + strspn(lines->items[at], " \t");
	bool own = (at == 0 && f->count == 0 && guess_is_own_tool(line)) || is_called(f, line);
	if (loose && !own && (!prompts_is_likely_command(line) || guess_is_drawn(line)))
		return !guess_is_windows(line, "");
	bool within = strchr("$%", *line) == NULL && prompts_length(line, PROMPT_PLAIN) > 0;
	return within || is_printed_sign(line) ||
	       guess_is_no_command(line, fence_line(lines, at + 1));
}

/* Returns whether a line below output begins something else: a command, or a comment. */
static bool ends_output(const struct fence *f, const char *line, bool loose)
{
	bool known = loose ? prompts_is_likely_command(line) : prompts_is_command(line);
	return (known && !guess_is_drawn(line) && !text_ends(line, ":")) ||
	       fence_is_comment(line) || (loose && guess_is_windows(line, "")) ||
	       is_called(f, line);
}

/* `loose`: what is not a known command is output. */
static size_t printed_end(const struct fence *f, const struct words *lines, size_t at, bool loose)
{
	size_t first = fence_skip_blank(lines, at, lines->count);
	if (first == lines->count || fence_is_comment(lines->items[first]) ||
		!is_typed_text(f, lines, first, loose))
		return at;
	size_t second = first + 1; /* "Then:" in the first would be the author's */
	while (first < lines->count && (!ends_output(f, lines->items[first], loose) ||
					       fence_announces(lines, second, first)))
		first++;
	return first;
}

/* "mytool --all", "mytool $HOME", "mytool | sort", "mytool > file", "mytool 'two words'" */
static bool has_operands_of_command(const char *line)
{
	for (const char *c = line; (c = strchr(c, ' ')) != NULL;) {
		c++;
		const char *next = c[0] != '\0' ? c + 1 + strspn(c + 1, " ") : c;
		if ((c[0] == '-' && (c[1] == '-' || isalpha((unsigned char)c[1]))) || c[0] == '$' ||
			(c[0] == '|' && prompts_names_command(next)) ||
			(c[0] == '>' && (c[1] == ' ' || c[1] == '>')) || text_ends(c, "\\"))
			return true;
	}
	return false;
}

/* "env | grep DOCKER", "docker run alpine env": prints the environment. */
static bool prints_settings(const char *code)
{
	for (const char *at = code; (at = strstr(at, "env")) != NULL; at += 3)
		if ((at == code || strchr(" t", at[-1]) != NULL) && (at[3] == ' ' || at[3] == '\0'))
			return true;
	return false;
}

/* A line below a command that has neither a known command nor operands that only commands have is
 * what was printed: "web" below "docker stop web", "hi there" below "cat /data/x". */
static bool is_printed_below(const struct fence *f, const char *line, const char *code)
{
	size_t word = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789_-.:/@");
	if (programs_is_call(f->programs, line))
		return false;
	if (text_same(line, "true") || text_same(line, "false"))
		return true;
	if (prints_settings(code) && guess_setting_length(line) > 0)
		return true;
	if (word == 0 || strchr("./", line[0]) != NULL ||
		(line[word] != ' ' && line[word] != '\0') || prompts_names_command(line))
		return false;
	const char *installed = strstr(code, " install ");
	cleanup_free char *name = xstrndup(line, word);
	if (installed != NULL && strstr(installed, name) != NULL)
		return false;
	return strstr(code, line) != NULL || !has_operands_of_command(line);
}

static size_t echoed_end(
	const struct fence *f, const struct words *lines, size_t at, const char *code)
{
	size_t from = at;
	while (prompts_is_command(code)) {
		const char *line = fence_line(lines, at);
		bool deeper = at > from && (line[0] == ' ' || line[0] == '\t');
		if (!deeper && !is_printed_below(f, line, code))
			break;
		at++;
	}
	return at;
}

/* Lines without a prompt after a command that opened a shell were typed there, up to `exit` or the
 * next command that only the host has. */
static size_t typed_end(const struct words *lines, size_t at, const struct within *within)
{
	size_t end = at;
	while (within->depth > 0 && end < lines->count && within_typed(lines->items[end]) != NULL &&
		!within_is_left_for(within, within_typed(lines->items[end])))
		end++;
	bool prompted = end > at;
	bool bare = within->bare || within->told;
	while (prompted && end < lines->count && !prompts_is_command(lines->items[end]) &&
		!within_is_left_for(within, lines->items[end]) &&
		!fence_is_comment(lines->items[end]))
		end++;
	if (!bare || prompted)
		return end;
	size_t exit = fence_find_exit(lines, at, false, PROMPT_PLAIN);
	if (exit > at)
		return exit + 1;
	while (end < lines->count && !fence_is_comment(lines->items[end]) &&
		!within_is_left_for(within, lines->items[end]))
		end++;
	return end;
}

/* Returns whether a fence without prompts is the host's, although a shell is open: it has docker
 * or, unless the text says that it is typed inside, other tools of the host, and nothing leaves the
 * shell before. */
static bool is_host_fence(const struct words *lines, const struct within *within)
{
	static const char *const tools[] = {"git", "sudo", "brew", "code", "open", "xdg-open",
		"mvn", "gradle", "ssh", "systemctl", "journalctl", "terraform", "aws", "make"};
	for (size_t i = 0; i < lines->count; i++) {
		const char *line = lines->items[i];
		cleanup_free char *word = xstrndup(line, strcspn(line, " "));
		if (within_leaves(line))
			return false;
		bool tool = !within->told && text_is_one_of(word, tools, ARRAY_LENGTH(tools));
		if (tool || within_is_left_for(within, line))
			return true;
	}
	return false;
}

/* Lines of the open program at the beginning of a fence. */
static size_t take_typed(
	struct fence *f, const struct words *lines, size_t at, struct within *within)
{
	const char *line = lines->items[at];
	bool first = at == 0 && (within->bare || within->told) && within_typed(line) == NULL;
	if (first && is_host_fence(lines, within))
		within->bare = within->told = false;
	size_t end = within_leaves(line) ? at + 1
		     : guess_is_no_command(line, fence_line(lines, at + 1))
			     ? at
			     : typed_end(lines, at, within);
	if (end == at)
		return at;
	struct fence_command *c = fence_add(f, (int)at);
	c->comment = c->session = true;
	c->last_line = (int)end - 1;
	c->code = fence_join(lines, at, end);
	c->input = within_read(within, lines, at, end, within_typed(line) == NULL);
	return end;
}

/* "Options:", "Global Flags:" above lines that begin with a hyphen: from there on, or from the
 * usage above it, a program describes itself. Returns the first such line, or the number of lines.
 */
static size_t find_help(const struct words *lines)
{
	static const char *const heads[] = {"options:", "flags:", "arguments:", "commands:"};
	for (size_t i = 1; i < lines->count; i++) {
		cleanup_free char *line = xstrdup(lines->items[i]);
		const char *next = fence_line(lines, fence_skip_blank(lines, i + 1, lines->count));
		bool head = false;
		for (char *c = line; *c != '\0'; c++)
			*c = (char)tolower((unsigned char)*c);
		for (size_t k = 0; k < ARRAY_LENGTH(heads); k++)
			head = head || text_ends(line, heads[k]);
		if (head && next[strspn(next, " \t")] == '-')
			return i;
	}
	return lines->count;
}

/* The help is what the command above it printed; "mytool [options] <file>" belongs to it, and is no
 * command. */
static void add_help(struct fence *f, const struct words *lines, size_t help)
{
	struct fence_command *last = f->count > 0 ? &f->items[f->count - 1] : NULL;
	if (last == NULL || last->comment || strpbrk(last->code, "[<") != NULL) {
		if (last != NULL)
			last->comment = true;
		fence_add_comment(f, lines, help, lines->count, 0);
		return;
	}
	cleanup_free char *above = last->output, *text = fence_join(lines, help, lines->count);
	last->output = above != NULL ? xasprintf("%s\n\n%s", above, text) : xstrdup(text);
}

/* "make shell", "sail bash", if `exit` leaves it again: a shell that the author's own tool opens.
 */
static bool opens_own_shell(const struct words *lines, size_t at, const char *code)
{
	static const char *const words[] = {"shell", "sh", "bash", "console", "enter"};
	const char *last = strrchr(code, ' ');
	return last != NULL && strchr(code, ' ') == last && !guess_is_host_command(code) &&
	       text_is_one_of(last + 1, words, ARRAY_LENGTH(words)) &&
	       fence_find_exit(lines, at, false, PROMPT_PLAIN) > at;
}

static void read_lines(
	const struct words *lines, bool loose, struct within *within, struct fence *f)
{
	for (size_t at = 0; at < lines->count;) {
		at = fence_skip_blank(lines, at, lines->count);
		if (at == lines->count)
			break;
		size_t typed = take_typed(f, lines, at, within);
		if (typed > at) {
			at = typed;
			continue;
		}
		size_t end = printed_end(f, lines, at, loose);
		if (end == at) {
			end = fence_skip_comments(lines, at);
			for (size_t i = at; i < end; i++)
				if (fence_is_comment(lines->items[i]))
					within_follow(within, lines->items[i]);
		}
		if (end > at) {
			fence_add_comment(f, lines, fence_skip_blank(lines, at, end), end, 0);
			at = end;
			continue;
		}
		struct fence_command *c = fence_add(f, (int)at);
		size_t front = prompts_length(lines->items[at], PROMPT_PLAIN);
		front = front > 0 ? front : strspn(lines->items[at], " \t");
		at = fence_read_command(c, lines, at, front, false, PROMPT_PLAIN);
		within_enter(within, c->code, c->prompt);
		if (opens_own_shell(lines, at, c->code)) {
			within->depth = 1;
			within->bare = true;
		}
		end = typed_end(lines, at, within);
		end = end > at ? end : echoed_end(f, lines, at, c->code);
		end = printed_end(f, lines, end, loose);
		at = fence_skip_blank(lines, at, end);
		c->output = fence_join(lines, at, end);
		bool bare = within->bare && within_typed(fence_line(lines, at)) == NULL;
		c->input = within_read(within, lines, at, end, bare);
		at = end;
	}
}

void unprompted_read(const struct words *lines, bool loose, struct within *within, struct fence *f)
{
	size_t help = find_help(lines);
	const struct words body = {lines->items, help};
	read_lines(&body, loose, within, f);
	if (help < lines->count)
		add_help(f, lines, help);
}

/* note/commands.c - fences of commands: prompts, continued lines, here-documents, expected output
 */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- which fences run ---- */

static const char *const running_languages[] = {"cli", "console", "sh", "bash", "shell",
	"shell-session", "shellsession", "sh-session", "terminal", "docker", "zsh", "ksh", "dash",
	"command", "command-line", "commandline", "session", "term", "bash-session", "prompt"};

bool note_language_runs(const char *word)
{
	for (size_t i = 0; i < ARRAY_LENGTH(running_languages); i++)
		if (strcasecmp(word, running_languages[i]) == 0)
			return true;
	return false;
}

/* First words by which a fence without language and prompt is known to be commands. */
static const char *const known_commands[] = {"docker", "docker-compose", "sudo", "curl", "wget",
	"apt", "apt-get", "cd", "ls", "cat", "echo", "mkdir", "rm", "cp", "mv", "touch", "export",
	"git", "npm", "ps", "kill", "ping", "ssh", "systemctl", "podman", "kubectl", "chmod",
	"chown", "tar", "grep", "pwd", "exit", "nslookup", "ip", "env", "printf", "sleep", "time",
	"which", "whoami", "id", "uname"};

static bool is_known_command(const char *line)
{
	size_t length = strcspn(line, " \t\n");
	for (size_t i = 0; i < ARRAY_LENGTH(known_commands); i++)
		if (strlen(known_commands[i]) == length &&
			strncmp(line, known_commands[i], length) == 0)
			return true;
	return false;
}

/* ---- prompts ---- */

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

/* "user@host:~/x$ " and "root@1f2e:/# ", also "[user@host x]$ " */
static size_t prompt_of_host(const char *line)
{
	const char *c = line;
	bool bracket = *c == '[' || *c == '(';
	c += bracket;
	const char *start = c;
	while (is_name(*c))
		c++;
	if (c == start || *c != '@')
		return 0;
	const char *end = strpbrk(c, bracket ? "])" : "$#%");
	if (end == NULL || end - line > 80)
		return 0;
	if (bracket)
		end++;
	if (strchr("$#%", *end) == NULL || *end == '\0' || (end[1] != ' ' && end[1] != '\0'))
		return 0;
	return (size_t)(end - line) + 1 + (end[1] == ' ');
}

/* "bash-5.1$ ", "sh-4.2# ", "/ # ", "~ $ ", "/app # " */
static size_t prompt_of_shell(const char *line)
{
	size_t length = 0;
	if (text_starts(line, "bash-") || text_starts(line, "sh-"))
		length = strcspn(line, "$#");
	else if (line[0] == '/' || line[0] == '~')
		length = strcspn(line, " ") + 1;
	else
		return 0;
	if (length == 0 || length > 60 || strlen(line) <= length ||
		strchr("$#", line[length]) == NULL)
		return 0;
	return line[length + 1] == ' ' ? length + 2 : line[length + 1] == '\0' ? length + 1 : 0;
}

/* "PS C:\x> ", "C:\x> " */
static size_t prompt_of_windows(const char *line)
{
	const char *c = text_starts(line, "PS ") ? line + 3 : line;
	if (!isalpha((unsigned char)c[0]) || c[1] != ':' || c[2] != '\\')
		return 0;
	const char *end = strchr(c, '>');
	return end == NULL ? 0 : (size_t)(end - line) + 1 + (end[1] == ' ');
}

/* "🕙 16:12:38 ❯ ", "➜  ~ " */
static size_t prompt_of_arrow(const char *line)
{
	static const char *const arrows[] = {"❯", "➜", "»", "›", "λ"};
	for (size_t i = 0; i < ARRAY_LENGTH(arrows); i++) {
		const char *arrow = strstr(line, arrows[i]);
		size_t width = strlen(arrows[i]);
		if (arrow == NULL || arrow - line > 60 ||
			(arrow[width] != ' ' && arrow[width] != '\0'))
			continue;
		if (i > 0 && arrow != line) /* only ❯ stands behind anything */
			continue;
		size_t length = (size_t)(arrow - line) + width;
		length += strspn(line + length, " ");
		if (i == 1 && line[length] == '~') /* oh-my-zsh tells the folder behind its arrow */
			length += 1 + strspn(line + length + 1, " ");
		return length;
	}
	return 0;
}

/* "$ docker …", "% …": one sign and a blank. '#' counts only where the caller says so. */
static size_t prompt_of_sign(const char *line, bool root)
{
	if (line[0] == '\0' || strchr(root ? "$%#" : "$%", line[0]) == NULL)
		return 0;
	return line[1] == ' ' ? 2 : line[1] == '\0' ? 1 : 0;
}

/* How many bytes of the line are a prompt; 0: none. Leading blanks belong to it. */
static size_t prompt_length(const char *line, bool root)
{
	size_t blanks = strspn(line, " \t");
	static size_t (*const kinds[])(const char *line) = {
		prompt_of_host, prompt_of_shell, prompt_of_windows, prompt_of_arrow};
	size_t length = prompt_of_sign(line + blanks, root);
	for (size_t i = 0; i < ARRAY_LENGTH(kinds) && length == 0; i++)
		length = kinds[i](line + blanks);
	return length > 0 ? blanks + length : 0;
}

/* ---- when a command is whole ---- */

struct lexer {
	char quote;     /* ' or " that is open */
	bool continued; /* ends with a backslash, a pipe, && or || */
	int blocks;     /* do … done, if … fi, { … } that are open */
	char *heredoc;  /* the word that ends it */
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

/* c stands behind "<<". Takes the word that ends the document. */
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

/* One line more of a command. */
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

static bool is_open(const struct lexer *x)
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

/* Fences of a script's language: a prompt further down in them may be the text of a here-document.
 */
static bool is_script_language(const char *language)
{
	static const char *const names[] = {"sh", "bash", "zsh", "ksh", "dash"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (strcasecmp(language, names[i]) == 0)
			return true;
	return false;
}

static bool is_remark_or_blank(const char *line)
{
	line += strspn(line, " \t");
	return *line == '\0' || *line == '#';
}

static bool has_sign_prompt(const struct words *lines, const char *language)
{
	size_t first = 0;
	while (first < lines->count && is_remark_or_blank(lines->items[first]))
		first++;
	if (is_script_language(language) && first < lines->count)
		return prompt_length(lines->items[first], false) > 0;
	for (size_t i = 0; i < lines->count; i++)
		if (prompt_length(lines->items[i], false) > 0)
			return true;
	return false;
}

/* "# docker ps" is root's prompt where no line has another one, and every such line begins with a
 * command; else it is a remark. */
static bool is_root_session(const struct words *lines)
{
	size_t prompts = 0;
	for (size_t i = 0; i < lines->count; i++) {
		if (!text_starts(lines->items[i], "# "))
			continue;
		if (!is_known_command(lines->items[i] + 2))
			return false;
		prompts++;
	}
	return prompts > 0 && text_starts(lines->items[0], "# ");
}

static struct fence_command *add(struct fence *f, int line)
{
	f->items = array_grow(f->items, f->count, sizeof *f->items);
	f->items[f->count] = (struct fence_command){.line = line, .last_line = line};
	return &f->items[f->count++];
}

/* "> " in front of a further line is the shell's prompt for it. */
static const char *without_second_prompt(const char *line)
{
	return text_starts(line, "> ") ? line + 2 : text_same(line, ">") ? line + 1 : line;
}

/* Takes the lines of one command from lines[at] on; returns the index behind the last. */
static size_t take_command(struct fence_command *c, const struct words *lines, size_t at,
	size_t prompt, bool prompts, bool root)
{
	struct lexer x = {0};
	struct buf code = {0};
	c->prompt = xstrndup(lines->items[at], prompt);
	buf_add_text(&code, lines->items[at] + prompt);
	lex_line(&x, lines->items[at] + prompt);
	at++;
	while (at < lines->count && is_open(&x)) {
		if (prompts && x.heredoc == NULL && prompt_length(lines->items[at], root) > 0)
			break; /* never closed: the next prompt is a new command */
		const char *line =
			prompts ? without_second_prompt(lines->items[at]) : lines->items[at];
		buf_add_char(&code, '\n');
		buf_add_text(&code, line);
		lex_line(&x, line);
		at++;
	}
	free(x.heredoc);
	c->code = buf_steal(&code);
	c->last_line = (int)at - 1;
	return at;
}

static size_t take_output(struct fence_command *c, const struct words *lines, size_t at, bool root)
{
	struct buf out = {0};
	size_t start = at;
	for (; at < lines->count && prompt_length(lines->items[at], root) == 0; at++) {
		if (at > start)
			buf_add_char(&out, '\n');
		buf_add_text(&out, lines->items[at]);
	}
	while (out.length > 0 && isspace((unsigned char)out.data[out.length - 1]))
		buf_truncate(&out, out.length - 1);
	if (out.length > 0)
		c->output = buf_steal(&out);
	buf_finish(&out);
	return at;
}

static void read_session(const struct words *lines, bool root, struct fence *f)
{
	for (size_t at = 0; at < lines->count;) {
		size_t prompt = prompt_length(lines->items[at], root);
		if (prompt == 0 || text_is_blank(lines->items[at] + prompt)) {
			at++;
			continue;
		}
		const char *text = lines->items[at] + prompt;
		if (text[strspn(text, " \t")] == '#') { /* a remark typed at the prompt */
			at++;
			continue;
		}
		struct fence_command *c = add(f, (int)at);
		at = take_command(c, lines, at, prompt, true, root);
		at = take_output(c, lines, at, root);
	}
}

static void read_plain(const struct words *lines, struct fence *f)
{
	for (size_t at = 0; at < lines->count;) {
		if (is_remark_or_blank(lines->items[at])) {
			at++;
			continue;
		}
		at = take_command(
			add(f, (int)at), lines, at, strspn(lines->items[at], " \t"), false, false);
	}
}

static bool all_known(const struct fence *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (!is_known_command(f->items[i].code))
			return false;
	return f->count > 0;
}

void fence_read(const char *code, const char *language, struct fence *ret)
{
	cleanup_words struct words lines = {0};
	struct fence f = {0};
	bool runs = note_language_runs(language), unnamed = language[0] == '\0';
	split_lines(code, &lines);
	if ((!runs && !unnamed) || lines.count == 0 || text_starts(lines.items[0], "#!")) {
		*ret = (struct fence){.listing = true};
		return;
	}
	bool sign = has_sign_prompt(&lines, language), root = !sign && is_root_session(&lines);
	if (sign || root) {
		read_session(&lines, root, &f);
	} else {
		read_plain(&lines, &f);
		f.listing = unnamed && !all_known(&f);
	}
	f.listing = f.listing || f.count == 0;
	*ret = f;
}

void fence_finish(struct fence *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].code);
		free(f->items[i].prompt);
		free(f->items[i].output);
	}
	free(f->items);
	*f = (struct fence){0};
}

/* note/prompts.c - prompts before commands in copied terminal sessions, and lines that begin as
 * commands do */
#include "fence.h"

#include <ctype.h>
#include <string.h>

/* ---- words that begin commands ---- */

/* "for x in", "while true", "if [ … ]": a loop, not a sentence. */
static bool begins_block(const char *line)
{
	static const char *const forms[] = {"while true", "while :", "while [", "while !",
		"while sleep ", "while read ", "until ", "if [", "if ! ", "if docker ", "if grep ",
		"if curl ", "for (("};
	for (size_t i = 0; i < ARRAY_LENGTH(forms); i++)
		if (text_starts(line, forms[i]))
			return true;
	if (!text_starts(line, "for "))
		return false;
	size_t name = strcspn(line + 4, " ");
	return text_starts(line + 4 + name, " in ") || text_same(line + 4 + name, " in");
}

/* "NAME=value " before a command. */
static size_t assignment_length(const char *line)
{
	size_t name = 0;
	while (isalnum((unsigned char)line[name]) || line[name] == '_')
		name++;
	if (name == 0 || isdigit((unsigned char)line[0]) || line[name] != '=')
		return 0;
	size_t length = name + strcspn(line + name, " \t\n");
	size_t blanks = strspn(line + length, " \t");
	return blanks > 0 ? length + blanks : 0;
}

/* "ID=$(docker …", "ID=\"$(docker …": returns the command; NULL: the line is something else. */
static const char *assigned_command(const char *line)
{
	size_t name = 0;
	while (isalnum((unsigned char)line[name]) || line[name] == '_')
		name++;
	if (name == 0 || line[name] != '=')
		return NULL;
	const char *value = line + name + 1 + (line[name + 1] == '"');
	size_t open = text_starts(value, "$(") ? 2 : *value == '`' ? 1 : 0;
	return open > 0 ? value + open + strspn(value + open, " ") : NULL;
}

/* "git version 2.43.0", "psql (PostgreSQL) 16.1", "curl 8.5.0"; not "ping 8.8.8.8". */
static bool tells_version(const char *line, size_t word)
{
	static const char *const takers[] = {"sleep", "echo", "printf", "seq"};
	const char *rest = line + word;
	rest += text_starts(rest, " version ") ? strlen(" version") : 0;
	if (text_starts(rest, " (") || text_starts(rest, " [core "))
		return true;
	while (rest[0] == ' ' && rest[1] == ' ')
		rest++;
	rest += text_starts(rest, " v") && isdigit((unsigned char)rest[2]);
	if (rest[0] == '\0' || !isdigit((unsigned char)rest[1]))
		return false; /* "yamllint ." */
	size_t length = strspn(rest + 1, "0123456789.");
	size_t dots = 0;
	for (size_t i = 1; i <= length; i++)
		dots += rest[i] == '.';
	bool ends = length > 0 && strchr(" ,\n", rest[1 + length]) != NULL;
	if (!ends || dots == 0 || dots > 2)
		return false;
	cleanup_free char *name = xstrndup(line, word);
	return !text_is_one_of(name, takers, ARRAY_LENGTH(takers));
}

/* "npm ERR! code E403", "gyp WARN EACCES": what a program logs begins with its name, too. Not "grep
 * ERROR log". */
bool prompts_is_logged(const char *line)
{
	size_t length = strcspn(line, " \t\n");
	static const char *const levels[] = {"ERR!", "ERR", "ERROR", "WARN", "WARNING", "INFO",
		"DEBUG", "NOTICE", "FATAL", "notice", "verb", "sill"};
	static const char *const of_npm[] = {"error", "warn", "http"};
	static const char *const takers[] = {"echo", "printf", "grep", "egrep", "fgrep", "rg", "ag",
		"ack", "logger", "export", "set", "unset"};
	const char *second = line + length + strspn(line + length, " \t");
	cleanup_free char *word = xstrndup(second, strcspn(second, " \t\n"));
	bool npm = text_starts(line, "npm ") && text_is_one_of(word, of_npm, ARRAY_LENGTH(of_npm));
	cleanup_free char *name = xstrndup(line, length);
	if (text_same(name, "exec") && text_ends(word, ":")) /* "exec /bin/ls: exec format error" */
		return true;
	return npm || (text_is_one_of(word, levels, ARRAY_LENGTH(levels)) &&
			      !text_is_one_of(name, takers, ARRAY_LENGTH(takers)));
}

bool prompts_is_command(const char *line)
{
	const char *assigned = assigned_command(line);
	line = assigned != NULL ? assigned : line;
	for (size_t skip; (skip = assignment_length(line)) > 0;)
		line += skip;
	size_t length = strcspn(line, " \t\n");
	if (text_starts(line, "source ") && strchr("./~$", line[7]) != NULL && line[7] != '\0')
		return true;
	if (prompts_is_logged(line))
		return false;
	if (text_starts(line, "alias ") && line[6] != '-' && strchr(line, '=') == NULL)
		return false; /* "alias for the long name" */
	return (known_is_command(line, length) && !tells_version(line, length)) ||
	       known_begins_call(line);
}

bool prompts_names_command(const char *line)
{
	return prompts_is_likely_command(line) || known_is_ambiguous(line, strcspn(line, " \t\n"));
}

bool prompts_is_likely_command(const char *line)
{
	if (prompts_is_command(line) || begins_block(line))
		return true;
	size_t length = strcspn(line, " \t\n");
	if (length > 0 && line[length - 1] == '/') /* a folder */
		return false;
	if (text_starts(line, "./") || text_starts(line, "../") || text_starts(line, ". ") ||
		(text_starts(line, "[ ") && strstr(line, " ]") != NULL &&
			strstr(line, "', ") == NULL) ||
		text_starts(line, "[[ "))
		return true;
	if (!known_is_ambiguous(line, length) || text_starts(line, "diff --git a/"))
		return false;
	const char *next = line + length + strspn(line + length, " \t");
	size_t operand = strcspn(next, " \t\n");
	if (operand > 0 && next[operand - 1] == ':')
		return false; /* "exec /app/run: no such file or directory" */
	return *next == '-' || *next == '/' || *next == '$' || *next == '.' || *next == '~' ||
	       strpbrk(next, "|>/=") != NULL || (*next == '\0' && text_starts(line, "clear"));
}

/* ---- prompts ---- */

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

static size_t name_length(const char *text)
{
	size_t length = 0;
	while (is_name(text[length]))
		length++;
	return length;
}

/* Returns the length of the sign that ends a prompt and the blank after it; 0: there is none. */
static size_t sign_length(const char *text, const char *signs)
{
	if (*text == '\0' || strchr(signs, *text) == NULL)
		return 0;
	return text[1] == ' ' ? 2 : text[1] == '\0' ? 1 : 0;
}

/* "user@host:~/x$ " and "root@1f2e:/# ", also "[user@host x]$ " and, for a user without a name, "I
 * have no name!@host:/$ " */
static size_t prompt_of_host(const char *line)
{
	static const char unnamed[] = "I have no name!";
	const char *c = line;
	bool bracket = *c == '[' || *c == '(';
	c += bracket;
	size_t name = text_starts(c, unnamed) ? strlen(unnamed) : name_length(c);
	if (name == 0 || c[name] != '@')
		return 0;
	const char *end = strpbrk(c + name, bracket ? "])" : "$#%");
	if (end == NULL || end - line > 80)
		return 0;
	end += bracket;
	size_t sign = sign_length(end, "$#%");
	return sign > 0 ? (size_t)(end - line) + sign : 0;
}

/* "user@host ~> ", "user@host ~/src (main)> ": fish */
static size_t prompt_of_fish(const char *line)
{
	size_t at = name_length(line);
	at += line[at] == '@' ? 1 + name_length(line + at + 1) : 0;
	if (at == name_length(line) || line[at] != ' ' || strchr("~/", line[at + 1]) == NULL)
		return 0;
	at += 1 + strcspn(line + at + 1, " >");
	if (text_starts(line + at, " ("))
		at += strcspn(line + at, ">");
	size_t sign = at <= 80 ? sign_length(line + at, ">#") : 0;
	return sign > 0 ? at + sign : 0;
}

/* "[node1]$ ", "[nix-shell:~/src]$ " */
static size_t prompt_of_bracket(const char *line)
{
	size_t name = line[0] == '[' ? name_length(line + 1) : 0;
	if (name > 0 && line[1 + name] == ':' && strchr("~/", line[2 + name]) != NULL)
		name += strcspn(line + 1 + name, "] ");
	size_t sign = name > 0 && line[1 + name] == ']' ? sign_length(line + name + 2, "$#") : 0;
	return sign > 0 ? name + 2 + sign : 0;
}

/* "MacBook-Pro:~ jane$ ", "host:/srv# ", "host:~> ", "node1 ~ $ ". After a blank, '#' would begin a
 * comment. */
static size_t prompt_of_place(const char *line)
{
	size_t at = name_length(line);
	if (at == 0 || (line[at] != ':' && line[at] != ' '))
		return 0;
	const char *signs = line[at] == ':' ? "$#%>" : "$%";
	at++;
	if (line[at] != '~' && line[at] != '/')
		return 0;
	at += strcspn(line + at, " $#%>");
	if (line[at] == ' ')
		at += 1 + name_length(line + at + 1);
	size_t sign = at <= 80 ? sign_length(line + at, signs) : 0;
	return sign > 0 ? at + sign : 0;
}

/* "~$ ", "~/src$ " */
static size_t prompt_of_folder(const char *line)
{
	size_t length = line[0] == '~' ? strcspn(line, " $") : 0;
	size_t sign = length > 0 && length <= 60 ? sign_length(line + length, "$") : 0;
	return sign > 0 ? length + sign : 0;
}

/* "box# docker ps", "box> docker ps", "ada $ docker ps": other words after such a name may be
 * output, or have been typed in a container. */
static size_t prompt_of_name(const char *line)
{
	size_t at = name_length(line);
	at += at > 0 && text_starts(line + at, " $");
	size_t sign = at > 0 ? sign_length(line + at, "$#>") : 0;
	const char *rest = line + at + sign;
	bool docker = text_starts(rest, "docker ") || text_starts(rest, "docker-compose ") ||
		      text_starts(rest, "podman ");
	return sign > 0 && docker ? at + sign : 0;
}

/* "bash-5.1$ ", "sh-4.2# ", "/ # ", "~ $ ", "/app # " */
static size_t prompt_of_shell(const char *line)
{
	size_t length = prompt_of_folder(line);
	if (length > 0)
		return length;
	if (text_starts(line, "bash-") || text_starts(line, "sh-"))
		length = strcspn(line, "$#");
	else if (line[0] == '/' || line[0] == '~')
		length = strcspn(line, " ") + 1;
	if (length == 0 || length > 60 || strlen(line) <= length)
		return 0;
	size_t sign = sign_length(line + length, "$#");
	return sign > 0 ? length + sign : 0;
}

/* "PS C:\x> ", "PS> ", "PS /home/me> ", "C:\x> " */
static size_t prompt_of_windows(const char *line)
{
	const char *c = line;
	bool power = text_starts(line, "PS>") || text_starts(line, "PS ");
	if (power)
		c += 2 + (line[2] == ' ');
	bool drive = isalpha((unsigned char)c[0]) && c[1] == ':' && c[2] == '\\';
	if (!drive && !(power && strchr(">/~", c[0]) != NULL))
		return 0;
	const char *end = strchr(c, '>');
	if (end == NULL || end - line > 80)
		return 0;
	return (size_t)(end - line) + 1 + (end[1] == ' ');
}

/* Skips what oh-my-zsh prints after its arrow: "~ ", "project git:(main) ✗ " */
static size_t place_behind_arrow(const char *text, size_t blanks)
{
	size_t length = 0;
	if (*text == '~' || (blanks >= 2 && name_length(text) > 0))
		length = strcspn(text, " ");
	length += strspn(text + length, " ");
	if (text_starts(text + length, "git:("))
		length += strcspn(text + length, " ");
	length += strspn(text + length, " ");
	if (text_starts(text + length, "✗"))
		length += strlen("✗");
	return length + strspn(text + length, " ");
}

/* Programs print arrows, too: "➜  Local:   http://localhost:5173", "› Press a" */
static bool is_typed_behind(const char *text, size_t place)
{
	return *text == '~' || text[place] == '\0' || strstr(text, "git:(") != NULL ||
	       prompts_names_command(text) || prompts_names_command(text + place);
}

/* "🕙 16:12:38 ❯ ", "➜  ~ " */
static size_t prompt_of_arrow(const char *line)
{
	static const char *const arrows[] = {"❯", "➜", "»", "›", "λ"};
	for (size_t i = 0; i < ARRAY_LENGTH(arrows); i++) {
		/* only ❯ may follow other text */
		const char *arrow = i == 0                         ? strstr(line, arrows[i])
				    : text_starts(line, arrows[i]) ? line
								   : NULL;
		size_t width = strlen(arrows[i]);
		if (arrow == NULL || arrow - line > 60 ||
			(arrow[width] != ' ' && arrow[width] != '\0'))
			continue;
		size_t length = (size_t)(arrow - line) + width;
		size_t blanks = strspn(line + length, " ");
		length += blanks;
		size_t place = i == 1 ? place_behind_arrow(line + length, blanks) : 0;
		bool ambiguous = i > 1 || (i == 1 && blanks > 1);
		if (ambiguous && !is_typed_behind(line + length, place))
			continue;
		return length + place;
	}
	return 0;
}

/* "└─$ ", "╰─❯ ": the second line of a two-line prompt. */
static size_t prompt_of_corner(const char *line)
{
	static const char *const corners[] = {"└", "╰"};
	static const char *const ends[] = {"$", "#", "%", "❯", "➤", ">"};
	for (size_t i = 0; i < ARRAY_LENGTH(corners); i++) {
		if (!text_starts(line, corners[i]))
			continue;
		size_t at = strlen(corners[i]);
		while (text_starts(line + at, "─"))
			at += strlen("─");
		for (size_t k = 0; k < ARRAY_LENGTH(ends); k++) {
			size_t end = at + strlen(ends[k]);
			if (text_starts(line + at, ends[k]) &&
				(line[end] == ' ' || line[end] == '\0'))
				return end + (line[end] == ' ');
		}
	}
	return 0;
}

/* "$ docker …", "$> …", "% …": a sign and a blank; also "$docker …" if that is clearly a prompt,
 * and not an assignment of PowerShell or PHP: "$id = …". */
static size_t prompt_of_sign(const char *line, const char *signs)
{
	bool assigns = text_starts(line + strcspn(line, " "), " = ");
	if (line[0] == '$' && !assigns && prompts_is_command(line + 1))
		return 1;
	if (text_starts(line, "$> "))
		return 3;
	if (line[0] == '%' && strstr(line, "   ") != NULL && strpbrk(line, "'\"#\\") == NULL)
		return 0; /* "% time     seconds  usecs/call": the head of a table */
	return sign_length(line, signs);
}

size_t prompts_clock_length(const char *line)
{
	size_t open = line[0] == '[', digits = strspn(line + open, "0123456789:.");
	size_t end = open + digits;
	if (digits < 4 || line[open + 2] != ':' || (open != 0 && line[end++] != ']'))
		return 0;
	return line[end] == ' ' ? end + 1 : 0;
}

/* "(venv) ", "(laptop): ", "laptop: ", "node1" before a prompt's sign. */
static size_t environment_length(const char *line)
{
	size_t open = line[0] == '(', name = name_length(line + open), end = open + name;
	if (name == 0 || (open != 0 && line[end++] != ')'))
		return 0;
	bool colon = line[end] == ':';
	end += colon;
	bool blank = line[end] == ' ';
	end += blank;
	bool sign = line[end] == '$' && line[end + 1] == ' ';
	if (open != 0 && !colon)
		return blank ? end : 0;
	return sign && (blank || prompts_is_command(line + end + 2)) &&
			       (colon || open != 0 || !blank)
		       ? end
		       : 0;
}

/* "truncate -s 0 x", "shellcheck /x": after '#', such a word is less likely to begin a sentence. */
static bool has_operand(const char *line)
{
	size_t word = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789._-");
	const char *next = line + word + 1;
	return word > 1 && line[word] == ' ' && (*next == '-' || *next == '/') &&
	       (isalnum((unsigned char)next[1]) || next[1] == '-');
}

static size_t bare_prompt(const char *line, enum prompt_signs signs)
{
	static size_t (*const kinds[])(const char *line) = {prompt_of_host, prompt_of_fish,
		prompt_of_bracket, prompt_of_place, prompt_of_shell, prompt_of_windows,
		prompt_of_arrow, prompt_of_corner, prompt_of_name};
	size_t length = prompt_of_sign(line, signs == PROMPT_DOLLAR ? "$" : "$%");
	for (size_t i = 0; i < ARRAY_LENGTH(kinds) && length == 0; i++)
		length = kinds[i](line);
	size_t root = length == 0 && signs == PROMPT_ROOT ? sign_length(line, "#") : 0;
	if (root > 0 && (prompts_is_command(line + root) || has_operand(line + root)))
		length = root;
	return length == 0 && signs == PROMPT_ANGLE ? sign_length(line, ">") : length;
}

size_t prompts_length(const char *line, enum prompt_signs signs)
{
	size_t front = strspn(line, " \t");
	front += prompts_clock_length(line + front);
	front += environment_length(line + front);
	size_t length = bare_prompt(line + front, signs);
	return length > 0 ? front + length : 0;
}

bool prompts_is_head(const char *line, const char *next)
{
	if (prompts_length(next, PROMPT_PLAIN) == 0)
		return false;
	if (text_starts(line, "┌─") || text_starts(line, "╭─"))
		return true;
	size_t name = name_length(line);
	bool host = name > 0 && line[name] == '@' && strpbrk(line, "~/") != NULL;
	bool node = text_starts(line, "[node") && strchr(line, '@') != NULL;
	return (host || node) && strlen(line) < 80 && sign_length(next, "$#%") > 0;
}

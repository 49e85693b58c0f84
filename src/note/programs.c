/* note/programs.c - the programs that a note itself installs, downloads, defines or calls by a
 * prompt: its other lines may call them, too */
#include "fence.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAMS_MAX 200 /* so that a long list of packages is not searched for each line */

/* ---- names ---- */

/* Words of sentences and of addresses, and names that begin other lines. */
static bool is_common(const char *name)
{
	static const char *const words[] = {"a", "all", "an", "and", "any", "app", "apps", "as",
		"at", "bin", "by", "cli", "async", "await", "class", "const", "def", "function",
		"import", "let", "public", "return", "var", "com", "config", "data", "default",
		"date", "dev", "diff", "exec", "eval", "false", "find", "history", "host", "less",
		"more", "open", "read", "set", "sort", "source", "start", "test", "top", "true",
		"wait", "watch", "docs", "download", "example", "examples", "file", "files", "for",
		"from", "get", "git", "github", "githubusercontent", "gitlab", "have", "head",
		"heads", "how", "http", "https", "in", "install", "installer", "io", "is", "it",
		"its", "latest", "lib", "linux", "main", "master", "module", "my", "name", "need",
		"net", "new", "no", "not", "of", "on", "only", "or", "org", "our", "output",
		"package", "packages", "plugin", "raw", "refs", "release", "releases", "run",
		"script", "scripts", "server", "service", "services", "setup", "sh", "some", "src",
		"stable", "static", "that", "the", "them", "then", "they", "this", "to", "tool",
		"tools", "type", "usage", "use", "using", "version", "via", "we", "web", "when",
		"with", "www", "you", "your"};
	return text_is_one_of(name, words, ARRAY_LENGTH(words));
}

static bool is_program_name(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-.");
	return length >= 1 && length <= 40 && name[length] == '\0' &&
	       islower((unsigned char)name[0]) && name[length - 1] != '.' && !is_common(name);
}

static void add_program(
	struct programs *p, const char *name, const char *meaning, enum program_source source)
{
	for (size_t i = 0; i < p->count; i++)
		if (text_same(p->items[i].name, name) && p->items[i].source >= source)
			return;
	if (p->count == PROGRAMS_MAX)
		return;
	p->items = array_grow(p->items, p->count, sizeof *p->items);
	p->items[p->count++] = (struct program){
		.name = xstrdup(name),
		.meaning = meaning != NULL ? xstrdup(meaning) : NULL,
		.source = source,
	};
}

static void add_name(struct programs *p, const char *name, enum program_source source)
{
	if (strlen(name) > 1 && is_program_name(name))
		add_program(p, name, NULL, source);
}

/* Returns the last part of a path; ignoring a major version: "…/migrate/v4". */
static const char *last_part(char *path)
{
	char *slash = strrchr(path, '/');
	if (slash == NULL)
		return path;
	if (slash[1] == 'v' && slash[2] != '\0' &&
		slash[2 + strspn(slash + 2, "0123456789")] == 0) {
		*slash = '\0';
		slash = strrchr(path, '/');
	}
	return slash != NULL ? slash + 1 : path;
}

/* "md-shiny-cli": md-shiny, "nestjs": nest */
static void add_shorter(struct programs *p, const char *name, enum program_source source)
{
	static const char *const ends[] = {"-cli", "-bin", "-js", "js"};
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++)
		if (text_ends(name, ends[i])) {
			cleanup_free char *tool = xstrndup(name, strlen(name) - strlen(ends[i]));
			add_name(p, tool, source);
			return;
		}
}

/* "@acme/cli@2", "jsr:@acme/cli": acme, "github.com/air-verse/air@latest": air */
static void add_package(struct programs *p, const char *word, enum program_source source)
{
	if (*word == '\0')
		return;
	size_t registry = strspn(word, "abcdefghijklmnopqrstuvwxyz");
	if (word[registry] == ':' && strchr("/", word[registry + 1]) == NULL)
		word += registry + 1; /* "npm:", "jsr:" */
	bool scoped = word[0] == '@';
	size_t length = 1 + strcspn(word + 1, "@=<>[~!;,");
	cleanup_free char *path = xstrndup(word, length);
	if (text_ends(path, ".git"))
		path[strlen(path) - strlen(".git")] = '\0';
	if (scoped) {
		cleanup_free char *scope = xstrndup(path + 1, strcspn(path + 1, "/"));
		add_name(p, scope, source);
		add_shorter(p, scope, source);
	}
	const char *name = last_part(path);
	add_name(p, name, source);
	add_shorter(p, name, source);
}

/* ---- lines that install ---- */

/* Installs libraries as often as programs. */
static bool installs_libraries(const char *word)
{
	static const char *const names[] = {
		"pip", "pip3", "npm", "pnpm", "yarn", "bun", "gem", "poetry", "uv", "composer"};
	return text_is_one_of(word, names, ARRAY_LENGTH(names));
}

static bool is_installer(const char *word)
{
	static const char *const names[] = {"apt", "apt-get", "aptitude", "dnf", "yum", "microdnf",
		"zypper", "apk", "pacman", "yay", "paru", "emerge", "pkg", "port", "brew", "snap",
		"flatpak", "conda", "mamba", "micromamba", "pipx", "cargo", "cargo-binstall", "go",
		"luarocks", "opam", "cabal", "stack", "nix-env", "nix", "dotnet", "sdk", "krew",
		"asdf", "mise", "volta", "deno", "winget", "choco", "scoop", "helm", "gh", "eget",
		"xbps-install", "dpkg", "guix", "spack", "raco", "ghcup", "rustup"};
	return installs_libraries(word) || text_is_one_of(word, names, ARRAY_LENGTH(names));
}

static bool is_verb(const char *word)
{
	static const char *const verbs[] = {"install", "add", "i", "get", "require", "create", "-S",
		"-Sy", "-Syu", "-U", "-iA", "-i"};
	return text_is_one_of(word, verbs, ARRAY_LENGTH(verbs));
}

static bool is_separator(const char *word)
{
	static const char *const signs[] = {"&&", "||", "|", ";", "#", ">", "\\", "+"};
	return text_is_one_of(word, signs, ARRAY_LENGTH(signs));
}

#define WORDS_BEFORE_VERB 3 /* "npm --silent -g install", "uv tool install" */

/* Reads the packages that the installer in words[at] installs. */
static void read_installer(struct programs *p, const struct words *words, size_t at)
{
	bool library = installs_libraries(words->items[at]);
	size_t verb = at + 1;
	while (verb < words->count && verb <= at + WORDS_BEFORE_VERB &&
		!is_verb(words->items[verb]))
		verb++;
	if (verb >= words->count || !is_verb(words->items[verb]))
		return;
	for (size_t i = at + 1; i < words->count && !is_separator(words->items[i]); i++) {
		const char *word = words->items[i];
		library = library && !text_same(word, "-g") && !text_same(word, "--global") &&
			  !text_same(word, "global") && !text_same(word, "tool");
	}
	for (size_t i = verb + 1; i < words->count && !is_separator(words->items[i]); i++)
		if (words->items[i][0] != '-')
			add_package(p, words->items[i], library ? PROGRAM_LIBRARY : PROGRAM_TOOL);
}

/* "https://mise.run/x.sh" before "| sh": mise, and what else the address names. */
static void learn_address(struct programs *p, const char *url)
{
	const char *c = strstr(url, "://");
	for (c = c != NULL ? c + 3 : ""; *c != '\0';) {
		size_t length = strcspn(c, "/.?");
		cleanup_free char *part = xstrndup(c, length);
		if (length > 2)
			add_name(p, part, PROGRAM_TOOL);
		c += length + (c[length] != '\0');
	}
}

/* Files that a line makes programs of: "-o jq", "chmod +x ./kind", "/usr/local/bin/mise". */
static void read_files(struct programs *p, const struct words *words)
{
	static const char *const makers[] = {
		"-o", "-O", "--output", "+x", "a+x", "755", "npx", "uvx", "bunx"};
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i];
		const char *bin = strstr(word, "bin/");
		const char *base = path_base(word);
		bool made =
			i > 0 && text_is_one_of(words->items[i - 1], makers, ARRAY_LENGTH(makers));
		if ((bin == NULL || (bin != word && bin[-1] != '/')) && !made)
			continue;
		add_package(p, base, PROGRAM_TOOL);
		if (made && text_starts(word, "bin/") && word[4] != '\0')
			add_program(p, word, NULL, PROGRAM_TOOL);
	}
}

/* Reads a command's words, without quotes and the signs that mark code. */
static void split_line(const char *line, size_t length, struct words *ret)
{
	static const char blanks[] = " \t`\"'()|";
	for (size_t i = 0; i < length;) {
		size_t word = i;
		while (word < length && strchr(blanks, line[word]) == NULL)
			word++;
		if (word > i)
			words_add_bytes(ret, line + i, word - i);
		if (word < length && (line[word] == '|' || (line[word] == '`' && ret->count > 0)))
			words_add(ret, "|");
		i = word + (word < length);
	}
}

/* ---- lines that define or call ---- */

/* "alias k=kubectl", "alias dps=\"docker ps -a\"" */
static void read_alias(struct programs *p, const char *definition)
{
	size_t name = strcspn(definition, "= ");
	if (name == 0 || definition[name] != '=')
		return;
	const char *value = definition + name + 1;
	char quote = *value == '"' || *value == '\'' ? *value++ : ' ';
	const char *end = strchr(value, quote);
	cleanup_free char *word = xstrndup(definition, name);
	cleanup_free char *meaning =
		xstrndup(value, end != NULL ? (size_t)(end - value) : strcspn(value, "`;"));
	if (is_program_name(word) && meaning[0] != '\0')
		add_program(p, word, meaning, PROGRAM_DEFINED);
}

/* "gcl() {", "function gcl {" */
static void read_function(struct programs *p, const char *line)
{
	line += text_starts(line, "function ") ? strlen("function ") : 0;
	size_t length = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789_-");
	cleanup_free char *name = xstrndup(line, length);
	if (is_program_name(name))
		add_program(p, name, NULL, PROGRAM_DEFINED);
}

static void read_first_word(struct programs *p, const char *text)
{
	text += text_starts(text, "sudo ") ? strlen("sudo ") : 0;
	cleanup_free char *name = xstrndup(text, strcspn(text, " \t`\n"));
	add_name(p, name, PROGRAM_TOOL);
}

/* "mytool --help", "mytool --version" */
static void read_help(struct programs *p, const struct words *words)
{
	for (size_t i = 1; i < words->count; i++)
		if (text_same(words->items[i], "--help") || text_same(words->items[i], "--version"))
			add_name(p, words->items[i - 1], PROGRAM_TOOL);
}

/* "# mytool", "# `mytool` - does a thing": the note is about a program. */
static void learn_title(struct programs *p, const char *title)
{
	title += strspn(title, " `");
	size_t length = strcspn(title, " `:");
	const char *rest = title + length;
	rest += strspn(rest, "` ");
	bool named = *rest == '\0' || *rest == ':' || text_starts(rest, "- ") ||
		     text_starts(rest, "– ") || text_starts(rest, "— ");
	cleanup_free char *name = xstrndup(title, length);
	if (named)
		add_name(p, name, PROGRAM_LIBRARY);
}

/* ---- which lines are looked at ---- */

/* What tells that a line may name a program: most do not, which shows without taking them apart. */
static const char *const marks[] = {"install", " add ", " i ", " get ", " create ", "require", "-S",
	" -o ", " -O ", "--output ", "bin/", "+x ", " --help", " --version", "npx ", "uvx ",
	"bunx ", " 755 "};
static const char *const pipes[] = {"| sh", "| bash", "|sh", "|bash", "| sudo ", "| zsh", "bash <(",
	"bash -c \"$(curl", "sh -c \"$(curl"};

/* Those that a text has at all: only these are looked for in its lines. */
struct clues {
	const char *marks[ARRAY_LENGTH(marks)], *pipes[ARRAY_LENGTH(pipes)];
	size_t mark_count, pipe_count;
	bool alias, function;
};

static size_t keep_found(
	const char *text, const char *const *all, size_t count, const char **ret_found)
{
	size_t found = 0;
	for (size_t i = 0; i < count; i++)
		if (strstr(text, all[i]) != NULL)
			ret_found[found++] = all[i];
	return found;
}

static struct clues find_clues(const char *text)
{
	struct clues c = {
		.alias = strstr(text, "alias ") != NULL, .function = strstr(text, "() {") != NULL};
	c.mark_count = keep_found(text, marks, ARRAY_LENGTH(marks), c.marks);
	c.pipe_count = keep_found(text, pipes, ARRAY_LENGTH(pipes), c.pipes);
	return c;
}

static bool has_any(const char *line, const char *const *signs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(line, signs[i]) != NULL)
			return true;
	return false;
}

static void learn_line(struct programs *p, const char *line, const struct clues *clues)
{
	const char *text = line + strspn(line, " \t");
	const char *alias = clues->alias ? strstr(line, "alias ") : NULL;
	if (text_starts(text, "$ "))
		read_first_word(p, text + 2);
	text += text_starts(text, "$ ") ? 2 : 0;
	if (text_starts(text, "Usage: ") || text_starts(text, "usage: "))
		read_first_word(p, text + strlen("Usage: "));
	if (alias != NULL && (alias == text || strchr("` ;", alias[-1]) != NULL))
		read_alias(p, alias + strlen("alias "));
	if ((clues->function && strstr(text, "() {") != NULL) || text_starts(text, "function "))
		read_function(p, text);
	bool address =
		has_any(text, clues->pipes, clues->pipe_count) && strstr(text, "://") != NULL;
	if (!address && !has_any(text, clues->marks, clues->mark_count))
		return;
	cleanup_words struct words words = {0};
	split_line(text, strlen(text), &words);
	for (size_t i = 0; i < words.count; i++) {
		if (is_installer(words.items[i]))
			read_installer(p, &words, i);
		if (address && strstr(words.items[i], "://") != NULL)
			learn_address(p, words.items[i]);
	}
	read_files(p, &words);
	read_help(p, &words);
}

#define LINE_MAX_READ 1000 /* a longer line is data */

void programs_collect(const char *text, struct programs *ret)
{
	const struct clues clues = find_clues(text);
	bool titled = false;
	for (const char *c = text; *c != '\0';) {
		size_t length = strcspn(c, "\n");
		cleanup_free char *line = length <= LINE_MAX_READ ? xstrndup(c, length) : NULL;
		if (line != NULL && !titled && text_starts(line, "# ")) {
			learn_title(ret, line + 2);
			titled = true;
		} else if (line != NULL) {
			learn_line(ret, line, &clues);
		}
		c += length + (c[length] == '\n');
	}
}

void programs_finish(struct programs *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->items[i].name);
		free(p->items[i].meaning);
	}
	free(p->items);
	*p = (struct programs){0};
}

/* ---- lines that call one ---- */

static const struct program *find_program(const struct programs *p, const char *line)
{
	size_t length = strcspn(line, " \t\n");
	const struct program *found = NULL;
	for (size_t i = 0; p != NULL && length > 0 && i < p->count; i++) {
		const struct program *item = &p->items[i];
		if (strncmp(item->name, line, length) == 0 && item->name[length] == '\0' &&
			(found == NULL || found->source < item->source))
			found = item;
	}
	return found;
}

/* "mytool finished in 3 s", "mytool not found" */
static bool reports(const char *rest)
{
	static const char *const words[] = {"in", "from", "by", "has", "been", "not", "no",
		"failed", "finished", "done", "ready", "running", "started", "stopped",
		"successfully", "completed", "installed", "found", "took", "exited"};
	if (strpbrk(rest, "'\"") != NULL)
		return false;
	for (size_t word; *rest != '\0' && *rest != '#'; rest += strspn(rest, " ")) {
		word = strcspn(rest, " ");
		cleanup_free char *text = xstrndup(rest, word);
		if (text_is_one_of(text, words, ARRAY_LENGTH(words)))
			return true;
		rest += word;
	}
	return false;
}

/* The head of a table, a pattern, a version and a sentence begin with the name, too. */
static bool has_call_operands(const char *rest)
{
	size_t first = strcspn(rest, " \t\n");
	const char *number = rest + (*rest == 'v' || text_starts(rest, "x "));
	number += *number == ' ';
	bool version = isdigit((unsigned char)*number) && strpbrk(number, ".,") != NULL;
	bool capital = isupper((unsigned char)*rest) && memchr(rest, '.', first) == NULL &&
		       memchr(rest, '/', first) == NULL && first > 1;
	const char *gap = strstr(rest, "  ");
	const char *after = gap != NULL ? gap + strspn(gap, " ") : "#";
	return !version && !capital && strchr("=:([{|+", *rest) == NULL && rest[first - 1] != ':' &&
	       rest[first - 1] != ',' && strstr(rest, " [") == NULL &&
	       strstr(rest, " = ") == NULL && strncmp(rest, "= ", 2) != 0 &&
	       strchr(rest, '\t') == NULL && !text_starts(rest, "version ") &&
	       (*after == '#' || *after == '\0');
}

/* "serve -p 80", "shop.db", "$HOME", "> out": a library's name may as well begin other text. */
static bool has_certain_operand(const char *rest)
{
	const char *dot = strchr(rest, '.');
	bool file = dot != NULL && dot > rest && isalnum((unsigned char)dot[-1]) &&
		    islower((unsigned char)dot[1]);
	return *rest == '-' || strstr(rest, " -") != NULL || file ||
	       strpbrk(rest, "$>|\"'") != NULL;
}

bool programs_is_call(const struct programs *p, const char *text)
{
	const struct program *program = find_program(p, text);
	if (program == NULL)
		return false;
	cleanup_free char *line = xstrndup(text, strcspn(text, "\n"));
	const char *rest = line + strcspn(line, " \t");
	size_t gap = strspn(rest, " \t");
	rest += gap;
	if (gap > 1 && *rest != '#')
		return false;
	if (*rest == '\0')
		return program->source != PROGRAM_LIBRARY;
	if (program->source == PROGRAM_LIBRARY && !has_certain_operand(rest))
		return false;
	return *rest == '#' || (has_call_operands(rest) && !reports(rest) && !guess_is_prose(line));
}

char *programs_resolve(const struct programs *p, const char *code)
{
	const struct program *program = find_program(p, code);
	if (program == NULL || program->meaning == NULL)
		return NULL;
	struct buf out = {0};
	buf_printf(&out, "%s%s", program->meaning, code + strcspn(code, " \t\n"));
	return buf_steal(&out);
}

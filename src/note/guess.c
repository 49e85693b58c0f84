/* note/guess.c - guesses which lines of a fence without prompts are output rather than commands */
#include "cli.h"
#include "fence.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* "latest: Pulling from …", "mysql> select 1" */
static bool ends_like_a_label(const char *word, size_t length)
{
	return length > 1 && word[0] != '<' && memchr(word, '<', length) == NULL &&
	       (word[length - 1] == ':' || word[length - 1] == '>');
}

/* "web-1  | Listening": the log of several containers. */
static bool is_log(const char *line, size_t word)
{
	size_t blanks = strspn(line + word, " ");
	return blanks >= 2 && text_starts(line + word + blanks, "| ");
}

/* A container's id or a similar hash. */
static bool is_hash(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isxdigit((unsigned char)word[i]))
			return false;
	return length >= 12 && word[length] == '\0';
}

/* "...": something was left out. */
static bool is_elision(const char *line)
{
	size_t dots = strspn(line, ".");
	return dots >= 3 && text_is_blank(line + dots);
}

static bool is_numeric_word(const char *word, size_t length)
{
	return isdigit((unsigned char)word[0]) && strspn(word, "0123456789.,:%/") >= length;
}

static size_t count_capitals(const char *word, size_t length)
{
	size_t count = 0;
	while (count < length && (isupper((unsigned char)word[count]) || word[count] == '_'))
		count++;
	return count;
}

/* "CONTAINER ID   IMAGE", "REPOSITORY   TAG", "NAMES" */
static bool is_table_head(const char *line, size_t word)
{
	if (word < 2 || count_capitals(line, word) != word)
		return false;
	const char *next = line + word + strspn(line + word, " \t");
	return *next == '\0' || next - (line + word) > 1 || isupper((unsigned char)*next);
}

/* "Creating web", "WARNING! This will", "1:C 01 Jan": no command begins so that is not known. */
static bool begins_like_words(const char *line, size_t word)
{
	return memchr(line, '=', word) == NULL && memchr(line, '/', word) == NULL &&
	       (isdigit((unsigned char)line[0]) || isupper((unsigned char)line[0]));
}

/* "notBefore=Jan  1 00:00:00": what follows the value is no command. */
static bool is_assigned_text(const char *line, size_t word)
{
	const char *rest = line + word + strspn(line + word, " \t");
	return memchr(line, '=', word) != NULL && *rest != '\0' && strpbrk(line, "'\"$`") == NULL &&
	       guess_is_no_command(rest, "");
}

/* "uid=1000(ada) gid=1000(ada)": no value of the shell. */
static bool is_named_number(const char *line, size_t word)
{
	const char *open = memchr(line, '(', word);
	return open != NULL && open > line + 1 && isdigit((unsigned char)open[-1]) &&
	       memchr(line, '=', (size_t)(open - line)) != NULL;
}

/* "FROM centos", "POST /books", "SELECT * FROM x": other languages write their verbs in capitals.
 */
static bool is_verb_in_capitals(const char *line, size_t word)
{
	return word >= 2 && count_capitals(line, word) == word && line[word] == ' ';
}

/* "Hello from Docker!": begins like a sentence and has three words or end punctuation. */
static bool is_sentence(const char *line, size_t word)
{
	if (!isupper((unsigned char)line[0]) || count_capitals(line, word) > 1)
		return false;
	for (size_t i = 0; i < word; i++)
		if (!isalpha((unsigned char)line[i]) && strchr("',", line[i]) == NULL)
			return false;
	size_t words = 0, length = strlen(line);
	for (const char *c = line; *c != '\0'; words++) {
		c += strcspn(c, " ");
		c += strspn(c, " ");
	}
	return words >= 3 || (words > 1 && strchr(".!:…", line[length - 1]) != NULL);
}

/* "{ node: '23.0.0'," */
static bool is_object(const char *line)
{
	size_t name = text_starts(line, "{ ") ? strcspn(line + 2, " ") : 0;
	return name > 1 && line[1 + name] == ':';
}

/* "{" above "\"Id\": …", "[" alone, "[{", "[ 'a', 'b' ]", "[+] Building" */
static bool is_data(const char *line, const char *next)
{
	next += strspn(next, " \t");
	if (line[0] == '{')
		return line[1] == '"' || (line[1] == '\0' && *next == '"') || is_object(line);
	if (text_starts(line, "[ ") && strstr(line, "', ") != NULL)
		return true;
	return line[0] == '[' && line[1] != ' ' && line[1] != '[';
}

/* "----+-----" below the head of a table */
static bool is_underline(const char *line)
{
	size_t length = strspn(line, "-+| ");
	return line[length] == '\0' && strstr(line, "---") != NULL && line[0] != ' ';
}

/* "HTTP/1.1 200 OK" */
static bool is_http_status(const char *line, size_t word)
{
	return text_starts(line, "HTTP/") && isdigit((unsigned char)line[5]) &&
	       text_starts(line + word, " ") && isdigit((unsigned char)line[word + 1]);
}

/* "olá": no program is called so. */
static bool has_foreign_letter(const char *line, size_t word)
{
	for (size_t i = 0; i < word; i++)
		if (strchr("=/'\"$", line[i]) != NULL)
			return false;
		else if ((unsigned char)line[i] >= 0x80)
			return true;
	return false;
}

/* "team.colour=blue": a setting, not a variable of the shell. */
static bool is_setting(const char *line)
{
	size_t name =
		strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
	return line[name] == '=' && name > 0 && strcspn(line, ".-") < name;
}

/* "./composer.json" */
static bool is_data_file(const char *path)
{
	static const char *const ends[] = {".json", ".lock", ".toml", ".yml", ".yaml", ".md",
		".txt", ".xml", ".html", ".conf", ".log", ".csv"};
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++)
		if (text_starts(path, "./") && text_ends(path, ends[i]))
			return true;
	return false;
}

/* "/var/log/team.log", "/var/log/other (rotated)"; programs lie in bin. */
static bool is_path(const char *line, size_t word)
{
	cleanup_free char *path = xstrndup(line, word);
	if (is_data_file(path))
		return true;
	bool script = text_ends(path, ".sh") || text_ends(path, ".py");
	bool home = text_starts(line, "~/") || text_starts(line, "$HOME/");
	if ((line[0] != '/' && !home) || script)
		return false;
	return strstr(path, "bin/") == NULL && strstr(path, "/init.d/") == NULL;
}

/* "$NAME", "${NAME}": a mention. */
static bool is_variable(const char *line)
{
	size_t name = line[0] == '$' ? 1 + (line[1] == '{') : 0;
	size_t length = name;
	while (length > 0 && (isalnum((unsigned char)line[length]) || line[length] == '_'))
		length++;
	return length > name && (line[length] == '\0' || text_same(line + length, "}"));
}

/* "my-app/" in a tree: no program is called so. */
static bool is_folder(const char *line, size_t word)
{
	return word > 1 && line[word - 1] == '/' && strpbrk(line, "$'\"=") == NULL;
}

/* "as root ->" */
static bool points_on(const char *line)
{
	return text_ends(line, " ->") || text_ends(line, " =>") || text_ends(line, " →");
}

/* "kind-of x 17,024 ops/sec ±1.90%", "native ██████": measured, or drawn as bars. */
static bool is_measured(const char *line)
{
	return strpbrk(line, "'\"") == NULL &&
	       (strstr(line, " ±") != NULL || strstr(line, "█") != NULL ||
		       strstr(line, "ops/sec") != NULL);
}

/* "fastest is braces", "hello from foo": the second word shows a sentence. */
static bool is_statement(const char *line, size_t word)
{
	static const char *const words[] = {"is", "are", "was", "were", "has", "from"};
	const char *second = line + word + strspn(line + word, " \t");
	cleanup_free char *text = xstrndup(second, strcspn(second, " \t\n"));
	for (size_t i = 0; i < word; i++)
		if (!isalnum((unsigned char)line[i]) && strchr("-_,", line[i]) == NULL)
			return false;
	return text_is_one_of(text, words, ARRAY_LENGTH(words));
}

/* "node:events:491", "root(1)": a place in a program, a manual's page. */
static bool is_place(const char *line, size_t word)
{
	size_t digits = word;
	if (strchr("$'\"~", line[0]) != NULL || memchr(line, '=', word) != NULL)
		return false;
	bool page = line[word - 1] == ')';
	digits -= page;
	size_t end = digits;
	while (digits > 0 && isdigit((unsigned char)line[digits - 1]))
		digits--;
	return digits > 1 && digits < end && line[digits - 1] == (page ? '(' : ':');
}

/* "(see the patch)"; "(cd src && make)" runs in a shell of its own. */
static bool is_remark(const char *line)
{
	const char *inner = line + 1 + strspn(line + 1, " ");
	return line[0] == '(' && line[1] != '(' && !prompts_names_command(inner) &&
	       islower((unsigned char)*inner) && text_ends(line, ")");
}

bool guess_is_no_command(const char *line, const char *next)
{
	size_t word = strcspn(line, " \t");
	if (word > 0 && (is_underline(next) || prompts_is_logged(line)))
		return true;
	if (word == 0 || prompts_is_command(line))
		return false;
	return has_foreign_letter(line, word) || strchr("|+=-*,)]}^", line[0]) != NULL ||
	       ends_like_a_label(line, word) || is_log(line, word) || is_hash(line, word) ||
	       is_elision(line) || is_numeric_word(line, word) || is_table_head(line, word) ||
	       is_verb_in_capitals(line, word) || is_http_status(line, word) ||
	       begins_like_words(line, word) || is_assigned_text(line, word) ||
	       is_named_number(line, word) || is_folder(line, word) || points_on(line) ||
	       is_sentence(line, word) || is_data(line, next) || is_setting(line) ||
	       is_path(line, word) || is_variable(line) || is_measured(line) ||
	       is_statement(line, word) || is_place(line, word) || is_remark(line);
}

bool guess_is_drawn(const char *line)
{
	const char *gap = strstr(line, "   ");
	const char *next = gap != NULL ? gap + strspn(gap, " ") : "#";
	return *next != '#' && *next != '\\' && strpbrk(line, "'\"") == NULL;
}

/* ---- commands in prose ---- */

/* "scp site.conf ada@box:": the colon ends the name of a host. */
static bool is_copy_to_host(const char *line, size_t length)
{
	static const char *const copiers[] = {"scp", "rsync", "rclone"};
	cleanup_free char *name = xstrndup(line, strcspn(line, " "));
	return length > 0 && line[length - 1] == ':' &&
	       text_is_one_of(name, copiers, ARRAY_LENGTH(copiers));
}

bool guess_is_prose(const char *line)
{
	static const char *const words[] = {"a", "an", "the", "is", "are", "was", "will", "to",
		"and", "or", "of", "that", "which", "with", "your", "you", "this", "these", "it",
		"can", "should", "into", "when", "if", "then", "der", "die", "das", "ist", "und",
		"mit", "ein", "eine", "el", "la", "los", "y", "con", "le", "les", "et", "est", "un",
		"une", "une", "do", "does", "uses", "command", "commands", "what", "how", "on"};
	static const char *const verbs[] = {
		"shows", "says", "prints", "reports", "returns", "gives", "displays", "lists"};
	char quote = '\0';
	size_t length = strlen(line);
	bool first = true;
	for (const char *c = line; *c != '\0'; first = false) {
		size_t word = strcspn(c, " \t\n");
		if (memchr(c, '#', word) == c && !first)
			return false; /* a comment */
		for (size_t i = 0; i < word; i++)
			if (c[i] == '\'' || c[i] == '"')
				quote = quote == '\0' ? c[i] : quote == c[i] ? '\0' : quote;
		cleanup_free char *text = xstrndup(c, word);
		bool last = text_is_blank(c + word);
		if (!first && !last && quote == '\0' && text_ends(text, ","))
			return true;
		if (!first && !last && quote == '\0' &&
			text_is_one_of(text, words, ARRAY_LENGTH(words)))
			return true;
		if (!first && last && quote == '\0' &&
			text_is_one_of(text, verbs, ARRAY_LENGTH(verbs)))
			return true; /* "ps shows" */
		c += word;
		c += strspn(c, " \t\n");
	}
	if (is_copy_to_host(line, length))
		return false;
	return length > 1 && strchr(".:,?!", line[length - 1]) != NULL && line[length - 2] != ' ' &&
	       line[length - 2] != '.' && line[length - 2] != '/';
}

/* Docker knows the subcommand, and none of its operands is missing or too many. Podman has
 * subcommands of its own. */
static bool is_docker_call(const struct cli_call *call, const char *line)
{
	struct cli_faults faults = {0};
	bool whole = !cli_is_group(call->command) || call->use_count > 0; /* "docker --version" */
	bool good = call->unknown_word > 0 ? call->is_podman : whole;
	cli_find_faults(call, line, &faults);
	for (size_t i = 0; i < faults.count; i++) {
		enum cli_fault_kind kind = faults.items[i].kind;
		good = good && kind != CLI_MISSING_OPERAND && kind != CLI_EXTRA_OPERAND &&
		       kind != CLI_MISSING_COMMAND && kind != CLI_UNKNOWN_COMMAND &&
		       kind != CLI_MISSING_VALUE;
	}
	cli_faults_finish(&faults);
	return good;
}

bool guess_is_command_alone(const char *line)
{
	static const char *const alone[] = {"ls", "pwd", "whoami", "hostname", "ps", "df", "env"};
	line += strspn(line, " \t");
	if (strchr(line, ' ') == NULL)
		return text_is_one_of(line, alone, ARRAY_LENGTH(alone)) || text_starts(line, "./");
	if (!prompts_is_likely_command(line))
		return false;
	cleanup_free char *filled = note_fill_placeholders(line, 'x');
	struct shell_commands commands = {0};
	struct cli_call call = {0};
	shell_split(filled, &commands);
	bool good = commands.count > 0 && commands.complete;
	if (good && cli_read(&commands.items[0], &call)) {
		good = is_docker_call(&call, filled);
		cli_call_finish(&call);
	}
	shell_commands_finish(&commands);
	return good;
}

bool guess_is_own_tool(const char *line)
{
	static const char *const verbs[] = {"use", "try", "see", "pass", "add", "with", "or", "and",
		"run", "set", "the", "usage", "option", "options", "default", "via"};
	size_t word = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789_-");
	cleanup_free char *name = xstrndup(line, word);
	const char *dash = strstr(line, " -");
	if (word < 2 || !islower((unsigned char)line[0]) || line[word] != ' ' || dash == NULL ||
		text_is_one_of(name, verbs, ARRAY_LENGTH(verbs)))
		return false;
	dash += 2 + (dash[2] == '-');
	return isalpha((unsigned char)*dash) && !guess_is_drawn(line) && !guess_is_prose(line);
}

/* ---- systems and languages ---- */

/* "Get-Process", "Set-ExecutionPolicy" */
static bool is_cmdlet(const char *word, size_t length)
{
	size_t verb = 0;
	while (isalpha((unsigned char)word[verb]))
		verb++;
	if (!isupper((unsigned char)word[0]) || verb < 2 || verb + 2 > length || word[verb] != '-')
		return false;
	for (size_t i = verb + 1; i < length; i++)
		if (!isalnum((unsigned char)word[i]))
			return false;
	return isupper((unsigned char)word[verb + 1]) != 0;
}

size_t guess_setting_length(const char *line)
{
	size_t name = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	return line[name] == '=' ? name : 0;
}

size_t guess_variable_length(const char *line)
{
	size_t length = line[0] == '$' ? 1 : 0;
	while (length > 0 && (isalnum((unsigned char)line[length]) || line[length] == '_'))
		length++;
	return length > 1 && text_starts(line + length, " = ") ? length : 0;
}

/* "docker ps -aq | ForEach-Object { … }" */
static bool has_cmdlet(const char *line)
{
	for (const char *c = line; c != NULL; c = strchr(c, '|')) {
		c += *c == '|';
		c += strspn(c, " \t");
		if (is_cmdlet(c, strcspn(c, " \t\n")))
			return true;
	}
	return false;
}

/* "%cd%", "%USERNAME%"; where cmd is used, "%anything%". "date +%H%M%S" has none. */
static bool has_variable_of_cmd(const char *line, bool here)
{
	static const char *const names[] = {"cd", "userprofile", "username", "errorlevel", "path",
		"appdata", "localappdata", "homepath", "homedrive", "temp", "programfiles",
		"programdata", "computername", "systemroot", "windir"};
	for (const char *c = line; (c = strchr(c, '%')) != NULL;) {
		size_t length = 0;
		c++;
		while (isalpha((unsigned char)c[length]) || c[length] == '_')
			length++;
		cleanup_free char *name = xstrndup(c, length);
		if (length > 1 && c[length] == '%' &&
			(here || text_is_one_of_fold(name, names, ARRAY_LENGTH(names))))
			return true;
	}
	return false;
}

/* "-v C:\data:/data" */
static bool has_drive(const char *line)
{
	if (text_starts(line, "echo ") || text_starts(line, "printf "))
		return false;
	for (const char *c = line; (c = strstr(c, ":\\")) != NULL; c++) {
		bool begins = c - line >= 2 && strchr(" =,\"'", c[-2]) != NULL;
		if (begins && isupper((unsigned char)c[-1]) && isalnum((unsigned char)c[2]) &&
			isalnum((unsigned char)c[3]))
			return true;
	}
	return false;
}

/* "cd \src", "type .\x", "-v C:\data:/data" */
static bool has_path_of_windows(const char *line)
{
	for (const char *c = line; (c = strchr(c, '\\')) != NULL; c++) {
		char before = c > line ? c[-1] : ' ';
		if (isalnum((unsigned char)c[1]) && strchr(" .:%}\"", before) != NULL)
			return true;
	}
	return false;
}

/* "explorer.exe .": Linux under Windows can start it, and nothing else can. */
static bool is_windows_program(const char *word)
{
	return text_ends(word, ".exe") && !text_starts(word, "docker");
}

bool guess_is_windows(const char *line, const char *language)
{
	static const char *const languages[] = {
		"powershell", "ps1", "pwsh", "cmd", "bat", "batch", "dos", "ps"};
	static const char *const words[] = {"dir", "cls", "copy", "move", "del", "type", "ipconfig",
		"wsl", "choco", "winget", "scoop", "netsh", "icacls", "iex", "iwr", "irm", "net",
		"reg", "setx", "notepad", "cmd", "md", "rd", "ren", "set", "start", "tasklist",
		"taskkill", "dism", "bcdedit", "explorer", "rem", "shutdown"};
	cleanup_free char *word = xstrndup(line, strcspn(line, " \t\n"));
	bool here = text_is_one_of_fold(language, languages, ARRAY_LENGTH(languages));
	if (has_cmdlet(line) || strstr(line, "$env:") != NULL || has_variable_of_cmd(line, here))
		return true;
	bool drive = isalpha((unsigned char)line[0]) && line[1] == ':' && line[2] == '\\';
	bool variable = guess_variable_length(line) > 0;
	return drive || has_drive(line) || variable || strstr(line, ".ps1") != NULL ||
	       is_windows_program(word) ||
	       (here && (has_path_of_windows(line) || !prompts_is_likely_command(line) ||
				text_is_one_of_fold(word, words, ARRAY_LENGTH(words))));
}

bool guess_is_for_job(const char *line)
{
	return strstr(line, "$CI_") != NULL || strstr(line, "${CI_") != NULL;
}

bool guess_is_code_language(const char *word)
{
	static const char *const names[] = {"python", "py", "python3", "pycon", "javascript", "js",
		"jsx", "typescript", "ts", "tsx", "mjs", "cjs", "mts", "cts", "coffee", "node",
		"nodejs", "java", "kotlin", "scala", "go", "golang", "rust", "rs", "c", "cpp",
		"c++", "cs", "csharp", "c#", "swift", "objc", "ruby", "rb", "erb", "perl", "php",
		"lua", "r", "julia", "haskell", "elixir", "erlang", "clojure", "dart", "sql",
		"mysql", "pgsql", "plsql", "graphql", "json", "json5", "jsonc", "yaml", "yml",
		"toml", "ini", "conf", "cfg", "config", "properties", "env", "dotenv", "xml",
		"html", "htm", "vue", "svelte", "css", "scss", "sass", "less", "markdown", "md",
		"mdx", "rst", "tex", "latex", "dockerfile", "containerfile", "make", "makefile",
		"cmake", "nginx", "apache", "hcl", "terraform", "tf", "groovy", "gradle",
		"jenkinsfile", "diff", "patch", "http", "csv", "tsv", "mermaid", "plantuml", "dot",
		"graphviz", "math", "svg", "vim", "lisp", "jinja", "jinja2", "django", "handlebars",
		"go-template", "gotemplate", "systemd", "proto", "protobuf", "tree", "bib", "rego",
		"gherkin", "asm", "wasm", "zig", "nim", "log", "logs"};
	return text_is_one_of_fold(word, names, ARRAY_LENGTH(names));
}

bool guess_is_host_command(const char *line)
{
	static const char *const names[] = {"docker", "docker-compose", "docker-machine", "podman",
		"nerdctl", "kubectl", "minikube", "helm"};
	cleanup_free char *word = NULL;
	do {
		free(word);
		line += strspn(line, " \t");
		size_t length = strcspn(line, " \t");
		word = xstrndup(line, length);
		line += length;
	} while (shell_is_wrapper(word));
	return text_is_one_of(word, names, ARRAY_LENGTH(names));
}

bool guess_is_dockerfile_line(const char *line)
{
	static const char *const words[] = {"FROM", "ARG", "RUN", "COPY", "ADD", "CMD",
		"ENTRYPOINT", "ENV", "EXPOSE", "LABEL", "USER", "VOLUME", "WORKDIR"};
	size_t length = strcspn(line, " \t");
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strlen(words[i]) == length && strncmp(words[i], line, length) == 0)
			return true;
	return false;
}

/* note/within.c - programs that read lines themselves (a shell in a container, a database's client,
 * an interpreter): which commands open one, how their prompts look, what leaves them */
#include "cli.h"
#include "fence.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- commands that open a program ---- */

static const char *const shells[] = {"sh", "bash", "ash", "zsh", "dash", "ksh", "fish", "pwsh"};

static const char *const readers[] = {"mysql", "mariadb", "psql", "pgcli", "redis-cli",
	"valkey-cli", "mongo", "mongosh", "sqlite3", "cqlsh", "sqlcmd", "sqlplus", "influx",
	"clickhouse-client", "python", "python2", "python3", "ipython", "node", "irb", "iex",
	"ghci", "julia", "R", "php", "scala", "jshell", "lua", "erl", "bc", "telnet", "ftp",
	"sftp"};

/* Images whose own command is a shell. */
static const char *const shell_images[] = {"ubuntu", "debian", "alpine", "busybox", "centos",
	"fedora", "rockylinux", "almalinux", "amazonlinux", "archlinux", "opensuse/leap",
	"oraclelinux", "kalilinux/kali-rolling", "golang", "bash"};

/* "sh", "/bin/bash -l"; with -c it runs a command and ends. */
static enum within_kind kind_of_program(char **words, size_t count)
{
	const char *name = count > 0 ? path_base(words[0]) : "";
	for (size_t i = 1; i < count; i++)
		if (text_same(words[i], "-c") || text_same(words[i], "-e"))
			return WITHIN_NONE;
	if (text_is_one_of(name, shells, ARRAY_LENGTH(shells)))
		return count == 1 || words[1][0] == '-' ? WITHIN_SHELL : WITHIN_NONE;
	return text_is_one_of(name, readers, ARRAY_LENGTH(readers)) ? WITHIN_PROGRAM : WITHIN_NONE;
}

static enum within_kind kind_of_image(const char *reference)
{
	cleanup_free char *name = xstrndup(reference, strcspn(reference, ":@"));
	bool shell = text_is_one_of(name, shell_images, ARRAY_LENGTH(shell_images));
	return shell ? WITHIN_SHELL : WITHIN_PROGRAM;
}

/* The command in a container, from operand `first` on. */
static enum within_kind kind_of_operands(const struct cli_call *call, size_t first)
{
	if (call->operand_count <= first)
		return WITHIN_NONE;
	size_t word = call->operands[first];
	enum within_kind kind = kind_of_program(call->line->words + word, call->line->count - word);
	return kind != WITHIN_NONE ? kind : WITHIN_PROGRAM;
}

static enum within_kind kind_of_call(const struct cli_call *call)
{
	const char *name = call->command->name;
	bool input = cli_value_of(call, "--interactive") != NULL;
	bool apart = cli_value_of(call, "--detach") != NULL;
	const char *image = cli_operand(call, 0);
	if (text_same(name, "container attach"))
		return WITHIN_SHELL;
	if (text_same(name, "container start"))
		return input ? WITHIN_SHELL : WITHIN_NONE;
	if (text_same(name, "compose exec") || text_same(name, "compose run"))
		return apart ? WITHIN_NONE : kind_of_operands(call, 1);
	if (!input || apart || image == NULL)
		return WITHIN_NONE;
	if (text_same(name, "container run") && call->operand_count == 1)
		return kind_of_image(image);
	bool runs = text_same(name, "container run") || text_same(name, "container exec");
	return runs ? kind_of_operands(call, 1) : WITHIN_NONE;
}

/* "kubectl exec -it POD -- sh", "kubectl run -it x --image=busybox", "oc rsh POD" */
static enum within_kind kind_of_pod(const struct shell_command *c)
{
	const char *verb = c->count > 1 ? c->words[1] : "";
	bool input = text_same(verb, "rsh") ||
		     (text_same(verb, "debug") && text_same(c->words[0], "oc"));
	for (size_t i = 2; i < c->count; i++) {
		input = input || text_starts(c->words[i], "-it") ||
			text_starts(c->words[i], "-ti") || text_same(c->words[i], "-i") ||
			text_same(c->words[i], "--stdin");
		if (input && text_same(c->words[i], "--"))
			return kind_of_program(c->words + i + 1, c->count - i - 1);
	}
	if (input && text_same(verb, "exec")) /* "kubectl exec -it POD sh", as it once was */
		return kind_of_program(c->words + c->count - 1, 1);
	return input ? WITHIN_SHELL : WITHIN_NONE;
}

/* "chroot rootfs /bin/sh", "unshare --pid bash": another root, or other processes. */
static enum within_kind kind_of_enclosure(const struct shell_command *c)
{
	static const char *const names[] = {"chroot", "unshare", "nsenter"};
	if (c->count < 2 || !text_is_one_of(c->words[0], names, ARRAY_LENGTH(names)))
		return WITHIN_NONE;
	return kind_of_program(c->words + c->count - 1, 1);
}

static enum within_kind kind_of_command(const struct shell_command *c)
{
	/* Engines with docker's command line. */
	static const char *const engines[] = {"docker", "podman", "nerdctl", "docker.exe"};
	if (text_same(c->words[0], "kubectl") || text_same(c->words[0], "oc"))
		return kind_of_pod(c);
	enum within_kind enclosure = kind_of_enclosure(c);
	if (enclosure != WITHIN_NONE)
		return enclosure;
	char *first = c->words[0], name[] = "docker";
	struct cli_call call = {0};
	if (text_is_one_of(first, engines, ARRAY_LENGTH(engines)))
		c->words[0] = name;
	bool engine = cli_read(c, &call);
	enum within_kind kind = engine ? kind_of_call(&call) : kind_of_program(c->words, c->count);
	c->words[0] = first;
	if (engine)
		cli_call_finish(&call);
	/* a shell of one's own is no place to wait in: its lines may as well run here */
	return kind == WITHIN_SHELL && !engine ? WITHIN_PROGRAM : kind;
}

/* "dsh() {", "function dsh {": what it will open is not open yet. */
static bool defines_function(const char *code)
{
	size_t name = strcspn(code, " (\n");
	return text_starts(code, "function ") || text_starts(code + name, "()") ||
	       text_starts(code + name, " ()");
}

/* Most lines open nothing: it shows without reading them. */
static bool may_open(const char *code)
{
	static const char *const marks[] = {" -i", " -t", " -a", " -d", " --i", " --stdin",
		"attach", "compose", " rsh ", "debug ", "chroot ", "unshare ", "nsenter ", "&&",
		";", "|"};
	for (size_t i = 0; i < ARRAY_LENGTH(marks); i++)
		if (strstr(code, marks[i]) != NULL)
			return true;
	cleanup_free char *word = xstrndup(code, strcspn(code, " \n"));
	return text_is_one_of(word, shells, ARRAY_LENGTH(shells)) ||
	       text_is_one_of(word, readers, ARRAY_LENGTH(readers)) || shell_is_wrapper(word);
}

enum within_kind within_opens(const char *code)
{
	struct shell_commands commands = {0};
	enum within_kind kind = WITHIN_NONE;
	if (!may_open(code) || defines_function(code))
		return kind;
	shell_split(code, &commands);
	for (size_t i = 0; i < commands.count; i++) {
		bool piped = commands.items[i].before == '|' ||
			     (i + 1 < commands.count && commands.items[i + 1].before == '|');
		if (commands.items[i].before == '(')
			continue; /* $( … ) keeps nothing open */
		kind = piped ? WITHIN_NONE : kind_of_command(&commands.items[i]);
	}
	shell_commands_finish(&commands);
	return kind;
}

/* ---- lines that leave it ---- */

bool within_leaves(const char *typed)
{
	static const char *const words[] = {"exit", "exit;", "exit()", "exit();", ".exit", "quit",
		"quit;", "quit()", "\\q", "\\q;", ".quit", "logout", "^D", "^d", "<ctrl-d>",
		"<ctrl+d>", "exit 0", "ctrl-d", "ctrl+d"};
	size_t length = strcspn(typed, "#");
	while (length > 0 && isspace((unsigned char)typed[length - 1]))
		length--;
	cleanup_free char *word = xstrndup(typed, length);
	return text_is_one_of_fold(word, words, ARRAY_LENGTH(words));
}

/* ---- prompts that no shell of the host has ---- */

/* The end of a prompt: "> " or ">" at the end of the line. */
static size_t prompt_end(const char *line, size_t at)
{
	return line[at] == ' ' ? at + 1 : line[at] == '\0' ? at : 0;
}

/* "/ # ", "/srv # ", "~ # ": busybox tells root from others by '#' after a blank. */
static size_t prompt_of_busybox(const char *line)
{
	if (line[0] != '/' && line[0] != '~')
		return 0;
	size_t path = 0;
	while (isalnum((unsigned char)line[path]) ||
		(line[path] != '\0' && strchr("/~._-", line[path]) != NULL))
		path++;
	return text_starts(line + path, " #") ? prompt_end(line, path + 2) : 0;
}

/* "bash-5.1# ", "sh-4.2$ "; "bash-3.2$ " is a Mac's own. */
static size_t prompt_of_version(const char *line)
{
	if (text_starts(line, "bash-3.2$"))
		return 0;
	size_t name = text_starts(line, "bash-") ? 5 : text_starts(line, "sh-") ? 3 : 0;
	size_t end = name + strspn(line + name, "0123456789.");
	if (name == 0 || end == name || (line[end] != '$' && line[end] != '#'))
		return 0;
	return prompt_end(line, end + 1);
}

/* "root@1f2e3d4c5b6a:/# ", "[root@1f2e3d4c5b6a /]# ": the host is a container's id. A machine's own
 * users have names. */
static size_t prompt_of_id(const char *line)
{
	const char *at = strchr(line, '@');
	if (text_starts(line, "I have no name!@"))
		return prompts_length(line, PROMPT_PLAIN);
	if (at == NULL || at - line > 32)
		return 0;
	size_t hex = strspn(at + 1, "0123456789abcdef");
	bool id = hex >= 6 && hex <= 12 && strcspn(at + 1, "0123456789") < hex &&
		  strchr(": ", at[1 + hex]) != NULL;
	return id ? prompts_length(line, PROMPT_PLAIN) : 0;
}

/* "mysql> ", "MariaDB [(none)]> ", "127.0.0.1:6379> ", "irb(main):001:0> ", "iex(1)> " */
static size_t prompt_of_reader(const char *line)
{
	static const char *const names[] = {"mysql", "MariaDB", "sqlite", "redis",
		"127.0.0.1:", "localhost:", "mongo", "mongosh", "irb(", "iex(", "cqlsh", "psql",
		"SQL", "scala", "julia", "ghci", "jshell", "hive", "ftp", "sftp", "telnet"};
	size_t end = strcspn(line, ">");
	bool known = false;
	if (line[end] != '>' || end > 60)
		return 0;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		known = known || text_starts(line, names[i]);
	bool spaced = memchr(line, ' ', end) != NULL && !text_starts(line, "MariaDB [") &&
		      !text_starts(line, "redis ");
	return known && !spaced ? prompt_end(line, end + 1) : 0;
}

/* ">>> ", "In [1]: " */
static size_t prompt_of_python(const char *line)
{
	if (text_starts(line, ">>>"))
		return prompt_end(line, 3);
	size_t digits = text_starts(line, "In [") ? strspn(line + 4, "0123456789") : 0;
	return digits > 0 && text_starts(line + 4 + digits, "]:") ? prompt_end(line, digits + 6)
								  : 0;
}

/* "postgres=# ", "shop=> ", and with '-' or '(' for '=' while a statement is open */
static size_t prompt_of_postgres(const char *line)
{
	size_t name = 0;
	while (isalnum((unsigned char)line[name]) || line[name] == '_')
		name++;
	bool prompt = name > 0 && strchr("=-('\"", line[name]) != NULL && line[name] != '\0' &&
		      (line[name + 1] == '#' || (line[name + 1] == '>' && line[name] == '='));
	return prompt ? prompt_end(line, name + 2) : 0;
}

size_t within_prompt(const char *line)
{
	static size_t (*const kinds[])(const char *line) = {prompt_of_busybox, prompt_of_version,
		prompt_of_reader, prompt_of_python, prompt_of_postgres, prompt_of_id};
	size_t front = strspn(line, " \t"), length = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(kinds) && length == 0; i++)
		length = kinds[i](line + front);
	return length > 0 ? front + length : 0;
}

/* ---- what was typed ---- */

/* Prompts of an open program that prove nothing without it; a statement may go on after them. */
static size_t loose_prompt(const char *line)
{
	static const char *const more[] = {"> ", "... ", "    -> ", "   ...> ", "-> "};
	for (size_t i = 0; i < ARRAY_LENGTH(more); i++)
		if (text_starts(line, more[i]))
			return strlen(more[i]);
	if (text_same(line, ">"))
		return strlen(line);
	size_t word = isalnum((unsigned char)line[0]) ? strcspn(line, " >") : 0;
	return word > 0 && line[word] == '>' && line[word + 1] == ' ' ? word + 2 : 0;
}

const char *within_typed(const char *line)
{
	size_t length = within_prompt(line);
	if (length == 0)
		length = prompts_length(line, PROMPT_ROOT);
	if (length == 0)
		length = loose_prompt(line);
	return length > 0 ? line + length : NULL;
}

/* "..." alone below ">>> for x in y:" ends what is open in Python; elsewhere it is output. */
static bool ends_statement(const struct words *lines, size_t at)
{
	const char *before = at > 0 ? lines->items[at - 1] : "";
	return text_same(lines->items[at], "...") &&
	       (text_starts(before, ">>> ") || text_starts(before, "... "));
}

/* Follows what was typed through programs that open others, and appends it to out. */
static void append_typed(struct within *w, const char *typed, struct buf *out)
{
	if (w->depth == 0 || typed[0] == '#')
		return;
	if (within_leaves(typed))
		w->depth--;
	else if (within_opens(typed) != WITHIN_NONE)
		w->depth++;
	if (typed[0] != '^' && typed[0] != '<' && strncasecmp(typed, "ctrl", 4) != 0)
		buf_printf(out, "%s\n", typed);
}

char *within_read(struct within *w, const struct words *lines, size_t from, size_t to, bool bare)
{
	struct buf out = {0};
	for (size_t i = from; i < to; i++) {
		const char *typed = ends_statement(lines, i) ? "" : within_typed(lines->items[i]);
		if (typed == NULL && bare && !text_is_blank(lines->items[i]))
			typed = lines->items[i];
		if (typed != NULL)
			append_typed(w, typed, &out);
	}
	w->bare = w->bare && w->depth > 0;
	return out.length > 0 ? buf_steal(&out) : NULL;
}

/* ---- entering and leaving it in words ---- */

static bool has_one_of(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(text, words[i]) != NULL)
			return true;
	return false;
}

/* "Inside the container, run:", "# inside the container" */
static bool says_inside(const char *small)
{
	static const char *const words[] = {"inside the container", "inside of the container",
		"inside your container", "inside this container", "within the container",
		"inside the running container", "in the running container", "inside the pod",
		"in the container's shell", "container's prompt", "container prompt",
		"container shell", "im container", "innerhalb des containers", "dans le conteneur",
		"à l'intérieur du conteneur", "dentro del contenedor", "dentro do container",
		"dentro do contêiner", "コンテナ内", "コンテナの中", "容器内", "容器中", "容器里",
		"컨테이너 안", "внутри контейнера"};
	bool comment = small[strspn(small, " \t")] == '#';
	bool leads = comment || text_ends(small, ":") || text_ends(small, "：");
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (text_starts(small, words[i]))
			return true;
	small += strspn(small, " \t#");
	return text_starts(small, "in the container") || text_starts(small, "in container") ||
	       (leads && has_one_of(small, words, ARRAY_LENGTH(words)));
}

/* Most texts do not: their beginning and their end show it. */
static bool may_say_inside(const char *text)
{
	text += strspn(text, " \t");
	return *text == '#' || text_ends(text, ":") || text_ends(text, "：") ||
	       (*text != '\0' && strchr("IiWwDdCc", *text) != NULL) || (unsigned char)*text >= 0x80;
}

/* "Leave the container with Ctrl-D", "on your host", "in a second terminal" */
void within_follow(struct within *w, const char *text)
{
	static const char *const leaving[] = {"exit", "leave", "leaving", "quit", "ctrl", "detach",
		"host", "terminal", "your machine", "own machine", "laptop", "your computer",
		"outside", "new window", "back to", "verlasse", "beende", "salir", "quitter",
		"終了", "抜け", "退出", "나가", "종료"};
	if (!w->bare && !w->told && !may_say_inside(text))
		return;
	cleanup_free char *small = text_lower(xstrdup(text));
	bool inside = says_inside(small);
	if (inside) {
		w->told = w->depth == 0;
		w->bare = !w->told;
	} else if (has_one_of(small, leaving, ARRAY_LENGTH(leaving))) {
		w->bare = w->told = false;
	}
}

bool within_is_left_for(const struct within *within, const char *line)
{
	cleanup_free char *resolved = programs_resolve(within->programs, line);
	return guess_is_host_command(resolved != NULL ? resolved : line);
}

void within_enter(struct within *w, const char *code, const char *prompt)
{
	cleanup_free char *resolved = programs_resolve(w->programs, code);
	enum within_kind kind = within_opens(resolved != NULL ? resolved : code);
	w->playground = within_prompt(prompt) > 0;
	w->root = strstr(prompt, "root@") != NULL;
	w->depth = kind != WITHIN_NONE;
	w->told = false;
	w->bare = kind == WITHIN_SHELL;
}

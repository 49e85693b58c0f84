/* explain/message.c - the structure of a message: who wrote it, and the innermost of its causes */
#include "message.h"
#include "pattern.h"
#include "translate.h"

#include <stdlib.h>
#include <string.h>

/* ---- frames ---- */

/* Beginnings or parts of a line that tell who wrote it; the first match counts. A weak one is also
 * what other programs write, so it counts only in the output of a docker command whose program does
 * not write there. */
static struct frame {
	enum explain_speaker speaker;
	bool is_weak;
	struct pattern pattern;
} frames[] = {
	{EXPLAIN_CLIENT, false,
		{.text = "^(ERROR: )?(docker: )?['\"]docker [a-z ]+['\"] (requires|accepts)"}},
	{EXPLAIN_GATE, false, {.text = "Error response from daemon: ropes: |^(docker: )?ropes: "}},
	{EXPLAIN_RUNTIME, false,
		{.text = "Error response from daemon: .*(OCI runtime|failed to create (shim|task)|"
			 "container_linux\\.go|starting container process)"}},
	{EXPLAIN_BUILD, false,
		{.text = "^Error: building at STEP|^ERROR: executor failed|"
			 "(find 'git'|find git binary|git was not found)[^\n]*exec: \""}},
	/* What the client says of a terminal or of its own options, where a program writes, too. */
	{EXPLAIN_CLIENT, false,
		{.text = "^(you )?cannot (start and )?attach (to a|multiple)|^read escape sequence|"
			 "^invalid detach keys |^unable to (set IO streams|setup input stream)|"
			 "^failed to get console mode|^cannot connect to the Docker daemon|"
			 "[Ee]rror waiting for container: "}},
	{EXPLAIN_COMPOSE, false,
		{.text = "^--[a-z-]+ and --[a-z-]+ (are incompatible|can.t be used together)$|"
			 "^label must be set as KEY=VALUE$|^no command specified$|^invalid spec: |"
			 "^(ERROR: )?[Nn]o container found for "}},
	/* The codes of the distribution specification, in lower case: a registry's answer. */
	{EXPLAIN_DAEMON, true,
		{.text = "^(ERROR: )?(denied|unauthorized|toomanyrequests|unsupported|"
			 "(blob|digest|manifest|name|size|tag|blob upload|manifest blob) "
			 "(unknown|invalid)): "}},
	{EXPLAIN_RUNTIME, false,
		{.text = "OCI runtime (exec|create) failed|^standard_init_linux\\.go|"
			 "exec: \"[^\"]*\": (executable file not found|stat |permission denied)"}},
	{EXPLAIN_RUNTIME, false,
		{.text = "^Error: (crun|runc): |OCI permission denied|OCI runtime (error|"
			 "attempted)|^unable to find (user|group) "}},
	{EXPLAIN_RUNTIME, false,
		{.text = "^exec /[^ ]*: (exec format error|no such file or directory|permission "
			 "denied)|exec container process "}},
	{EXPLAIN_BUILD, false,
		{.text = "failed to solve|dockerfile parse error|Dockerfile parse error|"
			 "unable to prepare context|^error checking context|(COPY|ADD) failed"}},
	{EXPLAIN_BUILD, false,
		{.text = "^The command '.*' returned a non-zero code|^ => ERROR|"
			 "^#[0-9]+ ERROR|^ERROR: BuildKit|failed to build:"}},
	{EXPLAIN_COMPOSE, false,
		{.text = "no configuration file provided|Can't find a suitable configuration file|"
			 "^validating |services must be a mapping|depends on undefined|"
			 "^env file .* not found|dependency failed to start|"
			 "The Compose file .* is invalid|invalid compose project|^ERROR: for |"
			 "^service \"[^\" ]*\" is not running|^no such service: |"
			 "^no service selected|^no container found for project "}},
	{EXPLAIN_COMPOSE, true,
		{.text = "^services\\.|^service \"|^yaml: |"
			 "^(parsing|failed to parse) .*ya?ml|^no container found for "}},
	{EXPLAIN_CLIENT, true, {.text = "^failed to (parse|execute) template"}},
	{EXPLAIN_CLIENT, false,
		{.text = "^invalid argument \"[^\"]*\" for \"(-[a-zA-Z], )?--[a-z-]+\" flag: |"
			 "^invalid reference format|^(requires at least|accepts) [0-9]+ "
			 "arg\\(s\\)"}},
	{EXPLAIN_CLIENT, false,
		{.text = "^ERROR: (Cannot connect to the Docker daemon|unknown command: |unknown "
			 "(shorthand )?flag: "
			 "|flag needs an argument|invalid argument \")"}},
	{EXPLAIN_BUILD, true,
		{.text = "^ERROR: |Cannot locate specified Dockerfile|unknown instruction:|"
			 "^unable to evaluate symlinks in Dockerfile|^failed to (parse|read) "}},
	{EXPLAIN_DAEMON, false, {.text = "Error response from daemon: "}},
	{EXPLAIN_CLIENT, false,
		{.text = "Cannot connect to the Docker daemon|failed to connect to the docker API|"
			 "permission denied while trying to connect|"
			 "docker daemon is not running|Is the docker daemon running"}},
	{EXPLAIN_CLIENT, false,
		{.text = "^(ERROR: )?docker: ['a-tv-zA-TV-Z]|^You cannot attach to|^[\"']?docker "
			 "[a-z ]+[\"']? (requires|accepts) |"
			 "is not a docker command|^unknown (docker )?command: |the input device is "
			 "not a TTY|^[Ee]rror getting credentials|docker-credential-|"
			 "^(Error: )?[Cc]annot perform an interactive login|"
			 "^\"logs\" command is supported only "}},
	{EXPLAIN_CLIENT, false,
		{.text = "^[Ee]rror: [Nn]o such (container|image|network|volume|object)|"
			 "Cannot connect to Podman|unable to connect to Podman|^Error: "
			 "rootlessport "}},
	{EXPLAIN_CLIENT, true,
		{.text = "error during connect|unknown (shorthand )?flag: |^flag needs an "
			 "argument|^invalid argument \"|^Flag --|^invalid reference format|"
			 "^[Ee]rror: |^[Tt]emplate pars|^template: |^[Cc]ontext \""}},
	{EXPLAIN_CLIENT, true,
		{.text = "^accepts [0-9]+ arg|^requires at least|^unable to parse docker host|"
			 "^You cannot |^[Cc]annot (attach|exec|specify)|^[Cc]onflicting options"}},
};

/* What PowerShell says about a line that it did not run; version 7 puts a bar before it. */
#define POWERSHELL                                                                                 \
	"^( *\\| +)?(The token '|Missing expression after unary operator|Unexpected token '|The "  \
	"string is missing the terminator|The ampersand \\(&\\) character|The '<' operator is "    \
	"reserved|Variable reference is not valid|The system cannot find the (path|file) "         \
	"specified)"

/* How shells report errors: bash, dash, busybox, zsh, fish, cmd.exe, PowerShell. Other languages
 * have been translated. */
static struct pattern shell_frames = {
	.text = "^(-?(ba|da|z|k|a|c|fi)?sh|/bin/(ba|da|z)?sh|/usr/bin/(ba|z)?sh)(: line [0-9]+|"
		": [0-9]+|:[0-9]+)?: |^sudo: |: command not found|^[^ ]+: +not found$|is not recognized as|"
		"could not be found in this WSL|^The term '|^Command '[^']*' not found|"
		"was unexpected at this time|" POWERSHELL};

static bool is_compose(const struct cli_call *call)
{
	return call != NULL && text_starts(call->command->name, "compose");
}

/* Compose begins its own errors as a build does: "ERROR: ". */
static enum explain_speaker frame_of(const char *line, const struct cli_call *call, bool is_dockers)
{
	for (size_t i = 0; i < ARRAY_LENGTH(frames); i++) {
		const struct frame *frame = &frames[i];
		if ((frame->is_weak && !is_dockers) || !pattern_fits(&frames[i].pattern, line))
			continue;
		bool is_shared = frame->is_weak && frame->speaker == EXPLAIN_BUILD;
		return is_shared && is_compose(call) ? EXPLAIN_COMPOSE : frame->speaker;
	}
	return pattern_fits(&shell_frames, line) ? EXPLAIN_SHELL : EXPLAIN_UNKNOWN;
}

/* Lines around a message that carry no information. */
static bool is_noise(const char *line)
{
	static struct pattern noise = {
		.text = "^(See|Run|SRun) ['\"][^'\"]*['\"]|^Usage: |^(ERRO|time=).*error waiting "
			"for "
			"container|"
			"^Unable to find image|: Pulling from |^[0-9a-f]{12}: |^Digest: |^Status: |"
			"^View build details|^WARNING|^-+$|^DEPRECATED: |^ +at [A-Za-z]|attribute "
			"`version` is "
			"obsolete|variable is not set\\. Defaulting|Found orphan "
			"containers|^Error: "
			"failed to start containers|Encountered errors while bringing up|"
			"^nginx: configuration file [^ ]+ test |"
			"^\\[\\+\\] |^ParserError: |^At line:[0-9]+ char:|^\\+ +(~|[a-z])|^Line +\\||"
			"^npm (error|ERR!)( (code|syscall|path|errno|dest|cwd|A complete log|To see a "
			"list|enoent This is|enoent$|Did you mean)|   |$| +/)"};
	return text_is_blank(line) || pattern_fits(&noise, line);
}

/* ---- which line reports the failure ---- */

/* Returns whether the container's program writes to this terminal: run, exec, logs and the like. */
static bool shows_program(const struct cli_call *call)
{
	static const char *const shown[] = {"container run", "container exec", "container logs",
		"container attach", "compose run", "compose exec", "compose attach"};
	if (call == NULL || cli_value_of(call, "--detach") != NULL)
		return false;
	return text_is_one_of(call->command->name, shown, ARRAY_LENGTH(shown)) ||
	       (text_same(call->command->name, "container start") &&
		       (cli_value_of(call, "--attach") != NULL ||
			       cli_value_of(call, "--interactive") != NULL));
}

/* Returns whether docker or podman ended the command, not the program: by the status, or by the
 * usage text that follows. */
static bool is_own_status(const struct cli_call *call, const struct explain_question *question)
{
	static struct pattern usage = {
		.text = "(See|Run) '(docker|podman)[^'\n]* --help'|Usage:  (docker|podman) "};
	/* `docker logs` ends with 0, whatever the logs say, unless it fails itself or is
	 * interrupted. */
	bool is_logs = text_same(call->command->name, "container logs") && question->status > 0 &&
		       question->status != 130;
	return is_logs || question->status == 125 || pattern_fits(&usage, question->output) ||
	       (call->is_podman && (question->status == 126 || question->status == 127 ||
					   question->status == 255));
}

/* Compose puts the container's name before each line of its output: "web-1  | listening". */
static bool is_labelled(const struct cli_call *call, const char *line)
{
	static struct pattern label = {.text = "^[A-Za-z0-9_.-]+ +\\| "};
	return call != NULL && text_starts(call->command->name, "compose ") &&
	       pattern_fits(&label, line);
}

/* Returns whether the container may run the shell that begins the message: the line names it, or
 * someone types into the container, where bash is as usual as on the host. */
static bool has_shell(const struct cli_call *call, const char *message)
{
	cleanup_free char *name = xstrndup(message, strcspn(message, ":"));
	if (text_same(name, "bash") && cli_value_of(call, "--interactive") != NULL)
		return true;
	for (size_t i = 0; i < call->operand_count; i++)
		if (strstr(cli_operand(call, i), name) != NULL)
			return true;
	return false;
}

/* "bash: line 1: nosuch: command not found" → the host's shell, if the name is where the host's
 * shell would look it up: at the beginning of a command, or after a redirection. */
static bool is_of_this_side(const char *message, const char *line,
	const struct shell_commands *commands, const struct cli_call *call)
{
	static struct pattern typed = {
		.text = "^(bash|zsh|fish|sudo): |is not recognized as|^The term '|"
			"was unexpected at this time|" POWERSHELL};
	static struct pattern names_docker = {.text = "docker[:']|: docker"};
	cleanup_free char *wrapper = xstrndup(line, strcspn(line, " "));
	bool is_wrapped = text_same(wrapper, "winpty") && strstr(message, wrapper) != NULL;
	if (!commands->complete || is_wrapped || strstr(message, "event not found") != NULL ||
		(pattern_fits(&typed, message) && !has_shell(call, message)))
		return true;
	for (size_t i = 0; i < commands->count; i++) {
		const struct shell_command *command = &commands->items[i];
		const char *name = command->count > 0 ? command->words[0] : NULL;
		if (name != NULL && *name != '\0' && strstr(message, name) != NULL &&
			!(text_same(name, "docker") && !pattern_fits(&names_docker, message)))
			return true;
	}
	for (const char *at = line; (at = strpbrk(at, "<>")) != NULL; at++) {
		const char *target = at + strspn(at, "<>& ");
		size_t length = strcspn(target, " ;|&\n\t");
		cleanup_free char *file = xstrndup(target, length);
		if (length > 0 && strstr(message, file) != NULL)
			return true;
	}
	return false;
}

/* A program's report often goes on after the error: with a stack, a hint, the program's version. */
static bool is_error(const char *line)
{
	static struct pattern error = {
		.text = "(^|[^A-Za-z])([Ee]rror|ERROR|ERR!|[Ff]atal|FATAL|[Pp]anic|E:)([ :!]|$)|"
			"[a-z](Error|Exception)(:| \\[|$)|[Cc]annot |[Cc]an't |[Cc]ould not |"
			"[Cc]ouldn't |[Uu]nable to |[Nn]o such |not found|[Dd]enied|[Rr]efused|"
			"[Ff]ailed"};
	return pattern_fits(&error, line);
}

/* Picks the last line with a frame; if no line has one, the last line that names an error, else the
 * last that is not noise. The number of lines: there is none. */
static enum explain_speaker find_telling_line(
	const struct words *lines, const struct cli_call *call, bool is_dockers, size_t *ret_at)
{
	bool has_error = false;
	*ret_at = lines->count;
	for (size_t i = lines->count; i-- > 0;) {
		const char *line = lines->items[i];
		if (is_noise(line))
			continue;
		enum explain_speaker speaker = frame_of(line, call, is_dockers);
		if (speaker != EXPLAIN_UNKNOWN) {
			*ret_at = i;
			return speaker;
		}
		bool names_error = !is_dockers && !has_error && is_error(line);
		if (*ret_at == lines->count || names_error)
			*ret_at = i;
		has_error = has_error || names_error;
	}
	return EXPLAIN_UNKNOWN;
}

bool message_has_id(const char *output)
{
	static struct pattern id = {.text = "(^|\n)[0-9a-f]{64}\r?(\n|$)"};
	return pattern_fits(&id, output);
}

/* Returns the command after docker's, if another program follows it: "docker run … && curl …". */
static const struct shell_command *next_program(
	const struct shell_commands *commands, const struct cli_call *call)
{
	const struct shell_command *last = &commands->items[commands->count - 1];
	bool is_after = last > call->line && strchr("a;|", last->before) != NULL;
	return is_after && last->count > 0 && !text_same(last->words[0], "docker") ? last : NULL;
}

/* "docker run -d nginx && curl localhost" → curl's, if the line begins with its name, or if docker
 * has printed the id of the container that it started. */
static bool is_of_next(const struct words *lines, size_t at, const struct shell_commands *commands,
	const struct cli_call *call)
{
	const struct shell_command *next = call != NULL ? next_program(commands, call) : NULL;
	if (next == NULL || at >= lines->count)
		return false;
	size_t length = strlen(next->words[0]);
	if (text_starts(lines->items[at], next->words[0]) && lines->items[at][length] == ':')
		return true;
	for (size_t i = 0; i < at; i++)
		if (next->before != '|' && message_has_id(lines->items[i]))
			return true;
	return false;
}

static enum explain_speaker decide_speaker(const struct explain_question *question,
	const struct shell_commands *commands, const struct cli_call *call, bool is_dockers,
	enum explain_speaker framed, const char *line)
{
	const char *typed = question->line != NULL ? question->line : "";
	if (is_labelled(call, line))
		return EXPLAIN_PROGRAM;
	if (framed == EXPLAIN_SHELL && shows_program(call) &&
		!is_of_this_side(line, typed, commands, call))
		return EXPLAIN_PROGRAM;
	if (framed != EXPLAIN_UNKNOWN)
		return framed;
	if (call != NULL && !is_dockers)
		return *line != '\0' || question->status > 0 ? EXPLAIN_PROGRAM : EXPLAIN_UNKNOWN;
	if (is_compose(call) && *line != '\0')
		return EXPLAIN_COMPOSE;
	return call != NULL || text_is_blank(typed) || *line == '\0' ? EXPLAIN_UNKNOWN
								     : EXPLAIN_OTHER;
}

/* ---- the chain of causes ---- */

static const char *const frame_prefixes[] = {
	"docker: ", "Error response from daemon: ", "ERROR: ", "Error: "};
/* Stages that only pass an error on. */
static const char *const stage_prefixes[] = {"failed to build: ", "failed to solve: ",
	"failed to create task for container: ", "failed to create shim task: ",
	"OCI runtime create failed: ", "OCI runtime exec failed: ", "runc create failed: ",
	"exec failed: ", "unable to start container process: ", "error during container init: ",
	"failed to set up container networking: ", "rpc error: code = Unknown desc = "};

static const char *skip_prefixes(const char *line, const char *const *prefixes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_starts(line, prefixes[i]))
			return skip_prefixes(line + strlen(prefixes[i]), prefixes, count);
	return line;
}

/* "outer: inner: innermost: unknown" → "innermost": parts end with ": " outside quotes and
 * brackets. */
static char *innermost_cause(const char *line)
{
	cleanup_free char *whole = xstrdup(line);
	static const char *const tails[] = {": unknown.", ": unknown", "."};
	for (size_t i = 0; i < ARRAY_LENGTH(tails); i++)
		if (text_ends(whole, tails[i]))
			whole[strlen(whole) - strlen(tails[i])] = '\0';
	const char *last = whole;
	char quote = '\0';
	int depth = 0;
	for (const char *c = whole; *c != '\0'; c++) {
		if (quote != '\0') {
			quote = *c == quote && c[-1] != '\\' ? '\0' : quote;
		} else if (*c == '"' || *c == '`') {
			quote = *c;
		} else if (*c == '(' || *c == '[') {
			depth++;
		} else if (*c == ')' || *c == ']') {
			depth -= depth > 0;
		} else if (depth == 0 && c[0] == ':' && c[1] == ' ' && c[2] != '\0') {
			last = c + 2;
		}
	}
	return xstrdup(last);
}

/* ---- the whole message ---- */

static void add_line(struct words *lines, const char *text, size_t length)
{
	cleanup_buf struct buf bare = {0}, line = {0};
	for (size_t i = 0; i < length; i++) {
		size_t slashes = 0;
		while (i + slashes < length && text[i + slashes] == '\\')
			slashes++;
		if (slashes > 0 && i + slashes < length && text[i + slashes] == '"')
			i += slashes;
		buf_add_char(&bare, text[i]);
	}
	translate_line(buf_text(&bare), &line);
	/* Clients before 28 end each message of `docker run` with a full stop. */
	bool is_forced =
		text_starts(buf_text(&line), "docker: ") && text_ends(buf_text(&line), ".");
	buf_truncate(&line, line.length - is_forced);
	words_add(lines, buf_text(&line));
}

/* Splits the output into lines without carriage returns, without the usage text after an error, and
 * without the backslashes that old runtimes put before quotes. */
static void take_lines(const char *output, struct words *ret)
{
	bool in_usage = false, has_said = false; /* an error */
	for (const char *at = output; *at != '\0';) {
		size_t length = strcspn(at, "\n");
		size_t shown = length - (length > 0 && at[length - 1] == '\r');
		in_usage = (in_usage && shown > 0 && (at[0] == ' ' || at[0] == '\t')) ||
			   (has_said && text_starts(at, "Usage:  docker"));
		if (!in_usage)
			add_line(ret, at, shown);
		has_said = has_said || strspn(at, " \t\r") < length;
		at += length + (at[length] == '\n');
	}
}

/* Returns the line, with the next one if it ends with a colon: "errors:", then the error. */
static char *whole_line(const struct words *lines, size_t at)
{
	if (at >= lines->count)
		return xstrdup("");
	bool goes_on = text_ends(lines->items[at], ":") && at + 1 < lines->count;
	const char *next = goes_on ? lines->items[at + 1] : "";
	return xasprintf(
		"%s%s%s", lines->items[at], goes_on ? " " : "", next + strspn(next, " \t"));
}

void message_read(const struct explain_question *question, const struct shell_commands *commands,
	const struct cli_call *call, struct message *ret)
{
	cleanup_words struct words lines = {0};
	struct buf text = {0};
	size_t at;
	take_lines(question->output != NULL ? question->output : "", &lines);
	bool is_typed = question->line != NULL && !text_is_blank(question->line);
	bool is_dockers =
		call != NULL ? !shows_program(call) || is_own_status(call, question) : !is_typed;
	enum explain_speaker framed = find_telling_line(&lines, call, is_dockers, &at);
	cleanup_free char *line = whole_line(&lines, at);
	bool is_other = framed == EXPLAIN_UNKNOWN && is_of_next(&lines, at, commands, call);
	for (size_t i = 0; i < lines.count; i++)
		buf_printf(&text, "%s\n", lines.items[i]);
	const char *bare = skip_prefixes(line, frame_prefixes, ARRAY_LENGTH(frame_prefixes));
	*ret = (struct message){.speaker = is_other ? EXPLAIN_OTHER
						    : decide_speaker(question, commands, call,
							      is_dockers, framed, line),
		.text = buf_steal(&text),
		.line = xstrdup(bare),
		.said = xstrdup(skip_prefixes(bare, stage_prefixes, ARRAY_LENGTH(stage_prefixes))),
		.cause = innermost_cause(bare)};
}

void message_finish(struct message *message)
{
	free(message->text);
	free(message->line);
	free(message->said);
	free(message->cause);
	*message = (struct message){0};
}

/* ---- what a message names ---- */

bool message_add_container(const char *line, struct buf *out)
{
	static const char *const others[] = {"is", "was", "has", "with", "name", "not", "in", "ID",
		"that", "to", "by", "and", "from", "cannot", "init", "process", "exited"};
	for (const char *at = line; (at = strstr(at, "ontainer")) != NULL;) {
		at += strlen("ontainer");
		size_t gap = strspn(at, ": \"/");
		size_t length = strspn(at + gap, "abcdefghijklmnopqrstuvwxyz"
						 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
		while (length > 0 && at[gap + length - 1] == '.')
			length--;
		cleanup_free char *word = xstrndup(at + gap, length);
		if (gap == 0 || length == 0 || text_is_one_of(word, others, ARRAY_LENGTH(others)))
			continue;
		buf_add_text(out, word);
		return true;
	}
	return false;
}

/* explain/message.c - the structure of a message: who wrote it, and the innermost of its causes */
#include "message.h"
#include "pattern.h"

#include <stdlib.h>
#include <string.h>

/* ---- frames ---- */

/* Beginnings or parts of a line that only one speaker writes. The first match counts. */
static struct {
	enum explain_speaker speaker;
	struct pattern pattern;
} frames[] = {
	{EXPLAIN_GATE, {.text = "Error response from daemon: ropes: |^(docker: )?ropes: "}},
	{EXPLAIN_RUNTIME,
		{.text = "Error response from daemon: .*(OCI runtime|failed to create (shim|task)|"
			 "container_linux\\.go|starting container process)"}},
	{EXPLAIN_RUNTIME, {.text = "OCI runtime (exec|create) failed|^standard_init_linux\\.go|"
				   "exec: \"[^\"]*\": (executable file not found|stat )"}},
	{EXPLAIN_RUNTIME,
		{.text = "^exec /[^ ]*: (exec format error|no such file or directory|permission "
			 "denied)"}},
	{EXPLAIN_BUILD,
		{.text = "failed to solve|dockerfile parse error|Dockerfile parse error|"
			 "unable to prepare context|^error checking context|(COPY|ADD) failed"}},
	{EXPLAIN_BUILD,
		{.text = "^The command '.*' returned a non-zero code|^ => ERROR|^#[0-9]+ ERROR|"
			 "^ERROR: failed to |^ERROR: (BuildKit|resolve|unable)|failed to build:"}},
	{EXPLAIN_BUILD,
		{.text = "Cannot locate specified Dockerfile|^unable to evaluate symlinks in "
			 "Dockerfile|unknown instruction:|^failed to (parse|read) "}},
	{EXPLAIN_COMPOSE,
		{.text = "no configuration file provided|Can't find a suitable configuration file|"
			 "^validating |services must be a mapping|^services\\.|"
			 "depends on undefined|^no such service|^env file .* not found|"
			 "^(parsing|failed to parse) .*ya?ml|^yaml: |dependency failed to start|"
			 "The Compose file .* is invalid|attribute `version` is obsolete"}},
	{EXPLAIN_DAEMON, {.text = "Error response from daemon: "}},
	{EXPLAIN_CLIENT,
		{.text = "^docker: |^[\"']?docker [a-z ]+[\"']? (requires|accepts) |unknown "
			 "(shorthand )?flag: |^flag needs an argument|^invalid argument \"|"
			 "^Flag --"}},
	{EXPLAIN_CLIENT,
		{.text = "Cannot connect to the Docker daemon|failed to connect to the docker API|"
			 "permission denied while trying to connect|error during connect|"
			 "docker daemon is not running|Is the docker daemon running"}},
	{EXPLAIN_CLIENT,
		{.text = "is not a docker command|^unknown (docker )?command|the input device is "
			 "not a TTY|^error getting credentials|^[Cc]annot perform an interactive "
			 "login|^invalid reference format|^Error: [Nn]o such|^Error: |"
			 "^[Tt]emplate pars|^template: |^[Cc]ontext \"|^accepts [0-9]+ arg|"
			 "^the attribute `version`|^unable to parse docker host|^You cannot |"
			 "^cannot (attach|exec|specify)|^[Cc]onflicting options"}},
};

/* How shells report errors: bash, dash, busybox, zsh, cmd.exe, PowerShell; also in German and
 * French. */
static struct pattern shell_frames = {
	.text = "^(-?(ba|da|z|k|a|c|fi)?sh|/bin/(ba|da|z)?sh|/usr/bin/(ba|z)?sh)(: "
		"(line|Zeile|ligne) [0-9]+|"
		": [0-9]+|:[0-9]+)?: |: command not found|^[^ ]+: +not found$|is not recognized as|"
		"^The term '|Kommando nicht gefunden|Befehl (wurde )?nicht gefunden|commande "
		"introuvable|"
		"^(-bash|zsh): |^Command '[^']*' not found"};

static enum explain_speaker frame_of(const char *line)
{
	for (size_t i = 0; i < ARRAY_LENGTH(frames); i++)
		if (pattern_fits(&frames[i].pattern, line))
			return frames[i].speaker;
	return pattern_fits(&shell_frames, line) ? EXPLAIN_SHELL : EXPLAIN_UNKNOWN;
}

/* Lines around a message that carry no information. */
static bool is_noise(const char *line)
{
	static struct pattern noise = {
		.text = "^(See|Run|SRun) '[^']*'|^Usage: |^(ERRO|time=).*error waiting for "
			"container|"
			"^Unable to find image|: Pulling from |^[0-9a-f]{12}: |^Digest: |^Status: |"
			"^View build details|^WARNING|^-+$|^DEPRECATED: "};
	return text_is_blank(line) || pattern_fits(&noise, line);
}

/* ---- which line reports the failure ---- */

bool message_shows_program(const struct cli_call *call)
{
	static const char *const shown[] = {"container run", "container exec", "container logs",
		"container attach", "container start", "compose run", "compose exec", "compose up",
		"compose logs", "compose attach"};
	return call != NULL && text_is_one_of(call->command->name, shown, ARRAY_LENGTH(shown)) &&
	       cli_value_of(call, "--detach") == NULL;
}

/* Returns whether the container runs a shell of that name, or may run it because someone types into
 * it. */
static bool has_shell(const struct cli_call *call, const char *name)
{
	if (cli_value_of(call, "--interactive") != NULL)
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
	if (!commands->complete || (text_starts(message, "bash: ") && !has_shell(call, "bash")))
		return true;
	static struct pattern names_docker = {.text = "docker[:']|: docker"};
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

/* Picks the last line with a frame; if no line has one, the last line that is not noise. */
static enum explain_speaker find_telling_line(const struct words *lines, const char **ret_line)
{
	const char *last = NULL;
	for (size_t i = lines->count; i-- > 0;) {
		const char *line = lines->items[i];
		if (is_noise(line))
			continue;
		enum explain_speaker speaker = frame_of(line);
		if (speaker != EXPLAIN_UNKNOWN) {
			*ret_line = line;
			return speaker;
		}
		last = last != NULL ? last : line;
	}
	*ret_line = last != NULL ? last : "";
	return EXPLAIN_UNKNOWN;
}

static enum explain_speaker decide_speaker(const struct explain_question *question,
	const struct shell_commands *commands, const struct cli_call *call,
	enum explain_speaker framed, const char *line)
{
	const char *typed = question->line != NULL ? question->line : "";
	bool is_docker = call != NULL;
	if (framed == EXPLAIN_SHELL && message_shows_program(call) &&
		!is_of_this_side(line, typed, commands, call))
		return EXPLAIN_PROGRAM;
	if (framed != EXPLAIN_UNKNOWN)
		return framed;
	if (*line == '\0')
		return EXPLAIN_UNKNOWN;
	if (message_shows_program(call))
		return question->status == 125 ? EXPLAIN_UNKNOWN : EXPLAIN_PROGRAM;
	return is_docker || text_is_blank(typed) ? EXPLAIN_UNKNOWN : EXPLAIN_OTHER;
}

/* ---- the chain of causes ---- */

static const char *skip_frames(const char *line)
{
	static const char *const prefixes[] = {
		"docker: ", "Error response from daemon: ", "ERROR: ", "Error: "};
	for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++)
		if (text_starts(line, prefixes[i]))
			return skip_frames(line + strlen(prefixes[i]));
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
	cleanup_buf struct buf line = {0};
	for (size_t i = 0; i < length; i++) {
		size_t slashes = 0;
		while (i + slashes < length && text[i + slashes] == '\\')
			slashes++;
		if (slashes > 0 && i + slashes < length && text[i + slashes] == '"')
			i += slashes;
		buf_add_char(&line, text[i]);
	}
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
	bool in_usage = false;
	for (const char *at = output; *at != '\0';) {
		size_t length = strcspn(at, "\n");
		size_t shown = length - (length > 0 && at[length - 1] == '\r');
		in_usage = (in_usage && shown > 0 && (at[0] == ' ' || at[0] == '\t')) ||
			   (ret->count > 0 && text_starts(at, "Usage:  docker"));
		if (!in_usage)
			add_line(ret, at, shown);
		at += length + (at[length] == '\n');
	}
}

void message_read(const struct explain_question *question, const struct shell_commands *commands,
	const struct cli_call *call, struct message *ret)
{
	cleanup_words struct words lines = {0};
	struct buf text = {0};
	const char *line;
	take_lines(question->output != NULL ? question->output : "", &lines);
	enum explain_speaker framed = find_telling_line(&lines, &line);
	for (size_t i = 0; i < lines.count; i++)
		buf_printf(&text, "%s\n", lines.items[i]);
	*ret = (struct message){.speaker = decide_speaker(question, commands, call, framed, line),
		.text = buf_steal(&text),
		.line = xstrdup(skip_frames(line)),
		.cause = innermost_cause(skip_frames(line))};
}

void message_finish(struct message *message)
{
	free(message->text);
	free(message->line);
	free(message->cause);
	*message = (struct message){0};
}

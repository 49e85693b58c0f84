/* cmd/explain.c - ropes explain: what a command's message means, outside a lesson */
#include "cli.h"
#include "cmd.h"
#include "engine.h"
#include "explain.h"
#include "sandbox.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OUTPUT_LIMIT ((size_t)1 << 20)
#define HISTORY_LIMIT ((size_t)16 << 20)

/* One operand is a line as it was typed; several are words that a shell has split. */
static char *join_operands(const struct arguments *a)
{
	struct buf line = {0};
	if (a->operand_count == 1)
		return xstrdup(a->operands[0]);
	for (size_t i = 0; i < a->operand_count; i++)
		common_add_word(&line, a->operands[i]);
	return buf_steal(&line);
}

/* ---- the shell's history ---- */

/* Returns the file in which the reader's shell keeps its history: HISTFILE, or where bash, zsh or
 * fish keep it. */
static char *history_file(void)
{
	static const struct {
		const char *shell, *path;
	} files[] = {{"zsh", ".zsh_history"}, {"fish", ".local/share/fish/fish_history"}};
	const char *given = getenv("HISTFILE"), *shell = getenv("SHELL"), *home = getenv("HOME");
	if (given != NULL && *given != '\0')
		return xstrdup(given);
	for (size_t i = 0; shell != NULL && i < ARRAY_LENGTH(files); i++)
		if (text_same(path_base(shell), files[i].shell))
			return path_join(home != NULL ? home : "/", files[i].path);
	return path_join(home != NULL ? home : "/", ".bash_history");
}

/* ": 1700000000:0;docker ps" (zsh), "- cmd: docker ps" (fish), "docker ps" → "docker ps" */
static const char *skip_stamp(const char *line)
{
	static const char fish[] = "- cmd: ";
	if (text_starts(line, fish))
		return line + strlen(fish);
	if (!text_starts(line, ": "))
		return line;
	const char *end = line + 2 + strspn(line + 2, "0123456789:");
	return *end == ';' ? end + 1 : line;
}

static bool is_dockers(const char *line)
{
	struct shell_commands commands;
	bool found = false;
	shell_split(line, &commands);
	for (size_t i = 0; i < commands.count && !found; i++) {
		struct cli_call call;
		found = cli_read(&commands.items[i], &call);
		cli_call_finish(&call);
	}
	shell_commands_finish(&commands);
	return found;
}

/* Finds the last docker command in the history. */
static bool read_last_line(char **ret, struct error *err)
{
	cleanup_free char *path = history_file();
	cleanup_buf struct buf text = {0};
	const char *last = NULL;
	if (!file_read(path, HISTORY_LIMIT, &text, err))
		return error_wrap(err, "the shell's history");
	while (last == NULL && text.length > 0) { /* from the end */
		const char *end = memrchr(text.data, '\n', text.length);
		const char *line = skip_stamp(end != NULL ? end + 1 : text.data);
		if (is_dockers(line))
			last = line;
		else
			buf_truncate(&text, end != NULL ? (size_t)(end - text.data) : 0);
	}
	if (last == NULL)
		return error_set(err, 0,
			"'%s' has no docker command; bash saves its history when it ends, or with "
			"`history -a`",
			path);
	*ret = xstrdup(last);
	return true;
}

static bool take_line(const struct arguments *a, char **ret, struct error *err)
{
	bool is_last = arguments_get(a, "last") != NULL;
	if (is_last && a->operand_count > 0)
		return error_set_kind(err, ERROR_USAGE,
			"--last takes the line from the history: name no COMMAND");
	if (!is_last && a->operand_count == 0)
		return error_set_kind(err, ERROR_USAGE,
			"missing operand: -- COMMAND; try `ropes explain --help`");
	if (is_last)
		return read_last_line(ret, err);
	*ret = join_operands(a);
	return true;
}

static bool read_output(struct buf *out, struct error *err)
{
	char bytes[8192];
	ssize_t got;
	if (isatty(STDIN_FILENO))
		fputs(_("Paste the command's output here, then press Ctrl-D on an empty line.\n"),
			stderr);
	while ((got = fd_read(STDIN_FILENO, bytes, sizeof bytes)) > 0) {
		if (out->length + (size_t)got > OUTPUT_LIMIT)
			return error_set(
				err, 0, "the output is longer than %zu bytes", OUTPUT_LIMIT);
		for (ssize_t i = 0; i < got; i++) /* a NUL would end the text */
			buf_add_char(out, bytes[i] != '\0' ? bytes[i] : ' ');
	}
	return got == 0 || error_set(err, 0, "cannot read the output from standard input");
}

static bool take_status(const struct arguments *a, bool silent, int *ret, struct error *err)
{
	const char *text = arguments_get(a, "status");
	long long number;
	*ret = silent ? 0 : EXPLAIN_NO_STATUS;
	if (text == NULL)
		return true;
	if (!text_number(text, 0, 255, &number))
		return error_set_kind(
			err, ERROR_USAGE, "--status: '%s' is not an exit status (0 to 255)", text);
	*ret = (int)number;
	return true;
}

static void print_explanation_json(const struct explanation *x)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "rule", x->rule);
	cJSON_AddStringToObject(json, "topic", x->topic);
	cJSON_AddStringToObject(json, "speaker", explain_speaker_name(x->speaker));
	cJSON_AddStringToObject(json, "cause", x->cause);
	cJSON *operands = cJSON_AddArrayToObject(json, "operands");
	for (size_t i = 0; i < x->operands.count; i++)
		cJSON_AddItemToArray(operands, cJSON_CreateString(x->operands.items[i]));
	cJSON_AddStringToObject(json, "confidence", explain_confidence_name(x->confidence));
	cJSON_AddStringToObject(json, "what", x->what);
	cJSON_AddStringToObject(json, "why", x->why);
	cJSON_AddStringToObject(json, "try", x->hint);
	if (x->repaired != NULL)
		cJSON_AddStringToObject(json, "repaired", x->repaired);
	cJSON_AddStringToObject(json, "left", x->left);
	cleanup_free char *text = cJSON_Print(json);
	puts(text != NULL ? text : "{}");
	cJSON_Delete(json);
}

static bool print_explanation(const struct explanation *x, struct error *err)
{
	struct screen *screen;
	if (!common_screen(&screen, err))
		return false;
	screen_say(screen, SCREEN_PLAIN, "→ ", "%s", x->what);
	screen_say(screen, SCREEN_PLAIN, "  ", "%s", x->why);
	screen_say(screen, SCREEN_GOOD, _("  Try: "), "%s", x->hint);
	if (*x->left != '\0')
		screen_say(screen, SCREEN_QUIET, _("  Left over: "), "%s", x->left);
	return common_screen_close(screen, true, err);
}

/* Lists the images that can be pulled; returns false if they are unknown, because the line did not
 * run on the practice machine. */
static bool read_images(struct words *ret)
{
	struct machine_status status = {0};
	const char *host = getenv("DOCKER_HOST");
	(void)machine_status(MACHINE_PRACTICE, &status, NULL);
	bool there = host != NULL && text_same(status.host, host) && !status.network;
	machine_status_finish(&status);
	if (there)
		machine_images(ret);
	return there;
}

/* The daemon that the line was for, if it is on this machine: it knows more than its message. */
static struct engine *open_daemon(void)
{
	cleanup_free char *host = NULL;
	cleanup_free char *tls = NULL;
	struct engine *engine = NULL;
	if (sandbox_host_address(&host, &tls, NULL) && text_starts(host, "unix://")) {
		const struct engine_options options = {.host = host, .timeout_ms = 1000};
		(void)engine_open(&options, &engine, NULL);
	}
	return engine;
}

static bool run_explain(const struct arguments *a, struct error *err)
{
	cleanup_free char *line = NULL;
	cleanup_buf struct buf output = {0};
	struct explanation x;
	int status;
	if (!take_line(a, &line, err) || !read_output(&output, err) ||
		!take_status(a, text_is_blank(buf_text(&output)), &status, err))
		return false;
	cleanup_words struct words images = {0};
	const struct explain_question question = {.line = line,
		.status = status,
		.output = buf_text(&output),
		.engine = open_daemon(),
		.images = read_images(&images) ? &images : NULL};
	bool good = explain_failure(&question, &x, err);
	engine_close(question.engine);
	if (!good)
		return false;
	if (x.rule == NULL)
		good = error_set_kind(err, ERROR_FAILED,
			"no explanation found; start from the command's own message");
	else if (arguments_get(a, "json") != NULL)
		print_explanation_json(&x);
	else
		good = print_explanation(&x, err);
	explain_finish(&x);
	return good;
}

const struct command cmd_explain = {
	.name = "explain",
	.operands = "-- COMMAND",
	.summary = N_("explain the message of a command, and what to do"),
	.details = N_(
		"Reads the command's output from standard input, as in\n"
		"    docker run nosuch 2>&1 | ropes explain -- docker run nosuch\n"
		"COMMAND is the command line as one argument, or its words; with --last it is the last docker\n"
		"command that bash, zsh or fish saved in its history. Without output and --status, ropes\n"
		"assumes that the command exited with 0 but did not do what you wanted. Exits with 1 if there is\n"
		"no explanation."),
	.options = {{"status", "N", N_("the command's exit status")},
		{"last", NULL, N_("explain the last docker command in the shell's history")},
		OPTION_JSON},
	.operands_min = 0,
	.operands_max = 4096,
	.run = run_explain,
};

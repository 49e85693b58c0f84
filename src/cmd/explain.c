/* cmd/explain.c - ropes explain: what a command's message means, outside a lesson */
#include "cmd.h"
#include "explain.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OUTPUT_LIMIT ((size_t)1 << 20)

/* One operand is a line as it was typed; several are words that a shell has split. */
static char *join_operands(const struct arguments *a)
{
	struct buf line = {0};
	if (a->operand_count == 1)
		return xstrdup(a->operands[0]);
	for (size_t i = 0; i < a->operand_count; i++) {
		const char *word = a->operands[i];
		bool plain = *word != '\0' && strpbrk(word, " \t\n'\"\\$`;&|<>()*?[]{}#~") == NULL;
		buf_add_text(&line, i > 0 ? " " : "");
		buf_add_text(&line, plain ? "" : "'");
		for (const char *c = word; *c != '\0'; c++)
			if (*c == '\'')
				buf_add_text(&line, "'\\''");
			else
				buf_add_char(&line, *c);
		buf_add_text(&line, plain ? "" : "'");
	}
	return buf_steal(&line);
}

static bool read_output(struct buf *out, struct error *err)
{
	char bytes[8192];
	ssize_t got;
	if (isatty(STDIN_FILENO))
		fputs("Paste the command's output here, then press Ctrl-D on an empty line.\n",
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
	cJSON_AddStringToObject(json, "speaker", explain_speaker_name(x->speaker));
	cJSON_AddStringToObject(json, "cause", x->cause);
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
	screen_say(screen, SCREEN_GOOD, "  Try: ", "%s", x->hint);
	if (*x->left != '\0')
		screen_say(screen, SCREEN_QUIET, "  Left over: ", "%s", x->left);
	screen_close(screen);
	return true;
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

static bool run_explain(const struct arguments *a, struct error *err)
{
	cleanup_free char *line = join_operands(a);
	cleanup_buf struct buf output = {0};
	struct explanation x;
	int status;
	if (!read_output(&output, err) ||
		!take_status(a, text_is_blank(buf_text(&output)), &status, err))
		return false;
	cleanup_words struct words images = {0};
	const struct explain_question question = {.line = line,
		.status = status,
		.output = buf_text(&output),
		.images = read_images(&images) ? &images : NULL};
	if (!explain_failure(&question, &x, err))
		return false;
	bool good = true;
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
	.summary = "explain the message of a command, and what to do",
	.details =
		"Reads the command's output from standard input, as in\n"
		"    docker run nosuch 2>&1 | ropes explain -- docker run nosuch\n"
		"COMMAND is the command line as one argument, or its words. Without output and --status, ropes\n"
		"assumes that the command exited with 0 but did not do what you wanted. Exits with 1 if there is\n"
		"no explanation.",
	.options = {{"status", "N", "the command's exit status"}, OPTION_JSON},
	.operands_min = 1,
	.operands_max = 4096,
	.run = run_explain,
};

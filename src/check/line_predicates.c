/* check/line_predicates.c - predicates about the line that ran: its exit status and its output */
#include "predicates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_LIMIT ((size_t)64 * 1024 * 1024)

static bool exit_is(struct look *look, struct error *err)
{
	(void)err;
	buf_printf(&look->seen, _("exit %d"), look->context->status);
	return look->context->status == look->statement->number;
}

static bool exit_nonzero(struct look *look, struct error *err)
{
	(void)err;
	buf_printf(&look->seen, _("exit %d"), look->context->status);
	return look->context->status != 0;
}

/* For commands with a terminal of their own: ignore the exit status of the program inside, but not
 * docker's own failures (125: the daemon refused, 126 and 127: the program could not start). */
static bool exit_of_its_own(struct look *look, struct error *err)
{
	(void)err;
	bool docker_failed = look->context->status >= 125 && look->context->status <= 127 &&
			     (strstr(look->context->output, "docker: ") != NULL ||
				     strstr(look->context->output, "Error") != NULL ||
				     look->context->status == 125);
	bool refused = look->context->status == 1 &&
		       (strstr(look->context->output, "Error response from daemon") != NULL ||
			       strstr(look->context->output, "Error: No such") != NULL ||
			       strstr(look->context->output, "Cannot connect") != NULL);
	buf_printf(&look->seen, _("exit %d"), look->context->status);
	return !docker_failed && !refused;
}

static bool output_fits(struct look *look, struct error *err)
{
	(void)err;
	return regexec(&look->statement->regex, look->context->output, 0, NULL, 0) == 0;
}

static bool output_has(struct look *look, struct error *err)
{
	(void)err;
	return strstr(look->context->output, look->statement->b) != NULL;
}

/* The first line that differs says enough to a learner. */
static bool output_matches(struct look *look, struct error *err)
{
	cleanup_buf struct buf diff = {0};
	if (look->context->expected_output == NULL)
		return error_set(err, 0, "the lesson shows no output to compare with");
	if (check_compare_output(look->context->expected_output, look->context->output, &diff))
		return true;
	const char *line = buf_text(&diff);
	while (*line != '-' && *line != '+')
		line = text_next_line(line);
	buf_printf(&look->seen, *line == '-' ? _("no line like: %.*s") : _("a line more: %.*s"),
		(int)strcspn(line + 1, "\n"), line + 1);
	return false;
}

/* ---- requests to the daemon: `ps`, `logs` and the like leave no other trace ---- */

/* "containers/{container}/logs", with any word for the braces, or "containers/web/logs". */
static bool is_route(const cJSON *entry, const char *wanted)
{
	const char *route = json_get_text_or(entry, "route", ""), *brace = strchr(route, '{');
	const char *tail = brace != NULL ? strchr(brace, '}') : NULL;
	if (text_same(route, wanted))
		return true;
	if (tail == NULL || strncmp(route, wanted, (size_t)(brace - route)) != 0)
		return false;
	const char *rest = wanted + (brace - route);
	cleanup_free char *named = xasprintf("%s%s", json_get_text_or(entry, "name", ""), tail + 1);
	return text_same(rest, named) ||
	       (rest[0] == '{' && strchr(rest, '}') != NULL && text_same(strchr(rest, '}'), tail));
}

/* A line of the gate's log:
 * {"time":"…","method":"GET","route":"containers/json","verdict":"forwarded"…} */
static bool is_request(
	const struct statement *s, const char *line, size_t length, const char *since)
{
	cJSON *entry = cJSON_ParseWithLength(line, length);
	bool fits = strcmp(json_get_text_or(entry, "time", ""), since) >= 0 &&
		    text_same(json_get_text_or(entry, "method", ""), s->a) &&
		    is_route(entry, s->b) &&
		    text_same(json_get_text_or(entry, "verdict", ""), "forwarded");
	cJSON_Delete(entry);
	return fits;
}

static bool daemon_was_asked(struct look *look, struct error *err)
{
	cleanup_buf struct buf log = {0};
	char since[TIME_TEXT_SIZE];
	if (!look->statement->once && !look->context->ran) {
		buf_add_text(&look->seen, _("no command was run yet"));
		return false;
	}
	if (look->context->gate_log == NULL) {
		buf_printf(
			&look->seen, _("exit %d (no requests were logged)"), look->context->status);
		return look->context->ran && look->context->status == 0;
	}
	if (!file_read(look->context->gate_log, LOG_LIMIT, &log, err))
		return false;
	time_format_iso8601(
		look->statement->once ? look->context->opened_ms : look->context->started_ms,
		since);
	for (const char *line = buf_text(&log); *line != '\0';) {
		size_t length = strcspn(line, "\n");
		if (is_request(look->statement, line, length, since))
			return true;
		line += length + (line[length] == '\n');
	}
	buf_add_text(&look->seen, _("it received no such request"));
	return false;
}

/* List longer forms before their prefixes. */
static const struct predicate predicates[] = {
	{ABOUT_EXIT, "0", N_("the command succeeded (exit 0)"), exit_is, false},
	{ABOUT_EXIT, "#", N_("the command ended with status {number}"), exit_is, false},
	{ABOUT_EXIT, "nonzero", N_("the command failed, as expected"), exit_nonzero, false},
	{ABOUT_EXIT, "of its own", N_("Docker could run the command"), exit_of_its_own, false},
	{ABOUT_OUTPUT, "matches", N_("the output is as shown"), output_matches, false},
	{ABOUT_OUTPUT, "/", N_("the output has {words}"), output_fits, false},
	{ABOUT_OUTPUT, "has $", N_("the output has \"{b}\""), output_has, false},
	{ABOUT_DAEMON, "was asked @a @b", N_("the daemon was asked: {a} {b}"), daemon_was_asked,
		false},
};
const struct predicate_table line_predicates = {predicates, ARRAY_LENGTH(predicates)};

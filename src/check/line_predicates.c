/* check/line_predicates.c - predicates about the line that ran: its exit status and its output */
#include "predicates.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_LIMIT ((size_t)64 * 1024 * 1024)

static bool exit_is(struct look *look, struct error *err)
{
	(void)err;
	buf_printf(&look->seen, "exit %d", look->context->status);
	return look->context->status == look->statement->number;
}

static bool exit_nonzero(struct look *look, struct error *err)
{
	(void)err;
	buf_printf(&look->seen, "exit %d", look->context->status);
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
	buf_printf(&look->seen, "exit %d", look->context->status);
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

/* ---- expected output: mask what differs on each run ---- */

static bool is_changing(const char *word, size_t length)
{
	size_t digits = 0, hex = 0;
	for (size_t i = 0; i < length; i++) {
		digits += isdigit((unsigned char)word[i]) != 0;
		hex += isxdigit((unsigned char)word[i]) != 0;
	}
	return digits > 0 || (hex == length && length >= 12);
}

/* Compare words without digits; mask generated names (two words joined by '_') and words with
 * digits. */
static char *mask_generated(const char *line, size_t length)
{
	struct buf out = {0};
	for (size_t i = 0; i < length;) {
		size_t blanks = strspn(line + i, " \t");
		i += blanks;
		size_t word = strcspn(line + i, " \t\n\r");
		if (i >= length || word == 0)
			break;
		if (word > length - i)
			word = length - i;
		bool generated = memchr(line + i, '_', word) != NULL;
		if (out.length > 0)
			buf_add_char(&out, ' ');
		if (generated || is_changing(line + i, word))
			buf_add_char(&out, '*');
		else
			buf_add(&out, line + i, word);
		i += word;
	}
	return buf_steal(&out);
}

static bool is_gap(const char *line)
{
	return text_same(line, "…") || text_same(line, "...");
}

static void mask_lines(const char *text, struct words *ret)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		cleanup_free char *one = mask_generated(text, length);
		if (one[0] != '\0')
			words_add(ret, one);
		text += length + (text[length] == '\n');
	}
}

/* Skip what a run prints while it pulls its image: it does so only the first time. */
static const char *without_pull(const char *output)
{
	const char *pull = "Unable to find image '", *last = "\nStatus: ";
	const char *end = text_starts(output, pull) ? strstr(output, last) : NULL;
	if (end == NULL)
		return output;
	end += strlen(last);
	end += strcspn(end, "\n");
	return end + (*end == '\n');
}

/* Returns whether every expected line appears, in order; "…" stands for any lines. */
static bool output_matches(struct look *look, struct error *err)
{
	cleanup_words struct words wanted = {0}, given = {0};
	size_t next = 0;
	bool gap = false;
	if (look->context->expected_output == NULL)
		return error_set(err, 0, "the lesson shows no output to compare with");
	mask_lines(look->context->expected_output, &wanted);
	mask_lines(without_pull(look->context->output), &given);
	for (size_t i = 0; i < wanted.count; i++) {
		if (is_gap(wanted.items[i])) {
			gap = true;
			continue;
		}
		size_t found = next;
		while (gap && found < given.count &&
			!text_same(given.items[found], wanted.items[i]))
			found++;
		if (found >= given.count || !text_same(given.items[found], wanted.items[i])) {
			buf_printf(&look->seen, "no line like: %s", wanted.items[i]);
			return false;
		}
		next = found + 1;
		gap = false;
	}
	return true;
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
		buf_add_text(&look->seen, "no command was run yet");
		return false;
	}
	if (look->context->gate_log == NULL) {
		buf_printf(&look->seen, "exit %d (no requests were logged)", look->context->status);
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
	buf_add_text(&look->seen, "it received no such request");
	return false;
}

/* List longer forms before their prefixes. */
static const struct predicate predicates[] = {
	{ABOUT_EXIT, "#", exit_is, false},
	{ABOUT_EXIT, "nonzero", exit_nonzero, false},
	{ABOUT_EXIT, "of its own", exit_of_its_own, false},
	{ABOUT_OUTPUT, "matches", output_matches, false},
	{ABOUT_OUTPUT, "/", output_fits, false},
	{ABOUT_OUTPUT, "has $", output_has, false},
	{ABOUT_DAEMON, "was asked @a @b", daemon_was_asked, false},
};
const struct predicate_table line_predicates = {predicates, ARRAY_LENGTH(predicates)};

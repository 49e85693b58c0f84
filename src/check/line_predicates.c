/* check/line_predicates.c - what is said of the line that ran: its exit status and its output */
#include "predicates.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool exit_is(SCENE)
{
	UNUSED(name), UNUSED(err);
	buf_printf(&look->seen, "exit %d", scene->status);
	return scene->status == s->number;
}

static bool exit_nonzero(SCENE)
{
	UNUSED(s), UNUSED(name), UNUSED(err);
	buf_printf(&look->seen, "exit %d", scene->status);
	return scene->status != 0;
}

/* For commands with a terminal of their own: what the program inside ended with is not judged,
 * docker's own failures are (125: the daemon refused, 126 and 127: the program could not be
 * started). */
static bool exit_of_its_own(SCENE)
{
	UNUSED(s), UNUSED(name), UNUSED(err);
	bool docker_failed =
		scene->status >= 125 && scene->status <= 127 &&
		(strstr(scene->output, "docker: ") != NULL ||
			strstr(scene->output, "Error") != NULL || scene->status == 125);
	bool refused = scene->status == 1 &&
		       (strstr(scene->output, "Error response from daemon") != NULL ||
			       strstr(scene->output, "Error: No such") != NULL ||
			       strstr(scene->output, "Cannot connect") != NULL);
	buf_printf(&look->seen, "exit %d", scene->status);
	return !docker_failed && !refused;
}

static bool output_fits(SCENE)
{
	UNUSED(name), UNUSED(err), UNUSED(look);
	return regexec(&s->regex, scene->output, 0, NULL, 0) == 0;
}

static bool output_has(SCENE)
{
	UNUSED(name), UNUSED(err), UNUSED(look);
	return strstr(scene->output, s->b) != NULL;
}

/* ---- expected output: what never repeats is masked ---- */

static bool is_changing(const char *word, size_t length)
{
	size_t digits = 0, hex = 0;
	for (size_t i = 0; i < length; i++) {
		digits += isdigit((unsigned char)word[i]) != 0;
		hex += isxdigit((unsigned char)word[i]) != 0;
	}
	return digits > 0 || (hex == length && length >= 12);
}

/* Words without digits are compared; a generated name (two words joined by '_') and what has digits
 * are not. */
static char *masked(const char *line, size_t length)
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
		cleanup_free char *one = masked(text, length);
		if (one[0] != '\0')
			words_add(ret, one);
		text += length + (text[length] == '\n');
	}
}

/* Every expected line is there, in order; "…" stands for any lines. */
static bool output_matches(SCENE)
{
	UNUSED(s), UNUSED(name), UNUSED(err);
	cleanup_words struct words wanted = {0}, given = {0};
	size_t next = 0;
	bool gap = false;
	if (scene->expected_output == NULL)
		return error_set(err, 0, "the lesson shows no output to compare with");
	mask_lines(scene->expected_output, &wanted);
	mask_lines(scene->output, &given);
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

/* Longer forms before shorter ones that they begin with. */
static const struct predicate predicates[] = {
	{ABOUT_EXIT, "#", exit_is},
	{ABOUT_EXIT, "nonzero", exit_nonzero},
	{ABOUT_EXIT, "of its own", exit_of_its_own},
	{ABOUT_OUTPUT, "matches", output_matches},
	{ABOUT_OUTPUT, "/", output_fits},
	{ABOUT_OUTPUT, "has $", output_has},
};
const struct predicate_table line_predicates = {predicates, ARRAY_LENGTH(predicates)};

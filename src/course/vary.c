/* course/vary.c - turns a task into a review task by choosing other values for its variables */
#include "course.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct variation {
	const struct course_variables *variables;
	const char **words; /* the chosen value of each variable */
	struct arena *arena;
};

/* ---- choosing ---- */

static bool read_number_range(const char *text, long long *ret_low, long long *ret_high)
{
	const char *dash = strchr(text, '-');
	if (dash == NULL)
		return false;
	cleanup_free char *low = xstrndup(text, (size_t)(dash - text));
	return text_number(low, 0, INT32_MAX, ret_low) &&
	       text_number(dash + 1, *ret_low, INT32_MAX, ret_high);
}

static const char *choose_value(struct arena *arena, const char *choices, uint64_t *state)
{
	long long low, high;
	if (read_number_range(choices, &low, &high))
		return arena_printf(arena, "%lld",
			low + (long long)(random_next(state) % (uint64_t)(high - low + 1)));
	size_t count = 1;
	for (const char *c = choices; *c != '\0'; c++)
		count += *c == ',';
	const char *at = choices;
	for (size_t skip = (size_t)(random_next(state) % count); skip > 0; skip--)
		at += strcspn(at, ",") + 1;
	at += strspn(at, " \t");
	size_t length = strcspn(at, ",");
	while (length > 0 && isspace((unsigned char)at[length - 1]))
		length--;
	return arena_strndup(arena, at, length);
}

/* ---- substituting ---- */

static bool is_identifier_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Returns which variable occurs at `at` as a whole word; the longest if several match. */
static size_t variable_at(const struct variation *v, const char *text, const char *at)
{
	size_t best = v->variables->count, longest = 0;
	for (size_t i = 0; i < v->variables->count; i++) {
		const char *word = v->variables->items[i].word;
		size_t length = strlen(word);
		if (length <= longest || strncmp(at, word, length) != 0)
			continue;
		bool whole =
			(at == text || !is_identifier_char(at[-1]) ||
				!is_identifier_char(word[0])) &&
			(!is_identifier_char(at[length]) || !is_identifier_char(word[length - 1]));
		if (whole) {
			best = i;
			longest = length;
		}
	}
	return best;
}

static const char *replace_variables(const struct variation *v, const char *text)
{
	cleanup_buf struct buf out = {0};
	if (text == NULL)
		return NULL;
	for (const char *at = text; *at != '\0';) {
		size_t which = variable_at(v, text, at);
		if (which == v->variables->count) {
			buf_add_char(&out, *at++);
			continue;
		}
		buf_add_text(&out, v->words[which]);
		at += strlen(v->variables->items[which].word);
	}
	return arena_strdup(v->arena, buf_text(&out));
}

static struct course_lines vary_lines(const struct variation *v, const struct course_lines *lines)
{
	struct course_line *items = arena_alloc(v->arena, (lines->count + 1) * sizeof *items);
	for (size_t i = 0; i < lines->count; i++)
		items[i] = (struct course_line){
			replace_variables(v, lines->items[i].text), lines->items[i].line};
	return (struct course_lines){items, lines->count};
}

static struct course_entries vary_entries(
	const struct variation *v, const struct course_entries *entries)
{
	struct course_entry *items = arena_alloc(v->arena, (entries->count + 1) * sizeof *items);
	for (size_t i = 0; i < entries->count; i++)
		items[i] = (struct course_entry){replace_variables(v, entries->items[i].line),
			replace_variables(v, entries->items[i].input),
			entries->items[i].line_number};
	return (struct course_entries){items, entries->count};
}

static struct note_text vary_text(const struct variation *v, const struct note_text *text)
{
	struct note_span *spans = arena_alloc(v->arena, (text->count + 1) * sizeof *spans);
	for (size_t i = 0; i < text->count; i++) {
		spans[i] = text->spans[i];
		spans[i].text = replace_variables(v, spans[i].text);
	}
	return (struct note_text){spans, text->count};
}

static const struct note_block *vary_blocks(
	const struct variation *v, const struct note_block *blocks, size_t count)
{
	struct note_block *copies = arena_alloc(v->arena, (count + 1) * sizeof *copies);
	for (size_t i = 0; i < count; i++) {
		copies[i] = blocks[i];
		copies[i].text = vary_text(v, &blocks[i].text);
		copies[i].code = replace_variables(v, blocks[i].code);
	}
	return copies;
}

struct course_step course_step_vary(
	const struct course_step *step, uint64_t seed, struct arena *arena)
{
	struct course_step copy = *step;
	struct variation v = {.variables = &step->variables, .arena = arena};
	v.words = arena_alloc(arena, (step->variables.count + 1) * sizeof *v.words);
	for (size_t i = 0; i < step->variables.count; i++)
		v.words[i] = choose_value(arena, step->variables.items[i].choices, &seed);
	copy.blocks = vary_blocks(&v, step->blocks, step->block_count);
	copy.checks = vary_lines(&v, &step->checks);
	copy.hints = vary_lines(&v, &step->hints);
	copy.setups = vary_lines(&v, &step->setups);
	copy.cleanups = vary_lines(&v, &step->cleanups);
	copy.solution = vary_entries(&v, &step->solution);
	return copy;
}

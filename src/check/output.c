/* check/output.c - compares output with what a note shows: the lines that differ, and the note's
 * text with the output that was seen */
#include "private.h"
#include "mask.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 2000 /* of each text: the table below has their product */
#define CONTEXT 2      /* equal lines around a difference */

struct output_line {
	char *text, *shown, *key;
	size_t blanks; /* empty lines before it: they do not count */
	bool is_gap;
};

struct output_lines {
	struct output_line *items;
	size_t count;
};

static bool is_gap(const char *key)
{
	return text_same(key, "…") || text_same(key, "...");
}

static void read_lines(const struct masker *masker, const char *text, struct output_lines *ret)
{
	size_t blanks = 0;
	for (; *text != '\0' && ret->count < LINES_MAX; text += *text == '\n') {
		size_t length = strcspn(text, "\n"), end = length;
		while (end > 0 && isspace((unsigned char)text[end - 1]))
			end--;
		if (end == 0) {
			blanks++;
		} else {
			struct buf key = {0}, shown = {0};
			mask_read(masker, text, end, &key, &shown);
			ret->items = array_grow(ret->items, ret->count, sizeof *ret->items);
			struct output_line *line = &ret->items[ret->count++];
			*line = (struct output_line){.text = xstrndup(text, end),
				.shown = buf_steal(&shown),
				.key = buf_steal(&key),
				.blanks = blanks};
			line->is_gap = is_gap(line->key);
			blanks = 0;
		}
		text += length;
	}
}

static void finish_lines(struct output_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		free(lines->items[i].text);
		free(lines->items[i].shown);
		free(lines->items[i].key);
	}
	free(lines->items);
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

/* ---- one line ---- */

static size_t gap_at(const char *key)
{
	return text_starts(key, "…") ? strlen("…") : text_starts(key, "...") ? 3 : 0;
}

/* "…" in an expected line stands for any text. */
static bool key_fits(const char *wanted, const char *given)
{
	const char *retry_wanted = NULL, *retry_given = NULL;
	while (*given != '\0') {
		size_t gap = gap_at(wanted);
		if (gap > 0) {
			retry_wanted = wanted += gap;
			retry_given = given;
		} else if (*wanted == *given) {
			wanted++;
			given++;
		} else if (retry_wanted != NULL) {
			wanted = retry_wanted;
			given = ++retry_given;
		} else {
			return false;
		}
	}
	for (size_t gap; (gap = gap_at(wanted)) > 0;)
		wanted += gap;
	return *wanted == '\0';
}

/* ---- the differences ---- */

/* costs[i][j]: how many lines differ from wanted line i and given line j on. */
struct comparison {
	struct masker *masker;
	struct output_lines wanted, given;
	unsigned short *costs;
};

static unsigned short *cost_at(const struct comparison *c, size_t i, size_t j)
{
	return &c->costs[i * (c->given.count + 1) + j];
}

static bool lines_fit(const struct comparison *c, size_t i, size_t j)
{
	return key_fits(c->wanted.items[i].key, c->given.items[j].key);
}

static unsigned lowest_cost(const struct comparison *c, size_t i, size_t j)
{
	bool has_wanted = i < c->wanted.count, has_given = j < c->given.count;
	bool gap = has_wanted && c->wanted.items[i].is_gap;
	unsigned lowest = (unsigned)(c->wanted.count + c->given.count), next;
	if (!has_wanted && !has_given)
		return 0;
	if (has_wanted && (next = *cost_at(c, i + 1, j) + (gap ? 0u : 1u)) < lowest)
		lowest = next;
	if (has_given && (next = *cost_at(c, i, j + 1) + (gap ? 0u : 1u)) < lowest)
		lowest = next;
	if (has_wanted && has_given && !gap && lines_fit(c, i, j) &&
		(next = *cost_at(c, i + 1, j + 1)) < lowest)
		lowest = next;
	return lowest;
}

static void comparison_begin(struct comparison *c, const char *expected, const char *seen)
{
	*c = (struct comparison){.masker = mask_create()};
	read_lines(c->masker, expected, &c->wanted);
	read_lines(c->masker, without_pull(seen), &c->given);
	c->costs = xcalloc((c->wanted.count + 1) * (c->given.count + 1), sizeof *c->costs);
	for (size_t i = c->wanted.count + 1; i-- > 0;)
		for (size_t j = c->given.count + 1; j-- > 0;)
			*cost_at(c, i, j) = (unsigned short)lowest_cost(c, i, j);
}

static void comparison_finish(struct comparison *c)
{
	finish_lines(&c->wanted);
	finish_lines(&c->given);
	free(c->costs);
	mask_destroy(c->masker);
}

/* Calls `step` for each line in order: ' ' both have it, or a gap covers the given one (wanted
 * NULL); '-' only the note has it; '+' only the output has it. A gap itself comes as ' ' without a
 * given line. */
static void walk_differences(const struct comparison *c,
	void (*step)(void *data, char sign, const struct output_line *wanted,
		const struct output_line *given),
	void *data)
{
	size_t i = 0, j = 0;
	while (i < c->wanted.count || j < c->given.count) {
		bool has_wanted = i < c->wanted.count, has_given = j < c->given.count;
		const struct output_line *wanted = has_wanted ? &c->wanted.items[i] : NULL;
		const struct output_line *given = has_given ? &c->given.items[j] : NULL;
		unsigned cost = *cost_at(c, i, j);
		bool gap = has_wanted && wanted->is_gap;
		if (has_wanted && has_given && !gap && lines_fit(c, i, j) &&
			*cost_at(c, i + 1, j + 1) == cost) {
			step(data, ' ', wanted, given);
			i++;
			j++;
		} else if (has_wanted && *cost_at(c, i + 1, j) + (gap ? 0u : 1u) == cost) {
			step(data, gap ? ' ' : '-', wanted, NULL);
			i++;
		} else {
			step(data, gap ? ' ' : '+', NULL, given);
			j++;
		}
	}
}

/* ---- as text ---- */

struct diff_line {
	char sign;
	const char *text;
};
struct diff {
	struct diff_line *items;
	size_t count;
};

static void add_diff_line(
	void *data, char sign, const struct output_line *wanted, const struct output_line *given)
{
	struct diff *d = data;
	if (sign == ' ' && wanted == NULL)
		return; /* the gap before it says so */
	d->items = array_grow(d->items, d->count, sizeof *d->items);
	d->items[d->count++] =
		(struct diff_line){sign, given != NULL ? given->shown : wanted->shown};
}

static bool is_near_difference(const struct diff *d, size_t at)
{
	size_t begin = at > CONTEXT ? at - CONTEXT : 0;
	for (size_t i = begin; i <= at + CONTEXT && i < d->count; i++)
		if (d->items[i].sign != ' ')
			return true;
	return false;
}

static void write_diff(const struct comparison *c, struct buf *out)
{
	struct diff d = {0};
	bool cut = false;
	walk_differences(c, add_diff_line, &d);
	for (size_t i = 0; i < d.count; i++) {
		bool near = is_near_difference(&d, i);
		if (near)
			buf_printf(out, "%c%s\n", d.items[i].sign, d.items[i].text);
		else if (!cut)
			buf_add_text(out, "@@\n");
		cut = !near;
	}
	free(d.items);
}

bool check_compare_output(const char *expected, const char *seen, struct buf *ret_diff)
{
	struct comparison c;
	comparison_begin(&c, expected, seen);
	bool same = *cost_at(&c, 0, 0) == 0;
	if (!same && ret_diff != NULL)
		write_diff(&c, ret_diff);
	comparison_finish(&c);
	return same;
}

static void add_updated_line(
	void *data, char sign, const struct output_line *wanted, const struct output_line *given)
{
	struct buf *out = data;
	if (sign == '-' || (sign == ' ' && wanted == NULL))
		return;
	const struct output_line *line = sign == '+' ? given : wanted;
	if (out->length > 0)
		buf_add_repeat(out, '\n', line->blanks);
	buf_printf(out, "%s\n", line->text);
}

char *check_update_output(const char *expected, const char *seen)
{
	struct comparison c;
	struct buf out = {0};
	comparison_begin(&c, expected, seen);
	walk_differences(&c, add_updated_line, &out);
	comparison_finish(&c);
	if (out.length > 0)
		buf_truncate(&out, out.length - 1);
	return buf_steal(&out);
}

/* screen/table.c - tables: cells wrapped to their columns; where that is too narrow, one record
 * under another */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define GAP 2
#define COLUMN_LEAST 6

struct table {
	struct screen *screen;
	size_t columns, rows;
	const char *const *cells;
	uint32_t right;
	unsigned *widths;
};

static size_t widest_line(const char *text)
{
	size_t most = 0;
	while (true) {
		size_t length = strcspn(text, "\n");
		size_t width = utf8_width(text, length);
		most = width > most ? width : most;
		if (text[length] == '\0')
			return most;
		text += length + 1;
	}
}

static void measure(struct table *t)
{
	for (size_t c = 0; c < t->columns; c++)
		for (size_t r = 0; r < t->rows; r++) {
			size_t width = widest_line(t->cells[r * t->columns + c]);
			if (width > t->widths[c])
				t->widths[c] = (unsigned)width;
		}
}

static unsigned total(const struct table *t)
{
	unsigned sum = 0;
	for (size_t c = 0; c < t->columns; c++)
		sum += t->widths[c] + (c > 0 ? GAP : 0);
	return sum;
}

/* Takes columns from the widest until all fit. False: not even the least widths do. */
static bool shrink(struct table *t)
{
	while (total(t) > t->screen->width) {
		size_t widest = 0;
		for (size_t c = 1; c < t->columns; c++)
			if (t->widths[c] > t->widths[widest])
				widest = c;
		if (t->widths[widest] <= COLUMN_LEAST)
			return false;
		t->widths[widest]--;
	}
	return true;
}

struct cell_line {
	const char *text;
	size_t wanted, count, at, length;
};

static void pick_line(void *data, size_t at, size_t length)
{
	struct cell_line *l = data;
	if (l->count++ != l->wanted)
		return;
	l->at = at;
	l->length = length;
}

/* Draws line `line` of a cell, padded; a cell without such a line is blank there. */
static void draw_cell(struct table *t, size_t row, size_t column, size_t line)
{
	const char *text = t->cells[row * t->columns + column];
	struct cell_line l = {.text = text, .wanted = line};
	break_lines(text, strlen(text), t->widths[column], pick_line, &l);
	size_t width = utf8_width(text + l.at, l.length);
	size_t pad = t->widths[column] > width ? t->widths[column] - width : 0;
	bool right = (t->right >> column & 1) != 0;
	if (right)
		buf_add_repeat(&t->screen->out, ' ', pad);
	draw(t->screen, row == 0 ? LOOK_BOLD : 0, text + l.at, l.length);
	if (!right && column + 1 < t->columns)
		buf_add_repeat(&t->screen->out, ' ', pad);
}

static size_t lines_of(struct table *t, size_t row)
{
	size_t most = 0;
	for (size_t c = 0; c < t->columns; c++) {
		const char *text = t->cells[row * t->columns + c];
		struct cell_line l = {.text = text, .wanted = SIZE_MAX};
		break_lines(text, strlen(text), t->widths[c], pick_line, &l);
		most = l.count > most ? l.count : most;
	}
	return most;
}

static void draw_row(struct table *t, size_t row)
{
	size_t lines = lines_of(t, row);
	for (size_t line = 0; line < lines; line++) {
		for (size_t c = 0; c < t->columns; c++) {
			if (c > 0)
				buf_add_repeat(&t->screen->out, ' ', GAP);
			draw_cell(t, row, c, line);
		}
		screen_newline(t->screen);
	}
}

static void draw_head_rule(struct table *t)
{
	for (unsigned i = 0; i < total(t); i++)
		draw(t->screen, LOOK_DIM, "─", strlen("─"));
	screen_newline(t->screen);
}

static void draw_records(struct table *t)
{
	for (size_t r = 1; r < t->rows; r++) {
		for (size_t c = 0; c < t->columns; c++) {
			cleanup_free char *head = xstrdup(t->cells[c]);
			for (char *newline; (newline = strchr(head, '\n')) != NULL;)
				*newline = ' ';
			cleanup_free char *mark = xasprintf("%s: ", head);
			if (c == 0)
				screen_say(t->screen, SCREEN_STRONG, NULL, "%s",
					t->cells[r * t->columns]);
			else if (!text_is_blank(t->cells[r * t->columns + c]))
				screen_say(t->screen, SCREEN_PLAIN, "  ", "%s%s", mark,
					t->cells[r * t->columns + c]);
		}
	}
}

void screen_table(
	struct screen *s, size_t columns, size_t rows, const char *const *cells, uint32_t right)
{
	cleanup_free unsigned *widths = xcalloc(columns, sizeof *widths);
	struct table t = {.screen = s,
		.columns = columns,
		.rows = rows,
		.cells = cells,
		.right = right,
		.widths = widths};
	measure(&t);
	if (!shrink(&t)) {
		draw_records(&t);
		return;
	}
	for (size_t r = 0; r < rows; r++) {
		draw_row(&t, r);
		if (r == 0)
			draw_head_rule(&t);
	}
}

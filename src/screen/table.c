/* screen/table.c - tables: wraps cells to their columns; if there is no room, draws one record
 * below another */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define GAP 2
#define COLUMN_MIN 6
#define WORD_MAX 16 /* do not shrink a column below its longest word, up to this width */

struct line_of_cell {
	size_t at, length;
};

struct cell_lines {
	struct line_of_cell *items;
	size_t count;
};

struct table {
	struct screen *screen;
	size_t columns, rows;
	const struct styled *cells;
	uint32_t right;
	const struct margin *margin;
	unsigned room; /* columns for the whole table */
	unsigned *widths, *min;
};

static const struct styled *cell_at(const struct table *t, size_t row, size_t column)
{
	return &t->cells[row * t->columns + column];
}

/* ---- measuring ---- */

static unsigned widest_part(const char *text, const char *ends, unsigned max)
{
	size_t widest = 0;
	while (widest < max) {
		size_t length = strcspn(text, ends);
		size_t width = utf8_width(text, length);
		widest = width > widest ? width : widest;
		if (text[length] == '\0')
			break;
		text += length + 1;
	}
	return widest < max ? (unsigned)widest : max;
}

static void measure_columns(struct table *t)
{
	for (size_t c = 0; c < t->columns; c++) {
		unsigned min = 0;
		for (size_t r = 0; r < t->rows; r++) {
			const char *text = buf_text(&cell_at(t, r, c)->text);
			unsigned width = widest_part(text, "\n", t->room);
			unsigned word = widest_part(text, " \n", WORD_MAX);
			t->widths[c] = width > t->widths[c] ? width : t->widths[c];
			min = word > min ? word : min;
		}
		t->min[c] = min > COLUMN_MIN ? min : COLUMN_MIN;
	}
}

static size_t total_width(const struct table *t)
{
	size_t sum = 0;
	for (size_t c = 0; c < t->columns; c++)
		sum += t->widths[c] + (c > 0 ? GAP : 0);
	return sum;
}

/* Takes columns from the widest until all fit. Returns false if some would be narrower than their
 * words. */
static bool shrink_columns(struct table *t)
{
	if (t->columns > t->room)
		return false;
	for (size_t over = total_width(t); over > t->room; over--) {
		size_t widest = t->columns;
		for (size_t c = 0; c < t->columns; c++)
			if (t->widths[c] > t->min[c] &&
				(widest == t->columns || t->widths[c] > t->widths[widest]))
				widest = c;
		if (widest == t->columns)
			return false;
		t->widths[widest]--;
	}
	return true;
}

/* ---- rows ---- */

static void add_cell_line(void *data, size_t at, size_t length)
{
	struct cell_lines *lines = data;
	lines->items = array_grow(lines->items, lines->count, sizeof *lines->items);
	lines->items[lines->count++] = (struct line_of_cell){at, length};
}

static void put_margin(struct table *t)
{
	if (t->margin->first != NULL)
		draw_text(t->screen, t->margin->look, t->margin->first, strlen(t->margin->first));
}

/* A cell without such a line is blank there. */
static void draw_line_of_row(
	struct table *t, size_t row, const struct cell_lines *lines, size_t line)
{
	size_t owed = 0; /* write blanks only when something follows them */
	put_margin(t);
	for (size_t c = 0; c < t->columns; c++) {
		const struct styled *text = cell_at(t, row, c);
		const struct line_of_cell none = {0, 0};
		const struct line_of_cell l = line < lines[c].count ? lines[c].items[line] : none;
		size_t width = utf8_width(buf_text(&text->text) + l.at, l.length);
		size_t pad = t->widths[c] > width ? t->widths[c] - width : 0;
		bool right = c < 32 && (t->right >> c & 1) != 0;
		owed += (c > 0 ? GAP : 0) + (right ? pad : 0);
		if (l.length > 0) {
			buf_add_repeat(&t->screen->out, ' ', owed);
			draw_styled(t->screen, text, l.at, l.length);
			owed = 0;
		}
		owed += right ? 0 : pad;
	}
	screen_newline(t->screen);
}

static void draw_row(struct table *t, size_t row)
{
	struct cell_lines *lines = xcalloc(t->columns, sizeof *lines);
	size_t max = 0;
	for (size_t c = 0; c < t->columns; c++) {
		const struct styled *text = cell_at(t, row, c);
		layout_break_lines(buf_text(&text->text), text->text.length, t->widths[c],
			add_cell_line, &lines[c]);
		max = lines[c].count > max ? lines[c].count : max;
	}
	for (size_t line = 0; line < max; line++)
		draw_line_of_row(t, row, lines, line);
	for (size_t c = 0; c < t->columns; c++)
		free(lines[c].items);
	free(lines);
}

static void draw_head_rule(struct table *t)
{
	cleanup_buf struct buf rule = {0};
	size_t columns = total_width(t);
	for (size_t i = 0; i < columns; i++)
		buf_add_text(&rule, "─");
	put_margin(t);
	draw_text(t->screen, LOOK_DIM, buf_text(&rule), rule.length);
	screen_newline(t->screen);
}

static void draw_grid(struct table *t)
{
	for (size_t r = 0; r < t->rows; r++) {
		draw_row(t, r);
		if (r == 0)
			draw_head_rule(t);
	}
}

/* ---- one record below another ---- */

/* A head that has two lines above its column. */
static void add_in_a_line(struct styled *out, const struct styled *head)
{
	const char *text = buf_text(&head->text);
	for (size_t i = 0; i < head->text.length; i++)
		styled_add(out, head->looks[i], text[i] == '\n' ? " " : text + i, 1);
}

static void draw_field(
	struct table *t, const struct styled *head, const struct styled *value, const char *indent)
{
	struct styled text = {0};
	cleanup_free char *first = xasprintf("%s%s", t->margin->first, indent);
	cleanup_free char *rest = xasprintf("%s%s  ", t->margin->first, indent);
	const struct margin margin = {first, rest, t->margin->look};
	if (head != NULL && !text_is_blank(buf_text(&head->text))) {
		add_in_a_line(&text, head);
		styled_add(&text, LOOK_DIM, ": ", 2);
	}
	styled_append(&text, value);
	layout_write(t->screen, &text, &margin, t->screen->width);
	styled_finish(&text);
}

static void draw_records(struct table *t)
{
	for (size_t c = 0; t->rows == 1 && c < t->columns; c++)
		draw_field(t, NULL, cell_at(t, 0, c), "");
	for (size_t r = 1; r < t->rows; r++)
		for (size_t c = 0; c < t->columns; c++)
			if (!text_is_blank(buf_text(&cell_at(t, r, c)->text)))
				draw_field(
					t, cell_at(t, 0, c), cell_at(t, r, c), c > 0 ? "  " : "");
}

void table_draw(struct screen *s, size_t columns, size_t rows, const struct styled *cells,
	uint32_t right, const struct margin *margin)
{
	cleanup_free unsigned *widths = xcalloc(columns, sizeof *widths);
	cleanup_free unsigned *min = xcalloc(columns, sizeof *min);
	size_t front = margin->first != NULL ? utf8_width(margin->first, strlen(margin->first)) : 0;
	struct table t = {.screen = s,
		.columns = columns,
		.rows = rows,
		.cells = cells,
		.right = right,
		.margin = margin,
		.room = front < s->width ? s->width - (unsigned)front : 1,
		.widths = widths,
		.min = min};
	measure_columns(&t);
	if (!s->words && shrink_columns(&t))
		draw_grid(&t);
	else
		draw_records(&t);
}

void screen_table(
	struct screen *s, size_t columns, size_t rows, const char *const *cells, uint32_t right)
{
	const struct margin margin = {"", "", 0};
	if (columns == 0 || rows == 0)
		return;
	struct styled *styled = xcalloc(columns * rows, sizeof *styled);
	for (size_t i = 0; i < columns * rows; i++)
		styled_add_marked(&styled[i], i < columns ? LOOK_BOLD : 0, cells[i], s->colour);
	table_draw(s, columns, rows, styled, right, &margin);
	for (size_t i = 0; i < columns * rows; i++)
		styled_finish(&styled[i]);
	free(styled);
}

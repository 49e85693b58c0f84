/* screen/grid.c - a page of lines on whose last rows, the screen, a cursor moves (ECMA-48, and
 * xterm's control sequences). The width of the screen is not known: no line is wrapped. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define READY_MIN 200             /* rows above the screen that are worth giving out */
#define ROWS_MAX 200              /* of the screen */
#define ROWS_USUAL 24             /* … if its size is not known */
#define COUNT_MAX 100000          /* the largest parameter of a sequence */
#define LINE_LENGTH_MAX (1 << 20) /* code points in a line; more begin the next one */
#define PAGE_MAX (2 << 20)        /* code points in all rows; more begin the next page */

struct cursor {
	size_t row, column;
};

struct grid {
	bool inserting; /* characters push the rest of the line to the right */
	bool cleared;   /* the screen has been erased; what was on it before is above `top` */
	struct line *lines;
	size_t count, row, column;
	size_t top, height;  /* the screen: its first row, and its number of rows */
	size_t first, last;  /* rows of the screen that scroll */
	struct cursor saved; /* row of the screen */
	uint32_t printed;    /* the last character */
	size_t printed_width;
	struct mark marks[MARKS_MAX];
};

static void scroll_whole_screen(struct grid *g)
{
	g->first = 0;
	g->last = g->height - 1;
}

struct grid *grid_create(unsigned rows)
{
	struct grid *g = xcalloc(1, sizeof *g);
	g->height = rows == 0 ? ROWS_USUAL : rows < ROWS_MAX ? rows : ROWS_MAX;
	scroll_whole_screen(g);
	return g;
}

void grid_destroy(struct grid *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->count; i++)
		free(g->lines[i].cells);
	free(g->lines);
	free(g);
}

/* ---- rows ---- */

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static struct line *current_line(struct grid *g)
{
	while (g->row >= g->count) {
		g->lines = array_grow(g->lines, g->count, sizeof *g->lines);
		g->lines[g->count++] = (struct line){0};
	}
	return &g->lines[g->row];
}

/* Rows below the last one exist once something is written there. */
static void insert_rows(struct grid *g, size_t at, size_t count)
{
	if (at >= g->count)
		return;
	size_t behind = g->count - at;
	for (size_t i = 0; i < count; i++) {
		g->lines = array_grow(g->lines, g->count, sizeof *g->lines);
		g->count++;
	}
	memmove(g->lines + at + count, g->lines + at, behind * sizeof *g->lines);
	memset(g->lines + at, 0, count * sizeof *g->lines);
}

static void delete_rows(struct grid *g, size_t at, size_t count)
{
	if (at >= g->count)
		return;
	count = smaller(count, g->count - at);
	for (size_t i = at; i < at + count; i++)
		free(g->lines[i].cells);
	g->count -= count;
	if (g->count > at)
		memmove(g->lines + at, g->lines + at + count, (g->count - at) * sizeof *g->lines);
}

/* Moves rows towards `from`, or away from it, within the rows that scroll. */
static void shift_rows(struct grid *g, size_t from, size_t count, bool up)
{
	size_t end = g->top + g->last + 1;
	if (from < g->top + g->first || from >= end)
		return;
	count = smaller(count, end - from);
	delete_rows(g, up ? from : end - count, count);
	insert_rows(g, up ? end - count : from, count);
}

/* What leaves the screen at its top stays on the page. */
static void scroll_up(struct grid *g, size_t count)
{
	if (g->first > 0) {
		shift_rows(g, g->top + g->first, count, true);
		return;
	}
	count = smaller(count, g->last + 1);
	count = g->count > g->top ? smaller(count, g->count - g->top) : 0;
	g->top += count;
	g->row += count;
	insert_rows(g, g->top + g->last + 1 - count, count);
}

static void feed_line(struct grid *g)
{
	(void)current_line(g); /* the line that ends exists, even if it is empty */
	if (g->row == g->top + g->last)
		scroll_up(g, 1);
	else if (g->row + 1 < g->top + g->height)
		g->row++;
	(void)current_line(g);
}

static void feed_line_back(struct grid *g)
{
	if (g->row == g->top + g->first)
		shift_rows(g, g->row, 1, false);
	else if (g->row > g->top)
		g->row--;
}

/* ---- characters ---- */

/* At the left edge there is nothing that a mark could combine with. */
static bool put_mark(struct grid *g, uint32_t point)
{
	return g->column == 0 || cells_combine(g->marks, current_line(g), g->column - 1, point);
}

/* Tabs and moves to other rows may leave the cursor far behind the end of a line. */
void grid_put(struct grid *g, uint32_t point, size_t width)
{
	if (g->column >= LINE_LENGTH_MAX) {
		feed_line(g);
		g->column = 0;
	}
	struct line *line = current_line(g);
	g->column = smaller(g->column, line->count + COLUMN_MAX);
	if (width == 0 && put_mark(g, point))
		return;
	if (g->inserting)
		cells_insert(line, g->column, width);
	cells_put(line, g->column, point, width == 2);
	g->column += width == 2 ? 2 : 1;
	g->printed = point;
	g->printed_width = width;
}

static void repeat_point(struct grid *g, size_t count)
{
	for (; count > 0 && g->printed != 0 && g->column < COLUMN_MAX; count--)
		grid_put(g, g->printed, g->printed_width);
}

/* ---- erasing ---- */

static void erase_in_line(struct grid *g, size_t how)
{
	if (how == 1 && g->column < COLUMN_MAX)
		cells_blank(current_line(g), 0, g->column + 1);
	else if (how == 0 || how == 2)
		cells_truncate(current_line(g), how == 0 ? g->column : 0);
}

/* What was there before the screen is erased for the first time remains above it: most terminals
 * can scroll back to it. Later a program draws its screen again. */
static void erase_screen(struct grid *g)
{
	size_t row = g->row - g->top, end = g->count;
	while (end > g->top && g->lines[end - 1].count == 0)
		end--;
	if (!g->cleared && end > g->top)
		g->top = end;
	g->cleared = true;
	delete_rows(g, g->top, g->count);
	g->row = g->top + row;
}

static void erase_in_screen(struct grid *g, size_t how)
{
	if (how == 2) {
		erase_screen(g);
	} else if (how < 2) {
		erase_in_line(g, how);
		if (how == 0)
			delete_rows(g, g->row + 1, g->count);
		for (size_t i = g->top; how == 1 && i < smaller(g->row, g->count); i++)
			cells_truncate(&g->lines[i], 0);
	}
}

static void reset_screen(struct grid *g)
{
	g->inserting = false;
	scroll_whole_screen(g);
	erase_screen(g);
	g->row = g->top;
	g->column = 0;
	g->saved = (struct cursor){0};
}

/* ---- the cursor ---- */

static void save_cursor(struct grid *g)
{
	g->saved = (struct cursor){g->row - g->top, g->column};
}

static void restore_cursor(struct grid *g)
{
	g->row = g->top + g->saved.row;
	g->column = g->saved.column;
}

/* Where a column out of reach would be is not known. */
static void set_column(struct grid *g, size_t number)
{
	g->column = number < COLUMN_MAX ? number - 1 : 0;
}

static void set_row(struct grid *g, size_t number)
{
	g->row = g->top + smaller(number, g->height) - 1;
}

static void move_up(struct grid *g, size_t count)
{
	size_t limit = g->top + (g->row >= g->top + g->first ? g->first : 0);
	g->row -= smaller(count, g->row - limit);
}

static void move_down(struct grid *g, size_t count)
{
	size_t limit = g->top + (g->row <= g->top + g->last ? g->last : g->height - 1);
	g->row += smaller(count, limit - g->row);
}

static void move_to_tab(struct grid *g, size_t count)
{
	for (; count > 0 && (count == 1 || g->column < COLUMN_MAX); count--)
		g->column += 8 - g->column % 8;
}

static void move_back_to_tab(struct grid *g, size_t count)
{
	size_t stop = (g->column + 7) / 8;
	g->column = (stop - smaller(count, stop)) * 8;
}

static void set_scrolling(struct grid *g, size_t first, size_t last)
{
	last = smaller(last, g->height);
	if (first >= last)
		return;
	g->first = first - 1;
	g->last = last - 1;
	g->row = g->top;
	g->column = 0;
}

/* ---- sequences ---- */

/* Reads the number of that index; 0 if there is none. */
size_t grid_number(const char *numbers, size_t index)
{
	size_t number = 0;
	for (; *numbers != '\0' && index > 0; numbers++)
		index -= *numbers == ';';
	for (; *numbers >= '0' && *numbers <= '9'; numbers++)
		number = smaller(number * 10 + (size_t)(*numbers - '0'), COUNT_MAX);
	return number;
}

static void edit_page(struct grid *g, char final, size_t how, size_t count)
{
	switch (final) {
	case 'J':
		erase_in_screen(g, how);
		break;
	case 'K':
		erase_in_line(g, how);
		break;
	case 'L':
	case 'M':
		shift_rows(g, g->row, count, final == 'M');
		g->column = 0;
		break;
	case 'P':
		cells_delete(current_line(g), g->column, count);
		break;
	case 'S':
		scroll_up(g, count);
		break;
	case 'T':
		shift_rows(g, g->top + g->first, count, false);
		break;
	case 'X':
		cells_blank(current_line(g), g->column, g->column + smaller(count, COLUMN_MAX));
		break;
	case '@':
		cells_insert(current_line(g), g->column, count);
		break;
	case 'b':
		repeat_point(g, count);
		break;
	case 'h':
	case 'l':
		if (how == 4)
			g->inserting = final == 'h';
		break;
	default:
		break;
	}
}

static void move_cursor(struct grid *g, char final, size_t count, const char *numbers)
{
	size_t second = grid_number(numbers, 1);
	switch (final) {
	case 'F':
		g->column = 0;
		/* fall through */
	case 'A':
		move_up(g, count);
		break;
	case 'E':
		g->column = 0;
		/* fall through */
	case 'B':
	case 'e':
		move_down(g, count);
		break;
	case 'C':
	case 'a':
		g->column += g->column + count < COLUMN_MAX ? count : 0;
		break;
	case 'D':
		g->column -= smaller(count, g->column);
		break;
	case 'G':
	case '`':
		set_column(g, count);
		break;
	case 'H':
	case 'f':
		set_column(g, second > 0 ? second : 1);
		/* fall through */
	case 'd':
		set_row(g, count);
		break;
	case 'I':
		move_to_tab(g, count);
		break;
	case 'Z':
		move_back_to_tab(g, count);
		break;
	case 'r':
		set_scrolling(g, count, second > 0 ? second : g->height);
		break;
	case 's':
		if (*numbers == '\0')
			save_cursor(g);
		break;
	case 'u':
		restore_cursor(g);
		break;
	default:
		break;
	}
}

void grid_sequence(struct grid *g, char final, const char *numbers)
{
	size_t how = grid_number(numbers, 0), count = how > 0 ? how : 1;
	edit_page(g, final, how, count);
	move_cursor(g, final, count, numbers);
}

/* Every line feed returns to the left edge, as it does behind a terminal driver. If some kept the
 * column, two bytes could make a line of blanks. */
void grid_control(struct grid *g, unsigned char c)
{
	bool feeds = c == '\n' || c == '\v' || c == '\f';
	if (feeds)
		feed_line(g);
	if (feeds || c == '\r')
		g->column = 0;
	else if (c == '\b')
		g->column -= g->column > 0;
	else if (c == '\t')
		move_to_tab(g, 1);
}

void grid_escape(struct grid *g, unsigned char c)
{
	if (c == 'c')
		reset_screen(g);
	if (c == 'D' || c == 'E')
		grid_control(g, '\n');
	else if (c == 'M')
		feed_line_back(g);
	else if (c == '7')
		save_cursor(g);
	else if (c == '8')
		restore_cursor(g);
}

/* ---- the result ---- */

/* Returns how many rows at the top cannot change any more: all of them once they have become too
 * large to keep, and few are not worth moving the rest. */
static size_t count_ready(const struct grid *g)
{
	size_t points = 0;
	for (size_t i = 0; i < g->count; i++)
		points += g->lines[i].count;
	if (points > PAGE_MAX)
		return g->count;
	return g->top < READY_MIN ? 0 : smaller(g->top, g->count - 1);
}

void grid_give(struct grid *g, bool everything, struct buf *out)
{
	size_t ready = everything ? g->count : count_ready(g);
	for (size_t i = 0; i < ready; i++) {
		cells_give(g->marks, &g->lines[i], out);
		if (i + 1 < g->count)
			buf_add_char(out, '\n');
	}
	delete_rows(g, 0, ready);
	g->top -= smaller(ready, g->top);
	g->row -= smaller(ready, g->row);
	if (g->count == 0)
		g->top = g->row = g->column = 0;
}

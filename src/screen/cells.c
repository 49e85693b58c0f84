/* screen/cells.c - one line of text as cells, one for each column: a code point, and the marks that
 * combine with it */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define REST 0        /* the second half of a wide character */
#define POINT_BITS 21 /* of a cell; the other 11 are an index of marks */
#define POINT ((1U << POINT_BITS) - 1)

static void set_cell(struct line *line, size_t column, uint32_t cell)
{
	while (line->count <= column) {
		line->cells = array_grow(line->cells, line->count, sizeof *line->cells);
		line->cells[line->count++] = ' ';
	}
	line->cells[column] = cell;
}

/* A wide character of which only one half remains becomes blank. */
static void split_wide(struct line *line, size_t column)
{
	if (column > 0 && column < line->count && line->cells[column] == REST)
		line->cells[column - 1] = line->cells[column] = ' ';
}

void cells_put(struct line *line, size_t column, uint32_t point, bool wide)
{
	split_wide(line, column);
	split_wide(line, column + 1 + wide);
	set_cell(line, column, point);
	if (wide)
		set_cell(line, column + 1, REST);
}

void cells_blank(struct line *line, size_t column, size_t end)
{
	split_wide(line, column);
	split_wide(line, end);
	for (; column < end && column < line->count; column++)
		line->cells[column] = ' ';
}

void cells_truncate(struct line *line, size_t column)
{
	if (column >= line->count)
		return;
	split_wide(line, column);
	if (line->count > COLUMN_MAX && column < COLUMN_MAX)
		line->cells = xrealloc(line->cells, COLUMN_MAX * sizeof *line->cells);
	line->count = column;
}

/* A longer line was wrapped, and only the part in the cursor's row would move. */
static bool is_shiftable(const struct line *line, size_t column)
{
	return column < line->count && line->count <= COLUMN_MAX;
}

void cells_insert(struct line *line, size_t column, size_t count)
{
	if (!is_shiftable(line, column))
		return;
	size_t old = line->count;
	if (count > COLUMN_MAX - column)
		count = COLUMN_MAX - column;
	split_wide(line, column);
	set_cell(line, old + count - 1, ' ');
	memmove(line->cells + column + count, line->cells + column,
		(old - column) * sizeof *line->cells);
	cells_truncate(line, COLUMN_MAX);
	for (size_t i = column; i < column + count; i++)
		line->cells[i] = ' ';
}

void cells_delete(struct line *line, size_t column, size_t count)
{
	if (!is_shiftable(line, column))
		return;
	if (count > line->count - column)
		count = line->count - column;
	cells_blank(line, column, column + count);
	line->count -= count;
	memmove(line->cells + column, line->cells + column + count,
		(line->count - column) * sizeof *line->cells);
}

/* Equal chains of marks share an index. */
bool cells_combine(struct mark *marks, struct line *line, size_t column, uint32_t point)
{
	if (column >= line->count)
		set_cell(line, column, ' ');
	if (line->cells[column] == REST && column > 0)
		column--;
	uint32_t *cell = &line->cells[column], before = *cell >> POINT_BITS;
	uint32_t at = point * 31 + before * 97;
	for (int tries = 0; tries < 16; tries++) {
		at = at % (MARKS_MAX - 1) + 1;
		if (marks[at].point == 0)
			marks[at] = (struct mark){point, before};
		if (marks[at].point == point && marks[at].before == before) {
			*cell = (*cell & POINT) | at << POINT_BITS;
			return true;
		}
	}
	return false;
}

static void give_marks(const struct mark *marks, uint32_t at, struct buf *out)
{
	if (at == 0)
		return;
	give_marks(marks, marks[at].before, out);
	utf8_encode(out, marks[at].point);
}

void cells_give(const struct mark *marks, const struct line *line, struct buf *out)
{
	for (size_t i = 0; i < line->count; i++) {
		if (line->cells[i] == REST)
			continue;
		utf8_encode(out, line->cells[i] & POINT);
		give_marks(marks, line->cells[i] >> POINT_BITS, out);
	}
}

/* screen/strip.c - the plain text of a program's terminal output, as it would finally appear: a
 * page of lines on which a cursor moves. Drops what was drawn on the alternate screen. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW 200                /* rows above the cursor that it can still reach */
#define COLUMN_MAX 500            /* how far right the cursor can move */
#define LINE_LENGTH_MAX (1 << 20) /* code points in a line; more begin the next one */
#define PAGE_MAX (2 << 20)        /* code points in all rows; more begin the next page */
#define REST 0                    /* the second half of a wide character */

enum state { GROUND, ESCAPE, INTERMEDIATE, CSI, STRING, STRING_ESCAPE };

struct line {
	uint32_t *points;
	size_t count;
};

struct stripper {
	enum state state;
	char partial[4]; /* an incomplete UTF-8 sequence */
	size_t partial_length;
	char parameters[64];
	size_t parameter_length;
	bool system_command; /* of the string sequences, only this one ends with BEL */
	bool alternate;
	struct line *lines;
	size_t count, row, column;
};

struct stripper *strip_create(void)
{
	return xcalloc(1, sizeof(struct stripper));
}

void strip_destroy(struct stripper *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->count; i++)
		free(s->lines[i].points);
	free(s->lines);
	free(s);
}

/* ---- the page ---- */

static struct line *current_line(struct stripper *s)
{
	while (s->row >= s->count) {
		s->lines = array_grow(s->lines, s->count, sizeof *s->lines);
		s->lines[s->count++] = (struct line){0};
	}
	return &s->lines[s->row];
}

static void set_point(struct line *line, size_t column, uint32_t point)
{
	while (line->count <= column) {
		line->points = array_grow(line->points, line->count, sizeof *line->points);
		line->points[line->count++] = ' ';
	}
	line->points[column] = point;
}

static void new_line(struct stripper *s)
{
	(void)current_line(s); /* the line that ends exists, even if it is empty */
	s->row++;
	s->column = 0;
	(void)current_line(s);
}

static bool is_wide(uint32_t point)
{
	cleanup_buf struct buf text = {0};
	if (point < 0x1100) /* wide characters begin with Hangul, U+1100 */
		return false;
	utf8_encode(&text, point);
	return utf8_width(buf_text(&text), text.length) == 2;
}

static void put_point(struct stripper *s, uint32_t point)
{
	if (s->alternate)
		return;
	if (s->column >= LINE_LENGTH_MAX)
		new_line(s);
	struct line *line = current_line(s);
	/* Overwriting half of a wide character leaves a blank. */
	if (s->column < line->count && line->points[s->column] == REST && s->column > 0)
		line->points[s->column - 1] = ' ';
	bool wide = is_wide(point);
	size_t behind = s->column + (wide ? 2 : 1);
	if (behind < line->count && line->points[behind] == REST)
		line->points[behind] = ' ';
	set_point(line, s->column++, point);
	if (wide)
		set_point(current_line(s), s->column++, REST);
}

static void erase_in_line(struct stripper *s, size_t how)
{
	struct line *line = current_line(s);
	if (how == 0 && s->column < line->count)
		line->count = s->column;
	if (how == 2)
		line->count = 0;
	for (size_t i = 0; how == 1 && i <= s->column && i < line->count; i++)
		line->points[i] = ' ';
}

/* Erases downwards; erasing the whole screen begins a new page below the old one. */
static void erase_in_page(struct stripper *s, size_t how)
{
	if (how == 0) {
		erase_in_line(s, 0);
		for (size_t i = s->row + 1; i < s->count; i++)
			s->lines[i].count = 0;
	}
}

static void move_cursor(struct stripper *s, char final, size_t count)
{
	size_t last = s->count > 0 ? s->count - 1 : 0;
	switch (final) {
	case 'F':
		s->column = 0;
		/* fall through */
	case 'A':
		s->row = s->row > count ? s->row - count : 0;
		break;
	case 'E':
		s->column = 0;
		/* fall through */
	case 'B':
		s->row = count < last - s->row ? s->row + count : last;
		break;
	case 'C':
		s->column += s->column + count < COLUMN_MAX ? count : 0;
		break;
	case 'D':
		s->column = s->column > count ? s->column - count : 0;
		break;
	case 'G':
	case '`':
		s->column = count < COLUMN_MAX ? count - 1 : 0;
		break;
	default:
		break;
	}
}

/* ---- sequences ---- */

static void control_sequence(struct stripper *s, char final)
{
	long long number = 0;
	s->parameters[s->parameter_length] = '\0';
	const char *parameters = s->parameters;
	if (text_same(parameters, "?1049") || text_same(parameters, "?47") ||
		text_same(parameters, "?1047"))
		s->alternate = final == 'h' || (final != 'l' && s->alternate);
	bool numbered = text_number(parameters, 0, 100000, &number);
	if (s->alternate || (!numbered && *parameters != '\0'))
		return;
	(void)current_line(s);
	if (final == 'K')
		erase_in_line(s, (size_t)number);
	else if (final == 'J')
		erase_in_page(s, (size_t)number);
	else
		move_cursor(s, final, number > 0 ? (size_t)number : 1);
}

static void apply_control(struct stripper *s, unsigned char c)
{
	if (s->alternate)
		return;
	if (c == '\n') {
		new_line(s);
	} else if (c == '\r') {
		s->column = 0;
	} else if (c == '\b') {
		s->column -= s->column > 0;
	} else if (c == '\t') {
		do
			put_point(s, ' ');
		while (s->column % 8 != 0);
	}
}

static void flush_partial(struct stripper *s)
{
	for (size_t at = 0; at < s->partial_length;) {
		uint32_t point;
		at += utf8_decode(s->partial + at, s->partial_length - at, &point);
		if (point >= 0xA0)
			put_point(s, point);
	}
	s->partial_length = 0;
}

static size_t utf8_sequence_length(unsigned char first)
{
	return first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
}

static void take_ground(struct stripper *s, unsigned char c)
{
	if (s->partial_length > 0 && (c & 0xC0) == 0x80) {
		s->partial[s->partial_length++] = (char)c;
		if (s->partial_length == utf8_sequence_length((unsigned char)s->partial[0]))
			flush_partial(s);
		return;
	}
	flush_partial(s);
	if (c >= 0xC2 && c <= 0xF4)
		s->partial[s->partial_length++] = (char)c;
	else if (c == 0x1B)
		s->state = ESCAPE;
	else if (c >= 0x80)
		put_point(s, 0xFFFD);
	else if (c < 0x20)
		apply_control(s, c);
	else if (c != 0x7F)
		put_point(s, c);
}

static void take_escape(struct stripper *s, unsigned char c)
{
	s->parameter_length = 0;
	s->system_command = c == ']';
	if (c == '[')
		s->state = CSI;
	else if (c == ']' || c == 'P' || c == '_' || c == '^' || c == 'X')
		s->state = STRING;
	else if (c >= 0x20 && c < 0x30)
		s->state = INTERMEDIATE;
	else if (c != 0x1B)
		s->state = GROUND;
	if (c < 0x20 && c != 0x1B)
		apply_control(s, c);
}

static void take_csi(struct stripper *s, unsigned char c)
{
	if (c >= 0x40 && c <= 0x7E) {
		s->state = GROUND;
		control_sequence(s, (char)c);
	} else if (c == 0x1B) {
		s->state = ESCAPE;
	} else if (c == 0x18 || c == 0x1A) {
		s->state = GROUND;
	} else if (c < 0x20) {
		apply_control(s, c);
	} else if (s->parameter_length + 1 < sizeof s->parameters) {
		s->parameters[s->parameter_length++] = (char)c;
	}
}

static void take_byte(struct stripper *s, unsigned char c)
{
	switch (s->state) {
	case GROUND:
		take_ground(s, c);
		break;
	case ESCAPE:
		take_escape(s, c);
		break;
	case INTERMEDIATE:
		s->state = c >= 0x20 && c < 0x30 ? INTERMEDIATE : c == 0x1B ? ESCAPE : GROUND;
		break;
	case CSI:
		take_csi(s, c);
		break;
	case STRING:
		if (c == 0x1B)
			s->state = STRING_ESCAPE;
		else if ((c == '\a' && s->system_command) || c == 0x18 || c == 0x1A)
			s->state = GROUND;
		break;
	case STRING_ESCAPE:
		s->state = GROUND;
		if (c != '\\')
			take_escape(s, c);
		break;
	}
}

void strip_take(struct stripper *s, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		take_byte(s, (unsigned char)bytes[i]);
}

/* ---- the result ---- */

static void give_line(const struct line *line, struct buf *out)
{
	for (size_t i = 0; i < line->count; i++)
		if (line->points[i] != REST)
			utf8_encode(out, line->points[i]);
}

/* Returns how many rows at the top are out of the cursor's reach: all of them once they have become
 * too large to keep, and few are not worth moving the rest. */
static size_t count_ready(const struct stripper *s)
{
	size_t points = 0, above = s->row > WINDOW ? s->row - WINDOW : 0;
	for (size_t i = 0; i < s->count; i++)
		points += s->lines[i].count;
	return points > PAGE_MAX ? s->count : above >= WINDOW ? above : 0;
}

void strip_give(struct stripper *s, bool everything, struct buf *out)
{
	size_t ready = count_ready(s);
	if (everything) {
		flush_partial(s);
		s->state = GROUND;
		s->alternate = false;
		ready = s->count;
	}
	for (size_t i = 0; i < ready; i++) {
		give_line(&s->lines[i], out);
		if (i + 1 < s->count)
			buf_add_char(out, '\n');
		free(s->lines[i].points);
	}
	if (s->count > ready)
		memmove(s->lines, s->lines + ready, (s->count - ready) * sizeof *s->lines);
	s->count -= ready;
	s->row -= ready < s->row ? ready : s->row;
	if (s->count == 0)
		s->row = s->column = 0;
}

void screen_strip(const char *bytes, size_t length, struct buf *out)
{
	struct stripper *s = strip_create();
	for (size_t at = 0; at < length; at += 4096) {
		strip_take(s, bytes + at, length - at < 4096 ? length - at : 4096);
		strip_give(s, false, out);
	}
	strip_give(s, true, out);
	strip_destroy(s);
}

/* screen/strip.c - the plain text of a program's terminal output, as it would finally appear: reads
 * its control sequences and draws on a grid. Drops what was drawn on the alternate screen. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define COMBINING_BEGIN 0x300 /* the first character that takes no column */

enum state { GROUND, ESCAPE, INTERMEDIATE, CSI, STRING, STRING_ESCAPE };

struct stripper {
	enum state state;
	char partial[4]; /* an incomplete UTF-8 sequence */
	size_t partial_length;
	char parameters[64];
	size_t parameter_length;
	bool system_command; /* of the string sequences, only this one ends with BEL */
	bool alternate;
	struct grid *grid;
};

struct stripper *strip_create(unsigned rows)
{
	struct stripper *s = xcalloc(1, sizeof *s);
	s->grid = grid_create(rows);
	return s;
}

void strip_destroy(struct stripper *s)
{
	if (s == NULL)
		return;
	grid_destroy(s->grid);
	free(s);
}

static void put_point(struct stripper *s, uint32_t point, size_t width)
{
	if (!s->alternate)
		grid_put(s->grid, point, width);
}

static void switch_modes(struct stripper *s, const char *numbers, bool on)
{
	for (; numbers != NULL; numbers = strchr(numbers, ';')) {
		numbers += *numbers == ';';
		size_t mode = grid_number(numbers, 0);
		if (mode == 47 || mode == 1047 || mode == 1049)
			s->alternate = on;
	}
}

static void apply_sequence(struct stripper *s, char final)
{
	s->parameters[s->parameter_length] = '\0';
	bool private = s->parameters[0] == '?';
	const char *numbers = s->parameters + private;
	if (final == 'm' || numbers[strspn(numbers, "0123456789;")] != '\0')
		return;
	if (!private && !s->alternate)
		grid_sequence(s->grid, final, numbers);
	else if (private && (final == 'h' || final == 'l'))
		switch_modes(s, numbers, final == 'h');
}

static void apply_control(struct stripper *s, unsigned char c)
{
	if (!s->alternate)
		grid_control(s->grid, c);
}

static void apply_escape(struct stripper *s, unsigned char c)
{
	if (c == 'c')
		s->alternate = false;
	if (!s->alternate)
		grid_escape(s->grid, c);
}

static void flush_partial(struct stripper *s)
{
	for (size_t at = 0; at < s->partial_length;) {
		uint32_t point;
		size_t taken = utf8_decode(s->partial + at, s->partial_length - at, &point);
		size_t width = point < COMBINING_BEGIN ? 1 : utf8_width(s->partial + at, taken);
		at += taken;
		if (point >= 0xA0)
			put_point(s, point, width);
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
		put_point(s, 0xFFFD, 1);
	else if (c < 0x20)
		apply_control(s, c);
	else if (c != 0x7F)
		put_point(s, c, 1);
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
	else if (s->state == GROUND)
		apply_escape(s, c);
}

static void take_csi(struct stripper *s, unsigned char c)
{
	if (c >= 0x40 && c <= 0x7E) {
		s->state = GROUND;
		apply_sequence(s, (char)c);
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

void strip_give(struct stripper *s, bool everything, struct buf *out)
{
	if (everything) {
		flush_partial(s);
		s->state = GROUND;
		s->alternate = false;
	}
	grid_give(s->grid, everything, out);
}

void screen_strip(const char *bytes, size_t length, unsigned rows, struct buf *out)
{
	struct stripper *s = strip_create(rows);
	for (size_t at = 0; at < length; at += 4096) {
		strip_take(s, bytes + at, length - at < 4096 ? length - at : 4096);
		strip_give(s, false, out);
	}
	strip_give(s, true, out);
	strip_destroy(s);
}

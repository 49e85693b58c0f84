/* screen/private.h - what the files of the screen share */
#ifndef SCREEN_PRIVATE_H
#define SCREEN_PRIVATE_H

#include "screen.h"

#include <termios.h>

/* How a character is drawn: bits that add up. */
enum look {
	LOOK_BOLD = 1,
	LOOK_DIM = 2,
	LOOK_ITALIC = 4,
	LOOK_UNDERLINE = 8,
	LOOK_STRIKE = 16,
	LOOK_CODE = 32,
	LOOK_GREEN = 64,
	LOOK_RED = 128,
	LOOK_YELLOW = 256,
	LOOK_BLUE = 512,
	LOOK_MAGENTA = 1024,
};

struct foreign; /* foreign.c */
struct prompt;  /* prompt.c */

struct screen {
	int input, output;
	bool terminal; /* both ends are one */
	bool drawing;  /* the output is a terminal that takes escape sequences */
	bool colour;
	bool links;       /* OSC 8 is known to work */
	bool dead;        /* nobody reads what is written any more */
	bool ending;      /* a signal asked for the end: nothing is asked any more */
	unsigned columns; /* 0: not asked for by option or COLUMNS */
	unsigned width, rows;
	struct buf out;
	struct termios saved;
	bool has_saved;
	bool raw;      /* the terminal gives bytes as they are and takes them so */
	int signals;   /* signalfd; -1 */
	bool progress; /* a line of progress is on the screen */
	bool pages;    /* it shows pages */
	bool page;     /* one is being made: nothing is written before it is whole */
	struct foreign *foreign;
	struct prompt *prompt;
	char *history_path; /* NULL: kept nowhere */
};

/* ---- styled.c ---- */

/* Text that is laid out: a look for every byte. */
struct styled {
	struct buf text;
	uint16_t *looks;
	size_t looks_capacity;
	size_t line_start; /* where the line begins that is being added to */
};
void styled_add(struct styled *s, unsigned look, const char *text, size_t length);
void styled_append(struct styled *s, const struct styled *other);
/* Adds text with inline code between backquotes, which stay where there is no colour. */
void styled_add_marked(struct styled *s, unsigned look, const char *text, bool colour);
void styled_finish(struct styled *s);

/* ---- draw.c ---- */

/* One piece of a line, harmless, with its look; no wrapping. */
void draw_text(struct screen *screen, unsigned look, const char *text, size_t length);
unsigned draw_look(enum screen_style style);
/* A part of styled text, no wrapping. */
void draw_styled(struct screen *screen, const struct styled *text, size_t at, size_t length);

/* ---- layout.c: styled text, wrapped ---- */

/* What stands in front of lines: a look and a text each. */
struct margin {
	const char *first, *rest; /* NULL: nothing */
	unsigned look;
};
/* Wraps to `width` columns (margins included) and writes lines. */
void layout_write(struct screen *screen, const struct styled *text, const struct margin *margin,
	unsigned width);
/* Breaks text into lines of at most `width` columns; calls line for each. */
void layout_break_lines(const char *text, size_t length, unsigned width,
	void (*line)(void *data, size_t at, size_t length), void *data);

/* ---- table.c ---- */

/* A table of styled cells, row by row; the first row is the head. */
void table_draw(struct screen *screen, size_t columns, size_t rows, const struct styled *cells,
	uint32_t right, const struct margin *margin);

/* ---- strip.c: what a terminal would show in the end, as plain text ---- */

struct stripper;
struct stripper *strip_create(void);
void strip_take(struct stripper *stripper, const char *bytes, size_t length);
/* Gives the lines that can't change any more, `everything` also the others. */
void strip_give(struct stripper *stripper, bool everything, struct buf *out);
void strip_destroy(struct stripper *stripper);

/* ---- foreign.c ---- */
void foreign_destroy(struct foreign *foreign);
/* True for an http(s) or mailto address that may stand in an OSC 8 sequence. */
bool foreign_is_web_address(const char *url);

/* ---- prompt.c ---- */
/* history.c: remembers a line, where it is worth that; the same line twice in a row is one entry.
 */
void history_remember(const char *line);
void history_limit(void);
void history_close(struct screen *s);
void prompt_destroy(struct screen *screen);

#endif

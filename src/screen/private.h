/* screen/private.h - what the files of the screen share */
#ifndef SCREEN_PRIVATE_H
#define SCREEN_PRIVATE_H

#include "screen.h"

#include <termios.h>

/* How a character is drawn: bits that can be combined. */
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
	bool terminal; /* input and output are terminals */
	bool drawing;  /* the output is a terminal that accepts escape sequences */
	bool colour;
	bool words;       /* instead of symbols */
	bool links;       /* OSC 8 is known to work */
	bool dead;        /* nothing reads the output any more */
	bool lost;        /* … because it could not be written: the disk is full */
	bool ending;      /* a signal asked the program to end: ask nothing more */
	unsigned columns; /* 0: set neither by an option nor by COLUMNS */
	unsigned width, rows;
	struct buf out;
	struct termios saved;
	bool has_saved;
	bool raw;      /* the terminal is in raw mode */
	int signals;   /* signalfd; -1 */
	bool progress; /* a progress line is on the screen */
	bool pages;    /* it shows pages */
	bool page;     /* a page is being built: write nothing before it is complete */
	struct screen_scroll *scroll; /* the list at the end of the page; NULL: none */
	struct foreign *foreign;
	struct prompt *prompt;
	const char *editing; /* keys of the prompt; NULL: as ~/.inputrc says */
	char *pictures;      /* the folder of the notes' pictures; NULL: none are drawn */
	char *history_path;  /* NULL: the history is not saved */
};

/* ---- styled.c ---- */

/* Laid-out text: a look for every byte. */
struct styled {
	struct buf text;
	uint16_t *looks;
	size_t looks_capacity;
	size_t line_start; /* where the line under construction begins */
};
void styled_add(struct styled *s, unsigned look, const char *text, size_t length);
void styled_append(struct styled *s, const struct styled *other);
/* Adds text with inline code between backquotes, which remain if there is no colour. */
void styled_add_marked(struct styled *s, unsigned look, const char *text, bool colour);
void styled_finish(struct styled *s);

/* ---- draw.c ---- */

/* Writes one piece of a line, filtered, with its look; no wrapping. */
void draw_text(struct screen *screen, unsigned look, const char *text, size_t length);
unsigned draw_look(enum screen_style style);
/* Writes part of styled text; no wrapping. */
void draw_styled(struct screen *screen, const struct styled *text, size_t at, size_t length);

/* ---- picture.c ---- */

/* Draws a picture of the note's folder, or the drawing in text beside it. Returns false if it drew
 * nothing: its words have to do. */
bool picture_draw(struct screen *screen, const char *name);
bool picture_exists(const struct screen *screen, const char *name);
/* Of what chafa printed, passes whole harmless graphics. Returns false if there is none, or one
 * that is not harmless. */
bool picture_filter(const struct buf *output, bool kitty, struct buf *ret);

/* ---- layout.c: wraps styled text ---- */

/* The prefix of each line: a look and a text for each. */
struct margin {
	const char *first, *rest; /* NULL: no prefix */
	unsigned look;
};
/* Wraps to `width` columns (margins included) and writes the lines. */
void layout_write(struct screen *screen, const struct styled *text, const struct margin *margin,
	unsigned width);
/* Breaks text into lines of at most `width` columns; calls line for each. */
void layout_break_lines(const char *text, size_t length, unsigned width,
	void (*line)(void *data, size_t at, size_t length), void *data);

/* ---- table.c ---- */

/* Draws a table of styled cells, row by row; the first row is the header. */
void table_draw(struct screen *screen, size_t columns, size_t rows, const struct styled *cells,
	uint32_t right, const struct margin *margin);

/* ---- cells.c: a line as cells, one for each column ---- */

#define COLUMN_MAX 256 /* how far right the cursor can move, and text be shifted */
#define MARKS_MAX 2048 /* kinds of chains of marks */

/* A mark that combines with a character, and the index of the one before it; 0: none. */
struct mark {
	uint32_t point, before;
};
struct line {
	uint32_t *cells;
	size_t count;
};
void cells_put(struct line *line, size_t column, uint32_t point, bool wide);
void cells_blank(struct line *line, size_t column, size_t end);
void cells_truncate(struct line *line, size_t column);
void cells_insert(struct line *line, size_t column, size_t count);
void cells_delete(struct line *line, size_t column, size_t count);
/* Returns false if `marks` (MARKS_MAX of them) has no room for another kind. */
bool cells_combine(struct mark *marks, struct line *line, size_t column, uint32_t point);
void cells_give(const struct mark *marks, const struct line *line, struct buf *out);

/* ---- grid.c: lines of text on which a cursor moves ---- */

struct grid;
/* `rows` of its screen; 0: not known. */
struct grid *grid_create(unsigned rows);
void grid_destroy(struct grid *grid);
/* Puts a character of so many columns; 0: a mark that combines with the one before it. */
void grid_put(struct grid *grid, uint32_t point, size_t width);
void grid_control(struct grid *grid, unsigned char control);
void grid_escape(struct grid *grid, unsigned char final);
/* A control sequence with numbers between semicolons, and without other parameters. */
void grid_sequence(struct grid *grid, char final, const char *numbers);
/* Returns the number of that index; 0 if there is none. */
size_t grid_number(const char *numbers, size_t index);
/* Outputs the rows that cannot change any more; `everything`: the others as well. */
void grid_give(struct grid *grid, bool everything, struct buf *out);

/* ---- strip.c: what a terminal would finally show, as plain text ---- */

struct stripper;
/* `rows` of the terminal; 0: not known. */
struct stripper *strip_create(unsigned rows);
void strip_take(struct stripper *stripper, const char *bytes, size_t length);
/* Outputs the lines that cannot change any more; `everything`: the others as well. */
void strip_give(struct stripper *stripper, bool everything, struct buf *out);
void strip_destroy(struct stripper *stripper);

/* ---- foreign.c ---- */
void foreign_destroy(struct foreign *foreign);
/* Returns whether url is an http(s) or mailto address that may appear in an OSC 8 sequence. */
bool foreign_is_web_address(const char *url);

/* ---- prompt.c ---- */
/* history.c: remembers a line if it is worth it; the same line twice in a row is one entry. */
void history_remember(const char *line);
void history_limit(void);
void history_close(struct screen *s);
void prompt_destroy(struct screen *screen);

#endif

/*
 * screen.h - the terminal look: styles, wrapping, blocks of a note, tables, progress bars, the
 * prompt; and the one place that writes escape sequences and the one that knows readline.
 *
 * On anything but a terminal (or with NO_COLOR, TERM=dumb) the same words come without escape
 * sequences. Width: COLUMNS, else the terminal's, else 80; never under 20. Nothing foreign reaches
 * the screen raw.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include "base.h"
#include "note.h"

struct screen;

struct screen_options {
	int input_fd;   /* usually 0 */
	int output_fd;  /* usually 1 */
	bool plain;     /* as if it were no terminal */
	unsigned width; /* 0: find out */
};
bool screen_open(const struct screen_options *options, struct screen **ret, struct error *err);
/* Puts the terminal back as it was. */
void screen_close(struct screen *screen);

unsigned screen_width(const struct screen *screen); /* columns to write in, at most 100 */
unsigned screen_rows(const struct screen *screen);
bool screen_is_terminal(const struct screen *screen); /* both ends are one */
bool screen_has_colour(const struct screen *screen);
/* False once writing failed (the reader is gone). */
bool screen_is_alive(const struct screen *screen);

/* ---- words
 * ----------------------------------------------------------------------------------------- */

enum screen_style {
	SCREEN_PLAIN,
	SCREEN_TITLE, /* a lesson's name */
	SCREEN_STRONG,
	SCREEN_QUIET,   /* less important */
	SCREEN_COMMAND, /* something to type */
	SCREEN_GOOD,    /* held; always with ✔ in front of the words */
	SCREEN_BAD,     /* not held; ✘ */
	SCREEN_WARN,    /* error of the checker, warning; ! */
	SCREEN_LINK,
};

/* Raw pieces, no wrapping; text is made harmless. */
void screen_put(struct screen *screen, enum screen_style style, const char *text);
/* A paragraph, wrapped to the width, each further line indented by `indent` columns; ends the line.
 * `mark` (may be NULL) stands in front ("✔ ", "  "). Inline code in `…` is drawn as code. */
void screen_say(struct screen *screen, enum screen_style style, const char *mark,
	const char *format, ...) PRINTF_LIKE(4, 5);
void screen_newline(struct screen *screen);
void screen_flush(struct screen *screen);

/* The head of a lesson: number, title, place in the course, drawn as a rule with a bar. */
void screen_lesson_head(
	struct screen *screen, const char *number, const char *title, const char *right);
/* Blocks of a note with the links of their section. Links are numbered; OSC 8 where the terminal
 * knows it. */
void screen_blocks(struct screen *screen, const struct note_block *blocks, size_t count,
	const struct note_link *links, size_t link_count);
/* The list of a section's links that `blocks` use. */
void screen_links(struct screen *screen, const struct note_link *links, size_t link_count);
/* A command in a box of its own: "$ docker run …", long lines wrapped with a hanging indent; and
 * below it, quiet, the expected output (may be NULL; at most `most` lines, then "… 12 more"). */
void screen_command(struct screen *screen, const char *command, const char *output, size_t max);

/* A table: cells row by row, the first row is the head. Cells are wrapped; where the width is too
 * small, one record under another. `right`: bit i set: column i is aligned right. */
void screen_table(struct screen *screen, size_t columns, size_t rows, const char *const *cells,
	uint32_t right);
/* "████░░░░ 4/9" in `columns` columns into out (plain: "4/9"). */
void screen_bar(const struct screen *screen, unsigned done, unsigned all, unsigned columns,
	struct buf *out);
/* One line that is rewritten while something long goes on; NULL ends it and takes it away. */
void screen_progress(struct screen *screen, const char *what);

/* ---- what foreign programs print
 * ---------------------------------------------------------------------- */

/* Shows bytes of a running line as they are, but for sequences that report, write the clipboard,
 * set the title or program keys; remembers modes that must be put back. */
void screen_foreign(struct screen *screen, const char *bytes, size_t length);
/* After the line: unfinished sequences are dropped, modes (alternate screen, mouse, bracketed
 * paste, cursor, margins, colours, character sets) are put back, and a new line is begun where the
 * cursor is not at its start. */
void screen_foreign_end(struct screen *screen);
/* The same text without any escape sequence, carriage returns resolved, for checks and messages. */
void screen_strip(const char *bytes, size_t length, struct buf *out);

/* ---- a page that is drawn again and again ----
 *
 * From the first one on the terminal shows pages and nothing else, without a cursor, and keys come
 * as they are pressed; what was there before comes back when the pages are left. What is put
 * between begin and end is one page; lines below the last row are left out. Where there are none (a
 * pipe, TERM=dumb) begin and end do nothing. */
bool screen_has_pages(const struct screen *screen);
void screen_page_begin(struct screen *screen);
void screen_page_end(struct screen *screen);
void screen_page_leave(struct screen *screen);

/* ---- the prompt
 * ----------------------------------------------------------------------------------------- */

enum screen_answer {
	SCREEN_LINE,   /* *ret_line is what was typed; the caller frees it */
	SCREEN_END,    /* end of input (^D on an empty line) */
	SCREEN_CANCEL, /* ^C: the line was dropped; ask again */
	SCREEN_WAKE, /* `wake` wants attention (see below); the typed text is kept for the next call
		      */
	SCREEN_QUIT, /* SIGTERM or SIGHUP came, or the terminal is gone */
};

struct screen_prompt {
	const char *text; /* "docker › ": plain words; drawn as SCREEN_STRONG */
	int wake_fd;      /* polled for input while waiting; -1: none */
	bool shell; /* shell lines: history, completion, and lines that go on while a quote is open
		     */
	/* Completion: candidates for the word that begins at `at`. NULL: none. */
	void (*complete)(void *data, const char *line, size_t at, struct words *ret);
	/* True where the text needs another line (open quote …). NULL: never. */
	bool (*unfinished)(void *data, const char *text);
	void *data;
};
/* Waits for a line. With input that is no terminal: reads the next line, without a prompt, echoing
 * it. */
enum screen_answer screen_ask(struct screen *screen, const struct screen_prompt *prompt,
	char **ret_line, struct error *err);
/* A question for yes or no, as in "Join? [Y/n] "; Enter alone is `otherwise`. False: no
 * answer came, because the terminal is gone or ^C was typed. */
bool screen_confirm(struct screen *screen, const char *question, bool otherwise, bool *ret);
/* What was typed before the prompt was there: it is read as if it were typed at the next one. */
void screen_type(struct screen *screen, const char *text);
/* Prints above the line being typed, which is then drawn again: call between two screen_ask() that
 * gave WAKE. */
void screen_interject(struct screen *screen);

/* History of the prompt: kept in a file of mode 0600, at most 1,000 lines. */
bool screen_history_load(struct screen *screen, const char *path, struct error *err);
bool screen_history_save(struct screen *screen, struct error *err);

/* ---- the terminal while a line runs
 * ---------------------------------------------------------------------- */

/* The signalfd with SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGWINCH; those are blocked from the first
 * call (or screen_ask()) on, so that a program that asks nothing ends by them as any other. */
int screen_signals(struct screen *screen);
/* Raw mode on and off, for the time that a line owns the terminal. */
void screen_raw(struct screen *screen, bool on);
/* Takes a window size change into account. */
void screen_resized(struct screen *screen);

#endif

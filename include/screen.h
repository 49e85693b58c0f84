/*
 * screen.h - the terminal look: styles, wrapping, blocks of a note, tables, progress bars, the
 * prompt. The only module that writes escape sequences, and the only one that uses readline.
 *
 * If the output is not a terminal (or with NO_COLOR, TERM=dumb), print the same words without
 * escape sequences. For screen readers (the setting `plain`, a terminal with TERM=dumb) words take
 * the place of symbols, too: words.c has them all. Width: COLUMNS, else the terminal's, else 80;
 * never under 20. Text from other programs never reaches the screen unfiltered.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include "base.h"
#include "note.h"

struct screen;

struct screen_options {
	int input_fd;   /* usually 0 */
	int output_fd;  /* usually 1 */
	bool plain;     /* behave as if the output were not a terminal */
	unsigned width; /* 0: detect it */
	bool no_colour; /* as with NO_COLOR */
	bool only_text; /* as on a terminal with TERM=dumb: words instead of symbols, and no escape
			   sequences, also while a line is typed */
	const char *editing; /* keys: "emacs" or "vi"; NULL: as ~/.inputrc says */
};
bool screen_open(const struct screen_options *options, struct screen **ret, struct error *err);
/* Restores the terminal. */
void screen_close(struct screen *screen);

unsigned screen_width(const struct screen *screen); /* columns available for text, at most 100 */
unsigned screen_rows(const struct screen *screen);
bool screen_is_terminal(const struct screen *screen); /* input and output are terminals */
bool screen_has_colour(const struct screen *screen);
/* Returns false once writing has failed (the reader is gone). */
bool screen_is_alive(const struct screen *screen);
/* Writes what is still to be written; returns whether some output was lost although someone wants
 * it: the disk is full. */
bool screen_has_lost(struct screen *screen);

/* ---- text ---- */

enum screen_style {
	SCREEN_PLAIN,
	SCREEN_TITLE, /* a lesson's name */
	SCREEN_STRONG,
	SCREEN_QUIET,   /* less important */
	SCREEN_COMMAND, /* something to type */
	SCREEN_GOOD,    /* passed; always with ✔ or a word before the text */
	SCREEN_BAD,     /* failed; ✘ */
	SCREEN_WARN,    /* checker error or warning; ! */
	SCREEN_LINK,
};

/* Writes text without wrapping; control characters are removed. */
void screen_put(struct screen *screen, enum screen_style style, const char *text);
/* Writes a paragraph wrapped to the width, indents further lines by `indent` columns, and ends the
 * line. `mark` (may be NULL) precedes it ("✔ ", "  "). Inline code in `…` is drawn as code. */
void screen_say(struct screen *screen, enum screen_style style, const char *mark,
	const char *format, ...) PRINTF_LIKE(4, 5);
void screen_newline(struct screen *screen);
/* Whether words take the place of symbols; nothing is aligned then, or drawn again. */
bool screen_has_words(const struct screen *screen);
/* Returns a text or a mark of ropes' own as this screen shows it: "✔ " or "OK: ". screen_say() does
 * so with `mark` and `format`, not with the arguments. The caller frees it. */
char *screen_own(const struct screen *screen, const char *text);
char *screen_mark(const struct screen *screen, const char *mark);
/* The same for text of a note, in which only the sign of a picture is not the author's. */
char *screen_note(const struct screen *screen, const char *text);
void screen_flush(struct screen *screen);

/* Draws the head of a lesson: number, title, and position in the course, as a rule with a bar. */
void screen_lesson_head(
	struct screen *screen, const char *number, const char *title, const char *right);
/* Draws blocks of a note with the links of their section. Links are numbered, and OSC 8 if the
 * terminal supports it. */
void screen_blocks(struct screen *screen, const struct note_block *blocks, size_t count,
	const struct note_link *links, size_t link_count);
/* From now on, pictures of notes are drawn, if they are below this folder; NULL: none. A terminal
 * without graphics gets the drawing in text beside one, NAME.txt for NAME.svg. */
void screen_set_pictures(struct screen *screen, const char *folder);
/* Lists a section's links that `blocks` use, but not the pictures of the note's folder. */
void screen_links(struct screen *screen, const struct note_link *links, size_t link_count);
/* Draws a command in a box of its own: "$ docker run …", long lines wrapped with a hanging indent;
 * and below it, dimmed, the expected output (or NULL; `max` lines at most, then "… 12 more"). */
void screen_command(struct screen *screen, const char *command, const char *output, size_t max);

/* Draws a table: cells row by row, the first row is the header. Cells wrap; if the width is too
 * small, each row becomes a record of its own, one below another. `right`: bit i set: column i is
 * right-aligned. */
void screen_table(struct screen *screen, size_t columns, size_t rows, const char *const *cells,
	uint32_t right);
/* Writes "████░░░░ 4/9" in `columns` columns to out (plain: "4/9"). */
void screen_bar(const struct screen *screen, unsigned done, unsigned all, unsigned columns,
	struct buf *out);
/* Shows one line that is rewritten during a long operation; NULL ends and erases it. */
void screen_progress(struct screen *screen, const char *what);

/* ---- output of other programs ---- */

/* Shows the output of a running line unchanged, except for sequences that report, write the
 * clipboard, set the title or program keys; remembers modes that must be restored. */
void screen_foreign(struct screen *screen, const char *bytes, size_t length);
/* Call after the line: drops unfinished sequences, restores modes (alternate screen, mouse,
 * bracketed paste, cursor, margins, colours, character sets), and starts a new line unless the
 * cursor is already at the start of one. */
void screen_foreign_end(struct screen *screen);
/* Writes the same text to out without escape sequences and with carriage returns resolved, for
 * checks and messages. `rows`: of its terminal; 0: 24. */
void screen_strip(const char *bytes, size_t length, unsigned rows, struct buf *out);

/* ---- redrawn pages ----
 *
 * From the first page on, the terminal shows only pages, without a cursor, and keys arrive as they
 * are pressed; leaving the pages restores the previous screen. What is written between begin and
 * end is one page; lines below the last row are dropped. Without page support (a pipe, TERM=dumb),
 * begin and end do nothing. */
bool screen_has_pages(const struct screen *screen);
void screen_page_begin(struct screen *screen);
void screen_page_end(struct screen *screen);
/* What is written from here to the end of the page is a list that scrolls, of items of so many
 * lines each. If it does not fit, the last row says how many items are above and below the screen.
 */
struct screen_scroll {
	unsigned first; /* the item at the top; brought into the list by screen_page_end() */
	unsigned shown; /* by screen_page_end(): how many fit on the screen */
	size_t begin;   /* private */
	unsigned lines;
};
void screen_page_scroll(struct screen *screen, struct screen_scroll *scroll, unsigned lines);
void screen_page_leave(struct screen *screen);

/* ---- the prompt ---- */

enum screen_answer {
	SCREEN_LINE,   /* *ret_line is what was typed; the caller frees it */
	SCREEN_END,    /* end of input (^D on an empty line) */
	SCREEN_CANCEL, /* ^C: the line was dropped; ask again */
	SCREEN_WAKE,   /* `wake` needs attention (see below); the next call keeps the typed text */
	SCREEN_QUIT,   /* SIGTERM or SIGHUP arrived, or the terminal is gone */
};

struct screen_prompt {
	const char *text; /* "docker › ": plain text, drawn as SCREEN_STRONG */
	int wake_fd;      /* polled for input while waiting; -1: none */
	bool shell; /* shell lines: history, completion, and lines that continue while a quote is
		       open */
	/* Completion: candidates for the word that begins at `at`. NULL: none. */
	void (*complete)(void *data, const char *line, size_t at, struct words *ret);
	/* Returns true if the text needs another line (open quote …). NULL: never. */
	bool (*unfinished)(void *data, const char *text);
	void *data;
};
/* Waits for a line. If the input is not a terminal, reads and echoes the next line without a
 * prompt. */
enum screen_answer screen_ask(struct screen *screen, const struct screen_prompt *prompt,
	char **ret_line, struct error *err);
/* Asks a yes-or-no question such as "Join? [Y/n] "; Enter alone means `otherwise`. Returns false if
 * there was no answer, because the terminal is gone or ^C was typed. */
bool screen_confirm(struct screen *screen, const char *question, bool otherwise, bool *ret);
/* Whether an answer begins like "yes" or "no" in the reader's language; English is understood, too.
 */
bool screen_means_yes(const char *answer);
bool screen_means_no(const char *answer);
/* Queues text that was typed before the prompt existed; the next prompt reads it as if it were
 * typed there. */
void screen_type(struct screen *screen, const char *text);
/* Prints above the line being typed, which is then drawn again: call between two screen_ask() that
 * returned WAKE. */
void screen_interject(struct screen *screen);

/* The prompt's history: a file of mode 0600 with at most 1,000 lines. */
bool screen_history_load(struct screen *screen, const char *path, struct error *err);
bool screen_history_save(struct screen *screen, struct error *err);

/* ---- the terminal while a line runs ---- */

/* Returns the signalfd with SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGWINCH. These are blocked only from
 * the first call (or screen_ask()) on, so that they end a program that never asks anything as they
 * would any other. */
int screen_signals(struct screen *screen);
/* Switches raw mode on and off, while a line owns the terminal. */
void screen_raw(struct screen *screen, bool on);
/* Call after the window size has changed. */
void screen_resized(struct screen *screen);

#endif

/* note/private.h - what the files of the note share while reading one */
#ifndef NOTE_PRIVATE_H
#define NOTE_PRIVATE_H

#include "note.h"

struct cmark_node;

/* A note under construction. Everything lives in note->arena. */
struct reader {
	struct note *note;
	struct note_section *sections;
	size_t section_count;
	struct note_problem *problems;
	size_t problem_count;
	struct buf pending;      /* the text of a span that is being read */
	struct note_span *spans; /* of the text that is being read */
	size_t span_capacity;
};

/* ---- reader.c ---- */

void reader_add_problem(struct reader *reader, int line, bool serious, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* Returns the name of a note without a heading of its own: the head's title, or the file's name
 * without its ending. */
const char *reader_name(struct reader *reader);

/* ---- dialect.c: translates other programs' markup to CommonMark, line for line; false: nothing to
 * do ---- */
bool dialect_translate(const char *text, struct buf *out);

/* ---- raw.c: blanks what only other programs read, line for line, and reports each line that is
 * left out; false: nothing to do ---- */
bool raw_translate(const char *text, struct buf *out,
	void (*left)(void *data, int line, const char *what), void *data);

/* ---- head.c: reads the head; *ret_lines is how many lines it takes (0: there is none) ---- */
void head_read(struct reader *reader, const char *text, size_t length, int *ret_lines);

/* ---- icons.c ---- */
/* Returns the icon with which text begins (a mark from the legend or the table), and how many bytes
 * it takes. */
enum note_icon icons_at(const struct note_head *head, const char *text, size_t *ret_length);
/* "Tip", "Warning:" → icon. */
enum note_icon icons_of_word(const char *word);
/* Returns whether the word is a callout type, "[!NOTE]": one of the words above, or a type that
 * other programs define. */
bool icons_is_type(const char *word);
enum note_icon icons_of_type(const char *word); /* NOTE_ICON_NOTE for an unknown type */
/* Finds the mark anywhere in text; NULL if there is none. */
const char *icons_find(const char *text, enum note_icon *ret_icon, size_t *ret_length);

/* ---- spans.c: the inline content of a node ---- */
struct note_text spans_read(
	struct reader *reader, struct note_section *section, struct cmark_node *parent, int line);
struct note_text spans_plain(struct reader *reader, const char *text);
/* Adds a link to the section's list; returns its number. */
size_t spans_add_link(struct reader *reader, struct note_section *section, enum note_link_kind kind,
	const char *url, const char *title, int line);

/* ---- programs.c: the programs that the note itself installs, defines or calls ---- */

enum program_source {
	PROGRAM_LIBRARY, /* a package that may have no program */
	PROGRAM_TOOL,
	PROGRAM_DEFINED, /* an alias or a function */
};
struct program {
	char *name, *meaning; /* meaning: of an alias; else NULL */
	enum program_source source;
};
struct programs {
	struct program *items;
	size_t count;
};
/* Adds the programs that a note's lines name. */
void programs_collect(const char *text, struct programs *ret);
void programs_finish(struct programs *p);
/* Returns whether the first line of text calls one of them; p may be NULL. */
bool programs_is_call(const struct programs *p, const char *text);
/* Returns the code with the alias in front replaced; NULL if there is none. The caller frees it. */
char *programs_resolve(const struct programs *p, const char *code);

/* The program that the last command opened and that may still read lines: a shell in a container, a
 * database's client. The zero value: none. */
struct within {
	size_t depth;    /* programs that opened one another */
	bool bare;       /* it is a shell, and nothing said that it was left: lines without a prompt
			    are typed into it, too */
	bool told;       /* nothing is known to be open, but the text says that the next lines
			    without a prompt belong inside */
	bool playground; /* the host's own prompt looks like a container's */
	bool root;       /* the host's own prompt is root's */
	const struct programs *programs; /* that the note names; NULL: none */
};

/* ---- commands.c: takes an executable fence apart ---- */
struct fence_command {
	char *code, *prompt, *output; /* output NULL: the note shows none */
	char *input;                  /* typed into the program that was opened; NULL: nothing */
	int line, last_line;          /* within the fence, from 0 */
	bool comment;                 /* not a command: show code as it is */
	bool session;                 /* not a command of the host: lines of an open program */
};
struct fence {
	struct fence_command *items;
	size_t count;
	bool listing;                    /* not commands after all; only the input counts */
	const struct programs *programs; /* that the note names; NULL: none */
};
void commands_read(
	const char *code, const char *language, struct within *within, struct fence *ret);
/* Returns whether code without a fence begins as commands do. */
bool commands_begin(const char *code, const struct programs *programs);
/* Returns whether any of the lines may be a command. */
bool commands_contain(const char *code);
void commands_finish(struct fence *fence);

/* ---- tree.c: turns the tree into sections of blocks ---- */
void tree_read(
	struct reader *reader, struct cmark_node *document, const char *body, int first_line);

#endif

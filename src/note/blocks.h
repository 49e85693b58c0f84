/* note/blocks.h - the walk over cmark's tree: what the files that build blocks share. Private to
 * src/note. */
#ifndef NOTE_BLOCKS_H
#define NOTE_BLOCKS_H

#include "private.h"

#include <cmark-gfm.h>

struct list {
	bool ordered;
	int next;
};

struct quote {
	enum note_icon icon;
	size_t callout;
};

struct walker {
	struct reader *reader;
	struct note_section *section; /* the last of reader->sections */
	struct note_block *blocks;    /* of that section, while it is read */
	size_t block_capacity;
	struct unique_names anchors;
	struct list *lists;
	size_t list_count;
	struct quote *quotes;
	size_t quote_count;
	const char *marker; /* of the item that has just begun */
	size_t callouts, footnotes;
	size_t numbers[7]; /* of the open headings, by level */
	size_t parents[7];
	struct within within; /* the program that the last command opened */
	const char **source;  /* the lines that cmark parsed, each up to its '\n' */
	size_t source_count;
	size_t quiet;   /* depth of nodes whose content was already read */
	int first_line; /* lines before the text that cmark parsed */
};

/* ---- blocks.c ---- */
struct arena *blocks_arena(struct walker *w);
/* Gives the section the anchor of its title; the second "example" is "example-1", as on GitHub. */
void blocks_set_anchor(struct walker *w);
int blocks_line_of(const struct walker *w, cmark_node *node);
/* Adds a block to the current section; the pointer is valid until the next one is added. */
struct note_block *blocks_add(struct walker *w, enum note_block_kind kind, int line, int last);

/* Begins the section of a heading that was not written in Markdown. */
void blocks_add_heading(struct walker *w, unsigned level, const struct note_text *text, int line);
void blocks_begin_section(struct walker *w, unsigned level, int line);
/* Moves the blocks of the current section to where they stay. */
void blocks_end_section(struct walker *w);
/* Begins a heading's section. The title is the content of node, or text. */
void blocks_take_heading(
	struct walker *w, unsigned level, int line, cmark_node *node, const struct note_text *text);

/* ---- callouts.c ---- */
/* "[!NOTE]" and "**Tip**" open a callout: returns its icon and removes the words from text. */
enum note_icon callouts_find(struct walker *w, struct note_text *text);
void callouts_mark(struct walker *w, struct note_block *b, enum note_icon icon);

/* ---- files.c ---- */
/* Returns whether the word names a file inside the workspace: "app.py", "conf/site.conf". */
bool files_is_name(const char *word);
/* Returns the name of the workspace file that a fence shows; NULL if it shows none. The caller
 * frees it. */
char *files_name_fence(struct walker *w, cmark_node *node, const char *info, const char *language);

/* ---- code.c ---- */

/* Adds code that was not in a Markdown fence, as commands or as a listing. */
void code_add(struct walker *w, const char *code, const char *language, int line);
/* Adds a listing that is a file of the workspace. */
void code_add_file(struct walker *w, const char *code, const char *file, int line);
void code_visit(struct walker *w, cmark_node *node);

/* ---- prose.c: commands outside fences ---- */

/* Adds the commands that a paragraph consists of; false: it is prose. */
bool prose_take_paragraph(struct walker *w, cmark_node *node, int line);
/* The same for text that is only code. */
bool prose_take_code(struct walker *w, const struct note_text *text, int line);
/* Adds the command at the end of a text, after a colon; `item`: or that at its beginning. */
void prose_add_code(struct walker *w, const struct note_text *text, bool item, int line);
/* Adds the commands in a table's columns. rows[0] is its head; rows[r] stands r * row_lines below
 * `line`. */
void prose_add_table(
	struct walker *w, const struct note_row *rows, size_t count, int line, int row_lines);
/* Takes note of words that say that the open program was left. */
void prose_follow(struct walker *w, const struct note_text *text);

/* ---- directives.c ---- */
void directives_visit_html(struct walker *w, cmark_node *node);

#endif

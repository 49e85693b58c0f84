/*
 * note.h - a note: one Markdown file as its author wrote it, parsed into sections of blocks.
 *
 * bytes -> clean UTF-8 (repaired if it was once decoded with the wrong encoding) -> head (metadata)
 * -> CommonMark (other programs' dialects are translated to it) -> cmark-gfm tree -> sections ->
 * blocks -> spans. Nothing is dropped silently: what the parser does not understand stays as text
 * and is reported in `problems`. Everything lives in the note's arena until note_destroy(); every
 * string is clean UTF-8 without control characters except '\n' and '\t'.
 *
 *     struct note *note;
 *     if (!note_load("docker.md", &note, err)) return false;
 *     for (size_t i = 0; i < note->section_count; i++) puts(note->sections[i].title);
 *     note_destroy(note);
 */
#ifndef NOTE_H
#define NOTE_H

#include "base.h"

/* The largest file that note_load() accepts; the error for a larger one names it. */
#define NOTE_SIZE_LIMIT ((size_t)32 * 1024 * 1024)

/* The icons of callouts. One table has their names, marks and the words that announce them; see
 * note_icon_*(). */
enum note_icon {
	NOTE_ICON_NONE,
	NOTE_ICON_WARNING,    /* ⚠️ */
	NOTE_ICON_NOTE,       /* 🗒 */
	NOTE_ICON_VERSION,    /* 🌱 */
	NOTE_ICON_KNOWLEDGE,  /* 🧠 */
	NOTE_ICON_LINKS,      /* 🕸 */
	NOTE_ICON_OBJECTIVE,  /* 🎯 */
	NOTE_ICON_EVALUATION, /* 🧪 */
	NOTE_ICON_TIP,        /* **Tip**, [!TIP] */
	NOTE_ICON_COUNT,
};
/* "warning", "note", "version", "knowledge", "links", "aim", "evaluation", "tip"; "" for
 * NOTE_ICON_NONE. */
const char *note_icon_name(enum note_icon icon);
/* The emoji itself: "💡" for tip, "" for NOTE_ICON_NONE. */
const char *note_icon_mark(enum note_icon icon);

/* ---- lines of text ---- */

enum note_style { /* bits */
	NOTE_PLAIN = 0,
	NOTE_EMPHASIS = 1,
	NOTE_STRONG = 2,
	NOTE_CODE = 4,
	NOTE_STRIKE = 8,
};

/* A run of characters in one style. The text has '\n' for a hard line break and a blank for a soft
 * one. */
struct note_span {
	unsigned style;
	const char *text;
	size_t link; /* number of the link in its section's list, from 1; 0: no link */
};

struct note_text {
	const struct note_span *spans;
	size_t count;
};
/* Appends the text to out without its styles. */
void note_text_plain(const struct note_text *text, struct buf *out);

enum note_link_kind { NOTE_LINK_PAGE, NOTE_LINK_PICTURE, NOTE_LINK_FILM, NOTE_LINK_WIKI };

struct note_link {
	enum note_link_kind kind;
	const char *url;   /* a wiki link: the name of the note that it points to */
	const char *title; /* its text, or a picture's caption; may be "" */
	int line;
};

/* ---- blocks ---- */

enum note_block_kind {
	NOTE_PARAGRAPH, /* text; the first one of a list item carries the item's marker */
	NOTE_COMMAND,   /* one logical command line of an executable fence: code, output */
	NOTE_COMMENT, /* lines of such a fence that are neither a command nor its output: comments,
			 text before the first prompt: code */
	NOTE_LISTING, /* another fence or indented code: language, code, file */
	NOTE_TABLE,   /* rows; the first is the header */
	NOTE_PICTURE, /* link, text (caption) */
	NOTE_FILM,    /* link: the address of an <iframe> or <video> */
	NOTE_RULE,    /* a thematic break */
	NOTE_DIRECTIVE, /* an HTML comment that begins with one of ropes' own words: language = that
			   word, code = the rest */
	NOTE_TOPIC,     /* a bold-only paragraph or a one-item bullet list with a link, used as a
			   heading below the smallest level: text, link */
};

struct note_row {
	const struct note_text *cells;
	size_t count;
};

struct note_block {
	enum note_block_kind kind;
	int line; /* where it begins in the file, from 1 */
	int last_line;
	int fence, fence_end; /* the first and last line of the fence that has it; 0: it is not in a
				 fence */
	unsigned list_depth;  /* 0 outside lists */
	unsigned quote_depth;
	const char *marker; /* "•", "3.", "☐", "☑", "[^1]" for a footnote; NULL if the block does
			       not open an item */
	enum note_icon icon; /* of the callout around it */
	size_t callout; /* blocks with the same number (from 1) share a callout; 0: no callout */
	struct note_text text;
	size_t link;          /* number in the section's links; 0: no link */
	const char *language; /* a fence's first word as written ("" if it has none); NULL for other
				 blocks */
	const char *file; /* LISTING: the name of the file, from title=NAME or file=NAME, from the
			     words above it, or because it is a Dockerfile; NULL */
	const char *code; /* COMMAND: the line to run, without prompts, with continuation lines and
			     here-documents as the shell expects them ('\n' inside); LISTING,
			     COMMENT, DIRECTIVE: as written */
	const char *prompt; /* COMMAND: the prompt that was removed; "" */
	const char *output; /* COMMAND: the output that the note expects, lines joined by '\n', no
			       final one; NULL if the note shows none */
	const char *input;  /* what was typed into the program that this command opened (COMMAND,
			       whose output shows it), or the last command before this LISTING:
			       lines ended by '\n'; NULL */
	const struct note_row *rows; /* TABLE */
	size_t row_count;
};

/* ---- sections ---- */

#define NOTE_NO_PARENT ((size_t)-1)

struct note_section {
	unsigned level; /* 1 … 6; 0: the content before the first heading, if there is more than the
			   head */
	const char *title;     /* plain text, trimmed */
	struct note_text text; /* the same with styles */
	const char *anchor; /* by GitHub's rule, unique in the note (duplicates get -1, -2 …) */
	const char *source; /* the link that was removed from the title; NULL */
	int line;
	size_t parent;      /* index of the parent section; NOTE_NO_PARENT */
	const char *number; /* "1.3.2" */
	const struct note_block *blocks;
	size_t block_count;
	const struct note_link *links; /* numbered from 1 */
	size_t link_count;
};

/* ---- the head ---- */

struct note_icon_meaning {
	enum note_icon icon;
	const char *name;    /* "Warning" */
	const char *mark;    /* "⚠️" */
	const char *meaning; /* "Important need to know" */
};

/* NULL and empty for what the note does not state. Dates and versions are as written. */
struct note_head {
	const char *id;
	const char *title;
	const char *author;
	const char *created;
	const char *client_version; /* the version that the note was written against */
	const char *server_version;
	const char *remarks; /* "Author Notes" */
	const char **sources;
	size_t source_count;
	const char **tags; /* without '#' */
	size_t tag_count;
	const struct note_icon_meaning *icons;
	size_t icon_count;
};

struct note_problem {
	int line;      /* 0: the problem concerns the whole file */
	bool serious;  /* true: part of the note cannot be used; false: a warning */
	bool repaired; /* the text was wrong, and what was read is right */
	const char *message;
};

struct note {
	const char *path; /* as the caller gave it; "" for bytes */
	struct note_head head;
	const char *repaired_from;  /* "Mac Roman", "Windows-1252", "Latin-1", "UTF-16LE" …; NULL:
				       the text was clean */
	size_t repaired_characters; /* how many characters were repaired */
	int head_lines;             /* how many lines the head has; 0 without a head */
	const struct note_section *sections;
	size_t section_count;
	const struct note_problem *problems; /* sorted by line */
	size_t problem_count;
	struct arena arena;
};

/* Reads a file. Errors, each a sentence that says what to do: missing, a folder, a device,
 * unreadable, too large, binary, empty. A note without headings becomes one section, titled by the
 * head's title or the file's name without its ending. */
bool note_load(const char *path, struct note **ret_note, struct error *err);
/* Parses bytes; path is used only in messages and the title. This is a pure function and the fuzz
 * target. */
bool note_parse(const char *path, const char *bytes, size_t length, struct note **ret_note,
	struct error *err);
/* The same; *ret_text also gets the text that CommonMark reads: repaired, the markup of other
 * programs translated or blanked. It has the head as written, and all lines keep their numbers. */
bool note_read(const char *path, const char *bytes, size_t length, struct note **ret_note,
	struct buf *ret_text, struct error *err);
void note_destroy(struct note *note);

/* Return a short text in HTML or Markdown as people read it: without tags and marks, code in `…`;
 * the caller frees it. `lines`: line ends are line breaks, and code in `…` is not HTML.
 * *ret_unknown is the first tag that HTML does not know, such as "<name>"; it is kept as text, but
 * no browser would show it. NULL: there is none; the caller frees it. */
char *note_plain_html(const char *html, bool lines, char **ret_unknown);
char *note_plain_markdown(const char *text);

/* Returns GitHub's anchor for a heading's plain text; the caller frees it. */
char *note_anchor(const char *title);

/* Returns whether a fence's info word marks commands: cli console sh bash shell … (one table). */
bool note_language_runs(const char *word);

/* Finds what the reader must fill in before a line can run: `<container>`, `CONTAINER`, `…` and the
 * like. Calls `found` with the position of each in line and returns how many there are. $(…)
 * belongs to the shell and does not count. */
size_t note_placeholders(const char *line,
	void (*found)(void *data, const char *name, size_t at, size_t length), void *data);
/* Returns the line with every byte of its placeholders replaced by `filler`; the caller frees it.
 */
char *note_fill_placeholders(const char *line, char filler);

#endif

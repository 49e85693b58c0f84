/*
 * note.h - a note: one Markdown file as a person wrote it, read into sections of blocks.
 *
 * bytes -> clean UTF-8 (repaired where it was once read in the wrong encoding) -> head (metadata)
 * -> CommonMark, where another program's dialect says it otherwise -> cmark-gfm tree -> sections ->
 * blocks -> spans. Nothing is lost in silence: what is not
 * understood is kept as text and named in `problems`. Everything lives in the note's arena until
 * note_destroy(); every string is clean UTF-8 without control characters but '\n' and '\t'.
 *
 *     struct note *note;
 *     if (!note_load("docker.md", &note, err)) return false;
 *     for (size_t i = 0; i < note->section_count; i++) puts(note->sections[i].title);
 *     note_destroy(note);
 */
#ifndef NOTE_H
#define NOTE_H

#include "base.h"

/* Largest file that is taken; a larger one is refused by name. */
#define NOTE_SIZE_LIMIT ((size_t)32 * 1024 * 1024)

/* The icons of callouts (one table: names, marks and words that announce them, see note_icon_*). */
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
/* "warning", "note", "version", "knowledge", "links", "aim", "evaluation", "tip"; "" for none. */
const char *note_icon_name(enum note_icon icon);
/* The emoji itself, "" for none; "💡" for tip. */
const char *note_icon_mark(enum note_icon icon);

/* ---- text in lines --------------------------------------------------------------------------- */

enum note_style { /* bits */
	NOTE_PLAIN = 0,
	NOTE_EMPHASIS = 1,
	NOTE_STRONG = 2,
	NOTE_CODE = 4,
	NOTE_STRIKE = 8,
};

/* A run of characters in one style. A hard line break is a '\n' in the text; soft ones are blanks.
 */
struct note_span {
	unsigned style;
	const char *text;
	size_t link; /* number of the link in its section's list, from 1; 0: none */
};

struct note_text {
	const struct note_span *spans;
	size_t count;
};
/* The plain words of it, appended to out. */
void note_text_plain(const struct note_text *text, struct buf *out);

enum note_link_kind { NOTE_LINK_PAGE, NOTE_LINK_PICTURE, NOTE_LINK_FILM, NOTE_LINK_WIKI };

struct note_link {
	enum note_link_kind kind;
	const char *url;   /* a wiki link: the name of the note it leads to */
	const char *title; /* its words, a picture's caption; may be "" */
	int line;
};

/* ---- blocks ---------------------------------------------------------------------------------- */

enum note_block_kind {
	NOTE_PARAGRAPH, /* text; in a list item the first one carries the item's marker */
	NOTE_COMMAND,   /* one logical command line of an executable fence: code, output */
	NOTE_COMMENT,   /* lines of such a fence that are neither a command nor printed by one:
			   remarks, text in front of the first prompt: code */
	NOTE_LISTING,   /* another fence or indented code: language, code, file */
	NOTE_TABLE,     /* rows; the first is the head */
	NOTE_PICTURE,   /* link, text (caption) */
	NOTE_FILM,      /* link: the address of an <iframe> or <video> */
	NOTE_RULE,      /* a thematic break */
	NOTE_DIRECTIVE, /* an HTML comment whose first word is one of ropes' own: language = that
			word, code = the rest */
	NOTE_TOPIC, /* a bold-only paragraph or a one-item bullet list with a link, standing for a
		       heading below the  smallest one: text, link */
};

struct note_row {
	const struct note_text *cells;
	size_t count;
};

struct note_block {
	enum note_block_kind kind;
	int line; /* where it begins in the file, from 1 */
	int last_line;
	unsigned list_depth; /* 0 outside lists */
	unsigned quote_depth;
	const char *marker; /* "•", "3.", "☐", "☑", "[^1]" of a footnote; NULL where it does not
			       open an item */
	enum note_icon icon; /* of the callout that it stands in */
	size_t callout; /* blocks with the same number (from 1) stand in one callout; 0: none */
	struct note_text text;
	size_t link;          /* number in the section's links, 0: none */
	const char *language; /* a fence's first word as written ("" where it has none); NULL
				 elsewhere */
	const char *file;     /* LISTING: which file it is, by title=NAME or file=NAME, by the words
				 above it, or as a Dockerfile; NULL */
	const char *code;     /* COMMAND: the line to run, prompts removed, continuation lines and
				 here-documents     kept as the shell wants them ('\n' inside); LISTING,
				 COMMENT, REMARK: as written */
	const char *prompt;   /* COMMAND: the prompt that was removed; "" */
	const char *output;   /* COMMAND: the output that the note expects, lines joined by '\n', no
				 final   one; NULL where it shows none */
	const struct note_row *rows; /* TABLE */
	size_t row_count;
};

/* ---- sections -------------------------------------------------------------------------------- */

#define NOTE_NO_PARENT ((size_t)-1)

struct note_section {
	unsigned level; /* 1 … 6; 0: what stands before the first heading, if it is more than the
			   head */
	const char *title;     /* plain words, trimmed */
	struct note_text text; /* the same with styles */
	const char
		*anchor; /* GitHub's rule, unique in the note (-1, -2 … for the next of the same) */
	const char *source; /* the link that was dropped from the title; NULL */
	int line;
	size_t parent;      /* index of the section above, NOTE_NO_PARENT */
	const char *number; /* "1.3.2" */
	const struct note_block *blocks;
	size_t block_count;
	const struct note_link *links; /* numbered from 1 */
	size_t link_count;
};

/* ---- the head -------------------------------------------------------------------------------- */

struct note_icon_meaning {
	enum note_icon icon;
	const char *name;    /* "Warning" */
	const char *mark;    /* "⚠️" */
	const char *meaning; /* "Important need to know" */
};

/* NULL and empty where the note does not say. Dates and versions are as written. */
struct note_head {
	const char *id;
	const char *title;
	const char *author;
	const char *created;
	const char *client_version; /* written against */
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
	int line;     /* 0: the whole file */
	bool serious; /* something of the note can't be used; else: worth knowing */
	const char *message;
};

struct note {
	const char *path; /* as given; "" for bytes */
	struct note_head head;
	const char *repaired_from;  /* "Mac Roman", "Windows-1252", "Latin-1", "UTF-16LE" …; NULL:
				       was clean */
	size_t repaired_characters; /* how many characters it came to */
	const struct note_section *sections;
	size_t section_count;
	const struct note_problem *problems; /* in order of lines */
	size_t problem_count;
	struct arena arena;
};

/* Reads a file. Errors (a sentence that says what to do): not there, a folder, a device,
 * unreadable, too large, binary, empty. A note without any heading is one section with the head's
 * title, or the file's name without its ending. */
bool note_load(const char *path, struct note **ret_note, struct error *err);
/* The same from bytes; path is only for messages and the title. A pure function: the fuzz target.
 */
bool note_parse(const char *path, const char *bytes, size_t length, struct note **ret_note,
	struct error *err);
void note_destroy(struct note *note);

/* GitHub's anchor for a heading's plain words; the caller frees it. */
char *note_anchor(const char *title);

/* True where the info word of a fence marks commands: cli console sh bash shell … (one table). */
bool note_language_runs(const char *word);

/* What must be asked for before a line can run: `<container>`, `CONTAINER`, `…` and their like.
 * Calls `found` for each with where it lies in line; returns how many. $(…) is the shell's own. */
size_t note_placeholders(const char *line,
	void (*found)(void *data, const char *name, size_t at, size_t length), void *data);

#endif

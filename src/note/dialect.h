/* note/dialect.h - what the readers of dialects share. Private to src/note. */
#ifndef NOTE_DIALECT_H
#define NOTE_DIALECT_H

#include "private.h"

/* What goes on over several lines. */
enum container_kind {
	CONTAINER_INDENTED, /* as long as lines are indented */
	CONTAINER_COLONS,   /* up to as many colons */
	CONTAINER_TAG,      /* up to the tag that ends it */
	CONTAINER_FENCE,    /* up to as many signs: a directive */
};

struct container {
	enum container_kind kind;
	size_t indent; /* of its first line, within what it stands in */
	size_t signs;  /* colons, or signs of a fence */
	bool quote;    /* its content is quoted */
	char name[16]; /* of the tag */
};

#define CONTAINERS_MOST 16

struct dialect {
	struct buf *out;
	struct container open[CONTAINERS_MOST];
	size_t count;
	char fence; /* the sign of the fence that is open, 0: none */
	size_t fence_signs;
	bool comment; /* within <!-- … --> */
	bool hidden;  /* within %% … %% */
	bool list;    /* a list may go on: what is indented is no code */
	size_t blank; /* empty lines: the next one tells in which container they are */
};

/* A line without what the containers around it took. */
struct rest {
	const char *text;
	size_t indent; /* columns in front of text */
};

/* ---- dialect.c ---- */

/* Copies; the caller frees them. */
char *dialect_trimmed(const char *text);
char *dialect_quoted(const char *text); /* the first word between quotes; NULL */

/* Writes what the open containers put in front of a line; with text behind it. */
void dialect_margin(struct dialect *d);
void dialect_line(struct dialect *d, const struct rest *rest, const char *text);
/* The line that opens a callout: "> [!type] **title**". */
void dialect_callout(
	struct dialect *d, const struct rest *rest, const char *type, const char *title);
void dialect_open(struct dialect *d, struct container c);

/* ---- dialect_tags.c ---- */

/* True: the line is a tag, and was said in another way. */
bool dialect_take_tag(struct dialect *d, const struct rest *rest);
/* The fence that a tag opened is ended by its tag. */
bool dialect_end_code(struct dialect *d, const struct rest *rest);

#endif

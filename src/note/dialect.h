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
	CONTAINER_HIDDEN,   /* up to %% */
};

struct container {
	enum container_kind kind;
	size_t indent;    /* of its first line, within what it stands in */
	size_t signs;     /* colons, or signs of a fence */
	bool quote;       /* its content is quoted */
	const char *name; /* of the tag; NULL */
};

/* More are not opened: what is written in front of each line stays short. */
#define CONTAINERS_MAX 16
#define MARGIN_MAX 64 /* columns */
#define ENDS_MAX 32

/* What was found when an end was looked for, so that no line is looked at again and again. */
struct container_end {
	struct container of;
	const char *line; /* NULL: nothing ends it any more */
};

/* The fence of code that is open. */
struct code_fence {
	char sign; /* 0: none */
	size_t signs;
	size_t quotes; /* marks of quotes in front of it */
	size_t column;
	bool tag; /* it was opened by a tag, and a tag ends it */
};

struct dialect {
	struct buf *out;
	const char *behind; /* the lines that follow */
	struct container open[CONTAINERS_MAX];
	size_t count;
	struct container_end ends[ENDS_MAX];
	size_t end_count;
	struct code_fence fence;
	bool comment; /* within <!-- … --> */
	bool hidden;  /* within %% … %% */
	bool list;    /* a list may go on: what is indented is no code */
	size_t blank; /* empty lines: the next one tells in which container they are */
};

/* A line without what the containers around it took. */
struct rest {
	const char *text;
	size_t indent;      /* columns in front of text */
	const char *blanks; /* those columns as written, from the first whole one on */
	size_t torn;        /* columns before blanks, of a tab that a container took a part of */
};

/* ---- line.c ---- */

/* Copies; the caller frees them. */
char *line_trimmed(const char *text);
char *line_quoted(const char *text); /* the first word between quotes; NULL */
size_t line_run(const char *text, char sign);

/* ---- containers.c ---- */

/* Writes what the open containers put in front of a line; with text behind it. */
void containers_add_margin(struct dialect *d);
void containers_add_line(struct dialect *d, const struct rest *rest, const char *text);
/* The line that opens a callout: "> [!type] **title**". */
void containers_add_callout(
	struct dialect *d, const struct rest *rest, const char *type, const char *title);
/* Words that stand above what belongs to them; NULL or "": an empty line. */
void containers_add_label(struct dialect *d, const struct rest *rest, const char *words);
/* A later line ends it. */
bool containers_is_ended(struct dialect *d, const struct container *c);
/* There is room for it, and it is ended: what is not would take all that follows. */
bool containers_may_open(struct dialect *d, const struct container *c);
void containers_open(struct dialect *d, const struct container *c);
/* True: the line ended a container, and all in it. */
bool containers_end(struct dialect *d, const struct rest *rest);

/* ---- template.c ---- */

/* True: the line is a tag, and was said in another way. */
bool template_translate(struct dialect *d, const struct rest *rest);
/* The fence that a tag opened is ended by its tag. */
bool template_end_code(struct dialect *d, const struct rest *rest);

/* ---- tags.c ---- */

/* The line is the tag that ends the one called name. */
bool tags_is_end(const char *line, const char *name);
enum tag_kind { TAG_CODE, TAG_CALLOUT, TAG_LABEL, TAG_NOTHING };
struct tag {
	const char *name;
	enum tag_kind kind;
};
/* The tag of the table that the line is, or ends; NULL. The caller frees what is within. */
const struct tag *tags_read(const char *line, char **ret_inside, bool *ret_end);

#endif

/* note/dialect.h - what the dialect readers share. Private to src/note. */
#ifndef NOTE_DIALECT_H
#define NOTE_DIALECT_H

#include "private.h"

/* A construct that spans several lines. */
enum container_kind {
	CONTAINER_INDENTED,  /* while lines are indented */
	CONTAINER_COLONS,    /* up to the same number of colons */
	CONTAINER_TAG,       /* up to its closing tag */
	CONTAINER_FENCE,     /* up to the same number of signs: a directive */
	CONTAINER_HIDDEN,    /* up to %% */
	CONTAINER_COMPONENT, /* up to the component's closing tag */
};

struct container {
	enum container_kind kind;
	size_t indent;    /* of its first line, within its container */
	size_t strip;     /* columns by which the content is deeper than the first line */
	size_t signs;     /* colons, or signs of a fence */
	bool quote;       /* its content is quoted */
	const char *name; /* of the tag; NULL */
};

/* Do not open more: this keeps the prefix of each line short. */
#define CONTAINERS_MAX 16
#define MARGIN_MAX 64 /* columns */
#define ENDS_MAX 32

/* The result of a search for an end, kept so that no line is searched twice. */
struct container_end {
	struct container of;
	const char *line; /* NULL: nothing after this ends it */
};

/* The open code fence. */
struct code_fence {
	char sign; /* 0: no fence */
	size_t signs;
	size_t quotes; /* quote marks before it */
	size_t column;
	bool tag;      /* a tag opened it, and only a tag ends it */
	size_t dashes; /* of the lines that begin and end it in AsciiDoc; 0: none do */
	bool begun;    /* the first of them was read */
};

struct dialect {
	struct buf *out;
	const char *behind; /* the remaining lines */
	struct container open[CONTAINERS_MAX];
	size_t count;
	struct container_end ends[ENDS_MAX];
	size_t end_count;
	struct code_fence fence;
	bool comment; /* within <!-- … --> */
	bool hidden;  /* within %% … %% */
	bool list;    /* a list may continue: indented text is not code */
	size_t blank; /* blank lines: the next line shows which container they belong to */
};

/* What remains of a line after the containers around it. */
struct rest {
	const char *text;
	size_t indent;      /* columns before text */
	const char *blanks; /* those columns as written, from the first whole one on */
	size_t torn; /* columns before blanks, left of a tab that a container consumed in part */
};

/* ---- line.c ---- */

/* The caller frees these copies. */
char *line_trimmed(const char *text);
char *line_quoted(const char *text); /* the first word in quotes; NULL */
size_t line_run(const char *text, char sign);
/* Returns the column after one more blank. */
size_t line_next_column(size_t columns, char blank);
/* Returns the columns before the text. */
size_t line_columns(const char *line, const char **ret_text);

/* ---- containers.c ---- */

/* Writes the prefix of the open containers; the second function adds text after it. */
void containers_add_margin(struct dialect *d);
void containers_add_line(struct dialect *d, const struct rest *rest, const char *text);
/* Writes the line that opens a callout: "> [!type] **title**". */
void containers_add_callout(
	struct dialect *d, const struct rest *rest, const char *type, const char *title);
/* Writes a label above what it belongs to; NULL or "": a blank line. */
void containers_add_label(struct dialect *d, const struct rest *rest, const char *words);
/* Returns whether a later line ends the container. */
bool containers_is_ended(struct dialect *d, const struct container *c);
/* Returns whether there is room for the container and a line that ends it: an unclosed one would
 * swallow all that follows. */
bool containers_may_open(struct dialect *d, const struct container *c);
/* Returns how many columns of a line belong to the container. */
size_t containers_depth(const struct container *c);
void containers_open(struct dialect *d, const struct container *c);
/* Returns true if the line ended a container, with everything in it. */
bool containers_end(struct dialect *d, const struct rest *rest);

/* ---- template.c ---- */

/* Returns true if the line is a tag and was translated. */
bool template_translate(struct dialect *d, const struct rest *rest);
/* Returns true if the line is the tag that ends a fence opened by a tag. */
bool template_end_code(struct dialect *d, const struct rest *rest);

/* ---- asciidoc.c ---- */

/* Returns true if the line announces a source block, and was translated. */
bool asciidoc_translate(struct dialect *d, const struct rest *rest);
/* Returns true if the line begins or ends the code of a source block. */
bool asciidoc_follow_code(struct dialect *d, const struct rest *rest);

/* ---- component.c ---- */

/* Returns true if the line opens a component whose content no viewer of CommonMark would read. */
bool component_translate(struct dialect *d, const struct rest *rest);

/* ---- tags.c ---- */

/* Returns whether the line is the tag that ends the one called name. */
bool tags_is_end(const char *line, const char *name);
/* Returns whether the line is the closing tag of the component; the name ends with '>'. */
bool tags_is_component_end(const char *line, const char *name);
enum tag_kind { TAG_CODE, TAG_CALLOUT, TAG_LABEL, TAG_NOTHING };
struct tag {
	const char *name;
	enum tag_kind kind;
};
/* Returns the tag of the table that the line opens or ends; NULL if it is not a tag. The caller
 * frees *ret_inside. */
const struct tag *tags_read(const char *line, char **ret_inside, bool *ret_end);

#endif

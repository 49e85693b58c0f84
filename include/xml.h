/*
 * xml.h - reads XML that others wrote: a whole document as a tree of elements and text (libxml2).
 *
 * A document comes from anywhere, so it must contain everything itself: a document type declaration
 * is refused, and with it every entity except XML's own five; nothing else is ever opened. Size and
 * depth are limited.
 */
#ifndef XML_H
#define XML_H

#include "base.h"

#define XML_SIZE_MAX ((size_t)64 * 1024 * 1024)
#define XML_DEPTH_MAX 200     /* of elements in each other */
#define XML_COUNT_MAX 2000000 /* of elements, texts and attributes */

struct xml_attribute {
	const char *name;  /* without the prefix of a namespace */
	const char *value; /* a line end in it is a blank */
};

/* An element, or text among elements (`name` is NULL). Lines end with '\n'. */
struct xml_node {
	const char *name; /* without the prefix of a namespace */
	const char *text; /* of text; not of an element */
	const struct xml_attribute *attributes;
	size_t attribute_count;
	struct xml_node *parent, *first, *last, *next;
	int line; /* where the start tag ends; of text, where the tag before it ends */
};

/* Parses a document, in UTF-8 or the encoding that it declares. Everything is allocated in the
 * arena. The error is "PATH:LINE:COLUMN: what is wrong". */
bool xml_parse(const char *path, const char *bytes, size_t length, struct arena *arena,
	const struct xml_node **ret_root, struct error *err);

/* Returns the first child element of that name, or the next sibling element with the same name as
 * the node; NULL if there is none. */
const struct xml_node *xml_child(const struct xml_node *node, const char *name);
const struct xml_node *xml_next(const struct xml_node *node);
/* Returns the node after this one in the order of the document, without leaving `root`; NULL at the
 * end. */
const struct xml_node *xml_walk(const struct xml_node *root, const struct xml_node *node);
/* Returns NULL if the element has no such attribute; so do functions given NULL for an element. */
const char *xml_attribute(const struct xml_node *node, const char *name);
/* Reports whether it is an element of that name. */
bool xml_is(const struct xml_node *node, const char *name);
/* Appends the text in a node and in the elements below it. */
void xml_add_text(struct buf *out, const struct xml_node *node);
/* Appends what the element contains as HTML or XML, without the elements that `skip` (may be NULL)
 * accepts. */
void xml_add_markup(
	struct buf *out, const struct xml_node *node, bool (*skip)(const struct xml_node *element));
/* Appends text with the characters that XML reserves as entities. */
void xml_escape(struct buf *out, const char *text);

#endif

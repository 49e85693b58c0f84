/* xml/xml.c - the tree of a document: built from what libxml2 reports, and walked */
#include "private.h"

#include <limits.h>
#include <stdarg.h>
#include <string.h>

/* ---- building ---- */

/* A document under construction. */
struct reader {
	const struct xml_library *library;
	xmlParserCtxtPtr parser;
	const char *path;
	struct arena *arena;
	struct xml_node *root, *open; /* the element that is being read */
	struct buf text;              /* directly in it, since the last tag */
	int line;                     /* of the last tag */
	size_t depth, count;          /* count: of nodes and attributes */
	struct error err;             /* the first one */
};

static int current_line(const struct reader *r)
{
	return r->library->SAX2GetLineNumber(r->parser);
}

static void fail_at(struct reader *r, int line, int column, const char *format, ...)
	PRINTF_LIKE(4, 5);
static void fail_at(struct reader *r, int line, int column, const char *format, ...)
{
	cleanup_buf struct buf text = {0};
	va_list args;
	if (r->err.message != NULL)
		return;
	va_start(args, format);
	buf_vprintf(&text, _(format), args);
	va_end(args);
	while (text.length > 0 && strchr("\n. ", text.data[text.length - 1]) != NULL)
		buf_truncate(&text, text.length - 1);
	(void)error_set(&r->err, 0, "%s:%d:%d: %s", r->path, line, column < 1 ? 1 : column,
		buf_text(&text));
	r->library->StopParser(r->parser);
}

static struct xml_node *add_node(struct reader *r)
{
	struct xml_node *node = arena_alloc(r->arena, sizeof *node), *parent = r->open;
	node->parent = parent;
	node->line = r->line;
	if (parent == NULL)
		r->root = node;
	else if (parent->last == NULL)
		parent->first = node;
	else
		parent->last->next = node;
	if (parent != NULL)
		parent->last = node;
	return node;
}

static void finish_text(struct reader *r)
{
	if (r->text.length == 0)
		return;
	add_node(r)->text = arena_strndup(r->arena, buf_text(&r->text), r->text.length);
	buf_truncate(&r->text, 0);
}

/* A character reference may be a line end. */
static const char *attribute_value(struct reader *r, const char *start, const char *end)
{
	char *value = arena_strndup(r->arena, start, (size_t)(end - start));
	for (char *c = value; *c != '\0'; c++)
		if (*c == '\r' || *c == '\n')
			*c = ' ';
	return value;
}

static void add_attributes(
	struct reader *r, struct xml_node *node, int count, const xmlChar **attributes)
{
	struct xml_attribute *items = arena_alloc(r->arena, (size_t)count * sizeof *items);
	for (int i = 0; i < count; i++) { /* name, prefix, namespace, start and end of the value */
		const xmlChar **parts = &attributes[5 * i];
		items[i] = (struct xml_attribute){arena_strdup(r->arena, (const char *)parts[0]),
			attribute_value(r, (const char *)parts[3], (const char *)parts[4])};
	}
	node->attributes = items;
	node->attribute_count = (size_t)count;
}

static void start_element(void *data, const xmlChar *name, const xmlChar *prefix,
	const xmlChar *space, int spaces, const xmlChar **declared, int count, int defaulted,
	const xmlChar **attributes)
{
	struct reader *r = data;
	(void)prefix, (void)space, (void)spaces, (void)declared, (void)defaulted;
	if (r->err.message != NULL)
		return;
	finish_text(r);
	r->line = current_line(r);
	r->count += 2 + (size_t)count; /* with the text after it */
	if (++r->depth > XML_DEPTH_MAX || r->count > XML_COUNT_MAX) {
		fail_at(r, r->line, 1,
			r->depth > XML_DEPTH_MAX ? N_("elements are nested too deeply")
						 : N_("it has too many elements"));
		return;
	}
	struct xml_node *node = add_node(r);
	node->name = arena_strdup(r->arena, (const char *)name);
	add_attributes(r, node, count, attributes);
	r->open = node;
}

static void end_element(
	void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *space)
{
	struct reader *r = data;
	(void)name, (void)prefix, (void)space;
	if (r->err.message != NULL || r->open == NULL)
		return;
	finish_text(r);
	r->line = current_line(r);
	r->open = r->open->parent;
	r->depth--;
}

/* A character reference may be a carriage return. */
static void add_characters(void *data, const xmlChar *text, int length)
{
	struct reader *r = data;
	if (r->err.message != NULL || r->open == NULL)
		return;
	for (int i = 0; i < length; i++)
		if (text[i] != '\r')
			buf_add_char(&r->text, (char)text[i]);
		else if (i + 1 == length || text[i + 1] != '\n')
			buf_add_char(&r->text, '\n');
}

static void refuse_type(void *data, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	struct reader *r = data;
	(void)name, (void)id, (void)system;
	fail_at(r, current_line(r), 1,
		"a document type declaration (<!DOCTYPE …>) is not accepted; remove it");
}

#if LIBXML_VERSION >= 21200
static void report_error(void *data, const xmlError *error)
#else
static void report_error(void *data, xmlErrorPtr error)
#endif
{
	if (error->level >= XML_ERR_FATAL)
		fail_at(data, error->line, error->int2, "it is not well-formed XML: %s",
			error->message != NULL ? error->message : _("unknown error"));
}

static void parse_bytes(struct reader *r, const char *bytes, size_t length)
{
	xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC,
		.startElementNs = start_element,
		.endElementNs = end_element,
		.characters = add_characters,
		.ignorableWhitespace = add_characters,
		.cdataBlock = add_characters,
		.internalSubset = refuse_type,
		.serror = report_error};
	r->parser = r->library->CreatePushParserCtxt(&handler, r, NULL, 0, NULL);
	if (r->parser == NULL)
		die_out_of_memory();
	r->library->CtxtUseOptions(r->parser, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
	r->library->ParseChunk(r->parser, bytes, (int)length, 1);
	if (r->root == NULL || r->open != NULL)
		fail_at(r, 1, 1, "it is not well-formed XML");
	r->library->FreeParserCtxt(r->parser);
}

bool xml_parse(const char *path, const char *bytes, size_t length, struct arena *arena,
	const struct xml_node **ret, struct error *err)
{
	struct reader r = {.path = path, .arena = arena};
	if (length > XML_SIZE_MAX)
		return error_set(err, 0, "%s:1:1: it is larger than %zu MiB", path,
			XML_SIZE_MAX / 1024 / 1024);
	if (!xml_library_open(&r.library, err))
		return error_wrap(err, "%s:1:1", path);
	parse_bytes(&r, bytes, length);
	buf_finish(&r.text);
	if (r.err.message != NULL)
		return error_move(err, &r.err);
	*ret = r.root;
	return true;
}

/* ---- walking ---- */

bool xml_is(const struct xml_node *node, const char *name)
{
	return node != NULL && node->name != NULL && text_same(node->name, name);
}

static const struct xml_node *find_named(const struct xml_node *node, const char *name)
{
	while (node != NULL && !xml_is(node, name))
		node = node->next;
	return node;
}

const struct xml_node *xml_child(const struct xml_node *node, const char *name)
{
	return node != NULL ? find_named(node->first, name) : NULL;
}

const struct xml_node *xml_next(const struct xml_node *node)
{
	return find_named(node->next, node->name);
}

const struct xml_node *xml_walk(const struct xml_node *root, const struct xml_node *node)
{
	if (node->first != NULL)
		return node->first;
	while (node != root && node->next == NULL)
		node = node->parent;
	return node != root ? node->next : NULL;
}

const char *xml_attribute(const struct xml_node *node, const char *name)
{
	for (size_t i = 0; node != NULL && i < node->attribute_count; i++)
		if (text_same(node->attributes[i].name, name))
			return node->attributes[i].value;
	return NULL;
}

void xml_add_text(struct buf *out, const struct xml_node *node)
{
	for (const struct xml_node *at = node; at != NULL; at = xml_walk(node, at))
		if (at->text != NULL)
			buf_add_text(out, at->text);
}

void xml_escape(struct buf *out, const char *text)
{
	static const struct {
		char character;
		const char *entity;
	} entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
	for (const char *c = text; *c != '\0'; c++) {
		size_t i = 0;
		while (i < ARRAY_LENGTH(entities) && entities[i].character != *c)
			i++;
		if (i < ARRAY_LENGTH(entities))
			buf_add_text(out, entities[i].entity);
		else
			buf_add_char(out, *c);
	}
}

static void add_tag(struct buf *out, const struct xml_node *element)
{
	buf_printf(out, "<%s", element->name);
	for (size_t i = 0; i < element->attribute_count; i++) {
		buf_printf(out, " %s=\"", element->attributes[i].name);
		xml_escape(out, element->attributes[i].value);
		buf_add_char(out, '"');
	}
	buf_add_text(out, element->first != NULL ? ">" : "/>");
}

void xml_add_markup(
	struct buf *out, const struct xml_node *node, bool (*skip)(const struct xml_node *element))
{
	for (const struct xml_node *at = node->first; at != NULL; at = at->next) {
		if (at->text != NULL) {
			xml_escape(out, at->text);
			continue;
		}
		if (skip != NULL && skip(at))
			continue;
		add_tag(out, at);
		xml_add_markup(out, at, skip);
		if (at->first != NULL)
			buf_printf(out, "</%s>", at->name);
	}
}

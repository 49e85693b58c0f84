/* note/tree.c - walks cmark's tree and turns each node into blocks of a section. It uses an
 * iterator, so nesting has no limit here. */
#include "blocks.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <stdlib.h>
#include <string.h>

static void visit_heading(struct walker *w, cmark_node *node)
{
	blocks_take_heading(w, (unsigned)cmark_node_get_heading_level(node),
		blocks_line_of(w, node), node, NULL);
}

/* ---- paragraphs ---- */

static bool is_only_child(cmark_node *node)
{
	return cmark_node_first_child(node) != NULL &&
	       cmark_node_first_child(node) == cmark_node_last_child(node);
}

static bool is_first_in_parent(cmark_node *node)
{
	return cmark_node_previous(node) == NULL;
}

/* Returns whether every item of the list is a link and nothing else. */
static bool is_link_item(cmark_node *paragraph)
{
	cmark_node *item = cmark_node_parent(paragraph);
	return cmark_node_get_type(item) == CMARK_NODE_ITEM && is_only_child(item) &&
	       is_only_child(paragraph) &&
	       cmark_node_get_type(cmark_node_first_child(paragraph)) == CMARK_NODE_LINK;
}

static bool is_alone(cmark_node *node)
{
	return cmark_node_previous(node) == NULL && cmark_node_next(node) == NULL;
}

static void visit_picture(struct walker *w, cmark_node *paragraph, cmark_node *image)
{
	int line = blocks_line_of(w, paragraph);
	struct note_block *b = blocks_add(
		w, NOTE_PICTURE, line, cmark_node_get_end_line(paragraph) + w->first_line);
	struct note_text caption = spans_read(w->reader, NULL, image, line);
	cleanup_buf struct buf plain = {0};
	note_text_plain(&caption, &plain);
	b->text = caption;
	b->link = spans_add_link(w->reader, w->section, NOTE_LINK_PICTURE,
		cmark_node_get_url(image), buf_text(&plain), line);
}

/* A paragraph that is only code becomes the command; one that names or explains it stays above it.
 */
static void add_spans_commands(
	struct walker *w, cmark_node *node, const struct note_block *b, int line)
{
	const struct note_text text = b->text;
	size_t before = w->section->block_count;
	/* what can be ticked is a statement, rather than a command with an explanation */
	bool task = strcmp(cmark_node_get_type_string(cmark_node_parent(node)), "tasklist") == 0;
	bool item = !task && cmark_node_get_type(cmark_node_parent(node)) == CMARK_NODE_ITEM;
	if (b->kind != NOTE_PARAGRAPH)
		return;
	if (prose_take_code(w, &text, line)) {
		memmove(&w->blocks[before - 1], &w->blocks[before],
			(w->section->block_count - before) * sizeof *w->blocks);
		w->section->block_count--;
	} else {
		prose_add_code(w, &text, item && is_first_in_parent(node), line);
	}
}

static void visit_paragraph(struct walker *w, cmark_node *node)
{
	int line = blocks_line_of(w, node);
	cmark_node *child = cmark_node_first_child(node);
	if (is_only_child(node) && cmark_node_get_type(child) == CMARK_NODE_IMAGE) {
		visit_picture(w, node, child);
		return;
	}
	if (prose_take_paragraph(w, node, line))
		return;
	bool topic = is_link_item(node) && w->list_count == 1 && !w->lists[0].ordered;
	bool lone_item = topic && is_alone(cmark_node_parent(node));
	bool heading = is_only_child(node) && cmark_node_get_type(child) == CMARK_NODE_STRONG &&
		       w->list_count == 0;
	struct note_block *b =
		blocks_add(w, NOTE_PARAGRAPH, line, cmark_node_get_end_line(node) + w->first_line);
	struct note_text text = spans_read(w->reader, w->section, node, line);
	/* w->section may have more links now, but the block has not moved */
	prose_follow(w, &text);
	enum note_icon icon = is_first_in_parent(node) || w->quote_count == 0
				      ? callouts_find(w, &text)
				      : NOTE_ICON_NONE;
	b->text = text;
	if (text.count == 0 && icon == NOTE_ICON_NONE && b->marker == NULL) {
		w->section->block_count--; /* an anchor, a comment: nothing to show */
		return;
	}
	if (icon != NOTE_ICON_NONE) {
		callouts_mark(w, b, icon);
		if (text.count == 0)
			w->section->block_count--; /* only its name: it titles the quote */
		return;
	}
	if (topic || (heading && w->quote_count == 0)) {
		b->kind = NOTE_TOPIC;
		b->link = text.count > 0 ? text.spans[0].link : 0;
	}
	b->language = topic ? (lone_item ? "lone" : "item") : NULL; /* settle_topics() decides */
	add_spans_commands(w, node, b, line);
}

/* A list of only links is a list of topics only if its section also has such an item on its own. */
static void settle_topics(struct note_section *s)
{
	struct note_block *blocks = (struct note_block *)s->blocks; /* still writable */
	bool lone = false;
	for (size_t i = 0; i < s->block_count; i++)
		lone = lone ||
		       (blocks[i].kind == NOTE_TOPIC && text_same(blocks[i].language, "lone"));
	for (size_t i = 0; i < s->block_count; i++) {
		if (blocks[i].kind != NOTE_TOPIC && blocks[i].kind != NOTE_PARAGRAPH)
			continue;
		if (blocks[i].kind == NOTE_TOPIC && blocks[i].language != NULL && !lone)
			blocks[i].kind = NOTE_PARAGRAPH;
		if (blocks[i].kind == NOTE_TOPIC) {
			blocks[i].marker = NULL;
			blocks[i].list_depth = 0;
		}
		blocks[i].language = NULL;
	}
}

/* ---- tables ---- */

static struct note_row read_row(struct walker *w, cmark_node *row, int line)
{
	struct note_text *cells = NULL;
	size_t count = 0;
	for (cmark_node *cell = cmark_node_first_child(row); cell != NULL;
		cell = cmark_node_next(cell)) {
		cells = arena_grow(blocks_arena(w), cells, count, sizeof *cells);
		cells[count++] = spans_read(w->reader, w->section, cell, line);
	}
	return (struct note_row){.cells = cells, .count = count};
}

static void visit_table(struct walker *w, cmark_node *node)
{
	int line = blocks_line_of(w, node);
	struct note_row *rows = NULL;
	size_t count = 0;
	for (cmark_node *row = cmark_node_first_child(node); row != NULL;
		row = cmark_node_next(row)) {
		struct note_row one = read_row(w, row, line);
		rows = arena_grow(blocks_arena(w), rows, count, sizeof *rows);
		rows[count++] = one;
	}
	struct note_block *b =
		blocks_add(w, NOTE_TABLE, line, cmark_node_get_end_line(node) + w->first_line);
	b->rows = rows;
	b->row_count = count;
	prose_add_table(w, rows, count, line + 1, 1);
}

/* ---- lists and quotes ---- */

static void enter_list(struct walker *w, cmark_node *node)
{
	w->lists = array_grow(w->lists, w->list_count, sizeof *w->lists);
	w->lists[w->list_count++] = (struct list){
		.ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST,
		.next = cmark_node_get_list_start(node),
	};
}

static void enter_item(struct walker *w, cmark_node *node)
{
	struct list *list = &w->lists[w->list_count - 1];
	if (strcmp(cmark_node_get_type_string(node), "tasklist") == 0)
		w->marker = cmark_gfm_extensions_get_tasklist_item_checked(node) ? "☑" : "☐";
	else
		w->marker =
			list->ordered ? arena_printf(blocks_arena(w), "%d.", list->next++) : "•";
}

static void enter_quote(struct walker *w)
{
	struct quote outer = {0};
	if (w->quote_count > 0)
		outer = w->quotes[w->quote_count - 1];
	w->quotes = array_grow(w->quotes, w->quote_count, sizeof *w->quotes);
	w->quotes[w->quote_count++] = outer;
}

/* ---- the walk ---- */

/* Returns true if the node's content was read and must not be walked. */
static bool enter_node(struct walker *w, cmark_node *node)
{
	const char *name = cmark_node_get_type_string(node);
	switch ((int)cmark_node_get_type(node)) {
	case CMARK_NODE_HEADING:
		if (cmark_node_get_type(cmark_node_parent(node)) == CMARK_NODE_DOCUMENT)
			visit_heading(w, node);
		else
			visit_paragraph(w, node);
		return true;
	case CMARK_NODE_PARAGRAPH:
		visit_paragraph(w, node);
		return true;
	case CMARK_NODE_CODE_BLOCK:
		code_visit(w, node);
		return false;
	case CMARK_NODE_HTML_BLOCK:
		directives_visit_html(w, node);
		return false;
	case CMARK_NODE_THEMATIC_BREAK:
		blocks_add(w, NOTE_RULE, blocks_line_of(w, node), 0);
		return false;
	case CMARK_NODE_LIST:
		enter_list(w, node);
		return false;
	case CMARK_NODE_BLOCK_QUOTE:
		enter_quote(w);
		return false;
	case CMARK_NODE_FOOTNOTE_DEFINITION:
		/* cmark moves footnotes to the end, in the order of their numbers, and does not
		 * expose the label */
		w->marker = arena_printf(blocks_arena(w), "[^%zu]", ++w->footnotes);
		return false;
	default:
		break;
	}
	if (cmark_node_get_type(node) == CMARK_NODE_ITEM || strcmp(name, "tasklist") == 0)
		enter_item(w, node);
	if (strcmp(name, "table") != 0)
		return false;
	visit_table(w, node);
	return true;
}

static void leave_node(struct walker *w, cmark_node *node)
{
	if (cmark_node_get_type(node) == CMARK_NODE_LIST)
		w->list_count--;
	else if (cmark_node_get_type(node) == CMARK_NODE_BLOCK_QUOTE)
		w->quote_count--;
}

/* Frees the top node above the one before this node: the walk looks back no further, and what the
 * note keeps can take its space. */
static void free_passed(cmark_node *node)
{
	bool top = cmark_node_get_type(cmark_node_parent(node)) == CMARK_NODE_DOCUMENT;
	cmark_node *before = top ? cmark_node_previous(node) : NULL;
	cmark_node *passed = before != NULL ? cmark_node_previous(before) : NULL;
	if (passed != NULL)
		cmark_node_free(passed);
}

/* Begins a section of its own for the content before the first heading, if there is any. */
static void begin_nameless(struct walker *w)
{
	blocks_begin_section(w, 0, w->first_line + 1);
	w->section->title = reader_name(w->reader);
	w->section->text = spans_plain(w->reader, w->section->title);
	w->section->anchor = "";
}

static bool says_something(const struct note_section *s)
{
	for (size_t i = 0; i < s->block_count; i++)
		if (s->blocks[i].kind != NOTE_RULE)
			return true;
	return false;
}

/* Number by the resulting tree, so that skipped levels leave no gaps. */
static void number_section(struct walker *w, size_t *children)
{
	struct note_section *s = w->section;
	size_t parent = s->parent;
	size_t *count = parent == NOTE_NO_PARENT ? &children[0] : &children[parent + 1];
	++*count;
	s->number = parent == NOTE_NO_PARENT ? arena_printf(blocks_arena(w), "%zu", *count)
					     : arena_printf(blocks_arena(w), "%s.%zu",
						       w->reader->sections[parent].number, *count);
}

static void finish_sections(struct walker *w)
{
	struct reader *r = w->reader;
	blocks_end_section(w);
	if (r->section_count > 1 && !says_something(&r->sections[0])) {
		r->section_count--;
		memmove(r->sections, r->sections + 1, r->section_count * sizeof *r->sections);
		for (size_t i = 0; i < r->section_count; i++)
			if (r->sections[i].parent != NOTE_NO_PARENT)
				r->sections[i].parent--;
	}
	cleanup_free size_t *children = xcalloc(r->section_count + 1, sizeof *children);
	for (size_t i = 0; i < r->section_count; i++) {
		w->section = &r->sections[i];
		settle_topics(w->section);
		number_section(w, children);
		if (w->section->anchor[0] == '\0')
			blocks_set_anchor(w);
	}
}

static void index_source(struct walker *w, const char *text)
{
	while (text != NULL && *text != '\0') {
		w->source = array_grow(w->source, w->source_count, sizeof *w->source);
		w->source[w->source_count++] = text;
		text = strchr(text, '\n');
		text = text != NULL ? text + 1 : NULL;
	}
}

void tree_read(struct reader *reader, cmark_node *document, const char *body, int first_line)
{
	struct programs programs = {0};
	programs_collect(body != NULL ? body : "", &programs);
	struct walker w = {
		.reader = reader,
		.first_line = first_line,
		.within.programs = &programs,
	};
	index_source(&w, body);
	cmark_iter *iter = cmark_iter_new(document);
	cmark_event_type event;
	begin_nameless(&w);
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		if (event == CMARK_EVENT_ENTER)
			free_passed(node);
		if (event == CMARK_EVENT_EXIT)
			leave_node(&w, node);
		else if (enter_node(&w, node))
			cmark_iter_reset(iter, node, CMARK_EVENT_EXIT);
	}
	cmark_iter_free(iter);
	finish_sections(&w);
	unique_finish(&w.anchors);
	free(w.blocks);
	free(w.source);
	free(w.lists);
	free(w.quotes);
	programs_finish(&programs);
}

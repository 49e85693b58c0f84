/* note/blocks.c - cmark's tree as sections of blocks. Walks by iterator: nesting has no limit here.
 */
#include "blocks.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct arena *blocks_arena(struct walker *w)
{
	return &w->reader->note->arena;
}

int blocks_line_of(const struct walker *w, cmark_node *node)
{
	return cmark_node_get_start_line(node) + w->first_line;
}

/* ---- blocks ---- */

struct note_block *blocks_add(struct walker *w, enum note_block_kind kind, int line, int last)
{
	w->blocks =
		arena_grow(blocks_arena(w), w->blocks, w->section->block_count, sizeof *w->blocks);
	struct note_block *b = &w->blocks[w->section->block_count++];
	*b = (struct note_block){
		.kind = kind,
		.line = line,
		.last_line = last > line ? last : line,
		.list_depth = (unsigned)w->list_count,
		.quote_depth = (unsigned)w->quote_count,
		.marker = w->marker,
	};
	if (w->quote_count > 0) {
		b->icon = w->quotes[w->quote_count - 1].icon;
		b->callout = w->quotes[w->quote_count - 1].callout;
	}
	w->marker = NULL;
	w->section->blocks = w->blocks;
	return b;
}

static void begin_section(struct walker *w, unsigned level, int line)
{
	struct reader *r = w->reader;
	r->sections =
		arena_grow(blocks_arena(w), r->sections, r->section_count, sizeof *r->sections);
	w->section = &r->sections[r->section_count++];
	*w->section = (struct note_section){.level = level, .line = line, .parent = NOTE_NO_PARENT};
	w->blocks = NULL;
}

/* ---- headings ---- */

/* Words behind which nothing is said: a bare link's sign. */
static bool is_link_sign(const char *text)
{
	static const char *const signs[] = {"🔗", "¶", "#", "§", "\xEF\xB8\x8F"};
	for (;;) {
		size_t skip = strspn(text, " \t");
		for (size_t i = 0; i < ARRAY_LENGTH(signs) && skip == 0; i++)
			if (text_starts(text, signs[i]))
				skip = strlen(signs[i]);
		if (skip == 0)
			return *text == '\0';
		text += skip;
	}
}

static char *trim_text(const struct buf *text)
{
	const char *start = buf_text(text);
	size_t length = text->length;
	while (length > 0 && isspace((unsigned char)start[length - 1]))
		length--;
	size_t skip = strspn(start, " \t\n");
	return skip < length ? xstrndup(start + skip, length - skip) : xstrdup("");
}

/* "Title {#id .class}", "Title {:.no_toc}": said to the program that makes pages. */
static size_t title_length(const char *title)
{
	size_t length = strlen(title);
	const char *open = length > 0 && title[length - 1] == '}' ? strrchr(title, '{') : NULL;
	if (open == NULL || open == title || open[-1] != ' ' || strchr("#.:-", open[1]) == NULL)
		return length;
	length = (size_t)(open - title);
	while (length > 0 && title[length - 1] == ' ')
		length--;
	return length;
}

/* Drops links without words from the title and keeps the first address. */
static void set_section_title(struct walker *w, const struct note_text *text)
{
	struct note_section *s = w->section;
	struct buf plain = {0};
	struct note_span *kept = arena_alloc(blocks_arena(w), (text->count + 1) * sizeof *kept);
	size_t count = 0;
	for (size_t i = 0; i < text->count; i++) {
		const struct note_span *span = &text->spans[i];
		if (span->link > 0 && is_link_sign(span->text))
			continue;
		kept[count++] = *span;
		buf_add_text(&plain, span->text);
	}
	if (s->link_count > 0)
		s->source = s->links[0].url; /* of the lesson, and not one of its links */
	for (size_t i = 0; i < count; i++)
		kept[i].link = 0;
	cleanup_free char *title = trim_text(&plain);
	s->title = arena_strndup(blocks_arena(w), title, title_length(title));
	s->text = (struct note_text){.spans = kept, .count = count};
	buf_finish(&plain);
}

static void place_section(struct walker *w)
{
	struct reader *r = w->reader;
	struct note_section *s = w->section;
	unsigned above = s->level;
	while (above > 1 && w->numbers[above - 1] == 0)
		above--; /* a skipped level counts as not there */
	s->parent = above > 1 ? w->parents[above - 1] : NOTE_NO_PARENT;
	w->numbers[s->level]++;
	w->parents[s->level] = r->section_count - 1;
	for (unsigned i = s->level + 1; i < ARRAY_LENGTH(w->numbers); i++)
		w->numbers[i] = 0;
}

/* Numbers follow the tree that came out, so that skipped levels leave no holes. */
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

static void end_heading(struct walker *w, const struct note_text *text)
{
	set_section_title(w, text);
	if (w->section->title[0] == '\0') {
		w->section->title = "(no title)";
		reader_add_problem(w->reader, w->section->line, true, "a heading without words");
	}
	place_section(w);
	w->section->anchor = anchor_make_unique(&w->anchors, blocks_arena(w), w->section->title);
}

/* A logo and the like in front of the note's title stand below it instead. */
static bool is_only_pictures(const struct note_section *s)
{
	bool picture = false;
	for (size_t i = 0; i < s->block_count; i++) {
		if (s->blocks[i].kind != NOTE_PICTURE && s->blocks[i].kind != NOTE_RULE)
			return false;
		picture = picture || s->blocks[i].kind == NOTE_PICTURE;
	}
	return s->level == 0 && picture;
}

static void begin_titled(struct walker *w, unsigned level, int line)
{
	if (level == 1 && is_only_pictures(w->section)) {
		w->section->level = level;
		w->section->line = line;
	} else {
		begin_section(w, level, line);
	}
}

/* The title is node's inside, or text. */
static void take_heading(
	struct walker *w, unsigned level, int line, cmark_node *node, const struct note_text *text)
{
	begin_titled(w, level, line);
	struct note_section *s = w->section;
	const struct note_link *links = s->links; /* of pictures in front of it */
	size_t count = s->link_count;
	s->links = NULL;
	s->link_count = 0;
	struct note_text own = node != NULL ? spans_read(w->reader, s, node, line) : *text;
	end_heading(w, &own);
	s->links = links;
	s->link_count = count;
}

static void visit_heading(struct walker *w, cmark_node *node)
{
	take_heading(w, (unsigned)cmark_node_get_heading_level(node), blocks_line_of(w, node), node,
		NULL);
}

void blocks_add_heading(struct walker *w, unsigned level, const struct note_text *text, int line)
{
	take_heading(w, level, line, NULL, text);
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

/* Every item of the list is a link and nothing else. */
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

static void visit_paragraph(struct walker *w, cmark_node *node)
{
	int line = blocks_line_of(w, node);
	cmark_node *child = cmark_node_first_child(node);
	if (is_only_child(node) && cmark_node_get_type(child) == CMARK_NODE_IMAGE) {
		visit_picture(w, node, child);
		return;
	}
	bool topic = is_link_item(node) && w->list_count == 1 && !w->lists[0].ordered;
	bool lone_item = topic && is_alone(cmark_node_parent(node));
	bool heading = is_only_child(node) && cmark_node_get_type(child) == CMARK_NODE_STRONG &&
		       w->list_count == 0;
	struct note_block *b =
		blocks_add(w, NOTE_PARAGRAPH, line, cmark_node_get_end_line(node) + w->first_line);
	struct note_text text = spans_read(w->reader, w->section, node, line);
	/* w->section may have grown links, the block lies where it was */
	enum note_icon icon = is_first_in_parent(node) || w->quote_count == 0
				      ? callouts_find(w, &text)
				      : NOTE_ICON_NONE;
	b->text = text;
	if (text.count == 0 && icon == NOTE_ICON_NONE && b->marker == NULL) {
		w->section->block_count--; /* an anchor, a comment: nothing to read */
		return;
	}
	if (icon != NOTE_ICON_NONE) {
		callouts_mark(w, b, icon);
		if (text.count == 0)
			w->section->block_count--; /* only its name: what follows in the quote is
						      meant */
		return;
	}
	if (topic || (heading && w->quote_count == 0)) {
		b->kind = NOTE_TOPIC;
		b->link = text.count > 0 ? text.spans[0].link : 0;
	}
	b->language =
		topic ? (lone_item ? "lone" : "item") : NULL; /* settled at the section's end */
}

/* A list of links alone is a list of topics only in a section where such an item stands by itself,
 * too. */
static void settle_topics(struct note_section *s)
{
	struct note_block *blocks = (struct note_block *)s->blocks; /* ours while it is read */
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

/* True: the node's inside was taken and is not to be walked. */
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
		leaves_visit_code(w, node);
		return false;
	case CMARK_NODE_HTML_BLOCK:
		leaves_visit_html(w, node);
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
		/* cmark moves them to the end, in the order of their numbers, and keeps the label
		 * to itself */
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

/* What stands before the first heading has a section of its own, where it is anything. */
static void begin_nameless(struct walker *w)
{
	begin_section(w, 0, w->first_line + 1);
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

static void finish_sections(struct walker *w)
{
	struct reader *r = w->reader;
	if (r->section_count > 1 && !says_something(&r->sections[0])) {
		r->sections++;
		r->section_count--;
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
			w->section->anchor =
				anchor_make_unique(&w->anchors, blocks_arena(w), w->section->title);
	}
}

void blocks_read(struct reader *reader, cmark_node *document, int first_line)
{
	struct walker w = {.reader = reader, .first_line = first_line};
	cmark_iter *iter = cmark_iter_new(document);
	cmark_event_type event;
	begin_nameless(&w);
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		if (event == CMARK_EVENT_EXIT)
			leave_node(&w, node);
		else if (enter_node(&w, node))
			cmark_iter_reset(iter, node, CMARK_EVENT_EXIT);
	}
	cmark_iter_free(iter);
	finish_sections(&w);
	anchor_finish(&w.anchors);
	free(w.lists);
	free(w.quotes);
}

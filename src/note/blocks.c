/* note/blocks.c - builds sections: their blocks, headings and numbers */
#include "blocks.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

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
	w->blocks = array_refill(
		w->blocks, w->section->block_count, &w->block_capacity, sizeof *w->blocks);
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

void blocks_end_section(struct walker *w)
{
	if (w->section != NULL)
		w->section->blocks = arena_copy(
			blocks_arena(w), w->blocks, w->section->block_count * sizeof *w->blocks);
}

void blocks_begin_section(struct walker *w, unsigned level, int line)
{
	struct reader *r = w->reader;
	blocks_end_section(w);
	r->sections = array_grow(r->sections, r->section_count, sizeof *r->sections);
	w->within.bare = w->within.told =
		false; /* another subject: what has no prompt is the host's */
	w->section = &r->sections[r->section_count++];
	*w->section = (struct note_section){.level = level, .line = line, .parent = NOTE_NO_PARENT};
}

/* ---- headings ---- */

/* Text that says nothing about a link except that it is one. */
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

static size_t trimmed_length(const char *text, size_t length)
{
	while (length > 0 && text[length - 1] == ' ')
		length--;
	return length;
}

/* "Title {#id .class}", "Title { #id }", "Title{#id}", "Title {:.no_toc}": the attributes are for
 * the site generator, also in a comment of MDX; so are the signs before them in "## Title ##
 * {#id}". "${#array}" and "{{#if}}" are not attributes. */
static size_t title_length(const char *title)
{
	size_t length = strlen(title);
	const char *open = length > 0 && title[length - 1] == '}' ? strrchr(title, '{') : NULL;
	if (open == NULL || open == title)
		return length;
	const char *inside = open + 1 + strspn(open + 1, " ");
	bool id = *inside == '#' && strchr(" }", inside[1]) == NULL &&
		  strchr("${\\", open[-1]) == NULL;
	bool other =
		open[-1] == ' ' && (strchr(".:-", *inside) != NULL || text_starts(inside, "/*"));
	if (!id && !other)
		return length;
	length = trimmed_length(title, (size_t)(open - title));
	size_t signs = length;
	while (signs > 0 && title[signs - 1] == '#')
		signs--;
	return signs > 0 && title[signs - 1] == ' ' ? trimmed_length(title, signs) : length;
}

/* Removes links without text from the title and keeps the first address. */
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
		s->source = s->links[0].url; /* the lesson's source, not its link */
	for (size_t i = 0; i < count; i++)
		kept[i].link = 0;
	cleanup_free char *title = trim_text(&plain);
	bool code = count > 0 && (kept[count - 1].style & NOTE_CODE) != 0;
	s->title =
		arena_strndup(blocks_arena(w), title, code ? strlen(title) : title_length(title));
	s->text = (struct note_text){.spans = kept, .count = count};
	buf_finish(&plain);
}

static void place_section(struct walker *w)
{
	struct reader *r = w->reader;
	struct note_section *s = w->section;
	unsigned above = s->level;
	while (above > 1 && w->numbers[above - 1] == 0)
		above--; /* a skipped level has no section */
	s->parent = above > 1 ? w->parents[above - 1] : NOTE_NO_PARENT;
	w->numbers[s->level]++;
	w->parents[s->level] = r->section_count - 1;
	for (unsigned i = s->level + 1; i < ARRAY_LENGTH(w->numbers); i++)
		w->numbers[i] = 0;
}

void blocks_set_anchor(struct walker *w)
{
	cleanup_free char *anchor = note_anchor(w->section->title);
	w->section->anchor = unique_add(&w->anchors, blocks_arena(w), anchor, 1);
}

static void end_heading(struct walker *w, const struct note_text *text)
{
	set_section_title(w, text);
	if (w->section->title[0] == '\0') {
		w->section->title = "(no title)";
		reader_add_problem(w->reader, w->section->line, true, _("a heading without words"));
	}
	place_section(w);
	blocks_set_anchor(w);
}

/* Move a logo or other pictures before the note's title below it. */
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
		blocks_begin_section(w, level, line);
	}
}

/* The title is the content of node, or text. */
void blocks_take_heading(
	struct walker *w, unsigned level, int line, cmark_node *node, const struct note_text *text)
{
	begin_titled(w, level, line);
	struct note_section *s = w->section;
	const struct note_link *links = s->links; /* of pictures before it */
	size_t count = s->link_count;
	s->links = NULL;
	s->link_count = 0;
	struct note_text own = node != NULL ? spans_read(w->reader, s, node, line) : *text;
	end_heading(w, &own);
	s->links = links;
	s->link_count = count;
}

void blocks_add_heading(struct walker *w, unsigned level, const struct note_text *text, int line)
{
	blocks_take_heading(w, level, line, NULL, text);
}

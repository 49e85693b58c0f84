/* note/spans.c - the inline content of a node as spans of one style */
#include "html.h"

#include <cmark-gfm.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct writer {
	struct reader *reader;
	struct note_section *section;
	size_t count; /* of the reader's spans */
	unsigned style;
	size_t link;
	unsigned depth[4]; /* nesting of emphasis, strong, code, strike */
	int line;
	bool broken; /* a soft line break came before */
};

/* ---- links ---- */

/* Shortens the address of a picture embedded as data to its type. */
static char *short_address(struct arena *arena, const char *url)
{
	if (!text_starts(url, "data:"))
		return arena_strdup(arena, url);
	return arena_printf(arena, "%.*s,…", (int)strcspn(url, ","), url);
}

size_t spans_add_link(struct reader *reader, struct note_section *section, enum note_link_kind kind,
	const char *url, const char *title, int line)
{
	struct arena *arena = &reader->note->arena;
	struct note_link *links = (struct note_link *)section->links; /* still writable */
	links = arena_grow(arena, links, section->link_count, sizeof *links);
	links[section->link_count] = (struct note_link){
		.kind = kind,
		.url = short_address(arena, url != NULL ? url : ""),
		.title = arena_strdup(arena, title != NULL ? title : ""),
		.line = line,
	};
	section->links = links;
	return ++section->link_count;
}

/* ---- spans ---- */

static void append_span(
	struct writer *w, const char *text, size_t length, unsigned style, size_t link)
{
	struct arena *arena = &w->reader->note->arena;
	if (length == 0)
		return;
	struct reader *r = w->reader;
	r->spans = array_refill(r->spans, w->count, &r->span_capacity, sizeof *r->spans);
	r->spans[w->count++] = (struct note_span){
		.style = style, .text = arena_strndup(arena, text, length), .link = link};
}

/* "[[name]]", "[[name|words]]", "[[name#heading]]" within plain text. */
static void add_wiki(struct writer *w, const char *inside, size_t length)
{
	cleanup_free char *all = xstrndup(inside, length);
	char *bar = strchr(all, '|');
	if (bar != NULL)
		*bar = '\0';
	cleanup_free char *name = xstrndup(all, strcspn(all, "#"));
	const char *words = bar != NULL ? bar + 1 : all;
	size_t link = spans_add_link(w->reader, w->section, NOTE_LINK_WIKI, name, words, w->line);
	append_span(w, words, strlen(words), w->style, link);
}

static bool is_picture(const char *name)
{
	static const char *const ends[] = {
		".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp", ".avif"};
	size_t length = strlen(name);
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++)
		if (length > strlen(ends[i]) &&
			strcasecmp(name + length - strlen(ends[i]), ends[i]) == 0)
			return true;
	return false;
}

/* "![[picture.png|300]]", "![[note#heading]]": a picture, or another note embedded in this one. */
static void add_embedded(struct writer *w, const char *inside, size_t length)
{
	cleanup_free char *name = xstrndup(inside, length);
	name[strcspn(name, "|")] = '\0';
	if (!is_picture(name)) {
		add_wiki(w, inside, length);
		return;
	}
	cleanup_free char *words = xasprintf("🖼 %s", name);
	size_t link = spans_add_link(w->reader, w->section, NOTE_LINK_PICTURE, name, name, w->line);
	append_span(w, words, strlen(words), w->style, link);
}

static void flush_pending(struct writer *w)
{
	const char *text = buf_text(&w->reader->pending);
	const char *open;
	while (w->section != NULL && (w->style & NOTE_CODE) == 0 && w->link == 0 &&
		(open = strstr(text, "[[")) != NULL) {
		const char *close = strstr(open, "]]");
		if (close == NULL || close == open + 2 ||
			memchr(open, '\n', (size_t)(close - open)) != NULL)
			break;
		bool embedded = open > text && open[-1] == '!';
		append_span(w, text, (size_t)(open - text) - embedded, w->style, w->link);
		if (embedded)
			add_embedded(w, open + 2, (size_t)(close - open) - 2);
		else
			add_wiki(w, open + 2, (size_t)(close - open) - 2);
		text = close + 2;
	}
	append_span(w, text, strlen(text), w->style, w->link);
	buf_truncate(&w->reader->pending, 0);
}

/* In the order of writer.depth. */
static const unsigned style_bits[] = {NOTE_EMPHASIS, NOTE_STRONG, NOTE_CODE, NOTE_STRIKE};

static void set_style(struct writer *w, size_t link)
{
	unsigned style = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(style_bits); i++)
		if (w->depth[i] > 0)
			style |= style_bits[i];
	if (style == w->style && link == w->link)
		return;
	flush_pending(w);
	w->style = style;
	w->link = link;
}

static void add_pending_text(struct writer *w, const char *text)
{
	if (text != NULL)
		buf_add_text(&w->reader->pending, text);
}

/* ---- inline HTML ---- */

static void add_inline_link(struct writer *w, const char *html, bool close)
{
	size_t length;
	const char *address = close ? NULL : html_tags_attribute(html, "href", &length);
	if (address == NULL || w->section == NULL) {
		set_style(w, 0);
		return;
	}
	cleanup_free char *url = xstrndup(address, length);
	set_style(w, spans_add_link(w->reader, w->section, NOTE_LINK_PAGE, url, "", w->line));
}

static void add_inline_picture(struct writer *w, const char *html)
{
	size_t length, words = 0, around = w->link;
	const char *address = html_tags_attribute(html, "src", &length);
	const char *alt = html_tags_attribute(html, "alt", &words);
	if (address == NULL || w->section == NULL)
		return;
	cleanup_free char *url = xstrndup(address, length);
	cleanup_free char *name = alt != NULL ? xstrndup(alt, words) : xstrdup("");
	set_style(w, spans_add_link(w->reader, w->section, NOTE_LINK_PICTURE, url, name, w->line));
	buf_printf(&w->reader->pending, "🖼 %s", name);
	set_style(w, around);
}

static void change_depth(struct writer *w, size_t which, bool enter)
{
	if (enter || w->depth[which] > 0)
		w->depth[which] += enter ? 1 : -1u;
	set_style(w, w->link);
}

static void add_html(struct writer *w, const char *html)
{
	bool close = html != NULL && html[1] == '/';
	unsigned style = html != NULL ? html_tags_style(html) : NOTE_PLAIN;
	if (html == NULL || text_starts(html, "<!--"))
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(style_bits); i++)
		if (style == style_bits[i])
			change_depth(w, i, !close);
	if (html_tags_match(html, "br"))
		buf_add_char(&w->reader->pending, '\n');
	else if (html_tags_match(html, "a"))
		add_inline_link(w, html, close);
	else if (html_tags_match(html, "img"))
		add_inline_picture(w, html);
	else if (style == NOTE_PLAIN && !html_tags_is_silent(html))
		add_pending_text(w, html);
}

/* ---- walking ---- */

static void add_code(struct writer *w, const char *text)
{
	w->depth[2]++;
	set_style(w, w->link);
	add_pending_text(w, text);
	w->depth[2]--;
	set_style(w, w->link);
}

static void enter_link(struct writer *w, cmark_node *node, bool picture)
{
	if (w->section == NULL) /* the caller wants only the text */
		return;
	size_t link = spans_add_link(w->reader, w->section,
		picture ? NOTE_LINK_PICTURE : NOTE_LINK_PAGE, cmark_node_get_url(node),
		cmark_node_get_title(node),
		cmark_node_get_start_line(node) > 0 ? cmark_node_get_start_line(node) : w->line);
	set_style(w, link);
	if (picture)
		add_pending_text(w, "🖼 ");
}

/* Skips "{: .class}", "{ width="300" }", "{#id .class}": attributes for the site generator after a
 * link, a picture, code or bold words, and at the end of a heading. */
static const char *behind_attributes(cmark_node *node)
{
	const char *text = cmark_node_get_literal(node);
	cmark_node *before = cmark_node_previous(node);
	cmark_node_type type = before != NULL ? cmark_node_get_type(before) : CMARK_NODE_NONE;
	bool behind = type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE ||
		      type == CMARK_NODE_CODE || type == CMARK_NODE_STRONG;
	if (!behind || text == NULL || text[0] != '{')
		return text;
	const char *inside = text + 1 + strspn(text + 1, " ");
	size_t length = strcspn(inside, "}");
	bool attributes = inside[length] == '}' &&
			  (strchr(":.#", inside[0]) != NULL || memchr(inside, '=', length) != NULL);
	return attributes ? inside + length + 1 : text;
}

/* A soft line break within a paragraph. Keep it as a line break after the title of a callout, and
 * before a definition (": " below its term). */
static void add_soft_break(struct writer *w, cmark_node *node)
{
	cmark_node *first = cmark_node_first_child(cmark_node_parent(node));
	cmark_node *next = cmark_node_next(node);
	bool text = next != NULL && cmark_node_get_type(next) == CMARK_NODE_TEXT;
	const char *words = text ? cmark_node_get_literal(next) : "";
	bool definition = words[0] == ':' && (words[1] == ' ' || words[1] == '\0');
	bool title = !w->broken && cmark_node_get_type(first) == CMARK_NODE_TEXT &&
		     text_starts(cmark_node_get_literal(first), "[!");
	w->broken = true;
	buf_add_char(&w->reader->pending, title || definition ? '\n' : ' ');
}

static void visit_inline(struct writer *w, cmark_node *node, bool enter)
{
	switch ((int)cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT:
		add_pending_text(w, behind_attributes(node));
		break;
	case CMARK_NODE_SOFTBREAK:
		add_soft_break(w, node);
		break;
	case CMARK_NODE_LINEBREAK:
		buf_add_char(&w->reader->pending, '\n');
		break;
	case CMARK_NODE_CODE:
		add_code(w, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_HTML_INLINE:
		add_html(w, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_EMPH:
		change_depth(w, 0, enter);
		break;
	case CMARK_NODE_STRONG:
		change_depth(w, 1, enter);
		break;
	case CMARK_NODE_LINK:
	case CMARK_NODE_IMAGE:
		if (enter)
			enter_link(w, node, cmark_node_get_type(node) == CMARK_NODE_IMAGE);
		else
			set_style(w, 0);
		break;
	case CMARK_NODE_FOOTNOTE_REFERENCE:
		if (enter) /* cmark gives the number here, not the label */
			buf_printf(&w->reader->pending, "[^%s]", cmark_node_get_literal(node));
		break;
	default:
		if (strcmp(cmark_node_get_type_string(node), "strikethrough") == 0)
			change_depth(w, 3, enter);
	}
}

/* Titles a link without a title of its own by its text. */
static void name_links(struct writer *w)
{
	struct note_link *links = w->section != NULL ? (struct note_link *)w->section->links : NULL;
	for (size_t i = 0; i < w->count; i++) {
		size_t link = w->reader->spans[i].link;
		if (link > 0 && links[link - 1].title[0] == '\0')
			links[link - 1].title = w->reader->spans[i].text;
	}
}

static struct note_text take_text(struct writer *w)
{
	struct note_span *spans =
		arena_copy(&w->reader->note->arena, w->reader->spans, w->count * sizeof *spans);
	return (struct note_text){.spans = spans, .count = w->count};
}

struct note_text spans_read(
	struct reader *reader, struct note_section *section, cmark_node *parent, int line)
{
	struct writer w = {.reader = reader, .section = section, .line = line};
	cmark_iter *iter = cmark_iter_new(parent);
	cmark_event_type event;
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		if (node != parent)
			visit_inline(&w, node, event == CMARK_EVENT_ENTER);
	}
	cmark_iter_free(iter);
	flush_pending(&w);
	name_links(&w);
	return take_text(&w);
}

struct note_text spans_plain(struct reader *reader, const char *text)
{
	struct writer w = {.reader = reader};
	append_span(&w, text, strlen(text), NOTE_PLAIN, 0);
	return take_text(&w);
}

void note_text_plain(const struct note_text *text, struct buf *out)
{
	for (size_t i = 0; i < text->count; i++)
		buf_add_text(out, text->spans[i].text);
}

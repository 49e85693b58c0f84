/* note/plain.c - a short text in HTML or Markdown as people read it, without tags and marks */
#include "html.h"

#include <cmark-gfm.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TAG_LIMIT 4096 /* bytes; what is longer is text */

struct plain {
	struct buf out;
	bool lines;        /* a line end is a line break, and code in `…` is not HTML */
	bool preformatted; /* within <pre> */
	bool item;         /* after the mark of a list's item */
	char *unknown;     /* the first tag that no browser knows */
};

/* ---- text ---- */

static void trim_blanks(struct buf *out)
{
	while (out->length > 0 && out->data[out->length - 1] == ' ')
		buf_truncate(out, out->length - 1);
}

static void start_line(struct plain *p)
{
	if (p->item)
		return;
	trim_blanks(&p->out);
	if (p->out.length > 0 && p->out.data[p->out.length - 1] != '\n')
		buf_add_char(&p->out, '\n');
}

static void add_break(struct plain *p)
{
	trim_blanks(&p->out);
	if (p->out.length > 0)
		buf_add_char(&p->out, '\n');
}

static void add_item(struct plain *p, const char *mark)
{
	p->item = false;
	start_line(p);
	buf_add_text(&p->out, mark);
	p->item = true;
}

/* White space collapses to one blank, as in browsers. */
static void add_words(struct plain *p, const char *text, size_t length)
{
	cleanup_buf struct buf words = {0};
	html_tags_add_text(&words, text, length);
	for (size_t i = 0; i < words.length; i++) {
		char c = words.data[i];
		char last = p->out.length > 0 ? p->out.data[p->out.length - 1] : '\n';
		if (c == '\n' && (p->lines || p->preformatted)) {
			add_break(p);
		} else if (!isspace((unsigned char)c) || p->preformatted) {
			buf_add_char(&p->out, c);
			p->item = false;
		} else if (!isspace((unsigned char)last)) {
			buf_add_char(&p->out, ' ');
		}
	}
}

/* ---- tags ---- */

static const char *const line_tags[] = {"address", "article", "aside", "blockquote", "center", "dd",
	"div", "dl", "dt", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
	"header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul"};
static const char *const code_tags[] = {"code", "kbd", "tt", "samp"};
static const char *const media_tags[] = {"img", "audio", "embed", "iframe", "object", "video"};

static bool is_tag_of(const char *tag, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (html_tags_match(tag, names[i]))
			return true;
	return false;
}
#define IS_TAG_OF(TAG, NAMES) is_tag_of(TAG, NAMES, ARRAY_LENGTH(NAMES))

/* "[picture: dog.png]", or a picture's own words. */
static void add_media(struct plain *p, const char *tag)
{
	size_t length = 0;
	const char *text = html_tags_attribute(tag, "alt", &length);
	if (text != NULL && length > 0) {
		add_words(p, text, length);
		return;
	}
	text = html_tags_attribute(tag, "src", &length);
	if (text == NULL)
		return;
	cleanup_free char *source = xstrndup(text, length);
	cleanup_free char *words = xasprintf(
		"[%s: %s]", html_tags_match(tag, "img") ? "picture" : "film", path_base(source));
	add_words(p, words, strlen(words));
}

/* Returns false if the tag is not HTML's. */
static bool add_tag(struct plain *p, const char *tag)
{
	bool closing = tag[1] == '/';
	if (IS_TAG_OF(tag, media_tags)) {
		if (!closing)
			add_media(p, tag);
	} else if (IS_TAG_OF(tag, code_tags)) {
		if (!p->preformatted)
			buf_add_char(&p->out, '`');
	} else if (html_tags_match(tag, "br")) {
		add_break(p);
	} else if (html_tags_match(tag, "li")) {
		if (closing)
			start_line(p);
		else
			add_item(p, "• ");
	} else if (html_tags_match(tag, "td") || html_tags_match(tag, "th")) {
		if (closing)
			add_words(p, "  ", 2);
	} else if (html_tags_match(tag, "sup")) {
		buf_add_text(&p->out, closing ? "" : "^");
	} else if (IS_TAG_OF(tag, line_tags)) {
		start_line(p);
		p->preformatted = html_tags_match(tag, "pre") ? !closing : p->preformatted;
	} else {
		return html_tags_is_silent(tag) || html_tags_style(tag) != NOTE_PLAIN;
	}
	return true;
}

/* Returns the end of the tag or comment at `at`, and for <script> and <style> that of their
 * content; NULL if there is none. */
static const char *tag_end(const char *at)
{
	static const struct {
		const char *begin, *end;
	} pairs[] = {{"<!--", "-->"}, {"<script", "</script>"}, {"<style", "</style>"}};
	for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
		const char *end = strncasecmp(at, pairs[i].begin, strlen(pairs[i].begin)) == 0
					  ? strcasestr(at, pairs[i].end)
					  : NULL;
		if (end != NULL)
			return end + strlen(pairs[i].end);
	}
	if (!isalpha((unsigned char)at[1 + (at[1] == '/')]))
		return NULL;
	char quote = '\0';
	for (const char *c = at + 1; *c != '\0' && c < at + TAG_LIMIT; c++) {
		if (quote == '\0' && *c == '>')
			return c + 1;
		if (quote == '\0' && c[-1] == '=' && (*c == '"' || *c == '\''))
			quote = *c;
		else if (*c == quote)
			quote = '\0';
	}
	return NULL;
}

/* Word's own tags, such as "<o:p>", mean nothing to a reader. */
static bool is_of_office(const char *tag)
{
	const char *name = tag + 1 + (tag[1] == '/');
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyz")] == ':';
}

static void keep_unknown(struct plain *p, const char *tag, size_t length)
{
	if (p->unknown == NULL)
		p->unknown = xstrndup(tag, length);
}

/* Keeps what only looks like a tag, such as <name>. */
static void add_html(struct plain *p, const char *html)
{
	for (const char *at = html; *at != '\0';) {
		const char *end = *at == '<' ? tag_end(at) : NULL;
		bool code = *at == '`' && p->lines && strchr(at + 1, '`') != NULL;
		if (end != NULL) {
			cleanup_free char *tag = xstrndup(at, (size_t)(end - at));
			if (tag[1] != '!' && !add_tag(p, tag) && !is_of_office(tag)) {
				keep_unknown(p, tag, strlen(tag));
				add_words(p, tag, strlen(tag));
			}
		} else if (code) {
			end = strchr(at + 1, '`') + 1;
			const char *tag = memchr(at, '<', (size_t)(end - at));
			const char *close = tag != NULL ? tag_end(tag) : NULL;
			if (close != NULL && close < end)
				keep_unknown(p, tag, (size_t)(close - tag));
			add_words(p, at, (size_t)(end - at));
		} else {
			end = at + 1 + strcspn(at + 1, p->lines ? "<`" : "<");
			add_words(p, at, (size_t)(end - at));
		}
		at = end;
	}
}

static char *take_plain(struct plain *p)
{
	while (p->out.length > 0 && isspace((unsigned char)p->out.data[p->out.length - 1]))
		buf_truncate(&p->out, p->out.length - 1);
	return buf_steal(&p->out);
}

char *note_plain_html(const char *html, bool lines, char **ret_unknown)
{
	struct plain p = {.lines = lines};
	add_html(&p, html);
	*ret_unknown = p.unknown;
	return take_plain(&p);
}

/* ---- Markdown ---- */

static void add_literal(struct plain *p, const char *before, const char *text, const char *after)
{
	buf_printf(&p->out, "%s%s%s", before, text != NULL ? text : "", after);
	p->item = false;
}

static void enter_node(struct plain *p, cmark_node *node)
{
	const char *literal = cmark_node_get_literal(node);
	cmark_node_type type = cmark_node_get_type(node);
	if (type == CMARK_NODE_TEXT) {
		add_literal(p, "", literal, "");
	} else if (type == CMARK_NODE_CODE) {
		add_literal(p, "`", literal, "`");
	} else if (type == CMARK_NODE_SOFTBREAK) {
		buf_add_char(&p->out, ' ');
	} else if (type == CMARK_NODE_LINEBREAK) {
		add_break(p);
	} else if (type == CMARK_NODE_CODE_BLOCK) {
		start_line(p);
		add_literal(p, "", literal, "");
	} else if (type == CMARK_NODE_HTML_INLINE || type == CMARK_NODE_HTML_BLOCK) {
		add_html(p, literal);
	} else if (type == CMARK_NODE_ITEM) {
		add_item(p, "• ");
	} else if (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING) {
		start_line(p);
	}
}

char *note_plain_markdown(const char *text)
{
	struct plain p = {0};
	cmark_node *document = cmark_parse_document(text, strlen(text), CMARK_OPT_DEFAULT);
	cmark_iter *iter = cmark_iter_new(document);
	cmark_event_type event;
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE)
		if (event == CMARK_EVENT_ENTER)
			enter_node(&p, cmark_iter_get_node(iter));
	cmark_iter_free(iter);
	cmark_node_free(document);
	free(p.unknown);
	return take_plain(&p);
}

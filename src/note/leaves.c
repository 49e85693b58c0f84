/* note/leaves.c - what has no inside of its own: code, with its commands, and raw HTML */
#include "blocks.h"

#include <cmark-gfm.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- code ---- */

/* title=NAME, file=NAME, title="NAME" in a fence's info string. */
static char *info_file(const char *info)
{
	static const char *const keys[] = {"title=", "file=", "filename="};
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		const char *at = strstr(info, keys[i]);
		if (at == NULL || (at != info && !isspace((unsigned char)at[-1]) && at[-1] != '{' &&
					  at[-1] != ','))
			continue;
		at += strlen(keys[i]);
		char quote = *at == '"' || *at == '\'' ? *at++ : '\0';
		size_t length = quote == '"' ? strcspn(at, "\"")
				: quote      ? strcspn(at, "'")
					     : strcspn(at, " \t},");
		return length > 0 ? xstrndup(at, length) : NULL;
	}
	return NULL;
}

static void add_listing(struct walker *w, cmark_node *node, const char *language, const char *file)
{
	const char *code = cmark_node_get_literal(node);
	struct note_block *b = add_block(
		w, NOTE_LISTING, line_of(w, node), cmark_node_get_end_line(node) + w->first_line);
	b->code = arena_strdup(walker_arena(w), code != NULL ? code : "");
	b->language = arena_strdup(walker_arena(w), language);
	b->file = arena_strdup(walker_arena(w), file);
}

static void add_commands(
	struct walker *w, const struct fence *fence, int first_line, const char *language)
{
	for (size_t i = 0; i < fence->count; i++) {
		const struct fence_command *c = &fence->items[i];
		struct note_block *b =
			add_block(w, NOTE_COMMAND, first_line + c->line, first_line + c->last_line);
		b->code = arena_strdup(walker_arena(w), c->code);
		b->prompt = arena_strdup(walker_arena(w), c->prompt);
		b->output = arena_strdup(walker_arena(w), c->output);
		b->language = arena_strdup(walker_arena(w), language);
	}
}

void visit_code(struct walker *w, cmark_node *node)
{
	int length, offset;
	char character;
	bool fenced = cmark_node_get_fenced(node, &length, &offset, &character) != 0;
	const char *info = cmark_node_get_fence_info(node);
	const char *code = cmark_node_get_literal(node);
	info = info != NULL ? info : "";
	info += strspn(info, " \t{.");
	cleanup_free char *language = xstrndup(info, strcspn(info, " \t,{}:;"));
	if (strchr(language, '=') != NULL)
		language[0] = '\0';
	cleanup_free char *file = info_file(info);
	struct fence fence = {.listing = true};
	if (file == NULL && code != NULL && (fenced || code[0] == '$'))
		fence_read(code, language, &fence);
	if (fence.listing)
		add_listing(w, node, language, file);
	else
		add_commands(w, &fence, line_of(w, node) + (fenced ? 1 : 0), language);
	fence_finish(&fence);
}

/* ---- HTML ---- */

static const char *const own_words[] = {
	"check", "task", "quiz", "setup", "cleanup", "skip", "input", "evaluation"};

/* "<!-- check … -->": *ret_rest is what follows the word, with its colon taken away. */
static bool own_remark(const char *html, const char **ret_word, char **ret_rest)
{
	const char *text = html + strlen("<!--");
	text += strspn(text, " \t\n");
	for (size_t i = 0; i < ARRAY_LENGTH(own_words); i++) {
		size_t length = strlen(own_words[i]);
		if (strncmp(text, own_words[i], length) != 0 ||
			strchr(" \t\n:-", text[length]) == NULL)
			continue;
		const char *rest = text + length;
		rest += strspn(rest, " \t");
		rest += *rest == ':';
		const char *end = strstr(rest, "-->");
		*ret_word = own_words[i];
		*ret_rest = xstrndup(rest, end != NULL ? (size_t)(end - rest) : strlen(rest));
		return true;
	}
	return false;
}

static bool visit_remark(struct walker *w, const char *html, int line)
{
	const char *word;
	cleanup_free char *rest = NULL;
	if (!text_starts(html, "<!--"))
		return false;
	if (!own_remark(html, &word, &rest))
		return true; /* somebody's comment: ignored, as every viewer does */
	struct note_block *b = add_block(w, NOTE_REMARK, line, line);
	b->language = word;
	b->code = arena_strdup(walker_arena(w), rest);
	return true;
}

static const char *attribute(const char *html, const char *name, size_t *ret_length)
{
	size_t length = strlen(name);
	for (const char *at = html; (at = strstr(at, name)) != NULL; at += length) {
		const char *value = at + length + strspn(at + length, " ");
		if (*value != '=' || (at != html && !isspace((unsigned char)at[-1])))
			continue;
		value += 1 + strspn(value + 1, " ");
		char quote = *value == '"' || *value == '\'' ? *value++ : '\0';
		*ret_length = quote == '"' ? strcspn(value, "\"")
			      : quote      ? strcspn(value, "'")
					   : strcspn(value, " \t\n>");
		return value;
	}
	return NULL;
}

static const struct {
	const char *tag;
	enum note_block_kind kind;
	enum note_link_kind link;
} media[] = {
	{"<iframe", NOTE_FILM, NOTE_LINK_FILM},
	{"<video", NOTE_FILM, NOTE_LINK_FILM},
	{"<img", NOTE_PICTURE, NOTE_LINK_PICTURE},
};

static bool visit_media(struct walker *w, const char *html, int line)
{
	for (size_t i = 0; i < ARRAY_LENGTH(media); i++) {
		size_t length, words = 0;
		const char *tag = strcasestr(html, media[i].tag);
		const char *address = tag != NULL ? attribute(tag, "src", &length) : NULL;
		if (address == NULL)
			continue;
		const char *title = attribute(tag, "title", &words);
		if (title == NULL)
			title = attribute(tag, "alt", &words);
		cleanup_free char *url = xstrndup(address, length);
		cleanup_free char *name = title != NULL ? xstrndup(title, words) : xstrdup("");
		struct note_block *b = add_block(w, media[i].kind, line, line);
		b->text = spans_plain(w->reader, name);
		b->link = section_add_link(w->reader, w->section, media[i].link, url, name, line);
		return true;
	}
	return false;
}

void visit_html(struct walker *w, cmark_node *node)
{
	const char *html = cmark_node_get_literal(node);
	int line = line_of(w, node);
	if (html == NULL || visit_remark(w, html + strspn(html, " \t\n"), line) ||
		visit_media(w, html, line))
		return;
	struct note_block *b =
		add_block(w, NOTE_HTML, line, cmark_node_get_end_line(node) + w->first_line);
	b->code = arena_strdup(walker_arena(w), html);
}

/* note/directives.c - directives in HTML comments ("<!-- check … -->"), and other raw HTML */
#include "html.h"

#include <cmark-gfm.h>
#include <stdlib.h>
#include <string.h>

#define ANY_END " \t\n:-"

/* "<!-- needs work -->" is the author's own comment: this word counts only with its colon. */
static const struct {
	const char *word, *ends; /* characters that may follow the word */
} own_words[] = {
	{"check", ANY_END},
	{"task", ANY_END},
	{"quiz", ANY_END},
	{"setup", ANY_END},
	{"cleanup", ANY_END},
	{"skip", ANY_END},
	{"input", ANY_END},
	{"evaluation", ANY_END},
	{"needs", ":"},
};

/* "<!-- check … -->": *ret_rest is what follows the word, without its colon. */
static bool find_directive(const char *html, const char **ret_word, char **ret_rest)
{
	const char *text = html + strlen("<!--");
	text += strspn(text, " \t\n");
	for (size_t i = 0; i < ARRAY_LENGTH(own_words); i++) {
		size_t length = strlen(own_words[i].word);
		if (strncmp(text, own_words[i].word, length) != 0 ||
			strchr(own_words[i].ends, text[length]) == NULL)
			continue;
		const char *rest = text + length;
		rest += strspn(rest, " \t");
		rest += *rest == ':';
		const char *end = strstr(rest, "-->");
		*ret_word = own_words[i].word;
		*ret_rest = xstrndup(rest, end != NULL ? (size_t)(end - rest) : strlen(rest));
		return true;
	}
	return false;
}

static bool visit_directive(struct walker *w, const char *html, int line)
{
	const char *word;
	cleanup_free char *rest = NULL;
	if (!text_starts(html, "<!--"))
		return false;
	if (!find_directive(html, &word, &rest))
		return false; /* an ordinary comment: html_read() drops it */
	struct note_block *b = blocks_add(w, NOTE_DIRECTIVE, line, line);
	b->language = word;
	b->code = arena_strdup(blocks_arena(w), rest);
	return true;
}

void directives_visit_html(struct walker *w, cmark_node *node)
{
	const char *html = cmark_node_get_literal(node);
	int line = blocks_line_of(w, node);
	bool document = cmark_node_get_type(cmark_node_parent(node)) == CMARK_NODE_DOCUMENT;
	if (html != NULL && !visit_directive(w, html + strspn(html, " \t\n"), line))
		html_read(w, html, line, document);
}

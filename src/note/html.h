/* note/html.h - tags and entities of HTML. Private to src/note. */
#ifndef NOTE_HTML_H
#define NOTE_HTML_H

#include "blocks.h"

/* Where the value of an attribute stands in html (a tag, or text with tags); NULL. */
const char *html_tags_attribute(const char *html, const char *name, size_t *ret_length);
/* True where html begins with the tag, opening or closing. */
bool html_tags_match(const char *html, const char *name);
/* A tag that says how a page looks, and nothing to a reader of text. */
bool html_tags_is_silent(const char *tag);
/* "<TabItem>", "</Tabs>": a component of MDX. */
bool html_tags_is_component(const char *tag);
/* Which of the styles of note_style the tag switches; NOTE_PLAIN: none. */
unsigned html_tags_style(const char *tag);
/* Adds text with its entities ("&amp;", "&#8594;") as characters. */
void html_tags_add_text(struct buf *out, const char *text, size_t length);

/* A block of HTML as blocks of the section: paragraphs, headings, pictures, films, tables, code. */
void html_read(struct walker *w, const char *html, int line, bool document);

#endif

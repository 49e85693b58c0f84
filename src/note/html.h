/* note/html.h - HTML tags and entities. Private to src/note. */
#ifndef NOTE_HTML_H
#define NOTE_HTML_H

#include "blocks.h"

/* Finds the value of an attribute in html (a tag, or text with tags); NULL. */
const char *html_tags_attribute(const char *html, const char *name, size_t *ret_length);
/* Returns whether html begins with the tag, opening or closing. */
bool html_tags_match(const char *html, const char *name);
/* Returns whether the tag only affects the layout and has no meaning for a reader of text. */
bool html_tags_is_silent(const char *tag);
/* "<TabItem>", "</Tabs>": a component of MDX. */
bool html_tags_is_component(const char *tag);
/* Returns the style of note_style that the tag switches; NOTE_PLAIN: none. */
unsigned html_tags_style(const char *tag);
/* Adds text and converts its entities ("&amp;", "&#8594;") to characters. */
void html_tags_add_text(struct buf *out, const char *text, size_t length);

/* Adds a block of HTML to the section as blocks: paragraphs, headings, pictures, films, tables,
 * code. */
void html_read(struct walker *w, const char *html, int line, bool document);

#endif

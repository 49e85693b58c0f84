/* pages/page.h - builds HTML from pieces: everything from other people is inserted as text */
#ifndef PAGES_PAGE_H
#define PAGES_PAGE_H

#include "pages.h"

/* Adds text, escaping what is special in HTML. */
void page_text(struct buf *out, const char *text);
/* Returns text escaped, for a translated sentence around it; the caller frees it. */
char *page_escape(const char *text);
/* "2026-11-26", in a <time>; "never" for 0. */
void page_day(struct buf *out, int64_t wall_ms);

/* A text that a page's script shows: the attribute data-words-NAME of the body. */
struct page_word {
	const char *name, *text; /* text is translated when the page is made */
};

struct page {
	const char *title;
	const char *style;             /* an extra style sheet, "/room.css"; may be NULL */
	const char *script;            /* "/live.js"; may be NULL */
	const char *events;            /* event stream for the script; may be NULL */
	const char *here;              /* address of the current menu entry; NULL: no menu */
	const struct page_word *words; /* for the script, ended by an empty one; may be NULL */
};
void page_begin(struct buf *out, const struct page *page);
void page_end(struct buf *out);
/* Sends the page, with headers that prevent its abuse against the reader. */
void page_reply(struct reply *a, struct buf *page);
/* Sets those headers for other content: a table, a list. `name`: file name to save it as; NULL:
 * show it. */
void page_protect(struct reply *a, const char *name);
/* Lets style sheets count that the page's own script makes with this nonce. After page_reply(). */
void page_allow_styles(struct reply *a, const char *nonce);

#endif

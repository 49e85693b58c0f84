/* serve/page.h - HTML by pieces: everything that others wrote goes in as text */
#ifndef SERVE_PAGE_H
#define SERVE_PAGE_H

#include "private.h"

/* Adds text with what is special in HTML escaped. */
void page_text(struct buf *out, const char *text);
/* "2026-11-26", in a <time>; "never" for 0. */
void page_day(struct buf *out, int64_t wall_ms);

struct page {
	const char *title;
	const char *style;  /* a further style sheet, "/room.css"; NULL */
	const char *script; /* "/live.js"; NULL: none */
	const char *events; /* what the script listens to; NULL */
	const char *here;   /* the address of the menu's entry that this is; NULL: no menu */
};
void page_begin(struct buf *out, const struct page *page);
void page_end(struct buf *out);
/* The page as the answer, with what keeps it from being used against who looks at it. */
void page_reply(struct reply *a, struct buf *page);
/* The same for what is no page: a table, a list. `name`: of the file it is saved as; NULL: it is
 * shown.
 */
void page_protect(struct reply *a, const char *name);

#endif

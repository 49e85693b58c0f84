/* pages/tables.h - parts shared by several pages of the team */
#ifndef PAGES_TABLES_H
#define PAGES_TABLES_H

#include "chart.h"
#include "page.h"
#include "tracker.h"

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
#define WEEKS_SHOWN 13

/* Adds "87 %", or a dash if there is no score. */
void tables_add_score(struct buf *out, double score);
/* Adds a right-aligned cell with a number. */
void tables_add_number(struct buf *out, const char *format, ...) PRINTF_LIKE(2, 3);
/* Adds a bar and "3 of 17". */
void tables_add_progress(struct buf *out, const char *what, unsigned done, unsigned all);
void tables_add_minutes(struct buf *out, int64_t ms);
/* Opens a <table> with its caption and head; columns are NULL-terminated, and '#' in front
 * right-aligns one. */
void tables_begin(struct buf *out, const char *caption, const char *const *columns);
void tables_end(struct buf *out);
/* Adds a figure at the top of a page. */
void tables_add_tile(struct buf *out, const char *what, const char *format, ...) PRINTF_LIKE(3, 4);
/* Adds a link, encoding the value: tables_add_link(out, "/person?id=", "7", "Ann"). */
void tables_add_link(struct buf *out, const char *address, const char *value, const char *text);
void tables_add_link_number(struct buf *out, const char *address, int64_t number, const char *text);

/* The account or address in a person's key; "" if pseudonyms hide it. */
const char *tables_account(const char *key);

/* Adds charts of the last three months for a team (0: everybody) or one person (0: the whole team).
 */
bool tables_add_pictures(
	struct request *r, struct buf *out, int64_t team, int64_t person, struct error *err);
/* Adds the hardest questions, or all of a course. */
bool tables_add_items(struct request *r, struct buf *out, int64_t team, int64_t course,
	unsigned max, struct error *err);
/* Says how old the tracker's data is. Adds nothing if all is well. */
void tables_add_state(struct request *r, struct buf *out);
/* Opens a form with a "token" for this page. */
void tables_begin_form(struct request *r, struct buf *out, const char *action, const char *class);

/* The page of one person. */
void pages_person_of(struct request *r, struct reply *a, int64_t person);

#endif

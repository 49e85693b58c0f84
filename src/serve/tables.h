/* serve/tables.h - parts that several pages of the team show */
#ifndef SERVE_TABLES_H
#define SERVE_TABLES_H

#include "chart.h"
#include "page.h"
#include "tracker.h"

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
#define WEEKS_SHOWN 13

/* "87 %", or a dash where there is no score. */
void tables_add_score(struct buf *out, double score);
/* A cell with a number that stands right. */
void tables_add_number(struct buf *out, const char *format, ...) PRINTF_LIKE(2, 3);
/* A bar and "3 of 17". */
void tables_add_progress(struct buf *out, const char *what, unsigned done, unsigned all);
void tables_add_minutes(struct buf *out, int64_t ms);
/* <table> with its caption and head; columns are ended by NULL, one that begins with '#' stands
 * right. */
void tables_begin(struct buf *out, const char *caption, const char *const *columns);
void tables_end(struct buf *out);
/* A figure at the top of a page. */
void tables_add_tile(struct buf *out, const char *what, const char *format, ...) PRINTF_LIKE(3, 4);
/* A link, its parameters' values encoded: link(out, "/person?id=", "7", "Ann"). */
void tables_add_link(struct buf *out, const char *address, const char *value, const char *text);
void tables_add_link_number(struct buf *out, const char *address, int64_t number, const char *text);

/* What was done in the last three months by a team (0: everybody) or a person (0: all of it), as
 * pictures. */
bool tables_add_pictures(
	struct request *r, struct buf *out, int64_t team, int64_t person, struct error *err);
/* Hardest questions, or all of a course's. */
bool tables_add_items(struct request *r, struct buf *out, int64_t team, int64_t course,
	unsigned max, struct error *err);
/* What the tracker knows is as old as this says. Adds nothing where all is well. */
void tables_add_state(struct request *r, struct buf *out);
/* "token" for a form of this page. */
void tables_begin_form(struct request *r, struct buf *out, const char *action, const char *class);

#endif

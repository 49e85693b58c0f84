/* pages/room_page.h - the pages of a workshop, built from the board's data */
#ifndef PAGES_ROOM_PAGE_H
#define PAGES_ROOM_PAGE_H

#include "board.h"
#include "pages.h"

/* ---- room_page.c: whole pages ---- */

void room_page_board(
	const struct request *r, const struct board *board, enum room_view view, struct buf *out);
/* Reports that an order sent by a form failed. */
void room_page_refused(const struct request *r, struct reply *a, enum room_outcome outcome,
	const struct error *err);
void room_page_report(struct request *r, struct reply *a);

/* ---- room_grid.c: the changing parts ---- */

/* The steps shown in the grid: all, or one lesson's. */
struct room_window {
	const char *lesson; /* NULL: all */
	size_t first, count;
};
void room_grid(
	struct buf *out, const struct board *board, const struct room_window *window, bool names);
void room_grid_stuck(struct buf *out, const struct board *board);
void room_grid_hands(struct buf *out, const struct board *board, const char *action);
void room_grid_stops(struct buf *out, const struct board *board);
void room_grid_question(struct buf *out, const struct board *board);

#endif

/* pages/room_page.h - the pages of a workshop, built from the board's data. They work without
 * script; room.js fetches the parts marked data-live again when something changes. */
#ifndef PAGES_ROOM_PAGE_H
#define PAGES_ROOM_PAGE_H

#include "board.h"
#include "page.h"

/* What an instructor's page is made for. */
struct room_view_options {
	const char *token;  /* the one in the address */
	const char *action; /* where orders are sent */
	const char *lesson; /* whose steps are shown; NULL: each learner's own; "all" */
	const char *to;     /* whom the message is for; NULL: everybody */
	enum board_order order;
	bool first; /* it is the first instructor's */
};

/* ---- room_page.c, room_projector.c, room_report.c: whole pages ---- */

void room_page_board(const struct request *r, const struct board *board,
	const struct room_view_options *options, struct buf *out);
/* Reports that an order sent by a form failed. */
void room_page_refused(const struct request *r, struct reply *a, enum room_outcome outcome,
	const struct error *err);
void room_projector(
	const struct request *r, const struct board *board, const char *token, struct buf *out);
void room_report_reply(struct request *r, struct reply *a);

/* ---- room_question.c ---- */

/* The question with its options, and what is known of the answers. */
void room_question_add(struct buf *out, const struct board *board);
/* What an instructor can do with the open question, and forms to ask the next one. */
void room_question_orders(
	struct buf *out, const struct board *board, const struct room_view_options *options);
void room_question_forms(
	struct buf *out, const struct request *r, const struct room_view_options *options);

/* ---- room_grid.c: learners and steps ---- */

void room_grid(struct buf *out, const struct board *board, const struct room_view_options *options);
void room_grid_stops(struct buf *out, const struct board *board);

/* ---- room_parts.c: pieces of several pages ---- */

/* What room.js says. */
extern const struct page_word room_parts_words[];
/* Text with `code` in it, and with its line breaks. */
void room_parts_marked(struct buf *out, const char *text);
/* A time that goes on by itself: "2 min". */
void room_parts_age(struct buf *out, int64_t seconds);
/* "1.5 · step 4 of 13" */
void room_parts_number(struct buf *out, const struct board *board, size_t step);
/* The number and title of a step. */
void room_parts_step(struct buf *out, const struct board *board, size_t step);
void room_parts_clock(struct buf *out, const struct board *board);
/* Minutes and seconds that count down by themselves; nothing without a timer. */
void room_parts_countdown(struct buf *out, const struct board *board);
/* Opens a form for orders; order NULL: its buttons say which. */
void room_parts_form(struct buf *out, const struct room_view_options *options, const char *order,
	const char *class);

#endif

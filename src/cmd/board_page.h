/* cmd/board_page.h - a workshop's board as a page of the terminal */
#ifndef CMD_BOARD_PAGE_H
#define CMD_BOARD_PAGE_H

#include "board.h"
#include "screen.h"

/* Draws the board in its current state. connected: false marks it as outdated. The list of learners
 * scrolls; NULL: all of it is printed. */
void board_page_draw(struct screen *screen, const struct board *board, bool connected,
	struct screen_scroll *scroll);

#endif

/* cmd/board.h - a workshop's board as data, and as a page. Private to the board's files. */
#ifndef CMD_BOARD_H
#define CMD_BOARD_H

#include "screen.h"

struct board_learner {
	const char *name, *place; /* the learner's name and position, for people */
	const char *line, *verdict;
	const char *hand;   /* NULL: the hand is down */
	const char *signal; /* "done", "fast"; NULL */
	int64_t stuck_s, hand_s;
	unsigned done, of;
	size_t at;        /* index of the learner's step; BOARD_NOWHERE */
	const char *grid; /* one letter per step: . r(eached) d(one) s(kipped) h(elped) f(ailed) */
	bool here, waiting, finished;
};

#define BOARD_NOWHERE ((size_t)-1)

struct board_step {
	const char *title;
	const char *lesson, *step;
	unsigned reached, done, stuck;
};

struct board_lesson {
	const char *number;
	size_t first, steps;
};

struct board_bar {
	const char *text;
	unsigned count;
	bool right;
};

struct board {
	const char *title, *code, *join;
	int64_t clock_ms; /* the server's clock */
	int64_t taken_ms; /* when it was read, on this machine's monotonic clock */
	const char *open; /* the last open step; NULL: all are open */
	bool paused, ended;
	int64_t timer_ms; /* on the server's clock; 0: none */
	const char *timer_text;
	const char *question; /* the open question; NULL */
	unsigned answered;
	bool is_closed; /* it is closed and its answer shown */
	const char *answer;
	struct board_bar *bars;
	size_t bar_count;
	struct board_learner *learners; /* those stuck longest come first */
	size_t learner_count;
	struct board_step *steps;
	size_t step_count;
	struct board_lesson *lessons;
	size_t lesson_count;
	struct arena arena;
};

/* ---- board_read.c ---- */
bool board_read(const char *json, struct board *ret, struct error *err);
void board_read_finish(struct board *board);

/* Returns the lesson that contains the step; NULL if none does. */
const struct board_lesson *board_read_lesson(const struct board *board, size_t step);

/* ---- board_page.c ---- */
/* Draws the board in its current state. connected: false marks it as outdated. */
void board_page_draw(struct screen *screen, const struct board *board, bool connected);

#endif

/*
 * board.h - a workshop's board: what its page, the page's script, `ropes board` and the report say
 * about learners and steps. The room fills in the parts and writes them as JSON; a viewer, maybe on
 * another machine, reads them back. Whoever asks whether somebody is stuck asks here.
 *
 *     struct board board;
 *     if (!board_read(text, &board, err))
 *             return false;
 *     for (size_t i = 0; i < board.learner_count; i++)
 *             if (board_is_stuck(&board.learners[i], 0) == BOARD_STUCK_LONG) ...
 *     board_finish(&board);
 */
#ifndef BOARD_H
#define BOARD_H

#include "base.h"

#include <cjson/cJSON.h>

/* Without progress for this long, a learner is listed as stuck; after the longer time, highlighted,
 * and counted at the step. */
#define BOARD_STUCK_S 60
#define BOARD_STUCK_LONG_S 120

#define BOARD_NOWHERE ((size_t)-1)

struct board_learner {
	const char *learner, *name;             /* id and name; both NULL on the projector */
	const char *lesson, *step, *step_title; /* NULL: not begun, or finished */
	const char *line, *verdict;             /* of the last command, if the learner shows it */
	const char *hand;                       /* NULL: the hand is down */
	const char *signal;                     /* "done", "fast"; NULL */
	int64_t stuck_s, hand_s; /* since the last progress, 0 if there is nothing to do; hand up */
	unsigned done, of;
	size_t at;        /* index of the step; BOARD_NOWHERE: not begun, or finished */
	const char *grid; /* one letter per step: . r(eached) d(one) s(kipped) h(elped) f(ailed) */
	bool here, waiting, finished;
};

struct board_step {
	const char *lesson, *step, *title, *kind;
	unsigned reached, done, here, stuck; /* learners */
};

struct board_lesson {
	const char *lesson, *number, *title;
	size_t first, steps;
};

struct board_bar { /* an option, or an answer that was typed */
	const char *text;
	unsigned count;
	bool option, right;
};

struct board {
	const char *title, *code, *join;
	int64_t clock_ms; /* the server's clock */
	int64_t taken_ms; /* when it was read, on this machine's monotonic clock */
	const char *open; /* the title of the last open step; NULL: all are open */
	size_t open_at;   /* its index; BOARD_NOWHERE */
	bool paused, ended;
	int64_t timer_ms; /* on the server's clock; 0: none */
	const char *timer_text;
	struct {
		unsigned learners, here, hands, ready, fast;
	} counts;
	const char *question; /* the open question, or the one just closed; NULL */
	unsigned answered, answered_right;
	bool is_closed; /* it is closed and its answer shown */
	const char *answer, *explanation;
	struct board_bar *bars;
	size_t bar_count;
	struct board_learner *learners; /* in the order in which they joined */
	size_t learner_count;
	struct board_step *steps;
	size_t step_count;
	struct board_lesson *lessons;
	size_t lesson_count;
	struct arena arena;
};

/* ---- board.c: what follows from the state of learners ---- */

enum board_stuck { BOARD_MOVING, BOARD_STUCK, BOARD_STUCK_LONG };
/* Learners who are offline, wait or have finished are not stuck. age_ms: of the data. */
enum board_stuck board_is_stuck(const struct board_learner *learner, int64_t age_ms);

/* What is said of a learner in a word, e.g. "offline"; NULL-terminated, the most important first.
 */
enum board_tone { BOARD_QUIET, BOARD_GOOD, BOARD_WARN };
struct board_badge {
	const char *words;
	enum board_tone tone;
};
#define BOARD_BADGES_MAX 6
size_t board_badges(const struct board_learner *learner, struct board_badge ret[BOARD_BADGES_MAX]);

/* Those who are stuck, longest first; raised hands, the oldest first; steps with somebody at them,
 * those with most people stuck first. The caller frees the list. */
const struct board_learner **board_list_stuck(const struct board *board, size_t *ret_count);
const struct board_learner **board_list_hands(const struct board *board, size_t *ret_count);
const struct board_step **board_list_stops(const struct board *board, size_t *ret_count);
/* Sorts learners: those with something to do who have gone longest without progress come first. */
void board_sort(struct board *board);

/* Returns the lesson that contains the step; NULL if none does. */
const struct board_lesson *board_lesson_of(const struct board *board, size_t step);

/* ---- write.c ---- */

/* `named`: with what only the instructor sees. The caller owns the JSON. */
cJSON *board_learner_json(const struct board_learner *learner, bool named);
cJSON *board_step_json(const struct board_step *step);
cJSON *board_lesson_json(const struct board_lesson *lesson);
/* Adds the thresholds, for scripts that count on between updates. */
void board_add_thresholds(cJSON *board);

/* ---- read.c ---- */

/* Reads a board from JSON text, or from parsed JSON, which may then be deleted. */
bool board_read(const char *json, struct board *ret, struct error *err);
void board_read_json(const cJSON *json, struct board *ret);
void board_finish(struct board *board);

#endif

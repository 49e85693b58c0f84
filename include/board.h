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
	bool in_browser; /* in a terminal that the server shows */
};

struct board_step {
	const char *lesson, *step, *title, *kind;
	unsigned reached, done, here, stuck; /* learners */
};

struct board_lesson {
	const char *lesson, *number, *title;
	size_t first, steps;
};

struct board_message {  /* sent by an instructor */
	const char *at; /* "14:03" on the room's clock */
	const char *to; /* a learner's name; NULL: everybody */
	const char *by; /* an instructor's name; NULL */
	const char *text;
};

/* The step that most people are working on. */
struct board_focus {
	size_t at;           /* its index; BOARD_NOWHERE: no one is working on a step */
	unsigned done, of;   /* of those online */
	const char *task;    /* what to do, code in `…`; NULL */
	const char *command; /* NULL */
};

/* What the instructor wants on the projector. */
enum board_show { BOARD_SHOW_AUTO, BOARD_SHOW_JOIN, BOARD_SHOW_STEP };

struct board_bar { /* an option, or an answer that was typed */
	const char *text;
	unsigned count;
	bool option, right;
};

struct board {
	const char *title, *code, *join;
	int64_t clock_ms; /* the server's clock */
	const char *zone; /* its time zone; "": the server's */
	int64_t offset_s; /* of the room's clock, east of UTC */
	enum board_show show;
	int64_t taken_ms; /* when it was read, on this machine's monotonic clock */
	const char *open; /* the title of the last open step; NULL: all are open */
	size_t open_at;   /* its index; BOARD_NOWHERE */
	bool paused, ended;
	bool on_break;
	const char *ended_at; /* "14:03" */
	int64_t timer_ms;     /* on the server's clock; 0: none */
	const char *timer_text;
	struct {
		unsigned learners, here, hands, ready, fast;
		unsigned begun; /* online, and have completed a step */
	} counts;
	struct board_focus focus;
	const char *question; /* the open question, or the one just closed; NULL */
	unsigned answered, answered_right;
	const char *question_how; /* how to answer, code in `…`; NULL */
	bool is_closed;           /* it is closed and its answer shown */
	bool is_poll;             /* no answer is right or wrong */
	bool tally;               /* everybody sees the counts while it is open */
	bool counted;             /* this board has the counts */
	const char *answer, *explanation;
	struct board_bar *bars;
	size_t bar_count;
	struct board_message *messages; /* the newest first */
	size_t message_count;
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
const struct board_learner **board_list_offline(const struct board *board, size_t *ret_count);
/* BOARD_BY_NEED: those with something to do who have gone longest without progress come first. */
enum board_order { BOARD_BY_NEED, BOARD_BY_NAME, BOARD_BY_PROGRESS, BOARD_BY_JOINING };
void board_sort(struct board *board, enum board_order order);

/* What the projector shows. */
enum board_scene { BOARD_ARRIVAL, BOARD_WORKING, BOARD_ASKING, BOARD_BREAK, BOARD_OVER };
enum board_scene board_scene(const struct board *board);
/* "auto", "join", "step" */
bool board_show_read(const char *name, enum board_show *ret);
const char *board_show_name(enum board_show show);
/* How many steps of a lesson a learner has done. */
unsigned board_done_in(const struct board_learner *learner, const struct board_lesson *lesson);

/* Returns the lesson that contains the step; NULL if none does. */
const struct board_lesson *board_lesson_of(const struct board *board, size_t step);

/* ---- write.c ---- */

/* `named`: with what only the instructor sees. The caller owns the JSON. */
cJSON *board_learner_json(const struct board_learner *learner, bool named);
cJSON *board_step_json(const struct board_step *step);
cJSON *board_lesson_json(const struct board_lesson *lesson);
/* Adds the thresholds, for scripts that count on between updates. */
void board_add_thresholds(cJSON *board);
cJSON *board_message_json(const struct board_message *message);
cJSON *board_focus_json(const struct board_focus *focus);

/* ---- read.c ---- */

/* Reads a board from JSON text, or from parsed JSON, which may then be deleted. */
bool board_read(const char *json, struct board *ret, struct error *err);
void board_read_json(const cJSON *json, struct board *ret);
void board_finish(struct board *board);

#endif

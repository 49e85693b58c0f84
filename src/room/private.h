/* room/private.h - a room in memory, as the files of this module see it */
#ifndef ROOM_PRIVATE_H
#define ROOM_PRIVATE_H

#include "board.h"
#include "json.h"
#include "quiz.h"
#include "room.h"
#include "zone.h"

#include <pthread.h>

#define ROOM_NOWHERE ((size_t)-1)
#define ROOM_CODE_SIZE 9 /* including the NUL */
#define ROOM_TOKEN_LENGTH 40
#define ROOM_HOLD_BREAK 2 /* column "hold" of a room on a break; 1: only paused */

/* A learner's state in a step; the store has the numbers. */
enum room_step_state {
	ROOM_STEP_NONE,
	ROOM_STEP_REACHED,
	ROOM_STEP_DONE,
	ROOM_STEP_SKIPPED,
	ROOM_STEP_SHOWN, /* the solution was viewed */
};

enum room_signal { ROOM_SIGNAL_NONE, ROOM_SIGNAL_DONE, ROOM_SIGNAL_FAST };

struct room_learner {
	char *id, *name, *folded, *personal;
	char *seat; /* of the server's terminals; NULL: none */
	bool lines, here;
	int64_t joined_ms, seen_ms;
	int64_t since_ms; /* of the last progress, or since a step was unlocked for them */
	size_t at;        /* current step; step_count: past the last; ROOM_NOWHERE: not started */
	unsigned char *states; /* enum room_step_state, by step */
	bool *failed;          /* tried, but not done */
	char *hand;            /* reason for the raised hand; NULL: not raised */
	int64_t hand_ms;
	char *line, *verdict;
	enum room_signal signal;
	uint64_t version; /* of the room at the last change */
};

struct room_step { /* of the whole course, in order */
	const struct course_lesson *lesson;
	const struct course_step *step;
	char *title;
	char *task; /* what to do, code in `…`; NULL: only its command, or nothing */
};

struct room_key {
	char *name, *learner;
	int64_t since; /* the last event when it was issued */
};

struct room_answer {
	char *learner, *response;
	double fraction;
};

struct room_question {
	char *id, *gift;
	struct quiz *quiz;
	const struct quiz_question *q; /* in quiz */
	size_t *order;
	bool poll;                   /* nothing is right or wrong */
	bool tally;                  /* everybody sees the counts while it is open */
	int64_t asked_ms, closed_ms; /* closed_ms 0: open */
	struct room_answer *answers;
	size_t answer_count;
};

struct room_kept { /* an event that some clients may not have received yet */
	int64_t id, at_ms;
	char *learner, *name, *data;
};

/* Another instructor, with an address of the board for themselves. */
struct room_teacher {
	char *id, *name;
	char token[ROOM_TOKEN_LENGTH + 1];
};

struct room_guess {
	char *address;
	int64_t began_ms;
	unsigned count;
};

/* A lesson's GIFT file, as a source of questions. */
struct room_quiz {
	const struct course_lesson *lesson;
	struct quiz *quiz;
};

/* Fields before the lock are set once in room_open(). The others are changed by jobs of the store's
 * writer, one at a time, with the lock; so a job reads them without it. Any thread may use `here`,
 * guesses and `committed` with the lock. */
struct room {
	struct store *store;
	const struct course *course;
	int64_t (*monotonic_ms)(void);
	int64_t (*wall_ms)(void);
	char *id, *secret, *reference;
	char code[ROOM_CODE_SIZE];
	char tokens[2][ROOM_TOKEN_LENGTH + 1];
	struct room_step *steps;
	size_t step_count;
	struct room_quiz *quizzes;
	size_t quiz_count;
	int64_t base_ms, base_monotonic_ms;

	pthread_mutex_t lock;
	char *home;
	int64_t opened_ms, ended_ms;
	size_t open; /* the last unlocked step; ROOM_NOWHERE: all are unlocked */
	bool paused;
	bool on_break;    /* paused until the timer ends, or longer */
	int64_t timer_ms; /* its end; 0: none */
	char *timer_text;
	struct room_learner *learners;
	size_t learner_count;
	char *zone_name; /* "": the machine's */
	struct zone *zone;
	enum board_show show;
	struct room_teacher *teachers;
	size_t teacher_count;
	struct room_key *keys;
	size_t key_count;
	struct room_question *questions;
	size_t question_count;
	bool question_shown; /* show the last question although it is closed */
	struct room_kept *events;
	size_t event_count;
	int64_t event_id;         /* of the last event */
	int64_t state_id;         /* of the last change of state */
	int64_t committed;        /* id of the last event on disk */
	uint64_t version;         /* increases with each change that a board shows */
	uint64_t message_version; /* of the last message */
	struct room_guess *guesses;
	size_t guess_count;
	struct room_guess all_guesses;
};

/* ---- clock.c ---- */

/* Milliseconds since 1970; never jumps or goes back, whatever happens to the machine's clock. */
int64_t room_now(const struct room *room);
void room_start_clock(struct room *room, struct db *db);

/* ---- codes.c ---- */

/* Derives eight characters that are easy to read out from the room's secret. */
void room_derive(const struct room *room, const char *what, char out[ROOM_CODE_SIZE]);
void room_derive_all(struct room *room);
/* Derives the secret part of an address; out has room for ROOM_TOKEN_LENGTH + 1 bytes. */
void room_derive_token(const struct room *room, const char *what, char *out);

/* ---- steps.c ---- */

void room_lay_out(struct room *room);
void room_free_step(struct room_step *step);
/* The index of a step; step NULL or unknown: ROOM_NOWHERE. */
size_t room_find_step(const struct room *room, const char *lesson, const char *step);

/* ---- change.c ---- */

/* Makes a change by the store's writer: `run` returns an enum room_outcome or STORE_FAILED. */
enum room_outcome room_write(struct room *room,
	int (*run)(struct room *room, struct db *db, void *data, struct error *err), void *data,
	struct error *err);
bool room_over(const struct room *room, struct error *err); /* sets err if true */
/* Marks everything as changed for all viewers. */
void room_touch_all(struct room *room, uint64_t version);

/* ---- load.c: loads memory from the store ---- */
bool room_load(struct room *room, struct db *db, struct error *err);
void room_forget(struct room *room);
void room_drop_events(struct room *room, const char *name); /* only from memory */
void room_set_zone(struct room *room, const char *name);    /* unknown: the machine's */
void room_add_teacher(struct room *room, const char *id, const char *name);
void room_forget_teacher(struct room_teacher *teacher);
struct room_learner *room_add_learner(struct room *room, const char *id, const char *name);
void room_add_key(struct room *room, const char *name, const char *learner, int64_t since);
struct room_learner *room_find_learner(struct room *room, const char *id);

/* ---- events, within a job ---- */

/* Saves an event and assigns its id. learner NULL: to all. Takes ownership of the JSON. */
bool room_tell(struct room *room, struct db *db, const char *learner, const char *name, cJSON *data,
	struct error *err);
/* The state has changed: queues it for the learners. */
bool room_state_changed(struct room *room, struct db *db, struct error *err);
void room_touch(
	struct room *room, struct room_learner *learner); /* NULL: no learner's; needs the lock */
bool room_keep_learner(
	struct room *room, struct db *db, const struct room_learner *learner, struct error *err);
bool room_keep_step(struct room *room, struct db *db, const struct room_learner *learner, size_t at,
	unsigned tries, struct error *err);
bool room_keep_signal(struct room *room, struct db *db, const char *learner, const char *kind,
	const char *text, struct error *err);

/* ---- clean.c ---- */

/* Reduces text to one harmless line with a limited number of columns; NULL if nothing is left. The
 * caller frees it. */
char *room_clean(const char *text, size_t columns);

/* ---- rules ---- */

bool room_learner_waits(const struct room *room, const struct room_learner *learner);
bool room_learner_finished(const struct room *room, const struct room_learner *learner);
int64_t room_learner_stuck_ms(const struct room *room, const struct room_learner *learner);

/* ---- teachers.c: orders about other instructors ---- */
enum room_outcome room_order_teacher(
	struct room *room, const struct room_order *order, struct error *err);
enum room_outcome room_order_teacher_off(
	struct room *room, const struct room_order *order, struct error *err);

/* ---- board.c ---- */

/* "2026-11-26T09:05:00" on the room's clock. */
void room_format_time(const struct room *room, int64_t wall_ms, char out[TIME_TEXT_SIZE]);

/* What board and report show of a learner. The texts stay the room's. grid: step_count + 1 bytes,
 * which must live as long as *ret. */
void room_show_learner(const struct room *room, const struct room_learner *learner,
	struct board_learner *ret, char *grid);

/* ---- question.c ---- */

/* NULL: unsuitable as a question to the room; err says why. Takes no ownership. */
struct room_question *room_add_question(
	struct room *room, const char *id, const char *gift, uint64_t seed, struct error *err);
void room_add_answer(
	struct room_question *question, const char *learner, const char *response, double fraction);
struct room_question *room_open_question(struct room *room); /* NULL: none is open */
/* The fields that learners may see. */
cJSON *room_question_json(const struct room_question *question);
/* Also has the answers, and the correct one once the question is closed. The projector has neither
 * before everybody may see them. */
cJSON *room_question_board(const struct room_question *question, enum room_view view);
/* Counts who chose each option, in the order shown. */
void room_count_options(const struct room_question *question, size_t *counts);
/* Adds the answers that were typed, the most frequent first, each followed by its count. */
void room_list_words(const struct room_question *question, struct words *ret);
void room_add_solution(cJSON *json, const char *name, const struct room_question *question);

/* ---- ask.c ---- */
enum room_outcome room_ask(struct room *room, const struct room_order *order, struct error *err);
enum room_outcome room_answer(struct room *room, const char *learner, const char *id,
	const char *response, struct error *err);
enum room_outcome room_order_tally(
	struct room *room, const struct room_order *order, struct error *err);
int room_close_question(struct room *room, struct db *db, void *data, struct error *err);

#endif

/*
 * room.h - a workshop: its participants, their progress, events and questions for them, and the
 * report afterwards. Everything is in the store, and a successful call has reached the disk, so a
 * reopened room continues where it was. This module does not know HTTP; its user publishes the
 * events.
 *
 *     struct room *room;
 *     room_open(&(struct room_options){.store = store, .course = course, .reference = "docker"},
 *             &room, &err);
 *     room_join(room, &(struct room_join){.code = "…", .name = "Ann"}, &participant, &err);
 *     room_close(room);
 *
 * Any thread may make any call at any time, except room_open() and room_close().
 */
#ifndef ROOM_H
#define ROOM_H

#include "base.h"
#include "course.h"
#include "store.h"

#include <cjson/cJSON.h>

struct room;

struct room_options {
	struct store *store; /* must outlive the room, as must the course */
	const struct course *course;
	const char *reference; /* argument of `ropes learn` that opens the course */
	bool fresh;            /* opens a new room even if this course has one */
	bool ended;            /* opens the last room even if it has ended, for a report */
	/* The clocks; NULL: the machine's. */
	int64_t (*monotonic_ms)(void);
	int64_t (*wall_ms)(void);
};
/* Opens the course's latest room that has not ended, or ended less than twelve hours ago; else a
 * new one. */
bool room_open(const struct room_options *options, struct room **ret, struct error *err);
void room_close(struct room *room);
/* The reference of the course in the latest room; *ret NULL: no room. The caller frees it. */
bool room_last_reference(struct store *store, char **ret, struct error *err);

/* The strings below live as long as the room. */
const char *room_code(const struct room *room);
const char *room_title(const struct room *room);
const char *room_reference(const struct room *room);
const char *room_course_id(const struct room *room);
enum room_view { ROOM_BOARD, ROOM_PROJECTOR };
/* The token that opens a view; it survives restarts. */
const char *room_token(const struct room *room, enum room_view view);
bool room_token_fits(struct room *room, enum room_view view, const char *token);
/* Sets the home of the learners' accounts. The first value counts, also after a restart. */
bool room_settle(struct room *room, const char *origin, struct error *err);

enum room_outcome {
	ROOM_DONE,
	ROOM_WRONG,    /* no such code, learner, step or question */
	ROOM_TOO_MANY, /* too many wrong codes */
	ROOM_OVER,     /* the room has ended or is full, or the question is closed */
	ROOM_INVALID,  /* invalid input: see err */
	ROOM_FAILED,   /* store error */
};

/* Other instructors have addresses of their own, which can be withdrawn. Only who has the first one
 * adds and removes them, ends the room and reopens it. */
struct room_instructor {
	const char *id, *name, *token;
};
void room_instructors(struct room *room,
	void (*each)(void *data, const struct room_instructor *instructor), void *data);
/* The name of the instructor whose token opens the board; NULL: it is the first one's, or fits no
 * one. The caller frees it. */
char *room_instructor_name(struct room *room, const char *token);

/* ---- learners ---- */

/* Returns whether a code opens the room. A right code always does; wrong ones are counted by
 * address. */
enum room_outcome room_admit(
	struct room *room, const char *code, const char *address, struct error *err);

struct room_join {
	const char *code; /* the room's code, or a learner's own */
	const char *address, *name, *machine;
	bool lines;       /* agrees to show the command lines they run */
	const char *seat; /* as in room_sit(); NULL: none */
};
struct room_participant {
	char *learner, *name, *home; /* the account and the display name */
	char *personal;              /* code to join again as the same learner */
	bool renamed;                /* another learner already had that name */
};
enum room_outcome room_join(struct room *room, const struct room_join *join,
	struct room_participant *ret, struct error *err);
void room_participant_finish(struct room_participant *participant);
/* Assigns a key to a learner; a learner has one key for each machine. */
bool room_bind(struct room *room, const char *key_name, const char *learner, struct error *err);
/* The learner id of the key's owner; NULL: not a key of this room. The caller frees it. */
char *room_key_owner(struct room *room, const char *key_name);

/* The learner's session runs in this seat of the server's terminals, NULL: in none. It is not kept:
 * the sessions end with the server. */
void room_sit(struct room *room, const char *learner, const char *seat);
/* The name of the learner's seat; NULL: they have none, or there is no such learner. The caller
 * frees it. */
char *room_seat(struct room *room, const char *learner);

/* {"what": "hand" | "done" | "fast" | "answer", …} */
enum room_outcome room_say(
	struct room *room, const char *learner, const cJSON *said, struct error *err);

/* Updates a learner's progress from their statement, inside the transaction that stores it. If that
 * fails, call room_recover(). */
bool room_take(struct room *room, struct db *db, const char *learner, const cJSON *statement,
	struct error *err);
/* Reloads everything from the store after a change that was rolled back. */
void room_recover(struct room *room);
/* Sets who is connected, by id. Learners missing from the list have disconnected. */
void room_present(struct room *room, const struct words *learners);
/* Persists the last-seen time of everyone connected. */
bool room_attend(struct room *room, struct error *err);

/* ---- the instructor ---- */

struct room_order {
	const char *(*value)(const void *data, const char *name); /* a field; NULL: missing */
	const void *data;
	const char *by; /* name of the instructor; NULL: who has the first address */
};
/* do=open&lesson=…&step=…, open-next (step), open-lesson (to its end), open-all, by-step (lock what
 * no one has come to), hold, go, timer&seconds=…&text=… (or minutes=…), timer-off, break (as timer,
 * and pauses), message&text=…[&to=…], lower&to=…, ask&gift=… or ask&lesson=…&id=… or
 * poll&text=…&options=… (one per line; none: words)[&several=1], each [&tally=live],
 * tally&show=1|0, close, show&what=auto|join|step (projector), zone&zone=…, teacher&name=…,
 * teacher-off&id=…, end, reopen */
enum room_outcome room_control(
	struct room *room, const struct room_order *order, struct error *err);

/* ---- events to publish ---- */

struct room_event {
	int64_t id;          /* increasing */
	const char *learner; /* NULL: everybody */
	const char *name;    /* "message", "question", "answer", "setup", "end" */
	const char *data;    /* JSON */
};
/* Calls back for the kept events after an id, in order; learner NULL: everybody's. */
void room_events(struct room *room, int64_t after, const char *learner,
	void (*each)(void *data, const struct room_event *event), void *data);
/* The current state. *ret_id: id of the last event; *ret_changed: event id of the last change of
 * state. */
cJSON *room_state(struct room *room, int64_t *ret_id, int64_t *ret_changed);
/* The id of the last event when the key was issued; 0: no such key. */
int64_t room_key_since(struct room *room, const char *key_name);

/* The board as JSON; `join` is the command that learners type. The projector's board has no names.
 */
cJSON *room_board(struct room *room, enum room_view view, const char *join);
/* Only what changed since version *since (0: everything), and advances *since. NULL: no changes. */
cJSON *room_changes(struct room *room, enum room_view view, uint64_t *since);
/* Increases with each change that a board shows. */
uint64_t room_version(struct room *room);
/* The course's own questions: {"lesson", "number", "title", "questions": [{"id", "text"}]} for each
 * lesson. */
cJSON *room_questions(const struct room *room);

/* ---- afterwards ---- */

/* One table of the report: attendance, progress, where people were stuck, questions. */
struct room_table {
	const char *name;         /* of its CSV: "attendance" */
	const char *title, *note; /* note: a sentence below the title; NULL */
	const char *const *columns;
	size_t column_count;
	struct words cells;  /* row by row */
	const char *numbers; /* one letter for each column, 'n' if it is right-aligned */
	const char *nothing; /* shown if the table has no rows */
};
struct room_report {
	char *title;
	char *file;         /* name for files, without an ending: "workshop-docker-2026-11-26" */
	struct words facts; /* "opened: 2026-…" */
	struct room_table *tables;
	size_t table_count;
};
bool room_report(struct room *room, struct room_report *ret, struct error *err);
void room_report_finish(struct room_report *report);
/* One table as CSV (RFC 4180) that spreadsheets read as UTF-8. Returns false if the report has no
 * table of that name. */
bool room_report_csv(const struct room_report *report, const char *table, struct buf *out);
void room_report_markdown(const struct room_report *report, struct buf *out);

#endif

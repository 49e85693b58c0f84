/*
 * room.h - a workshop: who is in it, where they are, what they are told and asked, and what is left
 * of it afterwards. Everything is in the store, and what was told done is on the disk: a room that
 * is opened again goes on. Knows no HTTP; whoever uses it publishes what it tells.
 *
 *     struct room *room;
 *     room_open(&(struct room_options){.store = store, .course = course, .reference = "docker"},
 *             &room, &err);
 *     room_join(room, &(struct room_join){.code = "…", .name = "Ann"}, &participant, &err);
 *     room_close(room);
 *
 * All calls may come from any thread at once, but room_open() and room_close().
 */
#ifndef ROOM_H
#define ROOM_H

#include "base.h"
#include "course.h"
#include "store.h"

#include <cjson/cJSON.h>

struct room;

struct room_options {
	struct store *store; /* lives longer than the room, as does the course */
	const struct course *course;
	const char *reference; /* what `ropes learn` opens the course by */
	bool fresh;            /* a new room, even where there is one of this course */
	bool ended;            /* the last one, also where it has ended: for a report */
	/* The clocks; NULL: the machine's. */
	int64_t (*monotonic_ms)(void);
	int64_t (*wall_ms)(void);
};
/* The room of the course that was opened last and did not end, else a new one. */
bool room_open(const struct room_options *options, struct room **ret, struct error *err);
void room_close(struct room *room);
/* What the course of the room that was opened last is opened by; *ret NULL: there was none. The
 * caller frees it. */
bool room_last_reference(struct store *store, char **ret, struct error *err);

/* All below live as long as the room. */
const char *room_code(const struct room *room);
const char *room_title(const struct room *room);
const char *room_reference(const struct room *room);
enum room_view { ROOM_BOARD, ROOM_PROJECTOR };
/* What opens a view; the same after each start. */
const char *room_token(const struct room *room, enum room_view view);
bool room_token_fits(const struct room *room, enum room_view view, const char *token);
/* Where the learners' accounts are at home; what is said first counts, also after a restart. */
bool room_settle(struct room *room, const char *origin, struct error *err);

enum room_outcome {
	ROOM_DONE,
	ROOM_WRONG,    /* no such code, learner, step or question */
	ROOM_TOO_MANY, /* wrong codes came too often */
	ROOM_OVER,     /* the room has ended, the question is closed, the room is full */
	ROOM_INVALID,  /* what was said makes no sense: err says why */
	ROOM_FAILED,   /* the store */
};

/* ---- learners ---- */

/* Whether a code opens the room. A right one always does; wrong ones are counted by address. */
enum room_outcome room_admit(
	struct room *room, const char *code, const char *address, struct error *err);

struct room_join {
	const char *code; /* the room's, or a learner's own */
	const char *address, *name, *machine;
	bool lines; /* the lines that they run may be shown */
};
struct room_participant {
	char *learner, *name, *home; /* the account, and what they are called */
	char *personal;              /* joins the same learner again */
	bool renamed;                /* there was somebody of that name */
};
enum room_outcome room_join(struct room *room, const struct room_join *join,
	struct room_participant *ret, struct error *err);
void room_participant_finish(struct room_participant *participant);
/* The key by which a learner asks from now on; a learner has one a machine. */
bool room_bind(struct room *room, const char *key_name, const char *learner, struct error *err);
/* Whose key it is, as their id; the caller frees it. NULL: nobody's in this room. */
char *room_key_owner(struct room *room, const char *key_name);

/* {"what": "hand" | "done" | "fast" | "answer", …} */
enum room_outcome room_say(
	struct room *room, const char *learner, const cJSON *said, struct error *err);

/* What a statement of this learner tells of where they are. For the transaction that keeps it; if
 * that fails, room_recover(). */
bool room_take(struct room *room, struct db *db, const char *learner, const cJSON *statement,
	struct error *err);
/* Reads everything anew, after a change that was not kept. */
void room_recover(struct room *room);
/* Who is connected now, by id; who is not in the list has gone. */
void room_present(struct room *room, const struct words *learners);
/* Keeps until when those who are there were there. */
bool room_attend(struct room *room, struct error *err);

/* ---- the instructor ---- */

struct room_order {
	const char *(*value)(const void *data, const char *name); /* a field; NULL: not there */
	const void *data;
};
/* do=open&lesson=…&step=…, open-next (step), open-lesson (to its end), open-all, hold, go,
 * timer&seconds=…&text=… (or minutes=…), timer-off, message&text=…[&to=…], lower&to=…, ask&gift=…
 * or ask&lesson=…&id=…, close, end */
enum room_outcome room_control(
	struct room *room, const struct room_order *order, struct error *err);

/* ---- what is to be published ---- */

struct room_event {
	int64_t id;          /* rises */
	const char *learner; /* NULL: all */
	const char *name;    /* "message", "question", "answer", "setup", "end" */
	const char *data;    /* JSON */
};
/* Events behind an id that are kept, in order; learner NULL: everybody's. */
void room_events(struct room *room, int64_t after, const char *learner,
	void (*each)(void *data, const struct room_event *event), void *data);
/* What holds now. *ret_id: of the last event; *ret_changed: when it became so, as an event's id. */
cJSON *room_state(struct room *room, int64_t *ret_id, int64_t *ret_changed);
/* Events up to this one a key has seen when it was given; 0: no such key. */
int64_t room_key_since(struct room *room, const char *key_name);

/* The board; `join` is the address that learners type. The projector's has no names. */
cJSON *room_board(struct room *room, enum room_view view, const char *join);
/* The same with only what is new since *since (0: everything), which goes on. NULL: nothing. */
cJSON *room_changes(struct room *room, enum room_view view, uint64_t *since);
/* Rises with each change of what a board shows. */
uint64_t room_version(struct room *room);
/* The course's own questions: {"lesson", "title", "questions": [{"id", "text"}]} each. */
cJSON *room_questions(const struct room *room);

/* ---- afterwards ---- */

/* A report, as parts to be printed: attendance, progress, where people were stuck, questions. */
struct room_table {
	const char *title, *note; /* note: a sentence below the title; NULL */
	const char *const *columns;
	size_t column_count;
	struct words cells;  /* row by row */
	const char *numbers; /* 'n' where a column is right-aligned, a letter a column */
	const char *nothing; /* said where there are no rows */
};
struct room_report {
	char *title;
	struct words facts; /* "opened: 2026-…" */
	struct room_table *tables;
	size_t table_count;
};
bool room_report(struct room *room, struct room_report *ret, struct error *err);
void room_report_finish(struct room_report *report);
void room_report_markdown(const struct room_report *report, struct buf *out);

#endif

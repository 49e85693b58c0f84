/*
 * sync.h - from a learner's record to a Learning Record Store: `ropes serve`, or any that a company
 * runs. Offline first: what can't be sent now is sent another time; nothing is sent twice that
 * counts, since every statement has an id of its own, and nothing is lost.
 *
 * A workshop is such a remote, too, with an account that its server gave: see sync_room_join(), and
 * sync_link for what goes to and fro while a session lasts.
 */
#ifndef SYNC_H
#define SYNC_H

#include "base.h"
#include "record.h"

struct http_connection;

/* Where statements go, as the learner agreed. A team's: $XDG_CONFIG_HOME/ropes/sync.json, mode
 * 0600. Workshops' lie beside it, in rooms/, one for each address, code and learner. */
struct sync_remote {
	char *url; /* of the store: https://…/xapi */
	char *key, *secret;
	bool lines; /* the lines that were run are sent, too */

	/* Of a workshop; NULL and 0 elsewhere. */
	char *ca;                    /* file of the authority that its certificate is from; NULL */
	char *home, *account, *name; /* the actor of what is sent; the record keeps its own */
	char *learner;               /* whose statements of the record are sent; NULL: all */
	int64_t since;               /* only statements behind this number of the record … */
	char *since_id;              /* … which is this one's; "": there was none yet */
	char *code, *personal;       /* that was joined with; for a second machine */
	char *asked;                 /* the name that was asked for */
	char *course, *title;
};
/* *ret->url is NULL where nothing was agreed on. */
bool sync_remote_load(struct sync_remote *ret, struct error *err);
bool sync_remote_save(const struct sync_remote *remote, struct error *err);
bool sync_remote_forget(struct error *err);
void sync_remote_finish(struct sync_remote *remote);

struct sync_options {
	unsigned tries;  /* of one request, with growing pauses between; 0: 5 */
	long timeout_ms; /* of one request; 0: 30 s */
	/* Tells of what goes wrong but does not end it; NULL. */
	void (*tell)(void *data, const char *what);
	void *data;
	struct http_connection *connection; /* NULL: a new one each time */
};

struct sync_report {
	unsigned sent;
	unsigned aside; /* refused for good: another one has that id, or it is not taken */
	bool refused;   /* the key is not taken (any more) */
};

/* Sends what was not sent yet, goes on where it was left. False: the store can't be reached, or
 * does not take the key; what was sent until then is remembered, and in *ret. */
bool sync_run(struct record *record, const struct sync_remote *remote,
	const struct sync_options *options, struct sync_report *ret, struct error *err);
/* How many statements wait for this remote. */
bool sync_waiting(
	struct record *record, const struct sync_remote *remote, unsigned *ret, struct error *err);

/* ---- joining a workshop ---- */

/* The server's origin out of what was typed: "host:8410/", "https://host/room". https:// is meant
 * where nothing is said, but on this machine. The caller frees it. Errors: http:// to another
 * machine. */
bool sync_room_origin(const char *url, char **ret, struct error *err);

struct sync_room {
	char *title;
	char *course; /* reference for `ropes learn` */
};
void sync_room_finish(struct sync_room *room);
/* What the code opens. Errors: ERROR_USAGE where there is no such code; ERROR_ENVIRONMENT where
 * nobody answers, or wrong codes were tried too often. */
bool sync_room_look(const char *origin, const char *code, const char *ca, struct sync_room *ret,
	struct error *err);

struct sync_joining {
	const char *origin, *code, *ca;
	const char *name; /* asked for; the room may give another one */
	const char *learner;
	bool lines;
	struct record *record; /* only what it gets from now on is sent; NULL: nothing */
};
/* Joins, and keeps the remote. The caller finishes *ret. */
bool sync_room_join(const struct sync_joining *joining, struct sync_remote *ret, struct error *err);
/* The remote of an earlier joining on this machine; ret->url is NULL where there was none. */
bool sync_room_load(const char *origin, const char *code, const char *learner,
	struct sync_remote *ret, struct error *err);
/* Where the record is another one than at the joining, only what it gets from now on is sent. */
bool sync_room_resume(struct sync_remote *remote, struct record *record, struct error *err);
bool sync_room_save(const struct sync_remote *remote, struct error *err);
/* Whether the server still knows this remote's key; true also where it does not answer, for it may
 * again. */
bool sync_room_come_back(const struct sync_remote *remote);

/* ---- while a session lasts ---- */

enum sync_news {
	SYNC_STATE,
	SYNC_MESSAGE,
	SYNC_QUESTION,
	SYNC_ANSWER, /* the question was closed */
	SYNC_END,
	SYNC_LOST, /* the connection; it comes back by itself */
	SYNC_BACK,
	SYNC_REFUSED, /* something that was said is not taken, or the key is not */
};

struct sync_question {
	const char *id; /* NULL: there is none */
	const char *text, *kind;
	const char **options;
	size_t option_count;
};

/* What came; NULL, 0 and false where a field does not apply. Foreign text: not harmless. */
struct sync_event {
	enum sync_news news;
	const char *text; /* message; the right answer; why */
	bool to_all;
	struct sync_question question; /* STATE, QUESTION; ANSWER: only its id */
	const char *explanation, *yours;
	bool is_judged, right;               /* ANSWER */
	const char *open_lesson, *open_step; /* STATE: the last one that is open; NULL: all are */
	bool paused, ended;                  /* STATE */
	int64_t timer_ms;                    /* STATE: until when, wall clock; 0: no timer */
	const char *timer_text;
};
/* Reads an event's name and JSON; strings live in `arena`. False: it is none that is known. */
bool sync_event_read(
	const char *name, const char *json, struct arena *arena, struct sync_event *ret);

/* Two threads: one listens to the room, one sends what the record gets. Neither ever keeps the
 * session waiting. For a team's remote there is the second one only, which looks by itself. */
struct sync_link;
/* record_path NULL: nothing is recorded. `remote` must outlive it. */
struct sync_link *sync_link_open(const struct sync_remote *remote, const char *record_path);
/* Readable while there is something for sync_link_next(). */
int sync_link_fd(const struct sync_link *link);
/* The next event; its strings live until the next call. False: there is none now. */
bool sync_link_next(struct sync_link *link, struct sync_event *ret);
/* The record got something. */
void sync_link_poke(struct sync_link *link);

enum sync_saying { SYNC_HAND, SYNC_HAND_DOWN, SYNC_DONE, SYNC_FAST, SYNC_RESPONSE };
/* Kept while the connection is lost. id: of the question that `text` answers; NULL elsewhere. */
void sync_link_say(
	struct sync_link *link, enum sync_saying saying, const char *id, const char *text);
bool sync_link_is_connected(struct sync_link *link);
/* Sends what is left, for at most about wait_ms. False: some of it waits for another day. */
bool sync_link_close(struct sync_link *link, long wait_ms);

/* ---- looking at a workshop's board ---- */

/* Its state as JSON, once; url: with the token. The caller frees it. */
bool sync_board(const char *url, const char *ca, char **ret_json, struct error *err);
/* The same again whenever something changed, by a thread of its own that comes back by itself. */
struct sync_watch;
bool sync_watch_open(const char *url, const char *ca, struct sync_watch **ret, struct error *err);
/* Readable while there is news. */
int sync_watch_fd(const struct sync_watch *watch);
/* The newest state; NULL: none since the last call. The caller frees it. */
char *sync_watch_next(struct sync_watch *watch, bool *ret_connected);
void sync_watch_close(struct sync_watch *watch);

#endif

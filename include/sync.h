/*
 * sync.h - sends a learner's record to a Learning Record Store: `ropes serve`, or any that a
 * company runs. Offline first: what cannot be sent now is sent later. Every statement has its own
 * id, so sending one twice has no effect, and none is lost.
 *
 * A workshop is a remote, too, with an account that its server issued: see sync_room_join(), and
 * sync_link for the traffic during a session.
 */
#ifndef SYNC_H
#define SYNC_H

#include "base.h"
#include "record.h"

struct http_connection;

/* Destination of statements, as the learner agreed. A team's remote is in
 * $XDG_CONFIG_HOME/ropes/sync.json, mode 0600. Workshops' remotes are beside it in rooms/, one file
 * for each address, code and learner. */
struct sync_remote {
	char *url; /* of the store: https://…/xapi */
	char *key, *secret;
	bool lines; /* also send the command lines */
	char *ca;   /* file with the CA of its certificate; may be NULL */
	char *pin;  /* fingerprint of its public key, as in http.h; may be NULL */
	/* The actor to send, an account or an address; NULL: the record's own. */
	char *home, *account, *mbox, *name;
	char *learner; /* whose statements to send; NULL: everybody's */

	/* Workshops only; NULL and 0 for a team. */
	int64_t since;         /* send only statements after this number of the record … */
	char *since_id;        /* … which has this id; "": the record was empty */
	char *code, *personal; /* codes used for joining; for a second machine */
	char *asked;           /* the requested name */
	char *course, *course_id, *title; /* course_id: NULL from earlier servers */
};
/* *ret->url is NULL if the learner has not agreed to anything. */
bool sync_remote_load(struct sync_remote *ret, struct error *err);
bool sync_remote_save(const struct sync_remote *remote, struct error *err);
bool sync_remote_forget(struct error *err);
void sync_remote_finish(struct sync_remote *remote);

/* ---- joining a team ---- */

/* What a lead hands out: "https://HOST/join#CODE.FINGERPRINT", or an address and a code. */
struct sync_invitation {
	char *url; /* of the server, by sync_server_read() */
	char *code, *pin;
};
/* code NULL: the link contains it. Errors: the link is not one, or http:// to another machine. */
bool sync_invitation_read(
	const char *link, const char *code, struct sync_invitation *ret, struct error *err);
void sync_invitation_finish(struct sync_invitation *invitation);

/* A person as the team's server knows them. */
struct sync_person {
	char *name, *teams; /* NULL: unknown */
	char *account;      /* or their address */
};
void sync_person_finish(struct sync_person *person);

/* Asks whom the invitation is for, or whether it is for `who` (an account, an address or a name;
 * NULL: not known). False with *ret_choose: it is for several people, and `choices` gets the names
 * of those who have not joined. Other errors are final. */
bool sync_invitation_look(const struct sync_invitation *invitation, const char *who, const char *ca,
	struct sync_person *ret, bool *ret_choose, struct words *choices, struct error *err);
/* Accepts it: *ret gets a key of this machine, and the person to send as. `learner`: whose
 * statements of the record to send. The caller finishes both, and saves *ret. */
bool sync_invitation_accept(const struct sync_invitation *invitation, const char *who,
	const char *learner, const char *ca, struct sync_remote *ret,
	struct sync_person *ret_person, struct error *err);

/* Asks the store whether it accepts the key. If it is a team's server, learns whose key it is, and
 * sends as that person from then on. */
bool sync_remote_check(
	struct sync_remote *remote, struct sync_person *ret_person, struct error *err);
/* Since when nothing could be sent, and why; 0: the last attempt succeeded. The caller frees
 * *ret_why. */
int64_t sync_remote_problem(const struct sync_remote *remote, char **ret_why);

struct sync_assignment {
	const char *course; /* IRI */
	const char *title;
	int64_t due_ms;
	bool done;
};
/* Calls `each` with what the team had assigned when something was sent last. Untrusted text:
 * sanitize before printing. */
void sync_assigned(const struct sync_remote *remote,
	void (*each)(void *data, const struct sync_assignment *assignment), void *data);

/* ---- courses of the team ---- */

/* A course travels as a parcel, JSON text: {"index.md": "BASE64URL", …}, its files in the order of
 * their names. Assigned courses arrive with the assignments, in folders of their own. */
#define SYNC_PARCEL_MAX ((size_t)8 * 1024 * 1024) /* bytes of all files */
/* The folder of a course that arrives; NULL: no course that arrives has such a name. It need not
 * exist. The caller frees it. */
char *sync_course_folder(const char *name);
/* Lists the notes, questions and pictures below a folder: "index.md", "quizzes/one.gift". */
bool sync_parcel_list(const char *folder, struct words *ret, struct error *err);
/* Packs files of a folder, and sorts their names. ERROR_FAILED: a course may not contain one of
 * them, or they are too large. */
bool sync_parcel_pack(const char *folder, struct words *names, struct buf *out, struct error *err);
/* Writes a parcel into an empty folder. ERROR_FAILED: it is not a parcel, or has a file that
 * sync_parcel_list() would not list; then the folder has some of it. */
bool sync_parcel_unpack(const struct buf *parcel, const char *folder, struct error *err);

struct sync_options {
	unsigned tries;  /* for each request, with growing pauses between; 0: 5 */
	long timeout_ms; /* for each request; 0: 30 s */
	bool asks;       /* ask the store even if nothing waits to be sent */
	/* Reports what does not stop the run: a problem, a course that arrived; may be NULL. */
	void (*tell)(void *data, const char *what);
	void *data;
	struct http_connection *connection; /* NULL: a new one for each request */
};

/* Asks the team's server what is assigned, and fetches courses that the learner lacks; in a session
 * (one try), at most every few minutes. sync_run() does this, too. */
void sync_refresh(const struct sync_remote *remote, const struct sync_options *options);

struct sync_report {
	unsigned sent;
	unsigned aside; /* rejected for good: its id is taken, or the store does not accept it */
	bool refused;   /* the store does not accept the key (any more) */
};

/* Sends what has not been sent yet, continuing from the last position. False: the store is
 * unreachable or rejects the key, which is noticed if something waits or `asks` is set; progress up
 * to then is saved and in *ret. */
bool sync_run(struct record *record, const struct sync_remote *remote,
	const struct sync_options *options, struct sync_report *ret, struct error *err);
/* Counts the statements that wait for this remote. */
bool sync_waiting(
	struct record *record, const struct sync_remote *remote, unsigned *ret, struct error *err);

/* ---- joining a workshop ---- */

/* Derives a server's address from what the user typed or copied: "host:8410/",
 * "https://host/ropes", or that of a page, "https://host/ropes/room?code=K7QM". The default is
 * https://, except on this machine. The caller frees it. Errors: http:// to another machine. */
bool sync_server_read(const char *typed, char **ret, struct error *err);
/* The code in the address of a workshop's page; NULL: none. The caller frees it. */
char *sync_room_code(const char *link);

struct sync_room {
	char *title;
	char *course; /* argument of `ropes learn` */
};
void sync_room_finish(struct sync_room *room);
/* Looks up a code. Errors: ERROR_USAGE for an unknown code; ERROR_ENVIRONMENT if the server does
 * not answer or there were too many wrong codes. */
bool sync_room_look(const char *origin, const char *code, const char *ca, struct sync_room *ret,
	struct error *err);

struct sync_joining {
	const char *origin, *code, *ca;
	const char *name; /* requested name; the room may assign another one */
	const char *learner;
	bool lines;
	const char *seat;      /* in whose terminal the server shows the session; NULL: in none */
	struct record *record; /* send only what it gets from now on; NULL: nothing */
};
/* Joins and saves the remote. The caller finishes *ret. */
bool sync_room_join(const struct sync_joining *joining, struct sync_remote *ret, struct error *err);
/* Loads the remote of an earlier join on this machine; ret->url is NULL if there is none. */
bool sync_room_load(const char *origin, const char *code, const char *learner,
	struct sync_remote *ret, struct error *err);
/* If the record has been replaced since joining, sends only what it gets from now on. */
bool sync_room_resume(struct sync_remote *remote, struct record *record, struct error *err);
bool sync_room_save(const struct sync_remote *remote, struct error *err);
/* Returns whether the server still accepts this remote's key; also true if it does not answer,
 * because it may recover. `seat`: as above. */
bool sync_room_come_back(const struct sync_remote *remote, const char *seat);

/* ---- during a session ---- */

enum sync_news {
	SYNC_STATE,
	SYNC_MESSAGE,
	SYNC_QUESTION,
	SYNC_ANSWER, /* the question was closed */
	SYNC_END,
	SYNC_LOST, /* connection lost; it reconnects by itself */
	SYNC_BACK,
	SYNC_REFUSED, /* the server rejected a message or the key */
};

struct sync_question {
	const char *id; /* may be NULL */
	const char *text, *kind;
	const char **options;
	size_t option_count;
	bool is_poll; /* no answer is right or wrong */
};

/* An event; NULL, 0 and false where a field does not apply. Untrusted text: sanitize before
 * printing. */
struct sync_event {
	enum sync_news news;
	const char *text; /* message; the correct answer; the reason */
	bool to_all;
	struct sync_question question; /* STATE, QUESTION; ANSWER: only its id */
	const char *explanation, *yours;
	bool is_judged, right; /* ANSWER */
	const char *open_lesson,
		*open_step; /* STATE: the last unlocked step; NULL: all are unlocked */
	bool paused, ended; /* STATE */
	int64_t timer_ms;   /* STATE: end time, wall clock; 0: no timer */
	const char *timer_text;
};
/* Parses an event's name and JSON; strings live in `arena`. False: unknown event. */
bool sync_event_read(
	const char *name, const char *json, struct arena *arena, struct sync_event *ret);

/* Two threads: one listens to the room, one sends new statements. Neither ever blocks the session.
 * A team's remote has only the sender, which polls the record by itself. */
struct sync_link;
/* record_path NULL: record nothing. `remote` must outlive the link. */
struct sync_link *sync_link_open(const struct sync_remote *remote, const char *record_path);
/* Readable while sync_link_next() has something to return. */
int sync_link_fd(const struct sync_link *link);
/* The next event; its strings live until the next call. False: none now. */
bool sync_link_next(struct sync_link *link, struct sync_event *ret);
/* Announces new statements in the record. */
void sync_link_poke(struct sync_link *link);

enum sync_saying { SYNC_HAND, SYNC_HAND_DOWN, SYNC_DONE, SYNC_FAST, SYNC_RESPONSE };
/* Queues a message; it survives a lost connection. id: the question that `text` answers; else NULL.
 */
void sync_link_say(
	struct sync_link *link, enum sync_saying saying, const char *id, const char *text);
bool sync_link_is_connected(struct sync_link *link);
/* Sends what is left, for at most about wait_ms. False: some of it remains for another time. */
bool sync_link_close(struct sync_link *link, long wait_ms);

/* ---- watching a workshop's board ---- */

/* Gets the board's state as JSON, once; url includes the token. The caller frees it. */
bool sync_board(const char *url, const char *ca, char **ret_json, struct error *err);
/* The same after every change, in a thread that reconnects by itself. */
struct sync_watch;
bool sync_watch_open(const char *url, const char *ca, struct sync_watch **ret, struct error *err);
/* Readable while a new state is available. */
int sync_watch_fd(const struct sync_watch *watch);
/* The newest state; NULL: none since the last call. The caller frees it. */
char *sync_watch_next(struct sync_watch *watch, bool *ret_connected);
void sync_watch_close(struct sync_watch *watch);

#endif

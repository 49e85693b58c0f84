/* terminals/private.h - what the files of this module share. Only the module's thread touches seats
 * and viewers. */
#ifndef TERMINALS_PRIVATE_H
#define TERMINALS_PRIVATE_H

#include "terminals.h"

#include <cjson/cJSON.h>
#include <poll.h>
#include <pthread.h>
#include <wslay/wslay.h>

#define SEAT_NAME_SIZE 25 /* hexadecimal text of 96 bits, and NUL */

enum seat_state {
	SEAT_EMPTY,   /* no program */
	SEAT_WAITING, /* for another seat's program to end */
	SEAT_OPEN,
	SEAT_ENDING, /* the program has hung up or was told to end */
};

/* What a connection may do. */
enum viewer_role {
	VIEWER_OWNER, /* has the seat's token; or has said nothing yet */
	VIEWER_ASKS,  /* a guest who waits for an owner's answer */
	VIEWER_LOOKS,
	VIEWER_TYPES,
	VIEWER_LEAVES, /* a guest whose connection is being closed */
};

/* The functions of wslay that ropes calls, without their prefix. */
/* clang-format off */
#define WSLAY_FUNCTIONS(f) \
	f(wslay_event_, config_set_max_recv_msg_length) \
	f(wslay_event_, context_free) \
	f(wslay_event_, context_server_init) \
	f(wslay_event_, get_close_sent) \
	f(wslay_event_, get_queued_msg_length) \
	f(wslay_event_, queue_close) \
	f(wslay_event_, queue_msg) \
	f(wslay_event_, recv) \
	f(wslay_event_, send) \
	f(wslay_event_, set_error) \
	f(wslay_event_, want_read) \
	f(wslay_event_, want_write)
/* clang-format on */
struct wslay_library {
	WSLAY_FUNCTIONS(LIBRARY_POINTER)
};
extern struct wslay_library terminals_wslay;
bool terminals_library_open(struct error *err);

struct viewer;

/* A seat that has a program or viewers. */
struct seat {
	char folder_name[SEAT_NAME_SIZE];
	char key[TERMINALS_KEY_SIZE];
	char *name; /* the person's */
	enum seat_state state;
	pid_t pid;
	int terminal;           /* the program's terminal; -1: none */
	struct buf shown;       /* the end of what it printed */
	bool is_cut;            /* `shown` lacks the beginning */
	struct buf typed;       /* what the program has not read yet */
	unsigned rows, columns; /* 0: unknown */
	unsigned viewers;       /* owners */
	unsigned guests;        /* of any kind */
	int64_t since_ms; /* when it began to wait, lost its last viewer, or was told to end */
	bool is_killed;
	char *ports;       /* the last message about them; NULL: none */
	int64_t listed_ms; /* when they were listed */
	struct seat *next;
};

struct viewer {
	struct terminals_connection connection;
	struct buf early;
	wslay_event_context_ptr socket;
	struct seat *seat; /* NULL: its token has not arrived */
	enum viewer_role role;
	struct guest *guest; /* who it is; NULL: no guest */
	unsigned place;      /* told to the browser; 0: none */
	int64_t sent_ms;     /* since when the browser has not taken what is queued */
	int64_t heard_ms;    /* when it last sent something */
	bool is_asked;       /* whether it is still there */
	bool is_over;
	struct terminals *terminals;
	void (*obey)(struct viewer *viewer, const cJSON *order);
	struct viewer *next;
};

struct terminals {
	struct terminals_options o;
	char *folder, *address, *url;
	pthread_t thread;
	bool has_thread;
	int wake; /* an eventfd */

	pthread_mutex_t lock; /* for what follows */
	bool ending;
	struct viewer *arrived;
	struct terminals_figures figures;

	/* the thread's own */
	unsigned guest_id; /* the last one's */
	struct seat *seats;
	struct viewer *viewers;
};

/* ---- seat.c: folders and tokens ---- */

/* Returns the seat with this token, which may have to be read from its folder; NULL: there is none.
 */
struct seat *seat_find(struct terminals *t, const char *token);
char *seat_folder(const struct terminals *t, const struct seat *seat); /* the caller frees it */
void seat_free(struct seat *seat);

/* ---- ports.c: what a seat has open ---- */

/* Lists its ports again. Returns whether the message about them is another one now. */
bool ports_list(struct terminals *t, struct seat *seat);

/* ---- program.c: a seat's program and its terminal ---- */

/* Starts the program; without one, the seat shows why. */
void program_start(struct terminals *t, struct seat *seat);
void program_resize(struct seat *seat, unsigned rows, unsigned columns);
void program_type(struct seat *seat, const void *bytes, size_t length);
/* Writes what is typed as far as the program reads it. */
void program_feed(struct seat *seat);
/* Reads what the program prints, appends it to `shown`, and returns its length; 0: nothing; -1: the
 * program has hung up. */
ssize_t program_read(struct seat *seat, char *bytes, size_t size);
/* Tells the program to end. */
void program_end(struct seat *seat, int64_t now_ms);
/* Returns whether a program that was told to end has ended; kills it if that takes long. */
bool program_has_ended(struct seat *seat, int64_t now_ms);

/* ---- guest.c: who looks at somebody else's seat ---- */

/* Takes a guest's first message: the owners are asked, or the connection is closed. */
void guest_ask(struct viewer *viewer, const char *pass, const char *of);
/* Takes an owner's answer. */
void guest_answer(struct viewer *owner, const cJSON *order);
/* Tells an owner about the guests, if there are any. */
void guest_introduce_all(struct viewer *owner);
/* Sends output to the guests who may see it, as far as they keep up. */
void guest_send_all(struct terminals *t, const struct seat *seat, const void *bytes, size_t length);
/* Tells guests the size of the terminal. */
void guest_resize_all(struct terminals *t, const struct seat *seat);
/* Every look at this seat is over. */
void guest_end_all(struct terminals *t, struct seat *seat, const char *reason);
/* Ends it if the pass no longer counts, and shows what was missed. */
void guest_look_after(struct viewer *viewer, int64_t now_ms);
/* The connection is gone. */
void guest_leave(struct viewer *viewer);

/* ---- viewer.c: a browser's connection ---- */

/* Calls `obey` with each object that the browser sends. */
struct viewer *viewer_create(const struct terminals_connection *connection,
	void (*obey)(struct viewer *viewer, const cJSON *order));
void viewer_free(struct viewer *viewer);
/* The events that it waits for. */
short viewer_events(const struct viewer *viewer);
void viewer_serve(struct viewer *viewer, short events);
void viewer_send(struct viewer *viewer, const void *bytes, size_t length);
/* Sends the state of its seat, and for an open one what it shows. */
void viewer_tell(struct viewer *viewer);
/* Sends a message that is an object. */
void viewer_say(struct viewer *viewer, const char *text);
/* Sends what its seat has shown so far. */
void viewer_show(struct viewer *viewer);
/* Says that its program has ended. */
void viewer_say_ended(struct viewer *viewer);
/* Returns whether output may be read for it: it has taken most of the earlier output. */
bool viewer_keeps_up(const struct viewer *viewer);
/* Returns whether it has taken everything. */
bool viewer_has_all(const struct viewer *viewer);
/* Asks the browser for a sign that it is still there (a ping). */
void viewer_ask(struct viewer *viewer);
void viewer_close(struct viewer *viewer, unsigned code, const char *reason);

#endif

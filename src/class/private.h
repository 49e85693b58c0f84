/* class/private.h - what the parts of the class share. Private to src/class. */
#ifndef CLASS_PRIVATE_H
#define CLASS_PRIVATE_H

#include "class.h"
#include "engine.h"

#include <pthread.h>

#define FAILURES_MOST 3

struct daemon {
	char *address;
	const char *tls_folder; /* the class's; NULL: none */
	/* of the thread that asks */
	struct engine *engine;
	int failures;
	bool named, listed; /* by the options; in the swarm's list of now */
	/* behind the lock */
	bool healthy;
	char *why;
	size_t learners;
	/* behind the one of the seats */
	struct words leavers; /* owners who were moved away: what they left is to be removed */
};

struct seat {
	char *owner, *path;
	uid_t uid;
	struct daemon *daemon;
	size_t part; /* of the host ports */
	struct gate *gate;
	pthread_t thread;
	int stop[2]; /* the gate runs until the second is closed */
};

struct class
{
	char *folder, *swarm, *tls_folder;
	struct gate_policy policy;
	bool practice, started; /* the practice daemon is the daemon; it was started here */
	struct engine *manager; /* of the swarm */
	void (*moved)(void *data, const char *owner, const char *socket);
	void *data;
	pthread_t thread;
	int stop[2];
	pthread_mutex_t seating; /* of the seats; held while gates are made and moved */
	struct seat **seats;
	size_t seat_count;
	pthread_mutex_t lock; /* of what is told; held for moments, and last */
	struct daemon **daemons;
	size_t daemon_count;
};

/* ---- daemons.c ---- */
/* A daemon more, or the one of that address; NULL: no address. */
struct daemon *daemon_add(struct class *class, const char *address, struct error *err);
void daemon_free(struct daemon *daemon);
/* Asks all of them once, and the swarm for its nodes. `changed`: how each stood before; who is left
 * out after fewer failures than usual, at the beginning, was never in. */
void daemons_ask(struct class *class, bool first);
/* The one with the fewest learners among those that answer; NULL. The caller holds the lock. */
struct daemon *daemon_choose(struct daemon *const *daemons, size_t count);
/* What each says, for people. */
void daemons_tell(struct class *class, struct buf *out);

/* ---- reach.c: gate_options.reach ---- */
int class_reach(const char *upstream, unsigned short port);

/* ---- seats.c: the caller holds `seating` ---- */
struct seat *seat_find(const struct class *class, const char *owner);
/* The one that is there, for the same account, or a new one. */
bool seat_make(struct class *class, const char *owner, uid_t uid, struct error *err);
/* Lets its gate end. */
void seat_stop(struct seat *seat);
/* Waits for that, and forgets it. */
void seat_free(struct class *class, struct seat *seat);
/* Puts all who sit before this daemon before others; where there are none, they stay. Adds owner
 * and socket of each to `ret`. */
void seats_move(struct class *class, struct daemon *from, struct words *ret);
/* The daemon came back with nothing in it for those who stayed. */
void seats_renew(struct class *class, struct daemon *daemon, struct words *ret);
/* Removes what one of the leavers left. */
void seats_sweep(struct class *class, struct daemon *daemon);

#endif

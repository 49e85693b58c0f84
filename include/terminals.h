/*
 * terminals.h - programs on pseudo-terminals that browsers show over WebSocket (RFC 6455). A seat
 * has a folder, a secret token, and at most one program, which continues without a browser.
 * This module knows neither HTTP nor what the program is; one thread serves all seats.
 *
 *     terminals_open(&options, &terminals, &err);
 *     terminals_seat(terminals, "Ann", &token, &err);
 *     terminals_show(terminals, &connection);
 *     terminals_end(terminals);
 *     terminals_close(terminals);
 *
 * A browser's binary messages are what is typed, its text messages are JSON objects:
 *
 *     {"token": "…", "rows": 24, "columns": 80}    first, within ten seconds
 *     {"rows": 24, "columns": 80}                  the size of the window; the last one counts
 *     {"start": true}                              starts the program again after it ended
 *
 * Binary messages to the browser are output, text messages say what follows:
 *
 *     {"state": "open", "name": "Ann"}             what the program printed last, and prints
 *     {"state": "waiting", "place": 2}             too many programs run; this one starts second
 *     {"state": "ended"}                           the program has ended
 *     {"ports": [{"port": 8080, "address": "…"}]}  what the seat has opened, and where a browser
 *                                                  finds it; again whenever that changes
 *
 * A connection with a token that no seat has is closed with TERMINALS_UNKNOWN.
 *
 * A guest sees somebody else's seat, if a browser of that seat (an owner) allows it. A guest's
 * first message names the seat, all others but what is typed are ignored:
 *
 *     {"pass": "…", "of": "ann"}                   `admit` decides what both mean
 *
 * Owners learn who the guests are whenever that changes, and answer; stopping is a "no", too:
 *
 *     {"guests": [{"id": 7, "name": "Bo", "may": "ask"}]}    "ask", "look" or "type"
 *     {"guest": 7, "may": "look"}                  "look", "type" or "no"
 *
 * A guest gets nothing of the terminal before, and what it types counts only with "type". Only
 * owners' windows have a say in the size, and a guest whose browser is slow misses output:
 *
 *     {"state": "asking", "name": "Ann"}
 *     {"state": "open", "name": "Ann", "may": "look", "rows": 24, "columns": 80}    then output
 *     {"rows": 30, "columns": 90}                  the owner's window has this size now
 *
 * The guest's connection is closed with TERMINALS_REFUSED, with TERMINALS_OVER when an owner stops
 * it, the last owner leaves, the program ends or the pass no longer counts, and with
 * TERMINALS_AWAY if there is no owner, or no program, or too many guests. A new look has to be
 * allowed again.
 */
#ifndef TERMINALS_H
#define TERMINALS_H

#include "base.h"

struct terminals;

/* The codes of a WebSocket's end. */
#define TERMINALS_UNKNOWN 4404
#define TERMINALS_REFUSED 4403
#define TERMINALS_AWAY 4409
#define TERMINALS_OVER 4410

#define TERMINALS_KEY_SIZE 33 /* hexadecimal text of 128 bits, and NUL */

/* What a seat has opened. */
struct terminals_port {
	unsigned port;
	char *address; /* for the page: absolute, or relative to it */
};
struct terminals_ports {
	struct terminals_port *items;
	size_t count;
};
void terminals_ports_add(struct terminals_ports *ports, unsigned port, const char *address);

struct terminals_options {
	const char *folder;  /* where seats have their folders; made if it is missing */
	unsigned max;        /* programs that run at a time */
	unsigned seats_max;  /* 0: 1000 */
	int64_t idle_ms;     /* ends a program after this time without a browser; 0: half an hour */
	const char *address; /* of the server, for `prepare` */
	const char *url;     /* of the server, for browsers */
	/* Adds the arguments and the environment (NAME=VALUE) of the program of a person, whose
	 * seat has this folder and key; the program starts in it. At least one of each. */
	void (*prepare)(const struct terminals_options *options, const char *folder,
		const char *key, const char *name, struct words *arguments,
		struct words *environment);
	/* Adds what the seat has open; called every second while somebody looks. NULL: nothing. */
	void (*list_ports)(const struct terminals_options *options, const char *folder,
		const char *key, struct terminals_ports *ports);
	/* Returns the name of the folder of the seat that a guest wants to see, and who the guest
	 * is; both are freed by the module. NULL: the pass does not count. Called again every
	 * second. NULL: there are no guests. */
	char *(*admit)(const struct terminals_options *options, const char *pass, const char *of,
		char **ret_guest);
	void *data;
};
bool terminals_open(
	const struct terminals_options *options, struct terminals **ret, struct error *err);
/* Ends all programs and closes all connections; later ones are closed at once. NULL does nothing.
 */
void terminals_end(struct terminals *terminals);
void terminals_close(struct terminals *terminals); /* NULL does nothing */

/* Makes a seat for a person, who reads the language that this thread answers in. Who has the token
 * has the seat: only its digest is kept, as the name of the seat's folder. The caller frees
 * *ret_token. ERROR_USAGE: the name is not one. */
bool terminals_seat(
	struct terminals *terminals, const char *name, char **ret_token, struct error *err);
/* Returns the language in which the person took the seat that has this folder, as language_tag()
 * has it; this thread's, if an earlier version made the seat. The caller frees it. */
char *terminals_language(const char *folder);

/* The key of a seat: derived from its token, but it does not lead back to it. It stands for what
 * the seat has open, and opens no terminal. */
void terminals_key(const char *token, char out[TERMINALS_KEY_SIZE]);
/* Returns the folder of the seat with this key, from any thread; NULL: there is none. The caller
 * frees it. */
char *terminals_find(const struct terminals *terminals, const char *key);

/* A WebSocket's connection after the handshake. */
struct terminals_connection {
	int fd;            /* does not block */
	const char *early; /* bytes that have been read from it already */
	size_t early_length;
	void (*close)(void *data); /* closes the descriptor; called once, from any thread */
	void *data;
};
/* Shows the seat whose token arrives. Takes the connection over. */
void terminals_show(struct terminals *terminals, const struct terminals_connection *connection);

struct terminals_figures {
	unsigned running, waiting;
	unsigned connections; /* that have a seat */
};
struct terminals_figures terminals_figures(struct terminals *terminals);

#endif

/*
 * sessions.h - who is signed in with a browser: sessions in the store, and a limit on failed
 * attempts. A session's secret is known only to the browser; the store keeps its digest.
 *
 *     char *secret;
 *     session_begin(sessions, &(struct session){.key = key, .name = name}, &secret, &err);
 *     ...
 *     struct session found = {0};
 *     if (session_find(sessions, secret, &found) == SESSION_FOUND) ...
 *     session_finish(&found);
 *
 * Any thread may make any call.
 */
#ifndef SESSIONS_H
#define SESSIONS_H

#include "base.h"
#include "store.h"

struct sessions;
/* The store must outlive the sessions. */
bool sessions_open(struct store *store, struct sessions **ret, struct error *err);
void sessions_close(struct sessions *sessions); /* NULL does nothing */

#define SESSION_MS ((int64_t)12 * 60 * 60 * 1000)

struct session {
	char *digest; /* of its secret: names the session, and gives no access */
	char *key;    /* the key of the store that it stands for; "": none, the rest counts */
	char *name, *role, *team, *actor; /* as in a request */
	int64_t begun_ms, until_ms;       /* set by session_begin() */
};
void session_finish(struct session *session);

/* Starts a session that lasts SESSION_MS. Its secret is returned only here; the caller frees it. */
bool session_begin(struct sessions *sessions, const struct session *session, char **ret_secret,
	struct error *err);
enum session_state { SESSION_FOUND, SESSION_NONE, SESSION_FAILED };
/* SESSION_FOUND: the caller finishes *ret. An expired session is SESSION_NONE. */
enum session_state session_find(
	struct sessions *sessions, const char *secret, struct session *ret, struct error *err);
/* Ends one session by its digest, or all of a name; also returns true if none was found. */
bool session_end(struct sessions *sessions, const char *digest, struct error *err);
bool session_end_all(struct sessions *sessions, const char *name, struct error *err);
/* Ends the sessions of an actor's key, and overwrites them in the file. */
bool session_erase(struct sessions *sessions, const char *actor, struct error *err);
/* Drops expired sessions. */
bool session_prune(struct sessions *sessions, struct error *err);
unsigned session_count(struct sessions *sessions);

/* ---- attempts ---- */

#define SESSION_ATTEMPTS 10
#define SESSION_ATTEMPTS_MS ((int64_t)10 * 60 * 1000)
/* Counts a failed attempt from an address; an IPv6 network counts as one address. */
void session_fail(struct sessions *sessions, const char *address);
/* Returns 0 if the address may try, else the milliseconds until it may: after SESSION_ATTEMPTS
 * failures within SESSION_ATTEMPTS_MS. */
int64_t session_wait(struct sessions *sessions, const char *address);

#endif

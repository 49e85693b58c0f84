/*
 * audit.h - the audit log: who changed or saw what on the server, in the store. It names people by
 * their number, so that erasing a person leaves nothing of them here.
 *
 * Any thread may make any call.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "base.h"
#include "store.h"

struct audit;
/* The store must outlive it. */
bool audit_open(struct store *store, struct audit **ret, struct error *err);
void audit_close(struct audit *audit); /* NULL does nothing */

struct audit_entry {
	int64_t id, when_ms; /* set by audit_add() */
	const char *who;     /* the name of a key, or an account of an identity provider */
	const char *role;    /* "": none, e.g. an attempt to sign in */
	const char *actor;   /* the actor's key of a learner; "" */
	const char *address; /* "": the command line */
	const char *what;    /* "view /person", "change erase", "sign-in", "sign-in refused" … */
	int64_t person;      /* whom it is about; 0: no one, or everyone */
	const char *detail;  /* "course=docker team=Blue"; "" */
};
/* Adds an entry. NULL texts count as empty. */
bool audit_add(struct audit *audit, const struct audit_entry *entry, struct error *err);
/* Returns whether the same was passed here within ten minutes: pages that refresh themselves need
 * only one entry. */
bool audit_is_repeated(struct audit *audit, const struct audit_entry *entry);
/* Calls `each` with at most `max` entries, newest first: about or by a person (0: all), with ids
 * below `before` (0: all). `actor` is that person's key; may be NULL. */
bool audit_list(struct audit *audit, int64_t person, const char *actor, int64_t before,
	unsigned max, void (*each)(void *data, const struct audit_entry *entry), void *data,
	struct error *err);
/* Removes who did it, from where and its details from what a person did, and details from what is
 * about them; `keys` are the names of their keys. Overwrites these in the file. */
bool audit_erase(struct audit *audit, int64_t person, const char *actor, const struct words *keys,
	struct error *err);
/* Removes entries from before that time. *ret_count: how many; may be NULL. */
bool audit_prune(struct audit *audit, int64_t before_ms, unsigned *ret_count, struct error *err);

#endif

/* lrs/private.h - what the files of the store of statements share */
#ifndef LRS_PRIVATE_H
#define LRS_PRIVATE_H

#include "json.h"
#include "lrs.h"
#include "store.h"

#include <pthread.h>
#include <stdatomic.h>

/* ---- ids ---- */

#define ID_SIZE 16
/* A UUID's text as bytes; what is none becomes zeros. */
void ids_read(const char *text, unsigned char out[ID_SIZE]);

/* Which ids stand in statements that are not in the table of ids yet, and where. An entry may be
 * stale, where a change was rolled back: who finds one looks at the statement. */
struct pending {
	struct pending_id *slots;
	size_t capacity, count;
	uint64_t seed;
};
void ids_add_pending(
	struct pending *p, const unsigned char id[ID_SIZE], int64_t seq, int64_t indexed);
int64_t ids_find_pending(const struct pending *p, const unsigned char id[ID_SIZE]); /* 0: none */
void ids_finish_pending(struct pending *p);

/* ---- names and lists ---- */

/* What statements speak of (actors, activities, verbs …) is a name with a number; what is found by
 * a name is a list of sequence numbers in the table `mention`. */
enum list_kind {
	LIST_AGENT,      /* the actor, or a member of it */
	LIST_AGENTS,     /* any other actor */
	LIST_ACTIVITY,   /* the object */
	LIST_ACTIVITIES, /* any other activity */
	LIST_VERB,
	LIST_REGISTRATION,
	LIST_ATTACHMENT, /* by its hash */
};
#define LIST_REFERRING 8 /* added to a kind: statements that point at such a one */
#define LISTS_OF_A_NAME 16
#define LIST_OF(name, kind) ((name)*LISTS_OF_A_NAME + (int64_t)(kind))

/* Calls `each` with what a statement is found by; something may come more than once. */
void mentions_each(const cJSON *statement,
	void (*each)(void *data, enum list_kind kind, const char *name), void *data);
/* The id that a StatementRef as its object names; NULL. */
const char *mentions_target(const cJSON *statement);

uint64_t names_hash(const char *text);
/* The number of a name, 0 where it has none. */
int64_t names_find(struct db *db, const char *text, struct error *err);

/* What the writer remembers of names and definitions; dropped whenever it may be out of date. */
#define REMEMBERED 4096
struct memory {
	struct {
		char *text;
		int64_t name;
	} names[REMEMBERED];
	struct {
		int64_t list;
		uint64_t hash;
	} learned[REMEMBERED];
};
void names_forget(struct memory *m);
/* The number of a name, which gets one where it has none; 0: err is set. */
int64_t names_number(struct memory *m, struct db *db, const char *text, struct error *err);
int64_t names_number_hashed(/* by its hash, which is known */
	struct memory *m, struct db *db, const char *text, uint64_t hash, struct error *err);

/* ---- entries ---- */

/* A name that a statement speaks of; `said`: the hash of what it says of it. */
struct term {
	enum list_kind kind;
	size_t at; /* in the texts */
	uint64_t hash, definition;
};

/* What the index must know of a statement: made by who puts it, before others wait for that. */
struct entry {
	int64_t seq, stored_ms;
	unsigned char id[ID_SIZE];
	bool points, voids;
	unsigned char target[ID_SIZE]; /* the id that it points at */
	struct buf texts;              /* names, each ended by a NUL */
	struct term *terms,
		*definitions; /* mentions; definitions of activities, displays of verbs */
	size_t term_count, definition_count;
};
struct entry *entry_make(const cJSON *statement);
const char *entry_text(const struct entry *entry, const struct term *spoken);
void entry_free(struct entry *entry);
/* Of a definition or a display. */
uint64_t entry_hash(const cJSON *said);

/* ---- canonical definitions ---- */

/* What a statement says of its activities and verbs joins what is known of them. */
bool learn_entry(struct memory *m, struct db *db, const struct entry *entry, struct error *err);

/* ---- references ---- */

struct seqs {
	int64_t *items;
	size_t count;
};
/* The first column of all rows; ends the statement. The caller frees the items. */
bool references_read_seqs(struct db *db, sqlite3_stmt *rows, struct seqs *ret, struct error *err);
cJSON *references_read_statement(struct db *db, int64_t seq, struct error *err); /* NULL: none */

/* A statement and what it is joined to by StatementRefs, in both directions. */
struct joining {
	struct memory *memory;
	struct db *db;
	const struct entry *entry;
	struct error *err;
};
/* What its place among references lets be found, and whether it is voided or voids. */
bool references_join(const struct joining *j);

/* ---- the store ---- */

/* Entries of the newest statements, so that what has just come is not read from its text again; the
 * few that are long are. */
#define HANDED_MAX 4096
#define HANDED_LENGTH_MAX 4096 /* bytes of names */

/* A key as it was read a moment ago. */
#define KEYS_KNOWN 64
struct known_key {
	char *key, *name, *role, *salt, *digest;
	int64_t until_ms; /* by the clock that nobody sets */
};
void keys_forget(struct lrs *lrs);
/* The keys that send one actor's statements: nothing comes by them any more. */
bool keys_remove_of(struct lrs *lrs, const char *actor_key, struct error *err);

struct put; /* a change that is under way */

struct lrs {
	struct store *store;

	/* the writer's: read and changed in changes only */
	int64_t last_stored_ms; /* stored times never go back */
	int64_t top;            /* the last sequence number that was given */
	int64_t version;        /* of the file: another one, and another program changed it */
	int64_t cursor;         /* of the index, as it was left */
	struct pending pending;
	struct memory memory;

	/* what is on the disk, and what of it can be found */
	atomic_int_fast64_t stored, stored_ms, indexed, indexed_ms;
	atomic_bool index_fails;
	atomic_int_fast64_t indexer_waits_for; /* so many: fewer do not wake it */
	pthread_mutex_t index_lock;            /* who holds it indexes */

	pthread_mutex_t key_lock;
	struct known_key keys[KEYS_KNOWN];

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	struct put *first, *last;
	struct entry *handoff[HANDED_MAX]; /* by the sequence number's remainder */
	pthread_t indexer;
	bool indexing, closing;
};

/* ---- write.c ---- */

/* A change, by store_write(): `run` returns an enum lrs_outcome. */
enum lrs_outcome lrs_write(struct lrs *lrs,
	int (*run)(struct db *db, void *data, struct error *err), void *data, struct error *err);
/* At the beginning of a change: what is remembered is dropped where another program has changed the
 * file meanwhile. */
bool lrs_refresh(struct lrs *lrs, struct db *db, struct error *err);

/* ---- the index ---- */

/* Everything that was stored when it is called can be found when it returns. Where that fails, as
 * on a full disk, what was found before still is. */
bool index_settle(struct lrs *lrs, struct error *err);
/* A reader after that; where it fails, it shows what it could show before: lrs_consistent_ms()
 * tells up to when. store_read_end() gives it back. */
struct db *index_read(struct lrs *lrs);
/* Keeps what is left to do from growing without end. */
void index_hold_back(struct lrs *lrs);
/* There is something to do: the indexer begins a moment later. */
void index_wake(struct lrs *lrs);
void index_stop(struct lrs *lrs);

#endif

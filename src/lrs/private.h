/* lrs/private.h - shared by the files of this module */
#ifndef LRS_PRIVATE_H
#define LRS_PRIVATE_H

#include "json.h"
#include "lrs.h"
#include "store.h"

#include <pthread.h>
#include <stdatomic.h>

/* ---- ids ---- */

#define ID_SIZE 16
/* Converts the text of a UUID to bytes; invalid text becomes zeros. */
void ids_read(const char *text, unsigned char out[ID_SIZE]);

/* Where to find ids that are not in the table of ids yet. An entry may be stale after a rollback,
 * so check the statement itself. */
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

/* What statements mention (actors, activities, verbs …) is a name with a number. A list has the
 * sequence numbers of the statements that mention a name, in the table `mention`. */
enum list_kind {
	LIST_AGENT,      /* the actor or a member of it */
	LIST_AGENTS,     /* any other actor */
	LIST_ACTIVITY,   /* the object */
	LIST_ACTIVITIES, /* any other activity */
	LIST_VERB,
	LIST_REGISTRATION,
	LIST_ATTACHMENT, /* by its hash */
};
#define LIST_REFERRING 8 /* added to a kind: statements that refer to one of that kind */
#define LISTS_OF_A_NAME 16
#define LIST_OF(name, kind) ((name)*LISTS_OF_A_NAME + (int64_t)(kind))

/* Calls `each` with every name that a statement is found by; may repeat names. */
void mentions_each(const cJSON *statement,
	void (*each)(void *data, enum list_kind kind, const char *name), void *data);
/* The id in the StatementRef that is the object; NULL: none. */
const char *mentions_target(const cJSON *statement);

uint64_t names_hash(const char *text);
/* The number of a name; 0: none. */
int64_t names_find(struct db *db, const char *text, struct error *err);

/* The writer's cache of names and definitions; dropped whenever it may be stale. */
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
/* The number of a name, assigning a new one if needed; 0: err is set. */
int64_t names_number(struct memory *m, struct db *db, const char *text, struct error *err);
int64_t names_number_hashed(/* the same with a known hash */
	struct memory *m, struct db *db, const char *text, uint64_t hash, struct error *err);

/* ---- entries ---- */

/* A name that a statement mentions; `definition`: hash of what it says about it. */
struct term {
	enum list_kind kind;
	size_t at; /* offset in the texts */
	uint64_t hash, definition;
};

/* What the index needs from a statement; made by its sender's thread, before others wait for the
 * writer. */
struct entry {
	int64_t seq, stored_ms;
	unsigned char id[ID_SIZE];
	bool points, voids;
	unsigned char target[ID_SIZE]; /* the id that it refers to */
	struct buf texts;              /* names, each NUL-terminated */
	struct term *terms,
		*definitions; /* mentions; definitions of activities, displays of verbs */
	size_t term_count, definition_count;
};
struct entry *entry_make(const cJSON *statement);
const char *entry_text(const struct entry *entry, const struct term *spoken);
void entry_free(struct entry *entry);
/* The hash of a definition or a display. */
uint64_t entry_hash(const cJSON *said);

/* ---- canonical definitions ---- */

/* Merges a statement's definitions of activities and verbs into the known ones. */
bool learn_entry(struct memory *m, struct db *db, const struct entry *entry, struct error *err);

/* ---- references ---- */

struct seqs {
	int64_t *items;
	size_t count;
};
/* Reads the first column of all rows and finishes the statement. The caller frees the items. */
bool references_read_seqs(struct db *db, sqlite3_stmt *rows, struct seqs *ret, struct error *err);
/* Parses a column, keeping how its numbers are written. */
cJSON *references_read_json(sqlite3_stmt *row, int column);
cJSON *references_read_statement(struct db *db, int64_t seq, struct error *err); /* NULL: none */

/* A statement to connect with others by StatementRefs, in both directions. */
struct joining {
	struct memory *memory;
	struct db *db;
	const struct entry *entry;
	struct error *err;
};
/* Updates what it and its neighbours are found by, and whether it is voided or voids. */
bool references_join(const struct joining *j);

/* ---- the store ---- */

/* Entries of the newest statements, so that the indexer need not parse them again; it does parse
 * the few long ones. */
#define HANDED_MAX 4096
#define HANDED_LENGTH_MAX 4096 /* bytes of names */

/* A cached key. */
#define KEYS_KNOWN 64
struct known_key {
	char *key, *name, *role, *salt, *digest;
	int64_t until_ms; /* monotonic clock */
};
void keys_forget(struct lrs *lrs);
/* Removes the keys that send one actor's statements, so that no more can arrive. */
bool keys_remove_of(struct lrs *lrs, const char *actor_key, struct error *err);

struct put; /* a change in progress */

struct lrs {
	struct store *store;

	/* used by the writer only, within changes */
	int64_t last_stored_ms; /* stored times never decrease */
	int64_t top;            /* the last sequence number in use */
	int64_t version;        /* of the file: a new one means another program has changed it */
	int64_t cursor;         /* where the last pass left the index */
	struct pending pending;
	struct memory memory;

	/* what is on disk, and how much of it is indexed */
	atomic_int_fast64_t stored, stored_ms, indexed, indexed_ms;
	atomic_bool index_fails;
	atomic_int_fast64_t indexer_waits_for; /* smaller backlogs do not wake it */
	pthread_mutex_t index_lock;            /* held while indexing */

	pthread_mutex_t key_lock;
	struct known_key keys[KEYS_KNOWN];

	pthread_mutex_t lock; /* guards the fields below */
	pthread_cond_t changed;
	struct put *first, *last;
	struct entry *handoff[HANDED_MAX]; /* by sequence number modulo size */
	pthread_t indexer;
	bool indexing, closing;
};

/* ---- write.c ---- */

/* Makes a change by store_write(): `run` returns an enum lrs_outcome. */
enum lrs_outcome lrs_write(struct lrs *lrs,
	int (*run)(struct db *db, void *data, struct error *err), void *data, struct error *err);
/* Call at the start of a change: drops what is cached if another program has changed the file. */
bool lrs_refresh(struct lrs *lrs, struct db *db, struct error *err);

/* ---- the index ---- */

/* Indexes everything stored before the call. If that fails, e.g. on a full disk, earlier statements
 * can still be found. */
bool index_settle(struct lrs *lrs, struct error *err);
/* Settles the index and returns a reader. If settling fails, the reader sees an older state:
 * lrs_consistent_ms() says up to when. Return it with store_read_end(). */
struct db *index_read(struct lrs *lrs);
/* Makes writers help with indexing, to limit the backlog. */
void index_hold_back(struct lrs *lrs);
/* Announces new statements: the indexer starts a moment later. */
void index_wake(struct lrs *lrs);
void index_stop(struct lrs *lrs);

#endif

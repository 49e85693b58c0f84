/*
 * lrs.h - a Learning Record Store: statements, what is found of them, documents, attachments, and
 * the keys of those who may ask. A call that changes something returns when it is on the disk.
 *
 * Statements are valid and complete (xapi.h) when they come here. Knows no HTTP.
 */
#ifndef LRS_H
#define LRS_H

#include "base.h"
#include "store.h"
#include "xapi.h"

struct lrs;

/* The store lives longer than what it is opened for. */
bool lrs_open(struct store *store, struct lrs **ret, struct error *err);
void lrs_close(struct lrs *lrs);

/* ---- statements ---- */

struct lrs_attachment {
	const char *sha2; /* hexadecimal, small letters */
	const char *type; /* media type */
	const char *bytes;
	size_t length;
};

struct lrs_batch {
	cJSON **statements; /* without `stored`; lrs_put() may leave them empty */
	size_t count;
	enum xapi_version version;
	const cJSON *authority;
	const struct lrs_attachment *attachments;
	size_t attachment_count;
	/* Called with each statement that was not there before, in the transaction that keeps them,
	 * when all of them are in; NULL. False: none is kept. */
	bool (*also)(void *data, struct db *db, const cJSON *statement, struct error *err);
	void *also_data;
};

enum lrs_outcome {
	LRS_DONE,
	LRS_CONFLICT, /* another statement has that id; or a document's tag is another one */
	LRS_NOT_FOUND,
	LRS_PRECONDITION, /* If-Match or If-None-Match does not hold */
	LRS_INVALID,
	LRS_FAILED, /* err: the disk, the file */
};
/* All or none. What is there already and is the same changes nothing. */
enum lrs_outcome lrs_put(struct lrs *lrs, const struct lrs_batch *batch, struct error *err);

/* One by its id (small letters). `voided`: only where it was voided; else only where it was not.
 * LRS_DONE: *ret is its JSON text, the caller frees it. */
enum lrs_outcome lrs_get(struct lrs *lrs, const char *id, bool voided, char **ret,
	int64_t *ret_stored_ms, struct error *err);

struct lrs_query {
	const char *agent; /* an actor's key; NULL */
	bool related_agents;
	const char *activity;
	bool related_activities;
	const char *verb;
	const char *registration;
	int64_t since_ms, until_ms; /* stored after, stored not after; 0: any */
	bool ascending;
	int64_t from;   /* goes on behind this sequence number; 0: from the beginning */
	int64_t up_to;  /* this sequence number, at most; 0: any */
	unsigned limit; /* fewer where they are long */
};
/* Calls `each` with every statement's JSON text and when it was stored, in order; `each` may ask
 * the store for more. *ret_next: the sequence number to go on from, 0 where there are no more. */
bool lrs_find(struct lrs *lrs, const struct lrs_query *query,
	void (*each)(void *data, const char *json, int64_t stored_ms), void *data,
	int64_t *ret_next, struct error *err);

/* Calls `each` with at most `most` statements behind a sequence number (fewer where they are long),
 * voided ones too, in the order in which they were stored. A reader that remembers the last one
 * goes on there. Those that can't be found yet, as the disk is full, come later: what is voided
 * among them is not known. */
bool lrs_after(struct lrs *lrs, int64_t seq, unsigned max,
	void (*each)(void *data, int64_t seq, bool voided, const char *json), void *data,
	struct error *err);
/* The newest one's; 0: there is none. Numbers are never given twice. */
int64_t lrs_last_seq(struct lrs *lrs);

/* Takes a person out of the store: every statement whose actor that agent is, what points at those,
 * attachments that nothing else has, states and profiles. Where others' statements name them, an
 * agent without a name stands instead. What is gone is overwritten in the file. One that was
 * interrupted is ended by being done again. */
bool lrs_erase(struct lrs *lrs, const char *actor_key, struct error *err);

/* LRS_DONE: type and bytes of an attachment; the caller frees both. */
enum lrs_outcome lrs_attachment(
	struct lrs *lrs, const char *sha2, char **ret_type, struct buf *ret, struct error *err);

/* The activity with all that was said of it: {"objectType", "id", "definition"}. */
cJSON *lrs_activity(struct lrs *lrs, const char *id, struct error *err);
/* Every display that was ever given for a verb, as one language map; NULL: none. */
cJSON *lrs_verb_display(struct lrs *lrs, const char *id, struct error *err);
/* Up to this time all that was stored can be found. */
int64_t lrs_consistent_ms(struct lrs *lrs);

/* ---- documents ---- */

enum lrs_documents { LRS_STATE, LRS_ACTIVITY_PROFILE, LRS_AGENT_PROFILE };

struct lrs_place {
	enum lrs_documents kind;
	const char *activity;     /* "" where the kind has none */
	const char *agent;        /* an actor's key; "" likewise */
	const char *registration; /* NULL: none; for listing and deleting states: any */
	const char *name;         /* stateId or profileId */
};

struct lrs_document {
	char *type;
	struct buf bytes;
	char etag[48]; /* without quotes */
	int64_t updated_ms;
};
void lrs_document_finish(struct lrs_document *document);

struct lrs_change {
	const char *type; /* NULL: it is deleted */
	const char *bytes;
	size_t length;
	bool merge;           /* POST: top-level properties are merged into what is there */
	const char *if_match; /* header texts; NULL */
	const char *if_none_match;
	bool careful; /* an existing document is not replaced without either header: LRS_CONFLICT */
};

/* Whether If-Match or If-None-Match ("\"a\", W/\"b\"" or "*") means this tag. */
bool lrs_tag_is_meant(const char *header, const char *etag);

enum lrs_outcome lrs_document_get(struct lrs *lrs, const struct lrs_place *place,
	struct lrs_document *ret, struct error *err);
enum lrs_outcome lrs_document_change(struct lrs *lrs, const struct lrs_place *place,
	const struct lrs_change *change, struct error *err);
/* Names of the documents at a place that were changed after since_ms. *ret_updated_ms: when the
 * latest was; 0: there is none. */
bool lrs_document_list(struct lrs *lrs, const struct lrs_place *place, int64_t since_ms,
	struct words *ret, int64_t *ret_updated_ms, struct error *err);
/* All of a place. */
bool lrs_document_clear(struct lrs *lrs, const struct lrs_place *place, struct error *err);

/* ---- keys ---- */

/* Makes a key with its secret; both are told this once, only a digest is kept. The caller frees. */
bool lrs_key_add(struct lrs *lrs, const char *name, const char *role, char **ret_key,
	char **ret_secret, struct error *err);
bool lrs_key_remove(struct lrs *lrs, const char *name_or_key, struct error *err);
/* "KEY\tNAME\tROLE" a word. */
bool lrs_key_list(struct lrs *lrs, struct words *ret, struct error *err);
/* What a key is for: the one team that a lead sees; whose statements (an actor's key) a learner's
 * key sends. NULL: as it is; "": any, or not known yet. */
bool lrs_key_limit(
	struct lrs *lrs, const char *name, const char *team, const char *actor, struct error *err);
/* The caller frees both. */
bool lrs_key_scope(
	struct lrs *lrs, const char *name, char **ret_team, char **ret_actor, struct error *err);
/* LRS_DONE: whose it is and what they may. The caller frees both. */
enum lrs_outcome lrs_key_check(struct lrs *lrs, const char *key, const char *secret,
	char **ret_name, char **ret_role, struct error *err);

#endif

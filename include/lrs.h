/*
 * lrs.h - a Learning Record Store: statements and queries, documents, attachments, and access keys.
 * A call that changes something returns when the change is on disk.
 *
 * Callers pass valid, complete statements (xapi.h). This module does not know HTTP.
 */
#ifndef LRS_H
#define LRS_H

#include "base.h"
#include "store.h"
#include "xapi.h"

struct lrs;

/* The store must outlive the LRS. */
bool lrs_open(struct store *store, struct lrs **ret, struct error *err);
void lrs_close(struct lrs *lrs);

/* ---- statements ---- */

struct lrs_attachment {
	const char *sha2; /* hexadecimal, lower case */
	const char *type; /* media type */
	const char *bytes;
	size_t length;
};

struct lrs_batch {
	cJSON **statements; /* without `stored`; lrs_put() may empty them */
	size_t count;
	enum xapi_version version;
	const cJSON *authority;
	const struct lrs_attachment *attachments;
	size_t attachment_count;
	/* Called for each new statement, in the same transaction and after all statements are
	 * inserted; may be NULL. Returning false discards the whole batch. */
	bool (*also)(void *data, struct db *db, const cJSON *statement, struct error *err);
	void *also_data;
};

enum lrs_outcome {
	LRS_DONE,
	LRS_CONFLICT, /* another statement has that id, or the document's tag differs */
	LRS_NOT_FOUND,
	LRS_PRECONDITION, /* If-Match or If-None-Match failed */
	LRS_INVALID,
	LRS_FAILED, /* disk or file error: see err */
};
/* Stores all statements or none. An identical existing statement is left as it is. */
enum lrs_outcome lrs_put(struct lrs *lrs, const struct lrs_batch *batch, struct error *err);

/* Gets one statement by id (lower case): only a voided one if `voided`, else only one that is not
 * voided. LRS_DONE: *ret is its JSON text, which the caller frees. */
enum lrs_outcome lrs_get(struct lrs *lrs, const char *id, bool voided, char **ret,
	int64_t *ret_stored_ms, struct error *err);

struct lrs_query {
	const char *agent; /* an actor's key; may be NULL */
	bool related_agents;
	const char *activity;
	bool related_activities;
	const char *verb;
	const char *registration;
	int64_t since_ms, until_ms; /* stored after since_ms, not after until_ms; 0: unbounded */
	bool ascending;
	int64_t from;   /* start after this sequence number; 0: from the beginning */
	int64_t up_to;  /* last sequence number to consider; 0: any */
	unsigned limit; /* fewer if statements are long */
};
/* Calls `each` with the JSON text and stored time of every match, in order; `each` may call the
 * store. *ret_next: the sequence number to continue after, 0 at the end. */
bool lrs_find(struct lrs *lrs, const struct lrs_query *query,
	void (*each)(void *data, const char *json, int64_t stored_ms), void *data,
	int64_t *ret_next, struct error *err);

/* Calls `each` with at most `max` statements after a sequence number (fewer if they are long),
 * including voided ones, in the order in which they were stored. A reader continues after the last
 * number it saw. Statements that are not indexed yet, because the disk is full, are delivered
 * later: it is not known yet which of them are voided. */
bool lrs_after(struct lrs *lrs, int64_t seq, unsigned max,
	void (*each)(void *data, int64_t seq, bool voided, const char *json), void *data,
	struct error *err);
/* The newest sequence number; 0 if there are no statements. Numbers are never reused. */
int64_t lrs_last_seq(struct lrs *lrs);

/* Removes a person: every statement with that agent as actor, statements that refer to those,
 * attachments nothing else uses, states and profiles. In other people's statements, an agent
 * without a name replaces them. Removed data is overwritten in the file. Repeat an interrupted call
 * to finish it. */
bool lrs_erase(struct lrs *lrs, const char *actor_key, struct error *err);

/* LRS_DONE: returns the type and bytes of an attachment; the caller frees both. */
enum lrs_outcome lrs_attachment(
	struct lrs *lrs, const char *sha2, char **ret_type, struct buf *ret, struct error *err);

/* The activity with its merged definition: {"objectType", "id", "definition"}. */
cJSON *lrs_activity(struct lrs *lrs, const char *id, struct error *err);
/* All displays ever given for a verb as one language map; NULL: none. */
cJSON *lrs_verb_display(struct lrs *lrs, const char *id, struct error *err);
/* Everything stored up to this time can be found. */
int64_t lrs_consistent_ms(struct lrs *lrs);

/* ---- documents ---- */

enum lrs_documents { LRS_STATE, LRS_ACTIVITY_PROFILE, LRS_AGENT_PROFILE };

struct lrs_place {
	enum lrs_documents kind;
	const char *activity;     /* "" if the kind has none */
	const char *agent;        /* an actor's key; "" if the kind has none */
	const char *registration; /* NULL: none; when listing and deleting states: any */
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
	const char *type; /* NULL: deletes the document */
	const char *bytes;
	size_t length;
	bool merge;           /* POST: merges top-level properties into the existing document */
	const char *if_match; /* header texts; may be NULL */
	const char *if_none_match;
	bool careful; /* reject replacing a document without either header: LRS_CONFLICT */
	bool guarded; /* reject creating one without either header, too: LRS_INVALID */
};

/* Returns whether If-Match or If-None-Match ("\"a\", W/\"b\"" or "*") matches this tag. */
bool lrs_tag_is_meant(const char *header, const char *etag);

enum lrs_outcome lrs_document_get(struct lrs *lrs, const struct lrs_place *place,
	struct lrs_document *ret, struct error *err);
enum lrs_outcome lrs_document_change(struct lrs *lrs, const struct lrs_place *place,
	const struct lrs_change *change, struct error *err);
/* Lists documents under the given keys that changed after since_ms. *ret_updated_ms: the latest
 * change; 0: no document. */
bool lrs_document_list(struct lrs *lrs, const struct lrs_place *place, int64_t since_ms,
	struct words *ret, int64_t *ret_updated_ms, struct error *err);
/* Deletes all documents under the given keys. */
bool lrs_document_clear(struct lrs *lrs, const struct lrs_place *place, struct error *err);

/* Calls `each` with every document kept under an agent's key. */
bool lrs_document_each(struct lrs *lrs, const char *agent,
	void (*each)(
		void *data, const struct lrs_place *place, const struct lrs_document *document),
	void *data, struct error *err);

/* ---- keys ---- */

/* Creates a key and its secret. Both are returned only here; the store keeps a digest. The caller
 * frees them. */
bool lrs_key_add(struct lrs *lrs, const char *name, const char *role, char **ret_key,
	char **ret_secret, struct error *err);
bool lrs_key_remove(struct lrs *lrs, const char *name_or_key, struct error *err);
/* Lists keys, each word "KEY\tNAME\tROLE". */
bool lrs_key_list(struct lrs *lrs, struct words *ret, struct error *err);
/* Restricts a key: the one team a lead sees; the actor's key whose statements a learner's key
 * sends. NULL: unchanged; "": any, or not known yet. */
bool lrs_key_limit(
	struct lrs *lrs, const char *name, const char *team, const char *actor, struct error *err);
/* The caller frees both results. */
bool lrs_key_scope(
	struct lrs *lrs, const char *name, char **ret_team, char **ret_actor, struct error *err);
/* LRS_DONE: returns the owner's name and role. The caller frees both. */
enum lrs_outcome lrs_key_check(struct lrs *lrs, const char *key, const char *secret,
	char **ret_name, char **ret_role, struct error *err);
/* Like lrs_key_check(), without the secret: for a session that began with it. */
enum lrs_outcome lrs_key_owner(
	struct lrs *lrs, const char *key, char **ret_name, char **ret_role, struct error *err);

#endif

/* lrs/statements.c - stores statements: an answer waits only until they and their attachments are
 * on disk, and it is certain that their ids are unique */
#include "private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A placeholder, deliberately invalid: the writer fills in the time of writing. */
#define NO_TIME "0000-00-00T00:00:00.000Z"
#define TIME_LENGTH (sizeof NO_TIME - 1)
static const char both_tail[] = "\"timestamp\":\"" NO_TIME "\",\"stored\":\"" NO_TIME "\"}";

/* Completed and printed by the sender's thread, so that the writer only writes. */
struct prepared {
	struct entry *entry; /* its seq is 0 if the statement existed */
	char *json;
	size_t length;
	bool own_timestamp;
};

/* A change in progress: until it is done, queries may not see what was stored since it began. */
struct put {
	struct lrs *lrs;
	const struct lrs_batch *batch;
	struct prepared *prepared;
	int64_t since_ms, seq, stored_ms;
	struct put *next, *before;
};

/* ---- preparing ---- */

static void move_last(cJSON *statement, const char *name)
{
	cJSON_AddItemToObject(
		statement, name, cJSON_DetachItemFromObjectCaseSensitive(statement, name));
}

static void prepare_statement(struct prepared *p, cJSON *statement, const struct lrs_batch *batch)
{
	xapi_statement_complete(statement, batch->version, NO_TIME, batch->authority);
	p->own_timestamp = !text_same(json_get_text(statement, "timestamp"), NO_TIME);
	if (!p->own_timestamp)
		move_last(statement, "timestamp");
	move_last(statement, "stored");
	p->entry = entry_make(statement);
	p->json = json_print(statement);
	p->length = strlen(p->json);
}

/* Free the tree while its sender waits for the writer: the text is smaller. */
static void drop_children(cJSON *statement)
{
	cJSON_Delete(statement->child);
	statement->child = NULL;
}

/* ---- in the change ---- */

static void set_times(struct prepared *p, const char time[TIME_TEXT_SIZE])
{
	char *end = p->json + p->length;
	assert(text_ends(p->json, p->own_timestamp ? NO_TIME "\"}" : both_tail));
	memcpy(end - TIME_LENGTH - 2, time, TIME_LENGTH);
	if (!p->own_timestamp)
		memcpy(end - (sizeof both_tail - 1) + strlen("\"timestamp\":\""), time,
			TIME_LENGTH);
}

static int64_t seq_of(struct lrs *lrs, struct db *db, const struct prepared *p, struct error *err)
{
	int64_t seq = ids_find_pending(&lrs->pending, p->entry->id);
	return seq != 0 ? seq
			: sql_number(sql(db, err, "SELECT seq FROM identity WHERE id = ?", "b",
					     p->entry->id, (size_t)ID_SIZE),
				  0);
}

static bool is_same_statement(const struct prepared *p, const cJSON *there)
{
	cJSON *statement = cJSON_Parse(p->json);
	if (!p->own_timestamp)
		cJSON_DeleteItemFromObjectCaseSensitive(statement, "timestamp");
	bool same = xapi_statement_same(statement, there);
	cJSON_Delete(statement);
	return same;
}

/* LRS_DONE: the id is new, or has the same statement (*ret_there). */
static enum lrs_outcome look_for(struct lrs *lrs, struct db *db, const struct prepared *p,
	bool *ret_there, struct error *err)
{
	int64_t seq = seq_of(lrs, db, p, err);
	cJSON *there = seq != 0 ? references_read_statement(db, seq, err) : NULL;
	const char *text = json_get_text(there, "id");
	unsigned char id[ID_SIZE];
	ids_read(text, id);
	*ret_there = text != NULL && memcmp(id, p->entry->id, ID_SIZE) == 0;
	bool same = !*ret_there || is_same_statement(p, there);
	if (!same)
		error_set(err, 0, "the store has another statement with the id %s", text);
	cJSON_Delete(there);
	return same ? LRS_DONE : LRS_CONFLICT;
}

static enum lrs_outcome put_one(
	struct put *put, struct db *db, struct prepared *p, const char *time, struct error *err)
{
	struct lrs *lrs = put->lrs;
	bool there;
	enum lrs_outcome outcome = look_for(lrs, db, p, &there, err);
	if (outcome != LRS_DONE || there)
		return outcome;
	set_times(p, time);
	if (!sql_run(db,
		    sql(db, err, "INSERT INTO statement VALUES (?, ?, 0, ?)", "iit", lrs->top + 1,
			    put->stored_ms, p->json),
		    err))
		return LRS_FAILED;
	put->seq = p->entry->seq = ++lrs->top;
	p->entry->stored_ms = put->stored_ms;
	ids_add_pending(&lrs->pending, p->entry->id, lrs->top, lrs->indexed);
	return LRS_DONE;
}

static bool put_attachments(const struct lrs_batch *batch, struct db *db, struct error *err)
{
	bool good = true;
	for (size_t i = 0; good && i < batch->attachment_count; i++) {
		const struct lrs_attachment *a = &batch->attachments[i];
		good = sql_run(db,
			sql(db, err, "INSERT OR IGNORE INTO attachment VALUES (?, ?, ?)", "ttb",
				a->sha2, a->type, a->bytes, a->length),
			err);
	}
	return good;
}

static bool tell_others(const struct put *put, struct db *db, struct error *err)
{
	const struct lrs_batch *batch = put->batch;
	for (size_t i = 0; i < batch->count && batch->also != NULL; i++)
		if (put->prepared[i].entry->seq != 0 &&
			!batch->also(batch->also_data, db, batch->statements[i], err))
			return false;
	return true;
}

static int put_batch(struct db *db, void *data, struct error *err)
{
	struct put *put = data;
	struct lrs *lrs = put->lrs;
	char time[TIME_TEXT_SIZE];
	int64_t now = clock_wall_ms();
	if (!lrs_refresh(lrs, db, err))
		return LRS_FAILED;
	lrs->last_stored_ms = now > lrs->last_stored_ms ? now : lrs->last_stored_ms;
	put->stored_ms = lrs->last_stored_ms;
	time_format_iso8601(put->stored_ms, time);
	for (size_t i = 0; i < put->batch->count; i++) {
		enum lrs_outcome outcome = put_one(put, db, &put->prepared[i], time, err);
		if (outcome != LRS_DONE)
			return (int)outcome;
	}
	return put_attachments(put->batch, db, err) && tell_others(put, db, err) ? LRS_DONE
										 : LRS_FAILED;
}

/* ---- changes in progress ---- */

static void begin_put(struct lrs *lrs, struct put *put)
{
	pthread_mutex_lock(&lrs->lock);
	put->since_ms = clock_wall_ms();
	put->before = lrs->last;
	if (lrs->last != NULL)
		lrs->last->next = put;
	else
		lrs->first = put;
	lrs->last = put;
	pthread_mutex_unlock(&lrs->lock);
}

static void raise_to(atomic_int_fast64_t *to, int64_t value)
{
	int_fast64_t there = *to;
	while (there < value && !atomic_compare_exchange_weak(to, &there, value))
		;
}

static void end_put(struct lrs *lrs, struct put *put, bool kept)
{
	if (kept && put->seq > 0) {
		raise_to(&lrs->stored, put->seq);
		raise_to(&lrs->stored_ms, put->stored_ms);
	}
	pthread_mutex_lock(&lrs->lock);
	*(put->before != NULL ? &put->before->next : &lrs->first) = put->next;
	*(put->next != NULL ? &put->next->before : &lrs->last) = put->before;
	pthread_mutex_unlock(&lrs->lock);
}

int64_t lrs_consistent_ms(struct lrs *lrs)
{
	int64_t now = clock_wall_ms(), stored = lrs->stored_ms;
	pthread_mutex_lock(&lrs->lock);
	int64_t through = lrs->first != NULL ? lrs->first->since_ms - 1
			  : stored > now     ? stored
					     : now;
	pthread_mutex_unlock(&lrs->lock);
	/* every query first indexes what is missing, so only a failing index limits consistency */
	return lrs->index_fails && lrs->indexed_ms < through ? (int64_t)lrs->indexed_ms : through;
}

/* ---- storing ---- */

static void finish_put(struct put *put)
{
	for (size_t i = 0; i < put->batch->count; i++) {
		entry_free(put->prepared[i].entry);
		free(put->prepared[i].json);
	}
	free(put->prepared);
}

/* Hands entries to the indexer, older ones first; those without a slot are parsed from the text
 * again. */
static void hand_over_entries(const struct put *put)
{
	struct lrs *lrs = put->lrs;
	pthread_mutex_lock(&lrs->lock);
	for (size_t i = 0; i < put->batch->count; i++) {
		struct prepared *p = &put->prepared[i];
		struct entry **slot = &lrs->handoff[p->entry->seq % HANDED_MAX], *left = *slot;
		if (p->entry->seq == 0 || p->entry->texts.length > HANDED_LENGTH_MAX ||
			(left != NULL && left->seq > lrs->indexed))
			continue;
		*slot = p->entry;
		p->entry = left;
	}
	pthread_mutex_unlock(&lrs->lock);
}

enum lrs_outcome lrs_put(struct lrs *lrs, const struct lrs_batch *batch, struct error *err)
{
	struct put put = {.lrs = lrs, .batch = batch};
	put.prepared = xcalloc(batch->count + 1, sizeof *put.prepared);
	for (size_t i = 0; i < batch->count; i++) {
		prepare_statement(&put.prepared[i], batch->statements[i], batch);
		if (batch->also == NULL)
			drop_children(batch->statements[i]);
	}
	index_hold_back(lrs);
	begin_put(lrs, &put);
	enum lrs_outcome outcome = lrs_write(lrs, put_batch, &put, err);
	if (outcome == LRS_DONE)
		hand_over_entries(&put);
	end_put(lrs, &put, outcome == LRS_DONE);
	if (outcome == LRS_DONE)
		index_wake(lrs);
	finish_put(&put);
	return outcome;
}

/* lrs/index.c - indexes statements after they were written, many at once, and before any query */
#include "private.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define PASS_MAX 2048    /* statements per change: in bulk and in order, they touch few pages */
#define SPOKEN_MAX 65536 /* names per change: limits how long writers wait */
#define BACKLOG_MAX 4096 /* from this backlog on, writers help */
#define PAUSE_MS 1000    /* between the last write and the start of the indexer */
#define FAILED_PAUSE_MS 1000

struct mention {
	int64_t list, seq;
};

struct pass {
	struct lrs *lrs;
	struct db *db; /* the writer's connection */
	struct entry *entries[PASS_MAX];
	size_t count;
	int64_t through; /* last sequence number of this pass */
	struct mention *mentions;
	size_t mention_count;
	struct error *err;
};

/* ---- reading ---- */

/* NULL: read the statement's text instead. */
static struct entry *take_handoff(struct lrs *lrs, int64_t seq)
{
	struct entry *entry = NULL;
	pthread_mutex_lock(&lrs->lock);
	struct entry **slot = &lrs->handoff[seq % HANDED_MAX];
	if (*slot != NULL && (*slot)->seq == seq) {
		entry = *slot;
		*slot = NULL;
	}
	pthread_mutex_unlock(&lrs->lock);
	return entry;
}

/* NULL: the statement was removed. */
static struct entry *read_entry(struct db *db, int64_t seq, bool *ret_good, struct error *err)
{
	struct entry *entry = NULL;
	sqlite3_stmt *row =
		sql(db, err, "SELECT stored_ms, json FROM statement WHERE seq = ?", "i", seq);
	*ret_good = row != NULL;
	if (sql_row(db, row, ret_good, err)) {
		cJSON *statement = cJSON_Parse(sql_column(row, 1));
		entry = entry_make(statement);
		entry->seq = seq;
		entry->stored_ms = sqlite3_column_int64(row, 0);
		cJSON_Delete(statement);
	}
	sql_done(row);
	return entry;
}

static bool read_backlog(struct pass *p, struct error *err)
{
	struct db *db = store_read(p->lrs->store);
	int64_t last = p->lrs->stored;
	size_t spoken = 0;
	bool good = true;
	p->through = p->lrs->indexed;
	while (good && p->through < last && p->count < PASS_MAX && spoken < SPOKEN_MAX) {
		struct entry *entry = take_handoff(p->lrs, p->through + 1);
		if (entry == NULL)
			entry = read_entry(db, p->through + 1, &good, err);
		if (entry != NULL) {
			p->entries[p->count++] = entry;
			spoken += entry->term_count;
		}
		p->through += good;
	}
	store_read_end(p->lrs->store, db);
	return good;
}

static void pass_finish(struct pass *p)
{
	for (size_t i = 0; i < p->count; i++)
		entry_free(p->entries[i]);
	free(p->mentions);
	free(p);
}

/* ---- writing ---- */

static int by_id(const void *a, const void *b)
{
	const struct entry *const *one = a, *const *other = b;
	return memcmp((*one)->id, (*other)->id, ID_SIZE);
}

/* Insert in table order: neighbours share a page. */
static bool keep_identities(struct pass *p, struct entry *const *entries, size_t count)
{
	struct entry **sorted = xcalloc(count, sizeof(struct entry *));
	bool good = true;
	memcpy(sorted, entries, count * sizeof(struct entry *));
	qsort(sorted, count, sizeof(struct entry *), by_id);
	for (size_t i = 0; good && i < count; i++)
		good = sql_run(p->db,
			sql(p->db, p->err, "INSERT OR IGNORE INTO identity VALUES (?, ?)", "bi",
				sorted[i]->id, (size_t)ID_SIZE, sorted[i]->seq),
			p->err);
	free(sorted);
	return good;
}

static bool index_pointer(struct pass *p, const struct entry *e)
{
	return !e->points ||
	       sql_run(p->db,
		       sql(p->db, p->err, "INSERT OR IGNORE INTO pointer VALUES (?, ?)", "bi",
			       e->target, (size_t)ID_SIZE, e->seq),
		       p->err);
}

static bool index_entry(struct pass *p, const struct entry *e)
{
	struct memory *m = &p->lrs->memory;
	bool good = true;
	for (size_t i = 0; good && i < e->term_count; i++) {
		const struct term *s = &e->terms[i];
		int64_t name = names_number_hashed(m, p->db, entry_text(e, s), s->hash, p->err);
		good = name != 0;
		p->mentions = array_grow(p->mentions, p->mention_count, sizeof *p->mentions);
		p->mentions[p->mention_count++] = (struct mention){LIST_OF(name, s->kind), e->seq};
	}
	return good && index_pointer(p, e) && learn_entry(m, p->db, e, p->err);
}

static int by_list(const void *a, const void *b)
{
	const struct mention *one = a, *other = b;
	if (one->list != other->list)
		return one->list < other->list ? -1 : 1;
	return one->seq < other->seq ? -1 : one->seq > other->seq;
}

static bool keep_mentions(struct pass *p)
{
	bool good = true;
	if (p->mention_count > 0)
		qsort(p->mentions, p->mention_count, sizeof *p->mentions, by_list);
	for (size_t i = 0; good && i < p->mention_count; i++) {
		const struct mention *m = &p->mentions[i];
		if (i > 0 && by_list(m, m - 1) == 0)
			continue;
		good = sql_run(p->db,
			sql(p->db, p->err, "INSERT OR IGNORE INTO mention VALUES (?, ?)", "ii",
				m->list, m->seq),
			p->err);
	}
	return good;
}

static bool join_references(struct pass *p, const struct entry *e)
{
	const struct joining j = {&p->lrs->memory, p->db, e, p->err};
	return references_join(&j);
}

static bool write_entries(struct pass *p, size_t first)
{
	bool good = keep_identities(p, p->entries + first, p->count - first);
	for (size_t i = first; good && i < p->count; i++)
		good = index_entry(p, p->entries[i]);
	good = good && keep_mentions(p);
	for (size_t i = first; good && i < p->count; i++)
		good = join_references(p, p->entries[i]);
	return good &&
	       sql_run(p->db, sql(p->db, p->err, "UPDATE cursor SET seq = ?", "i", p->through),
		       p->err);
}

/* The memory is valid only while the cursor is where the last pass left it: otherwise that pass was
 * rolled back, or another program has written. */
static int write_pass(struct db *db, void *data, struct error *err)
{
	struct pass *p = data;
	size_t first = 0;
	p->db = db;
	p->err = err;
	int64_t cursor = sql_number(sql(db, err, "SELECT seq FROM cursor", ""), -1);
	if (cursor < 0 || !lrs_refresh(p->lrs, db, err))
		return LRS_FAILED;
	if (cursor != p->lrs->cursor)
		names_forget(&p->lrs->memory);
	while (first < p->count && p->entries[first]->seq <= cursor)
		first++;
	if (first == p->count)
		return LRS_DONE;
	if (!write_entries(p, first)) {
		names_forget(&p->lrs->memory);
		return LRS_FAILED;
	}
	p->lrs->cursor = p->through;
	return LRS_DONE;
}

/* ---- passes ---- */

/* Call with the index lock. */
static bool run_pass(struct lrs *lrs, struct error *err)
{
	struct pass *p = xcalloc(1, sizeof *p);
	p->lrs = lrs;
	bool good = read_backlog(p, err) &&
		    (p->count == 0 || lrs_write(lrs, write_pass, p, err) == LRS_DONE);
	if (good && p->count > 0)
		lrs->indexed_ms = p->entries[p->count - 1]->stored_ms;
	if (good)
		lrs->indexed = p->through;
	lrs->index_fails = !good;
	pass_finish(p);
	return good;
}

static bool settle_up_to(struct lrs *lrs, int64_t seq, struct error *err)
{
	bool good = true;
	if (lrs->indexed >= seq)
		return true;
	pthread_mutex_lock(&lrs->index_lock);
	while (good && lrs->indexed < seq)
		good = run_pass(lrs, err);
	pthread_mutex_unlock(&lrs->index_lock);
	return good;
}

bool index_settle(struct lrs *lrs, struct error *err)
{
	return settle_up_to(lrs, lrs->stored, err);
}

struct db *index_read(struct lrs *lrs)
{
	(void)index_settle(lrs, NULL);
	return store_read(lrs->store);
}

void index_hold_back(struct lrs *lrs)
{
	/* ignore failure, e.g. a full disk: the write itself will report it */
	(void)settle_up_to(lrs, lrs->stored - BACKLOG_MAX, NULL);
}

/* ---- the indexer ---- */

/* Ends early if the backlog reaches this size. */
static void pause_for(struct lrs *lrs, int64_t milliseconds, int64_t backlog)
{
	const struct timespec until = condition_until(milliseconds);
	lrs->indexer_waits_for = backlog;
	while (!lrs->closing && lrs->stored - lrs->indexed < backlog &&
		condition_wait(&lrs->changed, &lrs->lock, &until))
		;
}

static void *run_indexer(void *data)
{
	struct lrs *lrs = data;
	pthread_mutex_lock(&lrs->lock);
	while (!lrs->closing) {
		lrs->indexer_waits_for = 1;
		if (lrs->stored <= lrs->indexed) {
			pthread_cond_wait(&lrs->changed, &lrs->lock);
			continue;
		}
		pause_for(lrs, PAUSE_MS, PASS_MAX);
		lrs->indexer_waits_for = INT64_MAX;
		pthread_mutex_unlock(&lrs->lock);
		pthread_mutex_lock(&lrs->index_lock);
		bool good = lrs->stored <= lrs->indexed || run_pass(lrs, NULL);
		pthread_mutex_unlock(&lrs->index_lock);
		store_tidy(lrs->store);
		pthread_mutex_lock(&lrs->lock);
		if (!good)
			pause_for(lrs, FAILED_PAUSE_MS, INT64_MAX);
	}
	pthread_mutex_unlock(&lrs->lock);
	return NULL;
}

/* Block signals: another thread waits for them. */
static void start_indexer(struct lrs *lrs)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	lrs->indexing = pthread_create(&lrs->indexer, NULL, run_indexer, lrs) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void index_wake(struct lrs *lrs)
{
	if (lrs->stored - lrs->indexed < lrs->indexer_waits_for)
		return;
	pthread_mutex_lock(&lrs->lock);
	if (!lrs->indexing)
		start_indexer(lrs);
	pthread_cond_signal(&lrs->changed);
	pthread_mutex_unlock(&lrs->lock);
}

void index_stop(struct lrs *lrs)
{
	pthread_mutex_lock(&lrs->lock);
	lrs->closing = true;
	pthread_cond_signal(&lrs->changed);
	pthread_mutex_unlock(&lrs->lock);
	if (lrs->indexing)
		pthread_join(lrs->indexer, NULL);
	for (size_t i = 0; i < HANDED_MAX; i++)
		entry_free(lrs->handoff[i]);
}

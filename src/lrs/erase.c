/* lrs/erase.c - removes a person from the store, a few statements per change, so that others can
 * write in between */
#include "private.h"

#include <stdlib.h>

#define PASS_MAX 200
#define NOBODY_HOME "https://ropes.invalid/erased"
#define NOBODY_NAME "erased"

struct erasing {
	struct lrs *lrs;
	const char *key;
	int64_t last; /* leave statements after it: they were sent later */
	bool more;
};

/* State of the work on statements, one after another. */
struct work {
	struct memory *memory;
	struct db *db;
	const char *key;
	struct error *err;
	bool good;
	int64_t seq;         /* the current one */
	int64_t kind;        /* 0, or LIST_REFERRING */
	struct seqs touched; /* names that may be unused now */
};

static bool run_statement(struct work *w, sqlite3_stmt *statement)
{
	return w->good && sql_run(w->db, statement, w->err);
}

static bool is_person(const cJSON *actor, const char *key)
{
	cleanup_free char *there = xapi_actor_key(actor);
	return text_same(there, key);
}

static struct seqs sources_of(struct work *w, int64_t seq)
{
	struct seqs sources = {0};
	w->good = w->good &&
		  references_read_seqs(w->db,
			  sql(w->db, w->err, "SELECT source FROM reach WHERE target = ?", "i", seq),
			  &sources, w->err);
	return sources;
}

static struct seqs targets_of(struct work *w, int64_t seq)
{
	struct seqs targets = {0};
	w->good = w->good &&
		  references_read_seqs(w->db,
			  sql(w->db, w->err, "SELECT target FROM reach WHERE source = ?", "i", seq),
			  &targets, w->err);
	return targets;
}

/* ---- mentions ---- */

static void forget_mention(void *data, enum list_kind kind, const char *name)
{
	struct work *w = data;
	int64_t number = names_find(w->db, name, w->err);
	w->good = run_statement(
		w, sql(w->db, w->err, "DELETE FROM mention WHERE list = ? AND seq = ?", "ii",
			   LIST_OF(number, kind) + w->kind, w->seq));
	w->touched.items = array_grow(w->touched.items, w->touched.count, sizeof *w->touched.items);
	w->touched.items[w->touched.count++] = number;
}

static void insert_mention(void *data, enum list_kind kind, const char *name)
{
	struct work *w = data;
	int64_t number = names_number(w->memory, w->db, name, w->err);
	w->good = number != 0 &&
		  run_statement(w, sql(w->db, w->err, "INSERT OR IGNORE INTO mention VALUES (?, ?)",
					   "ii", LIST_OF(number, kind) + w->kind, w->seq));
}

/* Drops an attachment that no statement uses any more. */
static void drop_attachment(void *data, enum list_kind kind, const char *name)
{
	struct work *w = data;
	int64_t list = LIST_OF(names_find(w->db, name, w->err), kind);
	if (kind == LIST_ATTACHMENT)
		w->good = run_statement(
			w, sql(w->db, w->err,
				   "DELETE FROM attachment WHERE sha2 = ? AND NOT EXISTS "
				   "(SELECT 1 FROM mention WHERE list = ?)",
				   "ti", name, list));
}

/* Drops names that no statement uses any more, with what was known about them. */
static void drop_names(struct work *w)
{
	for (size_t i = 0; w->good && i < w->touched.count; i++) {
		int64_t name = w->touched.items[i], first = LIST_OF(name, 0);
		if (sql_number(sql(w->db, w->err,
				       "SELECT 1 FROM mention WHERE list BETWEEN ? AND ? LIMIT 1",
				       "ii", first, first + LISTS_OF_A_NAME - 1),
			    0) != 0)
			continue;
		w->good = run_statement(w,
				  sql(w->db, w->err, "DELETE FROM name WHERE id = ?", "i", name)) &&
			  run_statement(w, sql(w->db, w->err, "DELETE FROM activity WHERE name = ?",
						   "i", name)) &&
			  run_statement(w,
				  sql(w->db, w->err, "DELETE FROM verb WHERE name = ?", "i", name));
	}
}

/* Visits the lists that a statement is in for itself, and for the statements it refers to. */
static void each_list(struct work *w, int64_t seq, const cJSON *statement,
	void (*each)(void *data, enum list_kind kind, const char *name))
{
	struct seqs sources = sources_of(w, seq);
	w->kind = 0;
	w->seq = seq;
	mentions_each(statement, each, w);
	w->kind = LIST_REFERRING;
	for (size_t i = 0; i < sources.count; i++) {
		w->seq = sources.items[i];
		mentions_each(statement, each, w);
	}
	free(sources.items);
}

/* ---- one statement ---- */

/* Also removes it from the lists of the statements it refers to. */
static void forget_mentions(struct work *w, int64_t seq, const cJSON *statement)
{
	struct seqs targets = targets_of(w, seq);
	each_list(w, seq, statement, forget_mention);
	w->seq = seq;
	w->kind = LIST_REFERRING;
	for (size_t i = 0; w->good && i < targets.count; i++) {
		cJSON *target = references_read_statement(w->db, targets.items[i], w->err);
		mentions_each(target, forget_mention, w);
		cJSON_Delete(target);
	}
	free(targets.items);
}

static void delete_statement(struct work *w, int64_t seq, const cJSON *statement)
{
	unsigned char id[ID_SIZE];
	ids_read(json_get_text(statement, "id"), id);
	mentions_each(statement, drop_attachment, w);
	w->good = run_statement(w,
			  sql(w->db, w->err, "DELETE FROM reach WHERE target = ?1 OR source = ?1",
				  "i", seq)) &&
		  run_statement(w, sql(w->db, w->err, "DELETE FROM identity WHERE id = ?", "b", id,
					   (size_t)ID_SIZE)) &&
		  run_statement(
			  w, sql(w->db, w->err, "DELETE FROM statement WHERE seq = ?", "i", seq));
	const char *target = mentions_target(statement);
	if (target == NULL)
		return;
	ids_read(target, id);
	w->good = run_statement(
		w, sql(w->db, w->err, "DELETE FROM pointer WHERE target = ? AND seq = ?", "bi", id,
			   (size_t)ID_SIZE, seq));
}

/* Removes a statement with all that reach it by references. */
static void remove_statement(struct work *w, int64_t seq, const cJSON *statement)
{
	struct seqs sources = sources_of(w, seq);
	cJSON **pointing = xcalloc(sources.count + 1, sizeof *pointing);
	for (size_t i = 0; i < sources.count; i++) {
		pointing[i] = references_read_statement(w->db, sources.items[i], w->err);
		forget_mentions(w, sources.items[i], pointing[i]);
	}
	forget_mentions(w, seq, statement);
	for (size_t i = 0; i < sources.count; i++) {
		delete_statement(w, sources.items[i], pointing[i]);
		cJSON_Delete(pointing[i]);
	}
	delete_statement(w, seq, statement);
	free(pointing);
	free(sources.items);
}

static void make_nobody(void *data, cJSON *actor, bool direct)
{
	const struct work *w = data;
	static const char *const names[] = {
		"name", "mbox", "mbox_sha1sum", "openid", "account", "member"};
	(void)direct;
	if (!is_person(actor, w->key))
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		cJSON_DeleteItemFromObjectCaseSensitive(actor, names[i]);
	cJSON *account = cJSON_AddObjectToObject(actor, "account");
	cJSON_AddStringToObject(account, "homePage", NOBODY_HOME);
	cJSON_AddStringToObject(account, "name", NOBODY_NAME);
}

static void rewrite_statement(struct work *w, int64_t seq, cJSON *statement)
{
	each_list(w, seq, statement, forget_mention);
	xapi_each_actor(statement, make_nobody, w);
	cleanup_free char *json = json_print(statement);
	each_list(w, seq, statement, insert_mention);
	w->good = run_statement(w,
		sql(w->db, w->err, "UPDATE statement SET json = ? WHERE seq = ?", "ti", json, seq));
}

static void erase_statement(struct work *w, int64_t seq)
{
	cJSON *statement = references_read_statement(w->db, seq, w->err);
	if (statement == NULL) /* it referred to one that was removed earlier */
		return;
	if (is_person(json_get(statement, "actor"), w->key))
		remove_statement(w, seq, statement);
	else
		rewrite_statement(w, seq, statement);
	cJSON_Delete(statement);
}

/* ---- passes ---- */

static int erase_some(struct db *db, void *data, struct error *err)
{
	struct erasing *e = data;
	struct work w = {
		.memory = &e->lrs->memory, .db = db, .key = e->key, .err = err, .good = true};
	struct seqs seqs = {0};
	int64_t name = names_find(db, e->key, err);
	names_forget(w.memory); /* their numbers become invalid */
	w.good =
		store_overwrite(db, true, err) &&
		references_read_seqs(db,
			sql(db, err,
				"SELECT seq FROM mention WHERE list IN (?, ?) AND seq <= ? LIMIT ?",
				"iiii", LIST_OF(name, LIST_AGENT), LIST_OF(name, LIST_AGENTS),
				e->last, (int64_t)PASS_MAX),
			&seqs, err);
	for (size_t i = 0; w.good && i < seqs.count; i++)
		erase_statement(&w, seqs.items[i]);
	drop_names(&w);
	names_forget(w.memory);
	e->more = seqs.count == PASS_MAX;
	free(seqs.items);
	free(w.touched.items);
	return store_overwrite(db, false, w.good ? err : NULL) && w.good ? LRS_DONE : LRS_FAILED;
}

static int erase_rest(struct db *db, void *data, struct error *err)
{
	const struct erasing *e = data;
	bool good =
		store_overwrite(db, true, err) &&
		sql_run(db, sql(db, err, "DELETE FROM document WHERE agent = ?", "t", e->key), err);
	return store_overwrite(db, false, good ? err : NULL) && good ? LRS_DONE : LRS_FAILED;
}

bool lrs_erase(struct lrs *lrs, const char *actor_key, struct error *err)
{
	if (!keys_remove_of(lrs, actor_key, err) || !index_settle(lrs, err))
		return false;
	struct erasing e = {.lrs = lrs, .key = actor_key, .last = lrs_last_seq(lrs), .more = true};
	while (e.more)
		if (lrs_write(lrs, erase_some, &e, err) != LRS_DONE)
			return false;
	return lrs_write(lrs, erase_rest, &e, err) == LRS_DONE && store_checkpoint(lrs->store, err);
}

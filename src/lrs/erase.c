/* lrs/erase.c - a person taken out of the store, a few statements in a change, so that others' go
 * on */
#include "private.h"

#include <stdlib.h>

#define PASS_MOST 200
#define NOBODY_HOME "https://ropes.invalid/erased"
#define NOBODY_NAME "erased"

struct erasing {
	const char *key;
	int64_t last; /* what comes behind it was sent later */
	bool more;
};

/* What is at work on one statement. */
struct one {
	struct db *db;
	const char *key;
	int64_t seq;
	bool good;
	struct error *err;
};

struct seqs {
	int64_t *items;
	size_t count;
};

static bool read_seqs(struct db *db, sqlite3_stmt *rows, struct seqs *ret, struct error *err)
{
	bool good = true;
	while (sql_row(db, rows, &good, err)) {
		ret->items = array_grow(ret->items, ret->count, sizeof *ret->items);
		ret->items[ret->count++] = sqlite3_column_int64(rows, 0);
	}
	sql_done(rows);
	return good;
}

static cJSON *read_statement(const struct one *o)
{
	sqlite3_stmt *row =
		sql(o->db, o->err, "SELECT json FROM statement WHERE seq = ?", "i", o->seq);
	bool good = true;
	cJSON *json = sql_row(o->db, row, &good, o->err) ? cJSON_Parse(column_text(row, 0)) : NULL;
	sql_done(row);
	return json;
}

static bool is_person(const cJSON *actor, const char *key)
{
	cleanup_free char *there = xapi_actor_key(actor);
	return text_same(there, key);
}

/* ---- mentions ---- */

static void forget(void *data, const char *kind, const char *name)
{
	struct one *o = data;
	o->good = o->good &&
		  sql_run(o->db,
			  sql(o->db, o->err,
				  "DELETE FROM mention WHERE kind = ? AND name = ? AND seq = ?",
				  "tti", kind, name, o->seq),
			  o->err);
}

static void mention(void *data, const char *kind, const char *name)
{
	struct one *o = data;
	o->good = o->good &&
		  sql_run(o->db,
			  sql(o->db, o->err, "INSERT OR IGNORE INTO mention VALUES (?, ?, ?)",
				  "tti", kind, name, o->seq),
			  o->err);
}

/* An attachment that no statement has any more. */
static void drop_attachment(void *data, const char *kind, const char *name)
{
	struct one *o = data;
	if (!text_same(kind, "h"))
		return;
	o->good =
		o->good && sql_run(o->db,
				   sql(o->db, o->err,
					   "DELETE FROM attachment WHERE sha2 = ?1 AND NOT EXISTS "
					   "(SELECT 1 FROM mention WHERE kind = 'h' AND name = ?1)",
					   "t", name),
				   o->err);
}

/* ---- one statement ---- */

static void remove_statement(struct one *o, const cJSON *statement)
{
	mentions_each(statement, forget, o);
	mentions_each(statement, drop_attachment, o);
	o->good = o->good &&
		  sql_run(o->db,
			  sql(o->db, o->err, "DELETE FROM reach WHERE target = ?1 OR source = ?1",
				  "i", o->seq),
			  o->err) &&
		  sql_run(o->db,
			  sql(o->db, o->err, "DELETE FROM statement WHERE seq = ?", "i", o->seq),
			  o->err);
}

static void make_nobody(void *data, cJSON *actor, bool direct)
{
	const struct one *o = data;
	static const char *const names[] = {
		"name", "mbox", "mbox_sha1sum", "openid", "account", "member"};
	(void)direct;
	if (!is_person(actor, o->key))
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		cJSON_DeleteItemFromObjectCaseSensitive(actor, names[i]);
	cJSON *account = cJSON_AddObjectToObject(actor, "account");
	cJSON_AddStringToObject(account, "homePage", NOBODY_HOME);
	cJSON_AddStringToObject(account, "name", NOBODY_NAME);
}

static void rewrite_statement(struct one *o, cJSON *statement)
{
	mentions_each(statement, forget, o);
	xapi_each_actor(statement, make_nobody, o);
	char *json = cJSON_PrintUnformatted(statement);
	if (json == NULL)
		die_out_of_memory();
	mentions_each(statement, mention, o);
	o->good =
		o->good && sql_run(o->db,
				   sql(o->db, o->err, "UPDATE statement SET json = ? WHERE seq = ?",
					   "ti", json, o->seq),
				   o->err);
	cJSON_free(json);
}

/* What points at it, over any number of references, goes before it. */
static void remove_pointing(struct one *o)
{
	struct seqs sources = {0};
	o->good = o->good && read_seqs(o->db,
				     sql(o->db, o->err, "SELECT source FROM reach WHERE target = ?",
					     "i", o->seq),
				     &sources, o->err);
	for (size_t i = 0; o->good && i < sources.count; i++) {
		struct one source = {o->db, o->key, sources.items[i], true, o->err};
		cJSON *statement = read_statement(&source);
		remove_statement(&source, statement);
		cJSON_Delete(statement);
		o->good = source.good;
	}
	free(sources.items);
}

static void take_out(struct one *o)
{
	cJSON *statement = read_statement(o);
	if (statement == NULL) /* it pointed at one that went before it */
		return;
	if (is_person(xapi_at(statement, "actor"), o->key)) {
		remove_pointing(o);
		remove_statement(o, statement);
	} else {
		rewrite_statement(o, statement);
	}
	cJSON_Delete(statement);
}

/* ---- passes ---- */

static int erase_some(struct db *db, void *data, struct error *err)
{
	struct erasing *e = data;
	struct seqs seqs = {0};
	bool good = store_overwrite(db, true, err) &&
		    read_seqs(db,
			    sql(db, err,
				    "SELECT seq FROM mention WHERE kind = 'A' AND name = ? "
				    "AND seq <= ? LIMIT ?",
				    "tii", e->key, e->last, (int64_t)PASS_MOST),
			    &seqs, err);
	for (size_t i = 0; good && i < seqs.count; i++) {
		struct one o = {db, e->key, seqs.items[i], true, err};
		take_out(&o);
		good = o.good;
	}
	e->more = seqs.count == PASS_MOST;
	free(seqs.items);
	return store_overwrite(db, false, good ? err : NULL) && good ? LRS_DONE : LRS_FAILED;
}

static int erase_rest(struct db *db, void *data, struct error *err)
{
	const struct erasing *e = data;
	bool good = store_overwrite(db, true, err) &&
		    sql_run(db, sql(db, err, "DELETE FROM document WHERE agent = ?", "t", e->key),
			    err) &&
		    achievements_erase(db, e->key, err);
	return store_overwrite(db, false, good ? err : NULL) && good ? LRS_DONE : LRS_FAILED;
}

bool lrs_erase(struct lrs *lrs, const char *actor_key, struct error *err)
{
	struct erasing e = {.key = actor_key, .last = lrs_last_seq(lrs), .more = true};
	while (e.more)
		if (lrs_write(lrs, erase_some, &e, err) != LRS_DONE)
			return false;
	return lrs_write(lrs, erase_rest, &e, err) == LRS_DONE && store_checkpoint(lrs->store, err);
}

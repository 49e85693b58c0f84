/* lrs/statements.c - statements in: what they speak of, what they point at, what they void */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* What one statement brings with it, while it is put in. */
struct putting {
	struct lrs *lrs;
	int64_t seq;
	bool good;
	struct error *err;
};

static void mention(struct putting *p, const char *kind, const char *name)
{
	p->good = p->good && sql_run(&p->lrs->writer_db,
				     sql(&p->lrs->writer_db, p->err,
					     "INSERT OR IGNORE INTO mention VALUES (?, ?, ?)",
					     "tti", kind, name, p->seq),
				     p->err);
}

static void mention_actor(void *data, cJSON *actor, bool direct)
{
	cleanup_free char *key = xapi_actor_key(actor);
	if (key == NULL)
		return;
	if (direct)
		mention(data, "a", key);
	mention(data, "A", key);
}

/* ---- canonical definitions ---- */

static cJSON *read_json(struct connection *db, const char *text, const char *id, struct error *err)
{
	sqlite3_stmt *row = sql(db, err, text, "t", id);
	cJSON *json = row != NULL && sqlite3_step(row) == SQLITE_ROW
			      ? cJSON_Parse(column_text(row, 0))
			      : NULL;
	sql_done(row);
	return json;
}

#define LANGUAGES_MOST 500 /* more than anybody writes in; a map that grows is read each time */

/* Language maps grow; everything else is what was said last. Whether anything is new. */
static bool merge(cJSON *into, const cJSON *from)
{
	const cJSON *one;
	bool changed = false;
	struct xapi_index known = xapi_index_make(into);
	size_t count = known.count;
	cJSON_ArrayForEach(one, from) {
		cJSON *there = xapi_index_find(&known, one->string);
		bool map = text_same(one->string, "name") || text_same(one->string, "description");
		if (map && cJSON_IsObject(there)) {
			changed = merge(there, one) || changed;
		} else if (there == NULL ? count < LANGUAGES_MOST : !xapi_same(there, one)) {
			xapi_index_set(&known, into, one);
			count++;
			changed = true;
		}
	}
	xapi_index_finish(&known);
	return changed;
}

static void keep_json(struct putting *p, const char *text, const char *id, const cJSON *json)
{
	char *printed = cJSON_PrintUnformatted(json);
	if (printed == NULL)
		die_out_of_memory();
	p->good = p->good &&
		  sql_run(&p->lrs->writer_db,
			  sql(&p->lrs->writer_db, p->err, text, "tt", id, printed), p->err);
	cJSON_free(printed);
}

/* What was said of something joins what is known of it; `read` and `write` are its table's. */
static void learn(
	struct putting *p, const char *read, const char *write, const char *id, const cJSON *said)
{
	if (said == NULL || said->child == NULL)
		return;
	cJSON *known = read_json(&p->lrs->writer_db, read, id, p->err);
	if (known == NULL)
		known = cJSON_CreateObject();
	if (merge(known, said))
		keep_json(p, write, id, known);
	cJSON_Delete(known);
}

static void learn_activity(void *data, cJSON *activity, bool direct)
{
	const char *id = xapi_text(activity, "id");
	if (direct)
		mention(data, "o", id);
	mention(data, "O", id);
	learn(data, "SELECT json FROM activity WHERE id = ?",
		"INSERT OR REPLACE INTO activity VALUES (?, ?)", id,
		xapi_at(activity, "definition"));
}

static void learn_verb(void *data, cJSON *verb)
{
	learn(data, "SELECT display FROM verb WHERE id = ?",
		"INSERT OR REPLACE INTO verb VALUES (?, ?)", xapi_text(verb, "id"),
		xapi_at(verb, "display"));
}

/* ---- references and voiding ---- */

static const char *target_of(const cJSON *statement)
{
	const cJSON *object = xapi_at(statement, "object");
	return text_same(xapi_text(object, "objectType"), "StatementRef") ? xapi_text(object, "id")
									  : NULL;
}

/* Whoever pointed at this statement before it came reaches it now, and all that it reaches. */
static bool connect_references(struct putting *p, const char *id, const char *target)
{
	struct connection *db = &p->lrs->writer_db;
	if (target != NULL &&
		!sql_run(db,
			sql(db, p->err,
				"INSERT OR IGNORE INTO reach SELECT seq, ?1 FROM statement "
				"WHERE id = ?2 AND seq <> ?1",
				"it", p->seq, target),
			p->err))
		return false;
	if (target != NULL &&
		!sql_run(db,
			sql(db, p->err,
				"INSERT OR IGNORE INTO reach SELECT r.target, ?1 FROM reach AS r "
				"JOIN statement AS s ON s.seq = r.source WHERE s.id = ?2",
				"it", p->seq, target),
			p->err))
		return false;
	return sql_run(db,
		       sql(db, p->err,
			       "INSERT OR IGNORE INTO reach SELECT ?1, seq FROM statement "
			       "WHERE target = ?2 AND seq <> ?1",
			       "it", p->seq, id),
		       p->err) &&
	       sql_run(db,
		       sql(db, p->err,
			       "INSERT OR IGNORE INTO reach SELECT ?1, r.source FROM reach AS r "
			       "JOIN statement AS s ON s.seq = r.target WHERE s.target = ?2",
			       "it", p->seq, id),
		       p->err) &&
	       sql_run(db,
		       sql(db, p->err,
			       "INSERT OR IGNORE INTO reach SELECT below.target, above.source "
			       "FROM reach AS above JOIN reach AS below ON below.source = ?1 "
			       "WHERE above.target = ?1",
			       "i", p->seq),
		       p->err);
}

/* Nearly every statement points at nothing, and nothing points at it. */
static bool is_pointed_at(struct putting *p, const char *id)
{
	sqlite3_stmt *row = sql(&p->lrs->writer_db, p->err,
		"SELECT 1 FROM statement WHERE target = ? LIMIT 1", "t", id);
	bool found = row != NULL && sqlite3_step(row) == SQLITE_ROW;
	sql_done(row);
	return found;
}

/* A voiding statement cannot be voided; one may come before what it voids. */
static bool void_what_is_meant(struct putting *p, const cJSON *statement, const char *id)
{
	struct connection *db = &p->lrs->writer_db;
	bool voids = text_same(xapi_text(xapi_at(statement, "verb"), "id"), XAPI_VOIDED);
	if (voids && !sql_run(db,
			     sql(db, p->err,
				     "UPDATE statement SET voided = 1 WHERE id = ? AND verb <> ?",
				     "tt", target_of(statement), XAPI_VOIDED),
			     p->err))
		return false;
	return voids || sql_run(db,
				sql(db, p->err,
					"UPDATE statement SET voided = 1 WHERE seq = ?1 AND EXISTS "
					"(SELECT 1 FROM statement WHERE target = ?2 AND verb = ?3)",
					"itt", p->seq, id, XAPI_VOIDED),
				p->err);
}

/* ---- putting ---- */

static bool insert(struct putting *p, const cJSON *statement, int64_t stored_ms)
{
	const char *registration = xapi_text(xapi_at(statement, "context"), "registration");
	cleanup_free char *small = registration != NULL ? utf8_fold(registration) : NULL;
	char *json = cJSON_PrintUnformatted(statement);
	if (json == NULL)
		die_out_of_memory();
	bool good = sql_run(&p->lrs->writer_db,
		sql(&p->lrs->writer_db, p->err,
			"INSERT INTO statement (id, stored_ms, verb, registration, target, json) "
			"VALUES (?, ?, ?, ?, ?, ?)",
			"tittt"
			"t",
			xapi_text(statement, "id"), stored_ms,
			xapi_text(xapi_at(statement, "verb"), "id"), small, target_of(statement),
			json),
		p->err);
	cJSON_free(json);
	p->seq = sqlite3_last_insert_rowid(p->lrs->writer_db.handle);
	return good;
}

/* LRS_DONE: there is none of that id, or the same one (*ret_there). */
static enum lrs_outcome look_for(
	struct lrs *lrs, const cJSON *statement, bool *ret_there, struct error *err)
{
	const char *id = xapi_text(statement, "id");
	cleanup_free char *small = id != NULL ? utf8_fold(id) : NULL;
	cJSON *there = small != NULL
			       ? read_json(&lrs->writer_db,
					 "SELECT json FROM statement WHERE id = ?", small, err)
			       : NULL;
	*ret_there = there != NULL;
	bool same = there == NULL || xapi_statement_same(statement, there);
	cJSON_Delete(there);
	if (!same)
		error_set(err, 0, "there is another statement with the id %s", id);
	return same ? LRS_DONE : LRS_CONFLICT;
}

static enum lrs_outcome put_one(
	struct lrs *lrs, const struct lrs_batch *batch, cJSON *statement, struct error *err)
{
	bool there;
	enum lrs_outcome outcome = look_for(lrs, statement, &there, err);
	if (outcome != LRS_DONE || there)
		return outcome;
	char stored[TIME_TEXT_SIZE];
	int64_t now = clock_wall_ms();
	lrs->last_stored_ms = now > lrs->last_stored_ms ? now : lrs->last_stored_ms;
	time_format_iso8601(lrs->last_stored_ms, stored);
	xapi_statement_complete(statement, batch->version, stored, batch->authority);
	struct putting p = {.lrs = lrs, .good = true, .err = err};
	const char *id = xapi_text(statement, "id");
	if (!insert(&p, statement, lrs->last_stored_ms))
		return LRS_FAILED;
	xapi_each_actor(statement, mention_actor, &p);
	xapi_each_activity(statement, learn_activity, &p);
	xapi_each_verb(statement, learn_verb, &p);
	if (p.good && (target_of(statement) != NULL || is_pointed_at(&p, id)))
		p.good = connect_references(&p, id, target_of(statement)) &&
			 void_what_is_meant(&p, statement, id);
	p.good = p.good && achievements_take(&lrs->writer_db, statement, err);
	return p.good ? LRS_DONE : LRS_FAILED;
}

static enum lrs_outcome put_batch(struct lrs *lrs, void *data, struct error *err)
{
	const struct lrs_batch *batch = data;
	for (size_t i = 0; i < batch->count; i++) {
		enum lrs_outcome outcome = put_one(lrs, batch, batch->statements[i], err);
		if (outcome != LRS_DONE)
			return outcome;
	}
	for (size_t i = 0; i < batch->attachment_count; i++) {
		const struct lrs_attachment *a = &batch->attachments[i];
		if (!sql_run(&lrs->writer_db,
			    sql(&lrs->writer_db, err,
				    "INSERT OR IGNORE INTO attachment VALUES (?, ?, ?)", "ttb",
				    a->sha2, a->type, a->bytes, a->length),
			    err))
			return LRS_FAILED;
	}
	return LRS_DONE;
}

enum lrs_outcome lrs_put(struct lrs *lrs, const struct lrs_batch *batch, struct error *err)
{
	struct lrs_batch copy = *batch;
	return writer_do(lrs, put_batch, &copy, err);
}

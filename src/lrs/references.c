/* lrs/references.c - references over several StatementRefs, and voiding */
#include "private.h"

#include <stdlib.h>
#include <string.h>

bool references_read_seqs(struct db *db, sqlite3_stmt *rows, struct seqs *ret, struct error *err)
{
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		ret->items = array_grow(ret->items, ret->count, sizeof *ret->items);
		ret->items[ret->count++] = sqlite3_column_int64(rows, 0);
	}
	sql_done(rows);
	return good;
}

cJSON *references_read_json(sqlite3_stmt *row, int column)
{
	const char *text = sql_column(row, column);
	return json_parse_exact(text, strlen(text), NULL);
}

cJSON *references_read_statement(struct db *db, int64_t seq, struct error *err)
{
	sqlite3_stmt *row = sql(db, err, "SELECT json FROM statement WHERE seq = ?", "i", seq);
	bool good = true;
	cJSON *json = sql_row(db, row, &good, err) ? references_read_json(row, 0) : NULL;
	sql_done(row);
	return json;
}

/* ---- which statement reaches which ---- */

/* Do not follow longer chains: their cost is the square of the length, and one sender must not
 * delay everyone. */
#define REACH_MAX ((int64_t)64)

/* Lets references_join() skip nearly every statement: few refer to others or are referred to. */
static bool is_pointed_at(const struct joining *j)
{
	return sql_number(sql(j->db, j->err, "SELECT 1 FROM pointer WHERE target = ? LIMIT 1", "b",
				  j->entry->id, (size_t)ID_SIZE),
		       0) != 0;
}

/* It reaches the statement it refers to, and all that one reaches. */
static bool reach_down(const struct joining *j)
{
	const unsigned char *target = j->entry->target;
	struct db *db = j->db;
	return sql_run(db,
		       sql(db, j->err,
			       "INSERT OR IGNORE INTO reach SELECT seq, ?1 FROM identity "
			       "WHERE id = ?2 AND seq <> ?1",
			       "ib", j->entry->seq, target, (size_t)ID_SIZE),
		       j->err) &&
	       sql_run(db,
		       sql(db, j->err,
			       "INSERT OR IGNORE INTO reach SELECT r.target, ?1 FROM identity AS i "
			       "JOIN reach AS r ON r.source = i.seq WHERE i.id = ?2 "
			       "ORDER BY r.target DESC LIMIT ?3",
			       "ibi", j->entry->seq, target, (size_t)ID_SIZE, REACH_MAX),
		       j->err);
}

/* Statements that referred to it before it arrived now reach it, and all that it reaches. */
static bool reach_up(const struct joining *j)
{
	struct db *db = j->db;
	return sql_run(db,
		       sql(db, j->err,
			       "INSERT OR IGNORE INTO reach SELECT ?1, seq FROM pointer "
			       "WHERE target = ?2 AND seq <> ?1",
			       "ib", j->entry->seq, j->entry->id, (size_t)ID_SIZE),
		       j->err) &&
	       sql_run(db,
		       sql(db, j->err,
			       "INSERT OR IGNORE INTO reach SELECT ?1, r.source FROM pointer AS p "
			       "JOIN reach AS r ON r.target = p.seq WHERE p.target = ?2 AND "
			       "(SELECT count(*) FROM reach WHERE source = r.source) < ?3",
			       "ibi", j->entry->seq, j->entry->id, (size_t)ID_SIZE, REACH_MAX),
		       j->err) &&
	       sql_run(db,
		       sql(db, j->err,
			       "INSERT OR IGNORE INTO reach SELECT below.target, above.source "
			       "FROM reach AS above JOIN (SELECT target FROM reach "
			       "WHERE source = ?1 ORDER BY target DESC LIMIT ?2) AS below "
			       "WHERE above.target = ?1 AND "
			       "(SELECT count(*) FROM reach WHERE source = above.source) < ?2",
			       "ii", j->entry->seq, REACH_MAX),
		       j->err);
}

/* ---- finding statements by what they refer to ---- */

struct inheriting {
	const struct joining *joining;
	struct seqs sources; /* statements that reach it now */
	bool good;
};

static void inherit_mention(void *data, enum list_kind kind, const char *name)
{
	struct inheriting *i = data;
	const struct joining *j = i->joining;
	int64_t number = i->good ? names_number(j->memory, j->db, name, j->err) : 0;
	i->good = number != 0;
	for (size_t s = 0; i->good && s < i->sources.count; s++)
		i->good = sql_run(j->db,
			sql(j->db, j->err, "INSERT OR IGNORE INTO mention VALUES (?, ?)", "ii",
				LIST_OF(number, kind) + LIST_REFERRING, i->sources.items[s]),
			j->err);
}

/* Statements that reach `target` through the new one, or are it, are found by the mentions of
 * `target`. */
static bool inherit_from(const struct joining *j, int64_t target)
{
	struct inheriting i = {.joining = j};
	i.good = references_read_seqs(j->db,
		sql(j->db, j->err,
			"WITH new(seq) AS (SELECT ?1 UNION ALL SELECT source FROM reach "
			"WHERE target = ?1) SELECT source FROM new CROSS JOIN reach "
			"ON target = ?2 AND source = new.seq",
			"ii", j->entry->seq, target),
		&i.sources, j->err);
	cJSON *statement =
		i.sources.count > 0 ? references_read_statement(j->db, target, j->err) : NULL;
	mentions_each(statement, inherit_mention, &i);
	cJSON_Delete(statement);
	free(i.sources.items);
	return i.good;
}

static bool inherit_around(const struct joining *j)
{
	struct seqs targets = {0};
	bool good = inherit_from(j, j->entry->seq) &&
		    references_read_seqs(j->db,
			    sql(j->db, j->err, "SELECT target FROM reach WHERE source = ?", "i",
				    j->entry->seq),
			    &targets, j->err);
	for (size_t i = 0; good && i < targets.count; i++)
		good = inherit_from(j, targets.items[i]);
	free(targets.items);
	return good;
}

/* ---- voiding ---- */

/* A voiding statement cannot be voided, and it may arrive before the statement that it voids. */
static bool void_what_is_meant(const struct joining *j)
{
	struct db *db = j->db;
	int64_t name = names_number(j->memory, db, XAPI_VOIDED, j->err);
	int64_t list = LIST_OF(name, LIST_VERB);
	if (name == 0)
		return false;
	if (j->entry->voids)
		return !j->entry->points ||
		       sql_run(db,
			       sql(db, j->err,
				       "UPDATE statement SET voided = 1 WHERE seq = "
				       "(SELECT seq FROM identity WHERE id = ?1) AND NOT EXISTS "
				       "(SELECT 1 FROM mention AS m WHERE m.list = ?2 "
				       "AND m.seq = statement.seq)",
				       "bi", j->entry->target, (size_t)ID_SIZE, list),
			       j->err);
	return sql_run(db,
		sql(db, j->err,
			"UPDATE statement SET voided = 1 WHERE seq = ?1 AND EXISTS "
			"(SELECT 1 FROM pointer AS p JOIN mention AS m ON m.seq = p.seq "
			"AND m.list = ?3 WHERE p.target = ?2)",
			"ibi", j->entry->seq, j->entry->id, (size_t)ID_SIZE, list),
		j->err);
}

bool references_join(const struct joining *j)
{
	if (!j->entry->points && !is_pointed_at(j))
		return true;
	return (!j->entry->points || reach_down(j)) && reach_up(j) && inherit_around(j) &&
	       void_what_is_meant(j);
}

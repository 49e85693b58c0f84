/* lrs/find.c - statements out */
#include "private.h"

#include <stdlib.h>
#include <string.h>

enum lrs_outcome lrs_get(struct lrs *lrs, const char *id, bool voided, char **ret,
	int64_t *ret_stored_ms, struct error *err)
{
	struct db *db = store_read(lrs->store);
	sqlite3_stmt *row =
		sql(db, err, "SELECT json, stored_ms FROM statement WHERE id = ? AND voided = ?",
			"ti", id, (int64_t)voided);
	int code = row != NULL ? sqlite3_step(row) : SQLITE_ERROR;
	if (code == SQLITE_ROW) {
		*ret = xstrdup(column_text(row, 0));
		*ret_stored_ms = sqlite3_column_int64(row, 1);
	}
	enum lrs_outcome outcome = code == SQLITE_ROW    ? LRS_DONE
				   : code == SQLITE_DONE ? LRS_NOT_FOUND
							 : LRS_FAILED;
	if (outcome == LRS_FAILED && row != NULL)
		sql_failed(db, err);
	sql_done(row);
	store_read_end(lrs->store, db);
	return outcome;
}

/* ---- queries ---- */

/* A query as SQL text with its values, all of them bound as text or number. */
struct filter {
	struct buf text;
	const char *texts[16];
	int64_t numbers[16];
	char types[17];
	size_t count;
};

static void bind_text(struct filter *f, const char *text)
{
	f->texts[f->count] = text;
	f->types[f->count++] = 't';
}

static void bind_number(struct filter *f, int64_t number)
{
	f->numbers[f->count] = number;
	f->types[f->count++] = 'i';
}

static void add_mention(struct filter *f, const char *alias, const char *kind, const char *name)
{
	buf_printf(&f->text,
		" AND EXISTS (SELECT 1 FROM mention AS m WHERE m.kind = '%s' AND m.name = ? "
		"AND m.seq = %s.seq)",
		kind, alias);
	bind_text(f, name);
}

/* What must be so of the statement itself, or of one that it points at. */
static void add_conditions(struct filter *f, const char *alias, const struct lrs_query *q)
{
	if (q->verb != NULL) {
		buf_printf(&f->text, " AND %s.verb = ?", alias);
		bind_text(f, q->verb);
	}
	if (q->registration != NULL) {
		buf_printf(&f->text, " AND %s.registration = ?", alias);
		bind_text(f, q->registration);
	}
	if (q->agent != NULL)
		add_mention(f, alias, q->related_agents ? "A" : "a", q->agent);
	if (q->activity != NULL)
		add_mention(f, alias, q->related_activities ? "O" : "o", q->activity);
}

/* What must be so of the statement that is found. */
static void add_range(struct filter *f, const struct lrs_query *q)
{
	if (q->from > 0) {
		buf_printf(&f->text, " AND s.seq %s ?", q->ascending ? ">" : "<");
		bind_number(f, q->from);
	}
	if (q->since_ms > 0) {
		buf_add_text(&f->text, " AND s.stored_ms > ?");
		bind_number(f, q->since_ms);
	}
	if (q->until_ms > 0) {
		buf_add_text(&f->text, " AND s.stored_ms <= ?");
		bind_number(f, q->until_ms);
	}
}

/* The one mention that narrows most is walked; the rest is looked up. */
static const char *start_of(const struct lrs_query *q)
{
	return q->agent != NULL      ? (q->related_agents ? "A" : "a")
	       : q->activity != NULL ? (q->related_activities ? "O" : "o")
				     : NULL;
}

static void add_direct(struct filter *f, const struct lrs_query *q)
{
	const char *kind = start_of(q), *order = q->ascending ? "ASC" : "DESC";
	buf_add_text(&f->text, "SELECT * FROM (SELECT s.seq, s.json FROM ");
	if (kind != NULL) {
		buf_printf(&f->text,
			"mention AS first CROSS JOIN statement AS s ON s.seq = first.seq "
			"WHERE first.kind = '%s' AND first.name = ? AND NOT s.voided",
			kind);
		bind_text(f, q->agent != NULL ? q->agent : q->activity);
	} else {
		buf_add_text(&f->text, "statement AS s WHERE NOT s.voided");
	}
	add_conditions(f, "s", q);
	add_range(f, q);
	buf_printf(&f->text, " ORDER BY %s.seq %s LIMIT %u)", kind != NULL ? "first" : "s", order,
		q->limit + 1);
}

/* Found by what they point at. */
static void add_pointing(struct filter *f, const struct lrs_query *q)
{
	buf_add_text(&f->text,
		" UNION SELECT * FROM (SELECT s.seq, s.json FROM reach AS r "
		"JOIN statement AS t ON t.seq = r.target JOIN statement AS s ON s.seq = r.source "
		"WHERE NOT s.voided");
	add_conditions(f, "t", q);
	add_range(f, q);
	buf_printf(&f->text, " GROUP BY s.seq ORDER BY s.seq %s LIMIT %u)",
		q->ascending ? "ASC" : "DESC", q->limit + 1);
}

static sqlite3_stmt *prepare(struct db *db, struct filter *f, struct error *err)
{
	sqlite3_stmt *rows = sql_once(db, buf_text(&f->text), err);
	for (size_t i = 0; rows != NULL && i < f->count; i++) {
		if (f->types[i] == 'i')
			sqlite3_bind_int64(rows, (int)i + 1, f->numbers[i]);
		else
			sqlite3_bind_text(rows, (int)i + 1, f->texts[i], -1, SQLITE_TRANSIENT);
	}
	return rows;
}

bool lrs_find(struct lrs *lrs, const struct lrs_query *q,
	void (*each)(void *data, const char *json), void *data, int64_t *ret_next,
	struct error *err)
{
	struct filter f = {0};
	bool filtered = q->agent != NULL || q->activity != NULL || q->verb != NULL ||
			q->registration != NULL;
	add_direct(&f, q);
	if (filtered)
		add_pointing(&f, q);
	buf_printf(
		&f.text, " ORDER BY seq %s LIMIT %u", q->ascending ? "ASC" : "DESC", q->limit + 1);
	struct db *db = store_read(lrs->store);
	sqlite3_stmt *rows = prepare(db, &f, err);
	int code = SQLITE_ERROR;
	unsigned count = 0;
	int64_t last = 0;
	*ret_next = 0;
	while (rows != NULL && (code = sqlite3_step(rows)) == SQLITE_ROW) {
		if (count++ == q->limit) {
			*ret_next = last;
			code = SQLITE_DONE;
			break;
		}
		last = sqlite3_column_int64(rows, 0);
		each(data, column_text(rows, 1));
	}
	bool good = code == SQLITE_DONE || (rows != NULL && sql_failed(db, err));
	sqlite3_finalize(rows);
	store_read_end(lrs->store, db);
	buf_finish(&f.text);
	return good;
}

bool lrs_after(struct lrs *lrs, int64_t seq, unsigned most,
	void (*each)(void *data, int64_t seq, bool voided, const char *json), void *data,
	struct error *err)
{
	struct db *db = store_read(lrs->store);
	bool good = true;
	sqlite3_stmt *rows = sql(db, err,
		"SELECT seq, voided, json FROM statement WHERE seq > ? ORDER BY seq LIMIT ?", "ii",
		seq, (int64_t)most);
	while (sql_row(db, rows, &good, err))
		each(data, sqlite3_column_int64(rows, 0), sqlite3_column_int(rows, 1) != 0,
			column_text(rows, 2));
	sql_done(rows);
	store_read_end(lrs->store, db);
	return good;
}

int64_t lrs_last_seq(struct lrs *lrs)
{
	struct db *db = store_read(lrs->store);
	int64_t last =
		sql_number(sql(db, NULL, "SELECT coalesce(max(seq), 0) FROM statement", ""), 0);
	store_read_end(lrs->store, db);
	return last;
}

/* ---- what belongs to statements ---- */

enum lrs_outcome lrs_attachment(
	struct lrs *lrs, const char *sha2, char **ret_type, struct buf *ret, struct error *err)
{
	struct db *db = store_read(lrs->store);
	sqlite3_stmt *row =
		sql(db, err, "SELECT type, bytes FROM attachment WHERE sha2 = ?", "t", sha2);
	int code = row != NULL ? sqlite3_step(row) : SQLITE_ERROR;
	if (code == SQLITE_ROW) {
		*ret_type = xstrdup(column_text(row, 0));
		int length = sqlite3_column_bytes(row, 1);
		if (length > 0)
			buf_add(ret, sqlite3_column_blob(row, 1), (size_t)length);
	}
	sql_done(row);
	store_read_end(lrs->store, db);
	return code == SQLITE_ROW ? LRS_DONE : code == SQLITE_DONE ? LRS_NOT_FOUND : LRS_FAILED;
}

static cJSON *read_one(struct lrs *lrs, const char *text, const char *id, struct error *err)
{
	struct db *db = store_read(lrs->store);
	sqlite3_stmt *row = sql(db, err, text, "t", id);
	cJSON *json = row != NULL && sqlite3_step(row) == SQLITE_ROW
			      ? cJSON_Parse(column_text(row, 0))
			      : NULL;
	sql_done(row);
	store_read_end(lrs->store, db);
	return json;
}

cJSON *lrs_activity(struct lrs *lrs, const char *id, struct error *err)
{
	cJSON *activity = cJSON_CreateObject();
	cJSON_AddStringToObject(activity, "objectType", "Activity");
	cJSON_AddStringToObject(activity, "id", id);
	cJSON *definition = read_one(lrs, "SELECT json FROM activity WHERE id = ?", id, err);
	if (definition != NULL)
		cJSON_AddItemToObject(activity, "definition", definition);
	return activity;
}

cJSON *lrs_verb_display(struct lrs *lrs, const char *id, struct error *err)
{
	return read_one(lrs, "SELECT display FROM verb WHERE id = ?", id, err);
}

int64_t lrs_consistent_ms(struct lrs *lrs)
{
	(void)lrs; /* what a call returned for is on the disk, and readers see it at once */
	return clock_wall_ms();
}

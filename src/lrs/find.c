/* lrs/find.c - queries for statements */
#include "private.h"

#include <stdlib.h>

enum lrs_outcome lrs_get(struct lrs *lrs, const char *id, bool voided, char **ret,
	int64_t *ret_stored_ms, struct error *err)
{
	unsigned char bytes[ID_SIZE];
	ids_read(id, bytes);
	struct db *db = index_read(lrs);
	bool good = true;
	sqlite3_stmt *row = sql(db, err,
		"SELECT s.json, s.stored_ms FROM identity AS i JOIN statement AS s "
		"ON s.seq = i.seq WHERE i.id = ? AND s.voided = ?",
		"bi", bytes, (size_t)ID_SIZE, (int64_t)voided);
	bool there = sql_row(db, row, &good, err);
	if (there) {
		*ret = xstrdup(sql_column(row, 0));
		*ret_stored_ms = sqlite3_column_int64(row, 1);
	}
	sql_done(row);
	store_read_end(lrs->store, db);
	return !good ? LRS_FAILED : there ? LRS_DONE : LRS_NOT_FOUND;
}

/* ---- lists ---- */

#define LISTS_MAX 4
/* Limit of bytes that one read loads: a few very long statements reach it. */
#define TEXTS_MAX ((size_t)4 * 1024 * 1024)

/* Length of the part of a list that one read loads. It grows while a part is mostly used, and
 * shrinks while most of it is skipped. */
#define RUN_MAX 128
#define RUN_FIRST 4
struct run {
	int64_t list; /* 0: none */
	int64_t seqs[RUN_MAX];
	unsigned count, at, used, wanted;
	bool ended; /* the list ends after this part */
};

/* Walks the statements that are in each of some lists, in order. The list that is furthest ahead
 * decides where to look in the others, so the shortest one determines the cost. */
struct walk {
	struct db *db;
	struct error *err;
	bool good, ascending;
	struct list {
		struct run one, other; /* in either; `other` is unused without a list */
	} lists[LISTS_MAX];
	unsigned count;
	bool referring; /* finds statements that refer to one that is in all lists */
	int64_t at;     /* the next match; 0: none left */
};

static void read_run(struct walk *w, struct run *r, int64_t at)
{
	bool well = r->used * 4 >= r->count;
	r->wanted = r->wanted == 0        ? RUN_FIRST
		    : !well               ? (r->wanted + 1) / 2
		    : r->wanted < RUN_MAX ? r->wanted * 2
					  : RUN_MAX;
	sqlite3_stmt *rows =
		w->ascending ? sql(w->db, w->err,
				       "SELECT seq FROM mention WHERE list = ? AND seq >= ? "
				       "ORDER BY seq LIMIT ?",
				       "iii", r->list, at, (int64_t)r->wanted)
			     : sql(w->db, w->err,
				       "SELECT seq FROM mention WHERE list = ? AND seq <= ? "
				       "ORDER BY seq DESC LIMIT ?",
				       "iii", r->list, at, (int64_t)r->wanted);
	r->count = r->at = r->used = 0;
	while (sql_row(w->db, rows, &w->good, w->err))
		r->seqs[r->count++] = sqlite3_column_int64(rows, 0);
	sql_done(rows);
	r->ended = r->count < r->wanted;
}

static int64_t in_run(const struct walk *w, struct run *r, int64_t at)
{
	while (r->at < r->count && (w->ascending ? r->seqs[r->at] < at : r->seqs[r->at] > at))
		r->at++;
	return r->at < r->count ? r->seqs[r->at] : 0;
}

/* The first number of a list at or after `at`, which may only advance; 0: none. */
static int64_t seek_run(struct walk *w, struct run *r, int64_t at)
{
	int64_t seq = in_run(w, r, at);
	if (seq == 0 && !r->ended) {
		read_run(w, r, at);
		seq = in_run(w, r, at);
	}
	r->used++;
	return seq;
}

/* Without a list, any statement matches. */
static int64_t seek_any(struct walk *w, int64_t at)
{
	sqlite3_stmt *row = w->ascending ? sql(w->db, w->err,
						   "SELECT seq FROM statement WHERE seq >= ? "
						   "ORDER BY seq LIMIT 1",
						   "i", at)
					 : sql(w->db, w->err,
						   "SELECT seq FROM statement WHERE seq <= ? "
						   "ORDER BY seq DESC LIMIT 1",
						   "i", at);
	int64_t seq = sql_row(w->db, row, &w->good, w->err) ? sqlite3_column_int64(row, 0) : 0;
	sql_done(row);
	return seq;
}

static int64_t seek_either(struct walk *w, struct list *list, int64_t at)
{
	int64_t a = seek_run(w, &list->one, at);
	int64_t b = list->other.list != 0 && a != at ? seek_run(w, &list->other, at) : 0;
	return a == 0 || b == 0 ? a + b : (a < b) == w->ascending ? a : b;
}

static int64_t seek_all(struct walk *w, int64_t at)
{
	unsigned agreed = 0;
	for (unsigned i = 0; at != 0 && agreed < w->count; i = (i + 1) % w->count) {
		int64_t seq = seek_either(w, &w->lists[i], at);
		agreed = seq == at ? agreed + 1 : 1;
		at = seq;
	}
	return at;
}

static bool is_in_all(struct walk *w, int64_t seq)
{
	bool in = true;
	for (unsigned i = 0; in && i < w->count; i++)
		in = sql_number(sql(w->db, w->err,
					"SELECT 1 FROM mention WHERE list IN (?, ?) AND seq = ?",
					"iii", w->lists[i].one.list - LIST_REFERRING,
					w->lists[i].other.list - LIST_REFERRING, seq),
			     0) != 0;
	return in;
}

/* All lists must match the same statement that `source` reaches, not several of them. */
static bool reaches_one(struct walk *w, int64_t source)
{
	struct seqs targets = {0};
	bool found = false;
	w->good = references_read_seqs(w->db,
		sql(w->db, w->err, "SELECT target FROM reach WHERE source = ?", "i", source),
		&targets, w->err);
	for (size_t i = 0; w->good && !found && i < targets.count; i++)
		found = is_in_all(w, targets.items[i]);
	free(targets.items);
	return found;
}

static void advance_walk(struct walk *w, int64_t at)
{
	const int64_t step = w->ascending ? 1 : -1;
	if (w->count == 0) {
		w->at = at > 0 ? seek_any(w, at) : 0;
		return;
	}
	w->at = at > 0 ? seek_all(w, at) : 0;
	while (w->at != 0 && w->referring && w->count > 1 && !reaches_one(w, w->at))
		w->at = w->at + step > 0 ? seek_all(w, w->at + step) : 0;
}

/* ---- queries ---- */

struct finding {
	struct lrs *lrs;
	struct db *db;
	const struct lrs_query *q;
	struct error *err;
	bool good;
	int64_t low, high; /* range of sequence numbers to search */
	struct walk direct, referring;
	struct words texts; /* results */
	size_t length;      /* total, in bytes */
	int64_t *times;
};

/* The first statement stored after a time: sequence numbers and stored times increase together. */
static int64_t first_after(struct finding *f, int64_t stored_ms)
{
	int64_t before = 0, after = lrs_last_seq(f->lrs) + 1;
	while (before + 1 < after) {
		int64_t middle = before + (after - before) / 2;
		sqlite3_stmt *row = sql(f->db, f->err,
			"SELECT seq, stored_ms FROM statement WHERE seq >= ? ORDER BY seq LIMIT 1",
			"i", middle);
		bool later = !sql_row(f->db, row, &f->good, f->err) ||
			     sqlite3_column_int64(row, 1) > stored_ms;
		if (later)
			after = middle;
		else
			before = sqlite3_column_int64(row, 0);
		sql_done(row);
	}
	return after;
}

static void set_range(struct finding *f)
{
	const struct lrs_query *q = f->q;
	f->low = q->since_ms > 0 ? first_after(f, q->since_ms) : 1;
	f->high = q->until_ms > 0 ? first_after(f, q->until_ms) - 1 : INT64_MAX;
	if (q->up_to > 0 && q->up_to < f->high)
		f->high = q->up_to;
	if (q->from > 0 && q->ascending && q->from >= f->low)
		f->low = q->from + 1;
	if (q->from > 0 && !q->ascending && q->from <= f->high)
		f->high = q->from - 1;
}

/* Filters by one kind of mention, or also by another. False: no statement mentions this name. */
static bool add_list_filter(
	struct finding *f, enum list_kind kind, enum list_kind other, const char *name)
{
	if (name == NULL)
		return true;
	int64_t number = names_find(f->db, name, f->err);
	struct list *direct = &f->direct.lists[f->direct.count++];
	struct list *referring = &f->referring.lists[f->referring.count++];
	direct->one.list = LIST_OF(number, kind);
	referring->one.list = direct->one.list + LIST_REFERRING;
	if (kind != other) {
		direct->other.list = LIST_OF(number, other);
		referring->other.list = direct->other.list + LIST_REFERRING;
	}
	return number != 0;
}

static bool set_lists(struct finding *f)
{
	const struct lrs_query *q = f->q;
	const struct walk empty = {
		.db = f->db, .err = f->err, .good = true, .ascending = q->ascending};
	f->direct = f->referring = empty;
	f->referring.referring = true;
	return add_list_filter(
		       f, LIST_AGENT, q->related_agents ? LIST_AGENTS : LIST_AGENT, q->agent) &&
	       add_list_filter(f, LIST_ACTIVITY,
		       q->related_activities ? LIST_ACTIVITIES : LIST_ACTIVITY, q->activity) &&
	       add_list_filter(f, LIST_VERB, LIST_VERB, q->verb) &&
	       add_list_filter(f, LIST_REGISTRATION, LIST_REGISTRATION, q->registration);
}

/* The nearer match of the two walks; 0: none in the range. */
static int64_t nearest_match(const struct finding *f)
{
	int64_t a = f->direct.at, b = f->referring.at;
	int64_t at = a == 0 || b == 0 ? a + b : (a < b) == f->q->ascending ? a : b;
	return at >= f->low && at <= f->high ? at : 0;
}

static int64_t next_match(struct finding *f, int64_t at)
{
	int64_t behind = f->q->ascending ? at + 1 : at - 1;
	if (f->direct.at == at)
		advance_walk(&f->direct, behind);
	if (f->referring.at == at)
		advance_walk(&f->referring, behind);
	f->good = f->good && f->direct.good && f->referring.good;
	return f->good ? nearest_match(f) : 0;
}

static int64_t first_match(struct finding *f)
{
	int64_t at = f->q->ascending ? f->low : f->high;
	if (f->low > f->high)
		return 0;
	advance_walk(&f->direct, at);
	if (f->referring.count > 0)
		advance_walk(&f->referring, at);
	f->good = f->good && f->direct.good && f->referring.good;
	return f->good ? nearest_match(f) : 0;
}

/* Reads up to the limit; returns the last number if more follow, else 0. */
static int64_t read_found(struct finding *f)
{
	int64_t last = 0;
	for (int64_t at = first_match(f); at != 0; at = next_match(f, at)) {
		sqlite3_stmt *row = sql(f->db, f->err,
			"SELECT json, stored_ms FROM statement WHERE seq = ? AND NOT voided", "i",
			at);
		bool there = sql_row(f->db, row, &f->good, f->err);
		bool full = f->texts.count == f->q->limit || f->length >= TEXTS_MAX;
		if (there && !full) {
			f->times = array_grow(f->times, f->texts.count, sizeof *f->times);
			f->times[f->texts.count] = sqlite3_column_int64(row, 1);
			words_add(&f->texts, sql_column(row, 0));
			f->length += (size_t)sqlite3_column_bytes(row, 0);
			last = at;
		}
		sql_done(row);
		if (there && full)
			return last;
	}
	return 0;
}

/* Call `each` only after returning the reader: the callback may need one. */
bool lrs_find(struct lrs *lrs, const struct lrs_query *q,
	void (*each)(void *data, const char *json, int64_t stored_ms), void *data,
	int64_t *ret_next, struct error *err)
{
	struct finding f = {.lrs = lrs, .q = q, .err = err};
	int64_t more = 0;
	f.db = index_read(lrs);
	/* one transaction, so that all lookups see the same state */
	f.good = sql_run(f.db, sql(f.db, err, "BEGIN", ""), err);
	if (f.good && set_lists(&f)) {
		set_range(&f);
		more = read_found(&f);
	}
	(void)sql_run(f.db, sql(f.db, NULL, "COMMIT", ""), NULL); /* nothing was changed */
	store_read_end(lrs->store, f.db);
	for (size_t i = 0; f.good && i < f.texts.count; i++)
		each(data, f.texts.items[i], f.times[i]);
	words_finish(&f.texts);
	free(f.times);
	*ret_next = f.good ? more : 0;
	return f.good;
}

bool lrs_after(struct lrs *lrs, int64_t seq, unsigned max,
	void (*each)(void *data, int64_t seq, bool voided, const char *json), void *data,
	struct error *err)
{
	struct db *db = index_read(lrs);
	size_t length = 0;
	bool good = true;
	sqlite3_stmt *rows = sql(db, err,
		"SELECT seq, voided, json FROM statement WHERE seq BETWEEN ? AND ? ORDER BY seq "
		"LIMIT ?",
		"iii", seq + 1, (int64_t)lrs->indexed, (int64_t)max);
	while (length < TEXTS_MAX && sql_row(db, rows, &good, err)) {
		each(data, sqlite3_column_int64(rows, 0), sqlite3_column_int(rows, 1) != 0,
			sql_column(rows, 2));
		length += (size_t)sqlite3_column_bytes(rows, 2);
	}
	sql_done(rows);
	store_read_end(lrs->store, db);
	return good;
}

int64_t lrs_last_seq(struct lrs *lrs)
{
	return lrs->stored;
}

/* ---- other lookups ---- */

enum lrs_outcome lrs_attachment(
	struct lrs *lrs, const char *sha2, char **ret_type, struct buf *ret, struct error *err)
{
	struct db *db = store_read(lrs->store);
	sqlite3_stmt *row =
		sql(db, err, "SELECT type, bytes FROM attachment WHERE sha2 = ?", "t", sha2);
	int code = row != NULL ? sqlite3_step(row) : SQLITE_ERROR;
	if (code == SQLITE_ROW) {
		*ret_type = xstrdup(sql_column(row, 0));
		int length = sqlite3_column_bytes(row, 1);
		if (length > 0)
			buf_add(ret, sqlite3_column_blob(row, 1), (size_t)length);
	}
	sql_done(row);
	store_read_end(lrs->store, db);
	return code == SQLITE_ROW ? LRS_DONE : code == SQLITE_DONE ? LRS_NOT_FOUND : LRS_FAILED;
}

static cJSON *read_known_json(struct lrs *lrs, const char *text, const char *id, struct error *err)
{
	struct db *db = index_read(lrs);
	sqlite3_stmt *row = sql(db, err, text, "i", names_find(db, id, err));
	cJSON *json = row != NULL && sqlite3_step(row) == SQLITE_ROW ? references_read_json(row, 0)
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
	cJSON *definition =
		read_known_json(lrs, "SELECT json FROM activity WHERE name = ?", id, err);
	if (definition != NULL)
		cJSON_AddItemToObject(activity, "definition", definition);
	return activity;
}

cJSON *lrs_verb_display(struct lrs *lrs, const char *id, struct error *err)
{
	return read_known_json(lrs, "SELECT display FROM verb WHERE name = ?", id, err);
}

/* lrs/documents.c - states and profiles, with their ETags */
#include "digest.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define PLACE "kind = ?1 AND activity = ?2 AND agent = ?3"

void lrs_document_finish(struct lrs_document *d)
{
	free(d->type);
	buf_finish(&d->bytes);
	*d = (struct lrs_document){0};
}

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static enum lrs_outcome read_document(
	struct db *db, const struct lrs_place *p, struct lrs_document *ret, struct error *err)
{
	sqlite3_stmt *row = sql(db, err,
		"SELECT type, bytes, etag, updated_ms FROM document WHERE " PLACE
		" AND registration = ?4 AND name = ?5",
		"itttt", (int64_t)p->kind, p->activity, p->agent, or_empty(p->registration),
		p->name);
	int code = row != NULL ? sqlite3_step(row) : SQLITE_ERROR;
	if (code == SQLITE_ROW) {
		int length = sqlite3_column_bytes(row, 1);
		ret->type = xstrdup(sql_column(row, 0));
		if (length > 0)
			buf_add(&ret->bytes, sqlite3_column_blob(row, 1), (size_t)length);
		cleanup_buf struct buf tag = {0};
		buf_add_text(&tag, sql_column(row, 2));
		size_t size = tag.length < sizeof ret->etag ? tag.length : sizeof ret->etag - 1;
		memcpy(ret->etag, buf_text(&tag), size);
		ret->etag[size] = '\0';
		ret->updated_ms = sqlite3_column_int64(row, 3);
	}
	sql_done(row);
	return code == SQLITE_ROW ? LRS_DONE : code == SQLITE_DONE ? LRS_NOT_FOUND : LRS_FAILED;
}

enum lrs_outcome lrs_document_get(
	struct lrs *lrs, const struct lrs_place *place, struct lrs_document *ret, struct error *err)
{
	struct db *db = store_read(lrs->store);
	enum lrs_outcome outcome = read_document(db, place, ret, err);
	store_read_end(lrs->store, db);
	return outcome;
}

/* ---- changing ---- */

struct changing {
	const struct lrs_place *place;
	const struct lrs_change *change;
};

/* Accept weak tags, because a proxy that compresses makes ours weak, and tags without quotes,
 * because some clients send them. */
bool lrs_tag_is_meant(const char *header, const char *etag)
{
	size_t length = strlen(etag);
	for (const char *at = header; *at != '\0'; at += strcspn(at, ",")) {
		at += strspn(at, " \t,");
		if (*at == '*' && strchr(", \t", at[1]) != NULL)
			return true;
		at += text_starts(at, "W/") ? 2 : 0;
		at += *at == '"';
		if (strncmp(at, etag, length) == 0 && strchr("\", \t", at[length]) != NULL)
			return true;
	}
	return false;
}

static enum lrs_outcome may_change(const struct lrs_change *c, const struct lrs_document *there,
	bool is_there, struct error *err)
{
	static const char now[] = "get the document as it is now, and send its ETag as If-Match";
	bool without = c->if_match == NULL && c->if_none_match == NULL;
	enum lrs_outcome outcome = LRS_DONE;
	if (c->if_match != NULL && (!is_there || !lrs_tag_is_meant(c->if_match, there->etag)))
		outcome = LRS_PRECONDITION;
	if (c->if_none_match != NULL && is_there && lrs_tag_is_meant(c->if_none_match, there->etag))
		outcome = LRS_PRECONDITION;
	if (c->careful && is_there && without)
		outcome = LRS_CONFLICT;
	if (c->guarded && !is_there && without)
		outcome = LRS_INVALID;
	if (outcome != LRS_DONE)
		error_set(err, 0, "%s",
			is_there ? now
			: outcome == LRS_INVALID
				? "there is no such document yet: send 'If-None-Match: *'"
				: "there is no such document, so If-Match cannot match");
	return outcome;
}

static bool is_json_type(const char *type)
{
	return xapi_media_is(type, "application/json");
}

/* Replaces top-level properties of the stored document with new ones. NULL: one of the two is not a
 * JSON object. */
static char *merge_documents(const struct lrs_change *c, const struct lrs_document *there)
{
	cJSON *new = xapi_parse(c->bytes, c->length, NULL);
	cJSON *old = xapi_parse(buf_text(&there->bytes), there->bytes.length, NULL);
	char *text = NULL;
	const cJSON *one;
	if (is_json_type(c->type) && is_json_type(there->type) && cJSON_IsObject(new) &&
		cJSON_IsObject(old)) {
		struct xapi_index index = xapi_index_make(old);
		cJSON_ArrayForEach(one, new)
			xapi_index_set(&index, old, one);
		xapi_index_finish(&index);
		text = json_print(old);
	}
	cJSON_Delete(new);
	cJSON_Delete(old);
	return text;
}

static bool write_document(struct db *db, const struct lrs_place *p, const char *type,
	const char *bytes, size_t length, struct error *err)
{
	char etag[DIGEST_TEXT_SIZE];
	digest_sha1(bytes, length, etag);
	return sql_run(db,
		sql(db, err, "INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			"itttttbti", (int64_t)p->kind, p->activity, p->agent,
			or_empty(p->registration), p->name, type, bytes, length, etag,
			clock_wall_ms()),
		err);
}

static bool delete_document(struct db *db, const struct lrs_place *p, struct error *err)
{
	return sql_run(db,
		sql(db, err,
			"DELETE FROM document WHERE " PLACE " AND registration = ?4 AND name = ?5",
			"itttt", (int64_t)p->kind, p->activity, p->agent, or_empty(p->registration),
			p->name),
		err);
}

static enum lrs_outcome apply_change(struct db *db, const struct changing *x,
	const struct lrs_document *there, bool is_there, struct error *err)
{
	const struct lrs_change *c = x->change;
	if (c->type == NULL)
		return delete_document(db, x->place, err) ? LRS_DONE : LRS_FAILED;
	if (!c->merge || !is_there)
		return write_document(db, x->place, c->type, c->bytes, c->length, err) ? LRS_DONE
										       : LRS_FAILED;
	cleanup_free char *text = merge_documents(c, there);
	if (text == NULL) {
		error_set(err, 0, "only JSON objects can be merged");
		return LRS_INVALID;
	}
	bool good = write_document(db, x->place, c->type, text, strlen(text), err);
	return good ? LRS_DONE : LRS_FAILED;
}

static int change_document(struct db *db, void *data, struct error *err)
{
	const struct changing *x = data;
	struct lrs_document there = {0};
	enum lrs_outcome found = read_document(db, x->place, &there, err);
	enum lrs_outcome outcome = found == LRS_FAILED
					   ? LRS_FAILED
					   : may_change(x->change, &there, found == LRS_DONE, err);
	if (outcome == LRS_DONE)
		outcome = apply_change(db, x, &there, found == LRS_DONE, err);
	lrs_document_finish(&there);
	return (int)outcome;
}

enum lrs_outcome lrs_document_change(struct lrs *lrs, const struct lrs_place *place,
	const struct lrs_change *change, struct error *err)
{
	struct changing x = {place, change};
	return lrs_write(lrs, change_document, &x, err);
}

/* ---- lists of documents ---- */

bool lrs_document_list(struct lrs *lrs, const struct lrs_place *p, int64_t since_ms,
	struct words *ret, int64_t *ret_updated_ms, struct error *err)
{
	struct db *db = store_read(lrs->store);
	sqlite3_stmt *rows = sql(db, err,
		"SELECT name, max(updated_ms) FROM document WHERE " PLACE
		" AND (?4 IS NULL OR registration = ?4) AND updated_ms > ?5 GROUP BY name "
		"ORDER BY name",
		"ittti", (int64_t)p->kind, p->activity, p->agent, p->registration, since_ms);
	int code = SQLITE_ERROR;
	*ret_updated_ms = 0;
	while (rows != NULL && (code = sqlite3_step(rows)) == SQLITE_ROW) {
		int64_t updated_ms = sqlite3_column_int64(rows, 1);
		words_add(ret, sql_column(rows, 0));
		*ret_updated_ms = updated_ms > *ret_updated_ms ? updated_ms : *ret_updated_ms;
	}
	sql_done(rows);
	store_read_end(lrs->store, db);
	return code == SQLITE_DONE || error_set(err, 0, "cannot read the store");
}

static int clear_documents(struct db *db, void *data, struct error *err)
{
	const struct lrs_place *p = data;
	return sql_run(db,
		       sql(db, err,
			       "DELETE FROM document WHERE " PLACE
			       " AND (?4 IS NULL OR registration = ?4)",
			       "ittt", (int64_t)p->kind, p->activity, p->agent, p->registration),
		       err)
		       ? LRS_DONE
		       : LRS_FAILED;
}

bool lrs_document_clear(struct lrs *lrs, const struct lrs_place *place, struct error *err)
{
	struct lrs_place copy = *place;
	return lrs_write(lrs, clear_documents, &copy, err) == LRS_DONE;
}

bool lrs_document_each(struct lrs *lrs, const char *agent,
	void (*each)(
		void *data, const struct lrs_place *place, const struct lrs_document *document),
	void *data, struct error *err)
{
	struct db *db = store_read(lrs->store);
	bool good = true;
	sqlite3_stmt *row = sql(db, err,
		"SELECT kind, activity, registration, name, type, bytes, updated_ms FROM document "
		"WHERE agent = ? ORDER BY kind, activity, registration, name",
		"t", agent);
	while (sql_row(db, row, &good, err)) {
		const struct lrs_place place = {
			.kind = (enum lrs_documents)sqlite3_column_int(row, 0),
			.activity = sql_column(row, 1),
			.agent = agent,
			.registration = sql_column(row, 2),
			.name = sql_column(row, 3),
		};
		struct lrs_document document = {
			.type = xstrdup(sql_column(row, 4)),
			.updated_ms = sqlite3_column_int64(row, 6),
		};
		int length = sqlite3_column_bytes(row, 5);
		if (length > 0)
			buf_add(&document.bytes, sqlite3_column_blob(row, 5), (size_t)length);
		each(data, &place, &document);
		lrs_document_finish(&document);
	}
	sql_done(row);
	store_read_end(lrs->store, db);
	return good;
}

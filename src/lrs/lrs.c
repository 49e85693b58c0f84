/* lrs/lrs.c - the tables, and opening the store for them */
#include "private.h"

#include <stdlib.h>

/* Never change a released step: append a new one. */
static const char *const steps[] = {
	/* only this must be written before an answer; the tables up to `document` derive from it */
	"CREATE TABLE statement ("
	"  seq INTEGER PRIMARY KEY, stored_ms INTEGER NOT NULL,"
	"  voided INTEGER NOT NULL DEFAULT 0, json TEXT NOT NULL) STRICT;"
	/* the last statement in the tables for queries */
	"CREATE TABLE cursor (seq INTEGER NOT NULL) STRICT;"
	"INSERT INTO cursor VALUES (0);"
	"CREATE TABLE identity ("
	"  id BLOB PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	/* actors, verbs, activities …: a hash represents the text, which is stored once */
	"CREATE TABLE name ("
	"  id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, text TEXT NOT NULL) STRICT;"
	"CREATE INDEX name_hash ON name (hash);"
	/* list: a name and the kind of mention (private.h) */
	"CREATE TABLE mention ("
	"  list INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (list, seq)) STRICT,"
	"  WITHOUT ROWID;"
	/* ids in StatementRefs, whether such a statement exists or not */
	"CREATE TABLE pointer ("
	"  target BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (target, seq)) STRICT,"
	"  WITHOUT ROWID;"
	/* which statement reaches which by StatementRefs, also indirectly */
	"CREATE TABLE reach ("
	"  target INTEGER NOT NULL, source INTEGER NOT NULL,"
	"  PRIMARY KEY (target, source)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX reach_source ON reach (source, target);"
	"CREATE TABLE activity (name INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;"
	"CREATE TABLE verb (name INTEGER PRIMARY KEY, display TEXT NOT NULL) STRICT;"
	"CREATE TABLE attachment ("
	"  sha2 TEXT PRIMARY KEY, type TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;"
	"CREATE TABLE document ("
	"  kind INTEGER NOT NULL, activity TEXT NOT NULL, agent TEXT NOT NULL,"
	"  registration TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,"
	"  bytes BLOB NOT NULL, etag TEXT NOT NULL, updated_ms INTEGER NOT NULL,"
	"  PRIMARY KEY (kind, activity, agent, registration, name)) STRICT;"
	"CREATE TABLE key ("
	"  key TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL,"
	"  salt TEXT NOT NULL, digest TEXT NOT NULL,"
	/* a lead's team, and the actor of a learner's key: '' any, or not known yet */
	"  team TEXT NOT NULL DEFAULT '', actor TEXT NOT NULL DEFAULT '') STRICT;",
};

static bool read_store_state(struct lrs *lrs, struct error *err)
{
	struct db *db = store_read(lrs->store);
	bool good = true;
	sqlite3_stmt *row = sql(db, err,
		"SELECT coalesce(max(s.seq), 0), coalesce(max(s.stored_ms), 0), c.seq, "
		"coalesce((SELECT stored_ms FROM statement WHERE seq = c.seq), 0) FROM cursor AS c "
		"LEFT JOIN (SELECT seq, stored_ms FROM statement ORDER BY seq DESC LIMIT 1) AS s",
		"");
	if (sql_row(db, row, &good, err)) {
		lrs->stored = sqlite3_column_int64(row, 0);
		lrs->stored_ms = lrs->last_stored_ms = sqlite3_column_int64(row, 1);
		lrs->indexed = sqlite3_column_int64(row, 2);
		lrs->indexed_ms = sqlite3_column_int64(row, 3);
	}
	sql_done(row);
	store_read_end(lrs->store, db);
	return good;
}

static void make_locks(struct lrs *lrs)
{
	condition_init(&lrs->changed);
	pthread_mutex_init(&lrs->index_lock, NULL);
	pthread_mutex_init(&lrs->key_lock, NULL);
	pthread_mutex_init(&lrs->lock, NULL);
}

bool lrs_open(struct store *store, struct lrs **ret, struct error *err)
{
	if (!store_schema(store, "lrs", steps, ARRAY_LENGTH(steps), err))
		return false;
	struct lrs *lrs = xcalloc(1, sizeof *lrs);
	lrs->store = store;
	lrs->version = lrs->cursor = -1;
	make_locks(lrs);
	if (!read_store_state(lrs, err)) {
		lrs_close(lrs);
		return false;
	}
	*ret = lrs;
	return true;
}

void lrs_close(struct lrs *lrs)
{
	if (lrs == NULL)
		return;
	index_stop(lrs);
	names_forget(&lrs->memory);
	ids_finish_pending(&lrs->pending);
	keys_forget(lrs);
	pthread_cond_destroy(&lrs->changed);
	pthread_mutex_destroy(&lrs->index_lock);
	pthread_mutex_destroy(&lrs->key_lock);
	pthread_mutex_destroy(&lrs->lock);
	free(lrs);
}

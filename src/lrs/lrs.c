/* lrs/lrs.c - the tables, and the store opened for them */
#include "private.h"

#include <stdlib.h>

/* A step that was released is never changed: later ones follow it. */
static const char *const steps[] = {
	"CREATE TABLE statement ("
	"  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
	"  stored_ms INTEGER NOT NULL, verb TEXT NOT NULL, registration TEXT,"
	"  target TEXT, voided INTEGER NOT NULL DEFAULT 0, json TEXT NOT NULL) STRICT;"
	"CREATE INDEX statement_verb ON statement (verb, seq);"
	"CREATE INDEX statement_registration ON statement (registration, seq)"
	"  WHERE registration IS NOT NULL;"
	"CREATE INDEX statement_stored ON statement (stored_ms);"
	"CREATE INDEX statement_target ON statement (target)"
	"  WHERE target IS NOT NULL;"
	/* who and what a statement speaks of: kind 'a' its agent, 'A' any, 'o' its activity, 'O'
	   any, 'h' an attachment */
	"CREATE TABLE mention ("
	"  kind TEXT NOT NULL, name TEXT NOT NULL, seq INTEGER NOT NULL,"
	"  PRIMARY KEY (kind, name, seq)) STRICT, WITHOUT ROWID;"
	/* which statement reaches which by StatementRefs, over any number of them */
	"CREATE TABLE reach ("
	"  target INTEGER NOT NULL, source INTEGER NOT NULL,"
	"  PRIMARY KEY (target, source)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX reach_source ON reach (source, target);"
	"CREATE TABLE activity (id TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;"
	"CREATE TABLE verb (id TEXT PRIMARY KEY, display TEXT NOT NULL) STRICT;"
	"CREATE TABLE attachment ("
	"  sha2 TEXT PRIMARY KEY, type TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;"
	"CREATE TABLE document ("
	"  kind INTEGER NOT NULL, activity TEXT NOT NULL, agent TEXT NOT NULL,"
	"  registration TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,"
	"  bytes BLOB NOT NULL, etag TEXT NOT NULL, updated_ms INTEGER NOT NULL,"
	"  PRIMARY KEY (kind, activity, agent, registration, name)) STRICT;"
	"CREATE TABLE achievement ("
	"  person TEXT NOT NULL, course TEXT NOT NULL, activity TEXT NOT NULL, name TEXT NOT NULL,"
	"  title TEXT NOT NULL, completed INTEGER NOT NULL, passed INTEGER NOT NULL,"
	"  attempts INTEGER NOT NULL, first REAL NOT NULL, best REAL NOT NULL, last REAL NOT NULL,"
	"  last_ms INTEGER NOT NULL, PRIMARY KEY (person, course, activity)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE question ("
	"  activity TEXT PRIMARY KEY, title TEXT NOT NULL, answers INTEGER NOT NULL,"
	"  points REAL NOT NULL) STRICT;"
	"CREATE TABLE key ("
	"  key TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL,"
	"  salt TEXT NOT NULL, digest TEXT NOT NULL) STRICT;",
};

enum lrs_outcome lrs_write(struct lrs *lrs,
	int (*run)(struct db *db, void *data, struct error *err), void *data, struct error *err)
{
	int outcome = store_write(lrs->store, run, data, err);
	return outcome == STORE_FAILED ? LRS_FAILED : (enum lrs_outcome)outcome;
}

bool lrs_open(struct store *store, struct lrs **ret, struct error *err)
{
	if (!store_schema(store, "lrs", steps, ARRAY_LENGTH(steps), err))
		return false;
	struct lrs *lrs = xcalloc(1, sizeof *lrs);
	lrs->store = store;
	struct db *db = store_read(store);
	lrs->last_stored_ms = sql_number(
		sql(db, err, "SELECT coalesce(max(stored_ms), 0) FROM statement", ""), 0);
	store_read_end(store, db);
	*ret = lrs;
	return true;
}

void lrs_close(struct lrs *lrs)
{
	free(lrs);
}

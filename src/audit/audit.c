/* audit/audit.c - entries in the store: added, listed, erased, pruned by age */
#include "audit.h"

#include <stdlib.h>
#include <string.h>

#define REPEAT_MS ((int64_t)10 * 60 * 1000)

/* Never change a released step: append a new one. */
static const char *const steps[] = {
	"CREATE TABLE audit ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, when_ms INTEGER NOT NULL, who TEXT NOT NULL,"
	"  role TEXT NOT NULL, actor TEXT NOT NULL, address TEXT NOT NULL, what TEXT NOT NULL,"
	"  person INTEGER NOT NULL, detail TEXT NOT NULL) STRICT;"
	"CREATE INDEX audit_person ON audit (person) WHERE person > 0;"
	"CREATE INDEX audit_actor ON audit (actor) WHERE actor <> '';"
	"CREATE INDEX audit_when ON audit (when_ms);",
};

#define VIEWS 2048

struct audit {
	struct store *store;
	pthread_mutex_t lock;
	uint64_t seed;
	struct {
		uint64_t hash;
		int64_t until_ms; /* monotonic */
	} views[VIEWS];
};

bool audit_open(struct store *store, struct audit **ret, struct error *err)
{
	if (!store_schema(store, "audit", steps, ARRAY_LENGTH(steps), err))
		return false;
	struct audit *audit = xcalloc(1, sizeof *audit);
	audit->store = store;
	audit->seed = random_seed();
	pthread_mutex_init(&audit->lock, NULL);
	*ret = audit;
	return true;
}

void audit_close(struct audit *audit)
{
	if (audit == NULL)
		return;
	pthread_mutex_destroy(&audit->lock);
	free(audit);
}

/* ---- adding ---- */

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static int add_entry(struct db *db, void *data, struct error *err)
{
	const struct audit_entry *e = data;
	return sql_run(db,
		       sql(db, err,
			       "INSERT INTO audit (when_ms, who, role, actor, address, what, "
			       "person, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			       "itttttit", e->when_ms, or_empty(e->who), or_empty(e->role),
			       or_empty(e->actor), or_empty(e->address), e->what, e->person,
			       or_empty(e->detail)),
		       err)
		       ? 0
		       : STORE_FAILED;
}

bool audit_add(struct audit *a, const struct audit_entry *entry, struct error *err)
{
	struct audit_entry e = *entry;
	e.when_ms = clock_wall_ms();
	return store_write(a->store, add_entry, &e, err) == 0;
}

/* Two views with one hash are one slot: then the earlier is recorded again at its next view. */
bool audit_is_repeated(struct audit *a, const struct audit_entry *e)
{
	const char *const texts[] = {
		or_empty(e->who), or_empty(e->address), e->what, or_empty(e->detail)};
	uint64_t hash = hash_bytes(a->seed, &e->person, sizeof e->person);
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		hash = hash_bytes(hash, texts[i], strlen(texts[i]) + 1);
	int64_t now = clock_monotonic_ms();
	pthread_mutex_lock(&a->lock);
	size_t at = (size_t)((hash ^ hash >> 32) % VIEWS);
	bool repeated = a->views[at].hash == hash && now < a->views[at].until_ms;
	if (!repeated) {
		a->views[at].hash = hash;
		a->views[at].until_ms = now + REPEAT_MS;
	}
	pthread_mutex_unlock(&a->lock);
	return repeated;
}

/* ---- listing ---- */

bool audit_list(struct audit *a, int64_t person, const char *actor, int64_t before, unsigned max,
	void (*each)(void *data, const struct audit_entry *entry), void *data, struct error *err)
{
	struct db *db = store_read(a->store);
	bool good = true;
	sqlite3_stmt *row = sql(db, err,
		"SELECT id, when_ms, who, role, actor, address, what, person, detail "
		"FROM audit WHERE (?1 = 0 OR person = ?1 OR (?2 <> '' AND actor = ?2)) "
		"AND (?3 = 0 OR id < ?3) ORDER BY id DESC LIMIT ?4",
		"itii", person, or_empty(actor), before, (int64_t)max);
	while (sql_row(db, row, &good, err)) {
		const struct audit_entry e = {
			.id = sqlite3_column_int64(row, 0),
			.when_ms = sqlite3_column_int64(row, 1),
			.who = sql_column(row, 2),
			.role = sql_column(row, 3),
			.actor = sql_column(row, 4),
			.address = sql_column(row, 5),
			.what = sql_column(row, 6),
			.person = sqlite3_column_int64(row, 7),
			.detail = sql_column(row, 8),
		};
		each(data, &e);
	}
	sql_done(row);
	store_read_end(a->store, db);
	return good;
}

/* ---- removing ---- */

struct erasing {
	int64_t person;
	const char *actor;
	const struct words *keys;
};

static bool erase_name(struct db *db, const char *name, struct error *err)
{
	return sql_run(db,
		       sql(db, err,
			       "UPDATE audit SET who = '(erased)', address = '', detail = '' WHERE "
			       "who = ?",
			       "t", name),
		       err) &&
	       sql_run(db, sql(db, err, "UPDATE audit SET detail = '' WHERE detail = ?", "t", name),
		       err);
}

static int erase_entries(struct db *db, void *data, struct error *err)
{
	const struct erasing *e = data;
	bool good = store_overwrite(db, true, err) &&
		    sql_run(db,
			    sql(db, err,
				    "UPDATE audit SET who = '(erased)', actor = '', address = '', "
				    "detail = '' WHERE actor = ? AND actor <> ''",
				    "t", e->actor),
			    err) &&
		    sql_run(db,
			    sql(db, err, "UPDATE audit SET detail = '' WHERE person = ?", "i",
				    e->person),
			    err);
	for (size_t i = 0; good && i < e->keys->count; i++)
		good = erase_name(db, e->keys->items[i], err);
	return store_overwrite(db, false, good ? err : NULL) && good ? 0 : STORE_FAILED;
}

bool audit_erase(struct audit *a, int64_t person, const char *actor, const struct words *keys,
	struct error *err)
{
	cleanup_free char *copy = xstrdup(or_empty(actor));
	struct erasing e = {person, copy, keys};
	return store_write(a->store, erase_entries, &e, err) == 0;
}

struct pruning {
	int64_t before_ms, count;
};

static int prune_entries(struct db *db, void *data, struct error *err)
{
	struct pruning *p = data;
	bool good =
		store_overwrite(db, true, err) &&
		sql_run(db, sql(db, err, "DELETE FROM audit WHERE when_ms < ?", "i", p->before_ms),
			err);
	p->count = sql_changes(db);
	return store_overwrite(db, false, good ? err : NULL) && good ? 0 : STORE_FAILED;
}

bool audit_prune(struct audit *a, int64_t before_ms, unsigned *ret_count, struct error *err)
{
	struct pruning p = {before_ms, 0};
	if (store_write(a->store, prune_entries, &p, err) != 0)
		return false;
	if (ret_count != NULL)
		*ret_count = (unsigned)p.count;
	return true;
}

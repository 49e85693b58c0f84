/* sessions/session.c - sessions in the store */
#include "sessions.h"
#include "attempts.h"
#include "digest.h"

#include <stdlib.h>
#include <string.h>

#define SECRET_BYTES 32

/* Never change a released step: append a new one. */
static const char *const steps[] = {
	"CREATE TABLE session ("
	"  digest TEXT PRIMARY KEY, key TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,"
	"  team TEXT NOT NULL, actor TEXT NOT NULL, begun_ms INTEGER NOT NULL,"
	"  until_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX session_until ON session (until_ms);",
};

struct sessions {
	struct store *store;
	struct attempts attempts;
};

void session_finish(struct session *s)
{
	free(s->digest);
	free(s->key);
	free(s->name);
	free(s->role);
	free(s->team);
	free(s->actor);
	*s = (struct session){0};
}

/* The secret has 32 random bytes and cannot be guessed, so one round without salt is enough. */
static void digest_secret(const char *secret, char out[DIGEST_TEXT_SIZE])
{
	cleanup_free char *text = xasprintf("session:%s", secret);
	(void)digest_sha2(256, text, strlen(text), out); /* cannot fail: 256 is a known size */
}

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static int insert_session(struct db *db, void *data, struct error *err)
{
	const struct session *s = data;
	return sql_run(db,
		       sql(db, err, "INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			       "ttttttii", s->digest, or_empty(s->key), or_empty(s->name),
			       or_empty(s->role), or_empty(s->team), or_empty(s->actor),
			       s->begun_ms, s->until_ms),
		       err)
		       ? 0
		       : STORE_FAILED;
}

bool session_begin(
	struct sessions *s, const struct session *session, char **ret_secret, struct error *err)
{
	char digest[DIGEST_TEXT_SIZE];
	cleanup_free char *secret = digest_random_text(SECRET_BYTES);
	struct session row = *session;
	digest_secret(secret, digest);
	row.digest = digest;
	row.begun_ms = clock_wall_ms();
	row.until_ms = row.begun_ms + SESSION_MS;
	if (store_write(s->store, insert_session, &row, err) != 0)
		return false;
	*ret_secret = secret;
	secret = NULL;
	return true;
}

/* A clock that was set back ends a session, too: it must not last longer than it was meant to. */
enum session_state session_find(
	struct sessions *s, const char *secret, struct session *ret, struct error *err)
{
	char digest[DIGEST_TEXT_SIZE];
	int64_t now = clock_wall_ms();
	bool good = true;
	digest_secret(secret, digest);
	struct db *db = store_read(s->store);
	sqlite3_stmt *row = sql(db, err,
		"SELECT key, name, role, team, actor, begun_ms, until_ms FROM session "
		"WHERE digest = ?1 AND begun_ms <= ?2 + 60000 AND until_ms > ?2",
		"ti", digest, now);
	bool there = sql_row(db, row, &good, err);
	if (there)
		*ret = (struct session){
			.digest = xstrdup(digest),
			.key = xstrdup(sql_column(row, 0)),
			.name = xstrdup(sql_column(row, 1)),
			.role = xstrdup(sql_column(row, 2)),
			.team = xstrdup(sql_column(row, 3)),
			.actor = xstrdup(sql_column(row, 4)),
			.begun_ms = sqlite3_column_int64(row, 5),
			.until_ms = sqlite3_column_int64(row, 6),
		};
	sql_done(row);
	store_read_end(s->store, db);
	return !good ? SESSION_FAILED : there ? SESSION_FOUND : SESSION_NONE;
}

/* ---- ending ---- */

static int delete_one(struct db *db, void *data, struct error *err)
{
	return sql_run(db, sql(db, err, "DELETE FROM session WHERE digest = ?", "t", data), err)
		       ? 0
		       : STORE_FAILED;
}

static int delete_named(struct db *db, void *data, struct error *err)
{
	return sql_run(db, sql(db, err, "DELETE FROM session WHERE name = ?", "t", data), err)
		       ? 0
		       : STORE_FAILED;
}

static int delete_of_actor(struct db *db, void *data, struct error *err)
{
	bool good =
		store_overwrite(db, true, err) &&
		sql_run(db, sql(db, err, "DELETE FROM session WHERE actor = ?", "t", data), err);
	return store_overwrite(db, false, good ? err : NULL) && good ? 0 : STORE_FAILED;
}

static int delete_expired(struct db *db, void *data, struct error *err)
{
	bool good = store_overwrite(db, true, err) &&
		    sql_run(db,
			    sql(db, err, "DELETE FROM session WHERE until_ms <= ?", "i",
				    *(int64_t *)data),
			    err);
	return store_overwrite(db, false, good ? err : NULL) && good ? 0 : STORE_FAILED;
}

static bool delete_by(struct sessions *s, int (*run)(struct db *, void *, struct error *),
	const char *text, struct error *err)
{
	cleanup_free char *copy = xstrdup(text);
	return store_write(s->store, run, copy, err) == 0;
}

bool session_end(struct sessions *s, const char *digest, struct error *err)
{
	return delete_by(s, delete_one, digest, err);
}

bool session_end_all(struct sessions *s, const char *name, struct error *err)
{
	return delete_by(s, delete_named, name, err);
}

bool session_erase(struct sessions *s, const char *actor, struct error *err)
{
	return delete_by(s, delete_of_actor, actor, err);
}

bool session_prune(struct sessions *s, struct error *err)
{
	int64_t now = clock_wall_ms();
	return store_write(s->store, delete_expired, &now, err) == 0;
}

unsigned session_count(struct sessions *s)
{
	struct db *db = store_read(s->store);
	int64_t count = sql_number(sql(db, NULL, "SELECT count(*) FROM session WHERE until_ms > ?",
					   "i", clock_wall_ms()),
		0);
	store_read_end(s->store, db);
	return (unsigned)count;
}

/* ---- attempts ---- */

void session_fail(struct sessions *s, const char *address)
{
	attempts_count(&s->attempts, address, clock_monotonic_ms());
}

int64_t session_wait(struct sessions *s, const char *address)
{
	return attempts_wait(&s->attempts, address, clock_monotonic_ms());
}

/* ---- opening ---- */

bool sessions_open(struct store *store, struct sessions **ret, struct error *err)
{
	if (!store_schema(store, "session", steps, ARRAY_LENGTH(steps), err))
		return false;
	struct sessions *s = xcalloc(1, sizeof *s);
	s->store = store;
	attempts_init(&s->attempts);
	*ret = s;
	return true;
}

void sessions_close(struct sessions *s)
{
	if (s == NULL)
		return;
	attempts_finish(&s->attempts);
	free(s);
}

/* lrs/keys.c - access keys, digests of their secrets, and their roles */
#include "digest.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEPT_MS 500 /* how long a key is cached */

/* Secrets are 32 random bytes that cannot be guessed, so one round of SHA-256 is enough. */
static void digest_of(const char *salt, const char *secret, char out[DIGEST_TEXT_SIZE])
{
	cleanup_free char *both = xasprintf("%s:%s", salt, secret);
	(void)digest_sha2(256, both, strlen(both), out); /* cannot fail: 256 is a known size */
}

struct adding {
	const char *name, *role;
	char *key, *secret;
};

static int insert_key(struct db *db, void *data, struct error *err)
{
	struct adding *a = data;
	char digest[DIGEST_TEXT_SIZE];
	cleanup_free char *salt = digest_random_text(16);
	digest_of(salt, a->secret, digest);
	sqlite3_stmt *row = sql(db, err, "SELECT 1 FROM key WHERE name = ?", "t", a->name);
	bool taken = row != NULL && sqlite3_step(row) == SQLITE_ROW;
	sql_done(row);
	if (taken) {
		error_set(err, 0, "there is already a key '%s'; remove it first", a->name);
		return LRS_CONFLICT;
	}
	return sql_run(db,
		       sql(db, err,
			       "INSERT INTO key (key, name, role, salt, digest) VALUES (?, ?, ?, "
			       "?, ?)",
			       "ttttt", a->key, a->name, a->role, salt, digest),
		       err)
		       ? LRS_DONE
		       : LRS_FAILED;
}

bool lrs_key_add(struct lrs *lrs, const char *name, const char *role, char **ret_key,
	char **ret_secret, struct error *err)
{
	struct adding a = {name, role, digest_random_text(12), digest_random_text(32)};
	if (lrs_write(lrs, insert_key, &a, err) != LRS_DONE) {
		free(a.key);
		free(a.secret);
		return false;
	}
	*ret_key = a.key;
	*ret_secret = a.secret;
	return true;
}

static int delete_key(struct db *db, void *data, struct error *err)
{
	const char *name = data;
	if (!sql_run(db, sql(db, err, "DELETE FROM key WHERE name = ?1 OR key = ?1", "t", name),
		    err))
		return LRS_FAILED;
	if (sql_changes(db) > 0)
		return LRS_DONE;
	error_set(err, 0, "there is no key '%s'", name);
	return LRS_NOT_FOUND;
}

/* Servers cache keys for a moment: wait until every cache has expired. */
static void wait_until_forgotten(void)
{
	const struct timespec moment = {.tv_nsec = (KEPT_MS + 10) * 1000000L};
	(void)nanosleep(&moment, NULL); /* a signal ends the program */
}

bool lrs_key_remove(struct lrs *lrs, const char *name, struct error *err)
{
	cleanup_free char *copy = xstrdup(name);
	if (lrs_write(lrs, delete_key, copy, err) != LRS_DONE)
		return false;
	wait_until_forgotten();
	return true;
}

static int drop_of(struct db *db, void *data, struct error *err)
{
	bool good = store_overwrite(db, true, err) &&
		    sql_run(db, sql(db, err, "DELETE FROM key WHERE actor = ?", "t", data), err);
	int outcome = sql_changes(db) > 0 ? LRS_DONE : LRS_NOT_FOUND;
	return store_overwrite(db, false, good ? err : NULL) && good ? outcome : LRS_FAILED;
}

bool keys_remove_of(struct lrs *lrs, const char *actor_key, struct error *err)
{
	cleanup_free char *copy = xstrdup(actor_key);
	enum lrs_outcome outcome = lrs_write(lrs, drop_of, copy, err);
	if (outcome == LRS_DONE)
		wait_until_forgotten();
	return outcome != LRS_FAILED;
}

bool lrs_key_list(struct lrs *lrs, struct words *ret, struct error *err)
{
	struct db *db = store_read(lrs->store);
	sqlite3_stmt *rows = sql(db, err, "SELECT key, name, role FROM key ORDER BY name", "");
	int code = SQLITE_ERROR;
	while (rows != NULL && (code = sqlite3_step(rows)) == SQLITE_ROW)
		words_addf(ret, "%s\t%s\t%s", sql_column(rows, 0), sql_column(rows, 1),
			sql_column(rows, 2));
	sql_done(rows);
	store_read_end(lrs->store, db);
	return code == SQLITE_DONE || error_set(err, 0, "cannot read the store");
}

/* ---- authentication ---- */

static void known_finish(struct known_key *k)
{
	free(k->key);
	free(k->name);
	free(k->role);
	free(k->salt);
	free(k->digest);
	*k = (struct known_key){0};
}

void keys_forget(struct lrs *lrs)
{
	for (size_t i = 0; i < KEYS_KNOWN; i++)
		known_finish(&lrs->keys[i]);
}

/* Keys are random, so their characters serve as a hash. */
static struct known_key *known_key_slot(struct lrs *lrs, const char *key)
{
	size_t at = 0;
	for (; *key != '\0'; key++)
		at = at * 31 + (unsigned char)*key;
	return &lrs->keys[at % KEYS_KNOWN];
}

static enum lrs_outcome read_stored_key(
	struct lrs *lrs, const char *key, struct known_key *ret, struct error *err)
{
	struct db *db = store_read(lrs->store);
	bool good = true;
	sqlite3_stmt *row =
		sql(db, err, "SELECT name, role, salt, digest FROM key WHERE key = ?", "t", key);
	bool there = sql_row(db, row, &good, err);
	if (there)
		*ret = (struct known_key){
			.key = xstrdup(key),
			.name = xstrdup(sql_column(row, 0)),
			.role = xstrdup(sql_column(row, 1)),
			.salt = xstrdup(sql_column(row, 2)),
			.digest = xstrdup(sql_column(row, 3)),
			.until_ms = clock_monotonic_ms() + KEPT_MS,
		};
	sql_done(row);
	store_read_end(lrs->store, db);
	return !good ? LRS_FAILED : there ? LRS_DONE : LRS_NOT_FOUND;
}

/* Returns the owner's name and role only if the secret is right. */
static bool is_right(
	const struct known_key *k, const char *secret, char **ret_name, char **ret_role)
{
	char digest[DIGEST_TEXT_SIZE];
	digest_of(k->salt != NULL ? k->salt : "", secret, digest);
	if (k->digest == NULL || !digest_same(digest, k->digest))
		return false;
	*ret_name = xstrdup(k->name);
	*ret_role = xstrdup(k->role);
	return true;
}

enum lrs_outcome lrs_key_check(struct lrs *lrs, const char *key, const char *secret,
	char **ret_name, char **ret_role, struct error *err)
{
	struct known_key read = {0}, old = {0};
	pthread_mutex_lock(&lrs->key_lock);
	struct known_key *slot = known_key_slot(lrs, key);
	bool known = text_same(slot->key, key) && clock_monotonic_ms() < slot->until_ms;
	bool right = known && is_right(slot, secret, ret_name, ret_role);
	pthread_mutex_unlock(&lrs->key_lock);
	if (known)
		return right ? LRS_DONE : LRS_NOT_FOUND;
	enum lrs_outcome outcome = read_stored_key(lrs, key, &read, err);
	right = is_right(&read, secret, ret_name, ret_role);
	if (outcome == LRS_DONE) {
		pthread_mutex_lock(&lrs->key_lock);
		old = *slot;
		*slot = read;
		pthread_mutex_unlock(&lrs->key_lock);
	}
	known_finish(&old);
	return outcome == LRS_FAILED ? LRS_FAILED : right ? LRS_DONE : LRS_NOT_FOUND;
}

enum lrs_outcome lrs_key_owner(
	struct lrs *lrs, const char *key, char **ret_name, char **ret_role, struct error *err)
{
	struct known_key read = {0};
	enum lrs_outcome outcome = read_stored_key(lrs, key, &read, err);
	if (outcome == LRS_DONE) {
		*ret_name = xstrdup(read.name);
		*ret_role = xstrdup(read.role);
	}
	known_finish(&read);
	return outcome;
}

/* ---- scope of a key ---- */

struct limiting {
	const char *name, *team, *actor;
};

static int restrict_key(struct db *db, void *data, struct error *err)
{
	const struct limiting *l = data;
	return sql_run(db,
		       sql(db, err,
			       "UPDATE key SET team = coalesce(?2, team), "
			       "actor = coalesce(?3, actor) WHERE name = ?1",
			       "ttt", l->name, l->team, l->actor),
		       err)
		       ? LRS_DONE
		       : LRS_FAILED;
}

bool lrs_key_limit(
	struct lrs *lrs, const char *name, const char *team, const char *actor, struct error *err)
{
	struct limiting l = {name, team, actor};
	return lrs_write(lrs, restrict_key, &l, err) == LRS_DONE;
}

bool lrs_key_scope(
	struct lrs *lrs, const char *name, char **ret_team, char **ret_actor, struct error *err)
{
	struct db *db = store_read(lrs->store);
	sqlite3_stmt *row = sql(db, err, "SELECT team, actor FROM key WHERE name = ?", "t", name);
	bool good = row != NULL, there = sql_row(db, row, &good, err);
	if (there) {
		*ret_team = xstrdup(sql_column(row, 0));
		*ret_actor = xstrdup(sql_column(row, 1));
	}
	sql_done(row);
	store_read_end(lrs->store, db);
	return there || (good && error_set(err, 0, "there is no key '%s'", name));
}

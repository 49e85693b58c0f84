/* store/store.c - the file, its readers, and its writer. The threads that change the file take
 * turns as the writer: a thread that finds the writer free commits for all that wait. */
#include "private.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BATCH_MAX 256 /* changes in one commit */
#define JOURNAL_PAGES_TIDY 1000
#define JOURNAL_PAGES_MAX 4000
#define MOVING_MS 10000
#define CHECKED_MAX ((off_t)64 * 1024 * 1024)

/* ---- the writer ---- */

static bool execute_literal(struct db *db, const char *literal, struct error *err)
{
	return sql_run(db, sql(db, err, literal, ""), err);
}

/* Run each change in a savepoint of its own, so that a failing change does not undo others. A
 * single change needs no savepoint: rolling back its transaction is enough. */
static void run_store_job(struct db *db, struct job *job, bool alone)
{
	job->outcome = STORE_FAILED;
	if (!alone && !execute_literal(db, "SAVEPOINT job", job->err))
		return;
	job->outcome = job->run(db, job->data, job->err);
	if (alone)
		return;
	if (job->outcome != 0)
		(void)execute_literal(db, "ROLLBACK TO job", NULL); /* job->err has the cause */
	if (!execute_literal(db, "RELEASE job", job->outcome == 0 ? job->err : NULL) &&
		job->outcome == 0)
		job->outcome = STORE_FAILED;
}

static void run_jobs(struct db *db, struct job *jobs)
{
	cleanup_error struct error err = {0};
	bool alone = jobs->next == NULL, open = sql_begin(db, &err);
	for (struct job *j = jobs; open && j != NULL; j = j->next) {
		run_store_job(db, j, alone);
		if (sqlite3_get_autocommit(db->handle) == 0)
			continue;
		/* the transaction ended by itself and stored nothing, as on a full disk */
		open = error_set(&err, 0, "%s",
			j->err != NULL ? error_text(j->err) : _("cannot save the change"));
	}
	bool wanted = open && (!alone || jobs->outcome == 0);
	bool kept = open && sql_end(db, wanted, &err); /* else err or the job has the cause */
	if (open && !wanted)
		return;
	for (struct job *j = jobs; !kept && j != NULL; j = j->next) {
		if (!open || j->outcome == 0)
			error_set(j->err, 0, "%s", error_text(&err));
		j->outcome = STORE_FAILED;
	}
}

static struct job *take_jobs(struct store *store)
{
	struct job *first = store->first, *last = first;
	for (unsigned i = 1; i < BATCH_MAX && last->next != NULL; i++)
		last = last->next;
	store->first = last->next;
	if (store->first == NULL)
		store->last = NULL;
	last->next = NULL;
	return first;
}

/* Commits for all that wait now. The caller has the lock before and after. */
static void commit_waiting(struct store *store)
{
	struct job *jobs = take_jobs(store);
	store->writing = true;
	pthread_mutex_unlock(&store->lock);
	run_jobs(&store->writer, jobs);
	pthread_mutex_lock(&store->lock);
	store->writing = false;
	for (struct job *j = jobs, *next; j != NULL; j = next) {
		next = j->next; /* the job is on its thread's stack: do not touch it once the thread
				   wakes */
		j->done = true;
		pthread_cond_signal(&j->changed);
	}
	if (store->first != NULL) /* the longest waiter leads next */
		pthread_cond_signal(&store->first->changed);
}

int store_write(struct store *store, int (*run)(struct db *db, void *data, struct error *err),
	void *data, struct error *err)
{
	struct job job = {.run = run, .data = data, .err = err};
	pthread_cond_init(&job.changed, NULL);
	pthread_mutex_lock(&store->lock);
	if (store->last != NULL)
		store->last->next = &job;
	else
		store->first = &job;
	store->last = &job;
	while (!job.done) {
		if (store->writing)
			pthread_cond_wait(&job.changed, &store->lock);
		else
			commit_waiting(store);
	}
	pthread_mutex_unlock(&store->lock);
	pthread_cond_destroy(&job.changed);
	return job.outcome;
}

bool store_overwrite(struct db *db, bool on, struct error *err)
{
	return sql_execute(
		db, on ? "PRAGMA secure_delete = ON" : "PRAGMA secure_delete = FAST", err);
}

/* ---- readers ---- */

struct db *store_read(struct store *store)
{
	struct db *db = NULL;
	pthread_mutex_lock(&store->reader_lock);
	while (db == NULL) {
		for (size_t i = 0; i < READERS && db == NULL; i++) {
			if (store->reader_busy[i])
				continue;
			store->reader_busy[i] = true;
			db = &store->readers[i];
		}
		if (db == NULL)
			pthread_cond_wait(&store->reader_free, &store->reader_lock);
	}
	pthread_mutex_unlock(&store->reader_lock);
	return db;
}

void store_read_end(struct store *store, struct db *db)
{
	pthread_mutex_lock(&store->reader_lock);
	store->reader_busy[db - store->readers] = false;
	pthread_cond_signal(&store->reader_free);
	pthread_mutex_unlock(&store->reader_lock);
}

/* ---- the journal ---- */

/* Called after each commit. The writer moves the journal into the file only if no other thread
 * did. */
static int after_commit(void *data, sqlite3 *handle, const char *name, int pages)
{
	struct store *store = data;
	store->journal_pages = pages;
	if (pages >= JOURNAL_PAGES_MAX) /* after a failure, the next commit tries again */
		(void)sqlite3_wal_checkpoint_v2(
			handle, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	return SQLITE_OK;
}

/* SQLite waits for readers and writers, but not for another checkpoint, in this process or in
 * another. Wait here if the whole journal must be moved. */
static int run_checkpoint(struct db *db, int how)
{
	const struct timespec moment = {.tv_nsec = 5000000};
	int64_t until_ms = clock_monotonic_ms() + MOVING_MS;
	int code = sqlite3_wal_checkpoint_v2(db->handle, NULL, how, NULL, NULL);
	while (code == SQLITE_BUSY && how != SQLITE_CHECKPOINT_PASSIVE &&
		clock_monotonic_ms() < until_ms) {
		(void)nanosleep(&moment, NULL); /* a shorter sleep does no harm */
		code = sqlite3_wal_checkpoint_v2(db->handle, NULL, how, NULL, NULL);
	}
	return code;
}

/* A connection that has not read anything yet does not know of a journal and moves none. */
static bool move_journal(struct store *store, int how, struct error *err)
{
	struct db *db = store_read(store);
	bool good = sql_run(db, sql(db, err, "SELECT count(*) FROM module", ""), err);
	if (good && run_checkpoint(db, how) != SQLITE_OK)
		good = sql_failed(db, err);
	store_read_end(store, db);
	return good;
}

void store_tidy(struct store *store)
{
	if (store->journal_pages >= JOURNAL_PAGES_TIDY) /* the next call moves the rest */
		(void)move_journal(store, SQLITE_CHECKPOINT_PASSIVE, NULL);
}

bool store_checkpoint(struct store *store, struct error *err)
{
	return move_journal(store, SQLITE_CHECKPOINT_TRUNCATE, err);
}

/* ---- the file ---- */

/* Do not read a large file whole at the start, which would delay the first request: damage in it
 * is reported when a query meets it. */
static bool check_integrity(struct store *store, struct error *err)
{
	struct stat info;
	bool small = stat(store->path, &info) == 0 && info.st_size < CHECKED_MAX;
	bool good =
		small ? sql_is_whole(&store->writer)
		      : sql_execute(&store->writer, "SELECT 1 FROM sqlite_schema LIMIT 1", NULL);
	return good ||
	       error_set(err, 0,
		       "the file '%s' is damaged, or is not a store; replace it by a backup: `ropes serve restore BACKUP`",
		       store->path);
}

bool store_connect(struct db *db, const char *path, int flags, struct error *err)
{
	db->cure = _("stop the server and put a backup in its place: `ropes serve restore BACKUP`");
	return sql_open(db, _("the store"), path, flags | SQLITE_OPEN_NOMUTEX, NULL) ||
	       error_set(err, 0,
		       "cannot open the store '%s'; check its folder, and the folder's permissions",
		       path);
}

static bool open_connections(struct store *store, struct error *err)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	mode_t before = umask(0077);
	bool good = store_connect(&store->writer, store->path, flags, err) &&
		    check_integrity(store, err) &&
		    sql_execute(&store->writer,
			    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			    "PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 16777216;"
			    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;"
			    "PRAGMA secure_delete = FAST;"
			    "CREATE TABLE IF NOT EXISTS module ("
			    "  name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;",
			    err);
	for (size_t i = 0; good && i < READERS; i++)
		good = store_connect(&store->readers[i], store->path, flags, err) &&
		       sql_execute(&store->readers[i], "PRAGMA query_only = ON", err);
	umask(before);
	if (good)
		sqlite3_wal_hook(store->writer.handle, after_commit, store);
	return good;
}

bool store_open(const char *path, struct store **ret, struct error *err)
{
	struct store *store = xcalloc(1, sizeof *store);
	store->path = xstrdup(path);
	pthread_mutex_init(&store->lock, NULL);
	pthread_mutex_init(&store->reader_lock, NULL);
	pthread_cond_init(&store->reader_free, NULL);
	if (!open_connections(store, err)) {
		store_close(store);
		return false;
	}
	*ret = store;
	return true;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; i < READERS; i++)
		sql_close(&store->readers[i]);
	sql_close(&store->writer);
	pthread_mutex_destroy(&store->lock);
	pthread_mutex_destroy(&store->reader_lock);
	pthread_cond_destroy(&store->reader_free);
	free(store->path);
	free(store);
}

/* ---- schema ---- */

struct migration {
	const char *module;
	const char *const *steps;
	size_t count;
};

static int migrate_module(struct db *db, void *data, struct error *err)
{
	const struct migration *m = data;
	int64_t version = sql_number(
		sql(db, err, "SELECT version FROM module WHERE name = ?", "t", m->module), 0);
	if (version > (int64_t)m->count) {
		error_set(err, 0,
			"the store was written by a newer version of ropes, and this version cannot read it");
		return STORE_FAILED;
	}
	for (size_t i = (size_t)version; i < m->count; i++)
		if (!sql_execute(db, m->steps[i], err))
			return STORE_FAILED;
	return sql_run(db,
		       sql(db, err, "INSERT OR REPLACE INTO module VALUES (?, ?)", "ti", m->module,
			       (int64_t)m->count),
		       err)
		       ? 0
		       : STORE_FAILED;
}

bool store_schema(struct store *store, const char *module, const char *const *steps, size_t count,
	struct error *err)
{
	struct migration m = {module, steps, count};
	return store_write(store, migrate_module, &m, err) == 0;
}

int64_t store_bytes(struct store *store)
{
	struct db *db = store_read(store);
	int64_t bytes = sql_number(sql(db, NULL,
					   "SELECT page_count * page_size FROM pragma_page_count, "
					   "pragma_page_size",
					   ""),
		-1);
	store_read_end(store, db);
	return bytes;
}

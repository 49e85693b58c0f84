/* lrs/lrs.c - the file, its readers and its one writer */
#include "private.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BATCH_MOST 256 /* changes in one commit */

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS statement ("
	"  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
	"  stored_ms INTEGER NOT NULL, verb TEXT NOT NULL, registration TEXT,"
	"  target TEXT, voided INTEGER NOT NULL DEFAULT 0, json TEXT NOT NULL) STRICT;"
	"CREATE INDEX IF NOT EXISTS statement_verb ON statement (verb, seq);"
	"CREATE INDEX IF NOT EXISTS statement_registration ON statement (registration, seq)"
	"  WHERE registration IS NOT NULL;"
	"CREATE INDEX IF NOT EXISTS statement_stored ON statement (stored_ms);"
	"CREATE INDEX IF NOT EXISTS statement_target ON statement (target)"
	"  WHERE target IS NOT NULL;"
	/* who and what a statement speaks of: kind 'a' its agent, 'A' any, 'o' its activity, 'O'
	   any */
	"CREATE TABLE IF NOT EXISTS mention ("
	"  kind TEXT NOT NULL, name TEXT NOT NULL, seq INTEGER NOT NULL,"
	"  PRIMARY KEY (kind, name, seq)) STRICT, WITHOUT ROWID;"
	/* which statement reaches which by StatementRefs, over any number of them */
	"CREATE TABLE IF NOT EXISTS reach ("
	"  target INTEGER NOT NULL, source INTEGER NOT NULL,"
	"  PRIMARY KEY (target, source)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX IF NOT EXISTS reach_source ON reach (source, target);"
	"CREATE TABLE IF NOT EXISTS activity (id TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;"
	"CREATE TABLE IF NOT EXISTS verb (id TEXT PRIMARY KEY, display TEXT NOT NULL) STRICT;"
	"CREATE TABLE IF NOT EXISTS attachment ("
	"  sha2 TEXT PRIMARY KEY, type TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;"
	"CREATE TABLE IF NOT EXISTS document ("
	"  kind INTEGER NOT NULL, activity TEXT NOT NULL, agent TEXT NOT NULL,"
	"  registration TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,"
	"  bytes BLOB NOT NULL, etag TEXT NOT NULL, updated_ms INTEGER NOT NULL,"
	"  PRIMARY KEY (kind, activity, agent, registration, name)) STRICT;"
	"CREATE TABLE IF NOT EXISTS achievement ("
	"  person TEXT NOT NULL, course TEXT NOT NULL, activity TEXT NOT NULL, name TEXT NOT NULL,"
	"  title TEXT NOT NULL, completed INTEGER NOT NULL, passed INTEGER NOT NULL,"
	"  attempts INTEGER NOT NULL, first REAL NOT NULL, best REAL NOT NULL, last REAL NOT NULL,"
	"  last_ms INTEGER NOT NULL, PRIMARY KEY (person, course, activity)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS question ("
	"  activity TEXT PRIMARY KEY, title TEXT NOT NULL, answers INTEGER NOT NULL,"
	"  points REAL NOT NULL) STRICT;"
	"CREATE TABLE IF NOT EXISTS key ("
	"  key TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL,"
	"  salt TEXT NOT NULL, digest TEXT NOT NULL) STRICT;";

/* ---- statements of SQL ---- */

bool sql_failed(struct connection *db, struct error *err)
{
	return error_set(err, 0, "the store: %s", sqlite3_errmsg(db->handle));
}

const char *column_text(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);
	return text != NULL ? (const char *)text : "";
}

static sqlite3_stmt *prepared(struct connection *db, const char *text, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	for (size_t i = 0; i < db->cached_count; i++)
		if (db->cached[i].text == text)
			return db->cached[i].statement;
	if (db->cached_count == CACHED_MOST ||
		sqlite3_prepare_v3(db->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &statement,
			NULL) != SQLITE_OK) {
		sql_failed(db, err);
		return NULL;
	}
	db->cached[db->cached_count].text = text;
	db->cached[db->cached_count++].statement = statement;
	return statement;
}

sqlite3_stmt *sql(
	struct connection *db, struct error *err, const char *text, const char *types, ...)
{
	sqlite3_stmt *statement = prepared(db, text, err);
	va_list args;
	if (statement == NULL)
		return NULL;
	va_start(args, types);
	for (int i = 0; types[i] != '\0'; i++) {
		if (types[i] == 'i') {
			sqlite3_bind_int64(statement, i + 1, va_arg(args, int64_t));
		} else if (types[i] == 'd') {
			sqlite3_bind_double(statement, i + 1, va_arg(args, double));
		} else if (types[i] == 'b') {
			const char *bytes = va_arg(args, const char *);
			sqlite3_bind_blob64(statement, i + 1, bytes != NULL ? bytes : "",
				va_arg(args, size_t), SQLITE_STATIC);
		} else {
			sqlite3_bind_text(
				statement, i + 1, va_arg(args, const char *), -1, SQLITE_STATIC);
		}
	}
	va_end(args);
	return statement;
}

void sql_done(sqlite3_stmt *statement)
{
	if (statement == NULL)
		return;
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

bool sql_run(struct connection *db, sqlite3_stmt *statement, struct error *err)
{
	if (statement == NULL)
		return false;
	int code;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW)
		;
	bool good = code == SQLITE_DONE || sql_failed(db, err);
	sql_done(statement);
	return good;
}

static bool execute(struct connection *db, const char *text, struct error *err)
{
	return sql_run(db, sql(db, err, text, ""), err);
}

/* Several at once, none of them kept. */
static bool execute_all(struct connection *db, const char *text, struct error *err)
{
	return sqlite3_exec(db->handle, text, NULL, NULL, NULL) == SQLITE_OK || sql_failed(db, err);
}

/* ---- the writer ---- */

/* Each change in a savepoint of its own: one that fails takes no other with it. */
static void run_job(struct lrs *lrs, struct job *job)
{
	if (!execute(&lrs->writer_db, "SAVEPOINT job", job->err)) {
		job->outcome = LRS_FAILED;
		return;
	}
	job->outcome = job->run(lrs, job->data, job->err);
	if (job->outcome != LRS_DONE)
		(void)execute(
			&lrs->writer_db, "ROLLBACK TO job", NULL); /* job->err has the cause */
	if (!execute(&lrs->writer_db, "RELEASE job", job->outcome == LRS_DONE ? job->err : NULL) &&
		job->outcome == LRS_DONE)
		job->outcome = LRS_FAILED;
}

static void run_jobs(struct lrs *lrs, struct job *jobs)
{
	cleanup_error struct error err = {0};
	bool open = execute(&lrs->writer_db, "BEGIN IMMEDIATE", &err);
	for (struct job *j = jobs; open && j != NULL; j = j->next)
		run_job(lrs, j);
	bool kept = open && execute(&lrs->writer_db, "COMMIT", &err);
	if (open && !kept)
		(void)execute(&lrs->writer_db, "ROLLBACK", NULL); /* the cause is in err */
	for (struct job *j = jobs; !kept && j != NULL; j = j->next) {
		if (j->outcome == LRS_DONE || !open)
			error_set(j->err, 0, "%s", error_text(&err));
		j->outcome = LRS_FAILED;
	}
}

static struct job *take_jobs(struct lrs *lrs)
{
	struct job *first = lrs->first, *last = first;
	for (unsigned i = 1; last != NULL && i < BATCH_MOST && last->next != NULL; i++)
		last = last->next;
	lrs->first = last != NULL ? last->next : NULL;
	if (lrs->first == NULL)
		lrs->last = NULL;
	if (last != NULL)
		last->next = NULL;
	return first;
}

static void *write_on(void *data)
{
	struct lrs *lrs = data;
	pthread_mutex_lock(&lrs->lock);
	while (!lrs->ending || lrs->first != NULL) {
		struct job *jobs = take_jobs(lrs);
		if (jobs == NULL) {
			pthread_cond_wait(&lrs->work, &lrs->lock);
			continue;
		}
		pthread_mutex_unlock(&lrs->lock);
		run_jobs(lrs, jobs);
		pthread_mutex_lock(&lrs->lock);
		for (struct job *j = jobs, *next; j != NULL; j = next) {
			next = j->next; /* it is gone once its thread wakes */
			j->done = true;
			pthread_cond_signal(&j->changed);
		}
	}
	pthread_mutex_unlock(&lrs->lock);
	return NULL;
}

enum lrs_outcome writer_do(struct lrs *lrs,
	enum lrs_outcome (*run)(struct lrs *lrs, void *data, struct error *err), void *data,
	struct error *err)
{
	struct job job = {.run = run, .data = data, .err = err};
	pthread_cond_init(&job.changed, NULL);
	pthread_mutex_lock(&lrs->lock);
	if (lrs->last != NULL)
		lrs->last->next = &job;
	else
		lrs->first = &job;
	lrs->last = &job;
	pthread_cond_signal(&lrs->work);
	while (!job.done)
		pthread_cond_wait(&job.changed, &lrs->lock);
	pthread_mutex_unlock(&lrs->lock);
	pthread_cond_destroy(&job.changed);
	return job.outcome;
}

bool writer_start(struct lrs *lrs, struct error *err)
{
	if (pthread_create(&lrs->writer, NULL, write_on, lrs) != 0)
		return error_set(err, 0, "the store's writer could not be started");
	return true;
}

void writer_stop(struct lrs *lrs)
{
	pthread_mutex_lock(&lrs->lock);
	lrs->ending = true;
	pthread_cond_signal(&lrs->work);
	pthread_mutex_unlock(&lrs->lock);
	pthread_join(lrs->writer, NULL);
}

/* ---- readers ---- */

struct connection *reader_take(struct lrs *lrs)
{
	struct connection *db = NULL;
	pthread_mutex_lock(&lrs->reader_lock);
	while (db == NULL) {
		for (size_t i = 0; i < READERS && db == NULL; i++) {
			if (lrs->reader_busy[i])
				continue;
			lrs->reader_busy[i] = true;
			db = &lrs->readers[i];
		}
		if (db == NULL)
			pthread_cond_wait(&lrs->reader_free, &lrs->reader_lock);
	}
	pthread_mutex_unlock(&lrs->reader_lock);
	return db;
}

void reader_give(struct lrs *lrs, struct connection *db)
{
	pthread_mutex_lock(&lrs->reader_lock);
	lrs->reader_busy[db - lrs->readers] = false;
	pthread_cond_signal(&lrs->reader_free);
	pthread_mutex_unlock(&lrs->reader_lock);
}

/* ---- the file ---- */

static sqlite3 *open_database(const char *path, struct error *err)
{
	sqlite3 *db = NULL;
	if (sqlite3_open_v2(path, &db,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
		    NULL) != SQLITE_OK) {
		error_set(err, 0, "the store '%s' can't be opened: %s", path,
			db != NULL ? sqlite3_errmsg(db) : "no memory");
		sqlite3_close(db);
		return NULL;
	}
	sqlite3_busy_timeout(db, 10000);
	return db;
}

static bool open_all(struct lrs *lrs, struct error *err)
{
	mode_t before = umask(0077);
	lrs->writer_db.handle = open_database(lrs->path, err);
	bool good = lrs->writer_db.handle != NULL &&
		    execute_all(&lrs->writer_db,
			    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			    "PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 16777216;",
			    err) &&
		    execute_all(&lrs->writer_db, schema, err);
	for (size_t i = 0; good && i < READERS; i++) {
		lrs->readers[i].handle = open_database(lrs->path, err);
		good = lrs->readers[i].handle != NULL &&
		       execute_all(&lrs->readers[i], "PRAGMA query_only = ON", err);
	}
	umask(before);
	return good;
}

static void close_connection(struct connection *db)
{
	for (size_t i = 0; i < db->cached_count; i++)
		sqlite3_finalize(db->cached[i].statement);
	sqlite3_close(db->handle);
}

static void close_all(struct lrs *lrs)
{
	for (size_t i = 0; i < READERS; i++)
		close_connection(&lrs->readers[i]);
	close_connection(&lrs->writer_db);
	pthread_mutex_destroy(&lrs->lock);
	pthread_mutex_destroy(&lrs->reader_lock);
	pthread_cond_destroy(&lrs->work);
	pthread_cond_destroy(&lrs->reader_free);
	free(lrs->path);
	free(lrs);
}

static bool read_last_stored(struct lrs *lrs, struct error *err)
{
	sqlite3_stmt *row =
		sql(&lrs->writer_db, err, "SELECT coalesce(max(stored_ms), 0) FROM statement", "");
	if (row == NULL)
		return false;
	if (sqlite3_step(row) == SQLITE_ROW)
		lrs->last_stored_ms = sqlite3_column_int64(row, 0);
	sql_done(row);
	return true;
}

bool lrs_open(const char *path, struct lrs **ret, struct error *err)
{
	struct lrs *lrs = xcalloc(1, sizeof *lrs);
	lrs->path = xstrdup(path);
	pthread_mutex_init(&lrs->lock, NULL);
	pthread_mutex_init(&lrs->reader_lock, NULL);
	pthread_cond_init(&lrs->work, NULL);
	pthread_cond_init(&lrs->reader_free, NULL);
	if (!open_all(lrs, err) || !read_last_stored(lrs, err) || !writer_start(lrs, err)) {
		close_all(lrs);
		return false;
	}
	*ret = lrs;
	return true;
}

void lrs_close(struct lrs *lrs)
{
	if (lrs == NULL)
		return;
	writer_stop(lrs);
	close_all(lrs);
}

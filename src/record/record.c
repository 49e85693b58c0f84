/* record/record.c - opens the record, appends events, answers the tutor's queries */
#include "private.h"
#include "statement.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS 5000
#define DAY_MS (24 * 3600 * 1000LL)

char *record_default_path(void)
{
	cleanup_free char *folder = xdg_folder(XDG_DATA);
	return path_join(folder, "record.db");
}

/* ---- opening ---- */

static bool configure_database(struct record *r, struct error *err)
{
	int on = 0;
	sqlite3_busy_timeout(r->db, BUSY_MS);
	sqlite3_extended_result_codes(r->db, 1);
	sqlite3_db_config(r->db, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
	sqlite3_db_config(r->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &on);
	const char *pragmas = r->read_only
				      ? "PRAGMA foreign_keys = ON; PRAGMA query_only = ON"
				      : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
					"PRAGMA foreign_keys = ON";
	return sqlite3_exec(r->db, pragmas, NULL, NULL, NULL) == SQLITE_OK || sql_error(r, err);
}

static bool is_sound(struct record *r)
{
	sqlite3_stmt *check = NULL;
	bool sound =
		sqlite3_prepare_v2(r->db, "PRAGMA quick_check(1)", -1, &check, NULL) == SQLITE_OK &&
		sqlite3_step(check) == SQLITE_ROW && strcmp(sql_text(check, 0), "ok") == 0;
	sqlite3_finalize(check);
	return sound;
}

static void close_database(struct record *r)
{
	sql_finish_all(r);
	memset(r->statements, 0, sizeof r->statements);
	sqlite3_close(r->db);
	r->db = NULL;
}

static bool open_database(struct record *r, struct error *err)
{
	int flags =
		r->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	if (sqlite3_open_v2(r->path, &r->db, flags, NULL) != SQLITE_OK)
		return sql_error(r, err);
	return configure_database(r, err) && schema_migrate(r, err) && sql_prepare_all(r, err) &&
	       (!r->is_stale || record_rebuild(r, err));
}

/* Created with mode 0600, whatever the umask. */
static bool make_file(const char *path, struct error *err)
{
	if (text_same(path, ":memory:"))
		return true;
	cleanup_free char *folder = path_parent(path);
	if (!folder_make(folder, 0700, err))
		return false;
	if (folder_exists(path))
		return error_set(err, EISDIR, "cannot open the record '%s'", path);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set(err, errno, "cannot write the record '%s'", path);
	close(fd);
	return true;
}

/* The check reads the whole file, so do it once a day; SQLite finds other damage while it works. */
static bool check_due(const char *path)
{
	cleanup_free char *newest = backup_newest(path);
	struct stat copy, file;
	if (stat(path, &file) != 0 || file.st_size == 0)
		return false;
	return newest == NULL || stat(newest, &copy) != 0 ||
	       llabs(clock_wall_ms() - (int64_t)copy.st_mtime * 1000) > DAY_MS;
}

static bool is_damage(const struct record *r)
{
	int code = r->db != NULL ? sqlite3_errcode(r->db) & 0xFF : 0;
	return code == SQLITE_CORRUPT;
}

/* Keeps the damaged file, replaces it with the newest copy, and reports the consequences. */
static bool restore_backup(struct record *r, struct error *err)
{
	cleanup_free char *copy = backup_newest(r->path);
	cleanup_free char *kept =
		xasprintf("%s.damaged-%lld", r->path, (long long)clock_wall_ms() / 1000);
	cleanup_free char *wal = xasprintf("%s-wal", r->path), *shm = xasprintf("%s-shm", r->path);
	cleanup_buf struct buf bytes = {0};
	close_database(r);
	if (rename(r->path, kept) != 0)
		return error_set(
			err, errno, "the record '%s' is damaged, and cannot be renamed", r->path);
	(void)unlink(wal); /* belongs to the damaged file */
	(void)unlink(shm);
	if (copy != NULL &&
		(!file_read(copy, SIZE_MAX / 2, &bytes, err) ||
			!file_write(r->path, buf_text(&bytes), bytes.length, 0600, err)))
		return false;
	r->notice = xasprintf("The record was damaged. It was saved as %s, and %s%s.", kept,
		copy != NULL ? "replaced by the newest backup; anything recorded later is missing: "
			     : "since there was no backup, a new record was started",
		copy != NULL ? path_base(copy) : "");
	return make_file(r->path, err) && open_database(r, err);
}

bool record_open(const char *path, struct record **ret, struct error *err)
{
	if (!make_file(path, err))
		return false;
	struct record *r = xcalloc(1, sizeof *r);
	r->path = xstrdup(path);
	bool due = check_due(path);
	bool good = open_database(r, err);
	if ((good && due && !is_sound(r)) || (!good && is_damage(r)))
		good = restore_backup(r, err);
	else if (good && due)
		(void)backup_make(r, NULL); /* the next opening tries again */
	if (!good) {
		record_close(r);
		return false;
	}
	*ret = r;
	return true;
}

bool record_open_read(const char *path, struct record **ret, struct error *err)
{
	struct record *r = xcalloc(1, sizeof *r);
	bool there = file_exists(path);
	r->path = xstrdup(there ? path : ":memory:");
	r->read_only = there;
	cleanup_error struct error cause = {0};
	bool good = open_database(r, &cause);
	if (!good && r->blank) { /* an earlier start left an empty file, e.g. on a full disk */
		close_database(r);
		free(r->path);
		r->path = xstrdup(":memory:");
		r->read_only = false;
		error_finish(&cause);
		good = open_database(r, &cause);
	}
	bool older = r->is_older;
	if (!good)
		record_close(r);
	if (!good && older) { /* update it, unless it cannot be written */
		good = record_open(path, &r, NULL);
	}
	if (!good)
		return error_move(err, &cause);
	*ret = r;
	return true;
}

void record_close(struct record *r)
{
	if (r == NULL)
		return;
	close_database(r);
	free(r->path);
	free(r->notice);
	free(r);
}

const char *record_notice(const struct record *r)
{
	return r->notice;
}

/* ---- appending ---- */

static bool has_row(sqlite3_stmt *statement)
{
	bool there = sqlite3_step(statement) == SQLITE_ROW;
	sqlite3_reset(statement);
	return there;
}

/* cmi5: at most one completed, and one passed or failed, for a registration and lesson; no failed
 * after passed. */
static bool is_said_already(
	struct record *r, const struct record_event *e, const char *registration)
{
	if (e->verb == RECORD_COMPLETED)
		return has_row(
			sql_bind(r, SQL_IS_COMPLETED, "ttt", e->learner, e->course, e->lesson));
	if (e->verb == RECORD_PASSED || e->verb == RECORD_FAILED)
		return has_row(sql_bind(
			r, SQL_IS_PASSED, "tttt", e->learner, e->course, e->lesson, registration));
	return false;
}

/* The learner's registration for the course, created with the first event. */
static bool registration_of(
	struct record *r, const struct record_event *e, char out[UUID_TEXT_SIZE], struct error *err)
{
	if (e->registration != NULL) {
		snprintf(out, UUID_TEXT_SIZE, "%s", e->registration);
		return true;
	}
	uuid_make(out);
	if (!sql_do(r, sql_bind(r, SQL_ENROL, "ttt", e->learner, e->course, out), err))
		return false;
	sqlite3_stmt *row = sql_bind(r, SQL_REGISTRATION, "tt", e->learner, e->course);
	if (sqlite3_step(row) == SQLITE_ROW)
		snprintf(out, UUID_TEXT_SIZE, "%s", sql_text(row, 0));
	sqlite3_reset(row);
	return true;
}

static bool append_event(struct record *r, const struct record_event *e, struct error *err)
{
	char id[UUID_TEXT_SIZE], registration[UUID_TEXT_SIZE];
	int64_t now = clock_wall_ms();
	if (!registration_of(r, e, registration, err))
		return false;
	if (is_said_already(r, e, registration))
		return true;
	uuid_make(id);
	cleanup_free char *json = statement_write(e, id, registration, now);
	const struct projected event = statement_projected(e, registration, now);
	return sql_do(r,
		       sql_bind(r, SQL_ADD_STATEMENT, "ttttiit", id, e->learner, e->course,
			       event.lesson, (int64_t)e->verb, now, json),
		       err) &&
	       project_event(r, &event, err);
}

bool record_append(struct record *r, const struct record_event *e, struct error *err)
{
	if (!sql_do(r, sql_bind(r, SQL_BEGIN, ""), err))
		return false;
	if (append_event(r, e, err) && sql_do(r, sql_bind(r, SQL_COMMIT, ""), err))
		return true;
	(void)sql_do(r, sql_bind(r, SQL_ROLLBACK, ""), NULL); /* err already has the cause */
	return false;
}

/* ---- queries ---- */

bool record_position(struct record *r, const char *learner, const char *course, char **ret_lesson,
	char **ret_step, struct error *err)
{
	sqlite3_stmt *row = sql_bind(r, SQL_POSITION, "tt", learner, course);
	bool good = true;
	bool anywhere = sql_next(r, row, &good, err) && sql_text(row, 1)[0] != '\0';
	if (!good)
		return false;
	*ret_lesson = anywhere ? xstrdup(sql_text(row, 0)) : NULL;
	*ret_step = anywhere ? xstrdup(sql_text(row, 1)) : NULL;
	sqlite3_reset(row);
	return true;
}

static bool read_words(struct record *r, sqlite3_stmt *rows, struct words *ret, struct error *err)
{
	bool good = true;
	while (sql_next(r, rows, &good, err))
		words_add(ret, sql_text(rows, 0));
	return good;
}

bool record_recent_courses(
	struct record *r, const char *learner, struct words *ret, struct error *err)
{
	return read_words(
		r, sql_bind(r, SQL_RECENT_COURSES, "ti", learner, clock_wall_ms()), ret, err);
}

bool record_remember_course(struct record *r, const char *learner, const char *course,
	const char *reference, struct error *err)
{
	char registration[UUID_TEXT_SIZE];
	uuid_make(registration);
	return sql_do(r,
		sql_bind(r, SQL_REMEMBER, "tttt", learner, course, registration, reference), err);
}

bool record_step(struct record *r, const char *learner, const char *course, const char *lesson,
	const char *step, bool *ret_known, enum record_step_state *ret_state, struct error *err)
{
	sqlite3_stmt *row = sql_bind(r, SQL_STEP, "tttt", learner, course, lesson, step);
	bool good = true, known = sql_next(r, row, &good, err);
	if (!good)
		return false;
	*ret_known = known;
	if (known)
		*ret_state = (enum record_step_state)sqlite3_column_int(row, 0);
	sqlite3_reset(row);
	return true;
}

bool record_learners(struct record *r, struct words *ret, struct error *err)
{
	return read_words(r, sql_bind(r, SQL_LEARNERS, ""), ret, err);
}

bool record_statements(struct record *r, const char *learner, const char *course,
	bool (*each)(void *data, const char *json), void *data, struct error *err)
{
	sqlite3_stmt *rows = sql_bind(r, SQL_ALL_STATEMENTS, "tt", learner, course);
	bool good = true, more = true;
	while (more && sql_next(r, rows, &good, err))
		more = each(data, sql_text(rows, 0));
	sqlite3_reset(rows);
	return good;
}

bool record_last_number(struct record *r, int64_t *ret, struct error *err)
{
	sqlite3_stmt *row = sql_bind(r, SQL_LAST_NUMBER, "");
	bool good = true, found = sql_next(r, row, &good, err);
	if (good)
		*ret = found ? sqlite3_column_int64(row, 0) : 0;
	sqlite3_reset(row);
	return good;
}

bool record_statements_after(struct record *r, const char *learner, int64_t after, unsigned max,
	bool (*each)(void *data, const struct record_statement *statement), void *data,
	struct error *err)
{
	sqlite3_stmt *rows = sql_bind(r, SQL_STATEMENTS_AFTER, "iit", after, (int64_t)max, learner);
	bool good = true, more = true;
	while (more && sql_next(r, rows, &good, err)) {
		const struct record_statement statement = {
			sqlite3_column_int64(rows, 0), sql_text(rows, 1), sql_text(rows, 2)};
		more = each(data, &statement);
	}
	sqlite3_reset(rows);
	return good;
}

char *record_statement_id(struct record *r, int64_t number)
{
	sqlite3_stmt *row = sql_bind(r, SQL_STATEMENT_ID, "i", number);
	char *id = sqlite3_step(row) == SQLITE_ROW ? xstrdup(sql_text(row, 0)) : NULL;
	sqlite3_reset(row);
	return id;
}

bool record_forget(struct record *r, const char *learner, const char *course, const char *lesson,
	struct error *err)
{
	return sql_do(r, sql_bind(r, SQL_VOID, "ttt", learner, course, lesson), err) &&
	       record_rebuild(r, err);
}

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

#define DAY_MS (24 * 3600 * 1000LL)

char *record_default_path(void)
{
	cleanup_free char *folder = xdg_folder(XDG_DATA);
	return path_join(folder, "record.db");
}

/* ---- opening ---- */

static bool configure_database(struct record *r, struct error *err)
{
	return sql_execute(&r->db,
		r->read_only ? "PRAGMA foreign_keys = ON; PRAGMA query_only = ON"
			     : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
			       "PRAGMA foreign_keys = ON",
		err);
}

static bool open_database(struct record *r, struct error *err)
{
	int flags =
		r->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	cleanup_free char *subject = xasprintf(_("the record '%s'"), r->path);
	return sql_open(&r->db, subject, r->path, flags, err) && configure_database(r, err) &&
	       schema_migrate(r, err) && (!r->is_stale || record_rebuild(r, err));
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
	return r->db.handle != NULL && (sqlite3_errcode(r->db.handle) & 0xFF) == SQLITE_CORRUPT;
}

/* Keeps the damaged file, replaces it with the newest copy, and reports the consequences. */
static bool restore_backup(struct record *r, struct error *err)
{
	cleanup_free char *copy = backup_newest(r->path);
	cleanup_free char *kept =
		xasprintf("%s.damaged-%lld", r->path, (long long)clock_wall_ms() / 1000);
	cleanup_free char *wal = xasprintf("%s-wal", r->path), *shm = xasprintf("%s-shm", r->path);
	cleanup_buf struct buf bytes = {0};
	sql_close(&r->db);
	if (rename(r->path, kept) != 0)
		return error_set(
			err, errno, "the record '%s' is damaged, and cannot be renamed", r->path);
	(void)unlink(wal); /* belongs to the damaged file */
	(void)unlink(shm);
	if (copy != NULL &&
		(!file_read(copy, SIZE_MAX / 2, &bytes, err) ||
			!file_write(r->path, buf_text(&bytes), bytes.length, 0600, err)))
		return false;
	r->notice =
		copy != NULL
			? xasprintf(
				  _("The record was damaged. It was saved as %s, and replaced by the newest backup; anything recorded later is missing: %s."),
				  kept, path_base(copy))
			: xasprintf(
				  _("The record was damaged. It was saved as %s, and since there was no backup, a new record was started."),
				  kept);
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
	if ((good && due && !sql_is_whole(&r->db)) || (!good && is_damage(r)))
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
		sql_close(&r->db);
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
	sql_close(&r->db);
	free(r->path);
	free(r->notice);
	free(r);
}

const char *record_notice(const struct record *r)
{
	return r->notice;
}

/* ---- appending ---- */

/* cmi5: at most one completed, and one passed or failed, for a registration and lesson; no failed
 * after passed. */
static bool is_said_already(
	struct record *r, const struct record_event *e, const char *registration)
{
	if (e->verb == RECORD_COMPLETED)
		return sql_number(
			       sql(&r->db, NULL,
				       "SELECT 1 FROM lesson WHERE learner = ?1 AND course = ?2 AND lesson = ?3 AND completed",
				       "ttt", e->learner, e->course, e->lesson),
			       0) > 0;
	if (e->verb == RECORD_PASSED || e->verb == RECORD_FAILED)
		return sql_number(
			       sql(&r->db, NULL,
				       "SELECT 1 FROM attempt WHERE learner = ?1 AND course = ?2 AND lesson = ?3 AND registration = ?4",
				       "tttt", e->learner, e->course, e->lesson, registration),
			       0) > 0;
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
	if (!sql_run(&r->db,
		    sql(&r->db, err,
			    "INSERT INTO enrolment (learner, course, registration) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
			    "ttt", e->learner, e->course, out),
		    err))
		return false;
	sqlite3_stmt *row = sql(&r->db, err,
		"SELECT registration FROM enrolment WHERE learner = ?1 AND course = ?2", "tt",
		e->learner, e->course);
	bool good = true;
	if (sql_row(&r->db, row, &good, err))
		snprintf(out, UUID_TEXT_SIZE, "%s", sql_column(row, 0));
	sql_done(row);
	return good;
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
	return sql_run(&r->db,
		       sql(&r->db, err,
			       "INSERT INTO statement (id, learner, course, lesson, verb, time_ms, json) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
			       "ttttiit", id, e->learner, e->course, event.lesson, (int64_t)e->verb,
			       now, json),
		       err) &&
	       project_event(r, &event, err);
}

bool record_append(struct record *r, const struct record_event *e, struct error *err)
{
	return sql_begin(&r->db, err) && sql_end(&r->db, append_event(r, e, err), err);
}

/* ---- queries ---- */

bool record_position(struct record *r, const char *learner, const char *course, char **ret_lesson,
	char **ret_step, struct error *err)
{
	sqlite3_stmt *row = sql(&r->db, err,
		"SELECT lesson, step FROM position WHERE learner = ?1 AND course = ?2", "tt",
		learner, course);
	bool good = true;
	bool anywhere = sql_row(&r->db, row, &good, err) && sql_column(row, 1)[0] != '\0';
	if (!good)
		return false;
	*ret_lesson = anywhere ? xstrdup(sql_column(row, 0)) : NULL;
	*ret_step = anywhere ? xstrdup(sql_column(row, 1)) : NULL;
	sql_done(row);
	return true;
}

static bool read_words(struct record *r, sqlite3_stmt *rows, struct words *ret, struct error *err)
{
	bool good = true;
	while (sql_row(&r->db, rows, &good, err))
		words_add(ret, sql_column(rows, 0));
	return good;
}

bool record_recent_courses(
	struct record *r, const char *learner, struct words *ret, struct error *err)
{
	return read_words(r,
		sql(&r->db, err,
			"SELECT reference FROM position JOIN enrolment USING (learner, course) WHERE learner = ?1 AND reference IS NOT NULL ORDER BY last_ms > ?2, last_ms DESC",
			"ti", learner, clock_wall_ms()),
		ret, err);
}

bool record_remember_course(struct record *r, const char *learner, const char *course,
	const char *reference, struct error *err)
{
	char registration[UUID_TEXT_SIZE];
	uuid_make(registration);
	return sql_run(&r->db,
		sql(&r->db, err,
			"INSERT INTO enrolment VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET reference = excluded.reference",
			"tttt", learner, course, registration, reference),
		err);
}

bool record_step(struct record *r, const char *learner, const char *course, const char *lesson,
	const char *step, bool *ret_known, enum record_step_state *ret_state, struct error *err)
{
	sqlite3_stmt *row = sql(&r->db, err,
		"SELECT state FROM step WHERE learner = ?1 AND course = ?2 AND lesson = ?3 AND step = ?4",
		"tttt", learner, course, lesson, step);
	bool good = true, known = sql_row(&r->db, row, &good, err);
	if (!good)
		return false;
	*ret_known = known;
	if (known)
		*ret_state = (enum record_step_state)sqlite3_column_int(row, 0);
	sql_done(row);
	return true;
}

bool record_learners(struct record *r, struct words *ret, struct error *err)
{
	return read_words(r,
		sql(&r->db, err,
			"SELECT DISTINCT learner FROM statement WHERE NOT voided ORDER BY learner",
			""),
		ret, err);
}

sqlite3_stmt *record_select(
	struct record *r, const char *learner, const char *course, struct error *err)
{
	return sql(&r->db, err,
		"SELECT json, number FROM statement WHERE NOT voided AND (?1 IS NULL OR learner = ?1) AND (?2 IS NULL OR course = ?2) ORDER BY number",
		"tt", learner, course);
}

bool record_statements(struct record *r, const char *learner, const char *course,
	bool (*each)(void *data, const char *json), void *data, struct error *err)
{
	sqlite3_stmt *rows = record_select(r, learner, course, err);
	bool good = true, more = true;
	while (more && sql_row(&r->db, rows, &good, err))
		more = each(data, sql_column(rows, 0));
	sql_done(rows);
	return good;
}

bool record_last_number(struct record *r, int64_t *ret, struct error *err)
{
	sqlite3_stmt *row = sql(&r->db, err, "SELECT coalesce(max(number), 0) FROM statement", "");
	bool good = true, found = sql_row(&r->db, row, &good, err);
	if (good)
		*ret = found ? sqlite3_column_int64(row, 0) : 0;
	sql_done(row);
	return good;
}

bool record_statements_after(struct record *r, const char *learner, int64_t after, unsigned max,
	bool (*each)(void *data, const struct record_statement *statement), void *data,
	struct error *err)
{
	sqlite3_stmt *rows = sql(&r->db, err,
		"SELECT number, id, json FROM statement WHERE NOT voided AND number > ?1 AND (?3 IS NULL OR learner = ?3) ORDER BY number LIMIT ?2",
		"iit", after, (int64_t)max, learner);
	bool good = true, more = true;
	while (more && sql_row(&r->db, rows, &good, err)) {
		const struct record_statement statement = {
			sqlite3_column_int64(rows, 0), sql_column(rows, 1), sql_column(rows, 2)};
		more = each(data, &statement);
	}
	sql_done(rows);
	return good;
}

char *record_statement_id(struct record *r, int64_t number)
{
	sqlite3_stmt *row =
		sql(&r->db, NULL, "SELECT id FROM statement WHERE number = ?1", "i", number);
	bool good = true;
	char *id = sql_row(&r->db, row, &good, NULL) ? xstrdup(sql_column(row, 0)) : NULL;
	sql_done(row);
	return id;
}

bool record_forget(struct record *r, const char *learner, const char *course, const char *lesson,
	struct error *err)
{
	return sql_run(&r->db,
		       sql(&r->db, err,
			       "UPDATE statement SET voided = 1 WHERE learner = ?1 AND course = ?2 AND (?3 IS NULL OR lesson = ?3)",
			       "ttt", learner, course, lesson),
		       err) &&
	       record_rebuild(r, err);
}

/* record/identity.c - the id under which a record has a course, and renaming the steps of
 * statements of earlier versions */
#include "private.h"

#include <stdlib.h>

/* ---- courses ---- */

static bool has_course(struct record *r, const char *learner, const char *course)
{
	sqlite3_stmt *row = sql_bind(r, SQL_POSITION, "tt", learner, course);
	bool there = sqlite3_step(row) == SQLITE_ROW;
	sqlite3_reset(row);
	return there;
}

static bool is_gone(const char *reference)
{
	return reference[0] == '/' && !file_exists(reference) && !folder_exists(reference);
}

/* Authors may have changed a part of the course since. */
static bool has_most_steps(struct record *r, const char *learner, const struct record_identity *c)
{
	sqlite3_stmt *rows = sql_bind(r, SQL_EARLIER_STEPS, "tt", learner, c->old_id);
	size_t count = 0, found = 0;
	while (sqlite3_step(rows) == SQLITE_ROW) {
		count++;
		found += c->has(c->data, sql_text(rows, 0), sql_text(rows, 1));
	}
	sqlite3_reset(rows);
	return found * 2 > count || count == 0;
}

/* The earlier course of that name may have been another file. It was this one if it was opened from
 * here; or if it looks like this one, and no other file can claim it. */
static bool was_known_as(struct record *r, const char *learner, const struct record_identity *c)
{
	sqlite3_stmt *row = sql_bind(r, SQL_EARLIER, "tt", learner, c->old_id);
	bool known = false;
	if (sqlite3_step(row) == SQLITE_ROW) {
		const char *reference = sql_text(row, 2);
		known = text_same(reference, c->reference) ||
			(text_same(sql_text(row, 1), c->title) &&
				(reference[0] == '\0' || is_gone(reference)) &&
				has_most_steps(r, learner, c));
	}
	sqlite3_reset(row);
	return known;
}

/* Once claimed, no other file of that name gets the course. */
static bool claim_course(
	struct record *r, const char *learner, const struct record_identity *c, struct error *err)
{
	return r->read_only || record_remember_course(r, learner, c->old_id, c->reference, err);
}

bool record_course_id(struct record *r, const char *learner, const struct record_identity *c,
	char **ret, struct error *err)
{
	const char *id = c->id;
	bool other = c->place_id != NULL && !has_course(r, learner, c->id);
	if (other && has_course(r, learner, c->place_id)) {
		id = c->place_id;
	} else if (other && !text_same(c->id, c->old_id) && was_known_as(r, learner, c)) {
		id = c->old_id;
		if (!claim_course(r, learner, c, err))
			return false;
	}
	*ret = xstrdup(id);
	return true;
}

/* ---- steps ---- */

bool record_has_numbered_steps(
	struct record *r, const char *learner, const char *course, bool *ret, struct error *err)
{
	sqlite3_stmt *row = sql_bind(r, SQL_EARLIER, "tt", learner, course);
	bool good = true, numbered = sql_next(r, row, &good, err) && !r->read_only &&
				     sqlite3_column_int(row, 0) == 0;
	sqlite3_reset(row);
	if (good)
		*ret = numbered;
	return good;
}

static bool add_renames(struct record *r, const char *learner, const char *course,
	const struct record_rename *renames, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++)
		if (!sql_do(r,
			    sql_bind(r, SQL_ADD_RENAMED, "ttttt", learner, course,
				    renames[i].lesson, renames[i].from, renames[i].to),
			    err))
			return false;
	return true;
}

bool record_rename_steps(struct record *r, const char *learner, const char *course,
	const struct record_rename *renames, size_t count, struct error *err)
{
	if (!sql_do(r, sql_bind(r, SQL_BEGIN, ""), err))
		return false;
	if (add_renames(r, learner, course, renames, count, err) &&
		sql_do(r, sql_bind(r, SQL_BIND_EARLIER, "tt", learner, course), err) &&
		project_rebuild(r, err) && sql_do(r, sql_bind(r, SQL_COMMIT, ""), err))
		return true;
	(void)sql_do(r, sql_bind(r, SQL_ROLLBACK, ""), NULL); /* err already has the cause */
	return false;
}

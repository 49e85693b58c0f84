/* record/identity.c - the id under which a record has a course, and renaming the steps of
 * statements of earlier versions */
#include "private.h"

#include <stdlib.h>

/* ---- courses ---- */

static bool has_course(struct record *r, const char *learner, const char *course)
{
	return sql_number(sql(&r->db, NULL,
				  "SELECT 1 FROM position WHERE learner = ?1 AND course = ?2", "tt",
				  learner, course),
		       0) > 0;
}

static bool is_gone(const char *reference)
{
	return reference[0] == '/' && !file_exists(reference) && !folder_exists(reference);
}

/* Authors may have changed a part of the course since. */
static bool has_most_steps(struct record *r, const char *learner, const struct record_identity *c)
{
	sqlite3_stmt *rows = sql(&r->db, NULL,
		"SELECT lesson, step FROM step WHERE learner = ?1 AND course = ?2 UNION SELECT lesson, question FROM review WHERE learner = ?1 AND course = ?2",
		"tt", learner, c->old_id);
	size_t count = 0, found = 0;
	bool good = true;
	while (sql_row(&r->db, rows, &good, NULL)) {
		count++;
		found += c->has(c->data, sql_column(rows, 0), sql_column(rows, 1));
	}
	return found * 2 > count || count == 0;
}

static sqlite3_stmt *select_earlier(
	struct record *r, const char *learner, const char *course, struct error *err)
{
	return sql(&r->db, err,
		"SELECT bound, title, coalesce(reference, '') FROM earlier JOIN position USING (learner, course) LEFT JOIN enrolment USING (learner, course) WHERE learner = ?1 AND course = ?2",
		"tt", learner, course);
}

/* The earlier course of that name may have been another file. It was this one if it was opened from
 * here; or if it looks like this one, and no other file can claim it. */
static bool was_known_as(struct record *r, const char *learner, const struct record_identity *c)
{
	sqlite3_stmt *row = select_earlier(r, learner, c->old_id, NULL);
	bool known = false;
	bool good = true;
	if (sql_row(&r->db, row, &good, NULL)) {
		const char *reference = sql_column(row, 2);
		known = text_same(reference, c->reference) ||
			(text_same(sql_column(row, 1), c->title) &&
				(reference[0] == '\0' || is_gone(reference)) &&
				has_most_steps(r, learner, c));
	}
	sql_done(row);
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
	sqlite3_stmt *row = select_earlier(r, learner, course, err);
	bool good = true, numbered = sql_row(&r->db, row, &good, err) && !r->read_only &&
				     sqlite3_column_int(row, 0) == 0;
	sql_done(row);
	if (good)
		*ret = numbered;
	return good;
}

static bool add_renames(struct record *r, const char *learner, const char *course,
	const struct record_rename *renames, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++)
		if (!sql_run(&r->db,
			    sql(&r->db, err,
				    "INSERT OR IGNORE INTO renamed VALUES (?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(number), 0) FROM statement))",
				    "ttttt", learner, course, renames[i].lesson, renames[i].from,
				    renames[i].to),
			    err))
			return false;
	return true;
}

bool record_rename_steps(struct record *r, const char *learner, const char *course,
	const struct record_rename *renames, size_t count, struct error *err)
{
	return sql_begin(&r->db, err) &&
	       sql_end(&r->db,
		       add_renames(r, learner, course, renames, count, err) &&
			       sql_run(&r->db,
				       sql(&r->db, err,
					       "UPDATE earlier SET bound = 1 WHERE learner = ?1 AND course = ?2",
					       "tt", learner, course),
				       err) &&
			       project_rebuild(r, err),
		       err);
}

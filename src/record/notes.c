/* record/notes.c - what a learner writes down at a step */
#include "private.h"

bool record_add_note(
	struct record *r, const char *learner, const struct record_note *note, struct error *err)
{
	return sql_run(&r->db,
		sql(&r->db, err,
			"INSERT INTO note (learner, course, lesson, step, text, time_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
			"ttttti", learner, note->course, note->lesson, note->step, note->text,
			clock_wall_ms()),
		err);
}

bool record_notes(struct record *r, const char *learner, const char *course,
	bool (*each)(void *data, const struct record_note *note), void *data, struct error *err)
{
	sqlite3_stmt *rows = sql(&r->db, err,
		"SELECT number, course, lesson, step, text, time_ms FROM note WHERE learner = ?1 AND (?2 IS NULL OR course = ?2) ORDER BY number",
		"tt", learner, course);
	bool good = true, more = true;
	while (more && sql_row(&r->db, rows, &good, err)) {
		const struct record_note note = {.number = sqlite3_column_int64(rows, 0),
			.course = sql_column(rows, 1),
			.lesson = sql_column(rows, 2),
			.step = sql_column(rows, 3),
			.text = sql_column(rows, 4),
			.time_ms = sqlite3_column_int64(rows, 5)};
		more = each(data, &note);
	}
	sql_done(rows);
	return good;
}

bool record_remove_note(
	struct record *r, const char *learner, int64_t number, bool *ret_removed, struct error *err)
{
	if (!sql_run(&r->db,
		    sql(&r->db, err, "DELETE FROM note WHERE learner = ?1 AND number = ?2", "ti",
			    learner, number),
		    err))
		return false;
	*ret_removed = sql_changes(&r->db) > 0;
	return true;
}

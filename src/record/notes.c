/* record/notes.c - what a learner writes down at a step */
#include "private.h"

bool record_add_note(
	struct record *r, const char *learner, const struct record_note *note, struct error *err)
{
	return sql_do(r,
		sql_bind(r, SQL_ADD_NOTE, "ttttti", learner, note->course, note->lesson, note->step,
			note->text, clock_wall_ms()),
		err);
}

bool record_notes(struct record *r, const char *learner, const char *course,
	bool (*each)(void *data, const struct record_note *note), void *data, struct error *err)
{
	sqlite3_stmt *rows = sql_bind(r, SQL_NOTES, "tt", learner, course);
	bool good = true, more = true;
	while (more && sql_next(r, rows, &good, err)) {
		const struct record_note note = {.number = sqlite3_column_int64(rows, 0),
			.course = sql_text(rows, 1),
			.lesson = sql_text(rows, 2),
			.step = sql_text(rows, 3),
			.text = sql_text(rows, 4),
			.time_ms = sqlite3_column_int64(rows, 5)};
		more = each(data, &note);
	}
	sqlite3_reset(rows);
	return good;
}

bool record_remove_note(
	struct record *r, const char *learner, int64_t number, bool *ret_removed, struct error *err)
{
	if (!sql_do(r, sql_bind(r, SQL_REMOVE_NOTE, "ti", learner, number), err))
		return false;
	*ret_removed = sqlite3_changes(r->db) > 0;
	return true;
}

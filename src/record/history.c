/* record/history.c - what happened, event by event */
#include "private.h"
#include "statement.h"

#include <stdlib.h>

bool record_history(struct record *r, const char *learner, const char *course,
	bool (*each)(void *data, const struct record_past *past), void *data, struct error *err)
{
	sqlite3_stmt *rows = record_select(r, learner, course, err);
	bool good = true, more = true;
	while (more && sql_row(&r->db, rows, &good, err)) {
		cJSON *json = cJSON_Parse(sql_column(rows, 0));
		cleanup_free char *renamed = NULL;
		struct projected event;
		if (statement_read(json, &event)) {
			event.step =
				project_step(r, &event, sqlite3_column_int64(rows, 1), &renamed);
			const struct record_past past = statement_past(json, &event);
			more = each(data, &past);
		}
		cJSON_Delete(json);
	}
	sql_done(rows);
	return good;
}

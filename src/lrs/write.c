/* lrs/write.c - changes of the store, and what is cached between them */
#include "private.h"

enum lrs_outcome lrs_write(struct lrs *lrs,
	int (*run)(struct db *db, void *data, struct error *err), void *data, struct error *err)
{
	int outcome = store_write(lrs->store, run, data, err);
	return outcome == STORE_FAILED ? LRS_FAILED : (enum lrs_outcome)outcome;
}

/* The file's version changes when another connection than the writer's commits. */
bool lrs_refresh(struct lrs *lrs, struct db *db, struct error *err)
{
	int64_t version = sql_number(sql(db, err, "PRAGMA data_version", ""), -1);
	if (version == lrs->version)
		return true;
	bool good = true;
	names_forget(&lrs->memory);
	ids_finish_pending(&lrs->pending);
	sqlite3_stmt *rows = sql(db, err,
		"SELECT seq, stored_ms, json FROM statement "
		"WHERE seq > (SELECT seq FROM cursor) ORDER BY seq",
		"");
	lrs->top = sql_number(sql(db, err, "SELECT seq FROM cursor", ""), 0);
	while (sql_row(db, rows, &good, err)) {
		unsigned char id[ID_SIZE];
		cJSON *statement = cJSON_Parse(sql_column(rows, 2));
		ids_read(json_get_text(statement, "id"), id);
		cJSON_Delete(statement);
		lrs->top = sqlite3_column_int64(rows, 0);
		ids_add_pending(&lrs->pending, id, lrs->top, 0);
	}
	sql_done(rows);
	lrs->version = good ? version : -1;
	return good;
}

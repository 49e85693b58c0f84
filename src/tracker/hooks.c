/* tracker/hooks.c - webhooks: queues deliveries until they succeed */
#include "private.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

#define TRIES_MAX 12 /* the last one about two days after the first */
#define FIRST_PAUSE_MS 30000
#define WAITING_MAX 10000

struct adding {
	const char *url, *secret;
	int64_t id;
};

static int insert_hook(struct db *db, void *data, struct error *err)
{
	struct adding *a = data;
	if (!sql_run(db,
		    sql(db, err, "INSERT INTO hook (url, secret) VALUES (?, ?)", "tt", a->url,
			    a->secret),
		    err))
		return STORE_FAILED;
	a->id = sql_last_row(db);
	return 0;
}

bool tracker_hook_add(
	struct tracker *t, const char *url, const char *secret, int64_t *ret_id, struct error *err)
{
	struct adding a = {url, secret, 0};
	if (!text_starts(url, "https://") && !text_starts(url, "http://"))
		return error_set_kind(err, ERROR_USAGE, "'%s': use an https:// address", url);
	if (!tracker_write(t, insert_hook, &a, err))
		return false;
	*ret_id = a.id;
	return true;
}

static int delete_hook(struct db *db, void *data, struct error *err)
{
	int64_t id = *(const int64_t *)data;
	if (!sql_run(db, sql(db, err, "DELETE FROM hook WHERE id = ?", "i", id), err))
		return STORE_FAILED;
	if (sql_changes(db) > 0)
		return 0;
	error_set_kind(err, ERROR_FAILED, "there is no webhook %lld", (long long)id);
	return STORE_FAILED;
}

bool tracker_hook_remove(struct tracker *t, int64_t id, struct error *err)
{
	return tracker_write(t, delete_hook, &id, err);
}

bool tracker_hooks(struct tracker *t, void (*each)(void *data, const struct tracker_hook *hook),
	void *data, struct error *err)
{
	struct db *db = store_read(t->store);
	sqlite3_stmt *rows = sql(db, err,
		"SELECT id, url, (SELECT count(*) FROM delivery WHERE hook = hook.id), problem "
		"FROM hook ORDER BY id",
		"");
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		const struct tracker_hook hook = {sqlite3_column_int64(rows, 0),
			sql_column(rows, 1), (unsigned)sqlite3_column_int(rows, 2),
			sql_column(rows, 3)};
		each(data, &hook);
	}
	sql_done(rows);
	store_read_end(t->store, db);
	return good;
}

/* ---- events ---- */

static char *hook_body(struct db *db, const char *event, int64_t person, const char *course,
	const char *activity, double score, int64_t when_ms)
{
	bool hidden = sql_number(sql(db, NULL,
					 "SELECT value = 'on' FROM setting "
					 "WHERE name = 'pseudonyms'",
					 ""),
			      0) == 1;
	char alias[16];
	tracker_format_alias(person, alias);
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "event", event);
	sqlite3_stmt *row = sql(db, NULL, "SELECT name FROM person WHERE id = ?", "i", person);
	bool there = row != NULL && sqlite3_step(row) == SQLITE_ROW;
	cJSON_AddStringToObject(json, "person", hidden || !there ? alias : sql_column(row, 0));
	sql_done(row);
	cJSON_AddStringToObject(json, "course", course);
	cJSON_AddStringToObject(json, "activity", activity);
	if (score >= 0)
		cJSON_AddNumberToObject(json, "score", score);
	json_add_time(json, "timestamp", when_ms);
	char *text = json_print_take(json);
	return text;
}

/* Ignore events older than a day: rereading a store must not notify anyone. */
bool hooks_add_event(struct db *db, const char *event, int64_t person, const char *course,
	const char *activity, double score, int64_t when_ms, struct error *err)
{
	int64_t now = clock_wall_ms();
	int64_t hooks = sql_number(sql(db, err, "SELECT count(*) FROM hook", ""), 0);
	if (hooks == 0 || when_ms < now - DAY_MS ||
		sql_number(sql(db, err, "SELECT count(*) FROM delivery", ""), 0) > WAITING_MAX)
		return true;
	cleanup_free char *body = hook_body(db, event, person, course, activity, score, when_ms);
	return sql_run(db,
		sql(db, err,
			"INSERT INTO delivery (hook, body, made_ms, next_ms, person) "
			"SELECT id, ?1, ?2, ?2, ?3 FROM hook",
			"tii", body, now, person),
		err);
}

/* ---- deliveries ---- */

void tracker_delivery_finish(struct tracker_delivery *d)
{
	free(d->url);
	free(d->secret);
	free(d->body);
	*d = (struct tracker_delivery){0};
}

bool tracker_delivery_next(struct tracker *t, struct tracker_delivery *ret)
{
	struct db *db = store_read(t->store);
	sqlite3_stmt *row = sql(db, NULL,
		"SELECT d.id, url, secret, body, tries FROM delivery AS d JOIN hook ON hook.id = "
		"d.hook WHERE next_ms <= ? ORDER BY next_ms LIMIT 1",
		"i", clock_wall_ms());
	bool there = row != NULL && sqlite3_step(row) == SQLITE_ROW;
	if (there)
		*ret = (struct tracker_delivery){sqlite3_column_int64(row, 0),
			xstrdup(sql_column(row, 1)), xstrdup(sql_column(row, 2)),
			xstrdup(sql_column(row, 3)), (unsigned)sqlite3_column_int(row, 4)};
	sql_done(row);
	store_read_end(t->store, db);
	return there;
}

struct finishing {
	const struct tracker_delivery *delivery;
	const char *problem;
};

static int finish_delivery(struct db *db, void *data, struct error *err)
{
	const struct finishing *f = data;
	const struct tracker_delivery *d = f->delivery;
	bool again = f->problem != NULL && d->tries + 1 < TRIES_MAX;
	int64_t pause = (int64_t)FIRST_PAUSE_MS << d->tries;
	return sql_run(db,
		       sql(db, err,
			       "UPDATE hook SET problem = ?2 WHERE id = "
			       "(SELECT hook FROM delivery WHERE id = ?1)",
			       "it", d->id, f->problem != NULL ? f->problem : ""),
		       err) && sql_run(db,
				       again ? sql(db, err,
						       "UPDATE delivery SET tries = tries + 1, "
						       "next_ms = ?2 WHERE id = ?1",
						       "ii", d->id, clock_wall_ms() + pause)
					     : sql(db, err, "DELETE FROM delivery WHERE id = ?",
						       "i", d->id),
				       err)
		       ? 0
		       : STORE_FAILED;
}

bool tracker_delivery_done(struct tracker *t, const struct tracker_delivery *delivery,
	const char *problem, struct error *err)
{
	struct finishing f = {delivery, problem};
	return tracker_write(t, finish_delivery, &f, err);
}

/* tracker/apply.c - applies statements to the projections, and takes them back */
#include "json.h"
#include "projection.h"

#include <stdlib.h>
#include <string.h>

/* The change that a statement makes, and the numbers of its rows. */
struct change {
	const struct progress_event *event;
	int64_t person, course, lesson; /* lesson 0: none */
	int64_t gap_ms;
	struct progress_news news;
};

static int64_t earlier_of(int64_t one, int64_t other)
{
	return one < other ? one : other;
}

static int64_t later_of(int64_t one, int64_t other)
{
	return one > other ? one : other;
}

static bool keep_person(struct projection *projection, struct change *c)
{
	int64_t now = c->event->time_ms;
	struct person_row *p = projection_person(projection, c->event->person, c->event->name);
	if (p == NULL)
		return false;
	c->gap_ms = progress_gap_ms(p->last_ms, c->event);
	c->person = p->id;
	p->last_ms = later_of(p->last_ms, now);
	p->first_ms = p->first_ms == 0 ? now : earlier_of(p->first_ms, now);
	p->row.changed = true;
	return true;
}

/* Statements say how many lessons a course has; otherwise, count the lessons seen. */
static bool keep_course(struct projection *projection, struct change *c)
{
	const struct progress_event *e = c->event;
	struct course_row *row = projection_course(projection, e->course, e->course_title);
	if (row == NULL)
		return false;
	c->course = row->id;
	if (e->lessons >= 0 && e->lessons != row->lessons) {
		row->lessons = e->lessons;
		row->row.changed = true;
	}
	return true;
}

static bool keep_lesson(struct projection *projection, struct change *c)
{
	const struct progress_event *e = c->event;
	struct lesson_row *row =
		projection_lesson(projection, c->course, e->lesson, e->lesson_title, e->objective);
	if (row == NULL)
		return false;
	c->lesson = row->id;
	if (e->place >= 0 && e->place != row->place) {
		row->place = e->place;
		row->row.changed = true;
	}
	return true;
}

static bool apply_result(struct projection *projection, struct change *c)
{
	const struct progress_event *e = c->event;
	struct result_row *r = projection_result(projection, c->person, c->course, c->lesson);
	if (r == NULL)
		return false;
	progress_apply(&r->result, e, c->gap_ms, &c->news);
	return true;
}

static bool keep_enrolment(struct projection *projection, const struct change *c)
{
	const struct progress_event *event = c->event;
	int64_t now = event->time_ms;
	struct enrolment_row *e = projection_enrolment(projection, c->person, c->course);
	if (e == NULL)
		return false;
	e->begun_ms = e->begun_ms == 0 ? now : earlier_of(e->begun_ms, now);
	e->last_ms = later_of(e->last_ms, now);
	e->time_ms += c->gap_ms;
	e->completed += c->news.completed;
	e->passed += c->news.passed;
	if (c->news.completed)
		e->done_ms = later_of(e->done_ms, now);
	if (c->lesson != 0 && progress_event_evaluates(event))
		e->evaluated = true;
	return true;
}

static bool keep_day(struct projection *projection, const struct change *c)
{
	struct day_row *d =
		projection_day(projection, c->person, c->course, c->event->time_ms / DAY_MS);
	if (d == NULL)
		return false;
	d->events++;
	d->completed += c->news.completed;
	d->passed += c->news.passed;
	d->time_ms += c->gap_ms;
	return true;
}

static void apply_response(struct answer_row *a, double score, int64_t now)
{
	if (a->answers == 0 || now < a->first_ms) {
		a->first = score;
		a->first_ms = now;
	}
	if (progress_rate(&a->card, score, now))
		a->last = score;
	a->answers++;
}

static bool apply_answer(struct projection *projection, const struct change *c)
{
	const struct progress_event *e = c->event;
	if (e->is != PROGRESS_ANSWERED || e->score < 0)
		return true;
	const struct question_row *q =
		projection_question(projection, c->course, e->object, e->object_title);
	struct answer_row *a =
		q != NULL ? projection_answer(projection, c->person, c->course, q->id) : NULL;
	if (a != NULL)
		apply_response(a, e->score, e->time_ms);
	return a != NULL;
}

static bool tell_hooks(struct db *db, const struct change *c, struct error *err)
{
	const struct progress_event *e = c->event;
	if (!c->news.completed && !c->news.passed && e->is != PROGRESS_FAILED)
		return true;
	return hooks_add_event(db, progress_event_name(e), c->person, e->course,
		e->lesson != NULL ? e->lesson : "", e->score, e->time_ms, err);
}

static bool take_one(struct projection *projection, const struct progress_event *e, bool is_news,
	struct db *db, struct error *err)
{
	struct change c = {.event = e};
	return keep_person(projection, &c) && keep_course(projection, &c) &&
	       (e->lesson == NULL ||
		       (keep_lesson(projection, &c) && apply_result(projection, &c))) &&
	       keep_enrolment(projection, &c) && keep_day(projection, &c) &&
	       apply_answer(projection, &c) && (!is_news || tell_hooks(db, &c, err));
}

/* ---- many statements ---- */

struct taking {
	struct progress_event *events; /* parsed before the change, which blocks others */
	cJSON *const *statements;
	size_t count;
	const char *position;
	const struct words *again;
	int64_t erased;
	bool once;
	int64_t since_ms;
	unsigned fresh;
};

static char *small_id(const char *id)
{
	return text_lower(xstrdup(id != NULL ? id : ""));
}

/* *ret: whether it was not applied before. */
static bool is_fresh(struct db *db, const cJSON *statement, bool *ret, struct error *err)
{
	int64_t stored_ms = 0;
	const char *stored = json_get_text_or(statement, "stored", "");
	cleanup_free char *small = small_id(json_get_text(statement, "id"));
	(void)xapi_timestamp(XAPI_1_0, stored, &stored_ms); /* on failure: treat as old */
	bool good = sql_run(db,
		sql(db, err, "INSERT OR IGNORE INTO seen VALUES (?, ?)", "ti", small, stored_ms),
		err);
	*ret = good && sql_changes(db) > 0;
	return good;
}

static bool keep_position(struct db *db, const struct taking *t, struct error *err)
{
	if (t->once &&
		!sql_run(db, sql(db, err, "DELETE FROM seen WHERE stored_ms < ?", "i", t->since_ms),
			err))
		return false;
	return t->position == NULL ||
	       sql_run(db,
		       sql(db, err, "INSERT OR REPLACE INTO setting VALUES ('position', ?)", "t",
			       t->position),
		       err);
}

static bool keep_again(struct db *db, const struct taking *t, struct error *err)
{
	bool good = true;
	for (size_t i = 0; good && t->again != NULL && i < t->again->count; i++)
		good = sql_run(db,
			sql(db, err, "INSERT OR IGNORE INTO again VALUES (?)", "t",
				t->again->items[i]),
			err);
	return good;
}

static int64_t count_erased(struct db *db)
{
	return sql_number(
		sql(db, NULL, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'erased'",
			""),
		0);
}

int64_t tracker_erased(struct tracker *tracker)
{
	struct db *db = store_read(tracker->store);
	int64_t erased = count_erased(db);
	store_read_end(tracker->store, db);
	return erased;
}

static int apply_statements(struct db *db, void *data, struct error *err)
{
	struct taking *t = data;
	if (!t->once && t->erased != count_erased(db))
		return 0;
	struct projection *projection = projection_begin(db, err);
	bool good = true;
	t->fresh = 0;
	for (size_t i = 0; good && i < t->count; i++) {
		bool fresh = true;
		good = (!t->once || is_fresh(db, t->statements[i], &fresh, err)) &&
		       (!fresh || t->events[i].person == NULL ||
			       take_one(projection, &t->events[i], t->position != NULL, db, err));
		t->fresh += fresh;
	}
	good = good && projection_write(projection) && keep_again(db, t, err) &&
	       keep_position(db, t, err);
	projection_finish(projection);
	return good ? 0 : STORE_FAILED;
}

static bool apply_batch(struct tracker *tracker, struct taking *t, struct error *err)
{
	t->events = xcalloc(t->count + 1, sizeof *t->events);
	for (size_t i = 0; i < t->count; i++)
		progress_event_read(t->statements[i], &t->events[i]);
	bool good = tracker_write(tracker, apply_statements, t, err);
	for (size_t i = 0; i < t->count; i++)
		progress_event_finish(&t->events[i]);
	free(t->events);
	return good;
}

bool tracker_take(struct tracker *tracker, cJSON *const *statements, size_t count,
	const char *position, const struct words *again, int64_t erased, struct error *err)
{
	struct taking t = {.statements = statements,
		.count = count,
		.position = position,
		.again = again,
		.erased = erased};
	return apply_batch(tracker, &t, err);
}

bool tracker_take_once(struct tracker *tracker, cJSON *const *statements, size_t count,
	const char *position, int64_t since_ms, unsigned *ret_fresh, struct error *err)
{
	struct taking t = {.statements = statements,
		.count = count,
		.position = position,
		.once = true,
		.since_ms = since_ms};
	if (!apply_batch(tracker, &t, err))
		return false;
	*ret_fresh = t.fresh;
	return true;
}

bool tracker_has_seen(struct tracker *tracker, const char *id)
{
	cleanup_free char *small = small_id(id);
	struct db *db = store_read(tracker->store);
	bool there =
		sql_number(sql(db, NULL, "SELECT 1 FROM seen WHERE id = ?", "t", small), 0) != 0;
	store_read_end(tracker->store, db);
	return there;
}

/* ---- dropping ---- */

char *tracker_again(struct tracker *tracker)
{
	struct db *db = store_read(tracker->store);
	sqlite3_stmt *row = sql(db, NULL, "SELECT actor FROM again LIMIT 1", "");
	bool there = row != NULL && sqlite3_step(row) == SQLITE_ROW;
	char *actor = there ? xstrdup(sql_column(row, 0)) : NULL;
	sql_done(row);
	store_read_end(tracker->store, db);
	return actor;
}

static int done_again(struct db *db, void *data, struct error *err)
{
	const char *actor = data;
	return sql_run(db, sql(db, err, "DELETE FROM again WHERE actor = ?", "t", actor), err)
		       ? 0
		       : STORE_FAILED;
}

bool tracker_again_done(struct tracker *tracker, const char *actor, struct error *err)
{
	cleanup_free char *key = xstrdup(actor);
	return tracker_write(tracker, done_again, key, err);
}

bool apply_drop_person(struct db *db, int64_t person, struct error *err)
{
	return sql_run(db, sql(db, err, "DELETE FROM enrolment WHERE person = ?", "i", person),
		       err) &&
	       sql_run(db, sql(db, err, "DELETE FROM result WHERE person = ?", "i", person), err) &&
	       sql_run(db, sql(db, err, "DELETE FROM answer WHERE person = ?", "i", person), err) &&
	       sql_run(db, sql(db, err, "DELETE FROM day WHERE person = ?", "i", person), err) &&
	       sql_run(db,
		       sql(db, err, "UPDATE person SET first_ms = 0, last_ms = 0 WHERE id = ?", "i",
			       person),
		       err);
}

static int forget_person(struct db *db, void *data, struct error *err)
{
	const char *key = data;
	int64_t id = sql_number(sql(db, err,
					"SELECT id FROM person WHERE key = ?1 UNION ALL "
					"SELECT person FROM alias WHERE key = ?1",
					"t", key),
		0);
	return id == 0 || apply_drop_person(db, id, err) ? 0 : STORE_FAILED;
}

bool tracker_forget(struct tracker *tracker, const char *actor, struct error *err)
{
	cleanup_free char *key = xstrdup(actor);
	return tracker_write(tracker, forget_person, key, err);
}

static int forget_everybody(struct db *db, void *data, struct error *err)
{
	(void)data;
	return sql_run(db, sql(db, err, "DELETE FROM enrolment", ""), err) &&
			       sql_run(db, sql(db, err, "DELETE FROM result", ""), err) &&
			       sql_run(db, sql(db, err, "DELETE FROM answer", ""), err) &&
			       sql_run(db, sql(db, err, "DELETE FROM day", ""), err) &&
			       sql_run(db, sql(db, err, "DELETE FROM seen", ""), err) &&
			       sql_run(db, sql(db, err, "DELETE FROM again", ""), err) &&
			       sql_run(db,
				       sql(db, err, "UPDATE person SET first_ms = 0, last_ms = 0",
					       ""),
				       err) &&
			       sql_run(db,
				       sql(db, err, "DELETE FROM setting WHERE name = 'position'",
					       ""),
				       err)
		       ? 0
		       : STORE_FAILED;
}

bool tracker_forget_all(struct tracker *tracker, struct error *err)
{
	return tracker_write(tracker, forget_everybody, NULL, err);
}

/* record/project.c - updates the projections for an event: position, steps, lessons, attempts */
#include "private.h"
#include "progress.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "statement.h"

static bool project_lesson(struct record *r, const struct projected *e, struct error *err)
{
	return e->lesson[0] == '\0' ||
	       sql_run(&r->db,
		       sql(&r->db, err,
			       "INSERT INTO lesson (learner, course, lesson, title, first_ms, last_ms, time_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?5, 0) ON CONFLICT DO UPDATE SET title = iif(excluded.title = '', title, excluded.title), last_ms = max(last_ms, excluded.last_ms)",
			       "tttti", e->learner, e->course, e->lesson, e->lesson_title,
			       e->time_ms),
		       err);
}

/* ---- reviews ---- */

static struct review_card read_card(struct record *r, sqlite3_stmt *row)
{
	struct review_card card = review_card_new();
	bool good = true;
	if (sql_row(&r->db, row, &good, NULL))
		card = (struct review_card){
			.due_ms = sqlite3_column_int64(row, 0),
			.last_ms = sqlite3_column_int64(row, 1),
			.state = (enum review_state)sqlite3_column_int(row, 2),
			.step = sqlite3_column_int(row, 3),
			.stability = sqlite3_column_double(row, 4),
			.difficulty = sqlite3_column_double(row, 5),
			.scheduled_days = sqlite3_column_int(row, 6),
			.reviews = sqlite3_column_int(row, 7),
			.lapses = sqlite3_column_int(row, 8),
		};
	sql_done(row);
	return card;
}

static bool project_answer(struct record *r, const struct projected *e, struct error *err)
{
	if (e->step[0] == '\0')
		return true;
	struct review_card c = read_card(r,
		sql(&r->db, NULL,
			"SELECT due_ms, last_ms, state, step, stability, difficulty, days, reviews, lapses FROM review WHERE learner = ?1 AND course = ?2 AND lesson = ?3 AND question = ?4",
			"tttt", e->learner, e->course, e->lesson, e->step));
	/* Events are in the order of the file: a later time before this one was a wrong clock's. */
	c.last_ms = c.last_ms > e->time_ms ? e->time_ms : c.last_ms;
	return !progress_rate(&c, e->fraction, e->time_ms) ||
	       sql_run(&r->db,
		       sql(&r->db, err,
			       "INSERT OR REPLACE INTO review VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
			       "ttttiiiiddiii", e->learner, e->course, e->lesson, e->step, c.due_ms,
			       c.last_ms, (int64_t)c.state, (int64_t)c.step, c.stability,
			       c.difficulty, (int64_t)c.scheduled_days, (int64_t)c.reviews,
			       (int64_t)c.lapses),
		       err);
}

static bool project_verb(struct record *r, const struct projected *e, struct error *err)
{
	switch (e->verb) {
	case RECORD_PROGRESSED:
		return sql_run(&r->db,
			sql(&r->db, err,
				"INSERT INTO step VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET state = excluded.state WHERE state <> 1 AND excluded.state <> 0",
				"tttti", e->learner, e->course, e->lesson, e->step,
				(int64_t)e->state),
			err);
	case RECORD_COMPLETED:
		return sql_run(&r->db,
			sql(&r->db, err,
				"UPDATE lesson SET completed = 1 WHERE learner = ?1 AND course = ?2 AND lesson = ?3",
				"ttt", e->learner, e->course, e->lesson),
			err);
	case RECORD_PASSED:
	case RECORD_FAILED:
		return sql_run(&r->db,
			sql(&r->db, err,
				"INSERT INTO attempt VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT count(*) FROM attempt)) ON CONFLICT DO NOTHING",
				"ttttdi", e->learner, e->course, e->lesson, e->registration,
				e->fraction, e->time_ms),
			err);
	case RECORD_INITIALIZED:
	case RECORD_ATTEMPTED:
	case RECORD_TERMINATED:
		break;
	case RECORD_ANSWERED:
		return project_answer(r, e, err);
	}
	return true;
}

bool project_event(struct record *r, const struct projected *e, struct error *err)
{
	/* Only reaching or finishing a step moves the position to resume from. */
	const char *step = e->verb == RECORD_PROGRESSED ? e->step : "";
	return sql_run(&r->db,
		       sql(&r->db, err,
			       "INSERT INTO position VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO UPDATE SET title = iif(excluded.title = '', title, excluded.title), lesson = iif(excluded.step = '', lesson, excluded.lesson), step = iif(excluded.step = '', step, excluded.step), last_ms = excluded.last_ms",
			       "tttttii", e->learner, e->course, e->course_title, e->lesson, step,
			       e->time_ms),
		       err) &&
	       project_lesson(r, e, err) && project_verb(r, e, err);
}

/* ---- rebuilding ---- */

const char *project_step(struct record *r, const struct projected *e, int64_t number, char **keep)
{
	if (e->step[0] == '\0')
		return e->step;
	sqlite3_stmt *row = sql(&r->db, NULL,
		"SELECT name FROM renamed WHERE learner = ?1 AND course = ?2 AND lesson = ?3 AND step = ?4 AND until >= ?5",
		"tttti", e->learner, e->course, e->lesson, e->step, number);
	bool good = true;
	if (sql_row(&r->db, row, &good, NULL))
		*keep = xstrdup(sql_column(row, 0));
	sql_done(row);
	return *keep != NULL ? *keep : e->step;
}

static bool clear_projections(struct record *r, struct error *err)
{
	return sql_execute(&r->db,
		"DELETE FROM step; DELETE FROM lesson; DELETE FROM attempt; DELETE FROM position; "
		"DELETE FROM review",
		err);
}

static bool replay_statements(struct record *r, struct error *err)
{
	sqlite3_stmt *rows = sql(&r->db, err,
		"SELECT json, number FROM statement WHERE NOT voided ORDER BY number", "");
	bool good = true;
	while (good && sql_row(&r->db, rows, &good, err)) {
		cJSON *json = cJSON_Parse(sql_column(rows, 0));
		struct projected event;
		cleanup_free char *renamed = NULL;
		if (statement_read(json, &event)) {
			event.step =
				project_step(r, &event, sqlite3_column_int64(rows, 1), &renamed);
			good = project_event(r, &event, err);
		}
		cJSON_Delete(json);
	}
	sql_done(rows);
	return good;
}

bool project_rebuild(struct record *r, struct error *err)
{
	return clear_projections(r, err) && replay_statements(r, err);
}

bool record_rebuild(struct record *r, struct error *err)
{
	return sql_begin(&r->db, err) && sql_end(&r->db, project_rebuild(r, err), err);
}

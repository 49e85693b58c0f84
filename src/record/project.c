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
	       sql_do(r,
		       sql_bind(r, SQL_TOUCH_LESSON, "tttti", e->learner, e->course, e->lesson,
			       e->lesson_title, e->time_ms),
		       err);
}

/* ---- reviews ---- */

static struct review_card read_card(sqlite3_stmt *row)
{
	struct review_card card = review_card_new();
	if (sqlite3_step(row) == SQLITE_ROW)
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
	sqlite3_reset(row);
	return card;
}

static bool project_answer(struct record *r, const struct projected *e, struct error *err)
{
	if (e->step[0] == '\0')
		return true;
	struct review_card c =
		read_card(sql_bind(r, SQL_CARD, "tttt", e->learner, e->course, e->lesson, e->step));
	/* Events are in the order of the file: a later time before this one was a wrong clock's. */
	c.last_ms = c.last_ms > e->time_ms ? e->time_ms : c.last_ms;
	return !progress_rate(&c, e->fraction, e->time_ms) ||
	       sql_do(r,
		       sql_bind(r, SQL_SET_CARD, "ttttiiiiddiii", e->learner, e->course, e->lesson,
			       e->step, c.due_ms, c.last_ms, (int64_t)c.state, (int64_t)c.step,
			       c.stability, c.difficulty, (int64_t)c.scheduled_days,
			       (int64_t)c.reviews, (int64_t)c.lapses),
		       err);
}

static bool project_verb(struct record *r, const struct projected *e, struct error *err)
{
	switch (e->verb) {
	case RECORD_PROGRESSED:
		return sql_do(r,
			sql_bind(r, SQL_SET_STEP, "tttti", e->learner, e->course, e->lesson,
				e->step, (int64_t)e->state),
			err);
	case RECORD_COMPLETED:
		return sql_do(r,
			sql_bind(r, SQL_COMPLETE_LESSON, "ttt", e->learner, e->course, e->lesson),
			err);
	case RECORD_PASSED:
	case RECORD_FAILED:
		return sql_do(r,
			sql_bind(r, SQL_ADD_ATTEMPT, "ttttdi", e->learner, e->course, e->lesson,
				e->registration, e->fraction, e->time_ms),
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
	return sql_do(r,
		       sql_bind(r, SQL_REACH_POSITION, "tttttii", e->learner, e->course,
			       e->course_title, e->lesson, step, e->time_ms),
		       err) &&
	       project_lesson(r, e, err) && project_verb(r, e, err);
}

/* ---- rebuilding ---- */

const char *project_step(struct record *r, const struct projected *e, int64_t number, char **keep)
{
	if (e->step[0] == '\0')
		return e->step;
	sqlite3_stmt *row = sql_bind(
		r, SQL_RENAMED, "tttti", e->learner, e->course, e->lesson, e->step, number);
	if (sqlite3_step(row) == SQLITE_ROW)
		*keep = xstrdup(sql_text(row, 0));
	sqlite3_reset(row);
	return *keep != NULL ? *keep : e->step;
}

static bool clear_projections(struct record *r, struct error *err)
{
	static const enum sql tables[] = {SQL_CLEAR_STEPS, SQL_CLEAR_LESSONS, SQL_CLEAR_ATTEMPTS,
		SQL_CLEAR_POSITIONS, SQL_CLEAR_REVIEWS};
	for (size_t i = 0; i < ARRAY_LENGTH(tables); i++)
		if (!sql_do(r, sql_bind(r, tables[i], ""), err))
			return false;
	return true;
}

static bool replay_statements(struct record *r, struct error *err)
{
	sqlite3_stmt *rows = sql_bind(r, SQL_REPLAY, "");
	bool good = true;
	while (good && sql_next(r, rows, &good, err)) {
		cJSON *json = cJSON_Parse(sql_text(rows, 0));
		struct projected event;
		cleanup_free char *renamed = NULL;
		if (statement_read(json, &event)) {
			event.step =
				project_step(r, &event, sqlite3_column_int64(rows, 1), &renamed);
			good = project_event(r, &event, err);
		}
		cJSON_Delete(json);
	}
	sqlite3_reset(rows);
	return good;
}

bool project_rebuild(struct record *r, struct error *err)
{
	return clear_projections(r, err) && replay_statements(r, err);
}

bool record_rebuild(struct record *r, struct error *err)
{
	if (!sql_do(r, sql_bind(r, SQL_BEGIN, ""), err))
		return false;
	if (project_rebuild(r, err) && sql_do(r, sql_bind(r, SQL_COMMIT, ""), err))
		return true;
	(void)sql_do(r, sql_bind(r, SQL_ROLLBACK, ""), NULL); /* err already has the cause */
	return false;
}

/* room/load.c - loads a room from the store, and writes the rows that change */
#include "private.h"

#include "digest.h"

#include <stdlib.h>

/* ---- learners and keys ---- */

struct room_learner *room_add_learner(struct room *room, const char *id, const char *name)
{
	char code[ROOM_CODE_SIZE];
	cleanup_free char *what = xasprintf("learner %s", id);
	room_derive(room, what, code);
	room->learners = array_grow(room->learners, room->learner_count, sizeof *room->learners);
	struct room_learner *l = &room->learners[room->learner_count++];
	*l = (struct room_learner){
		.id = xstrdup(id),
		.name = xstrdup(name),
		.folded = utf8_fold(name),
		.personal = xasprintf("%s-%s", room->code, code),
		.at = ROOM_NOWHERE,
		.states = xcalloc(room->step_count + 1, 1),
		.failed = xcalloc(room->step_count + 1, sizeof *l->failed),
	};
	return l;
}

void room_add_key(struct room *room, const char *name, const char *learner, int64_t since)
{
	room->keys = array_grow(room->keys, room->key_count, sizeof *room->keys);
	room->keys[room->key_count++] = (struct room_key){xstrdup(name), xstrdup(learner), since};
}

struct room_learner *room_find_learner(struct room *room, const char *id)
{
	for (size_t i = 0; i < room->learner_count; i++)
		if (text_same(room->learners[i].id, id))
			return &room->learners[i];
	return NULL;
}

static char *column_copy(sqlite3_stmt *row, int column)
{
	return sqlite3_column_type(row, column) == SQLITE_NULL ? NULL
							       : xstrdup(sql_column(row, column));
}

/* If the course has changed, learners restart at the step they next report. */
static size_t stored_step(const struct room *room, sqlite3_stmt *row, int column)
{
	bool begun = sqlite3_column_type(row, column) != SQLITE_NULL;
	if (begun && *sql_column(row, column) == '\0')
		return room->step_count;
	return begun ? room_find_step(room, sql_column(row, column), sql_column(row, column + 1))
		     : ROOM_NOWHERE;
}

static bool load_learners(struct room *room, struct db *db, struct error *err)
{
	bool good = true;
	sqlite3_stmt *row = sql(db, err,
		"SELECT id, name, lines, joined_ms, seen_ms, since_ms, at_lesson, at_step, hand, "
		"hand_ms, line, verdict, signal FROM room_learner WHERE room = ? ORDER BY rowid",
		"t", room->id);
	while (sql_row(db, row, &good, err)) {
		struct room_learner *l =
			room_add_learner(room, sql_column(row, 0), sql_column(row, 1));
		l->lines = sqlite3_column_int(row, 2) != 0;
		l->joined_ms = sqlite3_column_int64(row, 3);
		l->seen_ms = sqlite3_column_int64(row, 4);
		l->since_ms = sqlite3_column_int64(row, 5);
		l->at = stored_step(room, row, 6);
		l->hand = column_copy(row, 8);
		l->hand_ms = sqlite3_column_int64(row, 9);
		l->line = column_copy(row, 10);
		l->verdict = column_copy(row, 11);
		l->signal = (enum room_signal)sqlite3_column_int(row, 12);
	}
	sql_done(row);
	return good;
}

static bool load_keys(struct room *room, struct db *db, struct error *err)
{
	bool good = true;
	sqlite3_stmt *row = sql(
		db, err, "SELECT name, learner, since FROM room_key WHERE room = ?", "t", room->id);
	while (sql_row(db, row, &good, err))
		room_add_key(
			room, sql_column(row, 0), sql_column(row, 1), sqlite3_column_int64(row, 2));
	sql_done(row);
	return good;
}

static bool load_steps(struct room *room, struct db *db, struct error *err)
{
	bool good = true;
	sqlite3_stmt *row = sql(db, err,
		"SELECT learner, lesson, step, state, failed FROM room_step WHERE room = ?", "t",
		room->id);
	while (sql_row(db, row, &good, err)) {
		struct room_learner *l = room_find_learner(room, sql_column(row, 0));
		size_t at = room_find_step(room, sql_column(row, 1), sql_column(row, 2));
		if (l == NULL || at == ROOM_NOWHERE)
			continue;
		l->states[at] = (unsigned char)sqlite3_column_int(row, 3);
		l->failed[at] = sqlite3_column_int(row, 4) != 0;
	}
	sql_done(row);
	return good;
}

/* ---- questions ---- */

static bool read_stored_questions(struct room *room, struct db *db, struct error *err)
{
	bool good = true;
	sqlite3_stmt *row = sql(db, err,
		"SELECT id, gift, seed, asked_ms, closed_ms, poll, tally FROM room_question WHERE "
		"room = ? "
		"ORDER BY rowid",
		"t", room->id);
	while (sql_row(db, row, &good, err)) {
		struct room_question *q = room_add_question(room, sql_column(row, 0),
			sql_column(row, 1), (uint64_t)sqlite3_column_int64(row, 2), NULL);
		if (q == NULL)
			continue; /* a later version of ropes may parse GIFT more strictly */
		q->asked_ms = sqlite3_column_int64(row, 3);
		q->closed_ms = sqlite3_column_int64(row, 4);
		q->poll = sqlite3_column_int(row, 5) != 0;
		for (size_t i = 0; q->poll && i < q->q->answer_count; i++)
			q->order[i] = i;
		q->tally = sqlite3_column_int(row, 6) != 0;
	}
	sql_done(row);
	row = sql(db, err,
		"SELECT question, learner, response, fraction FROM room_answer WHERE room = ?", "t",
		room->id);
	while (sql_row(db, row, &good, err))
		for (size_t i = 0; i < room->question_count; i++)
			if (text_same(room->questions[i].id, sql_column(row, 0)))
				room_add_answer(&room->questions[i], sql_column(row, 1),
					sql_column(row, 2), sqlite3_column_double(row, 3));
	sql_done(row);
	return good;
}

/* ---- events ---- */

static void add_event(struct room *room, int64_t id, int64_t at_ms, const char *learner,
	const char *name, const char *data)
{
	room->events = array_grow(room->events, room->event_count, sizeof *room->events);
	room->events[room->event_count++] =
		(struct room_kept){id, at_ms, xstrdup(learner), xstrdup(name), xstrdup(data)};
}

static bool load_events(struct room *room, struct db *db, struct error *err)
{
	bool good = true;
	sqlite3_stmt *row = sql(db, err,
		"SELECT id, learner, name, data, at_ms FROM room_event WHERE room = ? ORDER BY id",
		"t", room->id);
	while (sql_row(db, row, &good, err))
		add_event(room, sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 4),
			sqlite3_column_type(row, 1) == SQLITE_NULL ? NULL : sql_column(row, 1),
			sql_column(row, 2), sql_column(row, 3));
	sql_done(row);
	return good;
}

static bool next_event(struct room *room, struct db *db, bool state, struct error *err)
{
	int64_t id = room->event_id + 1;
	if (!sql_run(db,
		    sql(db, err,
			    "UPDATE room SET event = ?1, state = iif(?2, ?1, state) WHERE id = ?3",
			    "iit", id, (int64_t)state, room->id),
		    err))
		return false;
	pthread_mutex_lock(&room->lock);
	room->event_id = id;
	if (state)
		room->state_id = id;
	pthread_mutex_unlock(&room->lock);
	return true;
}

bool room_tell(struct room *room, struct db *db, const char *learner, const char *name, cJSON *data,
	struct error *err)
{
	cleanup_free char *text = json_print_take(data);
	int64_t now = room_now(room);
	bool good = next_event(room, db, false, err) &&
		    sql_run(db,
			    sql(db, err, "INSERT INTO room_event VALUES (?, ?, ?, ?, ?, ?)",
				    "tittti", room->id, room->event_id, learner, name, text, now),
			    err);
	if (good) {
		pthread_mutex_lock(&room->lock);
		add_event(room, room->event_id, now, learner, name, text);
		pthread_mutex_unlock(&room->lock);
	}
	return good;
}

bool room_state_changed(struct room *room, struct db *db, struct error *err)
{
	return next_event(room, db, true, err);
}

void room_events(struct room *room, int64_t after, const char *learner,
	void (*each)(void *data, const struct room_event *event), void *data)
{
	pthread_mutex_lock(&room->lock);
	size_t i = room->event_count;
	while (i > 0 && room->events[i - 1].id > after)
		i--;
	for (; i < room->event_count; i++) {
		const struct room_kept *e = &room->events[i];
		bool mine = learner == NULL || e->learner == NULL || text_same(e->learner, learner);
		if (mine && e->id <= room->committed)
			each(data, &(struct room_event){e->id, e->learner, e->name, e->data});
	}
	pthread_mutex_unlock(&room->lock);
}

/* ---- other instructors ---- */

void room_add_teacher(struct room *room, const char *id, const char *name)
{
	cleanup_free char *what = xasprintf("instructor %s", id);
	room->teachers = array_grow(room->teachers, room->teacher_count, sizeof *room->teachers);
	struct room_teacher *t = &room->teachers[room->teacher_count++];
	*t = (struct room_teacher){.id = xstrdup(id), .name = xstrdup(name)};
	room_derive_token(room, what, t->token);
}

void room_forget_teacher(struct room_teacher *teacher)
{
	free(teacher->id);
	free(teacher->name);
}

static bool load_teachers(struct room *room, struct db *db, struct error *err)
{
	bool good = true;
	sqlite3_stmt *row = sql(db, err,
		"SELECT id, name FROM room_instructor WHERE room = ? AND removed_ms = 0 ORDER BY "
		"rowid",
		"t", room->id);
	while (sql_row(db, row, &good, err))
		room_add_teacher(room, sql_column(row, 0), sql_column(row, 1));
	sql_done(row);
	return good;
}

/* ---- the room itself ---- */

void room_set_zone(struct room *room, const char *name)
{
	zone_close(room->zone);
	free(room->zone_name);
	room->zone = NULL;
	room->zone_name = xstrdup(name);
	if (*name != '\0')
		(void)zone_open(name, &room->zone, NULL); /* this system may not have it */
}

bool room_load(struct room *room, struct db *db, struct error *err)
{
	bool good = true;
	sqlite3_stmt *row = sql(db, err,
		"SELECT home, opened_ms, ended_ms, open_lesson, open_step, hold, timer_ms, "
		"timer_text, event, state, zone, projector FROM room WHERE id = ?",
		"t", room->id);
	if (sql_row(db, row, &good, err)) {
		room->home = xstrdup(sql_column(row, 0));
		room->opened_ms = sqlite3_column_int64(row, 1);
		room->ended_ms = sqlite3_column_int64(row, 2);
		room->open = stored_step(room, row, 3);
		room->paused = sqlite3_column_int(row, 5) != 0;
		room->on_break = sqlite3_column_int(row, 5) == ROOM_HOLD_BREAK;
		room->timer_ms = sqlite3_column_int64(row, 6);
		room->timer_text = xstrdup(sql_column(row, 7));
		room->event_id = sqlite3_column_int64(row, 8);
		room->state_id = sqlite3_column_int64(row, 9);
		room_set_zone(room, sql_column(row, 10));
		room->show = (enum board_show)sqlite3_column_int(row, 11);
	}
	sql_done(row);
	return good && load_teachers(room, db, err) && load_learners(room, db, err) &&
	       load_keys(room, db, err) && load_steps(room, db, err) &&
	       read_stored_questions(room, db, err) && load_events(room, db, err);
}

static void forget_learner(struct room_learner *l)
{
	char *const texts[] = {
		l->id, l->name, l->folded, l->personal, l->hand, l->line, l->verdict};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		free(texts[i]);
	free(l->seat);
	free(l->states);
	free(l->failed);
}

static void forget_question(struct room_question *q)
{
	for (size_t i = 0; i < q->answer_count; i++) {
		free(q->answers[i].learner);
		free(q->answers[i].response);
	}
	free(q->answers);
	free(q->order);
	free(q->id);
	free(q->gift);
	quiz_destroy(q->quiz);
}

static void free_event(struct room_kept *e)
{
	free(e->learner);
	free(e->name);
	free(e->data);
}

void room_drop_events(struct room *room, const char *name)
{
	size_t kept = 0;
	for (size_t i = 0; i < room->event_count; i++) {
		if (text_same(room->events[i].name, name))
			free_event(&room->events[i]);
		else
			room->events[kept++] = room->events[i];
	}
	room->event_count = kept;
}

void room_forget(struct room *room)
{
	for (size_t i = 0; i < room->learner_count; i++)
		forget_learner(&room->learners[i]);
	for (size_t i = 0; i < room->question_count; i++)
		forget_question(&room->questions[i]);
	for (size_t i = 0; i < room->event_count; i++)
		free_event(&room->events[i]);
	for (size_t i = 0; i < room->key_count; i++) {
		free(room->keys[i].name);
		free(room->keys[i].learner);
	}
	for (size_t i = 0; i < room->teacher_count; i++)
		room_forget_teacher(&room->teachers[i]);
	zone_close(room->zone);
	void *const all[] = {room->learners, room->questions, room->events, room->keys,
		room->teachers, room->home, room->timer_text, room->zone_name};
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
		free(all[i]);
	room->learners = NULL;
	room->questions = NULL;
	room->events = NULL;
	room->keys = NULL;
	room->teachers = NULL;
	room->zone = NULL;
	room->home = room->timer_text = room->zone_name = NULL;
	room->learner_count = room->question_count = room->event_count = room->key_count =
		room->teacher_count = 0;
}

/* ---- rows ---- */

bool room_keep_learner(
	struct room *room, struct db *db, const struct room_learner *l, struct error *err)
{
	const struct room_step *at = l->at < room->step_count ? &room->steps[l->at] : NULL;
	bool begun = l->at != ROOM_NOWHERE;
	return sql_run(db,
		sql(db, err,
			"UPDATE room_learner SET seen_ms = ?, since_ms = ?, at_lesson = ?, "
			"at_step = ?, hand = ?, hand_ms = ?, line = ?, verdict = ?, signal = ?, "
			"lines = ? WHERE room = ? AND id = ?",
			"iitttittiitt", l->seen_ms, l->since_ms,
			at != NULL ? at->lesson->anchor
			: begun    ? ""
				   : NULL,
			at != NULL ? at->step->id
			: begun    ? ""
				   : NULL,
			l->hand, l->hand_ms, l->line, l->verdict, (int64_t)l->signal,
			(int64_t)l->lines, room->id, l->id),
		err);
}

bool room_keep_step(struct room *room, struct db *db, const struct room_learner *l, size_t at,
	unsigned tries, struct error *err)
{
	const struct room_step *s = &room->steps[at];
	int64_t now = room_now(room);
	bool done = l->states[at] >= ROOM_STEP_DONE;
	return sql_run(db,
		sql(db, err,
			"INSERT INTO room_step VALUES (?1, ?2, ?3, ?4, ?5, ?6, iif(?7, ?6, NULL), "
			"?8, ?9) ON CONFLICT DO UPDATE SET state = excluded.state, done_ms = "
			"coalesce(done_ms, excluded.done_ms), tries = tries + excluded.tries, "
			"failed = excluded.failed",
			"ttttiiiii", room->id, l->id, s->lesson->anchor, s->step->id,
			(int64_t)l->states[at], now, (int64_t)done, (int64_t)tries,
			(int64_t)l->failed[at]),
		err);
}

bool room_keep_signal(struct room *room, struct db *db, const char *learner, const char *kind,
	const char *text, struct error *err)
{
	return sql_run(db,
		sql(db, err, "INSERT INTO room_signal VALUES (?, ?, ?, ?, ?)", "tttti", room->id,
			learner, kind, text, room_now(room)),
		err);
}

void room_touch(struct room *room, struct room_learner *learner)
{
	room->version++;
	if (learner != NULL)
		learner->version = room->version;
}

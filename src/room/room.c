/* room/room.c - the tables of rooms; opens a room, or finds it again */
#include "digest.h"
#include "private.h"

#include <stdlib.h>

#define ENDED_SHOWN_MS ((int64_t)12 * 60 * 60 * 1000) /* after the end of a room */

/* Never change a released step: append a new one. */
static const char *const schema[] = {
	"CREATE TABLE room ("
	"  id TEXT PRIMARY KEY, secret TEXT NOT NULL, course TEXT NOT NULL,"
	"  reference TEXT NOT NULL, home TEXT NOT NULL, opened_ms INTEGER NOT NULL,"
	"  ended_ms INTEGER NOT NULL DEFAULT 0, open_lesson TEXT, open_step TEXT,"
	"  hold INTEGER NOT NULL DEFAULT 0, timer_ms INTEGER NOT NULL DEFAULT 0,"
	"  timer_text TEXT NOT NULL DEFAULT '', event INTEGER NOT NULL DEFAULT 0,"
	"  state INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE TABLE room_learner ("
	"  room TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, machine TEXT NOT NULL,"
	"  uid INTEGER NOT NULL, lines INTEGER NOT NULL, joined_ms INTEGER NOT NULL,"
	"  seen_ms INTEGER NOT NULL, since_ms INTEGER NOT NULL, at_lesson TEXT, at_step TEXT,"
	"  hand TEXT, hand_ms INTEGER NOT NULL, line TEXT, verdict TEXT,"
	"  signal INTEGER NOT NULL, PRIMARY KEY (room, id)) STRICT;"
	"CREATE TABLE room_key ("
	"  name TEXT PRIMARY KEY, room TEXT NOT NULL, learner TEXT NOT NULL,"
	"  since INTEGER NOT NULL) STRICT;"
	"CREATE TABLE room_step ("
	"  room TEXT NOT NULL, learner TEXT NOT NULL, lesson TEXT NOT NULL, step TEXT NOT NULL,"
	"  state INTEGER NOT NULL, reached_ms INTEGER NOT NULL, done_ms INTEGER,"
	"  tries INTEGER NOT NULL, failed INTEGER NOT NULL,"
	"  PRIMARY KEY (room, learner, lesson, step)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE room_event ("
	"  room TEXT NOT NULL, id INTEGER NOT NULL, learner TEXT, name TEXT NOT NULL,"
	"  data TEXT NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (room, id)) STRICT;"
	"CREATE TABLE room_question ("
	"  room TEXT NOT NULL, id TEXT NOT NULL, gift TEXT NOT NULL, seed INTEGER NOT NULL,"
	"  asked_ms INTEGER NOT NULL, closed_ms INTEGER NOT NULL DEFAULT 0,"
	"  PRIMARY KEY (room, id)) STRICT;"
	"CREATE TABLE room_answer ("
	"  room TEXT NOT NULL, question TEXT NOT NULL, learner TEXT NOT NULL,"
	"  response TEXT NOT NULL, fraction REAL NOT NULL, at_ms INTEGER NOT NULL,"
	"  PRIMARY KEY (room, question, learner)) STRICT;"
	/* a learner's first answers in quizzes */
	"CREATE TABLE room_score ("
	"  room TEXT NOT NULL, lesson TEXT NOT NULL, question TEXT NOT NULL,"
	"  learner TEXT NOT NULL, fraction REAL NOT NULL,"
	"  PRIMARY KEY (room, lesson, question, learner)) STRICT, WITHOUT ROWID;"
	/* raised hands and learners' other messages */
	"CREATE TABLE room_signal ("
	"  room TEXT NOT NULL, learner TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,"
	"  at_ms INTEGER NOT NULL) STRICT;",
	/* the account for a learner's socket, from the time when a room had daemons */
	"ALTER TABLE room_learner DROP COLUMN uid;",
	"ALTER TABLE room ADD COLUMN zone TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE room ADD COLUMN projector INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE room_question ADD COLUMN poll INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE room_question ADD COLUMN tally INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE room_instructor ("
	"  room TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, added_ms INTEGER NOT NULL,"
	"  removed_ms INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (room, id)) STRICT;",
};

const char *room_title(const struct room *room)
{
	return room->course->title;
}

const char *room_course_id(const struct room *room)
{
	return room->course->id;
}

const char *room_reference(const struct room *room)
{
	return room->reference;
}

/* ---- opening ---- */

static int insert_room(struct db *db, void *data, struct error *err)
{
	struct room *room = data;
	cleanup_free char *id = digest_random_text(6), *secret = digest_random_text(32);
	return sql_run(db,
		       sql(db, err,
			       "INSERT INTO room (id, secret, course, reference, home, opened_ms) "
			       "VALUES (?, ?, ?, ?, '', ?)",
			       "tttti", id, secret, room->course->id, room->reference,
			       room->wall_ms()),
		       err)
		       ? 0
		       : STORE_FAILED;
}

/* A room that has just ended is still the latest: it can be reopened. */
static bool find_room(struct room *room, struct db *db, bool ended, struct error *err)
{
	int64_t since_ms = room->wall_ms() - ENDED_SHOWN_MS;
	bool good = true;
	sqlite3_stmt *row = sql(db, err,
		"SELECT id, secret FROM room WHERE (course = ?1 OR (course = ?3 AND reference = ?4)) "
		"AND (ended_ms = 0 OR ?2 OR ended_ms > ?5) ORDER BY rowid DESC LIMIT 1",
		"titti", room->course->id, (int64_t)ended, room->course->old_id, room->reference,
		since_ms);
	if (sql_row(db, row, &good, err)) {
		room->id = xstrdup(sql_column(row, 0));
		room->secret = xstrdup(sql_column(row, 1));
	}
	sql_done(row);
	return good;
}

static bool find_or_make(struct room *room, const struct room_options *o, struct error *err)
{
	struct db *db = store_read(room->store);
	bool good = o->fresh || find_room(room, db, o->ended, err);
	store_read_end(room->store, db);
	if (!good || room->id != NULL)
		return good;
	if (o->ended)
		return error_set(
			err, 0, "there was no workshop with the course '%s'", room->course->id);
	if (store_write(room->store, insert_room, room, err) != 0)
		return false;
	db = store_read(room->store);
	good = find_room(room, db, false, err);
	store_read_end(room->store, db);
	return good;
}

static bool load_or_make_room(struct room *room, const struct room_options *o, struct error *err)
{
	if (!store_schema(room->store, "room", schema, ARRAY_LENGTH(schema), err) ||
		!find_or_make(room, o, err))
		return false;
	room_derive_all(room);
	struct db *db = store_read(room->store);
	bool good = room_load(room, db, err);
	room_start_clock(room, db);
	store_read_end(room->store, db);
	room->committed = room->event_id;
	room_touch_all(room, 1);
	return good;
}

bool room_open(const struct room_options *o, struct room **ret, struct error *err)
{
	struct room *room = xcalloc(1, sizeof *room);
	room->store = o->store;
	room->course = o->course;
	room->monotonic_ms = o->monotonic_ms != NULL ? o->monotonic_ms : clock_monotonic_ms;
	room->wall_ms = o->wall_ms != NULL ? o->wall_ms : clock_wall_ms;
	room->reference = xstrdup(o->reference);
	pthread_mutex_init(&room->lock, NULL);
	room_lay_out(room);
	if (!load_or_make_room(room, o, err)) {
		room_close(room);
		return false;
	}
	*ret = room;
	return true;
}

void room_close(struct room *room)
{
	if (room == NULL)
		return;
	room_forget(room);
	for (size_t i = 0; i < room->step_count; i++)
		room_free_step(&room->steps[i]);
	for (size_t i = 0; i < room->quiz_count; i++)
		quiz_destroy(room->quizzes[i].quiz);
	for (size_t i = 0; i < room->guess_count; i++)
		free(room->guesses[i].address);
	free(room->guesses);
	free(room->steps);
	free(room->quizzes);
	free(room->id);
	free(room->secret);
	free(room->reference);
	pthread_mutex_destroy(&room->lock);
	free(room);
}

bool room_last_reference(struct store *store, char **ret, struct error *err)
{
	if (!store_schema(store, "room", schema, ARRAY_LENGTH(schema), err))
		return false;
	struct db *db = store_read(store);
	bool good = true;
	sqlite3_stmt *row =
		sql(db, err, "SELECT reference FROM room ORDER BY rowid DESC LIMIT 1", "");
	*ret = sql_row(db, row, &good, err) ? xstrdup(sql_column(row, 0)) : NULL;
	sql_done(row);
	store_read_end(store, db);
	return good;
}

/* ---- the home of the accounts ---- */

static int settle_home(struct room *room, struct db *db, void *data, struct error *err)
{
	const char *origin = data;
	cleanup_free char *home = xasprintf("%s/room/%s", origin, room->id);
	if (room->home[0] != '\0')
		return ROOM_DONE;
	if (!sql_run(db,
		    sql(db, err, "UPDATE room SET home = ? WHERE id = ?", "tt", home, room->id),
		    err))
		return STORE_FAILED;
	pthread_mutex_lock(&room->lock);
	free(room->home);
	room->home = xstrdup(home);
	pthread_mutex_unlock(&room->lock);
	return ROOM_DONE;
}

bool room_settle(struct room *room, const char *origin, struct error *err)
{
	cleanup_free char *copy = xstrdup(origin);
	return room_write(room, settle_home, copy, err) == ROOM_DONE;
}

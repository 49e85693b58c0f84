/* room/room.c - a room: opened, found again, changed by one job at a time */
#include "digest.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* Without 0 and O, 1 and I and L: what is read out is not misheard, what is written not misread. */
static const char alphabet[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
#define TITLE_COLUMNS 60

/* A step that was released is never changed: later ones follow it. */
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
	/* a learner's first answers in the evaluations */
	"CREATE TABLE room_score ("
	"  room TEXT NOT NULL, lesson TEXT NOT NULL, question TEXT NOT NULL,"
	"  learner TEXT NOT NULL, fraction REAL NOT NULL,"
	"  PRIMARY KEY (room, lesson, question, learner)) STRICT, WITHOUT ROWID;"
	/* hands that were raised, and what else learners said */
	"CREATE TABLE room_signal ("
	"  room TEXT NOT NULL, learner TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,"
	"  at_ms INTEGER NOT NULL) STRICT;",
	/* the account that a learner wanted a socket for, when a room had daemons */
	"ALTER TABLE room_learner DROP COLUMN uid;",
};

/* ---- time ---- */

int64_t room_now(const struct room *room)
{
	return room->base_ms + room->monotonic_ms() - room->base_monotonic_ms;
}

/* Where the machine's clock was put back while nobody served, time goes on from the last that is
 * known. */
static void start_clock(struct room *room, struct db *db)
{
	int64_t last = sql_number(sql(db, NULL,
					  "SELECT max(coalesce((SELECT max(seen_ms) FROM "
					  "room_learner WHERE room = ?1), 0), coalesce((SELECT "
					  "max(at_ms) FROM room_event WHERE room = ?1), 0))",
					  "t", room->id),
		0);
	int64_t wall = room->wall_ms();
	room->base_ms = last > wall ? last : wall;
	room->base_monotonic_ms = room->monotonic_ms();
}

/* ---- what follows from the secret ---- */

void room_derive(const struct room *room, const char *what, char out[ROOM_CODE_SIZE])
{
	char digest[DIGEST_TEXT_SIZE];
	digest_hmac(room->secret, what, digest);
	for (size_t i = 0; i < ROOM_CODE_SIZE - 1; i++) {
		unsigned value = 0;
		for (size_t k = 0; k < 4; k++) {
			char c = digest[4 * i + k];
			value = value * 16 + (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
		}
		out[i] = alphabet[value % (sizeof alphabet - 1)];
	}
	out[ROOM_CODE_SIZE - 1] = '\0';
}

static void derive_all(struct room *room)
{
	static const char *const views[] = {[ROOM_BOARD] = "board", [ROOM_PROJECTOR] = "projector"};
	char digest[DIGEST_TEXT_SIZE];
	room_derive(room, "code", room->code);
	for (size_t i = 0; i < ARRAY_LENGTH(views); i++) {
		digest_hmac(room->secret, views[i], digest);
		memcpy(room->tokens[i], digest, ROOM_TOKEN_LENGTH);
	}
}

const char *room_code(const struct room *room)
{
	return room->code;
}

const char *room_title(const struct room *room)
{
	return room->course->title;
}

const char *room_reference(const struct room *room)
{
	return room->reference;
}

const char *room_token(const struct room *room, enum room_view view)
{
	return room->tokens[view];
}

bool room_token_fits(const struct room *room, enum room_view view, const char *token)
{
	return token != NULL && digest_same(token, room->tokens[view]);
}

/* ---- changes ---- */

struct job {
	struct room *room;
	int (*run)(struct room *room, struct db *db, void *data, struct error *err);
	void *data;
	int64_t upto;
};

static int run_room_job(struct db *db, void *data, struct error *err)
{
	struct job *job = data;
	int outcome = job->run(job->room, db, job->data, err);
	job->upto = job->room->event_id;
	return outcome;
}

enum room_outcome room_write(struct room *room,
	int (*run)(struct room *room, struct db *db, void *data, struct error *err), void *data,
	struct error *err)
{
	struct job job = {.room = room, .run = run, .data = data};
	int outcome = store_write(room->store, run_room_job, &job, err);
	if (outcome == STORE_FAILED) {
		room_recover(room);
		return ROOM_FAILED;
	}
	pthread_mutex_lock(&room->lock);
	if (outcome == ROOM_DONE && job.upto > room->committed)
		room->committed = job.upto;
	pthread_mutex_unlock(&room->lock);
	return (enum room_outcome)outcome;
}

/* All of it is new to whoever looks. */
static void touch_all(struct room *room, uint64_t version)
{
	room->version = version;
	for (size_t i = 0; i < room->learner_count; i++)
		room->learners[i].version = version;
}

static int load_again(struct db *db, void *data, struct error *err)
{
	struct room *room = data;
	pthread_mutex_lock(&room->lock);
	uint64_t version = room->version + 1;
	room_forget(room);
	bool good = room_load(room, db, err);
	touch_all(room, version);
	room->committed = room->event_id;
	pthread_mutex_unlock(&room->lock);
	return good ? 0 : STORE_FAILED;
}

void room_recover(struct room *room)
{
	/* where even reading fails, the room is what is left of it until the disk is well again */
	(void)store_write(room->store, load_again, room, NULL);
}

/* ---- the course, as steps in a row ---- */

/* Its command, else its question, else its first words, else its topic. */
static char *step_title(
	const struct course_lesson *lesson, const struct course_step *step, const struct quiz *quiz)
{
	cleanup_buf struct buf text = {0};
	const struct quiz_question *q =
		step->quiz != NULL && quiz != NULL ? quiz_find(quiz, step->quiz) : NULL;
	if (step->command != NULL || q != NULL)
		buf_add_text(&text, step->command != NULL ? step->command : q->text);
	for (size_t i = 0; text.length == 0 && i < step->block_count; i++) {
		const struct note_text *words = &step->blocks[i].text;
		for (size_t k = 0; k < words->count; k++)
			buf_add_text(
				&text, words->spans[k].text != NULL ? words->spans[k].text : "");
	}
	if (text.length == 0)
		buf_add_text(&text, step->topic != NULL ? step->topic : lesson->title);
	text.data[strcspn(text.data, "\n")] = '\0';
	size_t length = strlen(text.data), kept = utf8_fit(text.data, length, TITLE_COLUMNS);
	return kept < length ? xasprintf("%.*s…", (int)kept, text.data) : xstrdup(text.data);
}

static void lay_out(struct room *room)
{
	for (size_t i = 0; i < room->course->lesson_count; i++) {
		const struct course_lesson *lesson = &room->course->lessons[i];
		struct quiz *quiz = NULL;
		/* `ropes lint` tells what is wrong with one that can't be read */
		if (lesson->quiz_path != NULL && quiz_load(lesson->quiz_path, &quiz, NULL)) {
			room->quizzes =
				array_grow(room->quizzes, room->quiz_count, sizeof *room->quizzes);
			room->quizzes[room->quiz_count++] = (struct room_quiz){lesson, quiz};
		}
		for (size_t k = 0; k < lesson->step_count; k++) {
			const struct course_step *step = &lesson->steps[k];
			room->steps =
				array_grow(room->steps, room->step_count, sizeof *room->steps);
			room->steps[room->step_count++] =
				(struct room_step){lesson, step, step_title(lesson, step, quiz)};
		}
	}
}

size_t room_find_step(const struct room *room, const char *lesson, const char *step)
{
	for (size_t i = 0; lesson != NULL && i < room->step_count; i++)
		if (text_same(room->steps[i].lesson->anchor, lesson) &&
			text_same(room->steps[i].step->id, step))
			return i;
	return ROOM_NOWHERE;
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

static bool find_room(struct room *room, struct db *db, bool ended, struct error *err)
{
	bool good = true;
	sqlite3_stmt *row = sql(db, err,
		"SELECT id, secret FROM room WHERE course = ?1 AND (ended_ms = 0 OR ?2) "
		"ORDER BY rowid DESC LIMIT 1",
		"ti", room->course->id, (int64_t)ended);
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
			err, 0, "no workshop was held with the course '%s'", room->course->id);
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
	derive_all(room);
	struct db *db = store_read(room->store);
	bool good = room_load(room, db, err);
	start_clock(room, db);
	store_read_end(room->store, db);
	room->committed = room->event_id;
	touch_all(room, 1);
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
	lay_out(room);
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
		free(room->steps[i].title);
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

bool room_over(const struct room *room, struct error *err)
{
	if (room->ended_ms > 0)
		error_set_kind(err, ERROR_USAGE, "the workshop is over");
	return room->ended_ms > 0;
}

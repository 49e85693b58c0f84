/* room/learners.c - participants: codes, names, keys, and their messages */
#include "digest.h"
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS 60000
#define WRONG_MAX 20       /* per minute, from one address */
#define WRONG_MOST_ALL 600 /* per minute, from all addresses */
#define ADDRESSES_MAX 1024
#define LEARNERS_MAX 2000
#define NAME_COLUMNS 80
#define ID_LETTERS 24
#define MACHINE_BYTES 100
#define TEXT_COLUMNS 400
#define SEAT_BYTES 64

/* ---- codes ---- */

/* A code has eight characters out of 31, too many to guess by trying. Count wrong codes only to
 * protect the server, and always accept a right one, whatever came from the same address before: a
 * whole class may share it. */
static bool count_wrong(struct room_guess *guess, int64_t now, unsigned max)
{
	if (now - guess->began_ms >= MINUTE_MS) {
		guess->began_ms = now;
		guess->count = 0;
	}
	return ++guess->count <= max;
}

static struct room_guess *guess_of(struct room *room, const char *address, int64_t now)
{
	for (size_t i = 0; i < room->guess_count; i++)
		if (text_same(room->guesses[i].address, address))
			return &room->guesses[i];
	if (room->guess_count == ADDRESSES_MAX) {
		size_t kept = 0;
		for (size_t i = 0; i < room->guess_count; i++) {
			if (now - room->guesses[i].began_ms < MINUTE_MS)
				room->guesses[kept++] = room->guesses[i];
			else
				free(room->guesses[i].address);
		}
		room->guess_count = kept;
	}
	if (room->guess_count == ADDRESSES_MAX)
		return &room->all_guesses;
	room->guesses = array_grow(room->guesses, room->guess_count, sizeof *room->guesses);
	room->guesses[room->guess_count] = (struct room_guess){.address = xstrdup(address)};
	return &room->guesses[room->guess_count++];
}

static enum room_outcome refuse_code(struct room *room, const char *address, struct error *err)
{
	int64_t now = room_now(room);
	pthread_mutex_lock(&room->lock);
	struct room_guess *guess = guess_of(room, address != NULL ? address : "", now);
	bool few = count_wrong(guess, now, WRONG_MAX);
	few = count_wrong(&room->all_guesses, now, WRONG_MOST_ALL) && few;
	pthread_mutex_unlock(&room->lock);
	if (few)
		error_set_kind(err, ERROR_USAGE, "no workshop has this code");
	else
		error_set_kind(err, ERROR_USAGE, "too many wrong codes; wait a minute");
	return few ? ROOM_WRONG : ROOM_TOO_MANY;
}

/* Restores the printed form of a code: "abcd efgh" or "ABCD-EFGH" as typed. */
static char *normalise_code(const char *code)
{
	struct buf out = {0};
	for (const char *c = code != NULL ? code : ""; *c != '\0' && out.length < 64; c++)
		if (isalnum((unsigned char)*c))
			buf_add_char(&out, (char)toupper((unsigned char)*c));
	return buf_steal(&out);
}

/* The learner with this personal code; *ret_good: it is one, or the room's code. Call with the
 * lock. */
static struct room_learner *read_code(struct room *room, const char *code, bool *ret_good)
{
	cleanup_free char *given = normalise_code(code);
	struct room_learner *found = NULL;
	*ret_good = digest_same(given, room->code);
	for (size_t i = 0; i < room->learner_count; i++) {
		cleanup_free char *personal = normalise_code(room->learners[i].personal);
		if (digest_same(given, personal)) {
			*ret_good = true;
			found = &room->learners[i];
		}
	}
	return found;
}

enum room_outcome room_admit(
	struct room *room, const char *code, const char *address, struct error *err)
{
	bool good;
	pthread_mutex_lock(&room->lock);
	(void)read_code(room, code, &good); /* the owner matters only when joining */
	bool over = good && room_over(room, err);
	pthread_mutex_unlock(&room->lock);
	if (over)
		return ROOM_OVER;
	return good ? ROOM_DONE : refuse_code(room, address, err);
}

/* ---- names ---- */

/* A name that is cut says so. */
static char *clean_name(const char *name)
{
	cleanup_free char *whole = room_clean(name, SIZE_MAX);
	if (whole == NULL || utf8_width(whole, strlen(whole)) <= NAME_COLUMNS)
		return whole != NULL ? xstrdup(whole) : NULL;
	return xasprintf("%.*s…", (int)utf8_fit(whole, strlen(whole), NAME_COLUMNS - 1), whole);
}

static char *id_of(const char *name)
{
	struct buf out = {0};
	cleanup_free char *folded = utf8_fold(name);
	for (const char *c = folded; *c != '\0' && out.length < ID_LETTERS; c++) {
		if (isalnum((unsigned char)*c))
			buf_add_char(&out, *c);
		else if (out.length > 0 && out.data[out.length - 1] != '-')
			buf_add_char(&out, '-');
	}
	while (out.length > 0 && out.data[out.length - 1] == '-')
		buf_truncate(&out, out.length - 1);
	if (out.length == 0)
		buf_add_text(&out, "learner");
	return buf_steal(&out);
}

static bool is_taken(struct room *room, const char *name, const char *id)
{
	cleanup_free char *folded = name != NULL ? utf8_fold(name) : NULL;
	for (size_t i = 0; i < room->learner_count; i++)
		if (text_same(room->learners[i].id, id) ||
			(folded != NULL && text_same(room->learners[i].folded, folded)))
			return true;
	return false;
}

/* "Ann", "Ann 2" …: later learners get a number. */
static char *free_name(struct room *room, const char *name)
{
	char *one = xstrdup(name);
	for (unsigned i = 2; is_taken(room, one, NULL); i++) {
		free(one);
		one = xasprintf("%s %u", name, i);
	}
	return one;
}

static char *free_id(struct room *room, const char *name)
{
	cleanup_free char *base = id_of(name);
	char *one = xstrdup(base);
	for (unsigned i = 2; is_taken(room, NULL, one); i++) {
		free(one);
		one = xasprintf("%s-%u", base, i);
	}
	return one;
}

/* ---- joining ---- */

struct joining {
	const struct room_join *join;
	struct room_participant *participant;
};

static void set_participant(
	const struct room *room, const struct room_learner *l, struct room_participant *participant)
{
	participant->learner = xstrdup(l->id);
	participant->name = xstrdup(l->name);
	participant->home = xstrdup(room->home);
	participant->personal = xstrdup(l->personal);
}

static int join_known(struct room *room, struct db *db, struct room_learner *l,
	const struct joining *j, struct error *err)
{
	pthread_mutex_lock(&room->lock);
	l->lines = j->join->lines;
	l->seen_ms = room_now(room);
	room_touch(room, l);
	pthread_mutex_unlock(&room->lock);
	if (!room_keep_learner(room, db, l, err))
		return STORE_FAILED;
	set_participant(room, l, j->participant);
	return ROOM_DONE;
}

static bool keep_new(struct room *room, struct db *db, const char *id, const char *name,
	const struct room_join *join, struct error *err)
{
	cleanup_free char *machine = room_clean(join->machine, MACHINE_BYTES);
	int64_t now = room_now(room);
	return sql_run(db,
		sql(db, err,
			"INSERT INTO room_learner (room, id, name, machine, lines, joined_ms, "
			"seen_ms, since_ms, hand_ms, signal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, "
			"?6, 0, 0)",
			"ttttii", room->id, id, name, machine != NULL ? machine : "",
			(int64_t)join->lines, now),
		err);
}

static int join_new(struct room *room, struct db *db, const struct joining *j, struct error *err)
{
	cleanup_free char *wanted = clean_name(j->join->name);
	if (wanted == NULL) {
		error_set_kind(err, ERROR_USAGE, "a name is required");
		return ROOM_INVALID;
	}
	if (room->learner_count == LEARNERS_MAX) {
		error_set_kind(err, ERROR_USAGE, "the room is full");
		return ROOM_OVER;
	}
	cleanup_free char *name = free_name(room, wanted), *id = free_id(room, name);
	if (!keep_new(room, db, id, name, j->join, err))
		return STORE_FAILED;
	pthread_mutex_lock(&room->lock);
	struct room_learner *l = room_add_learner(room, id, name);
	l->lines = j->join->lines;
	l->joined_ms = l->seen_ms = l->since_ms = room_now(room);
	room_touch(room, l);
	pthread_mutex_unlock(&room->lock);
	set_participant(room, l, j->participant);
	j->participant->renamed = !text_same(name, wanted);
	return ROOM_DONE;
}

static int join_learner(struct room *room, struct db *db, void *data, struct error *err)
{
	const struct joining *j = data;
	bool good;
	struct room_learner *l = read_code(room, j->join->code, &good);
	if (!good)
		return ROOM_WRONG;
	if (room_over(room, err))
		return ROOM_OVER;
	return l != NULL ? join_known(room, db, l, j, err) : join_new(room, db, j, err);
}

/* Check the code before queueing for the writer, so that guesses do not delay others. */
enum room_outcome room_join(struct room *room, const struct room_join *joining,
	struct room_participant *ret, struct error *err)
{
	enum room_outcome outcome = room_admit(room, joining->code, joining->address, err);
	if (outcome != ROOM_DONE)
		return outcome;
	struct room_participant participant = {0};
	struct joining j = {joining, &participant};
	outcome = room_write(room, join_learner, &j, err);
	if (outcome == ROOM_DONE) {
		room_sit(room, participant.learner, joining->seat);
		*ret = participant;
	} else {
		room_participant_finish(&participant);
	}
	return outcome;
}

void room_participant_finish(struct room_participant *participant)
{
	free(participant->learner);
	free(participant->name);
	free(participant->home);
	free(participant->personal);
	*participant = (struct room_participant){0};
}

/* ---- seats ---- */

static void take_seat(struct room *room, struct room_learner *l, const char *seat)
{
	if (seat != NULL && strlen(seat) > SEAT_BYTES)
		seat = NULL;
	if (text_same(l->seat, seat))
		return;
	free(l->seat);
	l->seat = xstrdup(seat);
	room_touch(room, l);
}

void room_sit(struct room *room, const char *learner, const char *seat)
{
	pthread_mutex_lock(&room->lock);
	struct room_learner *l = room_find_learner(room, learner);
	if (l != NULL)
		take_seat(room, l, seat);
	pthread_mutex_unlock(&room->lock);
}

char *room_seat(struct room *room, const char *learner)
{
	pthread_mutex_lock(&room->lock);
	const struct room_learner *l = room_find_learner(room, learner);
	char *seat = l != NULL ? xstrdup(l->seat) : NULL;
	pthread_mutex_unlock(&room->lock);
	return seat;
}

/* ---- keys ---- */

struct binding {
	const char *key, *learner;
};

static int bind_key(struct room *room, struct db *db, void *data, struct error *err)
{
	const struct binding *b = data;
	if (!sql_run(db,
		    sql(db, err, "INSERT INTO room_key VALUES (?, ?, ?, ?)", "ttti", b->key,
			    room->id, b->learner, room->event_id),
		    err))
		return STORE_FAILED;
	pthread_mutex_lock(&room->lock);
	room_add_key(room, b->key, b->learner, room->event_id);
	pthread_mutex_unlock(&room->lock);
	return ROOM_DONE;
}

bool room_bind(struct room *room, const char *key_name, const char *learner, struct error *err)
{
	struct binding b = {key_name, learner};
	return room_write(room, bind_key, &b, err) == ROOM_DONE;
}

static const struct room_key *find_room_key(const struct room *room, const char *name)
{
	for (size_t i = room->key_count; i-- > 0;)
		if (text_same(room->keys[i].name, name))
			return &room->keys[i];
	return NULL;
}

char *room_key_owner(struct room *room, const char *key_name)
{
	pthread_mutex_lock(&room->lock);
	const struct room_key *key = find_room_key(room, key_name);
	char *learner = key != NULL ? xstrdup(key->learner) : NULL;
	pthread_mutex_unlock(&room->lock);
	return learner;
}

int64_t room_key_since(struct room *room, const char *key_name)
{
	pthread_mutex_lock(&room->lock);
	const struct room_key *key = find_room_key(room, key_name);
	int64_t since = key != NULL ? key->since : 0;
	pthread_mutex_unlock(&room->lock);
	return since;
}

/* ---- messages from learners ---- */

struct saying {
	const char *learner;
	const cJSON *said;
};

static int keep_said(struct room *room, struct db *db, struct room_learner *l, const char *kind,
	const char *text, struct error *err)
{
	l->seen_ms = room_now(room);
	room_touch(room, l);
	pthread_mutex_unlock(&room->lock);
	return (kind == NULL || room_keep_signal(room, db, l->id, kind, text, err)) &&
			       room_keep_learner(room, db, l, err)
		       ? ROOM_DONE
		       : STORE_FAILED;
}

static int say_hand(struct room *room, struct db *db, struct room_learner *l, const cJSON *said,
	struct error *err)
{
	bool down = json_is_true(said, "down");
	cleanup_free char *text = room_clean(json_get_text(said, "text"), TEXT_COLUMNS);
	const char *why = down ? NULL : text != NULL ? text : "";
	if (text_same(why, l->hand))
		return ROOM_DONE;
	pthread_mutex_lock(&room->lock);
	free(l->hand);
	l->hand = xstrdup(why);
	l->hand_ms = down ? 0 : room_now(room);
	return keep_said(room, db, l, down ? NULL : "hand", why != NULL ? why : "", err);
}

static int say_signal(struct room *room, struct db *db, struct room_learner *l,
	enum room_signal signal, const char *name, struct error *err)
{
	if (l->signal == signal)
		return ROOM_DONE;
	pthread_mutex_lock(&room->lock);
	l->signal = signal;
	return keep_said(room, db, l, name, "", err);
}

static int say_done(struct room *room, struct db *db, struct room_learner *l, const cJSON *said,
	struct error *err)
{
	(void)said;
	return say_signal(room, db, l, ROOM_SIGNAL_DONE, "done", err);
}

static int say_fast(struct room *room, struct db *db, struct room_learner *l, const cJSON *said,
	struct error *err)
{
	(void)said;
	return say_signal(room, db, l, ROOM_SIGNAL_FAST, "fast", err);
}

static const struct {
	const char *what;
	int (*say)(struct room *room, struct db *db, struct room_learner *l, const cJSON *said,
		struct error *err);
} sayings[] = {{"hand", say_hand}, {"done", say_done}, {"fast", say_fast}};

static int take_signal_from(struct room *room, struct db *db, void *data, struct error *err)
{
	const struct saying *s = data;
	struct room_learner *l = room_find_learner(room, s->learner);
	if (l == NULL)
		return ROOM_WRONG;
	if (room_over(room, err))
		return ROOM_OVER;
	for (size_t i = 0; i < ARRAY_LENGTH(sayings); i++)
		if (text_same(json_get_text(s->said, "what"), sayings[i].what))
			return sayings[i].say(room, db, l, s->said, err);
	error_set_kind(err, ERROR_USAGE, "'what' must be hand, done, fast or answer");
	return ROOM_INVALID;
}

enum room_outcome room_say(
	struct room *room, const char *learner, const cJSON *said, struct error *err)
{
	struct saying s = {learner, said};
	if (!text_same(json_get_text(said, "what"), "answer"))
		return room_write(room, take_signal_from, &s, err);
	const char *id = json_get_text(said, "id"), *response = json_get_text(said, "response");
	if (id != NULL && response != NULL)
		return room_answer(room, learner, id, response, err);
	error_set_kind(err, ERROR_USAGE, "an answer requires an 'id' and a 'response'");
	return ROOM_INVALID;
}

/* ---- presence ---- */

void room_present(struct room *room, const struct words *learners)
{
	pthread_mutex_lock(&room->lock);
	for (size_t i = 0; i < room->learner_count; i++) {
		struct room_learner *l = &room->learners[i];
		bool here = false;
		for (size_t k = 0; k < learners->count && !here; k++)
			here = text_same(learners->items[k], l->id);
		if (here == l->here)
			continue;
		l->here = here;
		room_touch(room, l);
	}
	pthread_mutex_unlock(&room->lock);
}

static int keep_seen_times(struct room *room, struct db *db, void *data, struct error *err)
{
	int64_t now = room_now(room);
	(void)data;
	for (size_t i = 0; i < room->learner_count; i++) {
		struct room_learner *l = &room->learners[i];
		pthread_mutex_lock(&room->lock);
		bool here = l->here;
		if (here)
			l->seen_ms = now;
		pthread_mutex_unlock(&room->lock);
		if (here && !room_keep_learner(room, db, l, err))
			return STORE_FAILED;
	}
	return ROOM_DONE;
}

bool room_attend(struct room *room, struct error *err)
{
	return room_write(room, keep_seen_times, NULL, err) == ROOM_DONE;
}

/* room/progress.c - derives learners' positions from their statements, and who is stuck */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define EXTENSION "https://ropes.invalid/extensions/"
#define VERB "http://adlnet.gov/expapi/verbs/"
#define LINE_COLUMNS 200
#define VERDICT_COLUMNS 20

/* ---- rules ---- */

bool room_learner_finished(const struct room *room, const struct room_learner *l)
{
	return l->at == room->step_count;
}

/* A learner who waits for a locked step is not stuck. */
bool room_learner_waits(const struct room *room, const struct room_learner *l)
{
	if (l->at >= room->step_count)
		return false;
	return (room->open != ROOM_NOWHERE && l->at > room->open) ||
	       (room->paused && l->states[l->at] == ROOM_STEP_NONE);
}

int64_t room_learner_stuck_ms(const struct room *room, const struct room_learner *l)
{
	int64_t stuck = room_now(room) - l->since_ms;
	bool free_of_it = room_learner_finished(room, l) || room_learner_waits(room, l);
	return free_of_it || stuck < 0 ? 0 : stuck;
}

/* ---- statements ---- */

struct sighting {
	struct room *room;
	struct db *db;
	struct room_learner *l;
	const cJSON *statement;
	const char *lesson;
	size_t at; /* the step it refers to; ROOM_NOWHERE: not in the course */
	struct error *err;
};

static const cJSON *extension_of(const cJSON *statement, const char *where, const char *name)
{
	cleanup_free char *key = xasprintf(EXTENSION "%s", name);
	return json_get(json_get(json_get(statement, where), "extensions"), key);
}

static const char *extension_text(const struct sighting *s, const char *where, const char *name)
{
	return cJSON_GetStringValue(extension_of(s->statement, where, name));
}

static void move_learner(struct sighting *s, size_t at, bool progress)
{
	s->l->at = at;
	if (progress)
		s->l->since_ms = room_now(s->room);
}

/* A session with a lesson begins at its first unfinished step, or where the learner was in it. */
static bool take_initialized(struct sighting *s)
{
	const struct room *room = s->room;
	struct room_learner *l = s->l;
	if (l->at < room->step_count && text_same(room->steps[l->at].lesson->anchor, s->lesson))
		return true;
	size_t first = 0;
	while (first < room->step_count && !text_same(room->steps[first].lesson->anchor, s->lesson))
		first++;
	size_t at = first;
	while (at < room->step_count && l->states[at] >= ROOM_STEP_DONE &&
		text_same(room->steps[at].lesson->anchor, s->lesson))
		at++;
	if (first < room->step_count)
		move_learner(s, at, l->at == ROOM_NOWHERE);
	return true;
}

/* Finishing a step moves to the next one, unless it is locked. */
static bool arrive_behind(struct sighting *s)
{
	struct room_learner *l = s->l;
	size_t next = s->at + 1;
	move_learner(s, next, true);
	if (next == s->room->step_count || l->states[next] != ROOM_STEP_NONE ||
		room_learner_waits(s->room, l))
		return true;
	l->states[next] = ROOM_STEP_REACHED;
	return room_keep_step(s->room, s->db, l, next, 0, s->err);
}

static bool take_progressed(struct sighting *s)
{
	static const unsigned char states[] = {ROOM_STEP_REACHED, ROOM_STEP_DONE, ROOM_STEP_SKIPPED,
		ROOM_STEP_SHOWN}; /* enum record_step_state */
	const cJSON *number = extension_of(s->statement, "result", "state");
	int value = cJSON_IsNumber(number) ? number->valueint : 0;
	if (s->at == ROOM_NOWHERE || value < 0 || value >= (int)ARRAY_LENGTH(states))
		return true;
	unsigned char state = states[value], *mine = &s->l->states[s->at];
	bool is_new = state == ROOM_STEP_REACHED
			      ? *mine == ROOM_STEP_NONE
			      : *mine < ROOM_STEP_DONE ||
					(state == ROOM_STEP_DONE && *mine != ROOM_STEP_DONE);
	if (!is_new) {
		move_learner(s, state == ROOM_STEP_REACHED ? s->at : s->l->at, false);
		return true;
	}
	*mine = state;
	s->l->failed[s->at] = s->l->failed[s->at] && state == ROOM_STEP_REACHED;
	move_learner(s, s->at, true);
	return room_keep_step(s->room, s->db, s->l, s->at, 0, s->err) &&
	       (state == ROOM_STEP_REACHED || arrive_behind(s));
}

/* Keep command lines only of learners who agreed to it. */
static void keep_line(struct sighting *s, const char *verdict)
{
	const char *line = extension_text(s, "result", "line");
	struct room_learner *l = s->l;
	if (!l->lines || line == NULL)
		return;
	cleanup_free char *first = xstrndup(line, strcspn(line, "\n"));
	free(l->line);
	free(l->verdict);
	l->line = room_clean(first, LINE_COLUMNS);
	l->verdict = room_clean(verdict, VERDICT_COLUMNS);
}

static bool take_attempted(struct sighting *s)
{
	const char *outcome = extension_text(s, "result", "outcome");
	if (s->at == ROOM_NOWHERE)
		return true;
	unsigned char *mine = &s->l->states[s->at];
	move_learner(s, s->at, *mine == ROOM_STEP_NONE);
	*mine = *mine == ROOM_STEP_NONE ? ROOM_STEP_REACHED : *mine;
	s->l->failed[s->at] =
		text_same(outcome, "not held") && s->l->states[s->at] < ROOM_STEP_DONE;
	keep_line(s, outcome != NULL ? outcome : "");
	return room_keep_step(s->room, s->db, s->l, s->at, 1, s->err);
}

/* A quiz question. Only the first answer counts for the score, but any new answer is progress. */
static bool take_answered(struct sighting *s)
{
	const cJSON *scaled =
		json_get(json_get(json_get(s->statement, "result"), "score"), "scaled");
	const char *question = extension_text(s, "context", "step");
	if (s->at != ROOM_NOWHERE || question == NULL || !cJSON_IsNumber(scaled))
		return true;
	if (!sql_run(s->db,
		    sql(s->db, s->err, "INSERT OR IGNORE INTO room_score VALUES (?, ?, ?, ?, ?)",
			    "ttttd", s->room->id, s->lesson, question, s->l->id,
			    scaled->valuedouble),
		    s->err))
		return false;
	if (sql_changes(s->db) > 0)
		move_learner(s, s->l->at, true);
	return true;
}

static const struct {
	const char *verb;
	bool (*take)(struct sighting *s);
} verbs[] = {
	{VERB "initialized", take_initialized},
	{VERB "progressed", take_progressed},
	{VERB "attempted", take_attempted},
	{VERB "answered", take_answered},
};

bool room_take(struct room *room, struct db *db, const char *learner, const cJSON *statement,
	struct error *err)
{
	struct sighting s = {.room = room, .db = db, .statement = statement, .err = err};
	const char *verb = json_get_text(json_get(statement, "verb"), "id");
	const char *course = extension_text(&s, "context", "course");
	/* learners with an earlier version use the old id */
	if (!text_same(course, room->course->id) && !text_same(course, room->course->old_id))
		return true;
	s.l = room_find_learner(room, learner);
	s.lesson = extension_text(&s, "context", "lesson");
	s.at = room_find_step(room, s.lesson, extension_text(&s, "context", "step"));
	if (s.l == NULL || s.lesson == NULL)
		return true;
	bool good = true;
	pthread_mutex_lock(&room->lock);
	for (size_t i = 0; i < ARRAY_LENGTH(verbs) && good; i++)
		if (text_same(verb, verbs[i].verb))
			good = verbs[i].take(&s);
	s.l->seen_ms = room_now(room);
	room_touch(room, s.l);
	pthread_mutex_unlock(&room->lock);
	return good && room_keep_learner(room, db, s.l, err);
}

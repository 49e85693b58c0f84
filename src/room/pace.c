/* room/pace.c - the instructor's orders: unlock steps, pause the room, set the timer, send messages
 */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define TIMER_MOST_S 86400
#define TEXT_MAX 2000

struct ordering {
	const struct room_order *order;
	size_t open;
	bool paused;
	int64_t seconds;
};

static const char *order_field(const struct ordering *o, const char *name)
{
	return o->order->value(o->order->data, name);
}

static int set_invalid(struct error *err, const char *why)
{
	error_set_kind(err, ERROR_USAGE, "%s", why);
	return ROOM_INVALID;
}

/* ---- pacing ---- */

/* Learners who waited for a step that is now unlocked start on it now. */
static bool free_waiting(struct room *room, struct db *db, const bool *waited, struct error *err)
{
	for (size_t i = 0; i < room->learner_count; i++) {
		struct room_learner *l = &room->learners[i];
		bool freed = waited[i] && !room_learner_waits(room, l);
		if (!freed && l->signal == ROOM_SIGNAL_NONE)
			continue;
		pthread_mutex_lock(&room->lock);
		l->signal = ROOM_SIGNAL_NONE;
		if (freed)
			l->since_ms = room_now(room);
		bool reached = freed && l->states[l->at] == ROOM_STEP_NONE;
		if (reached)
			l->states[l->at] = ROOM_STEP_REACHED;
		room_touch(room, l);
		pthread_mutex_unlock(&room->lock);
		if (!room_keep_learner(room, db, l, err) ||
			(reached && !room_keep_step(room, db, l, l->at, 0, err)))
			return false;
	}
	return true;
}

static bool keep_pace(struct room *room, struct db *db, struct error *err)
{
	const struct room_step *open = room->open != ROOM_NOWHERE ? &room->steps[room->open] : NULL;
	return sql_run(db,
		       sql(db, err,
			       "UPDATE room SET open_lesson = ?, open_step = ?, hold = ?, timer_ms "
			       "= ?, timer_text = ?, ended_ms = ? WHERE id = ?",
			       "ttiitit", open != NULL ? open->lesson->anchor : NULL,
			       open != NULL ? open->step->id : NULL, (int64_t)room->paused,
			       room->timer_ms, room->timer_text, room->ended_ms, room->id),
		       err) &&
	       room_state_changed(room, db, err);
}

static int set_pace(struct room *room, struct db *db, void *data, struct error *err)
{
	const struct ordering *o = data;
	if (room_over(room, err))
		return ROOM_OVER;
	cleanup_free bool *waited = xcalloc(room->learner_count + 1, sizeof *waited);
	pthread_mutex_lock(&room->lock);
	for (size_t i = 0; i < room->learner_count; i++)
		waited[i] = room_learner_waits(room, &room->learners[i]);
	room->open = o->open;
	room->paused = o->paused;
	room->question_shown = room->question_shown && o->paused;
	room_touch(room, NULL);
	pthread_mutex_unlock(&room->lock);
	return keep_pace(room, db, err) && free_waiting(room, db, waited, err) ? ROOM_DONE
									       : STORE_FAILED;
}

/* If only the lesson is given, its last step. */
static size_t step_meant(const struct room *room, const char *lesson, const char *step)
{
	size_t last = ROOM_NOWHERE;
	if (step != NULL && *step != '\0')
		return room_find_step(room, lesson, step);
	for (size_t i = 0; i < room->step_count; i++)
		if (text_same(room->steps[i].lesson->anchor, lesson))
			last = i;
	return last;
}

static enum room_outcome open_step(struct room *room, struct ordering *o, struct error *err)
{
	const char *lesson = order_field(o, "lesson"), *step = order_field(o, "step");
	o->open = step_meant(room, lesson, step);
	if (o->open != ROOM_NOWHERE)
		return room_write(room, set_pace, o, err);
	error_set_kind(err, ERROR_USAGE, "there is no step '%s' in the lesson '%s'",
		step != NULL ? step : "", lesson != NULL ? lesson : "");
	return ROOM_WRONG;
}

/* Unlocking one by one is possible only before anyone starts: their steps must stay open. */
static bool nobody_has_begun(struct room *room)
{
	bool nobody = true;
	pthread_mutex_lock(&room->lock);
	for (size_t i = 0; i < room->learner_count; i++)
		nobody = nobody && room->learners[i].at == ROOM_NOWHERE;
	pthread_mutex_unlock(&room->lock);
	return nobody;
}

/* Unlocks up to the step that `behind` finds after the last unlocked one; at the end of the course,
 * everything is unlocked. */
static enum room_outcome open_behind(struct room *room, struct ordering *o,
	size_t (*behind)(const struct room *room, size_t step), struct error *err)
{
	if (o->open == ROOM_NOWHERE && !nobody_has_begun(room)) {
		error_set_kind(err, ERROR_USAGE,
			"All steps are already unlocked. To go step by step, pick the last unlocked step and press Unlock.");
		return ROOM_OVER;
	}
	o->open = behind(room, o->open == ROOM_NOWHERE ? 0 : o->open + 1);
	if (o->open >= room->step_count)
		o->open = ROOM_NOWHERE;
	return room_write(room, set_pace, o, err);
}

static size_t same_step(const struct room *room, size_t step)
{
	(void)room;
	return step;
}

static size_t end_of_lesson(const struct room *room, size_t step)
{
	while (step + 1 < room->step_count &&
		room->steps[step + 1].lesson == room->steps[step].lesson)
		step++;
	return step;
}

static enum room_outcome open_next(struct room *room, struct ordering *o, struct error *err)
{
	return open_behind(room, o, same_step, err);
}

static enum room_outcome open_lesson(struct room *room, struct ordering *o, struct error *err)
{
	return open_behind(room, o, end_of_lesson, err);
}

static enum room_outcome unlock_all(struct room *room, struct ordering *o, struct error *err)
{
	o->open = ROOM_NOWHERE;
	return room_write(room, set_pace, o, err);
}

static enum room_outcome pause_room(struct room *room, struct ordering *o, struct error *err)
{
	o->paused = true;
	return room_write(room, set_pace, o, err);
}

static enum room_outcome resume_room(struct room *room, struct ordering *o, struct error *err)
{
	o->paused = false;
	return room_write(room, set_pace, o, err);
}

/* ---- the timer ---- */

static int change_timer(struct room *room, struct db *db, void *data, struct error *err)
{
	const struct ordering *o = data;
	const char *text = order_field(o, "text");
	if (room_over(room, err))
		return ROOM_OVER;
	pthread_mutex_lock(&room->lock);
	free(room->timer_text);
	room->timer_ms = o->seconds > 0 ? room_now(room) + o->seconds * 1000 : 0;
	room->timer_text = xstrdup(o->seconds > 0 && text != NULL ? text : "");
	room_touch(room, NULL);
	pthread_mutex_unlock(&room->lock);
	return keep_pace(room, db, err) ? ROOM_DONE : STORE_FAILED;
}

static enum room_outcome order_timer(struct room *room, struct ordering *o, struct error *err)
{
	const char *text = order_field(o, "seconds"), *minutes = order_field(o, "minutes");
	long long seconds = 0, more = 0;
	bool good =
		(text == NULL || *text == '\0' || text_number(text, 0, TIMER_MOST_S, &seconds)) &&
		(minutes == NULL || *minutes == '\0' ||
			text_number(minutes, 0, TIMER_MOST_S / 60, &more));
	if (!good || (text == NULL && minutes == NULL))
		return (enum room_outcome)set_invalid(
			err, "'seconds' must be a number up to 86400; 0 stops the timer");
	o->seconds = seconds + more * 60;
	return room_write(room, change_timer, o, err);
}

static enum room_outcome timer_off(struct room *room, struct ordering *o, struct error *err)
{
	o->seconds = 0;
	return room_write(room, change_timer, o, err);
}

/* ---- messages ---- */

static int say_message(struct room *room, struct db *db, void *data, struct error *err)
{
	const struct ordering *o = data;
	const char *to = order_field(o, "to");
	bool all = to == NULL || *to == '\0' || text_same(to, "all");
	if (room_over(room, err))
		return ROOM_OVER;
	const struct room_learner *l = all ? NULL : room_find_learner(room, to);
	if (!all && l == NULL) {
		error_set_kind(err, ERROR_USAGE, "there is no learner '%s'", to);
		return ROOM_WRONG;
	}
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "text", order_field(o, "text"));
	cJSON_AddStringToObject(json, "to", all ? "all" : "you");
	return room_tell(room, db, all ? NULL : l->id, "message", json, err) ? ROOM_DONE
									     : STORE_FAILED;
}

static enum room_outcome order_message(struct room *room, struct ordering *o, struct error *err)
{
	const char *text = order_field(o, "text");
	if (text_is_blank(text) || strlen(text) > TEXT_MAX)
		return (enum room_outcome)set_invalid(
			err, "a message must have text, of at most 2000 bytes");
	return room_write(room, say_message, o, err);
}

/* Lowers a hand after an answer. */
static int lower_hand(struct room *room, struct db *db, void *data, struct error *err)
{
	const struct ordering *o = data;
	struct room_learner *l = room_find_learner(room, order_field(o, "to"));
	if (l == NULL) {
		error_set_kind(err, ERROR_USAGE, "this learner is not in the room");
		return ROOM_WRONG;
	}
	pthread_mutex_lock(&room->lock);
	free(l->hand);
	l->hand = NULL;
	l->hand_ms = 0;
	room_touch(room, l);
	pthread_mutex_unlock(&room->lock);
	return room_keep_learner(room, db, l, err) ? ROOM_DONE : STORE_FAILED;
}

static enum room_outcome order_lower_hand(struct room *room, struct ordering *o, struct error *err)
{
	return room_write(room, lower_hand, o, err);
}

/* ---- questions, and the end ---- */

static enum room_outcome order_question(struct room *room, struct ordering *o, struct error *err)
{
	return room_ask(room, o->order, err);
}

static enum room_outcome close_question(struct room *room, struct ordering *o, struct error *err)
{
	return room_write(room, room_close_question, o, err);
}

static int end_room(struct room *room, struct db *db, void *data, struct error *err)
{
	if (room_over(room, err))
		return ROOM_OVER;
	if (room_open_question(room) != NULL &&
		room_close_question(room, db, data, err) != ROOM_DONE)
		return STORE_FAILED;
	pthread_mutex_lock(&room->lock);
	room->ended_ms = room_now(room);
	room->timer_ms = 0;
	room_touch(room, NULL);
	pthread_mutex_unlock(&room->lock);
	return keep_pace(room, db, err) &&
			       room_tell(room, db, NULL, "end", cJSON_CreateObject(), err)
		       ? ROOM_DONE
		       : STORE_FAILED;
}

static enum room_outcome order_end(struct room *room, struct ordering *o, struct error *err)
{
	return room_write(room, end_room, o, err);
}

static const struct {
	const char *name;
	enum room_outcome (*run)(struct room *room, struct ordering *o, struct error *err);
} orders[] = {
	{"open", open_step},
	{"open-next", open_next},
	{"open-lesson", open_lesson},
	{"open-all", unlock_all},
	{"hold", pause_room},
	{"go", resume_room},
	{"timer", order_timer},
	{"timer-off", timer_off},
	{"message", order_message},
	{"lower", order_lower_hand},
	{"ask", order_question},
	{"close", close_question},
	{"end", order_end},
};

enum room_outcome room_control(struct room *room, const struct room_order *order, struct error *err)
{
	const char *name = order->value(order->data, "do");
	struct ordering o = {.order = order};
	pthread_mutex_lock(&room->lock);
	o.open = room->open;
	o.paused = room->paused;
	pthread_mutex_unlock(&room->lock);
	for (size_t i = 0; i < ARRAY_LENGTH(orders); i++)
		if (text_same(orders[i].name, name))
			return orders[i].run(room, &o, err);
	error_set_kind(err, ERROR_USAGE,
		"'do' must be open, open-next, open-lesson, open-all, hold, go, timer, timer-off, message, lower, ask, close or end");
	return ROOM_INVALID;
}

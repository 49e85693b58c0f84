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
	bool paused, on_break;
	int64_t seconds;
};

static const char *order_field(const struct ordering *o, const char *name)
{
	return o->order->value(o->order->data, name);
}

static int set_invalid(struct error *err, const char *why)
{
	error_set_kind(err, ERROR_USAGE, "%s", _(why));
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

/* Call with the lock. */
static void set_timer(struct room *room, int64_t end_ms, const char *text)
{
	free(room->timer_text);
	room->timer_ms = end_ms;
	room->timer_text = xstrdup(text);
}

static bool keep_pace(struct room *room, struct db *db, struct error *err)
{
	const struct room_step *open = room->open != ROOM_NOWHERE ? &room->steps[room->open] : NULL;
	return sql_run(db,
		       sql(db, err,
			       "UPDATE room SET open_lesson = ?, open_step = ?, hold = ?, timer_ms "
			       "= ?, timer_text = ?, ended_ms = ? WHERE id = ?",
			       "ttiitit", open != NULL ? open->lesson->anchor : NULL,
			       open != NULL ? open->step->id : NULL,
			       room->on_break ? (int64_t)ROOM_HOLD_BREAK : (int64_t)room->paused,
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
	room->question_shown = room->question_shown && o->paused;
	if (room->on_break && !o->paused) /* a break's timer ends with it */
		set_timer(room, 0, "");
	room->paused = o->paused;
	room->on_break = room->on_break && o->paused;
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

/* Locks what no one has come to, so that the instructor unlocks it step by step. */
static enum room_outcome order_by_step(struct room *room, struct ordering *o, struct error *err)
{
	o->open = 0;
	pthread_mutex_lock(&room->lock);
	for (size_t i = 0; i < room->learner_count; i++) {
		const struct room_learner *l = &room->learners[i];
		for (size_t k = o->open; k < room->step_count; k++)
			if (l->at == k || l->states[k] != ROOM_STEP_NONE)
				o->open = k;
	}
	pthread_mutex_unlock(&room->lock);
	return room_write(room, set_pace, o, err);
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
	bool on = o->seconds > 0;
	set_timer(
		room, on ? room_now(room) + o->seconds * 1000 : 0, on && text != NULL ? text : "");
	room->on_break = on && (o->on_break || room->on_break);
	room->paused = room->paused || room->on_break;
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

static enum room_outcome order_break(struct room *room, struct ordering *o, struct error *err)
{
	o->on_break = true;
	return order_timer(room, o, err);
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
	if (o->order->by != NULL)
		cJSON_AddStringToObject(json, "from", o->order->by);
	pthread_mutex_lock(&room->lock);
	room_touch(room, NULL);
	room->message_version = room->version;
	pthread_mutex_unlock(&room->lock);
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

static enum room_outcome order_tally(struct room *room, struct ordering *o, struct error *err)
{
	return room_order_tally(room, o->order, err);
}

/* ---- what the room is shown ---- */

static int change_zone(struct room *room, struct db *db, void *data, struct error *err)
{
	const char *name = data;
	if (!sql_run(db,
		    sql(db, err, "UPDATE room SET zone = ? WHERE id = ?", "tt", name, room->id),
		    err))
		return STORE_FAILED;
	pthread_mutex_lock(&room->lock);
	room_set_zone(room, name);
	room_touch(room, NULL);
	pthread_mutex_unlock(&room->lock);
	return ROOM_DONE;
}

static enum room_outcome order_zone(struct room *room, struct ordering *o, struct error *err)
{
	const char *name = order_field(o, "zone");
	struct zone *zone = NULL;
	if (!zone_open(name != NULL ? name : "", &zone, err))
		return ROOM_INVALID;
	zone_close(zone);
	cleanup_free char *copy = xstrdup(name);
	return room_write(room, change_zone, copy, err);
}

static int change_show(struct room *room, struct db *db, void *data, struct error *err)
{
	const enum board_show *show = data;
	if (!sql_run(db,
		    sql(db, err, "UPDATE room SET projector = ? WHERE id = ?", "it", (int64_t)*show,
			    room->id),
		    err))
		return STORE_FAILED;
	pthread_mutex_lock(&room->lock);
	room->show = *show;
	room_touch(room, NULL);
	pthread_mutex_unlock(&room->lock);
	return ROOM_DONE;
}

static enum room_outcome order_show(struct room *room, struct ordering *o, struct error *err)
{
	enum board_show show;
	if (!board_show_read(order_field(o, "what"), &show))
		return (enum room_outcome)set_invalid(err, "'what' must be auto, join or step");
	return room_write(room, change_show, &show, err);
}

/* ---- other instructors ---- */

static enum room_outcome order_teacher(struct room *room, struct ordering *o, struct error *err)
{
	return room_order_teacher(room, o->order, err);
}

static enum room_outcome order_teacher_off(struct room *room, struct ordering *o, struct error *err)
{
	return room_order_teacher_off(room, o->order, err);
}

/* ---- the end, and a new beginning ---- */

static int end_room(struct room *room, struct db *db, void *data, struct error *err)
{
	if (room_over(room, err))
		return ROOM_OVER;
	if (room_open_question(room) != NULL &&
		room_close_question(room, db, data, err) != ROOM_DONE)
		return STORE_FAILED;
	pthread_mutex_lock(&room->lock);
	room->ended_ms = room_now(room);
	set_timer(room, 0, "");
	room->paused = room->on_break = false;
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

/* Who comes back must not be told of the end. */
static int reopen_room(struct room *room, struct db *db, void *data, struct error *err)
{
	(void)data;
	if (room->ended_ms == 0) {
		error_set_kind(err, ERROR_USAGE, "the workshop has not ended");
		return ROOM_OVER;
	}
	if (!sql_run(db,
		    sql(db, err, "DELETE FROM room_event WHERE room = ? AND name = 'end'", "t",
			    room->id),
		    err))
		return STORE_FAILED;
	pthread_mutex_lock(&room->lock);
	room->ended_ms = 0;
	room_drop_events(room, "end");
	for (size_t i = 0; i < room->learner_count; i++)
		room->learners[i].since_ms = room_now(room);
	room_touch_all(room, room->version + 1);
	pthread_mutex_unlock(&room->lock);
	for (size_t i = 0; i < room->learner_count; i++)
		if (!room_keep_learner(room, db, &room->learners[i], err))
			return STORE_FAILED;
	return keep_pace(room, db, err) ? ROOM_DONE : STORE_FAILED;
}

static enum room_outcome order_reopen(struct room *room, struct ordering *o, struct error *err)
{
	return room_write(room, reopen_room, o, err);
}

static const struct {
	const char *name;
	bool first; /* only who has the first address */
	enum room_outcome (*run)(struct room *room, struct ordering *o, struct error *err);
} orders[] = {
	{"open", false, open_step},
	{"open-next", false, open_next},
	{"open-lesson", false, open_lesson},
	{"open-all", false, unlock_all},
	{"by-step", false, order_by_step},
	{"hold", false, pause_room},
	{"go", false, resume_room},
	{"timer", false, order_timer},
	{"timer-off", false, timer_off},
	{"break", false, order_break},
	{"message", false, order_message},
	{"lower", false, order_lower_hand},
	{"ask", false, order_question},
	{"poll", false, order_question},
	{"tally", false, order_tally},
	{"close", false, close_question},
	{"show", false, order_show},
	{"zone", false, order_zone},
	{"teacher", true, order_teacher},
	{"teacher-off", true, order_teacher_off},
	{"end", true, order_end},
	{"reopen", true, order_reopen},
};

enum room_outcome room_control(struct room *room, const struct room_order *order, struct error *err)
{
	const char *name = order->value(order->data, "do");
	struct ordering o = {.order = order};
	pthread_mutex_lock(&room->lock);
	o.open = room->open;
	o.paused = room->paused;
	pthread_mutex_unlock(&room->lock);
	for (size_t i = 0; i < ARRAY_LENGTH(orders); i++) {
		if (!text_same(orders[i].name, name))
			continue;
		if (!orders[i].first || order->by == NULL)
			return orders[i].run(room, &o, err);
		error_set_kind(err, ERROR_USAGE,
			"only the instructor who opened the workshop can do this");
		return ROOM_WRONG;
	}
	cleanup_buf struct buf all = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(orders); i++)
		buf_printf(&all, "%s%s", i > 0 ? ", " : "", orders[i].name);
	error_set_kind(err, ERROR_USAGE, "'do' must be one of: %s", buf_text(&all));
	return ROOM_INVALID;
}

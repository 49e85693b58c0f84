/* room/board.c - the state for learners, and the board, as JSON */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define MESSAGES_SHOWN 20

/* ---- the state ---- */

static cJSON *open_json(const struct room *room)
{
	if (room->open == ROOM_NOWHERE)
		return cJSON_CreateNull();
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "lesson", room->steps[room->open].lesson->anchor);
	cJSON_AddStringToObject(json, "step", room->steps[room->open].step->id);
	return json;
}

/* Uses the machine's current clock, even if it was changed in the meantime. */
static cJSON *timer_json(const struct room *room)
{
	if (room->timer_ms == 0)
		return cJSON_CreateNull();
	int64_t left = room->timer_ms - room_now(room);
	cJSON *json = cJSON_CreateObject();
	cJSON_AddNumberToObject(json, "until_ms", (double)(room->wall_ms() + left));
	cJSON_AddNumberToObject(json, "left_ms", (double)(left > 0 ? left : 0));
	cJSON_AddStringToObject(json, "text", room->timer_text);
	return json;
}

cJSON *room_state(struct room *room, int64_t *ret_id, int64_t *ret_changed)
{
	pthread_mutex_lock(&room->lock);
	struct room_question *question = room_open_question(room);
	cJSON *json = cJSON_CreateObject();
	cJSON_AddItemToObject(json, "open", open_json(room));
	cJSON_AddBoolToObject(json, "hold", room->paused);
	cJSON_AddItemToObject(json, "timer", timer_json(room));
	cJSON_AddItemToObject(json, "question",
		question != NULL ? room_question_json(question) : cJSON_CreateNull());
	cJSON_AddBoolToObject(json, "ended", room->ended_ms > 0);
	cJSON_AddNumberToObject(json, "now_ms", (double)room->wall_ms());
	*ret_id = room->committed;
	*ret_changed = room->state_id;
	pthread_mutex_unlock(&room->lock);
	return json;
}

uint64_t room_version(struct room *room)
{
	pthread_mutex_lock(&room->lock);
	uint64_t version = room->version;
	pthread_mutex_unlock(&room->lock);
	return version;
}

/* ---- learners ---- */

static void show_progress(const struct room *room, const struct room_learner *l,
	struct board_learner *shown, char *grid)
{
	static const char letters[] = {[ROOM_STEP_NONE] = '.',
		[ROOM_STEP_REACHED] = 'r',
		[ROOM_STEP_DONE] = 'd',
		[ROOM_STEP_SKIPPED] = 's',
		[ROOM_STEP_SHOWN] = 'h'};
	for (size_t i = 0; i < room->step_count; i++) {
		grid[i] = l->failed[i] ? 'f' : letters[l->states[i]];
		shown->done += l->states[i] == ROOM_STEP_DONE || l->states[i] == ROOM_STEP_SHOWN;
	}
	grid[room->step_count] = '\0';
	shown->grid = grid;
	shown->of = (unsigned)room->step_count;
}

void room_show_learner(const struct room *room, const struct room_learner *l,
	struct board_learner *ret, char *grid)
{
	static const char *const signals[] = {[ROOM_SIGNAL_NONE] = NULL,
		[ROOM_SIGNAL_DONE] = "done",
		[ROOM_SIGNAL_FAST] = "fast"};
	const struct room_step *at = l->at < room->step_count ? &room->steps[l->at] : NULL;
	*ret = (struct board_learner){
		.learner = l->id,
		.name = l->name,
		.lesson = at != NULL ? at->lesson->anchor : NULL,
		.step = at != NULL ? at->step->id : NULL,
		.step_title = at != NULL ? at->title : NULL,
		.line = l->lines ? l->line : NULL,
		.verdict = l->verdict,
		.hand = l->hand,
		.hand_s = l->hand != NULL ? (room_now(room) - l->hand_ms) / 1000 : 0,
		.signal = signals[l->signal],
		.stuck_s = room_learner_stuck_ms(room, l) / 1000,
		.at = at != NULL ? l->at : BOARD_NOWHERE,
		.here = l->here,
		.in_browser = l->seat != NULL,
		.waiting = room_learner_waits(room, l),
		.finished = room_learner_finished(room, l),
	};
	show_progress(room, l, ret, grid);
}

static cJSON *learner_json(const struct room *room, const struct room_learner *l)
{
	cleanup_free char *grid = xmalloc(room->step_count + 1);
	struct board_learner shown;
	room_show_learner(room, l, &shown, grid);
	return board_learner_json(&shown, true);
}

/* The projector has no single learners: even without names, rows point at people. */
static cJSON *learners_json(const struct room *room, enum room_view view, uint64_t since)
{
	cJSON *list = cJSON_CreateArray();
	for (size_t i = 0; i < room->learner_count && view == ROOM_BOARD; i++)
		if (room->learners[i].version > since)
			cJSON_AddItemToArray(list, learner_json(room, &room->learners[i]));
	return list;
}

/* ---- steps ---- */

static void count_learner(
	const struct room *room, const struct room_learner *l, struct board_step *steps, char *grid)
{
	struct board_learner shown;
	room_show_learner(room, l, &shown, grid);
	for (size_t i = 0; i < room->step_count; i++) {
		steps[i].reached += l->states[i] != ROOM_STEP_NONE;
		steps[i].done += l->states[i] == ROOM_STEP_DONE || l->states[i] == ROOM_STEP_SHOWN;
	}
	if (shown.at == BOARD_NOWHERE)
		return;
	steps[shown.at].here++;
	steps[shown.at].stuck += board_is_stuck(&shown, 0) == BOARD_STUCK_LONG;
}

static cJSON *steps_json(const struct room *room)
{
	cJSON *list = cJSON_CreateArray();
	cleanup_free struct board_step *steps = xcalloc(room->step_count + 1, sizeof *steps);
	cleanup_free char *grid = xmalloc(room->step_count + 1);
	for (size_t i = 0; i < room->learner_count; i++)
		count_learner(room, &room->learners[i], steps, grid);
	for (size_t i = 0; i < room->step_count; i++) {
		const struct room_step *s = &room->steps[i];
		steps[i].lesson = s->lesson->anchor;
		steps[i].step = s->step->id;
		steps[i].title = s->title;
		steps[i].kind = course_step_kind_name(s->step->kind);
		cJSON_AddItemToArray(list, board_step_json(&steps[i]));
	}
	return list;
}

static cJSON *lessons_json(const struct room *room)
{
	cJSON *list = cJSON_CreateArray();
	for (size_t i = 0; i < room->step_count; i++) {
		const struct course_lesson *lesson = room->steps[i].lesson;
		if (i > 0 && lesson == room->steps[i - 1].lesson)
			continue;
		cJSON_AddItemToArray(
			list, board_lesson_json(&(struct board_lesson){lesson->anchor,
				      lesson->number, lesson->title, i, lesson->step_count}));
	}
	return list;
}

/* ---- the whole board ---- */

void room_format_time(const struct room *room, int64_t wall_ms, char out[TIME_TEXT_SIZE])
{
	time_format_iso8601(wall_ms + 1000LL * zone_offset_s(room->zone, wall_ms / 1000), out);
	out[19] = '\0';
}

static void add_clock_text(cJSON *json, const struct room *room, const char *name, int64_t wall_ms)
{
	char text[TIME_TEXT_SIZE];
	room_format_time(room, wall_ms, text);
	text[16] = '\0';
	cJSON_AddStringToObject(json, name, text + 11);
}

static cJSON *question_json(const struct room *room, enum room_view view)
{
	const struct room_question *last =
		room->question_count > 0 ? &room->questions[room->question_count - 1] : NULL;
	bool shown = last != NULL && (last->closed_ms == 0 || room->question_shown);
	return shown ? room_question_board(last, view) : cJSON_CreateNull();
}

static cJSON *past_questions(const struct room *room, enum room_view view)
{
	cJSON *list = cJSON_CreateArray();
	for (size_t i = 0; i < room->question_count; i++)
		if (room->questions[i].closed_ms > 0)
			cJSON_AddItemToArray(list, room_question_board(&room->questions[i], view));
	return list;
}

/* The newest messages first. */
static cJSON *messages_json(const struct room *room)
{
	cJSON *list = cJSON_CreateArray();
	for (size_t i = room->event_count; i > 0 && cJSON_GetArraySize(list) < MESSAGES_SHOWN;
		i--) {
		const struct room_kept *e = &room->events[i - 1];
		if (!text_same(e->name, "message"))
			continue;
		const struct room_learner *to = NULL;
		for (size_t k = 0; e->learner != NULL && to == NULL && k < room->learner_count; k++)
			if (text_same(room->learners[k].id, e->learner))
				to = &room->learners[k];
		char at[TIME_TEXT_SIZE];
		room_format_time(room, e->at_ms, at);
		at[16] = '\0';
		cJSON *data = cJSON_Parse(e->data);
		const char *text = json_get_text(data, "text");
		cJSON_AddItemToArray(list, board_message_json(&(struct board_message){.at = at + 11,
						   .to = to != NULL ? to->name : e->learner,
						   .by = json_get_text(data, "from"),
						   .text = text != NULL ? text : ""}));
		cJSON_Delete(data);
	}
	return list;
}

/* ---- the step that most people are working on ---- */

/* Who waits for a locked step is done with the last unlocked one. */
static size_t working_at(const struct room *room, const struct room_learner *l)
{
	if (l->at >= room->step_count)
		return ROOM_NOWHERE;
	return room->open != ROOM_NOWHERE && l->at > room->open ? room->open : l->at;
}

static size_t find_focus(const struct room *room)
{
	cleanup_free unsigned *at = xcalloc(room->step_count + 1, sizeof *at);
	size_t best = ROOM_NOWHERE;
	for (size_t i = 0; i < room->learner_count; i++) {
		size_t step = working_at(room, &room->learners[i]);
		if (room->learners[i].here && step != ROOM_NOWHERE)
			at[step]++;
	}
	for (size_t i = 0; i < room->step_count; i++)
		if (at[i] > 0 && (best == ROOM_NOWHERE || at[i] > at[best]))
			best = i;
	return best == ROOM_NOWHERE && room->open != ROOM_NOWHERE ? room->open : best;
}

static cJSON *focus_json(const struct room *room)
{
	struct board_focus focus = {.at = find_focus(room)};
	if (focus.at == ROOM_NOWHERE)
		return cJSON_CreateNull();
	for (size_t i = 0; i < room->learner_count; i++) {
		const struct room_learner *l = &room->learners[i];
		focus.of += l->here;
		focus.done += l->here && l->states[focus.at] >= ROOM_STEP_DONE;
	}
	focus.task = room->steps[focus.at].task;
	focus.command = room->steps[focus.at].step->command;
	return board_focus_json(&focus);
}

static bool has_done_a_step(const struct room *room, const struct room_learner *l)
{
	for (size_t i = 0; i < room->step_count; i++)
		if (l->states[i] >= ROOM_STEP_DONE)
			return true;
	return false;
}

/* Adds everything that does not belong to a single learner. */
static void add_shape(const struct room *room, enum room_view view, cJSON *json)
{
	unsigned here = 0, hands = 0, done = 0, fast = 0, begun = 0;
	for (size_t i = 0; i < room->learner_count; i++) {
		here += room->learners[i].here;
		begun += room->learners[i].here && has_done_a_step(room, &room->learners[i]);
		hands += room->learners[i].hand != NULL;
		done += room->learners[i].signal == ROOM_SIGNAL_DONE;
		fast += room->learners[i].signal == ROOM_SIGNAL_FAST;
	}
	cJSON_AddNumberToObject(json, "clock_ms", (double)room->wall_ms());
	cJSON_AddStringToObject(json, "zone", room->zone_name);
	cJSON_AddNumberToObject(
		json, "offset_s", zone_offset_s(room->zone, room->wall_ms() / 1000));
	cJSON_AddStringToObject(json, "show", board_show_name(room->show));
	cJSON_AddItemToObject(json, "open", open_json(room));
	cJSON_AddNumberToObject(
		json, "open_at", room->open == ROOM_NOWHERE ? -1 : (double)room->open);
	cJSON_AddBoolToObject(json, "hold", room->paused);
	cJSON_AddBoolToObject(json, "break", room->on_break);
	cJSON_AddBoolToObject(json, "ended", room->ended_ms > 0);
	if (room->ended_ms > 0)
		add_clock_text(json, room, "ended_at", room->ended_ms);
	cJSON_AddItemToObject(json, "timer", timer_json(room));
	cJSON_AddItemToObject(json, "question", question_json(room, view));
	cJSON_AddItemToObject(json, "focus", focus_json(room));
	cJSON *counts = cJSON_AddObjectToObject(json, "counts");
	cJSON_AddNumberToObject(counts, "learners", (double)room->learner_count);
	cJSON_AddNumberToObject(counts, "here", here);
	cJSON_AddNumberToObject(counts, "hands", hands);
	cJSON_AddNumberToObject(counts, "done", done);
	cJSON_AddNumberToObject(counts, "fast", fast);
	cJSON_AddNumberToObject(counts, "begun", begun);
}

cJSON *room_board(struct room *room, enum room_view view, const char *join)
{
	cJSON *json = cJSON_CreateObject();
	pthread_mutex_lock(&room->lock);
	cJSON_AddStringToObject(json, "title", room->course->title);
	cJSON_AddStringToObject(json, "code", room->code);
	cJSON_AddStringToObject(json, "join", join);
	board_add_thresholds(json);
	add_shape(room, view, json);
	cJSON_AddItemToObject(json, "learners", learners_json(room, view, 0));
	cJSON_AddItemToObject(json, "lessons", lessons_json(room));
	cJSON_AddItemToObject(json, "steps", steps_json(room));
	cJSON_AddItemToObject(json, "questions", past_questions(room, view));
	if (view == ROOM_BOARD)
		cJSON_AddItemToObject(json, "messages", messages_json(room));
	pthread_mutex_unlock(&room->lock);
	return json;
}

cJSON *room_changes(struct room *room, enum room_view view, uint64_t *since)
{
	pthread_mutex_lock(&room->lock);
	cJSON *json = NULL;
	if (room->version > *since) {
		json = cJSON_CreateObject();
		add_shape(room, view, json);
		cJSON_AddItemToObject(json, "learners", learners_json(room, view, *since));
		if (view == ROOM_BOARD && room->message_version > *since)
			cJSON_AddItemToObject(json, "messages", messages_json(room));
		*since = room->version;
	}
	pthread_mutex_unlock(&room->lock);
	return json;
}

cJSON *room_questions(const struct room *room)
{
	cJSON *list = cJSON_CreateArray();
	for (size_t i = 0; i < room->quiz_count; i++) {
		const struct room_quiz *quiz = &room->quizzes[i];
		cJSON *json = cJSON_CreateObject();
		cJSON_AddStringToObject(json, "lesson", quiz->lesson->anchor);
		cJSON_AddStringToObject(json, "number", quiz->lesson->number);
		cJSON_AddStringToObject(json, "title", quiz->lesson->title);
		cJSON *questions = cJSON_AddArrayToObject(json, "questions");
		for (size_t k = 0; k < quiz->quiz->question_count; k++) {
			const struct quiz_question *q = &quiz->quiz->questions[k];
			if (q->kind->room_name == NULL)
				continue;
			cJSON *one = cJSON_CreateObject();
			cJSON_AddStringToObject(one, "id", q->id);
			cJSON_AddStringToObject(one, "text", q->text);
			cJSON_AddItemToArray(questions, one);
		}
		cJSON_AddItemToArray(list, json);
	}
	return list;
}

/* sync/event.c - parses events of a workshop's server from JSON: a pure function */
#include "sync.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

#define TIME_MAX 999999999999999 /* ms since 1970 */
#define OPTIONS_MAX 26           /* one letter each */

static const char *copy_text_at(const cJSON *json, const char *name, struct arena *arena)
{
	return arena_strdup(arena, json_get_text(json, name));
}

static void read_question_event(const cJSON *json, struct arena *arena, struct sync_question *q)
{
	q->id = copy_text_at(json, "id", arena);
	q->text = copy_text_at(json, "text", arena);
	q->kind = copy_text_at(json, "kind", arena);
	q->is_poll = json_is_true(json, "poll");
	const cJSON *options = json_get(json, "options"), *one;
	cJSON_ArrayForEach(one, options) {
		if (!cJSON_IsString(one) || q->option_count == OPTIONS_MAX)
			continue;
		q->options = arena_grow(arena, q->options, q->option_count, sizeof *q->options);
		q->options[q->option_count++] = arena_strdup(arena, one->valuestring);
	}
	if (q->id == NULL || q->text == NULL)
		*q = (struct sync_question){0};
}

static bool read_state_event(const cJSON *json, struct arena *arena, struct sync_event *e)
{
	const cJSON *open = json_get(json, "open"), *timer = json_get(json, "timer");
	e->open_lesson = copy_text_at(open, "lesson", arena);
	e->open_step = copy_text_at(open, "step", arena);
	e->paused = json_is_true(json, "hold");
	e->ended = json_is_true(json, "ended");
	e->timer_ms = json_get_integer_or(timer, "until_ms", 0, TIME_MAX, 0);
	e->timer_text = copy_text_at(timer, "text", arena);
	read_question_event(json_get(json, "question"), arena, &e->question);
	return true;
}

static bool read_message(const cJSON *json, struct arena *arena, struct sync_event *e)
{
	e->text = copy_text_at(json, "text", arena);
	e->to_all = !text_same(json_get_text(json, "to"), "you");
	return e->text != NULL;
}

static bool read_asked(const cJSON *json, struct arena *arena, struct sync_event *e)
{
	read_question_event(json, arena, &e->question);
	return e->question.id != NULL;
}

static bool read_answer_event(const cJSON *json, struct arena *arena, struct sync_event *e)
{
	const cJSON *right = json_get(json, "right");
	e->question.id = copy_text_at(json, "id", arena);
	e->text = copy_text_at(json, "text", arena);
	e->explanation = copy_text_at(json, "explanation", arena);
	e->yours = copy_text_at(json, "yours", arena);
	e->is_judged = cJSON_IsBool(right);
	e->right = cJSON_IsTrue(right);
	return e->question.id != NULL;
}

static bool read_end(const cJSON *json, struct arena *arena, struct sync_event *e)
{
	(void)json;
	(void)arena;
	e->ended = true;
	return true;
}

static const struct {
	const char *name;
	enum sync_news news;
	bool (*read)(const cJSON *json, struct arena *arena, struct sync_event *e);
} kinds[] = {
	{"state", SYNC_STATE, read_state_event},
	{"message", SYNC_MESSAGE, read_message},
	{"question", SYNC_QUESTION, read_asked},
	{"answer", SYNC_ANSWER, read_answer_event},
	{"end", SYNC_END, read_end},
};

bool sync_event_read(
	const char *name, const char *json, struct arena *arena, struct sync_event *ret)
{
	struct sync_event event = {0};
	bool good = false;
	cJSON *value = cJSON_Parse(json);
	for (size_t i = 0; cJSON_IsObject(value) && i < ARRAY_LENGTH(kinds); i++) {
		if (!text_same(kinds[i].name, name))
			continue;
		event.news = kinds[i].news;
		good = kinds[i].read(value, arena, &event);
	}
	cJSON_Delete(value);
	if (good)
		*ret = event;
	return good;
}

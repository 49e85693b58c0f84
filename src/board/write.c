/* board/write.c - parts of a board as JSON */
#include "board.h"
#include "json.h"

static void add_last_line(cJSON *json, const struct board_learner *l)
{
	cJSON *last = l->line != NULL ? cJSON_CreateObject() : cJSON_CreateNull();
	if (l->line != NULL) {
		cJSON_AddStringToObject(last, "line", l->line);
		cJSON_AddStringToObject(last, "verdict", l->verdict != NULL ? l->verdict : "");
	}
	cJSON_AddItemToObject(json, "last", last);
}

static void add_badges_json(cJSON *json, const struct board_learner *l)
{
	static const char *const tones[] = {
		[BOARD_QUIET] = "soft", [BOARD_GOOD] = "good", [BOARD_WARN] = "warn"};
	struct board_badge badges[BOARD_BADGES_MAX];
	size_t count = board_badges(l, badges);
	cJSON *list = cJSON_AddArrayToObject(json, "badges");
	for (size_t i = 0; i < count; i++) {
		cJSON *one = cJSON_CreateObject();
		cJSON_AddStringToObject(one, "words", badges[i].words);
		cJSON_AddStringToObject(one, "tone", tones[badges[i].tone]);
		cJSON_AddItemToArray(list, one);
	}
}

cJSON *board_learner_json(const struct board_learner *l, bool named)
{
	cJSON *json = cJSON_CreateObject();
	if (named) {
		cJSON_AddStringToObject(json, "name", l->name);
		cJSON_AddStringToObject(json, "learner", l->learner);
		json_add_text_or_null(json, "hand", l->hand);
		cJSON_AddNumberToObject(json, "hand_s", (double)l->hand_s);
		add_last_line(json, l);
		json_add_text_or_null(json, "signal", l->signal);
		add_badges_json(json, l);
		cJSON_AddBoolToObject(json, "browser", l->in_browser);
	}
	json_add_text_or_null(json, "lesson", l->lesson);
	json_add_text_or_null(json, "step", l->step);
	json_add_text_or_null(json, "step_title", l->step_title);
	cJSON_AddNumberToObject(json, "at",
		l->at != BOARD_NOWHERE ? (double)l->at
		: l->finished          ? (double)l->of
				       : -1);
	cJSON_AddNumberToObject(json, "stuck_s", (double)l->stuck_s);
	cJSON_AddBoolToObject(json, "waiting", l->waiting);
	cJSON_AddBoolToObject(json, "finished", l->finished);
	cJSON_AddBoolToObject(json, "here", l->here);
	cJSON_AddNumberToObject(json, "done", l->done);
	cJSON_AddNumberToObject(json, "of", l->of);
	cJSON_AddStringToObject(json, "grid", l->grid);
	return json;
}

cJSON *board_step_json(const struct board_step *s)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "lesson", s->lesson);
	cJSON_AddStringToObject(json, "step", s->step);
	cJSON_AddStringToObject(json, "title", s->title);
	cJSON_AddStringToObject(json, "kind", s->kind);
	cJSON_AddNumberToObject(json, "reached", s->reached);
	cJSON_AddNumberToObject(json, "done", s->done);
	cJSON_AddNumberToObject(json, "here", s->here);
	cJSON_AddNumberToObject(json, "stuck", s->stuck);
	return json;
}

cJSON *board_lesson_json(const struct board_lesson *l)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "lesson", l->lesson);
	cJSON_AddStringToObject(json, "number", l->number);
	cJSON_AddStringToObject(json, "title", l->title);
	cJSON_AddNumberToObject(json, "first", (double)l->first);
	cJSON_AddNumberToObject(json, "steps", (double)l->steps);
	return json;
}

cJSON *board_message_json(const struct board_message *m)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "at", m->at);
	json_add_text_or_null(json, "to", m->to);
	json_add_text_or_null(json, "by", m->by);
	cJSON_AddStringToObject(json, "text", m->text);
	return json;
}

cJSON *board_focus_json(const struct board_focus *f)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddNumberToObject(json, "at", (double)f->at);
	cJSON_AddNumberToObject(json, "done", f->done);
	cJSON_AddNumberToObject(json, "of", f->of);
	json_add_text_or_null(json, "task", f->task);
	json_add_text_or_null(json, "command", f->command);
	return json;
}

void board_add_thresholds(cJSON *board)
{
	cJSON_AddNumberToObject(board, "stuck_after_s", BOARD_STUCK_S);
	cJSON_AddNumberToObject(board, "stuck_long_after_s", BOARD_STUCK_LONG_S);
}

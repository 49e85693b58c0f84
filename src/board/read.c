/* board/read.c - reads a board from JSON */
#include "board.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

#define DAY_S 86400
#define NUMBER_MAX 999999999999999 /* the largest number accepted from a server */

/* Names and lines come from other people: reduce each to one line, but for the line breaks that
 * `kept` has. The screen drops any remaining control characters. */
static const char *copy_lines(struct arena *arena, const char *text, char kept)
{
	char *copy = arena_strdup(arena, text);
	for (char *c = copy; c != NULL && *c != '\0'; c++)
		if (((unsigned char)*c < 0x20 || *c == 0x7F) && *c != kept)
			*c = ' ';
	return copy;
}

static const char *copy_clean(struct arena *arena, const char *text)
{
	return copy_lines(arena, text, '\0');
}

static const char *read_clean_text(const cJSON *json, const char *name, struct arena *arena)
{
	return copy_clean(arena, json_get_text(json, name));
}

static unsigned count_at(const cJSON *json, const char *name)
{
	int64_t number = json_get_integer_or(json, name, 0, NUMBER_MAX, 0);
	return number > UINT32_MAX ? UINT32_MAX : (unsigned)number;
}

/* ---- parts of the board ---- */

static void read_board_steps(const cJSON *json, struct board *b)
{
	const cJSON *list = json_get(json, "steps"), *one;
	cJSON_ArrayForEach(one, list) {
		b->steps = arena_grow(&b->arena, b->steps, b->step_count, sizeof *b->steps);
		b->steps[b->step_count++] = (struct board_step){
			.title = read_clean_text(one, "title", &b->arena),
			.lesson = read_clean_text(one, "lesson", &b->arena),
			.step = read_clean_text(one, "step", &b->arena),
			.kind = read_clean_text(one, "kind", &b->arena),
			.reached = count_at(one, "reached"),
			.done = count_at(one, "done"),
			.here = count_at(one, "here"),
			.stuck = count_at(one, "stuck"),
		};
	}
}

static void read_board_lessons(const cJSON *json, struct board *b)
{
	const cJSON *list = json_get(json, "lessons"), *one;
	cJSON_ArrayForEach(one, list) {
		b->lessons = arena_grow(&b->arena, b->lessons, b->lesson_count, sizeof *b->lessons);
		b->lessons[b->lesson_count++] = (struct board_lesson){
			.lesson = read_clean_text(one, "lesson", &b->arena),
			.number = read_clean_text(one, "number", &b->arena),
			.title = read_clean_text(one, "title", &b->arena),
			.first = (size_t)json_get_integer_or(one, "first", 0, NUMBER_MAX, 0),
			.steps = (size_t)json_get_integer_or(one, "steps", 0, NUMBER_MAX, 0),
		};
	}
}

static void read_messages(const cJSON *json, struct board *b)
{
	const cJSON *list = json_get(json, "messages"), *one;
	cJSON_ArrayForEach(one, list) {
		const char *at = read_clean_text(one, "at", &b->arena);
		const char *text = read_clean_text(one, "text", &b->arena);
		b->messages =
			arena_grow(&b->arena, b->messages, b->message_count, sizeof *b->messages);
		b->messages[b->message_count++] = (struct board_message){
			.at = at != NULL ? at : "",
			.to = read_clean_text(one, "to", &b->arena),
			.by = read_clean_text(one, "by", &b->arena),
			.text = text != NULL ? text : "",
		};
	}
}

static void read_focus(const cJSON *json, struct board *b)
{
	size_t none = (size_t)NUMBER_MAX;
	size_t at = (size_t)json_get_integer_or(json, "at", 0, NUMBER_MAX, (int64_t)none);
	b->focus = (struct board_focus){
		.at = at < b->step_count ? at : BOARD_NOWHERE,
		.done = count_at(json, "done"),
		.of = count_at(json, "of"),
		.task = copy_lines(&b->arena, json_get_text(json, "task"), '\n'),
		.command = copy_lines(&b->arena, json_get_text(json, "command"), '\n'),
	};
}

static size_t find_step(const struct board *b, const char *lesson, const char *step)
{
	for (size_t i = 0; lesson != NULL && step != NULL && i < b->step_count; i++)
		if (text_same(b->steps[i].lesson, lesson) && text_same(b->steps[i].step, step))
			return i;
	return BOARD_NOWHERE;
}

/* The JSON names a step, and where it stands. */
static size_t read_step(const cJSON *json, const struct board *b)
{
	const char *lesson = json_get_text(json, "lesson"), *step = json_get_text(json, "step");
	size_t at = (size_t)json_get_integer_or(json, "at", 0, NUMBER_MAX, 0);
	if (at < b->step_count && text_same(b->steps[at].lesson, lesson) &&
		text_same(b->steps[at].step, step))
		return at;
	return find_step(b, lesson, step);
}

static struct board_learner read_learner(const cJSON *one, struct board *b)
{
	const cJSON *last = json_get(one, "last");
	struct arena *arena = &b->arena;
	const char *title = read_clean_text(one, "step_title", arena);
	const char *step = read_clean_text(one, "step", arena);
	const char *name = read_clean_text(one, "name", arena);
	const char *grid = read_clean_text(one, "grid", arena);
	return (struct board_learner){
		.learner = read_clean_text(one, "learner", arena),
		.name = name != NULL ? name : "?",
		.lesson = read_clean_text(one, "lesson", arena),
		.step = step,
		.step_title = title != NULL ? title : step,
		.line = read_clean_text(last, "line", arena),
		.verdict = read_clean_text(last, "verdict", arena),
		.hand = read_clean_text(one, "hand", arena),
		.signal = read_clean_text(one, "signal", arena),
		.stuck_s = json_get_integer_or(one, "stuck_s", 0, NUMBER_MAX, 0),
		.hand_s = json_get_integer_or(one, "hand_s", 0, NUMBER_MAX, 0),
		.done = count_at(one, "done"),
		.of = count_at(one, "of"),
		.at = read_step(one, b),
		.grid = grid != NULL && strlen(grid) == b->step_count ? grid : NULL,
		.here = json_is_true(one, "here"),
		.in_browser = json_is_true(one, "browser"),
		.waiting = json_is_true(one, "waiting"),
		.finished = json_is_true(one, "finished"),
	};
}

static void read_learners(const cJSON *json, struct board *b)
{
	const cJSON *list = json_get(json, "learners"), *one;
	cJSON_ArrayForEach(one, list) {
		b->learners =
			arena_grow(&b->arena, b->learners, b->learner_count, sizeof *b->learners);
		b->learners[b->learner_count++] = read_learner(one, b);
	}
}

static void add_answer_bar(struct board *b, const struct board_bar *bar)
{
	b->bars = arena_grow(&b->arena, b->bars, b->bar_count, sizeof *b->bars);
	b->bars[b->bar_count++] = *bar;
}

/* The options with their counts, or the typed answers with theirs. */
static void read_board_question(const cJSON *json, struct board *b)
{
	const cJSON *options = json_get(json, "options"), *counts = json_get(json, "counts"), *one;
	const cJSON *marks = json_get(json, "marks"), *words = json_get(json, "words");
	int at = 0;
	b->question_how = read_clean_text(json, "how", &b->arena);
	b->is_poll = json_is_true(json, "poll");
	b->tally = json_is_true(json, "tally");
	b->counted = cJSON_IsArray(counts) || cJSON_IsArray(words);
	b->question = copy_lines(&b->arena, json_get_text(json, "text"), '\n');
	b->answered = count_at(json, "answers");
	b->is_closed = cJSON_IsFalse(json_get(json, "open"));
	b->answered_right = count_at(json, "right");
	b->answer = read_clean_text(json, "answer", &b->arena);
	b->explanation = read_clean_text(json, "explanation", &b->arena);
	cJSON_ArrayForEach(one, options) {
		const cJSON *count = cJSON_GetArrayItem(counts, at);
		bool known = cJSON_IsNumber(count) && count->valuedouble > 0;
		const char *text =
			cJSON_IsString(one) ? copy_clean(&b->arena, one->valuestring) : "";
		bool right = cJSON_IsTrue(cJSON_GetArrayItem(marks, at));
		add_answer_bar(b, &(struct board_bar){text, known ? (unsigned)count->valueint : 0,
					  true, right});
		at++;
	}
	cJSON_ArrayForEach(one, words)
		add_answer_bar(b, &(struct board_bar){read_clean_text(one, "text", &b->arena),
					  count_at(one, "count"), false, false});
}

static void read_open(const cJSON *open, struct board *b)
{
	const char *lesson = json_get_text(open, "lesson"), *step = json_get_text(open, "step");
	b->open_at = find_step(b, lesson, step);
	if (b->open_at != BOARD_NOWHERE && b->steps[b->open_at].title != NULL)
		b->open = b->steps[b->open_at].title;
	else
		b->open = copy_clean(&b->arena, step != NULL ? step : lesson);
}

static void read_counts(const cJSON *counts, struct board *b)
{
	b->counts.learners = count_at(counts, "learners");
	b->counts.here = count_at(counts, "here");
	b->counts.hands = count_at(counts, "hands");
	b->counts.ready = count_at(counts, "done");
	b->counts.fast = count_at(counts, "fast");
	b->counts.begun = count_at(counts, "begun");
}

void board_read_json(const cJSON *json, struct board *ret)
{
	struct board b = {.taken_ms = clock_monotonic_ms()};
	const cJSON *timer = json_get(json, "timer");
	b.title = read_clean_text(json, "title", &b.arena);
	b.code = read_clean_text(json, "code", &b.arena);
	b.join = read_clean_text(json, "join", &b.arena);
	b.zone = read_clean_text(json, "zone", &b.arena);
	b.offset_s = json_get_integer_or(json, "offset_s", -DAY_S, DAY_S, 0);
	b.ended_at = read_clean_text(json, "ended_at", &b.arena);
	b.on_break = json_is_true(json, "break");
	if (!board_show_read(json_get_text(json, "show"), &b.show))
		b.show = BOARD_SHOW_AUTO;
	b.clock_ms = json_get_integer_or(json, "clock_ms", 0, NUMBER_MAX, 0);
	b.paused = json_is_true(json, "hold");
	b.ended = json_is_true(json, "ended");
	b.timer_ms = json_get_integer_or(timer, "until_ms", 0, NUMBER_MAX, 0);
	b.timer_text = read_clean_text(timer, "text", &b.arena);
	read_counts(json_get(json, "counts"), &b);
	read_board_steps(json, &b);
	read_board_lessons(json, &b);
	read_open(json_get(json, "open"), &b);
	read_learners(json, &b);
	read_messages(json, &b);
	read_focus(json_get(json, "focus"), &b);
	read_board_question(json_get(json, "question"), &b);
	*ret = b;
}

bool board_read(const char *text, struct board *ret, struct error *err)
{
	cJSON *json = cJSON_Parse(text);
	bool good = cJSON_IsObject(json);
	if (good)
		board_read_json(json, ret);
	cJSON_Delete(json);
	return good || error_set(err, 0, "unexpected reply from the server: it is not a board");
}

void board_finish(struct board *board)
{
	arena_finish(&board->arena);
	*board = (struct board){0};
}

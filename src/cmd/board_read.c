/* cmd/board_read.c - a workshop's board, from JSON to what a page shows */
#include "board.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_MOST 999999999999999 /* of what a server says */

/* Names and lines come from others: one line each. What is left that is no text, the screen drops.
 */
static const char *clean(struct arena *arena, const char *text)
{
	char *copy = arena_strdup(arena, text);
	for (char *c = copy; c != NULL && *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7F)
			*c = ' ';
	return copy;
}

static const char *text_at(const cJSON *json, const char *name, struct arena *arena)
{
	return clean(arena, json_get_text(json, name));
}

static unsigned count_at(const cJSON *json, const char *name)
{
	int64_t number = json_get_integer_or(json, name, 0, NUMBER_MOST, 0);
	return number > UINT32_MAX ? UINT32_MAX : (unsigned)number;
}

/* ---- its parts ---- */

static void read_steps(const cJSON *json, struct board *b)
{
	const cJSON *list = json_get(json, "steps"), *one;
	cJSON_ArrayForEach(one, list) {
		b->steps = arena_grow(&b->arena, b->steps, b->step_count, sizeof *b->steps);
		b->steps[b->step_count++] = (struct board_step){
			.title = text_at(one, "title", &b->arena),
			.lesson = text_at(one, "lesson", &b->arena),
			.step = text_at(one, "step", &b->arena),
			.reached = count_at(one, "reached"),
			.done = count_at(one, "done"),
			.stuck = count_at(one, "stuck"),
		};
	}
}

static void read_lessons(const cJSON *json, struct board *b)
{
	const cJSON *list = json_get(json, "lessons"), *one;
	cJSON_ArrayForEach(one, list) {
		b->lessons = arena_grow(&b->arena, b->lessons, b->lesson_count, sizeof *b->lessons);
		b->lessons[b->lesson_count++] = (struct board_lesson){
			.number = text_at(one, "number", &b->arena),
			.first = (size_t)json_get_integer_or(one, "first", 0, NUMBER_MOST, 0),
			.steps = (size_t)json_get_integer_or(one, "steps", 0, NUMBER_MOST, 0),
		};
	}
}

const struct board_lesson *board_read_lesson(const struct board *b, size_t step)
{
	for (size_t i = 0; step < b->step_count && i < b->lesson_count; i++)
		if (step >= b->lessons[i].first && step - b->lessons[i].first < b->lessons[i].steps)
			return &b->lessons[i];
	return NULL;
}

static size_t find_step(const struct board *b, const char *lesson, const char *step)
{
	for (size_t i = 0; lesson != NULL && step != NULL && i < b->step_count; i++)
		if (text_same(b->steps[i].lesson, lesson) && text_same(b->steps[i].step, step))
			return i;
	return BOARD_NOWHERE;
}

static struct board_learner read_learner(const cJSON *one, struct board *b)
{
	const cJSON *last = json_get(one, "last");
	struct arena *arena = &b->arena;
	const char *title = text_at(one, "step_title", arena);
	const char *name = text_at(one, "name", arena);
	const char *grid = text_at(one, "grid", arena);
	return (struct board_learner){
		.name = name != NULL ? name : "?",
		.place = title != NULL ? title : text_at(one, "step", arena),
		.line = text_at(last, "line", arena),
		.verdict = text_at(last, "verdict", arena),
		.hand = text_at(one, "hand", arena),
		.signal = text_at(one, "signal", arena),
		.stuck_s = json_get_integer_or(one, "stuck_s", 0, NUMBER_MOST, 0),
		.hand_s = json_get_integer_or(one, "hand_s", 0, NUMBER_MOST, 0),
		.done = count_at(one, "done"),
		.of = count_at(one, "of"),
		.at = find_step(b, json_get_text(one, "lesson"), json_get_text(one, "step")),
		.grid = grid != NULL && strlen(grid) == b->step_count ? grid : NULL,
		.here = json_is_true(one, "here"),
		.waiting = json_is_true(one, "waiting"),
		.finished = json_is_true(one, "finished"),
	};
}

/* Who has nothing to do is not stuck. */
static int rank(const struct board_learner *l)
{
	return !l->here ? 3 : l->finished ? 2 : l->waiting ? 1 : 0;
}

/* Who has something to do, and was longest without progress, first. */
static int compare(const void *one, const void *other)
{
	const struct board_learner *a = one, *b = other;
	if (rank(a) != rank(b))
		return rank(a) - rank(b);
	if (a->stuck_s != b->stuck_s)
		return a->stuck_s > b->stuck_s ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void read_learners(const cJSON *json, struct board *b)
{
	const cJSON *list = json_get(json, "learners"), *one;
	cJSON_ArrayForEach(one, list) {
		b->learners =
			arena_grow(&b->arena, b->learners, b->learner_count, sizeof *b->learners);
		b->learners[b->learner_count++] = read_learner(one, b);
	}
	if (b->learner_count > 1)
		qsort(b->learners, b->learner_count, sizeof *b->learners, compare);
}

static void add_bar(struct board *b, const char *text, unsigned count, bool right)
{
	b->bars = arena_grow(&b->arena, b->bars, b->bar_count, sizeof *b->bars);
	b->bars[b->bar_count++] = (struct board_bar){text, count, right};
}

/* Options with a count each, or what was typed with how often. */
static void read_question(const cJSON *json, struct board *b)
{
	const cJSON *options = json_get(json, "options"), *counts = json_get(json, "counts"), *one;
	const cJSON *marks = json_get(json, "marks"), *words = json_get(json, "words");
	int at = 0;
	b->question = text_at(json, "text", &b->arena);
	b->answered = count_at(json, "answers");
	b->is_closed = cJSON_IsFalse(json_get(json, "open"));
	b->answer = text_at(json, "answer", &b->arena);
	cJSON_ArrayForEach(one, options) {
		const cJSON *count = cJSON_GetArrayItem(counts, at);
		bool known = cJSON_IsNumber(count) && count->valuedouble > 0;
		const char *text = cJSON_IsString(one) ? clean(&b->arena, one->valuestring) : "";
		add_bar(b, text, known ? (unsigned)count->valueint : 0,
			cJSON_IsTrue(cJSON_GetArrayItem(marks, at)));
		at++;
	}
	cJSON_ArrayForEach(one, words)
		add_bar(b, text_at(one, "text", &b->arena), count_at(one, "count"), false);
}

static const char *read_open(const cJSON *open, struct board *b)
{
	const char *lesson = json_get_text(open, "lesson"), *step = json_get_text(open, "step");
	size_t at = find_step(b, lesson, step);
	if (at != BOARD_NOWHERE && b->steps[at].title != NULL)
		return b->steps[at].title;
	return clean(&b->arena, step != NULL ? step : lesson);
}

bool board_read(const char *json, struct board *ret, struct error *err)
{
	struct board b = {.taken_ms = clock_monotonic_ms()};
	cJSON *value = cJSON_Parse(json);
	if (!cJSON_IsObject(value)) {
		cJSON_Delete(value);
		return error_set(err, 0, "what came is no board");
	}
	const cJSON *timer = json_get(value, "timer");
	b.title = text_at(value, "title", &b.arena);
	b.code = text_at(value, "code", &b.arena);
	b.join = text_at(value, "join", &b.arena);
	b.clock_ms = json_get_integer_or(value, "clock_ms", 0, NUMBER_MOST, 0);
	b.hold = json_is_true(value, "hold");
	b.ended = json_is_true(value, "ended");
	b.timer_ms = json_get_integer_or(timer, "until_ms", 0, NUMBER_MOST, 0);
	b.timer_text = text_at(timer, "text", &b.arena);
	read_steps(value, &b);
	read_lessons(value, &b);
	b.open = read_open(json_get(value, "open"), &b);
	read_learners(value, &b);
	read_question(json_get(value, "question"), &b);
	cJSON_Delete(value);
	*ret = b;
	return true;
}

void board_read_finish(struct board *board)
{
	arena_finish(&board->arena);
	*board = (struct board){0};
}

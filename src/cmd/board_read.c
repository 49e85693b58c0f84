/* cmd/board_read.c - a workshop's board, from JSON to what a page shows */
#include "board.h"
#include "xapi.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

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
	return clean(arena, xapi_text(json, name));
}

static int64_t number_at(const cJSON *json, const char *name)
{
	const cJSON *number = xapi_at(json, name);
	bool sane = cJSON_IsNumber(number) && number->valuedouble > 0 && number->valuedouble < 1e15;
	return sane ? (int64_t)number->valuedouble : 0;
}

static unsigned count_at(const cJSON *json, const char *name)
{
	int64_t number = number_at(json, name);
	return number > UINT32_MAX ? UINT32_MAX : (unsigned)number;
}

static bool is_true(const cJSON *json, const char *name)
{
	return cJSON_IsTrue(xapi_at(json, name));
}

/* ---- its parts ---- */

static void read_steps(const cJSON *json, struct board *b)
{
	const cJSON *list = xapi_at(json, "steps"), *one;
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

static size_t find_step(const struct board *b, const char *lesson, const char *step)
{
	for (size_t i = 0; lesson != NULL && step != NULL && i < b->step_count; i++)
		if (text_same(b->steps[i].lesson, lesson) && text_same(b->steps[i].step, step))
			return i;
	return SIZE_MAX;
}

static struct board_learner read_learner(const cJSON *one, struct board *b)
{
	const cJSON *last = xapi_at(one, "last");
	struct arena *arena = &b->arena;
	const char *title = text_at(one, "step_title", arena);
	const char *name = text_at(one, "name", arena);
	return (struct board_learner){
		.name = name != NULL ? name : "?",
		.place = title != NULL ? title : text_at(one, "step", arena),
		.line = text_at(last, "line", arena),
		.verdict = text_at(last, "verdict", arena),
		.hand = text_at(one, "hand", arena),
		.signal = text_at(one, "signal", arena),
		.stuck_s = number_at(one, "stuck_s"),
		.hand_s = number_at(one, "hand_s"),
		.done = count_at(one, "done"),
		.of = count_at(one, "of"),
		.at = find_step(b, xapi_text(one, "lesson"), xapi_text(one, "step")),
		.here = is_true(one, "here"),
	};
}

static bool is_through(const struct board_learner *l)
{
	return l->of > 0 && l->done >= l->of;
}

/* Who is here and not through, and longest without progress, first. */
static int compare(const void *one, const void *other)
{
	const struct board_learner *a = one, *b = other;
	int away = (int)!a->here - (int)!b->here;
	int through = (int)is_through(a) - (int)is_through(b);
	if (away != 0 || through != 0)
		return away != 0 ? away : through;
	if (a->stuck_s != b->stuck_s)
		return a->stuck_s > b->stuck_s ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void read_learners(const cJSON *json, struct board *b)
{
	const cJSON *list = xapi_at(json, "learners"), *one;
	cJSON_ArrayForEach(one, list) {
		b->learners =
			arena_grow(&b->arena, b->learners, b->learner_count, sizeof *b->learners);
		b->learners[b->learner_count++] = read_learner(one, b);
	}
	if (b->learner_count > 1)
		qsort(b->learners, b->learner_count, sizeof *b->learners, compare);
}

static void read_question(const cJSON *json, struct board *b)
{
	const cJSON *list = xapi_at(json, "bars"), *one;
	b->question = text_at(json, "text", &b->arena);
	b->answered = count_at(json, "answered");
	cJSON_ArrayForEach(one, list) {
		b->bars = arena_grow(&b->arena, b->bars, b->bar_count, sizeof *b->bars);
		b->bars[b->bar_count++] = (struct board_bar){
			.text = text_at(one, "text", &b->arena),
			.count = count_at(one, "count"),
			.right = is_true(one, "right"),
		};
	}
}

static const char *read_open(const cJSON *open, struct board *b)
{
	const char *lesson = xapi_text(open, "lesson"), *step = xapi_text(open, "step");
	size_t at = find_step(b, lesson, step);
	if (at != SIZE_MAX && b->steps[at].title != NULL)
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
	const cJSON *timer = xapi_at(value, "timer");
	b.title = text_at(value, "title", &b.arena);
	b.code = text_at(value, "code", &b.arena);
	b.join = text_at(value, "join", &b.arena);
	b.clock_ms = number_at(value, "clock_ms");
	b.hold = is_true(value, "hold");
	b.ended = is_true(value, "ended");
	b.timer_ms = number_at(timer, "until_ms");
	b.timer_text = text_at(timer, "text", &b.arena);
	read_steps(value, &b);
	b.open = read_open(xapi_at(value, "open"), &b);
	read_learners(value, &b);
	read_question(xapi_at(value, "question"), &b);
	cJSON_Delete(value);
	*ret = b;
	return true;
}

void board_finish(struct board *board)
{
	arena_finish(&board->arena);
	*board = (struct board){0};
}

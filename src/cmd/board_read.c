/* cmd/board_read.c - parses a workshop's board from JSON into what a page shows */
#include "board.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 999999999999999 /* the largest number accepted from a server */

/* Names and lines come from other people: reduce each to one line. The screen drops any remaining
 * control characters. */
static const char *copy_clean(struct arena *arena, const char *text)
{
	char *copy = arena_strdup(arena, text);
	for (char *c = copy; c != NULL && *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7F)
			*c = ' ';
	return copy;
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
			.reached = count_at(one, "reached"),
			.done = count_at(one, "done"),
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
			.number = read_clean_text(one, "number", &b->arena),
			.first = (size_t)json_get_integer_or(one, "first", 0, NUMBER_MAX, 0),
			.steps = (size_t)json_get_integer_or(one, "steps", 0, NUMBER_MAX, 0),
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
	const char *title = read_clean_text(one, "step_title", arena);
	const char *name = read_clean_text(one, "name", arena);
	const char *grid = read_clean_text(one, "grid", arena);
	return (struct board_learner){
		.name = name != NULL ? name : "?",
		.place = title != NULL ? title : read_clean_text(one, "step", arena),
		.line = read_clean_text(last, "line", arena),
		.verdict = read_clean_text(last, "verdict", arena),
		.hand = read_clean_text(one, "hand", arena),
		.signal = read_clean_text(one, "signal", arena),
		.stuck_s = json_get_integer_or(one, "stuck_s", 0, NUMBER_MAX, 0),
		.hand_s = json_get_integer_or(one, "hand_s", 0, NUMBER_MAX, 0),
		.done = count_at(one, "done"),
		.of = count_at(one, "of"),
		.at = find_step(b, json_get_text(one, "lesson"), json_get_text(one, "step")),
		.grid = grid != NULL && strlen(grid) == b->step_count ? grid : NULL,
		.here = json_is_true(one, "here"),
		.waiting = json_is_true(one, "waiting"),
		.finished = json_is_true(one, "finished"),
	};
}

/* A learner with nothing to do is not stuck. */
static int urgency_of(const struct board_learner *l)
{
	return !l->here ? 3 : l->finished ? 2 : l->waiting ? 1 : 0;
}

/* Learners with something to do who have gone longest without progress come first. */
static int by_urgency(const void *one, const void *other)
{
	const struct board_learner *a = one, *b = other;
	if (urgency_of(a) != urgency_of(b))
		return urgency_of(a) - urgency_of(b);
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
		qsort(b->learners, b->learner_count, sizeof *b->learners, by_urgency);
}

static void add_answer_bar(struct board *b, const char *text, unsigned count, bool right)
{
	b->bars = arena_grow(&b->arena, b->bars, b->bar_count, sizeof *b->bars);
	b->bars[b->bar_count++] = (struct board_bar){text, count, right};
}

/* The options with their counts, or the typed answers with theirs. */
static void read_board_question(const cJSON *json, struct board *b)
{
	const cJSON *options = json_get(json, "options"), *counts = json_get(json, "counts"), *one;
	const cJSON *marks = json_get(json, "marks"), *words = json_get(json, "words");
	int at = 0;
	b->question = read_clean_text(json, "text", &b->arena);
	b->answered = count_at(json, "answers");
	b->is_closed = cJSON_IsFalse(json_get(json, "open"));
	b->answer = read_clean_text(json, "answer", &b->arena);
	cJSON_ArrayForEach(one, options) {
		const cJSON *count = cJSON_GetArrayItem(counts, at);
		bool known = cJSON_IsNumber(count) && count->valuedouble > 0;
		const char *text =
			cJSON_IsString(one) ? copy_clean(&b->arena, one->valuestring) : "";
		add_answer_bar(b, text, known ? (unsigned)count->valueint : 0,
			cJSON_IsTrue(cJSON_GetArrayItem(marks, at)));
		at++;
	}
	cJSON_ArrayForEach(one, words)
		add_answer_bar(
			b, read_clean_text(one, "text", &b->arena), count_at(one, "count"), false);
}

static const char *read_open(const cJSON *open, struct board *b)
{
	const char *lesson = json_get_text(open, "lesson"), *step = json_get_text(open, "step");
	size_t at = find_step(b, lesson, step);
	if (at != BOARD_NOWHERE && b->steps[at].title != NULL)
		return b->steps[at].title;
	return copy_clean(&b->arena, step != NULL ? step : lesson);
}

bool board_read(const char *json, struct board *ret, struct error *err)
{
	struct board b = {.taken_ms = clock_monotonic_ms()};
	cJSON *value = cJSON_Parse(json);
	if (!cJSON_IsObject(value)) {
		cJSON_Delete(value);
		return error_set(err, 0, "unexpected reply from the server: it is not a board");
	}
	const cJSON *timer = json_get(value, "timer");
	b.title = read_clean_text(value, "title", &b.arena);
	b.code = read_clean_text(value, "code", &b.arena);
	b.join = read_clean_text(value, "join", &b.arena);
	b.clock_ms = json_get_integer_or(value, "clock_ms", 0, NUMBER_MAX, 0);
	b.paused = json_is_true(value, "hold");
	b.ended = json_is_true(value, "ended");
	b.timer_ms = json_get_integer_or(timer, "until_ms", 0, NUMBER_MAX, 0);
	b.timer_text = read_clean_text(timer, "text", &b.arena);
	read_board_steps(value, &b);
	read_board_lessons(value, &b);
	b.open = read_open(json_get(value, "open"), &b);
	read_learners(value, &b);
	read_board_question(json_get(value, "question"), &b);
	cJSON_Delete(value);
	*ret = b;
	return true;
}

void board_read_finish(struct board *board)
{
	arena_finish(&board->arena);
	*board = (struct board){0};
}

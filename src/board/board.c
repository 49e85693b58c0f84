/* board/board.c - who is stuck, offline, ready; lists of who and what needs attention */
#include "board.h"

#include <stdlib.h>
#include <string.h>

enum board_stuck board_is_stuck(const struct board_learner *l, int64_t age_ms)
{
	int64_t stuck_ms = l->stuck_s * 1000 + age_ms;
	if (!l->here || l->waiting || l->finished)
		return BOARD_MOVING;
	return stuck_ms >= BOARD_STUCK_LONG_S * 1000 ? BOARD_STUCK_LONG
	       : stuck_ms >= BOARD_STUCK_S * 1000    ? BOARD_STUCK
						     : BOARD_MOVING;
}

size_t board_badges(const struct board_learner *l, struct board_badge ret[BOARD_BADGES_MAX])
{
	const struct {
		bool applies;
		struct board_badge badge;
	} all[BOARD_BADGES_MAX] = {
		{!l->here, {N_("offline"), BOARD_QUIET}},
		{l->hand != NULL, {N_("hand"), BOARD_WARN}},
		{text_same(l->signal, "done"), {N_("ready"), BOARD_GOOD}},
		{text_same(l->signal, "fast"), {N_("too fast"), BOARD_WARN}},
		{l->finished, {N_("finished"), BOARD_GOOD}},
		{l->waiting, {N_("waiting"), BOARD_QUIET}},
	};
	size_t count = 0;
	for (size_t i = 0; i < BOARD_BADGES_MAX; i++)
		if (all[i].applies)
			ret[count++] = all[i].badge;
	return count;
}

const struct board_lesson *board_lesson_of(const struct board *b, size_t step)
{
	for (size_t i = 0; step < b->step_count && i < b->lesson_count; i++)
		if (step >= b->lessons[i].first && step - b->lessons[i].first < b->lessons[i].steps)
			return &b->lessons[i];
	return NULL;
}

/* ---- lists ---- */

static bool is_stuck(const struct board_learner *l)
{
	return board_is_stuck(l, 0) != BOARD_MOVING;
}

static bool has_hand_up(const struct board_learner *l)
{
	return l->hand != NULL;
}

static int by_stuck(const void *one, const void *other)
{
	const struct board_learner *a = *(const struct board_learner *const *)one;
	const struct board_learner *b = *(const struct board_learner *const *)other;
	return (a->stuck_s < b->stuck_s) - (a->stuck_s > b->stuck_s);
}

static int by_hand(const void *one, const void *other)
{
	const struct board_learner *a = *(const struct board_learner *const *)one;
	const struct board_learner *b = *(const struct board_learner *const *)other;
	return (a->hand_s < b->hand_s) - (a->hand_s > b->hand_s);
}

static const struct board_learner **list_learners(const struct board *b,
	bool (*belongs)(const struct board_learner *l), int (*order)(const void *, const void *),
	size_t *ret_count)
{
	const struct board_learner **list = xcalloc(b->learner_count + 1, sizeof *list);
	size_t count = 0;
	for (size_t i = 0; i < b->learner_count; i++)
		if (belongs(&b->learners[i]))
			list[count++] = &b->learners[i];
	if (count > 1)
		qsort(list, count, sizeof *list, order);
	*ret_count = count;
	return list;
}

const struct board_learner **board_list_stuck(const struct board *b, size_t *ret_count)
{
	return list_learners(b, is_stuck, by_stuck, ret_count);
}

const struct board_learner **board_list_hands(const struct board *b, size_t *ret_count)
{
	return list_learners(b, has_hand_up, by_hand, ret_count);
}

static bool is_offline(const struct board_learner *l)
{
	return !l->here && !l->finished;
}

const struct board_learner **board_list_offline(const struct board *b, size_t *ret_count)
{
	return list_learners(b, is_offline, by_stuck, ret_count);
}

/* In the order of the course, if as many are stuck and at the step. */
static int by_stops(const void *one, const void *other)
{
	const struct board_step *a = *(const struct board_step *const *)one;
	const struct board_step *b = *(const struct board_step *const *)other;
	if (a->stuck != b->stuck)
		return a->stuck > b->stuck ? -1 : 1;
	if (a->here != b->here)
		return a->here > b->here ? -1 : 1;
	return (a > b) - (a < b);
}

const struct board_step **board_list_stops(const struct board *b, size_t *ret_count)
{
	const struct board_step **list = xcalloc(b->step_count + 1, sizeof *list);
	size_t count = 0;
	for (size_t i = 0; i < b->step_count; i++)
		if (b->steps[i].here > 0)
			list[count++] = &b->steps[i];
	if (count > 1)
		qsort(list, count, sizeof *list, by_stops);
	*ret_count = count;
	return list;
}

/* A learner with nothing to do is not stuck. */
static int urgency_of(const struct board_learner *l)
{
	return !l->here ? 3 : l->finished ? 2 : l->waiting ? 1 : 0;
}

static int by_urgency(const void *one, const void *other)
{
	const struct board_learner *a = one, *b = other;
	if (urgency_of(a) != urgency_of(b))
		return urgency_of(a) - urgency_of(b);
	if (a->stuck_s != b->stuck_s)
		return a->stuck_s > b->stuck_s ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int by_name(const void *one, const void *other)
{
	const struct board_learner *a = one, *b = other;
	cleanup_free char *x = utf8_fold(a->name), *y = utf8_fold(b->name);
	return strcmp(x, y);
}

static int by_progress(const void *one, const void *other)
{
	const struct board_learner *a = one, *b = other;
	return a->done != b->done ? (a->done < b->done) - (a->done > b->done) : by_name(one, other);
}

void board_sort(struct board *b, enum board_order order)
{
	static int (*const orders[])(const void *, const void *) = {
		[BOARD_BY_NEED] = by_urgency,
		[BOARD_BY_NAME] = by_name,
		[BOARD_BY_PROGRESS] = by_progress,
		[BOARD_BY_JOINING] = NULL,
	};
	if (b->learner_count > 1 && orders[order] != NULL)
		qsort(b->learners, b->learner_count, sizeof *b->learners, orders[order]);
}

/* ---- the projector ---- */

/* Learners arrive until half of those online have completed a step. */
static bool is_at_work(const struct board *b)
{
	return b->counts.begun > 0 && b->counts.begun * 2 >= b->counts.here;
}

enum board_scene board_scene(const struct board *b)
{
	if (b->ended)
		return BOARD_OVER;
	if (b->question != NULL && !b->is_closed)
		return BOARD_ASKING;
	if (b->paused && b->timer_ms > 0)
		return BOARD_BREAK;
	if (b->question != NULL)
		return BOARD_ASKING;
	if (b->show != BOARD_SHOW_AUTO)
		return b->show == BOARD_SHOW_JOIN ? BOARD_ARRIVAL : BOARD_WORKING;
	return is_at_work(b) ? BOARD_WORKING : BOARD_ARRIVAL;
}

static const char *const shows[] = {
	[BOARD_SHOW_AUTO] = "auto", [BOARD_SHOW_JOIN] = "join", [BOARD_SHOW_STEP] = "step"};

bool board_show_read(const char *name, enum board_show *ret)
{
	for (size_t i = 0; i < ARRAY_LENGTH(shows); i++)
		if (text_same(shows[i], name)) {
			*ret = (enum board_show)i;
			return true;
		}
	return false;
}

const char *board_show_name(enum board_show show)
{
	return shows[show];
}

unsigned board_done_in(const struct board_learner *l, const struct board_lesson *lesson)
{
	unsigned done = 0;
	size_t length = l->grid != NULL ? strlen(l->grid) : 0;
	for (size_t i = lesson->first; i < lesson->first + lesson->steps && i < length; i++)
		done += l->grid[i] == 'd' || l->grid[i] == 'h';
	return done;
}

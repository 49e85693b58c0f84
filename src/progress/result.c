/* progress/result.c - what follows from events: time on task, attempts, lines, reviews */
#include "progress.h"

#define GAP_MAX_MS ((int64_t)5 * 60 * 1000)

int64_t progress_gap_ms(int64_t last_ms, const struct progress_event *e)
{
	int64_t gap = e->time_ms - last_ms;
	bool is_pause = e->is == PROGRESS_INITIALIZED || gap > GAP_MAX_MS;
	return last_ms == 0 || gap < 0 || is_pause ? 0 : gap;
}

void progress_result_init(struct progress_result *r)
{
	*r = (struct progress_result){.first = -1, .best = -1, .last = -1};
}

static void apply_attempt(struct progress_result *r, const struct progress_event *e)
{
	double score = e->score < 0 ? e->is == PROGRESS_PASSED : e->score;
	if (r->attempts == 0 || e->time_ms < r->first_ms) {
		r->first = score;
		r->first_ms = e->time_ms;
	}
	if (e->time_ms >= r->last_ms) {
		r->last = score;
		r->last_ms = e->time_ms;
	}
	r->best = score > r->best ? score : r->best;
	r->attempts++;
}

/* Returns whether it was unset. */
static bool set_first(int64_t *when_ms, int64_t now_ms)
{
	if (*when_ms != 0)
		return false;
	*when_ms = now_ms;
	return true;
}

void progress_apply(struct progress_result *r, const struct progress_event *e, int64_t gap_ms,
	struct progress_news *ret)
{
	r->seen_ms = e->time_ms > r->seen_ms ? e->time_ms : r->seen_ms;
	r->time_ms += gap_ms;
	if (e->is == PROGRESS_ATTEMPTED && e->has_status) {
		r->lines++;
		r->failed_lines += e->status != 0;
	}
	ret->completed = e->is == PROGRESS_COMPLETED && set_first(&r->completed_ms, e->time_ms);
	ret->passed = e->is == PROGRESS_PASSED && set_first(&r->passed_ms, e->time_ms);
	if (progress_event_evaluates(e))
		apply_attempt(r, e);
}

bool progress_rate(struct review_card *card, double score, int64_t now_ms)
{
	if (now_ms < card->last_ms)
		return false;
	review_rate(&review_defaults, card, review_rating_of(score), now_ms);
	return true;
}

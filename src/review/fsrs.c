/* review/fsrs.c - FSRS-6: models memory as stability and difficulty, and schedules reviews in days.
 * Rounds to 8 decimals wherever ts-fsrs does, so that long runs give identical results. */
#include "review.h"

#include <math.h>
#include <string.h>

#define STABILITY_MIN 0.001
#define STABILITY_MAX 36500.0
#define MS_A_MINUTE 60000LL
#define MS_A_DAY 86400000LL
#define MINUTES_A_DAY 1440

const struct review_parameters review_defaults = {
	.w = {0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796,
		1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542},
	.retention = 0.9,
	.maximum_days = 36500,
	.short_term = true,
	.learning_steps = {1, 10},
	.learning_count = 2,
	.relearning_steps = {10},
	.relearning_count = 1,
};

struct review_card review_card_new(void)
{
	return (struct review_card){.state = REVIEW_NEW};
}

static double round_to_8(double x)
{
	return floor(x * 1e8 + 0.5) / 1e8;
}

static double clamp_value(double x, double min, double max)
{
	return x < min ? min : x > max ? max : x;
}

/* ---- the curve ---- */

static double curve_factor(const struct review_parameters *p)
{
	return round_to_8(exp(log(0.9) / -p->w[20]) - 1);
}

double review_retrievability(
	const struct review_parameters *p, double elapsed_days, double stability)
{
	return round_to_8(pow(1 + curve_factor(p) * elapsed_days / stability, -p->w[20]));
}

int review_interval(const struct review_parameters *p, double stability)
{
	double modifier = round_to_8((pow(p->retention, 1 / -p->w[20]) - 1) / curve_factor(p));
	return (int)clamp_value(floor(stability * modifier + 0.5), 1, p->maximum_days);
}

/* ---- memory ---- */

static double first_difficulty(const struct review_parameters *p, int rating)
{
	return round_to_8(p->w[4] - exp((rating - 1) * p->w[5]) + 1);
}

static double next_difficulty(const struct review_parameters *p, double d, int rating)
{
	double change = -p->w[6] * (rating - 3);
	double damped = d + round_to_8(change * (10 - d) / 9);
	return clamp_value(
		round_to_8(p->w[7] * first_difficulty(p, REVIEW_EASY) + (1 - p->w[7]) * damped), 1,
		10);
}

static double after_recall(
	const struct review_parameters *p, double d, double s, double r, int rating)
{
	double hard = rating == REVIEW_HARD ? p->w[15] : 1,
	       easy = rating == REVIEW_EASY ? p->w[16] : 1;
	double growth = exp(p->w[8]) * (11 - d) * pow(s, -p->w[9]) * (exp((1 - r) * p->w[10]) - 1);
	return round_to_8(
		clamp_value(s * (1 + growth * hard * easy), STABILITY_MIN, STABILITY_MAX));
}

static double after_forgetting(const struct review_parameters *p, double d, double s, double r)
{
	double next =
		p->w[11] * pow(d, -p->w[12]) * (pow(s + 1, p->w[13]) - 1) * exp((1 - r) * p->w[14]);
	return round_to_8(clamp_value(next, STABILITY_MIN, STABILITY_MAX));
}

static double within_a_day(const struct review_parameters *p, double s, int rating)
{
	double change = pow(s, -p->w[19]) * exp(p->w[17] * (rating - 3 + p->w[18]));
	if (rating >= REVIEW_HARD && change < 1)
		change = 1;
	return round_to_8(clamp_value(s * change, STABILITY_MIN, STABILITY_MAX));
}

void review_remember(const struct review_parameters *p, double elapsed_days,
	enum review_rating rating, double *stability, double *difficulty)
{
	double s = *stability, d = *difficulty;
	int grade = (int)rating;
	if (s <= 0) {
		*stability = p->w[grade - 1] > 0.1 ? p->w[grade - 1] : 0.1;
		*difficulty = clamp_value(first_difficulty(p, grade), 1, 10);
		return;
	}
	double r = review_retrievability(p, elapsed_days, s), next;
	if (elapsed_days == 0 && p->short_term) {
		next = within_a_day(p, s, grade);
	} else if (rating == REVIEW_AGAIN) {
		double max = p->short_term ? s / exp(p->w[17] * p->w[18]) : s;
		next = clamp_value(round_to_8(max), STABILITY_MIN, after_forgetting(p, d, s, r));
	} else {
		next = after_recall(p, d, s, r, grade);
	}
	*stability = next;
	*difficulty = next_difficulty(p, d, grade);
}

/* ---- the schedule ---- */

static void due_in_days(struct review_card *card, int days, int64_t now_ms)
{
	card->state = REVIEW_REVIEW;
	card->step = 0;
	card->scheduled_days = days;
	card->due_ms = now_ms + days * MS_A_DAY;
}

/* Minutes until the card is due again, and its next step; 0: no steps left. */
static int step_minutes(const struct review_parameters *p, enum review_state state, int step,
	enum review_rating rating, int *ret_step)
{
	bool again = state == REVIEW_REVIEW || state == REVIEW_RELEARNING;
	const int *steps = again ? p->relearning_steps : p->learning_steps;
	int count = (int)(again ? p->relearning_count : p->learning_count);
	*ret_step = 0;
	if (count == 0 || step >= count)
		return 0;
	if (rating == REVIEW_AGAIN)
		return steps[0];
	if (state == REVIEW_REVIEW || rating == REVIEW_EASY)
		return 0;
	if (rating == REVIEW_HARD) {
		*ret_step = step;
		return count == 1 ? (int)floor(steps[0] * 1.5 + 0.5)
				  : (int)floor((steps[0] + steps[1]) / 2.0 + 0.5);
	}
	*ret_step = step + 1;
	return step + 1 < count ? steps[step + 1] : 0;
}

static void take_step(const struct review_parameters *p, struct review_card *card,
	enum review_rating rating, enum review_state from, enum review_state to, int64_t now_ms)
{
	int step;
	int minutes = step_minutes(p, from, card->step, rating, &step);
	if (minutes <= 0) {
		due_in_days(card, review_interval(p, card->stability), now_ms);
		return;
	}
	card->due_ms = now_ms + minutes * MS_A_MINUTE;
	card->step = step;
	card->state = minutes < MINUTES_A_DAY ? to : REVIEW_REVIEW;
	card->scheduled_days = minutes / MINUTES_A_DAY;
}

/* Better answers get longer intervals, by at least one day. */
static int ordered_interval(const struct review_parameters *p, const struct review_card *card,
	double elapsed_days, enum review_rating rating, bool with_again)
{
	int days[REVIEW_EASY + 1];
	for (int i = REVIEW_AGAIN; i <= REVIEW_EASY; i++) {
		double s = card->stability, d = card->difficulty;
		review_remember(p, elapsed_days, (enum review_rating)i, &s, &d);
		days[i] = review_interval(p, s);
	}
	if (with_again) {
		days[1] = days[1] < days[2] ? days[1] : days[2];
		days[2] = days[2] > days[1] + 1 ? days[2] : days[1] + 1;
	} else {
		days[2] = days[2] < days[3] ? days[2] : days[3];
	}
	days[3] = days[3] > days[2] + 1 ? days[3] : days[2] + 1;
	days[4] = days[4] > days[3] + 1 ? days[4] : days[3] + 1;
	return days[rating];
}

static int64_t utc_day(int64_t ms)
{
	return ms >= 0 ? ms / MS_A_DAY : -((-ms + MS_A_DAY - 1) / MS_A_DAY);
}

void review_rate(const struct review_parameters *p, struct review_card *card,
	enum review_rating rating, int64_t now_ms)
{
	enum review_state from = card->state;
	double elapsed =
		from == REVIEW_NEW ? 0 : (double)(utc_day(now_ms) - utc_day(card->last_ms));
	elapsed = elapsed > 0 ? elapsed : 0;
	bool by_days = !p->short_term || (from == REVIEW_REVIEW && rating != REVIEW_AGAIN);
	int days = by_days ? ordered_interval(p, card, elapsed, rating, !p->short_term) : 0;
	review_remember(p, elapsed, rating, &card->stability, &card->difficulty);
	card->reviews++;
	card->lapses += from == REVIEW_REVIEW && rating == REVIEW_AGAIN;
	if (by_days)
		due_in_days(card, days, now_ms);
	else
		take_step(p, card, rating, from,
			from == REVIEW_NEW      ? REVIEW_LEARNING
			: from == REVIEW_REVIEW ? REVIEW_RELEARNING
						: from,
			now_ms);
	card->last_ms = now_ms;
}

void review_forecast(
	const int64_t *due_ms, size_t count, int64_t now_ms, unsigned *ret_days, size_t days)
{
	memset(ret_days, 0, days * sizeof *ret_days);
	for (size_t i = 0; i < count; i++) {
		int64_t day = utc_day(due_ms[i]) - utc_day(now_ms);
		if (day < (int64_t)days)
			ret_days[day > 0 ? day : 0]++;
	}
}

enum review_rating review_rating_of(double score)
{
	return score >= 1 - 1e-9 ? REVIEW_GOOD : score >= 0.5 ? REVIEW_HARD : REVIEW_AGAIN;
}

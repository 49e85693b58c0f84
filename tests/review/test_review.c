/* tests/review/test_review.c - the scheduler against reference values, and what must hold of any */
#include "review.h"
#include "suite.h"

#include <math.h>

#define NEAR 1e-6

static struct set {
	char name[64];
	struct review_parameters p;
} sets[8];
static size_t set_count;

static void read_set(char *line)
{
	struct set *set = &sets[set_count++];
	char *save = NULL, *word = strtok_r(line, " ", &save);
	*set = (struct set){0};
	snprintf(set->name, sizeof set->name, "%s", word);
	set->p.retention = atof(strtok_r(NULL, " ", &save));
	set->p.maximum_days = atoi(strtok_r(NULL, " ", &save));
	set->p.short_term = atoi(strtok_r(NULL, " ", &save)) != 0;
	for (int i = 0; i < REVIEW_WEIGHTS; i++)
		set->p.w[i] = atof(strtok_r(NULL, " ", &save));
	(void)strtok_r(NULL, " ", &save);
	while ((word = strtok_r(NULL, " ", &save)) != NULL && *word != '|')
		set->p.learning_steps[set->p.learning_count++] = atoi(word);
	while ((word = strtok_r(NULL, " ", &save)) != NULL)
		set->p.relearning_steps[set->p.relearning_count++] = atoi(word);
}

static struct review_parameters *find_set(const char *name)
{
	for (size_t i = 0; i < set_count; i++)
		if (text_same(sets[i].name, name))
			return &sets[i].p;
	ck_abort_msg("no set %s", name);
	return NULL;
}

struct walk {
	struct review_parameters *p;
	struct review_card card;
	unsigned curves, intervals, memories, rates;
};

static bool near(double a, double b)
{
	return fabs(a - b) <= NEAR * (fabs(b) > 1 ? fabs(b) : 1);
}

static void check_rate(struct walk *w, const char *line)
{
	long long at, due;
	int rating, state, days, step, reviews, lapses;
	double s, d;
	ck_assert_int_eq(sscanf(line, "rate %lld %d %d %lld %lf %lf %d %d %d %d", &at, &rating,
				 &state, &due, &s, &d, &days, &step, &reviews, &lapses),
		10);
	review_rate(w->p, &w->card, (enum review_rating)rating, at);
	const struct review_card *c = &w->card;
	ck_assert_msg(near(c->stability, s) && near(c->difficulty, d), "%s: %.9f %.9f", line,
		c->stability, c->difficulty);
	ck_assert_msg((int)c->state == state && c->due_ms == due && c->scheduled_days == days &&
			      c->step == step && c->reviews == reviews && c->lapses == lapses,
		"%s: state %d due %lld days %d step %d reviews %d lapses %d", line, (int)c->state,
		(long long)c->due_ms, c->scheduled_days, c->step, c->reviews, c->lapses);
	w->rates++;
}

static void check_line(struct walk *w, char *line)
{
	char name[64];
	double a, b, c;
	int rating, days;
	if (text_starts(line, "set ")) {
		read_set(line + 4);
	} else if (sscanf(line, "curve %63s %lf %lf %lf", name, &a, &b, &c) == 4) {
		double r = review_retrievability(find_set(name), a, b);
		ck_assert_msg(near(r, c), "%s: %.9f", line, r);
		w->curves++;
	} else if (sscanf(line, "interval %63s %lf %lf %d", name, &a, &b, &days) == 4) {
		struct review_parameters p = *find_set(name);
		p.retention = a;
		ck_assert_msg(
			review_interval(&p, b) == days, "%s: %d", line, review_interval(&p, b));
		w->intervals++;
	} else if (sscanf(line, "memory %63s", name) == 1 || sscanf(line, "run %63s", name) == 1) {
		w->p = find_set(name);
		w->card = review_card_new();
	} else if (sscanf(line, "remember %lf %d %lf %lf %d", &a, &rating, &b, &c, &days) == 5) {
		review_remember(w->p, a, (enum review_rating)rating, &w->card.stability,
			&w->card.difficulty);
		ck_assert_msg(near(w->card.stability, b) && near(w->card.difficulty, c) &&
				      review_interval(w->p, w->card.stability) == days,
			"%s: %.9f %.9f", line, w->card.stability, w->card.difficulty);
		w->memories++;
	} else if (*line != '#') {
		check_rate(w, line);
	}
}

START_TEST(reference_values_are_met)
{
	cleanup_free char *path = suite_data("review/fsrs.txt");
	cleanup_buf struct buf text = {0};
	struct error err = {0};
	struct walk w = {0};
	ck_assert_msg(file_read(path, 1 << 20, &text, &err), "%s", error_text(&err));
	for (char *save = NULL, *line = strtok_r(text.data, "\n", &save); line != NULL;
		line = strtok_r(NULL, "\n", &save))
		check_line(&w, line);
	ck_assert(set_count == 3 && w.curves == 75 && w.intervals == 72 && w.memories > 100 &&
		  w.rates > 20);
}
END_TEST

START_TEST(memory_stays_within_bounds)
{
	const struct review_parameters *p = &review_defaults;
	struct review_card card = review_card_new();
	uint64_t seed = 88172645463325252u + (uint64_t)_i;
	int64_t now = 1000000000000;
	for (int i = 0; i < 200; i++) {
		seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
		struct review_card before = card;
		enum review_rating rating = (enum review_rating)(1 + seed % 4);
		now += (int64_t)(seed % 40) * 43200000;
		review_rate(p, &card, rating, now);
		ck_assert(card.stability >= 0.001 && card.stability <= 36500);
		ck_assert(card.difficulty >= 1 && card.difficulty <= 10);
		ck_assert(card.due_ms > now && card.scheduled_days <= p->maximum_days);
		if (before.reviews > 0 && rating == REVIEW_AGAIN)
			ck_assert(card.stability <= before.stability);
		ck_assert(review_retrievability(p, 1, card.stability) >
			  review_retrievability(p, 30, card.stability));
	}
}
END_TEST

START_TEST(better_answers_wait_longer)
{
	int64_t due[REVIEW_EASY + 1] = {0};
	for (int i = REVIEW_AGAIN; i <= REVIEW_EASY; i++) {
		struct review_card card = review_card_new();
		review_rate(&review_defaults, &card, REVIEW_EASY, 0);
		review_rate(&review_defaults, &card, (enum review_rating)i, card.due_ms);
		due[i] = card.due_ms;
		ck_assert(due[i] > due[i - 1]);
	}
}
END_TEST

START_TEST(what_is_due_is_foretold)
{
	const int64_t day = 86400000, now = 20 * day + 5;
	const int64_t due[] = {0, now, now + 1, 21 * day, 22 * day - 1, 23 * day, 90 * day};
	unsigned days[4];
	review_forecast(due, ARRAY_LENGTH(due), now, days, ARRAY_LENGTH(days));
	ck_assert(days[0] == 3 && days[1] == 2 && days[2] == 0 && days[3] == 1);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{reference_values_are_met, 1},
		{memory_stays_within_bounds, 20},
		{better_answers_wait_longer, 1},
		{what_is_due_is_foretold, 1},
	};
	return suite_run("review", tests, ARRAY_LENGTH(tests), 20);
}

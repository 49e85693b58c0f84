/*
 * review.h - schedules reviews of learned items: FSRS-6 (Free Spaced Repetition Scheduler), as
 * ts-fsrs 5 computes it with fuzz off. Pure functions over plain values.
 *
 *     struct review_card card = review_card_new();
 *     review_rate(&review_defaults, &card, REVIEW_GOOD, clock_wall_ms());   // card.due_ms
 */
#ifndef REVIEW_H
#define REVIEW_H

#include "base.h"

#define REVIEW_WEIGHTS 21
#define REVIEW_STEPS_MAX 8

struct review_parameters {
	double w[REVIEW_WEIGHTS];
	double retention; /* target at the next review, 0 … 1 */
	int maximum_days; /* of an interval */
	bool short_term;  /* false: only whole days, no learning steps */
	int learning_steps[REVIEW_STEPS_MAX], relearning_steps[REVIEW_STEPS_MAX]; /* minutes */
	size_t learning_count, relearning_count;
};
extern const struct review_parameters review_defaults;

enum review_rating { REVIEW_AGAIN = 1, REVIEW_HARD, REVIEW_GOOD, REVIEW_EASY };
/* Rates a score of 0 … 1: right is "good", half right is "hard", anything else "again". */
enum review_rating review_rating_of(double score);
enum review_state { REVIEW_NEW, REVIEW_LEARNING, REVIEW_REVIEW, REVIEW_RELEARNING };

struct review_card {
	enum review_state state;
	int step;          /* index into the learning steps */
	double stability;  /* days until retrievability is 0.9; 0: not rated yet */
	double difficulty; /* 1 … 10 */
	int64_t due_ms;    /* wall clock */
	int64_t last_ms;   /* of the last rating */
	int scheduled_days, reviews, lapses;
};
struct review_card review_card_new(void);

/* The probability of recall after `elapsed_days`, rounded to 8 decimals like all results here. */
double review_retrievability(
	const struct review_parameters *p, double elapsed_days, double stability);
/* Whole days until retrievability falls to p->retention: 1 … p->maximum_days. */
int review_interval(const struct review_parameters *p, double stability);
/* Updates the memory after a rating; *stability 0: first rating. */
void review_remember(const struct review_parameters *p, double elapsed_days,
	enum review_rating rating, double *stability, double *difficulty);
/* Rates a card at `now_ms`: updates memory, state and due time. Days are counted by UTC dates. */
void review_rate(const struct review_parameters *p, struct review_card *card,
	enum review_rating rating, int64_t now_ms);
/* Counts how many of `count` cards are due on each of the next `days` days; overdue ones count for
 * the first. */
void review_forecast(
	const int64_t *due_ms, size_t count, int64_t now_ms, unsigned *ret_days, size_t days);

#endif

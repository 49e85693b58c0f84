/*
 * progress.h - what a statement says about learning, and what follows from a person's statements:
 * time on task, scores, lines. `ropes progress` and the lead's pages derive their figures here, so
 * that they cannot disagree.
 *
 *     struct progress_event event;
 *     progress_event_read(statement, &event);
 *     int64_t gap_ms = progress_gap_ms(last_ms, &event);
 *     progress_apply(&result_of_the_lesson, &event, gap_ms, &news);
 *     progress_event_finish(&event);
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "base.h"
#include "review.h"
#include "xapi.h"

/* ---- event.c ---- */

enum progress_is {
	PROGRESS_OTHER,
	PROGRESS_INITIALIZED, /* a session began */
	PROGRESS_ATTEMPTED,
	PROGRESS_ANSWERED,
	PROGRESS_COMPLETED,
	PROGRESS_PASSED,
	PROGRESS_FAILED,
};

/* Strings live in the statement, except the person's key. */
struct progress_event {
	enum progress_is is;
	char *person; /* an actor's key; NULL: not a learning event */
	const char *name;
	const char *object, *object_title;
	const char *course, *course_title;             /* titles: "" if not given */
	const char *lesson, *lesson_title, *objective; /* lesson: NULL: not in a lesson */
	int64_t lessons, place;                        /* below 0: not given */
	int64_t time_ms;
	double score; /* below 0: no score */
	bool has_status;
	int status; /* of a command */
};

void progress_event_read(const cJSON *statement, struct progress_event *ret);
void progress_event_finish(struct progress_event *event);
/* The verb for webhooks: "completed". */
const char *progress_event_name(const struct progress_event *event);
/* Returns whether it is an attempt at a lesson's quiz. */
bool progress_event_evaluates(const struct progress_event *event);

/* ---- result.c ---- */

/* Time on task is the sum of the gaps between a person's events, whatever course they are of; a gap
 * belongs to the event that ends it. Neither a longer pause than five minutes counts, nor the time
 * before a session. last_ms 0: it is the first event. */
int64_t progress_gap_ms(int64_t last_ms, const struct progress_event *event);

/* A person's result in a lesson. Times are ms since 1970, scores 0 … 1. */
struct progress_result {
	int64_t completed_ms, passed_ms; /* the first time; 0: not yet */
	int64_t attempts;                /* at the quiz */
	double first, best, last;        /* their scores; below 0: none */
	int64_t first_ms, last_ms;       /* of the attempts */
	int64_t time_ms, seen_ms;        /* on task; of the last event */
	int64_t lines, failed_lines;
};
void progress_result_init(struct progress_result *result);

struct progress_news {
	bool completed, passed; /* for the first time */
};
/* Applies an event in the lesson. First, best and last follow the time of the attempts, not the
 * order of arrival. */
void progress_apply(struct progress_result *result, const struct progress_event *event,
	int64_t gap_ms, struct progress_news *ret);

/* An answer to a question decides when it is asked again; a late arrival does not. Returns whether
 * the card changed. */
bool progress_rate(struct review_card *card, double score, int64_t now_ms);

#endif

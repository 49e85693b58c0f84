/*
 * tracker.h - who of a team is where: people, teams, assigned courses with due dates, and what
 * follows from everybody's statements (lessons, aims, scores, time, answers, reviews, days). It
 * keeps no statement: they come from a Learning Record Store, this machine's or another, and what
 * is kept here is made anew from them at any time. Asking costs the same however many statements
 * there were.
 *
 * Times are milliseconds since 1970; scores are 0 … 1, and below 0 where there is none.
 */
#ifndef TRACKER_H
#define TRACKER_H

#include "base.h"
#include "store.h"

#include <cjson/cJSON.h>

struct tracker;

/* The store lives longer than what it is opened for. */
bool tracker_open(struct store *store, struct tracker **ret, struct error *err);
void tracker_close(struct tracker *tracker);

/* ---- from statements ---- */

/* What was taken of them so far, as tracker_take() was told; "" at first. The caller frees it. */
char *tracker_position(struct tracker *tracker);
/* Statements in the order in which they were stored; the position is kept in the same transaction
 * (NULL: it stays; they are taken again, which is no news to webhooks), and whose statements are to
 * be taken again (actors' keys; NULL: nobody's), as one of them was voided. What is no statement of
 * learning is passed over. `erased` is what tracker_erased() said before they were read: nothing is
 * taken where it says something else now, as some may be of a person who is gone. */
bool tracker_take(struct tracker *tracker, cJSON *const *statements, size_t count,
	const char *position, const struct words *again, int64_t erased, struct error *err);
/* How many people were erased, by whatever program. */
int64_t tracker_erased(struct tracker *tracker);
/* Somebody whose statements are to be taken again: what followed from them is dropped by
 * tracker_forget(), those up to the position are taken, and then it is done. NULL: nobody. The
 * caller frees it. */
char *tracker_again(struct tracker *tracker);
bool tracker_again_done(struct tracker *tracker, const char *actor, struct error *err);
/* The same for statements of which some may have been taken before: those are known by their ids,
 * which are kept for all that were stored after `since_ms`. *ret_fresh: how many were new. */
bool tracker_take_once(struct tracker *tracker, cJSON *const *statements, size_t count,
	const char *position, int64_t since_ms, unsigned *ret_fresh, struct error *err);
/* Whether a statement was taken so, by its id. */
bool tracker_has_seen(struct tracker *tracker, const char *id);
/* What followed from a person's statements (an actor's key) is dropped, to be taken again. */
bool tracker_forget(struct tracker *tracker, const char *actor, struct error *err);
/* The same for all, with the position. Teams, assignments and people stay. */
bool tracker_forget_all(struct tracker *tracker, struct error *err);

/* ---- people and teams ---- */

/* A roster as CSV (RFC 4180) with a head line: `name`, `account` (or `email`), `team`. Who is there
 * is renamed and joins the team. *ret_count: people. Errors name the line; then nothing is changed.
 */
bool tracker_roster(struct tracker *tracker, const char *csv, const char *home, unsigned *ret_count,
	struct error *err);
bool tracker_team_add(struct tracker *tracker, const char *name, struct error *err);
bool tracker_team_remove(struct tracker *tracker, const char *name, struct error *err);
/* A course (its name in ropes' catalogue, or an activity's IRI) is to be completed by a day; team
 * NULL: by everybody. due_ms 0: the assignment ends. */
bool tracker_assign(struct tracker *tracker, const char *course, const char *team, int64_t due_ms,
	struct error *err);
/* Removes a person and all that is known of them. ERROR_FAILED: there is none. */
bool tracker_erase(struct tracker *tracker, int64_t person, struct error *err);
/* From now on pages and exports show "P-1234" in the place of names. */
bool tracker_pseudonyms(struct tracker *tracker, bool on, struct error *err);
bool tracker_has_pseudonyms(struct tracker *tracker);
/* The caller frees it. */
char *tracker_alias(int64_t person);
/* A value that belongs to the tracker, by its name; NULL: none. The caller frees it. */
char *tracker_setting(struct tracker *tracker, const char *name);
bool tracker_set(struct tracker *tracker, const char *name, const char *value, struct error *err);

/* 0: there is no such team. */
int64_t tracker_team_find(struct tracker *tracker, const char *name);
/* A person by key, account, name or number; 0: none, or several. */
int64_t tracker_person_find(struct tracker *tracker, const char *words);
bool tracker_in_team(struct tracker *tracker, int64_t team, int64_t person);

/* ---- reading. A team of 0 is everybody. `each` gets rows whose texts live until it returns. ----
 */

struct tracker_team {
	int64_t id;
	const char *name;
	unsigned people, overdue;
};
typedef void (*tracker_each_team)(void *data, const struct tracker_team *team);
bool tracker_teams(struct tracker *tracker, tracker_each_team each, void *data, struct error *err);

struct tracker_person {
	int64_t id;
	const char *key, *name; /* key: "" where pseudonyms are on */
	const char *teams;      /* "Blue, Red" */
	int64_t first_ms, last_ms;
	unsigned reviews_due;
};
/* False with ERROR_FAILED: there is no such person. */
bool tracker_person(struct tracker *tracker, int64_t person,
	void (*each)(void *data, const struct tracker_person *person), void *data,
	struct error *err);
/* The key under which their statements are found, whatever pages show; NULL: none. The caller frees
 * it.
 */
char *tracker_person_key(struct tracker *tracker, int64_t person);

/* A person at a course that they began or were assigned. */
struct tracker_enrolment {
	int64_t person, course;
	const char *name, *key, *teams, *course_title;
	unsigned lessons;                      /* of the course, as far as known */
	unsigned completed, passed, evaluated; /* lessons; passed is the number of aims reached */
	double first, best, last;              /* means over the evaluated lessons */
	int64_t time_ms, begun_ms, last_ms;    /* 0: never */
	int64_t due_ms;                        /* 0: not assigned */
	int64_t done_ms;                       /* when the last lesson was completed; 0: not yet */
	bool overdue;                          /* due, and not done */
	unsigned reviews_due;
};
/* Who is late comes first, the latest first; then by the time since they were last seen. `person`
 * 0: all; `course` 0: all. */
bool tracker_enrolments(struct tracker *tracker, int64_t team, int64_t person, int64_t course,
	void (*each)(void *data, const struct tracker_enrolment *enrolment), void *data,
	struct error *err);

/* A person at a lesson. */
struct tracker_result {
	int64_t person, course, lesson;
	const char *name, *key, *course_title, *iri, *title, *objective;
	int64_t completed_ms, passed_ms; /* 0: not yet */
	unsigned attempts, lines, failed_lines;
	double first, best, last;
	int64_t time_ms, last_ms;
};
/* By person, course, and the order of the lessons. */
bool tracker_results(struct tracker *tracker, int64_t team, int64_t person, int64_t course,
	void (*each)(void *data, const struct tracker_result *result), void *data,
	struct error *err);

struct tracker_course {
	int64_t id;
	const char *iri, *title;
	unsigned lessons, people;
};
bool tracker_courses(struct tracker *tracker, int64_t team,
	void (*each)(void *data, const struct tracker_course *course), void *data,
	struct error *err);

/* A lesson of a course, over all of a team. */
struct tracker_lesson {
	int64_t id;
	const char *title, *objective;
	unsigned begun, completed, passed, evaluated;
	double first, best; /* means */
	int64_t time_ms;    /* mean */
};
bool tracker_lessons(struct tracker *tracker, int64_t team, int64_t course,
	void (*each)(void *data, const struct tracker_lesson *lesson), void *data,
	struct error *err);

/* A question and everybody's first answers to it, as quiz_item_statistics() defines them. */
struct tracker_item {
	int64_t id;
	const char *title, *iri, *course_title;
	unsigned people;
	double facility, discrimination, efficiency; /* NAN: not known */
	double last;                                 /* mean of the last answers */
};
/* The hardest first; `course` 0: of all, then without discrimination and efficiency. */
bool tracker_items(struct tracker *tracker, int64_t team, int64_t course, unsigned max,
	void (*each)(void *data, const struct tracker_item *item), void *data, struct error *err);

/* A day (since 1970) with what was done on it. */
struct tracker_day {
	int64_t day;
	unsigned people, events, completed, passed;
	int64_t time_ms;
};
/* From a day on, those with anything, in order. */
bool tracker_days(struct tracker *tracker, int64_t team, int64_t person, int64_t course,
	int64_t from_day, void (*each)(void *data, const struct tracker_day *day), void *data,
	struct error *err);

/* ---- webhooks: what happens is posted to addresses that asked for it ---- */

bool tracker_hook_add(struct tracker *tracker, const char *url, const char *secret, int64_t *ret_id,
	struct error *err);
bool tracker_hook_remove(struct tracker *tracker, int64_t id, struct error *err);
struct tracker_hook {
	int64_t id;
	const char *url;
	unsigned waiting;
	const char *problem; /* of the last try; "" */
};
bool tracker_hooks(struct tracker *tracker,
	void (*each)(void *data, const struct tracker_hook *hook), void *data, struct error *err);
struct tracker_delivery {
	int64_t id;
	char *url, *secret, *body;
	unsigned tries;
};
void tracker_delivery_finish(struct tracker_delivery *delivery);
/* The next that is to be posted by now; false where there is none. */
bool tracker_delivery_next(struct tracker *tracker, struct tracker_delivery *ret);
/* problem NULL: it arrived; else it is tried again later, for two days. */
bool tracker_delivery_done(struct tracker *tracker, const struct tracker_delivery *delivery,
	const char *problem, struct error *err);

#endif

/*
 * tracker.h - a team's progress: people, teams, assigned courses with due dates, and what follows
 * from everybody's statements (lessons, objectives, scores, time, answers, reviews, days). The
 * tracker stores no statements: they come from a Learning Record Store on this machine or another
 * one, and everything here can be rebuilt from them at any time. The cost of a query does not
 * depend on the number of statements.
 *
 * Times are milliseconds since 1970; scores are 0 … 1, and below 0 if there is none.
 */
#ifndef TRACKER_H
#define TRACKER_H

#include "base.h"
#include "store.h"

#include <cjson/cJSON.h>

struct tracker;

/* The store must outlive the tracker. */
bool tracker_open(struct store *store, struct tracker **ret, struct error *err);
void tracker_close(struct tracker *tracker);

/* ---- from statements ---- */

/* The position passed to tracker_take() last; "" at first. The caller frees it. */
char *tracker_position(struct tracker *tracker);
/* Applies statements in the order in which they were stored, and saves the position in the same
 * transaction (NULL: the position stays, and webhooks get no events, since the statements are
 * applied again). `again` lists the keys of actors whose statements must be applied again because
 * one of them was voided; NULL: none. Statements that are not about learning are skipped. `erased`
 * is the value that tracker_erased() had before the statements were read: if it has changed since,
 * nothing is applied, because some of them may belong to an erased person. */
bool tracker_take(struct tracker *tracker, cJSON *const *statements, size_t count,
	const char *position, const struct words *again, int64_t erased, struct error *err);
/* The number of people erased so far, by any program. */
int64_t tracker_erased(struct tracker *tracker);
/* The next actor whose statements must be applied again: call tracker_forget(), apply the actor's
 * statements up to the position, then call tracker_again_done(). NULL: none. The caller frees the
 * key. */
char *tracker_again(struct tracker *tracker);
bool tracker_again_done(struct tracker *tracker, const char *actor, struct error *err);
/* Like tracker_take(), for statements that may have been applied before. Duplicates are detected by
 * id; ids are kept for everything stored after `since_ms`. *ret_fresh: the number of new ones. */
bool tracker_take_once(struct tracker *tracker, cJSON *const *statements, size_t count,
	const char *position, int64_t since_ms, unsigned *ret_fresh, struct error *err);
/* Returns whether tracker_take_once() applied a statement with this id. */
bool tracker_has_seen(struct tracker *tracker, const char *id);
/* Drops what followed from one person's statements (an actor's key), to apply them again. */
bool tracker_forget(struct tracker *tracker, const char *actor, struct error *err);
/* Drops what followed from all statements, and the position. Teams, assignments and people stay. */
bool tracker_forget_all(struct tracker *tracker, struct error *err);

/* ---- people and teams ---- */

/* Imports a roster in CSV (RFC 4180) with a header line: `name`, `account` (or `email`), `team`.
 * Existing people are renamed and added to the team. *ret_count: people. Errors name the line and
 * change nothing. */
bool tracker_roster(struct tracker *tracker, const char *csv, const char *home, unsigned *ret_count,
	struct error *err);
bool tracker_team_add(struct tracker *tracker, const char *name, struct error *err);
bool tracker_team_remove(struct tracker *tracker, const char *name, struct error *err);
/* Assigns a course (its name in ropes' catalogue, or an activity's IRI) with a due date; team NULL:
 * to everybody. due_ms 0: removes the assignment. */
bool tracker_assign(struct tracker *tracker, const char *course, const char *team, int64_t due_ms,
	struct error *err);
/* Saves title and number of lessons of a course (as above) until statements tell them. */
bool tracker_course_describe(struct tracker *tracker, const char *course, const char *title,
	unsigned lessons, struct error *err);
/* Returns whether somebody has started it, or it is assigned. */
bool tracker_course_is_known(struct tracker *tracker, const char *course);
/* An assignment in force. */
struct tracker_assignment {
	const char *course_iri, *course_title, *team; /* team "": everybody */
	int64_t course, due_ms;
	unsigned people, started, completed;
};
/* Sorted by due date. */
bool tracker_assignments(struct tracker *tracker,
	void (*each)(void *data, const struct tracker_assignment *assignment), void *data,
	struct error *err);
/* Parses the day of an assignment, "2027-01-31", as its last second in UTC. */
bool tracker_read_day(const char *text, int64_t *ret, struct error *err);
/* Gives a person a name, and the teams in a list like "Blue, Red" instead of theirs; teams that do
 * not exist are added. */
bool tracker_person_edit(struct tracker *tracker, int64_t person, const char *name,
	const char *teams, struct error *err);
/* Makes two people one: what `other` did and does belongs to `person` from now on. Their statements
 * are applied again: call ingest_poke(). */
bool tracker_person_merge(
	struct tracker *tracker, int64_t person, int64_t other, struct error *err);
/* A person who has ended is not on lists, overdue or invited, and their key opens nothing; what
 * they did stays. */
bool tracker_person_end(struct tracker *tracker, int64_t person, bool ended, struct error *err);
/* Returns whether the person with this key has ended. */
bool tracker_has_ended(struct tracker *tracker, const char *key);
/* All keys of the person with this key, itself first. */
void tracker_person_keys(struct tracker *tracker, const char *key, struct words *ret);
/* Removes a person and everything known about them. ERROR_FAILED: no such person. */
bool tracker_erase(struct tracker *tracker, int64_t person, struct error *err);
/* Switches pseudonyms on or off: pages and exports then show "P-1234" instead of names. */
bool tracker_pseudonyms(struct tracker *tracker, bool on, struct error *err);
bool tracker_has_pseudonyms(struct tracker *tracker);
/* The caller frees it. */
char *tracker_alias(int64_t person);
/* A named setting of the tracker; NULL: not set. The caller frees it. */
char *tracker_setting(struct tracker *tracker, const char *name);
bool tracker_set(struct tracker *tracker, const char *name, const char *value, struct error *err);
/* Sets it only if it is not set: of several that try at once, one does. */
bool tracker_set_once(
	struct tracker *tracker, const char *name, const char *value, struct error *err);

/* 0: no such team. */
int64_t tracker_team_find(struct tracker *tracker, const char *name);
/* Finds a person by key, account, name or number; 0: none or several match. */
int64_t tracker_person_find(struct tracker *tracker, const char *words);
bool tracker_in_team(struct tracker *tracker, int64_t team, int64_t person);

/* ---- invitations: a code with which people of the roster get a key of their own. The store keeps
 * only its digest. ---- */

struct tracker_invitation {
	int64_t id;
	int64_t person;          /* the only one it is for; 0: anyone of the team */
	int64_t team;            /* 0: of all teams */
	unsigned uses, uses_max; /* uses_max 0: any number */
	int64_t made_ms, expires_ms, revoked_ms, used_ms; /* used_ms: the last time; 0: never */
	const char *person_name, *team_name;              /* "": for several people, all teams */
};
/* Uses `person`, `team`, `uses_max` and `expires_ms` of *what. The caller frees *ret_code. */
bool tracker_invitation_add(struct tracker *tracker, const struct tracker_invitation *what,
	char **ret_code, struct error *err);
/* Newest first. */
bool tracker_invitations(struct tracker *tracker,
	void (*each)(void *data, const struct tracker_invitation *invitation), void *data,
	struct error *err);
/* ERROR_FAILED: the invitation does not exist, or was revoked already. */
bool tracker_invitation_revoke(struct tracker *tracker, int64_t id, struct error *err);

enum tracker_invited {
	INVITED_DONE,
	INVITED_CODE, /* no invitation has this code */
	INVITED_EXPIRED,
	INVITED_USED, /* as often as it may be */
	INVITED_REVOKED,
	INVITED_CHOOSE, /* it does not say which person this is */
	INVITED_PERSON, /* it is not for that person */
	INVITED_TAKEN,  /* it is for several people, and that person has joined already */
	INVITED_FAILED, /* the store failed: see err */
};
/* Finds the person for a code, among those whom it invites, by `who`: their account, address or
 * name (NULL: not known). Changes nothing. Both results are 0 if they are not known. */
enum tracker_invited tracker_invitation_look(struct tracker *tracker, const char *code,
	const char *who, int64_t *ret_person, int64_t *ret_team, struct error *err);
/* The same, and counts the use. */
enum tracker_invited tracker_invitation_use(struct tracker *tracker, const char *code,
	const char *who, int64_t *ret_person, struct error *err);
/* The link with a code, for the address and the certificate that the server had last; NULL: it has
 * never run. The caller frees it. */
char *tracker_invitation_link(struct tracker *tracker, const char *code);
/* "ABCD EFGH", "abcd-efgh" and "ABCDEFGH" are one code. The caller frees it. */
char *tracker_invitation_code(const char *text);

/* ---- reading. Team 0 means everybody. Strings passed to `each` are valid until it returns. ----
 */

struct tracker_team {
	int64_t id;
	const char *name;
	unsigned people, overdue;
};
typedef void (*tracker_each_team)(void *data, const struct tracker_team *team);
bool tracker_teams(struct tracker *tracker, tracker_each_team each, void *data, struct error *err);
/* Only their names, without reading everybody. */
bool tracker_team_names(struct tracker *tracker, void (*each)(void *data, const char *name),
	void *data, struct error *err);

struct tracker_person {
	int64_t id;
	const char *key, *name; /* key: "" with pseudonyms */
	const char *teams;      /* "Blue, Red" */
	int64_t first_ms, last_ms;
	unsigned reviews_due;
	int64_t ended_ms; /* deactivated; 0: not */
};
/* False with ERROR_FAILED: no such person. */
bool tracker_person(struct tracker *tracker, int64_t person,
	void (*each)(void *data, const struct tracker_person *person), void *data,
	struct error *err);
/* The key under which their statements are found, even with pseudonyms; NULL: none. The caller
 * frees it. */
char *tracker_person_key(struct tracker *tracker, int64_t person);

/* A person of the roster, or whose statements arrived. */
struct tracker_member {
	int64_t id;
	const char *key, *name; /* key: "" with pseudonyms */
	const char *teams;
	int64_t joined_ms;                    /* with an invitation; 0: not yet */
	int64_t first_ms, last_ms;            /* of their statements; 0: none */
	int64_t ended_ms;                     /* deactivated; 0: not */
	unsigned courses, completed, overdue; /* started or assigned; of these */
};
/* Sorted by name. */
bool tracker_members(struct tracker *tracker, int64_t team,
	void (*each)(void *data, const struct tracker_member *member), void *data,
	struct error *err);

/* A person in a course that they started or were assigned. */
struct tracker_enrolment {
	int64_t person, course;
	const char *name, *key, *teams, *course_title, *course_iri;
	unsigned lessons;                      /* in the course, as far as known */
	unsigned completed, passed, evaluated; /* lessons; `passed` counts reached objectives */
	double first, best, last;              /* means over the lessons with a quiz result */
	int64_t time_ms, begun_ms, last_ms;    /* 0: never */
	int64_t due_ms;                        /* 0: not assigned */
	int64_t done_ms;                       /* when the last lesson was completed; 0: not yet */
	bool overdue;                          /* past its due date and not completed */
	unsigned reviews_due;
};
/* Sorted by overdue, longest first, then by time since last activity. `person` 0: all; `course` 0:
 * all. */
bool tracker_enrolments(struct tracker *tracker, int64_t team, int64_t person, int64_t course,
	void (*each)(void *data, const struct tracker_enrolment *enrolment), void *data,
	struct error *err);

/* The same of everybody in one course, to be counted: in the order of people, without reviews. */
bool tracker_course_enrolments(struct tracker *tracker, int64_t team, int64_t course,
	void (*each)(void *data, const struct tracker_enrolment *enrolment), void *data,
	struct error *err);

/* All of these at once, for a page that counts everybody and shows some. Sorted as above; teams by
 * name, and their numbers are complete only if everybody was read. What the lists contain, and
 * the names of teams, is valid until the roll is freed. */
struct tracker_roll;
bool tracker_roll_read(struct tracker *tracker, int64_t team, int64_t person, int64_t course,
	struct tracker_roll **ret, struct error *err);
void tracker_roll_free(struct tracker_roll *roll); /* NULL: nothing */
const struct tracker_enrolment *tracker_roll_enrolments(
	const struct tracker_roll *roll, size_t *ret_count);
const struct tracker_member *tracker_roll_members(
	const struct tracker_roll *roll, size_t *ret_count);
void tracker_roll_teams(const struct tracker_roll *roll, tracker_each_team each, void *data);

/* A person's result in a lesson. */
struct tracker_result {
	int64_t person, course, lesson;
	const char *name, *key, *course_title, *iri, *title, *objective;
	int64_t completed_ms, passed_ms; /* 0: not yet */
	unsigned attempts, lines, failed_lines;
	double first, best, last;
	int64_t time_ms, last_ms;
};
/* Sorted by person, course, and order of lessons. */
bool tracker_results(struct tracker *tracker, int64_t team, int64_t person, int64_t course,
	void (*each)(void *data, const struct tracker_result *result), void *data,
	struct error *err);

/* A person with a result in a course. */
struct tracker_position {
	int64_t person;
	const char *name;
	int64_t completed_ms, passed_ms, seen_ms; /* of one lesson; 0: not */
};
/* Sorted by person. `lesson`: of which they have results; 0: of none. */
bool tracker_positions(struct tracker *tracker, int64_t team, int64_t course, int64_t lesson,
	void (*each)(void *data, const struct tracker_position *position), void *data,
	struct error *err);

/* The same of one person in all lessons of a course, in no order. */
struct tracker_mark {
	int64_t lesson, completed_ms, passed_ms; /* 0: not yet */
};
bool tracker_marks(struct tracker *tracker, int64_t person, int64_t course,
	void (*each)(void *data, const struct tracker_mark *mark), void *data, struct error *err);

struct tracker_course {
	int64_t id;
	const char *iri, *title;
	unsigned lessons, people;
};
bool tracker_courses(struct tracker *tracker, int64_t team,
	void (*each)(void *data, const struct tracker_course *course), void *data,
	struct error *err);

/* A lesson of a course, summarized for a team. */
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

/* A question and everybody's first answers, in the terms of quiz_item_statistics(). */
struct tracker_item {
	int64_t id;
	const char *title, *iri, *course_title;
	unsigned people;
	double facility, discrimination; /* NAN: unknown */
	double last;                     /* mean of the last answers */
	unsigned sample; /* people from whose answers discrimination is estimated; 0: all */
};
/* Hardest first; `course` 0: all courses, without discrimination. For a course with more answers
 * than a page can wait for, discrimination is estimated from some of its people. */
bool tracker_items(struct tracker *tracker, int64_t team, int64_t course, unsigned max,
	void (*each)(void *data, const struct tracker_item *item), void *data, struct error *err);

/* A day (since 1970) and the time spent on it. */
struct tracker_day {
	int64_t day, time_ms;
};
/* Days with any activity from a given day on, in order. */
bool tracker_days(struct tracker *tracker, int64_t team, int64_t person, int64_t from_day,
	void (*each)(void *data, const struct tracker_day *day), void *data, struct error *err);

/* ---- webhooks: post events to registered addresses ---- */

bool tracker_hook_add(struct tracker *tracker, const char *url, const char *secret, int64_t *ret_id,
	struct error *err);
bool tracker_hook_remove(struct tracker *tracker, int64_t id, struct error *err);
struct tracker_hook {
	int64_t id;
	const char *url;
	unsigned waiting;
	const char *problem; /* of the last attempt; "" */
};
bool tracker_hooks(struct tracker *tracker,
	void (*each)(void *data, const struct tracker_hook *hook), void *data, struct error *err);
struct tracker_delivery {
	int64_t id;
	char *url, *secret, *body;
	unsigned tries;
};
void tracker_delivery_finish(struct tracker_delivery *delivery);
/* The next delivery that is due; false if there is none. */
bool tracker_delivery_next(struct tracker *tracker, struct tracker_delivery *ret);
/* problem NULL: it succeeded; else it is retried later, for two days. */
bool tracker_delivery_done(struct tracker *tracker, const struct tracker_delivery *delivery,
	const char *problem, struct error *err);

#endif

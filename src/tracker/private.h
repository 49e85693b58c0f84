/* tracker/private.h - shared by the files of the tracker */
#ifndef TRACKER_PRIVATE_H
#define TRACKER_PRIVATE_H

#include "tracker.h"

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

/* ?1 is a team; 0: everybody. */
#define IN_TEAM(person) "(?1 = 0 OR " person " IN (SELECT person FROM member WHERE team = ?1))"

struct tracker {
	struct store *store;
};

/* The number of a row, created if missing; 0: err says why. */
int64_t projection_person_number(
	struct db *db, const char *key, const char *name, struct error *err);
int64_t projection_course_number(
	struct db *db, const char *iri, const char *title, struct error *err);
/* "P-1234", always the same for a number. */
void tracker_format_alias(int64_t person, char out[16]);
/* The mean of scores that were added to a sum and subtracted from it in any order. */
double tracker_mean(double sum, size_t count);
/* Drops everything that follows from a person's statements. */
bool apply_drop_person(struct db *db, int64_t person, struct error *err);
/* Queues an event for webhooks. */
bool hooks_add_event(struct db *db, const char *event, int64_t person, const char *course,
	const char *activity, double score, int64_t when_ms, struct error *err);
/* Runs a change as one transaction. */
bool tracker_write(struct tracker *tracker, int (*run)(struct db *, void *, struct error *),
	void *data, struct error *err);

#endif

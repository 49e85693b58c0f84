/*
 * sync.h - from a learner's record to a Learning Record Store: `ropes serve`, or any that a company
 * runs. Offline first: what can't be sent now is sent another time; nothing is sent twice that
 * counts, since every statement has an id of its own, and nothing is lost.
 */
#ifndef SYNC_H
#define SYNC_H

#include "base.h"
#include "record.h"

/* Where statements go, as the learner agreed: $XDG_CONFIG_HOME/ropes/sync.json, mode 0600. */
struct sync_place {
	char *url; /* of the store: https://…/xapi */
	char *key, *secret;
	bool lines; /* the lines that were run are sent, too */
};
/* *ret->url is NULL where nothing was agreed on. */
bool sync_place_load(struct sync_place *ret, struct error *err);
bool sync_place_save(const struct sync_place *place, struct error *err);
bool sync_place_forget(struct error *err);
void sync_place_finish(struct sync_place *place);

struct sync_options {
	unsigned tries;  /* of one request, with growing pauses between; 0: 5 */
	long timeout_ms; /* of one request; 0: 30 s */
	/* Tells of what goes wrong but does not end it; NULL. */
	void (*tell)(void *data, const char *what);
	void *data;
};

struct sync_report {
	unsigned sent;
	unsigned aside; /* refused for good: another one has that id, or it is not taken */
};

/* Sends what was not sent yet, goes on where it was left. False: the store can't be reached, or
 * does not take the key; what was sent until then is remembered, and in *ret. */
bool sync_run(struct record *record, const struct sync_place *place,
	const struct sync_options *options, struct sync_report *ret, struct error *err);
/* How many statements wait for this place. */
bool sync_waiting(
	struct record *record, const struct sync_place *place, unsigned *ret, struct error *err);

#endif

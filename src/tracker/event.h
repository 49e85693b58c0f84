/* tracker/event.h - a statement as a learning event: who did what, where, and how well */
#ifndef TRACKER_EVENT_H
#define TRACKER_EVENT_H

#include "base.h"
#include "xapi.h"

enum event_is {
	EVENT_OTHER,
	EVENT_ATTEMPTED,
	EVENT_ANSWERED,
	EVENT_COMPLETED,
	EVENT_PASSED,
	EVENT_FAILED,
};

/* Strings live in the statement, except the person's key. */
struct event {
	enum event_is is;
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

void event_read(const cJSON *statement, struct event *ret);
void event_finish(struct event *event);
/* The verb for webhooks: "completed". */
const char *event_name(const struct event *event);
/* Returns whether it is an attempt at a lesson's quiz. */
bool event_evaluates(const struct event *event);

#endif

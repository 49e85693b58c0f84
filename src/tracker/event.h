/* tracker/event.h - a statement as somebody's learning: who did what, where, and how well */
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

/* Texts live in the statement, but for the person's key. */
struct event {
	enum event_is is;
	char *person; /* an actor's key; NULL: it says nothing of anybody's learning */
	const char *name;
	const char *object, *object_title;
	const char *course, *course_title;             /* titles: "" where none is said */
	const char *lesson, *lesson_title, *objective; /* lesson: NULL: it belongs to none */
	int64_t lessons, place;                        /* below 0: not said */
	int64_t time_ms;
	double score; /* below 0: there is none */
	bool has_status;
	int status; /* of a command */
};

void event_read(const cJSON *statement, struct event *ret);
void event_finish(struct event *event);
/* The verb, as webhooks are told: "completed". */
const char *event_name(const struct event *event);
/* Whether it is one more attempt at a lesson's evaluation. */
bool event_evaluates(const struct event *event);

#endif

/* progress/event.c - interprets a statement as a learning event. Statements of ropes
 * (record/statement.c) have every detail; of others, it understands who completed, passed, failed
 * or answered what. */
#include "progress.h"
#include "json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VERBS "http://adlnet.gov/expapi/verbs/"
#define LESSON_TYPE "http://adlnet.gov/expapi/activities/lesson"
#define EXTENSIONS "https://ropes.invalid/extensions/"
#define NUMBER_MAX 1000000 /* of lessons: more than any course has */

static const char *const names[] = {
	[PROGRESS_OTHER] = "",
	[PROGRESS_INITIALIZED] = "initialized",
	[PROGRESS_ATTEMPTED] = "attempted",
	[PROGRESS_ANSWERED] = "answered",
	[PROGRESS_COMPLETED] = "completed",
	[PROGRESS_PASSED] = "passed",
	[PROGRESS_FAILED] = "failed",
};

const char *progress_event_name(const struct progress_event *event)
{
	return names[event->is];
}

bool progress_event_evaluates(const struct progress_event *event)
{
	return event->is == PROGRESS_PASSED || event->is == PROGRESS_FAILED;
}

static enum progress_is what_is(const cJSON *statement)
{
	const char *verb = json_get_text(json_get(statement, "verb"), "id");
	if (verb == NULL || !text_starts(verb, VERBS))
		return PROGRESS_OTHER;
	for (size_t i = PROGRESS_OTHER + 1; i < ARRAY_LENGTH(names); i++)
		if (text_same(verb + strlen(VERBS), names[i]))
			return (enum progress_is)i;
	return PROGRESS_OTHER;
}

static const char *in_english(const cJSON *map)
{
	const char *language = xapi_language_choose(map, "en");
	return language != NULL ? json_get_text_or(map, language, "") : "";
}

static const char *activity_title(const cJSON *activity)
{
	return in_english(json_get(json_get(activity, "definition"), "name"));
}

static const char *type_of(const cJSON *activity)
{
	return json_get_text_or(json_get(activity, "definition"), "type", "");
}

static const cJSON *find_extension(const cJSON *of, const char *name)
{
	return json_get(json_get(of, "extensions"), name);
}

/* Below 0: missing or implausible. */
static int64_t number_said(const cJSON *activity, const char *name)
{
	const cJSON *said = find_extension(json_get(activity, "definition"), name);
	double number = cJSON_IsNumber(said) ? said->valuedouble : -1;
	return number >= 0 && number <= NUMBER_MAX ? (int64_t)number : -1;
}

static const cJSON *context_activity(const cJSON *statement, const char *which)
{
	const cJSON *all = json_get(json_get(statement, "context"), "contextActivities");
	const cJSON *list = json_get(all, which);
	const cJSON *one = cJSON_IsArray(list) ? cJSON_GetArrayItem(list, 0) : list;
	return json_get_text(one, "id") != NULL ? one : NULL;
}

static const cJSON *course_of(const cJSON *statement, const cJSON *object)
{
	const cJSON *grouping = context_activity(statement, "grouping");
	const cJSON *parent = context_activity(statement, "parent");
	return grouping != NULL ? grouping : parent != NULL ? parent : object;
}

/* The object of completed, passed or failed is the lesson itself; for other verbs, the context
 * names it. */
static const cJSON *lesson_of(
	const cJSON *statement, const struct progress_event *e, const cJSON *course)
{
	const cJSON *parent = context_activity(statement, "parent"),
		    *object = json_get(statement, "object");
	bool ends = progress_event_evaluates(e) || e->is == PROGRESS_COMPLETED;
	const cJSON *lesson = ends || text_same(type_of(object), LESSON_TYPE) ? object : parent;
	bool itself = lesson != NULL && text_same(json_get_text_or(lesson, "id", ""),
						json_get_text_or(course, "id", ""));
	return itself && !ends ? NULL : lesson;
}

/* Below 0: no score. */
static double score_of(const cJSON *result)
{
	const cJSON *scaled = json_get(json_get(result, "score"), "scaled");
	const cJSON *success = json_get(result, "success");
	if (cJSON_IsNumber(scaled))
		return fmin(fmax(scaled->valuedouble, 0), 1);
	return cJSON_IsBool(success) ? cJSON_IsTrue(success) : -1;
}

static void read_person(const cJSON *actor, struct progress_event *e)
{
	const char *name = json_get_text_or(actor, "name", "");
	const char *account = json_get_text_or(json_get(actor, "account"), "name", "");
	e->person = xapi_actor_key(actor); /* NULL for an anonymous group */
	e->name = *name != '\0' ? name : *account != '\0' ? account : e->person;
}

static void read_event_lesson(const cJSON *lesson, struct progress_event *e)
{
	if (lesson == NULL)
		return;
	e->lesson = json_get_text_or(lesson, "id", "");
	e->lesson_title = activity_title(lesson);
	e->objective = in_english(json_get(json_get(lesson, "definition"), "description"));
	e->place = number_said(lesson, EXTENSIONS "place");
}

static void read_result(const cJSON *result, struct progress_event *e)
{
	const cJSON *status = find_extension(result, EXTENSIONS "exit-status");
	e->score = score_of(result);
	e->has_status = cJSON_IsNumber(status);
	e->status = e->has_status ? status->valueint : 0;
}

void progress_event_read(const cJSON *statement, struct progress_event *ret)
{
	const cJSON *object = json_get(statement, "object");
	const char *kind = json_get_text_or(object, "objectType", "");
	struct progress_event e = {.is = what_is(statement),
		.object = json_get_text_or(object, "id", ""),
		.place = -1};
	*ret = e;
	if (*e.object == '\0' || (*kind != '\0' && !text_same(kind, "Activity")) ||
		!xapi_timestamp(XAPI_1_0, json_get_text_or(statement, "timestamp", ""), &e.time_ms))
		return;
	e.time_ms = e.time_ms > 0 ? e.time_ms : 1; /* for a clock that was not set: 0 means never */
	const cJSON *course = course_of(statement, object);
	e.course = json_get_text_or(course, "id", "");
	e.course_title = activity_title(course);
	e.lessons = number_said(course, EXTENSIONS "lessons");
	e.object_title = activity_title(object);
	read_person(json_get(statement, "actor"), &e);
	read_event_lesson(lesson_of(statement, &e, course), &e);
	read_result(json_get(statement, "result"), &e);
	*ret = e;
}

void progress_event_finish(struct progress_event *event)
{
	free(event->person);
}

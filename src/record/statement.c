/* record/statement.c - converts events to statements of the Experience API 1.0.3 (xAPI-Data.md,
 * part 2) and back */
#include "statement.h"
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOME_PAGE "https://ropes.invalid"
#define ACTIVITY HOME_PAGE "/courses/"
#define EXTENSION HOME_PAGE "/extensions/"

static const char *const verbs[] = {
	[RECORD_INITIALIZED] = "initialized",
	[RECORD_ATTEMPTED] = "attempted",
	[RECORD_ANSWERED] = "answered",
	[RECORD_PROGRESSED] = "progressed",
	[RECORD_COMPLETED] = "completed",
	[RECORD_PASSED] = "passed",
	[RECORD_FAILED] = "failed",
	[RECORD_TERMINATED] = "terminated",
};
#define VERB_IRI "http://adlnet.gov/expapi/verbs/"

const char *record_verb_iri(enum record_verb verb)
{
	static const char *const iris[] = {
		[RECORD_INITIALIZED] = VERB_IRI "initialized",
		[RECORD_ATTEMPTED] = VERB_IRI "attempted",
		[RECORD_ANSWERED] = VERB_IRI "answered",
		[RECORD_PROGRESSED] = VERB_IRI "progressed",
		[RECORD_COMPLETED] = VERB_IRI "completed",
		[RECORD_PASSED] = VERB_IRI "passed",
		[RECORD_FAILED] = VERB_IRI "failed",
		[RECORD_TERMINATED] = VERB_IRI "terminated",
	};
	return iris[verb];
}

static const char *text_or_empty(const char *s)
{
	return s != NULL ? s : "";
}

/* ---- writing ---- */

static char *activity_id(const char *course, const char *lesson, const char *step)
{
	struct buf out = {0};
	buf_add_text(&out, ACTIVITY);
	url_encode(&out, course, "");
	if (!text_is_blank(lesson)) {
		buf_add_char(&out, '/');
		url_encode(&out, lesson, "");
	}
	if (!text_is_blank(step)) {
		buf_add_char(&out, '/');
		url_encode(&out, step, "");
	}
	return buf_steal(&out);
}

static void add_language_map(cJSON *to, const char *name, const char *value)
{
	cJSON *map = cJSON_AddObjectToObject(to, name);
	cJSON_AddStringToObject(map, "en", value);
}

static cJSON *activity_json(const char *id, const char *type, const char *name)
{
	cJSON *object = cJSON_CreateObject();
	cJSON_AddStringToObject(object, "objectType", "Activity");
	cJSON_AddStringToObject(object, "id", id);
	cJSON *definition = cJSON_AddObjectToObject(object, "definition");
	cJSON_AddStringToObject(definition, "type", type);
	if (!text_is_blank(name))
		add_language_map(definition, "name", name);
	return object;
}

/* Includes what a tracker needs besides the lesson's name. */
static cJSON *lesson_activity(const char *id, const struct record_event *e)
{
	cJSON *lesson =
		activity_json(id, "http://adlnet.gov/expapi/activities/lesson", e->lesson_title);
	cJSON *definition = json_get(lesson, "definition");
	if (!text_is_blank(e->objective))
		add_language_map(definition, "description", e->objective);
	if (e->place > 0)
		cJSON_AddNumberToObject(cJSON_AddObjectToObject(definition, "extensions"),
			EXTENSION "place", e->place);
	return lesson;
}

static cJSON *course_activity(const char *id, const struct record_event *e)
{
	cJSON *course =
		activity_json(id, "http://adlnet.gov/expapi/activities/course", e->course_title);
	cJSON *definition = json_get(course, "definition");
	if (e->lessons > 0)
		cJSON_AddNumberToObject(cJSON_AddObjectToObject(definition, "extensions"),
			EXTENSION "lessons", e->lessons);
	return course;
}

static cJSON *actor_of(const struct record_event *e)
{
	cJSON *actor = cJSON_CreateObject();
	cJSON_AddStringToObject(actor, "objectType", "Agent");
	cJSON *account = cJSON_AddObjectToObject(actor, "account");
	cJSON_AddStringToObject(account, "homePage", HOME_PAGE);
	cJSON_AddStringToObject(account, "name", e->learner);
	return actor;
}

static cJSON *verb_of(const struct record_event *e)
{
	cJSON *verb = cJSON_CreateObject();
	cJSON_AddStringToObject(verb, "id", record_verb_iri(e->verb));
	add_language_map(verb, "display", verbs[e->verb]);
	return verb;
}

static cJSON *event_object(const struct record_event *e)
{
	bool step = !text_is_blank(e->step);
	cleanup_free char *id = activity_id(e->course, e->lesson, e->step);
	const char *type = e->verb == RECORD_ANSWERED
				   ? "http://adlnet.gov/expapi/activities/question"
				   : "http://adlnet.gov/expapi/activities/interaction";
	const char *name = text_is_blank(e->question) ? e->step : e->question;
	return step ? activity_json(id, type, name) : lesson_activity(id, e);
}

static void add_result_score(cJSON *result, const struct record_event *e)
{
	cJSON *score = cJSON_AddObjectToObject(result, "score");
	double max = e->score_max > 0 ? e->score_max : 1;
	double scaled = e->score / max;
	cJSON_AddNumberToObject(score, "scaled", scaled < -1 ? -1 : scaled > 1 ? 1 : scaled);
	cJSON_AddNumberToObject(score, "raw", e->score > max ? max : e->score);
	cJSON_AddNumberToObject(score, "min", e->score < 0 ? e->score : 0);
	cJSON_AddNumberToObject(score, "max", max);
}

static void add_result_extensions(cJSON *result, const struct record_event *e)
{
	cJSON *extensions = cJSON_CreateObject();
	if (e->verb == RECORD_PROGRESSED)
		cJSON_AddNumberToObject(extensions, EXTENSION "state", e->state);
	if (e->line != NULL) {
		cJSON_AddStringToObject(extensions, RECORD_LINE_EXTENSION, e->line);
		cJSON_AddNumberToObject(extensions, EXTENSION "exit-status", e->exit_status);
	}
	if (e->outcome != NULL)
		cJSON_AddStringToObject(extensions, EXTENSION "outcome", e->outcome);
	if (e->seed != 0) {
		cleanup_free char *seed = xasprintf("%llu", (unsigned long long)e->seed);
		cJSON_AddStringToObject(extensions, EXTENSION "seed", seed);
	}
	if (cJSON_GetArraySize(extensions) > 0)
		cJSON_AddItemToObject(result, "extensions", extensions);
	else
		cJSON_Delete(extensions);
}

static cJSON *result_of(const struct record_event *e)
{
	cJSON *result = cJSON_CreateObject();
	if (e->has_score)
		add_result_score(result, e);
	if (e->has_success)
		cJSON_AddBoolToObject(result, "success", e->success);
	if (e->verb == RECORD_COMPLETED)
		cJSON_AddBoolToObject(result, "completion", true);
	if (e->response != NULL)
		cJSON_AddStringToObject(result, "response", e->response);
	if (e->duration_ms > 0) {
		cleanup_free char *duration =
			xasprintf("PT%lld.%02lldS", (long long)(e->duration_ms / 1000),
				(long long)(e->duration_ms % 1000 / 10));
		cJSON_AddStringToObject(result, "duration", duration);
	}
	add_result_extensions(result, e);
	return result;
}

static void add_ancestor(cJSON *activities, const char *name, cJSON *one)
{
	cJSON *list = cJSON_AddArrayToObject(activities, name);
	cJSON_AddItemToArray(list, one);
}

static cJSON *context_of(const struct record_event *e, const char *registration)
{
	cJSON *context = cJSON_CreateObject();
	cJSON_AddStringToObject(context, "registration", registration);
	cJSON_AddStringToObject(context, "platform", "ropes");
	cJSON *activities = cJSON_AddObjectToObject(context, "contextActivities");
	cleanup_free char *course = activity_id(e->course, NULL, NULL);
	if (!text_is_blank(e->lesson)) {
		cleanup_free char *lesson = activity_id(e->course, e->lesson, NULL);
		add_ancestor(activities, "parent", lesson_activity(lesson, e));
	}
	add_ancestor(activities, "grouping", course_activity(course, e));
	cJSON *extensions = cJSON_AddObjectToObject(context, "extensions");
	cJSON_AddStringToObject(extensions, EXTENSION "course", e->course);
	cJSON_AddStringToObject(extensions, EXTENSION "lesson", text_or_empty(e->lesson));
	cJSON_AddStringToObject(extensions, EXTENSION "step", text_or_empty(e->step));
	return context;
}

char *statement_write(
	const struct record_event *e, const char *id, const char *registration, int64_t time_ms)
{
	char time[TIME_TEXT_SIZE];
	time_format_iso8601(time_ms, time);
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "id", id);
	cJSON_AddItemToObject(json, "actor", actor_of(e));
	cJSON_AddItemToObject(json, "verb", verb_of(e));
	cJSON_AddItemToObject(json, "object", event_object(e));
	cJSON *result = result_of(e);
	if (cJSON_GetArraySize(result) > 0)
		cJSON_AddItemToObject(json, "result", result);
	else
		cJSON_Delete(result);
	cJSON_AddItemToObject(json, "context", context_of(e, registration));
	cJSON_AddStringToObject(json, "timestamp", time);
	cJSON_AddStringToObject(json, "version", "1.0.3");
	char *out = json_print_take(json);
	return out;
}

/* ---- reading ---- */

struct projected statement_projected(
	const struct record_event *e, const char *registration, int64_t time_ms)
{
	double max = e->score_max > 0 ? e->score_max : 1;
	return (struct projected){
		.verb = e->verb,
		.learner = e->learner,
		.course = e->course,
		.course_title = text_or_empty(e->course_title),
		.lesson = text_or_empty(e->lesson),
		.lesson_title = text_or_empty(e->lesson_title),
		.step = text_or_empty(e->step),
		.registration = registration,
		.state = e->verb == RECORD_PROGRESSED ? (int)e->state : 0,
		.fraction = e->has_score ? e->score / max : 0,
		.time_ms = time_ms,
	};
}

/* The English name of a list's first activity. */
static const char *activity_name(const cJSON *activities, const char *which)
{
	const cJSON *definition =
		json_get(cJSON_GetArrayItem(json_get(activities, which), 0), "definition");
	return json_get_text_or(json_get(definition, "name"), "en", "");
}

static bool read_verb(const char *iri, enum record_verb *ret)
{
	for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++) {
		if (!text_same(record_verb_iri((enum record_verb)i), iri))
			continue;
		*ret = (enum record_verb)i;
		return true;
	}
	return false;
}

static int64_t parse_iso_time(const char *iso)
{
	int year, month, day, hour, minute, second, ms = 0;
	if (sscanf(iso, "%d-%d-%dT%d:%d:%d.%3d", &year, &month, &day, &hour, &minute, &second,
		    &ms) < 6)
		return 0;
	/* days since 1970 in the proleptic Gregorian calendar (Howard Hinnant's days_from_civil) */
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t days = era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
	return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + ms;
}

bool statement_read(const cJSON *json, struct projected *ret)
{
	const cJSON *context = json_get(json, "context"), *result = json_get(json, "result");
	const cJSON *said = json_get(context, "extensions");
	const cJSON *happened = json_get(result, "extensions");
	const cJSON *activities = json_get(context, "contextActivities");
	const cJSON *state = json_get(happened, EXTENSION "state");
	*ret = (struct projected){
		.learner =
			json_get_text_or(json_get(json_get(json, "actor"), "account"), "name", ""),
		.course = json_get_text_or(said, EXTENSION "course", ""),
		.course_title = activity_name(activities, "grouping"),
		.lesson = json_get_text_or(said, EXTENSION "lesson", ""),
		.lesson_title = activity_name(activities, "parent"),
		.step = json_get_text_or(said, EXTENSION "step", ""),
		.registration = json_get_text_or(context, "registration", ""),
		.state = cJSON_IsNumber(state) ? state->valueint : 0,
		.fraction = json_get_number_or(json_get(result, "score"), "scaled", 0),
		.time_ms = parse_iso_time(json_get_text_or(json, "timestamp", "")),
	};
	return read_verb(json_get_text_or(json_get(json, "verb"), "id", ""), &ret->verb) &&
	       ret->course[0] != '\0';
}

struct record_past statement_past(const cJSON *json, const struct projected *e)
{
	const cJSON *result = json_get(json, "result"), *success = json_get(result, "success");
	const cJSON *happened = json_get(result, "extensions");
	const cJSON *definition = json_get(json_get(json, "object"), "definition");
	return (struct record_past){
		.verb = e->verb,
		.course = e->course,
		.lesson = e->lesson,
		.step = e->step,
		.question = e->verb == RECORD_ANSWERED
				    ? json_get_text_or(json_get(definition, "name"), "en", "")
				    : "",
		.line = json_get_text_or(happened, RECORD_LINE_EXTENSION, ""),
		.response = json_get_text_or(result, "response", ""),
		.judged = cJSON_IsBool(success),
		.success = cJSON_IsTrue(success),
		.seed = strtoull(json_get_text_or(happened, EXTENSION "seed", "0"), NULL, 10),
		.time_ms = e->time_ms,
	};
}

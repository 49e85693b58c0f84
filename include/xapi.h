/*
 * xapi.h - the data of the Experience API, 1.0.3 and 2.0.0: validity, equality, and output formats.
 * Pure functions over cJSON. "§" in comments refers to Part Two of the specification.
 */
#ifndef XAPI_H
#define XAPI_H

#include "base.h"

#include <cjson/cJSON.h>

#define XAPI_VOIDED "http://adlnet.gov/expapi/verbs/voided"
/* The IRI of a course, before its id; and the document of its profile that has its notes. */
#define XAPI_COURSES "https://ropes.invalid/courses/"
#define XAPI_NOTES "https://ropes.invalid/notes"

enum xapi_version { XAPI_NONE, XAPI_1_0, XAPI_2_0 };
/* Parses the header X-Experience-API-Version or a statement's version: "1.0", "1.0.x", "2.0.0". */
enum xapi_version xapi_version_read(const char *text);
const char *xapi_version_name(enum xapi_version version); /* "1.0.3", "2.0.0" */

/* ---- values (§4) ---- */

bool xapi_is_uuid(const char *text);
bool xapi_is_iri(const char *text);
bool xapi_is_mailto(const char *text);
bool xapi_is_language(const char *text); /* checks the syntax of RFC 5646 */
bool xapi_is_duration(const char *text);
/* Returns whether a Content-Type (NULL: none) has this media type, ignoring parameters. */
bool xapi_media_is(const char *type, const char *name);
/* *ret_ms (may be NULL): milliseconds since 1970. 2.0.0 requires RFC 3339, with an offset from UTC.
 */
bool xapi_timestamp(enum xapi_version version, const char *text, int64_t *ret_ms);

/* Finds an object's properties by name, however many there are. The object must not change
 * otherwise. */
struct xapi_index {
	cJSON **items;
	size_t count;
};
struct xapi_index xapi_index_make(const cJSON *object);
cJSON *xapi_index_find(const struct xapi_index *index, const char *name);
void xapi_index_finish(struct xapi_index *index);
/* Copies a property into the object, replacing one of the same name. A new property is not added to
 * the index, so set each name only once. */
void xapi_index_set(struct xapi_index *index, cJSON *object, const cJSON *property);

/* Parses JSON that repeats no name, loses no data and has no trailing text; NULL otherwise. */
cJSON *xapi_parse(const char *text, size_t length, struct error *err);
/* A text that occurs twice; NULL: none. Sorts the texts. */
const char *xapi_twice(const char **texts, size_t count);

/* ---- statements ---- */

/* Validates a whole statement as a client sends it. err: where and what; `name` is what the
 * statement is called there. */
bool xapi_statement_valid(
	enum xapi_version version, const char *name, const cJSON *statement, struct error *err);
/* Validates an agent or group; groups false: agents only. */
bool xapi_actor_valid(const cJSON *actor, bool groups, struct error *err);

/* The inverse functional identifier as one text ("mbox mailto:a@b", "account HOME NAME"); NULL for
 * an anonymous group. The caller frees it. */
char *xapi_actor_key(const cJSON *actor);

/* Fills in what a store must: id, timestamp, stored, version, authority. Makes context activities
 * arrays and ids lower case. */
void xapi_statement_complete(
	cJSON *statement, enum xapi_version version, const char *stored, const cJSON *authority);
/* Makes context activities arrays. */
void xapi_statement_lists(cJSON *statement);
/* Compares two values: the order of object members does not count, that of lists does. */
bool xapi_same(const cJSON *a, const cJSON *b);
/* Returns whether two statements are the same (§2.3.1). Ignores what a store may change,
 * definitions of verbs and activities, the order of a group's members, and the case of ids. */
bool xapi_statement_same(const cJSON *a, const cJSON *b);

/* ---- output formats (Part Three, 2.1.3) ---- */

/* Converts timestamps to UTC, as 2.0.0 requires in responses. */
void xapi_statement_to_utc(cJSON *statement);
/* Keeps only what identifies actors, verbs and activities. */
void xapi_statement_to_ids(cJSON *statement);
/* The key of the best entry of a language map for an Accept-Language text (NULL: any); NULL: empty
 * map. RFC 2616, 14.4. */
const char *xapi_language_choose(const cJSON *map, const char *accept);
/* Keeps only the best entry. */
void xapi_language_map_reduce(cJSON *map, const char *accept);
/* Calls `each` with every activity (object and context, also in sub-statements). `direct`: it is
 * the statement's object. */
void xapi_each_activity(
	const cJSON *statement, void (*each)(void *data, cJSON *activity, bool direct), void *data);
/* Likewise for every actor; a group comes before its members. */
void xapi_each_actor(
	const cJSON *statement, void (*each)(void *data, cJSON *actor, bool direct), void *data);
/* Likewise for every verb. */
void xapi_each_verb(const cJSON *statement, void (*each)(void *data, cJSON *verb), void *data);

#endif

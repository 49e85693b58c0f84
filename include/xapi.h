/*
 * xapi.h - the Experience API's data, 1.0.3 and 2.0.0: what is valid, what is equal, and the forms
 * in which it is given back. Pure functions over cJSON. "§" in comments: Part Two of the
 * specification.
 */
#ifndef XAPI_H
#define XAPI_H

#include "base.h"

#include <cjson/cJSON.h>

#define XAPI_VOIDED "http://adlnet.gov/expapi/verbs/voided"

enum xapi_version { XAPI_NONE, XAPI_1_0, XAPI_2_0 };
/* Of the header X-Experience-API-Version, or of a statement: "1.0", "1.0.x", "2.0.0". */
enum xapi_version xapi_version_read(const char *text);
const char *xapi_version_name(enum xapi_version version); /* "1.0.3", "2.0.0" */

/* ---- values (§4) ---- */

bool xapi_is_uuid(const char *text);
bool xapi_is_iri(const char *text);
bool xapi_is_mailto(const char *text);
bool xapi_is_language(const char *text); /* by the form of RFC 5646 */
bool xapi_is_duration(const char *text);
/* A Content-Type (NULL: none) is of this media type, whatever its parameters. */
bool xapi_media_is(const char *type, const char *name);
/* *ret_ms (may be NULL): milliseconds since 1970. 2.0.0 wants RFC 3339, with an offset from UTC. */
bool xapi_timestamp(enum xapi_version version, const char *text, int64_t *ret_ms);

/* An object's properties by their names, however many there are. The object must not change
 * otherwise. */
struct xapi_index {
	cJSON **items;
	size_t count;
};
struct xapi_index xapi_index_make(const cJSON *object);
cJSON *xapi_index_find(const struct xapi_index *index, const char *name);
void xapi_index_finish(struct xapi_index *index);
/* Puts a copy of a property into the object, in place of one of that name; what is new to the
 * object is not in the index afterwards, so each name comes once. */
void xapi_index_set(struct xapi_index *index, cJSON *object, const cJSON *property);

/* JSON that says nothing twice, loses nothing and has nothing behind it; NULL otherwise. */
cJSON *xapi_parse(const char *text, size_t length, struct error *err);
/* One of the texts that is there twice, NULL: none. They are sorted. */
const char *xapi_twice(const char **texts, size_t count);

/* ---- statements ---- */

/* A whole statement as a client sends it. err: where and what. */
bool xapi_statement_valid(enum xapi_version version, const cJSON *statement, struct error *err);
/* An agent or group; groups: false allows agents only. */
bool xapi_actor_valid(const cJSON *actor, bool groups, struct error *err);

/* The inverse functional identifier as one text ("mbox mailto:a@b", "account HOME NAME"); NULL for
 * an anonymous group. The caller frees it. */
char *xapi_actor_key(const cJSON *actor);

/* Fills in what a store must: id, timestamp, stored, version, authority; context activities become
 * arrays. The ids are made small. */
void xapi_statement_complete(
	cJSON *statement, enum xapi_version version, const char *stored, const cJSON *authority);
/* Context activities become arrays. */
void xapi_statement_lists(cJSON *statement);
/* Two values are equal: objects in any order, lists in theirs. */
bool xapi_same(const cJSON *a, const cJSON *b);
/* True where two are the same statement (§2.3.1: what a store may change does not count, nor what
 * is said of verbs and activities, the order of a group's members, the case of ids). */
bool xapi_statement_same(const cJSON *a, const cJSON *b);

/* ---- forms for giving back (Part Three, 2.1.3) ---- */

/* Timestamps in UTC, as 2.0.0 gives them back. */
void xapi_statement_to_utc(cJSON *statement);
/* Only what identifies actors, verbs, activities. */
void xapi_statement_to_ids(cJSON *statement);
/* The best entry of a language map for an Accept-Language text (NULL: any): its key; NULL: empty.
 * RFC 2616, 14.4. */
const char *xapi_language_choose(const cJSON *map, const char *accept);
/* Leaves one entry. */
void xapi_language_map_reduce(cJSON *map, const char *accept);
/* Calls `each` with every activity (object, context, in sub-statements, too). `direct`: it is the
 * statement's object. */
void xapi_each_activity(
	const cJSON *statement, void (*each)(void *data, cJSON *activity, bool direct), void *data);
/* Likewise every actor; members of groups come after their group. */
void xapi_each_actor(
	const cJSON *statement, void (*each)(void *data, cJSON *actor, bool direct), void *data);
/* Likewise every verb. */
void xapi_each_verb(const cJSON *statement, void (*each)(void *data, cJSON *verb), void *data);

#endif

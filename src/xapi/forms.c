/* xapi/forms.c - storage and output formats of statements */
#include "xapi.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

char *xapi_actor_key(const cJSON *actor)
{
	static const char *const names[] = {"mbox", "mbox_sha1sum", "openid"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (json_get_text(actor, names[i]) != NULL)
			return xasprintf("%s %s", names[i], json_get_text(actor, names[i]));
	const cJSON *account = json_get(actor, "account");
	if (json_get_text(account, "homePage") == NULL || json_get_text(account, "name") == NULL)
		return NULL;
	return xasprintf("account %s %s", json_get_text(account, "homePage"),
		json_get_text(account, "name"));
}

/* ---- storage ---- */

static const char *const context_lists[] = {"parent", "grouping", "category", "other"};

void xapi_statement_lists(cJSON *statement)
{
	cJSON *activities = json_get(json_get(statement, "context"), "contextActivities");
	for (size_t i = 0; i < ARRAY_LENGTH(context_lists); i++) {
		cJSON *one = json_get(activities, context_lists[i]);
		if (!cJSON_IsObject(one))
			continue;
		cJSON *list = cJSON_CreateArray();
		cJSON_AddItemToArray(list, cJSON_Duplicate(one, true));
		cJSON_ReplaceItemInObjectCaseSensitive(activities, context_lists[i], list);
	}
	if (text_same(json_get_text(json_get(statement, "object"), "objectType"), "SubStatement"))
		xapi_statement_lists(json_get(statement, "object"));
}

static void replace_member(cJSON *to, const char *name, const char *text)
{
	cJSON_DeleteItemFromObjectCaseSensitive(to, name);
	cJSON_AddStringToObject(to, name, text);
}

void xapi_statement_complete(
	cJSON *statement, enum xapi_version version, const char *stored, const cJSON *authority)
{
	if (json_get_text(statement, "id") == NULL) {
		char id[UUID_TEXT_SIZE];
		uuid_make(id);
		replace_member(statement, "id", id);
	}
	text_lower(cJSON_GetStringValue(json_get(statement, "id")));
	if (text_same(json_get_text(json_get(statement, "object"), "objectType"), "StatementRef"))
		text_lower(cJSON_GetStringValue(json_get(json_get(statement, "object"), "id")));
	if (json_get_text(statement, "timestamp") == NULL)
		replace_member(statement, "timestamp", stored);
	replace_member(statement, "stored", stored);
	if (json_get_text(statement, "version") == NULL)
		replace_member(statement, "version", version == XAPI_2_0 ? "2.0.0" : "1.0.0");
	cJSON_DeleteItemFromObjectCaseSensitive(statement, "authority");
	cJSON_AddItemToObject(statement, "authority", cJSON_Duplicate(authority, true));
	xapi_statement_lists(statement);
}

/* ---- walking ---- */

static bool is_sub(const cJSON *object)
{
	return text_same(json_get_text(object, "objectType"), "SubStatement");
}

static bool is_activity_object(const cJSON *object)
{
	const char *type = json_get_text(object, "objectType");
	return cJSON_IsObject(object) && (type == NULL || text_same(type, "Activity"));
}

static void walk_activities(const cJSON *statement, bool top,
	void (*each)(void *data, cJSON *activity, bool direct), void *data)
{
	cJSON *object = json_get(statement, "object"), *one;
	const cJSON *activities = json_get(json_get(statement, "context"), "contextActivities");
	if (is_activity_object(object))
		each(data, object, top);
	else if (is_sub(object))
		walk_activities(object, false, each, data);
	for (size_t i = 0; i < ARRAY_LENGTH(context_lists); i++)
		cJSON_ArrayForEach(one, json_get(activities, context_lists[i]))
			each(data, one, false);
}

void xapi_each_activity(
	const cJSON *statement, void (*each)(void *data, cJSON *activity, bool direct), void *data)
{
	walk_activities(statement, true, each, data);
}

static void one_actor(
	cJSON *actor, bool direct, void (*each)(void *data, cJSON *actor, bool direct), void *data)
{
	cJSON *member;
	if (!cJSON_IsObject(actor))
		return;
	each(data, actor, direct);
	cJSON_ArrayForEach(member, json_get(actor, "member"))
		each(data, member, direct);
}

static void walk_actors(const cJSON *statement, bool top,
	void (*each)(void *data, cJSON *actor, bool direct), void *data)
{
	cJSON *object = json_get(statement, "object"), *context = json_get(statement, "context"),
	      *one;
	const char *type = json_get_text(object, "objectType");
	one_actor(json_get(statement, "actor"), top, each, data);
	if (text_same(type, "Agent") || text_same(type, "Group"))
		one_actor(object, top, each, data);
	else if (is_sub(object))
		walk_actors(object, false, each, data);
	one_actor(json_get(statement, "authority"), false, each, data);
	one_actor(json_get(context, "instructor"), false, each, data);
	one_actor(json_get(context, "team"), false, each, data);
	cJSON_ArrayForEach(one, json_get(context, "contextAgents"))
		one_actor(json_get(one, "agent"), false, each, data);
	cJSON_ArrayForEach(one, json_get(context, "contextGroups"))
		one_actor(json_get(one, "group"), false, each, data);
}

void xapi_each_actor(
	const cJSON *statement, void (*each)(void *data, cJSON *actor, bool direct), void *data)
{
	walk_actors(statement, true, each, data);
}

void xapi_each_verb(const cJSON *statement, void (*each)(void *data, cJSON *verb), void *data)
{
	each(data, json_get(statement, "verb"));
	if (is_sub(json_get(statement, "object")))
		each(data, json_get(json_get(statement, "object"), "verb"));
}

/* ---- ids ---- */

static void keep_only(cJSON *json, const char *const *names, size_t count)
{
	for (cJSON *one = json->child, *next; one != NULL; one = next) {
		next = one->next;
		if (!text_is_one_of(one->string, names, count))
			cJSON_Delete(cJSON_DetachItemViaPointer(json, one));
	}
}

/* An object without objectType is an activity. */
static void activity_to_id(void *data, cJSON *activity, bool direct)
{
	static const char *const names[] = {"id"};
	(void)data;
	(void)direct;
	keep_only(activity, names, ARRAY_LENGTH(names));
}

/* A group without an identifier is identified only by its members. */
static void actor_to_id(void *data, cJSON *actor, bool direct)
{
	static const char *const names[] = {
		"objectType", "mbox", "mbox_sha1sum", "openid", "account", "member"};
	cleanup_free char *key = xapi_actor_key(actor);
	(void)data;
	(void)direct;
	keep_only(actor, names, ARRAY_LENGTH(names) - (key != NULL));
}

static void verb_to_id(void *data, cJSON *verb)
{
	static const char *const names[] = {"id"};
	(void)data;
	keep_only(verb, names, ARRAY_LENGTH(names));
}

void xapi_statement_to_ids(cJSON *statement)
{
	xapi_each_activity(statement, activity_to_id, NULL);
	xapi_each_actor(statement, actor_to_id, NULL);
	xapi_each_verb(statement, verb_to_id, NULL);
}

/* ---- UTC ---- */

static void set_time(cJSON *statement, const char *text)
{
	cJSON_ReplaceItemInObjectCaseSensitive(statement, "timestamp", cJSON_CreateString(text));
}

/* RFC 3339 has years of four digits. */
#define YEAR_0_MS (-62167219200000)
#define YEAR_10000_MS 253402300800000

/* Write UTC in one way only. Other offsets and other forms of ISO 8601 are converted with
 * milliseconds, the precision a store must keep (§4.5). */
static void make_utc(cJSON *statement)
{
	const char *text = json_get_text(statement, "timestamp");
	char utc[TIME_TEXT_SIZE];
	int64_t ms;
	if (!xapi_timestamp(XAPI_1_0, text, &ms) || ms < YEAR_0_MS || ms >= YEAR_10000_MS)
		return;
	bool rfc3339 = xapi_timestamp(XAPI_2_0, text, NULL);
	if (rfc3339 && text_ends(text, "Z"))
		return;
	size_t zone = text_ends(text, "z") ? 1 : text_ends(text, "+00:00") ? 6 : 0;
	if (rfc3339 && zone > 0) {
		cleanup_free char *same = xasprintf("%.*sZ", (int)(strlen(text) - zone), text);
		set_time(statement, same);
		return;
	}
	time_format_iso8601(ms, utc);
	set_time(statement, utc);
}

void xapi_statement_to_utc(cJSON *statement)
{
	make_utc(statement);
	if (is_sub(json_get(statement, "object")))
		make_utc(json_get(statement, "object"));
}

/* ---- languages ---- */

/* How well a tag matches a range of Accept-Language: "en-GB" matches "en", and everything matches
 * "*". */
static size_t fit_of(const char *tag, const char *range, size_t length)
{
	if (length == 1 && range[0] == '*')
		return 1;
	if (strncasecmp(tag, range, length) == 0 && (tag[length] == '\0' || tag[length] == '-'))
		return 1 + length;
	return 0;
}

static double quality_of(const char *range)
{
	const char *end = range + strcspn(range, ",");
	for (const char *at = range; at < end; at++) {
		if (*at != ';')
			continue;
		at += 1 + strspn(at + 1, " \t");
		if ((*at == 'q' || *at == 'Q') && at[1] == '=')
			return strtod(at + 2, NULL);
	}
	return 1;
}

/* The quality of the range that matches the tag best; 0: not acceptable. `loose`: if none matches,
 * a range more specific than the tag ("de-AT" for "de") is better than any other language. */
static double quality_for(const char *tag, const char *accept, bool loose)
{
	size_t best_fit = 0, tag_length = strlen(tag);
	double quality = 0;
	for (const char *range = accept; *range != '\0'; range += strcspn(range, ",")) {
		range += strspn(range, " \t,");
		size_t length = strcspn(range, " \t;,");
		size_t fit = length > 0 ? fit_of(tag, range, length) : 0;
		if (fit > best_fit) {
			best_fit = fit;
			quality = quality_of(range);
		} else if (loose && best_fit == 0 && fit_of(range, tag, tag_length) > 0 &&
			   quality_of(range) > quality) {
			quality = quality_of(range);
		}
	}
	return quality;
}

/* NULL: none is acceptable. Equal quality: the first; `loose`: the most specific. */
static const char *best_of(const cJSON *map, const char *accept, bool loose)
{
	const cJSON *one;
	const char *best = NULL;
	double best_quality = 0;
	cJSON_ArrayForEach(one, map) {
		double quality = quality_for(one->string, accept, loose);
		bool longer = loose && best != NULL && quality >= best_quality &&
			      strlen(one->string) > strlen(best);
		if (quality > best_quality || longer) {
			best = one->string;
			best_quality = quality;
		}
	}
	return best;
}

const char *xapi_language_choose(const cJSON *map, const char *accept)
{
	const char *best = accept != NULL ? best_of(map, accept, false) : NULL;
	if (best == NULL && accept != NULL)
		best = best_of(map, accept, true);
	return best != NULL || map == NULL || map->child == NULL ? best : map->child->string;
}

void xapi_language_map_reduce(cJSON *map, const char *accept)
{
	const char *chosen = xapi_language_choose(map, accept);
	if (chosen == NULL)
		return;
	cleanup_free char *name = xstrdup(chosen);
	const char *const names[] = {name};
	keep_only(map, names, 1);
}

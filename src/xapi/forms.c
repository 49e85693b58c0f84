/* xapi/forms.c - statements as they are kept, compared and given back */
#include "xapi.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

char *xapi_actor_key(const cJSON *actor)
{
	static const char *const names[] = {"mbox", "mbox_sha1sum", "openid"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (xapi_text(actor, names[i]) != NULL)
			return xasprintf("%s %s", names[i], xapi_text(actor, names[i]));
	const cJSON *account = xapi_at(actor, "account");
	if (xapi_text(account, "homePage") == NULL || xapi_text(account, "name") == NULL)
		return NULL;
	return xasprintf(
		"account %s %s", xapi_text(account, "homePage"), xapi_text(account, "name"));
}

/* ---- keeping ---- */

static const char *const context_lists[] = {"parent", "grouping", "category", "other"};

static void make_lists(cJSON *statement)
{
	cJSON *activities = xapi_at(xapi_at(statement, "context"), "contextActivities");
	for (size_t i = 0; i < ARRAY_LENGTH(context_lists); i++) {
		cJSON *one = xapi_at(activities, context_lists[i]);
		if (!cJSON_IsObject(one))
			continue;
		cJSON *list = cJSON_CreateArray();
		cJSON_AddItemToArray(list, cJSON_Duplicate(one, true));
		cJSON_ReplaceItemInObjectCaseSensitive(activities, context_lists[i], list);
	}
	if (text_same(xapi_text(xapi_at(statement, "object"), "objectType"), "SubStatement"))
		make_lists(xapi_at(statement, "object"));
}

static void set_text(cJSON *to, const char *name, const char *text)
{
	cJSON_DeleteItemFromObjectCaseSensitive(to, name);
	cJSON_AddStringToObject(to, name, text);
}

void xapi_statement_complete(
	cJSON *statement, enum xapi_version version, const char *stored, const cJSON *authority)
{
	char id[UUID_TEXT_SIZE];
	uuid_make(id);
	if (xapi_text(statement, "id") == NULL)
		set_text(statement, "id", id);
	text_lower(cJSON_GetStringValue(xapi_at(statement, "id")));
	if (text_same(xapi_text(xapi_at(statement, "object"), "objectType"), "StatementRef"))
		text_lower(cJSON_GetStringValue(xapi_at(xapi_at(statement, "object"), "id")));
	if (xapi_text(statement, "timestamp") == NULL)
		set_text(statement, "timestamp", stored);
	set_text(statement, "stored", stored);
	if (xapi_text(statement, "version") == NULL)
		set_text(statement, "version", version == XAPI_2_0 ? "2.0.0" : "1.0.0");
	cJSON_DeleteItemFromObjectCaseSensitive(statement, "authority");
	cJSON_AddItemToObject(statement, "authority", cJSON_Duplicate(authority, true));
	make_lists(statement);
}

/* ---- comparing ---- */

static bool same(const cJSON *a, const cJSON *b);

static bool same_list(const cJSON *a, const cJSON *b)
{
	a = a->child;
	b = b->child;
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		if (!same(a, b))
			return false;
	return a == NULL && b == NULL;
}

static bool same_object(const cJSON *a, const cJSON *b)
{
	const cJSON *one;
	if (cJSON_GetArraySize(a) != cJSON_GetArraySize(b))
		return false;
	cJSON_ArrayForEach(one, a) {
		const cJSON *other = xapi_at(b, one->string);
		if (other == NULL || !same(one, other))
			return false;
	}
	return true;
}

static bool same(const cJSON *a, const cJSON *b)
{
	if (cJSON_IsObject(a) && cJSON_IsObject(b))
		return same_object(a, b);
	if (cJSON_IsArray(a) && cJSON_IsArray(b))
		return same_list(a, b);
	if (cJSON_IsNumber(a) && cJSON_IsNumber(b))
		return a->valuedouble == b->valuedouble;
	if (cJSON_IsString(a) && cJSON_IsString(b))
		return text_same(a->valuestring, b->valuestring);
	return (a->type & 0xff) == (b->type & 0xff);
}

/* What a store sets, and what definitions may add, does not count. */
static cJSON *comparable(const cJSON *statement)
{
	static const char *const changed[] = {"stored", "authority", "version", "timestamp"};
	cJSON *copy = cJSON_Duplicate(statement, true);
	for (size_t i = 0; i < ARRAY_LENGTH(changed); i++)
		cJSON_DeleteItemFromObjectCaseSensitive(copy, changed[i]);
	text_lower(cJSON_GetStringValue(xapi_at(copy, "id")));
	make_lists(copy);
	return copy;
}

static bool same_time(const cJSON *a, const cJSON *b)
{
	int64_t one, other;
	return a == NULL || b == NULL ||
	       (xapi_timestamp(XAPI_1_0, cJSON_GetStringValue(a), &one) &&
		       xapi_timestamp(XAPI_1_0, cJSON_GetStringValue(b), &other) && one == other);
}

bool xapi_statement_same(const cJSON *a, const cJSON *b)
{
	cJSON *one = comparable(a), *other = comparable(b);
	bool equal =
		same(one, other) && same_time(xapi_at(a, "timestamp"), xapi_at(b, "timestamp"));
	cJSON_Delete(one);
	cJSON_Delete(other);
	return equal;
}

/* ---- walking ---- */

static bool is_sub(const cJSON *object)
{
	return text_same(xapi_text(object, "objectType"), "SubStatement");
}

static bool is_activity(const cJSON *object)
{
	const char *type = xapi_text(object, "objectType");
	return cJSON_IsObject(object) && (type == NULL || text_same(type, "Activity"));
}

static void walk_activities(const cJSON *statement, bool top,
	void (*each)(void *data, cJSON *activity, bool direct), void *data)
{
	cJSON *object = xapi_at(statement, "object"), *one;
	const cJSON *activities = xapi_at(xapi_at(statement, "context"), "contextActivities");
	if (is_activity(object))
		each(data, object, top);
	else if (is_sub(object))
		walk_activities(object, false, each, data);
	for (size_t i = 0; i < ARRAY_LENGTH(context_lists); i++)
		cJSON_ArrayForEach(one, xapi_at(activities, context_lists[i]))
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
	cJSON_ArrayForEach(member, xapi_at(actor, "member"))
		each(data, member, direct);
}

static void walk_actors(const cJSON *statement, bool top,
	void (*each)(void *data, cJSON *actor, bool direct), void *data)
{
	cJSON *object = xapi_at(statement, "object"), *context = xapi_at(statement, "context"),
	      *one;
	const char *type = xapi_text(object, "objectType");
	one_actor(xapi_at(statement, "actor"), top, each, data);
	if (text_same(type, "Agent") || text_same(type, "Group"))
		one_actor(object, top, each, data);
	else if (is_sub(object))
		walk_actors(object, false, each, data);
	one_actor(xapi_at(statement, "authority"), false, each, data);
	one_actor(xapi_at(context, "instructor"), false, each, data);
	one_actor(xapi_at(context, "team"), false, each, data);
	cJSON_ArrayForEach(one, xapi_at(context, "contextAgents"))
		one_actor(xapi_at(one, "agent"), false, each, data);
	cJSON_ArrayForEach(one, xapi_at(context, "contextGroups"))
		one_actor(xapi_at(one, "group"), false, each, data);
}

void xapi_each_actor(
	const cJSON *statement, void (*each)(void *data, cJSON *actor, bool direct), void *data)
{
	walk_actors(statement, true, each, data);
}

void xapi_each_verb(const cJSON *statement, void (*each)(void *data, cJSON *verb), void *data)
{
	each(data, xapi_at(statement, "verb"));
	if (is_sub(xapi_at(statement, "object")))
		each(data, xapi_at(xapi_at(statement, "object"), "verb"));
}

/* ---- ids ---- */

static void keep_only(cJSON *json, const char *const *names, size_t count)
{
	for (cJSON *one = json->child, *next; one != NULL; one = next) {
		bool kept = false;
		next = one->next;
		for (size_t i = 0; i < count; i++)
			kept = kept || text_same(one->string, names[i]);
		if (!kept)
			cJSON_Delete(cJSON_DetachItemViaPointer(json, one));
	}
}

static void activity_to_id(void *data, cJSON *activity, bool direct)
{
	static const char *const names[] = {"objectType", "id"};
	(void)data;
	(void)direct;
	keep_only(activity, names, ARRAY_LENGTH(names));
}

/* A group without an identifier is known by its members only. */
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

/* ---- languages ---- */

/* How well a tag answers a range of Accept-Language: "en" is answered by "en-GB", "*" by all. */
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
	const char *q = strstr(range, ";q=");
	const char *end = strchr(range, ',');
	return q != NULL && (end == NULL || q < end) ? strtod(q + 3, NULL) : 1;
}

const char *xapi_language_choose(const cJSON *map, const char *accept)
{
	const cJSON *one;
	const char *best = map != NULL && map->child != NULL ? map->child->string : NULL;
	double best_quality = 0;
	size_t best_fit = 0;
	for (const char *range = accept; range != NULL && *range != '\0';) {
		range += strspn(range, " ,");
		size_t length = strcspn(range, " ;,");
		double quality = quality_of(range);
		cJSON_ArrayForEach(one, map) {
			size_t fit = length > 0 ? fit_of(one->string, range, length) : 0;
			if (fit == 0 || quality < best_quality ||
				(quality == best_quality && fit <= best_fit))
				continue;
			best = one->string;
			best_quality = quality;
			best_fit = fit;
		}
		range += strcspn(range, ",");
	}
	return best;
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

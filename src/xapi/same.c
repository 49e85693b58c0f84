/* xapi/same.c - whether two statements are the same (§2.3.1) */
#include "xapi.h"
#include "json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool same_list(const cJSON *a, const cJSON *b)
{
	a = a->child;
	b = b->child;
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		if (!xapi_same(a, b))
			return false;
	return a == NULL && b == NULL;
}

static bool same_object(const cJSON *a, const cJSON *b)
{
	if (cJSON_GetArraySize(a) != cJSON_GetArraySize(b))
		return false;
	struct xapi_index one = xapi_index_make(a), other = xapi_index_make(b);
	bool same = true;
	for (size_t i = 0; same && i < one.count; i++)
		same = strcmp(one.items[i]->string, other.items[i]->string) == 0 &&
		       xapi_same(one.items[i], other.items[i]);
	xapi_index_finish(&one);
	xapi_index_finish(&other);
	return same;
}

bool xapi_same(const cJSON *a, const cJSON *b)
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

/* ---- remove what does not count, normalise what has several spellings ---- */

static void forget_definition(void *data, cJSON *activity, bool direct)
{
	(void)data;
	(void)direct;
	cJSON_DeleteItemFromObjectCaseSensitive(activity, "definition");
}

static void forget_display(void *data, cJSON *verb)
{
	(void)data;
	cJSON_DeleteItemFromObjectCaseSensitive(verb, "display");
}

struct member {
	char *key;
	cJSON *agent;
};

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

/* The order of a group's members does not count. */
static void sort_members(cJSON *members)
{
	size_t count = cJSON_IsArray(members) ? (size_t)cJSON_GetArraySize(members) : 0;
	struct member *list = xcalloc(count + 1, sizeof *list);
	for (size_t i = 0; i < count; i++) {
		cJSON *agent = cJSON_DetachItemFromArray(members, 0);
		char *key = xapi_actor_key(agent);
		list[i] = (struct member){key != NULL ? key : xstrdup(""), agent};
	}
	if (count > 1)
		qsort(list, count, sizeof *list, by_key);
	for (size_t i = 0; i < count; i++) {
		cJSON_AddItemToArray(members, list[i].agent);
		free(list[i].key);
	}
	free(list);
}

/* The domain of an e-mail address ignores case. */
static void settle_actor(void *data, cJSON *actor, bool direct)
{
	char *mbox = cJSON_GetStringValue(json_get(actor, "mbox"));
	char *at = mbox != NULL ? strrchr(mbox, '@') : NULL;
	(void)data;
	(void)direct;
	if (at != NULL)
		text_lower(at);
	sort_members(json_get(actor, "member"));
}

/* Durations count only to a hundredth of a second (§4.6). */
static void cut_duration(cJSON *result)
{
	char *text = cJSON_GetStringValue(json_get(result, "duration"));
	char *dot = text != NULL ? strpbrk(text, ".,") : NULL;
	size_t digits = dot != NULL ? strspn(dot + 1, "0123456789") : 0;
	if (digits > 2 && dot[1 + digits] == 'S')
		memmove(dot + 3, dot + 1 + digits, strlen(dot + 1 + digits) + 1);
}

static void settle_ids(cJSON *statement)
{
	cJSON *context = json_get(statement, "context"), *object = json_get(statement, "object");
	text_lower(cJSON_GetStringValue(json_get(statement, "id")));
	text_lower(cJSON_GetStringValue(json_get(context, "registration")));
	text_lower(cJSON_GetStringValue(json_get(json_get(context, "statement"), "id")));
	if (text_same(json_get_text(object, "objectType"), "StatementRef"))
		text_lower(cJSON_GetStringValue(json_get(object, "id")));
}

static cJSON *comparable_copy(const cJSON *statement)
{
	static const char *const changed[] = {"stored", "authority", "version", "timestamp"};
	cJSON *copy = cJSON_Duplicate(statement, true), *object = json_get(copy, "object");
	for (size_t i = 0; i < ARRAY_LENGTH(changed); i++)
		cJSON_DeleteItemFromObjectCaseSensitive(copy, changed[i]);
	xapi_statement_lists(copy);
	xapi_each_activity(copy, forget_definition, NULL);
	xapi_each_verb(copy, forget_display, NULL);
	xapi_each_actor(copy, settle_actor, NULL);
	settle_ids(copy);
	cut_duration(json_get(copy, "result"));
	if (text_same(json_get_text(object, "objectType"), "SubStatement")) {
		settle_ids(object);
		cut_duration(json_get(object, "result"));
		cJSON_DeleteItemFromObjectCaseSensitive(object, "timestamp");
	}
	return copy;
}

static bool same_timestamp(const cJSON *a, const cJSON *b)
{
	int64_t one, other;
	return xapi_timestamp(XAPI_1_0, cJSON_GetStringValue(a), &one) &&
	       xapi_timestamp(XAPI_1_0, cJSON_GetStringValue(b), &other) && one == other;
}

/* A store adds a missing timestamp to a statement, but not to a sub-statement. */
static bool same_times(const cJSON *a, const cJSON *b)
{
	const cJSON *one = json_get(a, "timestamp"), *other = json_get(b, "timestamp");
	const cJSON *below = json_get(json_get(a, "object"), "timestamp");
	const cJSON *other_below = json_get(json_get(b, "object"), "timestamp");
	return (one == NULL || other == NULL || same_timestamp(one, other)) &&
	       ((below == NULL && other_below == NULL) || same_timestamp(below, other_below));
}

bool xapi_statement_same(const cJSON *a, const cJSON *b)
{
	cJSON *one = comparable_copy(a), *other = comparable_copy(b);
	bool equal = xapi_same(one, other) && same_times(a, b);
	cJSON_Delete(one);
	cJSON_Delete(other);
	return equal;
}

/* gate/filters.c - the policy for filters: allowed keys, the objects that they name, and
 * restricting them to the learner's objects */
#include "private.h"

#include <stdlib.h>
#include <string.h>

static const char *const filter_keys[] = {"label", "name", "status", "id", "exited", "health",
	"ancestor", "before", "since", "volume", "network", "publish", "expose", "dangling",
	"reference", "driver", "type", "scope", "until", "container", "image", "event", "daemon",
	"is-task", "isolation", "label!", "all"};

/* Converts {"label":{"a=b":true}} to the second form, {"label":["a=b"]}. */
static bool normalise_filters(struct request *r, cJSON *filters)
{
	cJSON *one, *value;
	cJSON_ArrayForEach(one, filters) {
		if (!text_is_one_of(one->string, filter_keys, ARRAY_LENGTH(filter_keys)))
			return request_refuse(
				r, 400, "filters", "unknown filter filters.%s", one->string);
		if (cJSON_IsObject(one)) {
			cJSON *list = cJSON_CreateArray();
			cJSON_ArrayForEach(value, one)
				cJSON_AddItemToArray(list, cJSON_CreateString(value->string));
			cJSON_ReplaceItemInObjectCaseSensitive(filters, one->string, list);
			return normalise_filters(r, filters);
		}
		if (!cJSON_IsArray(one))
			return request_refuse(
				r, 400, "filters", "filters.%s must be a list", one->string);
		cJSON_ArrayForEach(value, one)
			if (!cJSON_IsString(value))
				return request_refuse(r, 400, "filters",
					"filters.%s must contain texts", one->string);
	}
	return true;
}

/* Looks up objects in filters like all others. */
static bool replace_network_filter(struct request *r, const char *name, char **ret)
{
	return owner_find_network(r, name, true, ret);
}

static const struct {
	const char *route, *key; /* route: how its path begins, "": any */
	bool (*find)(struct request *, const char *, char **);
	bool must; /* refuse with 404 if it does not exist, as the daemon does */
} named[] = {
	{"containers", "before", owner_find_container, true},
	{"containers", "since", owner_find_container, true},
	{"", "container", owner_find_container, false},
	{"", "network", replace_network_filter, false},
	{"", "volume", owner_find_volume, false},
};

/* A name that is not the learner's stays as given: it matches nothing that is shown. */
static bool own_in_filters(struct request *r, const cJSON *filters)
{
	for (size_t i = 0; i < ARRAY_LENGTH(named); i++) {
		cJSON *one;
		if (!text_starts(r->route->path, named[i].route))
			continue;
		cJSON_ArrayForEach(one, json_get(filters, named[i].key)) {
			cleanup_free char *full = NULL;
			if (named[i].find(r, one->valuestring, &full))
				cJSON_SetValuestring(one, full);
			else if (named[i].must || r->status != 404)
				return false;
			else
				request_clear_refusal(r);
		}
	}
	return true;
}

/* Limit the cost of a pattern, because the library that reads it does not. */
static bool is_modest(const char *pattern)
{
	size_t depth = 0, max = 0;
	for (const char *c = pattern; *c != '\0'; c++) {
		depth += *c == '(';
		depth -= *c == ')' && depth > 0;
		max = depth > max ? depth : max;
	}
	return strlen(pattern) <= 256 && max <= 8 && strchr(pattern, '{') == NULL;
}

/* Filters contain the learner's names, so the gate itself applies them to the answer. */
static bool keep_names(struct request *r, cJSON *filters)
{
	const cJSON *one;
	cJSON_ArrayForEach(one, json_get(filters, "name")) {
		if (!is_modest(one->valuestring))
			return request_refuse(
				r, 400, "filters", "filters.name: the pattern is too large");
		words_add(&r->names, one->valuestring);
	}
	cJSON_DeleteItemFromObjectCaseSensitive(filters, "name");
	return true;
}

cJSON *filters_read(struct request *r)
{
	const char *text = target_query(&r->target, "filters"), *why = "not an object";
	cJSON *filters = NULL;
	if (text == NULL || *text == '\0')
		return cJSON_CreateObject();
	if (gate_parse_body(text, strlen(text), &filters, &why) && cJSON_IsObject(filters)) {
		if (normalise_filters(r, filters))
			return filters;
	} else {
		(void)request_refuse(r, 400, "filters", "filters: %s", why);
	}
	cJSON_Delete(filters);
	return NULL;
}

/* Writes the forwarded filters; the owner's label is an additional condition. */
static bool put_filters(struct request *r, cJSON *filters, bool with_owner)
{
	if (with_owner) {
		cJSON *labels = json_get(filters, "label");
		if (labels == NULL)
			labels = cJSON_AddArrayToObject(filters, "label");
		cleanup_free char *own = xasprintf("%s=%s", GATE_OWNER_LABEL, r->gate->learner);
		cJSON_AddItemToArray(labels, cJSON_CreateString(own));
	}
	cleanup_free char *text = json_print(filters);
	if (filters->child != NULL)
		target_set(&r->target, "filters", text);
	else
		target_remove(&r->target, "filters");
	return true;
}

static bool judge_filters_with(struct request *r, bool with_names, bool with_owner)
{
	cJSON *filters = filters_read(r);
	bool good = filters != NULL && own_in_filters(r, filters) &&
		    (!with_names || keep_names(r, filters)) && put_filters(r, filters, with_owner);
	cJSON_Delete(filters);
	return good;
}

bool gate_judge_filters(struct request *r)
{
	return judge_filters_with(r, true, false);
}

/* `limit` counts what the daemon lists, so the list must contain only the learner's objects. */
bool gate_judge_containers(struct request *r)
{
	return judge_filters_with(r, true, true);
}

bool gate_judge_events(struct request *r)
{
	cleanup_words struct words ignored = {0};
	owner_list_containers(r->gate, &r->shown, &ignored);
	return judge_filters_with(r, false, false);
}

bool gate_judge_prune(struct request *r)
{
	return judge_filters_with(r, false, true);
}

static int prune_nothing(struct request *r)
{
	gate_reply_text(r->client.fd, 200, "{\"CachesDeleted\":null,\"SpaceReclaimed\":0}\n");
	return 200;
}

/* The build cache carries no label: it is the daemon's, and stays. */
bool gate_judge_build_prune(struct request *r)
{
	r->act = prune_nothing;
	return true;
}

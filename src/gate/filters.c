/* gate/filters.c - the policy of filters: which there are, whom they name, and that they mean one's
 * own */
#include "private.h"

#include <stdlib.h>
#include <string.h>

static const char *const filter_keys[] = {"label", "name", "status", "id", "exited", "health",
	"ancestor", "before", "since", "volume", "network", "publish", "expose", "dangling",
	"reference", "driver", "type", "scope", "until", "container", "image", "event", "daemon",
	"is-task", "isolation", "label!"};

static bool is_filter_key(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(filter_keys); i++)
		if (text_same(filter_keys[i], name))
			return true;
	return false;
}

/* {"label":{"a=b":true}} and {"label":["a=b"]} become the second form. */
static bool normalise(struct request *r, cJSON *filters)
{
	cJSON *one, *value;
	cJSON_ArrayForEach(one, filters) {
		if (!is_filter_key(one->string))
			return refuse(r, 400, "filters", "filters.%s is not known", one->string);
		if (cJSON_IsObject(one)) {
			cJSON *list = cJSON_CreateArray();
			cJSON_ArrayForEach(value, one)
				cJSON_AddItemToArray(list, cJSON_CreateString(value->string));
			cJSON_ReplaceItemInObjectCaseSensitive(filters, one->string, list);
			return normalise(r, filters);
		}
		if (!cJSON_IsArray(one))
			return refuse(r, 400, "filters", "filters.%s must be a list", one->string);
		cJSON_ArrayForEach(value, one)
			if (!cJSON_IsString(value))
				return refuse(
					r, 400, "filters", "filters.%s has no text", one->string);
	}
	return true;
}

/* Objects that a filter names are looked up like all others, and named by their ids. */
static bool find_image(struct request *r, const char *name, char **ret)
{
	return own_image(r, name, true, ret, NULL);
}
static bool find_network(struct request *r, const char *name, char **ret)
{
	return own_network(r, name, true, ret);
}

static const struct {
	const char *route, *key; /* route: a part of its path, "" any */
	bool (*find)(struct request *, const char *, char **);
	bool must; /* 404 where it is not there, as the daemon has it */
} named[] = {
	{"containers", "before", own_container, true},
	{"containers", "since", own_container, true},
	{"images", "before", find_image, true},
	{"images", "since", find_image, true},
	{"", "container", own_container, false},
	{"", "image", find_image, false},
	{"", "ancestor", find_image, false},
	{"", "network", find_network, false},
	{"", "volume", own_volume, false},
};

static bool own_in_filters(struct request *r, const cJSON *filters)
{
	for (size_t i = 0; is_class(r) && i < ARRAY_LENGTH(named); i++) {
		cJSON *one;
		if (strstr(r->route->path, named[i].route) == NULL)
			continue;
		cJSON_ArrayForEach(one, json_at(filters, named[i].key)) {
			cleanup_free char *id = NULL;
			if (named[i].find(r, one->valuestring, &id))
				cJSON_SetValuestring(one, id);
			else if (named[i].must || r->status != 404)
				return false;
			else
				forgive(r);
		}
	}
	return true;
}

/* Patterns of names mean those that the learner knows: they are for the gate itself to match. */
static void keep_patterns(struct request *r, cJSON *filters)
{
	static const char *const keys[] = {"name", "reference"};
	struct words *const into[] = {&r->names, &r->references};
	for (size_t i = 0; is_class(r) && i < ARRAY_LENGTH(keys); i++) {
		const cJSON *one;
		cJSON_ArrayForEach(one, json_at(filters, keys[i]))
			words_add(into[i], one->valuestring);
		cJSON_DeleteItemFromObjectCaseSensitive(filters, keys[i]);
	}
}

static void add_owner(struct request *r, cJSON *filters)
{
	if (!is_class(r))
		return;
	cJSON *labels = cJSON_GetObjectItemCaseSensitive(filters, "label");
	if (labels == NULL)
		labels = cJSON_AddArrayToObject(filters, "label");
	cleanup_free char *own = xasprintf("%s=%s", GATE_OWNER_LABEL, r->gate->owner);
	cJSON_AddItemToArray(labels, cJSON_CreateString(own));
}

static bool read_filters(struct request *r, cJSON **ret)
{
	const char *text = target_query(&r->target, "filters"), *why = NULL;
	*ret = NULL;
	if (text == NULL || *text == '\0')
		*ret = cJSON_CreateObject();
	else if (!json_read(text, strlen(text), ret, &why) || !cJSON_IsObject(*ret))
		return refuse(r, 400, "filters", "filters: %s", why != NULL ? why : "no object");
	if (!normalise(r, *ret) || !own_in_filters(r, *ret))
		return false;
	keep_patterns(r, *ret);
	return true;
}

static bool put_filters(struct request *r, bool with_owner)
{
	cJSON *filters = NULL;
	bool good = read_filters(r, &filters);
	if (good && with_owner)
		add_owner(r, filters);
	if (good && filters->child != NULL) {
		cleanup_free char *text = cJSON_PrintUnformatted(filters);
		target_set(&r->target, "filters", text);
	} else if (good) {
		target_remove(&r->target, "filters");
	}
	cJSON_Delete(filters);
	return good;
}

bool judge_filters(struct request *r)
{
	/* images carry whoever's labels, and events of volumes and networks none: their answers
	 * are looked through instead, as all are */
	bool labelled = strstr(r->route->path, "images") == NULL &&
			strstr(r->route->path, "events") == NULL &&
			strstr(r->route->path, "networks") == NULL;
	if (is_class(r))
		target_remove(&r->target, "size");
	return put_filters(r, labelled);
}

bool judge_prune(struct request *r)
{
	return put_filters(r, true);
}

/* gate/owner.c - ownership of objects: looks an object up on the daemon by the given name, then
 * uses an unambiguous name, so that the forwarded request is about the judged object */
#include "private.h"

#include <stdlib.h>
#include <string.h>

bool owner_has_label(const struct gate *gate, const cJSON *labels)
{
	return text_same(json_get_text_or(labels, GATE_OWNER_LABEL, ""), gate->learner);
}

static bool is_id(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static bool refuse_absent(struct request *r, const char *rule, const char *what, const char *name)
{
	return request_refuse(r, 404, rule, "No such %s: %s", what, name);
}

/* Tries the learner's name first, then an id or a name that the daemon gave. NULL after a
 * refusal: 404, or 502 if the daemon does not answer. *ret_found: the name that found it. */
static cJSON *inspect_owned(struct request *r, const char *folder, const char *name,
	const char *tail, const char *what, char **ret_found)
{
	cleanup_free char *own = names_for_daemon(r->gate, name);
	const char *const ways[] = {own, name};
	for (size_t i = is_id(name); i < ARRAY_LENGTH(ways); i++) {
		cJSON *json = NULL;
		if (!upstream_inspect(r->gate, folder, ways[i], tail, &json)) {
			(void)request_refuse_unreachable(r);
			return NULL;
		}
		if (json != NULL) {
			*ret_found = xstrdup(ways[i]);
			return json;
		}
	}
	(void)refuse_absent(r, "absent", what, name);
	return NULL;
}

/* ---- containers ---- */

/* Returns the container's name as the learner gave it. */
static char *learner_name_of(const struct gate *gate, const cJSON *container)
{
	const char *name = json_get_text_or(container, "Name", "");
	name += *name == '/';
	return names_is_own(gate, name) ? xstrdup(name + strlen(gate->front)) : NULL;
}

/* Returns NULL after a refusal. *ret_found: the name with the learner's prefix, else the full
 * id. */
static cJSON *inspect_container(struct request *r, const char *name, char **ret_found)
{
	cleanup_free char *found = NULL;
	name += *name == '/';
	if (*name == '\0') {
		(void)request_refuse(r, 400, "name", "the name of a container is required");
		return NULL;
	}
	cJSON *json = inspect_owned(r, "containers", name, "/json", "container", &found);
	if (json != NULL &&
		!owner_has_label(r->gate, json_get(json_get(json, "Config"), "Labels"))) {
		(void)refuse_absent(r, "owner", "container", name);
		cJSON_Delete(json);
		return NULL;
	}
	if (json != NULL)
		*ret_found = xstrdup(
			names_is_own(r->gate, found) ? found : json_get_text_or(json, "Id", ""));
	return json;
}

bool owner_find_named_container(
	struct request *r, const char *name, char **ret_id, char **ret_called)
{
	cleanup_free char *found = NULL;
	cJSON *json = inspect_container(r, name, &found);
	if (json == NULL)
		return false;
	*ret_id = xstrdup(json_get_text_or(json, "Id", ""));
	*ret_called = learner_name_of(r->gate, json);
	cJSON_Delete(json);
	return true;
}

bool owner_find_container(struct request *r, const char *name, char **ret_id)
{
	cleanup_free char *called_so = NULL;
	return owner_find_named_container(r, name, ret_id, &called_so);
}

static bool own_exec(struct request *r, const char *id)
{
	cJSON *json = NULL;
	cleanup_free char *container = NULL;
	if (is_id(id) && !upstream_inspect(r->gate, "exec", id, "/json", &json))
		return request_refuse_unreachable(r);
	bool owned = json != NULL &&
		     owner_find_container(r, json_get_text_or(json, "ContainerID", ""), &container);
	cJSON_Delete(json);
	return owned || r->status == 502 || refuse_absent(r, "owner", "exec instance", id);
}

/* ---- networks and volumes ---- */

bool owner_is_common_network(const char *name)
{
	return text_same(name, "bridge") || text_same(name, "host") || text_same(name, "none");
}

bool owner_find_network(struct request *r, const char *name, bool shared, char **ret)
{
	cleanup_free char *found = NULL;
	cJSON *json = inspect_owned(r, "networks", name, "", "network", &found);
	const char *full = json_get_text_or(json, "Name", "");
	bool owned = json != NULL && owner_has_label(r->gate, json_get(json, "Labels"));
	bool good = owned || (json != NULL && shared && owner_is_common_network(full));
	if (good) /* no id starts like these names */
		*ret = xstrdup(!owned || names_is_own(r->gate, full)
				       ? full
				       : json_get_text_or(json, "Id", ""));
	else if (r->status != 502)
		(void)request_refuse(
			r, 404, json != NULL ? "owner" : "absent", "network %s not found", name);
	cJSON_Delete(json);
	return good;
}

void owner_list_containers(struct gate *gate, struct words *ret_ids, struct words *ret_volumes)
{
	cleanup_free char *path = owner_filter_path(gate, "/containers/json?all=1&");
	cJSON *list = NULL;
	const cJSON *one, *mount;
	int status = 0;
	(void)upstream_ask(gate, "GET", path, NULL, &status, &list); /* then the list is empty */
	cJSON_ArrayForEach(one, list) {
		if (!owner_has_label(gate, json_get(one, "Labels")))
			continue;
		words_add(ret_ids, json_get_text_or(one, "Id", ""));
		cJSON_ArrayForEach(mount, json_get(one, "Mounts"))
			words_add(ret_volumes, json_get_text_or(mount, "Name", ""));
	}
	cJSON_Delete(list);
}

/* Anonymous volumes carry no label; they belong to their container's owner. */
static bool is_mounted(struct gate *gate, const char *volume)
{
	cleanup_words struct words ids = {0}, volumes = {0};
	if (!is_id(volume))
		return false;
	owner_list_containers(gate, &ids, &volumes);
	return words_has(&volumes, volume);
}

bool owner_find_volume(struct request *r, const char *name, char **ret_name)
{
	cleanup_free char *found = NULL;
	cJSON *json = inspect_owned(r, "volumes", name, "", "volume", &found);
	bool owned = json != NULL && (owner_has_label(r->gate, json_get(json, "Labels")) ||
					     is_mounted(r->gate, found));
	if (owned)
		*ret_name = xstrdup(found);
	else if (r->status != 502)
		(void)request_refuse(
			r, 404, json != NULL ? "owner" : "absent", "get %s: no such volume", name);
	cJSON_Delete(json);
	return owned;
}

/* ---- the path ---- */

/* Reports whether the path may name a shared network: to inspect it, or to join it. */
static bool may_be_shared(const struct request *r)
{
	return r->route->tenancy == SHARED;
}

bool owner_check_path(struct request *r)
{
	const char *path = r->route->path;
	cleanup_free char *name = request_object_name(r), *full = NULL;
	bool good = true;
	if (strstr(path, "{container}") != NULL) {
		cJSON *json = inspect_container(r, name, &full);
		good = json != NULL;
		cJSON_Delete(json);
	} else if (strstr(path, "{network}") != NULL)
		good = owner_find_network(r, name, may_be_shared(r), &full);
	else if (strstr(path, "{volume}") != NULL)
		good = owner_find_volume(r, name, &full);
	else if (strstr(path, "{exec}") != NULL)
		good = own_exec(r, name);
	else if (strstr(path, "{image}") != NULL)
		good = gate_judge_image(r, name);
	if (good && full != NULL)
		request_set_object_name(r, full);
	return good;
}

/* ---- all objects ---- */

char *owner_filter_path(const struct gate *gate, const char *query)
{
	cleanup_buf struct buf text = {0};
	buf_printf(&text, "%sfilters=%%7B%%22label%%22%%3A%%5B%%22%s%%3D", query, GATE_OWNER_LABEL);
	url_encode(&text, gate->learner, "");
	buf_add_text(&text, "%22%5D%7D");
	return buf_steal(&text);
}

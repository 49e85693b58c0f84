/* gate/networks.c - the policy for networks: which ones a container may join, and what a new one
 * may specify */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

/* ---- networks that a container joins ---- */

const struct field networks_endpoint_fields[] = {
	{"Aliases", KEEP, NULL, NULL, NULL},
	{"IPAMConfig", KEEP, NULL, NULL, NULL},
	{"Links", DENY, NULL, NULL, NULL},
	{"MacAddress", DENY, NULL, NULL, NULL},
	{"DriverOpts", DENY, NULL, NULL, NULL},
	{"NetworkID", DROP, NULL, NULL, NULL},
	{"EndpointID", DROP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};

/* "default" is the daemon's bridge, which everyone may join. */
static bool find_joinable_network(struct request *r, const char *name, char **ret)
{
	if (!text_same(name, "default"))
		return owner_find_network(r, name, true, ret);
	*ret = xstrdup(name);
	return true;
}

bool gate_check_network_mode(
	struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cleanup_free char *name = NULL;
	(void)f;
	if (!cJSON_IsString(value))
		return request_refuse(r, 400, path, "%s must be a text", path);
	const char *mode = value->valuestring;
	if (text_starts(mode, "container:"))
		return mounts_replace_container(r, value);
	bool plain = strchr(mode, ':') == NULL && strchr(mode, '/') == NULL;
	if (plain && !find_joinable_network(r, mode, &name))
		return false;
	if (!plain || text_same(name, "host")) /* by whichever name */
		return request_refuse(r, 403, path,
			"%s=%s would leave the sandbox: allowed are bridge, none, a network of "
			"your own and container:NAME",
			path, mode);
	walk_set_text(value, name);
	return true;
}

static bool judge_endpoint(struct request *r, const char *path, cJSON *endpoint, cJSON *into)
{
	cleanup_free char *id = NULL;
	if (!find_joinable_network(r, endpoint->string, &id))
		return false;
	if (text_same(id, "host"))
		return request_refuse(r, 403, path, "%s.host is not allowed", path);
	if (!cJSON_IsNull(endpoint) && !cJSON_IsObject(endpoint))
		return request_refuse(r, 400, path, "%s must hold objects", path);
	if (json_get(into, id) != NULL)
		return request_refuse(r, 400, path, "%s names one network twice", path);
	if (cJSON_IsObject(endpoint) && !walk_fields(r, path, endpoint, networks_endpoint_fields))
		return false;
	cJSON_AddItemToObject(into, id,
		cJSON_IsNull(endpoint) ? cJSON_CreateObject() : cJSON_Duplicate(endpoint, true));
	return true;
}

bool gate_check_endpoints(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cJSON *one, *judged = cJSON_CreateObject();
	bool good = true;
	(void)f;
	if (!cJSON_IsObject(value)) {
		cJSON_Delete(judged);
		return request_refuse(r, 400, path, "%s must be an object", path);
	}
	cJSON_ArrayForEach(one, value)
		good = good && judge_endpoint(r, path, one, judged);
	if (good) { /* replace its members by those with judged names */
		cJSON *old = value->child;
		value->child = judged->child;
		judged->child = old;
	}
	cJSON_Delete(judged);
	return good;
}

/* In the learner's networks, containers must be reachable by the name that the learner gave; the
 * daemon only knows its own name. */
static void put_alias(cJSON *endpoint, const char *name)
{
	cJSON *aliases = json_get(endpoint, "Aliases");
	if (!cJSON_IsArray(aliases)) {
		cJSON_DeleteItemFromObjectCaseSensitive(endpoint, "Aliases");
		aliases = cJSON_AddArrayToObject(endpoint, "Aliases");
	}
	cJSON_AddItemToArray(aliases, cJSON_CreateString(name));
}

static bool has_names(const char *network)
{
	return *network != '\0' && !owner_is_common_network(network) &&
	       !text_same(network, "default") && !text_starts(network, "container:");
}

bool gate_judge_create(struct request *r)
{
	const char *mode = json_get_text_or(json_get(r->body, "HostConfig"), "NetworkMode", "");
	const char *full = target_query(&r->target, "name");
	if (full == NULL || !names_is_own(r->gate, full))
		return true; /* the daemon names it */
	cJSON *one, *endpoints = walk_ensure_object(
			    walk_ensure_object(r->body, "NetworkingConfig"), "EndpointsConfig");
	if (has_names(mode))
		(void)walk_ensure_object(endpoints, mode);
	for (one = endpoints->child; one != NULL; one = one->next)
		if (has_names(one->string))
			put_alias(walk_ensure_object(endpoints, one->string),
				full + strlen(r->gate->front));
	return true;
}

/* ---- creating, joining and leaving networks ---- */

/* Check first, because the daemon accepts a second network of the same name. */
static bool is_network_name_free(struct request *r, const char *full, const char *name)
{
	cJSON *json = NULL;
	if (!upstream_inspect(r->gate, "networks", full, "", &json))
		return request_refuse_unreachable(r);
	bool there = json != NULL;
	cJSON_Delete(json);
	return !there ||
	       request_refuse(r, 409, "Name", "network with name %s already exists", name);
}

bool gate_judge_network_create(struct request *r)
{
	cleanup_free char *name = xstrdup(json_get_text_or(r->body, "Name", ""));
	cleanup_free char *full = names_for_daemon(r->gate, name);
	if (owner_is_common_network(name))
		return request_refuse(r, 403, "Name",
			"operation is not permitted on predefined %s network", name);
	if (!gate_judge_name(r, name) || !is_network_name_free(r, full, name))
		return false;
	cJSON_DeleteItemFromObjectCaseSensitive(r->body, "Name");
	cJSON_AddStringToObject(r->body, "Name", full);
	return true;
}

/* Replaces the container of the body by its id. *ret_called: the learner's name for it; NULL if
 * the daemon named it. */
static bool find_joining_container(struct request *r, char **ret_called)
{
	cleanup_free char *id = NULL;
	cJSON *container = json_get(r->body, "Container");
	if (!cJSON_IsString(container))
		return request_refuse(r, 400, "Container", "Container: a name is missing");
	if (!owner_find_named_container(r, container->valuestring, &id, ret_called))
		return false;
	walk_set_text(container, id);
	return true;
}

bool gate_judge_connect(struct request *r)
{
	cleanup_free char *name = NULL, *network = request_object_name(r);
	if (!find_joining_container(r, &name))
		return false;
	if (name != NULL && has_names(network))
		put_alias(walk_ensure_object(r->body, "EndpointConfig"), name);
	return true;
}

bool gate_judge_disconnect(struct request *r)
{
	cleanup_free char *name = NULL;
	return find_joining_container(r, &name);
}

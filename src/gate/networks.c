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
			"%s=%s would leave the sandbox; use bridge, none, a network of your own or container:NAME",
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
		return request_refuse(r, 400, path, "%s must contain objects", path);
	if (json_get(into, id) != NULL)
		return request_refuse(r, 400, path, "%s names a network twice", path);
	if (cJSON_IsObject(endpoint) && !walk_fields(r, path, endpoint, networks_endpoint_fields))
		return false;
	cJSON_AddItemToObject(into, id,
		cJSON_IsNull(endpoint) ? cJSON_CreateNull() : cJSON_Duplicate(endpoint, true));
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

void networks_put_aliases(struct request *r, const char *name)
{
	const char *mode = json_get_text_or(json_get(r->body, "HostConfig"), "NetworkMode", "");
	cJSON *endpoints = walk_ensure_object(
		walk_ensure_object(r->body, "NetworkingConfig"), "EndpointsConfig");
	cJSON *one;
	if (has_names(mode))
		(void)walk_ensure_object(endpoints, mode);
	for (one = endpoints->child; one != NULL; one = one->next)
		if (has_names(one->string))
			put_alias(walk_ensure_object(endpoints, one->string), name);
}

/* ---- creating, joining and leaving networks ---- */

bool gate_check_ipam_driver(
	struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return text_same(cJSON_GetStringValue(value), "default") ||
	       request_refuse(r, 403, path, "%s: only default is allowed", path);
}

static const struct field ipam_fields[] = {
	{"Driver", LOOK, gate_check_ipam_driver, NULL, NULL},
	{"Config", KEEP, NULL, NULL, NULL},
	{"Options", DENY, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field network_fields[] = {
	{"Name", KEEP, NULL, NULL, NULL},
	{"CheckDuplicate", DROP, NULL, NULL, NULL},
	{"Driver", KEEP, NULL, NULL, NULL},
	{"Internal", KEEP, NULL, NULL, NULL},
	{"Labels", LOOK, gate_check_labels, NULL, NULL},
	{"Options", DENY, NULL, NULL,
		"a bridge may have no options here: these could reach the bridges of others"},
	{"IPAM", FIELDS, NULL, ipam_fields, NULL},
	{"Scope", DENY, NULL, NULL, NULL},
	{"Attachable", DROP, NULL, NULL, NULL}, /* for swarm networks; compose sends it for all */
	{"Ingress", DENY, NULL, NULL, NULL},
	{"ConfigOnly", DENY, NULL, NULL, NULL},
	{"ConfigFrom", DENY, NULL, NULL, NULL},
	{"EnableIPv6", DENY, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field connect_fields[] = {
	{"Container", KEEP, NULL, NULL, NULL},
	{"EndpointConfig", FIELDS, NULL, networks_endpoint_fields, NULL},
	{"Force", KEEP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};

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
	if (!walk_fields(r, "", r->body, network_fields))
		return false;
	cleanup_free char *name = xstrdup(json_get_text_or(r->body, "Name", ""));
	cleanup_free char *full = names_for_daemon(r->gate, name);
	const char *driver = json_get_text_or(r->body, "Driver", "");
	if (*driver != '\0' && !text_same(driver, "bridge"))
		return request_refuse(
			r, 403, "Driver", "Driver=%s: only bridge is allowed", driver);
	if (owner_is_common_network(name))
		return request_refuse(r, 403, "Name",
			"operation is not permitted on predefined %s network", name);
	if (!gate_judge_name(r, name) || !is_network_name_free(r, full, name))
		return false;
	cJSON_DeleteItemFromObjectCaseSensitive(r->body, "Name");
	cJSON_AddStringToObject(r->body, "Name", full);
	cJSON_AddBoolToObject(r->body, "CheckDuplicate", true);
	walk_put_owner(r->gate, r->body);
	return true;
}

bool gate_judge_connect(struct request *r)
{
	cleanup_free char *id = NULL, *name = NULL, *network = request_object_name(r);
	if (!walk_fields(r, "", r->body, connect_fields))
		return false;
	cJSON *container = json_get(r->body, "Container");
	if (!cJSON_IsString(container))
		return request_refuse(r, 400, "Container", "Container: a name is required");
	if (!owner_find_named_container(r, container->valuestring, &id, &name))
		return false;
	walk_set_text(container, id);
	if (name != NULL && has_names(network) && text_ends(r->route->path, "/connect"))
		put_alias(walk_ensure_object(r->body, "EndpointConfig"), name);
	return true;
}

/* gate/networks.c - whose networks, and how they keep apart. In class the daemon's own bridge, on
 * which all could reach all, stands for a network of each owner's that they see as `bridge`. */
#include "fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BRIDGE "bridge"
#define SUBNET_BITS 26
#define TRIES 8

/* ---- addresses ---- */

struct range {
	uint32_t first, last;
};

static bool read_range(const char *text, struct range *ret)
{
	unsigned a, b, c, d, bits;
	char more;
	if (sscanf(text, "%3u.%3u.%3u.%3u/%2u%c", &a, &b, &c, &d, &bits, &more) != 5 || a > 255 ||
		b > 255 || c > 255 || d > 255 || bits > 32)
		return false;
	uint32_t address = a << 24 | b << 16 | c << 8 | d;
	uint32_t mask = bits == 0 ? 0 : UINT32_MAX << (32 - bits);
	*ret = (struct range){address & mask, address | ~mask};
	return true;
}

static bool is_taken(const cJSON *networks, uint32_t first, uint32_t last)
{
	const cJSON *one, *config;
	struct range used;
	cJSON_ArrayForEach(one, networks)
		cJSON_ArrayForEach(config, json_at(json_at(one, "IPAM"), "Config"))
			if (read_range(json_text(config, "Subnet"), &used) && used.first <= last &&
				first <= used.last)
				return true;
	return false;
}

/* Where an owner's addresses are looked for first: who asks at the same time looks elsewhere. */
static uint32_t place_of(const struct gate *gate, uint32_t count)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	for (const char *c = gate->owner != NULL ? gate->owner : ""; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	return hash % count;
}

/* A free one of 64 addresses; the daemon's own pools have thirty networks for all. NULL: the policy
 * lists none, or all are taken: then the daemon may choose. */
static char *free_subnet(struct request *r)
{
	const uint32_t size = 1u << (32 - SUBNET_BITS);
	const struct words *pools = &r->gate->policy.subnets;
	cJSON *networks = NULL;
	char *subnet = NULL;
	int status = 0;
	if (!upstream_ask(r->gate, "GET", "/networks", NULL, &status, &networks))
		return NULL;
	for (size_t i = 0; i < pools->count && subnet == NULL; i++) {
		struct range pool;
		if (!read_range(pools->items[i], &pool))
			continue;
		uint32_t count = (pool.last - pool.first) / size + 1;
		uint32_t place = place_of(r->gate, count);
		for (uint32_t k = 0; k < count && subnet == NULL; k++) {
			uint32_t at = pool.first + (place + k) % count * size;
			if (!is_taken(networks, at, at + size - 1))
				subnet = xasprintf("%u.%u.%u.%u/%d", at >> 24, at >> 16 & 255,
					at >> 8 & 255, at & 255, SUBNET_BITS);
		}
	}
	cJSON_Delete(networks);
	return subnet;
}

/* What the gate itself says of a network in class: its addresses, and whether it leads out. */
static void put_addresses(struct request *r, cJSON *network)
{
	cleanup_free char *subnet = free_subnet(r);
	cJSON_DeleteItemFromObjectCaseSensitive(network, "IPAM");
	if (subnet != NULL) {
		cJSON *config =
			cJSON_AddArrayToObject(cJSON_AddObjectToObject(network, "IPAM"), "Config");
		cJSON *one = cJSON_CreateObject();
		cJSON_AddItemToArray(config, one);
		cJSON_AddStringToObject(one, "Subnet", subnet);
	}
	cJSON_DeleteItemFromObjectCaseSensitive(network, "Options");
	if (!r->gate->policy.egress)
		cJSON_AddStringToObject(cJSON_AddObjectToObject(network, "Options"),
			"com.docker.network.bridge.enable_ip_masquerade", "false");
}

/* ---- the owner's bridge ---- */

static char *make_bridge(struct request *r, const char *name)
{
	cJSON *body = cJSON_CreateObject(), *answer = NULL;
	int status = 0;
	cJSON_AddStringToObject(body, "Name", name);
	cJSON_AddStringToObject(body, "Driver", "bridge");
	cJSON_AddBoolToObject(body, "CheckDuplicate", true);
	put_owner(r->gate, body);
	put_addresses(r, body);
	cleanup_free char *text = cJSON_PrintUnformatted(body);
	cJSON_Delete(body);
	bool made = upstream_ask(r->gate, "POST", "/networks/create", text, &status, &answer) &&
		    status == 201;
	char *id = made ? xstrdup(json_text(answer, "Id")) : NULL;
	cJSON_Delete(answer);
	return id;
}

/* Another request of the owner's may make it at the same time, and another owner may take the same
 * addresses: then again. */
bool own_bridge(struct request *r, char **ret_id)
{
	cleanup_free char *name = name_for_daemon(r->gate, BRIDGE);
	for (int i = 0; i < TRIES && r->bridge == NULL; i++) {
		cJSON *json = NULL;
		if (!upstream_look(r->gate, "networks", name, "", &json))
			break;
		r->bridge = json != NULL ? xstrdup(json_text(json, "Id")) : make_bridge(r, name);
		cJSON_Delete(json);
	}
	if (r->bridge == NULL)
		return refuse(r, 502, "daemon", "your network can't be made; try again");
	*ret_id = xstrdup(r->bridge);
	return true;
}

bool judge_networks(struct request *r)
{
	cleanup_free char *id = NULL;
	return (!is_class(r) || own_bridge(r, &id)) && judge_filters(r);
}

/* ---- networks that a container joins ---- */

const struct field endpoint_fields[] = {
	{"Aliases", KEEP, NULL, NULL, NULL},
	{"IPAMConfig", SOLO, NULL, NULL, "addresses are given by the network"},
	{"Links", DENY, NULL, NULL, NULL},
	{"MacAddress", DENY, NULL, NULL, NULL},
	{"DriverOpts", DENY, NULL, NULL, NULL},
	{"NetworkID", DROP, NULL, NULL, NULL},
	{"EndpointID", DROP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};

/* The daemon looks a text up by name and by the beginning of an id: here it gets the id that was
 * judged. */
static bool find_network(struct request *r, const char *name, char **ret)
{
	if (text_same(name, "none") ||
		(!is_class(r) && (text_same(name, BRIDGE) || text_same(name, "default")))) {
		*ret = xstrdup(name);
		return true;
	}
	if (text_same(name, BRIDGE) || text_same(name, "default"))
		return own_bridge(r, ret);
	return own_network(r, name, false, ret);
}

bool rule_network_mode(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cleanup_free char *id = NULL;
	(void)f;
	if (!cJSON_IsString(value))
		return refuse(r, 400, path, "%s must be a text", path);
	const char *mode = value->valuestring;
	if (text_starts(mode, "container:"))
		return join_container(r, value);
	if (text_same(mode, "host") || strchr(mode, ':') != NULL || strchr(mode, '/') != NULL)
		return refuse(r, 403, path,
			"%s=%s would leave the sandbox: allowed are bridge, none, a network of "
			"your "
			"own and container:NAME",
			path, mode);
	if (!find_network(r, text_same(mode, "nat") ? "default" : mode, &id))
		return false;
	set_text(value, id);
	return true;
}

static bool judge_endpoint(struct request *r, const char *path, cJSON *endpoint, cJSON *into)
{
	cleanup_free char *id = NULL;
	if (text_same(endpoint->string, "host"))
		return refuse(r, 403, path, "%s.host is not allowed", path);
	if (!find_network(r, endpoint->string, &id))
		return false;
	if (!cJSON_IsNull(endpoint) && !cJSON_IsObject(endpoint))
		return refuse(r, 400, path, "%s must hold objects", path);
	if (json_at(into, id) != NULL)
		return refuse(r, 400, path, "%s names one network twice", path);
	if (cJSON_IsObject(endpoint) && !fields_walk(r, path, endpoint, endpoint_fields))
		return false;
	cJSON_AddItemToObject(into, id,
		cJSON_IsNull(endpoint) ? cJSON_CreateNull() : cJSON_Duplicate(endpoint, true));
	return true;
}

bool rule_endpoints(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cJSON *one, *judged = cJSON_CreateObject();
	bool good = true;
	(void)f;
	if (!cJSON_IsObject(value) || (is_class(r) && cJSON_GetArraySize(value) > 1)) {
		cJSON_Delete(judged);
		return refuse(r, 403, path, "%s: one network", path);
	}
	cJSON_ArrayForEach(one, value)
		good = good && judge_endpoint(r, path, one, judged);
	if (good) { /* its members, now by id */
		cJSON *old = value->child;
		value->child = judged->child;
		judged->child = old;
	}
	cJSON_Delete(judged);
	return good;
}

/* In networks of one's own containers are found by the name that the learner gave; the daemon only
 * knows its own one. */
static void put_alias(cJSON *endpoint, const char *name)
{
	cJSON *aliases = cJSON_GetObjectItemCaseSensitive(endpoint, "Aliases");
	if (!cJSON_IsArray(aliases)) {
		cJSON_DeleteItemFromObjectCaseSensitive(endpoint, "Aliases");
		aliases = cJSON_AddArrayToObject(endpoint, "Aliases");
	}
	cJSON_AddItemToArray(aliases, cJSON_CreateString(name));
}

bool join_networks(struct request *r, cJSON *host, const char *name)
{
	cleanup_free char *bridge = NULL;
	if (!is_class(r))
		return true;
	if (!own_bridge(r, &bridge))
		return false;
	if (*json_text(host, "NetworkMode") == '\0') {
		cJSON_DeleteItemFromObjectCaseSensitive(host, "NetworkMode");
		cJSON_AddStringToObject(host, "NetworkMode", bridge);
	}
	const char *mode = json_text(host, "NetworkMode");
	if (name == NULL || text_same(mode, bridge) || text_same(mode, "none") ||
		text_starts(mode, "container:"))
		return true;
	cJSON *endpoints = object_of(object_of(r->body, "NetworkingConfig"), "EndpointsConfig");
	put_alias(object_of(endpoints, mode), name);
	return true;
}

/* ---- networks that are made, joined and left ---- */

#define ADDRESSES "addresses are given by the daemon"
bool rule_ipam_driver(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return text_same(cJSON_GetStringValue(value), "default") ||
	       refuse(r, 403, path, "%s: default is allowed", path);
}

static const struct field ipam_fields[] = {
	{"Driver", LOOK, rule_ipam_driver, NULL, NULL},
	{"Config", SOLO, NULL, NULL, ADDRESSES},
	{"Options", DENY, NULL, NULL, ADDRESSES},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field network_fields[] = {
	{"Name", KEEP, NULL, NULL, NULL},
	{"CheckDuplicate", DROP, NULL, NULL, NULL},
	{"Driver", KEEP, NULL, NULL, NULL},
	{"Internal", KEEP, NULL, NULL, NULL},
	{"Labels", LOOK, rule_labels, NULL, NULL},
	{"Options", DENY, NULL, NULL,
		"a bridge has no options here: they would reach those of others"},
	{"IPAM", FIELDS, NULL, ipam_fields, NULL},
	{"Scope", DENY, NULL, NULL, NULL},
	{"Attachable", DROP, NULL, NULL, NULL}, /* of a swarm's networks; compose says it of all */
	{"Ingress", DENY, NULL, NULL, NULL},
	{"ConfigOnly", DENY, NULL, NULL, NULL},
	{"ConfigFrom", DENY, NULL, NULL, NULL},
	{"EnableIPv6", DENY, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field connect_fields[] = {
	{"Container", KEEP, NULL, NULL, NULL},
	{"EndpointConfig", FIELDS, NULL, endpoint_fields, NULL},
	{"Force", KEEP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};

/* A name that somebody without a gate took is not given a second time. */
static bool is_name_taken(struct request *r, const char *name)
{
	cJSON *json = NULL;
	bool taken = upstream_look(r->gate, "networks", name, "", &json) &&
		     text_same(json_text(json, "Name"), name);
	cJSON_Delete(json);
	return taken;
}

static bool name_network(struct request *r, const char *name)
{
	if (text_same(name, BRIDGE) || text_same(name, "host") || text_same(name, "none"))
		return refuse(r, 403, "Name", "operation is not permitted on predefined %s network",
			name);
	if (is_name_taken(r, name))
		return refuse(r, 403, "Name", "the name %s is taken: choose another one", name);
	cleanup_free char *full = name_for_daemon(r->gate, name);
	cJSON_DeleteItemFromObjectCaseSensitive(r->body, "Name");
	cJSON_AddStringToObject(r->body, "Name", full);
	put_addresses(r, r->body);
	return true;
}

bool judge_network_create(struct request *r)
{
	if (!fields_walk(r, "", r->body, network_fields))
		return false;
	const char *name = json_text(r->body, "Name"), *driver = json_text(r->body, "Driver");
	if (*driver != '\0' && !text_same(driver, "bridge"))
		return refuse(r, 403, "Driver", "Driver=%s: bridge is allowed", driver);
	if (!judge_name(r, name) || !within_quota(r, "networks") ||
		(is_class(r) && !name_network(r, name)))
		return false;
	cJSON_AddBoolToObject(r->body, "CheckDuplicate", true);
	put_owner(r->gate, r->body);
	return true;
}

bool judge_network_remove(struct request *r)
{
	cleanup_free char *bridge = NULL, *name = route_name(r);
	if (!is_class(r))
		return true;
	return own_bridge(r, &bridge) &&
	       (!text_same(name, bridge) ||
		       refuse(r, 403, "Name",
			       BRIDGE " is a pre-defined network and cannot be removed"));
}

bool judge_connect(struct request *r)
{
	cleanup_free char *id = NULL, *name = NULL;
	if (!fields_walk(r, "", r->body, connect_fields))
		return false;
	cJSON *container = cJSON_GetObjectItemCaseSensitive(r->body, "Container");
	if (!cJSON_IsString(container))
		return refuse(r, 400, "Container", "Container: a name is missing");
	if (!own_container_called(r, container->valuestring, &id, &name))
		return false;
	set_text(container, id);
	if (name != NULL && text_ends(r->route->path, "/connect"))
		put_alias(object_of(r->body, "EndpointConfig"), name);
	return true;
}

/* gate/values.c - rules of single values: clamps, ports, endpoints */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

bool text_list(struct request *r, const char *path, const cJSON *value)
{
	const cJSON *one;
	if (!cJSON_IsArray(value))
		return refuse(r, 400, path, "%s must be a list", path);
	cJSON_ArrayForEach(one, value)
		if (!cJSON_IsString(one))
			return refuse(r, 400, path, "%s must be a list of texts", path);
	return true;
}

bool rule_image(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cleanup_free char *id = NULL;
	(void)f;
	if (!cJSON_IsString(value))
		return refuse(r, 400, path, "%s must be a text", path);
	if (!own_image(r, value->valuestring, true, &id, NULL))
		return false;
	if (is_class(r))
		set_text(value, id);
	return true;
}

bool rule_labels(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const cJSON *one;
	(void)f;
	if (!cJSON_IsObject(value))
		return refuse(r, 400, path, "%s must be an object", path);
	cJSON_ArrayForEach(one, value)
		if (!cJSON_IsString(one))
			return refuse(r, 400, path, "%s.%s must be a text", path, one->string);
	return true;
}

bool rule_folder(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	static const char *const bad[] = {"/proc", "/dev/fd", "/sys"};
	(void)f;
	if (!cJSON_IsString(value) || value->valuestring[0] != '/' ||
		strstr(value->valuestring, "..") != NULL ||
		strstr(value->valuestring, "//") != NULL)
		return refuse(r, 400, path, "%s must be an absolute path in its plain form", path);
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		if (text_starts(value->valuestring, bad[i]))
			return refuse(r, 403, path, "%s must not lie below %s", path, bad[i]);
	return true;
}

bool rule_ports_exposed(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const cJSON *one;
	(void)f;
	if (!cJSON_IsObject(value) || cJSON_GetArraySize(value) > 16)
		return refuse(r, 403, path, "%s: at most 16 ports", path);
	cJSON_ArrayForEach(one, value)
		if (!json_is_zero(one))
			return refuse(r, 400, path, "%s.%s must be empty", path, one->string);
	return true;
}

bool rule_volumes(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const cJSON *one;
	(void)f;
	if (!cJSON_IsObject(value) || cJSON_GetArraySize(value) > 4)
		return refuse(r, 403, path, "%s: at most 4 anonymous volumes", path);
	cJSON_ArrayForEach(one, value)
		if (one->string[0] != '/' || !json_is_zero(one))
			return refuse(r, 403, path, "%s.%s: a path in the container is meant", path,
				one->string);
	return true;
}

static bool at_least(cJSON *object, const char *name, double least)
{
	cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);
	if (value == NULL)
		return true;
	if (!cJSON_IsNumber(value))
		return false;
	if (value->valuedouble != 0 && value->valuedouble < least)
		cJSON_SetNumberValue(value, least);
	return true;
}

static const struct field health_fields[] = {
	{"Test", KEEP, NULL, NULL, NULL},
	{"Interval", KEEP, NULL, NULL, NULL},
	{"Timeout", KEEP, NULL, NULL, NULL},
	{"Retries", KEEP, NULL, NULL, NULL},
	{"StartPeriod", KEEP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};

bool rule_health(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	double least = is_class(r) ? 5e9 : 1e9; /* nanoseconds */
	(void)f;
	if (!cJSON_IsObject(value))
		return refuse(r, 400, path, "%s must be an object", path);
	return fields_walk(r, path, value, health_fields) &&
	       ((at_least(value, "Interval", least) && at_least(value, "Timeout", least)) ||
		       refuse(r, 400, path, "%s: Interval and Timeout are numbers", path));
}

static bool clamp(struct request *r, const char *path, cJSON *value, double low, double high)
{
	if (!cJSON_IsNumber(value))
		return refuse(r, 400, path, "%s must be a number", path);
	double number = value->valuedouble;
	if (number < low || number > high)
		note_rule(r, "clamp");
	cJSON_SetNumberValue(value, number < low ? low : number > high ? high : number);
	return true;
}

bool rule_stop_timeout(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return clamp(r, path, value, 0, 30);
}
bool rule_memory(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const double least =
		6.0 * 1024 * 1024; /* less is refused by the daemon, in its own words */
	(void)f;
	if (cJSON_IsNumber(value) && value->valuedouble > 0 && value->valuedouble < least)
		return true;
	return clamp(r, path, value, least, (double)r->gate->policy.memory_most);
}
bool rule_cpus(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return clamp(r, path, value, 1e7, (double)r->gate->policy.nano_cpus_most);
}
bool rule_shares(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return clamp(r, path, value, 2, 1024);
}
bool rule_pids(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	if (cJSON_IsNumber(value) && value->valuedouble < 1)
		cJSON_SetNumberValue(value, (double)r->gate->policy.pids);
	return clamp(r, path, value, 1, (double)r->gate->policy.pids_most);
}
bool rule_shm(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return clamp(r, path, value, 65536, (double)r->gate->policy.shm_most);
}
bool rule_swappiness(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	if (cJSON_IsNumber(value) && value->valuedouble == -1) {
		cJSON_SetNumberValue(value, -1);
		return true;
	}
	return refuse(r, 403, path, "%s is not allowed here", path);
}

bool rule_cgroupns(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return text_same(cJSON_GetStringValue(value), "private") ||
	       refuse(r, 403, path, "%s: private is allowed", path);
}

bool rule_runtime(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return text_same(cJSON_GetStringValue(value), "runc") ||
	       refuse(r, 403, path, "%s: runc is allowed", path);
}

bool rule_security(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cJSON *one;
	(void)f;
	if (!text_list(r, path, value))
		return false;
	cJSON_ArrayForEach(one, value) {
		if (!text_starts(one->valuestring, "no-new-privileges"))
			return refuse(r, 403, path, "%s: only no-new-privileges is allowed", path);
		set_text(one, "no-new-privileges");
	}
	return true;
}

bool rule_log(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const char *type = json_text(value, "Type");
	(void)f;
	if (*type != '\0' && !text_same(type, "json-file") && !text_same(type, "local") &&
		!text_same(type, "none"))
		return refuse(r, 403, path, "%s: json-file, local and none are allowed", path);
	cleanup_free char *kept = xstrdup(text_same(type, "none") ? type : "json-file");
	while (value->child != NULL)
		cJSON_Delete(cJSON_DetachItemViaPointer(value, value->child));
	cJSON_AddStringToObject(value, "Type", kept);
	cJSON *config = cJSON_AddObjectToObject(value, "Config");
	if (text_same(kept, "json-file")) {
		cJSON_AddStringToObject(config, "max-size", "1m");
		cJSON_AddStringToObject(config, "max-file", "2");
	}
	return true;
}

static const struct field restart_fields[] = {
	{"Name", KEEP, NULL, NULL, NULL},
	{"MaximumRetryCount", KEEP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};

bool rule_restart(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	if (!cJSON_IsObject(value))
		return refuse(r, 400, path, "%s must be an object", path);
	if (!fields_walk(r, path, value, restart_fields))
		return false;
	const char *name = json_text(value, "Name");
	cJSON *count = cJSON_GetObjectItemCaseSensitive(value, "MaximumRetryCount");
	if (count != NULL && (!cJSON_IsNumber(count) || count->valuedouble < 0))
		return refuse(r, 400, path, "%s.MaximumRetryCount must be a number", path);
	if (count != NULL && count->valuedouble > 3 && is_class(r))
		cJSON_SetNumberValue(count, 3);
	if (*name == '\0' || text_same(name, "no"))
		return true;
	if (text_same(name, "on-failure")) {
		if (is_class(r) && (count == NULL || count->valuedouble == 0))
			set_number(value, "MaximumRetryCount", 3);
		return true;
	}
	if (!text_same(name, "always") && !text_same(name, "unless-stopped"))
		return refuse(r, 400, path, "%s=%s is none", path, name);
	if (is_class(r)) {
		words_addf(&r->warnings, "restart policy %s is on-failure:3 here", name);
		note_rule(r, "restart");
		cJSON_DeleteItemFromObjectCaseSensitive(value, "Name");
		cJSON_AddStringToObject(value, "Name", "on-failure");
		set_number(value, "MaximumRetryCount", 3);
	}
	return true;
}

/* ---- published ports ---- */

static bool is_published(const cJSON *containers, long long port)
{
	const cJSON *one, *published;
	cJSON_ArrayForEach(one, containers)
		cJSON_ArrayForEach(published, json_at(one, "Ports"))
			if (cJSON_GetNumberValue(json_at(published, "PublicPort")) == (double)port)
				return true;
	return false;
}

/* The first port of the policy's that nobody has, from a place that owner and wish give: the same
 * wish mostly meets the same port again. */
static long long free_port(struct request *r, long long wanted)
{
	const struct gate_policy *p = &r->gate->policy;
	long long count = p->port_last - p->port_first + 1, start = wanted;
	cJSON *containers = NULL;
	int status = 0;
	for (const char *c = r->gate->owner; c != NULL && *c != '\0'; c++)
		start = (start * 31 + (unsigned char)*c) % 1000003;
	(void)upstream_ask(r->gate, "GET", "/containers/json", NULL, &status, &containers);
	long long port = p->port_first + start % count;
	for (long long i = 0; i < count && is_published(containers, port); i++)
		port = p->port_first + (start + i + 1) % count;
	cJSON_Delete(containers);
	return port;
}

static void set_port(cJSON *binding, long long port)
{
	cleanup_free char *number = xasprintf("%lld", port);
	cJSON_DeleteItemFromObjectCaseSensitive(binding, "HostPort");
	cJSON_AddStringToObject(binding, "HostPort", number);
}

static bool take_port(struct request *r, const char *path, cJSON *binding)
{
	const struct gate_policy *p = &r->gate->policy;
	const char *text = json_text(binding, "HostPort");
	long long port;
	if (*text == '\0' || text_same(text, "0"))
		return true;
	if (!text_number(text, 1, 65535, &port))
		return refuse(r, 403, path, "%s: HostPort %s must be one port", path, text);
	if (!is_class(r) || (port >= p->port_first && port <= p->port_last))
		return true;
	long long moved = free_port(r, port);
	words_addf(&r->warnings, "port %lld of the host is not yours: it is published on %lld",
		port, moved);
	note_rule(r, "port");
	set_port(binding, moved);
	return true;
}

static bool judge_binding(struct request *r, const char *path, cJSON *binding)
{
	const cJSON *one;
	if (!cJSON_IsObject(binding))
		return refuse(r, 400, path, "%s must be a list of objects", path);
	cJSON_ArrayForEach(one, binding)
		if (!cJSON_IsString(one) || (strcmp(one->string, "HostIp") != 0 &&
						    strcmp(one->string, "HostPort") != 0))
			return refuse(r, 400, path, "%s.%s is not known", path, one->string);
	if (is_class(r)) {
		cJSON_DeleteItemFromObjectCaseSensitive(binding, "HostIp");
		cJSON_AddStringToObject(binding, "HostIp", "127.0.0.1");
	}
	return take_port(r, path, binding);
}

bool rule_ports(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cJSON *one, *binding;
	(void)f;
	if (!cJSON_IsObject(value) || cJSON_GetArraySize(value) > 16)
		return refuse(r, 403, path, "%s: at most 16 ports", path);
	cJSON_ArrayForEach(one, value) {
		if (!cJSON_IsArray(one) && !cJSON_IsNull(one))
			return refuse(r, 400, path, "%s.%s must be a list", path, one->string);
		cJSON_ArrayForEach(binding, one)
			if (!judge_binding(r, path, binding))
				return false;
	}
	return true;
}

bool rule_hosts(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const cJSON *one;
	(void)f;
	if (!text_list(r, path, value))
		return false;
	cJSON_ArrayForEach(one, value) {
		const char *colon = strchr(one->valuestring, ':');
		const char *address = colon != NULL ? colon + 1 : "";
		if (*address == '\0' || strspn(address, "0123456789.") != strlen(address))
			return refuse(
				r, 403, path, "%s: NAME:ADDRESS with digits is allowed", path);
	}
	return true;
}

bool rule_dns(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return text_list(r, path, value) &&
	       (cJSON_GetArraySize(value) <= 3 || refuse(r, 403, path, "%s: at most 3", path));
}

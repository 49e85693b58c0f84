/* gate/values.c - rules of single values */
#include "fields.h"

#include <string.h>

bool gate_check_image(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	if (!cJSON_IsString(value))
		return request_refuse(r, 400, path, "%s must be a text", path);
	return gate_judge_image(r, value->valuestring);
}

bool gate_check_labels(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const cJSON *one;
	(void)f;
	if (!cJSON_IsObject(value))
		return request_refuse(r, 400, path, "%s must be an object", path);
	cJSON_ArrayForEach(one, value)
		if (!cJSON_IsString(one))
			return request_refuse(
				r, 400, path, "%s.%s must be a text", path, one->string);
	return true;
}

bool gate_check_folder(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	static const char *const bad[] = {"/proc", "/dev/fd", "/sys"};
	(void)f;
	if (!cJSON_IsString(value) || value->valuestring[0] != '/' ||
		strstr(value->valuestring, "..") != NULL ||
		strstr(value->valuestring, "//") != NULL)
		return request_refuse(
			r, 400, path, "%s must be an absolute path in its plain form", path);
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		if (text_starts(value->valuestring, bad[i]))
			return request_refuse(
				r, 403, path, "%s must not lie below %s", path, bad[i]);
	return true;
}

bool gate_check_exposed_ports(
	struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const cJSON *one;
	(void)f;
	if (!cJSON_IsObject(value))
		return request_refuse(r, 400, path, "%s must be an object", path);
	cJSON_ArrayForEach(one, value)
		if (!gate_value_is_zero(one))
			return request_refuse(
				r, 400, path, "%s.%s must be empty", path, one->string);
	return true;
}

bool gate_check_volumes(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const cJSON *one;
	(void)f;
	if (!cJSON_IsObject(value))
		return request_refuse(r, 400, path, "%s must be an object", path);
	cJSON_ArrayForEach(one, value)
		if (one->string[0] != '/' || !gate_value_is_zero(one))
			return request_refuse(r, 403, path,
				"%s.%s: expected a path in the container", path, one->string);
	return true;
}

static const struct field health_fields[] = {
	{"Test", KEEP, NULL, NULL, NULL},
	{"Interval", KEEP, NULL, NULL, NULL},
	{"Timeout", KEEP, NULL, NULL, NULL},
	{"Retries", KEEP, NULL, NULL, NULL},
	{"StartPeriod", KEEP, NULL, NULL, NULL},
	{"StartInterval", KEEP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};

bool gate_check_health(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	if (!cJSON_IsObject(value))
		return request_refuse(r, 400, path, "%s must be an object", path);
	return walk_fields(r, path, value, health_fields);
}

bool gate_check_word(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	return text_same(cJSON_GetStringValue(value), f->why) ||
	       request_refuse(r, 403, path, "%s: %s is allowed", path, f->why);
}

bool gate_check_security(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const cJSON *one;
	(void)f;
	if (!walk_check_texts(r, path, value))
		return false;
	cJSON_ArrayForEach(one, value)
		if (!text_starts(one->valuestring, "no-new-privileges"))
			return request_refuse(
				r, 403, path, "%s: only no-new-privileges is allowed", path);
	return true;
}

static const struct field log_fields[] = {
	{"Type", KEEP, NULL, NULL, NULL},
	{"Config", KEEP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};

/* Other log drivers send to other machines. */
bool gate_check_log(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const char *type = json_get_text_or(value, "Type", "");
	(void)f;
	if (*type != '\0' && !text_same(type, "json-file") && !text_same(type, "local") &&
		!text_same(type, "none"))
		return request_refuse(
			r, 403, path, "%s: json-file, local and none are allowed", path);
	return walk_fields(r, path, value, log_fields);
}

static const struct field restart_fields[] = {
	{"Name", KEEP, NULL, NULL, NULL},
	{"MaximumRetryCount", KEEP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};

bool gate_check_restart(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	if (!cJSON_IsObject(value))
		return request_refuse(r, 400, path, "%s must be an object", path);
	return walk_fields(r, path, value, restart_fields);
}

/* ---- published ports ---- */

static bool judge_binding(struct request *r, const char *path, const cJSON *binding)
{
	const cJSON *one;
	if (!cJSON_IsObject(binding))
		return request_refuse(r, 400, path, "%s must be a list of objects", path);
	cJSON_ArrayForEach(one, binding)
		if (!cJSON_IsString(one) || (strcmp(one->string, "HostIp") != 0 &&
						    strcmp(one->string, "HostPort") != 0))
			return request_refuse(
				r, 400, path, "%s.%s is not known", path, one->string);
	return true;
}

bool gate_check_ports(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const cJSON *one, *binding;
	(void)f;
	if (!cJSON_IsObject(value))
		return request_refuse(r, 400, path, "%s must be an object", path);
	cJSON_ArrayForEach(one, value) {
		if (!cJSON_IsArray(one) && !cJSON_IsNull(one))
			return request_refuse(
				r, 400, path, "%s.%s must be a list", path, one->string);
		cJSON_ArrayForEach(binding, one)
			if (!judge_binding(r, path, binding))
				return false;
	}
	return true;
}

bool gate_check_hosts(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const cJSON *one;
	(void)f;
	if (!walk_check_texts(r, path, value))
		return false;
	cJSON_ArrayForEach(one, value) {
		const char *colon = strchr(one->valuestring, ':');
		const char *address = colon != NULL ? colon + 1 : "";
		if (*address == '\0')
			return request_refuse(r, 400, path, "%s: NAME:ADDRESS is expected", path);
	}
	return true;
}

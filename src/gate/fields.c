/* gate/fields.c - the policy of bodies: a table of fields for each, and the rules that they name. A
 * field that is in no table may be there only without a value, and is left out */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct field;
/* Looks at a value that is set; may change it. parent and name are for what must replace it. */
typedef bool rule_function(
	struct request *r, const char *path, cJSON *value, const struct field *field);

enum field_rule {
	KEEP,   /* as it is */
	DENY,   /* must not be set */
	SOLO,   /* must not be set in class */
	DROP,   /* left out, whatever it says: the daemon's default or what the gate puts there */
	LOOK,   /* `rule` decides */
	FIELDS, /* an object with a table of its own: `fields` */
};
struct field {
	const char *name;
	enum field_rule rule;
	rule_function *function;
	const struct field *fields; /* ended by a NULL name */
	const char *why;            /* what would be allowed */
};

static const cJSON *at(const cJSON *json, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(json, name);
}

static bool is_class(const struct request *r)
{
	return r->gate->profile == GATE_CLASS;
}

static void set_number(cJSON *object, const char *name, double value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(object, name);
	cJSON_AddNumberToObject(object, name, value);
}

static void set_text(cJSON *value, const char *text)
{
	cJSON_SetValuestring(value, text);
}

/* ---- the walk ---- */

static const struct field *find(const struct field *table, const char *name)
{
	for (; table->name != NULL; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

static bool walk(struct request *r, const char *prefix, cJSON *object, const struct field *table);

static bool denied(struct request *r, const char *path, const struct field *f)
{
	return refuse(r, 403, path, "%s is not allowed here%s%s", path, f->why != NULL ? ": " : "",
		f->why != NULL ? f->why : "");
}

/* *ret_drop: the field is left out of what goes on. */
static bool judge_field(
	struct request *r, const char *path, cJSON *value, const struct field *f, bool *ret_drop)
{
	bool zero = json_is_zero(value);
	*ret_drop = zero;
	if (f == NULL)
		return zero ||
		       refuse(r, 403, path,
			       "%s is not known to this gate, or not spelled as the API has it",
			       path);
	switch (f->rule) {
	case KEEP:
		*ret_drop = false;
		return true;
	case DROP:
		*ret_drop = true;
		return true;
	case DENY:
		return zero || denied(r, path, f);
	case SOLO:
		*ret_drop = zero;
		return zero || !is_class(r) || denied(r, path, f);
	case LOOK:
		return zero || f->function(r, path, value, f);
	case FIELDS:
		*ret_drop = cJSON_IsNull(value);
		if (!cJSON_IsNull(value) && !cJSON_IsObject(value))
			return refuse(r, 400, path, "%s must be an object", path);
		return *ret_drop || walk(r, path, value, f->fields);
	}
	return false;
}

static bool walk(struct request *r, const char *prefix, cJSON *object, const struct field *table)
{
	for (cJSON *one = object->child, *next; one != NULL; one = next) {
		bool drop = false;
		next = one->next;
		cleanup_free char *path =
			xasprintf("%s%s%s", prefix, *prefix != '\0' ? "." : "", one->string);
		if (!judge_field(r, path, one, find(table, one->string), &drop))
			return false;
		if (drop)
			cJSON_Delete(cJSON_DetachItemViaPointer(object, one));
	}
	return true;
}

/* ---- rules of single fields ---- */

static bool text_list(struct request *r, const char *path, const cJSON *value)
{
	const cJSON *one;
	if (!cJSON_IsArray(value))
		return refuse(r, 400, path, "%s must be a list", path);
	cJSON_ArrayForEach(one, value)
		if (!cJSON_IsString(one))
			return refuse(r, 400, path, "%s must be a list of texts", path);
	return true;
}

static bool rule_image(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cleanup_free char *id = NULL;
	(void)f;
	if (!cJSON_IsString(value))
		return refuse(r, 400, path, "%s must be a text", path);
	if (!own_image(r, value->valuestring, true, &id))
		return false;
	if (is_class(r))
		set_text(value, id);
	return true;
}

static bool rule_labels(struct request *r, const char *path, cJSON *value, const struct field *f)
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

static bool rule_folder(struct request *r, const char *path, cJSON *value, const struct field *f)
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

static bool rule_ports_exposed(
	struct request *r, const char *path, cJSON *value, const struct field *f)
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

static bool rule_volumes(struct request *r, const char *path, cJSON *value, const struct field *f)
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

static bool rule_health(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const cJSON *one;
	(void)f;
	if (!cJSON_IsObject(value))
		return refuse(r, 400, path, "%s must be an object", path);
	cJSON_ArrayForEach(one, value)
		if (strcmp(one->string, "Test") != 0 && strcmp(one->string, "Interval") != 0 &&
			strcmp(one->string, "Timeout") != 0 &&
			strcmp(one->string, "Retries") != 0 &&
			strcmp(one->string, "StartPeriod") != 0 && !json_is_zero(one))
			return refuse(r, 403, path, "%s.%s is not known", path, one->string);
	double least = is_class(r) ? 5e9 : 1e9; /* nanoseconds */
	return (at_least(value, "Interval", least) && at_least(value, "Timeout", least)) ||
	       refuse(r, 400, path, "%s: Interval and Timeout are numbers", path);
}

static bool clamp(struct request *r, const char *path, cJSON *value, double low, double high)
{
	if (!cJSON_IsNumber(value))
		return refuse(r, 400, path, "%s must be a number", path);
	double number = value->valuedouble;
	if (number < low || number > high)
		r->rule = "clamp";
	cJSON_SetNumberValue(value, number < low ? low : number > high ? high : number);
	return true;
}

static bool rule_stop_timeout(
	struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return clamp(r, path, value, 0, 30);
}
static bool rule_memory(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return clamp(r, path, value, 6 * 1024 * 1024, (double)r->gate->policy.memory_most);
}
static bool rule_cpus(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return clamp(r, path, value, 1e7, (double)r->gate->policy.nano_cpus_most);
}
static bool rule_shares(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return clamp(r, path, value, 2, 1024);
}
static bool rule_pids(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	if (cJSON_IsNumber(value) && value->valuedouble < 1)
		cJSON_SetNumberValue(value, (double)r->gate->policy.pids);
	return clamp(r, path, value, 1, (double)r->gate->policy.pids_most);
}
static bool rule_shm(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return clamp(r, path, value, 65536, (double)r->gate->policy.shm_most);
}
static bool rule_swappiness(
	struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	if (cJSON_IsNumber(value) && value->valuedouble == -1) {
		cJSON_SetNumberValue(value, -1);
		return true;
	}
	return refuse(r, 403, path, "%s is not allowed here", path);
}

/* Sources that are folders: only those of the policy, where nothing leads out of them. */
static bool is_allowed_folder(const struct request *r, const char *folder, size_t length)
{
	cleanup_free char *path = xstrndup(folder, length);
	if (is_class(r) || strstr(path, "/..") != NULL || strstr(path, "/./") != NULL ||
		strstr(path, "//") != NULL || strchr(path, '\\') != NULL)
		return false;
	for (size_t i = 0; i < r->gate->policy.binds.count; i++) {
		const char *root = r->gate->policy.binds.items[i];
		size_t root_length = strlen(root);
		if (strncmp(path, root, root_length) == 0 &&
			(path[root_length] == '\0' || path[root_length] == '/'))
			return true;
	}
	return false;
}

static bool is_volume_name(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)name[i]) && (i == 0 || strchr("_.-", name[i]) == NULL))
			return false;
	return length >= 2 && length < 64;
}

/* A volume that a container names is made by the daemon without any label: it is made first, here.
 */
static bool take_volume(struct request *r, const char *name)
{
	if (r->gate->owner == NULL)
		return true;
	cleanup_buf struct buf path = {0};
	int status = 0;
	cJSON *json = NULL;
	buf_printf(&path, "/volumes/%s", name);
	if (!upstream_ask(r->gate, "GET", buf_text(&path), NULL, &status, &json))
		return refuse(r, 502, "daemon", "the daemon does not answer");
	bool owned = is_owned(r->gate, at(json, "Labels"));
	cJSON_Delete(json);
	if (status == 200)
		return owned || refuse(r, 404, "owner", "get %s: no such volume", name);
	if (!within_quota(r, "volumes"))
		return false;
	cleanup_free char *body = xasprintf("{\"Name\":\"%s\",\"Labels\":{\"%s\":\"%s\"}}", name,
		GATE_OWNER_LABEL, r->gate->owner);
	return upstream_ask(r->gate, "POST", "/volumes/create", body, &status, NULL) ||
	       refuse(r, 502, "daemon", "the daemon does not answer");
}

static bool judge_bind(struct request *r, const char *path, const char *bind)
{
	size_t source = strcspn(bind, ":");
	cleanup_free char *name = xstrndup(bind, source);
	if (bind[source] != ':' || bind[source + 1] != '/')
		return refuse(r, 403, path, "%s: %s is not of the form VOLUME:/PATH", path, bind);
	const char *options = strchr(bind + source + 1, ':');
	if (options != NULL && !text_same(options, ":ro") && !text_same(options, ":rw") &&
		!text_same(options, ":nocopy"))
		return refuse(r, 403, path, "%s: %s: options are ro, rw and nocopy", path, bind);
	if (is_allowed_folder(r, bind, source))
		return true;
	if (!is_volume_name(bind, source))
		return refuse(r, 403, path, "%s: %s would reach out of the sandbox: %s", path, name,
			is_class(r) ? "use a volume, as in -v NAME:/PATH"
				    : "use a volume (-v NAME:/PATH) or a folder of your workspace");
	return take_volume(r, name);
}

static bool rule_binds(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const cJSON *one;
	(void)f;
	if (!text_list(r, path, value))
		return false;
	cJSON_ArrayForEach(one, value)
		if (!judge_bind(r, path, one->valuestring))
			return false;
	return true;
}

static const struct field mount_fields[] = {
	{"Type", KEEP, NULL, NULL, NULL},
	{"Source", KEEP, NULL, NULL, NULL},
	{"Target", KEEP, NULL, NULL, NULL},
	{"ReadOnly", KEEP, NULL, NULL, NULL},
	{"Consistency", DROP, NULL, NULL, NULL},
	{"BindOptions", DENY, NULL, NULL, NULL},
	{"VolumeOptions", DENY, NULL, NULL, "volumes are of the local driver, without options"},
	{"TmpfsOptions", KEEP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};

static bool judge_tmpfs_options(struct request *r, const char *path, cJSON *mount)
{
	cJSON *options = cJSON_GetObjectItemCaseSensitive(mount, "TmpfsOptions");
	const cJSON *size = at(options, "SizeBytes");
	double most = (double)r->gate->policy.tmpfs_most;
	double wanted = cJSON_IsNumber(size) && size->valuedouble > 0 ? size->valuedouble : most;
	if (options != NULL && !cJSON_IsObject(options))
		return refuse(r, 400, path, "%s.TmpfsOptions must be an object", path);
	cJSON_DeleteItemFromObjectCaseSensitive(mount, "TmpfsOptions");
	options = cJSON_AddObjectToObject(mount, "TmpfsOptions");
	cJSON_AddNumberToObject(options, "SizeBytes", wanted < most ? wanted : most);
	return true;
}

static bool judge_mount(struct request *r, const char *path, cJSON *mount)
{
	if (!cJSON_IsObject(mount))
		return refuse(r, 400, path, "%s must be a list of objects", path);
	const char *type = json_text(mount, "Type"), *source = json_text(mount, "Source");
	cleanup_free char *name = xstrdup(source);
	if (!walk(r, path, mount, mount_fields))
		return false;
	if (text_same(type, "tmpfs"))
		return judge_tmpfs_options(r, path, mount);
	cJSON_DeleteItemFromObjectCaseSensitive(mount, "TmpfsOptions");
	if (text_same(type, "bind") && is_allowed_folder(r, name, strlen(name)))
		return true;
	if (!text_same(type, "volume"))
		return refuse(r, 403, path, "%s: a mount may be of type volume or tmpfs", path);
	if (*name == '\0')
		return true; /* anonymous */
	return is_volume_name(name, strlen(name))
		       ? take_volume(r, name)
		       : refuse(r, 403, path, "%s: %s is no name of a volume", path, name);
}

static bool rule_mounts(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cJSON *one;
	(void)f;
	if (!cJSON_IsArray(value))
		return refuse(r, 400, path, "%s must be a list", path);
	cJSON_ArrayForEach(one, value)
		if (!judge_mount(r, path, one))
			return false;
	return true;
}

/* The options are written anew: a size within the policy, and what must always be. */
static bool rule_tmpfs(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cJSON *one;
	(void)f;
	if (!cJSON_IsObject(value) || cJSON_GetArraySize(value) > 4)
		return refuse(r, 403, path, "%s: at most 4", path);
	cleanup_free char *options =
		xasprintf("rw,noexec,nosuid,nodev,size=%lld", r->gate->policy.tmpfs_most);
	cJSON_ArrayForEach(one, value) {
		if (!cJSON_IsString(one) || one->string[0] != '/')
			return refuse(r, 400, path, "%s: a path and its options", path);
		long long size = 0;
		const char *at_size = strstr(one->valuestring, "size=");
		cleanup_free char *digits =
			at_size != NULL ? xstrndup(at_size + 5, strcspn(at_size + 5, ",")) : NULL;
		bool small = digits != NULL &&
			     text_number(digits, 4096, r->gate->policy.tmpfs_most, &size);
		cleanup_free char *with_size =
			small ? xasprintf("rw,noexec,nosuid,nodev,size=%lld", size) : NULL;
		set_text(one, small ? with_size : options);
	}
	return true;
}

/* "NAME:ro" and "NAME:alias": the name becomes the id. */
static bool rule_from(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cJSON *one;
	(void)f;
	if (!text_list(r, path, value))
		return false;
	cJSON_ArrayForEach(one, value) {
		const char *text = one->valuestring + (one->valuestring[0] == '/');
		size_t length = strcspn(text, ":");
		cleanup_free char *name = xstrndup(text, length);
		cleanup_free char *id = NULL;
		if (!own_container(r, name, &id))
			return false;
		cleanup_free char *whole = xasprintf("%s%s", id, text + length);
		set_text(one, whole);
	}
	return true;
}

/* "container:NAME" becomes "container:ID". */
static bool join_container(struct request *r, const char *path, cJSON *value)
{
	cleanup_free char *id = NULL;
	(void)path;
	if (!own_container(r, value->valuestring + strlen("container:"), &id))
		return false;
	cleanup_free char *text = xasprintf("container:%s", id);
	set_text(value, text);
	return true;
}

static bool rule_network_mode(
	struct request *r, const char *path, cJSON *value, const struct field *f)
{
	static const char *const plain[] = {"default", "bridge", "none", "nat"};
	cleanup_free char *id = NULL;
	(void)f;
	if (!cJSON_IsString(value))
		return refuse(r, 400, path, "%s must be a text", path);
	const char *mode = value->valuestring;
	for (size_t i = 0; i < ARRAY_LENGTH(plain); i++)
		if (text_same(mode, plain[i]))
			return true;
	if (text_starts(mode, "container:"))
		return join_container(r, path, value);
	if (text_same(mode, "host") || strchr(mode, ':') != NULL || strchr(mode, '/') != NULL)
		return refuse(r, 403, path,
			"%s=%s would leave the sandbox: allowed are bridge, none, a network of "
			"your "
			"own and container:NAME",
			path, mode);
	if (!own_network(r, mode, false, &id))
		return false;
	if (is_class(r))
		set_text(value, id);
	return true;
}

static bool rule_namespace(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	if (!cJSON_IsString(value))
		return refuse(r, 400, path, "%s must be a text", path);
	if (text_same(value->valuestring, "private") || text_same(value->valuestring, "none"))
		return true;
	if (text_same(value->valuestring, "shareable")) {
		if (is_class(r))
			set_text(value, "private");
		return true;
	}
	if (text_starts(value->valuestring, "container:"))
		return join_container(r, path, value);
	return refuse(r, 403, path,
		"%s=%s would leave the sandbox: allowed are private and container:NAME", path,
		value->valuestring);
}

static bool rule_cgroupns(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return text_same(cJSON_GetStringValue(value), "private") ||
	       refuse(r, 403, path, "%s: private is allowed", path);
}

static bool rule_runtime(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return text_same(cJSON_GetStringValue(value), "runc") ||
	       refuse(r, 403, path, "%s: runc is allowed", path);
}

static bool rule_security(struct request *r, const char *path, cJSON *value, const struct field *f)
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

static bool rule_log(struct request *r, const char *path, cJSON *value, const struct field *f)
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

static bool rule_restart(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const char *name = json_text(value, "Name");
	cJSON *count = cJSON_GetObjectItemCaseSensitive(value, "MaximumRetryCount");
	(void)f;
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
		r->rule = "restart";
		cJSON_DeleteItemFromObjectCaseSensitive(value, "Name");
		cJSON_AddStringToObject(value, "Name", "on-failure");
		set_number(value, "MaximumRetryCount", 3);
	}
	return true;
}

/* ---- published ports ---- */

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
	long long moved = p->port_first + port % (p->port_last - p->port_first + 1);
	cleanup_free char *number = xasprintf("%lld", moved);
	words_addf(&r->warnings, "port %lld of the host is not yours: it is published on %lld",
		port, moved);
	r->rule = "port";
	cJSON_DeleteItemFromObjectCaseSensitive(binding, "HostPort");
	cJSON_AddStringToObject(binding, "HostPort", number);
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

static bool rule_ports(struct request *r, const char *path, cJSON *value, const struct field *f)
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

static bool rule_hosts(struct request *r, const char *path, cJSON *value, const struct field *f)
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

static bool rule_dns(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	return text_list(r, path, value) &&
	       (cJSON_GetArraySize(value) <= 3 || refuse(r, 403, path, "%s: at most 3", path));
}

/* ---- networks that a container joins ---- */

static const struct field endpoint_fields[] = {
	{"Aliases", KEEP, NULL, NULL, NULL},
	{"IPAMConfig", SOLO, NULL, NULL, "addresses are given by the network"},
	{"Links", DENY, NULL, NULL, NULL},
	{"MacAddress", DENY, NULL, NULL, NULL},
	{"DriverOpts", DENY, NULL, NULL, NULL},
	{"NetworkID", DROP, NULL, NULL, NULL},
	{"EndpointID", DROP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};

static bool judge_endpoint(struct request *r, const char *path, cJSON *endpoint)
{
	cleanup_free char *id = NULL;
	bool common = text_same(endpoint->string, "bridge") ||
		      text_same(endpoint->string, "none") || text_same(endpoint->string, "default");
	if (text_same(endpoint->string, "host") && !json_is_zero(endpoint))
		return refuse(r, 403, path, "%s.host is not allowed", path);
	if (!common && !text_same(endpoint->string, "host") &&
		!own_network(r, endpoint->string, false, &id))
		return false;
	if (!cJSON_IsNull(endpoint) && !cJSON_IsObject(endpoint))
		return refuse(r, 400, path, "%s must hold objects", path);
	return cJSON_IsNull(endpoint) || walk(r, path, endpoint, endpoint_fields);
}

static bool rule_endpoints(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cJSON *one;
	(void)f;
	if (!cJSON_IsObject(value) || (is_class(r) && cJSON_GetArraySize(value) > 1))
		return refuse(r, 403, path, "%s: one network", path);
	cJSON_ArrayForEach(one, value)
		if (!judge_endpoint(r, path, one))
			return false;
	return true;
}

/* {"name": {…}} is all zeros and yet says something: the network is joined. */
static bool rule_networking(
	struct request *r, const char *path, cJSON *value, const struct field *f)
{
	const cJSON *one;
	if (!cJSON_IsObject(value))
		return cJSON_IsNull(value) || refuse(r, 400, path, "%s must be an object", path);
	cJSON_ArrayForEach(one, value)
		if (strcmp(one->string, "EndpointsConfig") != 0)
			return json_is_zero(one) ||
			       refuse(r, 403, path, "%s.%s is not known", path, one->string);
	cJSON *endpoints = cJSON_GetObjectItemCaseSensitive(value, "EndpointsConfig");
	return endpoints == NULL || cJSON_IsNull(endpoints) ||
	       rule_endpoints(r, "NetworkingConfig.EndpointsConfig", endpoints, f);
}

/* ---- the tables ---- */

#define HOST "it belongs to the host"
static const struct field host_fields[] = {
	/* clang-format off */
	{"Binds", LOOK, rule_binds, NULL, NULL},
	{"Mounts", LOOK, rule_mounts, NULL, NULL},
	{"Tmpfs", LOOK, rule_tmpfs, NULL, NULL},
	{"VolumesFrom", LOOK, rule_from, NULL, NULL},
	{"Links", LOOK, rule_from, NULL, NULL},
	{"VolumeDriver", DENY, NULL, NULL, "volumes are of the local driver"},
	{"NetworkMode", LOOK, rule_network_mode, NULL, NULL},
	{"PidMode", LOOK, rule_namespace, NULL, NULL},
	{"IpcMode", LOOK, rule_namespace, NULL, NULL},
	{"UTSMode", DENY, NULL, NULL, HOST},
	{"UsernsMode", DENY, NULL, NULL, HOST},
	{"CgroupnsMode", LOOK, rule_cgroupns, NULL, NULL},
	{"Cgroup", DENY, NULL, NULL, HOST},
	{"CgroupParent", DENY, NULL, NULL, HOST},
	{"Isolation", DENY, NULL, NULL, NULL},
	{"Runtime", LOOK, rule_runtime, NULL, NULL},
	{"ContainerIDFile", DROP, NULL, NULL, NULL},
	{"Privileged", DENY, NULL, NULL, "a privileged container is root on the host"},
	{"CapAdd", DENY, NULL, NULL, "containers have Docker's ordinary capabilities, or fewer (--cap-drop)"},
	{"CapDrop", KEEP, NULL, NULL, NULL},
	{"Capabilities", DENY, NULL, NULL, NULL},
	{"Devices", DENY, NULL, NULL, HOST},
	{"DeviceRequests", DENY, NULL, NULL, HOST},
	{"DeviceCgroupRules", DENY, NULL, NULL, HOST},
	{"Sysctls", DENY, NULL, NULL, HOST},
	{"GroupAdd", DENY, NULL, NULL, NULL},
	{"StorageOpt", DENY, NULL, NULL, NULL},
	{"OomScoreAdj", DENY, NULL, NULL, HOST},
	{"OomKillDisable", DENY, NULL, NULL, HOST},
	{"MemorySwappiness", LOOK, rule_swappiness, NULL, NULL},
	{"MaskedPaths", DROP, NULL, NULL, NULL},
	{"ReadonlyPaths", DROP, NULL, NULL, NULL},
	{"SecurityOpt", LOOK, rule_security, NULL, NULL},
	{"Memory", LOOK, rule_memory, NULL, NULL},
	{"MemoryReservation", LOOK, rule_memory, NULL, NULL},
	{"MemorySwap", DROP, NULL, NULL, NULL},
	{"NanoCpus", LOOK, rule_cpus, NULL, NULL},
	{"CpuShares", LOOK, rule_shares, NULL, NULL},
	{"CpuQuota", DROP, NULL, NULL, NULL},
	{"CpuPeriod", DROP, NULL, NULL, NULL},
	{"PidsLimit", LOOK, rule_pids, NULL, NULL},
	{"Ulimits", SOLO, NULL, NULL, NULL},
	{"ShmSize", LOOK, rule_shm, NULL, NULL},
	{"PortBindings", LOOK, rule_ports, NULL, NULL},
	{"PublishAllPorts", KEEP, NULL, NULL, NULL},
	{"RestartPolicy", LOOK, rule_restart, NULL, NULL},
	{"AutoRemove", KEEP, NULL, NULL, NULL},
	{"ReadonlyRootfs", KEEP, NULL, NULL, NULL},
	{"Init", KEEP, NULL, NULL, NULL},
	{"Dns", LOOK, rule_dns, NULL, NULL},
	{"DnsSearch", LOOK, rule_dns, NULL, NULL},
	{"DnsOptions", SOLO, NULL, NULL, NULL},
	{"ConsoleSize", DROP, NULL, NULL, NULL},
	{"ExtraHosts", LOOK, rule_hosts, NULL, NULL},
	{"LogConfig", LOOK, rule_log, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
	/* clang-format on */
};

#define CONFIG_FIELDS                                                                              \
	{"Hostname", KEEP, NULL, NULL, NULL}, {"Domainname", KEEP, NULL, NULL, NULL},              \
		{"User", KEEP, NULL, NULL, NULL}, {"AttachStdin", KEEP, NULL, NULL, NULL},         \
		{"AttachStdout", KEEP, NULL, NULL, NULL},                                          \
		{"AttachStderr", KEEP, NULL, NULL, NULL}, {"Tty", KEEP, NULL, NULL, NULL},         \
		{"OpenStdin", KEEP, NULL, NULL, NULL}, {"StdinOnce", KEEP, NULL, NULL, NULL},      \
		{"Env", KEEP, NULL, NULL, NULL}, {"Cmd", KEEP, NULL, NULL, NULL},                  \
		{"Entrypoint", KEEP, NULL, NULL, NULL}, {"Shell", KEEP, NULL, NULL, NULL},         \
		{"ArgsEscaped", KEEP, NULL, NULL, NULL}, {"StopSignal", KEEP, NULL, NULL, NULL},   \
		{"StopTimeout", LOOK, rule_stop_timeout, NULL, NULL},                              \
		{"NetworkDisabled", KEEP, NULL, NULL, NULL},                                       \
		{"WorkingDir", LOOK, rule_folder, NULL, NULL},                                     \
		{"ExposedPorts", LOOK, rule_ports_exposed, NULL, NULL},                            \
		{"Volumes", LOOK, rule_volumes, NULL, NULL},                                       \
		{"Healthcheck", LOOK, rule_health, NULL, NULL},                                    \
		{"Labels", LOOK, rule_labels, NULL, NULL}, {"MacAddress", DENY, NULL, NULL, NULL}, \
	{                                                                                          \
		"OnBuild", DENY, NULL, NULL, NULL                                                  \
	}

static const struct field create_fields[] = {
	CONFIG_FIELDS,
	{"Image", LOOK, rule_image, NULL, NULL},
	{"HostConfig", FIELDS, NULL, host_fields, NULL},
	{"NetworkingConfig", KEEP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field commit_fields[] = {
	CONFIG_FIELDS,
	{"Image", DROP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field update_fields[] = {
	{"Memory", LOOK, rule_memory, NULL, NULL},
	{"MemoryReservation", LOOK, rule_memory, NULL, NULL},
	{"MemorySwap", DROP, NULL, NULL, NULL},
	{"NanoCpus", LOOK, rule_cpus, NULL, NULL},
	{"CpuShares", LOOK, rule_shares, NULL, NULL},
	{"PidsLimit", LOOK, rule_pids, NULL, NULL},
	{"RestartPolicy", LOOK, rule_restart, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field exec_fields[] = {
	{"AttachStdin", KEEP, NULL, NULL, NULL},
	{"AttachStdout", KEEP, NULL, NULL, NULL},
	{"AttachStderr", KEEP, NULL, NULL, NULL},
	{"Detach", KEEP, NULL, NULL, NULL},
	{"DetachKeys", KEEP, NULL, NULL, NULL},
	{"Tty", KEEP, NULL, NULL, NULL},
	{"Env", KEEP, NULL, NULL, NULL},
	{"Cmd", KEEP, NULL, NULL, NULL},
	{"User", KEEP, NULL, NULL, NULL},
	{"WorkingDir", LOOK, rule_folder, NULL, NULL},
	{"Privileged", DENY, NULL, NULL, "a privileged process is root on the host"},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field exec_start_fields[] = {
	{"Detach", KEEP, NULL, NULL, NULL},
	{"Tty", KEEP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field volume_fields[] = {
	{"Name", KEEP, NULL, NULL, NULL},
	{"Driver", KEEP, NULL, NULL, NULL},
	{"DriverOpts", DENY, NULL, NULL,
		"volumes have no options: they would reach the host's disks"},
	{"Labels", LOOK, rule_labels, NULL, NULL},
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
	{"IPAM", KEEP, NULL, NULL, NULL},
	{"Scope", DENY, NULL, NULL, NULL},
	{"Attachable", DENY, NULL, NULL, NULL},
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

/* ---- whole bodies ---- */

static void put_owner(struct request *r, cJSON *object)
{
	cJSON *labels = cJSON_GetObjectItemCaseSensitive(object, "Labels");
	if (r->gate->owner == NULL)
		return;
	if (!cJSON_IsObject(labels)) {
		cJSON_DeleteItemFromObjectCaseSensitive(object, "Labels");
		labels = cJSON_AddObjectToObject(object, "Labels");
	}
	cJSON_DeleteItemFromObjectCaseSensitive(labels, GATE_OWNER_LABEL);
	cJSON_AddStringToObject(labels, GATE_OWNER_LABEL, r->gate->owner);
}

static void put_default(cJSON *object, const char *name, double value)
{
	if (json_is_zero(at(object, name)))
		set_number(object, name, value);
}

static void put_limits(struct request *r, cJSON *host)
{
	const struct gate_policy *p = &r->gate->policy;
	if (!is_class(r))
		return;
	put_default(host, "Memory", (double)p->memory);
	put_default(host, "NanoCpus", (double)p->nano_cpus);
	put_default(host, "PidsLimit", (double)p->pids);
	set_number(host, "MemorySwap", cJSON_GetNumberValue(at(host, "Memory")));
	const char *const security = "no-new-privileges";
	cJSON_DeleteItemFromObjectCaseSensitive(host, "SecurityOpt");
	cJSON_AddItemToObject(host, "SecurityOpt", cJSON_CreateStringArray(&security, 1));
	if (at(host, "LogConfig") == NULL) {
		cJSON *log = cJSON_AddObjectToObject(host, "LogConfig");
		cJSON_AddStringToObject(log, "Type", "json-file");
		cJSON *config = cJSON_AddObjectToObject(log, "Config");
		cJSON_AddStringToObject(config, "max-size", "1m");
		cJSON_AddStringToObject(config, "max-file", "2");
	}
	if (at(host, "IpcMode") == NULL)
		cJSON_AddStringToObject(host, "IpcMode", "private");
}

static cJSON *object_of(cJSON *parent, const char *name)
{
	cJSON *object = cJSON_GetObjectItemCaseSensitive(parent, name);
	if (cJSON_IsObject(object))
		return object;
	cJSON_DeleteItemFromObjectCaseSensitive(parent, name);
	return cJSON_AddObjectToObject(parent, name);
}

/* "systempaths=unconfined" arrives as two empty lists, which say something though they are empty.
 */
static bool judge_system_paths(struct request *r)
{
	const cJSON *host = at(r->body, "HostConfig");
	return (!cJSON_IsArray(at(host, "MaskedPaths")) &&
		       !cJSON_IsArray(at(host, "ReadonlyPaths"))) ||
	       refuse(r, 403, "HostConfig.MaskedPaths",
		       "HostConfig.MaskedPaths and ReadonlyPaths protect the host and stay");
}

bool judge_create(struct request *r)
{
	const char *name = target_query(&r->target, "name");
	target_remove(&r->target, "platform");
	if (!within_quota(r, "containers") ||
		(name != NULL && *name != '\0' && !judge_name(r, name)) || !judge_system_paths(r) ||
		!walk(r, "", r->body, create_fields))
		return false;
	cJSON *networking = cJSON_GetObjectItemCaseSensitive(r->body, "NetworkingConfig");
	if (networking != NULL && !rule_networking(r, "NetworkingConfig", networking, NULL))
		return false;
	put_owner(r, r->body);
	put_limits(r, object_of(r->body, "HostConfig"));
	return true;
}

bool judge_update(struct request *r)
{
	if (!walk(r, "", r->body, update_fields))
		return false;
	const cJSON *memory = at(r->body, "Memory");
	if (memory != NULL)
		set_number(r->body, "MemorySwap", cJSON_GetNumberValue(memory));
	return true;
}

bool judge_exec(struct request *r)
{
	return walk(r, "", r->body, exec_fields);
}

bool judge_exec_start(struct request *r)
{
	return walk(r, "", r->body, exec_start_fields);
}

/* A change is a line of a Dockerfile. */
static bool judge_changes(struct request *r)
{
	static const char *const allowed[] = {
		"CMD", "ENTRYPOINT", "ENV", "EXPOSE", "USER", "WORKDIR", "STOPSIGNAL"};
	static const char *const solo[] = {"LABEL", "VOLUME", "ONBUILD", "HEALTHCHECK"};
	for (size_t i = 0; i < r->target.query_count; i++) {
		if (!text_same(r->target.query[i].name, "changes"))
			continue;
		const char *text =
			r->target.query[i].value + strspn(r->target.query[i].value, " \t");
		cleanup_free char *word = xstrndup(text, strcspn(text, " \t"));
		bool good = false;
		for (size_t k = 0; k < ARRAY_LENGTH(allowed); k++)
			good = good || text_same_fold(word, allowed[k]);
		for (size_t k = 0; k < ARRAY_LENGTH(solo) && !is_class(r); k++)
			good = good || text_same_fold(word, solo[k]);
		if (!good)
			return refuse(
				r, 403, "changes", "changes: %s is not allowed in a commit", word);
	}
	return true;
}

bool judge_commit(struct request *r)
{
	const char *container = target_query(&r->target, "container");
	const char *repository = target_query(&r->target, "repo");
	cleanup_free char *id = NULL;
	if (container == NULL)
		return refuse(r, 400, "query", "container: a name is missing");
	if (!own_container(r, container, &id))
		return false;
	target_set(&r->target, "container", id);
	if (!judge_changes(r) ||
		(repository != NULL && *repository != '\0' &&
			!judge_new_reference(r, repository, target_query(&r->target, "tag"))) ||
		!walk(r, "", r->body, commit_fields))
		return false;
	put_owner(r, r->body);
	return true;
}

bool judge_volume_create(struct request *r)
{
	if (!walk(r, "", r->body, volume_fields))
		return false;
	const char *driver = json_text(r->body, "Driver"), *name = json_text(r->body, "Name");
	if (*driver != '\0' && !text_same(driver, "local"))
		return refuse(r, 403, "Driver", "Driver: local is allowed");
	if (*name != '\0' && !is_volume_name(name, strlen(name)))
		return refuse(r, 400, "Name", "Name: %s is no name of a volume", name);
	/* the daemon gives an existing volume to whoever names it */
	if (*name != '\0' && !take_volume(r, name))
		return false;
	if (*name == '\0' && !within_quota(r, "volumes"))
		return false;
	put_owner(r, r->body);
	return true;
}

static bool is_network_taken(struct request *r, const char *name)
{
	cleanup_buf struct buf path = {0};
	int status = 0;
	buf_add_text(&path, "/networks/");
	target_encode(&path, name, "");
	cJSON *json = NULL;
	bool asked = upstream_ask(r->gate, "GET", buf_text(&path), NULL, &status, &json);
	cJSON_Delete(json);
	return asked && status == 200;
}

bool judge_network_create(struct request *r)
{
	if (!walk(r, "", r->body, network_fields))
		return false;
	const char *name = json_text(r->body, "Name"), *driver = json_text(r->body, "Driver");
	const cJSON *ipam = at(r->body, "IPAM"), *one;
	cJSON_ArrayForEach(one, ipam) {
		bool driver_only = text_same(one->string, "Driver") &&
				   text_same(cJSON_GetStringValue(one), "default");
		bool subnet = text_same(one->string, "Config") && !is_class(r);
		if (!driver_only && !subnet && !json_is_zero(one))
			return refuse(r, 403, "IPAM", "IPAM.%s: addresses are given by the daemon",
				one->string);
	}
	if (*driver != '\0' && !text_same(driver, "bridge"))
		return refuse(r, 403, "Driver", "Driver=%s: bridge is allowed", driver);
	if (!judge_name(r, name) || !within_quota(r, "networks"))
		return false;
	if (is_class(r) && is_network_taken(r, name))
		return refuse(r, 403, "Name", "the name %s is taken: choose another one", name);
	cJSON_AddBoolToObject(r->body, "CheckDuplicate", true);
	put_owner(r, r->body);
	return true;
}

bool judge_connect(struct request *r)
{
	cleanup_free char *id = NULL;
	if (!walk(r, "", r->body, connect_fields))
		return false;
	cJSON *container = cJSON_GetObjectItemCaseSensitive(r->body, "Container");
	if (!cJSON_IsString(container))
		return refuse(r, 400, "Container", "Container: a name is missing");
	if (!own_container(r, container->valuestring, &id))
		return false;
	set_text(container, id);
	return true;
}

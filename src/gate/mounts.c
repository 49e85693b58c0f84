/* gate/mounts.c - the policy for what a container may mount and whose namespaces it may join */
#include "fields.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No component below the root may be a symbolic link, because the daemon would follow it out of
 * the root. The daemon creates missing components. */
static bool is_plain_below(const char *root, const char *rest)
{
	int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool plain = fd >= 0;
	while (plain && *(rest += strspn(rest, "/")) != '\0') {
		size_t length = strcspn(rest, "/");
		cleanup_free char *part = xstrndup(rest, length);
		struct stat info;
		int next = openat(fd, part, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0) {
			plain = errno == ENOENT;
			break;
		}
		plain = fstat(next, &info) == 0 && !S_ISLNK(info.st_mode) &&
			!S_ISSOCK(info.st_mode);
		close(fd);
		fd = next;
		rest += length;
	}
	if (fd >= 0)
		close(fd);
	return plain;
}

/* Returns the daemon's path of a folder that may be mounted: one below a folder of the policy,
 * by a path that leads nowhere else. NULL: it may not be mounted. */
static char *folder_for_daemon(const struct request *r, const char *path)
{
	if (strstr(path, "/..") != NULL || strstr(path, "/./") != NULL ||
		strstr(path, "//") != NULL || strchr(path, '\\') != NULL)
		return NULL;
	for (size_t i = 0; i < r->gate->policy.binds.count; i++) {
		const char *bind = r->gate->policy.binds.items[i];
		size_t inside = strcspn(bind, "=");
		cleanup_free char *folder = xstrndup(bind, inside);
		const char *root = bind[inside] == '=' ? bind + inside + 1 : folder;
		bool below =
			text_starts(path, folder) && (path[inside] == '\0' || path[inside] == '/');
		if (below && is_plain_below(root, path + inside))
			return xasprintf("%s%s", root, path + inside);
	}
	return NULL;
}

bool mounts_is_volume_name(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)name[i]) && (i == 0 || strchr("_.-", name[i]) == NULL))
			return false;
	return length >= 2 && length < 64;
}

static bool make_volume(struct request *r, const char *name)
{
	int status = 0;
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "Name", name);
	walk_put_owner(r->gate, json);
	cleanup_free char *body = json_print_take(json);
	return upstream_ask(r->gate, "POST", "/volumes/create", body, &status, NULL) ||
	       request_refuse_unreachable(r);
}

bool mounts_ensure_volume(struct request *r, const char *name, char **ret)
{
	if (owner_find_volume(r, name, ret))
		return true;
	if (r->status != 404)
		return false;
	request_clear_refusal(r);
	*ret = names_for_daemon(r->gate, name);
	return make_volume(r, *ret);
}

/* The daemon gives an existing volume to anyone who names it. */
bool gate_judge_volume_create(struct request *r)
{
	const char *name = json_get_text_or(r->body, "Name", "");
	cleanup_free char *full = NULL;
	if (*name == '\0')
		return true;
	if (!mounts_is_volume_name(name, strlen(name)))
		return request_refuse(r, 400, "Name", "Name: %s is not the name of a volume", name);
	if (!mounts_ensure_volume(r, name, &full))
		return false;
	walk_set_text(json_get(r->body, "Name"), full);
	return true;
}

static bool judge_bind(struct request *r, const char *path, cJSON *value)
{
	const char *bind = value->valuestring;
	size_t source = strcspn(bind, ":");
	cleanup_free char *name = xstrndup(bind, source);
	if (bind[source] != ':' || bind[source + 1] != '/')
		return request_refuse(
			r, 403, path, "%s: %s is not of the form VOLUME:/PATH", path, bind);
	const char *options = strchr(bind + source + 1, ':');
	if (options != NULL && !text_same(options, ":ro") && !text_same(options, ":rw") &&
		!text_same(options, ":nocopy"))
		return request_refuse(
			r, 403, path, "%s: %s: options are ro, rw and nocopy", path, bind);
	char *full = folder_for_daemon(r, name);
	if (full == NULL && !mounts_is_volume_name(bind, source))
		return request_refuse(r, 403, path,
			"%s: %s would reach out of the sandbox: use a volume (-v NAME:/PATH) or a "
			"folder of your workspace",
			path, name);
	bool good = full != NULL || mounts_ensure_volume(r, name, &full);
	cleanup_free char *whole = good ? xasprintf("%s%s", full, bind + source) : NULL;
	if (good)
		walk_set_text(value, whole);
	free(full);
	return good;
}

bool gate_check_binds(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cJSON *one;
	(void)f;
	if (!walk_check_texts(r, path, value))
		return false;
	cJSON_ArrayForEach(one, value)
		if (!judge_bind(r, path, one))
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

static bool judge_source(struct request *r, const char *path, cJSON *mount)
{
	const char *type = json_get_text_or(mount, "Type", "");
	cJSON *source = json_get(mount, "Source");
	const char *name = cJSON_GetStringValue(source);
	char *full = NULL;
	bool good = false;
	if (text_same(type, "tmpfs") || (text_same(type, "volume") && text_is_blank(name)))
		return true; /* no source, or a volume without a name */
	if (text_same(type, "bind") && name != NULL)
		good = (full = folder_for_daemon(r, name)) != NULL;
	if (!good && !text_same(type, "volume"))
		return request_refuse(r, 403, path,
			"%s: a mount may be of type volume or tmpfs, or of type bind from your "
			"workspace",
			path);
	if (!good && !mounts_is_volume_name(name, strlen(name)))
		return request_refuse(
			r, 403, path, "%s: %s is not the name of a volume", path, name);
	good = good || mounts_ensure_volume(r, name, &full);
	if (good)
		walk_set_text(source, full);
	free(full);
	return good;
}

static bool judge_mount(struct request *r, const char *path, cJSON *mount)
{
	if (!cJSON_IsObject(mount))
		return request_refuse(r, 400, path, "%s must be a list of objects", path);
	return walk_fields(r, path, mount, mount_fields) && judge_source(r, path, mount);
}

bool gate_check_mounts(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cJSON *one;
	(void)f;
	if (!cJSON_IsArray(value))
		return request_refuse(r, 400, path, "%s must be a list", path);
	cJSON_ArrayForEach(one, value)
		if (!judge_mount(r, path, one))
			return false;
	return true;
}

/* Replaces the name in "NAME:ro" and "NAME:alias" by the id; a link without an alias gets its
 * name as one. */
bool gate_check_container_names(
	struct request *r, const char *path, cJSON *value, const struct field *f)
{
	bool links = text_same(f->name, "Links");
	cJSON *one;
	if (!walk_check_texts(r, path, value))
		return false;
	cJSON_ArrayForEach(one, value) {
		const char *text = one->valuestring + (one->valuestring[0] == '/');
		size_t length = strcspn(text, ":");
		cleanup_free char *name = xstrndup(text, length);
		cleanup_free char *id = NULL;
		if (!owner_find_container(r, name, &id))
			return false;
		bool bare = links && text[length] == '\0';
		cleanup_free char *whole =
			xasprintf("%s%s%s", id, bare ? ":" : "", bare ? name : text + length);
		walk_set_text(one, whole);
	}
	return true;
}

/* Replaces "container:NAME" by "container:ID". */
bool mounts_replace_container(struct request *r, cJSON *value)
{
	cleanup_free char *id = NULL;
	if (!owner_find_container(r, value->valuestring + strlen("container:"), &id))
		return false;
	cleanup_free char *text = xasprintf("container:%s", id);
	walk_set_text(value, text);
	return true;
}

bool gate_check_namespace(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	(void)f;
	if (!cJSON_IsString(value))
		return request_refuse(r, 400, path, "%s must be a text", path);
	static const char *const own[] = {"private", "none", "shareable"};
	if (text_is_one_of(value->valuestring, own, ARRAY_LENGTH(own)))
		return true;
	if (text_starts(value->valuestring, "container:"))
		return mounts_replace_container(r, value);
	return request_refuse(r, 403, path,
		"%s=%s would leave the sandbox: allowed are private and container:NAME", path,
		value->valuestring);
}

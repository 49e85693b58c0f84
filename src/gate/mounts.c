/* gate/mounts.c - what a container may mount and whose namespaces it may join */
#include "fields.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No component below the root may be a symbolic link: the daemon would follow it out of there. What
 * is not there yet is made by the daemon. */
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

/* Sources that are folders: only those of the policy, "INSIDE" or "INSIDE=OUTSIDE" where the daemon
 * has them under another name, and nothing that leads out of them. */
static bool is_allowed_folder(const struct request *r, const char *folder, size_t length)
{
	cleanup_free char *path = xstrndup(folder, length);
	if (is_class(r) || strstr(path, "/..") != NULL || strstr(path, "/./") != NULL ||
		strstr(path, "//") != NULL || strchr(path, '\\') != NULL)
		return false;
	for (size_t i = 0; i < r->gate->policy.binds.count; i++) {
		const char *root = r->gate->policy.binds.items[i];
		size_t inside = strcspn(root, "=");
		const char *outside = root[inside] == '=' ? root + inside + 1 : root;
		if (strncmp(path, root, inside) == 0 &&
			(path[inside] == '\0' || path[inside] == '/'))
			return is_plain_below(outside, path + inside);
	}
	return false;
}

bool is_volume_name(const char *name, size_t length)
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
	put_owner(r->gate, json);
	cleanup_free char *body = cJSON_PrintUnformatted(json);
	cJSON_Delete(json);
	return upstream_ask(r->gate, "POST", "/volumes/create", body, &status, NULL) ||
	       refuse(r, 502, "daemon", "the daemon does not answer");
}

bool take_volume(struct request *r, const char *name, char **ret)
{
	if (r->gate->owner == NULL) {
		*ret = xstrdup(name);
		return true;
	}
	if (own_volume(r, name, ret))
		return true;
	/* one that is there and somebody else's is not there for this owner, and not to be had */
	if (r->status != 404 || !text_same(r->rule, "absent") || !within_quota(r, "volumes"))
		return false;
	forgive(r);
	*ret = is_class(r) ? name_for_daemon(r->gate, name) : xstrdup(name);
	return make_volume(r, *ret);
}

static bool judge_bind(struct request *r, const char *path, cJSON *value)
{
	const char *bind = value->valuestring;
	cleanup_free char *volume = NULL;
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
	if (!take_volume(r, name, &volume))
		return false;
	cleanup_free char *whole = xasprintf("%s%s", volume, bind + source);
	set_text(value, whole);
	return true;
}

bool rule_binds(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	cJSON *one;
	(void)f;
	if (!text_list(r, path, value))
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

static bool judge_tmpfs_options(struct request *r, const char *path, cJSON *mount)
{
	cJSON *options = cJSON_GetObjectItemCaseSensitive(mount, "TmpfsOptions");
	const cJSON *size = json_at(options, "SizeBytes");
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
	if (!fields_walk(r, path, mount, mount_fields))
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
	if (!is_volume_name(name, strlen(name)))
		return refuse(r, 403, path, "%s: %s is no name of a volume", path, name);
	cleanup_free char *volume = NULL;
	if (!take_volume(r, name, &volume))
		return false;
	set_text(cJSON_GetObjectItemCaseSensitive(mount, "Source"), volume);
	return true;
}

bool rule_mounts(struct request *r, const char *path, cJSON *value, const struct field *f)
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

/* "64k" as the kernel reads it; 0 where it is no size. */
static long long tmpfs_size(const char *text)
{
	static const char units[] = "kmg";
	cleanup_free char *digits = xstrndup(text, strspn(text, "0123456789"));
	const char *unit = text + strlen(digits);
	long long size = 0;
	if (!text_number(digits, 1, INT32_MAX, &size))
		return 0;
	const char *which = *unit != '\0' ? strchr(units, tolower((unsigned char)*unit)) : NULL;
	if (*unit != '\0' && (which == NULL || unit[1] != '\0'))
		return 0;
	for (const char *u = units; which != NULL && u <= which; u++)
		size *= 1024;
	return size;
}

/* The options are written anew: a size within the policy, and what must always be. */
bool rule_tmpfs(struct request *r, const char *path, cJSON *value, const struct field *f)
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
		const char *at_size = strstr(one->valuestring, "size=");
		cleanup_free char *digits =
			at_size != NULL ? xstrndup(at_size + 5, strcspn(at_size + 5, ",")) : NULL;
		long long size = digits != NULL ? tmpfs_size(digits) : 0;
		bool small = size >= 4096 && size <= r->gate->policy.tmpfs_most;
		cleanup_free char *with_size =
			small ? xasprintf("rw,noexec,nosuid,nodev,size=%lld", size) : NULL;
		set_text(one, small ? with_size : options);
	}
	return true;
}

/* "NAME:ro" and "NAME:alias": the name becomes the id; a link without an alias has its name for
 * one.
 */
bool rule_from(struct request *r, const char *path, cJSON *value, const struct field *f)
{
	bool links = text_same(f->name, "Links");
	cJSON *one;
	if (!text_list(r, path, value))
		return false;
	cJSON_ArrayForEach(one, value) {
		const char *text = one->valuestring + (one->valuestring[0] == '/');
		size_t length = strcspn(text, ":");
		cleanup_free char *name = xstrndup(text, length);
		cleanup_free char *id = NULL;
		if (!own_container(r, name, &id))
			return false;
		bool bare = links && text[length] == '\0';
		cleanup_free char *whole =
			xasprintf("%s%s%s", id, bare ? ":" : "", bare ? name : text + length);
		set_text(one, whole);
	}
	return true;
}

/* "container:NAME" becomes "container:ID". */
bool join_container(struct request *r, cJSON *value)
{
	cleanup_free char *id = NULL;
	if (!own_container(r, value->valuestring + strlen("container:"), &id))
		return false;
	cleanup_free char *text = xasprintf("container:%s", id);
	set_text(value, text);
	return true;
}

bool rule_namespace(struct request *r, const char *path, cJSON *value, const struct field *f)
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
		return join_container(r, value);
	return refuse(r, 403, path,
		"%s=%s would leave the sandbox: allowed are private and container:NAME", path,
		value->valuestring);
}

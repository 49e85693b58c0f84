/* gate/rules.c - the policy of queries and names */
#include "private.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* ---- words of queries ---- */

static bool is_set(const struct request *r, const char *name)
{
	const char *value = target_query(&r->target, name);
	return value != NULL && *value != '\0' && !text_same(value, "0") &&
	       !text_same(value, "null") && !text_same(value, "[]") && !text_same(value, "{}");
}

static bool number_within(struct request *r, const char *name, long long low, long long high)
{
	const char *text = target_query(&r->target, name);
	long long number;
	if (text == NULL)
		return true;
	if (!text_number(text, -1, 1000000, &number))
		return refuse(r, 400, "query", "%s=%s is no number", name, text);
	number = number < low ? low : number > high ? high : number;
	cleanup_free char *clamped = xasprintf("%lld", number);
	target_set(&r->target, name, clamped);
	return true;
}

bool judge_resize(struct request *r)
{
	return number_within(r, "h", 0, 1000) && number_within(r, "w", 0, 1000);
}

bool judge_kill(struct request *r)
{
	const char *signal = target_query(&r->target, "signal");
	for (const char *c = signal != NULL ? signal : ""; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '+' && *c != '-')
			return refuse(r, 400, "query", "signal=%s is none", signal);
	return true;
}

bool judge_stop(struct request *r)
{
	return judge_kill(r) && number_within(r, "t", 0, 30);
}

bool judge_top(struct request *r)
{
	static const char *const allowed[] = {"", "-ef", "aux", "-aux", "-e", "-f", "-eo pid,comm"};
	const char *words = target_query(&r->target, "ps_args");
	for (size_t i = 0; words != NULL && i < ARRAY_LENGTH(allowed); i++)
		if (text_same(words, allowed[i]))
			return true;
	return words == NULL ||
	       refuse(r, 403, "query", "ps_args: allowed are -ef and aux: ps runs on the host");
}

bool judge_archive(struct request *r)
{
	const char *path = target_query(&r->target, "path");
	return (path != NULL && *path != '\0') ||
	       refuse(r, 400, "query", "path: a path in the container is missing");
}

/* ---- names ---- */

bool judge_name(struct request *r, const char *name)
{
	static const char *const reserved[] = {"json", "create", "prune"};
	size_t length = strlen(name);
	bool plain = length >= 2 && length <= 63 && isalnum((unsigned char)name[0]);
	for (size_t i = 0; i < length; i++)
		plain = plain &&
			(isalnum((unsigned char)name[i]) || strchr("_.-", name[i]) != NULL);
	if (!plain)
		return refuse(r, 400, "name",
			"Invalid container name (%s), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
			name);
	for (size_t i = 0; i < ARRAY_LENGTH(reserved); i++)
		if (text_same(name, reserved[i]))
			return refuse(r, 403, "name", "the name %s is taken by the API", name);
	if (length >= 12 && strspn(name, "0123456789abcdef") == length)
		return refuse(r, 403, "name", "the name %s could be taken for an id", name);
	return true;
}

/* One that somebody without a gate took is not given a second time. */
static bool is_name_taken(struct request *r, const char *name)
{
	cJSON *json = NULL;
	bool there = upstream_look(r->gate, "containers", name, "/json", &json);
	const char *found = json_text(json, "Name");
	there = there && *found == '/' && text_same(found + 1, name);
	cJSON_Delete(json);
	return there;
}

bool judge_new_name(struct request *r, const char *name, char **ret)
{
	name += *name == '/';
	if (!judge_name(r, name))
		return false;
	if (is_class(r) && is_name_taken(r, name))
		return refuse(r, 409, "name",
			"Conflict. The container name \"/%s\" is already in use. You have to "
			"remove (or rename) that container to be able to reuse that name.",
			name);
	*ret = is_class(r) ? name_for_daemon(r->gate, name) : xstrdup(name);
	return true;
}

bool judge_rename(struct request *r)
{
	const char *name = target_query(&r->target, "name");
	cleanup_free char *full = NULL;
	if (name == NULL)
		return refuse(r, 400, "name", "a new name is missing");
	if (!judge_new_name(r, name, &full))
		return false;
	target_set(&r->target, "name", full);
	return true;
}

/* ---- references of images ---- */

static bool is_listed_registry(const struct request *r, const char *reference)
{
	size_t length = strcspn(reference, "/");
	for (size_t i = 0; i < r->gate->policy.registries.count; i++)
		if (strlen(r->gate->policy.registries.items[i]) == length &&
			strncmp(reference, r->gate->policy.registries.items[i], length) == 0)
			return true;
	return false;
}

bool reference_names_registry(const char *reference)
{
	size_t length = strcspn(reference, "/");
	return reference[length] == '/' &&
	       (memchr(reference, '.', length) != NULL || memchr(reference, ':', length) != NULL ||
		       strncmp(reference, "localhost/", 10) == 0);
}

static bool is_reference(const char *text)
{
	size_t length = strlen(text);
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]) && strchr("._-/:@", text[i]) == NULL)
			return false;
	return length > 0 && length < 256;
}

const char *reference_familiar(const char *reference)
{
	static const char *const fronts[] = {"docker.io/", "index.docker.io/", "library/"};
	for (size_t i = 0; i < ARRAY_LENGTH(fronts); i++)
		if (text_starts(reference, fronts[i]))
			reference += strlen(fronts[i]);
	return reference;
}

/* A shared image keeps its name, and so does one that somebody made without a gate. */
static bool is_reference_free(struct request *r, const char *full)
{
	cJSON *json = NULL;
	if (!upstream_look(r->gate, "images", full, "/json", &json))
		return refuse(r, 502, "daemon", "the daemon does not answer");
	bool foreign =
		json != NULL && !is_owned(r->gate, json_at(json_at(json, "Config"), "Labels"));
	cJSON_Delete(json);
	return !foreign ||
	       refuse(r, 403, "reference", "%s is an image of others: take another name", full);
}

bool judge_new_reference(struct request *r, const char *repository, const char *tag, char **ret)
{
	const char *given = repository;
	repository = reference_familiar(repository);
	bool has_tag = strchr(path_base(repository), ':') != NULL;
	cleanup_free char *full = has_tag ? xstrdup(repository)
					  : xasprintf("%s:%s", repository,
						    tag != NULL && *tag != '\0' ? tag : "latest");
	if (has_tag && tag != NULL && *tag != '\0')
		return refuse(r, 400, "reference", "%s has a tag, and another one is given", full);
	if (!is_reference(full) || strchr(full, '@') != NULL)
		return refuse(r, 400, "reference", "invalid reference format: %s", full);
	bool elsewhere = reference_names_registry(full);
	if (elsewhere && !is_listed_registry(r, full))
		return refuse(r, 403, "reference",
			"%s: images may be named after a registry of the policy only", full);
	if (is_class(r) && !is_reference_free(r, full))
		return false;
	*ret = is_class(r) && !elsewhere ? reference_for_daemon(r->gate, repository)
					 : xstrdup(given);
	return true;
}

bool judge_tag(struct request *r)
{
	const char *repository = target_query(&r->target, "repo");
	cleanup_free char *full = NULL;
	if (repository == NULL || *repository == '\0')
		return refuse(r, 400, "reference", "repo: a name is missing");
	if (!judge_new_reference(r, repository, target_query(&r->target, "tag"), &full))
		return false;
	target_set(&r->target, "repo", full);
	return true;
}

static bool judge_import(struct request *r)
{
	const char *repository = target_query(&r->target, "repo");
	if (!text_same(target_query(&r->target, "fromSrc"), "-"))
		return refuse(
			r, 403, "import", "fromSrc: the daemon fetches nothing; import a file");
	if (is_class(r))
		return refuse(
			r, 403, "import", "fromSrc: an archive brings names and labels at will");
	target_remove(&r->target, "platform");
	cleanup_free char *full = NULL;
	return repository == NULL || *repository == '\0' ||
	       judge_new_reference(r, repository, target_query(&r->target, "tag"), &full);
}

bool judge_pull(struct request *r)
{
	if (target_query(&r->target, "fromSrc") != NULL)
		return judge_import(r);
	const char *whole = target_query(&r->target, "fromImage");
	const char *from = whole != NULL ? reference_familiar(whole) : NULL;
	const char *tag = target_query(&r->target, "tag");
	if (from == NULL || !is_reference(from) ||
		(tag != NULL && *tag != '\0' && !is_reference(tag)))
		return refuse(r, 400, "reference", "fromImage: the name of an image is missing");
	if (reference_names_registry(from) && !is_listed_registry(r, from) &&
		!text_starts(from, "docker.io/"))
		return refuse(r, 403, "registry",
			"fromImage: %s names a registry that the policy does not list", from);
	if ((tag == NULL || *tag == '\0') && strchr(path_base(from), ':') == NULL &&
		strchr(from, '@') == NULL)
		target_set(&r->target, "tag", "latest"); /* without one all tags are meant */
	target_remove(&r->target, "platform");
	if (!is_class(r))
		return true;
	for (size_t i = 0; i < r->gate->policy.images.count; i++)
		if (fnmatch(r->gate->policy.images.items[i], from, 0) == 0)
			return true;
	/* one that is there for all may be named: nothing happens that they could not have */
	cleanup_free char *id = NULL;
	cleanup_free char *full = tag != NULL && *tag != '\0' && strchr(tag, ':') == NULL
					  ? xasprintf("%s:%s", from, tag)
					  : xstrdup(from);
	if (own_image(r, full, true, &id, NULL))
		return true;
	return refuse(
		r, 403, "images", "fromImage: %s is not among the images of the policy", from);
}

bool judge_push(struct request *r)
{
	cleanup_free char *name = route_name(r);
	return is_listed_registry(r, name) ||
	       refuse(r, 403, "registry",
		       "%s: images may be pushed to a registry of the policy only, as %s/%s", name,
		       r->gate->policy.registries.count > 0 ? r->gate->policy.registries.items[0]
							    : "HOST:PORT",
		       path_base(name));
}

/* Anonymous volumes carry nobody's label: they go with their container. Links, which some clients
 * say no to, are not removed alone. */
bool judge_remove(struct request *r)
{
	if (is_set(r, "link") && !text_same_fold(target_query(&r->target, "link"), "false"))
		return refuse(r, 400, "query", "link: links go with their container");
	target_remove(&r->target, "link");
	if (is_class(r))
		target_set(&r->target, "v", "1");
	return true;
}

bool judge_image_remove(struct request *r)
{
	if (is_class(r))
		target_remove(&r->target, "force"); /* it would take it from under others */
	return true;
}

bool judge_images_get(struct request *r)
{
	for (size_t i = 0; i < r->target.query_count; i++) {
		cleanup_free char *id = NULL;
		if (!own_image(r, r->target.query[i].value, true, &id, NULL))
			return false;
	}
	return r->target.query_count > 0 || refuse(r, 400, "query", "names: an image is missing");
}

/* ---- builds ---- */

static bool judge_build_labels(struct request *r)
{
	const char *text = target_query(&r->target, "labels"), *why = "";
	cJSON *labels = NULL, *one;
	if (!is_set(r, "labels"))
		labels = cJSON_CreateObject();
	else if (!json_read(text, strlen(text), &labels, &why) || !cJSON_IsObject(labels)) {
		cJSON_Delete(labels);
		return refuse(r, 400, "labels", "labels: %s", why);
	}
	bool good = true;
	cJSON_ArrayForEach(one, labels)
		good = good && cJSON_IsString(one);
	if (r->gate->owner != NULL) {
		cJSON_DeleteItemFromObjectCaseSensitive(labels, GATE_OWNER_LABEL);
		cJSON_AddStringToObject(labels, GATE_OWNER_LABEL, r->gate->owner);
	}
	cleanup_free char *printed = cJSON_PrintUnformatted(labels);
	target_set(&r->target, "labels", printed);
	cJSON_Delete(labels);
	return good || refuse(r, 400, "labels", "labels: a value is no text");
}

static bool judge_build_tags(struct request *r)
{
	for (size_t i = 0; i < r->target.query_count; i++) {
		struct pair *one = &r->target.query[i];
		char *full = NULL;
		if (!text_same(one->name, "t") || one->value[0] == '\0')
			continue;
		if (!judge_new_reference(r, one->value, NULL, &full))
			return false;
		free(one->value);
		one->value = full;
	}
	return true;
}

/* What RUN reaches: the owner's network, not everybody's. */
static bool judge_build_network(struct request *r)
{
	const char *network = target_query(&r->target, "networkmode");
	cleanup_free char *bridge = NULL;
	if (network != NULL && *network != '\0' && !text_same(network, "default") &&
		!text_same(network, "none") && !text_same(network, "bridge"))
		return refuse(r, 403, "build", "networkmode=%s: a build may use default or none",
			network);
	if (!is_class(r) || text_same(network, "none"))
		return true;
	if (!own_bridge(r, &bridge))
		return false;
	target_set(&r->target, "networkmode", bridge);
	return true;
}

bool judge_build(struct request *r)
{
	static const char *const refused[] = {
		"remote", "cpusetcpus", "cpusetmems", "ulimits", "extrahosts", "platform"};
	const struct gate_policy *p = &r->gate->policy;
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		if (is_set(r, refused[i]))
			return refuse(r, 403, "build", "%s is not allowed in a build", refused[i]);
		target_remove(&r->target, refused[i]);
	}
	if (text_same(target_query(&r->target, "version"), "2"))
		return refuse(r, 403, "build", "version=2: %s", "use DOCKER_BUILDKIT=0");
	target_remove(&r->target, "cgroupparent"); /* the daemon's own is the right one */
	target_remove(&r->target, "memswap");
	if (is_class(r)) {
		target_remove(&r->target, "cachefrom"); /* it would name images of others */
		cleanup_free char *memory = xasprintf("%lld", p->memory_most);
		target_set(&r->target, "memory", memory);
		target_set(&r->target, "memswap", memory);
	}
	return judge_build_network(r) && judge_build_tags(r) && judge_build_labels(r) &&
	       (!is_class(r) || judge_context(r));
}

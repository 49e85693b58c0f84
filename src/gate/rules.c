/* gate/rules.c - the policy for queries and names */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- query parameters ---- */

static bool is_set(const struct request *r, const char *name)
{
	const char *value = target_query(&r->target, name);
	return value != NULL && *value != '\0' && !text_same(value, "0") &&
	       !text_same(value, "null") && !text_same(value, "[]") && !text_same(value, "{}");
}

static bool check_number_parameter(struct request *r, const char *name)
{
	const char *text = target_query(&r->target, name);
	long long number;
	return text == NULL || text_number(text, -1, 1000000, &number) ||
	       request_refuse(r, 400, "query", "%s=%s is not a number", name, text);
}

bool gate_judge_resize(struct request *r)
{
	return check_number_parameter(r, "h") && check_number_parameter(r, "w");
}

bool gate_judge_kill(struct request *r)
{
	const char *signal = target_query(&r->target, "signal");
	for (const char *c = signal != NULL ? signal : ""; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '+' && *c != '-')
			return request_refuse(r, 400, "query", "signal=%s is not a signal", signal);
	return true;
}

bool gate_judge_stop(struct request *r)
{
	return gate_judge_kill(r) && check_number_parameter(r, "t");
}

bool gate_judge_top(struct request *r)
{
	static const char *const allowed[] = {"", "-ef", "aux", "-aux", "-e", "-f", "-eo pid,comm"};
	const char *words = target_query(&r->target, "ps_args");
	return words == NULL || text_is_one_of(words, allowed, ARRAY_LENGTH(allowed)) ||
	       request_refuse(r, 403, "query",
		       "ps_args: only -ef and aux are allowed, because ps runs on the host");
}

bool gate_judge_archive(struct request *r)
{
	const char *path = target_query(&r->target, "path");
	return (path != NULL && *path != '\0') ||
	       request_refuse(r, 400, "query", "path: a path in the container is required");
}

/* ---- names ---- */

bool gate_judge_name(struct request *r, const char *name)
{
	static const char *const reserved[] = {"json", "create", "prune"};
	size_t length = strlen(name);
	bool plain = length >= 2 && length <= 63 && isalnum((unsigned char)name[0]);
	for (size_t i = 0; i < length; i++)
		plain = plain &&
			(isalnum((unsigned char)name[i]) || strchr("_.-", name[i]) != NULL);
	if (!plain)
		return request_refuse(r, 400, "name",
			"Invalid container name (%s), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
			name);
	if (text_is_one_of(name, reserved, ARRAY_LENGTH(reserved)))
		return request_refuse(r, 403, "name", "the name %s is reserved by the API", name);
	if (length >= 12 && strspn(name, "0123456789abcdef") == length)
		return request_refuse(
			r, 403, "name", "the name %s could be mistaken for an id", name);
	return true;
}

bool gate_judge_rename(struct request *r)
{
	const char *name = target_query(&r->target, "name");
	if (name == NULL)
		return request_refuse(r, 400, "name", "a new name is required");
	name += *name == '/';
	if (!gate_judge_name(r, name))
		return false;
	cleanup_free char *full = names_for_daemon(r->gate, name);
	target_set(&r->target, "name", full);
	return true;
}

/* An anonymous volume carries no label, so remove it with its container. Do not remove links
 * alone; some clients send false for them. */
bool gate_judge_remove(struct request *r)
{
	if (is_set(r, "link") && !text_same_fold(target_query(&r->target, "link"), "false"))
		return request_refuse(
			r, 400, "query", "link: links are removed together with their container");
	target_remove(&r->target, "link");
	target_set(&r->target, "v", "1");
	return true;
}

/* ---- builds ---- */

static bool judge_build_labels(struct request *r)
{
	const char *text = target_query(&r->target, "labels"), *why = "";
	cJSON *labels = NULL, *one;
	if (!is_set(r, "labels"))
		labels = cJSON_CreateObject();
	else if (!gate_parse_body(text, strlen(text), &labels, &why) || !cJSON_IsObject(labels)) {
		cJSON_Delete(labels);
		return request_refuse(r, 400, "labels", "labels: %s", why);
	}
	bool good = true;
	cJSON_ArrayForEach(one, labels)
		good = good && cJSON_IsString(one);
	cJSON_DeleteItemFromObjectCaseSensitive(labels, GATE_IMAGE_LABEL);
	cJSON_AddStringToObject(labels, GATE_IMAGE_LABEL, r->gate->learner);
	cleanup_free char *printed = json_print(labels);
	target_set(&r->target, "labels", printed);
	cJSON_Delete(labels);
	return good || request_refuse(r, 400, "labels", "labels: values must be texts");
}

static bool judge_build_tags(struct request *r)
{
	for (size_t i = 0; i < r->target.query_count; i++) {
		const struct pair *one = &r->target.query[i];
		if (text_same(one->name, "t") && one->value[0] != '\0' &&
			!gate_judge_new_reference(r, one->value, NULL))
			return false;
	}
	return true;
}

static bool judge_build_network(struct request *r)
{
	static const char *const allowed[] = {"", "default", "none", "bridge"};
	const char *network = target_query(&r->target, "networkmode");
	return network == NULL || text_is_one_of(network, allowed, ARRAY_LENGTH(allowed)) ||
	       request_refuse(r, 403, "build",
		       "networkmode=%s: a build may use only default or none", network);
}

bool gate_judge_build(struct request *r)
{
	static const char *const refused[] = {
		"remote", "cpusetcpus", "cpusetmems", "ulimits", "extrahosts", "platform"};
	/* use the daemon's own cgroup parent, and keep a base image that exists */
	static const char *const dropped[] = {"cgroupparent", "pull"};
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		if (is_set(r, refused[i]))
			return request_refuse(
				r, 403, "build", "%s is not allowed in a build", refused[i]);
		target_remove(&r->target, refused[i]);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(dropped); i++)
		target_remove(&r->target, dropped[i]);
	if (text_same(target_query(&r->target, "version"), "2"))
		return request_refuse(r, 403, "build", "version=2: %s", "use DOCKER_BUILDKIT=0");
	/* a build's containers carry no label, so none may remain */
	target_set(&r->target, "rm", "1");
	target_set(&r->target, "forcerm", "1");
	return judge_build_network(r) && judge_build_tags(r) && judge_build_labels(r);
}

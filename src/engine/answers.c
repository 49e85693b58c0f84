/* engine/answers.c - typed answers: a container, names for completion, normalised references */
#include "engine.h"
#include "json.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *copy_json_text(const cJSON *json, const char *name)
{
	return xstrdup(json_get_text_or(json, name, ""));
}

/* "2026-11-24T04:18:48.123456789Z" */
static int64_t time_of(const char *text)
{
	struct tm utc = {0};
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
	if (rest == NULL)
		return 0;
	double fraction = *rest == '.' ? strtod(rest, NULL) : 0;
	return (int64_t)timegm(&utc) * 1000 + (int64_t)(fraction * 1000);
}

/* ---- ports ---- */

static void add_container_port(
	struct engine_container *c, const char *key, unsigned short host_port)
{
	struct engine_port port = {.host_port = host_port};
	unsigned number = 0;
	if (sscanf(key, "%u/%7s", &number, port.protocol) != 2 || number > 65535)
		return;
	port.container_port = (unsigned short)number;
	c->ports = array_grow(c->ports, c->port_count, sizeof *c->ports);
	c->ports[c->port_count++] = port;
}

static unsigned short host_port(const cJSON *binding)
{
	long long number = 0;
	(void)text_number(json_get_text(binding, "HostPort"), 0, 65535, &number);
	return (unsigned short)number;
}

static void read_ports(struct engine_container *c, const cJSON *network)
{
	const cJSON *port, *binding;
	cJSON_ArrayForEach(port, json_get(network, "Ports")) {
		if (cJSON_GetArraySize(port) == 0)
			add_container_port(c, port->string, 0);
		cJSON_ArrayForEach(binding, port)
			add_container_port(c, port->string, host_port(binding));
	}
}

/* ---- containers ---- */

static void read_container(struct engine_container *c, cJSON *json)
{
	const cJSON *state = json_get(json, "State"), *config = json_get(json, "Config");
	cleanup_free char *created = copy_json_text(json, "Created");
	cleanup_free char *name = copy_json_text(json, "Name");
	*c = (struct engine_container){
		.id = copy_json_text(json, "Id"),
		.name = xstrdup(name[0] == '/' ? name + 1 : name),
		.image = copy_json_text(config, "Image"),
		.image_id = copy_json_text(json, "Image"),
		.status = copy_json_text(state, "Status"),
		.exit_code = (int)json_get_number_or(state, "ExitCode", 0),
		.created_ms = time_of(created),
		.tty = json_is_true(config, "Tty"),
		.open_stdin = json_is_true(config, "OpenStdin"),
		.json = json,
	};
	read_ports(c, json_get(json, "NetworkSettings"));
}

void engine_container_finish(struct engine_container *c)
{
	free(c->id);
	free(c->name);
	free(c->image);
	free(c->image_id);
	free(c->status);
	free(c->ports);
	cJSON_Delete(c->json);
	*c = (struct engine_container){0};
}

bool engine_container(
	struct engine *engine, const char *name, struct engine_container *ret, struct error *err)
{
	cleanup_free char *part = url_encode_text(name, "");
	cleanup_free char *path = xasprintf("/containers/%s/json", part);
	cJSON *json = NULL;
	*ret = (struct engine_container){0};
	if (text_is_blank(name))
		return true;
	if (!engine_get(engine, path, &json, err))
		return false;
	if (json != NULL)
		read_container(ret, json);
	return true;
}

/* ---- names ---- */

static void add_container_names(const cJSON *one, struct words *ret)
{
	const char *text = json_get_item_text(json_get(one, "Names"), 0);
	if (text != NULL)
		words_add(ret, text[0] == '/' ? text + 1 : text);
}

static void add_image_names(const cJSON *one, struct words *ret)
{
	const cJSON *tag;
	cJSON_ArrayForEach(tag, json_get(one, "RepoTags")) {
		const char *text = cJSON_GetStringValue(tag);
		if (text != NULL && !text_starts(text, "<none>"))
			words_add(ret, text);
	}
}

static void add_plain_name(const cJSON *one, struct words *ret)
{
	const char *text = json_get_text(one, "Name");
	if (text != NULL)
		words_add(ret, text);
}

static const struct {
	char what;
	const char *path, *list;
	void (*add)(const cJSON *one, struct words *ret);
} listings[] = {
	{'c', "/containers/json?all=1", NULL, add_container_names},
	{'i', "/images/json", NULL, add_image_names},
	{'n', "/networks", NULL, add_plain_name},
	{'v', "/volumes", "Volumes", add_plain_name},
};

bool engine_names(
	struct engine *engine, char what, bool running_only, struct words *ret, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(listings); i++) {
		cJSON *json = NULL;
		const cJSON *one;
		if (listings[i].what != what)
			continue;
		const char *path =
			what == 'c' && running_only ? "/containers/json" : listings[i].path;
		if (!engine_get(engine, path, &json, err))
			return false;
		const cJSON *list = json;
		if (listings[i].list != NULL)
			list = json_get(json, listings[i].list);
		cJSON_ArrayForEach(one, list)
			listings[i].add(one, ret);
		cJSON_Delete(json);
	}
	return true;
}

/* ---- references (as github.com/distribution/reference reads them) ---- */

static bool is_registry(const char *first, size_t length)
{
	return memchr(first, '.', length) != NULL || memchr(first, ':', length) != NULL ||
	       (length == 9 && strncmp(first, "localhost", 9) == 0);
}

char *engine_reference_normalise(const char *reference)
{
	const char *slash = strchr(reference, '/');
	const char *rest = reference;
	cleanup_free char *registry = NULL;
	if (slash != NULL && is_registry(reference, (size_t)(slash - reference))) {
		registry = xstrndup(reference, (size_t)(slash - reference));
		rest = slash + 1;
	}
	if (registry == NULL || text_same(registry, "index.docker.io")) {
		free(registry);
		registry = xstrdup("docker.io");
	}
	bool official = text_same(registry, "docker.io") && strchr(rest, '/') == NULL;
	const char *last = strrchr(rest, '/');
	bool complete =
		strchr(rest, '@') != NULL || strchr(last != NULL ? last : rest, ':') != NULL;
	return xasprintf(
		"%s/%s%s%s", registry, official ? "library/" : "", rest, complete ? "" : ":latest");
}

/* check/predicates.c - every statement that can be made, by its form, and how it is held */
#include "private.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCENE                                                                                      \
	struct check_scene *scene, const struct statement *s, const char *name, struct look *look, \
		struct error *err
#define UNUSED(x) ((void)(x))

static const cJSON *at(const cJSON *json, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(json, name);
}

static const char *text_at(const cJSON *json, const char *name)
{
	const char *text = cJSON_GetStringValue(at(json, name));
	return text != NULL ? text : "";
}

/* ---- the line ---- */

static bool exit_is(SCENE)
{
	UNUSED(name), UNUSED(err);
	buf_printf(&look->seen, "exit %d", scene->status);
	return scene->status == s->number;
}

static bool exit_nonzero(SCENE)
{
	UNUSED(s), UNUSED(name), UNUSED(err);
	buf_printf(&look->seen, "exit %d", scene->status);
	return scene->status != 0;
}

/* For commands with a terminal of their own: what the program inside ended with is not judged,
 * docker's own failures are (125: the daemon refused, 126 and 127: the program could not be
 * started). */
static bool exit_of_its_own(SCENE)
{
	UNUSED(s), UNUSED(name), UNUSED(err);
	bool docker_failed =
		scene->status >= 125 && scene->status <= 127 &&
		(strstr(scene->output, "docker: ") != NULL ||
			strstr(scene->output, "Error") != NULL || scene->status == 125);
	bool refused = scene->status == 1 &&
		       (strstr(scene->output, "Error response from daemon") != NULL ||
			       strstr(scene->output, "Error: No such") != NULL ||
			       strstr(scene->output, "Cannot connect") != NULL);
	buf_printf(&look->seen, "exit %d", scene->status);
	return !docker_failed && !refused;
}

static bool output_fits(SCENE)
{
	UNUSED(name), UNUSED(err), UNUSED(look);
	return regexec(&s->regex, scene->output, 0, NULL, 0) == 0;
}

static bool output_has(SCENE)
{
	UNUSED(name), UNUSED(err), UNUSED(look);
	return strstr(scene->output, s->b) != NULL;
}

/* ---- expected output: what never repeats is masked ---- */

static bool is_changing(const char *word, size_t length)
{
	size_t digits = 0, hex = 0;
	for (size_t i = 0; i < length; i++) {
		digits += isdigit((unsigned char)word[i]) != 0;
		hex += isxdigit((unsigned char)word[i]) != 0;
	}
	return digits > 0 || (hex == length && length >= 12);
}

/* Words without digits are compared; a generated name (two words joined by '_') and what has digits
 * are not. */
static char *masked(const char *line, size_t length)
{
	struct buf out = {0};
	for (size_t i = 0; i < length;) {
		size_t blanks = strspn(line + i, " \t");
		i += blanks;
		size_t word = strcspn(line + i, " \t\n\r");
		if (i >= length || word == 0)
			break;
		if (word > length - i)
			word = length - i;
		bool generated = memchr(line + i, '_', word) != NULL;
		if (out.length > 0)
			buf_add_char(&out, ' ');
		if (generated || is_changing(line + i, word))
			buf_add_char(&out, '*');
		else
			buf_add(&out, line + i, word);
		i += word;
	}
	return buf_steal(&out);
}

static bool is_gap(const char *line)
{
	return text_same(line, "…") || text_same(line, "...");
}

static void mask_lines(const char *text, struct words *ret)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		cleanup_free char *one = masked(text, length);
		if (one[0] != '\0')
			words_add(ret, one);
		text += length + (text[length] == '\n');
	}
}

/* Every expected line is there, in order; "…" stands for any lines. */
static bool output_matches(SCENE)
{
	UNUSED(s), UNUSED(name), UNUSED(err);
	cleanup_words struct words wanted = {0}, given = {0};
	size_t next = 0;
	bool gap = false;
	if (scene->expected_output == NULL)
		return error_set(err, 0, "the lesson shows no output to compare with");
	mask_lines(scene->expected_output, &wanted);
	mask_lines(scene->output, &given);
	for (size_t i = 0; i < wanted.count; i++) {
		if (is_gap(wanted.items[i])) {
			gap = true;
			continue;
		}
		size_t found = next;
		while (gap && found < given.count &&
			!text_same(given.items[found], wanted.items[i]))
			found++;
		if (found >= given.count || !text_same(given.items[found], wanted.items[i])) {
			buf_printf(&look->seen, "no line like: %s", wanted.items[i]);
			return false;
		}
		next = found + 1;
		gap = false;
	}
	return true;
}

/* ---- containers ---- */

static bool find_container(SCENE, struct engine_container *ret)
{
	UNUSED(s);
	if (!engine_container(scene->engine, name, ret, err))
		return false;
	if (ret->id != NULL)
		return true;
	look->missing = true;
	buf_printf(&look->seen, "there is no container %s",
		strlen(name) == 64 ? "of this line any more" : name);
	return false;
}

static bool status_is(SCENE, const char *wanted)
{
	struct engine_container c;
	if (!find_container(scene, s, name, look, err, &c))
		return false;
	bool held = text_same(c.status, wanted);
	buf_printf(&look->seen, "%s is %s", c.name, c.status);
	if (text_same(c.status, "exited"))
		buf_printf(&look->seen, " (with %d)", c.exit_code);
	if (!held && text_same(wanted, "running") && text_same(c.status, "exited"))
		buf_printf(&look->advice,
			"A container runs as long as its program does. `docker logs %s` shows what "
			"it said.",
			c.name);
	engine_container_finish(&c);
	return held;
}

static bool is_running(SCENE)
{
	return status_is(scene, s, name, look, err, "running");
}

static bool is_exited(SCENE)
{
	return status_is(scene, s, name, look, err, "exited");
}

static bool is_paused(SCENE)
{
	return status_is(scene, s, name, look, err, "paused");
}

static bool is_created(SCENE)
{
	return status_is(scene, s, name, look, err, "created");
}

static bool container_exists(SCENE)
{
	struct engine_container c;
	if (s->once && scene_happened(scene, "container", "create", name))
		return true;
	if (!find_container(scene, s, name, look, err, &c))
		return false;
	engine_container_finish(&c);
	return true;
}

static bool container_started(SCENE)
{
	struct engine_container c;
	if (scene_happened(scene, "container", "start", name))
		return true;
	if (!find_container(scene, s, name, look, err, &c))
		return false;
	bool held = !s->once && text_same(c.status, "running");
	buf_printf(&look->seen, "%s is %s, and was not started in this step", c.name, c.status);
	engine_container_finish(&c);
	return held;
}

static bool gone(SCENE, bool there)
{
	UNUSED(err);
	bool was = scene_was_there(scene, s->subject, name);
	if (there)
		buf_printf(&look->seen, "%s is still there", name);
	else if (!was)
		buf_printf(&look->seen, "%s was not there when the step began", name);
	return !there && was;
}

static bool container_gone(SCENE)
{
	struct engine_container c;
	if (!engine_container(scene->engine, name, &c, err))
		return false;
	bool there = c.id != NULL;
	engine_container_finish(&c);
	return gone(scene, s, name, look, err, there);
}

static bool exited_with(SCENE)
{
	struct engine_container c;
	if (!find_container(scene, s, name, look, err, &c))
		return false;
	bool held = text_same(c.status, "exited") && c.exit_code == s->number;
	buf_printf(&look->seen, "%s is %s, status %d", c.name, c.status, c.exit_code);
	engine_container_finish(&c);
	return held;
}

static bool same_reference(const char *a, const char *b)
{
	cleanup_free char *x = engine_reference_normalise(a), *y = engine_reference_normalise(b);
	return text_same(x, y);
}

static bool event_with_image(const struct check_scene *scene, const char *image)
{
	for (size_t i = 0; i < scene->event_count; i++)
		if (text_same(scene->events_seen[i].type, "container") &&
			text_same(scene->events_seen[i].action, "create") &&
			same_reference(scene->events_seen[i].image, image))
			return true;
	return false;
}

static bool container_image(SCENE)
{
	struct engine_container c;
	if (s->once && event_with_image(scene, s->a))
		return true;
	if (!find_container(scene, s, name, look, err, &c))
		return false;
	bool held = same_reference(c.image, s->a);
	buf_printf(&look->seen, "%s is of image %s", c.name, c.image);
	engine_container_finish(&c);
	return held;
}

static bool publishes(SCENE)
{
	struct engine_container c;
	unsigned port = 0;
	char protocol[8] = "tcp";
	if (!find_container(scene, s, name, look, err, &c))
		return false;
	bool held = false, wants_host = strstr(s->predicate->form, "#") != NULL;
	(void)sscanf(s->a, "%u/%7s", &port, protocol); /* what is no number publishes nothing */
	for (size_t i = 0; i < c.port_count; i++) {
		const struct engine_port *p = &c.ports[i];
		bool same = p->container_port == port && text_same(p->protocol, protocol) &&
			    p->host_port > 0;
		held = held || (same && (!wants_host || p->host_port == s->number));
		buf_printf(&look->seen, "%s%u/%s%s", i > 0 ? ", " : "", p->container_port,
			p->protocol, p->host_port > 0 ? "" : " (not published)");
		if (p->host_port > 0)
			buf_printf(&look->seen, " on %u", p->host_port);
	}
	if (c.port_count == 0)
		buf_printf(&look->seen, "%s is %s and publishes nothing", c.name, c.status);
	engine_container_finish(&c);
	return held;
}

static bool list_has(const cJSON *list, const char *wanted)
{
	const cJSON *one;
	cJSON_ArrayForEach(one, list)
		if (text_same(cJSON_GetStringValue(one), wanted))
			return true;
	return false;
}

static bool container_env(SCENE)
{
	struct engine_container c;
	if (!find_container(scene, s, name, look, err, &c))
		return false;
	bool held = list_has(at(at(c.json, "Config"), "Env"), s->b);
	engine_container_finish(&c);
	return held;
}

static bool has_label(const cJSON *config, const char *pair)
{
	size_t length = strcspn(pair, "=");
	cleanup_free char *key = xstrndup(pair, length);
	const cJSON *value = at(at(config, "Labels"), key);
	return value != NULL &&
	       (pair[length] == '\0' || text_same(cJSON_GetStringValue(value), pair + length + 1));
}

static bool container_label(SCENE)
{
	struct engine_container c;
	if (!find_container(scene, s, name, look, err, &c))
		return false;
	bool held = has_label(at(c.json, "Config"), s->b);
	engine_container_finish(&c);
	return held;
}

static bool container_mounts(SCENE)
{
	struct engine_container c;
	const cJSON *mount;
	if (!find_container(scene, s, name, look, err, &c))
		return false;
	bool held = false;
	cJSON_ArrayForEach(mount, at(c.json, "Mounts")) {
		const char *volume = text_at(mount, "Name"), *source = text_at(mount, "Source");
		const char *target = text_at(mount, "Destination");
		held = held || (text_same(target, s->b) &&
				       (text_same(volume, s->a) || text_same(source, s->a)));
		buf_printf(&look->seen, "%s at %s ", *volume != '\0' ? volume : source, target);
	}
	engine_container_finish(&c);
	return held;
}

static bool container_on_network(SCENE)
{
	struct engine_container c;
	const cJSON *network;
	if (!find_container(scene, s, name, look, err, &c))
		return false;
	bool held = false;
	cJSON_ArrayForEach(network, at(at(c.json, "NetworkSettings"), "Networks")) {
		held = held || text_same(network->string, s->a);
		buf_printf(
			&look->seen, "%s%s", look->seen.length > 0 ? ", " : "on ", network->string);
	}
	engine_container_finish(&c);
	return held;
}

/* "64m", "1g", "512k" as docker takes them: powers of 1024. */
static double size_of(const char *text)
{
	char *unit;
	double size = strtod(text, &unit);
	static const char units[] = "bkmgt";
	const char *place = *unit != '\0' ? strchr(units, tolower((unsigned char)*unit)) : units;
	for (const char *c = units; place != NULL && c < place; c++)
		size *= 1024;
	return size;
}

static bool container_memory(SCENE)
{
	struct engine_container c;
	if (!find_container(scene, s, name, look, err, &c))
		return false;
	double memory = cJSON_GetNumberValue(at(at(c.json, "HostConfig"), "Memory"));
	bool held = memory > 0 && memory <= size_of(s->a);
	if (memory > 0)
		buf_printf(&look->seen, "%.0f bytes", memory);
	else
		buf_add_text(&look->seen, "no limit");
	engine_container_finish(&c);
	return held;
}

static bool container_command(SCENE)
{
	struct engine_container c;
	const cJSON *word;
	if (!find_container(scene, s, name, look, err, &c))
		return false;
	buf_add_text(&look->seen, text_at(c.json, "Path"));
	cJSON_ArrayForEach(word, at(c.json, "Args"))
		buf_printf(&look->seen, " %s", cJSON_GetStringValue(word));
	bool held = text_same(buf_text(&look->seen), s->b);
	engine_container_finish(&c);
	return held;
}

static bool container_changed(SCENE)
{
	cleanup_free char *part = engine_escape(name);
	cleanup_free char *path = xasprintf("/containers/%s/changes", part);
	cJSON *json = NULL;
	const cJSON *change;
	UNUSED(look);
	if (!engine_get(scene->engine, path, &json, err))
		return false;
	bool held = false;
	cJSON_ArrayForEach(change, json)
		held = held || text_same(text_at(change, "Path"), s->a);
	cJSON_Delete(json);
	return held;
}

static bool container_logs(SCENE)
{
	struct engine_container c;
	cleanup_buf struct buf logs = {0};
	if (!find_container(scene, s, name, look, err, &c))
		return false;
	cleanup_free char *path = xasprintf("/containers/%s/logs?stdout=1&stderr=1", c.id);
	bool held = engine_get_bytes(scene->engine, path, !c.tty, 1 << 20, &logs, err) &&
		    regexec(&s->regex, buf_text(&logs), 0, NULL, 0) == 0;
	engine_container_finish(&c);
	return held;
}

/* ---- images ---- */

static bool get_object(SCENE, const char *folder, const char *tail, cJSON **ret)
{
	UNUSED(s);
	cleanup_free char *part = engine_escape(name);
	cleanup_free char *path = xasprintf("/%s/%s%s", folder, part, tail);
	if (!engine_get(scene->engine, path, ret, err))
		return false;
	if (*ret == NULL)
		buf_printf(
			&look->seen, "there is no %.*s %s", (int)strlen(folder) - 1, folder, name);
	look->missing = *ret == NULL;
	return *ret != NULL;
}

static bool image_exists(SCENE)
{
	cJSON *json = NULL;
	bool held = get_object(scene, s, name, look, err, "images", "/json", &json);
	cJSON_Delete(json);
	return held;
}

static bool image_gone(SCENE)
{
	cJSON *json = NULL;
	bool there = get_object(scene, s, name, look, err, "images", "/json", &json);
	cJSON_Delete(json);
	buf_truncate(&look->seen, 0);
	return err->message == NULL && gone(scene, s, name, look, err, there);
}

static bool image_config(SCENE, bool (*fits)(const cJSON *config, const struct statement *s))
{
	cJSON *json = NULL;
	if (!get_object(scene, s, name, look, err, "images", "/json", &json))
		return false;
	bool held = fits(at(json, "Config"), s);
	cJSON_Delete(json);
	return held;
}

static bool config_cmd(const cJSON *config, const struct statement *s)
{
	cleanup_buf struct buf command = {0};
	const cJSON *word;
	cJSON_ArrayForEach(word, at(config, "Cmd"))
		buf_printf(&command, "%s%s", command.length > 0 ? " " : "",
			cJSON_GetStringValue(word));
	return text_same(buf_text(&command), s->b);
}

static bool config_env(const cJSON *config, const struct statement *s)
{
	return list_has(at(config, "Env"), s->b);
}

static bool config_label(const cJSON *config, const struct statement *s)
{
	return has_label(config, s->b);
}

static bool config_port(const cJSON *config, const struct statement *s)
{
	cleanup_free char *port = xasprintf("%s%s", s->a, strchr(s->a, '/') != NULL ? "" : "/tcp");
	return at(at(config, "ExposedPorts"), port) != NULL;
}

static bool image_cmd(SCENE)
{
	return image_config(scene, s, name, look, err, config_cmd);
}

static bool image_env(SCENE)
{
	return image_config(scene, s, name, look, err, config_env);
}

static bool image_label(SCENE)
{
	return image_config(scene, s, name, look, err, config_label);
}

static bool image_port(SCENE)
{
	return image_config(scene, s, name, look, err, config_port);
}

static bool image_layers(SCENE)
{
	cJSON *json = NULL;
	if (!get_object(scene, s, name, look, err, "images", "/json", &json))
		return false;
	int layers = cJSON_GetArraySize(at(at(json, "RootFS"), "Layers"));
	buf_printf(&look->seen, "%d layers", layers);
	cJSON_Delete(json);
	return layers == s->number;
}

/* Its layers begin with all of the other's. */
static bool image_built_from(SCENE)
{
	cJSON *json = NULL, *base = NULL;
	if (!get_object(scene, s, name, look, err, "images", "/json", &json))
		return false;
	bool held = get_object(scene, s, s->a, look, err, "images", "/json", &base);
	const cJSON *layers = at(at(json, "RootFS"), "Layers"),
		    *below = at(at(base, "RootFS"), "Layers");
	for (int i = 0; held && i < cJSON_GetArraySize(below); i++)
		held = text_same(cJSON_GetStringValue(cJSON_GetArrayItem(layers, i)),
			cJSON_GetStringValue(cJSON_GetArrayItem(below, i)));
	cJSON_Delete(json);
	cJSON_Delete(base);
	return held;
}

/* ---- networks, volumes ---- */

static bool network_exists(SCENE)
{
	cJSON *json = NULL;
	bool held = get_object(scene, s, name, look, err, "networks", "", &json);
	cJSON_Delete(json);
	return held;
}

static bool volume_exists(SCENE)
{
	cJSON *json = NULL;
	bool held = get_object(scene, s, name, look, err, "volumes", "", &json);
	cJSON_Delete(json);
	return held;
}

static bool network_gone(SCENE)
{
	bool there = network_exists(scene, s, name, look, err);
	buf_truncate(&look->seen, 0);
	return err->message == NULL && gone(scene, s, name, look, err, there);
}

static bool volume_gone(SCENE)
{
	bool there = volume_exists(scene, s, name, look, err);
	buf_truncate(&look->seen, 0);
	return err->message == NULL && gone(scene, s, name, look, err, there);
}

/* ---- http ---- */

/* "web:80/path": the container, its port there, what is asked for. */
static bool find_port(SCENE, unsigned short *ret_port, char **ret_path)
{
	const char *colon = strrchr(name, ':');
	unsigned port = 0;
	struct engine_container c;
	if (colon == NULL || sscanf(colon + 1, "%u", &port) != 1)
		return error_set(err, 0, "'%s' is not CONTAINER:PORT[/PATH]", name);
	cleanup_free char *container = xstrndup(name, (size_t)(colon - name));
	const char *id = text_same(container, "it") ? scene_it(scene) : container;
	const char *path = strchr(colon, '/');
	if (id == NULL || !find_container(scene, s, id, look, err, &c))
		return false;
	for (size_t i = 0; i < c.port_count; i++)
		if (c.ports[i].container_port == port && c.ports[i].host_port > 0)
			*ret_port = c.ports[i].host_port;
	if (*ret_port == 0)
		buf_printf(&look->seen, "%s does not publish %u", c.name, port);
	engine_container_finish(&c);
	*ret_path = xstrdup(path != NULL ? path : "/");
	return *ret_port != 0;
}

static bool http_answers(SCENE)
{
	unsigned short port = 0;
	cleanup_free char *path = NULL;
	cleanup_buf struct buf body = {0};
	cleanup_error struct error silent = {0};
	long status = 0;
	if (!find_port(scene, s, name, look, err, &port, &path))
		return false;
	if (!engine_probe(scene->engine, port, path, &status, &body, &silent)) {
		buf_add_text(&look->seen,
			error_text(&silent)); /* nobody listens there yet: no error of ours */
		return false;
	}
	buf_printf(&look->seen, "answered %ld", status);
	bool fits = !s->has_regex || regexec(&s->regex, buf_text(&body), 0, NULL, 0) == 0;
	if (!fits)
		buf_printf(&look->seen, " with: %.60s", buf_text(&body));
	return status == s->number && fits;
}

/* ---- files ---- */

static bool read_workspace(SCENE, struct buf *out)
{
	UNUSED(s);
	if (scene->workspace == NULL || name[0] == '/' || strstr(name, "..") != NULL)
		return error_set(err, 0, "the file '%s' is not in the workspace", name);
	cleanup_free char *path = path_join(scene->workspace, name);
	if (file_exists(path) && file_read(path, 1 << 24, out, NULL))
		return true;
	look->missing = true;
	buf_printf(&look->seen, "there is no file %s", name);
	return false;
}

static bool file_there(SCENE)
{
	cleanup_buf struct buf text = {0};
	return read_workspace(scene, s, name, look, err, &text);
}

static bool file_has(SCENE)
{
	cleanup_buf struct buf text = {0};
	return read_workspace(scene, s, name, look, err, &text) &&
	       strstr(buf_text(&text), s->b) != NULL;
}

static bool file_fits(SCENE)
{
	cleanup_buf struct buf text = {0};
	return read_workspace(scene, s, name, look, err, &text) &&
	       regexec(&s->regex, buf_text(&text), 0, NULL, 0) == 0;
}

/* ---- the table: longer forms before shorter ones that they begin with ---- */

const struct predicate predicates[] = {
	{ABOUT_EXIT, "#", exit_is},
	{ABOUT_EXIT, "nonzero", exit_nonzero},
	{ABOUT_EXIT, "of its own", exit_of_its_own},
	{ABOUT_OUTPUT, "matches", output_matches},
	{ABOUT_OUTPUT, "/", output_fits},
	{ABOUT_OUTPUT, "has $", output_has},
	{ABOUT_CONTAINER, "is running", is_running},
	{ABOUT_CONTAINER, "is exited", is_exited},
	{ABOUT_CONTAINER, "is paused", is_paused},
	{ABOUT_CONTAINER, "is created", is_created},
	{ABOUT_CONTAINER, "is gone", container_gone},
	{ABOUT_CONTAINER, "gone", container_gone},
	{ABOUT_CONTAINER, "exists", container_exists},
	{ABOUT_CONTAINER, "started", container_started},
	{ABOUT_CONTAINER, "exited with #", exited_with},
	{ABOUT_CONTAINER, "image @a", container_image},
	{ABOUT_CONTAINER, "is of image @a", container_image},
	{ABOUT_CONTAINER, "publishes @a on #", publishes},
	{ABOUT_CONTAINER, "publishes @a", publishes},
	{ABOUT_CONTAINER, "has env $", container_env},
	{ABOUT_CONTAINER, "label $", container_label},
	{ABOUT_CONTAINER, "has label $", container_label},
	{ABOUT_CONTAINER, "mounts @a at @b", container_mounts},
	{ABOUT_CONTAINER, "on network @a", container_on_network},
	{ABOUT_CONTAINER, "memory <= @a", container_memory},
	{ABOUT_CONTAINER, "command $", container_command},
	{ABOUT_CONTAINER, "changed @a", container_changed},
	{ABOUT_CONTAINER, "logs /", container_logs},
	{ABOUT_IMAGE, "exists", image_exists},
	{ABOUT_IMAGE, "is gone", image_gone},
	{ABOUT_IMAGE, "gone", image_gone},
	{ABOUT_IMAGE, "has cmd $", image_cmd},
	{ABOUT_IMAGE, "has env $", image_env},
	{ABOUT_IMAGE, "has label $", image_label},
	{ABOUT_IMAGE, "has exposed port @a", image_port},
	{ABOUT_IMAGE, "has # layers", image_layers},
	{ABOUT_IMAGE, "built from @a", image_built_from},
	{ABOUT_NETWORK, "exists", network_exists},
	{ABOUT_NETWORK, "is gone", network_gone},
	{ABOUT_NETWORK, "gone", network_gone},
	{ABOUT_VOLUME, "exists", volume_exists},
	{ABOUT_VOLUME, "is gone", volume_gone},
	{ABOUT_VOLUME, "gone", volume_gone},
	{ABOUT_HTTP, "answers # with /", http_answers},
	{ABOUT_HTTP, "answers #", http_answers},
	{ABOUT_FILE, "exists", file_there},
	{ABOUT_FILE, "has $", file_has},
	{ABOUT_FILE, "/", file_fits},
};
const size_t predicate_count = ARRAY_LENGTH(predicates);

/* check/container_predicates.c - predicates about containers */
#include "predicates.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool status_is(struct look *look, struct error *err, const char *wanted)
{
	const struct engine_container *c = predicates_container(look, look->name, err);
	if (c == NULL)
		return false;
	bool passed = text_same(c->status, wanted);
	if (text_same(c->status, "exited"))
		buf_printf(&look->seen, _("%s is %s (with %d)"), c->name, c->status, c->exit_code);
	else
		buf_printf(&look->seen, _("%s is %s"), c->name, c->status);
	if (!passed && text_same(wanted, "running") && text_same(c->status, "exited"))
		buf_printf(&look->advice,
			_("A container runs as long as its program does. `docker logs %s` shows its output."),
			c->name);
	return passed;
}

/* `once …`: the statement was true at some time since the step began. */
static bool once_happened(const struct look *look, const char *action)
{
	return look->statement->once &&
	       context_happened(look->context, "container", action, look->name);
}

static bool check_running(struct look *look, struct error *err)
{
	return once_happened(look, "start") || status_is(look, err, "running");
}

static bool is_exited(struct look *look, struct error *err)
{
	return once_happened(look, "die") || status_is(look, err, "exited");
}

static bool is_paused(struct look *look, struct error *err)
{
	return once_happened(look, "pause") || status_is(look, err, "paused");
}

static bool is_created(struct look *look, struct error *err)
{
	return once_happened(look, "create") || status_is(look, err, "created");
}

static bool container_exists(struct look *look, struct error *err)
{
	return once_happened(look, "create") || predicates_container(look, look->name, err) != NULL;
}

static bool container_started(struct look *look, struct error *err)
{
	if (context_happened(look->context, "container", "start", look->name))
		return true;
	const struct engine_container *c = predicates_container(look, look->name, err);
	if (c == NULL)
		return false;
	bool passed = !look->statement->once && text_same(c->status, "running");
	buf_printf(
		&look->seen, _("%s is %s, and was not started in this step"), c->name, c->status);
	return passed;
}

/* If no container has the name any more, the daemon takes it as the prefix of an id: "c4" may then
 * match another container. */
static bool is_another(
	const struct check_context *context, const char *name, const struct engine_container *c)
{
	return c->id != NULL && !text_same(c->name, name) && text_starts(c->id, name) &&
	       words_has(&context->before[0], name);
}

static bool container_gone(struct look *look, struct error *err)
{
	struct engine_container c;
	if (!engine_container(look->context->engine, look->name, &c, err))
		return false;
	bool there = c.id != NULL && !is_another(look->context, look->name, &c);
	engine_container_finish(&c);
	return predicates_check_gone(look, there);
}

static bool exited_with(struct look *look, struct error *err)
{
	const struct engine_container *c = predicates_container(look, look->name, err);
	if (c == NULL)
		return false;
	bool passed = text_same(c->status, "exited") && c->exit_code == look->statement->number;
	buf_printf(&look->seen, _("%s is %s, status %d"), c->name, c->status, c->exit_code);
	return passed;
}

static bool same_reference(const char *a, const char *b)
{
	cleanup_free char *x = engine_reference_normalise(a), *y = engine_reference_normalise(b);
	return text_same(x, y);
}

static bool event_with_image(const struct check_context *context, const char *image)
{
	for (size_t i = 0; i < context->event_count; i++)
		if (text_same(context->events_seen[i].type, "container") &&
			text_same(context->events_seen[i].action, "create") &&
			same_reference(context->events_seen[i].image, image))
			return true;
	return false;
}

static bool container_image(struct look *look, struct error *err)
{
	if (look->statement->once && event_with_image(look->context, look->statement->a))
		return true;
	const struct engine_container *c = predicates_container(look, look->name, err);
	if (c == NULL)
		return false;
	bool passed = same_reference(c->image, look->statement->a);
	buf_printf(&look->seen, _("%s is of image %s"), c->name, c->image);
	return passed;
}

/* Report a port once when it is the same for IPv4 and IPv6. */
static void describe_port(struct buf *seen, const struct engine_port *p)
{
	cleanup_free char *text =
		p->host_port > 0
			? xasprintf(_("%u/%s on %u"), p->container_port, p->protocol, p->host_port)
			: xasprintf(_("%u/%s (not published)"), p->container_port, p->protocol);
	if (strstr(buf_text(seen), text) == NULL)
		buf_printf(seen, "%s%s", seen->length > 0 ? ", " : "", text);
}

static bool check_publishes(struct look *look, struct error *err)
{
	unsigned port = 0;
	char protocol[8] = "tcp";
	const struct engine_container *c = predicates_container(look, look->name, err);
	if (c == NULL)
		return false;
	bool passed = false, wants_host = strstr(look->statement->predicate->form, "#") != NULL;
	(void)sscanf(
		look->statement->a, "%u/%7s", &port, protocol); /* a non-number publishes nothing */
	for (size_t i = 0; i < c->port_count; i++) {
		const struct engine_port *p = &c->ports[i];
		bool same = p->container_port == port && text_same(p->protocol, protocol) &&
			    p->host_port > 0;
		passed = passed ||
			 (same && (!wants_host || p->host_port == look->statement->number));
		describe_port(&look->seen, p);
	}
	if (c->port_count == 0)
		buf_printf(&look->seen, _("%s is %s and publishes nothing"), c->name, c->status);
	return passed;
}

static bool container_env(struct look *look, struct error *err)
{
	const struct engine_container *c = predicates_container(look, look->name, err);
	if (c == NULL)
		return false;
	bool passed =
		json_has_text(json_get(json_get(c->json, "Config"), "Env"), look->statement->b);
	return passed;
}

static bool container_label(struct look *look, struct error *err)
{
	const struct engine_container *c = predicates_container(look, look->name, err);
	if (c == NULL)
		return false;
	bool passed = predicates_has_label(json_get(c->json, "Config"), look->statement->b);
	return passed;
}

static bool container_mounts(struct look *look, struct error *err)
{
	const cJSON *mount;
	const struct engine_container *c = predicates_container(look, look->name, err);
	if (c == NULL)
		return false;
	bool passed = false;
	cJSON_ArrayForEach(mount, json_get(c->json, "Mounts")) {
		const char *volume = json_get_text_or(mount, "Name", ""),
			   *source = json_get_text_or(mount, "Source", "");
		const char *target = json_get_text_or(mount, "Destination", "");
		passed = passed || (text_same(target, look->statement->b) &&
					   (text_same(volume, look->statement->a) ||
						   text_same(source, look->statement->a)));
		buf_printf(&look->seen, _("%s at %s "), *volume != '\0' ? volume : source, target);
	}
	return passed;
}

static bool container_on_network(struct look *look, struct error *err)
{
	const cJSON *network;
	const struct engine_container *c = predicates_container(look, look->name, err);
	if (c == NULL)
		return false;
	bool passed = false;
	cleanup_buf struct buf list = {0};
	cJSON_ArrayForEach(network, json_get(json_get(c->json, "NetworkSettings"), "Networks")) {
		passed = passed || text_same(network->string, look->statement->a);
		buf_printf(&list, "%s%s", list.length > 0 ? ", " : "", network->string);
	}
	if (list.length > 0)
		buf_printf(&look->seen, _("on %s"), buf_text(&list));
	return passed;
}

/* "64m", "1g", "512k" in docker's units: powers of 1024. */
static double memory_size(const char *text)
{
	char *unit;
	double size = strtod(text, &unit);
	static const char units[] = "bkmgt";
	const char *place = *unit != '\0' ? strchr(units, tolower((unsigned char)*unit)) : units;
	for (const char *c = units; place != NULL && c < place; c++)
		size *= 1024;
	return size;
}

static bool container_memory(struct look *look, struct error *err)
{
	const struct engine_container *c = predicates_container(look, look->name, err);
	if (c == NULL)
		return false;
	double memory = json_get_number_or(json_get(c->json, "HostConfig"), "Memory", 0);
	bool passed = memory > 0 && memory <= memory_size(look->statement->a);
	if (memory > 0)
		buf_printf(&look->seen, _("%.0f bytes"), memory);
	else
		buf_add_text(&look->seen, _("no limit"));
	return passed;
}

static bool container_command(struct look *look, struct error *err)
{
	const cJSON *word;
	const struct engine_container *c = predicates_container(look, look->name, err);
	if (c == NULL)
		return false;
	buf_add_text(&look->seen, json_get_text_or(c->json, "Path", ""));
	cJSON_ArrayForEach(word, json_get(c->json, "Args"))
		buf_printf(&look->seen, " %s", cJSON_GetStringValue(word));
	bool passed = text_same(buf_text(&look->seen), look->statement->b);
	return passed;
}

static bool container_changed(struct look *look, struct error *err)
{
	cleanup_free char *part = url_encode_text(look->name, "");
	cleanup_free char *path = xasprintf("/containers/%s/changes", part);
	cJSON *json = NULL;
	const cJSON *change;
	if (!engine_get(look->context->engine, path, &json, err))
		return false;
	bool passed = false;
	cJSON_ArrayForEach(change, json)
		passed = passed ||
			 text_same(json_get_text_or(change, "Path", ""), look->statement->a);
	cJSON_Delete(json);
	return passed;
}

static bool container_logs(struct look *look, struct error *err)
{
	cleanup_buf struct buf logs = {0};
	const struct engine_container *c = predicates_container(look, look->name, err);
	if (c == NULL)
		return false;
	cleanup_free char *path = xasprintf("/containers/%s/logs?stdout=1&stderr=1", c->id);
	bool passed = engine_get_bytes(look->context->engine, path, !c->tty, 1 << 20, &logs, err) &&
		      regexec(&look->statement->regex, buf_text(&logs), 0, NULL, 0) == 0;
	return passed;
}

/* List longer forms before their prefixes. */
static const struct predicate predicates[] = {
	{ABOUT_CONTAINER, "is running", N_("{subject} is running"), check_running, true},
	{ABOUT_CONTAINER, "is exited", N_("{subject} is exited"), is_exited, false},
	{ABOUT_CONTAINER, "is paused", N_("{subject} is paused"), is_paused, false},
	{ABOUT_CONTAINER, "is created", N_("{subject} is created, but not started"), is_created,
		false},
	{ABOUT_CONTAINER, "is gone", N_("{subject} is gone"), container_gone, false},
	{ABOUT_CONTAINER, "gone", N_("{subject} is gone"), container_gone, false},
	{ABOUT_CONTAINER, "exists", N_("{subject} exists"), container_exists, false},
	{ABOUT_CONTAINER, "started", N_("{subject} started"), container_started, false},
	{ABOUT_CONTAINER, "exited with #", N_("{subject} exited with status {number}"), exited_with,
		false},
	{ABOUT_CONTAINER, "image @a", N_("{subject} is of image {a}"), container_image, false},
	{ABOUT_CONTAINER, "is of image @a", N_("{subject} is of image {a}"), container_image,
		false},
	{ABOUT_CONTAINER, "publishes @a on #", N_("{subject} publishes {a} on {number}"),
		check_publishes, false},
	{ABOUT_CONTAINER, "publishes @a", N_("{subject} publishes {a}"), check_publishes, false},
	{ABOUT_CONTAINER, "has env $", N_("{subject} has the variable {b}"), container_env, false},
	{ABOUT_CONTAINER, "label $", N_("{subject} has the label {b}"), container_label, false},
	{ABOUT_CONTAINER, "has label $", N_("{subject} has the label {b}"), container_label, false},
	{ABOUT_CONTAINER, "mounts @a at @b", N_("{subject} mounts {a} at {b}"), container_mounts,
		false},
	{ABOUT_CONTAINER, "on network @a", N_("{subject} is on network {a}"), container_on_network,
		false},
	{ABOUT_CONTAINER, "memory <= @a", N_("{subject} may use at most {a} of memory"),
		container_memory, false},
	{ABOUT_CONTAINER, "command $", N_("{subject} runs {b}"), container_command, false},
	{ABOUT_CONTAINER, "changed @a", N_("{subject} changed {a}"), container_changed, false},
	{ABOUT_CONTAINER, "logs /", N_("{subject} logged {words}"), container_logs, false},
};
const struct predicate_table container_predicates = {predicates, ARRAY_LENGTH(predicates)};

/* check/world_predicates.c - predicates about what a container serves and about files in the
 * workspace */
#include "predicates.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- http ---- */

/* "web:80/path": the container, its port, the path to request. */
static bool find_container_port(CONTEXT, unsigned short *ret_port, char **ret_path)
{
	const char *colon = strrchr(name, ':');
	unsigned port = 0;
	struct engine_container c;
	if (colon == NULL || sscanf(colon + 1, "%u", &port) != 1)
		return error_set(err, 0, "'%s' is not CONTAINER:PORT[/PATH]", name);
	cleanup_free char *container = xstrndup(name, (size_t)(colon - name));
	const char *id = text_same(container, "it") ? context_it(context) : container;
	const char *path = strchr(colon, '/');
	if (id == NULL || !predicates_find_container(context, s, id, look, err, &c))
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

static bool http_answers(CONTEXT)
{
	unsigned short port = 0;
	cleanup_free char *path = NULL;
	cleanup_buf struct buf body = {0};
	cleanup_error struct error silent = {0};
	long status = 0;
	if (!find_container_port(context, s, name, look, err, &port, &path))
		return false;
	if (!engine_probe(context->engine, port, path, &status, &body, &silent)) {
		buf_add_text(&look->seen,
			error_text(&silent)); /* nothing listens there yet: not an error of ours */
		return false;
	}
	buf_printf(&look->seen, "answered %ld", status);
	bool fits = !s->has_regex || regexec(&s->regex, buf_text(&body), 0, NULL, 0) == 0;
	if (!fits)
		buf_printf(&look->seen, " with: %.60s", buf_text(&body));
	return status == s->number && fits;
}

/* ---- files ---- */

static bool read_workspace(CONTEXT, struct buf *out)
{
	UNUSED(s);
	if (context->workspace == NULL || name[0] == '/' || strstr(name, "..") != NULL)
		return error_set(err, 0, "the file '%s' is not in the workspace", name);
	if (beneath_read(context->workspace, name, 1 << 24, out, NULL))
		return true;
	look->missing = true;
	buf_printf(&look->seen, "there is no file %s", name);
	return false;
}

static bool file_there(CONTEXT)
{
	cleanup_buf struct buf text = {0};
	return read_workspace(context, s, name, look, err, &text);
}

static bool file_has(CONTEXT)
{
	cleanup_buf struct buf text = {0};
	return read_workspace(context, s, name, look, err, &text) &&
	       strstr(buf_text(&text), s->b) != NULL;
}

static bool check_file_matches(CONTEXT)
{
	cleanup_buf struct buf text = {0};
	return read_workspace(context, s, name, look, err, &text) &&
	       regexec(&s->regex, buf_text(&text), 0, NULL, 0) == 0;
}

/* List longer forms before their prefixes. */
static const struct predicate predicates[] = {
	{ABOUT_HTTP, "answers # with /", http_answers},
	{ABOUT_HTTP, "answers #", http_answers},
	{ABOUT_FILE, "exists", file_there},
	{ABOUT_FILE, "has $", file_has},
	{ABOUT_FILE, "/", check_file_matches},
};
const struct predicate_table world_predicates = {predicates, ARRAY_LENGTH(predicates)};

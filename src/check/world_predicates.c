/* check/world_predicates.c - predicates about what a container serves and about files in the
 * workspace */
#include "predicates.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- http ---- */

/* "web:80/path": the container, its port, the path to request. */
static bool find_container_port(
	struct look *look, struct error *err, unsigned short *ret_port, char **ret_path)
{
	const char *colon = strrchr(look->name, ':');
	unsigned port = 0;
	if (colon == NULL || sscanf(colon + 1, "%u", &port) != 1)
		return error_set(err, 0, "'%s' is not CONTAINER:PORT[/PATH]", look->name);
	cleanup_free char *container = xstrndup(look->name, (size_t)(colon - look->name));
	const char *id = text_same(container, "it") ? context_it(look->context) : container;
	const char *path = strchr(colon, '/');
	const struct engine_container *c = id != NULL ? predicates_container(look, id, err) : NULL;
	if (c == NULL)
		return false;
	for (size_t i = 0; i < c->port_count; i++)
		if (c->ports[i].container_port == port && c->ports[i].host_port > 0)
			*ret_port = c->ports[i].host_port;
	if (*ret_port == 0)
		buf_printf(&look->seen, _("%s does not publish %u"), c->name, port);
	*ret_path = xstrdup(path != NULL ? path : "/");
	return *ret_port != 0;
}

static bool http_answers(struct look *look, struct error *err)
{
	unsigned short port = 0;
	cleanup_free char *path = NULL;
	cleanup_buf struct buf body = {0};
	cleanup_error struct error silent = {0};
	long status = 0;
	if (!find_container_port(look, err, &port, &path))
		return false;
	if (!engine_probe(look->context->engine, port, path, &status, &body, &silent)) {
		buf_add_text(&look->seen,
			error_text(&silent)); /* nothing listens there yet: not an error of ours */
		return false;
	}
	bool fits = !look->statement->has_regex ||
		    regexec(&look->statement->regex, buf_text(&body), 0, NULL, 0) == 0;
	if (fits)
		buf_printf(&look->seen, _("answered %ld"), status);
	else
		buf_printf(&look->seen, _("answered %ld with: %.60s"), status, buf_text(&body));
	return status == look->statement->number && fits;
}

/* ---- files ---- */

static bool read_workspace(struct look *look, struct error *err, struct buf *out)
{
	if (look->context->workspace == NULL || look->name[0] == '/' ||
		strstr(look->name, "..") != NULL)
		return error_set(err, 0, "the file '%s' is not in the workspace", look->name);
	if (beneath_read(look->context->workspace, look->name, 1 << 24, out, NULL))
		return true;
	look->missing = true;
	buf_printf(&look->seen, _("there is no file %s"), look->name);
	return false;
}

static bool file_there(struct look *look, struct error *err)
{
	cleanup_buf struct buf text = {0};
	return read_workspace(look, err, &text);
}

static bool file_has(struct look *look, struct error *err)
{
	cleanup_buf struct buf text = {0};
	return read_workspace(look, err, &text) &&
	       strstr(buf_text(&text), look->statement->b) != NULL;
}

static bool check_file_matches(struct look *look, struct error *err)
{
	cleanup_buf struct buf text = {0};
	return read_workspace(look, err, &text) &&
	       regexec(&look->statement->regex, buf_text(&text), 0, NULL, 0) == 0;
}

/* List longer forms before their prefixes. */
static const struct predicate predicates[] = {
	{ABOUT_HTTP, "answers # with /", N_("{subject} answers {number} and says {words}"),
		http_answers, false},
	{ABOUT_HTTP, "answers #", N_("{subject} answers {number}"), http_answers, false},
	{ABOUT_FILE, "exists", N_("{subject} exists"), file_there, false},
	{ABOUT_FILE, "has $", N_("{subject} has \"{b}\""), file_has, false},
	{ABOUT_FILE, "/", N_("{subject} has {words}"), check_file_matches, false},
};
const struct predicate_table world_predicates = {predicates, ARRAY_LENGTH(predicates)};

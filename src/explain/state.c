/* explain/state.c - details of an explanation that only the daemon knows */
#include "state.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "near.h"

/* ---- who holds a port ---- */

static char *port_holder(struct engine *engine, const char *port)
{
	cJSON *json = NULL;
	const cJSON *one, *p;
	char *holder = NULL;
	long long wanted;
	if (engine == NULL || !text_number(port, 1, 65535, &wanted) ||
		!engine_get(engine, "/containers/json", &json, NULL))
		return NULL;
	cJSON_ArrayForEach(one, json)
		cJSON_ArrayForEach(p, json_get(one, "Ports")) {
			const char *name = json_get_item_text(json_get(one, "Names"), 0);
			if (holder == NULL && name != NULL &&
				json_get_integer_or(p, "PublicPort", 1, 65535, 0) == wanted)
				holder = xstrdup(name[0] == '/' ? name + 1 : name);
		}
	cJSON_Delete(json);
	return holder;
}

void state_add_port_holder(const char *output, struct engine *engine, struct buf *out)
{
	const char *bind = strstr(output, "Bind for ");
	const char *colon = bind != NULL ? strstr(bind, " failed") : NULL;
	while (colon != NULL && colon > bind && *colon != ':')
		colon--;
	if (colon == NULL || *colon != ':')
		return;
	cleanup_free char *port = xstrndup(colon + 1, strcspn(colon + 1, " "));
	cleanup_free char *holder = port_holder(engine, port);
	if (holder == NULL)
		return;
	buf_add_char(out, ' ');
	buf_printf(out, _("Here port %s belongs to `%s`: `docker rm -f %s` frees it."), port,
		holder, holder);
}

/* ---- what a file begins with ---- */

/* Returns the container that the call created or started; NULL if it is unknown or gone. */
static char *container_of(const struct cli_call *call, struct engine *engine)
{
	const char *named = cli_value_of(call, "--name"), *first = cli_operand(call, 0);
	cJSON *json = NULL;
	char *id = NULL;
	if (text_same(call->command->name, "container start"))
		return first != NULL ? xstrdup(first) : NULL;
	if (!text_same(call->command->name, "container run") || first == NULL)
		return NULL;
	if (named != NULL)
		return xstrdup(named);
	if (!engine_get(engine, "/containers/json?all=1&limit=1", &json, NULL))
		return NULL;
	const cJSON *last = cJSON_GetArrayItem(json, 0);
	if (text_same(json_get_text(last, "Image"), first))
		id = xstrdup(json_get_text(last, "Id"));
	cJSON_Delete(json);
	return id;
}

/* Reads the beginning of a regular file from the archive that the daemon makes of it. */
static bool read_beginning(
	struct engine *engine, const char *container, const char *path, struct buf *out)
{
	enum { BLOCK = 512, TYPE = 156 }; /* of a tar archive: the header, and the type in it */
	cleanup_buf struct buf archive = {0};
	cleanup_free char *name = url_encode_text(container, "");
	cleanup_free char *file = url_encode_text(path, "/");
	cleanup_free char *request = xasprintf("/containers/%s/archive?path=%s", name, file);
	if (!engine_get_bytes(engine, request, false, (size_t)2 * BLOCK, &archive, NULL) ||
		archive.length <= BLOCK ||
		(archive.data[TYPE] != '0' && archive.data[TYPE] != '\0'))
		return false;
	buf_add(out, archive.data + BLOCK, archive.length - BLOCK);
	return true;
}

void state_add_interpreter(
	const struct cli_call *call, const char *path, struct engine *engine, struct buf *out)
{
	cleanup_buf struct buf begin = {0};
	cleanup_free char *container = engine != NULL ? container_of(call, engine) : NULL;
	if (container == NULL || !read_beginning(engine, container, path, &begin))
		return;
	const char *line = buf_text(&begin);
	size_t length = strcspn(line, "\r\n");
	cleanup_buf struct buf told = {0};
	if (text_starts(line, "\x7f"
			      "ELF"))
		buf_printf(&told,
			_("Here `%s` is a binary file, so its loader or library is missing."),
			path);
	else if (text_starts(line, "#!") && line[length] == '\r')
		buf_printf(
			&told, _("Here the first line of `%s` has a Windows line ending."), path);
	else if (text_starts(line, "#!") && line[length] == '\n')
		buf_printf(&told,
			_("Here `%s` begins with `%.*s`, and the container lacks that program."),
			path, (int)length, line);
	if (told.length > 0)
		buf_printf(out, " %s", buf_text(&told));
}

/* ---- what has a similar name ---- */

static void take_nearer(const char *wanted, const char *name, size_t *min, char **best)
{
	size_t distance = text_distance(wanted, name);
	if (distance >= *min || !near_is_slip(wanted, name, distance))
		return;
	free(*best);
	*best = xstrdup(name);
	*min = distance;
}

char *state_near_name(char what, const char *wanted, struct engine *engine)
{
	cleanup_words struct words names = {0};
	char *best = NULL;
	size_t min = (size_t)-1;
	if (engine == NULL || !engine_names(engine, what, false, &names, NULL))
		return NULL;
	for (size_t i = 0; i < names.count; i++) {
		char *tag = strstr(names.items[i], ":latest");
		if (what == 'i' && tag != NULL && strchr(wanted, ':') == NULL)
			*tag = '\0'; /* people leave it out */
		take_nearer(wanted, names.items[i], &min, &best);
	}
	return best;
}

/* ---- who is in a network ---- */

void state_add_members(const char *network, struct engine *engine, struct buf *out)
{
	cleanup_free char *encoded = url_encode_text(network, "");
	cleanup_free char *path = xasprintf("/networks/%s", encoded);
	cJSON *json = NULL;
	const cJSON *one;
	if (engine == NULL || !engine_get(engine, path, &json, NULL))
		return;
	cJSON_ArrayForEach(one, json_get(json, "Containers")) {
		const char *name = json_get_text(one, "Name");
		if (name == NULL)
			continue;
		buf_add_char(out, ' ');
		buf_printf(out, _("`docker network disconnect %s %s` takes `%s` out of it."),
			network, name, name);
	}
	cJSON_Delete(json);
}

/* sandbox/reset.c - removing what was made: all of it on the practice machine, on another one what
 * carries the label */
#include "private.h"

#include "engine.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RESET_MS 120000

/* From inside, as root: containers leave files that are not the learner's. */
static bool empty_workspace(struct sandbox *s, struct error *err)
{
	cleanup_free char *home = xasprintf("/home/%s", s->learner);
	const char *const argv[] = {"find", home, "-mindepth", "1", "-delete", NULL};
	const struct machine_program program = {.argv = argv};
	shell_close(&s->shell); /* it may stand in there */
	return machine_run_whole(s->machine, &program, err) ||
	       error_wrap(err, "empty the workspace");
}

/* ---- a daemon that is not ours ---- */

static const struct {
	const char *list, *array, *key, *remove, *options;
} kinds[] = {
	{"/containers/json?all=1&", NULL, "Id", "/containers/%s", "?force=1&v=1"},
	{"/networks?", NULL, "Id", "/networks/%s", ""},
	{"/volumes?", "Volumes", "Name", "/volumes/%s", ""},
	{"/images/json?all=0&", NULL, "Id", "/images/%s", "?force=1"},
};

static bool remove_one(struct engine *engine, size_t kind, const char *id, struct error *err)
{
	struct engine_answer answer = {0};
	cleanup_free char *part = engine_escape(id);
	cleanup_buf struct buf path = {0};
	const char *place = strstr(kinds[kind].remove, "%s");
	buf_add(&path, kinds[kind].remove, (size_t)(place - kinds[kind].remove));
	buf_printf(&path, "%s%s", part, kinds[kind].options);
	if (!engine_request(engine, "DELETE", buf_text(&path), NULL, &answer, err))
		return false;
	bool good = answer.status < 400 || answer.status == 404;
	if (!good)
		error_set(err, 0, "the daemon does not remove %.12s: %s", id, answer.message);
	engine_answer_finish(&answer);
	return good;
}

static bool remove_kind(struct engine *engine, const char *filter, size_t kind, struct error *err)
{
	cleanup_free char *path = xasprintf("%sfilters=%s", kinds[kind].list, filter);
	cJSON *json = NULL;
	const cJSON *one;
	if (!engine_get(engine, path, &json, err))
		return false;
	bool good = true;
	const cJSON *list = json;
	if (kinds[kind].array != NULL)
		list = cJSON_GetObjectItemCaseSensitive(json, kinds[kind].array);
	cJSON_ArrayForEach(one, list) {
		const char *id = cJSON_GetStringValue(
			cJSON_GetObjectItemCaseSensitive(one, kinds[kind].key));
		good = good && (id == NULL || remove_one(engine, kind, id, err));
	}
	cJSON_Delete(json);
	return good;
}

bool reset_labelled(struct sandbox *s, struct error *err)
{
	const struct engine_options options = {
		.host = s->host, .tls_folder = s->tls_folder, .timeout_ms = RESET_MS};
	cleanup_free char *plain = xasprintf("{\"label\":[\"ropes.owner=%s\"]}", s->learner);
	cleanup_free char *filter = engine_escape(plain);
	struct engine *engine;
	if (!engine_open(&options, &engine, err))
		return false;
	bool good = true;
	for (size_t i = 0; good && i < ARRAY_LENGTH(kinds); i++)
		good = remove_kind(engine, filter, i, err);
	engine_close(engine);
	return good;
}

bool sandbox_reset(struct sandbox *s, struct error *err)
{
	if (s->kind == SANDBOX_NONE)
		return true;
	if (!empty_workspace(s, err))
		return false;
	if (s->kind != SANDBOX_PRACTICE)
		return reset_labelled(s, err);
	/* A new machine is quicker and surer than taking everything out of the old one. */
	if (s->lease >= 0)
		close(s->lease);
	s->lease = -1;
	return machine_stop(s->machine, err) && machine_start_background(&s->start, err) &&
	       sandbox_wait(s, err);
}

/* gate/clear.c - removes everything on a daemon that is the learner's */
#include "private.h"

/* Removes every object of a kind. False: err names the remaining one and the reason. */
static bool remove_kind(struct gate *gate, const char *list, const char *key, const char *folder,
	const char *options, struct error *err)
{
	cleanup_free char *path = owner_filter_path(gate, list);
	cJSON *json = NULL, *answer = NULL;
	const cJSON *one;
	int status = 0;
	if (!upstream_ask(gate, "GET", path, NULL, &status, &json))
		return error_set(err, 0, "the daemon at %s does not answer", gate->upstream);
	bool good = status == 200;
	if (!good)
		error_set(err, 0, "the daemon did not list its %s: %s", folder,
			json_get_text_or(json, "message", ""));
	const cJSON *all = cJSON_IsArray(json) ? json : json_get(json, "Volumes");
	cJSON_ArrayForEach(one, all) {
		cleanup_free char *place =
			xasprintf("/%s/%s%s", folder, json_get_text_or(one, key, ""), options);
		if (!good || !owner_has_label(gate, json_get(one, "Labels")))
			continue;
		good = upstream_ask(gate, "DELETE", place, NULL, &status, &answer) &&
		       (status < 400 || status == 404);
		if (!good)
			error_set(err, 0, "the daemon did not remove %.12s: %s",
				json_get_text_or(one, key, ""),
				json_get_text_or(answer, "message", ""));
		cJSON_Delete(answer);
		answer = NULL;
	}
	cJSON_Delete(json);
	return good;
}

bool gate_clear_all(struct gate *gate, struct error *err)
{
	double bytes = 0;
	return remove_kind(
		       gate, "/containers/json?all=1&", "Id", "containers", "?force=1&v=1", err) &&
	       remove_kind(gate, "/networks?", "Id", "networks", "", err) &&
	       remove_kind(gate, "/volumes?", "Name", "volumes", "", err) &&
	       (image_remove_all(gate, true, false, NULL, &bytes) ||
		       error_set(err, 0, "the daemon at %s does not answer", gate->upstream));
}

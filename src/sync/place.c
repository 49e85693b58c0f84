/* sync/place.c - where statements go, and how far they have got */
#include "digest.h"
#include "private.h"
#include "xapi.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_LIMIT 65536

/* NULL: there is no such file, or err says what is wrong with it. */
static cJSON *read_json(const char *path, struct error *err)
{
	cleanup_buf struct buf text = {0};
	if (!file_exists(path) || !file_read(path, FILE_LIMIT, &text, err))
		return NULL;
	cJSON *json = cJSON_ParseWithLength(text.data, text.length);
	if (json == NULL)
		error_set(err, 0, "'%s' is not JSON; remove it and join again", path);
	return json;
}

/* Takes the JSON. */
static bool write_json(enum xdg which, const char *path, cJSON *json, struct error *err)
{
	cleanup_free char *folder = xdg_folder(which);
	char *text = cJSON_Print(json);
	cJSON_Delete(json);
	if (text == NULL)
		die_out_of_memory();
	bool good =
		folder_make(folder, 0700, err) && file_write(path, text, strlen(text), 0600, err);
	cJSON_free(text);
	return good;
}

static char *place_path(void)
{
	cleanup_free char *folder = xdg_folder(XDG_CONFIG);
	return path_join(folder, "sync.json");
}

bool sync_place_load(struct sync_place *ret, struct error *err)
{
	cleanup_free char *path = place_path();
	cleanup_error struct error problem = {0};
	*ret = (struct sync_place){0};
	cJSON *json = read_json(path, &problem);
	if (problem.message != NULL)
		return error_set(err, 0, "%s", error_text(&problem));
	const char *url = xapi_text(json, "url"), *key = xapi_text(json, "key");
	const char *secret = xapi_text(json, "secret");
	if (url != NULL && key != NULL && secret != NULL)
		*ret = (struct sync_place){xstrdup(url), xstrdup(key), xstrdup(secret),
			cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "lines"))};
	cJSON_Delete(json);
	return true;
}

bool sync_place_save(const struct sync_place *place, struct error *err)
{
	cleanup_free char *path = place_path();
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "url", place->url);
	cJSON_AddStringToObject(json, "key", place->key);
	cJSON_AddStringToObject(json, "secret", place->secret);
	cJSON_AddBoolToObject(json, "lines", place->lines);
	return write_json(XDG_CONFIG, path, json, err);
}

bool sync_place_forget(struct error *err)
{
	cleanup_free char *path = place_path();
	if (!file_exists(path))
		return true;
	return unlink(path) == 0 || error_set(err, 0, "'%s' can't be removed", path);
}

void sync_place_finish(struct sync_place *place)
{
	free(place->url);
	free(place->key);
	free(place->secret);
	*place = (struct sync_place){0};
}

/* ---- how far ---- */

static char *progress_path(const struct sync_place *place)
{
	char digest[DIGEST_TEXT_SIZE];
	cleanup_free char *folder = xdg_folder(XDG_STATE);
	digest_sha1(place->url, strlen(place->url), digest);
	cleanup_free char *name = xasprintf("sync-%.16s.json", digest);
	return path_join(folder, name);
}

bool progress_load(const struct sync_place *place, struct record *record, struct progress *ret,
	struct error *err)
{
	cleanup_free char *path = progress_path(place);
	cleanup_error struct error problem = {0};
	*ret = (struct progress){0};
	cJSON *json = read_json(path, &problem);
	if (problem.message != NULL)
		return error_set(err, 0, "%s", error_text(&problem));
	const cJSON *after = cJSON_GetObjectItemCaseSensitive(json, "after");
	const char *id = xapi_text(json, "id");
	if (cJSON_IsNumber(after) && id != NULL) {
		ret->after = (int64_t)after->valuedouble;
		cleanup_free char *there = record_statement_id(record, ret->after);
		if (text_same(there, id))
			ret->id = xstrdup(id);
		else
			ret->after = 0; /* another record: sending again does no harm */
	}
	cJSON_Delete(json);
	return true;
}

bool progress_save(
	const struct sync_place *place, const struct progress *progress, struct error *err)
{
	cleanup_free char *path = progress_path(place);
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "url", place->url);
	cJSON_AddNumberToObject(json, "after", (double)progress->after);
	cJSON_AddStringToObject(json, "id", progress->id != NULL ? progress->id : "");
	return write_json(XDG_STATE, path, json, err);
}

void progress_finish(struct progress *progress)
{
	free(progress->id);
	*progress = (struct progress){0};
}

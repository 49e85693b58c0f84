/* sync/place.c - where statements go, and how far they have got */
#include "digest.h"
#include "json.h"
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_LIMIT 65536

/* NULL: there is no such file, or err says what is wrong with it. */
static cJSON *read_place_json(const char *path, struct error *err)
{
	cleanup_buf struct buf text = {0};
	if (!file_exists(path) || !file_read(path, FILE_LIMIT, &text, err))
		return NULL;
	cJSON *json = json_parse(&text);
	if (json == NULL)
		error_set(err, 0, "'%s' is not JSON; remove it and join again", path);
	return json;
}

/* Takes the JSON. */
static bool write_json(const char *folder, const char *path, cJSON *json, struct error *err)
{
	char *text = cJSON_Print(json);
	cJSON_Delete(json);
	if (text == NULL)
		die_out_of_memory();
	bool good =
		folder_make(folder, 0700, err) && file_write(path, text, strlen(text), 0600, err);
	cJSON_free(text);
	return good;
}

/* ---- the place as a file ---- */

/* What is text; the first three are there in every place. */
static const struct {
	const char *name;
	size_t offset;
} texts[] = {
	{"url", offsetof(struct sync_place, url)},
	{"key", offsetof(struct sync_place, key)},
	{"secret", offsetof(struct sync_place, secret)},
	{"ca", offsetof(struct sync_place, ca)},
	{"home", offsetof(struct sync_place, home)},
	{"account", offsetof(struct sync_place, account)},
	{"name", offsetof(struct sync_place, name)},
	{"learner", offsetof(struct sync_place, learner)},
	{"since_id", offsetof(struct sync_place, since_id)},
	{"code", offsetof(struct sync_place, code)},
	{"personal", offsetof(struct sync_place, personal)},
	{"asked", offsetof(struct sync_place, asked)},
	{"course", offsetof(struct sync_place, course)},
	{"title", offsetof(struct sync_place, title)},
};

static char **place_text(struct sync_place *place, size_t i)
{
	return (char **)(void *)((char *)place + texts[i].offset);
}

static bool place_read(const char *path, struct sync_place *ret, struct error *err)
{
	cleanup_error struct error problem = {0};
	*ret = (struct sync_place){0};
	cJSON *json = read_place_json(path, &problem);
	if (problem.message != NULL)
		return error_set(err, 0, "%s", error_text(&problem));
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		*place_text(ret, i) = xstrdup(json_get_text(json, texts[i].name));
	ret->since = json_get_integer_or(json, "since", INT64_MIN, INT64_MAX, 0);
	ret->lines = json_is_true(json, "lines");
	cJSON_Delete(json);
	if (ret->url == NULL || ret->key == NULL || ret->secret == NULL)
		sync_place_finish(ret);
	return true;
}

static bool place_write(
	const char *folder, const char *path, const struct sync_place *place, struct error *err)
{
	cJSON *json = cJSON_CreateObject();
	struct sync_place copy = *place;
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		if (*place_text(&copy, i) != NULL)
			cJSON_AddStringToObject(json, texts[i].name, *place_text(&copy, i));
	if (place->since > 0)
		cJSON_AddNumberToObject(json, "since", (double)place->since);
	cJSON_AddBoolToObject(json, "lines", place->lines);
	return write_json(folder, path, json, err);
}

void sync_place_finish(struct sync_place *place)
{
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		free(*place_text(place, i));
	*place = (struct sync_place){0};
}

/* ---- a team's ---- */

static char *place_path(void)
{
	cleanup_free char *folder = xdg_folder(XDG_CONFIG);
	return path_join(folder, "sync.json");
}

bool sync_place_load(struct sync_place *ret, struct error *err)
{
	cleanup_free char *path = place_path();
	return place_read(path, ret, err);
}

bool sync_place_save(const struct sync_place *place, struct error *err)
{
	cleanup_free char *folder = xdg_folder(XDG_CONFIG);
	cleanup_free char *path = place_path();
	return place_write(folder, path, place, err);
}

bool sync_place_forget(struct error *err)
{
	cleanup_free char *path = place_path();
	if (!file_exists(path))
		return true;
	return unlink(path) == 0 || error_set(err, 0, "'%s' can't be removed", path);
}

/* ---- workshops' ---- */

static char *rooms_folder(void)
{
	cleanup_free char *folder = xdg_folder(XDG_CONFIG);
	return path_join(folder, "rooms");
}

/* However it was typed: "abcd-efgh" is "ABCD EFGH". The caller frees it. */
static char *canonical_code(const char *code)
{
	struct buf out = {0};
	for (const char *c = code; *c != '\0'; c++)
		if (isalnum((unsigned char)*c))
			buf_add_char(&out, (char)toupper((unsigned char)*c));
	return buf_steal(&out);
}

static char *room_path(const char *url, const char *code, const char *learner)
{
	char digest[DIGEST_TEXT_SIZE];
	cleanup_free char *folder = rooms_folder();
	cleanup_free char *plain = canonical_code(code);
	cleanup_free char *what = xasprintf("%s\n%s\n%s", url, plain, learner);
	digest_sha1(what, strlen(what), digest);
	cleanup_free char *name = xasprintf("%.16s.json", digest);
	return path_join(folder, name);
}

bool sync_room_load(const char *origin, const char *code, const char *learner,
	struct sync_place *ret, struct error *err)
{
	cleanup_free char *url = xasprintf("%s/xapi", origin);
	cleanup_free char *path = room_path(url, code, learner);
	return place_read(path, ret, err);
}

bool sync_room_save(const struct sync_place *place, struct error *err)
{
	cleanup_free char *folder = rooms_folder();
	cleanup_free char *path = room_path(place->url, place->code, place->learner);
	return place_write(folder, path, place, err);
}

/* ---- how far ---- */

static char *state_path(const struct sync_place *place, const char *kind)
{
	char digest[DIGEST_TEXT_SIZE];
	cleanup_free char *folder = xdg_folder(XDG_STATE);
	/* several may be at one address, each with a key */
	cleanup_free char *what = place->account != NULL
					  ? xasprintf("%s\n%s", place->url, place->key)
					  : xstrdup(place->url);
	digest_sha1(what, strlen(what), digest);
	cleanup_free char *name = xasprintf("%s-%.16s.json", kind, digest);
	return path_join(folder, name);
}

char *place_load_heard(const struct sync_place *place)
{
	cleanup_free char *path = state_path(place, "heard");
	cJSON *json = read_place_json(path, NULL);
	char *id = xstrdup(json_get_text(json, "id"));
	cJSON_Delete(json);
	return id;
}

void place_save_heard(const struct sync_place *place, const char *id)
{
	cleanup_free char *folder = xdg_folder(XDG_STATE);
	cleanup_free char *path = state_path(place, "heard");
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "id", id);
	(void)write_json(folder, path, json, NULL); /* then some of it is told twice */
}

bool place_load_progress(const struct sync_place *place, struct record *record,
	struct progress *ret, struct error *err)
{
	cleanup_free char *path = state_path(place, "sync");
	cleanup_error struct error problem = {0};
	*ret = (struct progress){0};
	cJSON *json = read_place_json(path, &problem);
	if (problem.message != NULL)
		return error_set(err, 0, "%s", error_text(&problem));
	const cJSON *after = json_get(json, "after");
	const char *id = json_get_text(json, "id");
	if (cJSON_IsNumber(after) && id != NULL) {
		ret->after = (int64_t)after->valuedouble;
		cleanup_free char *there = record_statement_id(record, ret->after);
		if (text_same(there, id))
			ret->id = xstrdup(id);
		else
			ret->after = 0; /* another record: sending again does no harm */
	}
	cJSON_Delete(json);
	if (ret->after < place->since)
		ret->after = place->since; /* what was before joining stays here */
	return true;
}

bool place_save_progress(
	const struct sync_place *place, const struct progress *progress, struct error *err)
{
	cleanup_free char *folder = xdg_folder(XDG_STATE);
	cleanup_free char *path = state_path(place, "sync");
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "url", place->url);
	cJSON_AddNumberToObject(json, "after", (double)progress->after);
	cJSON_AddStringToObject(json, "id", progress->id != NULL ? progress->id : "");
	return write_json(folder, path, json, err);
}

void place_finish_progress(struct progress *progress)
{
	free(progress->id);
	*progress = (struct progress){0};
}

/* sync/remote.c - remotes as files, and how far each has got */
#include "digest.h"
#include "json.h"
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_LIMIT 65536
#define WORDS_MAX 300 /* bytes of a server's text that are passed on */

/* NULL: no such file, or err says what is wrong with it. */
static cJSON *read_remote_json(const char *path, struct error *err)
{
	cleanup_buf struct buf text = {0};
	if (!file_exists(path) || !file_read(path, FILE_LIMIT, &text, err))
		return NULL;
	cJSON *json = json_parse(&text);
	if (json == NULL)
		error_set(err, 0, "'%s' is not valid JSON; remove it and join again", path);
	return json;
}

/* Takes ownership of the JSON. */
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

char *remote_printable(const struct buf *body)
{
	const char *text = buf_text(body);
	char *line = xstrndup(text, strnlen(text, WORDS_MAX));
	line[strcspn(line, "\r\n")] = '\0';
	for (char *c = line; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7E)
			*c = '?';
	return line;
}

/* ---- the remote as a file ---- */

/* Text fields; every remote has the first three. */
static const struct {
	const char *name;
	size_t offset;
} texts[] = {
	{"url", offsetof(struct sync_remote, url)},
	{"key", offsetof(struct sync_remote, key)},
	{"secret", offsetof(struct sync_remote, secret)},
	{"ca", offsetof(struct sync_remote, ca)},
	{"home", offsetof(struct sync_remote, home)},
	{"pin", offsetof(struct sync_remote, pin)},
	{"account", offsetof(struct sync_remote, account)},
	{"mbox", offsetof(struct sync_remote, mbox)},
	{"name", offsetof(struct sync_remote, name)},
	{"learner", offsetof(struct sync_remote, learner)},
	{"since_id", offsetof(struct sync_remote, since_id)},
	{"code", offsetof(struct sync_remote, code)},
	{"personal", offsetof(struct sync_remote, personal)},
	{"asked", offsetof(struct sync_remote, asked)},
	{"course", offsetof(struct sync_remote, course)},
	{"course_id", offsetof(struct sync_remote, course_id)},
	{"title", offsetof(struct sync_remote, title)},
};

static char **remote_text(struct sync_remote *remote, size_t i)
{
	return (char **)(void *)((char *)remote + texts[i].offset);
}

static bool remote_read(const char *path, struct sync_remote *ret, struct error *err)
{
	cleanup_error struct error problem = {0};
	*ret = (struct sync_remote){0};
	cJSON *json = read_remote_json(path, &problem);
	if (problem.message != NULL)
		return error_set(err, 0, "%s", error_text(&problem));
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		*remote_text(ret, i) = xstrdup(json_get_text(json, texts[i].name));
	ret->since = json_get_integer_or(json, "since", INT64_MIN, INT64_MAX, 0);
	ret->lines = json_is_true(json, "lines");
	cJSON_Delete(json);
	if (ret->url == NULL || ret->key == NULL || ret->secret == NULL)
		sync_remote_finish(ret);
	return true;
}

static bool remote_write(
	const char *folder, const char *path, const struct sync_remote *remote, struct error *err)
{
	cJSON *json = cJSON_CreateObject();
	struct sync_remote copy = *remote;
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		if (*remote_text(&copy, i) != NULL)
			cJSON_AddStringToObject(json, texts[i].name, *remote_text(&copy, i));
	if (remote->since > 0)
		cJSON_AddNumberToObject(json, "since", (double)remote->since);
	cJSON_AddBoolToObject(json, "lines", remote->lines);
	return write_json(folder, path, json, err);
}

void sync_remote_finish(struct sync_remote *remote)
{
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		free(*remote_text(remote, i));
	*remote = (struct sync_remote){0};
}

/* ---- a team's remote ---- */

static char *remote_path(void)
{
	cleanup_free char *folder = xdg_folder(XDG_CONFIG);
	return path_join(folder, "sync.json");
}

bool sync_remote_load(struct sync_remote *ret, struct error *err)
{
	cleanup_free char *path = remote_path();
	return remote_read(path, ret, err);
}

bool sync_remote_save(const struct sync_remote *remote, struct error *err)
{
	cleanup_free char *folder = xdg_folder(XDG_CONFIG);
	cleanup_free char *path = remote_path();
	return remote_write(folder, path, remote, err);
}

bool sync_remote_forget(struct error *err)
{
	cleanup_free char *path = remote_path();
	if (!file_exists(path))
		return true;
	return unlink(path) == 0 || error_set(err, 0, "cannot remove '%s'", path);
}

/* ---- workshops' remotes ---- */

static char *rooms_folder(void)
{
	cleanup_free char *folder = xdg_folder(XDG_CONFIG);
	return path_join(folder, "rooms");
}

/* Restores the canonical form of a typed code: "abcd-efgh" is "ABCD EFGH". The caller frees it. */
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
	struct sync_remote *ret, struct error *err)
{
	cleanup_free char *url = xasprintf("%s/xapi", origin);
	cleanup_free char *path = room_path(url, code, learner);
	return remote_read(path, ret, err);
}

bool sync_room_save(const struct sync_remote *remote, struct error *err)
{
	cleanup_free char *folder = rooms_folder();
	cleanup_free char *path = room_path(remote->url, remote->code, remote->learner);
	return remote_write(folder, path, remote, err);
}

/* ---- progress ---- */

static char *state_path(const struct sync_remote *remote, const char *kind)
{
	char digest[DIGEST_TEXT_SIZE];
	cleanup_free char *folder = xdg_folder(XDG_STATE);
	/* several remotes may share an address, each with its own key */
	cleanup_free char *what = remote->account != NULL || remote->mbox != NULL
					  ? xasprintf("%s\n%s", remote->url, remote->key)
					  : xstrdup(remote->url);
	digest_sha1(what, strlen(what), digest);
	cleanup_free char *name = xasprintf("%s-%.16s.json", kind, digest);
	return path_join(folder, name);
}

char *remote_load_heard(const struct sync_remote *remote)
{
	cleanup_free char *path = state_path(remote, "heard");
	cJSON *json = read_remote_json(path, NULL);
	char *id = xstrdup(json_get_text(json, "id"));
	cJSON_Delete(json);
	return id;
}

void remote_save_heard(const struct sync_remote *remote, const char *id)
{
	cleanup_free char *folder = xdg_folder(XDG_STATE);
	cleanup_free char *path = state_path(remote, "heard");
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "id", id);
	(void)write_json(folder, path, json, NULL); /* on failure, some events arrive twice */
}

bool remote_load_progress(const struct sync_remote *remote, struct record *record,
	struct progress *ret, struct error *err)
{
	cleanup_free char *path = state_path(remote, "sync");
	cleanup_error struct error problem = {0};
	*ret = (struct progress){0};
	cJSON *json = read_remote_json(path, &problem);
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
			ret->after = 0; /* another record: sending statements again does no harm */
	}
	cJSON_Delete(json);
	if (ret->after < remote->since)
		ret->after = remote->since; /* do not send statements from before joining */
	return true;
}

bool remote_save_progress(
	const struct sync_remote *remote, const struct progress *progress, struct error *err)
{
	cleanup_free char *folder = xdg_folder(XDG_STATE);
	cleanup_free char *path = state_path(remote, "sync");
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "url", remote->url);
	cJSON_AddNumberToObject(json, "after", (double)progress->after);
	cJSON_AddStringToObject(json, "id", progress->id != NULL ? progress->id : "");
	return write_json(folder, path, json, err);
}

static void forget_problem(const struct sync_remote *remote)
{
	cleanup_free char *path = state_path(remote, "problem");
	(void)unlink(path); /* usually there is none */
}

void remote_save_problem(const struct sync_remote *remote, const char *why)
{
	cleanup_free char *before = NULL;
	if (why == NULL) {
		forget_problem(remote);
		return;
	}
	int64_t since = sync_remote_problem(remote, &before);
	cleanup_free char *folder = xdg_folder(XDG_STATE);
	cleanup_free char *path = state_path(remote, "problem");
	cJSON *json = cJSON_CreateObject();
	cJSON_AddNumberToObject(json, "since", (double)(since > 0 ? since : clock_wall_ms()));
	cJSON_AddStringToObject(json, "why", why);
	(void)write_json(folder, path, json, NULL); /* on failure, it is only not shown */
}

int64_t sync_remote_problem(const struct sync_remote *remote, char **ret_why)
{
	cleanup_free char *path = state_path(remote, "problem");
	cJSON *json = read_remote_json(path, NULL);
	int64_t since = json_get_integer_or(json, "since", 0, INT64_MAX, 0);
	*ret_why = xstrdup(json_get_text(json, "why"));
	cJSON_Delete(json);
	return *ret_why != NULL ? since : 0;
}

void remote_save_assigned(const struct sync_remote *remote, const cJSON *assigned)
{
	cleanup_free char *folder = xdg_folder(XDG_STATE);
	cleanup_free char *path = state_path(remote, "assigned");
	cJSON *json = cJSON_CreateObject();
	cJSON_AddNumberToObject(json, "asked", (double)clock_wall_ms());
	cJSON_AddItemToObject(json, "assigned",
		assigned != NULL ? cJSON_Duplicate(assigned, true) : cJSON_CreateArray());
	(void)write_json(folder, path, json, NULL); /* on failure, the old ones are shown */
}

cJSON *remote_load_assigned(const struct sync_remote *remote)
{
	cleanup_free char *path = state_path(remote, "assigned");
	return read_remote_json(path, NULL);
}

void remote_finish_progress(struct progress *progress)
{
	free(progress->id);
	*progress = (struct progress){0};
}

/* sync/room.c - joins a workshop: its address, what its code opens, the account that it issues */
#include "http.h"
#include "json.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define TIMEOUT_MS 10000
#define SHORT_MS 3000 /* if no answer is needed to continue */

/* ---- the address ---- */

/* The length of the path of a server, up to the page that is named behind it. No server has such a
 * name in its own path. */
static size_t server_path_length(const char *path)
{
	static const char *const pages[] = {"room", "join", "xapi"};
	size_t length = 0;
	while (path[length] == '/') {
		const char *part = path + length + 1;
		size_t part_length = strcspn(part, "/?#");
		for (size_t i = 0; i < ARRAY_LENGTH(pages); i++)
			if (strlen(pages[i]) == part_length &&
				strncmp(pages[i], part, part_length) == 0)
				return length;
		length += 1 + part_length;
	}
	while (length > 0 && path[length - 1] == '/')
		length--;
	return length;
}

bool sync_server_read(const char *url, char **ret, struct error *err)
{
	const char *scheme = strstr(url, "://");
	const char *host = scheme != NULL ? scheme + 3 : url;
	size_t length = strcspn(host, "/?#");
	bool plain = scheme != NULL ? text_starts(url, "http://") : text_is_loopback(host);
	if (length == 0 || memchr(host, '@', length) != NULL ||
		(scheme != NULL && !plain && !text_starts(url, "https://")))
		return error_set_kind(err, ERROR_USAGE,
			"'%s' is not the address of a workshop; expected https://HOST:PORT", url);
	if (plain && !text_is_loopback(host))
		return error_set_kind(err, ERROR_USAGE,
			"'%s': use an https:// address (http:// only for this machine)", url);
	const char *path = host + length;
	*ret = xasprintf("%s://%.*s%.*s", plain ? "http" : "https", (int)length, host,
		(int)server_path_length(path), path);
	return true;
}

char *sync_room_code(const char *link)
{
	struct buf code = {0};
	const char *at = strstr(link, "?code=");
	if (at == NULL)
		return NULL;
	at += strlen("?code=");
	url_decode(&code, at, strcspn(at, "&#"));
	return buf_steal(&code);
}

/* ---- the server's answer ---- */

static const struct {
	long status;
	enum error_kind kind;
	const char *words;
} refusals[] = {
	{404, ERROR_USAGE, N_("check the code")},
	{409, ERROR_USAGE, N_("no one can join any more")},
	{429, ERROR_ENVIRONMENT, N_("try again in a minute")},
};

static bool explain_refusal(const char *origin, const struct http_answer *answer, struct error *err)
{
	cleanup_free char *said = remote_printable(&answer->body);
	for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++)
		if (refusals[i].status == answer->status)
			return error_set_kind(err, refusals[i].kind, "%s: %s (%s)", origin, said,
				_(refusals[i].words));
	return error_set(
		err, 0, "%s refused to let you join (%ld): %s", origin, answer->status, said);
}

/* NULL: err says why. The caller deletes the JSON. */
static cJSON *ask_room(
	const char *origin, const struct http_request *request, long timeout_ms, struct error *err)
{
	struct http_answer answer = {0};
	struct http_request full = *request;
	full.timeout_ms = timeout_ms;
	cJSON *json = NULL;
	if (!http_send(&full, &answer, err))
		error_wrap(err, "cannot reach the workshop");
	else if (answer.status != 200)
		explain_refusal(origin, &answer, err);
	else
		json = json_parse(&answer.body);
	if (answer.status == 200 && !cJSON_IsObject(json)) {
		error_set(err, 0, "the server at %s does not run a workshop", origin);
		cJSON_Delete(json);
		json = NULL;
	}
	buf_finish(&answer.body);
	return json;
}

/* ---- looking up a room ---- */

void sync_room_finish(struct sync_room *room)
{
	free(room->title);
	free(room->course);
	*room = (struct sync_room){0};
}

bool sync_room_look(const char *origin, const char *code, const char *ca, struct sync_room *ret,
	struct error *err)
{
	cleanup_buf struct buf url = {0};
	buf_printf(&url, "%s/room?code=", origin);
	url_encode(&url, code, "");
	const struct http_request request = {.method = "GET", .url = buf_text(&url), .ca = ca};
	cJSON *json = ask_room(origin, &request, TIMEOUT_MS, err);
	if (json == NULL)
		return false;
	const char *title = json_get_text(json, "title"), *course = json_get_text(json, "course");
	bool good = course != NULL ||
		    error_set(err, 0, "the server at %s does not run a workshop", origin);
	if (good)
		*ret = (struct sync_room){xstrdup(title != NULL ? title : course), xstrdup(course)};
	cJSON_Delete(json);
	return good;
}

/* ---- joining ---- */

static char *join_body(const struct sync_joining *j)
{
	struct utsname machine = {0};
	(void)uname(&machine); /* on failure, send no machine name */
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "code", j->code);
	cJSON_AddStringToObject(json, "name", j->name);
	cJSON_AddBoolToObject(json, "lines", j->lines);
	cJSON_AddStringToObject(json, "machine", machine.nodename);
	if (j->seat != NULL)
		cJSON_AddStringToObject(json, "seat", j->seat);
	char *text = json_print_take(json);
	return text;
}

static char *copy_of(const cJSON *json, const char *name)
{
	return xstrdup(json_get_text(json, name));
}

/* Excludes statements recorded before joining. */
static bool begin_here(struct sync_remote *remote, struct record *record, struct error *err)
{
	if (record == NULL)
		return true;
	if (!record_last_number(record, &remote->since, err))
		return false;
	char *id = record_statement_id(record, remote->since);
	remote->since_id = id != NULL ? id : xstrdup("");
	return true;
}

static struct sync_remote joined_remote(const struct sync_joining *j, const cJSON *json)
{
	return (struct sync_remote){
		.url = xasprintf("%s/xapi", j->origin),
		.key = copy_of(json, "key"),
		.secret = copy_of(json, "secret"),
		.lines = j->lines,
		.ca = xstrdup(j->ca),
		.home = copy_of(json, "home"),
		.account = copy_of(json, "learner"),
		.name = copy_of(json, "name"),
		.learner = xstrdup(j->learner),
		.code = xstrdup(j->code),
		.personal = copy_of(json, "personal"),
		.asked = xstrdup(j->name),
		.course = copy_of(json, "course"),
		.course_id = copy_of(json, "course_id"),
		.title = copy_of(json, "title"),
	};
}

static bool is_remote_complete(const struct sync_remote *p)
{
	return p->key != NULL && p->secret != NULL && p->home != NULL && p->account != NULL &&
	       p->name != NULL;
}

bool sync_room_join(const struct sync_joining *j, struct sync_remote *ret, struct error *err)
{
	static const char *const headers[] = {"Content-Type: application/json", NULL};
	cleanup_free char *url = xasprintf("%s/room/join", j->origin);
	cleanup_free char *body = join_body(j);
	const struct http_request request = {.method = "POST",
		.url = url,
		.headers = headers,
		.body = body,
		.body_length = strlen(body),
		.ca = j->ca};
	cJSON *json = ask_room(j->origin, &request, TIMEOUT_MS, err);
	if (json == NULL)
		return false;
	struct sync_remote remote = joined_remote(j, json);
	cJSON_Delete(json);
	bool good = is_remote_complete(&remote) ||
		    error_set(err, 0, "the server at %s does not run a workshop", j->origin);
	good = good && begin_here(&remote, j->record, err) && sync_room_save(&remote, err);
	if (good)
		*ret = remote;
	else
		sync_remote_finish(&remote);
	return good;
}

/* ---- coming back ---- */

bool sync_room_come_back(const struct sync_remote *remote, const char *seat)
{
	struct http_answer answer = {0};
	cleanup_buf struct buf url = {0};
	size_t origin = strlen(remote->url) - strlen("/xapi");
	buf_printf(&url, "%.*s/room/seat", (int)origin, remote->url);
	if (seat != NULL) {
		buf_add_text(&url, "?terminal=");
		url_encode(&url, seat, "");
	}
	const struct http_request request = {.method = "GET",
		.url = buf_text(&url),
		.user = remote->key,
		.password = remote->secret,
		.timeout_ms = SHORT_MS,
		.ca = remote->ca,
		.pin = remote->pin};
	bool answers = http_send(&request, &answer, NULL);
	buf_finish(&answer.body);
	return !answers || (answer.status != 401 && answer.status != 403);
}

/* A replaced record has other statement numbers. */
static bool is_same_record(const struct sync_remote *remote, struct record *record)
{
	cleanup_free char *id = record_statement_id(record, remote->since);
	return remote->since == 0 || (id != NULL && text_same(id, remote->since_id));
}

bool sync_room_resume(struct sync_remote *remote, struct record *record, struct error *err)
{
	if (record == NULL || is_same_record(remote, record))
		return true;
	free(remote->since_id);
	remote->since_id = NULL;
	return begin_here(remote, record, err) && sync_room_save(remote, err);
}

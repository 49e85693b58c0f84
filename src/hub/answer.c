/* hub/answer.c - Docker Hub's answer to each request (Docker Registry HTTP API V2; its token
 * server; the search of its first API) */
#include "private.h"
#include "json.h"

#include <string.h>

#define REALM "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\""
#define RESULTS_MAX 100

/* ---- answers ---- */

static void send_answer(
	const struct request *r, const char *status, const char *lines, const char *body)
{
	cleanup_buf struct buf text = {0};
	buf_printf(&text,
		"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
		"Docker-Distribution-Api-Version: registry/2.0\r\nConnection: close\r\n%s\r\n",
		status, strlen(body), lines);
	if (!text_same(r->method, "HEAD"))
		buf_add_text(&text, body);
	(void)fd_write(r->fd, buf_text(&text), text.length, NULL); /* the client may be gone */
}

static void send_json(const struct request *r, cJSON *json)
{
	cleanup_free char *body = json_print_take(json);
	send_answer(r, "200 OK", "", body);
}

/* `name` is a repository's, or NULL. If the request has a token, the challenge says that the
 * token does not suffice. */
static void send_challenge(const struct request *r, const char *name, const char *action)
{
	const char *error = r->authorization != NULL ? ",error=\"insufficient_scope\"" : "";
	cleanup_free char *lines =
		name == NULL
			? xasprintf("Www-Authenticate: " REALM "%s\r\n", error)
			: xasprintf("Www-Authenticate: " REALM ",scope=\"repository:%s:%s\"%s\r\n",
				  name, action, error);
	cleanup_free char *detail = name == NULL
					    ? xstrdup("null")
					    : xasprintf("[{\"Type\":\"repository\",\"Class\":\"\","
							"\"Name\":\"%s\",\"Action\":\"%s\"}]",
						      name, action);
	cleanup_free char *body = xasprintf("{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":"
					    "\"authentication required\",\"detail\":%s}]}\n",
		detail);
	send_answer(r, "401 Unauthorized", lines, body);
}

/* ---- tokens ---- */

/* Refuses every password; anyone may read without one. */
static void give_token(const struct request *r)
{
	if (r->authorization != NULL || !text_same(r->method, "GET")) {
		send_answer(r, "401 Unauthorized", "",
			"{\"details\":\"incorrect username or password\"}\n");
		return;
	}
	send_answer(r, "200 OK", "",
		"{\"token\":\"anonymous\",\"access_token\":\"anonymous\",\"expires_in\":300}\n");
}

/* ---- repositories ---- */

/* "/v2/library/alpine/manifests/3" → "library/alpine". NULL: it contains no name. */
static char *name_in(const char *path)
{
	static const char *const kinds[] = {"/manifests/", "/blobs/", "/tags/"};
	const char *name = path + strlen("/v2/");
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-/");
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		const char *end = strstr(name, kinds[i]);
		if (end != NULL && end > name && (size_t)(end - name) <= length)
			return xstrndup(name, (size_t)(end - name));
	}
	return NULL;
}

static bool is_known_repository(const struct request *r, const char *name)
{
	cleanup_buf struct buf body = {0};
	cleanup_free char *path = xasprintf("/v2/%s/tags/list", name);
	return registry_get(r, path, &body) == 200;
}

/* Existing repositories can be read. The hub refuses unknown ones and all other requests with
 * the same message. */
static void serve_repository(const struct request *r)
{
	bool reads = text_same(r->method, "GET") || text_same(r->method, "HEAD");
	if (text_same(r->path, "/v2/")) {
		if (r->authorization == NULL)
			send_challenge(r, NULL, NULL);
		else
			send_answer(r, "200 OK", "", "{}");
		return;
	}
	cleanup_free char *name = name_in(r->path);
	if (name == NULL) {
		send_answer(r, "404 Not Found", "", "{}");
		return;
	}
	if (r->authorization == NULL || !reads || !is_known_repository(r, name))
		send_challenge(r, name, reads ? "pull" : "pull,push");
	else
		registry_pass(r);
}

/* ---- search ---- */

static char *query_value(const char *query, const char *name)
{
	size_t length = strlen(name);
	struct buf out = {0};
	for (const char *at = query; at != NULL; at = strchr(at, '&')) {
		at += *at == '&';
		if (strncmp(at, name, length) != 0 || at[length] != '=')
			continue;
		for (at += length + 1; *at != '\0' && *at != '&'; at++) {
			int byte = url_decode_byte(at, strnlen(at, 3));
			buf_add_char(&out, byte > 0 ? (char)byte : *at == '+' ? ' ' : *at);
			at += byte > 0 ? 2 : 0;
		}
		break;
	}
	return buf_steal(&out);
}

static void add_result(cJSON *results, const char *repository)
{
	bool official = text_starts(repository, "library/");
	const char *name = official ? repository + strlen("library/") : repository;
	cJSON *one = cJSON_CreateObject();
	cJSON_AddStringToObject(one, "name", name);
	cJSON_AddStringToObject(one, "description", "A practice image of this machine");
	cJSON_AddNumberToObject(one, "star_count", 0);
	cJSON_AddBoolToObject(one, "is_official", official);
	cJSON_AddBoolToObject(one, "is_automated", false);
	cJSON_AddBoolToObject(one, "is_trusted", false);
	cJSON_AddItemToArray(results, one);
}

static void answer_search(const struct request *r)
{
	cleanup_free char *term = query_value(r->query, "q");
	cleanup_buf struct buf body = {0};
	cJSON *all = NULL, *json = cJSON_CreateObject(), *results;
	const cJSON *repository;
	results = cJSON_AddArrayToObject(json, "results");
	if (registry_get(r, "/v2/_catalog?n=1000", &body) == 200)
		all = json_parse(&body);
	cJSON_ArrayForEach(repository, json_get(all, "repositories")) {
		const char *name = cJSON_GetStringValue(repository);
		if (name != NULL && strstr(name, term) != NULL &&
			cJSON_GetArraySize(results) < RESULTS_MAX)
			add_result(results, name);
	}
	cJSON_Delete(all);
	cJSON_AddNumberToObject(json, "num_results", cJSON_GetArraySize(results));
	cJSON_AddNumberToObject(json, "num_pages", 1);
	cJSON_AddNumberToObject(json, "page", 1);
	cJSON_AddNumberToObject(json, "page_size", RESULTS_MAX);
	cJSON_AddStringToObject(json, "query", term);
	send_json(r, json);
}

/* ---- the table ---- */

static const struct {
	const char *path;
	bool whole; /* else only its prefix */
	void (*answer)(const struct request *r);
} routes[] = {
	{"/v2/", false, serve_repository},
	{"/token", true, give_token},
	{"/v1/search", true, answer_search},
};

void answer_request(const struct request *r)
{
	for (size_t i = 0; i < ARRAY_LENGTH(routes); i++)
		if (routes[i].whole ? text_same(r->path, routes[i].path)
				    : text_starts(r->path, routes[i].path)) {
			routes[i].answer(r);
			return;
		}
	send_answer(r, "404 Not Found", "", "{}");
}

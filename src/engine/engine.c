/* engine/engine.c - requests to the Engine API: connection, version, requests and answers */
#include "private.h"
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_TIMEOUT_MS 10000
#define ANSWER_LIMIT ((size_t)4 * 1024 * 1024) /* the parsed tree takes thirty times as much */

/* ---- opening ---- */

static bool take_host(struct engine *e, const char *host, struct error *err)
{
	e->host = xstrdup(host);
	if (text_starts(host, "unix://")) {
		e->socket_path = xstrdup(host + strlen("unix://"));
		e->base = xstrdup("http://docker");
		return true;
	}
	if (text_starts(host, "tcp://")) {
		e->base = xasprintf("%s://%s", e->tls_folder != NULL ? "https" : "http",
			host + strlen("tcp://"));
		return true;
	}
	if (text_starts(host, "http://") || text_starts(host, "https://")) {
		e->base = xstrdup(host);
		return true;
	}
	return error_set_kind(err, ERROR_USAGE,
		"the daemon's address '%s' is not unix://PATH, tcp://HOST:PORT or http(s)://…",
		host);
}

bool engine_open(const struct engine_options *options, struct engine **ret, struct error *err)
{
	struct engine *e = xcalloc(1, sizeof *e);
	e->tls_folder = xstrdup(options->tls_folder);
	e->probe_socket = options->probe_socket;
	e->probe_data = options->probe_data;
	e->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : DEFAULT_TIMEOUT_MS;
	if (options->host == NULL) {
		engine_close(e);
		return error_set(err, 0, "there is no daemon");
	}
	if (!take_host(e, options->host, err) || !curl_open(&e->curl, err)) {
		engine_close(e);
		return false;
	}
	e->easy = e->curl->easy_init();
	if (e->easy == NULL)
		die_out_of_memory();
	*ret = e;
	return true;
}

void engine_close(struct engine *e)
{
	if (e == NULL)
		return;
	if (e->easy != NULL)
		e->curl->easy_cleanup(e->easy);
	free(e->host);
	free(e->socket_path);
	free(e->base);
	free(e->tls_folder);
	free(e);
}

/* ---- one request ---- */

static void set_tls(struct engine *e, CURL *easy)
{
	static const struct {
		CURLoption option;
		const char *file;
	} files[] = {{CURLOPT_CAINFO, "ca.pem"}, {CURLOPT_SSLCERT, "cert.pem"},
		{CURLOPT_SSLKEY, "key.pem"}};
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		cleanup_free char *path = path_join(e->tls_folder, files[i].file);
		e->curl->easy_setopt(easy, files[i].option, path);
	}
}

void engine_prepare(struct engine *e, CURL *easy, const char *path, bool versioned)
{
	cleanup_free char *url = versioned && e->version[0] != '\0'
					 ? xasprintf("%s/v%s%s", e->base, e->version, path)
					 : xasprintf("%s%s", e->base, path);
	e->curl->easy_reset(easy); /* keeps the connection */
	e->curl->easy_setopt(easy, CURLOPT_URL, url);
	e->curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	e->curl->easy_setopt(easy, CURLOPT_NOPROXY, "*");
	e->curl->easy_setopt(easy, CURLOPT_USERAGENT, "ropes");
	e->curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, e->timeout_ms);
	if (e->socket_path != NULL)
		e->curl->easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, e->socket_path);
	if (e->tls_folder != NULL)
		set_tls(e, easy);
}

struct sink {
	struct buf *bytes;
	size_t limit;
};

static size_t receive_body(char *data, size_t size, size_t count, void *user)
{
	struct sink *sink = user;
	size_t length = size * count;
	size_t room = sink->bytes->length < sink->limit ? sink->limit - sink->bytes->length : 0;
	buf_add(sink->bytes, data, length < room ? length : room);
	return length;
}

static bool perform_request(
	struct engine *e, struct sink *sink, long *ret_status, struct error *err)
{
	char detail[CURL_ERROR_SIZE] = "";
	e->curl->easy_setopt(e->easy, CURLOPT_WRITEFUNCTION, receive_body);
	e->curl->easy_setopt(e->easy, CURLOPT_WRITEDATA, sink);
	e->curl->easy_setopt(e->easy, CURLOPT_TIMEOUT_MS, e->timeout_ms);
	e->curl->easy_setopt(e->easy, CURLOPT_ERRORBUFFER, detail);
	CURLcode code = e->curl->easy_perform(e->easy);
	e->curl->easy_setopt(e->easy, CURLOPT_ERRORBUFFER, NULL);
	if (code != CURLE_OK)
		return error_set(err, 0, "the daemon at %s does not answer: %s", e->host,
			detail[0] != '\0' ? detail : e->curl->easy_strerror(code));
	e->curl->easy_getinfo(e->easy, CURLINFO_RESPONSE_CODE, ret_status);
	return true;
}

/* ---- the version ---- */

static int compare_versions(const char *a, const char *b)
{
	unsigned a_major = 0, a_minor = 0, b_major = 0, b_minor = 0;
	(void)sscanf(a, "%u.%u", &a_major, &a_minor); /* invalid numbers count as 0 */
	(void)sscanf(b, "%u.%u", &b_major, &b_minor);
	if (a_major != b_major)
		return a_major < b_major ? -1 : 1;
	return a_minor < b_minor ? -1 : a_minor > b_minor;
}

/* The answer to /_ping carries "Api-Version: 1.41". */
static size_t receive_api_version(char *data, size_t size, size_t count, void *user)
{
	struct engine *e = user;
	static const char name[] = "api-version:";
	cleanup_free char *line = xstrndup(data, size * count);
	if (strncasecmp(line, name, sizeof name - 1) != 0)
		return size * count;
	const char *value = line + sizeof name - 1;
	value += strspn(value, " \t");
	size_t length = strspn(value, "0123456789.");
	cleanup_free char *version = xstrndup(value, length);
	const char *use =
		compare_versions(version, ENGINE_API_NEWEST) > 0 ? ENGINE_API_NEWEST : version;
	if (length > 0)
		snprintf(e->version, sizeof e->version, "%s", use);
	return size * count;
}

bool engine_ping(struct engine *e, struct error *err)
{
	cleanup_buf struct buf body = {0};
	struct sink sink = {&body, 4096};
	long status = 0;
	engine_prepare(e, e->easy, "/_ping", false);
	e->curl->easy_setopt(e->easy, CURLOPT_HEADERFUNCTION, receive_api_version);
	e->curl->easy_setopt(e->easy, CURLOPT_HEADERDATA, e);
	if (!perform_request(e, &sink, &status, err))
		return false;
	if (status == 200)
		return true;
	cJSON *json = json_parse(&body);
	const char *why = json_get_text(json, "message");
	if (why != NULL)
		error_set(err, 0, "%s", why); /* a gate's own message is more precise */
	else
		error_set(err, 0, "the daemon at %s answered /_ping with status %ld", e->host,
			status);
	cJSON_Delete(json);
	return false;
}

bool engine_negotiate(struct engine *e, struct error *err)
{
	return e->version[0] != '\0' || engine_ping(e, err);
}

const char *engine_api_version(const struct engine *e)
{
	return e->version[0] != '\0' ? e->version : NULL;
}

/* ---- requests ---- */

void engine_answer_finish(struct engine_answer *answer)
{
	cJSON_Delete(answer->json);
	free(answer->message);
	*answer = (struct engine_answer){0};
}

static void parse_answer(struct engine_answer *ret, const struct buf *body, long status)
{
	ret->status = status;
	ret->json = json_parse(body);
	if (status < 400)
		return;
	ret->message = xstrdup(json_get_text_or(ret->json, "message", buf_text(body)));
}

bool engine_request(struct engine *e, const char *method, const char *path, const char *body,
	struct engine_answer *ret, struct error *err)
{
	cleanup_buf struct buf bytes = {0};
	struct sink sink = {&bytes, ANSWER_LIMIT};
	long status = 0;
	if (!engine_negotiate(e, err))
		return false;
	engine_prepare(e, e->easy, path, true);
	struct curl_slist *headers = e->curl->slist_append(
		NULL, body != NULL ? "Content-Type: application/json" : "Expect:");
	e->curl->easy_setopt(e->easy, CURLOPT_HTTPHEADER, headers);
	if (!text_same(method, "GET"))
		e->curl->easy_setopt(e->easy, CURLOPT_POSTFIELDS, body != NULL ? body : "");
	e->curl->easy_setopt(e->easy, CURLOPT_CUSTOMREQUEST, method);
	bool good = perform_request(e, &sink, &status, err);
	e->curl->easy_setopt(e->easy, CURLOPT_HTTPHEADER, NULL);
	e->curl->slist_free_all(headers);
	if (good)
		parse_answer(ret, &bytes, status);
	return good;
}

bool engine_get(struct engine *e, const char *path, cJSON **ret, struct error *err)
{
	struct engine_answer answer = {0};
	if (!engine_request(e, "GET", path, NULL, &answer, err))
		return false;
	bool good = answer.status < 400 || answer.status == 404;
	if (!good)
		error_set(err, 0, "the daemon refused %s: %s", path, answer.message);
	if (good) {
		*ret = answer.status == 404 ? NULL : answer.json;
		if (answer.status != 404)
			answer.json = NULL;
	}
	engine_answer_finish(&answer);
	return good;
}

/* Without a tty, the daemon frames the output: type, three zeros, big-endian length (Engine API,
 * "Stream format"). */
static void demultiplex_output(const struct buf *framed, struct buf *out)
{
	for (size_t at = 0; framed->length - at >= 8;) {
		const unsigned char *head = (const unsigned char *)framed->data + at;
		size_t length = (size_t)head[4] << 24 | (size_t)head[5] << 16 |
				(size_t)head[6] << 8 | head[7];
		at += 8;
		if (length > framed->length - at)
			length = framed->length - at;
		buf_add(out, framed->data + at, length);
		at += length;
	}
}

bool engine_get_bytes(struct engine *e, const char *path, bool multiplexed, size_t limit,
	struct buf *out, struct error *err)
{
	cleanup_buf struct buf bytes = {0};
	struct sink sink = {&bytes, limit};
	long status = 0;
	if (!engine_negotiate(e, err))
		return false;
	engine_prepare(e, e->easy, path, true);
	if (!perform_request(e, &sink, &status, err))
		return false;
	if (status >= 400)
		return error_set(err, 0, "the daemon refused %s: %s", path, buf_text(&bytes));
	if (multiplexed)
		demultiplex_output(&bytes, out);
	else
		buf_add(out, buf_text(&bytes), bytes.length);
	return true;
}

/* ---- probes ---- */

static curl_socket_t open_probe(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct engine *e = data;
	(void)purpose;
	int fd = e->probe_socket(
		e->probe_data, address->family, address->socktype, address->protocol);
	return fd >= 0 ? fd : CURL_SOCKET_BAD;
}

/* Use a separate connection: the keep-alive one belongs to the daemon. */
bool engine_probe(struct engine *e, unsigned short port, const char *path, long *ret_status,
	struct buf *ret_body, struct error *err)
{
	cleanup_free char *url = xasprintf("http://127.0.0.1:%u%s%s", port,
		path != NULL && path[0] == '/' ? "" : "/", path ? path : "");
	char detail[CURL_ERROR_SIZE] = "";
	struct sink sink = {ret_body, 1024 * 1024};
	CURL *easy = e->curl->easy_init();
	if (easy == NULL)
		die_out_of_memory();
	e->curl->easy_setopt(easy, CURLOPT_URL, url);
	e->curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	e->curl->easy_setopt(easy, CURLOPT_NOPROXY, "*");
	e->curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, 3000L);
	e->curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive_body);
	e->curl->easy_setopt(easy, CURLOPT_WRITEDATA, &sink);
	e->curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
	if (e->probe_socket != NULL) {
		e->curl->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_probe);
		e->curl->easy_setopt(easy, CURLOPT_OPENSOCKETDATA, e);
	}
	CURLcode code = e->curl->easy_perform(easy);
	if (code == CURLE_OK)
		e->curl->easy_getinfo(easy, CURLINFO_RESPONSE_CODE, ret_status);
	e->curl->easy_cleanup(easy);
	return code == CURLE_OK ||
	       error_set(err, 0, "%s: %s", url,
		       detail[0] != '\0' ? detail : e->curl->easy_strerror(code));
}

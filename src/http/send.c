/* http/send.c - one request, one answer */
#include "private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TIMEOUT_MS 30000L
#define CONNECT_MS 10000L
#define ANSWER_MAX ((size_t)16 * 1024 * 1024)

static size_t receive_answer(char *bytes, size_t size, size_t count, void *data)
{
	struct buf *out = data;
	if (out->length + size * count > ANSWER_MAX)
		return 0;
	buf_add(out, bytes, size * count);
	return size * count;
}

struct curl_slist *http_headers(const struct curl_library *curl, const char *const *headers)
{
	struct curl_slist *list = NULL;
	for (size_t i = 0; headers != NULL && headers[i] != NULL; i++)
		list = curl->slist_append(list, headers[i]);
	return curl->slist_append(list, "Expect:");
}

/* The key itself identifies the server: neither its name nor who signed its certificate matters. */
static void set_pin(const struct curl_library *curl, CURL *easy, const char *pin)
{
	cleanup_free char *text = xasprintf("sha256//%s=", pin);
	for (char *c = text + strlen("sha256//"); *c != '\0'; c++)
		*c = *c == '-' ? '+' : *c == '_' ? '/' : *c;
	curl->easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, text);
	curl->easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	curl->easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
}

const char *http_explain(const struct curl_library *curl, CURLcode code)
{
	static const struct {
		CURLcode code;
		const char *words;
	} causes[] = {
		{CURLE_PEER_FAILED_VERIFICATION,
			N_("its certificate is not trusted here; give the file of its certificate with --ca, or use the link of an invitation, which contains its fingerprint")},
		{CURLE_SSL_PINNEDPUBKEYNOTMATCH,
			N_("its certificate is not the one that the link expects: it has a new one, or another machine answers in its place; ask for a new link")},
		{CURLE_SSL_CACERT_BADFILE, N_("the file with its certificate cannot be read")},
		{CURLE_SSL_CONNECT_ERROR,
			N_("it does not speak TLS, so its address may begin with http://")},
		{CURLE_GOT_NOTHING,
			N_("it closed the connection without an answer; its address may begin with https://")},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(causes); i++)
		if (causes[i].code == code)
			return _(causes[i].words);
	return curl->easy_strerror(code);
}

void http_set_up(const struct curl_library *curl, CURL *easy, const char *url, const char *user,
	const char *password, const char *ca, const char *pin)
{
	curl->easy_setopt(easy, CURLOPT_URL, url);
#if LIBCURL_VERSION_NUM >= 0x075500 /* 7.85 */
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
	curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	if (ca != NULL)
		curl->easy_setopt(easy, CURLOPT_CAINFO, ca);
	if (pin != NULL)
		set_pin(curl, easy, pin);
	if (user != NULL) {
		curl->easy_setopt(easy, CURLOPT_USERNAME, user);
		curl->easy_setopt(easy, CURLOPT_PASSWORD, password);
	}
}

/* ---- a reusable connection ---- */

struct http_connection {
	CURL *easy; /* NULL until the first request */
};

struct http_connection *http_connection_create(void)
{
	return xcalloc(1, sizeof(struct http_connection));
}

void http_connection_destroy(struct http_connection *connection)
{
	const struct curl_library *curl;
	if (connection != NULL && connection->easy != NULL && curl_open(&curl, NULL))
		curl->easy_cleanup(connection->easy);
	free(connection);
}

static CURL *handle_for(const struct curl_library *curl, struct http_connection *connection)
{
	if (connection == NULL)
		return curl->easy_init();
	if (connection->easy != NULL)
		curl->easy_reset(connection->easy); /* keeps open connections */
	else
		connection->easy = curl->easy_init();
	return connection->easy;
}

/* ---- one request ---- */

static void set_request(
	const struct curl_library *curl, CURL *easy, const struct http_request *request)
{
	http_set_up(curl, easy, request->url, request->user, request->password, request->ca,
		request->pin);
	curl->easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS,
		request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_MS);
	if (request->body == NULL)
		return;
	curl->easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
	curl->easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
}

static size_t take_challenge(char *bytes, size_t size, size_t count, void *data)
{
	static const char name[] = "www-authenticate:";
	struct buf *out = data;
	cleanup_free char *line = xstrndup(bytes, size * count);
	if (strncasecmp(line, name, strlen(name)) != 0)
		return size * count;
	const char *value = line + strlen(name);
	value += strspn(value, " \t");
	buf_truncate(out, 0);
	buf_add(out, value, strcspn(value, "\r\n"));
	return size * count;
}

bool http_send(const struct http_request *request, struct http_answer *ret, struct error *err)
{
	const struct curl_library *curl;
	if (!curl_open(&curl, err))
		return false;
	CURL *easy = handle_for(curl, request->connection);
	if (easy == NULL)
		return error_set(err, 0, "libcurl cannot start a request");
	struct curl_slist *headers = http_headers(curl, request->headers);
	ret->status = 0;
	buf_truncate(&ret->body, 0);
	set_request(curl, easy, request);
	curl->easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive_answer);
	curl->easy_setopt(easy, CURLOPT_WRITEDATA, &ret->body);
	if (request->challenge != NULL) {
		buf_truncate(request->challenge, 0);
		curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_challenge);
		curl->easy_setopt(easy, CURLOPT_HEADERDATA, request->challenge);
	}
	CURLcode code = curl->easy_perform(easy);
	curl->easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &ret->status);
	if (code != CURLE_OK)
		error_set(err, 0, "%s: %s", request->url, http_explain(curl, code));
	curl->slist_free_all(headers);
	if (request->connection == NULL)
		curl->easy_cleanup(easy);
	return code == CURLE_OK;
}

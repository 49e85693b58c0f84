/* http/send.c - one request, one answer */
#include "http.h"

#include <stdlib.h>

#define TIMEOUT_MS 30000L
#define ANSWER_MOST ((size_t)16 * 1024 * 1024)

static size_t take(char *bytes, size_t size, size_t count, void *data)
{
	struct buf *out = data;
	if (out->length + size * count > ANSWER_MOST)
		return 0;
	buf_add(out, bytes, size * count);
	return size * count;
}

static struct curl_slist *list_headers(
	const struct curl_library *curl, const struct http_request *request)
{
	struct curl_slist *list = NULL;
	for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++)
		list = curl->slist_append(list, request->headers[i]);
	return curl->slist_append(list, "Expect:");
}

bool http_send(const struct http_request *request, struct http_answer *ret, struct error *err)
{
	const struct curl_library *curl;
	if (!curl_open(&curl, err))
		return false;
	CURL *easy = curl->easy_init();
	if (easy == NULL)
		return error_set(err, 0, "libcurl can't begin a request");
	struct curl_slist *headers = list_headers(curl, request);
	ret->status = 0;
	buf_truncate(&ret->body, 0);
	curl->easy_setopt(easy, CURLOPT_URL, request->url);
	curl->easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
#if LIBCURL_VERSION_NUM >= 0x075500 /* 7.85 */
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
	curl->easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS,
		request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_MS);
	curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
	curl->easy_setopt(easy, CURLOPT_WRITEDATA, &ret->body);
	if (request->user != NULL) {
		curl->easy_setopt(easy, CURLOPT_USERNAME, request->user);
		curl->easy_setopt(easy, CURLOPT_PASSWORD, request->password);
	}
	if (request->body != NULL) {
		curl->easy_setopt(
			easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
		curl->easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
	}
	CURLcode code = curl->easy_perform(easy);
	curl->easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &ret->status);
	if (code != CURLE_OK)
		error_set(err, 0, "%s: %s", request->url, curl->easy_strerror(code));
	curl->slist_free_all(headers);
	curl->easy_cleanup(easy);
	return code == CURLE_OK;
}

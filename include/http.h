/*
 * http.h - libcurl, opened when it is first needed, and plain requests by it.
 */
#ifndef HTTP_H
#define HTTP_H

#include "base.h"

#include <curl/curl.h>

/* The functions of libcurl that are used, by their own names and types. */
struct curl_library {
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_setopt) *easy_setopt;
	__typeof__(curl_easy_perform) *easy_perform;
	__typeof__(curl_easy_getinfo) *easy_getinfo;
	__typeof__(curl_easy_reset) *easy_reset;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
	__typeof__(curl_multi_init) *multi_init;
	__typeof__(curl_multi_add_handle) *multi_add_handle;
	__typeof__(curl_multi_remove_handle) *multi_remove_handle;
	__typeof__(curl_multi_perform) *multi_perform;
	__typeof__(curl_multi_info_read) *multi_info_read;
	__typeof__(curl_multi_cleanup) *multi_cleanup;
	__typeof__(curl_multi_poll) *multi_poll;
};

/* The library, opened once for the life of the process. */
bool curl_open(const struct curl_library **ret, struct error *err);

/* ---- one request ---- */

struct http_request {
	const char *method; /* "GET", "POST" … */
	const char *url;
	const char *user, *password; /* Basic; NULL: none */
	const char *const *headers;  /* "Name: value", ended by NULL; NULL */
	const char *body;            /* NULL */
	size_t body_length;
	long timeout_ms; /* of the whole; 0: 30 s */
};
struct http_answer {
	long status;
	struct buf body;
};
/* False: there was no answer (err says why). The caller finishes ret->body. */
bool http_send(const struct http_request *request, struct http_answer *ret, struct error *err);

#endif

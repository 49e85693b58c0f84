/* http/private.h - options common to plain requests and streams */
#ifndef HTTP_PRIVATE_H
#define HTTP_PRIVATE_H

#include "http.h"

/* Copies NULL-terminated texts to libcurl's list, which the caller frees. */
struct curl_slist *http_headers(const struct curl_library *curl, const char *const *headers);
/* Sets address, protocols, key, CA certificates and fingerprint, and disables signals. */
void http_set_up(const struct curl_library *curl, CURL *easy, const char *url, const char *user,
	const char *password, const char *ca, const char *pin);
/* What went wrong, in the reader's words. */
const char *http_explain(const struct curl_library *curl, CURLcode code);

#endif

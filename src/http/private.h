/* http/private.h - what plain requests and streams set alike */
#ifndef HTTP_PRIVATE_H
#define HTTP_PRIVATE_H

#include "http.h"

/* NULL-ended texts as libcurl's list, which the caller frees. */
struct curl_slist *http_headers(const struct curl_library *curl, const char *const *headers);
/* Address, protocols, key, authorities; signals are never used. */
void http_set_up(const struct curl_library *curl, CURL *easy, const char *url, const char *user,
	const char *password, const char *ca);

#endif

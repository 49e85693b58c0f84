/* http/curl.c - loads libcurl at run time: linking it would slow every start by about 6 ms */
#include "http.h"

static struct curl_library functions;
static const char *const names[] = {CURL_FUNCTIONS(LIBRARY_NAME)};
static struct library library = LIBRARY("libcurl.so.4", "libcurl", names, &functions);

static bool begin(struct error *err)
{
	return functions.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ||
	       error_set(err, 0, "cannot initialize libcurl");
}

bool curl_open(const struct curl_library **ret, struct error *err)
{
	*ret = &functions;
	return library_open(&library, begin, err);
}

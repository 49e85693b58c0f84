/* http/curl.c - loads libcurl at run time: linking it would slow every start by about 6 ms */
#include "http.h"

#include <pthread.h>

static const struct library_symbol symbols[] = {
#define SYMBOL(field)                                                                              \
	{                                                                                          \
		"curl_" #field, offsetof(struct curl_library, field)                               \
	}
	SYMBOL(global_init),
	SYMBOL(version),
	SYMBOL(easy_init),
	SYMBOL(easy_setopt),
	SYMBOL(easy_perform),
	SYMBOL(easy_getinfo),
	SYMBOL(easy_reset),
	SYMBOL(easy_cleanup),
	SYMBOL(easy_strerror),
	SYMBOL(slist_append),
	SYMBOL(slist_free_all),
	SYMBOL(multi_init),
	SYMBOL(multi_add_handle),
	SYMBOL(multi_remove_handle),
	SYMBOL(multi_perform),
	SYMBOL(multi_info_read),
	SYMBOL(multi_cleanup),
	SYMBOL(multi_poll),
#undef SYMBOL
};

/* The library is loaded once per process; this is the result. */
static struct {
	pthread_once_t once;
	struct curl_library library;
	bool loaded;
	struct error err;
} opened = {.once = PTHREAD_ONCE_INIT};

static bool load_library(struct curl_library *library, struct error *err)
{
	if (!library_load("libcurl.so.4", "libcurl", symbols, ARRAY_LENGTH(symbols), library, err))
		return false;
	if (library->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return error_set(err, 0, "cannot initialize libcurl");
	return true;
}

static void load_once(void)
{
	opened.loaded = load_library(&opened.library, &opened.err);
}

bool curl_open(const struct curl_library **ret, struct error *err)
{
	pthread_once(&opened.once, load_once);
	if (!opened.loaded)
		return error_set(err, 0, "%s", error_text(&opened.err));
	*ret = &opened.library;
	return true;
}

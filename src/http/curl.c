/* http/curl.c - opens libcurl at run time: linked, it would cost every start about 6 ms */
#include "http.h"

#include <dlfcn.h>
#include <string.h>

static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
#define SYMBOL(field)                                                                              \
	{                                                                                          \
		"curl_" #field, offsetof(struct curl_library, field)                               \
	}
	SYMBOL(global_init),
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

static bool load(struct curl_library *library, struct error *err)
{
	void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		return error_set(err, 0, "libcurl can't be opened: %s", dlerror());
	for (size_t i = 0; i < ARRAY_LENGTH(symbols); i++) {
		void *symbol = dlsym(handle, symbols[i].name);
		if (symbol == NULL)
			return error_set(err, 0, "libcurl has no %s", symbols[i].name);
		memcpy((char *)library + symbols[i].offset, &symbol, sizeof symbol);
	}
	if (library->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return error_set(err, 0, "libcurl can't be set up");
	return true;
}

bool curl_open(const struct curl_library **ret, struct error *err)
{
	/* A library is loaded once in a process; this remembers that it was. */
	static struct curl_library library;
	static bool loaded;
	if (!loaded && !load(&library, err))
		return false;
	loaded = true;
	*ret = &library;
	return true;
}

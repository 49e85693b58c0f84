/* import/library.c - loads libarchive at run time: linking it, and with it five compressors, would
 * slow every start */
#include "library.h"

#include <dlfcn.h>
#include <string.h>

#define LIBRARY "libarchive.so.13"

static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
#define SYMBOL(field)                                                                              \
	{                                                                                          \
		"archive_" #field, offsetof(struct archive_library, field)                         \
	}
	SYMBOL(read_new),
	SYMBOL(read_support_filter_gzip),
	SYMBOL(read_support_format_tar),
	SYMBOL(read_support_format_zip),
	SYMBOL(read_open_filename),
	SYMBOL(read_next_header),
	SYMBOL(read_data),
	SYMBOL(read_free),
	SYMBOL(error_string),
	SYMBOL(entry_pathname_utf8),
	SYMBOL(entry_pathname),
	SYMBOL(entry_filetype),
	SYMBOL(entry_hardlink),
#undef SYMBOL
};

bool library_open(struct archive_library *ret, struct error *err)
{
	struct archive_library library;
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		return error_set(
			err, 0, "cannot load libarchive, which unpacks archives: %s", dlerror());
	for (size_t i = 0; i < ARRAY_LENGTH(symbols); i++) {
		void *symbol = dlsym(handle, symbols[i].name);
		if (symbol == NULL)
			return error_set(err, 0, "libarchive lacks %s", symbols[i].name);
		memcpy((char *)&library + symbols[i].offset, &symbol, sizeof symbol);
	}
	*ret = library;
	return true;
}

/* import/library.c - loads libarchive at run time: linking it, and with it five compressors, would
 * slow every start */
#include "library.h"

static const struct library_symbol symbols[] = {
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
	return library_load("libarchive.so.13", "libarchive, which unpacks archives", symbols,
		ARRAY_LENGTH(symbols), ret, err);
}

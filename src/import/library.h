/* import/library.h - libarchive's functions, which are loaded with the first archive */
#ifndef IMPORT_LIBRARY_H
#define IMPORT_LIBRARY_H

#include "base.h"

#include <archive.h>
#include <archive_entry.h>

/* The functions of libarchive that ropes calls, without their prefix. */
/* clang-format off */
#define ARCHIVE_FUNCTIONS(f) \
	f(archive_, read_new) \
	f(archive_, read_support_filter_gzip) \
	f(archive_, read_support_format_tar) \
	f(archive_, read_support_format_zip) \
	f(archive_, read_open_filename) \
	f(archive_, read_next_header) \
	f(archive_, read_data) \
	f(archive_, read_free) \
	f(archive_, error_string) \
	f(archive_, entry_pathname_utf8) \
	f(archive_, entry_pathname) \
	f(archive_, entry_filetype) \
	f(archive_, entry_hardlink)
/* clang-format on */
struct archive_library {
	ARCHIVE_FUNCTIONS(LIBRARY_POINTER)
};

/* Loads the library once; it stays loaded. */
bool import_library_open(const struct archive_library **ret, struct error *err);

#endif

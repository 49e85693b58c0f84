/* import/library.h - libarchive's functions, which are loaded with the first archive */
#ifndef IMPORT_LIBRARY_H
#define IMPORT_LIBRARY_H

#include "base.h"

#include <archive.h>
#include <archive_entry.h>

/* The functions of libarchive that ropes calls, without their prefix "archive_". */
struct archive_library {
	__typeof__(archive_read_new) *read_new;
	__typeof__(archive_read_support_filter_gzip) *read_support_filter_gzip;
	__typeof__(archive_read_support_format_tar) *read_support_format_tar;
	__typeof__(archive_read_support_format_zip) *read_support_format_zip;
	__typeof__(archive_read_open_filename) *read_open_filename;
	__typeof__(archive_read_next_header) *read_next_header;
	__typeof__(archive_read_data) *read_data;
	__typeof__(archive_read_free) *read_free;
	__typeof__(archive_error_string) *error_string;
	__typeof__(archive_entry_pathname_utf8) *entry_pathname_utf8;
	__typeof__(archive_entry_pathname) *entry_pathname;
	__typeof__(archive_entry_filetype) *entry_filetype;
	__typeof__(archive_entry_hardlink) *entry_hardlink;
};

/* Loads the library; it stays loaded. */
bool library_open(struct archive_library *ret, struct error *err);

#endif

/* import/library.c - loads libarchive at run time: linking it, and with it five compressors, would
 * slow every start */
#include "library.h"

static struct archive_library functions;
static const char *const names[] = {ARCHIVE_FUNCTIONS(LIBRARY_NAME)};
static struct library library =
	LIBRARY("libarchive.so.13", "libarchive, which unpacks archives", names, &functions);

bool import_library_open(const struct archive_library **ret, struct error *err)
{
	*ret = &functions;
	return library_open(&library, NULL, err);
}

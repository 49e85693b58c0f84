/* terminals/library.c - loads wslay, which only servers with terminals need */
#include "private.h"

struct wslay_library terminals_wslay;
static const char *const names[] = {WSLAY_FUNCTIONS(LIBRARY_NAME)};
static struct library library = LIBRARY("libwslay.so.1", "wslay", names, &terminals_wslay);

bool terminals_library_open(struct error *err)
{
	return library_open(&library, NULL, err);
}

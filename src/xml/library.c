/* xml/library.c - loads libxml2 at run time: linking it, and with it ICU, would slow every start */
#include "private.h"

#if LIBXML_VERSION >= 21400
#define LIBRARY_FILE "libxml2.so.16"
#else
#define LIBRARY_FILE "libxml2.so.2"
#endif

static struct xml_library functions;
static const char *const names[] = {XML_FUNCTIONS(LIBRARY_NAME)};
static struct library library = LIBRARY(LIBRARY_FILE, "libxml2", names, &functions);

static bool begin(struct error *err)
{
	(void)err;
	functions.InitParser();
	return true;
}

bool xml_library_open(const struct xml_library **ret, struct error *err)
{
	*ret = &functions;
	return library_open(&library, begin, err);
}

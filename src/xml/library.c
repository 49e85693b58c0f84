/* xml/library.c - loads libxml2 at run time: linking it, and with it ICU, would slow every start */
#include "private.h"

#include <pthread.h>

#if LIBXML_VERSION >= 21400
#define LIBRARY "libxml2.so.16"
#else
#define LIBRARY "libxml2.so.2"
#endif

static const struct library_symbol symbols[] = {
#define SYMBOL(field)                                                                              \
	{                                                                                          \
		"xml" #field, offsetof(struct xml_library, field)                                  \
	}
	SYMBOL(InitParser),
	SYMBOL(CreatePushParserCtxt),
	SYMBOL(CtxtUseOptions),
	SYMBOL(ParseChunk),
	SYMBOL(StopParser),
	SYMBOL(FreeParserCtxt),
	SYMBOL(SAX2GetLineNumber),
#undef SYMBOL
};

static struct {
	pthread_once_t once;
	struct xml_library library;
	bool loaded;
	struct error err;
} opened = {.once = PTHREAD_ONCE_INIT};

static bool load_library(struct xml_library *library, struct error *err)
{
	if (!library_load(LIBRARY, "libxml2", symbols, ARRAY_LENGTH(symbols), library, err))
		return false;
	library->InitParser();
	return true;
}

static void load_once(void)
{
	opened.loaded = load_library(&opened.library, &opened.err);
}

bool xml_library_open(const struct xml_library **ret, struct error *err)
{
	pthread_once(&opened.once, load_once);
	if (!opened.loaded)
		return error_set(err, 0, "%s", error_text(&opened.err));
	*ret = &opened.library;
	return true;
}

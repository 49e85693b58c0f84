/* xml/library.c - loads libxml2 at run time: linking it, and with it ICU, would slow every start */
#include "private.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#if LIBXML_VERSION >= 21400
#define LIBRARY "libxml2.so.16"
#else
#define LIBRARY "libxml2.so.2"
#endif

static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
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
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		return error_set(err, 0, "cannot load libxml2: %s", dlerror());
	for (size_t i = 0; i < ARRAY_LENGTH(symbols); i++) {
		void *symbol = dlsym(handle, symbols[i].name);
		if (symbol == NULL)
			return error_set(err, 0, "libxml2 lacks %s", symbols[i].name);
		memcpy((char *)library + symbols[i].offset, &symbol, sizeof symbol);
	}
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

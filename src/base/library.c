/* base/library.c - loads shared libraries when they are needed: linking them slows every start */
#include "base.h"

#include <dlfcn.h>
#include <string.h>

bool library_load(const char *file, const char *name, const struct library_symbol *symbols,
	size_t count, void *ret, struct error *err)
{
	void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		return error_set(err, 0, "cannot load %s: %s", name, dlerror());
	for (size_t i = 0; i < count; i++) {
		void *symbol = dlsym(handle, symbols[i].name);
		if (symbol == NULL)
			return error_set(
				err, 0, "cannot load %s: it lacks %s", name, symbols[i].name);
		memcpy((char *)ret + symbols[i].offset, &symbol, sizeof symbol);
	}
	return true;
}

/* base/library.c - loads shared libraries when they are needed: linking them slows every start */
#include "base.h"

#include <dlfcn.h>
#include <string.h>

static bool load(const struct library *library, struct error *err)
{
	void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		return error_set(err, 0, "cannot load %s: %s", library->name, dlerror());
	for (size_t i = 0; i < library->count; i++) {
		void *symbol = dlsym(handle, library->names[i]);
		if (symbol == NULL)
			return error_set(err, 0, "cannot load %s: it lacks %s", library->name,
				library->names[i]);
		memcpy((char *)library->pointers + i * sizeof symbol, &symbol, sizeof symbol);
	}
	return true;
}

bool library_open(struct library *library, bool (*begin)(struct error *err), struct error *err)
{
	pthread_mutex_lock(&library->lock);
	if (!library->loaded)
		library->loaded = load(library, err) && (begin == NULL || begin(err));
	bool loaded = library->loaded;
	pthread_mutex_unlock(&library->lock);
	return loaded;
}

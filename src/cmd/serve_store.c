/* cmd/serve_store.c - the store of `ropes serve`, and what it contains */
#include "serving.h"

#include <stdlib.h>

char *serve_store_path(const struct arguments *a)
{
	const char *given = arguments_get(a, "db");
	cleanup_free char *folder = xdg_folder(XDG_DATA);
	return given != NULL ? xstrdup(given) : path_join(folder, "lrs.db");
}

void serve_store_close(struct opened *o)
{
	audit_close(o->audit);
	sessions_close(o->sessions);
	tracker_close(o->tracker);
	lrs_close(o->lrs);
	store_close(o->store);
	*o = (struct opened){0};
}

bool serve_store_open(const struct arguments *a, struct opened *ret, struct error *err)
{
	cleanup_free char *folder = xdg_folder(XDG_DATA), *path = serve_store_path(a);
	*ret = (struct opened){0};
	if (arguments_get(a, "db") == NULL && !folder_make(folder, 0700, err))
		return false;
	if (store_open(path, &ret->store, err) && lrs_open(ret->store, &ret->lrs, err) &&
		tracker_open(ret->store, &ret->tracker, err) &&
		sessions_open(ret->store, &ret->sessions, err) &&
		audit_open(ret->store, &ret->audit, err))
		return true;
	serve_store_close(ret);
	return false;
}

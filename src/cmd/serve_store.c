/* cmd/serve_store.c - the store of `ropes serve`, and what it contains */
#include "serving.h"
#include "tls.h"

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

/* ---- how learners reach it ---- */

void serve_store_certificate(const struct arguments *a, char **ret_certificate, char **ret_key)
{
	cleanup_free char *store = serve_store_path(a);
	*ret_certificate = xasprintf("%s.cert.pem", store);
	*ret_key = xasprintf("%s.key.pem", store);
}

bool serve_store_remember(
	struct opened *o, const char *url, const char *certificate, struct error *err)
{
	cleanup_free char *fingerprint = NULL;
	bool self_signed = false;
	if (certificate != NULL && !tls_fingerprint(certificate, &fingerprint, &self_signed, err))
		return false;
	return tracker_set(o->tracker, "url", url, err) &&
	       tracker_set(o->tracker, "fingerprint", self_signed ? fingerprint : "", err);
}

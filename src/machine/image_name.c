/* machine/image_name.c - names of images: as people write them, and as the registry stores them */
#include "private.h"

#include "engine.h"

#include <stdlib.h>
#include <string.h>

#define PARTS "abcdefghijklmnopqrstuvwxyz0123456789"

void image_name_finish(struct image_name *n)
{
	free(n->repository);
	free(n->tag);
	free(n->shown);
	*n = (struct image_name){0};
}

/* Accepts parts of letters, digits and separators between them, so that no part is "..", and
 * none is empty. */
static bool is_repository(const char *name)
{
	if (strlen(name) > 200)
		return false;
	for (const char *c = name; *c != '\0'; c++) {
		bool joint = strchr("._-/", *c) != NULL;
		if (!joint && strchr(PARTS, *c) == NULL)
			return false;
		if (joint && (c == name || c[1] == '\0' || strchr(PARTS "-_", c[1]) == NULL))
			return false;
	}
	return *name != '\0';
}

static bool is_tag(const char *tag)
{
	static const char all[] = PARTS "ABCDEFGHIJKLMNOPQRSTUVWXYZ_.-";
	return *tag != '\0' && *tag != '.' && *tag != '-' && strlen(tag) <= 128 &&
	       strspn(tag, all) == strlen(tag);
}

bool image_name_read(const char *reference, struct image_name *ret, struct error *err)
{
	static const char hub[] = "docker.io/", official[] = "library/";
	cleanup_free char *full = engine_reference_normalise(reference != NULL ? reference : "");
	if (!text_starts(full, hub))
		return error_set(err, 0,
			"'%s' belongs to another registry; practice images are named as on Docker Hub. `docker tag %s NAME` gives it a name without a registry",
			reference, reference);
	const char *name = full + strlen(hub), *tag = name + strcspn(name, ":");
	cleanup_free char *repository = xstrndup(name, (size_t)(tag - name));
	tag += *tag == ':';
	if (!is_repository(repository) || !is_tag(tag))
		return error_set(err, 0,
			"'%s' is not the name of an image; expected NAME or NAME:TAG, as in redis:7",
			reference != NULL ? reference : "");
	*ret = (struct image_name){.tag = xstrdup(tag),
		.shown = xstrdup(text_starts(name, official) ? name + strlen(official) : name),
		.repository = xstrdup(repository)};
	return true;
}

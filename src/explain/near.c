/* explain/near.c - suggests the intended image, or available ones, for one that does not exist */
#include "near.h"
#include "explain.h"

#include <stdlib.h>
#include <string.h>

#define TOLD_MAX 12 /* names in one sentence */

/* "docker.io/library/alpine:3" → "alpine", "3": the form that people write. */
static char *short_name(const char *reference, char **ret_tag)
{
	static const char *const hubs[] = {
		"docker.io/", "index.docker.io/", "registry-1.docker.io/", "library/"};
	for (size_t i = 0; i < ARRAY_LENGTH(hubs); i++)
		if (text_starts(reference, hubs[i]))
			reference += strlen(hubs[i]);
	size_t length = strcspn(reference, "@");
	char *name = xstrndup(reference, length);
	char *colon = strrchr(name, ':');
	bool tagged = colon != NULL && strchr(colon, '/') == NULL;
	*ret_tag = xstrdup(tagged ? colon + 1 : "latest");
	if (tagged)
		*colon = '\0';
	return name;
}

/* "docker/getting-started" is close to "getting-started", and "hello" to "hello-world". */
static size_t distance_of(const char *wanted, const char *name)
{
	const char *last = path_base(name);
	size_t whole = text_distance(wanted, name), end = text_distance(path_base(wanted), last);
	size_t min = whole < end ? whole : end;
	return min > 1 && strlen(wanted) > 2 && text_starts(last, wanted) ? 1 : min;
}

bool near_is_slip(const char *wanted, const char *name, size_t distance)
{
	size_t longer = strlen(wanted) > strlen(name) ? strlen(wanted) : strlen(name);
	return distance * 3 <= strlen(path_base(wanted)) + 1 && distance < longer;
}

/* "`a`, `b` and 3 more" */
static char *quoted_names(const struct words *names)
{
	struct buf out = {0};
	for (size_t i = 0; i < names->count && i < TOLD_MAX; i++)
		buf_printf(&out, "%s`%s`", i > 0 ? ", " : "", names->items[i]);
	if (names->count <= TOLD_MAX)
		return buf_steal(&out);
	cleanup_free char *first = buf_steal(&out);
	return xasprintf(_("%s and %zu more"), first, names->count - TOLD_MAX);
}

/* "alpine:lastest" → "alpine:latest"; NULL: no tag resembles it. */
static char *nearest_tag(const char *tag, const struct words *tagged)
{
	const char *best = NULL;
	size_t min = (size_t)-1;
	for (size_t i = 0; i < tagged->count; i++) {
		const char *own = strrchr(tagged->items[i], ':');
		size_t distance = own != NULL ? text_distance(tag, own + 1) : (size_t)-1;
		if (distance < min && strpbrk(tag, "0123456789") == NULL &&
			near_is_slip(tag, own + 1, distance)) {
			min = distance;
			best = tagged->items[i];
		}
	}
	return best != NULL ? xstrdup(best) : NULL;
}

/* The name, with the tag if the image has it. */
static char *with_tag(const char *name, const char *tag, const struct words *images)
{
	cleanup_free char *whole = xasprintf("%s:%s", name, tag);
	return xstrdup(!text_same(tag, "latest") && words_has(images, whole) ? whole : name);
}

struct near_image near_images(const char *reference, const struct words *images)
{
	cleanup_words struct words names = {0}, tagged = {0}, nearest = {0};
	cleanup_free char *tag = NULL;
	cleanup_free char *wanted = short_name(reference, &tag);
	struct near_image near = {0};
	size_t min = (size_t)-1;
	for (size_t i = 0; i < images->count; i++) {
		cleanup_free char *own_tag = NULL;
		cleanup_free char *name = short_name(images->items[i], &own_tag);
		if (text_same(name, wanted))
			words_add(&tagged, images->items[i]);
		if (words_has(&names, name))
			continue;
		words_add(&names, name);
		size_t distance = distance_of(wanted, name);
		if (!near_is_slip(wanted, name, distance) || distance > min)
			continue;
		if (distance < min)
			words_finish(&nearest);
		min = distance;
		words_add(&nearest, name);
	}
	if (tagged.count > 0) {
		cleanup_free char *list = quoted_names(&tagged);
		near.text = xasprintf(language_plural("Of `%s` there is here: %s.",
					      "Of `%s` there are here: %s.", tagged.count),
			wanted, list);
		near.intended = nearest_tag(tag, &tagged);
	} else if (nearest.count > 0) {
		cleanup_free char *list = quoted_names(&nearest);
		near.text = xasprintf(_("Did you mean %s?"), list);
		near.is_like = true;
		if (nearest.count == 1)
			near.intended = with_tag(nearest.items[0], tag, images);
	} else {
		cleanup_free char *list = names.count > 0 ? quoted_names(&names) : NULL;
		cleanup_free char *here = list != NULL ? xasprintf(_("These are here: %s."), list)
						       : xstrdup(_("No image is here."));
		near.text = xasprintf(
			_("%s `ropes images add --pull %s`, in another terminal, brings more."),
			here, wanted);
	}
	return near;
}

void near_image_finish(struct near_image *near)
{
	free(near->text);
	free(near->intended);
}

char *explain_missing_image(const char *reference, const struct words *images)
{
	cleanup_free char *tag = NULL;
	cleanup_free char *wanted = short_name(reference, &tag);
	for (size_t i = 0; i < images->count; i++) {
		cleanup_free char *own_tag = NULL;
		cleanup_free char *name = short_name(images->items[i], &own_tag);
		if (text_same(name, wanted) && text_same(own_tag, tag))
			return NULL;
	}
	struct near_image near = near_images(reference, images);
	char *sentence =
		xasprintf(_("The image `%s` cannot be pulled here. %s"), reference, near.text);
	near_image_finish(&near);
	return sentence;
}

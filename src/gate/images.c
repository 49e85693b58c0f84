/* gate/images.c - ownership of images. All users of a daemon share the names of images: the gate
 * does not read a Dockerfile, which may say `FROM web`. So the learner may use every image, and
 * an image that the learner builds, pulls, loads or tags gets a second tag, a mark:
 * `ropes-ada-web:1` next to `web:1` means that `web:1` is Ada's. An image without a name is hers
 * by its label. Answers never show marks. */
#include "images.h"

#include <stdlib.h>
#include <string.h>

/* Replaces '.' and ':' in a registry's name, because the daemon would otherwise take the first
 * part of the mark for a registry. */
char *images_mark_name(const struct gate *gate, const char *reference)
{
	struct buf mark = {0};
	size_t host = reference_names_registry(reference) ? strcspn(reference, "/") : 0;
	buf_add_text(&mark, gate->front);
	for (size_t i = 0; i < host; i++)
		buf_add_text(&mark,
			strchr(".:", reference[i]) != NULL ? "__" : (char[]){reference[i], '\0'});
	buf_add_text(&mark, reference + host);
	return buf_steal(&mark);
}

/* ---- ownership ---- */

bool images_tag_is_real(const cJSON *one)
{
	return cJSON_IsString(one) && !text_same(one->valuestring, "<none>:<none>");
}

bool images_tag_is_own(const struct gate *gate, const cJSON *tags, const char *tag)
{
	cleanup_free char *mark = images_mark_name(gate, tag);
	return json_has_text(tags, mark);
}

/* A listed image has its labels as a member of its own, an inspected one in its configuration. */
bool images_has_label(const struct gate *gate, const cJSON *image)
{
	const cJSON *labels = json_get(image, "Labels");
	if (labels == NULL)
		labels = json_get(json_get(image, "Config"), "Labels");
	return text_same(json_get_text_or(labels, GATE_IMAGE_LABEL, ""), gate->learner);
}

/* Reports whether all names of the image are the learner's. */
bool images_is_own(const struct gate *gate, const cJSON *image)
{
	const cJSON *tags = json_get(image, "RepoTags"), *one;
	bool own = images_has_label(gate, image);
	cJSON_ArrayForEach(one, tags) {
		if (!images_tag_is_real(one))
			continue;
		if (!names_is_own(gate, one->valuestring) &&
			!images_tag_is_own(gate, tags, one->valuestring))
			return false;
		own = true;
	}
	return own;
}

bool images_is_visible(const struct gate *gate, const cJSON *image)
{
	static const char *const members[] = {"RepoTags", "RepoDigests"};
	const cJSON *one;
	for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
		cJSON_ArrayForEach(one, json_get(image, members[i]))
			if (images_tag_is_real(one) && !names_has_prefix(one->valuestring) &&
				!text_starts(one->valuestring, "<none>"))
				return true;
	return images_has_label(gate, image);
}

void images_hide_marks(const struct gate *gate, cJSON *image)
{
	static const char *const members[] = {"RepoTags", "RepoDigests", "Tags"};
	(void)gate;
	for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
		cJSON *list = json_get(image, members[i]);
		for (cJSON *one = list != NULL ? list->child : NULL, *next; one != NULL;
			one = next) {
			next = one->next;
			if (cJSON_IsString(one) && names_has_prefix(one->valuestring))
				cJSON_Delete(cJSON_DetachItemViaPointer(list, one));
		}
	}
}

/* Inspects an image; NULL after a refusal. Marks do not count as names. */
cJSON *images_inspect(struct request *r, const char *name)
{
	cJSON *json = NULL;
	bool mark = names_has_prefix(reference_familiar(name));
	if (!mark && !upstream_inspect(r->gate, "images", name, "/json", &json)) {
		(void)request_refuse_unreachable(r);
		return NULL;
	}
	if (json != NULL && images_is_visible(r->gate, json))
		return json;
	cleanup_free char *full = reference_full(name, NULL);
	(void)request_refuse(r, 404, json != NULL ? "owner" : "absent", "No such image: %s", full);
	cJSON_Delete(json);
	return NULL;
}

bool gate_judge_image(struct request *r, const char *name)
{
	cJSON *json = images_inspect(r, name);
	bool good = json != NULL;
	cJSON_Delete(json);
	return good;
}

/* ---- marks ---- */

bool images_add_tag(struct gate *gate, const char *image, const char *reference)
{
	cleanup_buf struct buf path = {0};
	size_t repository = (size_t)(strrchr(reference, ':') - reference);
	int status = 0;
	cleanup_free char *name = xstrndup(reference, repository);
	buf_add_text(&path, "/images/");
	url_encode(&path, image, ":@/");
	buf_add_text(&path, "/tag?repo=");
	url_encode(&path, name, "");
	buf_add_text(&path, "&tag=");
	url_encode(&path, reference + repository + 1, "");
	return upstream_ask(gate, "POST", buf_text(&path), NULL, &status, NULL) && status < 300;
}

bool images_remove_tag(struct gate *gate, const char *reference, cJSON **ret)
{
	cleanup_buf struct buf path = {0};
	int status = 0;
	buf_add_text(&path, "/images/");
	url_encode(&path, reference, ":@/");
	return upstream_ask(gate, "DELETE", buf_text(&path), NULL, &status, ret) && status < 300;
}

/* Marks a reference as the learner's, if it exists and its tag can be part of a mark. */
void images_add_mark(struct gate *gate, const char *reference)
{
	cleanup_free char *mark = images_mark_name(gate, reference);
	if (strchr(reference, '@') == NULL && strrchr(reference, ':') != NULL)
		(void)images_add_tag(gate, reference, mark); /* else it does not exist */
}

void images_remember(struct gate *gate, const char *reference)
{
	pthread_mutex_lock(&gate->lock);
	if (!words_has(&gate->images, reference))
		words_add(&gate->images, reference);
	pthread_mutex_unlock(&gate->lock);
}

bool images_is_remembered(struct gate *gate, const char *reference)
{
	pthread_mutex_lock(&gate->lock);
	bool noted = words_has(&gate->images, reference);
	pthread_mutex_unlock(&gate->lock);
	return noted;
}

void images_claim(struct request *r, const char *full)
{
	words_add(&r->makes, full);
	images_remember(r->gate, full);
}

/* gate/image_remove.c - removes images, one and many: only the learner's names, and images that
 * have no other names */
#include "images.h"

#include <stdlib.h>
#include <string.h>

/* Lists the marks of an image, or only the mark of one tag if a tag is given. */
static void list_marks(
	const struct gate *gate, const cJSON *tags, const char *tag, struct words *ret)
{
	cleanup_free char *mark = tag != NULL ? images_mark_name(gate, tag) : NULL;
	const cJSON *one;
	cJSON_ArrayForEach(one, tags)
		if (images_tag_is_real(one) && names_is_own(gate, one->valuestring) &&
			(mark == NULL || text_same(mark, one->valuestring)))
			words_add(ret, one->valuestring);
}

static bool is_used_by_others(struct gate *gate, const char *image)
{
	cJSON *list = NULL;
	const cJSON *one;
	int status = 0;
	bool used = false;
	if (!upstream_ask(gate, "GET", "/containers/json?all=1", NULL, &status, &list))
		return true;
	cJSON_ArrayForEach(one, list)
		used = used || (text_same(json_get_text_or(one, "ImageID", ""), image) &&
				       !owner_has_label(gate, json_get(one, "Labels")));
	cJSON_Delete(list);
	return used;
}

bool gate_judge_image_remove(struct request *r)
{
	cleanup_free char *name = request_object_name(r);
	cleanup_free char *full = reference_full(name, NULL);
	cJSON *json = images_inspect(r, name);
	if (json == NULL)
		return false;
	const cJSON *tags = json_get(json, "RepoTags");
	bool by_tag = json_has_text(tags, full);
	bool own = by_tag ? images_tag_is_own(r->gate, tags, full) : images_is_own(r->gate, json);
	r->image = xstrdup(json_get_text_or(json, "Id", ""));
	list_marks(r->gate, tags, by_tag ? full : NULL, &r->marks);
	cJSON_Delete(json);
	if (!own)
		return request_refuse(r, 403, "owner",
			"image %s does not belong to you, so you cannot remove it", name);
	if (is_used_by_others(r->gate, r->image))
		target_remove(&r->target, "force"); /* force would remove it while others use it */
	images_remember(r->gate, full);
	images_remember(r->gate, r->image);
	request_set_object_name(r, by_tag ? full : r->image);
	return true;
}

bool image_remove_prepare(struct request *r)
{
	for (size_t i = 0; i < r->marks.count; i++)
		if (!images_remove_tag(r->gate, r->marks.items[i], NULL))
			return request_refuse_unreachable(r);
	return true;
}

void image_remove_settle(struct request *r, int status)
{
	for (size_t i = 0; i < r->marks.count && status >= 300; i++)
		(void)images_add_tag(r->gate, r->image, r->marks.items[i]); /* as it was before */
	for (size_t i = 0; i < r->makes.count && status < 300; i++)
		images_add_mark(r->gate, r->makes.items[i]);
}

/* ---- removing many ---- */

static void add_removed(cJSON *told, const cJSON *answer)
{
	const cJSON *one;
	cJSON_ArrayForEach(one, answer)
		if (told != NULL && !names_has_prefix(json_get_text_or(one, "Untagged", "")))
			cJSON_AddItemToArray(told, cJSON_Duplicate(one, true));
}

static bool was_deleted(const cJSON *answer)
{
	const cJSON *one;
	cJSON_ArrayForEach(one, answer)
		if (json_get(one, "Deleted") != NULL)
			return true;
	return false;
}

/* Lists the learner's names of an image, to remove them one by one: an image with several names
 * can only be removed by its id with force. Marks go last, so that a remaining image is still
 * the learner's. */
static void list_names(const struct gate *gate, const cJSON *image, struct words *ret)
{
	const cJSON *tags = json_get(image, "RepoTags"), *one;
	bool named = false;
	cJSON_ArrayForEach(one, tags) {
		named = named || images_tag_is_real(one);
		if (images_tag_is_real(one) && images_tag_is_own(gate, tags, one->valuestring))
			words_add(ret, one->valuestring);
	}
	list_marks(gate, tags, NULL, ret);
	if (!named && images_has_label(gate, image))
		words_add(ret, json_get_text_or(image, "Id", ""));
}

static void remove_image(struct gate *gate, const cJSON *image, cJSON *told, double *bytes)
{
	cleanup_words struct words names = {0};
	list_names(gate, image, &names);
	for (size_t i = 0; i < names.count; i++) {
		cJSON *answer = NULL;
		if (images_remove_tag(gate, names.items[i], &answer)) {
			add_removed(told, answer);
			if (was_deleted(answer))
				*bytes += json_get_number_or(image, "Size", 0);
		}
		cJSON_Delete(answer);
	}
}

static bool has_name(const cJSON *image)
{
	const cJSON *one;
	cJSON_ArrayForEach(one, json_get(image, "RepoTags"))
		if (images_tag_is_real(one) && !names_has_prefix(one->valuestring))
			return true;
	return false;
}

static bool is_used(const cJSON *containers, const cJSON *image)
{
	const cJSON *one;
	cJSON_ArrayForEach(one, containers)
		if (text_same(json_get_text_or(one, "ImageID", ""),
			    json_get_text_or(image, "Id", "")))
			return true;
	return false;
}

bool image_remove_all(struct gate *gate, bool unused, bool dangling, cJSON *told, double *ret_bytes)
{
	cJSON *images = NULL, *containers = NULL;
	const cJSON *one;
	int status = 0;
	bool good = upstream_ask(gate, "GET", "/images/json", NULL, &status, &images) &&
		    upstream_ask(gate, "GET", "/containers/json?all=1", NULL, &status, &containers);
	cJSON_ArrayForEach(one, images)
		if (good && !(dangling && has_name(one)) &&
			!(unused && images_is_own(gate, one) && is_used(containers, one)))
			remove_image(gate, one, told, ret_bytes);
	cJSON_Delete(images);
	cJSON_Delete(containers);
	return good;
}

static int prune_images(struct request *r, bool dangling)
{
	cJSON *told = cJSON_CreateArray(), *answer = cJSON_CreateObject();
	double bytes = 0;
	bool good = image_remove_all(r->gate, true, dangling, told, &bytes);
	bool any = told->child != NULL;
	cJSON_AddItemToObject(answer, "ImagesDeleted", any ? told : cJSON_CreateNull());
	cJSON_AddNumberToObject(answer, "SpaceReclaimed", bytes);
	if (good)
		gate_reply_json(r->client.fd, 200, answer);
	else
		(void)request_refuse_unreachable(r);
	cJSON_Delete(answer);
	if (!any)
		cJSON_Delete(told);
	return good ? 200 : 502;
}

static int prune_dangling(struct request *r)
{
	return prune_images(r, true);
}
static int prune_all(struct request *r)
{
	return prune_images(r, false);
}

/* The daemon's own prune would also remove images that belong to the daemon's owner but have a
 * learner's label. */
bool gate_judge_images_prune(struct request *r)
{
	cJSON *filters = filters_read(r);
	const cJSON *one, *dangling = json_get(filters, "dangling");
	bool good = filters != NULL;
	cJSON_ArrayForEach(one, filters)
		if (good && !text_same(one->string, "dangling"))
			good = request_refuse(r, 400, "filters",
				"filters.%s: images can be pruned only by the filter dangling",
				one->string);
	const char *value = json_get_item_text(dangling, 0);
	r->act = text_same(value, "false") || text_same(value, "0") ? prune_all : prune_dangling;
	cJSON_Delete(filters);
	return good;
}

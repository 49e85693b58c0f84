/* gate/answer.c - filters the daemon's answers down to what the learner may see: a filter for
 * each kind */
#include "private.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

void answer_show_all(struct request *r, cJSON *json)
{
	(void)r;
	(void)json;
}

/* Hide the gate's own labels from the learner. */
static void hide_labels(cJSON *object)
{
	cJSON *labels = json_get(object, "Labels");
	cJSON_DeleteItemFromObjectCaseSensitive(labels, GATE_OWNER_LABEL);
	cJSON_DeleteItemFromObjectCaseSensitive(labels, GATE_IMAGE_LABEL);
}

/* Removes the items of a list that `keeps` rejects. */
static void filter_list(struct request *r, cJSON *list,
	bool (*keeps)(struct request *r, cJSON *one, void *data), void *data)
{
	for (cJSON *one = list != NULL ? list->child : NULL, *next; one != NULL; one = next) {
		next = one->next;
		if (!keeps(r, one, data))
			cJSON_Delete(cJSON_DetachItemViaPointer(list, one));
	}
}

/* Matches a learner's name against their filter, whose patterns filters.c has read. */
static bool fits_names(const struct request *r, const char *name)
{
	cleanup_buf struct buf shown = {0};
	buf_add_text(&shown, name + (*name == '/'));
	names_hide(r->gate, &shown);
	for (size_t i = 0; i < r->names.count; i++) {
		const char *pattern = r->names.items[i];
		cleanup_free char *plain = pattern[0] == '^' && pattern[1] == '/'
						   ? xasprintf("^%s", pattern + 2)
						   : xstrdup(pattern + (*pattern == '/'));
		regex_t regex;
		if (regcomp(&regex, plain, REG_EXTENDED | REG_NOSUB) != 0)
			continue;
		bool fits = regexec(&regex, buf_text(&shown), 0, NULL, 0) == 0;
		regfree(&regex);
		if (fits)
			return true;
	}
	return r->names.count == 0;
}

/* ---- containers ---- */

static bool keeps_container(struct request *r, cJSON *one, void *data)
{
	const cJSON *name;
	bool named = r->names.count == 0;
	(void)data;
	if (!owner_has_label(r->gate, json_get(one, "Labels")))
		return false;
	cJSON_ArrayForEach(name, json_get(one, "Names"))
		named = named || (cJSON_IsString(name) && fits_names(r, name->valuestring));
	hide_labels(one);
	return named;
}

void answer_show_containers(struct request *r, cJSON *list)
{
	filter_list(r, list, keeps_container, NULL);
}

void answer_show_container(struct request *r, cJSON *container)
{
	(void)r;
	hide_labels(json_get(container, "Config"));
}

/* ---- images ---- */

void answer_show_image(struct request *r, cJSON *image)
{
	images_hide_marks(r->gate, image);
	hide_labels(image);
	hide_labels(json_get(image, "Config"));
	hide_labels(json_get(image, "ContainerConfig"));
}

static bool keeps_image(struct request *r, cJSON *one, void *data)
{
	bool visible = images_is_visible(r->gate, one);
	(void)data;
	answer_show_image(r, one);
	return visible;
}

void answer_show_images(struct request *r, cJSON *list)
{
	filter_list(r, list, keeps_image, NULL);
}

void answer_show_history(struct request *r, cJSON *lines)
{
	cJSON *one;
	cJSON_ArrayForEach(one, lines)
		images_hide_marks(r->gate, one);
}

static bool keeps_removed(struct request *r, cJSON *one, void *data)
{
	(void)r;
	(void)data;
	return !names_has_prefix(json_get_text_or(one, "Untagged", ""));
}

void answer_show_removed(struct request *r, cJSON *list)
{
	filter_list(r, list, keeps_removed, NULL);
}

/* ---- networks, and their members ---- */

static bool keeps_member(struct request *r, cJSON *one, void *data)
{
	(void)r;
	return words_has(data, one->string);
}

void answer_show_network(struct request *r, cJSON *network)
{
	cleanup_words struct words ids = {0}, ignored = {0};
	cJSON *members = json_get(network, "Containers");
	if (members != NULL && members->child != NULL)
		owner_list_containers(r->gate, &ids, &ignored);
	filter_list(r, members, keeps_member, &ids);
	hide_labels(network);
}

static bool keeps_network(struct request *r, cJSON *one, void *data)
{
	const char *name = json_get_text_or(one, "Name", "");
	bool owned = owner_has_label(r->gate, json_get(one, "Labels"));
	(void)data;
	if ((!owned && !owner_is_common_network(name)) || !fits_names(r, name))
		return false;
	answer_show_network(r, one);
	return true;
}

void answer_show_networks(struct request *r, cJSON *list)
{
	filter_list(r, list, keeps_network, NULL);
}

/* ---- volumes; anonymous ones belong to their containers' owner ---- */

void answer_show_volume(struct request *r, cJSON *volume)
{
	(void)r;
	hide_labels(volume);
}

static bool keeps_volume(struct request *r, cJSON *one, void *data)
{
	const char *name = json_get_text_or(one, "Name", "");
	bool kept = (owner_has_label(r->gate, json_get(one, "Labels")) || words_has(data, name)) &&
		    fits_names(r, name);
	hide_labels(one);
	return kept;
}

void answer_show_volumes(struct request *r, cJSON *json)
{
	cleanup_words struct words ids = {0}, used = {0};
	owner_list_containers(r->gate, &ids, &used);
	filter_list(r, json_get(json, "Volumes"), keeps_volume, &used);
}

/* ---- the daemon's own information, which counts the objects of all users ---- */

static void set_number(cJSON *object, const char *name, int number)
{
	cJSON_DeleteItemFromObjectCaseSensitive(object, name);
	cJSON_AddNumberToObject(object, name, number);
}

/* Follow the daemon's rule: a container that neither runs nor is paused is stopped. */
void answer_show_info(struct request *r, cJSON *info)
{
	static const char *const members[] = {
		"ContainersRunning", "ContainersPaused", "ContainersStopped"};
	int counts[ARRAY_LENGTH(members)] = {0}, status = 0;
	cJSON *containers = NULL, *images = NULL;
	const cJSON *one;
	if (upstream_ask(r->gate, "GET", "/containers/json?all=1", NULL, &status, &containers))
		answer_show_containers(r, containers);
	if (upstream_ask(r->gate, "GET", "/images/json", NULL, &status, &images))
		answer_show_images(r, images);
	cJSON_ArrayForEach(one, containers) {
		const char *state = json_get_text_or(one, "State", "");
		counts[text_same(state, "running") ? 0 : text_same(state, "paused") ? 1 : 2]++;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
		set_number(info, members[i], counts[i]);
	set_number(info, "Containers", cJSON_GetArraySize(containers));
	set_number(info, "Images", cJSON_GetArraySize(images));
	cJSON_Delete(containers);
	cJSON_Delete(images);
}

/* For `docker system df`; the build cache is the daemon's. */
void answer_show_sizes(struct request *r, cJSON *sizes)
{
	answer_show_containers(r, json_get(sizes, "Containers"));
	answer_show_images(r, json_get(sizes, "Images"));
	answer_show_volumes(r, sizes);
	cJSON_DeleteItemFromObjectCaseSensitive(sizes, "BuildCache");
	cJSON_AddArrayToObject(sizes, "BuildCache");
}

/* ---- answers of many lines ---- */

bool answer_show_line(struct request *r, struct buf *line)
{
	(void)r;
	(void)line;
	return true;
}

/* A container's events carry its labels; recognize a volume's or a network's by its name, or by
 * its container. */
static bool is_own_event(struct request *r, const cJSON *actor, const char *type)
{
	const cJSON *attributes = json_get(actor, "Attributes");
	const char *id = json_get_text_or(actor, "ID", ""),
		   *name = json_get_text_or(attributes, "name", "");
	const char *container = json_get_text_or(attributes, "container", "");
	if (text_same(type, "container")) {
		bool owned = owner_has_label(r->gate, attributes);
		if (owned && !words_has(&r->shown, id))
			words_add(&r->shown, id);
		return owned;
	}
	if (text_same(type, "image"))
		return !names_has_prefix(name) && !names_has_prefix(id) &&
		       (images_is_remembered(r->gate, name) || images_is_remembered(r->gate, id) ||
			       text_same(json_get_text_or(attributes, GATE_IMAGE_LABEL, ""),
				       r->gate->learner));
	return names_is_own(r->gate, id) || names_is_own(r->gate, name) ||
	       (*container != '\0' && words_has(&r->shown, container));
}

/* A double cannot represent nanoseconds, so keep their digits as they arrived. */
static void keep_digits(cJSON *event, const char *text)
{
	static const char key[] = "\"timeNano\":";
	const char *digits = NULL;
	for (const char *at = text; (at = strstr(at, key)) != NULL; at++)
		digits = at + strlen(key);
	if (digits == NULL || strspn(digits, "0123456789") == 0)
		return;
	cleanup_free char *number = xstrndup(digits, strspn(digits, "0123456789"));
	cJSON_ReplaceItemInObjectCaseSensitive(event, "timeNano", cJSON_CreateRaw(number));
}

bool answer_show_event(struct request *r, struct buf *line)
{
	cJSON *event = json_parse(line);
	cJSON *actor = json_get(event, "Actor");
	cJSON *attributes = json_get(actor, "Attributes");
	bool shown = is_own_event(r, actor, json_get_text_or(event, "Type", ""));
	cJSON_DeleteItemFromObjectCaseSensitive(attributes, GATE_OWNER_LABEL);
	cJSON_DeleteItemFromObjectCaseSensitive(attributes, GATE_IMAGE_LABEL);
	keep_digits(event, buf_text(line));
	cleanup_free char *text = shown ? json_print(event) : NULL;
	cJSON_Delete(event);
	buf_truncate(line, 0);
	if (shown)
		buf_printf(line, "%s\n", text);
	return shown;
}

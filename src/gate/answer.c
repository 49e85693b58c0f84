/* gate/answer.c - what of the daemon's answer is for the owner's eyes, in class */
#include "private.h"

#include <fnmatch.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

/* ---- single objects, as their owner sees them ---- */

/* The gate's own labels are no business of the learner's. */
static void hide_labels(cJSON *object)
{
	cJSON *labels = cJSON_GetObjectItemCaseSensitive(object, "Labels");
	cJSON_DeleteItemFromObjectCaseSensitive(labels, GATE_OWNER_LABEL);
	cJSON_DeleteItemFromObjectCaseSensitive(labels, GATE_IMAGE_LABEL);
}

/* A container is made from an id; shown is what its owner called it. */
static void show_image(cJSON *object, const char *member, const cJSON *labels)
{
	const char *image = json_text(labels, GATE_IMAGE_LABEL);
	cJSON *shown = cJSON_GetObjectItemCaseSensitive(object, member);
	if (*image != '\0' && cJSON_IsString(shown))
		cJSON_SetValuestring(shown, image);
}

static void drop_others(struct request *r, cJSON *object, const char *member)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(object, member);
	for (cJSON *one = list != NULL ? list->child : NULL, *next; one != NULL; one = next) {
		next = one->next;
		if (cJSON_IsString(one) && name_is_others(r->gate, one->valuestring))
			cJSON_Delete(cJSON_DetachItemViaPointer(list, one));
	}
}

static void show_tags(struct request *r, cJSON *image)
{
	drop_others(r, image, "RepoTags");
	drop_others(r, image, "RepoDigests");
	drop_others(r, image, "Tags"); /* of a line of its history */
	hide_labels(image);
	hide_labels(cJSON_GetObjectItemCaseSensitive(image, "Config"));
	hide_labels(cJSON_GetObjectItemCaseSensitive(image, "ContainerConfig"));
}

/* The daemon tells these once more for its own bridge only. */
static void show_address(struct request *r, cJSON *settings)
{
	static const char *const members[] = {"IPAddress", "IPPrefixLen", "Gateway", "MacAddress"};
	cleanup_free char *bridge = name_for_daemon(r->gate, "bridge");
	const cJSON *endpoint = json_at(json_at(settings, "Networks"), bridge);
	for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
		if (json_at(endpoint, members[i]) != NULL)
			cJSON_ReplaceItemInObjectCaseSensitive(settings, members[i],
				cJSON_Duplicate(json_at(endpoint, members[i]), true));
}

static void show_container(struct request *r, cJSON *one)
{
	cJSON *config = cJSON_GetObjectItemCaseSensitive(one, "Config");
	show_image(config, "Image", json_at(config, "Labels"));
	hide_labels(config);
	show_address(r, cJSON_GetObjectItemCaseSensitive(one, "NetworkSettings"));
}

static void show_labelled(struct request *r, cJSON *one)
{
	(void)r;
	hide_labels(one);
}

static void show_volume(struct request *r, cJSON *one)
{
	(void)r;
	hide_labels(one);
	cJSON_DeleteItemFromObjectCaseSensitive(one, "Mountpoint");
	cJSON_AddStringToObject(one, "Mountpoint", "");
}

static void show_history(struct request *r, cJSON *lines)
{
	cJSON *one;
	cJSON_ArrayForEach(one, lines)
		drop_others(r, one, "Tags");
}

/* ---- lists ---- */

/* A name as the learner knows it against what they filter by. */
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

static bool keeps_container(struct request *r, cJSON *one)
{
	const cJSON *labels = json_at(one, "Labels"), *name;
	bool named = r->names.count == 0;
	if (!is_owned(r->gate, labels))
		return false;
	cJSON_ArrayForEach(name, json_at(one, "Names"))
		named = named || (cJSON_IsString(name) && fits_names(r, name->valuestring));
	show_image(one, "Image", labels);
	hide_labels(one);
	return named;
}

/* "web:1", "web@sha256:…" as the learner knows them against what they filter by. */
static bool fits_references(const struct request *r, const char *reference)
{
	cleanup_buf struct buf shown = {0};
	buf_add_text(&shown, reference);
	names_hide(r->gate, &shown);
	const char *whole = buf_text(&shown), *at = strchr(whole, '@'),
		   *colon = strrchr(whole, ':');
	const char *end = at != NULL ? at : colon != NULL ? colon : whole + strlen(whole);
	cleanup_free char *bare = xstrndup(whole, (size_t)(end - whole));
	for (size_t i = 0; i < r->references.count; i++) {
		const char *pattern = reference_familiar(r->references.items[i]);
		if (fnmatch(pattern, whole, FNM_PATHNAME) == 0 ||
			fnmatch(pattern, bare, FNM_PATHNAME) == 0)
			return true;
	}
	return r->references.count == 0;
}

static void drop_unfitting(struct request *r, cJSON *image, const char *member)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(image, member);
	for (cJSON *one = list != NULL ? list->child : NULL, *next; one != NULL; one = next) {
		next = one->next;
		if (!cJSON_IsString(one) || !fits_references(r, one->valuestring))
			cJSON_Delete(cJSON_DetachItemViaPointer(list, one));
	}
}

/* As the daemon does, only the names that were asked for are listed. */
static bool keeps_image(struct request *r, cJSON *one)
{
	if (!is_visible_image(r->gate, json_text(one, "Id"), json_at(one, "Labels"),
		    json_at(one, "RepoTags")))
		return false;
	show_tags(r, one);
	if (r->references.count == 0)
		return true;
	drop_unfitting(r, one, "RepoTags");
	drop_unfitting(r, one, "RepoDigests");
	return cJSON_GetArraySize(json_at(one, "RepoTags")) > 0 ||
	       cJSON_GetArraySize(json_at(one, "RepoDigests")) > 0;
}

static bool keeps_network(struct request *r, cJSON *one)
{
	const char *name = json_text(one, "Name");
	bool kept = (is_owned(r->gate, json_at(one, "Labels")) || text_same(name, "none")) &&
		    fits_names(r, name);
	hide_labels(one);
	return kept;
}

static bool keeps_volume(struct request *r, cJSON *one)
{
	bool kept =
		is_owned(r->gate, json_at(one, "Labels")) && fits_names(r, json_text(one, "Name"));
	show_volume(r, one);
	return kept;
}

typedef bool keeps_function(struct request *r, cJSON *one);

static void filter_list(struct request *r, cJSON *list, keeps_function *keeps)
{
	for (cJSON *one = list != NULL ? list->child : NULL, *next; one != NULL; one = next) {
		next = one->next;
		if (!keeps(r, one))
			cJSON_Delete(cJSON_DetachItemViaPointer(list, one));
	}
}

static void filter_containers(struct request *r, cJSON *json)
{
	filter_list(r, json, keeps_container);
}
static void filter_images(struct request *r, cJSON *json)
{
	filter_list(r, json, keeps_image);
}
static void filter_networks(struct request *r, cJSON *json)
{
	filter_list(r, json, keeps_network);
}
static void filter_volumes(struct request *r, cJSON *json)
{
	filter_list(r, cJSON_GetObjectItemCaseSensitive(json, "Volumes"), keeps_volume);
}

/* ---- what the daemon says of itself ---- */

/* The daemon's own rule: what neither runs nor is paused is stopped. */
static void count_own(struct request *r, cJSON *info)
{
	static const char *const members[] = {
		"ContainersRunning", "ContainersPaused", "ContainersStopped"};
	int counts[ARRAY_LENGTH(members)] = {0}, status = 0;
	cJSON *containers = NULL, *images = NULL;
	const cJSON *one;
	if (upstream_ask(r->gate, "GET", "/containers/json?all=1", NULL, &status, &containers))
		filter_containers(r, containers);
	if (upstream_ask(r->gate, "GET", "/images/json", NULL, &status, &images))
		filter_images(r, images);
	cJSON_ArrayForEach(one, containers) {
		const char *state = json_text(one, "State");
		counts[text_same(state, "running") ? 0 : text_same(state, "paused") ? 1 : 2]++;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
		cJSON_DeleteItemFromObjectCaseSensitive(info, members[i]);
		cJSON_AddNumberToObject(info, members[i], counts[i]);
	}
	cJSON_AddNumberToObject(info, "Containers", cJSON_GetArraySize(containers));
	cJSON_AddNumberToObject(info, "Images", cJSON_GetArraySize(images));
	cJSON_Delete(containers);
	cJSON_Delete(images);
}

/* Names of the host, its folders, registries and how much others run. */
static void redact_info(struct request *r, cJSON *info)
{
	static const char *const texts[] = {
		"DockerRootDir", "Name", "ID", "HttpProxy", "HttpsProxy", "NoProxy", "InitBinary"};
	static const char *const objects[] = {"RegistryConfig", "Swarm", "Plugins", "Labels",
		"GenericResources", "DriverStatus", "Containers", "Images"};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		if (json_at(info, texts[i]) != NULL) {
			cJSON_DeleteItemFromObjectCaseSensitive(info, texts[i]);
			cJSON_AddStringToObject(info, texts[i], "");
		}
	for (size_t i = 0; i < ARRAY_LENGTH(objects); i++)
		cJSON_DeleteItemFromObjectCaseSensitive(info, objects[i]);
	count_own(r, info);
}

void answer_filter(struct request *r, cJSON *json)
{
	static const struct {
		const char *path;
		void (*filter)(struct request *, cJSON *);
	} filters[] = {
		{"containers/json", filter_containers},
		{"containers/{container}/json", show_container},
		{"images/json", filter_images},
		{"images/{image}/json", show_tags},
		{"images/{image}/history", show_history},
		{"networks", filter_networks},
		{"networks/{network}", show_labelled},
		{"volumes", filter_volumes},
		{"volumes/create", show_volume},
		{"volumes/{volume}", show_volume},
		{"info", redact_info},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(filters); i++)
		if (text_same(filters[i].path, r->route->path) && is_class(r))
			filters[i].filter(r, json);
}

/* ---- answers of many lines ---- */

/* Containers' events carry the labels; those of images, volumes and networks are known by their
 * names. */
static bool show_event(struct request *r, cJSON *event)
{
	cJSON *actor = cJSON_GetObjectItemCaseSensitive(event, "Actor");
	cJSON *attributes = cJSON_GetObjectItemCaseSensitive(actor, "Attributes");
	if (!text_same(json_text(event, "Type"), "container"))
		return name_is_own(r->gate, json_text(actor, "ID")) ||
		       name_is_own(r->gate, json_text(attributes, "name"));
	if (!is_owned(r->gate, attributes))
		return false;
	show_image(event, "from", attributes);
	show_image(attributes, "image", attributes);
	cJSON_DeleteItemFromObjectCaseSensitive(attributes, GATE_OWNER_LABEL);
	cJSON_DeleteItemFromObjectCaseSensitive(attributes, GATE_IMAGE_LABEL);
	return true;
}

/* Nanoseconds are more than a double can hold: their digits are kept as they came. */
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

bool answer_line(struct request *r, struct buf *line)
{
	if (text_same(r->route->path, "events")) {
		cJSON *event = cJSON_ParseWithLength(buf_text(line), line->length);
		bool seen = event != NULL && show_event(r, event);
		keep_digits(event, buf_text(line));
		cleanup_free char *text = seen ? cJSON_PrintUnformatted(event) : NULL;
		cJSON_Delete(event);
		if (!seen)
			return false;
		buf_truncate(line, 0);
		buf_printf(line, "%s\n", text);
	}
	names_hide(r->gate, line);
	return true;
}

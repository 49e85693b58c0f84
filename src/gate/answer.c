/* gate/answer.c - what of the daemon's answer is for the owner's eyes */
#include "private.h"

#include <stdlib.h>
#include <string.h>

static bool keeps_container(struct gate *gate, cJSON *one)
{
	return is_owned(gate, json_at(one, "Labels"));
}

static bool keeps_image(struct gate *gate, cJSON *one)
{
	return is_visible_image(
		gate, json_text(one, "Id"), json_at(one, "Labels"), json_at(one, "RepoTags"));
}

/* The default bridge is everybody's, and who is on it is not. */
static void hide_neighbours(struct gate *gate, cJSON *network)
{
	if (is_owned(gate, json_at(network, "Labels")))
		return;
	cJSON_DeleteItemFromObjectCaseSensitive(network, "Containers");
	cJSON_AddObjectToObject(network, "Containers");
}

static bool keeps_network(struct gate *gate, cJSON *one)
{
	const char *name = json_text(one, "Name");
	hide_neighbours(gate, one);
	return is_owned(gate, json_at(one, "Labels")) || text_same(name, "bridge") ||
	       text_same(name, "none");
}

static bool keeps_volume(struct gate *gate, cJSON *one)
{
	cJSON_DeleteItemFromObjectCaseSensitive(one, "Mountpoint");
	cJSON_AddStringToObject(one, "Mountpoint", "");
	return is_owned(gate, json_at(one, "Labels"));
}

static void filter_list(struct gate *gate, cJSON *list, bool (*keeps)(struct gate *, cJSON *))
{
	for (cJSON *one = list != NULL ? list->child : NULL, *next; one != NULL; one = next) {
		next = one->next;
		if (!keeps(gate, one))
			cJSON_Delete(cJSON_DetachItemViaPointer(list, one));
	}
}

/* Names of the host, its folders, registries and how much others run. */
static void redact_info(cJSON *info)
{
	static const char *const texts[] = {
		"DockerRootDir", "Name", "ID", "HttpProxy", "HttpsProxy", "NoProxy", "InitBinary"};
	static const char *const objects[] = {
		"RegistryConfig", "Swarm", "Plugins", "Labels", "GenericResources", "DriverStatus"};
	static const char *const counts[] = {"Containers", "ContainersRunning", "ContainersPaused",
		"ContainersStopped", "Images"};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		if (cJSON_GetObjectItemCaseSensitive(info, texts[i]) != NULL) {
			cJSON_DeleteItemFromObjectCaseSensitive(info, texts[i]);
			cJSON_AddStringToObject(info, texts[i], "");
		}
	for (size_t i = 0; i < ARRAY_LENGTH(objects); i++)
		cJSON_DeleteItemFromObjectCaseSensitive(info, objects[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(counts); i++) {
		cJSON_DeleteItemFromObjectCaseSensitive(info, counts[i]);
		cJSON_AddNumberToObject(info, counts[i], 0);
	}
}

void answer_filter(struct request *r, cJSON *json)
{
	const char *path = r->route->path;
	if (!is_class(r))
		return;
	if (text_same(path, "containers/json"))
		filter_list(r->gate, json, keeps_container);
	else if (text_same(path, "images/json"))
		filter_list(r->gate, json, keeps_image);
	else if (text_same(path, "networks"))
		filter_list(r->gate, json, keeps_network);
	else if (text_same(path, "networks/{network}"))
		hide_neighbours(r->gate, json);
	else if (text_same(path, "volumes"))
		filter_list(
			r->gate, cJSON_GetObjectItemCaseSensitive(json, "Volumes"), keeps_volume);
	else if (text_same(path, "info"))
		redact_info(json);
}

/* Containers' events carry the labels; of the rest nobody can tell whose they are. */
bool answer_event(struct request *r, const char *line, size_t length)
{
	if (!is_class(r))
		return true;
	cJSON *json = cJSON_ParseWithLength(line, length);
	const cJSON *attributes = json_at(json_at(json, "Actor"), "Attributes");
	bool seen =
		text_same(json_text(json, "Type"), "container") && is_owned(r->gate, attributes);
	cJSON_Delete(json);
	return seen;
}

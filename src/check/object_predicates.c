/* check/object_predicates.c - predicates about images, networks and volumes */
#include "predicates.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- images ---- */

static bool get_object(CONTEXT, const char *folder, const char *tail, cJSON **ret)
{
	UNUSED(s);
	/* Keep the slashes of an image's name in the path, as docker's client does. */
	cleanup_free char *part = url_encode_text(name, text_same(folder, "images") ? "/:@" : "");
	cleanup_free char *path = xasprintf("/%s/%s%s", folder, part, tail);
	if (!engine_get(context->engine, path, ret, err))
		return false;
	if (*ret == NULL)
		buf_printf(
			&look->seen, "there is no %.*s %s", (int)strlen(folder) - 1, folder, name);
	look->missing = *ret == NULL;
	return *ret != NULL;
}

static bool image_exists(CONTEXT)
{
	cJSON *json = NULL;
	bool passed = get_object(context, s, name, look, err, "images", "/json", &json);
	cJSON_Delete(json);
	return passed;
}

static bool image_gone(CONTEXT)
{
	cJSON *json = NULL;
	bool there = get_object(context, s, name, look, err, "images", "/json", &json);
	cJSON_Delete(json);
	buf_truncate(&look->seen, 0);
	return err->message == NULL && predicates_check_gone(context, s, name, look, err, there);
}

static bool image_config(CONTEXT, bool (*fits)(const cJSON *config, const struct statement *s))
{
	cJSON *json = NULL;
	if (!get_object(context, s, name, look, err, "images", "/json", &json))
		return false;
	bool passed = fits(json_get(json, "Config"), s);
	cJSON_Delete(json);
	return passed;
}

static bool config_cmd(const cJSON *config, const struct statement *s)
{
	cleanup_buf struct buf command = {0};
	const cJSON *word;
	cJSON_ArrayForEach(word, json_get(config, "Cmd"))
		buf_printf(&command, "%s%s", command.length > 0 ? " " : "",
			cJSON_GetStringValue(word));
	return text_same(buf_text(&command), s->b);
}

static bool config_env(const cJSON *config, const struct statement *s)
{
	return json_has_text(json_get(config, "Env"), s->b);
}

static bool config_label(const cJSON *config, const struct statement *s)
{
	return predicates_has_label(config, s->b);
}

static bool config_port(const cJSON *config, const struct statement *s)
{
	cleanup_free char *port = xasprintf("%s%s", s->a, strchr(s->a, '/') != NULL ? "" : "/tcp");
	return json_get(json_get(config, "ExposedPorts"), port) != NULL;
}

static bool image_cmd(CONTEXT)
{
	return image_config(context, s, name, look, err, config_cmd);
}

static bool image_env(CONTEXT)
{
	return image_config(context, s, name, look, err, config_env);
}

static bool image_label(CONTEXT)
{
	return image_config(context, s, name, look, err, config_label);
}

static bool image_port(CONTEXT)
{
	return image_config(context, s, name, look, err, config_port);
}

static bool image_layers(CONTEXT)
{
	cJSON *json = NULL;
	if (!get_object(context, s, name, look, err, "images", "/json", &json))
		return false;
	int layers = cJSON_GetArraySize(json_get(json_get(json, "RootFS"), "Layers"));
	buf_printf(&look->seen, "%d layers", layers);
	cJSON_Delete(json);
	return layers == s->number;
}

/* Returns whether its layers begin with all layers of the other image. */
static bool image_built_from(CONTEXT)
{
	cJSON *json = NULL, *base = NULL;
	if (!get_object(context, s, name, look, err, "images", "/json", &json))
		return false;
	bool passed = get_object(context, s, s->a, look, err, "images", "/json", &base);
	const cJSON *layers = json_get(json_get(json, "RootFS"), "Layers"),
		    *below = json_get(json_get(base, "RootFS"), "Layers");
	for (int i = 0; passed && i < cJSON_GetArraySize(below); i++)
		passed = text_same(json_get_item_text(layers, i), json_get_item_text(below, i));
	cJSON_Delete(json);
	cJSON_Delete(base);
	return passed;
}

/* ---- networks, volumes ---- */

static bool network_exists(CONTEXT)
{
	cJSON *json = NULL;
	bool passed = get_object(context, s, name, look, err, "networks", "", &json);
	cJSON_Delete(json);
	return passed;
}

static bool volume_exists(CONTEXT)
{
	cJSON *json = NULL;
	bool passed = get_object(context, s, name, look, err, "volumes", "", &json);
	cJSON_Delete(json);
	return passed;
}

static bool network_gone(CONTEXT)
{
	bool there = network_exists(context, s, name, look, err);
	buf_truncate(&look->seen, 0);
	return err->message == NULL && predicates_check_gone(context, s, name, look, err, there);
}

static bool volume_gone(CONTEXT)
{
	bool there = volume_exists(context, s, name, look, err);
	buf_truncate(&look->seen, 0);
	return err->message == NULL && predicates_check_gone(context, s, name, look, err, there);
}

/* List longer forms before their prefixes. */
static const struct predicate predicates[] = {
	{ABOUT_IMAGE, "exists", image_exists},
	{ABOUT_IMAGE, "is gone", image_gone},
	{ABOUT_IMAGE, "gone", image_gone},
	{ABOUT_IMAGE, "has cmd $", image_cmd},
	{ABOUT_IMAGE, "has env $", image_env},
	{ABOUT_IMAGE, "has label $", image_label},
	{ABOUT_IMAGE, "has exposed port @a", image_port},
	{ABOUT_IMAGE, "has # layers", image_layers},
	{ABOUT_IMAGE, "built from @a", image_built_from},
	{ABOUT_NETWORK, "exists", network_exists},
	{ABOUT_NETWORK, "is gone", network_gone},
	{ABOUT_NETWORK, "gone", network_gone},
	{ABOUT_VOLUME, "exists", volume_exists},
	{ABOUT_VOLUME, "is gone", volume_gone},
	{ABOUT_VOLUME, "gone", volume_gone},
};
const struct predicate_table object_predicates = {predicates, ARRAY_LENGTH(predicates)};

/* check/object_predicates.c - predicates about images, networks and volumes */
#include "predicates.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- images ---- */

static bool get_object(struct look *look, const char *name, struct error *err, const char *folder,
	const char *tail, cJSON **ret)
{
	/* Keep the slashes of an image's name in the path, as docker's client does. */
	cleanup_free char *part = url_encode_text(name, text_same(folder, "images") ? "/:@" : "");
	cleanup_free char *path = xasprintf("/%s/%s%s", folder, part, tail);
	if (!engine_get(look->context->engine, path, ret, err))
		return false;
	if (*ret == NULL)
		buf_printf(&look->seen,
			text_same(folder, "images")     ? _("there is no image %s")
			: text_same(folder, "networks") ? _("there is no network %s")
							: _("there is no volume %s"),
			name);
	look->missing = *ret == NULL;
	return *ret != NULL;
}

static bool image_exists(struct look *look, struct error *err)
{
	cJSON *json = NULL;
	bool passed = get_object(look, look->name, err, "images", "/json", &json);
	cJSON_Delete(json);
	return passed;
}

static bool image_gone(struct look *look, struct error *err)
{
	bool there = image_exists(look, err);
	buf_truncate(&look->seen, 0);
	return err->message == NULL && predicates_check_gone(look, there);
}

static bool image_config(struct look *look, struct error *err,
	bool (*fits)(const cJSON *config, const struct statement *s))
{
	cJSON *json = NULL;
	if (!get_object(look, look->name, err, "images", "/json", &json))
		return false;
	bool passed = fits(json_get(json, "Config"), look->statement);
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

static bool image_cmd(struct look *look, struct error *err)
{
	return image_config(look, err, config_cmd);
}

static bool image_env(struct look *look, struct error *err)
{
	return image_config(look, err, config_env);
}

static bool image_label(struct look *look, struct error *err)
{
	return image_config(look, err, config_label);
}

static bool image_port(struct look *look, struct error *err)
{
	return image_config(look, err, config_port);
}

static bool image_layers(struct look *look, struct error *err)
{
	cJSON *json = NULL;
	if (!get_object(look, look->name, err, "images", "/json", &json))
		return false;
	int layers = cJSON_GetArraySize(json_get(json_get(json, "RootFS"), "Layers"));
	buf_printf(&look->seen, _("%d layers"), layers);
	cJSON_Delete(json);
	return layers == look->statement->number;
}

/* Returns whether its layers begin with all layers of the other image. */
static bool image_built_from(struct look *look, struct error *err)
{
	cJSON *json = NULL, *base = NULL;
	if (!get_object(look, look->name, err, "images", "/json", &json))
		return false;
	bool passed = get_object(look, look->statement->a, err, "images", "/json", &base);
	const cJSON *layers = json_get(json_get(json, "RootFS"), "Layers"),
		    *below = json_get(json_get(base, "RootFS"), "Layers");
	for (int i = 0; passed && i < cJSON_GetArraySize(below); i++)
		passed = text_same(json_get_item_text(layers, i), json_get_item_text(below, i));
	cJSON_Delete(json);
	cJSON_Delete(base);
	return passed;
}

/* ---- networks, volumes ---- */

static bool network_exists(struct look *look, struct error *err)
{
	cJSON *json = NULL;
	bool passed = get_object(look, look->name, err, "networks", "", &json);
	cJSON_Delete(json);
	return passed;
}

static bool volume_exists(struct look *look, struct error *err)
{
	cJSON *json = NULL;
	bool passed = get_object(look, look->name, err, "volumes", "", &json);
	cJSON_Delete(json);
	return passed;
}

static bool network_gone(struct look *look, struct error *err)
{
	bool there = network_exists(look, err);
	buf_truncate(&look->seen, 0);
	return err->message == NULL && predicates_check_gone(look, there);
}

static bool volume_gone(struct look *look, struct error *err)
{
	bool there = volume_exists(look, err);
	buf_truncate(&look->seen, 0);
	return err->message == NULL && predicates_check_gone(look, there);
}

/* List longer forms before their prefixes. */
static const struct predicate predicates[] = {
	{ABOUT_IMAGE, "exists", N_("{subject} exists"), image_exists, false},
	{ABOUT_IMAGE, "is gone", N_("{subject} is gone"), image_gone, false},
	{ABOUT_IMAGE, "gone", N_("{subject} is gone"), image_gone, false},
	{ABOUT_IMAGE, "has cmd $", N_("{subject} has the command {b}"), image_cmd, false},
	{ABOUT_IMAGE, "has env $", N_("{subject} has the variable {b}"), image_env, false},
	{ABOUT_IMAGE, "has label $", N_("{subject} has the label {b}"), image_label, false},
	{ABOUT_IMAGE, "has exposed port @a", N_("{subject} exposes port {a}"), image_port, false},
	{ABOUT_IMAGE, "has # layers", N_("{subject} has {number} layers"), image_layers, false},
	{ABOUT_IMAGE, "built from @a", N_("{subject} is built from {a}"), image_built_from, false},
	{ABOUT_NETWORK, "exists", N_("{subject} exists"), network_exists, false},
	{ABOUT_NETWORK, "is gone", N_("{subject} is gone"), network_gone, false},
	{ABOUT_NETWORK, "gone", N_("{subject} is gone"), network_gone, false},
	{ABOUT_VOLUME, "exists", N_("{subject} exists"), volume_exists, false},
	{ABOUT_VOLUME, "is gone", N_("{subject} is gone"), volume_gone, false},
	{ABOUT_VOLUME, "gone", N_("{subject} is gone"), volume_gone, false},
};
const struct predicate_table object_predicates = {predicates, ARRAY_LENGTH(predicates)};

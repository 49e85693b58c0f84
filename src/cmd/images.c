/* cmd/images.c - ropes images: the images that every practice machine can pull */
#include "cmd.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- list ---- */

static const char *image_kind(const struct machine_image *image)
{
	return image->source != NULL ? _("added") : _("stand-in");
}

static void print_images_json(const struct machine_image_list *list)
{
	cJSON *json = cJSON_CreateArray();
	for (size_t i = 0; i < list->count; i++) {
		const struct machine_image *image = &list->items[i];
		cJSON *one = cJSON_CreateObject();
		cJSON_AddStringToObject(one, "name", image->name);
		cJSON_AddStringToObject(one, "kind", image_kind(image));
		if (image->source != NULL)
			cJSON_AddStringToObject(one, "source", image->source);
		cJSON_AddNumberToObject(one, "size", (double)image->size);
		cJSON_AddItemToArray(json, one);
	}
	cleanup_free char *text = cJSON_Print(json);
	puts(text != NULL ? text : "[]");
	cJSON_Delete(json);
}

static void print_images_table(const struct machine_image_list *list)
{
	size_t width = 0;
	for (size_t i = 0; i < list->count; i++)
		if (strlen(list->items[i].name) > width)
			width = strlen(list->items[i].name);
	for (size_t i = 0; i < list->count; i++) {
		const struct machine_image *image = &list->items[i];
		cleanup_buf struct buf size = {0};
		if (image->size > 0)
			text_size(&size, image->size);
		printf("%-*s  %8s  %s%s%s\n", (int)width, image->name,
			image->size > 0 ? buf_text(&size) : "-", image_kind(image),
			image->source != NULL ? _(" from ") : "",
			image->source != NULL ? image->source : "");
	}
}

static bool list_images(const struct arguments *a, struct error *err)
{
	struct machine_image_list all;
	(void)err; /* listing cannot fail */
	machine_image_list(&all);
	if (arguments_get(a, "json") != NULL)
		print_images_json(&all);
	else
		print_images_table(&all);
	machine_image_list_finish(&all);
	return true;
}

/* ---- add and remove ---- */

/* "redis.tar", "./redis" and the name of an existing file; anything else is an image name. */
static bool is_file(const char *word)
{
	static const char *const endings[] = {".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst"};
	for (size_t i = 0; i < ARRAY_LENGTH(endings); i++)
		if (text_ends(word, endings[i]))
			return true;
	return *word == '/' || text_starts(word, "./") || text_starts(word, "../") ||
	       file_exists(word);
}

static void print_image_progress(void *data, const char *what)
{
	(void)data;
	fprintf(stderr, "%s\n", what);
}

static bool add_images(const struct arguments *a, struct error *err)
{
	const char *registry = arguments_get(a, "registry");
	bool good = true, pulls = arguments_get(a, "pull") != NULL || registry != NULL;
	if (registry != NULL && !text_starts(registry, "https://") &&
		!text_starts(registry, "http://"))
		return error_set_kind(err, ERROR_USAGE,
			"--registry: expected an address like https://mirror.example.org, got '%s'",
			registry);
	for (size_t i = 1; good && i < a->operand_count; i++) {
		const char *word = a->operands[i];
		cleanup_words struct words added = {0};
		if (pulls)
			good = machine_image_pull(
				word, registry, print_image_progress, NULL, &added, err);
		else if (is_file(word))
			good = machine_image_add(word, path_base(word), &added, err);
		else
			good = machine_image_save(word, &added, err);
		for (size_t n = 0; n < added.count; n++)
			printf(_("added %s\n"), added.items[n]);
	}
	return good;
}

static bool take_away(const struct arguments *a, struct error *err)
{
	for (size_t i = 1; i < a->operand_count; i++) {
		if (!machine_image_remove(a->operands[i], err))
			return false;
		printf(_("removed %s\n"), a->operands[i]);
	}
	return true;
}

static const struct {
	const char *word;
	bool takes_names;
	bool (*run)(const struct arguments *a, struct error *err);
} actions[] = {
	{"list", false, list_images},
	{"add", true, add_images},
	{"remove", true, take_away},
};

static bool run_images(const struct arguments *a, struct error *err)
{
	const char *word = a->operand_count > 0 ? a->operands[0] : "list";
	for (size_t i = 0; i < ARRAY_LENGTH(actions); i++) {
		if (!text_same(actions[i].word, word))
			continue;
		if (actions[i].takes_names && a->operand_count < 2)
			return error_set_kind(err, ERROR_USAGE,
				"`ropes images %s` needs the name of an image, as in redis:7%s",
				word,
				text_same(word, "add") ? _(", or a file made by `docker save`")
						       : "");
		if (!actions[i].takes_names && a->operand_count > 1)
			return error_set_kind(err, ERROR_USAGE,
				"unexpected argument '%s': `ropes images list` takes none",
				a->operands[1]);
		return actions[i].run(a, err);
	}
	return error_set_kind(
		err, ERROR_USAGE, "unknown subcommand '%s'; expected list, add or remove", word);
}

const struct command cmd_images = {
	.name = "images",
	.operands = "list|add|remove [NAME[:TAG]|FILE]…",
	.summary = N_("manage the images that every practice machine can pull"),
	.details = N_(
		"list    prints names, sizes to pull, and kinds: stand-ins built here, or added images\n"
		"add     copies images from your own Docker, which is only read, or from files made by\n"
		"        `docker save`; they replace stand-ins of the same name. With --pull it fetches\n"
		"        them from Docker Hub, and needs no Docker of your own\n"
		"remove  removes an added image; the stand-in of that name is back\n"
		"A running machine sees the change at once."),
	.options = {OPTION_JSON, {"pull", NULL, N_("add: fetch the image from Docker Hub")},
		{"registry", "URL", N_("add: fetch it from this mirror of Docker Hub")}},
	.operands_max = 64,
	.run = run_images,
};

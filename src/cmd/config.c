/* cmd/config.c - ropes config: shows and changes what the learner prefers */
#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>

static char *source_of(const struct settings_view *view)
{
	if (view->variable != NULL)
		return xstrdup(view->variable);
	return view->line > 0 ? xasprintf("config:%zu", view->line) : xstrdup("default");
}

static bool print_settings(const struct arguments *arguments, struct error *err)
{
	static const char *const head[] = {N_("setting"), N_("value"), N_("from")};
	cleanup_free char *path = settings_path(), *learner = common_learner(arguments);
	cleanup_words struct words cells = {0};
	struct settings_view view;
	struct screen *screen;
	for (size_t i = 0; i < ARRAY_LENGTH(head); i++)
		words_add(&cells, _(head[i]));
	for (size_t i = 0; settings_view(i, &view); i++) {
		cleanup_free char *source = source_of(&view);
		bool name = text_same(view.key, "learner");
		words_add(&cells, view.key);
		words_add(&cells, name ? learner : view.value != NULL ? view.value : "");
		words_add(&cells, source);
	}
	if (!common_screen(&screen, err))
		return false;
	screen_table(screen, ARRAY_LENGTH(head), cells.count / ARRAY_LENGTH(head),
		(const char *const *)cells.items, 0);
	screen_say(screen, SCREEN_QUIET, NULL, "config: %s", path);
	return common_screen_close(screen, true, err);
}

static bool run_config(const struct arguments *arguments, struct error *err)
{
	const char *key = arguments->operand_count > 0 ? arguments->operands[0] : NULL;
	const char *value = arguments->operand_count > 1 ? arguments->operands[1] : NULL;
	bool unset = arguments_get(arguments, "unset") != NULL;
	size_t which;
	if (unset && (key == NULL || value != NULL))
		return error_set_kind(err, ERROR_USAGE, "--unset requires a KEY, and no VALUE");
	if (value != NULL || unset)
		return settings_set(key, value, err) && settings_load(err);
	if (key != NULL && !settings_find(key, &which, err))
		return false;
	if (!settings_load(err))
		return false;
	if (key == NULL)
		return print_settings(arguments, err);
	const char *effective = settings_get(key);
	puts(effective != NULL ? effective : "");
	return true;
}

const struct command cmd_config = {
	.name = "config",
	.operands = "[KEY [VALUE]]",
	.summary = N_("show or change settings"),
	.details = N_(
		"Without operands it prints the settings and where each comes from: a variable of the environment, a line\n"
		"of the configuration file ($XDG_CONFIG_HOME/ropes/config), or the default. Options win over all three.\n"
		"With KEY it prints that value; with VALUE it sets it in the file, and keeps the rest of the file."),
	.options = {{"unset", NULL, N_("make the lines that set KEY comments")}},
	.operands_max = 2,
	.run = run_config,
};

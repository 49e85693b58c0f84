/* cli/grammar.c - what docker, buildx and compose understand: the tables of assets/cli */
#include "cli.h"

#include <string.h>

#include "cli_tables.h" /* written by tools/cli-table */

const struct cli_command *cli_find_command(const char *name)
{
	cleanup_free char *alias = xasprintf(",%s,", name);
	for (size_t i = 0; i < cli_command_count; i++)
		if (text_same(cli_commands[i].name, name))
			return &cli_commands[i];
	/* `build` is an alias of two; the plugin's, which has both sets of options, comes last. */
	for (size_t i = cli_command_count; i-- > 0;)
		if (strstr(cli_commands[i].aliases, alias) != NULL)
			return &cli_commands[i];
	return NULL;
}

bool cli_is_group(const struct cli_command *command)
{
	return text_same(command->operands, "COMMAND");
}

bool cli_takes_value(const struct cli_option *option)
{
	return option->value != CLI_FLAG;
}

static const struct cli_option help = {"--help", 0, CLI_FLAG, false, true, NULL, NULL};

const struct cli_option *cli_find_option(const struct cli_command *command, const char *name)
{
	size_t length = strcspn(name, "=");
	for (size_t i = 0; i < command->option_count; i++) {
		const struct cli_option *option = &cli_options[command->first_option + i];
		if (strlen(option->name) == length && strncmp(option->name, name, length) == 0)
			return option;
	}
	return text_same(name, help.name) ? &help : NULL;
}

const struct cli_option *cli_find_letter(const struct cli_command *command, char letter)
{
	for (size_t i = 0; i < command->option_count; i++)
		if (cli_options[command->first_option + i].letter == letter)
			return &cli_options[command->first_option + i];
	return NULL;
}

/* cmd/table.c - the subcommands, as cmd.h lists them */
#include "cmd.h"

#define COMMAND_ADDRESS(name) &cmd_##name,
const struct command *const table_commands[] = {COMMANDS(COMMAND_ADDRESS) NULL};

const struct command *table_find(const char *name)
{
	for (size_t i = 0; table_commands[i] != NULL; i++)
		if (text_same(table_commands[i]->name, name))
			return table_commands[i];
	return NULL;
}

/* cmd/table.c - the subcommands, in the order of help */
#include "cmd.h"

const struct command *const table_commands[] = {
	&cmd_learn,
	&cmd_list,
	&cmd_show,
	&cmd_quiz,
	&cmd_review,
	&cmd_progress,
	&cmd_reset,
	&cmd_lint,
	&cmd_test,
	&cmd_explain,
	&cmd_doctor,
	&cmd_daemon,
	&cmd_env,
	&cmd_images,
	&cmd_gate,
	&cmd_serve,
	&cmd_sync,
	&cmd_join,
	&cmd_board,
	NULL,
};

const struct command *table_find(const char *name)
{
	for (size_t i = 0; table_commands[i] != NULL; i++)
		if (text_same(table_commands[i]->name, name))
			return table_commands[i];
	return NULL;
}

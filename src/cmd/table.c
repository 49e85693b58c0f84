/* cmd/table.c - the subcommands, in the order of help */
#include "cmd.h"

const struct command *const commands[] = {
	&command_learn,
	&command_list,
	&command_show,
	&command_quiz,
	&command_review,
	&command_progress,
	&command_reset,
	&command_lint,
	&command_test,
	&command_explain,
	&command_doctor,
	&command_daemon,
	&command_env,
	&command_images,
	&command_gate,
	&command_serve,
	&command_sync,
	&command_join,
	&command_board,
	NULL,
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (text_same(commands[i]->name, name))
			return commands[i];
	return NULL;
}

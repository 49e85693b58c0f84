/* cli/near.h - the command or option that a misspelled word means. Private to src/cli. */
#ifndef CLI_NEAR_H
#define CLI_NEAR_H

#include "cli.h"

struct near_command {
	const struct cli_command *command; /* NULL: none is near */
	char *word;                        /* as it is written there; the caller frees it */
	size_t score;                      /* less is nearer */
};
/* The command below `parent`, by its name or an alias. */
struct near_command near_find_command(const struct cli_command *parent, const char *given);
/* An option of the command by its long name, "--detatch"; NULL: none is near. */
const struct cli_option *near_find_option(const struct cli_command *command, const char *given);

#endif

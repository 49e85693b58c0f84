/* cli/near.h - finds the command or option that a misspelled word means. Private to src/cli. */
#ifndef CLI_NEAR_H
#define CLI_NEAR_H

#include "cli.h"

struct near_command {
	const struct cli_command *command; /* NULL: nothing similar */
	char *word;                        /* as it is spelled there; the caller frees it */
	size_t score;                      /* lower is closer */
};
/* Finds the command below `parent`, by its name or an alias, that has the option after it (a word
 * of the line; NULL: none). */
struct near_command near_find_command(
	const struct cli_command *parent, const char *given, const char *option);
/* Finds an option of the command by its long name, "--detatch"; NULL if nothing is similar. */
const struct cli_option *near_find_option(const struct cli_command *command, const char *given);

#endif

/* cli/read.h - reads the options of a call one by one. Private to src/cli. */
#ifndef CLI_READ_H
#define CLI_READ_H

#include "cli.h"

/* Returns whether a word has the form of an option: "-d", "--rm", but not "-" or "--". */
bool read_is_option(const char *word);
/* Reads the option in words[at], with its value, as one of call->command: adds its uses. Returns
 * the last word read. */
size_t read_option(struct cli_call *call, size_t at);
/* Finds the last use of an option; NULL: it was not given. */
const struct cli_use *read_last_use(const struct cli_call *call, const char *name);

#endif

/* cli/repair.h - a line with one of its words changed. Private to src/cli. */
#ifndef CLI_REPAIR_H
#define CLI_REPAIR_H

#include "cli.h"

/* All return the whole line, which the caller frees; NULL: the word does not stand in the line
 * itself. */
char *repair_replace(const struct cli_call *call, const char *line, size_t word, const char *text);
char *repair_remove(const struct cli_call *call, const char *line, size_t word);
char *repair_append(const struct cli_call *call, const char *line, const char *text);
/* Words first … last move in front of the word `to`, or behind it. */
char *repair_move(const struct cli_call *call, const char *line, size_t first, size_t last,
	size_t to, bool behind);
/* The line with the quotes and blanks of a keyboard. */
char *repair_quotes(const char *line);

#endif

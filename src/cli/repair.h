/* cli/repair.h - changes one word of a line. Private to src/cli. */
#ifndef CLI_REPAIR_H
#define CLI_REPAIR_H

#include "cli.h"

/* All return the whole line, which the caller frees; NULL if the word is not in the line itself. */
char *repair_replace(const struct cli_call *call, const char *line, size_t word, const char *text);
char *repair_remove(const struct cli_call *call, const char *line, size_t word);
/* Removes the blanks between words first … last. */
char *repair_join(const struct cli_call *call, const char *line, size_t first, size_t last);
/* Puts a text in place of the blanks before a word. */
char *repair_link(const struct cli_call *call, const char *line, size_t word, const char *text);
/* Puts double quotes around words first … last, and the blanks between them. */
char *repair_quote(const struct cli_call *call, const char *line, size_t first, size_t last);
char *repair_append(const struct cli_call *call, const char *line, const char *text);
/* Moves words first … last before the word `to`, or after it. */
char *repair_move(const struct cli_call *call, const char *line, size_t first, size_t last,
	size_t to, bool behind);
/* Replaces quotes and blanks that only look like those of a keyboard, removes characters that
 * cannot be seen, and if asked makes hyphens of dashes. The caller frees the text. */
char *repair_characters(const char *text, bool has_dashes);

#endif

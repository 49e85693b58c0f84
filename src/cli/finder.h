/* cli/finder.h - looking for the faults of a call. Private to src/cli. */
#ifndef CLI_FINDER_H
#define CLI_FINDER_H

#include "cli.h"

struct finder {
	const struct cli_call *call;
	const char *line;
	struct cli_faults *out;
};

/* The list takes ownership of what the fault contains. */
void finder_add(struct finder *f, struct cli_fault fault);
/* Returns whether a fault at that word was found. */
bool finder_has(const struct finder *f, size_t word);
/* Returns whether the shell will give docker a different text. */
bool finder_is_expanded(const char *word);
/* Returns whether the option is the `-c` of a shell that `--entrypoint` names. */
bool finder_is_entrypoints(const struct cli_call *call, const struct cli_use *use);

/* ---- operands.c ---- */

void operands_find_faults(struct finder *f);
/* "docker run nginx -p 8080:80": the program in the container gets options intended for docker. */
void operands_find_late_options(struct finder *f);

#endif

/* sandbox/probe.h - tries the kernel features that the sandbox needs, and explains failures.
 * Private to src/sandbox. */
#ifndef SANDBOX_PROBE_H
#define SANDBOX_PROBE_H

#include "machine.h"
#include "spawn.h"

/* Runs a program to its end, or for PROBE_TIMEOUT_MS, and kills the rest of its process group.
 * *ret is its output. Errors: it did not start, did not end, or failed. */
bool probe_run(struct spawn *spawn, struct buf *ret, struct error *err);

/* Sets up a practice machine as a lesson does, without dockerd, and does what dockerd does first
 * in it: sets a rule for its network. *ret_words is the failing program's message; *ret_fix is
 * the command that fixes the cause permanently, or NULL if none is known. The caller frees both;
 * they are set only on failure. */
bool probe_machine(struct machine_limits *ret_limits, char **ret_words, char **ret_fix);

/* Returns the command that permanently fixes the cause of this message; NULL if none is known.
 * The caller frees it. */
char *probe_fix(const char *words);

/* Returns a command for an administrator, without `sudo ` if the caller is root. */
char *probe_command(const char *with_sudo);

#endif

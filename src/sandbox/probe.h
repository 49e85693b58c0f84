/* sandbox/probe.h - tries what the sandbox asks of the kernel, and explains why it failed. Private
 * to src/sandbox. */
#ifndef SANDBOX_PROBE_H
#define SANDBOX_PROBE_H

#include "machine.h"
#include "spawn.h"

/* Runs a program to its end, or for PROBE_TIMEOUT_MS, and ends what it left in its process group.
 * *ret is what it printed. Errors: it could not be started, did not end, or failed. */
bool probe_run(struct spawn *spawn, struct buf *ret, struct error *err);

/* Sets up a practice machine as a lesson does, without dockerd, and what dockerd does first in it:
 * a rule for its network. *ret_words is the reason in the words of the program that failed;
 * *ret_fix is the command that fixes it for good, NULL where none is known. The caller frees both,
 * which are set only where it fails. */
bool probe_machine(struct machine_limits *ret_limits, char **ret_words, char **ret_fix);

/* The command that fixes for good what these words say; NULL where none is known. The caller frees
 * it. */
char *probe_fix(const char *words);

/* A command for an administrator, who needs no `sudo ` where it is root that asks. */
char *probe_command(const char *with_sudo);

#endif

/*
 * tests/fake/sandbox.h - a sandbox in which nothing runs: a table says what each line prints, how
 * it ends and what it does to the fake daemon. Linked in the place of src/sandbox, together with
 * tests/fake/machine.h, so that the tutor and the subcommands need neither root nor docker.
 *
 * It is set before sandbox_open() is called, by the test or by what the test calls:
 *
 *     fake_sandbox = (struct fake_sandbox){.engine = engine, .lines = lines, .line_count = 3};
 */
#ifndef TESTS_FAKE_SANDBOX_H
#define TESTS_FAKE_SANDBOX_H

#include "fake/engine.h"
#include "../../include/sandbox.h" /* not this file */

/* A line that is known. Others are answered as a shell answers an unknown command. */
struct fake_line {
	const char *line; /* the whole of it, or its beginning and '*' */
	const char *output;
	int status;
	/* What it makes of a container: `state` "running", "exited" …, or "gone". NULL: nothing. */
	const char *container, *image, *state;
	const char *file, *content; /* that it writes into the workspace; NULL */
	const char *asks;  /* the daemon, as the gate logs it: "GET containers/json"; NULL */
	bool ends_daemon;  /* it takes the daemon away */
	bool cannot_start; /* sandbox_run() fails */
	struct sandbox_result more; /* further members of the result: timed_out, typed … */
	void (*act)(struct fake_engine *engine); /* whatever else it does; NULL */
};

struct fake_sandbox {
	struct fake_engine *engine; /* NULL: there is no daemon */
	const struct fake_line *lines;
	size_t line_count;
	struct sandbox_limits limits;
	/* Why a call fails; NULL: it does not. */
	const char *open_error, *wait_error, *reset_error, *limits_error, *write_error;
	const char *gate_log;     /* a file that takes what lines ask; NULL: there is no gate */
	const char *folder;       /* what the prompt shows; NULL: "~" */
	bool started_daemon;      /* as it tells */
	struct sandbox_host host; /* what sandbox_host_look() finds; address NULL: nothing */
};
extern struct fake_sandbox fake_sandbox;

/* The lines that were run so far, the hidden ones too, "LINE < INPUT" where something was typed. */
const struct words *fake_sandbox_ran(void);
void fake_sandbox_forget(void); /* these, and how often it was reset */
unsigned fake_sandbox_resets(void);

#endif

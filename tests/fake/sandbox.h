/*
 * tests/fake/sandbox.h - a fake sandbox: a table says what each line prints, how it ends and what
 * it does to the fake daemon. It replaces src/sandbox at link time, together with
 * tests/fake/machine.h, so tests of the tutor and of subcommands need neither root nor docker.
 *
 * Tests set it before the product calls sandbox_open():
 *
 *     fake_sandbox = (struct fake_sandbox){.engine = engine, .lines = lines, .line_count = 3};
 */
#ifndef TESTS_FAKE_SANDBOX_H
#define TESTS_FAKE_SANDBOX_H

#include "fake/engine.h"
#include "../../include/sandbox.h" /* not this file */

/* A known line. Any other line prints "command not found" and ends with 127. */
struct fake_line {
	const char *line; /* the whole line, or its beginning and '*' */
	const char *output;
	int status;
	/* The container it changes, and its new state: "running", "exited" …, "gone"; or NULL. With
	 * an image, the line creates the container. */
	const char *container, *image, *state;
	const char *file, *content; /* a file it writes into the workspace; NULL */
	const char *asks;           /* a request for the gate's log: "GET containers/json"; NULL */
	bool ends_daemon;           /* the daemon dies */
	bool cannot_start;          /* sandbox_run() fails */
	struct sandbox_result more; /* further members of the result: timed_out, typed … */
	void (*act)(struct fake_engine *engine); /* any other effect; NULL */
};

struct fake_sandbox {
	struct fake_engine *engine; /* NULL: no daemon */
	const struct fake_line *lines;
	size_t line_count;
	struct sandbox_limits limits;
	bool compose;
	/* The error of a call; NULL: it succeeds. */
	const char *open_error, *wait_error, *reset_error, *limits_error, *write_error;
	const char *gate_log;     /* a file for the requests of lines; NULL: no gate */
	const char *folder;       /* in the prompt; NULL: "~" */
	bool started_daemon;      /* the answer of sandbox_started_daemon() */
	struct sandbox_host host; /* found by sandbox_host_look(); address NULL: none */
};
extern struct fake_sandbox fake_sandbox;

/* All lines run so far, hidden ones included; "LINE < INPUT" if input was typed. */
const struct words *fake_sandbox_ran(void);
void fake_sandbox_forget(void); /* clears the lines and the number of resets */
unsigned fake_sandbox_resets(void);

#endif

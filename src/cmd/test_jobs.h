/* cmd/test_jobs.h - does numbered pieces of work in child processes, several at once, and hands
 * over what they write in the order of the numbers. Private to src/cmd. */
#ifndef CMD_TEST_JOBS_H
#define CMD_TEST_JOBS_H

#include "base.h"

struct test_jobs;

struct test_jobs_options {
	size_t count; /* of pieces */
	size_t max;   /* processes at once; at least 1 */
	int signals;  /* a signalfd: INT, TERM or HUP ends everything */
	/* Called in a child, which inherits the caller's blocked signals and gets SIGTERM if the
	 * caller ends: does a piece and writes lines to `out`. Returns the exit status. */
	int (*run)(void *data, size_t piece, int out);
	/* Called in the parent once the child has ended: removes what it may have left. */
	void (*clean)(void *data, size_t piece);
	void *data;
};

/* Starts the first children. The caller must not have threads. */
bool test_jobs_open(
	const struct test_jobs_options *options, struct test_jobs **ret, struct error *err);
/* Calls `take` with each line of a piece as it arrives, until its child has ended; meanwhile the
 * others go on. Pieces are collected in their order. *ret_status: exit status, or 128 + signal.
 * Errors: a signal arrived, or a child could not be started. */
bool test_jobs_collect(struct test_jobs *jobs, size_t piece,
	void (*take)(void *data, const char *line), void *data, int *ret_status, struct error *err);
/* Ends the children that still run, as SIGTERM does, and waits for them. */
void test_jobs_close(struct test_jobs *jobs);

#endif

/*
 * check.h - checks: statements about the result of a learner's line, compared with what really
 * happened.
 *
 * A plan is a list of statements: written by an author (LESSONS 2) or derived from a command's
 * purpose (LESSONS 3). A check context is what they are evaluated against: the baseline taken when
 * the step began, the daemon's events since then, the lines that ran, the workspace. A verdict has
 * one of four outcomes, which stay distinct everywhere.
 *
 *     check_context_open(&options, &context, err);            the step begins: baseline, events
 *     check_context_ran(context, &ran);                       a line ended
 *     check_plan_derive(example, line, output, &plan);    or check_plan_parse()
 *     check_plan_evaluate(plan, context, 10000, …, &verdicts);  retries until all pass or time is
 * up
 */
#ifndef ROPES_CHECK_H
#define ROPES_CHECK_H

#include "base.h"
#include "cli.h"
#include "engine.h"

enum check_outcome { CHECK_PASSED, CHECK_FAILED, CHECK_ERROR, CHECK_NOT_RUN };
const char *check_outcome_name(
	enum check_outcome outcome); /* "passed", "failed", "error", "not run" */

struct check_verdict {
	enum check_outcome outcome;
	char *statement; /* as written, or as derived: "container web is running" */
	char *seen;      /* what was seen; NULL if there is nothing to add */
	char *expected;  /* what was expected; NULL if the statement says it already */
	char *advice;    /* what to try next; NULL */
};

struct check_verdicts {
	struct check_verdict *items;
	size_t count;
};
/* Returns the worst outcome: ERROR before FAILED before NOT_RUN before PASSED; NOT_RUN if there are
 * no verdicts. */
enum check_outcome check_verdicts_outcome(const struct check_verdicts *verdicts);
void check_verdicts_finish(struct check_verdicts *verdicts);

/* ---- plans ---- */

struct check_plan;

/* Parses statements, one per text. On failure err says which one is wrong and what is allowed;
 * *ret_bad (may be NULL) is its index. `expected_output` is for `output matches`; may be NULL. */
bool check_plan_parse(const char *const *statements, size_t count, const char *expected_output,
	struct check_plan **ret, size_t *ret_bad, struct error *err);

#define CHECK_GAP '\x01' /* stands for each byte of a placeholder in an example */
/* Derives a plan for an example from its command, adapted to the other names, ports and spellings
 * in the learner's line (NULL: the example itself was run). What is a gap in the example is as in
 * the line; without one, the plan does not mention it. Never fails: if nothing can be derived,
 * the plan is `exit 0` and check_plan_is_status_only() returns true. */
struct check_plan *check_plan_derive(
	const char *example, const char *line, const char *expected_output);

bool check_plan_is_status_only(const struct check_plan *plan);
/* Removes what a derived plan says about the line itself (exit status, output): the rest can also
 * pass because of what was done in another terminal. */
void check_plan_drop_line(struct check_plan *plan);
/* Lists the statements as text, one per word. */
void check_plan_statements(const struct check_plan *plan, struct words *ret);
void check_plan_destroy(struct check_plan *plan);

/* ---- check contexts ---- */

struct check_context;

struct check_context_options {
	struct engine *engine;      /* NULL: no daemon; statements about it are then "not run" */
	const struct words *images; /* as for explain_failure(); must outlive the context */
	const char *workspace;      /* the folder for `file` statements; NULL */
	const char *gate_log;       /* the gate's log, for `daemon was asked`; NULL: no gate, so the
				       line's exit status stands in */
};
/* Takes the baseline (containers, images, networks, volumes that exist now) and listens to events
 * from now on. */
bool check_context_open(
	const struct check_context_options *options, struct check_context **ret, struct error *err);
void check_context_close(struct check_context *context);

/* A line that ran in the sandbox. */
struct check_ran {
	const char *line;
	int status;         /* exit status, 128 + N for signal N */
	bool interrupted;   /* by the learner's ^C, or by the time limit */
	const char *output; /* a captured copy without escape sequences; may be truncated at its
			       limit */
	int64_t started_ms; /* wall clock */
	int64_t ended_ms;
};
/* Keeps a copy. "It" refers to what the last such line made. */
void check_context_ran(struct check_context *context, const struct check_ran *ran);

/* Events: poll(2) the descriptor for input (-1: none), then read what has arrived. Returns false if
 * the daemon went away; the context then answers "error" until it is opened again. Returns true and
 * sets *ret_news when something relevant arrived. */
int check_context_fd(const struct check_context *context);
bool check_context_pump(struct check_context *context, bool *ret_news, struct error *err);

/* Evaluates every statement in the context, again and again until all pass or the deadline passes
 * (milliseconds from now; 0: evaluate once, and then `is running` needs no second look). Calls
 * `stop` (may be NULL) in between; true ends early. The verdicts are in the order of the
 * statements. */
void check_plan_evaluate(const struct check_plan *plan, struct check_context *context,
	int deadline_ms, bool (*stop)(void *data), void *data, struct check_verdicts *ret);

/* ---- expected output ---- */

/* Compares output with what a note shows, line by line; "…" stands for any text, alone on a line
 * for any lines. Times, ages, sizes, ids, dates, versions, addresses, generated names, and how many
 * blanks or dashes make a column, are masked: they may differ. Returns whether it matches. If not,
 * *ret_diff (may be NULL) gets the lines: ' ' as expected, '-' missing, '+' not expected, "@@" for
 * some that are left out; masked parts are in ‹ ›. */
bool check_compare_output(const char *expected, const char *seen, struct buf *ret_diff);
/* Returns the expected output with the lines that differ replaced by those seen; what matches stays
 * as written. No final line end; the caller frees it. */
char *check_update_output(const char *expected, const char *seen);

/* ---- lines ---- */

/* Returns whether the line has a docker command with the same purpose as the example (`ps` and
 * `container ls` are one). */
bool check_same_purpose(const char *example, const char *line);
/* Returns whether the line has a docker command that changes the daemon's state. */
bool check_changes_state(const char *line);
/* Returns whether the line needs a terminal of its own (run -it, attach, exec -it, logs -f …). */
bool check_is_interactive(const char *line);
/* Returns whether the line has a docker command that depends on a container's control groups: top,
 * stats, pause, a change of limits. Without control groups it fails or prints nonsense. */
bool check_wants_cgroups(const char *line);

/* Completion: candidates for the word that begins at `at` in a docker line: subcommands, options,
 * and the daemon's own objects (engine may be NULL). */
void check_complete(const char *line, size_t at, struct engine *engine, struct words *ret);

#endif

/*
 * check.h - checks: statements about the result of a learner's line, held against what really
 * happened.
 *
 * A plan is a list of statements: written ones (LESSONS 2) or ones derived from what a command is
 * for (LESSONS 3). A context is what they are held against: the baseline taken when the step began,
 * the daemon's events since then, the lines that ran, the workspace. A verdict has one of four
 * outcomes, kept apart everywhere.
 *
 *     check_context_open(&options, &context, err);            the step begins: baseline, events
 *     check_context_ran(context, &ran);                       a line ended
 *     check_plan_derive(example, line, output, &plan);    or check_plan_parse()
 *     check_plan_evaluate(plan, context, 10000, …, &verdicts);  asks until it holds or the deadline
 * is over
 */
#ifndef ROPES_CHECK_H
#define ROPES_CHECK_H

#include "base.h"
#include "cli.h"
#include "engine.h"

enum check_outcome { CHECK_PASSED, CHECK_FAILED, CHECK_ERROR, CHECK_NOT_RUN };
const char *check_outcome_name(
	enum check_outcome outcome); /* "held", "not held", "error", "not run" */

struct check_verdict {
	enum check_outcome outcome;
	char *statement; /* as written, or as derived: "container web is running" */
	char *seen;      /* what was seen; NULL where there is nothing to tell */
	char *expected;  /* what was expected; NULL where the statement says it already */
	char *advice;    /* the next thing to try; NULL */
};

struct check_verdicts {
	struct check_verdict *items;
	size_t count;
};
/* The worst of all: ERROR before NOT_HELD before NOT_RUN before HELD; NOT_RUN for none. */
enum check_outcome check_verdicts_outcome(const struct check_verdicts *verdicts);
void check_verdicts_finish(struct check_verdicts *verdicts);

/* ---- plans -------------------------------------------------------------------------------------
 */

struct check_plan;

/* Reads statements, one a text. On failure err says which and what would be understood; *ret_bad
 * (may be NULL) is its index. `expected_output` is for `output matches`; may be NULL. */
bool check_plan_parse(const char *const *statements, size_t count, const char *expected_output,
	struct check_plan **ret, size_t *ret_bad, struct error *err);

/* Derives a plan for an example from its command, relaxed to the other names, ports and spellings
 * that the learner's line uses (NULL: the example itself was run). Never fails: where nothing can
 * be derived the plan is `exit 0` and check_plan_is_status_only() tells so. */
struct check_plan *check_plan_derive(
	const char *example, const char *line, const char *expected_output);

bool check_plan_is_status_only(const struct check_plan *plan);
/* Leaves out what a derived plan says about the line itself (exit status, output): the rest can
 * pass by what was done in another terminal, too. */
void check_plan_drop_line(struct check_plan *plan);
/* The statements as text, one a word. */
void check_plan_statements(const struct check_plan *plan, struct words *ret);
void check_plan_destroy(struct check_plan *plan);

/* ---- contexts
 * ------------------------------------------------------------------------------------
 */

struct check_context;

struct check_context_options {
	struct engine *engine;      /* NULL: no daemon; statements about it are then "not run" */
	const struct words *images; /* as for explain_failure(); outlives the context */
	const char *workspace;      /* folder that `file` statements look into; NULL */
	const char *gate_log; /* what the gate before the daemon logged, for `daemon was asked`;
			       * NULL:  there is no gate, and the line's exit status has to do */
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
	const char *output; /* captured copy, escape sequences removed; may be cut at its limit */
	int64_t started_ms; /* wall clock */
	int64_t ended_ms;
};
/* Keeps a copy. "It" is what the last such line made. */
void check_context_ran(struct check_context *context, const struct check_ran *ran);

/* Events: to poll(2) for input (-1: none), and take what has come. False: the daemon went away; the
 * context then answers "error" until it is opened afresh. True and *ret_news when something
 * relevant came. */
int check_context_fd(const struct check_context *context);
bool check_context_pump(struct check_context *context, bool *ret_news, struct error *err);

/* Evaluates every statement in the context, again and again until all pass or the deadline
 * (milliseconds from now; 0: ask once, and then `is running` needs no second look) is over. `stop`
 * (may be NULL) is asked in between: true ends early. The verdicts are in the order of the
 * statements. */
void check_plan_evaluate(const struct check_plan *plan, struct check_context *context,
	int deadline_ms, bool (*stop)(void *data), void *data, struct check_verdicts *ret);

/* ---- lines --------------------------------------------------------------------------------------
 */

/* True where the line has a docker command of the same purpose as the example (`ps` and `container
 * ls` are one). */
bool check_same_purpose(const char *example, const char *line);
/* True where the line has a docker command that changes the daemon's state. */
bool check_changes_state(const char *line);
/* True where the line wants a terminal for itself (run -it, attach, exec -it, logs -f …). */
bool check_is_interactive(const char *line);
/* True where the line has a docker command that a container's control groups answer: top, stats,
 * pause, a change of limits. It fails, or says nonsense, where containers are in none. */
bool check_wants_cgroups(const char *line);

/* Completion: candidates for the word that begins at `at` in a docker line: sub-commands, options,
 * and the daemon's own objects (engine may be NULL). */
void check_complete(const char *line, size_t at, struct engine *engine, struct words *ret);

#endif

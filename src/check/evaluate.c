/* check/evaluate.c - evaluates a plan: every statement, again and again until all pass or time is
 * up */
#include "private.h"
#include "explain.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_LOOK_MS 1000 /* time between the two looks that some predicates need */
#define LOOK_MS 100         /* between evaluations, unless an event comes first */

const char *check_outcome_name(enum check_outcome outcome)
{
	static const char *const names[] = {
		[CHECK_PASSED] = N_("passed"),
		[CHECK_FAILED] = N_("failed"),
		[CHECK_ERROR] = N_("error"),
		[CHECK_NOT_RUN] = N_("not run"),
	};
	return names[outcome];
}

enum check_outcome check_verdicts_outcome(const struct check_verdicts *v)
{
	bool seen[CHECK_NOT_RUN + 1] = {0};
	for (size_t i = 0; i < v->count; i++)
		seen[v->items[i].outcome] = true;
	return seen[CHECK_ERROR]     ? CHECK_ERROR
	       : seen[CHECK_FAILED]  ? CHECK_FAILED
	       : seen[CHECK_NOT_RUN] ? CHECK_NOT_RUN
	       : v->count > 0        ? CHECK_PASSED
				     : CHECK_NOT_RUN;
}

static void verdict_finish(struct check_verdict *v)
{
	free(v->statement);
	free(v->seen);
	free(v->expected);
	free(v->advice);
	*v = (struct check_verdict){0};
}

void check_verdicts_finish(struct check_verdicts *v)
{
	for (size_t i = 0; i < v->count; i++)
		verdict_finish(&v->items[i]);
	free(v->items);
	*v = (struct check_verdicts){0};
}

/* ---- one statement ---- */

static void look_finish(struct look *look)
{
	buf_finish(&look->seen);
	buf_finish(&look->advice);
	engine_container_finish(&look->container);
}

static bool needs_daemon(const struct statement *s)
{
	return s->subject >= ABOUT_CONTAINER && s->subject <= ABOUT_HTTP;
}

static enum check_outcome outcome_of(bool passed)
{
	return passed ? CHECK_PASSED : CHECK_FAILED;
}

/* "any", "no" and "2": evaluate the predicate for each object of the kind. */
static enum check_outcome evaluate_quantified(struct look *look, struct error *err)
{
	const struct statement *s = look->statement;
	static const char whats[] = {[ABOUT_CONTAINER] = 'c',
		[ABOUT_IMAGE] = 'i',
		[ABOUT_NETWORK] = 'n',
		[ABOUT_VOLUME] = 'v'};
	cleanup_words struct words names = {0};
	long long count = 0;
	if (s->subject > ABOUT_VOLUME ||
		!engine_names(look->context->engine, whats[s->subject], false, &names, err))
		return CHECK_ERROR;
	for (size_t i = 0; i < names.count; i++) {
		struct look one = {
			.context = look->context, .statement = s, .name = names.items[i]};
		cleanup_error struct error ignored = {0};
		count += s->predicate->check(&one, &ignored);
		look_finish(&one);
	}
	buf_printf(&look->seen, _("%lld of %zu"), count, names.count);
	return outcome_of(s->quantity == ANY  ? count > 0
			  : s->quantity == NO ? count == 0
					      : count == s->count);
}

static enum check_outcome evaluate_one(struct look *look, struct error *err)
{
	struct check_context *context = look->context;
	const struct statement *s = look->statement;
	if ((needs_daemon(s) && context->engine == NULL) ||
		(statement_is_about_line(s) && !context->ran)) {
		buf_add_text(&look->seen, statement_is_about_line(s) ? _("no command was run yet")
								     : _("there is no daemon"));
		return CHECK_NOT_RUN;
	}
	if (needs_daemon(s) && context->lost) {
		error_set(err, 0, "the daemon stopped");
		return CHECK_ERROR;
	}
	if (s->quantity != NAMED)
		return evaluate_quantified(look, err);
	look->name = text_same(s->name, "it") && s->subject == ABOUT_CONTAINER ? context_it(context)
									       : s->name;
	if (look->name == NULL && s->subject == ABOUT_CONTAINER) {
		buf_add_text(&look->seen, _("no container was created"));
		look->missing = true;
		return CHECK_FAILED;
	}
	bool passed = s->predicate->check(look, err);
	return err->message != NULL ? CHECK_ERROR : outcome_of(passed);
}

/* ---- every statement once ---- */

/* Further statements about an object that does not exist cannot be evaluated. */
static bool is_blocked(const struct check_plan *plan, const bool *missing, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (missing[i] && plan->items[i].subject == plan->items[at].subject &&
			text_same(plan->items[i].name, plan->items[at].name))
			return true;
	return false;
}

static char *text_or_null(struct buf *text)
{
	return text->length > 0 ? buf_steal(text) : NULL;
}

static void look_at_plan(
	const struct check_plan *plan, struct check_context *context, struct check_verdicts *ret)
{
	cleanup_free bool *missing = xcalloc(plan->count + 1, sizeof *missing);
	for (size_t i = 0; i < plan->count; i++) {
		struct look look = {.context = context, .statement = &plan->items[i]};
		cleanup_error struct error err = {0};
		struct check_verdict v = {
			.statement = told_statement(&plan->items[i]), .outcome = CHECK_NOT_RUN};
		if (!is_blocked(plan, missing, i))
			v.outcome = evaluate_one(&look, &err);
		missing[i] = look.missing && v.outcome == CHECK_FAILED;
		if (v.outcome == CHECK_ERROR)
			v.seen = xstrdup(error_text(&err));
		else
			v.seen = text_or_null(&look.seen);
		v.advice = text_or_null(&look.advice);
		look_finish(&look);
		ret->items = array_grow(ret->items, ret->count, sizeof *ret->items);
		ret->items[ret->count++] = v;
	}
}

static bool needs_second_look(const struct check_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->items[i].predicate->second_look && !plan->items[i].once)
			return true;
	return false;
}

/* ---- repeated evaluation ---- */

/* Waits for an event, or a moment. */
static void wait_a_moment(struct check_context *context, int64_t until)
{
	int64_t left = until - clock_monotonic_ms();
	struct pollfd fd = {.fd = check_context_fd(context), .events = POLLIN};
	bool news;
	(void)poll(&fd, 1,
		left < LOOK_MS ? (left > 0 ? (int)left : 0)
			       : LOOK_MS); /* looking too early is harmless */
	(void)check_context_pump(
		context, &news, NULL); /* if the daemon is gone, context->lost says so */
}

/* A pass must last: keeps looking until it is time for the second look. */
static bool passes_until(const struct check_plan *plan, struct check_context *context,
	bool (*stop)(void *data), void *data, struct check_verdicts *verdicts)
{
	int64_t until = clock_monotonic_ms() + SECOND_LOOK_MS;
	while (clock_monotonic_ms() < until) {
		if (stop != NULL && stop(data))
			return true;
		wait_a_moment(context, until);
	}
	check_verdicts_finish(verdicts);
	look_at_plan(plan, context, verdicts);
	return check_verdicts_outcome(verdicts) == CHECK_PASSED;
}

/* Failures about the command line itself are final: do not retry. */
static bool is_final(const struct check_plan *plan, const struct check_verdicts *verdicts)
{
	for (size_t i = 0; i < verdicts->count; i++)
		if (statement_is_about_line(&plan->items[i]) &&
			verdicts->items[i].outcome != CHECK_PASSED)
			return true;
	return check_verdicts_outcome(verdicts) == CHECK_ERROR;
}

static void add_advice(struct check_context *context, struct check_verdicts *verdicts)
{
	const struct explain_question question = {.line = context->line,
		.status = context->status,
		.output = context->output,
		.engine = context->lost ? NULL : context->engine,
		.images = context->images};
	if (!context->ran)
		return;
	for (size_t i = 0; i < verdicts->count; i++) {
		struct check_verdict *v = &verdicts->items[i];
		if (v->outcome != CHECK_FAILED)
			continue;
		char *why = explain_shortly(&question);
		if (why != NULL) {
			free(v->advice);
			v->advice = why;
		}
		return;
	}
}

void check_plan_evaluate(const struct check_plan *plan, struct check_context *context,
	int deadline_ms, bool (*stop)(void *data), void *data, struct check_verdicts *ret)
{
	int64_t until = clock_monotonic_ms() + deadline_ms;
	bool news;
	context->expected_output = plan->expected_output;
	(void)check_context_pump(
		context, &news, NULL); /* if the daemon is gone, context->lost says so */
	for (;;) {
		check_verdicts_finish(ret);
		look_at_plan(plan, context, ret);
		bool passed = check_verdicts_outcome(ret) == CHECK_PASSED;
		if (passed && (deadline_ms == 0 || !needs_second_look(plan) ||
				      passes_until(plan, context, stop, data, ret)))
			break;
		if (clock_monotonic_ms() >= until || is_final(plan, ret) ||
			(stop != NULL && stop(data)))
			break;
		wait_a_moment(context, until);
	}
	context->expected_output = NULL;
	add_advice(context, ret);
}

/* tutor/judge.c - judges a step: which checks apply, what a verdict says, when to offer help */
#include "explain.h"
#include "tutor.h"
#include "session.h"
#include "judge.h"

#define FAILED_LINE_DEADLINE_MS 300
#define FAILURES_BEFORE_HINT 3

/* A line of another purpose fills no gap of the example. */
static struct check_plan *derive_plan(const struct course_step *step, const char *line)
{
	cleanup_free char *example = note_fill_placeholders(step->command, CHECK_GAP);
	bool fills = line != NULL && check_same_purpose(example, line);
	return check_plan_derive(fills ? example : step->command, line, step->output);
}

bool judge_plan(const struct course_step *step, const char *line, struct check_plan **ret,
	int *ret_line, struct error *err)
{
	*ret = NULL;
	if (step->checks.count == 0) {
		if (step->kind == STEP_EXAMPLE)
			*ret = derive_plan(step, line);
		return true;
	}
	cleanup_words struct words statements = {0};
	for (size_t i = 0; i < step->checks.count; i++)
		words_add(&statements, step->checks.items[i].text);
	size_t bad = 0;
	bool good = check_plan_parse((const char *const *)statements.items, statements.count,
		step->output, ret, &bad, err);
	*ret_line = step->checks.items[bad].line;
	return good;
}

/* NULL if the step cannot be judged; the learner has been told why. */
static struct check_plan *plan_of(
	struct session *s, const struct course_step *step, const char *line)
{
	struct check_plan *plan;
	cleanup_error struct error err = {0};
	int place = 0;
	if (judge_plan(step, line, &plan, &place, &err))
		return plan;
	screen_say(s->screen, SCREEN_WARN, "! ",
		"%s:%d: a check of this step cannot be read, so the step cannot be judged: %s",
		session_lesson(s)->note->path, place, error_text(&err));
	return NULL;
}

static bool can_be_judged(const struct session *s)
{
	const struct course_step *step = session_step(s);
	return step != NULL && !s->step_done && s->lacking == NULL && s->context != NULL &&
	       (step->kind == STEP_TASK || (step->kind == STEP_EXAMPLE && step->skip == NULL));
}

static bool stop_waiting(void *data)
{
	return !screen_is_alive(((struct session *)data)->screen);
}

static void mark_done(struct session *s)
{
	s->step_done = true;
	if (s->review_task == NULL) /* a review keeps the learner's position */
		keep_step(s, s->solution_shown ? RECORD_STEP_SHOWN : RECORD_STEP_DONE);
	keep_review_task(s, true);
	if (s->solution_shown)
		screen_say(s->screen, SCREEN_QUIET, NULL,
			"Done. You viewed the solution, so this step gives no points.");
}

static void announce_next(struct session *s)
{
	if (!s->ended && !(s->review_task != NULL && s->step_done))
		show_offer(s);
}

static void offer_help(struct session *s)
{
	const struct course_step *step = session_step(s);
	s->failures++;
	if (s->failures % FAILURES_BEFORE_HINT == 0 && s->hints < step->hints.count)
		show_hint(s);
}

/* Returns false if it is not a known failure. */
static bool show_explanation(struct session *s, const struct check_ran *ran)
{
	struct explanation x;
	const struct explain_question question = {.line = ran->line,
		.status = ran->status,
		.output = ran->output,
		.engine = s->engine,
		.images = context_images(s)};
	cleanup_error struct error err = {0};
	if (!explain_failure(&question, &x, &err))
		screen_say(s->screen, SCREEN_WARN, "! ", "%s", error_text(&err));
	bool known = x.rule != NULL;
	if (known) {
		screen_say(s->screen, SCREEN_PLAIN, "  → ", "%s %s", x.what, x.why);
		screen_say(s->screen, SCREEN_PLAIN, "    ", "%s", x.hint);
	}
	if (known && *x.left != '\0')
		screen_say(s->screen, SCREEN_QUIET, "    ", "Left over: %s", x.left);
	explain_finish(&x);
	return known;
}

/* Explains the failure of a line that no check covers. */
static void show_failure(struct session *s)
{
	const struct check_ran ran = {
		s->line, s->status, s->interrupted, s->output, s->started_ms, s->ended_ms};
	if (s->status == 0 || s->interrupted)
		return;
	(void)show_explanation(s, &ran); /* do not mention an unknown failure */
}

static void tell_status_only(
	struct session *s, const struct check_plan *plan, enum check_outcome outcome)
{
	if (outcome == CHECK_PASSED && check_plan_is_status_only(plan))
		screen_say(s->screen, SCREEN_QUIET, NULL, "Only the exit status was checked.");
}

static void act_on_outcome(struct session *s, enum check_outcome outcome)
{
	switch (outcome) {
	case CHECK_PASSED:
		mark_done(s);
		break;
	case CHECK_FAILED:
		offer_help(s);
		break;
	case CHECK_ERROR:
		s->daemon_lost = !engine_ping(s->engine, NULL);
		screen_say(s->screen, SCREEN_WARN, "! ",
			"This could not be checked, through no fault of yours: nothing was marked.");
		break;
	case CHECK_NOT_RUN:
		break;
	}
}

/* Gives a full verdict and waits as long as the state may need. */
static enum check_outcome judge_aloud(struct session *s, const struct check_plan *plan)
{
	struct check_verdicts verdicts = {0};
	check_plan_evaluate(plan, s->context,
		s->status == 0 ? JUDGE_DEADLINE_MS : FAILED_LINE_DEADLINE_MS, stop_waiting, s,
		&verdicts);
	enum check_outcome outcome = check_verdicts_outcome(&verdicts);
	show_verdicts(s->screen, &verdicts);
	tell_status_only(s, plan, outcome);
	keep_attempt(s, outcome);
	act_on_outcome(s, outcome);
	check_verdicts_finish(&verdicts);
	return outcome;
}

/* Report only success: used for exploratory commands. */
static bool judge_in_silence(struct session *s, const struct check_plan *plan)
{
	struct check_verdicts verdicts = {0};
	check_plan_evaluate(plan, s->context, 0, NULL, NULL, &verdicts);
	bool passed = check_verdicts_outcome(&verdicts) == CHECK_PASSED;
	if (passed) {
		show_verdicts(s->screen, &verdicts);
		keep_attempt(s, CHECK_PASSED);
		act_on_outcome(s, CHECK_PASSED);
	}
	check_verdicts_finish(&verdicts);
	return passed;
}

static bool is_about_the_step(const struct course_step *step, const char *line)
{
	if (step->kind == STEP_EXAMPLE)
		return text_same(line, step->command) || check_same_purpose(step->command, line);
	for (size_t i = 0; i < step->solution.count; i++)
		if (check_same_purpose(step->solution.items[i].line, line))
			return true;
	return check_changes_state(line);
}

static void judge_step(struct session *s, struct check_plan *plan)
{
	const struct course_step *step = session_step(s);
	if (is_about_the_step(step, s->line)) {
		judge_aloud(s, plan);
		return;
	}
	if (!check_plan_is_status_only(plan) && judge_in_silence(s, plan))
		return;
	keep_attempt(s, CHECK_NOT_RUN);
	show_failure(s);
}

void judge_line(struct session *s)
{
	const struct check_ran ran = {
		s->line, s->status, s->interrupted, s->output, s->started_ms, s->ended_ms};
	if (s->context != NULL)
		check_context_ran(s->context, &ran);
	const struct course_step *step = session_step(s);
	struct check_plan *plan =
		can_be_judged(s)
			? plan_of(s, step, text_same(s->line, step->command) ? NULL : s->line)
			: NULL;
	if (plan != NULL) {
		judge_step(s, plan);
	} else {
		keep_attempt(s, CHECK_NOT_RUN);
		show_failure(s);
	}
	network_offer(s, &ran);
	if (plan != NULL)
		announce_next(s);
	check_plan_destroy(plan);
}

void judge_by_events(struct session *s)
{
	if (!can_be_judged(s))
		return;
	const struct course_step *step = session_step(s);
	struct check_plan *plan = plan_of(s, step, NULL);
	struct check_verdicts verdicts = {0};
	if (plan != NULL && step->checks.count == 0)
		check_plan_drop_line(plan);
	if (plan != NULL && !check_plan_is_status_only(plan)) {
		check_plan_evaluate(plan, s->context, 0, NULL, NULL, &verdicts);
		if (check_verdicts_outcome(&verdicts) == CHECK_PASSED) {
			screen_interject(s->screen);
			show_verdicts(s->screen, &verdicts);
			mark_done(s);
			show_offer(s);
		}
	}
	check_verdicts_finish(&verdicts);
	check_plan_destroy(plan);
}

void judge_check(struct session *s)
{
	const struct course_step *step = session_step(s);
	if (step == NULL || (step->kind != STEP_EXAMPLE && step->kind != STEP_TASK)) {
		screen_say(s->screen, SCREEN_QUIET, NULL, "This step has nothing to check.");
		return;
	}
	if (s->step_done) {
		screen_say(s->screen, SCREEN_GOOD, "✔ ", "This step is already done.");
		return;
	}
	if (s->lacking != NULL) {
		show_lacking(s);
		return;
	}
	if (!context_ready(s))
		return;
	struct check_plan *plan = plan_of(s, step, s->line);
	struct check_verdicts verdicts = {0};
	if (plan != NULL)
		check_plan_evaluate(plan, s->context, 1500, stop_waiting, s, &verdicts);
	show_verdicts(s->screen, &verdicts);
	if (plan != NULL && check_verdicts_outcome(&verdicts) == CHECK_PASSED)
		mark_done(s);
	check_verdicts_finish(&verdicts);
	check_plan_destroy(plan);
	show_offer(s);
}

void judge_explain(struct session *s)
{
	if (s->line == NULL) {
		screen_say(s->screen, SCREEN_QUIET, NULL, "You have not run a command yet.");
		return;
	}
	screen_say(s->screen, SCREEN_COMMAND, "$ ", "%s", s->line);
	screen_say(s->screen, SCREEN_PLAIN, NULL, "It exited with status %d.", s->status);
	const struct check_ran ran = {
		s->line, s->status, s->interrupted, s->output, s->started_ms, s->ended_ms};
	if (!show_explanation(s, &ran) && s->status != 0)
		screen_say(s->screen, SCREEN_PLAIN, "  → ",
			"ropes does not know this failure. Start from the command's own message above; `--help` after the command lists its options.");
}

/* tutor/test.c - a course's own test: goes through it as a learner who knows everything */
#include "judge.h"
#include "quiz.h"
#include "session.h"
#include "tutor.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SETTLE_MS 2000
#define SETTLE_LOOK_US 20000
#define OUTPUT_SHOWN 600 /* bytes of a line's output in a point's detail, from the end */

struct tester {
	struct session s;
	void (*tell)(void *data, const struct tutor_test_point *point);
	void *data;
	struct error *err;
	bool lost; /* nothing more can be tested; err says why */
};

/* ---- reporting ---- */

static void report_point(struct tester *t, enum tutor_test_outcome outcome, const char *what,
	int line, const char *why, const char *detail)
{
	const struct course_lesson *l = session_lesson(&t->s);
	const struct tutor_test_point point = {
		.outcome = outcome,
		.number = l->number,
		.title = l->title,
		.what = what,
		.path = l->note->path,
		.line = line,
		.why = why,
		.detail = detail,
	};
	t->tell(t->data, &point);
}

static void pass_or_fail(
	struct tester *t, const char *what, int line, const char *why, struct buf *detail)
{
	report_point(t, why == NULL ? TUTOR_TEST_PASSED : TUTOR_TEST_FAILED, what, line, why,
		why != NULL && detail->length > 0 ? buf_text(detail) : NULL);
}

static void add_verdicts(struct buf *out, const struct check_verdicts *verdicts)
{
	for (size_t i = 0; i < verdicts->count; i++) {
		const struct check_verdict *v = &verdicts->items[i];
		buf_printf(out, "%s: %s", check_outcome_name(v->outcome), v->statement);
		if (v->seen != NULL)
			buf_printf(out, " (seen: %s)", v->seen);
		buf_add_char(out, '\n');
	}
}

/* ---- running ---- */

static bool set_lost(struct tester *t)
{
	t->lost = true;
	return false;
}

/* Runs a line and adds it to the context; its output goes into `detail`. Returns false if it could
 * not be run at all. */
static bool run_entry(struct tester *t, const struct course_entry *entry, struct buf *detail)
{
	struct sandbox_result result = {0};
	if (!setup_run_unseen(&t->s, entry->line, entry->input, &result, t->err))
		return set_lost(t);
	cleanup_buf struct buf plain = {0};
	screen_strip(result.output, result.output_length, &plain);
	const struct check_ran ran = {
		.line = entry->line,
		.status = result.status,
		.interrupted = result.interrupted || result.timed_out,
		.output = buf_text(&plain),
		.started_ms = result.started_ms,
		.ended_ms = result.ended_ms,
	};
	check_context_ran(t->s.context, &ran);
	const char *shown = buf_text(&plain);
	if (plain.length > OUTPUT_SHOWN)
		shown += plain.length - OUTPUT_SHOWN;
	buf_printf(detail, "$ %s\n%s%sexit status %d%s\n", entry->line, shown,
		plain.length > 0 && plain.data[plain.length - 1] != '\n' ? "\n" : "", result.status,
		result.timed_out ? " (it exceeded its time limit)" : "");
	bool goes_on = !result.hung_up;
	sandbox_result_finish(&result);
	if (!goes_on)
		error_set(t->err, 0, "interrupted");
	return goes_on || set_lost(t);
}

/* Runs hidden commands. A failure is reported as a point of its own. */
static bool run_hidden_tested(struct tester *t, const struct course_lines *lines, const char *what)
{
	for (size_t i = 0; i < lines->count; i++) {
		cleanup_buf struct buf detail = {0};
		struct sandbox_result result = {0};
		const struct course_line *line = &lines->items[i];
		if (!setup_run_unseen(&t->s, line->text, NULL, &result, t->err))
			return set_lost(t);
		if (result.status != 0) {
			screen_strip(result.output, result.output_length, &detail);
			report_point(t, TUTOR_TEST_FAILED, what, line->line, "the command failed",
				buf_text(&detail));
		}
		sandbox_result_finish(&result);
	}
	return true;
}

/* The baseline of a step is the state after its setup. */
static bool enter_tested_step(struct tester *t, const struct course_step *step)
{
	setup_write_files(&t->s, step);
	if (step->setups.count > 0 && !t->s.trusted) {
		report_point(t, TUTOR_TEST_SKIPPED, "set-up", step->line,
			"this course does not come with ropes, so its hidden commands run only with --trust",
			NULL);
	} else if (!run_hidden_tested(t, &step->setups, "set-up")) {
		return false;
	}
	context_close(&t->s);
	return context_open(&t->s, t->err) || set_lost(t);
}

static enum check_outcome evaluate_plan(
	struct tester *t, const struct check_plan *plan, int deadline_ms, struct buf *detail)
{
	struct check_verdicts verdicts = {0};
	check_plan_evaluate(plan, t->s.context, deadline_ms, NULL, NULL, &verdicts);
	enum check_outcome outcome = check_verdicts_outcome(&verdicts);
	add_verdicts(detail, &verdicts);
	check_verdicts_finish(&verdicts);
	return outcome;
}

/* ---- examples ---- */

static const char *reason_to_skip(struct tester *t, const struct course_step *step)
{
	if (step->skip != NULL)
		return *step->skip != '\0' ? step->skip : "for reading only";
	if (note_placeholders(step->command, NULL, NULL) > 0)
		return "it has a placeholder that the learner fills";
	return needs_lacking(&t->s, step);
}

/* Compares a fence's output with the actual output, unless a check says what counts. */
static const char *compare_output(
	struct tester *t, const struct course_step *step, struct buf *detail)
{
	static const char *const statement[] = {"output matches"};
	struct check_plan *plan;
	if (step->output == NULL || step->checks.count > 0 || step->session)
		return NULL;
	if (!check_plan_parse(statement, 1, step->output, &plan, NULL, t->err)) {
		set_lost(t);
		return error_text(t->err);
	}
	bool same = evaluate_plan(t, plan, 0, detail) == CHECK_PASSED;
	check_plan_destroy(plan);
	return same ? NULL : "its output differs from the one in the note";
}

static void try_example(struct tester *t, const struct course_step *step)
{
	cleanup_free char *what =
		xasprintf("example: %.*s", (int)strcspn(step->command, "\n"), step->command);
	const char *skip = reason_to_skip(t, step), *why = NULL;
	const struct course_entry entry = {step->command, step->input, step->line};
	cleanup_buf struct buf detail = {0};
	cleanup_error struct error err = {0};
	struct check_plan *plan;
	int line = step->line;
	if (skip != NULL) {
		report_point(t, TUTOR_TEST_SKIPPED, what, line, skip, NULL);
		return;
	}
	if (!enter_tested_step(t, step) || !run_entry(t, &entry, &detail))
		return;
	if (!judge_plan(step, NULL, &plan, &line, &err))
		why = error_text(&err);
	else if (evaluate_plan(t, plan, JUDGE_DEADLINE_MS, &detail) != CHECK_PASSED)
		why = "its checks fail";
	else
		why = compare_output(t, step, &detail);
	pass_or_fail(t, what, line, why, &detail);
	check_plan_destroy(plan);
}

/* ---- tasks ---- */

/* Collapses blanks, so that a solution is found however it is broken into lines. */
static char *squeeze_blanks(const char *text)
{
	struct buf out = {0};
	for (; *text != '\0'; text++) {
		bool blank = isspace((unsigned char)*text) || *text == '\\';
		if (!blank)
			buf_add_char(&out, *text);
		else if (out.length > 0 && out.data[out.length - 1] != ' ')
			buf_add_char(&out, ' ');
	}
	while (out.length > 0 && out.data[out.length - 1] == ' ')
		buf_truncate(&out, out.length - 1);
	return buf_steal(&out);
}

static bool tells_all(const char *text, const struct course_entries *solution)
{
	cleanup_free char *said = squeeze_blanks(text);
	for (size_t i = 0; i < solution->count; i++) {
		cleanup_free char *line = squeeze_blanks(solution->items[i].line);
		if (strstr(said, line) == NULL)
			return false;
	}
	return solution->count > 0;
}

/* A hint that gives the whole solution leaves nothing to do. */
static const char *too_much_help(const struct course_step *step, int *ret_line)
{
	cleanup_buf struct buf words = {0};
	for (size_t i = 0; i < step->hints.count; i++) {
		*ret_line = step->hints.items[i].line;
		if (tells_all(step->hints.items[i].text, &step->solution))
			return "a hint gives away the whole solution";
	}
	*ret_line = step->line;
	for (size_t i = 0; i < step->block_count; i++) {
		note_text_plain(&step->blocks[i].text, &words);
		buf_printf(
			&words, "\n%s\n", step->blocks[i].code != NULL ? step->blocks[i].code : "");
	}
	return tells_all(buf_text(&words), &step->solution)
		       ? "its text gives away the whole solution"
		       : NULL;
}

/* What a setup started may not have settled: a container that exits at once still runs for a
 * moment. */
static enum check_outcome evaluate_settled(
	struct tester *t, const struct check_plan *plan, struct buf *detail)
{
	int64_t end = clock_monotonic_ms() + SETTLE_MS;
	enum check_outcome outcome;
	for (;;) {
		size_t before = detail->length;
		outcome = evaluate_plan(t, plan, 0, detail);
		if (outcome != CHECK_PASSED || clock_monotonic_ms() >= end)
			return outcome;
		buf_truncate(detail, before);
		usleep(SETTLE_LOOK_US);
	}
}

static const char *do_task(struct tester *t, const struct course_step *step,
	const struct check_plan *plan, struct buf *detail)
{
	enum check_outcome before = evaluate_settled(t, plan, detail);
	if (before == CHECK_PASSED)
		return "its checks pass before anything was done";
	if (before == CHECK_ERROR)
		return "its checks could not be evaluated";
	buf_truncate(detail, 0);
	for (size_t i = 0; i < step->solution.count; i++)
		if (!run_entry(t, &step->solution.items[i], detail))
			return NULL;
	return evaluate_plan(t, plan, JUDGE_DEADLINE_MS, detail) == CHECK_PASSED
		       ? NULL
		       : "its checks fail after its solution";
}

static void try_task_once(struct tester *t, const struct course_step *step, const char *what)
{
	cleanup_buf struct buf detail = {0};
	cleanup_error struct error err = {0};
	struct check_plan *plan = NULL;
	int line = step->line;
	if (!enter_tested_step(t, step))
		return;
	const char *why = !judge_plan(step, NULL, &plan, &line, &err) ? error_text(&err)
			  : plan == NULL                              ? "it has no check"
			  : step->solution.count == 0                 ? "it has no solution to try"
								      : too_much_help(step, &line);
	if (why == NULL)
		why = do_task(t, step, plan, &detail);
	if (!t->lost)
		pass_or_fail(t, what, line, why, &detail);
	check_plan_destroy(plan);
}

/* Tests a review task twice, the second time with other values, after cleaning up what the first
 * left. */
static void try_task(struct tester *t, const struct course_step *step)
{
	cleanup_arena struct arena arena = {0};
	cleanup_free char *what = xasprintf("task %s", step->id);
	cleanup_free char *again = xasprintf("task %s, as a review", step->id);
	const char *lack = needs_lacking(&t->s, step);
	if (lack != NULL) {
		report_point(t, TUTOR_TEST_SKIPPED, what, step->line, lack, NULL);
		if (step->variables.count > 0)
			report_point(t, TUTOR_TEST_SKIPPED, again, step->line, lack, NULL);
		return;
	}
	try_task_once(t, step, what);
	if (step->variables.count == 0 || t->lost)
		return;
	struct course_step other = course_step_vary(step, session_seed(&t->s), &arena);
	if (t->s.trusted && !run_hidden_tested(t, &step->cleanups, "clean-up"))
		return;
	try_task_once(t, &other, again);
	if (t->s.trusted && !t->lost)
		run_hidden_tested(t, &other.cleanups, "clean-up");
}

/* ---- questions ---- */

static struct quiz *load_quiz(struct tester *t, const struct course_lesson *lesson)
{
	struct quiz *quiz = NULL;
	cleanup_error struct error err = {0};
	if (lesson->quiz_path != NULL && !quiz_load(lesson->quiz_path, &quiz, &err))
		report_point(
			t, TUTOR_TEST_FAILED, "evaluation", lesson->line, error_text(&err), NULL);
	return quiz;
}

static void try_quiz(struct tester *t, const struct quiz *quiz)
{
	const struct course_lesson *lesson = session_lesson(&t->s);
	cleanup_buf struct buf detail = {0};
	size_t asked = 0, right = 0;
	for (size_t i = 0; i < quiz->problem_count; i++)
		if (quiz->problems[i].serious)
			buf_printf(&detail, "%s:%d:%d: %s\n", quiz->problems[i].path,
				quiz->problems[i].line, quiz->problems[i].column,
				quiz->problems[i].message);
	bool sound = detail.length == 0;
	for (size_t i = 0; i < quiz->question_count; i++) {
		const struct quiz_question *q = &quiz->questions[i];
		cleanup_free char *why = NULL;
		asked += q->kind->prompt != NULL;
		if (quiz_can_be_right(q, &why))
			right += q->kind->prompt != NULL;
		else
			buf_printf(
				&detail, "%s:%d: question %s: %s\n", q->path, q->line, q->id, why);
	}
	cleanup_free char *what =
		xasprintf("quiz: %zu %s", asked, asked == 1 ? "question" : "questions");
	pass_or_fail(t, what, lesson->line,
		!sound          ? "a question cannot be read"
		: asked == 0    ? "it has no questions"
		: right < asked ? "a question has no correct answer"
				: NULL,
		&detail);
}

static void try_question(struct tester *t, const struct course_step *step, const struct quiz *quiz)
{
	cleanup_free char *what = xasprintf("question %s", step->quiz);
	const struct quiz_question *q = quiz != NULL ? quiz_find(quiz, step->quiz) : NULL;
	bool good = q != NULL && q->kind->prompt != NULL;
	report_point(t, good ? TUTOR_TEST_PASSED : TUTOR_TEST_FAILED, what, step->line,
		good ? NULL : "the lesson's quiz has no question of that name", NULL);
}

/* ---- lessons ---- */

static void try_step(struct tester *t, const struct course_step *step, const struct quiz *quiz)
{
	switch (step->kind) {
	case STEP_EXAMPLE:
		try_example(t, step);
		break;
	case STEP_TASK:
		try_task(t, step);
		break;
	case STEP_QUESTION:
		try_question(t, step, quiz);
		break;
	case STEP_PROSE:
	case STEP_CALLOUT:
		setup_write_files(&t->s, step);
		break;
	}
}

static bool make_empty(struct tester *t)
{
	context_disconnect(&t->s);
	return (sandbox_reset(t->s.options->sandbox, t->err) &&
		       sandbox_wait(t->s.options->sandbox, t->err) &&
		       context_connect(&t->s, t->err)) ||
	       set_lost(t);
}

static void try_lesson(struct tester *t, bool alone)
{
	const struct course_lesson *lesson = session_lesson(&t->s);
	if (alone && !make_empty(t))
		return;
	struct quiz *quiz = load_quiz(t, lesson);
	for (size_t i = 0; !t->lost && i < lesson->step_count; i++) {
		t->s.step = i;
		try_step(t, &lesson->steps[i], quiz);
	}
	for (size_t i = 0; !t->lost && t->s.trusted && i < lesson->step_count; i++)
		if (lesson->steps[i].variables.count == 0 &&
			needs_lacking(&t->s, &lesson->steps[i]) == NULL)
			run_hidden_tested(t, &lesson->steps[i].cleanups, "clean-up");
	if (quiz != NULL && !t->lost)
		try_quiz(t, quiz);
	quiz_destroy(quiz);
}

static void tell_problems(struct tester *t)
{
	const struct course *course = t->s.course;
	for (size_t i = 0; i < course->problem_count; i++) {
		const struct course_problem *p = &course->problems[i];
		const struct tutor_test_point point = {
			.outcome = TUTOR_TEST_FAILED,
			.number = "",
			.title = course->title,
			.what = "format",
			.path = p->path,
			.line = p->line,
			.why = p->message,
		};
		if (p->serious)
			t->tell(t->data, &point);
	}
}

bool tutor_test(const struct tutor_options *options, size_t lesson, bool each_alone,
	void (*tell_point)(void *data, const struct tutor_test_point *point), void *data,
	struct error *err)
{
	struct tester t = {
		.s = {.options = options,
			.screen = options->screen,
			.course = options->course,
			.trusted = options->trusted || options->course->shipped,
			.unwatched = true,
			.timer = -1},
		.tell = tell_point,
		.data = data,
		.err = err,
	};
	tell_problems(&t);
	if (!sandbox_wait(options->sandbox, err) || !context_connect(&t.s, err))
		t.lost = true;
	for (size_t i = 0; !t.lost && i < options->course->lesson_count; i++) {
		t.s.lesson = i;
		if (lesson == TUTOR_ALL_LESSONS || lesson == i)
			try_lesson(&t, each_alone);
	}
	context_disconnect(&t.s);
	return !t.lost;
}

/* tutor/test.c - a course's own test: goes through it as a learner who knows everything */
#include "judge.h"
#include "quiz.h"
#include "session.h"
#include "tester.h"
#include "tutor.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SETTLE_MS 2000
#define SETTLE_LOOK_US 20000

/* ---- examples ---- */

static const char *reason_to_skip(struct tester *t, const struct course_step *step)
{
	if (step->skip != NULL)
		return *step->skip != '\0' ? step->skip : _("for reading only");
	if (note_placeholders(step->command, NULL, NULL) > 0)
		return _("it has a placeholder that the learner fills");
	return needs_lacking(&t->s, step);
}

/* Whether the author says that the output counts: else it is an illustration. */
static bool is_output_checked(const struct course_step *step)
{
	for (size_t i = 0; i < step->checks.count; i++)
		if (text_same(step->checks.items[i].text, "output matches"))
			return true;
	return false;
}

/* What a command that passed printed, beside the note. Returns false if it differs, and says how.
 */
static bool compare_output(
	const struct course_step *step, const struct buf *output, struct buf *detail)
{
	bool compared = step->output != NULL && !step->session &&
			(step->checks.count == 0 || is_output_checked(step));
	buf_truncate(detail, 0);
	return !compared || check_compare_output(step->output, buf_text(output), detail);
}

/* The step with the output that it has now. */
static struct course_step with_output(
	const struct course_step *step, const struct buf *output, struct arena *arena)
{
	struct course_step now = *step;
	cleanup_free char *updated = check_update_output(step->output, buf_text(output));
	now.output = arena_strdup(arena, updated);
	return now;
}

static const char *judge_example(
	struct tester *t, const struct course_step *step, int *ret_line, struct buf *detail)
{
	cleanup_error struct error err = {0};
	struct check_plan *plan = NULL;
	const char *why = NULL;
	if (!judge_plan(step, NULL, &plan, ret_line, &err)) {
		buf_printf(detail, "%s\n", error_text(&err));
		why = _("a check cannot be read");
	} else if (tester_evaluate(t, plan, JUDGE_DEADLINE_MS, detail) != CHECK_PASSED) {
		why = _("its checks fail");
	}
	check_plan_destroy(plan);
	return why;
}

static void run_example(struct tester *t, const struct course_step *step, const char *what)
{
	const struct course_entry entry = {step->command, step->input, step->line};
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf detail = {0}, output = {0}, diff = {0};
	int line = step->line;
	if (!tester_enter_step(t, step) || !tester_run(t, &entry, &detail, &output))
		return;
	bool same = compare_output(step, &output, &diff);
	bool updates = !same && t->plan->update != NULL;
	const struct course_step now = updates ? with_output(step, &output, &arena) : *step;
	const char *why = judge_example(t, &now, &line, &detail);
	if (why == NULL && updates)
		t->plan->update(t->plan->data, session_lesson(&t->s)->note->path, step->line,
			step->output, now.output);
	if (why != NULL && !same)
		buf_add_text(&detail, buf_text(&diff));
	if (why != NULL || same || updates)
		tester_judge(t, what, line, why, &detail);
	else
		tester_report(t, TUTOR_TEST_WARNED, what, line,
			_("its output differs from the one in the note"), buf_text(&diff));
}

static size_t count_lines(const char *text)
{
	size_t count = 0;
	for (; (text = strchr(text, '\n')) != NULL; text++)
		count++;
	return count;
}

static const struct lint_report *lint_of_course(struct tester *t)
{
	if (!t->linted) {
		lint_check_course(t->s.course, NULL, &t->lint);
		lint_sort(&t->lint);
	}
	t->linted = true;
	return &t->lint;
}

/* What lint finds in a line, a run finds, too; this one does not run. */
static void report_unrun(
	struct tester *t, const struct course_step *step, const char *what, const char *reason)
{
	const struct lint_report *lint = lint_of_course(t);
	bool faulty = false;
	for (size_t i = 0; i < lint->count; i++) {
		const struct lint_problem *p = &lint->items[i];
		if (!p->rule->is_tested || p->level == LINT_NOTE || p->line < step->line ||
			p->line > step->line + (int)count_lines(step->command) ||
			!text_same(p->path, session_lesson(&t->s)->note->path))
			continue;
		tester_report(t, TUTOR_TEST_WARNED, what, p->line, p->message, NULL);
		faulty = true;
	}
	if (!faulty)
		tester_report(t, TUTOR_TEST_SKIPPED, what, step->line, reason, NULL);
}

static void try_example(struct tester *t, const struct course_step *step, const char *what)
{
	const char *skip = reason_to_skip(t, step);
	if (skip != NULL)
		report_unrun(t, step, what, skip);
	else
		run_example(t, step, what);
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
			return _("a hint gives away the whole solution");
	}
	*ret_line = step->line;
	for (size_t i = 0; i < step->block_count; i++) {
		note_text_plain(&step->blocks[i].text, &words);
		buf_printf(
			&words, "\n%s\n", step->blocks[i].code != NULL ? step->blocks[i].code : "");
	}
	return tells_all(buf_text(&words), &step->solution)
		       ? _("its text gives away the whole solution")
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
		outcome = tester_evaluate(t, plan, 0, detail);
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
		return _("its checks pass before anything was done");
	if (before == CHECK_ERROR)
		return _("its checks could not be evaluated");
	buf_truncate(detail, 0);
	for (size_t i = 0; i < step->solution.count; i++)
		if (!tester_run(t, &step->solution.items[i], detail, NULL))
			return NULL;
	return tester_evaluate(t, plan, JUDGE_DEADLINE_MS, detail) == CHECK_PASSED
		       ? NULL
		       : _("its checks fail after its solution");
}

static void try_task_once(struct tester *t, const struct course_step *step, const char *what)
{
	cleanup_buf struct buf detail = {0};
	cleanup_error struct error err = {0};
	struct check_plan *plan = NULL;
	int line = step->line;
	if (!tester_enter_step(t, step))
		return;
	const char *why = !judge_plan(step, NULL, &plan, &line, &err) ? error_text(&err)
			  : plan == NULL                              ? _("it has no check")
			  : step->solution.count == 0 ? _("it has no solution to try")
						      : too_much_help(step, &line);
	if (why == NULL)
		why = do_task(t, step, plan, &detail);
	if (!t->lost)
		tester_judge(t, what, line, why, &detail);
	check_plan_destroy(plan);
}

/* Tests a review task twice, the second time with other values, after cleaning up what the first
 * left. */
static void try_task(struct tester *t, const struct course_step *step, const char *what)
{
	cleanup_arena struct arena arena = {0};
	cleanup_free char *again = xasprintf("task %s, as a review", step->id);
	const char *lack = needs_lacking(&t->s, step);
	if (lack != NULL) {
		tester_report(t, TUTOR_TEST_SKIPPED, what, step->line, lack, NULL);
		if (step->variables.count > 0)
			tester_report(t, TUTOR_TEST_SKIPPED, again, step->line, lack, NULL);
		return;
	}
	try_task_once(t, step, what);
	if (step->variables.count == 0 || t->lost)
		return;
	struct course_step other = course_step_vary(step, session_seed(&t->s), &arena);
	if (t->s.trusted && !tester_run_hidden(t, &step->cleanups, "clean-up"))
		return;
	try_task_once(t, &other, again);
	if (t->s.trusted && !t->lost)
		tester_run_hidden(t, &other.cleanups, "clean-up");
}

/* ---- questions ---- */

static struct quiz *load_quiz(struct tester *t, const struct course_lesson *lesson)
{
	struct quiz *quiz = NULL;
	cleanup_error struct error err = {0};
	if (lesson->quiz_path != NULL && !quiz_load(lesson->quiz_path, &quiz, &err))
		tester_report(
			t, TUTOR_TEST_FAILED, "evaluation", lesson->line, error_text(&err), NULL);
	return quiz;
}

/* A point about a line of the bank. */
static void fail_question(struct tester *t, const char *path, int line, int column, const char *why)
{
	const struct course_lesson *lesson = session_lesson(&t->s);
	struct tutor_test_point point = {
		.outcome = TUTOR_TEST_FAILED,
		.number = lesson->number,
		.title = lesson->title,
		.what = "quiz",
		.path = path,
		.line = line,
		.column = column,
		.why = why,
	};
	if (tester_wants(t->plan, lesson, point.what))
		tester_tell(t, &point);
}

static void try_quiz(struct tester *t, const struct quiz *quiz)
{
	const struct course_lesson *lesson = session_lesson(&t->s);
	size_t asked = 0, bad = 0;
	for (size_t i = 0; i < quiz->problem_count; i++) {
		const struct quiz_problem *p = &quiz->problems[i];
		if (p->serious)
			fail_question(t, p->path, p->line, p->column, p->message);
		bad += p->serious;
	}
	for (size_t i = 0; i < quiz->question_count; i++) {
		const struct quiz_question *q = &quiz->questions[i];
		cleanup_free char *reason = NULL;
		asked += q->kind->prompt != NULL;
		if (quiz_can_be_right(q, &reason))
			continue;
		cleanup_free char *why = xasprintf(_("question %s: %s"), q->id, reason);
		fail_question(t, q->path, q->line, 0, why);
		bad++;
	}
	cleanup_free char *what =
		xasprintf("quiz: %zu %s", asked, asked == 1 ? "question" : "questions");
	if (bad == 0)
		tester_report(t, asked > 0 ? TUTOR_TEST_PASSED : TUTOR_TEST_FAILED, what,
			lesson->line, asked > 0 ? NULL : _("it has no questions"), NULL);
}

static void try_question(
	struct tester *t, const struct course_step *step, const char *what, const struct quiz *quiz)
{
	const struct quiz_question *q = quiz != NULL ? quiz_find(quiz, step->quiz) : NULL;
	bool good = q != NULL && q->kind->prompt != NULL;
	tester_report(t, good ? TUTOR_TEST_PASSED : TUTOR_TEST_FAILED, what, step->line,
		good ? NULL : _("the lesson's quiz has no question of that name"), NULL);
}

/* ---- lessons ---- */

/* What a point about the step is called. The caller frees it. */
static char *name_of_step(const struct course_step *step)
{
	switch (step->kind) {
	case STEP_EXAMPLE:
		return xasprintf("example: %.*s", (int)strcspn(step->command, "\n"), step->command);
	case STEP_TASK:
		return xasprintf("task %s", step->id);
	case STEP_QUESTION:
		return xasprintf("question %s", step->quiz);
	case STEP_PROSE:
	case STEP_CALLOUT:
		break;
	}
	return NULL;
}

static void try_step(struct tester *t, const struct course_step *step, const struct quiz *quiz)
{
	cleanup_free char *what = name_of_step(step);
	t->began_ms = clock_monotonic_ms();
	if (step->kind == STEP_EXAMPLE)
		try_example(t, step, what);
	else if (step->kind == STEP_TASK)
		try_task(t, step, what);
	else if (step->kind == STEP_QUESTION)
		try_question(t, step, what, quiz);
	else
		setup_write_files(&t->s, step);
	if (t->lost || t->plan->path == NULL || step->line < t->plan->line ||
		!text_same(t->plan->path, session_lesson(&t->s)->note->path))
		return;
	inspect_state(&t->s);
	t->ended = true;
}

static bool wants_quiz(const struct tutor_test_plan *plan, const struct course_lesson *lesson)
{
	return lesson->quiz_path != NULL && tester_wants(plan, lesson, "quiz");
}

/* Returns how many of the lesson's steps there are up to the last wanted one. */
static size_t count_wanted(const struct tutor_test_plan *plan, const struct course_lesson *lesson)
{
	size_t count = 0;
	for (size_t i = 0; i < lesson->step_count; i++) {
		cleanup_free char *what = name_of_step(&lesson->steps[i]);
		if (what != NULL && tester_wants(plan, lesson, what))
			count = i + 1;
	}
	return count;
}

static bool is_in_plan(const struct tutor_test_plan *plan, size_t lesson)
{
	return plan->lesson == TUTOR_ALL_LESSONS || plan->lesson == lesson;
}

bool tutor_test_wants(const struct course *course, const struct tutor_test_plan *plan)
{
	bool wanted = false;
	for (size_t i = 0; i < course->lesson_count && !wanted; i++)
		wanted =
			is_in_plan(plan, i) && (wants_quiz(plan, &course->lessons[i]) ||
						       count_wanted(plan, &course->lessons[i]) > 0);
	return wanted;
}

static void try_lesson(struct tester *t)
{
	const struct course_lesson *lesson = session_lesson(&t->s);
	bool whole = t->plan->wants == NULL || wants_quiz(t->plan, lesson);
	size_t count = whole ? lesson->step_count : count_wanted(t->plan, lesson);
	if (count == 0 && !whole)
		return;
	struct quiz *quiz = load_quiz(t, lesson);
	for (size_t i = 0; !t->lost && !t->ended && i < count; i++) {
		t->s.step = i;
		try_step(t, &lesson->steps[i], quiz);
	}
	for (size_t i = 0; !t->lost && !t->ended && t->s.trusted && i < count; i++)
		if (lesson->steps[i].variables.count == 0 &&
			needs_lacking(&t->s, &lesson->steps[i]) == NULL)
			tester_run_hidden(t, &lesson->steps[i].cleanups, "clean-up");
	t->s.step = lesson->step_count;
	t->began_ms = clock_monotonic_ms();
	if (quiz != NULL && !t->lost && !t->ended)
		try_quiz(t, quiz);
	quiz_destroy(quiz);
}

void tutor_test_lint(const struct course *course, const struct tutor_test_plan *plan)
{
	struct tester t = {.s = {.course = course}, .plan = plan, .began_ms = clock_monotonic_ms()};
	const struct lint_report *lint = lint_of_course(&t);
	for (size_t i = 0; i < lint->count; i++) {
		const struct lint_problem *p = &lint->items[i];
		struct tutor_test_point point = {
			.outcome = p->level == LINT_ERROR ? TUTOR_TEST_FAILED : TUTOR_TEST_WARNED,
			.number = "",
			.title = course->title,
			.what = p->rule->name,
			.path = p->path,
			.line = p->line,
			.column = p->column,
			.why = p->message,
		};
		cleanup_free char *name = xasprintf("%s: %s", point.title, point.what);
		if (p->level != LINT_NOTE && !p->rule->is_tested &&
			(plan->wants == NULL || plan->wants(plan->data, name)))
			tester_tell(&t, &point);
	}
	lint_finish(&t.lint);
}

bool tutor_test(
	const struct tutor_options *options, const struct tutor_test_plan *plan, struct error *err)
{
	struct tester t = {
		.s = {.options = options,
			.screen = options->screen,
			.course = options->course,
			.trusted = options->trusted || options->course->shipped,
			.unwatched = true,
			.timer = -1},
		.plan = plan,
		.began_ms = clock_monotonic_ms(),
		.err = err,
	};
	if (!sandbox_wait(options->sandbox, err) || !context_connect(&t.s, err))
		t.lost = true;
	for (size_t i = 0; !t.lost && !t.ended && i < options->course->lesson_count; i++) {
		t.s.lesson = i;
		if (is_in_plan(plan, i))
			try_lesson(&t);
	}
	context_disconnect(&t.s);
	lint_finish(&t.lint);
	return !t.lost;
}

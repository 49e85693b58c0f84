/* cmd/lint.c - ropes lint: reports problems in a note, as FILE:LINE: message */
#include "cmd.h"
#include "check.h"
#include "explain.h"
#include "note.h"
#include "quiz.h"

#include <stdio.h>
#include <unistd.h>

static unsigned print_problems(const struct course *course)
{
	unsigned serious = 0;
	for (size_t i = 0; i < course->problem_count; i++) {
		const struct course_problem *p = &course->problems[i];
		printf("%s:%d: %s%s\n", p->path, p->line, p->serious ? "" : "note: ", p->message);
		serious += p->serious;
	}
	return serious;
}

static unsigned lint_checks(const struct course_lesson *lesson, const struct course_step *step)
{
	unsigned bad = 0;
	for (size_t i = 0; i < step->checks.count; i++) {
		const struct course_line *line = &step->checks.items[i];
		struct check_plan *plan = NULL;
		cleanup_error struct error err = {0};
		if (check_plan_parse(&line->text, 1, step->output, &plan, NULL, &err)) {
			check_plan_destroy(plan);
			continue;
		}
		printf("%s:%d: %s\n", lesson->note->path, line->line, error_text(&err));
		bad++;
	}
	return bad;
}

/* An example may show a mistake on purpose, so these are notes. */
static void lint_example(const struct course_lesson *lesson, const struct course_step *step)
{
	cleanup_words struct words faults = {0};
	if (step->command == NULL || note_placeholders(step->command, NULL, NULL) > 0)
		return;
	explain_faults(step->command, &faults);
	for (size_t i = 0; i < faults.count; i++)
		printf("%s:%d: note: %s\n", lesson->note->path, step->line, faults.items[i]);
}

static unsigned lint_quiz(const char *path)
{
	struct quiz *quiz = NULL;
	cleanup_error struct error err = {0};
	unsigned bad = 0;
	if (path == NULL)
		return 0;
	if (!quiz_load(path, &quiz, &err)) {
		printf("%s\n", error_text(&err));
		return 1;
	}
	for (size_t i = 0; i < quiz->problem_count; i++) {
		const struct quiz_problem *p = &quiz->problems[i];
		printf("%s:%d:%d: %s%s\n", p->path, p->line, p->column,
			p->serious ? "" : "note: ", p->message);
		bad += p->serious;
	}
	quiz_destroy(quiz);
	return bad;
}

static unsigned lint_lesson(const struct course_lesson *lesson)
{
	unsigned bad = lint_quiz(lesson->quiz_path);
	for (size_t i = 0; i < lesson->step_count; i++) {
		bad += lint_checks(lesson, &lesson->steps[i]);
		lint_example(lesson, &lesson->steps[i]);
	}
	return bad;
}

static unsigned lint_course(const struct course *course)
{
	unsigned bad = print_problems(course);
	for (size_t i = 0; i < course->lesson_count; i++)
		bad += lint_lesson(&course->lessons[i]);
	return bad;
}

/* An existing file that is not a note counts as one more problem if there are other operands. */
static bool lint_operand(const char *operand, bool alone, unsigned *bad, struct error *err)
{
	struct course *course;
	cleanup_error struct error broken = {0};
	if (quiz_is_bank(operand)) {
		*bad += lint_quiz(operand);
		return true;
	}
	if (alone || access(operand, F_OK) != 0) {
		if (!course_load(operand, &course, err))
			return false;
	} else if (!course_load(operand, &course, &broken)) {
		printf("%s:0: %s\n", operand, error_text(&broken));
		++*bad;
		return true;
	}
	*bad += lint_course(course);
	course_destroy(course);
	return true;
}

static bool run_lint(const struct arguments *arguments, struct error *err)
{
	unsigned bad = 0;
	bool alone = arguments->operand_count == 1;
	for (size_t i = 0; i < arguments->operand_count; i++)
		if (!lint_operand(arguments->operands[i], alone, &bad, err))
			return false;
	return bad == 0 || error_set_kind(err, ERROR_FAILED, "%u %s found", bad,
				   bad == 1 ? "problem" : "problems");
}

const struct command cmd_lint = {
	.name = "lint",
	.operands = "NOTE|COURSE|FILE…",
	.summary = "report what is wrong in a note or in questions, as FILE:LINE: message",
	.details =
		"Lines with `note:` are only hints; the others are problems, and make the exit status 1.",
	.operands_min = 1,
	.operands_max = 1000,
	.run = run_lint,
};

/* cmd/review.c - ropes review: the questions and tasks that are due */
#include "cmd.h"

#include <stdlib.h>

#define REVIEWS_MAX 20

/* A sandbox is needed only if a task is due. */
static bool open_review_sandbox(const struct arguments *arguments, struct tutor_options *options,
	struct sandbox **ret, struct error *err)
{
	bool needed = false;
	cleanup_free char *course = common_course_name(options->course);
	return tutor_review_has_task(options, &needed, err) &&
	       (!needed || common_sandbox(
				   arguments, options->screen, options->learner, course, ret, err));
}

static bool review_course(const struct arguments *arguments, struct tutor_options *options,
	unsigned max, struct error *err)
{
	struct sandbox *sandbox = NULL;
	struct screen *screen;
	if (!common_screen(&screen, err))
		return false;
	options->screen = screen;
	bool good = open_review_sandbox(arguments, options, &sandbox, err);
	options->sandbox = sandbox;
	good = good && tutor_review(options, max, err);
	if (sandbox != NULL)
		sandbox_close(sandbox, !screen_is_terminal(screen));
	return common_screen_close(screen, good, err);
}

static bool review_operand(const struct arguments *arguments, struct tutor_options *options,
	unsigned max, struct error *err)
{
	cleanup_free char *reference = NULL;
	struct course *course;
	size_t lesson;
	if (arguments->operand_count > 0)
		reference = xstrdup(arguments->operands[0]);
	else if (!resume_reference(options->record, options->learner, &reference, err))
		return false;
	if (!common_course(reference, &course, &lesson, err))
		return false;
	options->course = course;
	bool good = identity_settle(options->record, options->learner, course, err) &&
		    review_course(arguments, options, max, err);
	course_destroy(course);
	return good;
}

static bool run_review(const struct arguments *arguments, struct error *err)
{
	const char *most_text = arguments_get(arguments, "most");
	cleanup_free char *learner = common_learner(arguments);
	cleanup_free char *path = record_default_path();
	long long max = REVIEWS_MAX;
	struct record *record;
	if (most_text != NULL && !text_number(most_text, 1, 10000, &max))
		return error_set_kind(err, ERROR_USAGE,
			"--most: expected a number from 1 to 10000, got '%s'", most_text);
	if (!record_open(path, &record, err))
		return false;
	struct tutor_options options = {.record = record,
		.learner = learner,
		.trusted = arguments_get(arguments, "trust") != NULL};
	bool good = review_operand(arguments, &options, (unsigned)max, err);
	record_close(record);
	return good;
}

const struct command cmd_review = {
	.name = "review",
	.operands = "[COURSE]",
	.summary = N_(
		"repeat what is due: questions, and tasks with other names; then show what is due next"),
	.details = N_(
		"Questions and tasks come back when you are about to forget them (FSRS): soon after a wrong\n"
		"answer, later and later after right ones."),
	.options = {OPTION_LEARNER, OPTION_DAEMON,
		{"most", "N", N_("how many at most (default: 20)")},
		{"trust", NULL,
			N_("let a course that does not come with ropes run hidden commands")}},
	.operands_max = 1,
	.run = run_review,
};

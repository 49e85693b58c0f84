/* cmd/review.c - ropes review: the questions that are due */
#include "cmd.h"

#include <stdlib.h>

#define MOST 20

static bool review(
	struct tutor_options *options, const char *operand, unsigned most, struct error *err)
{
	cleanup_free char *reference = NULL;
	struct course *course;
	size_t lesson;
	if (operand != NULL)
		reference = xstrdup(operand);
	else if (!common_reference(options->record, options->learner, &reference, err))
		return false;
	if (!common_course(reference, &course, &lesson, err))
		return false;
	struct screen *screen;
	bool good = common_screen(&screen, err);
	if (good) {
		options->course = course;
		options->screen = screen;
		good = tutor_review(options, most, err);
		screen_close(screen);
	}
	course_destroy(course);
	return good;
}

static bool run(const struct arguments *arguments, struct error *err)
{
	const char *most_text = argument(arguments, "most");
	cleanup_free char *learner = common_learner(arguments);
	cleanup_free char *path = record_default_path();
	long long most = MOST;
	struct record *record;
	if (most_text != NULL && !text_number(most_text, 1, 10000, &most))
		return error_set_kind(
			err, ERROR_USAGE, "--most '%s': a number from 1 to 10000", most_text);
	if (!record_open(path, &record, err))
		return false;
	struct tutor_options options = {.record = record, .learner = learner};
	bool good = review(&options, arguments->operand_count > 0 ? arguments->operands[0] : NULL,
		(unsigned)most, err);
	record_close(record);
	return good;
}

const struct command command_review = {
	.name = "review",
	.operands = "[COURSE]",
	.summary = "the questions that are due again, and what is due next",
	.details = "What was answered comes back when it is about to be forgotten (FSRS): soon "
		   "after a\n"
		   "wrong answer, later and later after right ones.",
	.options = {OPTION_LEARNER, {"most", "N", "questions at a time (default: 20)"}},
	.operands_most = 1,
	.run = run,
};

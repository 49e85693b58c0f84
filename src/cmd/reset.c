/* cmd/reset.c - ropes reset: removes what the learner made in the sandbox and, if asked, what is
 * recorded */
#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool reset_sandbox(const struct arguments *arguments, const char *learner, struct error *err)
{
	struct common_daemon choice;
	struct sandbox *sandbox;
	if (!common_daemon_choice(arguments, &choice, err))
		return false;
	const struct sandbox_options options = {
		.learner = learner, .daemon = choice.kind, .host = choice.host, .signals = -1};
	if (!sandbox_open(&options, &sandbox, err))
		return false;
	bool good = sandbox_reset(sandbox, err);
	sandbox_close(sandbox, true);
	if (good)
		puts("The sandbox is empty again.");
	return good;
}

static bool forget_progress(
	const struct arguments *arguments, const char *learner, struct error *err)
{
	cleanup_free char *path = record_default_path();
	struct course *course;
	struct record *record;
	size_t lesson;
	if (arguments->operand_count == 0)
		return error_set_kind(err, ERROR_USAGE,
			"--progress requires a course: `ropes reset --progress COURSE[#LESSON]`");
	if (!common_course(arguments->operands[0], &course, &lesson, err))
		return false;
	bool good = record_open(path, &record, err);
	if (good) {
		good = record_forget(record, learner, course->id,
			lesson != TUTOR_ALL_LESSONS ? course->lessons[lesson].anchor : NULL, err);
		record_close(record);
	}
	if (good)
		printf("The progress of %s in %s has been deleted.\n", learner, course->title);
	course_destroy(course);
	return good;
}

static bool run_reset(const struct arguments *arguments, struct error *err)
{
	cleanup_free char *learner = common_learner(arguments);
	if (arguments_get(arguments, "progress") != NULL &&
		!forget_progress(arguments, learner, err))
		return false;
	return reset_sandbox(arguments, learner, err);
}

const struct command cmd_reset = {
	.name = "reset",
	.operands = "[COURSE[#LESSON]]",
	.summary = "remove what was created in the sandbox",
	.options =
		{
			OPTION_LEARNER,
			OPTION_DAEMON,
			{"progress", NULL, "also delete the recorded progress in COURSE"},
		},
	.operands_max = 1,
	.run = run_reset,
};

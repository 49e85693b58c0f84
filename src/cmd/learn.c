/* cmd/learn.c - ropes learn: the tutor */
#include "cmd.h"

static bool run_learn(const struct arguments *arguments, struct error *err)
{
	struct learning_plan plan;
	if (!learning_plan_read(arguments, &plan, err))
		return false;
	cleanup_free char *learner = common_learner(arguments);
	plan.learner = learner;
	plan.reference = arguments->operand_count > 0 ? arguments->operands[0] : NULL;
	plan.once = arguments_get(arguments, "once") != NULL;
	plan.watched = arguments_get(arguments, "watch") != NULL;
	if (plan.once && plan.watched)
		return error_set_kind(
			err, ERROR_USAGE, "--once and --watch cannot be used together");
	return learning_run(&plan, err);
}

const struct command cmd_learn = {
	.name = "learn",
	.operands = "[COURSE[#LESSON]]",
	.summary = N_("start the tutor"),
	.details = N_(
		"COURSE is a name that `ropes list` prints, or the path of a Markdown note; LESSON is a number\n"
		"(3.2), an anchor, or the beginning of a title. Without COURSE the tutor continues where you\n"
		"stopped. If standard input is not a terminal, the session reads its lines from there."),
	.options =
		{
			OPTION_LEARNER,
			OPTION_DAEMON,
			OPTION_IDLE,
			OPTION_NETWORK,
			{"once", NULL,
				N_("show the first lesson with a command, run it, print the verdict, and exit")},
			{"watch", NULL,
				N_("for authors: show the step again whenever the course is saved")},
			OPTION_SEED,
			{"timeout", "SECONDS",
				N_("time limit of a line (default: none at a terminal, otherwise 60)")},
			{"trust", NULL,
				N_("let a course that does not come with ropes run hidden commands")},
		},
	.operands_max = 1,
	.run = run_learn,
};

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
	return learning_run(&plan, err);
}

const struct command cmd_learn = {
	.name = "learn",
	.operands = "[COURSE[#LESSON]]",
	.summary = "the tutor: read, run, be checked",
	.details = "COURSE is a name from `ropes list` or the path of a Markdown note; LESSON a "
		   "number (3.2), an anchor\n"
		   "or the beginning of a title. Without COURSE: where I stopped. When standard "
		   "input is no terminal,\n"
		   "the same session takes its lines from there.",
	.options =
		{
			OPTION_LEARNER,
			OPTION_DAEMON,
			OPTION_IDLE,
			OPTION_NETWORK,
			{"once", NULL,
				"show the first lesson with a command, run it, tell the verdict, "
				"end"},
			OPTION_SEED,
			{"timeout", "SECONDS",
				"time limit of a line (default: none at a terminal, 60 elsewhere)"},
			{"trust", NULL, "let the hidden commands of a foreign course run"},
		},
	.operands_max = 1,
	.run = run_learn,
};

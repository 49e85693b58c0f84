/* cmd/show.c - ropes show: prints a lesson as the tutor shows it */
#include "cmd.h"

static bool run_show(const struct arguments *arguments, struct error *err)
{
	struct course *course;
	struct screen *screen;
	size_t lesson;
	if (!common_course(arguments->operands[0], &course, &lesson, err))
		return false;
	bool good = common_screen(&screen, err);
	if (good) {
		tutor_show(screen, course, lesson);
		good = common_screen_close(screen, true, err);
	}
	course_destroy(course);
	return good;
}

const struct command cmd_show = {
	.name = "show",
	.operands = "COURSE[#LESSON]",
	.summary = N_("print a lesson as the tutor shows it"),
	.operands_min = 1,
	.operands_max = 1,
	.run = run_show,
};

/* cmd/reset.c - ropes reset: removes what the learner made in the sandbox and, if asked, what is
 * recorded */
#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>

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
		puts(_("The sandbox is empty again."));
	return good;
}

/* ---- progress ---- */

struct forgetting {
	const struct arguments *arguments;
	const char *learner;
	struct course *course;
	const struct course_lesson *lesson; /* NULL: the whole course */
};

static bool is_recorded(
	const struct forgetting *f, struct record *record, bool *ret, struct error *err)
{
	struct record_progress progress = {0};
	if (!record_progress(record, f->learner, &progress, err))
		return false;
	*ret = false;
	for (size_t c = 0; c < progress.course_count; c++) {
		const struct record_course *course = &progress.courses[c];
		bool it = text_same(course->course, f->course->id);
		*ret = *ret || (it && f->lesson == NULL);
		for (size_t i = 0; it && f->lesson != NULL && i < course->lesson_count; i++)
			*ret = *ret || text_same(course->lessons[i].lesson, f->lesson->anchor);
	}
	record_progress_finish(&progress);
	return true;
}

static bool agrees_to_forget(const struct forgetting *f, const char *what, struct error *err)
{
	struct screen *screen;
	bool yes = arguments_get(f->arguments, "yes") != NULL;
	if (yes)
		return true;
	if (!common_screen(&screen, err))
		return false;
	cleanup_free char *question =
		xasprintf(_("Delete the progress of %s in %s for good? [y/N] "), f->learner, what);
	(void)screen_confirm(screen, question, false, &yes); /* no answer means no */
	screen_close(screen);
	return yes || error_set_kind(err, ERROR_FAILED, "nothing was deleted");
}

static bool forget_recorded(const struct forgetting *f, struct record *record, struct error *err)
{
	const char *what = f->lesson != NULL ? f->lesson->title : f->course->title;
	bool recorded = false;
	if (!identity_settle(record, f->learner, f->course, err) ||
		!is_recorded(f, record, &recorded, err))
		return false;
	if (!recorded)
		return error_set_kind(err, ERROR_FAILED,
			"there is no recorded progress of %s in %s; nothing was deleted",
			f->learner, what);
	if (!agrees_to_forget(f, what, err) ||
		!record_forget(record, f->learner, f->course->id,
			f->lesson != NULL ? f->lesson->anchor : NULL, err))
		return false;
	printf(_("The progress of %s in %s has been deleted.\n"), f->learner, what);
	return true;
}

static bool forget_progress(const struct forgetting *f, struct error *err)
{
	cleanup_free char *path = record_default_path();
	struct record *record;
	if (!file_exists(path))
		return error_set_kind(
			err, ERROR_FAILED, "nothing is recorded yet; nothing was deleted");
	if (!record_open(path, &record, err))
		return false;
	bool good = forget_recorded(f, record, err);
	record_close(record);
	return good;
}

/* Find the course and lesson before anything is removed. */
static bool run_reset(const struct arguments *arguments, struct error *err)
{
	cleanup_free char *learner = common_learner(arguments);
	bool forget = arguments_get(arguments, "progress") != NULL, good = true;
	struct forgetting f = {.arguments = arguments, .learner = learner};
	size_t lesson = TUTOR_ALL_LESSONS;
	if (forget && arguments->operand_count == 0)
		return error_set_kind(err, ERROR_USAGE,
			"--progress requires a course: `ropes reset --progress COURSE[#LESSON]`");
	if (arguments->operand_count > 0 &&
		!common_course(arguments->operands[0], &f.course, &lesson, err))
		return false;
	if (lesson != TUTOR_ALL_LESSONS)
		f.lesson = &f.course->lessons[lesson];
	good = (!forget || forget_progress(&f, err)) && reset_sandbox(arguments, learner, err);
	course_destroy(f.course);
	return good;
}

const struct command cmd_reset = {
	.name = "reset",
	.operands = "[COURSE[#LESSON]]",
	.summary = N_("remove what was created in the sandbox"),
	.options =
		{
			OPTION_LEARNER,
			OPTION_DAEMON,
			{"progress", NULL, N_("also delete the recorded progress in COURSE")},
			{"yes", NULL, N_("do not ask before deleting progress")},
		},
	.operands_max = 1,
	.run = run_reset,
};

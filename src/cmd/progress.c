/* cmd/progress.c - ropes progress: shows a learner's progress */
#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>

static char *format_scores(const struct record_attempts *quiz)
{
	if (quiz->count == 0)
		return xstrdup("");
	return xasprintf(
		"%.0f / %.0f / %.0f %%", quiz->first * 100, quiz->best * 100, quiz->last * 100);
}

static char *format_steps(const struct screen *screen, const struct record_lesson *l)
{
	cleanup_buf struct buf text = {0};
	cleanup_free char *tick = screen_mark(screen, "✔ ");
	buf_printf(&text, _("%s%u done"), l->completed ? tick : "", l->done);
	if (l->skipped > 0)
		buf_printf(&text, _(", %u skipped"), l->skipped);
	if (l->shown > 0)
		buf_printf(&text, _(", %u shown"), l->shown);
	return buf_steal(&text);
}

/* A path is not wrapped, so that it can be copied. */
static void put_unbroken(struct screen *screen, const char *path)
{
	screen_put(screen, SCREEN_QUIET, path);
	screen_newline(screen);
}

static void print_course_progress(struct screen *screen, const struct record_course *course)
{
	static const char quiz_head[] = N_("quiz\n"
					   "first / best / last");
	static const char *const head[] = {N_("lesson"), N_("steps"), quiz_head, N_("time")};
	cleanup_words struct words cells = {0};
	cleanup_buf struct buf whole = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(head); i++)
		words_add(&cells, _(head[i]));
	for (size_t i = 0; i < course->lesson_count; i++) {
		const struct record_lesson *l = &course->lessons[i];
		cleanup_free char *done = format_steps(screen, l), *quiz = format_scores(&l->quiz);
		cleanup_buf struct buf time = {0};
		text_duration(&time, l->time_ms);
		words_add(&cells, l->title != NULL ? l->title : l->lesson);
		words_add(&cells, done);
		words_add(&cells, quiz);
		words_add(&cells, buf_text(&time));
	}
	text_duration(&whole, course->time_ms);
	screen_say(
		screen, SCREEN_TITLE, NULL, "%s", course->title ? course->title : course->course);
	if (course->reference != NULL &&
		course->reference[0] == '/') /* several may share a title */
		put_unbroken(screen, course->reference);
	screen_table(screen, ARRAY_LENGTH(head), course->lesson_count + 1,
		(const char *const *)cells.items, 1u << 3);
	screen_say(screen, SCREEN_QUIET, NULL, "time on task: %s", buf_text(&whole));
}

static bool print_learner_progress(const struct arguments *arguments,
	const struct record_progress *progress, struct error *err)
{
	if (arguments_get(arguments, "json") != NULL) {
		cleanup_free char *json = record_progress_json(progress);
		puts(json);
		return true;
	}
	const char *course = arguments->operand_count > 0 ? arguments->operands[0] : "";
	struct screen *screen;
	if (!common_screen(&screen, err))
		return false;
	if (progress->course_count == 0)
		screen_say(screen, SCREEN_PLAIN, NULL,
			"There are no records of %s%s yet. Start with `ropes%s%s`.",
			progress->learner, *course != '\0' ? _(" in this course") : "",
			*course != '\0' ? _(" learn ") : "", course);
	for (size_t i = 0; i < progress->course_count; i++)
		print_course_progress(screen, &progress->courses[i]);
	if (arguments->operand_count == 0)
		assigned_show(screen);
	return common_screen_close(screen, true, err);
}

/* Finds the course's answers by the id in its statements. */
static bool print_items(const struct arguments *arguments, struct record *record,
	const char *learner, struct error *err)
{
	cleanup_free char *reference = NULL, *id = NULL;
	if (arguments->operand_count > 0)
		reference = xstrdup(arguments->operands[0]);
	else if (!resume_reference(record, learner, &reference, err))
		return false;
	return identity_find(record, learner, reference, &id, err) &&
	       items_print(record, id, reference, arguments_get(arguments, "json") != NULL, err);
}

static bool print_progress(const struct arguments *arguments, struct record *record,
	const char *learner, struct error *err)
{
	cleanup_free char *id = NULL;
	struct record_progress progress = {0};
	if (arguments->operand_count > 0 &&
		!identity_find(record, learner, arguments->operands[0], &id, err))
		return false;
	if (!record_progress(record, learner, &progress, err))
		return false;
	if (id != NULL)
		record_progress_keep(&progress, id);
	bool good = print_learner_progress(arguments, &progress, err);
	record_progress_finish(&progress);
	return good;
}

static bool run_progress(const struct arguments *arguments, struct error *err)
{
	cleanup_free char *learner = common_learner(arguments);
	cleanup_free char *path = record_default_path();
	struct record *record;
	if (!record_open_read(path, &record, err))
		return false;
	bool good = arguments_get(arguments, "items") != NULL
			    ? print_items(arguments, record, learner, err)
			    : print_progress(arguments, record, learner, err);
	record_close(record);
	return good;
}

const struct command cmd_progress = {
	.name = "progress",
	.operands = "[COURSE]",
	.summary = N_("show lessons, scores and time"),
	.details = N_(
		"With COURSE it shows that course alone. With --items it shows, for each question of a course,\n"
		"from everyone's first attempts: facility, which is the mean score, and discrimination, which is\n"
		"the correlation with the points for the other questions, as Moodle computes them."),
	.options = {OPTION_JSON, OPTION_LEARNER,
		{"items", NULL, N_("show how well the questions of a course work")}},
	.operands_max = 1,
	.run = run_progress,
};

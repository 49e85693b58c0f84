/* cmd/quiz.c - ropes quiz: take a quiz */
#include "cmd.h"
#include "quiz.h"

#include <stdio.h>
#include <stdlib.h>

/* Selects every lesson with a quiz, or the named one. */
static bool is_meant(const struct course *course, size_t i, size_t named)
{
	return named != TUTOR_ALL_LESSONS ? i == named : course->lessons[i].quiz_path != NULL;
}

static bool no_evaluation(const struct course *course, size_t named, struct error *err)
{
	bool one = named != TUTOR_ALL_LESSONS;
	return error_set_kind(err, ERROR_USAGE, "%s '%s' has no quiz",
		one ? _("lesson") : _("course"),
		one ? course->lessons[named].anchor : course->name);
}

static bool take_quizzes(struct tutor_options *options, size_t lesson, struct error *err)
{
	const struct course *course = options->course;
	bool all_passed = true, any = false;
	for (size_t i = 0; i < course->lesson_count; i++) {
		if (!is_meant(course, i, lesson))
			continue;
		bool passed = false;
		any = true;
		if (!tutor_evaluate(options, i, &passed, err))
			return false;
		all_passed = all_passed && passed;
	}
	if (!any)
		return no_evaluation(course, lesson, err);
	return all_passed || error_set_kind(err, ERROR_FAILED, "not passed");
}

static bool run_quiz_with(
	struct tutor_options *options, struct course *course, size_t lesson, struct error *err)
{
	cleanup_free char *path = record_default_path();
	struct record *record;
	if (!record_open(path, &record, err))
		return false;
	struct screen *screen;
	bool good = identity_settle(record, options->learner, course, err) &&
		    common_screen(&screen, err);
	if (good) {
		options->record = record;
		options->screen = screen;
		good = take_quizzes(options, lesson, err);
		good = common_screen_close(screen, good, err);
	}
	record_close(record);
	return good;
}

/* ---- for other systems ---- */

/* The quizzes that an operand names. */
struct quizzes {
	struct quiz **items;
	size_t count;
};

static bool load_quizzes(
	const struct course *course, size_t lesson, struct quizzes *ret, struct error *err)
{
	for (size_t i = 0; i < course->lesson_count; i++) {
		const char *path = course->lessons[i].quiz_path;
		struct quiz *quiz;
		if (path == NULL || !is_meant(course, i, lesson))
			continue;
		if (!quiz_load(path, &quiz, err))
			return false;
		ret->items = array_grow(ret->items, ret->count, sizeof(struct quiz *));
		ret->items[ret->count++] = quiz;
	}
	return ret->count > 0 || no_evaluation(course, lesson, err);
}

/* Prints the questions that can be asked; the error names the first other one. */
static bool print_quizzes(const struct quizzes *quizzes, bool xml, struct error *err)
{
	cleanup_buf struct buf text = {0};
	bool sound = true;
	if (xml)
		quiz_print_xml((const struct quiz *const *)quizzes->items, quizzes->count, &text);
	for (size_t i = 0; i < quizzes->count && !xml; i++)
		quiz_print(quizzes->items[i], &text);
	fputs(buf_text(&text), stdout);
	for (size_t i = 0; i < quizzes->count && sound; i++)
		sound = quiz_is_sound(quizzes->items[i], err);
	return sound;
}

static bool export_quizzes(const char *operand, bool xml, struct error *err)
{
	struct course *course;
	struct quizzes quizzes = {0};
	size_t lesson;
	if (!common_course(operand, &course, &lesson, err))
		return false;
	bool good =
		load_quizzes(course, lesson, &quizzes, err) && print_quizzes(&quizzes, xml, err);
	for (size_t i = 0; i < quizzes.count; i++)
		quiz_destroy(quizzes.items[i]);
	free(quizzes.items);
	course_destroy(course);
	return good;
}

static bool run_quiz(const struct arguments *arguments, struct error *err)
{
	bool gift = arguments_get(arguments, "gift") != NULL;
	bool xml = arguments_get(arguments, "moodle-xml") != NULL;
	if (gift && xml)
		return error_set_kind(
			err, ERROR_USAGE, "--gift and --moodle-xml exclude each other");
	if (gift || xml)
		return export_quizzes(arguments->operands[0], xml, err);
	cleanup_free char *learner = common_learner(arguments);
	struct course *course;
	size_t lesson;
	uint64_t seed = 0;
	if (!common_seed(arguments, &seed, err) ||
		!common_course(arguments->operands[0], &course, &lesson, err))
		return false;
	struct tutor_options options = {.course = course,
		.learner = learner,
		.seed = seed,
		.one_by_one = arguments_get(arguments, "one-by-one") != NULL};
	bool good = run_quiz_with(&options, course, lesson, err);
	course_destroy(course);
	return good;
}

const struct command cmd_quiz = {
	.name = "quiz",
	.operands = "COURSE[#LESSON]|FILE",
	.summary = N_("take a quiz"),
	.details = N_(
		"FILE is a bank of questions: Moodle's GIFT (.gift or .txt), Moodle XML or a QTI 2 item\n"
		"(.xml), or a folder with a QTI 2 package. Exits with 0 if the quiz was passed, and with 1\n"
		"if it was not."),
	.options = {OPTION_LEARNER,
		{"one-by-one", NULL,
			N_("show the options of a question one at a time, to accept or reject")},
		OPTION_SEED,
		{"gift", NULL, N_("print the questions as GIFT, for Moodle and others")},
		{"moodle-xml", NULL, N_("print the questions as Moodle XML")}},
	.operands_min = 1,
	.operands_max = 1,
	.run = run_quiz,
};

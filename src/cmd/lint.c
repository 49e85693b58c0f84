/* cmd/lint.c - ropes lint: reports what is wrong in notes and questions, without running them */
#include "cmd.h"
#include "lint.h"
#include "quiz.h"

#include <stdio.h>
#include <unistd.h>

struct linting {
	struct words images;
	struct lint_report report;
};

/* An existing file that is not a note is one more problem if there are other operands. */
static bool lint_operand(struct linting *l, const char *operand, bool alone, struct error *err)
{
	struct course *course;
	cleanup_error struct error broken = {0};
	if (quiz_is_bank(operand)) {
		lint_check_bank(operand, &l->report);
		return true;
	}
	if (alone || access(operand, F_OK) != 0) {
		if (!course_load(operand, &course, err))
			return false;
	} else if (!course_load(operand, &course, &broken)) {
		lint_add_unreadable(operand, error_text(&broken), &l->report);
		return true;
	}
	lint_check_course(course, l->images.count > 0 ? &l->images : NULL, &l->report);
	course_destroy(course);
	return true;
}

static bool print_report(struct linting *l, enum lint_format format, bool strict, struct error *err)
{
	cleanup_buf struct buf out = {0};
	lint_sort(&l->report);
	lint_write(&l->report, format, &out);
	fputs(buf_text(&out), stdout);
	size_t bad = lint_count(&l->report, LINT_ERROR) +
		     (strict ? lint_count(&l->report, LINT_WARNING) : 0);
	return bad == 0 || error_set_kind(err, ERROR_FAILED, "%zu %s found", bad,
				   bad == 1 ? _("problem") : _("problems"));
}

static bool lint_all(struct linting *l, const struct arguments *arguments, struct error *err)
{
	const char *name = arguments_get(arguments, "format");
	enum lint_format format = LINT_HUMAN;
	if (name != NULL && !lint_format_named(name, &format))
		return error_set_kind(err, ERROR_USAGE,
			"--format: expected human, json or sarif, got '%s'", name);
	if (arguments_get(arguments, "network") == NULL)
		machine_images(&l->images);
	for (size_t i = 0; i < arguments->operand_count; i++)
		if (!lint_operand(l, arguments->operands[i], arguments->operand_count == 1, err))
			return false;
	return print_report(l, format, arguments_get(arguments, "strict") != NULL, err);
}

static bool run_lint(const struct arguments *arguments, struct error *err)
{
	struct linting l = {0};
	bool good = lint_all(&l, arguments, err);
	words_finish(&l.images);
	lint_finish(&l.report);
	return good;
}

const struct command cmd_lint = {
	.name = "lint",
	.operands = "NOTE|COURSE|FILE…",
	.summary =
		N_("report what is wrong in a note or in questions, as FILE:LINE:COLUMN: message"),
	.details = N_(
		"Lines with `note:` are only hints. Lines with `warning:` tell what a learner may stumble over: a\n"
		"docker line that docker rejects, an image that the practice machine lacks, a note in which no\n"
		"command was found. All others are errors, and make the exit status 1."),
	.options =
		{
			{"format", "FORMAT",
				N_("human (default), json, or sarif for a code host's annotations")},
			{"strict", NULL, N_("exit with 1 for warnings, too")},
			{"network", NULL,
				N_("the machine will have a network: do not look for missing images")},
		},
	.operands_min = 1,
	.operands_max = 1000,
	.run = run_lint,
};

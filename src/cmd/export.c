/* cmd/export.c - ropes export: what a learner did, for other programs */
#include "cmd.h"
#include "export.h"

#include <stdio.h>
#include <stdlib.h>

/* A course of the record, if its files are where they were: as it was opened, or in the catalogue.
 */
static struct course *find_recorded_course(
	struct record *record, const char *learner, const struct record_course *recorded)
{
	cleanup_error struct error ignored = {0};
	const char *const references[] = {recorded->reference, recorded->course};
	for (size_t i = 0; i < ARRAY_LENGTH(references); i++) {
		struct course *course = NULL;
		size_t lesson;
		if (references[i] == NULL ||
			!common_course(references[i], &course, &lesson, &ignored))
			continue;
		if (identity_settle(record, learner, course, &ignored) &&
			text_same(course->id, recorded->course))
			return course;
		course_destroy(course);
	}
	return NULL;
}

/* ---- writing ---- */

static bool write_output(
	const struct arguments *arguments, const struct buf *text, struct error *err)
{
	const char *path = arguments_get(arguments, "output");
	if (path != NULL)
		return common_may_write(arguments, path, err) &&
		       file_write(path, buf_text(text), text->length, 0600, err);
	(void)fwrite(buf_text(text), 1, text->length, stdout); /* main reports what is lost */
	return true;
}

static bool tell_lacking(const struct words *titles, struct error *err)
{
	if (titles->count == 0)
		return true;
	return error_set(err, 0,
		"the questions of '%s' are left out: its files are not found; name them as COURSE",
		titles->items[0]);
}

static bool write_export(
	const struct arguments *arguments, const struct export_source *source, struct error *err)
{
	cleanup_words struct words lacking = {0};
	cleanup_buf struct buf text = {0};
	enum export_format format;
	return export_find_format(arguments->operands[0], &format) &&
	       export_write(source, format, &text, &lacking, err) &&
	       write_output(arguments, &text, err) && tell_lacking(&lacking, err);
}

/* named: the course that is exported; NULL: all of them. */
static bool export_courses(const struct arguments *arguments, struct record *record,
	const char *learner, struct course *named, struct error *err)
{
	struct record_progress progress = {0};
	if (!record_progress(record, learner, &progress, err))
		return false;
	if (named != NULL)
		record_progress_keep(&progress, named->id);
	struct course **courses = xcalloc(progress.course_count + 1, sizeof *courses);
	for (size_t i = 0; i < progress.course_count; i++)
		courses[i] = named != NULL
				     ? named
				     : find_recorded_course(record, learner, &progress.courses[i]);
	const struct export_source source = {.record = record,
		.progress = &progress,
		.courses = (const struct course *const *)courses,
		.only = named != NULL ? named->id : NULL};
	bool good = write_export(arguments, &source, err);
	for (size_t i = 0; named == NULL && i < progress.course_count; i++)
		course_destroy(courses[i]);
	free(courses);
	record_progress_finish(&progress);
	return good;
}

static bool run_export(const struct arguments *arguments, struct error *err)
{
	cleanup_free char *learner = common_learner(arguments);
	cleanup_free char *path = record_default_path();
	enum export_format format;
	struct record *record;
	struct course *named = NULL;
	size_t lesson;
	if (!export_find_format(arguments->operands[0], &format))
		return error_set_kind(err, ERROR_USAGE,
			"expected md, csv, json, xapi, gift or anki, got '%s'",
			arguments->operands[0]);
	if (arguments->operand_count > 1 &&
		!common_course(arguments->operands[1], &named, &lesson, err))
		return false;
	bool good = record_open_read(path, &record, err);
	if (good) {
		good = (named == NULL || identity_settle(record, learner, named, err)) &&
		       export_courses(arguments, record, learner, named, err);
		record_close(record);
	}
	course_destroy(named);
	return good;
}

const struct command cmd_export = {
	.name = "export",
	.operands = "md|csv|json|xapi|gift|anki [COURSE]",
	.summary = N_("print what you did, learned and got wrong"),
	.details = N_(
		"md is text to read and keep; csv and json have each step and question; xapi has the statements as they\n"
		"were recorded; gift and anki have the questions that were answered wrongly, as a bank and as cards.\n"
		"With COURSE it exports that course alone."),
	.options = {{"output", "FILE", N_("the file to write (also: -o FILE)"), 'o'}, OPTION_FORCE,
		OPTION_LEARNER},
	.operands_min = 1,
	.operands_max = 2,
	.run = run_export,
};

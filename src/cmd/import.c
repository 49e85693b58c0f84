/* cmd/import.c - ropes import: an editable course from notes that others wrote */
#include "cmd.h"
#include "import.h"

#include <stdio.h>

static void print_import(const struct import_report *report, const char *folder)
{
	size_t counts[IMPORT_LEFT + 1] = {0};
	cleanup_buf struct buf remarks = {0}, shown = {0};
	for (size_t i = 0; i < report->count; i++) {
		const struct import_remark *r = &report->items[i];
		buf_printf(&remarks, "%s:%d: %s: %s\n", r->path, r->line, import_kind_name(r->kind),
			r->message);
		counts[r->kind]++;
	}
	utf8_add_harmless(&shown, buf_text(&remarks)); /* others chose names and words */
	fputs(buf_text(&shown), stdout);
	printf("%s: ", folder);
	printf(language_plural("%zu note, ", "%zu notes, ", report->notes), report->notes);
	printf(language_plural("%zu lesson, ", "%zu lessons, ", report->lessons), report->lessons);
	printf(language_plural("%zu example; ", "%zu examples; ", report->examples),
		report->examples);
	printf(language_plural("%zu check and ", "%zu checks and ", report->checks),
		report->checks);
	printf(language_plural(
		       "%zu empty quiz written", "%zu empty quizzes written", report->stubs),
		report->stubs);
	if (report->pictures > 0)
		printf(language_plural(
			       ", %zu picture copied", ", %zu pictures copied", report->pictures),
			report->pictures);
	putchar('\n');
	printf(_("%zu repaired, %zu guessed, %zu left\n"), counts[IMPORT_REPAIRED],
		counts[IMPORT_GUESSED], counts[IMPORT_LEFT]);
	printf(_("Next: `ropes lint %s`, `ropes test %s`, `ropes learn %s`\n"), folder, folder,
		folder);
}

static bool run_import(const struct arguments *arguments, struct error *err)
{
	struct import_report report = {0};
	const char *folder = arguments_get(arguments, "output");
	if (text_is_blank(folder))
		return error_set_kind(err, ERROR_USAGE,
			"import requires the folder to write, as in `ropes import %s -o course`",
			arguments->operands[0]);
	bool good = import_course(arguments->operands[0], folder, &report, err);
	if (good)
		print_import(&report, folder);
	import_report_finish(&report);
	return good;
}

const struct command cmd_import = {
	.name = "import",
	.operands = "NOTE|FOLDER|ARCHIVE",
	.summary = N_("make an editable course from notes"),
	.details = N_(
		"The new folder has the notes as plain Markdown, with the checks of their examples written out, and a file\n"
		"for the questions of each lesson. Prints what was repaired, guessed and left, as FILE:LINE: message.\n"
		"ARCHIVE: .tar, .tar.gz, .tgz or .zip."),
	.options = {{"output", "DIR", N_("the folder to write, new or empty (also: -o DIR)"), 'o'}},
	.operands_min = 1,
	.operands_max = 1,
	.run = run_import,
};

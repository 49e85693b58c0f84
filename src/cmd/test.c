/* cmd/test.c - ropes test: runs a course's own test */
#include "cmd.h"
#include "test_report.h"
#include "test_update.h"

#include <errno.h>
#include <limits.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEED_MAX 1000000 /* of one that is drawn: it is to be typed */
#define PLACE_MAX 40     /* sockets are created in it, and their addresses must be short */

struct testing {
	const struct arguments *arguments;
	struct screen *screen; /* for signals, progress and a shell: results do not go through it */
	struct sandbox *sandbox;
	char *folder; /* runtime and data of this test's own daemon; NULL: it uses another one */
	uint64_t seed;
	struct test_report *report;
	struct test_update update;
	regex_t filter;
	bool has_filter;
	const char *operand; /* what is being tested */
	const struct course *course;
};

/* ---- points ---- */

/* The line that goes to the same state again: what changes it, and the step. The caller frees it.
 */
static char *shell_line(const struct testing *t, const struct tutor_test_point *point)
{
	static const char *const kept[] = {"daemon", "network", "alone", "timeout", "trust"};
	struct buf line = {0};
	buf_add_text(&line, "ropes test");
	common_add_word(&line, t->operand);
	for (size_t i = 0; i < ARRAY_LENGTH(kept); i++) {
		const char *value = arguments_get(t->arguments, kept[i]);
		if (value == NULL)
			continue;
		buf_printf(&line, " --%s", kept[i]);
		if (*value != '\0')
			common_add_word(&line, value);
	}
	cleanup_free char *place = t->course->note_count > 1
					   ? xasprintf("%s:%d", point->path, point->line)
					   : xasprintf("%d", point->line);
	buf_printf(&line, " --seed %llu --shell", (unsigned long long)t->seed);
	common_add_word(&line, place);
	return buf_steal(&line);
}

static void tell_point(void *data, const struct tutor_test_point *point)
{
	struct testing *t = data;
	bool shown = point->has_state && point->outcome == TUTOR_TEST_FAILED;
	cleanup_free char *shell = shown ? shell_line(t, point) : NULL;
	test_report_point(t->report, point, shell);
}

static bool wants_point(void *data, const char *name)
{
	const struct testing *t = data;
	return regexec(&t->filter, name, 0, NULL, 0) == 0;
}

static void update_output(
	void *data, const char *path, int line, const char *expected, const char *updated)
{
	struct testing *t = data;
	test_update_add(&t->update, path, line, expected, updated);
}

static void show_update(void *data, const char *text)
{
	struct testing *t = data;
	test_report_line(t->report, text);
}

/* ---- a sandbox of the test's own ---- */

/* Leave alone what a learner made, on this machine's own practice machine too: the test has its own
 * runtime and data folders and shares only the cache of practice images. */
static bool move_apart(struct testing *t, struct error *err)
{
	const char *where = getenv("TMPDIR");
	if (where == NULL || where[0] != '/' || strlen(where) > PLACE_MAX)
		where = "/tmp";
	cleanup_free char *folder = xasprintf("%s/ropes-test-XXXXXX", where);
	if (mkdtemp(folder) == NULL)
		return error_set(err, errno, "cannot create a folder in '%s'", where);
	t->folder = xstrdup(folder);
	cleanup_free char *data = path_join(folder, "data");
	cleanup_free char *run = path_join(folder, "run");
	if (!folder_make(run, 0700, err) || setenv("XDG_RUNTIME_DIR", run, 1) != 0 ||
		setenv("XDG_DATA_HOME", data, 1) != 0)
		return false;
	return chmod(folder, 0711) == 0 || error_set(err, 0, "folder '%s'", folder);
}

static const char *what_is_tested(const struct arguments *a)
{
	return a->operand_count == 0   ? "All courses of the catalogue"
	       : a->operand_count == 1 ? a->operands[0]
				       : "Several courses";
}

static bool open_test_sandbox(struct testing *t, struct error *err)
{
	struct common_daemon choice;
	if (!common_daemon_choice(t->arguments, &choice, err))
		return false;
	if (choice.kind == SANDBOX_NONE)
		return error_set_kind(err, ERROR_USAGE,
			"--daemon none: testing a course needs a daemon; `ropes lint` works without one");
	if (choice.kind == SANDBOX_PRACTICE && !move_apart(t, err))
		return false;
	/* if a program reads the results, its user has already decided */
	const char *asked = screen_is_terminal(t->screen) ? what_is_tested(t->arguments) : NULL;
	return common_sandbox(t->arguments, t->screen, "ropes-test", asked, &t->sandbox, err) &&
	       (t->sandbox != NULL || error_set(err, 0, "there is no sandbox to test in"));
}

static void close_testing(struct testing *t)
{
	cleanup_error struct error ignored = {0};
	if (t->sandbox != NULL)
		sandbox_close(t->sandbox, true);
	if (t->folder != NULL && !folder_remove(t->folder, &ignored))
		fprintf(stderr, "ropes: %s\n", error_text(&ignored));
	screen_close(t->screen);
	free(t->folder);
}

/* ---- courses ---- */

/* "12", or "NOTE:12" of a course with several notes. */
static bool find_place(const struct course *course, const char *place, struct tutor_test_plan *ret,
	struct error *err)
{
	const char *colon = strrchr(place, ':');
	const char *digits = colon != NULL ? colon + 1 : place;
	size_t length = colon != NULL ? (size_t)(colon - place) : 0, found = 0;
	long long line;
	for (size_t i = 0; i < course->note_count; i++) {
		const char *path = course->notes[i]->path;
		cleanup_free char *wanted = xstrndup(place, length);
		if (length > 0 && !text_ends(path, wanted))
			continue;
		ret->path = path;
		found++;
	}
	if (found != 1 || !text_number(digits, 1, INT_MAX, &line))
		return error_set_kind(err, ERROR_USAGE,
			"--shell: expected LINE, or NOTE:LINE of a course with several notes, got '%s'",
			place);
	ret->line = (int)line;
	return true;
}

static bool has_option(const struct testing *t, const char *name)
{
	return arguments_get(t->arguments, name) != NULL;
}

static bool run_course(
	struct testing *t, const struct course *course, size_t lesson, struct error *err)
{
	const char *place = arguments_get(t->arguments, "shell");
	int timeout_ms;
	if (!common_timeout(t->arguments, &timeout_ms, err))
		return false;
	const struct tutor_options options = {
		.screen = t->screen,
		.sandbox = t->sandbox,
		.course = course,
		.trusted = has_option(t, "trust"),
		.timeout_ms = timeout_ms,
		.seed = t->seed,
	};
	struct tutor_test_plan plan = {
		.lesson = lesson,
		.each_alone = has_option(t, "alone"),
		.strict = has_option(t, "strict"),
		.wants = t->has_filter ? wants_point : NULL,
		.tell = tell_point,
		.update = has_option(t, "update") ? update_output : NULL,
		.data = t,
	};
	if (place != NULL && !find_place(course, place, &plan, err))
		return false;
	unsigned before = test_report_count(t->report);
	if (place == NULL)
		test_report_course(t->report, course->path, course->title);
	if (!tutor_test(&options, &plan, err))
		return false;
	/* a filter may leave nothing of one course, but not of all */
	return place != NULL || t->has_filter || test_report_count(t->report) > before ||
	       error_set_kind(err, ERROR_FAILED,
		       "there is nothing to test in '%s': it has no command, task or question",
		       course->path);
}

static bool test_course(struct testing *t, const char *operand, struct error *err)
{
	struct course *course;
	size_t lesson;
	if (!common_course(operand, &course, &lesson, err))
		return false;
	t->operand = operand;
	t->course = course;
	bool good = run_course(t, course, lesson, err);
	course_destroy(course);
	return good;
}

/* A folder without notes of its own is a shelf of courses, such as lessons/. */
static bool test_operand(struct testing *t, const char *operand, struct error *err)
{
	cleanup_words struct words names = {0};
	if (!course_shelf(operand, &names))
		return test_course(t, operand, err);
	for (size_t i = 0; i < names.count; i++)
		if (!test_course(t, names.items[i], err))
			return false;
	return true;
}

static bool read_filter(struct testing *t, struct error *err)
{
	const char *pattern = arguments_get(t->arguments, "filter");
	t->has_filter = pattern != NULL;
	return pattern == NULL ||
	       regcomp(&t->filter, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB) == 0 ||
	       (t->has_filter = error_set_kind(
			err, ERROR_USAGE, "--filter: '%s' is not a regular expression", pattern));
}

/* Opens the report. Only a report for people shares its stream with messages: they must not come
 * between the lines that a program reads. */
static bool open_report(struct testing *t, struct error *err)
{
	const char *format = arguments_get(t->arguments, "format");
	bool shell = arguments_get(t->arguments, "shell") != NULL;
	if (format == NULL)
		format = shell || isatty(STDOUT_FILENO) ? "human" : "tap";
	const struct screen_options options = {
		.input_fd = STDIN_FILENO,
		.output_fd = shell || text_same(format, "human") ? STDOUT_FILENO : STDERR_FILENO,
	};
	if (!shell && !test_report_open(format, t->seed, &t->report))
		return error_set_kind(err, ERROR_USAGE,
			"--format: expected human, tap or junit, got '%s'", format);
	return screen_open(&options, &t->screen, err);
}

static bool prepare_testing(struct testing *t, struct error *err)
{
	const struct arguments *a = t->arguments;
	if (!common_seed(a, &t->seed, err) || !read_filter(t, err))
		return false;
	if (arguments_get(a, "shell") != NULL && a->operand_count != 1)
		return error_set_kind(err, ERROR_USAGE, "--shell needs one course to test");
	if (arguments_get(a, "shell") != NULL && arguments_get(a, "update") != NULL)
		return error_set_kind(err, ERROR_USAGE,
			"--shell and --update cannot be used together: --shell leaves the note as it is");
	if (t->seed == 0)
		t->seed = random_seed() % SEED_MAX + 1;
	return open_report(t, err) && open_test_sandbox(t, err);
}

static bool test_all(struct testing *t, struct error *err)
{
	const struct arguments *a = t->arguments;
	cleanup_words struct words names = {0};
	if (a->operand_count == 0 && !course_catalogue(&names, err))
		return false;
	for (size_t i = 0; i < a->operand_count; i++)
		words_add(&names, a->operands[i]);
	for (size_t i = 0; i < names.count; i++)
		if (!test_operand(t, names.items[i], err))
			return false;
	if (!test_update_write(&t->update, show_update, t, err))
		return false;
	unsigned count = test_report_count(t->report), failed = test_report_failed(t->report);
	if (count == 0 && arguments_get(a, "shell") == NULL)
		return error_set_kind(err, ERROR_FAILED, "nothing that --filter wants was found");
	return failed == 0 || error_set_kind(err, ERROR_FAILED, "%u of %u failed", failed, count);
}

static bool run_test(const struct arguments *arguments, struct error *err)
{
	struct testing t = {.arguments = arguments};
	bool good = prepare_testing(&t, err) && test_all(&t, err);
	bool lost = !good && test_report_failed(t.report) == 0;
	test_report_close(t.report, lost ? error_text(err) : NULL);
	test_update_finish(&t.update);
	if (t.has_filter)
		regfree(&t.filter);
	close_testing(&t);
	return good;
}

const struct command cmd_test = {
	.name = "test",
	.operands = "[COURSE[#LESSON]|NOTE|FOLDER…]",
	.summary = "test everything in a course: examples, solutions, questions",
	.details =
		"Runs in a separate practice machine: every example is run, every task's checks must fail before\n"
		"its solution and pass after it, and every question must have an answer that earns its point.\n"
		"Exits with 1 if something failed, or if there is nothing to test. Output that differs from the\n"
		"note's is worth a look; it fails if the note says `output matches`, or with --strict. Without\n"
		"operands, tests the whole catalogue.",
	.options =
		{
			OPTION_DAEMON,
			OPTION_NETWORK,
			{"alone", NULL, "start every lesson in an empty sandbox"},
			{"filter", "PATTERN",
				"test only what matches this regular expression: \"1.2 TITLE: example: COMMAND\""},
			{"format", "FORMAT",
				"human (default at a terminal), tap (default elsewhere), or junit"},
			{"seed", "NUMBER",
				"vary review tasks by this number (default: a random one, which is printed)"},
			{"shell", "[NOTE:]LINE",
				"test up to the step at this line without a word, then read lines for the same shell"},
			{"strict", NULL, "what is only worth a look fails, too"},
			{"timeout", "SECONDS", "time limit of a line (default: 60)"},
			{"trust", NULL,
				"let a course that does not come with ropes run hidden commands"},
			{"update", NULL,
				"show how output differs from the notes', and write it into them"},
		},
	.operands_max = 1000,
	.run = run_test,
};

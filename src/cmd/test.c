/* cmd/test.c - ropes test: runs a course's own test */
#include "cmd.h"
#include "test_jobs.h"
#include "test_message.h"
#include "test_report.h"
#include "test_units.h"
#include "test_update.h"

#include <errno.h>
#include <limits.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEED_MAX 1000000 /* of one that is drawn: it is to be typed */
#define PLACE_MAX 40     /* sockets are created in it, and their addresses must be short */
#define JOBS_MAX 1000    /* where the number of practice machines has no limit */

struct testing {
	const struct arguments *arguments;
	struct screen *screen; /* for signals, progress and a shell: results do not go through it */
	struct common_daemon daemon;
	struct sandbox *sandbox; /* NULL until the first unit */
	char *folder; /* runtime and data of this test's own daemon; NULL: it uses another one */
	size_t jobs;  /* units that are tested at once, in processes of their own */
	struct test_jobs *pool; /* those processes; NULL: there are none */
	int out;                /* in such a process: where results go; else -1 */
	int timeout_ms;
	uint64_t seed;
	struct test_report *report;
	struct test_update update;
	regex_t filter;
	bool has_filter;
	struct test_units tested;
	const struct test_course *course; /* what is being tested */
};

static bool has_option(const struct testing *t, const char *name)
{
	return arguments_get(t->arguments, name) != NULL;
}

/* ---- points ---- */

/* The line that goes to the same state again: what changes it, and the step. The caller frees it.
 */
static char *shell_line(const struct testing *t, const struct tutor_test_point *point)
{
	static const char *const kept[] = {"daemon", "network", "alone", "timeout", "trust"};
	struct buf line = {0};
	buf_add_text(&line, "ropes test");
	common_add_word(&line, t->course->operand);
	for (size_t i = 0; i < ARRAY_LENGTH(kept); i++) {
		const char *value = arguments_get(t->arguments, kept[i]);
		if (value == NULL)
			continue;
		buf_printf(&line, " --%s", kept[i]);
		if (*value != '\0')
			common_add_word(&line, value);
	}
	cleanup_free char *place = t->course->course->note_count > 1
					   ? xasprintf("%s:%d", point->path, point->line)
					   : xasprintf("%d", point->line);
	buf_printf(&line, " --seed %llu --shell", (unsigned long long)t->seed);
	common_add_word(&line, place);
	return buf_steal(&line);
}

/* To the process that reports. If it is gone, so will this one be. */
static void send_to_parent(const struct testing *t, const struct buf *message)
{
	(void)fd_write(t->out, buf_text(message), message->length, NULL);
}

static void send_point(void *data, const struct tutor_test_point *point)
{
	cleanup_buf struct buf message = {0};
	test_message_add_point(&message, point);
	send_to_parent(data, &message);
}

static void tell_point(void *data, const struct tutor_test_point *point)
{
	struct testing *t = data;
	bool shown = point->has_state && point->outcome == TUTOR_TEST_FAILED;
	cleanup_free char *shell = shown ? shell_line(t, point) : NULL;
	screen_progress(t->screen, NULL); /* it may have the same terminal */
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

static void send_update(
	void *data, const char *path, int line, const char *expected, const char *updated)
{
	cleanup_buf struct buf message = {0};
	test_message_add_update(&message, path, line, expected, updated);
	send_to_parent(data, &message);
}

static void show_update(void *data, const char *text)
{
	struct testing *t = data;
	test_report_line(t->report, text);
}

/* ---- a sandbox of the test's own ---- */

static bool use_folder(const char *folder, struct error *err)
{
	cleanup_free char *data = path_join(folder, "data");
	cleanup_free char *run = path_join(folder, "run");
	if (!folder_make(run, 0700, err) || setenv("XDG_RUNTIME_DIR", run, 1) != 0 ||
		setenv("XDG_DATA_HOME", data, 1) != 0)
		return false;
	return chmod(folder, 0711) == 0 || error_set(err, errno, "folder '%s'", folder);
}

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
	return use_folder(folder, err);
}

static const char *what_is_tested(const struct arguments *a)
{
	return a->operand_count == 0   ? _("All courses of the catalogue")
	       : a->operand_count == 1 ? a->operands[0]
				       : _("Several courses");
}

static bool open_test_sandbox(struct testing *t, struct error *err)
{
	/* if a program reads the results, its user has already decided */
	const char *asked = screen_is_terminal(t->screen) ? what_is_tested(t->arguments) : NULL;
	struct sandbox *sandbox;
	if (!common_sandbox_open(&t->daemon, t->screen, "ropes-test", asked, &sandbox, err))
		return false;
	t->sandbox = sandbox;
	return sandbox != NULL || error_set(err, 0, "nothing runs on that daemon");
}

/* On a daemon of one's own, an earlier test may have left something. */
static bool make_empty(struct testing *t, struct error *err)
{
	bool fresh = t->sandbox == NULL &&
		     (t->daemon.kind == SANDBOX_PRACTICE || !has_option(t, "alone"));
	return (t->sandbox != NULL || open_test_sandbox(t, err)) &&
	       (fresh || sandbox_reset(t->sandbox, err));
}

static void remove_folder(const char *folder)
{
	cleanup_error struct error err = {0};
	if (!folder_remove(folder, &err))
		common_print_error(&err);
}

static void close_test_sandbox(struct testing *t)
{
	if (t->sandbox != NULL)
		sandbox_close(t->sandbox, true);
	if (t->folder != NULL)
		remove_folder(t->folder);
	screen_close(t->screen);
}

static void close_testing(struct testing *t)
{
	test_jobs_close(t->pool);
	close_test_sandbox(t);
	test_units_finish(&t->tested);
	free(t->folder);
}

/* ---- what is tested ---- */

static bool make_plan(struct testing *t, const struct course *course, size_t lesson,
	struct tutor_test_plan *ret, struct error *err)
{
	const char *place = arguments_get(t->arguments, "shell");
	*ret = (struct tutor_test_plan){
		.lesson = lesson,
		.strict = has_option(t, "strict"),
		.wants = t->has_filter ? wants_point : NULL,
		.tell = t->out >= 0 ? send_point : tell_point,
		.update = !has_option(t, "update") ? NULL
			  : t->out >= 0            ? send_update
						   : update_output,
		.data = t,
	};
	return place == NULL || test_units_find_place(course, place, ret, err);
}

/* ---- one after the other ---- */

static bool test_unit(struct testing *t, size_t index, struct error *err)
{
	const struct test_unit *unit = &t->tested.units[index];
	const struct course *course = t->tested.courses[unit->course].course;
	struct tutor_test_plan plan;
	if (!make_plan(t, course, unit->lesson, &plan, err) || !make_empty(t, err))
		return false;
	const struct tutor_options options = {
		.screen = t->screen,
		.sandbox = t->sandbox,
		.course = course,
		.trusted = has_option(t, "trust"),
		.timeout_ms = t->timeout_ms,
		.seed = t->seed,
	};
	return tutor_test(&options, &plan, err);
}

/* ---- several at once ---- */

static char *folder_of_job(const struct testing *t, size_t unit)
{
	return xasprintf("%s/%zu", t->folder, unit);
}

/* In a process of its own: tests a unit in a machine of its own. What is said to people goes the
 * same way as the messages. */
static int run_job(void *data, size_t unit, int out)
{
	struct testing *t = data;
	const struct screen_options options = {.input_fd = STDIN_FILENO,
		.output_fd = out,
		.plain = true,
		.width = screen_width(t->screen)};
	cleanup_error struct error err = {0};
	cleanup_buf struct buf message = {0};
	t->out = out;
	t->folder = folder_of_job(t, unit);
	bool good = screen_open(&options, &t->screen, &err) && use_folder(t->folder, &err) &&
		    test_unit(t, unit, &err);
	screen_flush(t->screen);
	test_message_add_end(&message, good ? NULL : &err);
	send_to_parent(t, &message);
	close_test_sandbox(t);
	return 0;
}

/* A process that was killed leaves its machine. */
static void clean_job(void *data, size_t unit)
{
	const struct testing *t = data;
	cleanup_error struct error err = {0};
	cleanup_free char *folder = folder_of_job(t, unit);
	if (!folder_exists(folder))
		return;
	if (!use_folder(folder, &err) || !machine_stop(MACHINE_PRACTICE, &err))
		common_print_error(&err);
	remove_folder(folder);
}

struct collector {
	struct testing *testing;
	struct tutor_test_plan plan;
	bool ended;
	struct error why; /* why it could not be tested */
};

static void show_words(struct screen *screen, const char *line)
{
	static const char more[] = " …"; /* what screen_progress() writes without a terminal */
	if (text_ends(line, more)) {
		cleanup_free char *what = xstrndup(line, strlen(line) - strlen(more));
		screen_progress(screen, what);
		return;
	}
	screen_progress(screen, NULL);
	screen_put(screen, SCREEN_PLAIN, line);
	screen_newline(screen);
	screen_flush(screen);
}

static void take_job_line(void *data, const char *line)
{
	struct collector *c = data;
	enum test_message kind = test_message_deliver(line, &c->plan, &c->why);
	c->ended = c->ended || kind == TEST_MESSAGE_END;
	if (kind == TEST_MESSAGE_NONE)
		show_words(c->testing->screen, line);
}

/* A process that did not come to its end is a failure of what it tested. */
static void tell_dead_job(struct testing *t, const struct test_unit *unit, int status)
{
	const struct course *course = t->tested.courses[unit->course].course;
	const struct course_lesson *lesson =
		unit->lesson != TUTOR_ALL_LESSONS ? &course->lessons[unit->lesson] : NULL;
	cleanup_free char *why =
		status > 128
			? xasprintf(_("the process that tested it was ended by signal %d (%s)"),
				  status - 128, strsignal(status - 128))
			: xasprintf(_("the process that tested it ended with status %d"), status);
	const struct tutor_test_point point = {
		.outcome = TUTOR_TEST_FAILED,
		.number = lesson != NULL ? lesson->number : "",
		.title = lesson != NULL ? lesson->title : course->title,
		.what = "end",
		.path = lesson != NULL ? lesson->note->path : course->path,
		.line = lesson != NULL ? lesson->line : 1,
		.why = why,
	};
	tell_point(t, &point);
}

static bool collect_unit(struct testing *t, size_t index, struct error *err)
{
	struct collector c = {.testing = t};
	const struct test_unit *unit = &t->tested.units[index];
	int status;
	if (!make_plan(t, t->tested.courses[unit->course].course, unit->lesson, &c.plan, err) ||
		!test_jobs_collect(t->pool, index, take_job_line, &c, &status, err))
		return false;
	if (!c.ended)
		tell_dead_job(t, unit, status);
	return c.why.message == NULL || error_move(err, &c.why);
}

/* Takes only as many as there is room for now: results are the same. */
static bool open_pool(struct testing *t, struct error *err)
{
	struct machine_crowd crowd;
	machine_crowd(&crowd);
	size_t room = crowd.max == 0              ? JOBS_MAX
		      : crowd.max > crowd.running ? crowd.max - crowd.running
						  : 1;
	const struct test_jobs_options options = {
		.count = t->tested.unit_count,
		.max = t->jobs < room ? t->jobs : room,
		.signals = screen_signals(t->screen),
		.run = run_job,
		.clean = clean_job,
		.data = t,
	};
	return test_jobs_open(&options, &t->pool, err);
}

/* ---- testing ---- */

static bool test_course(struct testing *t, const struct test_course *tested, struct error *err)
{
	const struct course *course = tested->course;
	bool shell = has_option(t, "shell");
	unsigned before = test_report_count(t->report);
	size_t first = tested > t->tested.courses ? tested[-1].unit_end : 0;
	struct tutor_test_plan plan;
	if (!make_plan(t, course, TUTOR_ALL_LESSONS, &plan, err))
		return false;
	t->course = tested;
	screen_progress(t->screen, NULL);
	if (!shell) {
		test_report_course(t->report, course->path, course->title);
		tutor_test_lint(course, &plan);
	}
	for (size_t i = first; i < tested->unit_end; i++)
		if (!(t->pool != NULL ? collect_unit(t, i, err) : test_unit(t, i, err)))
			return false;
	/* a filter may leave nothing of one course, but not of all */
	return shell || t->has_filter || test_report_count(t->report) > before ||
	       error_set_kind(err, ERROR_FAILED,
		       "there is nothing to test in '%s': it has no command, task or question",
		       course->path);
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
	bool human = shell || text_same(format, "human");
	if (!common_screen_on(human ? STDOUT_FILENO : STDERR_FILENO, &t->screen, err))
		return false;
	return shell || test_report_open(format, t->seed, t->screen, &t->report) ||
	       error_set_kind(err, ERROR_USAGE, "--format: expected human, tap or junit, got '%s'",
		       format);
}

static bool choose_daemon(struct testing *t, struct error *err)
{
	if (!common_daemon_choice(t->arguments, &t->daemon, err))
		return false;
	if (t->daemon.kind == SANDBOX_NONE)
		return error_set_kind(err, ERROR_USAGE,
			"--daemon none: testing a course needs a daemon; `ropes lint` works without one");
	if (t->daemon.kind == SANDBOX_HOST && t->jobs > 1)
		return error_set_kind(err, ERROR_USAGE,
			"--jobs works only with practice machines: on one daemon, lessons that run at once would take each other's ports and images");
	return t->daemon.kind != SANDBOX_PRACTICE || move_apart(t, err);
}

static bool read_jobs(struct testing *t, struct error *err)
{
	const char *text = arguments_get(t->arguments, "jobs");
	struct machine_crowd crowd = {0};
	long long number = 1;
	if (text != NULL)
		machine_crowd(&crowd);
	unsigned max = crowd.max > 0 && crowd.max < JOBS_MAX ? crowd.max : JOBS_MAX;
	if (text != NULL && !text_number(text, 1, max, &number))
		return error_set_kind(err, ERROR_USAGE,
			"--jobs: '%s' is not a number from 1 to %u, as many practice machines as this system allows",
			text, max);
	t->jobs = (size_t)number;
	if (t->jobs > 1 && has_option(t, "shell"))
		return error_set_kind(err, ERROR_USAGE,
			"--shell and --jobs cannot be used together: --shell goes to one step of one course");
	return true;
}

static bool prepare_testing(struct testing *t, struct error *err)
{
	const struct arguments *a = t->arguments;
	if (!common_seed(a, &t->seed, err) || !common_timeout(a, &t->timeout_ms, err) ||
		!read_filter(t, err) || !read_jobs(t, err))
		return false;
	if (has_option(t, "shell") && a->operand_count != 1)
		return error_set_kind(err, ERROR_USAGE, "--shell needs one course to test");
	if (has_option(t, "shell") && has_option(t, "update"))
		return error_set_kind(err, ERROR_USAGE,
			"--shell and --update cannot be used together: --shell leaves the note as it is");
	if (t->seed == 0)
		t->seed = random_seed() % SEED_MAX + 1;
	return open_report(t, err) && choose_daemon(t, err);
}

/* Courses before one that cannot be read are tested. */
static bool test_all(struct testing *t, struct error *err)
{
	cleanup_error struct error unread = {0};
	const struct tutor_test_plan wanted = {
		.wants = t->has_filter ? wants_point : NULL, .data = t};
	bool all = test_units_add(&t->tested, t->arguments, &wanted, &unread);
	if (t->jobs > 1 && t->tested.unit_count > 1 && !open_pool(t, err))
		return false;
	for (size_t i = 0; i < t->tested.course_count; i++)
		if (!test_course(t, &t->tested.courses[i], err))
			return false;
	if (!all)
		return error_move(err, &unread);
	if (!test_update_write(&t->update, show_update, t, err))
		return false;
	return has_option(t, "shell") || test_report_count(t->report) > 0 ||
	       error_set_kind(err, ERROR_FAILED, "nothing that --filter wants was found");
}

static bool run_test(const struct arguments *arguments, struct error *err)
{
	struct testing t = {.arguments = arguments, .out = -1};
	bool whole = prepare_testing(&t, err) && test_all(&t, err);
	unsigned count = test_report_count(t.report), failed = test_report_failed(t.report);
	test_report_close(t.report, whole ? NULL : error_text(err));
	test_update_finish(&t.update);
	if (t.has_filter)
		regfree(&t.filter);
	close_testing(&t);
	return whole &&
	       (failed == 0 || error_set_kind(err, ERROR_FAILED, "%u of %u failed", failed, count));
}

const struct command cmd_test = {
	.name = "test",
	.operands = "[COURSE[#LESSON]|NOTE|FOLDER…]",
	.summary = N_("test everything in a course: examples, solutions, questions"),
	.details = N_(
		"Runs in a separate practice machine: every example is run, every task's checks must fail before\n"
		"its solution and pass after it, and every question must have an answer that earns its point.\n"
		"Exits with 1 if something failed, or if there is nothing to test. Output that differs from the\n"
		"note's is worth a look; it fails if the note says `output matches`, or with --strict. Without\n"
		"operands, tests the whole catalogue. Every course begins in an empty sandbox."),
	.options =
		{
			OPTION_DAEMON,
			OPTION_NETWORK,
			{"alone", NULL, N_("start every lesson in an empty sandbox")},
			{"filter", "PATTERN",
				N_("test only what matches this regular expression: \"1.2 TITLE: example: COMMAND\"")},
			{"format", "FORMAT",
				N_("human (default at a terminal), tap (default elsewhere), or junit")},
			{"jobs", "NUMBER",
				N_("test so many courses at once, with --alone lessons, each in a practice machine of its own (default: 1)")},
			{"seed", "NUMBER",
				N_("vary review tasks by this number (default: a random one, which is printed)")},
			{"shell", "[NOTE:]LINE",
				N_("test up to the step at this line without a word, then read lines for the same shell")},
			{"strict", NULL, N_("what is only worth a look fails, too")},
			{"timeout", "SECONDS", N_("time limit of a line (default: 60)")},
			{"trust", NULL,
				N_("let a course that does not come with ropes run hidden commands")},
			{"update", NULL,
				N_("show how output differs from the notes', and write it into them")},
		},
	.operands_max = 1000,
	.run = run_test,
};

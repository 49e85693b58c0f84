/* cmd/test.c - ropes test: runs a course's own test and prints TAP */
#include "cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SEED_MAX 1000000 /* of one that is drawn: it is to be typed */
#define PLACE_MAX 40     /* sockets are created in it, and their addresses must be short */

struct testing {
	const struct arguments *arguments;
	struct screen *screen; /* for signals and progress: TAP does not go through it */
	struct sandbox *sandbox;
	char *folder; /* runtime and data of this test's own daemon; NULL: it uses another one */
	uint64_t seed;
	unsigned points, failed;
};

/* ---- TAP ---- */

static void print_lines(const char *text)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		printf("#   %.*s\n", (int)length, text);
		text += length + (text[length] == '\n');
	}
}

/* '#' begins a directive in TAP. */
static void print_escaped(const char *text)
{
	for (; *text != '\0'; text++)
		printf(*text == '#' || *text == '\\' ? "\\%c" : "%c", *text);
}

static void print_test_point(void *data, const struct tutor_test_point *p)
{
	struct testing *t = data;
	bool failed = p->outcome == TUTOR_TEST_FAILED;
	t->points++;
	t->failed += failed;
	printf("%sok %u - %s%s%s: ", failed ? "not " : "", t->points, p->number,
		*p->number ? " " : "", p->title);
	print_escaped(p->what);
	if (p->outcome == TUTOR_TEST_SKIPPED)
		printf(" # SKIP %s", p->why);
	printf("\n");
	if (failed)
		printf("# %s:%d: %s\n", p->path, p->line, p->why);
	if (failed && p->detail != NULL)
		print_lines(p->detail);
	fflush(stdout);
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

static bool test_course(struct testing *t, const char *operand, struct error *err)
{
	struct course *course;
	size_t lesson;
	int timeout_ms;
	if (!common_timeout(t->arguments, &timeout_ms, err) ||
		!common_course(operand, &course, &lesson, err))
		return false;
	const struct tutor_options options = {
		.screen = t->screen,
		.sandbox = t->sandbox,
		.course = course,
		.trusted = arguments_get(t->arguments, "trust") != NULL,
		.timeout_ms = timeout_ms,
		.seed = t->seed,
	};
	printf("# %s: %s\n", course->path, course->title);
	bool good = tutor_test(&options, lesson, arguments_get(t->arguments, "alone") != NULL,
		print_test_point, t, err);
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

static bool test_all(struct testing *t, struct error *err)
{
	const struct arguments *a = t->arguments;
	cleanup_words struct words names = {0};
	if (!common_seed(a, &t->seed, err) || !common_screen(&t->screen, err) ||
		!open_test_sandbox(t, err))
		return false;
	if (t->seed == 0)
		t->seed = random_seed() % SEED_MAX + 1;
	if (a->operand_count == 0 && !course_catalogue(&names, err))
		return false;
	for (size_t i = 0; i < a->operand_count; i++)
		words_add(&names, a->operands[i]);
	printf("TAP version 13\n# seed %llu\n", (unsigned long long)t->seed);
	for (size_t i = 0; i < names.count; i++)
		if (!test_operand(t, names.items[i], err))
			return false;
	printf("1..%u\n", t->points);
	return t->failed == 0 ||
	       error_set_kind(err, ERROR_FAILED, "%u of %u failed", t->failed, t->points);
}

static bool run_test(const struct arguments *arguments, struct error *err)
{
	struct testing t = {.arguments = arguments};
	bool good = test_all(&t, err);
	if (!good && t.points > 0 && t.failed == 0)
		printf("Bail out! %s\n", error_text(err));
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
		"Prints TAP; exits with 1 if something failed. Without operands, tests the whole catalogue.",
	.options =
		{
			OPTION_DAEMON,
			OPTION_NETWORK,
			{"alone", NULL, "start every lesson in an empty sandbox"},
			{"seed", "NUMBER",
				"vary review tasks by this number (default: a random one, which is printed)"},
			{"timeout", "SECONDS", "time limit of a line (default: 60)"},
			{"trust", NULL,
				"let a course that does not come with ropes run hidden commands"},
		},
	.operands_max = 1000,
	.run = run_test,
};

/* bench/bench.c - how fast, how large: medians of whole processes and of single calls, each beside
 * a baseline that is measured in the same run, in turns with it. Prints a table; never judges:
 * machines differ. */
#include "base.h"
#include "check.h"
#include "engine.h"
#include "explain.h"
#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define ROUNDS_MAX 101

static const char *part; /* what is measured now */

struct series {
	double ms[ROUNDS_MAX];
	size_t count;
	long rss_kb;
};

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static double median(const struct series *s)
{
	struct series sorted = *s;
	if (sorted.count == 0)
		return 0;
	qsort(sorted.ms, sorted.count, sizeof sorted.ms[0], compare);
	return sorted.ms[sorted.count / 2];
}

static void add(struct series *s, double ms, long rss_kb)
{
	if (s->count < ROUNDS_MAX)
		s->ms[s->count++] = ms;
	if (rss_kb > s->rss_kb)
		s->rss_kb = rss_kb;
}

/* ---- whole processes ---- */

/* Runs argv with its output thrown away; false where it ended otherwise than with 0. */
static bool run_process(char *const argv[], struct series *s)
{
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	pid_t pid;
	struct rusage usage;
	int status = -1;
	double start = now_ms();
	int failed = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failed != 0 || wait4(pid, &status, 0, &usage) < 0)
		return false;
	add(s, now_ms() - start, usage.ru_maxrss);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Time from exec to the first prompt on a pty, which is then closed. */
static bool run_to_prompt(char *const argv[], struct series *s)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	cleanup_buf struct buf seen = {0};
	int master;
	double start = now_ms();
	pid_t pid = forkpty(&master, NULL, NULL, &size);
	if (pid < 0)
		return false;
	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	bool found = false;
	struct pollfd wait = {.fd = master, .events = POLLIN};
	while (!found && poll(&wait, 1, 5000) > 0) {
		char bytes[4096];
		ssize_t got = read(master, bytes, sizeof bytes);
		if (got <= 0)
			break;
		buf_add(&seen, bytes, (size_t)got);
		found = memmem(seen.data, seen.length, "› ", strlen("› ")) != NULL;
	}
	double ms = now_ms() - start;
	struct rusage usage;
	(void)!write(master, ":quit\r", 6);
	close(master);
	wait4(pid, NULL, 0, &usage);
	if (found)
		add(s, ms, usage.ru_maxrss);
	return found;
}

/* A row of BENCH_REPORT, a file that bench/report reads: part, what, value, unit, peer and its
 * value, goal. */
static void report_row(
	const char *what, double ms, const char *against, double base, const char *goal)
{
	const char *path = getenv("BENCH_REPORT");
	FILE *out = path != NULL ? fopen(path, "ae") : NULL;
	if (out == NULL)
		return;
	fprintf(out, "%s\t%s\t%.4f\tms\t%s\t%.4f\t%s\n", part, what, ms, against, base, goal);
	fclose(out);
}

static void tell(const char *what, const struct series *s, const char *against,
	const struct series *base, const char *goal)
{
	printf("%-44s %9.2f ms", what, median(s));
	if (s->rss_kb > 0)
		printf(" %6.1f MB", (double)s->rss_kb / 1024);
	else
		printf("          ");
	if (base != NULL && base->count > 0)
		printf("   %5.2fx of %s (%.2f ms)", median(s) / median(base), against,
			median(base));
	printf("   %s\n", goal);
	fflush(stdout);
	if (base != NULL && base->count > 0)
		report_row(what, median(s), against, median(base), goal);
}

/* ---- notes ---- */

static void write_note(const char *path, size_t size)
{
	FILE *out = fopen(path, "we");
	size_t written = 0;
	for (unsigned i = 0; out != NULL && written < size; i++) {
		int n = fprintf(out,
			"## Lesson %u\n\nA paragraph with *emphasis*, `code`, a "
			"[link](https://example.org/%u) and "
			"enough words to be wrapped once or twice when a terminal shows it to "
			"somebody.\n\n"
			"- one item\n- another item\n\n```console\n$ docker run --rm alpine echo "
			"%u\n%u\n```\n\n"
			"> **Note**\n>\n> Something worth knowing about number %u.\n\n",
			i, i, i, i, i);
		written += n > 0 ? (size_t)n : size;
	}
	if (out != NULL)
		fclose(out);
}

static void bench_notes(char *ropes, char *note, const char *folder)
{
	struct series list = {0}, empty = {0}, prompt = {0};
	char list_word[] = "list", learn[] = "learn", daemon[] = "--daemon", none[] = "none",
	     nothing[] = "true";
	for (int i = 0; i < 31; i++) {
		run_process((char *[]){nothing, NULL}, &empty);
		run_process((char *[]){ropes, list_word, note, NULL}, &list);
		run_to_prompt((char *[]){ropes, learn, note, daemon, none, NULL}, &prompt);
	}
	tell("ropes list NOTE", &list, "an empty program", &empty, "goal 10 ms, 10 MB");
	tell("start to the first prompt", &prompt, "an empty program", &empty, "goal 10 ms, 10 MB");
	static const size_t megabytes[] = {1, 10};
	for (size_t k = 0; k < ARRAY_LENGTH(megabytes); k++) {
		cleanup_free char *path = path_join(folder, "big.md");
		char cmark[] = "cmark-gfm", e[] = "-e", table[] = "table",
		     strike[] = "strikethrough", autolink[] = "autolink", tasklist[] = "tasklist";
		struct series ours = {0}, theirs = {0};
		write_note(path, megabytes[k] * 1000 * 1000);
		for (int i = 0; i < 7; i++) {
			run_process((char *[]){cmark, e, table, e, strike, e, autolink, e, tasklist,
					    path, NULL},
				&theirs);
			run_process((char *[]){ropes, list_word, path, NULL}, &ours);
		}
		cleanup_free char *what = xasprintf("ropes list, a note of %zu MB", megabytes[k]);
		tell(what, &ours, "cmark-gfm", &theirs, "goal 2x");
	}
}

/* A lesson of 1 MB that is all text. Loading is another row, so it is taken off: it asks of each
 * paragraph what no renderer does. */
static void bench_rendering(char *ropes, const char *folder)
{
	cleanup_free char *path = path_join(folder, "text.md");
	char lowdown[] = "lowdown", terminal[] = "-Tterm", list[] = "list", learn[] = "learn",
	     daemon[] = "--daemon", none[] = "none";
	struct series ours = {0}, theirs = {0};
	FILE *out = fopen(path, "we");
	int written = out != NULL ? fprintf(out, "# A\n\n") : 0;
	for (unsigned i = 0; out != NULL && written < 1000 * 1000; i++)
		written += fprintf(out,
			"A paragraph with *emphasis*, `code`, a [link](https://example.org/%u) and "
			"enough words to be wrapped once or twice when a terminal shows it to "
			"somebody who reads.\n\n- one item\n- another item\n  - a nested one\n\n"
			"> Something worth knowing about number %u.\n\n```yaml\nservices:\n  web:\n"
			"    image: nginx:%u\n```\n\n| name | value |\n| --- | --- |\n| one | %u |\n\n",
			i, i, i, i);
	if (out == NULL || fclose(out) != 0)
		return;
	for (int i = 0; i < 15; i++) {
		struct series loaded = {0}, shown = {0};
		bool good = run_process((char *[]){ropes, list, path, NULL}, &loaded) &&
			    run_process((char *[]){ropes, learn, daemon, none, path, NULL}, &shown);
		if (good)
			add(&ours, median(&shown) - median(&loaded), shown.rss_kb);
		run_process((char *[]){lowdown, terminal, path, NULL}, &theirs);
	}
	tell("a text of 1 MB on the screen", &ours, "lowdown", &theirs, "goal 1x");
}

/* A thousand notes, against their bytes in one file. */
static void bench_lint(char *ropes, const char *folder)
{
	cleanup_free char *notes = path_join(folder, "notes"), *all = path_join(folder, "all.md");
	char cmark[] = "cmark-gfm", lint[] = "lint";
	struct series ours = {0}, theirs = {0};
	if (!folder_make(notes, 0700, NULL))
		return;
	for (unsigned i = 0; i < 1000; i++) {
		cleanup_free char *path = xasprintf("%s/note-%03u.md", notes, i);
		write_note(path, (size_t)20 * 1000);
	}
	write_note(all, (size_t)20 * 1000 * 1000);
	for (int i = 0; i < 5; i++) {
		run_process((char *[]){cmark, all, NULL}, &theirs);
		run_process((char *[]){ropes, lint, notes, NULL}, &ours);
	}
	tell("ropes lint, 1,000 notes of 20 KB", &ours, "cmark-gfm", &theirs, "goal 3x");
}

/* Ten lines that print one word each; cram (python3-cram) where it is installed. */
static void bench_tests(char *ropes, const char *folder)
{
	cleanup_free char *note = path_join(folder, "ten.md"), *script = path_join(folder, "ten.t");
	char test[] = "test", cram[] = "cram3";
	struct series first = {0}, ours = {0}, theirs = {0};
	FILE *ten = fopen(note, "we"), *same = fopen(script, "we");
	for (unsigned i = 0; ten != NULL && same != NULL && i < 10; i++) {
		fprintf(ten, "## Line %u\n\n```console\n$ echo word-%u\nword-%u\n```\n\n", i, i, i);
		fprintf(same, "  $ echo word-%u\n  word-%u\n", i, i);
	}
	if (ten != NULL)
		fclose(ten);
	if (same != NULL)
		fclose(same);
	run_process((char *[]){ropes, test, note, NULL}, &first); /* starts the machine */
	for (int i = 0; i < 9; i++) {
		run_process((char *[]){cram, script, NULL}, &theirs);
		run_process((char *[]){ropes, test, note, NULL}, &ours);
	}
	tell("ropes test, ten echo lines", &ours, "cram", &theirs, "goal below 1x");
}

/* ---- explanations ---- */

/* A whole process, and calls in one that has read the rules at its first. */
static void bench_explain(char *ropes)
{
	static const struct explain_question questions[] = {
		{.line = "docker run alpine y",
			.status = 127,
			.output = "docker: Error response from daemon: failed to create shim task: "
				  "OCI runtime create failed: exec: \"y\": executable file not "
				  "found in $PATH: unknown"},
		{.line = "docker run --rm x sh -c y", .status = 3, .output = "nothing known\n"},
		{.line = "nosuch", .status = 127, .output = "bash: nosuch: command not found\n"},
	};
	char word[] = "explain", last[] = "--status", status[] = "127", dashes[] = "--",
	     docker[] = "docker", run[] = "run", image[] = "alpine", program[] = "y",
	     nothing[] = "true";
	struct series empty = {0}, whole = {0}, first = {0}, again = {0};
	for (int i = 0; i < 31; i++) {
		run_process((char *[]){nothing, NULL}, &empty);
		run_process((char *[]){ropes, word, last, status, dashes, docker, run, image,
				    program, NULL},
			&whole);
	}
	for (size_t i = 0; i < ROUNDS_MAX; i++) {
		struct explanation x;
		double start = now_ms();
		if (explain_failure(&questions[i % ARRAY_LENGTH(questions)], &x, NULL))
			explain_finish(&x);
		add(i < ARRAY_LENGTH(questions) ? &first : &again, now_ms() - start, 0);
	}
	tell("ropes explain", &whole, "an empty program", &empty, "goal 15 ms, 12 MB");
	tell("an explanation", &again, "the first time", &first, "goal 3 ms");
}

/* ---- lines ---- */

static void discard(void *data, const char *bytes, size_t length)
{
	(void)data;
	(void)bytes;
	(void)length;
}

static bool run_line(struct sandbox *sandbox, const char *line, struct series *s)
{
	struct error err = {0};
	struct sandbox_result result = {0};
	const struct sandbox_run run = {
		.line = line, .input = SANDBOX_INPUT_NONE, .timeout_ms = 60000, .output = discard};
	double start = now_ms();
	bool good = sandbox_run(sandbox, &run, &result, &err) && result.status == 0;
	if (s != NULL)
		add(s, now_ms() - start, 0);
	if (!good)
		fprintf(stderr, "bench: '%s': status %d %s\n", line, result.status,
			error_text(&err));
	sandbox_result_finish(&result);
	error_finish(&err);
	return good;
}

static void bench_lines(struct sandbox *sandbox)
{
	static const struct {
		const char *line, *goal;
		int rounds;
	} lines[] = {
		{"true", "goal +10 ms", 31},
		{"docker ps", "goal +10 ms", 31},
		{"docker run --rm busybox true", "goal 1.05x", 41},
	};
	for (size_t k = 0; k < ARRAY_LENGTH(lines); k++) {
		struct series ours = {0}, direct = {0};
		char shell[] = "bash", flag[] = "-c";
		cleanup_free char *line = xstrdup(lines[k].line);
		run_line(sandbox, line, NULL); /* pulls the image, warms the caches */
		for (int i = 0; i < lines[k].rounds; i++) {
			run_process((char *[]){shell, flag, line, NULL}, &direct);
			run_line(sandbox, line, &ours);
		}
		direct.rss_kb = 0;
		cleanup_free char *what = xasprintf("through ropes: %s", line);
		tell(what, &ours, "directly", &direct, lines[k].goal);
	}
}

/* ---- verdicts ---- */

/* What a line costs more because its workspace is kept in two places. */
static void bench_workspace(struct sandbox *sandbox)
{
	static const struct {
		const char *line, *what, *goal;
	} rows[] = {
		{"cd; echo one >a; mkdir -p d; echo two >d/b", "a workspace looked at: 2 files",
			"goal 1 ms"},
		{"for d in {0..99}; do mkdir $d; for f in {0..99}; do echo $f >$d/$f; done; done",
			"a workspace looked at: 10,000 files", "told"},
	};
	for (size_t k = 0; k < ARRAY_LENGTH(rows); k++) {
		struct series first = {0}, again = {0};
		run_line(sandbox, rows[k].line, NULL);
		usleep(50000); /* what has just changed is read once more */
		for (int i = 0; i < 12; i++) {
			double start = now_ms();
			(void)machine_workspace(
				MACHINE_PRACTICE, "bench", MACHINE_WORKSPACE_SYNC, NULL, NULL);
			add(i == 0 ? &first : &again, now_ms() - start, 0);
		}
		tell(rows[k].what, &again, "the first time", &first, rows[k].goal);
	}
	run_line(sandbox, "cd; find . -mindepth 1 -delete", NULL);
}

static void bench_verdict(struct sandbox *sandbox)
{
	const struct engine_options options = {.host = sandbox_docker_host(sandbox),
		.probe_socket = sandbox_socket,
		.probe_data = sandbox};
	struct error err = {0};
	struct engine *engine;
	struct check_context *context = NULL;
	struct check_plan *plan = NULL;
	const char *statement = "container bench exited with 0";
	if (!engine_open(&options, &engine, &err))
		return;
	const struct check_context_options scene_options = {.engine = engine};
	if (run_line(sandbox, "docker run --name bench busybox true", NULL) &&
		check_context_open(&scene_options, &context, &err) &&
		check_plan_parse(&statement, 1, NULL, &plan, NULL, &err)) {
		struct series ours = {0}, theirs = {0};
		char docker[] = "docker", inspect[] = "inspect", name[] = "bench";
		for (int i = 0; i < 31; i++) {
			struct check_verdicts verdicts = {0};
			double start = now_ms();
			check_plan_evaluate(plan, context, 1000, NULL, NULL, &verdicts);
			add(&ours, now_ms() - start, 0);
			if (check_verdicts_outcome(&verdicts) != CHECK_PASSED)
				fprintf(stderr, "bench: the verdict did not hold\n");
			check_verdicts_finish(&verdicts);
			run_process((char *[]){docker, inspect, name, NULL}, &theirs);
		}
		theirs.rss_kb = 0;
		tell("a state verdict", &ours, "docker inspect", &theirs, "goal 5 ms");
	}
	check_plan_destroy(plan);
	check_context_close(context);
	engine_close(engine);
	error_finish(&err);
}

/* ---- the machine ---- */

static pid_t parent_of(pid_t pid)
{
	cleanup_free char *path = xasprintf("/proc/%d/stat", (int)pid);
	FILE *file = fopen(path, "re");
	int parent = 0;
	if (file != NULL) {
		if (fscanf(file, "%*d (%*[^)]) %*c %d", &parent) != 1)
			parent = 0;
		fclose(file);
	}
	return parent;
}

/* Kilobytes of memory that are a process's own, and its part of what it shares. */
static long proportional_kb(pid_t pid)
{
	cleanup_free char *path = xasprintf("/proc/%d/smaps_rollup", (int)pid);
	cleanup_buf struct buf text = {0};
	long kb = 0;
	const char *at =
		file_read(path, 65536, &text, NULL) ? strstr(buf_text(&text), "\nPss:") : NULL;
	return at != NULL && sscanf(at, "\nPss: %ld", &kb) == 1 ? kb : 0;
}

/* All processes that its supervisor started, and those that they started. */
static void bench_memory(void)
{
	struct machine_status status = {0};
	(void)machine_status(MACHINE_PRACTICE, &status, NULL);
	DIR *all = opendir("/proc");
	const struct dirent *entry;
	long kb = 0;
	unsigned count = 0;
	while (all != NULL && (entry = readdir(all)) != NULL) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10), at = pid;
		while (at > 1 && at != status.supervisor)
			at = parent_of(at);
		if (at <= 1)
			continue;
		kb += proportional_kb(pid);
		count++;
	}
	if (all != NULL)
		closedir(all);
	printf("%-44s %9.2f MB in %u processes\n", "an idle machine (PSS)", (double)kb / 1024,
		count);
	machine_status_finish(&status);
}

static void bench_machine(void)
{
	struct series start = {0}, stop = {0};
	for (int i = 0; i < 5; i++) {
		struct error err = {0};
		const struct machine_options options = {0};
		double at = now_ms();
		if (!machine_start(&options, &err))
			fprintf(stderr, "bench: %s\n", error_text(&err));
		add(&start, now_ms() - at, 0);
		at = now_ms();
		if (!machine_stop(MACHINE_PRACTICE, &err))
			fprintf(stderr, "bench: %s\n", error_text(&err));
		add(&stop, now_ms() - at, 0);
		error_finish(&err);
	}
	tell("practice machine up, images ready", &start, NULL, NULL, "about 1 s");
	tell("practice machine down, nothing left", &stop, NULL, NULL, "about 0.1 s");
}

static void bench_sandbox(void)
{
	struct error err = {0};
	struct sandbox *sandbox;
	const struct sandbox_options options = {
		.learner = "bench", .daemon = SANDBOX_PRACTICE, .signals = -1};
	bench_machine();
	if (!sandbox_open(&options, &sandbox, &err) || !sandbox_wait(sandbox, &err)) {
		fprintf(stderr, "bench: %s\n", error_text(&err));
		error_finish(&err);
		return;
	}
	bench_memory();
	setenv("DOCKER_HOST", sandbox_docker_host(sandbox), 1);
	bench_lines(sandbox);
	bench_workspace(sandbox);
	bench_verdict(sandbox);
	sandbox_close(sandbox, true);
}

/* What the parts are given. */
static struct {
	char *ropes, *note, *folder;
} given;

static void measure_notes(void)
{
	bench_notes(given.ropes, given.note, given.folder);
	bench_rendering(given.ropes, given.folder);
}

static void measure_lint(void)
{
	bench_lint(given.ropes, given.folder);
}

static void measure_tests(void)
{
	bench_tests(given.ropes, given.folder);
}

static void measure_explain(void)
{
	bench_explain(given.ropes);
}

static const struct {
	const char *name;
	void (*measure)(void);
} parts[] = {
	{"notes", measure_notes},
	{"lint", measure_lint},
	{"tests", measure_tests},
	{"explain", measure_explain},
	{"sandbox", bench_sandbox},
};

int main(int argc, char **argv)
{
	if (argc < 5) {
		fprintf(stderr, "usage: bench ROPES NOTE FOLDER PART...\n");
		return ERROR_USAGE;
	}
	given.ropes = argv[1];
	given.note = argv[2];
	given.folder = argv[3];
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		for (int wanted = 4; wanted < argc; wanted++)
			if (text_same(argv[wanted], parts[i].name)) {
				part = parts[i].name;
				parts[i].measure();
			}
	return 0;
}

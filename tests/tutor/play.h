/* tests/tutor/play.h - a session of the tutor played by a script: a course from tests/data/tutor, a
 * fake sandbox and daemon, a record in memory; what was shown and what was recorded are texts */
#ifndef TESTS_TUTOR_PLAY_H
#define TESTS_TUTOR_PLAY_H

#include "fake/clock.h"
#include "fake/engine.h"
#include "fake/machine.h"
#include "fake/sandbox.h"
#include "fake/terminal.h"
#include "suite.h"
#include "tutor.h"

#include <cjson/cJSON.h>
#include <fcntl.h>

#define PLAY_EXTENSION "https://ropes.invalid/extensions/"

struct play {
	struct fake_engine *engine;
	struct sandbox *sandbox;
	struct course *course;
	struct record *record;
	struct screen *screen;
	int output; /* -1: a terminal */
	struct fake_terminal *terminal;
	struct tutor_options options;
	char *path, *log;
};

/* What the lines of the course do. */
static const struct fake_line play_lines[] = {
	{.line = "docker run -d --name web nginx",
		.output = "0123456789\r\n",
		.container = "web",
		.image = "nginx",
		.state = "running"},
	{.line = "docker run -d --name other nginx",
		.container = "other",
		.image = "nginx",
		.state = "running"},
	{.line = "docker run -d --name web nginx:nope",
		.output = "docker: Error response from daemon: pull access denied for ngnix, "
			  "repository does not exist\r\n",
		.status = 125},
	{.line = "docker run --name job alpine true",
		.container = "job",
		.image = "alpine",
		.state = "exited"},
	{.line = "docker run --name chore alpine true",
		.container = "chore",
		.image = "alpine",
		.state = "exited"},
	{.line = "docker run --name errand alpine true",
		.container = "errand",
		.image = "alpine",
		.state = "exited"},
	{.line = "docker run -m 32m --rm alpine true",
		.container = "brief",
		.image = "alpine",
		.state = "gone"},
	{.line = "docker logs web",
		.output = "a log\r\n",
		.asks = "GET containers/{container}/logs"},
	{.line = "docker pull alpine"},
	{.line = "docker ps", .output = "CONTAINER ID\r\n", .asks = "GET containers/json"},
	{.line = "docker rm -f job", .container = "job", .state = "gone"},
	{.line = "docker rm -f *"},
	{.line = "cat", .output = "twice\r\ntwice\r\n"},
	{.line = "false", .status = 1},
	{.line = "slow", .status = 130, .more = {.timed_out = true}},
	{.line = "stop", .status = 130, .more = {.interrupted = true}},
	{.line = "exit 3", .status = 3, .more = {.shell_ended = true}},
	{.line = "much", .more = {.cut = true}},
	{.line = "fill", .more = {.unkept = (char *)"`big` could not be kept."}},
	{.line = "broken", .cannot_start = true},
	{.line = "bye-bye", .more = {.hung_up = true}},
	{.line = "kill-daemon", .status = 1, .ends_daemon = true},
	{.line = "true"},
};

static inline struct play play_open(void)
{
	struct play p = {.engine = fake_engine_start(suite_folder), .output = -1};
	struct error err = {0};
	p.path = suite_data("tutor/practice.md");
	p.log = suite_file("gate.log", "", 0);
	fake_sandbox = (struct fake_sandbox){.engine = p.engine,
		.lines = play_lines,
		.line_count = ARRAY_LENGTH(play_lines),
		.limits = {true, true, true, true},
		.gate_log = p.log};
	fake_machine.state = MACHINE_READY;
	fake_sandbox_forget();
	ck_assert_msg(course_load(p.path, &p.course, &err), "%s", error_text(&err));
	ck_assert_msg(record_open(":memory:", &p.record, &err), "%s", error_text(&err));
	const struct sandbox_options options = {.learner = "ada", .daemon = SANDBOX_PRACTICE};
	ck_assert_msg(sandbox_open(&options, &p.sandbox, &err), "%s", error_text(&err));
	p.options = (struct tutor_options){.record = p.record,
		.sandbox = p.sandbox,
		.course = p.course,
		.learner = "ada",
		.reference = p.path,
		.trusted = true,
		.seed = 7};
	return p;
}

static inline void play_close(struct play *p)
{
	sandbox_close(p->sandbox, true);
	course_destroy(p->course);
	record_close(p->record);
	fake_engine_stop(p->engine);
	free(p->path);
	free(p->log);
}

/* Lines are read from a file, what is shown goes into another one. */
static inline void play_begin(struct play *p, const char *input)
{
	struct error err = {0};
	cleanup_free char *in = suite_file("input", input, strlen(input));
	cleanup_free char *out = suite_file("output", "", 0);
	const struct screen_options options = {.input_fd = open(in, O_RDONLY | O_CLOEXEC),
		.output_fd = open(out, O_RDWR | O_CLOEXEC)};
	ck_assert(options.input_fd >= 0 && options.output_fd >= 0);
	ck_assert_msg(screen_open(&options, &p->screen, &err), "%s", error_text(&err));
	p->output = options.output_fd;
	p->options.screen = p->screen;
}

/* Somebody types at a terminal. */
static inline void play_begin_terminal(
	struct play *p, const struct fake_typing *typing, size_t count)
{
	struct error err = {0};
	p->terminal = fake_terminal_open(typing, count);
	const struct screen_options options = {.input_fd = fake_terminal_fd(p->terminal),
		.output_fd = fake_terminal_fd(p->terminal)};
	ck_assert_msg(screen_open(&options, &p->screen, &err), "%s", error_text(&err));
	p->options.screen = p->screen;
}

/* What was shown, in one line: what is wrapped can be looked for. The caller frees it. */
static inline char *play_end(struct play *p)
{
	struct buf shown = {0}, flat = {0};
	screen_close(p->screen);
	if (p->terminal != NULL) {
		cleanup_free char *text = fake_terminal_close(p->terminal);
		buf_add_text(&shown, text);
	} else {
		cleanup_free char *out = path_join(suite_folder, "output");
		ck_assert(file_read(out, 1 << 22, &shown, NULL));
		close(p->output);
	}
	for (size_t i = 0; i < shown.length; i++) {
		bool blank = strchr(" \t\r\n", shown.data[i]) != NULL;
		if (!blank)
			buf_add_char(&flat, shown.data[i]);
		else if (flat.length > 0 && flat.data[flat.length - 1] != ' ')
			buf_add_char(&flat, ' ');
	}
	buf_finish(&shown);
	return buf_steal(&flat);
}

/* A whole session; *ret_end may be NULL. */
static inline char *play(struct play *p, const char *input, enum tutor_end *ret_end)
{
	struct error err = {0};
	enum tutor_end end;
	play_begin(p, input);
	ck_assert_msg(tutor_run(&p->options, &end, &err), "%s", error_text(&err));
	if (ret_end != NULL)
		*ret_end = end;
	return play_end(p);
}

/* The phrases are there, in that order. */
static inline void play_expect(const char *shown, const char *const *phrases, size_t count)
{
	const char *at = shown;
	for (size_t i = 0; i < count && phrases[i] != NULL; i++) {
		const char *found = strstr(at, phrases[i]);
		ck_assert_msg(found != NULL, "expected '%s' behind phrase %zu in:\n%s", phrases[i],
			i, shown);
		at = found + strlen(phrases[i]);
	}
}

static inline const char *play_text(const cJSON *json, const char *name)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
	return text != NULL ? text : "";
}

struct play_statements {
	const struct course *course;
	struct buf out;
};

/* The step's number, so that tables can be read; its id if it has none. The caller frees it. */
static inline char *play_step_name(const struct course *c, const char *lesson, const char *step)
{
	for (size_t i = 0; i < c->lesson_count; i++) {
		size_t at = course_find_step(&c->lessons[i], step);
		if (text_same(c->lessons[i].anchor, lesson) && at < c->lessons[i].step_count) {
			char *old = course_step_old_id(&c->lessons[i].steps[at]);
			return old != NULL ? old : xstrdup(step);
		}
	}
	return xstrdup(step);
}

static inline bool play_add_statement(void *data, const char *json)
{
	static const char *const states[] = {"reached", "done", "skipped", "shown"};
	struct play_statements *statements = data;
	struct buf *out = &statements->out;
	cJSON *s = cJSON_Parse(json);
	const cJSON *context = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(s, "context"), "extensions");
	const cJSON *result = cJSON_GetObjectItemCaseSensitive(s, "result");
	const cJSON *more = cJSON_GetObjectItemCaseSensitive(result, "extensions");
	const cJSON *state = cJSON_GetObjectItemCaseSensitive(more, PLAY_EXTENSION "state");
	const cJSON *raw = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(result, "score"), "raw");
	const char *verb = path_base(play_text(cJSON_GetObjectItemCaseSensitive(s, "verb"), "id"));
	cleanup_free char *step =
		play_step_name(statements->course, play_text(context, PLAY_EXTENSION "lesson"),
			play_text(context, PLAY_EXTENSION "step"));
	const char *outcome = play_text(more, PLAY_EXTENSION "outcome");
	buf_printf(out, "%s%s%s%s", out->length > 0 ? ", " : "", step, *step != '\0' ? " " : "",
		state != NULL ? states[state->valueint] : verb);
	if (*outcome != '\0')
		buf_printf(out, " (%s)", outcome);
	if (raw != NULL)
		buf_printf(out, " %g", raw->valuedouble);
	cJSON_Delete(s);
	return true;
}

/* "initialized, prose-1 reached, prose-1 done, example-2 attempted (held) …". The caller frees it.
 */
static inline char *play_recorded(const struct play *p)
{
	struct play_statements statements = {.course = p->course};
	ck_assert(record_statements(p->record, "ada", NULL, play_add_statement, &statements, NULL));
	return buf_steal(&statements.out);
}

/* The lines that were run, "; " between. The caller frees it. */
static inline char *play_ran(void)
{
	struct buf out = {0};
	const struct words *ran = fake_sandbox_ran();
	for (size_t i = 0; i < ran->count; i++)
		buf_printf(&out, "%s%s", i > 0 ? "; " : "", ran->items[i]);
	return buf_steal(&out);
}

#endif

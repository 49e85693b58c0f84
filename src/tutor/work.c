/* tutor/work.c - running a line in the sandbox and what belongs to it: the daemon, hidden commands,
 * files */
#include "tutor.h"
#include "session.h"
#include "judge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define HEADLESS_TIMEOUT_MS (60 * 1000)

static void stop_timer(struct session *s)
{
	if (s->timer >= 0)
		close(s->timer);
	s->timer = -1;
}

bool work_ready(struct session *s)
{
	cleanup_error struct error err = {0};
	if (!session_has_sandbox(s)) {
		screen_say(s->screen, SCREEN_WARN, "! ",
			"There is no daemon here, so nothing can be run and no task counts as "
			"done: this is for "
			"reading and evaluations only. `ropes doctor` tells what is missing.");
		return false;
	}
	stop_timer(s);
	if (s->daemon_lost) {
		context_disconnect(s);
		screen_say(s->screen, SCREEN_WARN, "! ",
			"The daemon had gone away; a new one is brought up. What was made in the "
			"old one is gone.");
		s->daemon_lost = false;
	}
	bool ready = sandbox_wait(s->options->sandbox, &err) && context_connect(s, &err);
	screen_progress(s->screen, NULL);
	if (!ready) {
		context_disconnect(s);
		screen_say(s->screen, SCREEN_WARN, "! ",
			"No line can be run now: %s. Nothing was marked. `ropes doctor` tells "
			"more.",
			error_text(&err));
	}
	return ready;
}

/* ---- waking the prompt ---- */

int work_wake_fd(const struct session *s)
{
	if (s->scene != NULL && !s->daemon_lost)
		return check_scene_fd(s->scene);
	return s->timer;
}

static void start_timer(struct session *s)
{
	const struct itimerspec tick = {
		.it_value = {.tv_nsec = 150000000}, .it_interval = {.tv_nsec = 250000000}};
	if (s->timer >= 0 || !session_has_sandbox(s) || !screen_is_terminal(s->screen))
		return;
	s->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (s->timer >= 0)
		(void)timerfd_settime(s->timer, 0, &tick, NULL); /* without it only ticking waits */
}

/* The daemon comes up in the background; once it answers, its events are listened to. */
static void try_connect(struct session *s)
{
	uint64_t times;
	(void)fd_read(s->timer, &times, sizeof times);
	if (sandbox_kind(s->options->sandbox) == SANDBOX_PRACTICE) {
		cleanup_error struct error ignored = {0};
		struct machine_status status = {0};
		bool up = machine_status(MACHINE_PRACTICE, &status, &ignored) &&
			  status.state == MACHINE_READY;
		machine_status_finish(&status);
		if (!up)
			return;
	}
	cleanup_error struct error err = {0};
	if (sandbox_wait(s->options->sandbox, &err) && context_connect(s, &err))
		stop_timer(s);
}

void work_wake(struct session *s)
{
	cleanup_error struct error err = {0};
	bool news = false;
	if (s->scene == NULL || s->daemon_lost) {
		if (s->timer >= 0)
			try_connect(s);
		return;
	}
	if (!check_scene_pump(s->scene, &news, &err)) {
		s->daemon_lost = true;
		screen_interject(s->screen);
		screen_say(s->screen, SCREEN_WARN, "! ",
			"The daemon went away. The next line brings up a new one.");
		return;
	}
	if (news)
		judge_by_events(s);
}

/* ---- entering and leaving ---- */

/* What lies there is what an earlier listing put there: the note goes on with another one. */
static bool is_untouched(const struct course *course, const char *file, const char *workspace)
{
	cleanup_buf struct buf text = {0};
	if (!beneath_read(workspace, file, NOTE_SIZE_LIMIT, &text, NULL))
		return false;
	for (size_t i = 0; i < course->lesson_count; i++) {
		const struct note_section *section = course->lessons[i].section;
		for (size_t k = 0; k < section->block_count; k++)
			if (text_same(section->blocks[k].file, file) &&
				text_same(section->blocks[k].code, buf_text(&text)))
				return true;
	}
	return false;
}

void work_write_files(struct session *s, const struct course_step *step)
{
	for (size_t i = 0; i < step->block_count; i++) {
		const struct note_block *b = &step->blocks[i];
		if (b->kind != NOTE_LISTING || b->file == NULL || !session_has_sandbox(s))
			continue;
		const char *workspace = sandbox_workspace(s->options->sandbox);
		cleanup_error struct error err = {0};
		if (beneath_exists(workspace, b->file) &&
			!is_untouched(s->course, b->file, workspace))
			continue; /* the learner's own changes stay */
		if (sandbox_write_file(s->options->sandbox, b->file, b->code, &err) && s->unwatched)
			continue;
		if (err.message == NULL)
			screen_say(s->screen, SCREEN_QUIET, "  ", "`%s` is in your workspace.",
				b->file);
		else
			screen_say(s->screen, SCREEN_WARN, "! ", "%s", error_text(&err));
	}
}

void work_tell_lacking(struct session *s)
{
	screen_say(s->screen, SCREEN_WARN, "! ",
		"This step is skipped: %s. `ropes doctor` says how to get them.", s->lacking);
}

void work_enter_step(struct session *s)
{
	const struct course_step *step = session_step(s);
	s->set_up = false;
	s->lacking = s->step_done ? NULL : needs_lacking(s, step);
	if (s->lacking != NULL)
		work_tell_lacking(s);
	context_close(s);
	if (step != NULL)
		work_write_files(s, step);
	if (step == NULL || (step->kind != STEP_EXAMPLE && step->kind != STEP_TASK))
		return;
	cleanup_error struct error err = {0};
	if (s->engine == NULL)
		start_timer(s);
	else if (!context_open(s, &err))
		s->daemon_lost = true;
}

/* The learner is asked once before hidden commands of somebody else's course run. */
static bool may_run_hidden(struct session *s, const struct course_lines *lines)
{
	if (s->trusted || lines->count == 0)
		return s->trusted;
	if (s->trust_asked)
		return false;
	s->trust_asked = true;
	screen_say(s->screen, SCREEN_WARN, "! ",
		"The course %s runs commands of its own in the sandbox, which it does not show. "
		"The first is:",
		s->course->path);
	screen_command(s->screen, lines->items[0].text, NULL, 0);
	if (!screen_is_terminal(s->screen)) {
		screen_say(s->screen, SCREEN_WARN, "! ",
			"They are left out; `--trust` lets them run.");
		return false;
	}
	return screen_confirm(s->screen, "Let them run? [y/N] ", false, &s->trusted) && s->trusted;
}

static void discard_output(void *data, const char *bytes, size_t length)
{
	(void)data;
	(void)bytes;
	(void)length;
}

/* At a terminal somebody sees that it takes long; elsewhere it must end. */
static int time_of_line(const struct session *s, bool terminal)
{
	if (s->options->timeout_ms > 0)
		return s->options->timeout_ms;
	return terminal ? 0 : HEADLESS_TIMEOUT_MS;
}

bool work_unseen(struct session *s, const char *line, const char *input, struct sandbox_result *ret,
	struct error *err)
{
	const struct sandbox_run run = {
		.line = line,
		.input = input != NULL ? SANDBOX_INPUT_TEXT : SANDBOX_INPUT_NONE,
		.text = input,
		.timeout_ms = time_of_line(s, false),
		.output = discard_output,
	};
	return sandbox_run(s->options->sandbox, &run, ret, err);
}

static bool run_quietly(struct session *s, const char *line, const char *input)
{
	cleanup_error struct error err = {0};
	struct sandbox_result result = {0};
	bool ran = work_unseen(s, line, input, &result, &err);
	bool good = ran && result.status == 0;
	if (!ran)
		screen_say(s->screen, SCREEN_WARN, "! ", "%s", error_text(&err));
	sandbox_result_finish(&result);
	return good;
}

static void run_hidden_commands(
	struct session *s, const struct course_lines *lines, const char *what)
{
	if (!may_run_hidden(s, lines))
		return;
	for (size_t i = 0; i < lines->count; i++)
		if (!run_quietly(s, lines->items[i].text, NULL))
			screen_say(s->screen, SCREEN_WARN, "! ", "%s:%d: the %s command failed: %s",
				session_lesson(s)->note->path, lines->items[i].line, what,
				lines->items[i].text);
}

static void set_up_step(struct session *s)
{
	const struct course_step *step = session_step(s);
	if (s->set_up || step == NULL || step->setups.count == 0 || s->lacking != NULL)
		return;
	s->set_up = true;
	run_hidden_commands(s, &step->setups, "set-up");
	cleanup_error struct error err = {0};
	context_close(s); /* the baseline is what is there after the set-up */
	if (!context_open(s, &err))
		s->daemon_lost = true;
}

void work_clean_up(struct session *s, const struct course_step *step)
{
	if (step->cleanups.count > 0 && s->engine != NULL && needs_lacking(s, step) == NULL)
		run_hidden_commands(s, &step->cleanups, "clean-up");
}

void work_leave_lesson(struct session *s)
{
	const struct course_lesson *lesson = session_lesson(s);
	for (size_t i = 0; i < lesson->step_count; i++)
		work_clean_up(s, &lesson->steps[i]);
}

void work_finish(struct session *s)
{
	if (s->engine != NULL)
		work_leave_lesson(s);
	stop_timer(s);
	context_disconnect(s);
	free(s->line);
	free(s->output);
	free(s->moved_ports);
}

/* ---- one line ---- */

static void show_output(void *data, const char *bytes, size_t length)
{
	screen_foreign(data, bytes, length);
}

static void remember_result(
	struct session *s, const char *line, const struct sandbox_result *result)
{
	struct buf plain = {0};
	screen_strip(result->output, result->output_length, &plain);
	free(s->output);
	s->output = buf_steal(&plain);
	char *copy = xstrdup(line);
	free(s->line);
	s->line = copy;
	s->status = result->status;
	s->interrupted = result->interrupted || result->timed_out;
	s->started_ms = result->started_ms;
	s->ended_ms = result->ended_ms;
}

static bool run_shown(struct session *s, const char *line, struct sandbox_result *result)
{
	bool terminal = screen_is_terminal(s->screen);
	cleanup_error struct error err = {0};
	const struct sandbox_run run = {
		.line = line,
		.input = terminal ? SANDBOX_INPUT_TERMINAL : SANDBOX_INPUT_NONE,
		.input_fd = STDIN_FILENO,
		.rows = screen_rows(s->screen),
		.columns = screen_width(s->screen),
		.timeout_ms = time_of_line(s, terminal),
		.output = show_output,
		.output_data = s->screen,
	};
	screen_flush(s->screen);
	screen_raw(s->screen, true);
	bool ran = sandbox_run(s->options->sandbox, &run, result, &err);
	screen_foreign_end(s->screen);
	screen_raw(s->screen, false);
	screen_resized(s->screen);
	if (!ran)
		screen_say(s->screen, SCREEN_WARN, "! ",
			"The line could not be run: %s. Nothing was marked.", error_text(&err));
	return ran;
}

static void tell_ending(struct session *s, const struct sandbox_result *result)
{
	if (result->timed_out)
		screen_say(
			s->screen, SCREEN_WARN, "! ", "The line was stopped: its time was over.");
	else if (result->status != 0)
		screen_say(s->screen, SCREEN_QUIET, NULL, "exit status %d", result->status);
	if (result->shell_ended)
		screen_say(s->screen, SCREEN_QUIET, NULL,
			"The shell has ended; the next line has a new one, with none of its "
			"variables. `:quit` leaves the lesson.");
	if (result->unkept != NULL)
		screen_say(s->screen, SCREEN_WARN, "! ", "%s", result->unkept);
	if (result->typed != NULL)
		screen_type(s->screen, result->typed);
	if (result->cut)
		screen_say(s->screen, SCREEN_QUIET, NULL,
			"Only the first part of the output is looked at by checks.");
}

/* A line that failed may have failed because its daemon died. */
static bool daemon_died(struct session *s)
{
	if (s->status == 0 || s->engine == NULL || engine_ping(s->engine, NULL))
		return false;
	s->daemon_lost = true;
	return true;
}

static void tell_death(struct session *s)
{
	screen_say(s->screen, SCREEN_WARN, "! ",
		"The daemon went away while the line ran: nothing was judged. The next line "
		"brings up a new one.");
	keep_attempt(s, CHECK_ERROR);
}

/* A port that is taken on this system, or is the system's, answers under another number. */
static void tell_moved_ports(struct session *s)
{
	cleanup_buf struct buf moved = {0};
	if (!screen_is_terminal(s->screen) || sandbox_kind(s->options->sandbox) != SANDBOX_PRACTICE)
		return;
	machine_moved_ports(&moved);
	if (moved.length > 0 && !text_same(buf_text(&moved), s->moved_ports))
		screen_say(s->screen, SCREEN_QUIET, "  ", "For a browser on this system: port %s.",
			buf_text(&moved));
	free(s->moved_ports);
	s->moved_ports = buf_steal(&moved);
}

void work_line(struct session *s, const char *line)
{
	keep_reached(s);
	if (!work_ready(s))
		return;
	set_up_step(s);
	struct sandbox_result result = {0};
	if (run_shown(s, line, &result)) {
		remember_result(s, line, &result);
		tell_ending(s, &result);
		if (result.hung_up) {
			s->ended = true;
			s->end = TUTOR_HUNG_UP;
		}
		if (daemon_died(s))
			tell_death(s);
		else
			judge_line(s);
		tell_moved_ports(s);
	}
	sandbox_result_finish(&result);
}

/* ---- the example ---- */

struct filling {
	struct session *s;
	const char *line;
	struct buf filled;
	size_t at;
	bool given_up;
};

static void fill_one(void *data, const char *name, size_t at, size_t length)
{
	struct filling *f = data;
	cleanup_free char *value = NULL;
	cleanup_error struct error err = {0};
	if (f->given_up)
		return;
	cleanup_free char *text = xasprintf("%s = ", name);
	const struct screen_prompt prompt = {.text = text, .wake_fd = -1};
	bool optional = f->line[at] == '['; /* nothing may stand there, too */
	if (!screen_is_terminal(f->s->screen) ||
		screen_ask(f->s->screen, &prompt, &value, &err) != SCREEN_LINE ||
		(text_is_blank(value) && !optional)) {
		f->given_up = true;
		return;
	}
	buf_add(&f->filled, f->line + f->at, at - f->at);
	buf_add_text(&f->filled, value);
	f->at = at + length;
}

void work_example(struct session *s)
{
	const struct course_step *step = session_step(s);
	struct filling f = {.s = s, .line = step->command};
	if (note_placeholders(step->command, fill_one, &f) == 0) {
		work_line(s, step->command);
	} else if (f.given_up) {
		screen_say(s->screen, SCREEN_WARN, "! ",
			"This command has a gap to fill: type it with a value of your own in its "
			"place, or go on with `:next`.");
	} else {
		buf_add_text(&f.filled, f.line + f.at);
		work_line(s, buf_text(&f.filled));
	}
	buf_finish(&f.filled);
}

/* ---- words that act on the sandbox ---- */

/* An example that would change nothing, or asks for something, is not run for anybody. */
static struct course_entries lines_that_skip(
	const struct course_step *step, struct course_entry *example)
{
	if (step->kind == STEP_TASK)
		return step->solution;
	bool quick = step->kind == STEP_EXAMPLE && step->skip == NULL &&
		     check_changes_state(step->command) &&
		     (step->input != NULL || !check_is_interactive(step->command)) &&
		     note_placeholders(step->command, NULL, NULL) == 0;
	*example = (struct course_entry){step->command, step->input, step->line};
	return (struct course_entries){example, quick ? 1 : 0};
}

static void run_instead(struct session *s, const struct course_entries *lines)
{
	bool good = true;
	set_up_step(s);
	for (size_t i = 0; good && i < lines->count; i++)
		good = run_quietly(s, lines->items[i].line, lines->items[i].input);
	screen_say(s->screen, SCREEN_QUIET, NULL,
		good ? "Skipped; so that the next step finds what it needs, this was run "
		       "for you:"
		     : "Skipped; this was tried for you, and failed:");
	for (size_t i = 0; i < lines->count; i++)
		screen_command(s->screen, lines->items[i].line, NULL, 0);
}

void work_skip(struct session *s)
{
	const struct course_step *step = session_step(s);
	struct course_entry example;
	if (step == NULL) {
		move_next(s);
		return;
	}
	struct course_entries lines = lines_that_skip(step, &example);
	if (!s->step_done && s->lacking == NULL && lines.count > 0 && session_has_sandbox(s) &&
		work_ready(s))
		run_instead(s, &lines);
	if (!s->step_done)
		keep_step(s, RECORD_STEP_SKIPPED);
	s->step_done = true;
	move_next(s);
}

void work_reset(struct session *s)
{
	if (!work_ready(s))
		return;
	cleanup_error struct error err = {0};
	screen_progress(s->screen, "removing what was made in the sandbox");
	context_disconnect(s);
	bool done =
		sandbox_reset(s->options->sandbox, &err) && sandbox_wait(s->options->sandbox, &err);
	screen_progress(s->screen, NULL);
	if (!done || !context_connect(s, &err)) {
		screen_say(s->screen, SCREEN_WARN, "! ", "%s", error_text(&err));
		return;
	}
	s->set_up = false;
	screen_say(s->screen, SCREEN_GOOD, "✔ ", "The sandbox is as new. What is recorded stays.");
}

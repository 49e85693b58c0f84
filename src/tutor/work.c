/* tutor/work.c - runs a line in the sandbox, with what this needs: the daemon, hidden commands,
 * files */
#include "tutor.h"
#include "session.h"
#include "judge.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- waking the prompt ---- */

int work_wake_fd(const struct session *s)
{
	if (s->context != NULL && !s->daemon_lost)
		return check_context_fd(s->context);
	return s->timer;
}

/* The daemon starts in the background; once it answers, listen to its events. */
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
		context_stop_timer(s);
}

void work_wake(struct session *s)
{
	cleanup_error struct error err = {0};
	bool news = false;
	if (s->context == NULL || s->daemon_lost) {
		if (s->timer >= 0)
			try_connect(s);
		return;
	}
	if (!check_context_pump(s->context, &news, &err)) {
		s->daemon_lost = true;
		screen_interject(s->screen);
		screen_say(s->screen, SCREEN_WARN, "! ",
			"The daemon stopped. The next command starts a new one.");
		return;
	}
	if (news)
		judge_by_events(s);
}

/* ---- entering and leaving ---- */

void work_finish(struct session *s)
{
	if (s->engine != NULL)
		setup_leave_lesson(s);
	context_stop_timer(s);
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
	screen_strip(result->output, result->output_length, screen_rows(s->screen), &plain);
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

bool work_run_shown(
	struct session *s, const char *line, const char *input, struct sandbox_result *result)
{
	bool terminal = screen_is_terminal(s->screen);
	cleanup_error struct error err = {0};
	const struct sandbox_run run = {
		.line = line,
		.input = terminal        ? SANDBOX_INPUT_TERMINAL
			 : input != NULL ? SANDBOX_INPUT_TEXT
					 : SANDBOX_INPUT_NONE,
		.input_fd = STDIN_FILENO,
		.text = input,
		.rows = screen_rows(s->screen),
		.columns = screen_width(s->screen),
		.timeout_ms = setup_timeout(s, terminal),
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
			"The command could not be run: %s. Nothing was marked.", error_text(&err));
	return ran;
}

static void tell_ending(struct session *s, const struct sandbox_result *result)
{
	if (result->timed_out)
		screen_say(s->screen, SCREEN_WARN, "! ",
			"The command was stopped: it exceeded its time limit.");
	else if (result->status != 0)
		screen_say(s->screen, SCREEN_QUIET, NULL, "exit status %d", result->status);
	if (result->shell_ended)
		screen_say(s->screen, SCREEN_QUIET, NULL,
			"The shell has ended; the next command gets a new one, without its variables. `:quit` leaves the lesson.");
	if (result->unkept != NULL)
		screen_say(s->screen, SCREEN_WARN, "! ", "%s", result->unkept);
	if (result->typed != NULL)
		screen_type(s->screen, result->typed);
	if (result->cut)
		screen_say(s->screen, SCREEN_QUIET, NULL,
			"Checks see only the first part of the output.");
}

/* A line may have failed because its daemon died. */
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
		"The daemon stopped while the command ran, so nothing was checked. The next command starts a new daemon.");
	keep_attempt(s, CHECK_ERROR);
}

/* Reports a port that is taken or reserved on this system and therefore answers under another
 * number. */
static void tell_moved_ports(struct session *s)
{
	cleanup_buf struct buf moved = {0};
	if (!screen_is_terminal(s->screen) || s->options->port_address != NULL ||
		sandbox_kind(s->options->sandbox) != SANDBOX_PRACTICE)
		return;
	machine_moved_ports(&moved);
	if (moved.length > 0 && !text_same(buf_text(&moved), s->moved_ports))
		screen_say(s->screen, SCREEN_QUIET, "  ", "For a browser on this system: port %s.",
			buf_text(&moved));
	free(s->moved_ports);
	s->moved_ports = buf_steal(&moved);
}

static void run_line(struct session *s, const char *line, const char *input)
{
	keep_reached(s);
	if (!context_ready(s))
		return;
	setup_step(s);
	struct sandbox_result result = {0};
	if (work_run_shown(s, line, input, &result)) {
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

void work_line(struct session *s, const char *line)
{
	run_line(s, line, NULL);
}

/* ---- the example ---- */

static void show_input(struct screen *screen, const char *input)
{
	screen_say(screen, SCREEN_QUIET, NULL,
		"In the program that this opens, Enter on an empty line types the note's next "
		"line:");
	while (*input != '\0') {
		size_t length = strcspn(input, "\n");
		screen_say(screen, SCREEN_STRONG, "  ", "%.*s", (int)length, input);
		input += length + (input[length] == '\n');
	}
}

static void run_example_line(struct session *s, const struct course_step *step, const char *line)
{
	const char *input = step->session ? step->input : NULL;
	if (input != NULL && screen_is_terminal(s->screen))
		show_input(s->screen, input);
	run_line(s, line, input);
}

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
	bool optional = f->line[at] == '['; /* the placeholder may be left empty */
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
		run_example_line(s, step, step->command);
	} else if (f.given_up) {
		screen_say(s->screen, SCREEN_WARN, "! ",
			"This command has a placeholder: type the command with a value of your own, or continue with `:next`.");
	} else {
		buf_add_text(&f.filled, f.line + f.at);
		run_example_line(s, step, buf_text(&f.filled));
	}
	buf_finish(&f.filled);
}

/* ---- commands that act on the sandbox ---- */

/* When the learner skips an example that changes nothing or asks for something, do not run it. */
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
	setup_step(s);
	for (size_t i = 0; good && i < lines->count; i++)
		good = setup_run_quietly(s, lines->items[i].line, lines->items[i].input);
	screen_say(s->screen, SCREEN_QUIET, NULL,
		good ? N_("Skipped. So that the next step finds what it needs, ropes ran this for you:")
		     : N_("Skipped. ropes tried this for you, but it failed:"));
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
		context_ready(s))
		run_instead(s, &lines);
	if (!s->step_done)
		keep_step(s, RECORD_STEP_SKIPPED);
	s->step_done = true;
	move_next(s);
}

void work_reset(struct session *s)
{
	if (!context_ready(s))
		return;
	cleanup_error struct error err = {0};
	screen_progress(s->screen, _("removing what was created in the sandbox"));
	context_disconnect(s);
	bool done =
		sandbox_reset(s->options->sandbox, &err) && sandbox_wait(s->options->sandbox, &err);
	screen_progress(s->screen, NULL);
	if (!done || !context_connect(s, &err)) {
		screen_say(s->screen, SCREEN_WARN, "! ", "%s", error_text(&err));
		return;
	}
	s->set_up = false;
	screen_say(s->screen, SCREEN_GOOD, "✔ ",
		"The sandbox is empty again. Your recorded progress stays.");
}

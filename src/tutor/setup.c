/* tutor/setup.c - what is prepared for a step and removed after its lesson: files, hidden commands,
 * the baseline */
#include "session.h"
#include "tutor.h"

#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define HEADLESS_TIMEOUT_MS (60 * 1000)

static void start_timer(struct session *s)
{
	const struct itimerspec tick = {
		.it_value = {.tv_nsec = 150000000}, .it_interval = {.tv_nsec = 250000000}};
	if (s->timer >= 0 || !session_has_sandbox(s) || !screen_is_terminal(s->screen))
		return;
	s->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (s->timer >= 0)
		(void)timerfd_settime(s->timer, 0, &tick, NULL); /* else only ticking waits */
}

/* A name without a folder means the folder in which the shell is. The caller frees it. */
static char *path_of_file(const struct session *s, const char *file)
{
	const char *folder = sandbox_folder_shown(s->options->sandbox);
	bool below = folder != NULL && text_starts(folder, "~/") && strchr(file, '/') == NULL;
	return below ? path_join(folder + strlen("~/"), file) : xstrdup(file);
}

/* The file at the path is what an earlier listing wrote, so the note may replace it. */
static bool is_untouched(
	const struct course *course, const char *file, const char *workspace, const char *path)
{
	cleanup_buf struct buf text = {0};
	if (!beneath_read(workspace, path, NOTE_SIZE_LIMIT, &text, NULL))
		return false;
	if (text.length == 0)
		return true; /* a line made it, to be filled */
	for (size_t i = 0; i < course->lesson_count; i++) {
		const struct note_section *section = course->lessons[i].section;
		for (size_t k = 0; k < section->block_count; k++)
			if (text_same(section->blocks[k].file, file) &&
				text_same(section->blocks[k].code, buf_text(&text)))
				return true;
	}
	return false;
}

void setup_write_files(struct session *s, const struct course_step *step)
{
	for (size_t i = 0; i < step->block_count; i++) {
		const struct note_block *b = &step->blocks[i];
		if (b->kind != NOTE_LISTING || b->file == NULL || !session_has_sandbox(s))
			continue;
		const char *workspace = sandbox_workspace(s->options->sandbox);
		cleanup_free char *path = path_of_file(s, b->file);
		cleanup_error struct error err = {0};
		if (beneath_exists(workspace, path) &&
			!is_untouched(s->course, b->file, workspace, path))
			continue; /* keep the learner's own changes */
		if (sandbox_write_file(s->options->sandbox, path, b->code, &err) && s->unwatched)
			continue;
		if (err.message == NULL)
			screen_say(
				s->screen, SCREEN_QUIET, "  ", "`%s` is in your workspace.", path);
		else
			screen_say(s->screen, SCREEN_WARN, "! ", "%s", error_text(&err));
	}
}

void setup_enter_step(struct session *s)
{
	const struct course_step *step = session_step(s);
	s->set_up = false;
	s->lacking = s->step_done ? NULL : needs_lacking(s, step);
	if (s->lacking != NULL)
		show_lacking(s);
	context_close(s);
	if (step != NULL)
		setup_write_files(s, step);
	if (step == NULL || (step->kind != STEP_EXAMPLE && step->kind != STEP_TASK))
		return;
	cleanup_error struct error err = {0};
	if (s->engine == NULL)
		start_timer(s);
	else if (!context_open(s, &err))
		s->daemon_lost = true;
}

/* Asks the learner once before hidden commands of another author's course run. */
static bool may_run_hidden(struct session *s, const struct course_lines *lines)
{
	if (s->trusted || lines->count == 0)
		return s->trusted;
	if (s->trust_asked)
		return false;
	s->trust_asked = true;
	screen_say(s->screen, SCREEN_WARN, "! ",
		"The course %s runs hidden commands in the sandbox. The first is:",
		s->course->path);
	screen_command(s->screen, lines->items[0].text, NULL, 0);
	if (!screen_is_terminal(s->screen)) {
		screen_say(
			s->screen, SCREEN_WARN, "! ", "They are not run; `--trust` allows them.");
		return false;
	}
	return screen_confirm(s->screen, _("Let them run? [y/N] "), false, &s->trusted) &&
	       s->trusted;
}

static void discard_output(void *data, const char *bytes, size_t length)
{
	(void)data;
	(void)bytes;
	(void)length;
}

/* At a terminal, someone sees that it takes long; otherwise it must end. */
int setup_timeout(const struct session *s, bool terminal)
{
	if (s->options->timeout_ms > 0)
		return s->options->timeout_ms;
	return terminal ? 0 : HEADLESS_TIMEOUT_MS;
}

bool setup_run_unseen(struct session *s, const char *line, const char *input,
	struct sandbox_result *ret, struct error *err)
{
	const struct sandbox_run run = {
		.line = line,
		.input = input != NULL ? SANDBOX_INPUT_TEXT : SANDBOX_INPUT_NONE,
		.text = input,
		.timeout_ms = setup_timeout(s, false),
		.output = discard_output,
	};
	return sandbox_run(s->options->sandbox, &run, ret, err);
}

bool setup_run_quietly(struct session *s, const char *line, const char *input)
{
	cleanup_error struct error err = {0};
	struct sandbox_result result = {0};
	bool ran = setup_run_unseen(s, line, input, &result, &err);
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
		if (!setup_run_quietly(s, lines->items[i].text, NULL))
			screen_say(s->screen, SCREEN_WARN, "! ", "%s:%d: the %s command failed: %s",
				session_lesson(s)->note->path, lines->items[i].line, what,
				lines->items[i].text);
}

void setup_step(struct session *s)
{
	const struct course_step *step = session_step(s);
	if (s->set_up || step == NULL || step->setups.count == 0 || s->lacking != NULL)
		return;
	s->set_up = true;
	run_hidden_commands(s, &step->setups, "set-up");
	cleanup_error struct error err = {0};
	context_close(s); /* the baseline is the state after the setup */
	if (!context_open(s, &err))
		s->daemon_lost = true;
}

void setup_clean_up(struct session *s, const struct course_step *step)
{
	if (step->cleanups.count > 0 && s->engine != NULL && needs_lacking(s, step) == NULL)
		run_hidden_commands(s, &step->cleanups, "clean-up");
}

void setup_leave_lesson(struct session *s)
{
	const struct course_lesson *lesson = session_lesson(s);
	for (size_t i = 0; i < lesson->step_count; i++)
		setup_clean_up(s, &lesson->steps[i]);
}

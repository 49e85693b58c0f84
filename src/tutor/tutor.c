/* tutor/tutor.c - the session's loop: ask, act, ask again */
#include "tutor.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

static void complete_input(void *data, const char *line, size_t at, struct words *ret)
{
	struct session *s = data;
	if (line[0] == ':')
		commands_complete(s, line, ret);
	else
		check_complete(line, at, s->engine, ret);
}

static bool is_unfinished(void *data, const char *text)
{
	(void)data;
	if (text[0] == ':')
		return false;
	struct shell_commands commands;
	shell_split(text, &commands);
	bool complete_line = commands.complete;
	shell_commands_finish(&commands);
	return !complete_line;
}

static void empty_line(struct session *s)
{
	const struct course_step *step = session_step(s);
	bool can_run = session_has_sandbox(s);
	bool asked = step != NULL && !s->step_done && s->lacking == NULL;
	if (asked && step->kind == STEP_EXAMPLE && step->skip == NULL && can_run)
		work_example(s);
	else if (asked && step->kind == STEP_QUESTION)
		evaluate_step(s);
	else if (asked && step->kind == STEP_TASK && can_run)
		show_offer(s);
	else
		move_next(s);
}

static void handle_line(struct session *s, const char *line)
{
	line += strspn(line, " \t");
	if (text_is_blank(line))
		empty_line(s);
	else if (line[0] == ':' && line[1] != ' ' && line[1] != '\0')
		commands_run(s, line);
	else if (!commands_answer_shell(s, line))
		work_line(s, line);
}

static char *prompt_text(const struct session *s)
{
	const char *folder =
		s->options->sandbox != NULL ? sandbox_folder_shown(s->options->sandbox) : NULL;
	if (folder == NULL || text_same(folder, "~"))
		return xasprintf("%s › ", session_lesson(s)->number);
	return xasprintf("%s %s › ", session_lesson(s)->number, folder);
}

/* At the end of a script, wait for what is not open yet. */
static void end_of_input(struct session *s)
{
	size_t lesson, step;
	if (s->workshop != NULL && !screen_is_terminal(s->screen) &&
		move_target(s, &lesson, &step) && attend_waits(s, lesson, step)) {
		move_next(s);
		return;
	}
	s->ended = true;
	s->end = TUTOR_QUIT;
}

void tutor_turn(struct session *s)
{
	move_go_on(s);
	if (s->ended)
		return;
	cleanup_free char *text = prompt_text(s);
	cleanup_free char *line = NULL;
	cleanup_error struct error err = {0};
	const struct screen_prompt prompt = {
		.text = text,
		.wake_fd = follow_wake_fd(s, attend_wake_fd(s, work_wake_fd(s))),
		.shell = true,
		.complete = complete_input,
		.unfinished = is_unfinished,
		.data = s,
	};
	enum screen_answer answer = screen_ask(s->screen, &prompt, &line, &err);
	if (!s->begun && answer != SCREEN_WAKE) {
		s->begun = true; /* only now: the first prompt must not wait for the disk */
		keep_begun(s);
	}
	switch (answer) {
	case SCREEN_LINE:
		handle_line(s, line);
		break;
	case SCREEN_WAKE:
		work_wake(s);
		attend_wake(s);
		follow_changes(s);
		break;
	case SCREEN_CANCEL:
		break;
	case SCREEN_END:
		end_of_input(s);
		break;
	case SCREEN_QUIT:
		s->ended = true;
		s->end = TUTOR_HUNG_UP;
		break;
	}
	if (!screen_is_alive(s->screen)) {
		s->ended = true;
		s->end = TUTOR_HUNG_UP;
	}
}

static void say_goodbye(struct session *s)
{
	if (s->end == TUTOR_FINISHED)
		screen_say(s->screen, SCREEN_GOOD, "✔ ",
			"That was the last step of %s. `ropes progress` shows what you did.",
			s->course->title);
	else if (s->end == TUTOR_QUIT)
		screen_say(s->screen, SCREEN_QUIET, NULL,
			s->options->record != NULL ? N_("Bye. Run `ropes` to continue here.")
						   : N_("Bye. Nothing was recorded."));
	screen_flush(s->screen);
}

bool tutor_run(const struct tutor_options *options, enum tutor_end *ret, struct error *err)
{
	struct session s = {
		.options = options,
		.screen = options->screen,
		.course = options->course,
		.trusted = options->trusted || options->course->shipped,
		.timer = -1,
		.wake = -1,
		.aside = commands_run_aside,
	};
	if (options->course->lesson_count == 0)
		return error_set(err, 0, "the course '%s' has no lesson", options->course->name);
	attend_open(&s);
	if (!move_start(&s, err)) {
		attend_close(&s);
		return false;
	}
	while (!s.ended)
		tutor_turn(&s);
	keep_ended(&s);
	work_finish(&s);
	follow_close(&s);
	attend_close(&s);
	say_goodbye(&s);
	*ret = s.end;
	return true;
}

bool tutor_demonstrate(const struct tutor_options *options, struct error *err)
{
	struct session s = {
		.options = options,
		.screen = options->screen,
		.course = options->course,
		.trusted = options->trusted || options->course->shipped,
		.timer = -1,
	};
	size_t step;
	if (!course_first_example(options->course, &s.lesson, &step))
		return error_set(
			err, 0, "the course '%s' has no command to run", options->course->name);
	show_lesson_head(s.screen, s.course, s.lesson);
	for (size_t i = 0; i < step; i++) {
		show_step(s.screen, session_lesson(&s), &session_lesson(&s)->steps[i]);
		screen_newline(s.screen);
	}
	s.step = step;
	show_step(s.screen, session_lesson(&s), session_step(&s));
	keep_begun(&s);
	setup_enter_step(&s);
	if (s.lacking == NULL)
		work_example(&s);
	bool done = s.step_done || s.lacking != NULL;
	keep_ended(&s);
	work_finish(&s);
	screen_flush(s.screen);
	return done ||
	       error_set_kind(err, ERROR_FAILED, "the command did not do what the lesson shows");
}

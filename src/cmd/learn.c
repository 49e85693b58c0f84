/* cmd/learn.c - ropes learn: the tutor */
#include "cmd.h"
#include "sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct learning {
	const struct arguments *arguments;
	struct screen *screen;
	struct record *record;
	struct course *course;
	struct sandbox *sandbox;
	char *learner;
	char *reference; /* absolute where it is a path */
	char *lesson;    /* anchor; NULL */
};

/* A record that can't be opened does not keep anybody from learning, but they are told. */
static void open_record(struct learning *l)
{
	cleanup_error struct error err = {0};
	cleanup_free char *path = record_default_path();
	if (!record_open(path, &l->record, &err)) {
		screen_say(l->screen, SCREEN_WARN, "! ", "Nothing will be recorded: %s",
			error_text(&err));
		return;
	}
	if (record_notice(l->record) != NULL)
		screen_say(l->screen, SCREEN_WARN, "! ", "%s", record_notice(l->record));
}

static bool open_course(struct learning *l, struct error *err)
{
	const struct arguments *a = l->arguments;
	cleanup_free char *reference = NULL;
	size_t lesson;
	if (a->operand_count > 0)
		reference = xstrdup(a->operands[0]);
	else if (!common_reference(argument(a, "once") != NULL ? NULL : l->record, l->learner,
			 &reference, err))
		return false;
	if (!common_course(reference, &l->course, &lesson, err))
		return false;
	if (lesson != TUTOR_ALL_LESSONS)
		l->lesson = xstrdup(l->course->lessons[lesson].anchor);
	l->reference = l->course->shipped && strchr(l->course->name, '/') == NULL
			       ? xstrdup(l->course->name)
			       : realpath(l->course->path, NULL);
	return true;
}

/* Lines of before come back with the arrow keys. Without the file only that is lost. */
static void load_history(struct learning *l)
{
	cleanup_error struct error err = {0};
	if (!screen_is_terminal(l->screen))
		return;
	cleanup_free char *state = xdg_folder(XDG_STATE);
	cleanup_free char *name = learner_file_name(l->learner);
	cleanup_free char *file = xasprintf("history-%s", name);
	cleanup_free char *path = path_join(state, file);
	if (!folder_make(state, 0700, &err) || !screen_history_load(l->screen, path, &err))
		screen_say(l->screen, SCREEN_WARN, "! ", "The lines of before are not at hand: %s",
			error_text(&err));
}

static void save_history(struct learning *l)
{
	cleanup_error struct error err = {0};
	if (!screen_history_save(l->screen, &err) && screen_is_alive(l->screen))
		screen_say(l->screen, SCREEN_WARN, "! ",
			"The lines of this session are not remembered: %s", error_text(&err));
}

static void tell_course(struct learning *l)
{
	const struct course *c = l->course;
	for (size_t i = 0; i < c->note_count; i++)
		if (c->notes[i]->repaired_from != NULL)
			screen_say(l->screen, SCREEN_QUIET, NULL,
				"%s had been read as %s and saved again; %zu characters were "
				"repaired.",
				path_base(c->notes[i]->path), c->notes[i]->repaired_from,
				c->notes[i]->repaired_characters);
}

static void tell_daemon(struct learning *l)
{
	if (l->sandbox != NULL && sandbox_started_daemon(l->sandbox) &&
		screen_is_terminal(l->screen) && screen_is_alive(l->screen))
		screen_say(l->screen, SCREEN_QUIET, NULL,
			"The practice daemon stays up for the next time, with what you made (for "
			"%d hours at most); "
			"`ropes daemon stop` ends it now.",
			COMMON_IDLE_MINUTES / 60);
}

/* What is new goes to the team's store, if there is one. Who is offline sends it another day. */
static void send_record(struct learning *l)
{
	cleanup_error struct error ignored = {0};
	const struct sync_options options = {.tries = 1, .timeout_ms = 3000};
	struct sync_report report;
	struct sync_place place;
	if (l->record == NULL || !sync_place_load(&place, &ignored))
		return;
	if (place.url != NULL)
		(void)sync_run(l->record, &place, &options, &report, &ignored);
	sync_place_finish(&place);
}

static void close_learning(struct learning *l)
{
	if (l->screen != NULL) {
		save_history(l);
		screen_flush(l->screen);
	}
	/* With nobody at a terminal there is nobody to come back: what was started is ended. */
	if (l->sandbox != NULL)
		sandbox_close(l->sandbox, l->screen == NULL || !screen_is_terminal(l->screen));
	course_destroy(l->course);
	send_record(l);
	record_close(l->record);
	screen_close(l->screen);
	free(l->learner);
	free(l->reference);
	free(l->lesson);
}

static bool begin(struct learning *l, struct error *err)
{
	bool once = argument(l->arguments, "once") != NULL;
	l->learner = common_learner(l->arguments);
	if (!common_screen(&l->screen, err))
		return false;
	open_record(l);
	if (!open_course(l, err))
		return false;
	tell_course(l);
	load_history(l);
	if (!common_sandbox(l->arguments, l->screen, l->learner, &l->sandbox, err))
		return false;
	int timeout_ms;
	uint64_t seed;
	if (!common_timeout(l->arguments, &timeout_ms, err) ||
		!common_seed(l->arguments, &seed, err))
		return false;
	const struct tutor_options options = {
		.screen = l->screen,
		.seed = seed,
		.record = l->record,
		.sandbox = l->sandbox,
		.course = l->course,
		.reference = l->reference,
		.learner = l->learner,
		.lesson = l->lesson,
		.trusted = argument(l->arguments, "trust") != NULL,
		.timeout_ms = timeout_ms,
	};
	enum tutor_end end;
	if (once)
		return tutor_demonstrate(&options, err);
	if (!tutor_run(&options, &end, err))
		return false;
	tell_daemon(l);
	return true;
}

static bool run(const struct arguments *arguments, struct error *err)
{
	struct learning l = {.arguments = arguments};
	bool good = begin(&l, err);
	close_learning(&l);
	return good;
}

const struct command command_learn = {
	.name = "learn",
	.operands = "[COURSE[#LESSON]]",
	.summary = "the tutor: read, run, be checked",
	.details = "COURSE is a name from `ropes list` or the path of a Markdown note; LESSON a "
		   "number (3.2), an anchor\n"
		   "or the beginning of a title. Without COURSE: where I stopped. When standard "
		   "input is no terminal,\n"
		   "the same session takes its lines from there.",
	.options =
		{
			OPTION_LEARNER,
			OPTION_DAEMON,
			{"once", NULL,
				"show the first lesson with a command, run it, tell the verdict, "
				"end"},
			OPTION_SEED,
			{"timeout", "SECONDS",
				"time limit of a line (default: none at a terminal, 60 elsewhere)"},
			{"trust", NULL, "let the hidden commands of a foreign course run"},
		},
	.operands_most = 1,
	.run = run,
};

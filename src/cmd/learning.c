/* cmd/learning.c - runs a session of the tutor for `learn` and `join`: record, course, history,
 * sandbox, and sending the record afterwards */
#include "cmd.h"
#include "sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLOSE_MS 3000 /* to send what is still pending when the session ends */

struct learning {
	const struct learning_plan *plan;
	struct screen *screen;
	struct record *record;
	struct course *course, *before; /* before: what the tutor may still show; NULL */
	struct reload *reload;          /* NULL: the course stays as it is */
	struct sandbox *sandbox;
	char *learner;
	char *reference; /* absolute if it is a path */
	char *lesson;    /* anchor; NULL */
};

/* A record that cannot be opened does not keep anyone from learning, but say so. */
static void open_learning_record(struct learning *l)
{
	cleanup_error struct error err = {0};
	cleanup_free char *path = record_default_path();
	if (!record_open(path, &l->record, &err)) {
		screen_say(l->screen, SCREEN_WARN, "! ", "Your progress is not recorded: %s",
			error_text(&err));
		return;
	}
	if (record_notice(l->record) != NULL)
		screen_say(l->screen, SCREEN_WARN, "! ", "%s", record_notice(l->record));
}

static bool open_course(struct learning *l, struct error *err)
{
	cleanup_free char *reference = xstrdup(l->plan->reference);
	size_t lesson;
	if (reference == NULL && l->plan->once &&
		!resume_reference(NULL, l->learner, &reference, err))
		return false;
	if (reference == NULL &&
		!resume_unfinished(l->record, l->learner, l->screen, &reference, err))
		return false;
	if (reference == NULL)
		return true;
	if (!common_course(reference, &l->course, &lesson, err))
		return false;
	if (l->plan->room_open != NULL) { /* the room knows the course by the server's id */
		const char *id = l->plan->course_id;
		l->course->id =
			arena_strdup(&l->course->arena, id != NULL ? id : l->course->old_id);
		l->course->place_id = NULL;
	}
	if (!identity_settle(l->record, l->learner, l->course, err))
		return false;
	if (lesson != TUTOR_ALL_LESSONS)
		l->lesson = xstrdup(l->course->lessons[lesson].anchor);
	l->reference = common_course_name(l->course);
	return true;
}

/* The record knows the new version's steps before the tutor asks for them. */
static enum tutor_reload reload_course(void *data, const struct course **ret, struct error *err)
{
	struct learning *l = data;
	struct course *now;
	if (!reload_read(l->reload, &now, err))
		return TUTOR_UNREADABLE;
	if (now == NULL)
		return TUTOR_SAME;
	if (!identity_settle(l->record, l->learner, now, err)) {
		course_destroy(now);
		return TUTOR_UNREADABLE;
	}
	course_destroy(l->before);
	l->before = l->course;
	*ret = l->course = now;
	return TUTOR_CHANGED;
}

/* Load earlier lines for the arrow keys. Without the file, only these are missing. */
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
		screen_say(l->screen, SCREEN_WARN, "! ", "Could not load the command history: %s",
			error_text(&err));
}

static void save_history(struct learning *l)
{
	cleanup_error struct error err = {0};
	if (!screen_history_save(l->screen, &err) && screen_is_alive(l->screen))
		screen_say(l->screen, SCREEN_WARN, "! ", "Could not save the command history: %s",
			error_text(&err));
}

static void tell_course(struct learning *l)
{
	const struct course *c = l->course;
	for (size_t i = 0; i < c->note_count; i++)
		if (c->notes[i]->repaired_from != NULL)
			screen_say(l->screen, SCREEN_QUIET, NULL,
				"%s was damaged by being saved in the wrong encoding (%s); %zu characters were repaired.",
				path_base(c->notes[i]->path), c->notes[i]->repaired_from,
				c->notes[i]->repaired_characters);
}

static void tell_daemon(struct learning *l)
{
	cleanup_buf struct buf idle = {0};
	text_duration(&idle, l->plan->daemon.idle_ms);
	if (l->sandbox != NULL && sandbox_started_daemon(l->sandbox) &&
		screen_is_terminal(l->screen) && screen_is_alive(l->screen))
		screen_say(l->screen, SCREEN_QUIET, NULL,
			"The practice machine keeps running for the next time, with what you created%s%s; `ropes daemon stop` ends it now.",
			l->plan->daemon.idle_ms > 0 ? _(", for ") : "",
			l->plan->daemon.idle_ms > 0 ? buf_text(&idle) : "");
}

/* While the session lasts, sends new statements to the team's store, if there is one. An offline
 * learner sends them another day. */
static struct sync_link *tell_team(struct sync_remote *place)
{
	cleanup_error struct error ignored = {0};
	cleanup_free char *path = record_default_path();
	return sync_remote_load(place, &ignored) && place->url != NULL ? sync_link_open(place, path)
								       : NULL;
}

/* Once, at the end: a problem with the store must not interrupt a lesson. */
static void tell_problem(struct learning *l, const struct sync_remote *team)
{
	cleanup_free char *why = NULL;
	if (sync_remote_problem(team, &why) > 0 && screen_is_alive(l->screen))
		screen_say(l->screen, SCREEN_WARN, "! ",
			"Not everything was sent to your team; the rest is sent the next time. %s",
			why);
}

static bool run_tutor(struct learning *l, struct tutor_options *options, struct error *err)
{
	const struct learning_plan *plan = l->plan;
	enum tutor_end end;
	struct sync_remote team = {0};
	/* threads start after the sandbox's processes, and end before the record closes */
	struct sync_link *link = l->record != NULL ? tell_team(&team) : NULL;
	if (plan->room_open != NULL)
		options->room = plan->room_open(plan->data, l->record);
	bool good = tutor_run(options, &end, err);
	if (options->room != NULL)
		plan->room_close(plan->data, l->record, l->screen);
	if (!sync_link_close(link, CLOSE_MS))
		tell_problem(l, &team);
	sync_remote_finish(&team);
	return good;
}

static void close_learning(struct learning *l)
{
	if (l->screen != NULL) {
		save_history(l);
		screen_flush(l->screen);
	}
	/* Without a terminal, no one comes back: stop what was started. */
	if (l->sandbox != NULL)
		sandbox_close(l->sandbox, l->screen == NULL || !screen_is_terminal(l->screen));
	reload_close(l->reload);
	course_destroy(l->before);
	course_destroy(l->course);
	record_close(l->record);
	screen_close(l->screen);
	free(l->learner);
	free(l->reference);
	free(l->lesson);
}

static bool begin_learning(struct learning *l, struct error *err)
{
	const struct learning_plan *plan = l->plan;
	l->learner = xstrdup(plan->learner);
	if (!common_screen(&l->screen, err))
		return false;
	open_learning_record(l);
	if (!open_course(l, err))
		return false;
	if (l->course == NULL)
		return true;
	tell_course(l);
	if (plan->room_open == NULL && !plan->once)
		assigned_show(l->screen);
	if (plan->watched && !reload_open(l->course, &l->reload, err))
		return false;
	const struct tutor_source source = {.fd = plan->watched ? reload_fd(l->reload) : -1,
		.reload = reload_course,
		.data = l};
	load_history(l);
	common_sandbox_at(&plan->daemon, l->screen, l->learner, l->reference, &l->sandbox);
	struct tutor_options options = {
		.screen = l->screen,
		.seed = plan->seed,
		.record = l->record,
		.sandbox = l->sandbox,
		.course = l->course,
		.source = plan->watched ? &source : NULL,
		.reference = l->reference,
		.learner = l->learner,
		.lesson = l->lesson,
		.trusted = plan->trusted,
		.timeout_ms = plan->timeout_ms,
		.port_address = getenv(COMMON_PORT_ADDRESS),
	};
	if (plan->once)
		return tutor_demonstrate(&options, err);
	if (!run_tutor(l, &options, err))
		return false;
	tell_daemon(l);
	return true;
}

bool learning_run(const struct learning_plan *plan, struct error *err)
{
	struct learning l = {.plan = plan};
	bool good = begin_learning(&l, err);
	if (good && screen_has_lost(l.screen))
		good = error_set(err, 0, COMMON_CANNOT_WRITE);
	close_learning(&l);
	return good;
}

bool learning_plan_read(
	const struct arguments *arguments, struct learning_plan *ret, struct error *err)
{
	struct learning_plan plan = {.trusted = arguments_get(arguments, "trust") != NULL};
	if (!common_daemon_choice(arguments, &plan.daemon, err) ||
		!common_timeout(arguments, &plan.timeout_ms, err) ||
		!common_seed(arguments, &plan.seed, err))
		return false;
	*ret = plan;
	return true;
}

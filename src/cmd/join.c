/* cmd/join.c - ropes join: a workshop's code, what is shared, and the lesson with the room
 * connected */
#include "cmd.h"
#include "sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLOSE_MS 3000

struct joining {
	const struct arguments *arguments;
	char *origin, *code, *ca, *learner, *note;
	struct sync_remote remote;
	struct sync_link *link;
	struct tutor_room room;
};

/* ---- converting between the room's events and the tutor's ---- */

static bool next_room_event(void *data, struct tutor_room_event *ret)
{
	static const enum tutor_news news[] = {
		[SYNC_STATE] = TUTOR_STATE,
		[SYNC_MESSAGE] = TUTOR_MESSAGE,
		[SYNC_QUESTION] = TUTOR_QUESTION,
		[SYNC_ANSWER] = TUTOR_ANSWER,
		[SYNC_END] = TUTOR_END,
		[SYNC_LOST] = TUTOR_LOST,
		[SYNC_BACK] = TUTOR_BACK,
		[SYNC_REFUSED] = TUTOR_REFUSED,
	};
	struct joining *j = data;
	struct sync_event e;
	if (!sync_link_next(j->link, &e))
		return false;
	*ret = (struct tutor_room_event){
		.news = news[e.news],
		.text = e.text,
		.to_all = e.to_all,
		.question = {e.question.id, e.question.text, e.question.kind, e.question.options,
			e.question.option_count, e.question.is_poll},
		.explanation = e.explanation,
		.yours = e.yours,
		.is_judged = e.is_judged,
		.right = e.right,
		.open_lesson = e.open_lesson,
		.open_step = e.open_step,
		.paused = e.paused,
		.ended = e.ended,
		.timer_ms = e.timer_ms,
		.timer_text = e.timer_text,
	};
	return true;
}

static void send_to_room(void *data, enum tutor_saying saying, const char *id, const char *text)
{
	static const enum sync_saying sayings[] = {
		[TUTOR_HAND] = SYNC_HAND,
		[TUTOR_HAND_DOWN] = SYNC_HAND_DOWN,
		[TUTOR_READY] = SYNC_DONE,
		[TUTOR_SLOWER] = SYNC_FAST,
		[TUTOR_RESPONSE] = SYNC_RESPONSE,
	};
	struct joining *j = data;
	sync_link_say(j->link, sayings[saying], id, text);
}

static void note_recorded(void *data)
{
	struct joining *j = data;
	sync_link_poke(j->link);
}

static bool is_connected(void *data)
{
	struct joining *j = data;
	return sync_link_is_connected(j->link);
}

static const struct tutor_room *open_joined_room(void *data, struct record *record)
{
	struct joining *j = data;
	cleanup_free char *path = record != NULL ? record_default_path() : NULL;
	j->link = sync_link_open(&j->remote, path);
	j->room = (struct tutor_room){
		.title = j->remote.title != NULL ? j->remote.title : j->remote.course,
		.name = j->remote.name,
		.personal = j->remote.personal,
		.address = j->origin,
		.lines = j->remote.lines,
		.fd = sync_link_fd(j->link),
		.next = next_room_event,
		.say = send_to_room,
		.recorded = note_recorded,
		.is_connected = is_connected,
		.data = j,
	};
	return &j->room;
}

static void close_joined_room(void *data, struct record *record, struct screen *screen)
{
	struct joining *j = data;
	cleanup_error struct error ignored = {0};
	unsigned waiting = 0;
	bool all = sync_link_close(j->link, CLOSE_MS);
	j->link = NULL;
	if (!all && record != NULL && sync_waiting(record, &j->remote, &waiting, &ignored) &&
		waiting > 0)
		screen_say(screen, SCREEN_WARN, "! ",
			"%u of your steps could not be sent. They are saved, and are sent when you join again: `ropes join %s %s`",
			waiting, j->origin, j->code);
}

/* ---- consent ---- */

static void tell_shared(struct screen *screen, const char *name, bool lines)
{
	screen_say(screen, SCREEN_PLAIN, "  ",
		"The instructor sees your name (%s), the steps that you reach and complete, results of checks, answers, scores and times%s, and what you send to the room.",
		name, lines ? _(", the commands you type") : "");
	screen_say(screen, SCREEN_PLAIN, "  ",
		"The instructor cannot see %syour files, or earlier work.",
		lines ? "" : _("your commands, their output, "));
}

/* Asks for another name than *name; false: no answer. */
static bool ask_name(struct screen *screen, char **name)
{
	cleanup_free char *question = xasprintf(_("Your name in the room [%s]: "), *name);
	cleanup_free char *answer = NULL;
	const struct screen_prompt prompt = {.text = question, .wake_fd = -1};
	if (screen_ask(screen, &prompt, &answer, NULL) != SCREEN_LINE)
		return false;
	if (!text_is_blank(answer)) {
		free(*name);
		*name = xstrdup(answer + strspn(answer, " \t"));
	}
	return true;
}

/* Returns false, with the reason in err, without consent; nothing has been sent. No answer means
 * no. */
static bool ask_consent(const struct joining *j, const struct sync_room *room, char **name,
	bool *lines, struct error *err)
{
	struct screen *screen;
	bool is_named = !text_is_blank(arguments_get(j->arguments, "as"));
	bool asked = arguments_get(j->arguments, "yes") == NULL;
	if (asked && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		return error_set_kind(err, ERROR_USAGE,
			"there is no terminal to ask at; use --yes to agree to what `ropes join --help` lists");
	if (!common_screen(&screen, err))
		return false;
	screen_say(screen, SCREEN_TITLE, NULL, "%s", room->title);
	bool yes = !asked;
	if (!asked || is_named || ask_name(screen, name)) {
		tell_shared(screen, *name, *lines);
		if (asked && (*lines || screen_confirm(screen,
						_("Also share the commands you type? [y/N] "),
						false, lines)))
			(void)screen_confirm(screen, _("Join? [Y/n] "), true, &yes);
	}
	screen_close(screen);
	return yes || error_set_kind(err, ERROR_FAILED, "not joined; nothing was sent");
}

/* ---- the course ---- */

static bool has_course(const char *reference)
{
	cleanup_error struct error ignored = {0};
	struct course *course;
	size_t lesson;
	if (!common_course(reference, &course, &lesson, &ignored))
		return false;
	course_destroy(course);
	return true;
}

static bool find_course(const struct joining *j, const char *reference, struct error *err)
{
	struct course *course;
	size_t lesson;
	if (j->note != NULL) {
		bool good = common_course(j->note, &course, &lesson, err);
		if (good)
			course_destroy(course);
		return good;
	}
	return has_course(reference) ||
	       error_set_kind(err, ERROR_USAGE,
		       "the workshop's course '%s' is not on this machine. Ask for its note, then run `ropes join %s %s --note FILE`",
		       reference, j->origin, j->code);
}

/* ---- joining ---- */

static struct record *open_record_quietly(void)
{
	cleanup_free char *path = record_default_path();
	cleanup_error struct error told_later = {0};
	struct record *record = NULL;
	(void)record_open(path, &record, &told_later); /* the session reports its errors */
	return record;
}

/* "Ann 2" for "Ann": another learner has the name. */
static bool has_number(const char *name, const char *asked)
{
	size_t length = strlen(name);
	while (length > 0 && name[length - 1] >= '0' && name[length - 1] <= '9')
		length--;
	return length > 1 && name[length] != '\0' && name[length - 1] == ' ' &&
	       strncmp(name, asked, length - 1) == 0;
}

static void tell_joined(const struct joining *j, bool again)
{
	const struct sync_remote *p = &j->remote;
	struct screen *screen;
	if (!common_screen(&screen, NULL))
		return;
	if (again)
		screen_say(screen, SCREEN_GOOD, "✔ ", "You are back as %s.", p->name);
	else if (!text_same(p->asked, p->name) && has_number(p->name, p->asked))
		screen_say(screen, SCREEN_GOOD, "✔ ", "You are %s, because there is another %s.",
			p->name, p->asked);
	else
		screen_say(screen, SCREEN_GOOD, "✔ ", "You are %s.", p->name);
	const char *host = strstr(j->origin, "://") + 3;
	if (!again && p->personal != NULL && !text_is_loopback(host)) /* others cannot reach it */
		screen_say(screen, SCREEN_QUIET, "  ",
			"To continue on another machine: `ropes join %s %s`", j->origin,
			p->personal);
	screen_close(screen);
}

static bool join_first(struct joining *j, struct error *err)
{
	struct sync_room room = {0};
	const char *as = arguments_get(j->arguments, "as");
	cleanup_free char *name = xstrdup(text_is_blank(as) ? j->learner : as);
	bool lines = arguments_get(j->arguments, "lines") != NULL;
	if (!sync_room_look(j->origin, j->code, j->ca, &room, err))
		return false;
	bool good = find_course(j, room.course, err) && ask_consent(j, &room, &name, &lines, err);
	sync_room_finish(&room);
	if (!good)
		return false;
	struct record *record = open_record_quietly();
	const struct sync_joining joining = {.origin = j->origin,
		.code = j->code,
		.ca = j->ca,
		.name = name,
		.learner = j->learner,
		.lines = lines,
		.seat = getenv(COMMON_SEAT),
		.record = record};
	good = sync_room_join(&joining, &j->remote, err);
	record_close(record);
	if (good)
		tell_joined(j, false);
	return good;
}

/* The learner's consent stays valid; a server that is down for now does not keep anyone from
 * learning. */
static bool rejoin_room(struct joining *j, struct error *err)
{
	bool changed = false;
	if (j->ca != NULL && !text_same(j->ca, j->remote.ca)) {
		free(j->remote.ca);
		j->remote.ca = xstrdup(j->ca);
		changed = true;
	}
	if (arguments_get(j->arguments, "lines") != NULL && !j->remote.lines)
		changed = j->remote.lines = true;
	struct record *record = open_record_quietly();
	bool good = (!changed || sync_room_save(&j->remote, err)) &&
		    sync_room_resume(&j->remote, record, err) &&
		    find_course(j, j->remote.course, err);
	record_close(record);
	if (good)
		tell_joined(j, true);
	return good;
}

static bool load_remote(struct joining *j, struct error *err)
{
	const char *as = arguments_get(j->arguments, "as");
	if (!sync_room_load(j->origin, j->code, j->learner, &j->remote, err))
		return false;
	if (j->remote.url == NULL || text_is_blank(as) || text_same(as, j->remote.asked) ||
		arguments_get(j->arguments, "learner") != NULL)
		return true;
	/* another person at the same machine: they have a record of their own */
	sync_remote_finish(&j->remote);
	free(j->learner);
	j->learner = xstrdup(as);
	return sync_room_load(j->origin, j->code, j->learner, &j->remote, err);
}

static bool join_room(struct joining *j, struct error *err)
{
	if (!load_remote(j, err))
		return false;
	if (j->remote.url != NULL && sync_room_come_back(&j->remote, getenv(COMMON_SEAT)))
		return rejoin_room(j, err);
	sync_remote_finish(&j->remote); /* the room was recreated, so join again */
	return join_first(j, err);
}

static bool read_files(struct joining *j, struct error *err)
{
	static const char *const names[] = {"ca", "note"};
	char **const paths[] = {&j->ca, &j->note};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const char *typed = arguments_get(j->arguments, names[i]);
		if (typed == NULL)
			continue;
		*paths[i] = realpath(typed, NULL);
		if (*paths[i] == NULL)
			return error_set_kind(
				err, ERROR_USAGE, "--%s: there is no file '%s'", names[i], typed);
	}
	return true;
}

/* The code may be in the address, as in the one that a QR code has. */
static bool read_address(struct joining *j, struct error *err)
{
	const char *const *typed = (const char *const *)j->arguments->operands;
	j->code = j->arguments->operand_count > 1 ? xstrdup(typed[1]) : sync_room_code(typed[0]);
	if (j->code == NULL)
		return error_set_kind(err, ERROR_USAGE,
			"the code of the workshop is missing: `ropes join URL CODE`");
	return sync_server_read(typed[0], &j->origin, err);
}

static bool run_joining(struct joining *j, struct error *err)
{
	struct learning_plan plan;
	if (!learning_plan_read(j->arguments, &plan, err) || !read_address(j, err) ||
		!read_files(j, err) || !join_room(j, err))
		return false;
	plan.reference = j->note != NULL ? j->note : j->remote.course;
	plan.course_id = j->remote.course_id;
	plan.learner = j->learner;
	plan.room_open = open_joined_room;
	plan.room_close = close_joined_room;
	plan.data = j;
	return learning_run(&plan, err);
}

static bool run_join(const struct arguments *arguments, struct error *err)
{
	struct joining j = {.arguments = arguments, .learner = common_learner(arguments)};
	bool good = run_joining(&j, err);
	sync_remote_finish(&j.remote);
	free(j.origin);
	free(j.code);
	free(j.ca);
	free(j.note);
	free(j.learner);
	return good;
}

const struct command cmd_join = {
	.name = "join",
	.operands = "URL [CODE]",
	.summary = N_("join a workshop"),
	.details = N_(
		"The instructor gives you the address and the code, or one address with both. What is shared: a name, the steps that you\n"
		"reach and complete, results of checks, answers, scores, times, and what you send to the room.\n"
		"Your commands are shared only with --lines; your files and earlier work never are. If the\n"
		"network fails you can continue; your progress is sent when it is back. To come back, join again\n"
		"the same way."),
	.options =
		{
			{"as", "NAME", N_("your name in the room (default: the learner's)")},
			{"lines", NULL, N_("let the instructor see your commands, too")},
			{"yes", NULL, N_("agree without being asked")},
			{"ca", "FILE", N_("the certificate that identifies the server")},
			{"note", "FILE", N_("your copy of the workshop's note")},
			OPTION_LEARNER,
			OPTION_DAEMON,
			OPTION_IDLE,
			OPTION_SEED,
			{"timeout", "SECONDS",
				N_("time limit of a line (default: none at a terminal, otherwise 60)")},
			{"trust", NULL,
				N_("let a course that does not come with ropes run hidden commands")},
		},
	.operands_min = 1,
	.operands_max = 2,
	.run = run_join,
};

/* tutor/commands.c - the colon commands: one table */
#include "tutor.h"
#include "machine.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

static void do_next(struct session *s, const char *rest)
{
	(void)rest;
	move_next(s);
}

static void do_back(struct session *s, const char *rest)
{
	(void)rest;
	move_back(s);
}

static void do_check(struct session *s, const char *rest)
{
	(void)rest;
	judge_check(s);
}

static void do_explain(struct session *s, const char *rest)
{
	(void)rest;
	judge_explain(s);
}

static void do_skip(struct session *s, const char *rest)
{
	(void)rest;
	work_skip(s);
}

static void do_reset(struct session *s, const char *rest)
{
	(void)rest;
	work_reset(s);
}

static void do_where(struct session *s, const char *rest)
{
	(void)rest;
	show_where(s);
}

static void do_links(struct session *s, const char *rest)
{
	(void)rest;
	show_links(s);
}

static void do_note(struct session *s, const char *rest)
{
	if (text_is_blank(rest))
		screen_say(s->screen, SCREEN_WARN, "! ",
			"`:note` requires words, as in `:note -p is HOST:CONTAINER`.");
	else if (keep_note(s, rest))
		screen_say(s->screen, SCREEN_QUIET, NULL,
			"Noted, for you alone. `:notes` shows your notes of this course.");
}

static void do_notes(struct session *s, const char *rest)
{
	(void)rest;
	show_notes(s);
}

static void do_quiz(struct session *s, const char *rest)
{
	evaluate_lesson(s, text_starts(rest, "one"));
}

static void do_hint(struct session *s, const char *rest)
{
	(void)rest;
	show_hint(s);
}

static void do_solution(struct session *s, const char *rest)
{
	(void)rest;
	const struct course_step *step = session_step(s);
	if (step != NULL && step->kind == STEP_EXAMPLE) {
		screen_command(s->screen, step->command, NULL, 0);
		return;
	}
	if (step == NULL || step->solution.count == 0) {
		screen_say(s->screen, SCREEN_QUIET, NULL, "There is no solution to show here.");
		return;
	}
	if (!s->step_done && !s->solution_shown && s->lacking == NULL) {
		s->solution_shown = true;
		if (s->review_task == NULL)
			keep_step(s, RECORD_STEP_SHOWN);
		screen_say(s->screen, SCREEN_QUIET, NULL,
			"Viewing the solution is recorded; this step gives no points.");
	}
	for (size_t i = 0; i < step->solution.count; i++) {
		const struct course_entry *entry = &step->solution.items[i];
		screen_command(s->screen, entry->line, NULL, 0);
		if (entry->input != NULL) {
			screen_say(s->screen, SCREEN_QUIET, "  ", "then type into it:");
			screen_command(s->screen, entry->input, NULL, 0);
		}
	}
}

static void do_quit(struct session *s, const char *rest)
{
	(void)rest;
	s->ended = true;
	s->end = TUTOR_QUIT;
}

static void show_address(struct session *s, const struct machine_port *port)
{
	static const char mark[] = "{port}";
	const char *address = s->options->port_address;
	const char *at = address != NULL ? strstr(address, mark) : NULL;
	if (at == NULL)
		screen_say(s->screen, SCREEN_PLAIN, "  → ", "http://localhost:%u", port->outside);
	else
		screen_say(s->screen, SCREEN_PLAIN, "  → ", "%.*s%u%s", (int)(at - address),
			address, port->inside, at + strlen(mark));
}

static void do_open(struct session *s, const char *rest)
{
	struct machine_port found;
	char *end;
	unsigned long port = strtoul(rest, &end, 10);
	if (!text_is_blank(end) || port > 65535)
		screen_say(s->screen, SCREEN_WARN, "! ",
			"`:open` requires a port, as in `:open 8080`.");
	else if (session_has_sandbox(s) && sandbox_kind(s->options->sandbox) == SANDBOX_PRACTICE &&
		 machine_port((unsigned short)port, &found))
		show_address(s, &found);
	else if (port > 0)
		screen_say(s->screen, SCREEN_WARN, "! ",
			"No container publishes port %lu. `docker ps` shows which are published.",
			port);
	else
		screen_say(s->screen, SCREEN_WARN, "! ",
			"No container publishes a port. `-p 8080:80` publishes one.");
}

static void do_help(struct session *s, const char *rest);

static const struct word {
	const char *name;
	const char *argument;
	const char *summary;
	void (*run)(struct session *s, const char *rest);
	bool leaves; /* it leaves the step; in a review, it gives the task up */
	bool room;   /* available only in a workshop */
	bool aside;  /* works while a question is asked */
} words[] = {
	{"next", "", N_("go to the next step"), do_next, true, false, false},
	{"back", "", N_("go to the previous step"), do_back, true, false, false},
	{"goto", "LESSON", N_("go to a lesson: its number or the beginning of its title"),
		move_lesson, true, false, false},
	{"where", "", N_("show the lessons, and where you are"), do_where, false, false, false},
	{"hint", "", N_("show a hint for this task; again for the next one"), do_hint, false, false,
		false},
	{"solution", "", N_("show the solution"), do_solution, false, false, false},
	{"skip", "", N_("leave this step, and prepare the sandbox for the next one"), do_skip, true,
		false, false},
	{"check", "", N_("check this step against the current state"), do_check, false, false,
		false},
	{"explain", "", N_("explain what happened with your last command"), do_explain, false,
		false, false},
	{"reset", "", N_("remove what you created in the sandbox"), do_reset, false, false, false},
	{"quiz", "[one-by-one]", N_("take this lesson's quiz"), do_quiz, true, false, false},
	{"open", "[PORT]", N_("show the address of a published port, for a browser"), do_open,
		false, false, false},
	{"links", "", N_("show where this lesson comes from, and its links"), do_links, false,
		false, false},
	{"note", "WORDS", N_("write a note at this step, for yourself"), do_note, false, false,
		true},
	{"notes", "", N_("show your notes of this course"), do_notes, false, false, true},
	{"raise", "WORDS", N_("raise your hand, and say why"), talk_raise, false, true, true},
	{"lower", "", N_("lower your hand"), talk_lower, false, true, true},
	{"ready", "", N_("say that you are done with this"), talk_ready, false, true, true},
	{"slower", "", N_("say that it is too fast"), talk_slower, false, true, true},
	{"answer", "[ANSWER]", N_("answer the room's question, or show it again"), talk_send_answer,
		false, true, true},
	{"room", "", N_("show the workshop: what is unlocked, the time, your name there"),
		talk_show, false, true, true},
	{"help", "", N_("show this list"), do_help, false, false, false},
	{"quit", "", N_("leave; ropes continues here next time"), do_quit, false, false, false},
};

static bool is_available(const struct session *s, const struct word *word)
{
	return !word->room || s->workshop != NULL;
}

static void do_help(struct session *s, const char *rest)
{
	(void)rest;
	screen_say(s->screen, SCREEN_PLAIN, NULL,
		"A line that you type is a shell command and runs in the sandbox. An empty line runs the example on the screen, or continues. Colon commands control the tutor:");
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (!is_available(s, &words[i]))
			continue;
		cleanup_free char *name = xasprintf(
			":%s%s%s", words[i].name, *words[i].argument ? " " : "", words[i].argument);
		cleanup_free char *mark = xasprintf("  %-19s", name);
		screen_say(s->screen, SCREEN_PLAIN, mark, "%s", _(words[i].summary));
	}
}

/* Finds a command by its full name, or by an unambiguous prefix. */
static const struct word *find_command(const struct session *s, const char *name, size_t length)
{
	const struct word *found = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (!is_available(s, &words[i]) || strncmp(words[i].name, name, length) != 0)
			continue;
		if (words[i].name[length] == '\0')
			return &words[i];
		if (found != NULL)
			return NULL;
		found = &words[i];
	}
	return found;
}

static void say_unknown(struct session *s, const char *name, size_t length)
{
	cleanup_free char *typed = xstrndup(name, length);
	const char *nearest = NULL;
	size_t best = 3;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (is_available(s, &words[i]) && text_is_nearer(typed, words[i].name, &best))
			nearest = words[i].name;
	if (nearest != NULL)
		screen_say(s->screen, SCREEN_WARN, "! ",
			"Unknown command `:%s`. Did you mean `:%s`? `:help` lists them.", typed,
			nearest);
	else
		screen_say(s->screen, SCREEN_WARN, "! ",
			"Unknown command `:%s`. `:help` lists them.", typed);
}

bool commands_answer_shell(struct session *s, const char *line)
{
	static const char *const leaving[] = {"exit", "logout", "quit", "bye"};
	cleanup_free char *word = xstrndup(line, strcspn(line, " \t\n"));
	if (!text_is_blank(line + strlen(word)))
		return false;
	if (text_is_one_of(word, leaving, ARRAY_LENGTH(leaving))) {
		screen_say(s->screen, SCREEN_PLAIN, "  → ",
			"`:quit` leaves the lesson; `ropes` continues here next time.");
		return true;
	}
	if (!text_same(word, "help"))
		return false;
	do_help(s, "");
	screen_say(s->screen, SCREEN_QUIET, NULL,
		"`docker help` and `help cd` show what docker and the shell offer.");
	return true;
}

bool commands_run_aside(struct session *s, const char *text)
{
	size_t length = strcspn(text, " \t");
	const struct word *word =
		text[0] == ':' && length > 1 ? find_command(s, text + 1, length - 1) : NULL;
	if (word == NULL || !word->aside)
		return false;
	word->run(s, text + length + strspn(text + length, " \t"));
	return true;
}

void commands_run(struct session *s, const char *text)
{
	const char *name = text + 1;
	size_t length = strcspn(name, " \t");
	const char *rest = name + length + strspn(name + length, " \t");
	const struct word *word = length > 0 ? find_command(s, name, length) : NULL;
	if (word != NULL && word->leaves && s->review_task != NULL)
		s->review_left = true;
	else if (word != NULL)
		word->run(s, rest);
	else
		say_unknown(s, name, length);
}

void commands_complete(const struct session *s, const char *line, struct words *ret)
{
	size_t length = strlen(line);
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (is_available(s, &words[i]) &&
			(length == 0 || strncmp(words[i].name, line + 1, length - 1) == 0))
			words_addf(ret, ":%s", words[i].name);
	}
}

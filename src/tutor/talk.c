/* tutor/talk.c - messages between a learner and a workshop's instructor, and how they look */
#include "attend.h"
#include "quiz.h"
#include "tutor.h"

#include <stdlib.h>
#include <string.h>

/* ---- events from the room ---- */

void talk_message(struct session *s, const struct tutor_room_event *e)
{
	screen_say(s->screen, SCREEN_STRONG, "📣 ", "%s: %s",
		e->to_all ? _("To everyone") : _("To you"), e->text);
}

void talk_question(struct session *s)
{
	const struct tutor_question *q = &s->workshop->question;
	const struct quiz_kind *kind = quiz_kind_in_room(q->kind);
	bool letters = kind != NULL && kind->room_options && kind->option_words == NULL;
	screen_newline(s->screen);
	screen_say(s->screen, SCREEN_STRONG, "🧪 ",
		q->is_poll ? N_("A poll for the room: %s") : N_("A question for the room: %s"),
		q->text);
	for (size_t i = 0; letters && i < q->option_count; i++)
		show_option(s->screen, i, q->options[i]);
	screen_say(s->screen, SCREEN_QUIET, NULL, "Answer with %s.",
		kind != NULL ? _(kind->room_how) : _("`:answer WORDS`"));
}

void talk_answer(struct session *s, const struct tutor_room_event *e)
{
	cleanup_buf struct buf text = {0};
	if (!e->is_judged)
		buf_add_text(&text, _("The question is closed."));
	else if (e->right)
		buf_add_text(&text, _("Your answer was correct."));
	else if (e->yours != NULL)
		buf_printf(&text, _("Your answer (%s) was not correct."), e->yours);
	else
		buf_add_text(&text, _("Your answer was not correct."));
	if (!text_is_blank(e->text))
		buf_printf(&text, _(" Correct answer: %s"), e->text);
	screen_say(s->screen,
		!e->is_judged ? SCREEN_PLAIN
		: e->right    ? SCREEN_GOOD
			      : SCREEN_BAD,
		!e->is_judged ? "🧪 "
		: e->right    ? "✔ "
			      : "✘ ",
		"%s", buf_text(&text));
	if (!text_is_blank(e->explanation))
		screen_say(s->screen, SCREEN_PLAIN, "  → ", "%s", e->explanation);
}

static void add_room_timer(const struct attendance *r, struct buf *out)
{
	text_duration(out, r->timer_ms - clock_wall_ms());
	if (!text_is_blank(r->timer_text))
		buf_printf(out, ": %s", r->timer_text);
}

void talk_timer(struct session *s)
{
	cleanup_buf struct buf left = {0};
	add_room_timer(s->workshop, &left);
	screen_say(s->screen, SCREEN_STRONG, "⏰ ", "%s", buf_text(&left));
}

void talk_time_is_up(struct session *s)
{
	const struct attendance *r = s->workshop;
	if (r->timer_ms == 0)
		return;
	bool named = !text_is_blank(r->timer_text);
	screen_say(s->screen, SCREEN_STRONG, "⏰ ",
		named ? N_("Time is up: %s") : N_("Time is up.%s"), named ? r->timer_text : "");
}

void talk_position(const struct session *s, struct attend_position position, struct buf *out)
{
	const struct course_lesson *lesson = &s->course->lessons[position.lesson];
	buf_printf(out, "%s %s", lesson->number, lesson->title);
	if (position.step < lesson->step_count && lesson->step_count > 1)
		buf_printf(out, _(", step %zu of %zu"), position.step + 1, lesson->step_count);
}

/* ---- messages from the learner ---- */

static void send_saying(
	struct session *s, enum tutor_saying saying, const char *id, const char *text)
{
	const struct tutor_room *link = s->workshop->link;
	link->say(link->data, saying, id, text);
}

/* Returns a notice if the message can only be sent later; "" otherwise. */
static const char *delay_notice(const struct session *s)
{
	const struct tutor_room *link = s->workshop->link;
	return link->is_connected(link->data)
		       ? ""
		       : _(" The connection is lost; this is sent when it is back.");
}

void talk_raise(struct session *s, const char *rest)
{
	struct attendance *r = s->workshop;
	free(r->hand);
	r->hand = xstrdup(text_is_blank(rest) ? "" : rest);
	send_saying(s, TUTOR_HAND, NULL, r->hand);
	screen_say(s->screen, SCREEN_GOOD, "✋ ",
		*r->hand != '\0' ? N_("Your hand is up: %s. `:lower` lowers it.%s")
				 : N_("Your hand is up%s. `:lower` lowers it.%s"),
		r->hand, delay_notice(s));
}

void talk_lower(struct session *s, const char *rest)
{
	(void)rest;
	free(s->workshop->hand);
	s->workshop->hand = NULL;
	send_saying(s, TUTOR_HAND_DOWN, NULL, NULL);
	screen_say(s->screen, SCREEN_QUIET, NULL, "Your hand is down.%s", delay_notice(s));
}

void talk_ready(struct session *s, const char *rest)
{
	(void)rest;
	send_saying(s, TUTOR_READY, NULL, NULL);
	screen_say(s->screen, SCREEN_QUIET, NULL, "The instructor sees that you are ready.%s",
		delay_notice(s));
}

void talk_slower(struct session *s, const char *rest)
{
	(void)rest;
	send_saying(s, TUTOR_SLOWER, NULL, NULL);
	screen_say(s->screen, SCREEN_QUIET, NULL,
		"The instructor sees that it is too fast for you.%s", delay_notice(s));
}

void talk_send_answer(struct session *s, const char *rest)
{
	struct attendance *r = s->workshop;
	if (r->question.id == NULL) {
		screen_say(s->screen, SCREEN_QUIET, NULL, "No question is open now.");
		return;
	}
	if (text_is_blank(rest)) {
		talk_question(s);
		if (r->response != NULL)
			screen_say(s->screen, SCREEN_QUIET, NULL,
				"You answered: %s. Another answer replaces it.", r->response);
		return;
	}
	free(r->response);
	r->response = xstrdup(rest);
	send_saying(s, TUTOR_RESPONSE, r->question.id, rest);
	screen_say(s->screen, SCREEN_QUIET, NULL, "Your answer: %s. %s%s", rest,
		r->question.is_poll ? _("In a poll, no answer is right or wrong.")
				    : _("The correct answer is shown when the question closes."),
		delay_notice(s));
}

/* ---- the state of the room ---- */

static void show_who(struct session *s)
{
	const struct tutor_room *link = s->workshop->link;
	screen_say(s->screen, SCREEN_TITLE, NULL, "%s", link->title);
	screen_say(s->screen, SCREEN_PLAIN, "  ", "Your name there is %s; your commands are %s.",
		link->name, link->lines ? _("shared") : _("not shared"));
	if (link->personal != NULL)
		screen_say(s->screen, SCREEN_PLAIN, "  ",
			"To continue on another machine: `ropes join %s %s`", link->address,
			link->personal);
}

static void show_pace(struct session *s)
{
	const struct attendance *r = s->workshop;
	cleanup_buf struct buf open = {0};
	talk_position(s, r->open, &open);
	if (r->ended)
		screen_say(s->screen, SCREEN_PLAIN, "  ", "The workshop is over.");
	else if (r->all_open)
		screen_say(s->screen, SCREEN_PLAIN, "  ", "All steps are unlocked.");
	else
		screen_say(s->screen, SCREEN_PLAIN, "  ", "Unlocked up to %s", buf_text(&open));
	if (r->paused)
		screen_say(s->screen, SCREEN_PLAIN, "  ", "Paused by the instructor.");
	if (r->timer_ms > clock_wall_ms()) {
		cleanup_buf struct buf left = {0};
		add_room_timer(r, &left);
		screen_say(s->screen, SCREEN_PLAIN, "  ", "Time left: %s", buf_text(&left));
	}
}

void talk_show(struct session *s, const char *rest)
{
	const struct attendance *r = s->workshop;
	(void)rest;
	show_who(s);
	show_pace(s);
	if (r->question.id != NULL)
		screen_say(s->screen, SCREEN_PLAIN, "  ",
			r->response != NULL ? N_("A question is open, and you answered: `:answer`")
					    : N_("A question is open: `:answer`"));
	if (r->hand != NULL)
		screen_say(s->screen, SCREEN_PLAIN, "  ", "Your hand is up.");
	if (!r->link->is_connected(r->link->data))
		screen_say(s->screen, SCREEN_WARN, "! ",
			"The connection is lost; ropes reconnects automatically.");
}

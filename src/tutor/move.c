/* tutor/move.c - moves through a course: next, back, to a lesson, to where the learner stopped */
#include "attend.h"
#include "tutor.h"

#include <stdlib.h>

static void begin_step(struct session *s)
{
	enum record_step_state state = RECORD_STEP_REACHED;
	s->failures = 0;
	s->hints = 0;
	s->solution_shown = false;
	s->step_done = keep_step_known(s, s->lesson, s->step, &state) &&
		       (state == RECORD_STEP_DONE || state == RECORD_STEP_SHOWN);
	s->reached_pending = true;
}

static void go_to(struct session *s, size_t lesson, size_t step, bool head)
{
	if (lesson != s->lesson)
		setup_leave_lesson(s);
	s->lesson = lesson;
	s->step = step;
	begin_step(s);
	if (head)
		show_lesson_head(s->screen, s->course, lesson);
	const struct course_step *now = session_step(s);
	if (now != NULL) {
		if (!head)
			screen_newline(s->screen);
		show_step(s->screen, session_lesson(s), now);
	}
	setup_enter_step(s);
	show_offer(s);
	attend_entered(s);
}

void move_to(struct session *s, size_t lesson, size_t step)
{
	go_to(s, lesson, step, lesson != s->lesson);
}

void move_again(struct session *s, size_t lesson, size_t step)
{
	s->lesson = lesson; /* the lesson is not left: its cleanup commands do not run */
	go_to(s, lesson, step, true);
}

/* A step that needs no proof is done once the learner goes on. */
static void leave_step(struct session *s)
{
	const struct course_step *step = session_step(s);
	if (step == NULL || s->step_done)
		return;
	if (s->lacking != NULL) {
		keep_step(s, RECORD_STEP_SKIPPED);
		return;
	}
	bool proven = (step->kind == STEP_EXAMPLE && step->skip == NULL) ||
		      step->kind == STEP_TASK || step->kind == STEP_QUESTION;
	if (!proven)
		keep_step(s, RECORD_STEP_DONE);
}

bool move_target(const struct session *s, size_t *ret_lesson, size_t *ret_step)
{
	const struct course_lesson *lesson = session_lesson(s);
	bool within = s->step + 1 < lesson->step_count ||
		      (s->step + 1 == lesson->step_count && lesson->quiz_path != NULL);
	if (!within && s->lesson + 1 >= s->course->lesson_count)
		return false;
	*ret_lesson = within ? s->lesson : s->lesson + 1;
	*ret_step = within ? s->step + 1 : 0;
	return true;
}

static void end_course(struct session *s)
{
	s->step = session_lesson(s)->step_count;
	if (attend_stays(s))
		return;
	s->ended = true;
	s->end = TUTOR_FINISHED;
}

void move_next(struct session *s)
{
	size_t lesson, step;
	leave_step(s);
	bool more = move_target(s, &lesson, &step);
	if (!more || lesson != s->lesson) {
		keep_reached(s);
		keep_lesson_if_complete(s);
	}
	if (!more)
		end_course(s);
	else if (attend_lets_on(s, lesson, step))
		move_to(s, lesson, step);
}

void move_back(struct session *s)
{
	keep_reached(s);
	if (s->step > 0) {
		move_to(s, s->lesson, s->step - 1);
	} else if (s->lesson > 0) {
		size_t steps = s->course->lessons[s->lesson - 1].step_count;
		move_to(s, s->lesson - 1, steps > 0 ? steps - 1 : 0);
	} else {
		screen_say(s->screen, SCREEN_QUIET, NULL, "This is the first step.");
	}
}

void move_lesson(struct session *s, const char *reference)
{
	cleanup_error struct error err = {0};
	size_t lesson;
	if (text_is_blank(reference)) {
		screen_say(s->screen, SCREEN_WARN, "! ",
			"`:goto` requires a lesson: a number (`3.2`), or the beginning of a title; `:where` lists them.");
		return;
	}
	if (!course_find_lesson(s->course, reference, &lesson, &err)) {
		screen_say(s->screen, SCREEN_WARN, "! ", "%s", error_text(&err));
		return;
	}
	if (!attend_lets_go(s, lesson, 0))
		return;
	keep_reached(s);
	go_to(s, lesson, 0, true);
}

/* Where the session begins, and what to say about it; NULL: nothing. */
struct beginning {
	size_t lesson, step;
	const char *greeting;
};

/* Where the recorded lesson or step is no longer in the course, what the learner has not done comes
 * next; likewise at the end of a lesson. */
static bool go_on_from(struct session *s, struct beginning *b, bool there, struct error *err)
{
	const struct course_lesson *lesson = &s->course->lessons[b->lesson];
	enum record_step_state state = RECORD_STEP_REACHED;
	bool found = false;
	b->greeting = _("Welcome back. You stopped here:");
	while (there && keep_step_known(s, b->lesson, b->step, &state) && state == RECORD_STEP_DONE)
		b->step++;
	if (there && b->step < lesson->step_count)
		return true;
	if (!tutor_unfinished(s->options, &b->lesson, &b->step, &found, err))
		return false;
	b->greeting =
		found ? _("Welcome back. This is what you have not done yet:")
		      : _("Welcome back. You have done all of this course: `:goto` opens a lesson again, `ropes review` repeats what is due.");
	return true;
}

static bool find_beginning(struct session *s, struct beginning *b, struct error *err)
{
	cleanup_free char *lesson = NULL, *step = NULL;
	bool there = false;
	if (s->options->lesson != NULL)
		return course_find_lesson(s->course, s->options->lesson, &b->lesson, err);
	if (s->options->record == NULL)
		return true;
	if (!record_position(
		    s->options->record, s->options->learner, s->course->id, &lesson, &step, err))
		return false;
	if (lesson == NULL)
		return true;
	size_t found = course_find_anchor(s->course, lesson);
	if (found < s->course->lesson_count) {
		const struct course_lesson *l = &s->course->lessons[found];
		size_t at = step != NULL ? course_find_step(l, step) : 0;
		bool edited = at == l->step_count && !text_same(step, "end");
		*b = (struct beginning){.lesson = found, .step = edited ? 0 : at};
		there = !edited;
	}
	bool first = there && b->lesson == 0 && b->step == 0;
	if (!go_on_from(s, b, there, err))
		return false;
	if (first && b->step < s->course->lessons[0].step_count && b->lesson == 0 && b->step == 0)
		b->greeting = NULL; /* it is where everyone begins */
	return true;
}

bool move_start(struct session *s, struct error *err)
{
	struct beginning b = {0};
	if (!find_beginning(s, &b, err))
		return false;
	size_t lesson = b.lesson, step = b.step;
	attend_settle(s, &lesson, &step);
	if (b.greeting != NULL)
		screen_say(s->screen, SCREEN_QUIET, NULL, "%s", b.greeting);
	s->lesson = lesson;
	go_to(s, lesson, step, true);
	return true;
}

void move_go_on(struct session *s)
{
	struct attendance *r = s->workshop;
	if (r == NULL || !r->waiting || attend_waits(s, r->target.lesson, r->target.step))
		return;
	cleanup_buf struct buf name = {0};
	talk_position(s, r->target, &name);
	screen_interject(s->screen);
	screen_say(s->screen, SCREEN_GOOD, "▸ ", "%s is unlocked now.", buf_text(&name));
	move_to(s, r->target.lesson, r->target.step);
}

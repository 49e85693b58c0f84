/* tutor/attend.c - the workshop that a session belongs to: handles its events, and limits how far
 * the learner may go */
#include "attend.h"
#include "tutor.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define SETTLE_MS 2000    /* at the beginning, to wait for the room's first message */
#define PATIENCE_MS 60000 /* how long a script waits for a room that is gone */
#define SAME_MS 2000      /* timers that end this close together are the same one */

/* ---- beginning and ending ---- */

void attend_open(struct session *s)
{
	if (s->options->room == NULL)
		return;
	s->workshop = xcalloc(1, sizeof *s->workshop);
	s->workshop->link = s->options->room;
	s->workshop->all_open = true;
	s->workshop->wake = -1;
	s->workshop->timer = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
}

void attend_close(struct session *s)
{
	struct attendance *r = s->workshop;
	if (r == NULL)
		return;
	session_close_fd(&r->timer);
	session_close_fd(&r->wake);
	arena_finish(&r->question_arena);
	free(r->timer_text);
	free(r->response);
	free(r->hand);
	free(r);
	s->workshop = NULL;
}

/* ---- how far the learner may go ---- */

static bool is_behind(struct attend_position position, struct attend_position limit)
{
	return position.lesson > limit.lesson ||
	       (position.lesson == limit.lesson && position.step > limit.step);
}

/* A lesson's end is not a step: it belongs to the lesson's last step. */
static bool is_position_open(const struct session *s, struct attend_position position)
{
	const struct attendance *r = s->workshop;
	size_t steps = s->course->lessons[position.lesson].step_count;
	if (position.step == steps && steps > 0)
		position.step--;
	return r->all_open || !is_behind(position, r->open);
}

bool attend_waits(const struct session *s, size_t lesson, size_t step)
{
	const struct attendance *r = s->workshop;
	const struct attend_position position = {lesson, step};
	if (r == NULL || r->ended)
		return false;
	return (r->paused && is_behind(position, r->reach)) || !is_position_open(s, position);
}

static void refuse_position(struct session *s, struct attend_position position, bool comes)
{
	cleanup_buf struct buf name = {0};
	talk_position(s, position, &name);
	screen_say(s->screen, SCREEN_QUIET, NULL,
		s->workshop->paused ? N_("The room is paused here, before %s.%s")
				    : N_("Not unlocked yet: %s.%s"),
		buf_text(&name), comes ? _(" It appears as soon as it is unlocked.") : "");
}

bool attend_lets_go(struct session *s, size_t lesson, size_t step)
{
	if (!attend_waits(s, lesson, step))
		return true;
	refuse_position(s, (struct attend_position){lesson, step}, false);
	return false;
}

bool attend_stays(const struct session *s)
{
	if (s->workshop == NULL || s->workshop->ended || !screen_is_terminal(s->screen))
		return false;
	screen_say(s->screen, SCREEN_GOOD, "✔ ",
		"That was the last step of %s. The workshop continues: `:room` shows its state, `:quit` leaves.",
		s->course->title);
	return true;
}

void attend_entered(struct session *s)
{
	struct attendance *r = s->workshop;
	const struct attend_position here = {s->lesson, s->step};
	enum record_step_state state;
	if (r == NULL)
		return;
	r->waiting = false;
	if (is_behind(here, r->reach))
		r->reach = here;
	if (!s->begun)
		keep_begun(s);
	s->begun = true;
	keep_reached(s);
	/* the room has not seen what was done before it began */
	if (s->step_done && keep_step_known(s, s->lesson, s->step, &state))
		keep_step(s, state);
}

/* ---- events from the room ---- */

/* The room sends the same timer repeatedly, with clocks that differ a little. */
static bool is_same_timer(const struct attendance *r, int64_t until_ms, const char *text)
{
	int64_t apart = until_ms - r->timer_ms;
	return (until_ms == 0) == (r->timer_ms == 0) && text_same(text, r->timer_text) &&
	       apart < SAME_MS && apart > -SAME_MS;
}

static void arm_timer(const struct attendance *r, int64_t until_ms)
{
	const struct itimerspec at = {
		.it_value = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000}};
	(void)timerfd_settime(r->timer, TFD_TIMER_ABSTIME, &at, NULL); /* 0 disarms */
}

static void end_timer(struct session *s)
{
	struct attendance *r = s->workshop;
	if (!r->timer_over)
		talk_time_is_up(s);
	r->timer_over = true;
}

static void update_timer(struct session *s, int64_t until_ms, const char *text)
{
	struct attendance *r = s->workshop;
	int64_t now = clock_wall_ms();
	if (is_same_timer(r, until_ms, text))
		return;
	if (until_ms == 0 && r->timer_ms - now < SAME_MS)
		end_timer(s); /* a timer that was removed this close to its end has ended */
	free(r->timer_text);
	r->timer_text = xstrdup(text);
	r->timer_ms = until_ms;
	r->timer_over = until_ms <= now; /* a learner who joins later need not hear of it */
	arm_timer(r, r->timer_over ? 0 : until_ms);
	if (!r->timer_over)
		talk_timer(s);
}

static void take_time(struct session *s)
{
	uint64_t times;
	if (fd_read(s->workshop->timer, &times, sizeof times) != (ssize_t)sizeof times)
		return;
	screen_interject(s->screen);
	end_timer(s);
}

static void set_question(struct session *s, const struct tutor_question *q)
{
	struct attendance *r = s->workshop;
	if (text_same(q->id, r->question.id))
		return;
	arena_finish(&r->question_arena);
	free(r->response);
	r->response = NULL;
	r->question = (struct tutor_question){0};
	if (q->id == NULL)
		return;
	struct arena *a = &r->question_arena;
	const char **options = arena_alloc(a, (q->option_count + 1) * sizeof *options);
	for (size_t i = 0; i < q->option_count; i++)
		options[i] = arena_strdup(a, q->options[i]);
	r->question = (struct tutor_question){arena_strdup(a, q->id), arena_strdup(a, q->text),
		arena_strdup(a, q->kind), options, q->option_count, q->is_poll};
	talk_question(s);
}

/* Another edition of the course may have other steps: an unknown step opens its whole lesson, and
 * an unknown lesson opens everything, so that no one is locked out. Returns true if the position
 * changed. */
static bool set_open(struct session *s, const struct tutor_room_event *e)
{
	struct attendance *r = s->workshop;
	const struct attend_position before = r->open;
	bool all_before = r->all_open;
	r->all_open = true;
	size_t at = course_find_anchor(s->course, e->open_lesson);
	if (at < s->course->lesson_count) {
		const struct course_lesson *lesson = &s->course->lessons[at];
		r->all_open = false;
		r->open.lesson = at;
		r->open.step = e->open_step != NULL ? course_find_step(lesson, e->open_step)
						    : lesson->step_count;
	}
	return r->all_open != all_before ||
	       (!r->all_open && (before.lesson != r->open.lesson || before.step != r->open.step));
}

static void tell_open(struct session *s)
{
	const struct attendance *r = s->workshop;
	cleanup_buf struct buf name = {0};
	talk_position(s, r->open, &name);
	if (r->all_open)
		screen_say(s->screen, SCREEN_QUIET, "▸ ", "All steps are unlocked.");
	else
		screen_say(s->screen, SCREEN_QUIET, "▸ ", "Unlocked up to %s.", buf_text(&name));
}

static void take_end(struct session *s, const struct tutor_room_event *e)
{
	(void)e;
	if (s->workshop->ended)
		return;
	s->workshop->ended = true;
	s->workshop->paused = false;
	screen_say(s->screen, SCREEN_STRONG, "🏁 ",
		"The workshop is over. Your progress is saved, and all steps are unlocked: continue on your own, or `:quit`.");
}

static void take_state(struct session *s, const struct tutor_room_event *e)
{
	struct attendance *r = s->workshop;
	bool held = e->paused && !r->paused, let = !e->paused && r->paused;
	r->paused = e->paused;
	if (held)
		screen_say(s->screen, SCREEN_WARN, "! ",
			"The instructor paused the room. It will resume automatically.");
	if (let)
		screen_say(s->screen, SCREEN_QUIET, "▸ ", "The room has resumed.");
	bool moved = set_open(s, e);
	if (moved && r->known && !r->waiting)
		tell_open(s);
	if (e->ended)
		take_end(s, e);
	update_timer(s, e->timer_ms, e->timer_text);
	set_question(s, &e->question);
	r->known = true;
}

static void take_question(struct session *s, const struct tutor_room_event *e)
{
	set_question(s, &e->question);
}

static void take_room_answer(struct session *s, const struct tutor_room_event *e)
{
	talk_answer(s, e);
	if (text_same(e->question.id, s->workshop->question.id))
		set_question(s, &(struct tutor_question){0});
}

static void take_lost(struct session *s, const struct tutor_room_event *e)
{
	(void)e;
	s->workshop->lost = true;
	s->workshop->lost_ms = clock_monotonic_ms();
	screen_say(s->screen, SCREEN_WARN, "! ",
		"The connection to the workshop is lost. Keep working: your progress is sent when the connection is back.");
}

static void take_back(struct session *s, const struct tutor_room_event *e)
{
	(void)e;
	s->workshop->lost = false;
	screen_say(s->screen, SCREEN_GOOD, "✔ ", "The connection to the workshop is back.");
}

static void take_refused(struct session *s, const struct tutor_room_event *e)
{
	screen_say(s->screen, SCREEN_WARN, "! ", "%s",
		text_is_blank(e->text) ? _("The workshop rejected that.") : e->text);
}

static void take_room_event(struct session *s, const struct tutor_room_event *e)
{
	static void (*const takers[])(struct session * s, const struct tutor_room_event *e) = {
		[TUTOR_STATE] = take_state,
		[TUTOR_MESSAGE] = talk_message,
		[TUTOR_QUESTION] = take_question,
		[TUTOR_ANSWER] = take_room_answer,
		[TUTOR_END] = take_end,
		[TUTOR_LOST] = take_lost,
		[TUTOR_BACK] = take_back,
		[TUTOR_REFUSED] = take_refused,
	};
	takers[e->news](s, e);
}

void attend_wake(struct session *s)
{
	struct attendance *r = s->workshop;
	struct tutor_room_event event;
	if (r == NULL)
		return;
	take_time(s);
	while (r->link->next(r->link->data, &event)) {
		screen_interject(s->screen);
		take_room_event(s, &event);
	}
}

/* ---- waiting ---- */

int attend_wake_fd(struct session *s, int other)
{
	struct attendance *r = s->workshop;
	if (r == NULL)
		return other;
	if (!screen_is_terminal(s->screen))
		attend_wake(s); /* a script's next line need not wait, but show events before it */
	const int all[] = {other, r->link->fd, r->timer};
	return session_wake_on(&r->wake, all, ARRAY_LENGTH(all));
}

/* Returns false if a signal asks the session to end. */
static bool wait_for_room(struct session *s, int timeout_ms)
{
	struct pollfd fds[] = {{.fd = attend_wake_fd(s, -1), .events = POLLIN},
		{.fd = screen_signals(s->screen), .events = POLLIN}};
	screen_flush(s->screen);
	if (poll(fds, ARRAY_LENGTH(fds), timeout_ms) < 0 && errno != EINTR)
		return false;
	if (fds[1].revents != 0)
		return false;
	attend_wake(s);
	return screen_is_alive(s->screen);
}

static bool may_still_wait(const struct attendance *r)
{
	return !r->lost || clock_monotonic_ms() - r->lost_ms < PATIENCE_MS;
}

/* A script waits where a person would. Returns true if the step is now open. */
static bool wait_until_open(struct session *s, struct attend_position position)
{
	while (attend_waits(s, position.lesson, position.step) && may_still_wait(s->workshop))
		if (!wait_for_room(s, 1000)) {
			s->ended = true;
			s->end = TUTOR_HUNG_UP;
			return false;
		}
	if (!s->workshop->ended && !attend_waits(s, position.lesson, position.step))
		return true;
	if (!s->workshop->ended)
		screen_say(s->screen, SCREEN_WARN, "! ",
			"The workshop could not be reached for a minute, so the session ends.");
	s->ended = true;
	s->end = TUTOR_QUIT;
	return false;
}

bool attend_lets_on(struct session *s, size_t lesson, size_t step)
{
	const struct attend_position position = {lesson, step};
	if (!attend_waits(s, lesson, step))
		return true;
	refuse_position(s, position, true);
	if (!screen_is_terminal(s->screen))
		return wait_until_open(s, position);
	s->workshop->waiting = true;
	s->workshop->target = position;
	return false;
}

void attend_settle(struct session *s, size_t *lesson, size_t *step)
{
	struct attendance *r = s->workshop;
	if (r == NULL)
		return;
	int64_t until = clock_monotonic_ms() + SETTLE_MS;
	while (!r->known && !r->lost && !r->ended && clock_monotonic_ms() < until)
		if (!wait_for_room(s, (int)(until - clock_monotonic_ms()) + 1))
			break; /* the prompt handles requests to end */
	if (!r->all_open && !is_position_open(s, (struct attend_position){*lesson, *step})) {
		*lesson = r->open.lesson;
		*step = r->open.step < s->course->lessons[r->open.lesson].step_count ? r->open.step
										     : 0;
	}
	r->reach = (struct attend_position){*lesson, *step};
}

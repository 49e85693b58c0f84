/* tutor/follow.c - follows the course's author: what was saved is shown, at the step where the
 * session is */
#include "session.h"

#include <poll.h>

int follow_wake_fd(struct session *s, int other)
{
	const struct tutor_source *source = s->options->source;
	if (source == NULL)
		return other;
	const int all[] = {other, source->fd};
	return session_wake_on(&s->wake, all, ARRAY_LENGTH(all));
}

void follow_close(struct session *s)
{
	session_close_fd(&s->wake);
}

/* ---- the same place in another version of the course ---- */

static size_t same_lesson(const struct course *before, size_t at, const struct course *now)
{
	size_t found = course_find_anchor(now, before->lessons[at].anchor);
	if (found < now->lesson_count)
		return found;
	return at < now->lesson_count ? at : now->lesson_count - 1;
}

/* A step that was edited has another id: it stands after the one that was before it. */
static size_t same_step(
	const struct course_lesson *before, size_t at, const struct course_lesson *now)
{
	if (at >= before->step_count)
		return now->step_count;
	size_t found = course_find_step(now, before->steps[at].id);
	if (found < now->step_count)
		return found;
	if (at == 0)
		return 0;
	size_t above = course_find_step(now, before->steps[at - 1].id);
	size_t guess = above < now->step_count ? above + 1 : at;
	return guess < now->step_count ? guess : now->step_count;
}

/* ---- what the author sees ---- */

static void tell_problems(struct session *s)
{
	const struct course *c = s->course;
	if (c->problem_count == 0)
		return;
	const struct course_problem *first = &c->problems[0];
	screen_say(s->screen, SCREEN_WARN, "! ", "%s:%d: %s", path_base(first->path), first->line,
		first->message);
	if (c->problem_count > 1)
		screen_say(s->screen, SCREEN_QUIET, NULL, "`ropes lint` lists all %zu problems.",
			c->problem_count);
}

void follow_changes(struct session *s)
{
	const struct tutor_source *source = s->options->source;
	const struct course *now, *before = s->course;
	cleanup_error struct error err = {0};
	struct pollfd changed = {.fd = source != NULL ? source->fd : -1, .events = POLLIN};
	if (source == NULL || poll(&changed, 1, 0) <= 0)
		return;
	enum tutor_reload outcome = source->reload(source->data, &now, &err);
	if (outcome == TUTOR_SAME)
		return;
	screen_interject(s->screen);
	if (outcome == TUTOR_UNREADABLE) {
		screen_say(s->screen, SCREEN_WARN, "! ", "The course is still as before: %s",
			error_text(&err));
		return;
	}
	size_t lesson = same_lesson(before, s->lesson, now);
	size_t step = same_step(&before->lessons[s->lesson], s->step, &now->lessons[lesson]);
	keep_reached(s);
	s->course = now;
	screen_say(s->screen, SCREEN_GOOD, "▸ ", "%s was saved.", path_base(now->path));
	tell_problems(s);
	move_again(s, lesson, step);
}

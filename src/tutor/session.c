/* tutor/session.c - a session's position in its course, and its resources */
#include "session.h"

#include <sys/epoll.h>
#include <unistd.h>

const struct course_lesson *session_lesson(const struct session *s)
{
	return &s->course->lessons[s->lesson];
}

bool session_has_sandbox(const struct session *s)
{
	return s->options->sandbox != NULL && sandbox_kind(s->options->sandbox) != SANDBOX_NONE;
}

uint64_t session_seed(const struct session *s)
{
	return s->options->seed != 0 ? s->options->seed : random_seed();
}

const struct course_step *session_step(const struct session *s)
{
	const struct course_lesson *lesson = session_lesson(s);
	if (s->review_task != NULL)
		return s->review_task;
	return s->step < lesson->step_count ? &lesson->steps[s->step] : NULL;
}

void session_close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int session_wake_on(int *wake, const int *fds, size_t count)
{
	struct epoll_event readable = {.events = EPOLLIN};
	session_close_fd(wake);
	*wake = epoll_create1(EPOLL_CLOEXEC);
	for (size_t i = 0; i < count; i++)
		if (fds[i] >= 0)
			(void)epoll_ctl(
				*wake, EPOLL_CTL_ADD, fds[i], &readable); /* else it never wakes */
	return *wake;
}

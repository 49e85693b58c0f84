/* tutor/attend.h - what a session knows about its workshop. Private to attend.c, which maintains
 * it, and talk.c, which shows it. */
#ifndef TUTOR_ATTEND_H
#define TUTOR_ATTEND_H

#include "session.h"

/* A position in the course. */
struct attend_position {
	size_t lesson, step;
};

struct attendance {
	const struct tutor_room *link;
	bool known;    /* the room has sent its state */
	bool all_open; /* otherwise up to `open` */
	struct attend_position open;
	bool paused;
	struct attend_position reach; /* the furthest entered: the limit while paused */
	bool ended;
	bool lost;
	int64_t lost_ms; /* when the connection was lost, on the monotonic clock */
	bool waiting;    /* to go on to `target` */
	struct attend_position target;

	int timer;        /* timerfd; -1 */
	int64_t timer_ms; /* 0: no timer is set */
	bool timer_over;  /* and the learner has been notified */
	char *timer_text;

	/* the open question; id NULL: none */
	struct tutor_question question;
	struct arena question_arena;
	char *response; /* what the learner answered; NULL */
	char *hand;     /* the reason for raising it; NULL */

	int wake; /* epoll over everything that wakes the prompt; -1 */
};

/* ---- talk.c ---- */
void talk_message(struct session *s, const struct tutor_room_event *e);
void talk_question(struct session *s);
void talk_answer(struct session *s, const struct tutor_room_event *e);
void talk_timer(struct session *s);
void talk_time_is_up(struct session *s);
/* Writes "1.5 Install Docker, step 3". */
void talk_position(const struct session *s, struct attend_position position, struct buf *out);

#endif

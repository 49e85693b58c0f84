/* tutor/judge.h - judging a step by what happened. Private to src/tutor. */
#ifndef TUTOR_JUDGE_H
#define TUTOR_JUDGE_H

#include "session.h"

/* A line ended (s->line, s->status, s->output): the step that is worked on is judged by it. */
void judge_line(struct session *s);
/* Something happened in the daemon while the prompt waits: ticks the step if all holds now. */
void judge_by_events(struct session *s);

#endif

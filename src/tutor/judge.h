/* tutor/judge.h - judging a step by what happened. Private to src/tutor. */
#ifndef TUTOR_JUDGE_H
#define TUTOR_JUDGE_H

#include "session.h"

/* How long a state may take to come about, once a line has ended well. */
#define JUDGE_DEADLINE_MS 10000

/* The written checks of a step, else what its command is for; `line` is what was typed, NULL: the
 * example itself. *ret is NULL where a step has nothing to judge. False: *ret_line of the note has
 * a check that can't be read. */
bool judge_plan(const struct course_step *step, const char *line, struct check_plan **ret,
	int *ret_line, struct error *err);
/* A line ended (s->line, s->status, s->output): the step that is worked on is judged by it. */
void judge_line(struct session *s);
/* Something happened in the daemon while the prompt waits: ticks the step if all holds now. */
void judge_by_events(struct session *s);

#endif

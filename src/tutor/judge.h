/* tutor/judge.h - judges a step by what happened. Private to src/tutor. */
#ifndef TUTOR_JUDGE_H
#define TUTOR_JUDGE_H

#include "session.h"

/* How long a state may take to come about after a line has succeeded. */
#define JUDGE_DEADLINE_MS 10000

/* Uses the step's written checks, else derives a plan from its command; `line` is what was typed,
 * NULL: the example itself. *ret is NULL if the step has nothing to judge. Returns false if the
 * check on *ret_line of the note cannot be parsed. */
bool judge_plan(const struct course_step *step, const char *line, struct check_plan **ret,
	int *ret_line, struct error *err);
/* Call when a line has ended (s->line, s->status, s->output): judges the current step by it. */
void judge_line(struct session *s);
/* Call when something happened in the daemon while the prompt waits: ticks the step if all checks
 * pass now. */
void judge_by_events(struct session *s);

#endif

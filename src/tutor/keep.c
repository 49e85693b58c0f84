/* tutor/keep.c - writes the session's events to the record */
#include "attend.h"
#include "tutor.h"

/* Only statements that begin or end a lesson name its objective, not each line that is run. */
static bool tells_objective(enum record_verb verb)
{
	return verb == RECORD_INITIALIZED || verb == RECORD_COMPLETED || verb == RECORD_PASSED ||
	       verb == RECORD_FAILED;
}

static void tell_recorded(const struct session *s)
{
	if (s->workshop != NULL)
		s->workshop->link->recorded(s->workshop->link->data);
}

void keep_event(struct session *s, const struct record_event *event)
{
	if (s->options->record == NULL)
		return;
	struct record_event full = *event;
	const struct course_lesson *lesson = session_lesson(s);
	full.learner = s->options->learner;
	full.course = s->course->id;
	full.course_title = s->course->title;
	full.lesson = lesson->anchor;
	full.lesson_title = lesson->title;
	full.place = (unsigned)s->lesson + 1;
	full.lessons = (unsigned)s->course->lesson_count;
	if (tells_objective(event->verb))
		full.objective = lesson->objective;
	cleanup_error struct error err = {0};
	bool kept = record_append(s->options->record, &full, &err);
	if (!kept && !s->unkept)
		screen_say(s->screen, SCREEN_WARN, "! ", "This was not recorded: %s",
			error_text(&err));
	else if (kept && s->unkept)
		screen_say(s->screen, SCREEN_QUIET, NULL,
			"Your progress is recorded again from here on; what happened in between is missing.");
	s->unkept = !kept;
	if (kept)
		tell_recorded(s);
}

static const char *step_id(const struct session *s)
{
	const struct course_step *step = session_step(s);
	return step != NULL ? step->id : "end";
}

/* Called before the next action, not while the step is shown: the prompt must not wait for the
 * disk. */
void keep_reached(struct session *s)
{
	if (!s->reached_pending)
		return;
	s->reached_pending = false;
	keep_event(s, &(struct record_event){
			      .verb = RECORD_PROGRESSED,
			      .step = step_id(s),
			      .state = RECORD_STEP_REACHED,
		      });
}

void keep_begun(struct session *s)
{
	keep_event(s, &(struct record_event){.verb = RECORD_INITIALIZED});
	if (s->options->record == NULL || s->options->reference == NULL)
		return;
	cleanup_error struct error err = {0};
	if (!record_remember_course(s->options->record, s->options->learner, s->course->id,
		    s->options->reference, &err))
		screen_say(s->screen, SCREEN_WARN, "! ", "%s", error_text(&err));
}

/* Statements have these words since the first version; records and boards rely on them. */
static const char *const recorded_outcomes[] = {
	[CHECK_PASSED] = "held",
	[CHECK_FAILED] = "not held",
	[CHECK_ERROR] = "error",
	[CHECK_NOT_RUN] = "not run",
};

void keep_attempt(struct session *s, enum check_outcome outcome)
{
	keep_reached(s);
	keep_event(s, &(struct record_event){
			      .verb = RECORD_ATTEMPTED,
			      .step = step_id(s),
			      .line = s->line,
			      .exit_status = s->status,
			      .outcome = recorded_outcomes[outcome],
			      .has_success = outcome == CHECK_PASSED || outcome == CHECK_FAILED,
			      .success = outcome == CHECK_PASSED,
			      .duration_ms = s->ended_ms - s->started_ms,
		      });
}

void keep_step(struct session *s, enum record_step_state state)
{
	keep_reached(s);
	keep_event(s, &(struct record_event){
			      .verb = RECORD_PROGRESSED,
			      .step = step_id(s),
			      .state = state,
		      });
}

void keep_review_task(struct session *s, bool done)
{
	const struct course_step *step = session_step(s);
	bool helped = step->hints.count > 0 && s->hints >= step->hints.count;
	double score = !done || s->solution_shown ? 0 : helped ? 0.5 : 1;
	if (step->variables.count > 0)
		keep_event(s, &(struct record_event){
				      .verb = RECORD_ANSWERED,
				      .step = step->id,
				      .response = s->line,
				      .has_success = true,
				      .success = score >= 1,
				      .has_score = true,
				      .score = score,
				      .score_max = 1,
			      });
}

void keep_ended(struct session *s)
{
	keep_reached(s);
	keep_event(s, &(struct record_event){.verb = RECORD_TERMINATED, .step = step_id(s)});
}

bool keep_note(struct session *s, const char *text)
{
	cleanup_error struct error err = {0};
	const struct record_note note = {.course = s->course->id,
		.lesson = session_lesson(s)->anchor,
		.step = step_id(s),
		.text = text};
	keep_reached(s); /* the record knows the lesson */
	bool kept = s->options->record != NULL &&
		    record_add_note(s->options->record, s->options->learner, &note, &err);
	if (!kept)
		screen_say(s->screen, SCREEN_WARN, "! ", "The note was not kept: %s",
			s->options->record != NULL ? error_text(&err) : "there is no record");
	return kept;
}

bool keep_step_known(
	struct session *s, size_t lesson, size_t step, enum record_step_state *ret_state)
{
	bool known = false;
	const struct course_lesson *l = &s->course->lessons[lesson];
	if (s->options->record == NULL || step >= l->step_count)
		return false;
	cleanup_error struct error err = {0};
	return record_step(s->options->record, s->options->learner, s->course->id, l->anchor,
		       l->steps[step].id, &known, ret_state, &err) &&
	       known;
}

/* Examples that may run, tasks and questions are required, except those that cannot be done here; a
 * step whose solution was shown counts as done, a skipped one does not. */
static bool is_required(struct session *s, const struct course_step *step)
{
	bool asks = (step->kind == STEP_EXAMPLE && step->skip == NULL) || step->kind == STEP_TASK ||
		    step->kind == STEP_QUESTION;
	return asks && needs_lacking(s, step) == NULL;
}

void keep_lesson_if_complete(struct session *s)
{
	const struct course_lesson *lesson = session_lesson(s);
	for (size_t i = 0; i < lesson->step_count; i++) {
		enum record_step_state state;
		if (!keep_step_known(s, s->lesson, i, &state))
			return;
		bool done = state == RECORD_STEP_DONE || state == RECORD_STEP_SHOWN;
		if (!done && is_required(s, &lesson->steps[i]))
			return;
	}
	keep_event(s, &(struct record_event){.verb = RECORD_COMPLETED});
}

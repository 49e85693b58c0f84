/* tutor/unfinished.c - finds what a learner has not done yet in a course */
#include "tutor.h"

static bool is_step_open(const struct tutor_options *o, const struct course_lesson *lesson,
	const struct course_step *step, bool *ret, struct error *err)
{
	enum record_step_state state = RECORD_STEP_REACHED;
	bool known = false;
	if (o->record != NULL && !record_step(o->record, o->learner, o->course->id, lesson->anchor,
					 step->id, &known, &state, err))
		return false;
	bool done = known && (state == RECORD_STEP_DONE || state == RECORD_STEP_SHOWN);
	/* what this machine cannot do was skipped for good */
	bool skipped = known && state == RECORD_STEP_SKIPPED && step->needs != 0;
	*ret = !done && !skipped;
	return true;
}

/* Returns whether the lesson has a quiz that was not passed and may be taken again. */
static bool is_quiz_open(const struct tutor_options *o, const struct course_lesson *lesson,
	const struct record_progress *progress)
{
	for (size_t c = 0; c < progress->course_count; c++) {
		const struct record_course *course = &progress->courses[c];
		for (size_t i = 0; i < course->lesson_count; i++) {
			const struct record_lesson *l = &course->lessons[i];
			unsigned max = lesson->evaluation.attempts;
			if (text_same(course->course, o->course->id) &&
				text_same(l->lesson, lesson->anchor))
				return lesson->quiz_path != NULL && !l->passed &&
				       (max == 0 || l->quiz.count < max);
		}
	}
	return lesson->quiz_path != NULL;
}

/* Searches a lesson from a step on. */
static bool search_lesson(const struct tutor_options *o, size_t index, size_t from, size_t *step,
	bool *found, struct error *err)
{
	const struct course_lesson *lesson = &o->course->lessons[index];
	for (size_t i = from; i < lesson->step_count && !*found; i++) {
		if (!is_step_open(o, lesson, &lesson->steps[i], found, err))
			return false;
		*step = i;
	}
	return true;
}

static bool search_steps(
	const struct tutor_options *o, size_t *lesson, size_t *step, bool *found, struct error *err)
{
	size_t count = o->course->lesson_count, first = *lesson, from = *step;
	/* the first lesson comes twice: its end, and at last its beginning */
	for (size_t i = 0; i <= count && !*found; i++) {
		*lesson = (first + i) % count;
		if (!search_lesson(o, *lesson, i == 0 ? from : 0, step, found, err))
			return false;
	}
	return true;
}

/* Lessons from `from` to `end`. */
static bool search_quizzes(const struct tutor_options *o, size_t from, size_t end, size_t *lesson,
	size_t *step, bool *found, struct error *err)
{
	struct record_progress progress = {0};
	if (o->record != NULL && !record_progress(o->record, o->learner, &progress, err))
		return false;
	for (size_t i = from; i < end && !*found; i++) {
		*found = is_quiz_open(o, &o->course->lessons[i], &progress);
		*lesson = i;
		*step = o->course->lessons[i].step_count;
	}
	record_progress_finish(&progress);
	return true;
}

bool tutor_unfinished(const struct tutor_options *o, size_t *lesson, size_t *step, bool *ret_found,
	struct error *err)
{
	size_t at_lesson = *lesson, at_step = *step, count = o->course->lesson_count;
	bool found = false, at_end = *step == o->course->lessons[*lesson].step_count;
	if (at_end && !search_quizzes(o, *lesson, *lesson + 1, &at_lesson, &at_step, &found, err))
		return false;
	if (!found && !search_steps(o, &at_lesson, &at_step, &found, err))
		return false;
	if (!found && !search_quizzes(o, 0, count, &at_lesson, &at_step, &found, err))
		return false;
	if (found) {
		*lesson = at_lesson;
		*step = at_step;
	}
	*ret_found = found;
	return true;
}

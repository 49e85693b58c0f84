/* tutor/review.c - asks the questions and review tasks that are due, from all lessons of a course,
 * and says what becomes due in the coming days */
#include "evaluate.h"
#include "review.h"
#include "session.h"
#include "tutor.h"

#include <stdlib.h>
#include <string.h>

#define FORECAST_DAYS 7

/* A due question or review task of a lesson. */
struct found {
	size_t lesson;
	struct quiz *quiz;
	const struct quiz_question *question; /* NULL: a task, or no longer in the course */
	const struct course_step *task;
};

static const struct course_step *find_task(const struct course_lesson *lesson, const char *id)
{
	size_t i = course_find_step(lesson, id);
	return i < lesson->step_count && lesson->steps[i].variables.count > 0 ? &lesson->steps[i]
									      : NULL;
}

static struct found find_due(const struct course *course, const struct record_due *due)
{
	struct found f = {.lesson = course_find_anchor(course, due->lesson)};
	if (f.lesson == course->lesson_count) /* the course no longer has it */
		return (struct found){0};
	const struct course_lesson *lesson = &course->lessons[f.lesson];
	cleanup_error struct error ignored = {0};
	f.task = find_task(lesson, due->question);
	if (f.task == NULL && lesson->quiz_path != NULL &&
		quiz_load(lesson->quiz_path, &f.quiz, &ignored))
		f.question = quiz_find(f.quiz, due->question);
	if (f.question != NULL && f.question->kind->prompt == NULL)
		f.question = NULL;
	return f;
}

/* ---- tasks ---- */

/* Sets a task with other names and numbers, and returns when it is done or given up. Returns false
 * if the learner leaves. */
static bool set_review_task(struct attempt *a, const struct found *f)
{
	struct session *s = a->s;
	cleanup_arena struct arena arena = {0};
	const struct course_step task = course_step_vary(f->task, session_seed(s), &arena);
	s->review_task = &task;
	s->review_left = s->step_done = s->solution_shown = false;
	s->failures = s->hints = 0;
	show_step(s->screen, session_lesson(s), &task);
	setup_enter_step(s);
	show_offer(s);
	while (!s->ended && !s->step_done && !s->review_left)
		tutor_turn(s);
	bool fresh_mind = s->step_done && !s->solution_shown;
	if (!s->ended && !s->step_done)
		keep_review_task(s, false);
	if (!s->ended)
		setup_clean_up(s, &task);
	context_close(s);
	s->review_task = NULL;
	if (!s->ended) {
		a->asked++;
		a->points += fresh_mind;
	}
	return !s->ended;
}

static void add_due_day(struct buf *text, unsigned count, size_t days)
{
	buf_add_text(text, text->length > 0 ? "," : "");
	/* po: so many questions are due in so many days */
	buf_printf(text, language_plural(" %u in %zu day", " %u in %zu days", days), count, days);
}

static void tell_forecast(struct session *s, const struct record_dues *dues)
{
	unsigned days[FORECAST_DAYS];
	cleanup_free int64_t *times = xcalloc(dues->count + 1, sizeof *times);
	cleanup_buf struct buf text = {0};
	for (size_t i = 0; i < dues->count; i++)
		times[i] = dues->items[i].due_ms;
	review_forecast(times, dues->count, clock_wall_ms(), days, FORECAST_DAYS);
	for (size_t i = 0; i < FORECAST_DAYS; i++)
		if (days[i] > 0 && i == 0)
			buf_printf(&text, _(" %u today"), days[i]);
		else if (days[i] > 0)
			add_due_day(&text, days[i], i);
	screen_say(s->screen, SCREEN_QUIET, NULL, "Due in the next week:%s",
		text.length > 0 ? buf_text(&text) : _(" nothing"));
}

/* Returns false if the learner leaves. */
static bool ask_one(struct attempt *a, const struct found *f)
{
	if (f->question == NULL && (f->task == NULL || !session_has_sandbox(a->s)))
		return true;
	a->s->lesson = f->lesson;
	screen_newline(a->s->screen);
	screen_say(a->s->screen, SCREEN_QUIET, NULL, "%s", session_lesson(a->s)->title);
	if (f->task != NULL && needs_lacking(a->s, f->task) != NULL) {
		screen_say(a->s->screen, SCREEN_WARN, "! ", "The task '%s' is postponed: %s.",
			f->task->id, needs_lacking(a->s, f->task));
		return true;
	}
	return f->task != NULL ? set_review_task(a, f) : evaluate_ask(a, f->question, 1, 0);
}

static unsigned ask_due(
	struct session *s, const struct record_dues *dues, unsigned max, bool *ret_left)
{
	struct attempt a = evaluate_begin(s);
	int64_t now = clock_wall_ms();
	bool goes_on = true;
	for (size_t i = 0; goes_on && i < dues->count && a.asked < max; i++) {
		if (dues->items[i].due_ms > now)
			break;
		struct found f = find_due(s->course, &dues->items[i]);
		goes_on = ask_one(&a, &f);
		quiz_destroy(f.quiz);
	}
	*ret_left = !goes_on;
	if (a.asked > 0)
		screen_say(
			s->screen, SCREEN_STRONG, NULL, "%.4g of %u remembered", a.points, a.asked);
	return a.asked;
}

bool tutor_review_has_task(const struct tutor_options *options, bool *ret, struct error *err)
{
	struct record_dues dues = {0};
	const struct course *course = options->course;
	if (!record_dues(options->record, options->learner, course->id, &dues, err))
		return false;
	*ret = false;
	for (size_t i = 0; i < dues.count && dues.items[i].due_ms <= clock_wall_ms(); i++) {
		size_t lesson = course_find_anchor(course, dues.items[i].lesson);
		if (lesson < course->lesson_count)
			*ret = *ret ||
			       find_task(&course->lessons[lesson], dues.items[i].question) != NULL;
	}
	record_dues_finish(&dues);
	return true;
}

bool tutor_review(const struct tutor_options *options, unsigned max, struct error *err)
{
	struct session s = {.options = options,
		.screen = options->screen,
		.course = options->course,
		.trusted = options->trusted || options->course->shipped,
		.begun = true,
		.timer = -1};
	struct record_dues dues = {0};
	if (!record_dues(options->record, options->learner, options->course->id, &dues, err))
		return false;
	bool left = false;
	unsigned asked = ask_due(&s, &dues, max, &left);
	context_disconnect(&s);
	free(s.line);
	free(s.output);
	record_dues_finish(&dues);
	if (!record_dues(options->record, options->learner, options->course->id, &dues, err))
		return false;
	if (asked == 0 && !left)
		screen_say(s.screen, SCREEN_PLAIN, NULL,
			dues.count > 0
				? N_("Nothing is due now.")
				: N_("Nothing to review yet: questions come back here after you have answered them."));
	if (dues.count > 0)
		tell_forecast(&s, &dues);
	screen_flush(s.screen);
	record_dues_finish(&dues);
	return true;
}

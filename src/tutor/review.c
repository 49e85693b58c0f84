/* tutor/review.c - questions that are due come back, from all lessons of a course, and what is due
 * in the days to come is told */
#include "evaluate.h"
#include "review.h"
#include "session.h"
#include "tutor.h"

#include <stdlib.h>
#include <string.h>

#define FORECAST_DAYS 7

/* The question that is due, in the lesson it belongs to; NULL: the course has it no more. */
static const struct quiz_question *find(
	struct session *s, const struct record_due *due, struct quiz **ret_quiz)
{
	const struct course *course = s->course;
	*ret_quiz = NULL;
	for (size_t i = 0; i < course->lesson_count; i++) {
		const struct course_lesson *lesson = &course->lessons[i];
		if (!text_same(lesson->anchor, due->lesson) || lesson->quiz_path == NULL ||
			!quiz_load(lesson->quiz_path, ret_quiz, NULL))
			continue;
		s->lesson = i;
		return quiz_find(*ret_quiz, due->question);
	}
	return NULL;
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
			buf_printf(&text, " %u today", days[i]);
		else if (days[i] > 0)
			buf_printf(&text, "%s %u in %zu %s", text.length > 0 ? "," : "", days[i], i,
				i == 1 ? "day" : "days");
	screen_say(s->screen, SCREEN_QUIET, NULL, "Due in the next week:%s",
		text.length > 0 ? buf_text(&text) : " nothing");
}

static unsigned ask_due(struct session *s, const struct record_dues *dues, unsigned most)
{
	struct attempt a = attempt_begin(s);
	int64_t now = clock_wall_ms();
	bool goes_on = true;
	for (size_t i = 0; goes_on && i < dues->count && a.asked < most; i++) {
		struct quiz *quiz;
		if (dues->items[i].due_ms > now)
			break;
		const struct quiz_question *q = find(s, &dues->items[i], &quiz);
		if (q != NULL && q->kind != QUIZ_DESCRIPTION) {
			screen_newline(s->screen);
			screen_say(s->screen, SCREEN_QUIET, NULL, "%s",
				s->course->lessons[s->lesson].title);
			goes_on = attempt_ask(&a, q, 1, 0);
		}
		quiz_destroy(quiz);
	}
	if (a.asked > 0)
		screen_say(
			s->screen, SCREEN_STRONG, NULL, "%.4g of %u remembered", a.points, a.asked);
	return a.asked;
}

bool tutor_review(const struct tutor_options *options, unsigned most, struct error *err)
{
	struct session s = {.options = options,
		.screen = options->screen,
		.course = options->course,
		.timer = -1};
	struct record_dues dues = {0};
	if (!record_dues(options->record, options->learner, options->course->id, &dues, err))
		return false;
	unsigned asked = ask_due(&s, &dues, most);
	record_dues_finish(&dues);
	if (!record_dues(options->record, options->learner, options->course->id, &dues, err))
		return false;
	if (asked == 0)
		screen_say(s.screen, SCREEN_PLAIN, NULL,
			dues.count > 0
				? "Nothing is due now."
				: "Nothing to review yet: questions come back here once they "
				  "were answered.");
	if (dues.count > 0)
		tell_forecast(&s, &dues);
	screen_flush(s.screen);
	record_dues_finish(&dues);
	return true;
}

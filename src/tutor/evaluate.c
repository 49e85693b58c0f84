/* tutor/evaluate.c - asking an evaluation: questions one by one, feedback, score, attempts */
#include "evaluate.h"
#include "tutor.h"

#include <stdlib.h>
#include <string.h>

#define PASS_FRACTION 0.8

/* ---- how a question looks ---- */

static void show_choices(struct screen *screen, const struct quiz_question *q, const size_t *order)
{
	for (size_t i = 0; i < q->answer_count; i++) {
		const char mark[] = {' ', ' ', (char)('a' + i), ')', ' ', '\0'};
		screen_say(screen, SCREEN_PLAIN, mark, "%s", q->answers[order[i]].text);
	}
}

static void show_pairs(struct screen *screen, const struct quiz_question *q, const size_t *order)
{
	for (size_t i = 0; i < q->answer_count; i++) {
		const char mark[] = {' ', ' ', (char)('a' + i), ')', ' ', '\0'};
		if (!text_is_blank(q->answers[i].text))
			screen_say(screen, SCREEN_PLAIN, mark, "%s", q->answers[i].text);
	}
	for (size_t i = 0; i < q->answer_count; i++) {
		cleanup_free char *mark = xasprintf("  %zu. ", i + 1);
		screen_say(screen, SCREEN_PLAIN, mark, "%s", q->answers[order[i]].match);
	}
}

static const struct {
	void (*show)(struct screen *screen, const struct quiz_question *q, const size_t *order);
	const char *prompt;
} forms[] = {
	[QUIZ_CHOICE] = {show_choices, "one letter › "},
	[QUIZ_CHOICES] = {show_choices, "letters › "},
	[QUIZ_TRUE_FALSE] = {NULL, "true or false › "},
	[QUIZ_SHORT] = {NULL, "answer › "},
	[QUIZ_MATCHING] = {show_pairs, "pairs (a2 b1 …) › "},
	[QUIZ_NUMERICAL] = {NULL, "number › "},
	[QUIZ_ESSAY] = {NULL, "your own mark, 0 to 100 › "},
};

static void show_question(struct attempt *a, const struct quiz_question *q, const size_t *order,
	unsigned place, unsigned all)
{
	cleanup_free char *mark = all > 0 ? xasprintf("🧪 %u/%u ", place, all) : xstrdup("🧪 ");
	screen_newline(a->s->screen);
	screen_say(a->s->screen, SCREEN_STRONG, mark, "%s", q->text);
	if (forms[q->kind].show != NULL)
		forms[q->kind].show(a->s->screen, q, order);
}

/* ---- one question ---- */

static void record_answer(struct attempt *a, const struct quiz_question *q, const char *response,
	double fraction, int64_t began_ms)
{
	keep_event(a->s, &(struct record_event){
				 .verb = RECORD_ANSWERED,
				 .step = q->id,
				 .registration = a->registration,
				 .response = response,
				 .has_success = true,
				 .success = fraction >= 1.0 - 1e-9,
				 .has_score = true,
				 .score = fraction,
				 .score_max = 1.0,
				 .duration_ms = clock_wall_ms() - began_ms,
				 .seed = a->seed,
			 });
}

static void tell_grade(struct attempt *a, const struct quiz_question *q, const size_t *order,
	const struct quiz_grade *grade)
{
	struct screen *screen = a->s->screen;
	if (grade->fraction >= 1.0 - 1e-9) {
		screen_say(screen, SCREEN_GOOD, "✔ ", "right");
	} else {
		cleanup_free char *solution = quiz_solution(q, order);
		cleanup_buf struct buf part = {0};
		if (grade->fraction > 0)
			buf_printf(&part, "partly right (%.0f %%)", grade->fraction * 100);
		else
			buf_add_text(&part, "not right");
		screen_say(screen, SCREEN_BAD, "✘ ", "%s: %s", buf_text(&part), solution);
	}
	for (size_t i = 0; i < grade->feedback.count; i++)
		screen_say(screen, SCREEN_PLAIN, "  → ", "%s", grade->feedback.items[i]);
}

/* Asks until the answer can be understood. False: given up. */
static bool ask(struct attempt *a, const struct quiz_question *q, const size_t *order)
{
	struct session *s = a->s;
	const struct screen_prompt prompt = {.text = forms[q->kind].prompt, .wake_fd = -1};
	int64_t began_ms = clock_wall_ms();
	for (;;) {
		cleanup_free char *response = NULL;
		cleanup_error struct error err = {0};
		enum screen_answer answer = screen_ask(s->screen, &prompt, &response, &err);
		if (answer == SCREEN_QUIT) {
			s->ended = true;
			s->end = TUTOR_HUNG_UP;
		}
		if (answer != SCREEN_LINE || text_starts(response, ":q"))
			return false;
		struct quiz_grade grade = {0};
		quiz_grade(q, order, response, &grade);
		bool understood = grade.understood;
		if (understood) {
			a->points += grade.fraction;
			a->asked++;
			record_answer(a, q, response, grade.fraction, began_ms);
			tell_grade(a, q, order, &grade);
		} else {
			screen_say(s->screen, SCREEN_WARN, "! ", "%s `:quit` gives up.",
				grade.why != NULL ? grade.why : "That is no answer.");
		}
		quiz_grade_finish(&grade);
		if (understood)
			return true;
	}
}

bool attempt_ask(struct attempt *a, const struct quiz_question *q, unsigned place, unsigned all)
{
	if (q->kind == QUIZ_DESCRIPTION) {
		screen_say(a->s->screen, SCREEN_PLAIN, NULL, "%s", q->text);
		return true;
	}
	cleanup_free size_t *order = xcalloc(q->answer_count + 1, sizeof *order);
	quiz_shuffle(q, a->seed, order);
	show_question(a, q, order, place, all);
	return ask(a, q, order);
}

/* ---- the whole ---- */

static struct quiz *load(struct session *s)
{
	const struct course_lesson *lesson = session_lesson(s);
	struct quiz *quiz = NULL;
	cleanup_error struct error err = {0};
	if (lesson->quiz_path == NULL)
		screen_say(s->screen, SCREEN_QUIET, NULL, "This lesson has no evaluation.");
	else if (!quiz_load(lesson->quiz_path, &quiz, &err))
		screen_say(s->screen, SCREEN_WARN, "! ", "The evaluation can't be read: %s",
			error_text(&err));
	return quiz;
}

struct attempt attempt_begin(struct session *s)
{
	struct attempt a = {.s = s, .started_ms = clock_wall_ms()};
	a.seed = s->options->seed != 0 ? s->options->seed : random_seed();
	uuid_make(a.registration);
	return a;
}

static void tell_history(struct session *s)
{
	struct record_progress progress = {0};
	cleanup_error struct error err = {0};
	if (s->options->record == NULL ||
		!record_progress(s->options->record, s->options->learner, &progress, &err))
		return;
	for (size_t c = 0; c < progress.course_count; c++) {
		if (!text_same(progress.courses[c].course, s->course->id))
			continue;
		for (size_t i = 0; i < progress.courses[c].lesson_count; i++) {
			const struct record_lesson *l = &progress.courses[c].lessons[i];
			if (text_same(l->lesson, session_lesson(s)->anchor) && l->quiz.count > 1)
				screen_say(s->screen, SCREEN_QUIET, NULL,
					"%u attempts: first %.0f %%, best %.0f %%, last %.0f %%",
					l->quiz.count, l->quiz.first * 100, l->quiz.best * 100,
					l->quiz.last * 100);
		}
	}
	record_progress_finish(&progress);
}

/* Returns whether it was passed. */
static bool conclude(struct attempt *a)
{
	struct session *s = a->s;
	double fraction = a->asked > 0 ? a->points / a->asked : 0;
	bool passed = fraction >= PASS_FRACTION - 1e-9;
	screen_newline(s->screen);
	screen_say(s->screen, passed ? SCREEN_GOOD : SCREEN_BAD, passed ? "✔ " : "✘ ",
		"%.4g of %u points, %.0f %%: %s", a->points, a->asked, fraction * 100,
		passed ? "passed" : "not passed yet (80 % are needed); `:quiz` tries again");
	keep_event(s, &(struct record_event){
			      .verb = passed ? RECORD_PASSED : RECORD_FAILED,
			      .registration = a->registration,
			      .has_success = true,
			      .success = passed,
			      .has_score = true,
			      .score = a->points,
			      .score_max = a->asked,
			      .duration_ms = clock_wall_ms() - a->started_ms,
			      .seed = a->seed,
		      });
	tell_history(s);
	return passed;
}

static unsigned count_asked(const struct quiz *quiz)
{
	unsigned all = 0;
	for (size_t i = 0; i < quiz->question_count; i++)
		all += quiz->questions[i].kind != QUIZ_DESCRIPTION;
	return all;
}

/* 1: passed, 0: failed, -1: not taken to its end. */
static int evaluate(struct session *s)
{
	struct quiz *quiz = load(s);
	if (quiz == NULL)
		return -1;
	struct attempt a = attempt_begin(s);
	unsigned all = count_asked(quiz), place = 1;
	keep_event(s,
		&(struct record_event){
			.verb = RECORD_ATTEMPTED, .registration = a.registration, .seed = a.seed});
	bool whole = all > 0;
	for (size_t i = 0; whole && i < quiz->question_count; i++) {
		whole = attempt_ask(&a, &quiz->questions[i], place, all);
		place += quiz->questions[i].kind != QUIZ_DESCRIPTION;
	}
	if (!whole)
		screen_say(s->screen, SCREEN_QUIET, NULL,
			"The evaluation was left; it has no score. `:quiz` begins it afresh.");
	int result = whole ? conclude(&a) : -1;
	quiz_destroy(quiz);
	return result;
}

void evaluate_lesson(struct session *s)
{
	keep_reached(s);
	(void)evaluate(s); /* the record has it */
	if (!s->ended)
		show_offer(s);
}

void evaluate_step(struct session *s)
{
	const struct course_step *step = session_step(s);
	struct quiz *quiz = load(s);
	const struct quiz_question *q = quiz != NULL ? quiz_find(quiz, step->quiz) : NULL;
	if (quiz != NULL && q == NULL)
		screen_say(s->screen, SCREEN_WARN, "! ", "%s:%d: there is no question `%s`",
			session_lesson(s)->note->path, step->line, step->quiz);
	if (q != NULL) {
		struct attempt a = attempt_begin(s);
		if (attempt_ask(&a, q, 1, 0)) {
			s->step_done = true;
			keep_step(s, RECORD_STEP_DONE);
		}
	}
	quiz_destroy(quiz);
	if (!s->ended)
		show_offer(s);
}

bool tutor_evaluate(
	const struct tutor_options *options, size_t lesson, bool *ret_passed, struct error *err)
{
	struct session s = {
		.options = options,
		.screen = options->screen,
		.course = options->course,
		.lesson = lesson,
		.timer = -1,
	};
	const struct course_lesson *l = &options->course->lessons[lesson];
	if (l->quiz_path == NULL)
		return error_set_kind(err, ERROR_USAGE, "lesson '%s' has no evaluation", l->anchor);
	screen_say(s.screen, SCREEN_TITLE, "🧪 ", "%s", l->title);
	int result = evaluate(&s);
	screen_flush(s.screen);
	if (result < 0)
		return error_set_kind(err, ERROR_FAILED, "the evaluation was not taken to its end");
	*ret_passed = result > 0;
	return true;
}

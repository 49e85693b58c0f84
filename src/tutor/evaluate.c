/* tutor/evaluate.c - runs a quiz: questions one by one, feedback, score, attempts */
#include "evaluate.h"
#include "tutor.h"

#include <stdlib.h>
#include <string.h>

/* ---- how a question is shown ---- */

static void show_line(void *data, const char *mark, const char *text)
{
	struct screen *screen = data;
	cleanup_free char *indented = xasprintf("  %s", mark);
	screen_say(screen, SCREEN_PLAIN, indented, "%s", text);
}

static void show_question(struct attempt *a, const struct quiz_question *q, const size_t *order,
	unsigned place, unsigned all, bool with_answers)
{
	cleanup_free char *mark = all > 0 ? xasprintf("🧪 %u/%u ", place, all) : xstrdup("🧪 ");
	screen_newline(a->s->screen);
	screen_say(a->s->screen, SCREEN_STRONG, mark, "%s", q->text);
	if (with_answers)
		quiz_list_options(q, order, show_line, a->s->screen);
}

/* ---- one question ---- */

static void record_answer(struct attempt *a, const struct quiz_question *q, const char *response,
	double fraction, int64_t began_ms)
{
	keep_event(a->s, &(struct record_event){
				 .verb = RECORD_ANSWERED,
				 .step = q->id,
				 .question = q->title,
				 .registration = a->registration,
				 .response = response,
				 .has_success = true,
				 .success = quiz_is_full(fraction),
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
	if (quiz_is_full(grade->fraction)) {
		screen_say(screen, SCREEN_GOOD, "✔ ", "correct");
	} else {
		cleanup_free char *solution = quiz_solution(q, order);
		bool is_word = q->kind->option_words != NULL;
		cleanup_buf struct buf part = {0};
		if (grade->fraction > 0)
			buf_printf(&part, _("Partly right (%.0f %%)."), grade->fraction * 100);
		else
			buf_add_text(&part, _("Not quite."));
		if (solution[0] != '\0')
			buf_printf(&part, _(" Correct: %s"), is_word ? _(solution) : solution);
		screen_say(screen, SCREEN_BAD, "✘ ", "%s", buf_text(&part));
	}
	for (size_t i = 0; i < grade->feedback.count; i++)
		screen_say(screen, SCREEN_PLAIN, "  → ", "%s", grade->feedback.items[i]);
}

/* Shows where the learner can read about what was missed. */
static void tell_why(struct attempt *a)
{
	const struct course *course = a->s->course;
	const struct course_lesson *lesson = session_lesson(a->s);
	if (lesson->step_count == 0) /* a bank has nothing to read */
		return;
	a->missed_lesson = a->s->lesson;
	screen_say(a->s->screen, SCREEN_QUIET, "    ",
		"See again: %s %s (`:why`, or `ropes show %s#%s`)", lesson->number, lesson->title,
		course->name, lesson->anchor);
}

static void show_why(struct attempt *a)
{
	if (a->missed_lesson == TUTOR_ALL_LESSONS)
		screen_say(a->s->screen, SCREEN_QUIET, NULL,
			"`:why` shows the lesson about the last question that you missed.");
	else
		show_lesson(a->s->screen, a->s->course, a->missed_lesson);
}

/* Reads a line from the learner that is not a command for the tutor; the caller frees it. NULL: the
 * learner gave up. */
static char *take_response(struct attempt *a, const char *prompt_text)
{
	struct session *s = a->s;
	bool cancelled = false;
	for (;;) {
		char *response = NULL;
		cleanup_error struct error err = {0};
		const struct screen_prompt prompt = {
			.text = prompt_text, .wake_fd = attend_wake_fd(s, -1)};
		enum screen_answer answer = screen_ask(s->screen, &prompt, &response, &err);
		if (answer == SCREEN_WAKE) {
			attend_wake(s);
			continue;
		}
		if (answer == SCREEN_CANCEL && !cancelled) {
			cancelled = true;
			screen_say(s->screen, SCREEN_QUIET, NULL,
				"Ctrl-C again or `:quit` leaves the questions.");
			continue;
		}
		if (answer == SCREEN_QUIT) {
			s->ended = true;
			s->end = TUTOR_HUNG_UP;
		}
		if (answer == SCREEN_LINE && s->aside != NULL && s->aside(s, response)) {
			free(response);
			continue;
		}
		if (answer == SCREEN_LINE && !text_starts(response, ":q") &&
			!text_starts(response, ":w"))
			return response;
		bool why = answer == SCREEN_LINE && text_starts(response, ":w");
		free(response);
		if (!why)
			return NULL;
		show_why(a);
	}
}

static void conclude_question(struct attempt *a, const struct quiz_question *q, const size_t *order,
	const char *response, const struct quiz_grade *grade, int64_t began_ms)
{
	a->points += grade->fraction;
	a->asked++;
	record_answer(a, q, response, grade->fraction, began_ms);
	tell_grade(a, q, order, grade);
	if (!quiz_is_full(grade->fraction))
		tell_why(a);
}

/* The word that a kind reads and a record keeps, for the same one in the reader's language. */
static const char *untranslate_option(const struct quiz_question *q, const char *response)
{
	for (size_t i = 0; q->kind->option_words != NULL && i < q->answer_count; i++)
		if (text_same_fold(response, _(q->answers[i].text)))
			return q->kind->option_words[i];
	return response;
}

/* Asks until the answer can be understood. Returns false if the learner gives up. */
static bool ask_until_understood(
	struct attempt *a, const struct quiz_question *q, const size_t *order)
{
	int64_t began_ms = clock_wall_ms();
	for (;;) {
		cleanup_free char *typed = take_response(a, _(q->kind->prompt));
		if (typed == NULL)
			return false;
		const char *response = untranslate_option(q, typed);
		struct quiz_grade grade = {0};
		quiz_grade(q, order, response, &grade);
		bool understood = grade.understood;
		if (understood)
			conclude_question(a, q, order, response, &grade, began_ms);
		else
			screen_say(a->s->screen, SCREEN_WARN, "! ", "%s `:quit` stops.",
				grade.why != NULL ? grade.why : _("This is not a valid answer."));
		quiz_grade_finish(&grade);
		if (understood)
			return true;
	}
}

/* ---- option by option: discrete-option multiple choice (Foster, Miller 2009) ---- */

/* 1: yes, 0: no, -1: the learner gave up. */
static int ask_yes_or_no(struct attempt *a)
{
	for (;;) {
		cleanup_free char *response = take_response(a, _("is that correct? yes or no › "));
		if (response == NULL)
			return -1;
		const char *word = response + strspn(response, " \t");
		if (screen_means_yes(word))
			return 1;
		if (screen_means_no(word))
			return 0;
		if (strchr("tT", word[0]) != NULL && word[0] != '\0')
			return 1;
		if (strchr("fF", word[0]) != NULL && word[0] != '\0')
			return 0;
		screen_say(
			a->s->screen, SCREEN_WARN, "! ", "Answer with yes or no. `:quit` stops.");
	}
}

static void refuse_the_right_one(struct attempt *a, const struct quiz_question *q,
	const size_t *order, const char *letter, int64_t began_ms)
{
	struct quiz_grade grade = {.understood = true};
	cleanup_free char *response = xasprintf("not %s", letter);
	if (!text_is_blank(q->feedback))
		words_add(&grade.feedback, q->feedback);
	conclude_question(a, q, order, response, &grade, began_ms);
	quiz_grade_finish(&grade);
}

static void take_single_option(struct attempt *a, const struct quiz_question *q,
	const size_t *order, const char *letter, int64_t began_ms)
{
	struct quiz_grade grade = {0};
	quiz_grade(q, order, letter, &grade);
	conclude_question(a, q, order, letter, &grade, began_ms);
	quiz_grade_finish(&grade);
}

static bool ask_one_by_one(struct attempt *a, const struct quiz_question *q, const size_t *order)
{
	int64_t began_ms = clock_wall_ms();
	for (size_t i = 0; i < q->answer_count; i++) {
		const struct quiz_answer *option = &q->answers[order[i]];
		char letter[QUIZ_LETTER_SIZE];
		quiz_letter(i, letter);
		show_option(a->s->screen, i, option->text);
		int answer = ask_yes_or_no(a);
		if (answer < 0)
			return false;
		bool right = quiz_is_full(option->fraction);
		if (answer == 1)
			take_single_option(a, q, order, letter, began_ms);
		else if (right)
			refuse_the_right_one(a, q, order, letter, began_ms);
		if (answer == 1 || right)
			return true;
	}
	return true;
}

bool evaluate_ask(struct attempt *a, const struct quiz_question *q, unsigned place, unsigned all)
{
	if (q->kind->prompt == NULL) {
		screen_say(a->s->screen, SCREEN_PLAIN, NULL, "%s", q->text);
		return true;
	}
	cleanup_free size_t *order = xcalloc(q->answer_count + 1, sizeof *order);
	bool one_by_one = a->one_by_one && q->kind->single;
	quiz_shuffle(q, a->seed, order);
	show_question(a, q, order, place, all, !one_by_one);
	return one_by_one ? ask_one_by_one(a, q, order) : ask_until_understood(a, q, order);
}

/* ---- the whole quiz ---- */

/* What can be asked is asked; the rest is for the author. */
static void tell_unaskable(struct screen *screen, const struct quiz *quiz)
{
	for (size_t i = 0; i < quiz->problem_count; i++) {
		const struct quiz_problem *p = &quiz->problems[i];
		if (p->serious)
			screen_say(screen, SCREEN_WARN, "! ", "Not asked: %s:%d:%d: %s", p->path,
				p->line, p->column, p->message);
	}
}

static struct quiz *load_lesson_quiz(struct session *s)
{
	const struct course_lesson *lesson = session_lesson(s);
	struct quiz *quiz = NULL;
	cleanup_error struct error err = {0};
	if (lesson->quiz_path == NULL)
		screen_say(s->screen, SCREEN_QUIET, NULL, "This lesson has no quiz.");
	else if (!quiz_load(lesson->quiz_path, &quiz, &err))
		screen_say(s->screen, SCREEN_WARN, "! ", "The quiz cannot be read: %s",
			error_text(&err));
	if (quiz != NULL)
		tell_unaskable(s->screen, quiz);
	return quiz;
}

struct attempt evaluate_begin(struct session *s)
{
	struct attempt a = {.s = s,
		.started_ms = clock_wall_ms(),
		.one_by_one = s->options->one_by_one,
		.missed_lesson = TUTOR_ALL_LESSONS};
	a.seed = session_seed(s);
	uuid_make(a.registration);
	return a;
}

/* Returns what is recorded of the lesson's quiz; empty if nothing is recorded. */
static struct record_attempts recorded_attempts(struct session *s)
{
	struct record_progress progress = {0};
	struct record_attempts found = {0};
	cleanup_error struct error ignored = {0};
	if (s->options->record == NULL ||
		!record_progress(s->options->record, s->options->learner, &progress, &ignored))
		return found;
	for (size_t c = 0; c < progress.course_count; c++)
		for (size_t i = 0; i < progress.courses[c].lesson_count; i++)
			if (text_same(progress.courses[c].course, s->course->id) &&
				text_same(progress.courses[c].lessons[i].lesson,
					session_lesson(s)->anchor))
				found = progress.courses[c].lessons[i].quiz;
	record_progress_finish(&progress);
	return found;
}

static void tell_history(struct session *s)
{
	struct record_attempts quiz = recorded_attempts(s);
	if (quiz.count > 1)
		screen_say(s->screen, SCREEN_QUIET, NULL,
			"%u attempts: first %.0f %%, best %.0f %%, last %.0f %%", quiz.count,
			quiz.first * 100, quiz.best * 100, quiz.last * 100);
}

/* Applies the lesson's rules for another attempt; says why none is allowed. */
static bool may_take(struct session *s)
{
	const struct course_evaluation *rules = &session_lesson(s)->evaluation;
	struct record_attempts quiz = recorded_attempts(s);
	int64_t since_ms = clock_wall_ms() - quiz.last_ms; /* negative: the clock was wrong then */
	int64_t wait_ms = since_ms < 0 ? 0 : (int64_t)rules->wait_minutes * 60000 - since_ms;
	if (rules->attempts > 0 && quiz.count >= rules->attempts) {
		screen_say(s->screen, SCREEN_WARN, "! ",
			"You have used all %u attempts; your best score is %.0f %%. `ropes review` repeats the questions that you missed.",
			rules->attempts, quiz.best * 100);
		return false;
	}
	if (quiz.count > 0 && quiz.last < rules->pass - 1e-9 && wait_ms > 0) {
		cleanup_buf struct buf left = {0};
		text_duration(&left, wait_ms);
		screen_say(s->screen, SCREEN_WARN, "! ",
			"You can try again in %s. Until then `ropes review` repeats the questions that you missed.",
			buf_text(&left));
		return false;
	}
	return true;
}

/* Returns whether the quiz was passed. */
static bool conclude_evaluation(struct attempt *a)
{
	struct session *s = a->s;
	double fraction = a->asked > 0 ? a->points / a->asked : 0;
	double needed = session_lesson(s)->evaluation.pass;
	bool passed = fraction >= needed - 1e-9;
	cleanup_free char *verdict =
		passed ? xstrdup(_("passed"))
		       : xasprintf(_("not passed yet; you need %.0f %%. `:quiz` tries again"),
				 needed * 100);
	screen_newline(s->screen);
	screen_say(s->screen, passed ? SCREEN_GOOD : SCREEN_BAD, passed ? "✔ " : "✘ ",
		"%.3g of %u points (%.0f %%): %s", a->points, a->asked, fraction * 100, verdict);
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
		all += quiz->questions[i].kind->prompt != NULL;
	return all;
}

/* Asks the missed questions again at once; this is practice, and the score does not change. */
static void practise_missed(struct attempt *of, const struct quiz *quiz)
{
	struct attempt a = evaluate_begin(of->s);
	unsigned count = 0;
	for (size_t i = 0; i < quiz->question_count; i++)
		count += of->missed[i];
	if (count == 0)
		return;
	a.missed_lesson = of->missed_lesson;
	cleanup_free char *text =
		count == 1
			? xstrdup(_("Practise the question you missed? [Y/n] "))
			: xasprintf(language_plural("Practise the %u question you missed? [Y/n] ",
					    "Practise the %u questions you missed? [Y/n] ", count),
				  count);
	cleanup_free char *answer = take_response(of, text);
	if (answer == NULL || screen_means_no(answer))
		return;
	for (size_t i = 0; i < quiz->question_count; i++)
		if (of->missed[i] && !evaluate_ask(&a, &quiz->questions[i], 0, 0))
			return;
	screen_say(a.s->screen, SCREEN_STRONG, NULL, "%.3g of %u correct this time", a.points,
		a.asked);
}

/* Returns false if the learner left before the end. */
static bool ask_all(struct attempt *a, const struct quiz *quiz)
{
	unsigned all = count_asked(quiz), place = 1;
	for (size_t i = 0; i < quiz->question_count; i++) {
		double before = a->points;
		unsigned asked = a->asked;
		if (!evaluate_ask(a, &quiz->questions[i], place, all))
			return false;
		a->missed[i] = a->asked > asked && !quiz_is_full(a->points - before);
		place += a->asked > asked;
	}
	return all > 0;
}

/* 1: passed, 0: failed, -1: not finished. */
static int run_evaluation(struct session *s, bool one_by_one)
{
	struct quiz *quiz = may_take(s) ? load_lesson_quiz(s) : NULL;
	if (quiz == NULL)
		return -1;
	struct attempt a = evaluate_begin(s);
	cleanup_free bool *missed = xcalloc(quiz->question_count + 1, sizeof *missed);
	a.missed = missed;
	a.one_by_one = a.one_by_one || one_by_one;
	keep_event(s,
		&(struct record_event){
			.verb = RECORD_ATTEMPTED, .registration = a.registration, .seed = a.seed});
	bool whole = ask_all(&a, quiz);
	int result = -1;
	if (whole) {
		result = conclude_evaluation(&a);
		practise_missed(&a, quiz);
	} else {
		screen_say(s->screen, SCREEN_QUIET, NULL,
			"Quiz abandoned, no score. `:quiz` starts it again.");
	}
	quiz_destroy(quiz);
	return result;
}

void evaluate_lesson(struct session *s, bool one_by_one)
{
	keep_reached(s);
	(void)run_evaluation(s, one_by_one); /* the record has the result */
	if (!s->ended)
		show_offer(s);
}

void evaluate_step(struct session *s)
{
	const struct course_step *step = session_step(s);
	struct quiz *quiz = load_lesson_quiz(s);
	const struct quiz_question *q = quiz != NULL ? quiz_find(quiz, step->quiz) : NULL;
	if (quiz != NULL && q == NULL)
		screen_say(s->screen, SCREEN_WARN, "! ", "%s:%d: there is no question `%s`",
			session_lesson(s)->note->path, step->line, step->quiz);
	if (q != NULL) {
		struct attempt a = evaluate_begin(s);
		if (evaluate_ask(&a, q, 1, 0)) {
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
		return error_set_kind(err, ERROR_USAGE, "the lesson '%s' has no quiz", l->anchor);
	screen_say(s.screen, SCREEN_TITLE, "🧪 ", "%s", l->title);
	int result = run_evaluation(&s, false);
	screen_flush(s.screen);
	if (result < 0)
		return error_set_kind(err, ERROR_FAILED, "the quiz was not finished");
	*ret_passed = result > 0;
	return true;
}

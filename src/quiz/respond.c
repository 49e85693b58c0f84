/* quiz/respond.c - answers as a learner would type them who knows everything, or nothing: for a
 * course's own test */
#include "quiz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Writes the letters of the wanted answers, in the order shown. */
static void respond_letters(
	const struct quiz_question *q, const size_t *order, bool right, struct buf *out)
{
	double worst = 1;
	for (size_t i = 0; i < q->answer_count; i++)
		worst = q->answers[i].fraction < worst ? q->answers[i].fraction : worst;
	bool one = q->kind == QUIZ_CHOICE || !right;
	for (size_t i = 0; i < q->answer_count && !(one && out->length > 0); i++) {
		double fraction = q->answers[order[i]].fraction;
		bool wanted = !right                   ? fraction <= worst
			      : q->kind == QUIZ_CHOICE ? quiz_is_full(fraction)
						       : fraction > 0;
		if (wanted)
			buf_printf(out, "%s%c", out->length > 0 ? " " : "", (char)('a' + i));
	}
}

static const struct quiz_answer *best_answer(const struct quiz_question *q)
{
	const struct quiz_answer *best = NULL;
	for (size_t i = 0; i < q->answer_count; i++)
		if (best == NULL || q->answers[i].fraction > best->fraction)
			best = &q->answers[i];
	return best;
}

/* Writes a correct text: '*' matches anything, so it may be left out. */
static void respond_text(const struct quiz_question *q, bool right, struct buf *out)
{
	const struct quiz_answer *best = best_answer(q);
	if (!right || best == NULL) {
		buf_add_text(out, "no idea at all");
		return;
	}
	for (const char *c = best->text; *c != '\0'; c++)
		if (*c != '*')
			buf_add_char(out, *c);
	if (out->length == 0)
		buf_add_text(out, "anything");
}

static void respond_number(const struct quiz_question *q, bool right, struct buf *out)
{
	const struct quiz_answer *best = best_answer(q);
	double highest = 0;
	for (size_t i = 0; i < q->answer_count; i++)
		if (isfinite(q->answers[i].high) && q->answers[i].high > highest)
			highest = q->answers[i].high;
	if (right && best != NULL)
		buf_printf(out, "%.15g", best->low + (best->high - best->low) / 2);
	else
		buf_printf(out, "%.15g", highest + 1e6);
}

/* For wrong pairs, shift every pair by one. */
static void respond_pairs(
	const struct quiz_question *q, const size_t *order, bool right, struct buf *out)
{
	for (size_t i = 0; i < q->answer_count; i++) {
		size_t wanted = right ? i : (i + 1) % q->answer_count, place = 0;
		while (place < q->answer_count &&
			!text_same(q->answers[order[place]].match, q->answers[wanted].match))
			place++;
		if (q->answers[i].text[0] != '\0')
			buf_printf(out, "%s%c%zu", out->length > 0 ? " " : "", (char)('a' + i),
				place + 1);
	}
}

char *quiz_response(const struct quiz_question *q, const size_t *order, bool right)
{
	struct buf out = {0};
	switch (q->kind) {
	case QUIZ_DESCRIPTION:
		return NULL;
	case QUIZ_CHOICE:
	case QUIZ_CHOICES:
		respond_letters(q, order, right, &out);
		break;
	case QUIZ_TRUE_FALSE:
		buf_add_text(&out, (q->answers[0].fraction > 0.5) == right ? "true" : "false");
		break;
	case QUIZ_SHORT:
		respond_text(q, right, &out);
		break;
	case QUIZ_NUMERICAL:
		respond_number(q, right, &out);
		break;
	case QUIZ_MATCHING:
		respond_pairs(q, order, right, &out);
		break;
	case QUIZ_ESSAY:
		buf_add_text(&out, right ? "100" : "0");
		break;
	}
	return buf_steal(&out);
}

bool quiz_can_be_right(const struct quiz_question *q, char **ret_why)
{
	if (q->kind == QUIZ_DESCRIPTION)
		return true;
	cleanup_free size_t *order = xcalloc(q->answer_count + 1, sizeof *order);
	quiz_shuffle(q, 1, order);
	cleanup_free char *response = quiz_response(q, order, true);
	struct quiz_grade grade = {0};
	quiz_grade(q, order, response, &grade);
	bool full = grade.understood && quiz_is_full(grade.fraction);
	if (!full)
		*ret_why = xasprintf("its best answer `%s` earns %.0f %% of the point", response,
			grade.understood ? grade.fraction * 100 : 0);
	quiz_grade_finish(&grade);
	return full;
}

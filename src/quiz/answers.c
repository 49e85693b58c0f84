/* quiz/answers.c - what several kinds of answers have in common: reading their parts, letters,
 * grading by one answer */
#include "private.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

struct quiz_answer *answers_add(struct answers *a)
{
	a->items =
		arena_grow(&a->gift->quiz->arena, a->items, a->q->answer_count, sizeof *a->items);
	a->q->answers = a->items;
	a->items[a->q->answer_count] = (struct quiz_answer){0};
	return &a->items[a->q->answer_count++];
}

bool answers_next(
	struct gift_span *rest, const char *signs, char *ret_sign, struct gift_span *ret_part)
{
	*rest = gift_trim(*rest);
	if (rest->at == rest->end)
		return false;
	bool signed_part = strchr(signs, *rest->at) != NULL;
	*ret_sign = signed_part ? *rest->at++ : '\0';
	const char *next = gift_find(*rest, signs);
	*ret_part = gift_trim((struct gift_span){rest->at, next});
	if (ret_part->at == ret_part->end) /* it is where it would begin */
		*ret_part = (struct gift_span){rest->at, rest->at};
	rest->at = next;
	return true;
}

/* Moodle's /^%-*([0-9]{1,2})\.?([0-9]*)%/, with at most one '-'. Returns the end; NULL: no weight.
 */
static const char *weight_end(struct gift_span part)
{
	const char *c = part.at;
	if (c == part.end || *c++ != '%')
		return NULL;
	c += c < part.end && *c == '-';
	const char *digits = c;
	while (c < part.end && isdigit((unsigned char)*c))
		c++;
	if (c == digits)
		return NULL;
	c += c < part.end && *c == '.';
	while (c < part.end && isdigit((unsigned char)*c))
		c++;
	return c < part.end && *c == '%' ? c + 1 : NULL;
}

bool answers_has_weight(struct gift_span part)
{
	return weight_end(part) != NULL;
}

/* The weights that Moodle knows, in percent; an import refuses questions with others. */
static double nearest_weight(double percent)
{
	static const double known[] = {0, 5, 10, 100 / 9.0, 12.5, 100 / 7.0, 100 / 6.0, 20, 25, 30,
		100 / 3.0, 40, 50, 60, 200 / 3.0, 70, 75, 80, 500 / 6.0, 90, 100};
	double nearest = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
		if (fabs(known[i] - fabs(percent)) < fabs(nearest - fabs(percent)))
			nearest = known[i];
	return percent < 0 ? -nearest : nearest;
}

bool answers_read_weight(struct answers *a, struct gift_span *part, double *ret)
{
	const char *end = weight_end(*part);
	if (end == NULL)
		return true;
	double percent = strtod(part->at + 1, NULL), known = nearest_weight(percent);
	if (fabs(percent) > 100)
		return gift_error(
			a->gift, part->at, "a weight is between -100 and 100, not %g", percent);
	if (fabs(percent - known) >= 1e-3)
		gift_warn(a->gift, part->at,
			"Moodle refuses the weight %g %%; the nearest that it knows is %.7g %%",
			percent, known);
	*ret = percent / 100;
	part->at = end;
	return true;
}

const char *answers_read_text(struct answers *a, struct gift_span span, struct quiz_source *ret)
{
	ret->format = a->q->text_source.format;
	ret->text = gift_read_format(gift_text(a->gift, span), &ret->format);
	return gift_render(a->gift, span.at, *ret);
}

struct quiz_answer *answers_add_text(struct answers *a, struct gift_span part, double fraction)
{
	const char *hash = gift_find(part, "#");
	struct quiz_source source;
	const char *text = answers_read_text(a, (struct gift_span){part.at, hash}, &source);
	if (source.text[0] == '\0') {
		gift_warn(a->gift, part.at, "an answer has no text and is left out");
		return NULL;
	}
	struct quiz_answer *answer = answers_add(a);
	answer->fraction = fraction;
	answer->text = text;
	answer->text_source = source;
	if (hash < part.end)
		answer->feedback = answers_read_text(
			a, (struct gift_span){hash + 1, part.end}, &answer->feedback_source);
	return answer;
}

const struct quiz_answer *answers_find_best(const struct quiz_question *q)
{
	const struct quiz_answer *best = NULL;
	for (size_t i = 0; i < q->answer_count; i++)
		if (best == NULL || q->answers[i].fraction > best->fraction)
			best = &q->answers[i];
	return best;
}

double answers_best(const struct quiz_question *q)
{
	const struct quiz_answer *best = answers_find_best(q);
	return best != NULL ? best->fraction : 0;
}

/* ---- letters ---- */

void quiz_letter(size_t option, char ret[QUIZ_LETTER_SIZE])
{
	char digits[QUIZ_LETTER_SIZE];
	size_t count = 0;
	for (size_t left = option + 1; left > 0 && count < sizeof digits - 1;
		left = (left - 1) / 26)
		digits[count++] = (char)('a' + (left - 1) % 26);
	for (size_t i = 0; i < count; i++)
		ret[i] = digits[count - 1 - i];
	ret[count] = '\0';
}

size_t answers_option(const char *letters, size_t length, size_t count)
{
	size_t option = 0;
	for (size_t i = 0; i < length && option <= count; i++)
		option = option * 26 + (size_t)(tolower((unsigned char)letters[i]) - 'a') + 1;
	return option - 1;
}

/* With up to 26 options each letter is one; "ac" is a and c. */
bool answers_read_letters(const struct quiz_question *q, const char *response, bool *shown)
{
	for (const char *c = response; *c != '\0';) {
		size_t length = 0;
		while (isalpha((unsigned char)c[length]) && (length == 0 || q->answer_count > 26))
			length++;
		if (length == 0) {
			if (strchr(" ,;.)\t", *c) == NULL)
				return false;
			c++;
			continue;
		}
		size_t option = answers_option(c, length, q->answer_count);
		if (option >= q->answer_count)
			return false;
		shown[option] = true;
		c += length;
	}
	return true;
}

size_t answers_place(const struct quiz_question *q, const size_t *order, size_t answer)
{
	size_t place = 0;
	while (place + 1 < q->answer_count && order[place] != answer)
		place++;
	return place;
}

/* ---- grading ---- */

bool quiz_is_full(double fraction)
{
	return fraction >= 1 - 1e-9;
}

void answers_misunderstand(struct quiz_grade *ret, const char *why)
{
	ret->why = xstrdup(_(why));
}

void answers_add_feedback(struct quiz_grade *ret, const char *feedback)
{
	if (!text_is_blank(feedback))
		words_add(&ret->feedback, feedback);
}

void answers_grade_by(const struct quiz_answer *answer, struct quiz_grade *ret)
{
	ret->understood = true;
	if (answer == NULL)
		return;
	ret->fraction = answer->fraction < 0 ? 0 : answer->fraction;
	answers_add_feedback(ret, answer->feedback);
}

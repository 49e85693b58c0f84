/* quiz/numerical.c - numbers: "#3", "#3:0.5" (tolerance), "#1..5" (range), several with weights */
#include "private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool accepts_number(struct gift_span text)
{
	return *text.at == '#';
}

/* ---- reading ---- */

static bool read_number(const char *at, size_t length, double *ret)
{
	cleanup_free char *text = xstrndup(at, length);
	char *stop;
	if (text_is_blank(text))
		return false;
	*ret = strtod(text, &stop);
	return text_is_blank(stop) && isfinite(*ret);
}

/* "3", "3:0.5", "1..5", "*" (any number) */
static bool read_range(struct quiz_answer *a)
{
	const char *dots = strstr(a->text, ".."), *colon = strchr(a->text, ':');
	double middle, tolerance = 0;
	if (text_same(a->text, "*")) {
		a->low = -INFINITY;
		a->high = INFINITY;
		return true;
	}
	if (dots != NULL)
		return read_number(a->text, (size_t)(dots - a->text), &a->low) &&
		       read_number(dots + 2, strlen(dots + 2), &a->high) && a->low <= a->high;
	if (!read_number(a->text, strcspn(a->text, ":"), &middle) ||
		(colon != NULL &&
			(!read_number(colon + 1, strlen(colon + 1), &tolerance) || tolerance < 0)))
		return false;
	a->low = middle - tolerance;
	a->high = middle + tolerance;
	return true;
}

/* After '~' is feedback for any other number. */
static void add_otherwise(struct answers *a, struct gift_span text)
{
	const char *hash = gift_find(text, "#");
	struct quiz_answer *answer = answers_add(a);
	*answer = (struct quiz_answer){.text = "*", .low = -INFINITY, .high = INFINITY};
	if (hash < text.end)
		answer->feedback = answers_formatted(a, (struct gift_span){hash + 1, text.end});
}

static bool parse_numbers(struct answers *a, struct gift_span text)
{
	char sign;
	struct gift_span part, otherwise = text;
	text.at++;
	otherwise.at = text.end = gift_find(text, "~");
	while (answers_next(&text, "=", &sign, &part)) {
		double fraction = 1;
		if (answers_read_weight(&part, &fraction) && fabs(fraction) > 1)
			return gift_error(
				a->gift, part.at, "a weight is %%NUMBER%% between -100 and 100");
		struct quiz_answer *answer = answers_add_text(a, part, fraction);
		if (!read_range(answer))
			return gift_error(a->gift, part.at,
				"'%s' is no number, NUMBER:TOLERANCE or LOW..HIGH", answer->text);
	}
	if (a->q->answer_count == 0)
		return gift_error(a->gift, text.at, "the number is missing after '#'");
	if (otherwise.at < otherwise.end)
		add_otherwise(a, otherwise);
	return true;
}

static void print_numbers(const struct quiz_question *q, struct buf *out)
{
	buf_add_char(out, '#');
	for (size_t i = 0; i < q->answer_count; i++) {
		const struct quiz_answer *a = &q->answers[i];
		bool otherwise = isinf(a->low) && a->fraction == 0;
		write_sign(out, otherwise ? '~' : '=', a->fraction);
		buf_add_text(out, otherwise ? "" : a->text);
		write_feedback(out, "#", a->feedback);
	}
}

/* ---- answering ---- */

static void grade_number(const struct quiz_question *q, const size_t *order, const char *response,
	struct quiz_grade *ret)
{
	const struct quiz_answer *best = NULL;
	cleanup_free char *text = xstrdup(response);
	char *comma = strchr(text, ',');
	double number;
	(void)order;
	if (comma != NULL && strchr(text, '.') == NULL)
		*comma = '.';
	if (!read_number(text, strlen(text), &number)) {
		answers_misunderstand(ret, "Answer with a number.");
		return;
	}
	for (size_t i = 0; i < q->answer_count; i++) {
		const struct quiz_answer *a = &q->answers[i];
		double slack = 1e-9 * (1 + fabs(number));
		if (number >= a->low - slack && number <= a->high + slack &&
			(best == NULL || a->fraction > best->fraction))
			best = a;
	}
	answers_grade_by(best, ret);
}

static void solve_number(const struct quiz_question *q, const size_t *order, struct buf *out)
{
	const struct quiz_answer *best = answers_find_best(q);
	(void)order;
	buf_add_text(out, best != NULL ? best->text : "");
}

static void respond_number(
	const struct quiz_question *q, const size_t *order, bool right, struct buf *out)
{
	const struct quiz_answer *best = answers_find_best(q);
	double highest = 0;
	(void)order;
	for (size_t i = 0; i < q->answer_count; i++)
		if (isfinite(q->answers[i].high))
			highest = fmax(highest, q->answers[i].high);
	if (!right || best == NULL)
		buf_printf(out, "%.15g", highest + 1e6);
	else
		buf_printf(out, "%.15g",
			isfinite(best->low) ? best->low + (best->high - best->low) / 2 : 0);
}

const struct kind quiz_kind_numerical = {
	.face = {.name = "numerical",
		.prompt = "number › ",
		.room_name = "numeric",
		.room_how = "`:answer 42`"},
	.accepts = accepts_number,
	.parse = parse_numbers,
	.print = print_numbers,
	.grade = grade_number,
	.solve = solve_number,
	.respond = respond_number,
};

/* quiz/answers.c - parses what is between a question's braces: choices, matching, numbers, truth,
 * weights, feedback */
#include "private.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct answer_reader {
	struct gift *gift;
	struct quiz_question *q;
	struct quiz_answer *answers;
	size_t right, wrong; /* answers that begin with '=' and with '~' */
	bool pairs;          /* some '=' answer contains "->" */
};

static struct quiz_answer *new_answer(struct answer_reader *r)
{
	r->answers = arena_grow(
		&r->gift->quiz->arena, r->answers, r->q->answer_count, sizeof *r->answers);
	r->q->answers = r->answers;
	r->answers[r->q->answer_count] = (struct quiz_answer){0};
	return &r->answers[r->q->answer_count++];
}

/* ---- parts of an answer ---- */

/* Reads a leading "%50%" and moves *at past it. */
static bool read_weight(
	struct answer_reader *r, const char **at, const char *end, double *ret, struct error *err)
{
	const char *start = *at;
	while (start < end && isspace((unsigned char)*start))
		start++;
	if (start >= end || *start != '%')
		return true;
	const char *close = memchr(start + 1, '%', (size_t)(end - start - 1));
	char *stop;
	double percent = close != NULL ? strtod(start + 1, &stop) : 0;
	if (close == NULL || stop != close || !(percent >= -100 && percent <= 100))
		return gift_error(
			r->gift, start, err, "a weight is %%NUMBER%% between -100 and 100");
	*ret = percent / 100;
	*at = close + 1;
	return true;
}

static const char *find_arrow(const char *at, const char *end)
{
	for (; at + 1 < end; at++) {
		if (*at == '\\' && at[1] != '-')
			at++;
		else if (at[0] == '-' && at[1] == '>')
			return at;
	}
	return NULL;
}

/* Answers and feedback may name a format of their own; a terminal ignores it. */
static const char *read_formatted(struct answer_reader *r, const char *at, const char *end)
{
	enum quiz_format format = QUIZ_MOODLE;
	const char *text = gift_format(at, &format);
	return gift_text(r->gift, text < end ? text : end, end);
}

/* Reads the text between a '=' or '~' and the next one: weight, text, "#feedback". */
static bool read_answer_item(
	struct answer_reader *r, char sign, const char *at, const char *end, struct error *err)
{
	double fraction = sign == '=' ? 1 : 0;
	if (!read_weight(r, &at, end, &fraction, err))
		return false;
	const char *hash = gift_find(at, end, "#");
	struct quiz_answer *a = new_answer(r);
	const char *arrow = sign == '=' ? find_arrow(at, hash) : NULL;
	a->fraction = fraction;
	if (arrow != NULL) {
		r->pairs = true;
		a->text = read_formatted(r, at, arrow);
		a->match = gift_text(r->gift, arrow + 2, hash);
	} else {
		a->text = read_formatted(r, at, hash);
	}
	if (hash < end)
		a->feedback = read_formatted(r, hash + 1, end);
	r->right += sign == '=';
	r->wrong += sign == '~';
	if (a->text[0] == '\0' && arrow == NULL)
		return gift_error(r->gift, at, err, "an answer has no text");
	return true;
}

static bool read_list(
	struct answer_reader *r, const char *start, const char *end, struct error *err)
{
	const char *at = gift_find(start, end, "=~");
	for (const char *c = start; c < at; c++)
		if (!isspace((unsigned char)*c))
			return gift_error(r->gift, c, err,
				"answers begin with '=' (right) or '~' (wrong); write \\= and \\~ "
				"for the characters");
	while (at < end) {
		const char *next = gift_find(at + 1, end, "=~");
		if (!read_answer_item(r, *at, at + 1, next, err))
			return false;
		at = next;
	}
	return true;
}

/* ---- numbers ---- */

static bool number_between(const char *at, const char *end, double *ret)
{
	cleanup_free char *text = xstrndup(at, (size_t)(end - at));
	char *stop;
	if (text_is_blank(text))
		return false;
	*ret = strtod(text, &stop);
	return text_is_blank(stop) && isfinite(*ret);
}

/* "3", "3:0.5" (tolerance), "1..5" (range) */
static bool read_numeric_range(const char *at, const char *end, struct quiz_answer *a)
{
	for (const char *c = at; c + 1 < end; c++)
		if (c[0] == '.' && c[1] == '.')
			return number_between(at, c, &a->low) &&
			       number_between(c + 2, end, &a->high) && a->low <= a->high;
	const char *colon = memchr(at, ':', (size_t)(end - at));
	double middle, tolerance = 0;
	if (!number_between(at, colon != NULL ? colon : end, &middle) ||
		(colon != NULL && (!number_between(colon + 1, end, &tolerance) || tolerance < 0)))
		return false;
	a->low = middle - tolerance;
	a->high = middle + tolerance;
	return true;
}

static bool read_numerical_one(struct answer_reader *r, double fraction, bool wrong, const char *at,
	const char *end, struct error *err)
{
	if (!read_weight(r, &at, end, &fraction, err))
		return false;
	const char *hash = gift_find(at, end, "#");
	struct quiz_answer *a = new_answer(r);
	a->fraction = fraction;
	a->text = gift_text(r->gift, at, hash);
	if (hash < end)
		a->feedback = read_formatted(r, hash + 1, end);
	if (wrong && (a->text[0] == '\0' || text_same(a->text, "*"))) {
		a->low = -INFINITY; /* any other response */
		a->high = INFINITY;
		return true;
	}
	return read_numeric_range(at, hash, a) ||
	       gift_error(r->gift, at, err, "'%s' is no number, NUMBER:TOLERANCE or LOW..HIGH",
		       a->text);
}

static bool read_numerical(
	struct answer_reader *r, const char *at, const char *end, struct error *err)
{
	const char *next = gift_find(at, end, "=~");
	bool lone = false;
	for (const char *c = at; c < next; c++)
		lone = lone || !isspace((unsigned char)*c);
	r->q->kind = QUIZ_NUMERICAL;
	if (lone && !read_numerical_one(r, 1, false, at, next, err))
		return false;
	while (next < end) {
		const char *start = next;
		next = gift_find(start + 1, end, "=~");
		if (!read_numerical_one(
			    r, *start == '=' ? 1 : 0, *start == '~', start + 1, next, err))
			return false;
	}
	return r->q->answer_count > 0 ||
	       gift_error(r->gift, at, err, "the number is missing behind '#'");
}

/* ---- truth ---- */

static const struct {
	const char *word;
	bool value;
} truths[] = {{"TRUE", true}, {"T", true}, {"FALSE", false}, {"F", false}};

/* "TRUE#wrong feedback#right feedback": the order that Moodle uses. */
static bool read_truth(struct answer_reader *r, const char *at, const char *end)
{
	const char *hash = gift_find(at, end, "#");
	const char *word = gift_text(r->gift, at, hash);
	for (size_t i = 0; i < ARRAY_LENGTH(truths); i++) {
		if (strcasecmp(word, truths[i].word) != 0)
			continue;
		const char *second = hash < end ? gift_find(hash + 1, end, "#") : end;
		const char *wrong = hash < end ? read_formatted(r, hash + 1, second) : NULL;
		const char *right = second < end ? read_formatted(r, second + 1, end) : NULL;
		for (int truth = 1; truth >= 0; truth--) {
			bool is_right = (truth == 1) == truths[i].value;
			struct quiz_answer *a = new_answer(r);
			a->text = truth == 1 ? "True" : "False";
			a->fraction = is_right ? 1 : 0;
			a->feedback = is_right ? right : wrong;
		}
		r->q->kind = QUIZ_TRUE_FALSE;
		return true;
	}
	return false;
}

/* ---- all kinds ---- */

static double positive_sum(const struct quiz_question *q)
{
	double sum = 0;
	for (size_t i = 0; i < q->answer_count; i++)
		sum += q->answers[i].fraction > 0 ? q->answers[i].fraction : 0;
	return sum;
}

static double greatest_fraction(const struct quiz_question *q)
{
	double max = 0;
	for (size_t i = 0; i < q->answer_count; i++)
		max = q->answers[i].fraction > max ? q->answers[i].fraction : max;
	return max;
}

static bool settle_kind(struct answer_reader *r, const char *at, struct error *err)
{
	struct quiz_question *q = r->q;
	if (r->pairs) {
		q->kind = QUIZ_MATCHING;
		size_t whole = 0;
		for (size_t i = 0; i < q->answer_count; i++) {
			if (q->answers[i].match == NULL || q->answers[i].match[0] == '\0')
				return gift_error(r->gift, at, err,
					"in a matching question every answer is '=left -> right'");
			whole += q->answers[i].text[0] != '\0';
		}
		return (q->answer_count >= 3 && whole >= 2) ||
		       gift_error(
			       r->gift, at, err, "a matching question needs at least three pairs");
	}
	if (r->wrong == 0) {
		q->kind = QUIZ_SHORT;
	} else {
		q->kind = r->right > 0 ? QUIZ_CHOICE : QUIZ_CHOICES;
		if (r->right == 0 && fabs(positive_sum(q) - 1) > 0.02)
			return gift_error(r->gift, at, err,
				"the right answers' weights must add up to 100 %%, not to %g %%",
				positive_sum(q) * 100);
		if (q->answer_count < 2)
			return gift_error(r->gift, at, err, "a choice needs at least two answers");
	}
	return q->kind == QUIZ_CHOICES || quiz_is_full(greatest_fraction(q)) ||
	       gift_error(r->gift, at, err, "no answer is fully right, so it can't be passed");
}

bool answers_read(struct gift *gift, struct quiz_question *q, const char *start, const char *end,
	struct error *err)
{
	struct answer_reader r = {.gift = gift, .q = q};
	for (const char *c = start; c + 3 < end; c++) {
		if (*c == '\\') {
			c++;
		} else if (strncmp(c, "####", 4) == 0) { /* general feedback */
			q->feedback = read_formatted(&r, c + 4, end);
			end = c;
		}
	}
	const char *at = start;
	while (at < end && isspace((unsigned char)*at))
		at++;
	if (at == end) {
		q->kind = QUIZ_ESSAY;
		return true;
	}
	if (*at == '#')
		return read_numerical(&r, at + 1, end, err);
	if (read_truth(&r, at, end))
		return true;
	return read_list(&r, at, end, err) && settle_kind(&r, at, err);
}

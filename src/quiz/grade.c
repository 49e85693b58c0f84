/* quiz/grade.c - grades answers and computes the order in which to show them */
#include "quiz.h"

#include <ctype.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *quiz_kind_name(enum quiz_kind kind)
{
	static const char *const names[] = {
		[QUIZ_DESCRIPTION] = "description",
		[QUIZ_CHOICE] = "choice",
		[QUIZ_CHOICES] = "choices",
		[QUIZ_TRUE_FALSE] = "true-false",
		[QUIZ_SHORT] = "short",
		[QUIZ_MATCHING] = "matching",
		[QUIZ_NUMERICAL] = "numerical",
		[QUIZ_ESSAY] = "essay",
	};
	return names[kind];
}

/* ---- order ---- */

void quiz_shuffle(const struct quiz_question *q, uint64_t seed, size_t *order)
{
	uint64_t state = q->id != NULL ? hash_bytes(seed, q->id, strlen(q->id)) : seed;
	for (size_t i = 0; i < q->answer_count; i++)
		order[i] = i;
	if (q->kind == QUIZ_TRUE_FALSE)
		return;
	for (size_t i = q->answer_count; i > 1; i--) { /* Fisher-Yates shuffle */
		size_t k = (size_t)(random_next(&state) % i), kept = order[i - 1];
		order[i - 1] = order[k];
		order[k] = kept;
	}
}

/* ---- grading ---- */

void quiz_grade_finish(struct quiz_grade *grade)
{
	words_finish(&grade->feedback);
	free(grade->why);
	*grade = (struct quiz_grade){0};
}

static void set_misunderstood(struct quiz_grade *ret, const char *why)
{
	ret->why = xstrdup(why);
}

static void append_feedback(struct quiz_grade *ret, const char *feedback)
{
	if (!text_is_blank(feedback))
		words_add(&ret->feedback, feedback);
}

static void grade_choices(const struct quiz_question *q, const size_t *order, const char *response,
	struct quiz_grade *ret)
{
	cleanup_free bool *chosen = xcalloc(q->answer_count, sizeof *chosen);
	size_t count = 0;
	double sum = 0;
	for (const char *c = response; *c != '\0'; c++) {
		size_t letter = (size_t)(tolower((unsigned char)*c) - 'a');
		if (strchr(" ,;.)\t", *c) != NULL)
			continue;
		if (!isalpha((unsigned char)*c) || letter >= q->answer_count) {
			set_misunderstood(ret, q->kind == QUIZ_CHOICE
						       ? "Answer with one of the letters."
						       : "Answer with the letters, such as `a c`.");
			return;
		}
		count += !chosen[order[letter]];
		chosen[order[letter]] = true;
	}
	if (count == 0 || (q->kind == QUIZ_CHOICE && count > 1)) {
		set_misunderstood(
			ret, count == 0 ? "Answer with a letter." : "One letter only, please.");
		return;
	}
	for (size_t i = 0; i < q->answer_count; i++) {
		if (!chosen[i])
			continue;
		sum += q->answers[i].fraction;
		append_feedback(ret, q->answers[i].feedback);
	}
	ret->fraction = sum < 0 ? 0 : sum > 1 - 1e-2 ? 1 : sum;
	ret->understood = true;
}

static void grade_truth(const struct quiz_question *q, const char *response, struct quiz_grade *ret)
{
	static const struct {
		const char *word;
		size_t answer;
	} words[] = {{"true", 0}, {"t", 0}, {"yes", 0}, {"y", 0}, {"false", 1}, {"f", 1}, {"no", 1},
		{"n", 1}};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (strcasecmp(words[i].word, response) != 0)
			continue;
		const struct quiz_answer *a = &q->answers[words[i].answer];
		ret->fraction = a->fraction;
		append_feedback(ret, a->feedback);
		ret->understood = true;
		return;
	}
	set_misunderstood(ret, "Answer with true or false.");
}

/* As in Moodle: ignore case and repeated blanks; '*' matches any run of text. */
static char *fold_answer(const char *text)
{
	struct buf out = {0};
	cleanup_free char *folded = utf8_fold(text);
	for (const char *c = folded != NULL ? folded : text; *c != '\0'; c++) {
		if (!isspace((unsigned char)*c))
			buf_add_char(&out, *c);
		else if (out.length > 0 && out.data[out.length - 1] != ' ')
			buf_add_char(&out, ' ');
	}
	while (out.length > 0 && out.data[out.length - 1] == ' ')
		buf_truncate(&out, out.length - 1);
	return buf_steal(&out);
}

/* Only '*' is special: escape fnmatch's other special characters. */
static bool matches_wildcard(const char *pattern, const char *text)
{
	cleanup_free char *folded = fold_answer(pattern), *given = fold_answer(text);
	cleanup_buf struct buf escaped = {0};
	for (const char *c = folded; *c != '\0'; c++) {
		if (strchr("?[]\\", *c) != NULL)
			buf_add_char(&escaped, '\\');
		buf_add_char(&escaped, *c);
	}
	return fnmatch(buf_text(&escaped), given, 0) == 0;
}

static void take_best(const struct quiz_answer *best, struct quiz_grade *ret)
{
	ret->understood = true;
	if (best == NULL)
		return;
	ret->fraction = best->fraction < 0 ? 0 : best->fraction;
	append_feedback(ret, best->feedback);
}

static void grade_short(const struct quiz_question *q, const char *response, struct quiz_grade *ret)
{
	if (text_is_blank(response)) {
		set_misunderstood(ret, "Answer with a word or two.");
		return;
	}
	const struct quiz_answer *best = NULL;
	for (size_t i = 0; i < q->answer_count; i++)
		if (matches_wildcard(q->answers[i].text, response) &&
			(best == NULL || q->answers[i].fraction > best->fraction))
			best = &q->answers[i];
	take_best(best, ret);
}

static void grade_numerical(
	const struct quiz_question *q, const char *response, struct quiz_grade *ret)
{
	char *end;
	cleanup_free char *text = xstrdup(response);
	char *comma = strchr(text, ',');
	if (comma != NULL && strchr(text, '.') == NULL)
		*comma = '.';
	double number = strtod(text, &end);
	if (end == text || !text_is_blank(end) || !isfinite(number)) {
		set_misunderstood(ret, "Answer with a number.");
		return;
	}
	const struct quiz_answer *best = NULL;
	for (size_t i = 0; i < q->answer_count; i++) {
		const struct quiz_answer *a = &q->answers[i];
		double slack = 1e-9 * (1 + fabs(number));
		if (number >= a->low - slack && number <= a->high + slack &&
			(best == NULL || a->fraction > best->fraction))
			best = a;
	}
	take_best(best, ret);
}

static void grade_matching(const struct quiz_question *q, const size_t *order, const char *response,
	struct quiz_grade *ret)
{
	cleanup_free bool *seen = xcalloc(q->answer_count, sizeof *seen);
	size_t pairs = 0, right = 0;
	for (size_t i = 0; i < q->answer_count; i++)
		pairs += q->answers[i].text[0] != '\0';
	for (const char *c = response; *c != '\0';) {
		c += strspn(c, " ,;\t");
		if (*c == '\0')
			break;
		size_t left = (size_t)(tolower((unsigned char)*c) - 'a');
		char *end;
		unsigned long shown = isdigit((unsigned char)c[1]) ? strtoul(c + 1, &end, 10) : 0;
		if (!isalpha((unsigned char)*c) || left >= q->answer_count || shown < 1 ||
			shown > q->answer_count || seen[left]) {
			set_misunderstood(ret, "Answer with pairs, such as `a2 b1 c3`.");
			return;
		}
		seen[left] = true;
		right += q->answers[left].text[0] != '\0' &&
			 text_same(q->answers[left].match, q->answers[order[shown - 1]].match);
		c = end;
	}
	ret->understood = true;
	ret->fraction = pairs > 0 ? (double)right / (double)pairs : 0;
}

static void grade_essay(const char *response, struct quiz_grade *ret)
{
	long long percent;
	if (!text_number(response, 0, 100, &percent)) {
		set_misunderstood(ret, "Give yourself a mark from 0 to 100.");
		return;
	}
	ret->understood = true;
	ret->fraction = (double)percent / 100;
}

void quiz_grade(const struct quiz_question *q, const size_t *order, const char *response,
	struct quiz_grade *ret)
{
	cleanup_free char *text = xstrdup(response + strspn(response, " \t"));
	for (size_t length = strlen(text); length > 0 && isspace((unsigned char)text[length - 1]);)
		text[--length] = '\0';
	switch (q->kind) {
	case QUIZ_CHOICE:
	case QUIZ_CHOICES:
		grade_choices(q, order, text, ret);
		break;
	case QUIZ_TRUE_FALSE:
		grade_truth(q, text, ret);
		break;
	case QUIZ_SHORT:
		grade_short(q, text, ret);
		break;
	case QUIZ_NUMERICAL:
		grade_numerical(q, text, ret);
		break;
	case QUIZ_MATCHING:
		grade_matching(q, order, text, ret);
		break;
	case QUIZ_ESSAY:
		grade_essay(text, ret);
		break;
	case QUIZ_DESCRIPTION:
		break;
	}
	if (ret->understood)
		append_feedback(ret, q->feedback);
}

/* ---- the correct answer ---- */

static size_t shown_place(const struct quiz_question *q, const size_t *order, size_t answer)
{
	size_t place = 0;
	while (place + 1 < q->answer_count && order[place] != answer)
		place++;
	return place;
}

static void add_right(const struct quiz_question *q, const size_t *order, size_t i, struct buf *out)
{
	const char *between = out->length > 0 ? ", " : "";
	if (q->kind == QUIZ_MATCHING && q->answers[i].text[0] != '\0')
		buf_printf(out, "%s%c%zu", out->length > 0 ? " " : "", (char)('a' + i),
			shown_place(q, order, i) + 1);
	else if (q->kind == QUIZ_CHOICE || q->kind == QUIZ_CHOICES)
		buf_printf(out, "%s%c) %s", between, (char)('a' + shown_place(q, order, i)),
			q->answers[i].text);
	else if (q->kind != QUIZ_MATCHING)
		buf_printf(out, "%s%s", between, q->answers[i].text);
}

bool quiz_is_full(double fraction)
{
	return fraction >= 1 - 1e-9;
}

char *quiz_solution(const struct quiz_question *q, const size_t *order)
{
	struct buf out = {0};
	for (size_t i = 0; i < q->answer_count; i++) {
		const struct quiz_answer *a = &q->answers[i];
		bool many = q->kind == QUIZ_CHOICES || q->kind == QUIZ_MATCHING;
		if (a->fraction <= 0 || (!many && (!quiz_is_full(a->fraction) || out.length > 0)))
			continue;
		add_right(q, order, i, &out);
	}
	if (q->kind == QUIZ_ESSAY)
		buf_add_text(&out, "yours to judge");
	return buf_steal(&out);
}

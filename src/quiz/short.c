/* quiz/short.c - short answer: a text to type, in which '*' matches any run of characters */
#include "private.h"

#include <ctype.h>
#include <fnmatch.h>
#include <math.h>
#include <string.h>

static bool accepts_text(struct gift_span text)
{
	(void)text; /* what no other kind accepts */
	return true;
}

static bool parse_texts(struct answers *a, struct gift_span text)
{
	char sign;
	struct gift_span part;
	while (answers_next(&text, "=", &sign, &part)) {
		double fraction = 1;
		if (answers_read_weight(&part, &fraction) && fabs(fraction) > 1)
			return gift_error(
				a->gift, part.at, "a weight is %%NUMBER%% between -100 and 100");
		if (answers_add_text(a, part, fraction)->text[0] == '\0')
			return gift_error(a->gift, part.at, "an answer has no text");
	}
	return quiz_is_full(answers_best(a->q)) ||
	       gift_error(a->gift, text.at, "no answer is fully right, so it can't be passed");
}

static void print_texts(const struct quiz_question *q, struct buf *out)
{
	for (size_t i = 0; i < q->answer_count; i++)
		write_answer(out, '=', &q->answers[i]);
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

static void grade_text(const struct quiz_question *q, const size_t *order, const char *response,
	struct quiz_grade *ret)
{
	const struct quiz_answer *best = NULL;
	(void)order;
	if (text_is_blank(response)) {
		answers_misunderstand(ret, "Answer with a word or two.");
		return;
	}
	for (size_t i = 0; i < q->answer_count; i++)
		if (matches_wildcard(q->answers[i].text, response) &&
			(best == NULL || q->answers[i].fraction > best->fraction))
			best = &q->answers[i];
	answers_grade_by(best, ret);
}

static void solve_text(const struct quiz_question *q, const size_t *order, struct buf *out)
{
	const struct quiz_answer *best = answers_find_best(q);
	(void)order;
	buf_add_text(out, best != NULL ? best->text : "");
}

/* '*' matches anything, so it may be left out. */
static void respond_text(
	const struct quiz_question *q, const size_t *order, bool right, struct buf *out)
{
	const struct quiz_answer *best = answers_find_best(q);
	(void)order;
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

const struct kind quiz_kind_short = {
	.face = {.name = "short",
		.prompt = "answer › ",
		.room_name = "short",
		.room_how = "`:answer WORDS`"},
	.accepts = accepts_text,
	.parse = parse_texts,
	.print = print_texts,
	.grade = grade_text,
	.solve = solve_text,
	.respond = respond_text,
};

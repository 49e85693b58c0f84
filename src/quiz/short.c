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
	static const char *const truths[] = {"T", "TRUE", "F", "FALSE"};
	const char *start = text.at;
	char sign;
	struct gift_span part;
	while (answers_next(&text, "=", &sign, &part)) {
		double fraction = 1;
		if (sign == '\0' && gift_span_is(part, "0"))
			gift_warn(
				a->gift, part.at, "Moodle drops an answer 0 without '=' before it");
		if (!answers_read_weight(a, &part, &fraction))
			return false;
		struct quiz_answer *answer = answers_add_text(a, part, fraction);
		if (answer != NULL)
			answer->text = answer->text_source.text; /* what is typed has no format */
		if (answer != NULL && sign == '\0' &&
			text_is_one_of_fold(answer->text, truths, ARRAY_LENGTH(truths)))
			gift_warn(a->gift, part.at,
				"a word to type; for a question of true or false write it in "
				"capitals: {TRUE}");
	}
	return quiz_is_full(answers_best(a->q)) ||
	       gift_error(a->gift, start, "no answer is fully right, so it cannot be passed");
}

/* GIFT takes several answers for pairs if "->" is anywhere in them: a star stands in an arrow that
 * is typed, and one that is only read is HTML. */
static struct quiz_source without_arrows(
	struct quiz_source source, const char *arrow, struct buf *keep)
{
	if (source.text == NULL || strstr(source.text, "->") == NULL)
		return source;
	for (const char *c = source.text; *c != '\0'; c++) {
		bool found = text_starts(c, "->");
		if (found)
			buf_add_text(keep, arrow);
		else
			buf_add_char(keep, *c);
		c += found;
	}
	return (struct quiz_source){buf_text(keep), source.format};
}

static void print_texts(const struct quiz_question *q, struct buf *out)
{
	for (size_t i = 0; q->answer_count > 1 && i < q->answer_count; i++) {
		cleanup_buf struct buf text = {0}, feedback = {0};
		struct quiz_answer a = q->answers[i];
		bool plain = a.feedback_source.format == QUIZ_PLAIN;
		a.text_source = without_arrows(a.text_source, "-*>", &text);
		a.feedback_source =
			without_arrows(a.feedback_source, plain ? "\u2192" : "-&gt;", &feedback);
		write_answer(out, '=', q, &a);
	}
	if (q->answer_count > 1)
		return;
	cleanup_buf struct buf one = {0}; /* without its sign it is no pair */
	write_answer(&one, '=', q, &q->answers[0]);
	buf_add_text(out, strstr(buf_text(&one), "->") != NULL ? strchr(buf_text(&one), '=') + 1
							       : buf_text(&one));
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

/* '*' matches any run of text, "\\*" is a star: escape fnmatch's other special characters. */
static bool matches_wildcard(const char *pattern, const char *text)
{
	cleanup_free char *folded = fold_answer(pattern), *given = fold_answer(text);
	cleanup_buf struct buf escaped = {0};
	for (const char *c = folded; *c != '\0'; c++) {
		if (strchr("?[]", *c) != NULL || (*c == '\\' && c[1] != '*'))
			buf_add_char(&escaped, '\\');
		buf_add_char(&escaped, *c);
		if (*c == '\\' && c[1] == '*')
			buf_add_char(&escaped, *++c);
	}
	return fnmatch(buf_text(&escaped), given, 0) == 0;
}

/* Writes the pattern with its stars as they are typed, and `any` for what matches any text. */
static void add_pattern(struct buf *out, const char *pattern, const char *any)
{
	for (const char *c = pattern; *c != '\0'; c++) {
		if (*c == '\\' && c[1] == '*')
			buf_add_char(out, *++c);
		else if (*c == '*')
			buf_add_text(out, any);
		else
			buf_add_char(out, *c);
	}
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
	if (best != NULL)
		add_pattern(out, best->text, "…");
}

static void respond_text(
	const struct quiz_question *q, const size_t *order, bool right, struct buf *out)
{
	const struct quiz_answer *best = answers_find_best(q);
	(void)order;
	if (!right || best == NULL) {
		buf_add_text(out, "no idea at all");
		return;
	}
	add_pattern(out, best->text, "");
	if (out->length == 0)
		buf_add_text(out, "anything");
}

/* ---- as Moodle XML ---- */

/* What is typed has no format. */
static void translate_texts(
	struct translation *t, const struct xml_node *question, enum quiz_format usual)
{
	for (const struct xml_node *answer = xml_child(question, "answer"); answer != NULL;
		answer = xml_next(answer))
		element_translate_answer(t, answer, '=', element_read_fraction(t, answer),
			(struct quiz_source){element_read_text(t, answer), usual}, usual);
}

static void print_xml_texts(const struct quiz_question *q, struct buf *out)
{
	buf_add_text(out, "  <usecase>0</usecase>\n");
	for (size_t i = 0; i < q->answer_count; i++)
		element_print_answer(out, &q->answers[i], q->answers[i].text, "");
}

const struct kind quiz_kind_short = {
	.face = {.name = "short",
		.prompt = N_("answer › "),
		.room_name = "short",
		.room_how = N_("`:answer WORDS`")},
	.accepts = accepts_text,
	.parse = parse_texts,
	.print = print_texts,
	.grade = grade_text,
	.solve = solve_text,
	.respond = respond_text,
	.type = "shortanswer",
	.translate = translate_texts,
	.print_xml = print_xml_texts,
};

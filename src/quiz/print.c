/* quiz/print.c - prints questions as GIFT, in one plain form that parses back to the same ones */
#include "private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void add_gift_escaped(struct buf *out, const char *text)
{
	for (const char *c = text; *c != '\0'; c++) {
		if (strchr("~=#{}:\\", *c) != NULL)
			buf_add_char(out, '\\');
		if (*c == '\n')
			buf_add_text(out, "\\n");
		else
			buf_add_char(out, *c);
	}
}

/* Text that begins like a format, a weight, a comment, a command or a UTF-8 byte order mark gets an
 * explicit format in front, so that it is not misread. */
static void add_formatted(struct buf *out, const char *text, enum quiz_format format)
{
	bool special = *text != '\0' && strchr("[%/$\xEF", *text) != NULL;
	buf_add_text(out, format != QUIZ_MOODLE || special ? gift_format_mark(format) : "");
	add_gift_escaped(out, text);
}

static void print_feedback(struct buf *out, const char *sign, const char *text)
{
	if (text == NULL)
		return;
	buf_add_text(out, sign);
	add_formatted(out, text, QUIZ_MOODLE);
}

static void add_weight(struct buf *out, char sign, double fraction)
{
	buf_printf(out, "\n\t%c", sign);
	bool plain = sign == '=' ? fraction == 1 : fraction == 0;
	if (!plain)
		buf_printf(out, "%%%.10g%%", fraction * 100);
}

static void print_answer(
	struct buf *out, const struct quiz_question *q, const struct quiz_answer *a)
{
	bool numerical = q->kind == QUIZ_NUMERICAL;
	bool right = q->kind == QUIZ_SHORT || (numerical && !isinf(a->low)) ||
		     q->kind == QUIZ_MATCHING || (q->kind == QUIZ_CHOICE && a->fraction == 1);
	add_weight(out, right ? '=' : '~', a->fraction);
	if (numerical)
		buf_add_text(out, a->text);
	else
		add_formatted(out, a->text, QUIZ_MOODLE);
	if (q->kind == QUIZ_MATCHING) {
		buf_add_text(out, " -> ");
		add_gift_escaped(out, a->match);
	}
	print_feedback(out, "#", a->feedback);
}

static void add_truth(struct buf *out, const struct quiz_question *q)
{
	bool is_true = q->answers[0].fraction == 1;
	const char *right = q->answers[is_true ? 0 : 1].feedback;
	const char *wrong = q->answers[is_true ? 1 : 0].feedback;
	buf_add_text(out, is_true ? "TRUE" : "FALSE");
	if (wrong != NULL || right != NULL)
		print_feedback(out, "#", wrong != NULL ? wrong : "");
	print_feedback(out, "#", right);
}

static void add_answers(struct buf *out, const struct quiz_question *q)
{
	buf_add_text(out, " {");
	if (q->kind == QUIZ_TRUE_FALSE) {
		add_truth(out, q);
	} else {
		buf_add_text(out, q->kind == QUIZ_NUMERICAL ? "#" : "");
		for (size_t i = 0; i < q->answer_count; i++)
			print_answer(out, q, &q->answers[i]);
		buf_add_text(out, q->answer_count > 0 ? "\n" : "");
	}
	print_feedback(out, "####", q->feedback);
	buf_add_text(out, "}");
}

static void print_marks(struct buf *out, const struct quiz_question *q, size_t place)
{
	char own[32];
	snprintf(own, sizeof own, "q%zu", place);
	bool named = !text_same(q->id, own) && !text_same(q->id, q->title);
	if (!named && q->tag_count == 0)
		return;
	buf_add_text(out, "//");
	if (named) {
		buf_add_text(out, " [id:");
		add_gift_escaped(out, q->id);
		buf_add_char(out, ']');
	}
	for (size_t i = 0; i < q->tag_count; i++) {
		buf_add_text(out, " [tag:");
		add_gift_escaped(out, q->tags[i]);
		buf_add_char(out, ']');
	}
	buf_add_char(out, '\n');
}

void quiz_print(const struct quiz *quiz, struct buf *out)
{
	const char *category = NULL;
	for (size_t i = 0; i < quiz->question_count; i++) {
		const struct quiz_question *q = &quiz->questions[i];
		if (q->category != NULL && !text_same(q->category, category))
			buf_printf(out, "$CATEGORY: %s\n\n", q->category);
		category = q->category;
		print_marks(out, q, i + 1);
		if (q->title != NULL) {
			buf_add_text(out, "::");
			add_gift_escaped(out, q->title);
			buf_add_text(out, "::");
		}
		add_formatted(out, q->text, q->format);
		if (q->kind != QUIZ_DESCRIPTION)
			add_answers(out, q);
		buf_add_text(out, "\n\n");
	}
}

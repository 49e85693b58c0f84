/* tests/quiz/compare.h - quizzes as lines of text, and compared with each other */
#ifndef TESTS_QUIZ_COMPARE_H
#define TESTS_QUIZ_COMPARE_H

#include "quiz.h"
#include "suite.h"

#include <math.h>

static inline bool is_kind(const struct quiz_question *q, const char *name)
{
	return text_same(q->kind->name, name);
}

/* Every problem is "LINE:COLUMN: message", a note with "note: " before its message; with its file
 * if that is another one than the quiz's. */
static inline char *problems_of(const struct quiz *quiz)
{
	struct buf out = {0};
	for (size_t i = 0; i < quiz->problem_count; i++) {
		const struct quiz_problem *p = &quiz->problems[i];
		if (!text_same(p->path, quiz->path))
			buf_printf(&out, "%s:", path_base(p->path));
		buf_printf(&out, "%d:%d: %s%s\n", p->line, p->column,
			p->serious ? "" : "note: ", p->message);
	}
	return buf_steal(&out);
}

static inline void dump_line(struct buf *out, const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		buf_printf(out, *c == '\n' ? "\\n" : "%c", *c);
}

static inline void dump_text(struct buf *out, const struct quiz_source *source, const char *text)
{
	static const char *const formats[] = {"moodle", "html", "plain", "markdown"};
	dump_line(out, text);
	if (source->text == NULL ||
		(source->format == QUIZ_MOODLE && text_same(source->text, text)))
		return;
	buf_printf(out, " [%s: ", formats[source->format]);
	dump_line(out, source->text);
	buf_add_char(out, ']');
}

static inline void dump_answer(
	struct buf *out, const struct quiz_question *q, const struct quiz_answer *a)
{
	buf_printf(out, "\t%.7g %%\t", a->fraction * 100);
	dump_text(out, &a->text_source, a->text);
	if (a->match != NULL)
		buf_printf(out, " -> %s", a->match);
	if (is_kind(q, "numerical"))
		buf_printf(out, " (%.10g to %.10g)", a->low, a->high);
	if (a->feedback != NULL) {
		buf_add_text(out, "\t# ");
		dump_text(out, &a->feedback_source, a->feedback);
	}
	buf_add_char(out, '\n');
}

static inline char *dump(const struct quiz *quiz)
{
	struct buf out = {0};
	for (size_t i = 0; i < quiz->question_count; i++) {
		const struct quiz_question *q = &quiz->questions[i];
		buf_printf(&out, "%s\t%s\t%s\t", q->kind->name, q->id, q->category);
		dump_text(&out, &q->text_source, q->text);
		buf_add_char(&out, '\n');
		for (size_t k = 0; k < q->answer_count; k++)
			dump_answer(&out, q, &q->answers[k]);
		if (q->feedback == NULL)
			continue;
		buf_add_text(&out, "\t####\t");
		dump_text(&out, &q->feedback_source, q->feedback);
		buf_add_char(&out, '\n');
	}
	return buf_steal(&out);
}

static inline void assert_same_source(const struct quiz_source *a, const struct quiz_source *b)
{
	bool blank = text_is_blank(a->text) && text_is_blank(b->text);
	ck_assert_msg(blank || (text_same(a->text, b->text) && a->format == b->format),
		"'%s' (%d) is now '%s' (%d)", a->text, a->format, b->text, b->format);
}

static inline bool is_same_text(const char *a, const char *b)
{
	return text_same(a, b) || (text_is_blank(a) && text_is_blank(b));
}

static inline bool is_same_number(double a, double b)
{
	return a == b || fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b));
}

static inline void assert_same(const struct quiz_question *a, const struct quiz_question *b)
{
	ck_assert_str_eq(a->kind->name, b->kind->name);
	ck_assert_str_eq(a->id, b->id);
	/* Moodle XML has a title for each question: it may be the number. */
	bool numbered = a->title == NULL && b->title != NULL && b->title[0] == 'q';
	ck_assert_msg(a->has_id == b->has_id && (numbered || text_same(a->title, b->title)) &&
			      text_same(a->category, b->category),
		"%s: title '%s' is now '%s', category '%s' is now '%s'", a->id, a->title, b->title,
		a->category, b->category);
	ck_assert_uint_eq(a->tag_count, b->tag_count);
	for (size_t i = 0; i < a->tag_count; i++)
		ck_assert_str_eq(a->tags[i], b->tags[i]);
	ck_assert_msg(is_same_text(a->feedback, b->feedback), "'%s' is now '%s'", a->feedback,
		b->feedback);
	assert_same_source(&a->text_source, &b->text_source);
	assert_same_source(&a->feedback_source, &b->feedback_source);
	ck_assert_str_eq(a->text, b->text);
	ck_assert_uint_eq(a->answer_count, b->answer_count);
	for (size_t i = 0; i < a->answer_count; i++) {
		const struct quiz_answer *x = &a->answers[i], *y = &b->answers[i];
		ck_assert_msg(
			text_same(x->match, y->match) && is_same_text(x->feedback, y->feedback) &&
				fabs(x->fraction - y->fraction) < 1e-9 &&
				is_same_number(x->low, y->low) && is_same_number(x->high, y->high),
			"%s: answer '%s' is now '%s'", a->text, x->text, y->text);
		if (!is_kind(a, "numerical")) { /* a range may become a number and a tolerance */
			ck_assert_str_eq(x->text, y->text);
			if (!is_kind(a, "short")) /* what is typed has no format */
				assert_same_source(&x->text_source, &y->text_source);
		}
		assert_same_source(&x->feedback_source, &y->feedback_source);
	}
}

static inline void assert_same_quiz(const struct quiz *a, const struct quiz *b)
{
	ck_assert_uint_eq(a->question_count, b->question_count);
	for (size_t i = 0; i < a->question_count; i++)
		assert_same(&a->questions[i], &b->questions[i]);
}

/* Asserts that the text has the lines of the file. */
static inline void assert_lines(const char *expected_path, const char *seen)
{
	cleanup_buf struct buf expected = {0};
	cleanup_error struct error err = {0};
	ck_assert_msg(file_read(expected_path, 1 << 20, &expected, &err), "%s", error_text(&err));
	const char *at = seen, *due = buf_text(&expected);
	for (int line = 1; *at != '\0' || *due != '\0'; line++) {
		size_t length = strcspn(at, "\n"), wanted = strcspn(due, "\n");
		ck_assert_msg(length == wanted && strncmp(at, due, length) == 0,
			"%s:%d: expected %.*s, seen %.*s", expected_path, line, (int)wanted, due,
			(int)length, at);
		at += length + (at[length] != '\0');
		due += wanted + (due[wanted] != '\0');
	}
}

#endif

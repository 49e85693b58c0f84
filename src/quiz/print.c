/* quiz/print.c - prints questions as GIFT, in one plain form that parses back to the same ones */
#include "private.h"

#include <string.h>

static void print_answers(struct buf *out, const struct quiz_question *q)
{
	cleanup_buf struct buf answers = {0};
	if (kinds_of(q)->print != NULL)
		kinds_of(q)->print(q, &answers);
	buf_printf(out, " {%s%s", buf_text(&answers),
		strchr(buf_text(&answers), '\n') != NULL ? "\n" : "");
	write_feedback(out, "####", q->feedback_source, q->text_source.format);
	buf_add_text(out, "}");
}

/* As Moodle does, it escapes only the bracket that would end the mark. */
static void print_mark(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, " [%s:", name);
	for (const char *c = value; *c != '\0'; c++)
		buf_printf(out, "%s%c", *c == ']' ? "\\" : "", *c);
	buf_add_char(out, ']');
}

static void print_marks(struct buf *out, const struct quiz_question *q)
{
	if (!q->has_id && q->tag_count == 0)
		return;
	buf_add_text(out, "//");
	if (q->has_id)
		print_mark(out, "id", q->id);
	for (size_t i = 0; i < q->tag_count; i++)
		print_mark(out, "tag", q->tags[i]);
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
		print_marks(out, q);
		if (q->title != NULL) {
			buf_add_text(out, "::");
			write_escaped(out, q->title);
			buf_add_text(out, "::");
		}
		write_source(out, q->text_source, QUIZ_MOODLE);
		if (q->kind != &quiz_kind_description.face)
			print_answers(out, q);
		buf_add_text(out, "\n\n");
	}
}

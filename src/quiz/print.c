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

void quiz_print(const struct quiz *quiz, struct buf *out)
{
	const char *category = NULL;
	for (size_t i = 0; i < quiz->question_count; i++) {
		const struct quiz_question *q = &quiz->questions[i];
		if (q->category != NULL && !text_same(q->category, category))
			buf_printf(out, "$CATEGORY: %s\n\n", q->category);
		category = q->category;
		write_head(out, q);
		if (q->kind != &quiz_kind_description.face)
			print_answers(out, q);
		buf_add_text(out, "\n\n");
	}
}

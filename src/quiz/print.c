/* quiz/print.c - prints questions as GIFT, in one plain form that parses back to the same ones */
#include "private.h"

#include <stdio.h>
#include <string.h>

static void print_answers(struct buf *out, const struct quiz_question *q)
{
	cleanup_buf struct buf answers = {0};
	if (kinds_of(q)->print != NULL)
		kinds_of(q)->print(q, &answers);
	buf_printf(out, " {%s%s", buf_text(&answers),
		strchr(buf_text(&answers), '\n') != NULL ? "\n" : "");
	write_feedback(out, "####", q->feedback);
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
		write_escaped(out, q->id);
		buf_add_char(out, ']');
	}
	for (size_t i = 0; i < q->tag_count; i++) {
		buf_add_text(out, " [tag:");
		write_escaped(out, q->tags[i]);
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
			write_escaped(out, q->title);
			buf_add_text(out, "::");
		}
		write_formatted(out, q->text, q->format);
		if (q->kind != &quiz_kind_description.face)
			print_answers(out, q);
		buf_add_text(out, "\n\n");
	}
}

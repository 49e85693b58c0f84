/* tests/fuzz/fuzz_gift.c - any bytes as a GIFT file; what parses is asked and graded, and what is
 * printed of it reads back to the same print */
#include "quiz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void grade(const struct quiz_question *q)
{
	static const char *const answers[] = {"a", "true", "3", "a1 b2 c3", "some words", ""};
	cleanup_free size_t *order = xcalloc(q->answer_count + 1, sizeof *order);
	quiz_shuffle(q, 1, order);
	for (size_t i = 0; i < ARRAY_LENGTH(answers); i++) {
		struct quiz_grade grade = {0};
		quiz_grade(q, order, answers[i], &grade);
		quiz_grade_finish(&grade);
	}
	free(quiz_solution(q, order));
}

static void print_twice(const struct quiz *quiz)
{
	cleanup_buf struct buf first = {0}, second = {0};
	struct quiz *again = NULL;
	quiz_print(quiz, &first);
	if (!quiz_parse("print.gift", buf_text(&first), first.length, &again, NULL) ||
		(quiz->question_count > 0 && !quiz_is_sound(again, NULL)))
		abort();
	quiz_print(again, &second);
	if (!text_same(buf_text(&first), buf_text(&second)))
		abort();
	quiz_destroy(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct quiz *quiz = NULL;
	struct error err = {0};
	if (quiz_parse("fuzz.gift", (const char *)data, size, &quiz, &err)) {
		for (size_t i = 0; i < quiz->question_count; i++)
			grade(&quiz->questions[i]);
		print_twice(quiz);
		quiz_destroy(quiz);
	}
	error_finish(&err);
	return 0;
}

/* tests/fuzz/fuzz_bank_xml.c - any bytes as Moodle XML or a QTI item; what is printed of it, as XML
 * and as GIFT, reads back to the same print */
#include "quiz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_xml(const struct quiz *quiz, struct buf *out)
{
	quiz_print_xml((const struct quiz *const[]){quiz}, 1, out);
}

static struct quiz *read_again(const char *path, const struct buf *text)
{
	struct quiz *quiz = NULL;
	if (!quiz_parse(path, buf_text(text), text->length, &quiz, NULL))
		abort();
	return quiz;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct quiz *quiz = NULL;
	cleanup_buf struct buf first = {0}, second = {0}, third = {0}, gift = {0};
	if (!quiz_parse("fuzz.xml", (const char *)data, size, &quiz, NULL))
		return 0;
	print_xml(quiz, &first);
	quiz_print(quiz, &gift);
	struct quiz *from_xml = read_again("again.xml", &first);
	print_xml(from_xml, &second);
	struct quiz *last = read_again("last.xml", &second);
	print_xml(last, &third);
	struct quiz *from_gift = read_again("again.gift", &gift);
	if (from_xml->question_count != quiz->question_count ||
		from_gift->question_count != quiz->question_count ||
		!text_same(buf_text(&second), buf_text(&third)))
		abort();
	quiz_destroy(from_gift);
	quiz_destroy(last);
	quiz_destroy(from_xml);
	quiz_destroy(quiz);
	return 0;
}

/* quiz/print_xml.c - prints questions as Moodle XML, which Moodle's importer (qformat_xml) reads */
#include "private.h"

static void print_element(struct buf *out, const char *name, const char *text)
{
	buf_printf(out, "  <%s>", name);
	element_print_text(out, text);
	buf_printf(out, "</%s>\n", name);
}

static void print_tags(struct buf *out, const struct quiz_question *q)
{
	if (q->tag_count == 0)
		return;
	buf_add_text(out, "  <tags>\n");
	for (size_t i = 0; i < q->tag_count; i++)
		print_element(out, "tag", q->tags[i]);
	buf_add_text(out, "  </tags>\n");
}

static void print_question(struct buf *out, const struct quiz_question *q)
{
	const struct kind *kind = kinds_of(q);
	cleanup_free char *usual = xasprintf("q%zu", q->number);
	buf_printf(out, "<question type=\"%s\">\n", kind->type);
	print_element(out, "name", q->title != NULL ? q->title : q->has_id ? usual : q->id);
	element_print_source(out, "questiontext", q->text_source);
	element_print_source(out, "generalfeedback", q->feedback_source);
	buf_printf(out, "  <defaultgrade>%d</defaultgrade>\n", q->kind->prompt != NULL);
	if (q->has_id) {
		buf_add_text(out, "  <idnumber>");
		element_print_plain(out, q->id);
		buf_add_text(out, "</idnumber>\n");
	}
	if (kind->print_xml != NULL)
		kind->print_xml(q, out);
	print_tags(out, q);
	buf_add_text(out, "</question>\n");
}

void quiz_print_xml(const struct quiz *const *quizzes, size_t count, struct buf *out)
{
	const char *category = NULL;
	buf_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n");
	for (size_t k = 0; k < count; k++)
		for (size_t i = 0; i < quizzes[k]->question_count; i++) {
			const struct quiz_question *q = &quizzes[k]->questions[i];
			if (q->category != NULL && !text_same(q->category, category)) {
				buf_add_text(out, "<question type=\"category\">\n");
				print_element(out, "category", q->category);
				buf_add_text(out, "</question>\n");
			}
			category = q->category;
			print_question(out, q);
		}
	buf_add_text(out, "</quiz>\n");
}

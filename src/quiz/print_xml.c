/* quiz/print_xml.c - prints questions as Moodle XML, which Moodle's importer (qformat_xml) reads */
#include "private.h"

#include <math.h>
#include <string.h>

static const char *const formats[] = {[QUIZ_MOODLE] = "moodle_auto_format",
	[QUIZ_HTML] = "html",
	[QUIZ_PLAIN] = "plain_text",
	[QUIZ_MARKDOWN] = "markdown"};

/* XML has no control characters. */
static void print_plain(struct buf *out, const char *text)
{
	cleanup_buf struct buf clean = {0};
	for (const char *c = text; *c != '\0'; c++) {
		if (text_starts(c, "\xEF\xBF\xBE") || text_starts(c, "\xEF\xBF\xBF"))
			c += 2; /* U+FFFE, U+FFFF */
		else if ((unsigned char)*c >= ' ' || *c == '\n' || *c == '\t')
			buf_add_char(&clean, *c);
	}
	xml_escape(out, buf_text(&clean));
}

static void print_text(struct buf *out, const char *text)
{
	buf_add_text(out, "<text>");
	print_plain(out, text);
	buf_add_text(out, "</text>");
}

static void print_source(struct buf *out, const char *name, struct quiz_source source)
{
	buf_printf(out, "  <%s format=\"%s\">", name, formats[source.format]);
	print_text(out, source.text != NULL ? source.text : "");
	buf_printf(out, "</%s>\n", name);
}

static void print_element(struct buf *out, const char *name, const char *text)
{
	buf_printf(out, "  <%s>", name);
	print_text(out, text);
	buf_printf(out, "</%s>\n", name);
}

/* ---- answers, by kind ---- */

/* text: of what is typed; NULL: the answer's own, with its format. */
static void print_answer(
	struct buf *out, const struct quiz_answer *a, const char *text, const char *more)
{
	struct quiz_source source =
		text != NULL ? (struct quiz_source){text, QUIZ_MOODLE} : a->text_source;
	buf_printf(out, "  <answer fraction=\"%.10g\" format=\"%s\">", a->fraction * 100,
		formats[source.format]);
	print_text(out, source.text);
	buf_add_text(out, more);
	if (a->feedback_source.text != NULL)
		print_source(out, "feedback", a->feedback_source);
	buf_add_text(out, "</answer>\n");
}

static void print_choices(struct buf *out, const struct quiz_question *q)
{
	buf_printf(out, "  <single>%s</single>\n", q->kind->single ? "true" : "false");
	buf_add_text(out, "  <shuffleanswers>true</shuffleanswers>\n"
			  "  <answernumbering>abc</answernumbering>\n");
	for (size_t i = 0; i < q->answer_count; i++)
		print_answer(out, &q->answers[i], NULL, "");
}

static void print_truth(struct buf *out, const struct quiz_question *q)
{
	print_answer(out, &q->answers[0], "true", "");
	print_answer(out, &q->answers[1], "false", "");
}

static void print_words(struct buf *out, const struct quiz_question *q)
{
	buf_add_text(out, "  <usecase>0</usecase>\n");
	for (size_t i = 0; i < q->answer_count; i++)
		print_answer(out, &q->answers[i], q->answers[i].text, "");
}

/* A number and its tolerance as they are written, else the middle of the range. */
static void print_number(struct buf *out, const struct quiz_answer *a)
{
	const char *colon = strchr(a->text, ':');
	bool plain = a->text[strspn(a->text, "+-0123456789.eE:")] == '\0';
	bool range = !plain || strstr(a->text, "..") != NULL;
	cleanup_free char *number = isinf(a->low) ? xstrdup("*")
				    : range ? xasprintf("%.15g", a->low + (a->high - a->low) / 2)
					    : xstrndup(a->text, strcspn(a->text, ":"));
	cleanup_free char *tolerance = isinf(a->low) ? xstrdup("0")
				       : range       ? xasprintf("%.15g", (a->high - a->low) / 2)
						     : xstrdup(colon != NULL ? colon + 1 : "0");
	cleanup_free char *more = xasprintf("<tolerance>%s</tolerance>", tolerance);
	print_answer(out, a, number, more);
}

static void print_numbers(struct buf *out, const struct quiz_question *q)
{
	for (size_t i = 0; i < q->answer_count; i++)
		print_number(out, &q->answers[i]);
}

static void print_pairs(struct buf *out, const struct quiz_question *q)
{
	buf_add_text(out, "  <shuffleanswers>true</shuffleanswers>\n");
	for (size_t i = 0; i < q->answer_count; i++) {
		struct quiz_source left = q->answers[i].text_source;
		buf_printf(out, "  <subquestion format=\"%s\">", formats[left.format]);
		print_text(out, left.text);
		buf_add_text(out, "<answer>");
		print_text(out, q->answers[i].match);
		buf_add_text(out, "</answer></subquestion>\n");
	}
}

/* ---- questions ---- */

static const struct {
	const char *kind, *type;
	void (*print)(struct buf *out, const struct quiz_question *q); /* NULL: no answers */
} types[] = {
	{"choice", "multichoice", print_choices},
	{"choices", "multichoice", print_choices},
	{"true-false", "truefalse", print_truth},
	{"short", "shortanswer", print_words},
	{"numerical", "numerical", print_numbers},
	{"matching", "matching", print_pairs},
	{"essay", "essay", NULL},
	{"description", "description", NULL},
};

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
	size_t type = 0;
	cleanup_free char *usual = xasprintf("q%zu", q->number);
	while (!text_same(types[type].kind, q->kind->name))
		type++;
	buf_printf(out, "<question type=\"%s\">\n", types[type].type);
	print_element(out, "name", q->title != NULL ? q->title : q->has_id ? usual : q->id);
	print_source(out, "questiontext", q->text_source);
	print_source(out, "generalfeedback", q->feedback_source);
	buf_printf(out, "  <defaultgrade>%d</defaultgrade>\n", q->kind->prompt != NULL);
	if (q->has_id) {
		buf_add_text(out, "  <idnumber>");
		print_plain(out, q->id);
		buf_add_text(out, "</idnumber>\n");
	}
	if (types[type].print != NULL)
		types[type].print(out, q);
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

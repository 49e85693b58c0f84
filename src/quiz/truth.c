/* quiz/truth.c - true or false: "TRUE#feedback for the wrong answer#for the right one" */
#include "private.h"

#include <strings.h>

static const char *const option_words[] = {"true", "false"};

/* Returns the option, 0: true, 1: false; -1 if the text is no truth. */
static int read_truth(struct gift_span text)
{
	static const struct {
		const char *word;
		int option;
	} words[] = {{"T", 0}, {"TRUE", 0}, {"F", 1}, {"FALSE", 1}};
	struct gift_span word = gift_trim((struct gift_span){text.at, gift_find(text, "#")});
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (gift_span_is(word, words[i].word))
			return words[i].option;
	return -1;
}

static bool accepts_truth(struct gift_span text)
{
	return read_truth(text) >= 0;
}

static bool parse_truth(struct answers *a, struct gift_span text)
{
	int right = read_truth(text);
	for (int option = 0; option < 2; option++) {
		struct quiz_answer *answer = answers_add(a);
		answer->text = option == 0 ? N_("True") : N_("False");
		answer->fraction = option == right;
	}
	for (int i = 0; i < 2 && (text.at = gift_find(text, "#")) < text.end; i++) {
		struct quiz_answer *answer = &a->items[i == 0 ? 1 - right : right];
		text.at++;
		const char *end = i == 0 ? gift_find(text, "#") : text.end;
		answer->feedback = answers_read_text(
			a, (struct gift_span){text.at, end}, &answer->feedback_source);
		text.at = end;
	}
	return true;
}

static void print_truth(const struct quiz_question *q, struct buf *out)
{
	size_t right = q->answers[0].fraction > 0.5 ? 0 : 1;
	struct quiz_source for_wrong = q->answers[1 - right].feedback_source;
	buf_add_text(out, right == 0 ? "TRUE" : "FALSE");
	if (for_wrong.text == NULL && q->answers[right].feedback_source.text != NULL)
		buf_add_char(out, '#');
	write_feedback(out, "#", for_wrong, q->text_source.format);
	write_feedback(out, "#", q->answers[right].feedback_source, q->text_source.format);
}

static bool read_options(const struct quiz_question *q, const char *response, bool *shown)
{
	static const struct {
		const char *word;
		size_t option;
	} words[] = {{"true", 0}, {"t", 0}, {"yes", 0}, {"y", 0}, {"false", 1}, {"f", 1}, {"no", 1},
		{"n", 1}};
	(void)q;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strcasecmp(words[i].word, response) == 0) {
			shown[words[i].option] = true;
			return true;
		}
	return false;
}

static void grade_truth(const struct quiz_question *q, const size_t *order, const char *response,
	struct quiz_grade *ret)
{
	bool shown[2] = {false, false};
	(void)order; /* it is fixed */
	if (read_options(q, response, shown))
		answers_grade_by(&q->answers[shown[0] ? 0 : 1], ret);
	else
		answers_misunderstand(ret, "Answer with true or false: t or f.");
}

static void solve_truth(const struct quiz_question *q, const size_t *order, struct buf *out)
{
	(void)order;
	buf_add_text(out, q->answers[q->answers[0].fraction > 0.5 ? 0 : 1].text);
}

static void respond_truth(
	const struct quiz_question *q, const size_t *order, bool right, struct buf *out)
{
	(void)order;
	buf_add_text(out, option_words[(q->answers[0].fraction > 0.5) == right ? 0 : 1]);
}

/* ---- as Moodle XML ---- */

/* In old files the answers' words are translated; then the first is "true". */
static void translate_truth(
	struct translation *t, const struct xml_node *question, enum quiz_format usual)
{
	struct quiz_source feedback[2] = {{NULL, usual}, {NULL, usual}};
	bool right = false, first = true;
	for (const struct xml_node *answer = xml_child(question, "answer"); answer != NULL;
		answer = xml_next(answer), first = false) {
		const char *word = element_read_words(t, answer, "text");
		bool known = text_same(word, "true") || text_same(word, "false");
		bool option = known ? text_same(word, "true") : first;
		right = (element_read_fraction(t, answer) > 1 - 1e-6) == option;
		feedback[option] = element_read_source(t, xml_child(answer, "feedback"), usual);
	}
	buf_add_text(&t->gift, right ? "TRUE" : "FALSE");
	if (feedback[!right].text == NULL && feedback[right].text != NULL)
		buf_add_char(&t->gift, '#');
	write_feedback(&t->gift, "#", feedback[!right], usual);
	write_feedback(&t->gift, "#", feedback[right], usual);
}

static void print_xml_truth(const struct quiz_question *q, struct buf *out)
{
	element_print_answer(out, &q->answers[0], "true", "");
	element_print_answer(out, &q->answers[1], "false", "");
}

const struct kind quiz_kind_truth = {
	.face = {.name = "true-false",
		.prompt = N_("true or false (t or f) › "),
		.room_name = "truefalse",
		.room_how = N_("`:answer true` or `:answer false`"),
		.room_options = true,
		.option_words = option_words},
	.fixed_order = true,
	.accepts = accepts_truth,
	.parse = parse_truth,
	.print = print_truth,
	.read_options = read_options,
	.grade = grade_truth,
	.solve = solve_truth,
	.respond = respond_truth,
	.type = "truefalse",
	.translate = translate_truth,
	.print_xml = print_xml_truth,
};

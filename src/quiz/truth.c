/* quiz/truth.c - true or false: "TRUE#feedback for the wrong answer#for the right one" */
#include "private.h"

#include <string.h>
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
	size_t length = (size_t)(word.end - word.at);
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strlen(words[i].word) == length && strncmp(word.at, words[i].word, length) == 0)
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
	const char *feedback[2] = {NULL, NULL}; /* for the wrong answer, for the right one */
	for (size_t i = 0; i < ARRAY_LENGTH(feedback); i++) {
		text.at = gift_find(text, "#");
		if (text.at == text.end)
			break;
		text.at++;
		const char *end = i == 0 ? gift_find(text, "#") : text.end;
		feedback[i] = answers_formatted(a, (struct gift_span){text.at, end});
		text.at = end;
	}
	for (int option = 0; option < 2; option++) {
		struct quiz_answer *answer = answers_add(a);
		answer->text = option == 0 ? "True" : "False";
		answer->fraction = option == right;
		answer->feedback = feedback[option == right];
	}
	return true;
}

static void print_truth(const struct quiz_question *q, struct buf *out)
{
	bool is_true = q->answers[0].fraction == 1;
	const char *right = q->answers[is_true ? 0 : 1].feedback;
	const char *wrong = q->answers[is_true ? 1 : 0].feedback;
	buf_add_text(out, is_true ? "TRUE" : "FALSE");
	if (wrong != NULL || right != NULL)
		write_feedback(out, "#", wrong != NULL ? wrong : "");
	write_feedback(out, "#", right);
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
		answers_misunderstand(ret, "Answer with true or false.");
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

const struct kind quiz_kind_truth = {
	.face = {.name = "true-false",
		.prompt = "true or false › ",
		.room_name = "truefalse",
		.room_how = "`:answer true` or `:answer false`",
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
};

/* quiz/choice.c - multiple choice: one right option ('='), or several with weights (only '~') */
#include "private.h"

#include <math.h>

static bool has_sign(struct gift_span text, const char *sign)
{
	return gift_find(text, sign) < text.end;
}

static bool accepts_one(struct gift_span text)
{
	return has_sign(text, "~") && has_sign(text, "=");
}

static bool accepts_several(struct gift_span text)
{
	return has_sign(text, "~");
}

static double positive_sum(const struct quiz_question *q)
{
	double sum = 0;
	for (size_t i = 0; i < q->answer_count; i++)
		sum += fmax(q->answers[i].fraction, 0);
	return sum;
}

/* A weight after '=' is text, as in Moodle; so is what stands before the first sign. */
static bool read_list(struct answers *a, struct gift_span text)
{
	const char *start = text.at;
	char sign;
	struct gift_span part;
	while (answers_next(&text, "=~", &sign, &part)) {
		double fraction = sign == '=';
		if (sign == '\0')
			gift_warn(a->gift, part.at,
				"an answer without '=' or '~' before it is a wrong one");
		if (sign == '=' && answers_has_weight(part))
			gift_warn(a->gift, part.at,
				"after '=' a weight is part of the text; '~' may have a weight");
		if (sign != '=' && !answers_read_weight(a, &part, &fraction))
			return false;
		answers_add_text(a, part, fraction);
	}
	return a->q->answer_count >= 2 ||
	       gift_error(a->gift, start, "a choice needs at least two answers");
}

static bool parse_one(struct answers *a, struct gift_span text)
{
	return read_list(a, text) &&
	       (quiz_is_full(answers_best(a->q)) ||
		       gift_error(a->gift, text.at, "no answer is right, so it cannot be passed"));
}

static bool parse_several(struct answers *a, struct gift_span text)
{
	if (!read_list(a, text))
		return false;
	double percent = positive_sum(a->q) * 100;
	if (fabs(percent - 100) > 2)
		return gift_error(a->gift, text.at,
			"the right answers' weights must add up to 100 %%, not to %g %%", percent);
	if (fabs(percent - 100) >= 0.5)
		gift_warn(a->gift, text.at,
			"Moodle refuses weights that add up to %g %% instead of 100 %%", percent);
	return true;
}

/* Without any '~' it would be read as a short answer. */
static void print_one(const struct quiz_question *q, struct buf *out)
{
	bool wrong = false;
	for (size_t i = 0; i < q->answer_count; i++) {
		bool right = q->answers[i].fraction == 1;
		write_answer(out, right ? '=' : '~', q, &q->answers[i]);
		wrong = wrong || !right;
	}
	if (!wrong)
		write_sign(out, '~', 0);
}

static void print_several(const struct quiz_question *q, struct buf *out)
{
	for (size_t i = 0; i < q->answer_count; i++)
		write_answer(out, '~', q, &q->answers[i]);
}

static void list_options(const struct quiz_question *q, const size_t *order,
	void (*show)(void *data, const char *mark, const char *text), void *data)
{
	for (size_t i = 0; i < q->answer_count; i++) {
		char letter[QUIZ_LETTER_SIZE];
		quiz_letter(i, letter);
		cleanup_free char *mark = xasprintf("%s) ", letter);
		show(data, mark, q->answers[order[i]].text);
	}
}

static void grade_chosen(const struct quiz_question *q, const size_t *order, const char *response,
	struct quiz_grade *ret)
{
	cleanup_free bool *shown = xcalloc(q->answer_count, sizeof *shown);
	size_t count = 0;
	double sum = 0;
	if (!answers_read_letters(q, response, shown)) {
		answers_misunderstand(ret, q->kind->single
						   ? N_("Answer with one of the letters.")
						   : N_("Answer with the letters, such as `a c`."));
		return;
	}
	for (size_t i = 0; i < q->answer_count; i++)
		count += shown[i];
	if (count == 0 || (q->kind->single && count > 1)) {
		answers_misunderstand(ret,
			count == 0 ? N_("Answer with a letter.") : N_("One letter only, please."));
		return;
	}
	for (size_t i = 0; i < q->answer_count; i++) {
		if (!shown[answers_place(q, order, i)])
			continue;
		sum += q->answers[i].fraction;
		answers_add_feedback(ret, q->answers[i].feedback);
	}
	ret->fraction = sum < 0 ? 0 : sum > 1 - 1e-2 ? 1 : sum;
	ret->understood = true;
}

/* One right option is enough, or all that earn something. */
static bool is_wanted(const struct quiz_question *q, double fraction, const struct buf *out)
{
	return q->kind->single ? quiz_is_full(fraction) && out->length == 0 : fraction > 0;
}

static void solve_chosen(const struct quiz_question *q, const size_t *order, struct buf *out)
{
	for (size_t i = 0; i < q->answer_count; i++) {
		if (!is_wanted(q, q->answers[i].fraction, out))
			continue;
		char letter[QUIZ_LETTER_SIZE];
		quiz_letter(answers_place(q, order, i), letter);
		buf_printf(
			out, "%s%s) %s", out->length > 0 ? ", " : "", letter, q->answers[i].text);
	}
}

/* The completely wrong answer is one of the worst options. */
static void respond_letters(
	const struct quiz_question *q, const size_t *order, bool right, struct buf *out)
{
	double worst = 1;
	for (size_t i = 0; i < q->answer_count; i++)
		worst = fmin(worst, q->answers[i].fraction);
	for (size_t i = 0; i < q->answer_count; i++) {
		double fraction = q->answers[order[i]].fraction;
		if (right ? !is_wanted(q, fraction, out) : out->length > 0 || fraction > worst)
			continue;
		char letter[QUIZ_LETTER_SIZE];
		quiz_letter(i, letter);
		buf_printf(out, "%s%s", out->length > 0 ? " " : "", letter);
	}
}

/* ---- as Moodle XML ---- */

static bool is_single(struct translation *t, const struct xml_node *question)
{
	const char *single = element_read_words(t, question, "single");
	return single[0] == '\0' || text_same(single, "true") || text_same(single, "1");
}

static void translate_options(
	struct translation *t, const struct xml_node *question, enum quiz_format usual)
{
	bool single = is_single(t, question);
	for (const struct xml_node *answer = xml_child(question, "answer"); answer != NULL;
		answer = xml_next(answer)) {
		double fraction = element_read_fraction(t, answer);
		bool right = single && fraction > 1 - 1e-6;
		element_translate_answer(t, answer, right ? '=' : '~', right ? 1 : fraction,
			element_read_source(t, answer, usual), usual);
	}
}

static void print_xml_options(const struct quiz_question *q, struct buf *out)
{
	buf_printf(out, "  <single>%s</single>\n", q->kind->single ? "true" : "false");
	buf_add_text(out, "  <shuffleanswers>true</shuffleanswers>\n"
			  "  <answernumbering>abc</answernumbering>\n");
	for (size_t i = 0; i < q->answer_count; i++)
		element_print_answer(out, &q->answers[i], NULL, "");
}

const struct kind quiz_kind_choice = {
	.face = {.name = "choice",
		.prompt = N_("one letter › "),
		.single = true,
		.room_name = "choice",
		.room_how = N_("`:answer b`"),
		.room_options = true},
	.accepts = accepts_one,
	.parse = parse_one,
	.print = print_one,
	.list = list_options,
	.read_options = answers_read_letters,
	.grade = grade_chosen,
	.solve = solve_chosen,
	.respond = respond_letters,
	.type = "multichoice",
	.accepts_xml = is_single,
	.translate = translate_options,
	.print_xml = print_xml_options,
};

const struct kind quiz_kind_choices = {
	.face = {.name = "choices",
		.prompt = N_("letters › "),
		.room_name = "several",
		.room_how = N_("`:answer a c`"),
		.room_options = true},
	.accepts = accepts_several,
	.parse = parse_several,
	.print = print_several,
	.list = list_options,
	.read_options = answers_read_letters,
	.grade = grade_chosen,
	.solve = solve_chosen,
	.respond = respond_letters,
	.type = "multichoice",
	.translate = translate_options,
	.print_xml = print_xml_options,
};

/* quiz/matching.c - pairs: "=left -> right"; right sides without a left one are distractors */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool accepts_pairs(struct gift_span text)
{
	return gift_find(text, "=") < text.end && gift_find_arrow(text) != NULL;
}

/* A pair has no weight and no feedback: Moodle takes them as text. */
static bool read_pair_text(struct answers *a, struct gift_span part)
{
	const char *arrow = gift_find_arrow(part), *hash = gift_find(part, "#");
	if (arrow == NULL)
		return gift_error(a->gift, part.at,
			"'->' makes it a matching question, in which every answer is '=left -> "
			"right'");
	if (hash < part.end)
		gift_warn(a->gift, hash, "a pair has no feedback; '#' is part of the text");
	if (answers_has_weight(part))
		gift_warn(a->gift, part.at, "a pair has no weight; it is part of the text");
	struct quiz_answer *answer = answers_add(a);
	answer->fraction = 1;
	answer->text =
		answers_read_text(a, (struct gift_span){part.at, arrow}, &answer->text_source);
	answer->match = gift_text(a->gift, (struct gift_span){arrow + 2, part.end});
	return answer->match[0] != '\0' ||
	       gift_error(a->gift, part.at, "a pair has nothing after '->'");
}

static bool parse_pairs(struct answers *a, struct gift_span text)
{
	const char *start = text.at;
	char sign;
	struct gift_span part;
	size_t whole = 0;
	while (answers_next(&text, "=", &sign, &part)) {
		if (!read_pair_text(a, part))
			return false;
		whole += a->items[a->q->answer_count - 1].text[0] != '\0';
	}
	return (whole > 0 && a->q->answer_count >= 2) ||
	       gift_error(a->gift, start, "a matching question needs at least two pairs");
}

static void print_pairs(const struct quiz_question *q, struct buf *out)
{
	for (size_t i = 0; i < q->answer_count; i++) {
		write_sign(out, '=', 1);
		write_source(out, q->answers[i].text_source, q->text_source.format);
		buf_add_text(out, " -> ");
		write_escaped(out, q->answers[i].match);
	}
}

static void list_sides(const struct quiz_question *q, const size_t *order,
	void (*show)(void *data, const char *mark, const char *text), void *data)
{
	for (size_t i = 0; i < q->answer_count; i++) {
		char letter[QUIZ_LETTER_SIZE];
		quiz_letter(i, letter);
		cleanup_free char *mark = xasprintf("%s) ", letter);
		if (q->answers[i].text[0] != '\0')
			show(data, mark, q->answers[i].text);
	}
	for (size_t i = 0; i < q->answer_count; i++) {
		cleanup_free char *mark = xasprintf("%zu. ", i + 1);
		show(data, mark, q->answers[order[i]].match);
	}
}

/* Reads "a2" or "aa12"; returns its end, or NULL if it is no pair of this question. */
static const char *read_pair(
	const struct quiz_question *q, const char *at, size_t *ret_left, size_t *ret_shown)
{
	size_t letters = 0;
	while (isalpha((unsigned char)at[letters]))
		letters++;
	char *end;
	unsigned long shown =
		isdigit((unsigned char)at[letters]) ? strtoul(at + letters, &end, 10) : 0;
	size_t left = answers_option(at, letters, q->answer_count);
	if (left >= q->answer_count || shown < 1 || shown > q->answer_count)
		return NULL;
	*ret_left = left;
	*ret_shown = shown - 1;
	return end;
}

static void grade_pairs(const struct quiz_question *q, const size_t *order, const char *response,
	struct quiz_grade *ret)
{
	cleanup_free bool *seen = xcalloc(q->answer_count, sizeof *seen);
	size_t pairs = 0, right = 0, left, shown;
	for (size_t i = 0; i < q->answer_count; i++)
		pairs += q->answers[i].text[0] != '\0';
	for (const char *c = response + strspn(response, " ,;\t"); *c != '\0';
		c += strspn(c, " ,;\t")) {
		c = read_pair(q, c, &left, &shown);
		if (c == NULL || seen[left]) {
			answers_misunderstand(ret, "Answer with pairs, such as `a2 b1 c3`.");
			return;
		}
		seen[left] = true;
		right += q->answers[left].text[0] != '\0' &&
			 text_same(q->answers[left].match, q->answers[order[shown]].match);
	}
	ret->understood = true;
	ret->fraction = pairs > 0 ? (double)right / (double)pairs : 0;
}

static void add_pair(struct buf *out, size_t left, size_t place)
{
	char letter[QUIZ_LETTER_SIZE];
	quiz_letter(left, letter);
	buf_printf(out, "%s%s%zu", out->length > 0 ? " " : "", letter, place + 1);
}

static void solve_pairs(const struct quiz_question *q, const size_t *order, struct buf *out)
{
	for (size_t i = 0; i < q->answer_count; i++)
		if (q->answers[i].text[0] != '\0')
			add_pair(out, i, answers_place(q, order, i));
}

/* For wrong pairs, shift every pair by one. */
static void respond_pairs(
	const struct quiz_question *q, const size_t *order, bool right, struct buf *out)
{
	for (size_t i = 0; i < q->answer_count; i++)
		if (q->answers[i].text[0] != '\0')
			add_pair(out, i,
				answers_place(q, order, right ? i : (i + 1) % q->answer_count));
}

/* ---- as Moodle XML ---- */

/* GIFT ends the left side at the first "->". */
static struct quiz_source hide_arrows(struct translation *t, struct quiz_source source)
{
	cleanup_buf struct buf plain = {0}, out = {0};
	if (source.text == NULL || strstr(source.text, "->") == NULL)
		return source;
	if (source.format == QUIZ_PLAIN)
		xml_escape(&plain, source.text);
	const char *text = source.format == QUIZ_PLAIN ? buf_text(&plain) : source.text;
	const char *end = text; /* of a comment; NULL: there is none any more */
	for (const char *c = text; *c != '\0'; c++) {
		bool comment = end != NULL && text_starts(c, "<!--");
		end = comment ? strstr(c + 4, "-->") : end;
		if (comment && end != NULL) {
			c = end + 2;
			continue;
		}
		bool arrow = text_starts(c, "->");
		buf_add_text(&out, arrow ? "-&gt;" : "");
		c += arrow;
		if (!arrow)
			buf_add_char(&out, *c);
	}
	return (struct quiz_source){arena_strdup(&t->arena, buf_text(&out)),
		source.format == QUIZ_PLAIN ? QUIZ_HTML : source.format};
}

static void translate_pairs(
	struct translation *t, const struct xml_node *question, enum quiz_format usual)
{
	for (const struct xml_node *pair = xml_child(question, "subquestion"); pair != NULL;
		pair = xml_next(pair)) {
		struct quiz_source left = hide_arrows(t, element_read_source(t, pair, usual));
		const char *right = element_read_text(t, xml_child(pair, "answer"));
		translate_from(t, pair->line);
		write_sign(&t->gift, '=', 1);
		if (left.text != NULL)
			write_source(&t->gift, left, usual);
		buf_add_text(&t->gift, " -> ");
		write_escaped(&t->gift, right != NULL ? right : "");
	}
}

static void print_xml_pairs(const struct quiz_question *q, struct buf *out)
{
	buf_add_text(out, "  <shuffleanswers>true</shuffleanswers>\n");
	for (size_t i = 0; i < q->answer_count; i++) {
		struct quiz_source left = q->answers[i].text_source;
		buf_printf(out, "  <subquestion format=\"%s\">", element_format(left.format));
		element_print_text(out, left.text);
		buf_add_text(out, "<answer>");
		element_print_text(out, q->answers[i].match);
		buf_add_text(out, "</answer></subquestion>\n");
	}
}

const struct kind quiz_kind_matching = {
	.face = {.name = "matching", .prompt = N_("pairs (a2 b1 …) › ")},
	.accepts = accepts_pairs,
	.parse = parse_pairs,
	.print = print_pairs,
	.list = list_sides,
	.grade = grade_pairs,
	.solve = solve_pairs,
	.respond = respond_pairs,
	.type = "matching",
	.translate = translate_pairs,
	.print_xml = print_xml_pairs,
};

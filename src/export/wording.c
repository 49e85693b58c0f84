/* export/wording.c - a learner's wrong answer, the right one and the reason, in words */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* The order in which the question is written. */
static size_t *written_order(const struct quiz_question *q)
{
	size_t *order = xcalloc(q->answer_count + 1, sizeof *order);
	for (size_t i = 0; i < q->answer_count; i++)
		order[i] = i;
	return order;
}

/* The texts of the options that a response chooses; false: it chooses none. */
static bool word_options(
	const struct quiz_question *q, const size_t *order, const char *response, struct buf *out)
{
	cleanup_free bool *shown = xcalloc(q->answer_count + 1, sizeof *shown);
	if (!quiz_read_options(q, response, shown))
		return false;
	for (size_t i = 0; i < q->answer_count; i++)
		if (shown[i])
			buf_printf(out, "%s%s", out->length > 0 ? "; " : "",
				q->answers[order[i]].text);
	return true;
}

static void word_pairs(const struct quiz_question *q, struct buf *out)
{
	for (size_t i = 0; i < q->answer_count; i++)
		if (q->answers[i].text[0] != '\0')
			buf_printf(out, "%s%s → %s", out->length > 0 ? "; " : "",
				q->answers[i].text, q->answers[i].match);
}

static bool has_pairs(const struct quiz_question *q)
{
	return q->answer_count > 0 && q->answers[0].match != NULL;
}

/* What was typed says nothing by itself if it is letters of an order that is gone, or a mark. */
static void word_given(
	const struct quiz_question *q, const size_t *order, const char *response, struct buf *out)
{
	static const char refusal[] = "not "; /* option by option: the right one was rejected */
	bool refused = text_starts(response, refusal);
	cleanup_buf struct buf options = {0};
	bool chosen = word_options(q, order, response + (refused ? strlen(refusal) : 0), &options);
	if (chosen && options.length > 0)
		buf_printf(out, refused ? _("not: %s") : "%s", buf_text(&options));
	else if (!chosen && !has_pairs(q) && q->answer_count > 0)
		buf_add_text(out, response);
}

static void word_solution(const struct quiz_question *q, struct buf *out)
{
	cleanup_free size_t *order = written_order(q);
	cleanup_free char *right = quiz_response(q, order, true);
	cleanup_free char *solution = quiz_solution(q, order);
	if (has_pairs(q))
		word_pairs(q, out);
	else if (right == NULL || !word_options(q, order, right, out))
		buf_add_text(out, solution);
}

/* What the quiz said to that answer; else what it says to the right one. */
static void word_explanation(
	const struct quiz_question *q, const size_t *order, const char *response, struct buf *out)
{
	struct quiz_grade grade = {0};
	quiz_grade(q, order, response, &grade);
	for (size_t i = 0; i < grade.feedback.count; i++)
		buf_printf(out, "%s%s", out->length > 0 ? "\n" : "", grade.feedback.items[i]);
	quiz_grade_finish(&grade);
	if (out->length == 0 && q->feedback != NULL)
		buf_add_text(out, q->feedback);
	for (size_t i = 0; i < q->answer_count && out->length == 0; i++)
		if (q->answers[i].feedback != NULL && quiz_is_full(q->answers[i].fraction))
			buf_add_text(out, q->answers[i].feedback);
}

bool wording_has_options(const struct item *item)
{
	const struct quiz_question *q = item->question;
	return q != NULL && q->kind->room_options && q->kind->option_words == NULL;
}

void wording_list_options(const struct item *item,
	void (*show)(void *data, const char *mark, const char *text), void *data)
{
	if (!wording_has_options(item))
		return;
	cleanup_free size_t *order = written_order(item->question);
	quiz_list_options(item->question, order, show, data);
}

void wording_describe(struct item *item, struct arena *arena)
{
	const struct quiz_question *q = item->question;
	const char *response = item->response != NULL ? item->response : "";
	cleanup_free size_t *order = xcalloc(q->answer_count + 1, sizeof *order);
	cleanup_buf struct buf given = {0}, solution = {0}, explanation = {0};
	quiz_shuffle(q, item->seed, order);
	if (item->response != NULL)
		word_given(q, order, response, &given);
	word_solution(q, &solution);
	word_explanation(q, order, response, &explanation);
	item->given = arena_strdup(arena, buf_text(&given));
	item->solution = arena_strdup(arena, buf_text(&solution));
	item->explanation = arena_strdup(arena, buf_text(&explanation));
}

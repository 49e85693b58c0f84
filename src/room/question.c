/* room/question.c - a question in memory, and what boards and learners may see of it */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_SHOWN 12

/* ---- questions ---- */

/* The only question of a GIFT text; one line must suffice to answer it. */
static const struct quiz_question *only_question(const struct quiz *quiz, struct error *err)
{
	const struct quiz_question *found = NULL;
	for (size_t i = 0; i < quiz->question_count; i++) {
		const struct quiz_question *q = &quiz->questions[i];
		if (q->kind->prompt == NULL)
			continue;
		if (found != NULL) {
			error_set_kind(
				err, ERROR_USAGE, "only one question can be asked at a time");
			return NULL;
		}
		found = q;
	}
	if (found == NULL)
		error_set_kind(err, ERROR_USAGE,
			"there is no question in the text; write it like `Which one? {=right ~wrong}`");
	else if (found->kind->room_name == NULL)
		error_set_kind(err, ERROR_USAGE,
			"a question of kind '%s' cannot be asked in a room", found->kind->name);
	return found != NULL && found->kind->room_name != NULL ? found : NULL;
}

struct room_question *room_add_question(
	struct room *room, const char *id, const char *gift, uint64_t seed, struct error *err)
{
	struct quiz *quiz;
	if (!quiz_parse("the question", gift, strlen(gift), &quiz, err))
		return NULL;
	const struct quiz_question *q = quiz_is_sound(quiz, err) ? only_question(quiz, err) : NULL;
	if (q == NULL) {
		quiz_destroy(quiz);
		return NULL;
	}
	size_t *order = xcalloc(q->answer_count + 1, sizeof *order);
	quiz_shuffle(q, seed, order);
	room->questions =
		array_grow(room->questions, room->question_count, sizeof *room->questions);
	struct room_question *one = &room->questions[room->question_count++];
	*one = (struct room_question){
		.id = xstrdup(id), .gift = xstrdup(gift), .quiz = quiz, .q = q, .order = order};
	return one;
}

struct room_question *room_open_question(struct room *room)
{
	struct room_question *last =
		room->question_count > 0 ? &room->questions[room->question_count - 1] : NULL;
	return last != NULL && last->closed_ms == 0 ? last : NULL;
}

cJSON *room_question_json(const struct room_question *one)
{
	const struct quiz_question *q = one->q;
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "id", one->id);
	cJSON_AddStringToObject(json, "text", q->text);
	cJSON_AddStringToObject(json, "kind", q->kind->room_name);
	if (one->poll)
		cJSON_AddTrueToObject(json, "poll");
	if (!q->kind->room_options)
		return json;
	cJSON *options = cJSON_AddArrayToObject(json, "options");
	for (size_t i = 0; i < q->answer_count; i++)
		cJSON_AddItemToArray(options, cJSON_CreateString(q->answers[one->order[i]].text));
	return json;
}

/* ---- counting ---- */

void room_count_options(const struct room_question *one, size_t *counts)
{
	size_t options = one->q->answer_count;
	for (size_t i = 0; i < options; i++)
		counts[i] = 0;
	for (size_t k = 0; k < one->answer_count; k++) {
		cleanup_free bool *shown = xcalloc(options + 1, sizeof *shown);
		(void)quiz_read_options(one->q, one->answers[k].response, shown);
		for (size_t i = 0; i < options; i++)
			counts[i] += shown[i];
	}
}

static void add_option_counts(cJSON *json, const struct room_question *one)
{
	size_t options = one->q->answer_count;
	cleanup_free size_t *counts = xcalloc(options + 1, sizeof *counts);
	room_count_options(one, counts);
	cJSON *list = cJSON_AddArrayToObject(json, "counts");
	cJSON *marks =
		one->closed_ms > 0 && !one->poll ? cJSON_AddArrayToObject(json, "marks") : NULL;
	for (size_t i = 0; i < options; i++) {
		cJSON_AddItemToArray(list, cJSON_CreateNumber((double)counts[i]));
		if (marks != NULL)
			cJSON_AddItemToArray(marks,
				cJSON_CreateBool(one->q->answers[one->order[i]].fraction > 0));
	}
}

struct word {
	char *text;
	size_t count;
};

static int by_count(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
				    : strcmp(x->text, y->text);
}

void room_list_words(const struct room_question *one, struct words *ret)
{
	struct word *words = xcalloc(one->answer_count + 1, sizeof *words);
	size_t count = 0;
	for (size_t i = 0; i < one->answer_count; i++) {
		char *text = utf8_fold(one->answers[i].response);
		size_t k = 0;
		while (k < count && !text_same(words[k].text, text))
			k++;
		if (k == count)
			words[count++].text = text;
		else
			free(text);
		words[k].count++;
	}
	if (count > 1)
		qsort(words, count, sizeof *words, by_count);
	for (size_t i = 0; i < count; i++) {
		words_add(ret, words[i].text);
		words_addf(ret, "%zu", words[i].count);
		free(words[i].text);
	}
	free(words);
}

static void add_typed_words(cJSON *json, const struct room_question *one)
{
	cleanup_words struct words words = {0};
	room_list_words(one, &words);
	cJSON *list = cJSON_AddArrayToObject(json, "words");
	for (size_t i = 0; i + 1 < words.count && i < (size_t)2 * WORDS_SHOWN; i += 2) {
		long long count = 0;
		(void)text_number(words.items[i + 1], 0, INT32_MAX, &count); /* it is one */
		cJSON *word = cJSON_CreateObject();
		cJSON_AddStringToObject(word, "text", words.items[i]);
		cJSON_AddNumberToObject(word, "count", (double)count);
		cJSON_AddItemToArray(list, word);
	}
}

/* The explanation for everybody: the general feedback, and that of the correct answer. */
static char *explanation_of(const struct quiz_question *q)
{
	struct buf out = {0};
	for (size_t i = 0; i < q->answer_count; i++)
		if (quiz_is_full(q->answers[i].fraction) && !text_is_blank(q->answers[i].feedback))
			buf_printf(&out, "%s%s", out.length > 0 ? " " : "", q->answers[i].feedback);
	if (!text_is_blank(q->feedback))
		buf_printf(&out, "%s%s", out.length > 0 ? " " : "", q->feedback);
	return buf_steal(&out);
}

void room_add_solution(cJSON *json, const char *name, const struct room_question *one)
{
	cleanup_free char *solution = one->poll ? xstrdup("") : quiz_solution(one->q, one->order);
	cleanup_free char *explanation = one->poll ? xstrdup("") : explanation_of(one->q);
	cJSON_AddStringToObject(json, name, solution);
	cJSON_AddStringToObject(json, "explanation", explanation);
}

cJSON *room_question_board(const struct room_question *one, enum room_view view)
{
	cJSON *json = room_question_json(one);
	size_t right = 0;
	for (size_t i = 0; i < one->answer_count; i++)
		right += quiz_is_full(one->answers[i].fraction);
	cJSON_AddBoolToObject(json, "open", one->closed_ms == 0);
	cJSON_AddNumberToObject(json, "answers", (double)one->answer_count);
	cJSON_AddBoolToObject(json, "tally", one->tally);
	cJSON_AddStringToObject(json, "how", one->q->kind->room_how);
	if (view == ROOM_PROJECTOR && one->closed_ms == 0 && !one->tally)
		return json;
	if (one->q->kind->room_options)
		add_option_counts(json, one);
	else
		add_typed_words(json, one);
	if (one->closed_ms > 0 && !one->poll) {
		cJSON_AddNumberToObject(json, "right", (double)right);
		room_add_solution(json, "answer", one);
	}
	return json;
}

void room_add_answer(
	struct room_question *question, const char *learner, const char *response, double fraction)
{
	size_t i = 0;
	while (i < question->answer_count && !text_same(question->answers[i].learner, learner))
		i++;
	if (i == question->answer_count) {
		question->answers = array_grow(
			question->answers, question->answer_count, sizeof *question->answers);
		question->answers[question->answer_count++] =
			(struct room_answer){.learner = xstrdup(learner)};
	}
	free(question->answers[i].response);
	question->answers[i].response = xstrdup(response);
	question->answers[i].fraction = fraction;
}

/* quiz/kinds.c - the kinds of questions, and what all of them do by their kind */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* In the order in which Moodle's importer tries them: the first that accepts the text between the
 * braces is the question's kind. `short` accepts any. */
#define KINDS(X)                                                                                   \
	X(description) X(essay) X(numerical) X(choice) X(choices) X(matching) X(truth) X(short)

#define DECLARE(NAME) extern const struct kind quiz_kind_##NAME;
#define ADDRESS(NAME) &quiz_kind_##NAME,
KINDS(DECLARE)
static const struct kind *const kinds[] = {KINDS(ADDRESS)};

const struct kind *kinds_find(struct gift_span text)
{
	size_t i = 0;
	while (kinds[i]->accepts == NULL || !kinds[i]->accepts(text))
		i++;
	return kinds[i];
}

const struct kind *kinds_find_type(struct translation *t, const struct xml_node *question)
{
	const char *type = xml_attribute(question, "type");
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (text_same(kinds[i]->type, type) &&
			(kinds[i]->accepts_xml == NULL || kinds[i]->accepts_xml(t, question)))
			return kinds[i];
	return NULL;
}

const struct kind *kinds_of(const struct quiz_question *q)
{
	return (const struct kind *)q->kind;
}

const struct quiz_kind *quiz_kind_in_room(const char *room_name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (room_name != NULL && text_same(kinds[i]->face.room_name, room_name))
			return &kinds[i]->face;
	return NULL;
}

/* ---- showing ---- */

void quiz_shuffle(const struct quiz_question *q, uint64_t seed, size_t *order)
{
	uint64_t state = q->id != NULL ? hash_bytes(seed, q->id, strlen(q->id)) : seed;
	for (size_t i = 0; i < q->answer_count; i++)
		order[i] = i;
	if (kinds_of(q)->fixed_order)
		return;
	for (size_t i = q->answer_count; i > 1; i--) { /* Fisher-Yates shuffle */
		size_t k = (size_t)(random_next(&state) % i), kept = order[i - 1];
		order[i - 1] = order[k];
		order[k] = kept;
	}
}

void quiz_list_options(const struct quiz_question *q, const size_t *order,
	void (*show)(void *data, const char *mark, const char *text), void *data)
{
	if (kinds_of(q)->list != NULL)
		kinds_of(q)->list(q, order, show, data);
}

bool quiz_read_options(const struct quiz_question *q, const char *response, bool *shown)
{
	return kinds_of(q)->read_options != NULL && kinds_of(q)->read_options(q, response, shown);
}

/* ---- grading ---- */

void quiz_grade_finish(struct quiz_grade *grade)
{
	words_finish(&grade->feedback);
	free(grade->why);
	*grade = (struct quiz_grade){0};
}

void quiz_grade(const struct quiz_question *q, const size_t *order, const char *response,
	struct quiz_grade *ret)
{
	struct gift_span span =
		gift_trim((struct gift_span){response, response + strlen(response)});
	cleanup_free char *text = xstrndup(span.at, (size_t)(span.end - span.at));
	if (kinds_of(q)->grade != NULL)
		kinds_of(q)->grade(q, order, text, ret);
	if (ret->understood)
		answers_add_feedback(ret, q->feedback);
}

char *quiz_solution(const struct quiz_question *q, const size_t *order)
{
	struct buf out = {0};
	if (kinds_of(q)->solve != NULL)
		kinds_of(q)->solve(q, order, &out);
	return buf_steal(&out);
}

/* ---- answers as a learner would type them who knows everything, or nothing ---- */

char *quiz_response(const struct quiz_question *q, const size_t *order, bool right)
{
	struct buf out = {0};
	if (kinds_of(q)->respond == NULL)
		return NULL;
	kinds_of(q)->respond(q, order, right, &out);
	return buf_steal(&out);
}

bool quiz_can_be_right(const struct quiz_question *q, char **ret_why)
{
	cleanup_free size_t *order = xcalloc(q->answer_count + 1, sizeof *order);
	quiz_shuffle(q, 1, order);
	cleanup_free char *response = quiz_response(q, order, true);
	if (response == NULL)
		return true;
	struct quiz_grade grade = {0};
	quiz_grade(q, order, response, &grade);
	bool full = grade.understood && quiz_is_full(grade.fraction);
	if (!full)
		*ret_why = xasprintf(_("its best answer `%s` earns %.0f %% of the point"), response,
			grade.understood ? grade.fraction * 100 : 0);
	quiz_grade_finish(&grade);
	return full;
}

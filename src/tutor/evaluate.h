/* tutor/evaluate.h - an attempt at questions: what evaluations and reviews share. Private to
 * src/tutor.
 */
#ifndef TUTOR_EVALUATE_H
#define TUTOR_EVALUATE_H

#include "quiz.h"
#include "session.h"

struct attempt {
	struct session *s;
	char registration[UUID_TEXT_SIZE];
	uint64_t seed;
	bool one_by_one; /* choices are asked option by option */
	double points;
	unsigned asked;
	int64_t started_ms;
	size_t missed_lesson; /* of the last wrong answer, for `:why`; TUTOR_ALL_LESSONS: none */
	bool *missed;         /* by the question's place in its quiz; NULL: not kept */
};
struct attempt evaluate_begin(struct session *s);
/* Shows a question and asks until the answer can be understood, grades it, tells and records it.
 * One of several answers is asked for as a choice, or option by option (DOMC): until one is taken,
 * or the right one refused. all: of how many it is the `place`th; 0: it is not told. False: given
 * up. */
bool evaluate_ask(struct attempt *a, const struct quiz_question *q, unsigned place, unsigned all);

#endif

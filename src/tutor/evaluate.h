/* tutor/evaluate.h - an attempt at questions, for quizzes and reviews. Private to src/tutor. */
#ifndef TUTOR_EVALUATE_H
#define TUTOR_EVALUATE_H

#include "quiz.h"
#include "session.h"

struct attempt {
	struct session *s;
	char registration[UUID_TEXT_SIZE];
	uint64_t seed;
	bool one_by_one; /* ask choices option by option */
	double points;
	unsigned asked;
	int64_t started_ms;
	size_t missed_lesson; /* of the last wrong answer, for `:why`; TUTOR_ALL_LESSONS: none */
	bool *missed;         /* by the question's index in its quiz; NULL: not tracked */
};
struct attempt evaluate_begin(struct session *s);
/* Shows a question, asks until the answer can be understood, grades it, reports the result and
 * records it. Asks a single choice either as a list, or option by option (DOMC) until the learner
 * accepts one or rejects the correct one. all: the number of questions, of which this is the
 * `place`th; 0: show no number. Returns false if the learner gave up. */
bool evaluate_ask(struct attempt *a, const struct quiz_question *q, unsigned place, unsigned all);

#endif

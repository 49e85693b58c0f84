/* tracker/projection.h - the rows of a change: each is read once, changed in memory and written
 * once, however many statements affect it */
#ifndef TRACKER_PROJECTION_H
#define TRACKER_PROJECTION_H

#include "private.h"
#include "progress.h"

enum row_kind {
	ROW_PERSON,
	ROW_COURSE,
	ROW_LESSON,
	ROW_QUESTION,
	ROW_RESULT, /* before enrolments, which sum up results */
	ROW_ENROLMENT,
	ROW_DAY,
	ROW_ANSWER,
	ROW_KINDS,
};

/* The key of a row: a text, or numbers of other rows. */
struct row {
	enum row_kind kind;
	const char *text;
	int64_t person, course, other; /* other: a lesson, a question, a day */
	struct row *next;              /* of the same kind */
	bool changed;
};

/* Each struct begins with its row. Times are ms since 1970, scores 0 … 1. */
struct person_row {
	struct row row;
	int64_t id, first_ms, last_ms;
};

struct course_row {
	struct row row;
	int64_t id, lessons;
	const char *title;
};

struct lesson_row {
	struct row row;
	int64_t id, place;
	const char *title, *objective;
};

struct question_row {
	struct row row;
	int64_t id;
};

struct result_row {
	struct row row;
	struct progress_result result;
};

struct enrolment_row {
	struct row row;
	int64_t begun_ms, last_ms, time_ms, completed, passed, done_ms;
	bool evaluated; /* scores of one of its results have changed */
};

struct day_row {
	struct row row;
	int64_t events, completed, passed, time_ms;
};

struct answer_row {
	struct row row;
	int64_t course, answers, first_ms;
	double first, last;
	struct review_card card;
};

struct projection;
/* Call within a change. Strings passed in stay the caller's. */
struct projection *projection_begin(struct db *db, struct error *err);
/* Writes the changed rows. */
bool projection_write(struct projection *projection);
void projection_finish(struct projection *projection);

/* Gets a row, created if missing; NULL: err says why. Saves titles that are not empty. */
struct person_row *projection_person(
	struct projection *projection, const char *key, const char *name);
struct course_row *projection_course(
	struct projection *projection, const char *iri, const char *title);
struct lesson_row *projection_lesson(struct projection *projection, int64_t course, const char *iri,
	const char *title, const char *aim);
struct question_row *projection_question(
	struct projection *projection, int64_t course, const char *iri, const char *title);
/* Get rows to change. A new one has scores below 0 and everything else 0. */
struct result_row *projection_result(
	struct projection *projection, int64_t person, int64_t course, int64_t lesson);
struct enrolment_row *projection_enrolment(
	struct projection *projection, int64_t person, int64_t course);
struct day_row *projection_day(
	struct projection *projection, int64_t person, int64_t course, int64_t day);
struct answer_row *projection_answer(
	struct projection *projection, int64_t person, int64_t course, int64_t question);

#endif

/* tracker/projection.h - the rows that a change is about: each is read once, changed in memory and
 * written once, however many statements it follows from */
#ifndef TRACKER_PROJECTION_H
#define TRACKER_PROJECTION_H

#include "private.h"
#include "review.h"

enum row_kind {
	ROW_PERSON,
	ROW_COURSE,
	ROW_LESSON,
	ROW_QUESTION,
	ROW_RESULT, /* before enrolments, which sum them up */
	ROW_ENROLMENT,
	ROW_DAY,
	ROW_ANSWER,
	ROW_KINDS,
};

/* What a row is found by: a text, or numbers of other rows. */
struct row {
	enum row_kind kind;
	const char *text;
	int64_t person, course, other; /* other: a lesson, a question, a day */
	struct row *next;              /* of its kind */
	bool changed;
};

/* Each begins with its row. Times are ms since 1970, scores 0 … 1. */
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
	int64_t completed_ms, passed_ms, attempts, first_ms, last_ms, time_ms, seen_ms, lines,
		failed_lines;
	double first, best, last;
};

struct enrolment_row {
	struct row row;
	int64_t begun_ms, last_ms, time_ms, completed, passed, done_ms;
	bool evaluated; /* some result of it has other scores */
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
/* Within a change. Texts and names that are given stay the caller's. */
struct projection *projection_begin(struct db *db, struct error *err);
/* Writes what was changed. */
bool projection_write(struct projection *projection);
void projection_finish(struct projection *projection);

/* The row, made where it is missing; NULL: err says why. Titles that are not empty are kept. */
struct person_row *projection_person(
	struct projection *projection, const char *key, const char *name);
struct course_row *projection_course(
	struct projection *projection, const char *iri, const char *title);
struct lesson_row *projection_lesson(struct projection *projection, int64_t course, const char *iri,
	const char *title, const char *aim);
struct question_row *projection_question(
	struct projection *projection, int64_t course, const char *iri, const char *title);
/* These are there to be changed. One that is new has its scores below 0 and all else 0. */
struct result_row *projection_result(
	struct projection *projection, int64_t person, int64_t course, int64_t lesson);
struct enrolment_row *projection_enrolment(
	struct projection *projection, int64_t person, int64_t course);
struct day_row *projection_day(
	struct projection *projection, int64_t person, int64_t course, int64_t day);
struct answer_row *projection_answer(
	struct projection *projection, int64_t person, int64_t course, int64_t question);

#endif

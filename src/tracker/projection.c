/* tracker/projection.c - reads and writes each row once per change */
#include "projection.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST 256
#define PLACE_UNKNOWN 1000000

struct projection {
	struct db *db;
	struct error *err;
	struct arena arena;
	struct row **slots; /* by hash */
	size_t capacity, count;
	struct row *first[ROW_KINDS];
};

struct projection *projection_begin(struct db *db, struct error *err)
{
	struct projection *projection = xcalloc(1, sizeof *projection);
	projection->db = db;
	projection->err = err;
	projection->capacity = CAPACITY_FIRST;
	projection->slots = xcalloc(projection->capacity, sizeof *projection->slots);
	return projection;
}

void projection_finish(struct projection *projection)
{
	arena_finish(&projection->arena);
	free(projection->slots);
	free(projection);
}

/* ---- finding ---- */

static bool is_same_row(const struct row *one, const struct row *other)
{
	return one->kind == other->kind && one->person == other->person &&
	       one->course == other->course && one->other == other->other &&
	       text_same(one->text, other->text);
}

static struct row **row_slot(struct row **slots, size_t capacity, const struct row *row)
{
	const int64_t numbers[] = {(int64_t)row->kind, row->person, row->course, row->other};
	uint64_t hash = hash_bytes(HASH_START, numbers, sizeof numbers);
	if (row->text != NULL)
		hash = hash_bytes(hash, row->text, strlen(row->text));
	size_t at = (size_t)hash & (capacity - 1);
	while (slots[at] != NULL && !is_same_row(slots[at], row))
		at = (at + 1) & (capacity - 1);
	return &slots[at];
}

static void grow_rows(struct projection *projection)
{
	size_t capacity = projection->capacity * 2;
	if (projection->count * 2 < projection->capacity)
		return;
	struct row **slots = xcalloc(capacity, sizeof(struct row *));
	for (size_t i = 0; i < projection->capacity; i++)
		if (projection->slots[i] != NULL)
			*row_slot(slots, capacity, projection->slots[i]) = projection->slots[i];
	free(projection->slots);
	projection->slots = slots;
	projection->capacity = capacity;
}

/* *ret_new: the caller must read the row. */
static void *find_row(
	struct projection *projection, const struct row *key, size_t size, bool *ret_new)
{
	grow_rows(projection);
	struct row **slot = row_slot(projection->slots, projection->capacity, key);
	*ret_new = *slot == NULL;
	if (*ret_new) {
		*slot = arena_alloc(&projection->arena, size);
		**slot = *key;
		(*slot)->text = arena_strdup(&projection->arena, key->text);
		(*slot)->next = projection->first[key->kind];
		projection->first[key->kind] = *slot;
		projection->count++;
	}
	return *slot;
}

/* Returns whether there is such a row; sql_done() finishes the statement. */
static bool step_to_row(struct projection *projection, sqlite3_stmt *row, bool *ret_good)
{
	*ret_good = row != NULL;
	return sql_row(projection->db, row, ret_good, projection->err);
}

/* ---- rows with a text as key ---- */

int64_t projection_person_number(
	struct db *db, const char *key, const char *name, struct error *err)
{
	int64_t id = sql_number(sql(db, err,
					"SELECT id FROM person WHERE key = ?1 UNION ALL "
					"SELECT person FROM alias WHERE key = ?1",
					"t", key),
		0);
	if (id > 0)
		return id;
	return sql_run(db,
		       sql(db, err, "INSERT INTO person (key, name) VALUES (?, ?)", "tt", key,
			       name),
		       err)
		       ? sql_last_row(db)
		       : 0;
}

struct person_row *projection_person(
	struct projection *projection, const char *key, const char *name)
{
	const struct row wanted = {.kind = ROW_PERSON, .text = key};
	bool is_new, good = true;
	struct person_row *p = find_row(projection, &wanted, sizeof *p, &is_new);
	if (!is_new)
		return p;
	p->id = projection_person_number(projection->db, key, name, projection->err);
	sqlite3_stmt *row = sql(projection->db, projection->err,
		"SELECT first_ms, last_ms FROM person WHERE id = ?", "i", p->id);
	if (p->id != 0 && step_to_row(projection, row, &good)) {
		p->first_ms = sqlite3_column_int64(row, 0);
		p->last_ms = sqlite3_column_int64(row, 1);
	}
	sql_done(row);
	return p->id != 0 && good ? p : NULL;
}

int64_t projection_course_number(
	struct db *db, const char *iri, const char *title, struct error *err)
{
	int64_t id = sql_number(sql(db, err, "SELECT id FROM course WHERE iri = ?", "t", iri), 0);
	if (id > 0)
		return id;
	return sql_run(db,
		       sql(db, err, "INSERT INTO course (iri, title) VALUES (?, ?)", "tt", iri,
			       *title != '\0' ? title : iri),
		       err)
		       ? sql_last_row(db)
		       : 0;
}

/* Titles from statements replace the known ones, unless they are empty. */
static void update_title(
	struct projection *projection, struct row *row, const char **there, const char *said)
{
	if (*said == '\0' || text_same(*there, said))
		return;
	*there = arena_strdup(&projection->arena, said);
	row->changed = true;
}

static bool read_course_row(struct projection *projection, struct course_row *c, const char *title)
{
	bool good = true;
	c->id = projection_course_number(projection->db, c->row.text, title, projection->err);
	sqlite3_stmt *row = sql(projection->db, projection->err,
		"SELECT title, lessons FROM course WHERE id = ?", "i", c->id);
	if (c->id != 0 && step_to_row(projection, row, &good)) {
		c->title = arena_strdup(&projection->arena, sql_column(row, 0));
		c->lessons = sqlite3_column_int64(row, 1);
	}
	sql_done(row);
	return c->id != 0 && good;
}

struct course_row *projection_course(
	struct projection *projection, const char *iri, const char *title)
{
	const struct row wanted = {.kind = ROW_COURSE, .text = iri};
	bool is_new;
	struct course_row *c = find_row(projection, &wanted, sizeof *c, &is_new);
	if (is_new && !read_course_row(projection, c, title))
		return NULL;
	update_title(projection, &c->row, &c->title, title);
	return c;
}

static bool read_lesson_row(struct projection *projection, struct lesson_row *l, int64_t course)
{
	bool good;
	sqlite3_stmt *row = sql(projection->db, projection->err,
		"SELECT id, title, aim, place FROM lesson WHERE iri = ?", "t", l->row.text);
	if (step_to_row(projection, row, &good)) {
		l->id = sqlite3_column_int64(row, 0);
		l->title = arena_strdup(&projection->arena, sql_column(row, 1));
		l->objective = arena_strdup(&projection->arena, sql_column(row, 2));
		l->place = sqlite3_column_int64(row, 3);
	}
	sql_done(row);
	if (!good || l->id != 0)
		return good;
	l->title = l->row.text;
	l->objective = "";
	l->place = PLACE_UNKNOWN;
	good = sql_run(projection->db,
		sql(projection->db, projection->err,
			"INSERT INTO lesson (course, iri, title, aim, place) VALUES (?, ?, ?, ?, "
			"?)",
			"ittti", course, l->row.text, l->title, l->objective, l->place),
		projection->err);
	l->id = sql_last_row(projection->db);
	return good;
}

struct lesson_row *projection_lesson(struct projection *projection, int64_t course, const char *iri,
	const char *title, const char *aim)
{
	const struct row wanted = {.kind = ROW_LESSON, .text = iri};
	bool is_new;
	struct lesson_row *l = find_row(projection, &wanted, sizeof *l, &is_new);
	if (is_new && !read_lesson_row(projection, l, course))
		return NULL;
	update_title(projection, &l->row, &l->title, title);
	update_title(projection, &l->row, &l->objective, aim);
	return l;
}

static bool read_question_row(
	struct projection *projection, struct question_row *q, int64_t course, const char *title)
{
	const char *iri = q->row.text;
	q->id = sql_number(sql(projection->db, projection->err,
				   "SELECT id FROM question WHERE iri = ?", "t", iri),
		0);
	if (q->id != 0)
		return true;
	bool good = sql_run(projection->db,
		sql(projection->db, projection->err,
			"INSERT INTO question (course, iri, title) VALUES (?, ?, ?)", "itt", course,
			iri, *title != '\0' ? title : iri),
		projection->err);
	q->id = sql_last_row(projection->db);
	return good;
}

struct question_row *projection_question(
	struct projection *projection, int64_t course, const char *iri, const char *title)
{
	const struct row wanted = {.kind = ROW_QUESTION, .text = iri};
	bool is_new;
	struct question_row *q = find_row(projection, &wanted, sizeof *q, &is_new);
	return !is_new || read_question_row(projection, q, course, title) ? q : NULL;
}

/* ---- rows with numbers as key ---- */

struct result_row *projection_result(
	struct projection *projection, int64_t person, int64_t course, int64_t lesson)
{
	const struct row wanted = {
		.kind = ROW_RESULT, .person = person, .course = course, .other = lesson};
	bool is_new, good;
	struct result_row *r = find_row(projection, &wanted, sizeof *r, &is_new);
	r->row.changed = true;
	if (!is_new)
		return r;
	struct progress_result *result = &r->result;
	progress_result_init(result);
	sqlite3_stmt *row = sql(projection->db, projection->err,
		"SELECT completed_ms, passed_ms, attempts, first, first_ms, best, last, last_ms, "
		"time_ms, seen_ms, lines, failed_lines FROM result "
		"WHERE course = ? AND person = ? AND lesson = ?",
		"iii", course, person, lesson);
	if (step_to_row(projection, row, &good)) {
		result->completed_ms = sqlite3_column_int64(row, 0);
		result->passed_ms = sqlite3_column_int64(row, 1);
		result->attempts = sqlite3_column_int64(row, 2);
		result->first = sqlite3_column_double(row, 3);
		result->first_ms = sqlite3_column_int64(row, 4);
		result->best = sqlite3_column_double(row, 5);
		result->last = sqlite3_column_double(row, 6);
		result->last_ms = sqlite3_column_int64(row, 7);
		result->time_ms = sqlite3_column_int64(row, 8);
		result->seen_ms = sqlite3_column_int64(row, 9);
		result->lines = sqlite3_column_int64(row, 10);
		result->failed_lines = sqlite3_column_int64(row, 11);
	}
	sql_done(row);
	return good ? r : NULL;
}

struct enrolment_row *projection_enrolment(
	struct projection *projection, int64_t person, int64_t course)
{
	const struct row wanted = {.kind = ROW_ENROLMENT, .person = person, .course = course};
	bool is_new, good;
	struct enrolment_row *e = find_row(projection, &wanted, sizeof *e, &is_new);
	e->row.changed = true;
	if (!is_new)
		return e;
	sqlite3_stmt *row = sql(projection->db, projection->err,
		"SELECT begun_ms, last_ms, time_ms, completed, passed, done_ms FROM enrolment "
		"WHERE person = ? AND course = ?",
		"ii", person, course);
	if (step_to_row(projection, row, &good)) {
		e->begun_ms = sqlite3_column_int64(row, 0);
		e->last_ms = sqlite3_column_int64(row, 1);
		e->time_ms = sqlite3_column_int64(row, 2);
		e->completed = sqlite3_column_int64(row, 3);
		e->passed = sqlite3_column_int64(row, 4);
		e->done_ms = sqlite3_column_int64(row, 5);
	}
	sql_done(row);
	return good ? e : NULL;
}

struct day_row *projection_day(
	struct projection *projection, int64_t person, int64_t course, int64_t day)
{
	const struct row wanted = {
		.kind = ROW_DAY, .person = person, .course = course, .other = day};
	bool is_new, good;
	struct day_row *d = find_row(projection, &wanted, sizeof *d, &is_new);
	d->row.changed = true;
	if (!is_new)
		return d;
	sqlite3_stmt *row = sql(projection->db, projection->err,
		"SELECT events, completed, passed, time_ms FROM day "
		"WHERE person = ? AND course = ? AND day = ?",
		"iii", person, course, day);
	if (step_to_row(projection, row, &good)) {
		d->events = sqlite3_column_int64(row, 0);
		d->completed = sqlite3_column_int64(row, 1);
		d->passed = sqlite3_column_int64(row, 2);
		d->time_ms = sqlite3_column_int64(row, 3);
	}
	sql_done(row);
	return good ? d : NULL;
}

static struct review_card card_of(sqlite3_stmt *row)
{
	return (struct review_card){
		.due_ms = sqlite3_column_int64(row, 4),
		.last_ms = sqlite3_column_int64(row, 5),
		.state = (enum review_state)sqlite3_column_int(row, 6),
		.step = sqlite3_column_int(row, 7),
		.stability = sqlite3_column_double(row, 8),
		.difficulty = sqlite3_column_double(row, 9),
		.scheduled_days = sqlite3_column_int(row, 10),
		.reviews = sqlite3_column_int(row, 11),
		.lapses = sqlite3_column_int(row, 12),
	};
}

struct answer_row *projection_answer(
	struct projection *projection, int64_t person, int64_t course, int64_t question)
{
	const struct row wanted = {.kind = ROW_ANSWER, .person = person, .other = question};
	bool is_new, good;
	struct answer_row *a = find_row(projection, &wanted, sizeof *a, &is_new);
	a->row.changed = true;
	if (!is_new)
		return a;
	a->course = course; /* not part of the key */
	a->first = a->last = -1;
	a->card = review_card_new();
	sqlite3_stmt *row = sql(projection->db, projection->err,
		"SELECT answers, first, first_ms, last, due_ms, last_ms, state, step, stability, "
		"difficulty, days, reviews, lapses, course FROM answer "
		"WHERE person = ? AND question = ?",
		"ii", person, question);
	if (step_to_row(projection, row, &good)) {
		a->answers = sqlite3_column_int64(row, 0);
		a->first = sqlite3_column_double(row, 1);
		a->first_ms = sqlite3_column_int64(row, 2);
		a->last = sqlite3_column_double(row, 3);
		a->card = card_of(row);
		a->course = sqlite3_column_int64(row, 13);
	}
	sql_done(row);
	return good ? a : NULL;
}

/* ---- writing ---- */

static sqlite3_stmt *person_statement(struct db *db, const struct row *row, struct error *err)
{
	const struct person_row *p = (const struct person_row *)row;
	return sql(db, err, "UPDATE person SET first_ms = ?2, last_ms = ?3 WHERE id = ?1", "iii",
		p->id, p->first_ms, p->last_ms);
}

static sqlite3_stmt *course_statement(struct db *db, const struct row *row, struct error *err)
{
	const struct course_row *c = (const struct course_row *)row;
	return sql(db, err, "UPDATE course SET title = ?2, lessons = ?3 WHERE id = ?1", "iti",
		c->id, c->title, c->lessons);
}

static sqlite3_stmt *lesson_statement(struct db *db, const struct row *row, struct error *err)
{
	const struct lesson_row *l = (const struct lesson_row *)row;
	return sql(db, err, "UPDATE lesson SET title = ?2, aim = ?3, place = ?4 WHERE id = ?1",
		"itti", l->id, l->title, l->objective, l->place);
}

static sqlite3_stmt *result_statement(struct db *db, const struct row *row, struct error *err)
{
	const struct progress_result *r = &((const struct result_row *)row)->result;
	return sql(db, err,
		"INSERT INTO result (person, lesson, course, completed_ms, passed_ms, attempts, "
		"first, first_ms, best, last, last_ms, time_ms, seen_ms, lines, failed_lines) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
		"(completed_ms, passed_ms, attempts, first, first_ms, best, last, last_ms, "
		"time_ms, seen_ms, lines, failed_lines) = (?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
		"?13, ?14, ?15)",
		"iiiiiididdiiiii", row->person, row->other, row->course, r->completed_ms,
		r->passed_ms, r->attempts, r->first, r->first_ms, r->best, r->last, r->last_ms,
		r->time_ms, r->seen_ms, r->lines, r->failed_lines);
}

static sqlite3_stmt *enrolment_statement(struct db *db, const struct row *row, struct error *err)
{
	const struct enrolment_row *e = (const struct enrolment_row *)row;
	return sql(db, err,
		"INSERT INTO enrolment (person, course, begun_ms, last_ms, time_ms, completed, "
		"passed, done_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE "
		"SET begun_ms = ?3, last_ms = ?4, time_ms = ?5, completed = ?6, passed = ?7, "
		"done_ms = ?8",
		"iiiiiiii", row->person, row->course, e->begun_ms, e->last_ms, e->time_ms,
		e->completed, e->passed, e->done_ms);
}

static sqlite3_stmt *day_statement(struct db *db, const struct row *row, struct error *err)
{
	const struct day_row *d = (const struct day_row *)row;
	return sql(db, err,
		"INSERT INTO day (person, course, day, events, completed, passed, time_ms) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET events = ?4, "
		"completed = ?5, passed = ?6, time_ms = ?7",
		"iiiiiii", row->person, row->course, row->other, d->events, d->completed, d->passed,
		d->time_ms);
}

static sqlite3_stmt *answer_statement(struct db *db, const struct row *row, struct error *err)
{
	const struct answer_row *a = (const struct answer_row *)row;
	const struct review_card *c = &a->card;
	return sql(db, err,
		"INSERT INTO answer (person, question, course, answers, first, first_ms, last, "
		"due_ms, last_ms, state, step, stability, difficulty, days, reviews, lapses) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
		"(course, answers, first, first_ms, last, due_ms, last_ms, state, step, stability, "
		"difficulty, days, reviews, lapses) = (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
		"?13, ?14, ?15, ?16)",
		"iiiididiiiiddiii", row->person, row->other, a->course, a->answers, a->first,
		a->first_ms, a->last, c->due_ms, c->last_ms, (int64_t)c->state, (int64_t)c->step,
		c->stability, c->difficulty, (int64_t)c->scheduled_days, (int64_t)c->reviews,
		(int64_t)c->lapses);
}

/* Recompute sums from their few rows, so that they do not depend on the order of arrival. */
static bool sum_up(struct projection *projection)
{
	bool good = true;
	for (struct row *r = projection->first[ROW_ENROLMENT]; good && r != NULL; r = r->next)
		if (((const struct enrolment_row *)r)->evaluated)
			good = sql_run(projection->db,
				sql(projection->db, projection->err,
					"UPDATE enrolment SET (evaluated, first, best, last) = "
					"(SELECT count(*), total(first), total(best), total(last) "
					"FROM result WHERE course = ?2 AND person = ?1 AND "
					"attempts > 0) WHERE person = ?1 AND course = ?2",
					"ii", r->person, r->course),
				projection->err);
	return good;
}

bool projection_write(struct projection *projection)
{
	static sqlite3_stmt *(*const statements[ROW_KINDS])(
		struct db *, const struct row *, struct error *) = {
		[ROW_PERSON] = person_statement,
		[ROW_COURSE] = course_statement,
		[ROW_LESSON] = lesson_statement,
		[ROW_RESULT] = result_statement,
		[ROW_ENROLMENT] = enrolment_statement,
		[ROW_DAY] = day_statement,
		[ROW_ANSWER] = answer_statement,
	};
	bool good = true;
	for (size_t kind = 0; kind < ROW_KINDS; kind++)
		for (struct row *r = projection->first[kind]; good && r != NULL; r = r->next)
			if (r->changed)
				good = sql_run(projection->db,
					statements[kind](projection->db, r, projection->err),
					projection->err);
	return good && sum_up(projection);
}

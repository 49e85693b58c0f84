/* tracker/items.c - item statistics of questions, from everybody's first answers */
#include "private.h"
#include "quiz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Answers of a course that are read one by one, which takes 50 ms. */
#define ANSWERS_MAX 100000

struct item {
	int64_t id;
	char *title, *iri, *course;
	double last; /* sum */
	double *scores, *rest;
	size_t count;
	struct quiz_item statistics;
};

struct items {
	struct item *list;
	size_t count;
};

static void item_finish(struct item *item)
{
	free(item->title);
	free(item->iri);
	free(item->course);
	free(item->scores);
	free(item->rest);
}

static void items_finish(struct items *items)
{
	for (size_t i = 0; i < items->count; i++)
		item_finish(&items->list[i]);
	free(items->list);
}

/* Rows are sorted by question. */
static struct item *item_for_row(struct items *items, sqlite3_stmt *row)
{
	int64_t id = sqlite3_column_int64(row, 0);
	struct item *last = items->count > 0 ? &items->list[items->count - 1] : NULL;
	if (last != NULL && last->id == id)
		return last;
	items->list = array_grow(items->list, items->count, sizeof *items->list);
	last = &items->list[items->count++];
	*last = (struct item){.id = id,
		.title = xstrdup(sql_column(row, 1)),
		.iri = xstrdup(sql_column(row, 2)),
		.course = xstrdup(sql_column(row, 3))};
	return last;
}

static void add_item_score(struct item *item, double score, double rest)
{
	item->scores = array_grow(item->scores, item->count, sizeof *item->scores);
	item->rest = array_grow(item->rest, item->count, sizeof *item->rest);
	item->scores[item->count] = score;
	item->rest[item->count++] = rest;
}

static bool read_questions(struct db *db, int64_t course, struct items *items, struct error *err)
{
	sqlite3_stmt *rows = sql(db, err,
		"SELECT q.id, q.title, q.iri, c.title FROM question AS q JOIN course AS c ON c.id = "
		"q.course WHERE q.course = ? AND q.people > 0 ORDER BY q.id",
		"i", course);
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err))
		(void)item_for_row(items, rows);
	sql_done(rows);
	return good;
}

static int compare_items(const void *wanted, const void *item)
{
	int64_t x = *(const int64_t *)wanted, y = ((const struct item *)item)->id;
	return (x > y) - (x < y);
}

/* A person's first answers in a course, in the order of questions. */
struct answers {
	int64_t person;
	struct answer_given {
		struct item *item;
		double first;
	} * given;
	size_t count;
};

/* Counts each answer beside the person's score on the other questions. */
static void count_person(struct answers *answers)
{
	double points = 0;
	for (size_t i = 0; i < answers->count; i++)
		points += answers->given[i].first;
	for (size_t i = 0; i < answers->count; i++)
		add_item_score(answers->given[i].item, answers->given[i].first,
			points - answers->given[i].first);
	answers->count = 0;
}

static void take_answer(struct items *items, struct answers *answers, sqlite3_stmt *row)
{
	int64_t person = sqlite3_column_int64(row, 0), question = sqlite3_column_int64(row, 1);
	struct item *item = items->count == 0 ? NULL
					      : bsearch(&question, items->list, items->count,
							sizeof *items->list, compare_items);
	if (person != answers->person)
		count_person(answers);
	answers->person = person;
	if (item == NULL) /* it came after the questions were read */
		return;
	item->last += sqlite3_column_double(row, 3);
	answers->given = array_grow(answers->given, answers->count, sizeof *answers->given);
	answers->given[answers->count++] =
		(struct answer_given){item, sqlite3_column_double(row, 2)};
}

/* Questions that no one of the team has answered are not shown. */
static void drop_unanswered(struct items *items)
{
	size_t kept = 0;
	for (size_t i = 0; i < items->count; i++) {
		struct item *item = &items->list[i];
		if (item->count == 0) {
			item_finish(item);
			continue;
		}
		item->statistics = quiz_item_statistics(item->scores, item->rest, item->count);
		items->list[kept++] = *item;
	}
	items->count = kept;
}

/* Reads the answers of one person after the other. */
static bool read_course_items(
	struct db *db, int64_t team, int64_t course, struct items *items, struct error *err)
{
	static const char of_all[] =
		"SELECT person, question, first, last FROM answer WHERE ?1 = 0 "
		"AND course = ?2 ORDER BY person, question";
	static const char of_team[] =
		"SELECT a.person, a.question, a.first, a.last FROM member AS m CROSS JOIN answer AS "
		"a ON a.person = m.person WHERE m.team = ?1 AND a.course = ?2 "
		"ORDER BY a.person, a.question";
	struct answers answers = {0};
	if (!read_questions(db, course, items, err))
		return false;
	sqlite3_stmt *rows = sql(db, err, team == 0 ? of_all : of_team, "ii", team, course);
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err))
		take_answer(items, &answers, rows);
	count_person(&answers);
	sql_done(rows);
	free(answers.given);
	drop_unanswered(items);
	return good;
}

/* The means alone. Everybody's answers are counted as they come; a team's are not. */
static bool read_means(
	struct db *db, int64_t team, int64_t course, struct items *items, struct error *err)
{
	static const char of_all[] =
		"SELECT q.id, q.title, q.iri, c.title, q.people, q.first, q.last FROM question AS "
		"q JOIN course AS c ON c.id = q.course WHERE ?1 = 0 AND (?2 = 0 OR q.course = ?2) "
		"AND q.people > 0 ORDER BY q.id";
	static const char of_team[] =
		"SELECT q.id, q.title, q.iri, c.title, count(*), sum(a.first), sum(a.last) "
		"FROM member AS m CROSS JOIN answer AS a ON a.person = m.person "
		"JOIN question AS q ON q.id = a.question JOIN course AS c ON c.id = q.course "
		"WHERE m.team = ?1 AND (?2 = 0 OR q.course = ?2) GROUP BY q.id";
	sqlite3_stmt *rows = sql(db, err, team == 0 ? of_all : of_team, "ii", team, course);
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		struct item *item = item_for_row(items, rows);
		item->count = (size_t)sqlite3_column_int64(rows, 4);
		double mean = sqlite3_column_double(rows, 5) / (double)item->count;
		item->last = sqlite3_column_double(rows, 6);
		/* a sum depends on the order of what was added, and the order of questions must not
		 */
		item->statistics =
			(struct quiz_item){item->count, round(mean * 1e9) / 1e9, NAN, NAN, NAN};
	}
	sql_done(rows);
	return good;
}

/* Of everybody. */
static int64_t count_answers(struct db *db, int64_t course)
{
	return sql_number(
		sql(db, NULL, "SELECT sum(people) FROM question WHERE course = ?", "i", course), 0);
}

static int by_difficulty(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	double p = x->statistics.facility, q = y->statistics.facility;
	return p != q ? (p > q) - (p < q) : (x->count < y->count) - (x->count > y->count);
}

bool tracker_items(struct tracker *t, int64_t team, int64_t course, unsigned max,
	void (*each)(void *data, const struct tracker_item *item), void *data, struct error *err)
{
	struct items items = {0};
	struct db *db = store_read(t->store);
	bool good = course > 0 && (team > 0 || count_answers(db, course) <= ANSWERS_MAX)
			    ? read_course_items(db, team, course, &items, err)
			    : read_means(db, team, course, &items, err);
	store_read_end(t->store, db);
	if (items.count > 1)
		qsort(items.list, items.count, sizeof *items.list, by_difficulty);
	for (size_t i = 0; good && i < items.count && i < max; i++) {
		const struct item *item = &items.list[i];
		const struct tracker_item one = {item->id, item->title, item->iri, item->course,
			(unsigned)item->count, item->statistics.facility,
			item->statistics.discrimination, item->statistics.efficiency,
			item->last / (double)item->count};
		each(data, &one);
	}
	items_finish(&items);
	return good;
}

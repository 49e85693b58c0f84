/* tracker/items.c - item statistics of questions, from everybody's first answers */
#include "private.h"
#include "quiz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Answers of a course that are read one by one, which takes 0.1 s. */
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

static void items_finish(struct items *items)
{
	for (size_t i = 0; i < items->count; i++) {
		free(items->list[i].title);
		free(items->list[i].iri);
		free(items->list[i].course);
		free(items->list[i].scores);
		free(items->list[i].rest);
	}
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

/* Also reads each person's score on the course's other questions. */
static bool read_course_items(
	struct db *db, int64_t team, int64_t course, struct items *items, struct error *err)
{
	sqlite3_stmt *rows = sql(db, err,
		"WITH mine AS (SELECT q.id, q.title, q.iri, c.title AS course, a.person, a.first, "
		"a.last FROM question AS q JOIN course AS c ON c.id = q.course "
		"JOIN answer AS a ON a.question = q.id WHERE q.course = ?2 AND " IN_TEAM(
			"a.person") "), "
				    "sums AS (SELECT person, sum(first) AS points FROM mine GROUP "
				    "BY person) "
				    "SELECT id, title, iri, course, first, last, points - first "
				    "FROM mine JOIN sums USING (person) ORDER BY id",
		"ii", team, course);
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		struct item *item = item_for_row(items, rows);
		item->last += sqlite3_column_double(rows, 5);
		add_item_score(
			item, sqlite3_column_double(rows, 4), sqlite3_column_double(rows, 6));
	}
	sql_done(rows);
	for (size_t i = 0; i < items->count; i++) {
		struct item *item = &items->list[i];
		item->statistics = quiz_item_statistics(item->scores, item->rest, item->count);
	}
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

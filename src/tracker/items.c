/* tracker/items.c - item statistics of questions, from everybody's first answers */
#include "private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Answers of a course that are read one by one, which takes 25 ms; of more, a sample is read. */
#define ANSWERS_MAX 100000

/* Scores for a question beside the points for the others of its course: means, and sums of products
 * of deviations (Welford's method, which stays exact when all of them are the same). */
struct moments {
	size_t count;
	double score, rest, score_score, rest_rest, score_rest;
};

struct item {
	int64_t id;
	char *title, *iri, *course;
	size_t count;
	double facility, last; /* means */
	struct moments moments;
};

struct items {
	struct item *list; /* by id */
	size_t count;
};

static void items_finish(struct items *items)
{
	for (size_t i = 0; i < items->count; i++) {
		free(items->list[i].title);
		free(items->list[i].iri);
		free(items->list[i].course);
	}
	free(items->list);
}

/* ---- the means: everybody's answers are counted as they come; a team's are not ---- */

static void add_item(struct items *items, sqlite3_stmt *row)
{
	size_t count = (size_t)sqlite3_column_int64(row, 4);
	items->list = array_grow(items->list, items->count, sizeof *items->list);
	items->list[items->count++] = (struct item){
		.id = sqlite3_column_int64(row, 0),
		.title = xstrdup(sql_column(row, 1)),
		.iri = xstrdup(sql_column(row, 2)),
		.course = xstrdup(sql_column(row, 3)),
		.count = count,
		.facility = tracker_mean(sqlite3_column_double(row, 5), count),
		.last = tracker_mean(sqlite3_column_double(row, 6), count),
	};
}

static bool read_means(
	struct db *db, int64_t team, int64_t course, struct items *items, struct error *err)
{
	static const char of_all[] =
		"SELECT q.id, q.title, q.iri, c.title, q.people, q.first, q.last FROM question AS "
		"q JOIN course AS c ON c.id = q.course WHERE ?1 = 0 AND (?2 = 0 OR q.course = ?2) "
		"AND q.people > 0 ORDER BY q.id";
	static const char of_team[] =
		"SELECT q.id, q.title, q.iri, c.title, n, s.first, s.last FROM (SELECT question, "
		"count(*) AS n, sum(first) AS first, sum(last) AS last FROM member AS m CROSS JOIN "
		"answer AS a ON a.person = m.person WHERE m.team = ?1 AND (?2 = 0 OR +a.course = "
		"?2) GROUP BY question) AS s JOIN question AS q ON q.id = s.question "
		"JOIN course AS c ON c.id = q.course ORDER BY q.id";
	sqlite3_stmt *rows = sql(db, err, team == 0 ? of_all : of_team, "ii", team, course);
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err))
		add_item(items, rows);
	sql_done(rows);
	return good;
}

/* ---- discrimination ---- */

/* A person's first answers in a course. */
struct answers {
	int64_t person;
	struct answer_given {
		struct item *item;
		double first;
	} * given;
	size_t count, place; /* place: of the item that was found last */
	unsigned people;
};

static void moments_add(struct moments *m, double score, double rest)
{
	double n = (double)++m->count, off_score = score - m->score, off_rest = rest - m->rest;
	m->score += off_score / n;
	m->rest += off_rest / n;
	m->score_score += off_score * (score - m->score);
	m->rest_rest += off_rest * (rest - m->rest);
	m->score_rest += off_score * (rest - m->rest);
}

/* As quiz_item_statistics() computes it. */
static double discrimination_of(const struct moments *m)
{
	double n = (double)m->count - 1;
	return n > 0 && m->score_score / n > 1e-12 && m->rest_rest / n > 1e-12
		       ? m->score_rest / sqrt(m->score_score * m->rest_rest)
		       : NAN;
}

/* Counts each answer beside the person's score on the other questions. */
static void count_person(struct answers *answers)
{
	double points = 0;
	for (size_t i = 0; i < answers->count; i++)
		points += answers->given[i].first;
	for (size_t i = 0; i < answers->count; i++)
		moments_add(&answers->given[i].item->moments, answers->given[i].first,
			points - answers->given[i].first);
	answers->people += answers->count > 0;
	answers->count = 0;
}

static void take_answer(struct items *items, struct answers *answers, sqlite3_stmt *row)
{
	int64_t person = sqlite3_column_int64(row, 0), question = sqlite3_column_int64(row, 1);
	if (person != answers->person)
		count_person(answers);
	answers->person = person;
	/* a person's answers are kept in the order of questions */
	if (answers->place == items->count || items->list[answers->place].id > question)
		answers->place = 0;
	while (answers->place < items->count && items->list[answers->place].id < question)
		answers->place++;
	if (answers->place == items->count || items->list[answers->place].id != question)
		return; /* it came after the questions were read */
	answers->given = array_grow(answers->given, answers->count, sizeof *answers->given);
	answers->given[answers->count++] =
		(struct answer_given){&items->list[answers->place], sqlite3_column_double(row, 2)};
}

/* Reads the answers of one person after the other, of one in `every`: a hash of their number
 * chooses them (Knuth, The Art of Computer Programming, volume 3, 6.4), so that a page that is
 * loaded again shows the same. */
static bool read_answers(struct db *db, int64_t team, int64_t course, size_t every,
	struct items *items, struct answers *answers, struct error *err)
{
#define OF_SAMPLE(person) person " * 2654435761 % 4294967296 / 65536 % ?3 = 0 AND +a.course = ?2"
	static const char of_all[] =
		"SELECT a.person, a.question, a.first FROM enrolment AS e CROSS JOIN answer AS a "
		"ON a.person = e.person WHERE ?1 = 0 AND e.course = ?2 AND " OF_SAMPLE("e.person");
	static const char of_team[] =
		"SELECT a.person, a.question, a.first FROM member AS m CROSS JOIN answer AS a "
		"ON a.person = m.person WHERE m.team = ?1 AND " OF_SAMPLE("m.person");
	sqlite3_stmt *rows =
		sql(db, err, team == 0 ? of_all : of_team, "iii", team, course, (int64_t)every);
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err))
		take_answer(items, answers, rows);
	sql_done(rows);
	count_person(answers);
	free(answers->given);
	return good;
}

/* *ret_sample: the number of people who were chosen; 0: all were read. */
static bool read_discrimination(struct db *db, int64_t team, int64_t course, struct items *items,
	unsigned *ret_sample, struct error *err)
{
	size_t all = 0;
	struct answers answers = {0};
	for (size_t i = 0; i < items->count; i++)
		all += items->list[i].count;
	size_t every = all > 0 ? (all - 1) / ANSWERS_MAX + 1 : 1;
	if (!read_answers(db, team, course, every, items, &answers, err))
		return false;
	*ret_sample = every > 1 ? answers.people : 0;
	return true;
}

/* ---- the list ---- */

static int by_difficulty(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	double p = x->facility, q = y->facility;
	if (p != q)
		return p < q ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

bool tracker_items(struct tracker *t, int64_t team, int64_t course, unsigned max,
	void (*each)(void *data, const struct tracker_item *item), void *data, struct error *err)
{
	struct items items = {0};
	unsigned sample = 0;
	struct db *db = store_read(t->store);
	bool good = read_means(db, team, course, &items, err) &&
		    (course == 0 || read_discrimination(db, team, course, &items, &sample, err));
	store_read_end(t->store, db);
	if (items.count > 1)
		qsort(items.list, items.count, sizeof *items.list, by_difficulty);
	for (size_t i = 0; good && i < items.count && i < max; i++) {
		const struct item *item = &items.list[i];
		const struct tracker_item one = {item->id, item->title, item->iri, item->course,
			(unsigned)item->count, item->facility, discrimination_of(&item->moments),
			item->last, sample};
		each(data, &one);
	}
	items_finish(&items);
	return good;
}

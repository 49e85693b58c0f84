/* tracker/read.c - queries for pages and exports */
#include "private.h"
#include "quiz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEAMS_OF(person)                                                                           \
	"(SELECT group_concat(name, ', ') FROM (SELECT name FROM member JOIN team ON team.id = "   \
	"member.team WHERE member.person = " person " ORDER BY name))"

static double number_or(sqlite3_stmt *row, int column, double none)
{
	return sqlite3_column_type(row, column) == SQLITE_NULL ? none
							       : sqlite3_column_double(row, column);
}

/* The names in a row, which pseudonyms may hide. */
struct names {
	char alias[16];
	const char *name, *key, *teams;
};

static struct names names_of(bool hidden, int64_t person, sqlite3_stmt *row, int column)
{
	struct names n = {.name = sql_column(row, column),
		.key = sql_column(row, column + 1),
		.teams = sql_column(row, column + 2)};
	if (hidden) {
		tracker_format_alias(person, n.alias);
		n.name = NULL; /* the alias; a pointer to it would not survive a copy */
		n.key = "";
	}
	return n;
}

static const char *shown_name(const struct names *n)
{
	return n->name != NULL ? n->name : n->alias;
}

/* ---- people ---- */

bool tracker_person(struct tracker *t, int64_t person,
	void (*each)(void *data, const struct tracker_person *person), void *data,
	struct error *err)
{
	bool hidden = tracker_has_pseudonyms(t);
	struct db *db = store_read(t->store);
	sqlite3_stmt *row = sql(db, err,
		"SELECT id, name, key, " TEAMS_OF(
			"person.id") ", first_ms, last_ms, (SELECT count(*) "
				     "FROM answer WHERE person = person.id AND due_ms <= ?2), "
				     "ended_ms FROM "
				     "person WHERE id = ?1",
		"ii", person, clock_wall_ms());
	bool good = row != NULL, there = sql_row(db, row, &good, err);
	if (there) {
		struct names n = names_of(hidden, person, row, 1);
		const struct tracker_person one = {person, n.key, shown_name(&n), n.teams,
			sqlite3_column_int64(row, 4), sqlite3_column_int64(row, 5),
			(unsigned)sqlite3_column_int(row, 6), sqlite3_column_int64(row, 7)};
		each(data, &one);
	}
	sql_done(row);
	store_read_end(t->store, db);
	return there || (good && error_set_kind(err, ERROR_FAILED, "this person does not exist"));
}

bool tracker_has_ended(struct tracker *t, const char *key)
{
	struct db *db = store_read(t->store);
	bool ended = sql_number(sql(db, NULL,
					"SELECT 1 FROM person WHERE ended_ms > 0 AND (key = ?1 OR "
					"id = (SELECT person FROM alias WHERE key = ?1))",
					"t", key),
			     0) == 1;
	store_read_end(t->store, db);
	return ended;
}

/* ---- progress in a course ---- */

/* People who started a course, or have it assigned (to one of their teams, or to everybody). */
static const char enrolments[] =
	"WITH due AS ("
	"  SELECT person, course, min(due_ms) AS due_ms FROM ("
	"    SELECT m.person, a.course, a.due_ms FROM assignment AS a JOIN member AS m"
	"      ON m.team = a.team"
	"    UNION ALL SELECT p.id, a.course, a.due_ms FROM assignment AS a, person AS p"
	"      WHERE a.team = 0) WHERE (?2 = 0 OR person = ?2) AND (?3 = 0 OR course = ?3)"
	"  GROUP BY person, course),"
	"pair AS (SELECT person, course FROM enrolment WHERE (?2 = 0 OR person = ?2)"
	"  AND (?3 = 0 OR course = ?3) UNION SELECT person, course FROM due),"
	"most AS (SELECT course, max(completed) AS lessons FROM enrolment GROUP BY course),"
	"waiting AS (SELECT person, course, count(*) AS due FROM answer"
	"  WHERE due_ms <= ?4 AND (?2 = 0 OR person = ?2) GROUP BY person, course),"
	"whole AS (SELECT pair.person, pair.course, p.name, p.key, " TEAMS_OF(
		"p.id") " AS teams,"
			"  c.title, max(c.lessons, coalesce(most.lessons, 0)) AS lessons,"
			"  coalesce(e.completed, 0) AS completed, coalesce(e.passed, 0) AS passed,"
			"  coalesce(e.evaluated, 0) AS evaluated, e.first / e.evaluated, e.best / "
			"e.evaluated,"
			"  e.last / e.evaluated, coalesce(e.time_ms, 0) AS time_ms,"
			"  coalesce(e.begun_ms, 0) AS begun_ms, coalesce(e.last_ms, 0) AS last_ms,"
			"  coalesce(due.due_ms, 0) AS due_ms, coalesce(e.done_ms, 0) AS done_ms,"
			"  coalesce(w.due, 0) AS reviews_due, c.iri"
			"  FROM pair JOIN person AS p ON p.id = pair.person JOIN course AS c ON "
			"c.id = pair.course"
			"  LEFT JOIN most ON most.course = pair.course"
			"  LEFT JOIN enrolment AS e ON e.person = pair.person AND e.course = "
			"pair.course"
			"  LEFT JOIN waiting AS w ON w.person = pair.person AND w.course = "
			"pair.course"
			"  LEFT JOIN due ON due.person = pair.person AND due.course = pair.course"
			"  WHERE (p.ended_ms = 0 OR ?2 > 0) AND " IN_TEAM(
				"pair.person") ")"
					       "SELECT *, due_ms > 0 AND due_ms < ?4 AND completed "
					       "< max(lessons, 1) AS late FROM whole "
					       "ORDER BY late DESC, iif(late, due_ms, 0), last_ms, "
					       "name, title";

static struct tracker_enrolment enrolment_of(sqlite3_stmt *row, const struct names *n)
{
	struct tracker_enrolment e = {
		.person = sqlite3_column_int64(row, 0),
		.course = sqlite3_column_int64(row, 1),
		.name = shown_name(n),
		.key = n->key,
		.teams = n->teams,
		.course_title = sql_column(row, 5),
		.lessons = (unsigned)sqlite3_column_int(row, 6),
		.completed = (unsigned)sqlite3_column_int(row, 7),
		.passed = (unsigned)sqlite3_column_int(row, 8),
		.evaluated = (unsigned)sqlite3_column_int(row, 9),
		.first = number_or(row, 10, -1),
		.best = number_or(row, 11, -1),
		.last = number_or(row, 12, -1),
		.time_ms = sqlite3_column_int64(row, 13),
		.begun_ms = sqlite3_column_int64(row, 14),
		.last_ms = sqlite3_column_int64(row, 15),
		.due_ms = sqlite3_column_int64(row, 16),
		.done_ms = sqlite3_column_int64(row, 17),
		.reviews_due = (unsigned)sqlite3_column_int(row, 18),
		.course_iri = sql_column(row, 19),
		.overdue = sqlite3_column_int(row, 20) != 0,
	};
	if (e.lessons == 0 || e.completed < e.lessons)
		e.done_ms = 0;
	return e;
}

bool tracker_enrolments(struct tracker *t, int64_t team, int64_t person, int64_t course,
	void (*each)(void *data, const struct tracker_enrolment *enrolment), void *data,
	struct error *err)
{
	bool hidden = tracker_has_pseudonyms(t);
	struct db *db = store_read(t->store);
	sqlite3_stmt *rows =
		sql(db, err, enrolments, "iiii", team, person, course, clock_wall_ms());
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		struct names n = names_of(hidden, sqlite3_column_int64(rows, 0), rows, 2);
		struct tracker_enrolment one = enrolment_of(rows, &n);
		each(data, &one);
	}
	sql_done(rows);
	store_read_end(t->store, db);
	return good;
}

struct count {
	int64_t person;
	unsigned courses, completed, overdue;
};

struct counts {
	struct count *items;
	size_t count;
};

static void count_enrolment(void *data, const struct tracker_enrolment *e)
{
	struct counts *c = data;
	c->items = array_grow(c->items, c->count, sizeof *c->items);
	c->items[c->count++] = (struct count){e->person, 1, e->done_ms > 0, e->overdue};
}

static int compare_people(const void *a, const void *b)
{
	int64_t x = ((const struct count *)a)->person, y = ((const struct count *)b)->person;
	return (x > y) - (x < y);
}

/* Sums up one item for each person, in order. */
static void merge_counts(struct counts *c)
{
	size_t kept = 0;
	if (c->count > 0)
		qsort(c->items, c->count, sizeof *c->items, compare_people);
	for (size_t i = 0; i < c->count; i++) {
		const struct count *one = &c->items[i];
		if (kept > 0 && c->items[kept - 1].person == one->person) {
			struct count *sum = &c->items[kept - 1];
			sum->courses += one->courses;
			sum->completed += one->completed;
			sum->overdue += one->overdue;
		} else {
			c->items[kept++] = *one;
		}
	}
	c->count = kept;
}

static struct count count_of(const struct counts *c, int64_t person)
{
	const struct count wanted = {.person = person};
	const struct count *found = c->count == 0 ? NULL
						  : bsearch(&wanted, c->items, c->count,
							    sizeof *c->items, compare_people);
	return found != NULL ? *found : wanted;
}

bool tracker_members(struct tracker *t, int64_t team,
	void (*each)(void *data, const struct tracker_member *member), void *data,
	struct error *err)
{
	struct counts counts = {0};
	bool hidden = tracker_has_pseudonyms(t);
	bool good = tracker_enrolments(t, team, 0, 0, count_enrolment, &counts, err);
	merge_counts(&counts);
	struct db *db = store_read(t->store);
	sqlite3_stmt *rows =
		!good ? NULL
		      : sql(db, err,
				"SELECT id, name, key, " TEAMS_OF(
					"person.id") ", joined_ms, first_ms, last_ms, "
						     "ended_ms FROM person WHERE " IN_TEAM(
							     "id") " ORDER BY name, id",
				"i", team);
	good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		int64_t id = sqlite3_column_int64(rows, 0);
		struct names n = names_of(hidden, id, rows, 1);
		struct count c = count_of(&counts, id);
		const struct tracker_member one = {id, n.key, shown_name(&n), n.teams,
			sqlite3_column_int64(rows, 4), sqlite3_column_int64(rows, 5),
			sqlite3_column_int64(rows, 6), sqlite3_column_int64(rows, 7), c.courses,
			c.completed, c.overdue};
		each(data, &one);
	}
	sql_done(rows);
	store_read_end(t->store, db);
	free(counts.items);
	return good;
}

/* Reads one row per member, by team; a team without members has one row without a person. */
static bool read_members(struct db *db, const struct counts *counts, tracker_each_team each,
	void *data, struct error *err)
{
	sqlite3_stmt *rows = sql(db, err,
		"SELECT team.id, name, coalesce(person, 0) FROM team "
		"LEFT JOIN member ON member.team = team.id ORDER BY name, team.id",
		"");
	struct tracker_team team = {0};
	cleanup_buf struct buf name = {0};
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		int64_t id = sqlite3_column_int64(rows, 0), person = sqlite3_column_int64(rows, 2);
		if (id != team.id) {
			if (team.id > 0)
				each(data, &team);
			buf_truncate(&name, 0);
			buf_add_text(&name, sql_column(rows, 1));
			team = (struct tracker_team){.id = id, .name = buf_text(&name)};
		}
		team.people += person > 0;
		team.overdue += count_of(counts, person).overdue > 0;
	}
	if (good && team.id > 0)
		each(data, &team);
	sql_done(rows);
	return good;
}

bool tracker_teams(struct tracker *t, tracker_each_team each, void *data, struct error *err)
{
	struct counts counts = {0};
	bool good = tracker_enrolments(t, 0, 0, 0, count_enrolment, &counts, err);
	merge_counts(&counts);
	struct db *db = store_read(t->store);
	good = good && read_members(db, &counts, each, data, err);
	store_read_end(t->store, db);
	free(counts.items);
	return good;
}

/* ---- assignments ---- */

#define OF_ASSIGNMENT                                                                              \
	"p.ended_ms = 0 AND (a.team = 0 OR p.id IN (SELECT person FROM member WHERE team = "       \
	"a.team))"
#define ENROLLED                                                                                   \
	"(SELECT count(*) FROM enrolment AS e JOIN person AS p ON p.id = e.person WHERE "          \
	"e.course = a.course AND " OF_ASSIGNMENT

bool tracker_assignments(struct tracker *t,
	void (*each)(void *data, const struct tracker_assignment *assignment), void *data,
	struct error *err)
{
	struct db *db = store_read(t->store);
	sqlite3_stmt *rows = sql(db, err,
		"SELECT c.iri, c.title, t.name, c.id, a.due_ms, (SELECT count(*) FROM person AS p "
		"WHERE " OF_ASSIGNMENT "), " ENROLLED "), " ENROLLED " AND e.completed >= max(1, "
		"c.lessons)) FROM assignment AS a JOIN course AS c ON c.id "
		"= a.course LEFT JOIN team AS t ON t.id = a.team "
		"ORDER BY a.due_ms, c.title, t.name",
		"");
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		const struct tracker_assignment one = {sql_column(rows, 0), sql_column(rows, 1),
			sql_column(rows, 2), sqlite3_column_int64(rows, 3),
			sqlite3_column_int64(rows, 4), (unsigned)sqlite3_column_int(rows, 5),
			(unsigned)sqlite3_column_int(rows, 6),
			(unsigned)sqlite3_column_int(rows, 7)};
		each(data, &one);
	}
	sql_done(rows);
	store_read_end(t->store, db);
	return good;
}

/* ---- lessons ---- */

/* Put the most selective condition first, so that SQLite uses an index. */
#define RESULTS(narrow)                                                                            \
	"SELECT r.person, r.course, r.lesson, p.name, p.key, '', c.title, l.iri, l.title, l.aim, " \
	"completed_ms, passed_ms, attempts, lines, failed_lines, first, best, last, time_ms, "     \
	"seen_ms FROM result AS r JOIN person AS p ON p.id = r.person "                            \
	"JOIN course AS c ON c.id = r.course JOIN lesson AS l ON l.id = r.lesson "                 \
	"WHERE " narrow " AND " IN_TEAM("r.person") " ORDER BY r.person, c.title, l.place, l.id"

static sqlite3_stmt *prepare_results(
	struct db *db, int64_t team, int64_t person, int64_t course, struct error *err)
{
	static const char by_person[] = RESULTS("r.person = ?2 AND (?3 = 0 OR r.course = ?3)");
	static const char by_course[] = RESULTS("?2 = 0 AND r.course = ?3");
	static const char all[] = RESULTS("?2 = 0 AND ?3 = 0");
	return sql(db, err,
		person > 0   ? by_person
		: course > 0 ? by_course
			     : all,
		"iii", team, person, course);
}

bool tracker_results(struct tracker *t, int64_t team, int64_t person, int64_t course,
	void (*each)(void *data, const struct tracker_result *result), void *data,
	struct error *err)
{
	bool hidden = tracker_has_pseudonyms(t);
	struct db *db = store_read(t->store);
	sqlite3_stmt *rows = prepare_results(db, team, person, course, err);
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		struct names n = names_of(hidden, sqlite3_column_int64(rows, 0), rows, 3);
		const struct tracker_result one = {
			.person = sqlite3_column_int64(rows, 0),
			.course = sqlite3_column_int64(rows, 1),
			.lesson = sqlite3_column_int64(rows, 2),
			.name = shown_name(&n),
			.key = n.key,
			.course_title = sql_column(rows, 6),
			.iri = sql_column(rows, 7),
			.title = sql_column(rows, 8),
			.objective = sql_column(rows, 9),
			.completed_ms = sqlite3_column_int64(rows, 10),
			.passed_ms = sqlite3_column_int64(rows, 11),
			.attempts = (unsigned)sqlite3_column_int(rows, 12),
			.lines = (unsigned)sqlite3_column_int(rows, 13),
			.failed_lines = (unsigned)sqlite3_column_int(rows, 14),
			.first = sqlite3_column_double(rows, 15),
			.best = sqlite3_column_double(rows, 16),
			.last = sqlite3_column_double(rows, 17),
			.time_ms = sqlite3_column_int64(rows, 18),
			.last_ms = sqlite3_column_int64(rows, 19),
		};
		each(data, &one);
	}
	sql_done(rows);
	store_read_end(t->store, db);
	return good;
}

bool tracker_courses(struct tracker *t, int64_t team,
	void (*each)(void *data, const struct tracker_course *course), void *data,
	struct error *err)
{
	struct db *db = store_read(t->store);
	sqlite3_stmt *rows = sql(db, err,
		"SELECT id, iri, title, max(lessons, coalesce((SELECT max(completed) FROM "
		"enrolment "
		"WHERE course = course.id), 0)), (SELECT count(*) FROM enrolment AS e WHERE "
		"e.course = course.id AND " IN_TEAM("e.person") ") FROM course ORDER BY title",
		"i", team);
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		const struct tracker_course one = {sqlite3_column_int64(rows, 0),
			sql_column(rows, 1), sql_column(rows, 2),
			(unsigned)sqlite3_column_int(rows, 3),
			(unsigned)sqlite3_column_int(rows, 4)};
		each(data, &one);
	}
	sql_done(rows);
	store_read_end(t->store, db);
	return good;
}

bool tracker_lessons(struct tracker *t, int64_t team, int64_t course,
	void (*each)(void *data, const struct tracker_lesson *lesson), void *data,
	struct error *err)
{
	struct db *db = store_read(t->store);
	sqlite3_stmt *rows = sql(db, err,
		"SELECT l.id, l.title, l.aim, n, done, passed, tried, first, best, time FROM "
		"(SELECT lesson, count(*) AS n, sum(completed_ms > 0) AS done, sum(passed_ms > 0) "
		"AS passed, sum(attempts > 0) AS tried, avg(iif(attempts > 0, first, NULL)) AS "
		"first, avg(iif(attempts > 0, best, NULL)) AS best, "
		"CAST(avg(time_ms) AS INTEGER) AS time FROM result WHERE course = ?2 AND " IN_TEAM(
			"person") " GROUP BY lesson) JOIN lesson AS l ON l.id = lesson "
				  "ORDER BY l.place, l.id",
		"ii", team, course);
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		const struct tracker_lesson one = {
			.id = sqlite3_column_int64(rows, 0),
			.title = sql_column(rows, 1),
			.objective = sql_column(rows, 2),
			.begun = (unsigned)sqlite3_column_int(rows, 3),
			.completed = (unsigned)sqlite3_column_int(rows, 4),
			.passed = (unsigned)sqlite3_column_int(rows, 5),
			.evaluated = (unsigned)sqlite3_column_int(rows, 6),
			.first = number_or(rows, 7, -1),
			.best = number_or(rows, 8, -1),
			.time_ms = sqlite3_column_int64(rows, 9),
		};
		each(data, &one);
	}
	sql_done(rows);
	store_read_end(t->store, db);
	return good;
}

/* ---- days ---- */

bool tracker_days(struct tracker *t, int64_t team, int64_t person, int64_t course, int64_t from_day,
	void (*each)(void *data, const struct tracker_day *day), void *data, struct error *err)
{
	struct db *db = store_read(t->store);
	sqlite3_stmt *rows = sql(db, err,
		"SELECT day, count(DISTINCT person), sum(events), sum(completed), sum(passed), "
		"sum(time_ms) FROM day WHERE " IN_TEAM(
			"person") " AND (?2 = 0 OR person = ?2) "
				  "AND (?3 = 0 OR course = ?3) AND day >= ?4 GROUP BY day ORDER BY "
				  "day",
		"iiii", team, person, course, from_day);
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		const struct tracker_day one = {sqlite3_column_int64(rows, 0),
			(unsigned)sqlite3_column_int(rows, 1),
			(unsigned)sqlite3_column_int(rows, 2),
			(unsigned)sqlite3_column_int(rows, 3),
			(unsigned)sqlite3_column_int(rows, 4), sqlite3_column_int64(rows, 5)};
		each(data, &one);
	}
	sql_done(rows);
	store_read_end(t->store, db);
	return good;
}

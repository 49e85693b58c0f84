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

bool tracker_team_names(struct tracker *t, void (*each)(void *data, const char *name), void *data,
	struct error *err)
{
	struct db *db = store_read(t->store);
	sqlite3_stmt *rows = sql(db, err, "SELECT name FROM team ORDER BY name", "");
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err))
		each(data, sql_column(rows, 0));
	sql_done(rows);
	store_read_end(t->store, db);
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

bool tracker_positions(struct tracker *t, int64_t team, int64_t course, int64_t lesson,
	void (*each)(void *data, const struct tracker_position *position), void *data,
	struct error *err)
{
	bool hidden = tracker_has_pseudonyms(t);
	struct db *db = store_read(t->store);
	sqlite3_stmt *rows = sql(db, err,
		"SELECT p.id, p.name, p.key, '', completed_ms, passed_ms, seen_ms FROM person AS p "
		"LEFT JOIN result AS r ON r.course = ?2 AND r.person = p.id AND r.lesson = ?3 "
		"WHERE " IN_TEAM("p.id") " AND EXISTS (SELECT 1 FROM result WHERE course = ?2 AND "
					 "person = p.id) ORDER BY p.id",
		"iii", team, course, lesson);
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		struct names n = names_of(hidden, sqlite3_column_int64(rows, 0), rows, 1);
		const struct tracker_position one = {sqlite3_column_int64(rows, 0), shown_name(&n),
			sqlite3_column_int64(rows, 4), sqlite3_column_int64(rows, 5),
			sqlite3_column_int64(rows, 6)};
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

/* ?1 a team, ?2 a course; everybody's results are counted as they come, a team's are not. */
#define LESSONS(sums)                                                                              \
	"SELECT l.id, l.title, l.aim, s.people, s.completed, s.passed, s.evaluated, s.first, "     \
	"s.best, s.time_ms FROM (" sums ") AS s JOIN lesson AS l ON l.id = s.lesson "              \
	"ORDER BY l.place, l.id"

bool tracker_lessons(struct tracker *t, int64_t team, int64_t course,
	void (*each)(void *data, const struct tracker_lesson *lesson), void *data,
	struct error *err)
{
	static const char of_all[] =
		LESSONS("SELECT * FROM lesson_total WHERE ?1 = 0 AND course = ?2 AND people > 0");
	static const char of_team[] =
		LESSONS("SELECT r.lesson, count(*) AS people, sum(completed_ms > 0) AS completed, "
			"sum(passed_ms > 0) AS passed, sum(attempts > 0) AS evaluated, "
			"total(iif(attempts > 0, first, 0)) AS first, "
			"total(iif(attempts > 0, best, 0)) AS best, sum(time_ms) AS time_ms "
			"FROM member AS m CROSS JOIN result AS r ON r.course = ?2 AND r.person = "
			"m.person WHERE m.team = ?1 GROUP BY r.lesson");
	struct db *db = store_read(t->store);
	sqlite3_stmt *rows = sql(db, err, team > 0 ? of_team : of_all, "ii", team, course);
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		struct tracker_lesson one = {
			.id = sqlite3_column_int64(rows, 0),
			.title = sql_column(rows, 1),
			.objective = sql_column(rows, 2),
			.begun = (unsigned)sqlite3_column_int(rows, 3),
			.completed = (unsigned)sqlite3_column_int(rows, 4),
			.passed = (unsigned)sqlite3_column_int(rows, 5),
			.evaluated = (unsigned)sqlite3_column_int(rows, 6),
			.first = -1,
			.best = -1,
			.time_ms = sqlite3_column_int64(rows, 9) / sqlite3_column_int64(rows, 3),
		};
		if (one.evaluated > 0) {
			one.first = tracker_mean(sqlite3_column_double(rows, 7), one.evaluated);
			one.best = tracker_mean(sqlite3_column_double(rows, 8), one.evaluated);
		}
		each(data, &one);
	}
	sql_done(rows);
	store_read_end(t->store, db);
	return good;
}

/* ---- marks ---- */

bool tracker_marks(struct tracker *t, int64_t person, int64_t course,
	void (*each)(void *data, const struct tracker_mark *mark), void *data, struct error *err)
{
	struct db *db = store_read(t->store);
	sqlite3_stmt *rows = sql(db, err,
		"SELECT lesson, completed_ms, passed_ms FROM result WHERE course = ?1 AND person = "
		"?2",
		"ii", course, person);
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		const struct tracker_mark one = {sqlite3_column_int64(rows, 0),
			sqlite3_column_int64(rows, 1), sqlite3_column_int64(rows, 2)};
		each(data, &one);
	}
	sql_done(rows);
	store_read_end(t->store, db);
	return good;
}

/* ---- days ---- */

bool tracker_days(struct tracker *t, int64_t team, int64_t person, int64_t from_day,
	void (*each)(void *data, const struct tracker_day *day), void *data, struct error *err)
{
	static const char of_all[] = "SELECT day, time_ms FROM total WHERE ?1 = 0 AND ?2 = 0 AND "
				     "rows > 0 AND day >= ?3 ORDER BY day";
	static const char of_team[] = "SELECT day, sum(time_ms) FROM member AS m CROSS JOIN day AS "
				      "d ON d.person = m.person WHERE m.team = ?1 AND ?2 = 0 AND "
				      "day >= ?3 GROUP BY day ORDER BY day";
	static const char of_person[] =
		"SELECT day, sum(time_ms) FROM day WHERE person = ?2 AND "
		"day >= ?3 AND " IN_TEAM("person") " GROUP BY day ORDER BY day";
	struct db *db = store_read(t->store);
	sqlite3_stmt *rows = sql(db, err,
		person > 0 ? of_person
		: team > 0 ? of_team
			   : of_all,
		"iii", team, person, from_day);
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		const struct tracker_day one = {
			sqlite3_column_int64(rows, 0), sqlite3_column_int64(rows, 1)};
		each(data, &one);
	}
	sql_done(rows);
	store_read_end(t->store, db);
	return good;
}

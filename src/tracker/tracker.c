/* tracker/tracker.c - the tables, and opening the store for them */
#include "private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Never change a released step: append a new one. */
static const char *const steps[] = {
	"CREATE TABLE person ("
	"  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
	"  first_ms INTEGER NOT NULL DEFAULT 0, last_ms INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE member (team INTEGER NOT NULL, person INTEGER NOT NULL,"
	"  PRIMARY KEY (team, person)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX member_person ON member (person);"
	"CREATE TABLE course ("
	"  id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, title TEXT NOT NULL,"
	"  lessons INTEGER NOT NULL DEFAULT 0) STRICT;"
	/* team 0: everybody */
	"CREATE TABLE assignment (team INTEGER NOT NULL, course INTEGER NOT NULL,"
	"  due_ms INTEGER NOT NULL, PRIMARY KEY (team, course)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
	"CREATE TABLE lesson ("
	"  id INTEGER PRIMARY KEY, course INTEGER NOT NULL, iri TEXT NOT NULL UNIQUE,"
	"  title TEXT NOT NULL, aim TEXT NOT NULL, place INTEGER NOT NULL) STRICT;"
	"CREATE INDEX lesson_course ON lesson (course, place);"
	"CREATE TABLE question ("
	"  id INTEGER PRIMARY KEY, course INTEGER NOT NULL, iri TEXT NOT NULL UNIQUE,"
	"  title TEXT NOT NULL) STRICT;"
	"CREATE INDEX question_course ON question (course);"
	/* recent statements from another store, to skip duplicates */
	"CREATE TABLE seen (id TEXT PRIMARY KEY, stored_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX seen_stored ON seen (stored_ms);"
	/* what follows from statements, by person */
	"CREATE TABLE enrolment ("
	"  person INTEGER NOT NULL, course INTEGER NOT NULL, begun_ms INTEGER NOT NULL,"
	"  last_ms INTEGER NOT NULL, time_ms INTEGER NOT NULL DEFAULT 0,"
	"  completed INTEGER NOT NULL DEFAULT 0, passed INTEGER NOT NULL DEFAULT 0,"
	"  done_ms INTEGER NOT NULL DEFAULT 0,"
	/* lessons with quiz scores: their count and the sums of scores */
	"  evaluated INTEGER NOT NULL DEFAULT 0, first REAL NOT NULL DEFAULT 0,"
	"  best REAL NOT NULL DEFAULT 0, last REAL NOT NULL DEFAULT 0,"
	"  PRIMARY KEY (person, course)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE result ("
	"  person INTEGER NOT NULL, lesson INTEGER NOT NULL, course INTEGER NOT NULL,"
	"  completed_ms INTEGER NOT NULL DEFAULT 0, passed_ms INTEGER NOT NULL DEFAULT 0,"
	"  attempts INTEGER NOT NULL DEFAULT 0, first REAL NOT NULL DEFAULT -1,"
	"  first_ms INTEGER NOT NULL DEFAULT 0, best REAL NOT NULL DEFAULT -1,"
	"  last REAL NOT NULL DEFAULT -1, last_ms INTEGER NOT NULL DEFAULT 0,"
	"  time_ms INTEGER NOT NULL DEFAULT 0, seen_ms INTEGER NOT NULL,"
	"  lines INTEGER NOT NULL DEFAULT 0, failed_lines INTEGER NOT NULL DEFAULT 0,"
	"  PRIMARY KEY (course, person, lesson)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX result_person ON result (person);"
	"CREATE TABLE answer ("
	"  person INTEGER NOT NULL, question INTEGER NOT NULL, course INTEGER NOT NULL, answers "
	"INTEGER NOT NULL,"
	"  first REAL NOT NULL, first_ms INTEGER NOT NULL, last REAL NOT NULL,"
	"  due_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, state INTEGER NOT NULL,"
	"  step INTEGER NOT NULL, stability REAL NOT NULL, difficulty REAL NOT NULL,"
	"  days INTEGER NOT NULL, reviews INTEGER NOT NULL, lapses INTEGER NOT NULL,"
	"  PRIMARY KEY (person, question)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX answer_due ON answer (person, course, due_ms);"
	"CREATE INDEX answer_question ON answer (question, person, first, last);"
	"CREATE TABLE day ("
	"  person INTEGER NOT NULL, course INTEGER NOT NULL, day INTEGER NOT NULL,"
	"  events INTEGER NOT NULL, completed INTEGER NOT NULL, passed INTEGER NOT NULL,"
	"  time_ms INTEGER NOT NULL, PRIMARY KEY (person, course, day)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX day_day ON day (day, person);"
	"CREATE TABLE hook ("
	"  id INTEGER PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL,"
	"  problem TEXT NOT NULL DEFAULT '') STRICT;"
	"CREATE TABLE delivery ("
	"  id INTEGER PRIMARY KEY, hook INTEGER NOT NULL REFERENCES hook ON DELETE CASCADE,"
	"  body TEXT NOT NULL, made_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL,"
	"  tries INTEGER NOT NULL DEFAULT 0, person INTEGER NOT NULL) STRICT;"
	"CREATE INDEX delivery_next ON delivery (next_ms);"
	"CREATE INDEX delivery_hook ON delivery (hook);",
	/* actors whose statements must be applied again */
	"CREATE TABLE again (actor TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;",
	/* other keys of a person; when they joined by an invitation, and when they were deactivated
	 */
	"CREATE TABLE alias (key TEXT PRIMARY KEY, person INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX alias_person ON alias (person);"
	"ALTER TABLE person ADD COLUMN joined_ms INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE person ADD COLUMN ended_ms INTEGER NOT NULL DEFAULT 0;"
	/* person 0: anybody of the team; team 0: of all teams */
	"CREATE TABLE invitation ("
	"  id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, person INTEGER NOT NULL,"
	"  team INTEGER NOT NULL, uses INTEGER NOT NULL DEFAULT 0, uses_max INTEGER NOT NULL,"
	"  made_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,"
	"  revoked_ms INTEGER NOT NULL DEFAULT 0, used_ms INTEGER NOT NULL DEFAULT 0) STRICT;",
	/* how many lessons the furthest person of a course completed */
	"CREATE INDEX enrolment_course ON enrolment (course, completed);"
	/* everybody's answers to a question, and everybody's days, so that a page of a large team
	   need not read all of them */
	"ALTER TABLE question ADD COLUMN people INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE question ADD COLUMN first REAL NOT NULL DEFAULT 0;"
	"ALTER TABLE question ADD COLUMN last REAL NOT NULL DEFAULT 0;"
	"UPDATE question SET (people, first, last) = (SELECT count(*), total(first), total(last) "
	"FROM answer WHERE question = question.id);"
	"CREATE TRIGGER answer_insert AFTER INSERT ON answer BEGIN UPDATE question SET"
	"  people = people + 1, first = first + new.first, last = last + new.last"
	"  WHERE id = new.question; END;"
	"CREATE TRIGGER answer_update AFTER UPDATE OF first, last ON answer BEGIN UPDATE question"
	"  SET first = first + new.first - old.first, last = last + new.last - old.last"
	"  WHERE id = new.question; END;"
	"CREATE TRIGGER answer_delete AFTER DELETE ON answer BEGIN UPDATE question SET"
	"  people = people - 1, first = iif(people = 1, 0, first - old.first),"
	"  last = iif(people = 1, 0, last - old.last) WHERE id = old.question; END;"
	"CREATE TABLE total (day INTEGER PRIMARY KEY, rows INTEGER NOT NULL,"
	"  time_ms INTEGER NOT NULL) STRICT;"
	"INSERT INTO total SELECT day, count(*), sum(time_ms) FROM day GROUP BY day;"
	"CREATE TRIGGER day_insert AFTER INSERT ON day BEGIN INSERT INTO total VALUES"
	"  (new.day, 1, new.time_ms) ON CONFLICT DO UPDATE SET rows = rows + 1,"
	"  time_ms = time_ms + new.time_ms; END;"
	"CREATE TRIGGER day_update AFTER UPDATE OF time_ms ON day BEGIN UPDATE total SET"
	"  time_ms = time_ms + new.time_ms - old.time_ms WHERE day = new.day; END;"
	"CREATE TRIGGER day_delete AFTER DELETE ON day BEGIN UPDATE total SET rows = rows - 1,"
	"  time_ms = time_ms - old.time_ms WHERE day = old.day; END;",
	/* everybody's results in the lessons of a course: how many, and sums */
	"CREATE TABLE lesson_total ("
	"  course INTEGER NOT NULL, lesson INTEGER NOT NULL, people INTEGER NOT NULL,"
	"  completed INTEGER NOT NULL, passed INTEGER NOT NULL, evaluated INTEGER NOT NULL,"
	"  first REAL NOT NULL, best REAL NOT NULL, time_ms INTEGER NOT NULL,"
	"  PRIMARY KEY (course, lesson)) STRICT, WITHOUT ROWID;"
	"INSERT INTO lesson_total SELECT course, lesson, count(*), sum(completed_ms > 0),"
	"  sum(passed_ms > 0), sum(attempts > 0), total(iif(attempts > 0, first, 0)),"
	"  total(iif(attempts > 0, best, 0)), sum(time_ms) FROM result GROUP BY course, lesson;"
	"CREATE TRIGGER result_insert AFTER INSERT ON result BEGIN INSERT INTO lesson_total VALUES"
	"  (new.course, new.lesson, 1, new.completed_ms > 0, new.passed_ms > 0, new.attempts > 0,"
	"  iif(new.attempts > 0, new.first, 0.0), iif(new.attempts > 0, new.best, 0.0), new.time_ms)"
	"  ON CONFLICT DO UPDATE SET people = people + 1, completed = completed + excluded.completed,"
	"  passed = passed + excluded.passed, evaluated = evaluated + excluded.evaluated,"
	"  first = first + excluded.first, best = best + excluded.best,"
	"  time_ms = time_ms + excluded.time_ms; END;"
	"CREATE TRIGGER result_update AFTER UPDATE ON result BEGIN UPDATE lesson_total SET"
	"  completed = completed + (new.completed_ms > 0) - (old.completed_ms > 0),"
	"  passed = passed + (new.passed_ms > 0) - (old.passed_ms > 0),"
	"  evaluated = evaluated + (new.attempts > 0) - (old.attempts > 0),"
	"  first = first + iif(new.attempts > 0, new.first, 0) - iif(old.attempts > 0, old.first, 0),"
	"  best = best + iif(new.attempts > 0, new.best, 0) - iif(old.attempts > 0, old.best, 0),"
	"  time_ms = time_ms + new.time_ms - old.time_ms"
	"  WHERE course = new.course AND lesson = new.lesson; END;"
	"CREATE TRIGGER result_delete AFTER DELETE ON result BEGIN UPDATE lesson_total SET"
	"  people = people - 1, completed = completed - (old.completed_ms > 0),"
	"  passed = passed - (old.passed_ms > 0), evaluated = evaluated - (old.attempts > 0),"
	"  first = iif(people = 1, 0, first - iif(old.attempts > 0, old.first, 0)),"
	"  best = iif(people = 1, 0, best - iif(old.attempts > 0, old.best, 0)),"
	"  time_ms = time_ms - old.time_ms WHERE course = old.course AND lesson = old.lesson; END;",
};

bool tracker_open(struct store *store, struct tracker **ret, struct error *err)
{
	if (!store_schema(store, "tracker", steps, ARRAY_LENGTH(steps), err))
		return false;
	*ret = xcalloc(1, sizeof **ret);
	(*ret)->store = store;
	return true;
}

void tracker_close(struct tracker *tracker)
{
	free(tracker);
}

bool tracker_write(struct tracker *t, int (*run)(struct db *, void *, struct error *), void *data,
	struct error *err)
{
	return store_write(t->store, run, data, err) == 0;
}

/* A sum depends on the order of what was added, and may end a little below 0. */
double tracker_mean(double sum, size_t count)
{
	double mean = round(sum / (double)count * 1e9) / 1e9;
	return mean > 0 ? mean : 0;
}

/* ---- settings ---- */

char *tracker_setting(struct tracker *t, const char *name)
{
	struct db *db = store_read(t->store);
	sqlite3_stmt *row = sql(db, NULL, "SELECT value FROM setting WHERE name = ?", "t", name);
	bool there = row != NULL && sqlite3_step(row) == SQLITE_ROW;
	char *value = there ? xstrdup(sql_column(row, 0)) : NULL;
	sql_done(row);
	store_read_end(t->store, db);
	return value;
}

struct setting {
	const char *name, *value;
	bool once; /* what is set stays */
};

static int store_setting(struct db *db, void *data, struct error *err)
{
	static const char replace[] = "INSERT OR REPLACE INTO setting VALUES (?, ?)";
	static const char add[] = "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO NOTHING";
	const struct setting *s = data;
	return sql_run(db, sql(db, err, s->once ? add : replace, "tt", s->name, s->value), err)
		       ? 0
		       : STORE_FAILED;
}

bool tracker_set(struct tracker *t, const char *name, const char *value, struct error *err)
{
	struct setting s = {name, value, false};
	return tracker_write(t, store_setting, &s, err);
}

bool tracker_set_once(struct tracker *t, const char *name, const char *value, struct error *err)
{
	struct setting s = {name, value, true};
	return tracker_write(t, store_setting, &s, err);
}

char *tracker_position(struct tracker *t)
{
	char *position = tracker_setting(t, "position");
	return position != NULL ? position : xstrdup("");
}

bool tracker_pseudonyms(struct tracker *t, bool on, struct error *err)
{
	return tracker_set(t, "pseudonyms", on ? "on" : "off", err);
}

bool tracker_has_pseudonyms(struct tracker *t)
{
	cleanup_free char *value = tracker_setting(t, "pseudonyms");
	return text_same(value, "on");
}

/* The number must not reveal the order in which people arrived: multiply modulo a prime. */
void tracker_format_alias(int64_t person, char out[16])
{
	(void)snprintf(
		out, 16, "P-%04lld", (long long)(person * 7919 % 9973 + person / 9973 * 10000));
}

char *tracker_alias(int64_t person)
{
	char alias[16];
	tracker_format_alias(person, alias);
	return xstrdup(alias);
}

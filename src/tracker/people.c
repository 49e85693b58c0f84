/* tracker/people.c - teams, rosters, assignments; finds and forgets people */
#include "private.h"
#include "xapi.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ROSTER_MAX 100000
#define NAME_LENGTH_MAX 200

static int to_outcome(bool good)
{
	return good ? 0 : STORE_FAILED;
}

/* ---- teams ---- */

static int64_t team_number(struct db *db, const char *name, struct error *err)
{
	int64_t id = sql_number(sql(db, err, "SELECT id FROM team WHERE name = ?", "t", name), 0);
	if (id > 0)
		return id;
	return sql_run(db, sql(db, err, "INSERT INTO team (name) VALUES (?)", "t", name), err)
		       ? sql_last_row(db)
		       : 0;
}

static int insert_team(struct db *db, void *data, struct error *err)
{
	return to_outcome(team_number(db, data, err) > 0);
}

bool tracker_team_add(struct tracker *t, const char *name, struct error *err)
{
	cleanup_free char *copy = xstrdup(name);
	if (text_is_blank(name) || strlen(name) > NAME_LENGTH_MAX)
		return error_set_kind(err, ERROR_USAGE, "a team needs a name");
	return tracker_write(t, insert_team, copy, err);
}

static int remove_team_rows(struct db *db, void *data, struct error *err)
{
	int64_t id = sql_number(
		sql(db, err, "SELECT id FROM team WHERE name = ?", "t", (const char *)data), 0);
	if (id == 0) {
		error_set_kind(err, ERROR_FAILED, "there is no team '%s'", (const char *)data);
		return STORE_FAILED;
	}
	return to_outcome(
		sql_run(db, sql(db, err, "DELETE FROM member WHERE team = ?", "i", id), err) &&
		sql_run(db, sql(db, err, "DELETE FROM assignment WHERE team = ?", "i", id), err) &&
		sql_run(db, sql(db, err, "DELETE FROM team WHERE id = ?", "i", id), err));
}

bool tracker_team_remove(struct tracker *t, const char *name, struct error *err)
{
	cleanup_free char *copy = xstrdup(name);
	return tracker_write(t, remove_team_rows, copy, err);
}

/* ---- rosters ---- */

enum column { NAME, FIRST, LAST, ACCOUNT, EMAIL, TEAM, COLUMNS };

struct roster {
	const char *csv, *home;
	int line;
	int places[COLUMNS]; /* of each column in the header line; -1: missing */
	unsigned people;
};

/* Reads the cells of the next record (RFC 4180); false at the end. */
static bool read_record(struct roster *r, struct words *ret)
{
	struct buf cell = {0};
	bool quoted = false;
	if (*r->csv == '\0')
		return false;
	r->line++;
	for (;; r->csv++) {
		char c = *r->csv;
		if (quoted && c == '"' && r->csv[1] == '"') {
			buf_add_char(&cell, '"');
			r->csv++;
		} else if (c == '"' && (quoted || cell.length == 0)) {
			quoted = !quoted;
		} else if (c == '\0' ||
			   (!quoted && (c == ',' || c == ';' || c == '\t' || c == '\n'))) {
			words_add(ret, buf_text(&cell));
			buf_truncate(&cell, 0);
			if (c == '\0' || c == '\n')
				break;
		} else if (c != '\r' || quoted) {
			buf_add_char(&cell, c);
		}
	}
	r->csv += *r->csv == '\n';
	buf_finish(&cell);
	return true;
}

static bool read_columns(struct roster *r, struct error *err)
{
	/* as other programs name them, too */
	static const char *const names[COLUMNS][4] = {
		[NAME] = {"name", "full name", "display name"},
		[FIRST] = {"first name", "firstname", "given name"},
		[LAST] = {"last name", "lastname", "surname", "family name"},
		[ACCOUNT] = {"account", "username", "user name", "login"},
		[EMAIL] = {"email", "email address", "e-mail", "mail"},
		[TEAM] = {"team", "group", "groups", "department"},
	};
	cleanup_words struct words cells = {0};
	if (text_starts(r->csv, "\xEF\xBB\xBF"))
		r->csv += 3;
	(void)read_record(r, &cells); /* an empty file has no columns */
	for (int i = 0; i < COLUMNS; i++) {
		r->places[i] = -1;
		for (size_t k = cells.count; k-- > 0;)
			for (size_t n = 0; n < ARRAY_LENGTH(names[i]) && names[i][n] != NULL; n++)
				if (strcasecmp(cells.items[k], names[i][n]) == 0)
					r->places[i] = (int)k;
	}
	return r->places[ACCOUNT] >= 0 || r->places[EMAIL] >= 0 ||
	       error_set_kind(err, ERROR_USAGE,
		       "the first line of a roster must name its columns: name,account,team (or email instead of account)");
}

static const char *column_value(
	const struct roster *r, const struct words *cells, enum column column)
{
	int place = r->places[column];
	const char *text = place >= 0 && (size_t)place < cells->count ? cells->items[place] : "";
	return text + strspn(text, " \t");
}

/* A learner who joins with a key instead of an invitation sends an account, even if it looks like
 * an address. */
static bool add_alias(struct db *db, const struct roster *r, int64_t person, const char *account,
	struct error *err)
{
	cleanup_free char *key = xasprintf("account %s %s", r->home, account);
	return *account == '\0' ||
	       sql_run(db,
		       sql(db, err,
			       "INSERT OR IGNORE INTO alias SELECT ?1, ?2 WHERE NOT EXISTS "
			       "(SELECT 1 FROM person WHERE key = ?1)",
			       "ti", key, person),
		       err);
}

static bool join_row_team(struct db *db, int64_t person, const char *team, struct error *err)
{
	int64_t number = *team != '\0' ? team_number(db, team, err) : 0;
	return *team == '\0' ||
	       (number > 0 && sql_run(db,
				      sql(db, err, "INSERT OR IGNORE INTO member VALUES (?, ?)",
					      "ii", number, person),
				      err));
}

static bool check_row(const struct roster *r, const struct words *cells, struct error *err)
{
	const char *account = column_value(r, cells, ACCOUNT),
		   *email = column_value(r, cells, EMAIL);
	const char *at = strchr(email, '@');
	if (*account == '\0' && *email == '\0')
		return error_set_kind(
			err, ERROR_USAGE, "line %d: neither an account nor an email", r->line);
	if (*email != '\0' &&
		(at == NULL || at == email || at[1] == '\0' || strpbrk(email, " <>\"") != NULL))
		return error_set_kind(
			err, ERROR_USAGE, "line %d: '%s' is not an email address", r->line, email);
	for (size_t i = 0; i < cells->count; i++)
		if (strlen(cells->items[i]) > NAME_LENGTH_MAX)
			return error_set_kind(
				err, ERROR_USAGE, "line %d: a name is too long", r->line);
	return true;
}

static bool keep_one(struct db *db, struct roster *r, const struct words *cells, struct error *err)
{
	const char *account = column_value(r, cells, ACCOUNT),
		   *email = column_value(r, cells, EMAIL);
	if (!check_row(r, cells, err))
		return false;
	const char *first = column_value(r, cells, FIRST), *last = column_value(r, cells, LAST);
	cleanup_free char *both = xasprintf("%s%s%s", first, *first != '\0' ? " " : "", last);
	const char *name = column_value(r, cells, NAME);
	cleanup_free char *key = *email != '\0' ? xasprintf("mbox mailto:%s", email)
						: xasprintf("account %s %s", r->home, account);
	const char *shown = *name != '\0'      ? name
			    : *both != '\0'    ? both
			    : *account != '\0' ? account
					       : email;
	int64_t person = projection_person_number(db, key, shown, err);
	if (person == 0 || !sql_run(db,
				   sql(db, err, "UPDATE person SET name = ?2 WHERE id = ?1", "it",
					   person, shown),
				   err))
		return false;
	r->people++;
	bool aliased = *email == '\0' || (add_alias(db, r, person, email, err) &&
						 add_alias(db, r, person, account, err));
	return aliased && join_row_team(db, person, column_value(r, cells, TEAM), err);
}

static int keep_roster(struct db *db, void *data, struct error *err)
{
	struct roster *r = data;
	bool good = read_columns(r, err);
	while (good) {
		cleanup_words struct words cells = {0};
		if (!read_record(r, &cells))
			break;
		bool blank = cells.count == 1 && text_is_blank(cells.items[0]);
		good = blank || (r->people < ROSTER_MAX && keep_one(db, r, &cells, err));
	}
	return to_outcome(good);
}

bool tracker_roster(struct tracker *t, const char *csv, const char *home, unsigned *ret_count,
	struct error *err)
{
	struct roster r = {.csv = csv, .home = home};
	if (!utf8_valid(csv, strlen(csv)))
		return error_set_kind(err, ERROR_USAGE, "the roster is not UTF-8");
	if (!tracker_write(t, keep_roster, &r, err))
		return false;
	*ret_count = r.people;
	return true;
}

/* ---- assignments ---- */

/* A name in ropes' catalogue, or an IRI, as an IRI. The caller frees it. */
static char *course_iri(const char *course)
{
	return strstr(course, "://") != NULL ? xstrdup(course)
					     : xasprintf("%s%s", XAPI_COURSES, course);
}

struct assigning {
	const char *course, *team;
	int64_t due_ms;
};

static int store_assignment(struct db *db, void *data, struct error *err)
{
	const struct assigning *a = data;
	int64_t team = 0;
	if (a->team != NULL) {
		team = sql_number(
			sql(db, err, "SELECT id FROM team WHERE name = ?", "t", a->team), 0);
		if (team == 0) {
			error_set_kind(err, ERROR_FAILED, "there is no team '%s'", a->team);
			return STORE_FAILED;
		}
	}
	cleanup_free char *iri = course_iri(a->course);
	int64_t course = projection_course_number(db, iri, "", err);
	if (course > 0 && text_starts(iri, XAPI_COURSES)) /* until a statement has its title */
		(void)sql_run(db,
			sql(db, err, "UPDATE course SET title = ?2 WHERE id = ?1 AND title = iri",
				"it", course, iri + strlen(XAPI_COURSES)),
			err);
	if (course == 0)
		return STORE_FAILED;
	if (a->due_ms == 0)
		return to_outcome(sql_run(db,
			sql(db, err, "DELETE FROM assignment WHERE team = ? AND course = ?", "ii",
				team, course),
			err));
	return to_outcome(sql_run(db,
		sql(db, err, "INSERT OR REPLACE INTO assignment VALUES (?, ?, ?)", "iii", team,
			course, a->due_ms),
		err));
}

bool tracker_read_day(const char *text, int64_t *ret, struct error *err)
{
	cleanup_free char *whole = xasprintf("%sT23:59:59Z", text);
	return (strlen(text) == 10 && xapi_timestamp(XAPI_1_0, whole, ret)) ||
	       error_set_kind(err, ERROR_USAGE,
		       "'%s' is not a date; write it as YYYY-MM-DD, e.g. 2027-01-31", text);
}

bool tracker_assign(
	struct tracker *t, const char *course, const char *team, int64_t due_ms, struct error *err)
{
	struct assigning a = {course, team, due_ms};
	if (text_is_blank(course))
		return error_set_kind(err, ERROR_USAGE, "the name of a course is missing");
	return tracker_write(t, store_assignment, &a, err);
}

struct describing {
	const char *iri, *title;
	unsigned lessons;
};

static int describe_course(struct db *db, void *data, struct error *err)
{
	const struct describing *d = data;
	return to_outcome(sql_run(db,
		sql(db, err,
			"UPDATE course SET title = ?2, lessons = max(lessons, ?3) WHERE iri = ?1",
			"tti", d->iri, d->title, (int64_t)d->lessons),
		err));
}

bool tracker_course_describe(struct tracker *t, const char *course, const char *title,
	unsigned lessons, struct error *err)
{
	cleanup_free char *iri = course_iri(course);
	struct describing d = {iri, title, lessons};
	return tracker_write(t, describe_course, &d, err);
}

/* ---- finding ---- */

static int64_t look_up_number(struct tracker *t, const char *literal, const char *words)
{
	struct db *db = store_read(t->store);
	int64_t number = sql_number(sql(db, NULL, literal, "t", words), 0);
	store_read_end(t->store, db);
	return number;
}

bool tracker_course_is_known(struct tracker *t, const char *course)
{
	cleanup_free char *iri = course_iri(course);
	return look_up_number(t,
		       "SELECT 1 FROM course AS c WHERE iri = ? AND (EXISTS (SELECT 1 FROM "
		       "enrolment WHERE course = c.id) OR EXISTS (SELECT 1 FROM assignment WHERE "
		       "course = c.id))",
		       iri) != 0;
}

int64_t tracker_team_find(struct tracker *t, const char *name)
{
	return look_up_number(t, "SELECT id FROM team WHERE name = ?", name);
}

int64_t tracker_person_find(struct tracker *t, const char *words)
{
	/* the first that matches exactly one person wins */
	static const char *const ways[] = {
		("SELECT id FROM person WHERE key = ?1 UNION ALL "
		 "SELECT person FROM alias WHERE key = ?1"),
		("SELECT min(id) FROM person WHERE key LIKE 'account %' AND "
		 "substr(key, -length(?1) - 1) = ' ' || ?1 HAVING count(*) = 1"),
		"SELECT id FROM person WHERE key = 'mbox mailto:' || ?1",
		"SELECT min(id) FROM person WHERE name = ?1 HAVING count(*) = 1",
		"SELECT id FROM person WHERE CAST(id AS TEXT) = ?1",
	};
	int64_t found = 0;
	for (size_t i = 0; found == 0 && i < ARRAY_LENGTH(ways); i++)
		found = look_up_number(t, ways[i], words);
	return found;
}

bool tracker_in_team(struct tracker *t, int64_t team, int64_t person)
{
	struct db *db = store_read(t->store);
	bool there = sql_number(sql(db, NULL, "SELECT 1 FROM member WHERE team = ? AND person = ?",
					"ii", team, person),
			     0) == 1;
	store_read_end(t->store, db);
	return there || team == 0;
}

char *tracker_person_key(struct tracker *t, int64_t person)
{
	struct db *db = store_read(t->store);
	sqlite3_stmt *row = sql(db, NULL, "SELECT key FROM person WHERE id = ?", "i", person);
	bool there = row != NULL && sqlite3_step(row) == SQLITE_ROW;
	char *key = there ? xstrdup(sql_column(row, 0)) : NULL;
	sql_done(row);
	store_read_end(t->store, db);
	return key;
}

void tracker_person_keys(struct tracker *t, const char *key, struct words *ret)
{
	struct db *db = store_read(t->store);
	bool good = true;
	words_add(ret, key);
	sqlite3_stmt *rows = sql(db, NULL,
		"WITH it AS (SELECT id FROM person WHERE key = ?1 UNION SELECT person FROM alias "
		"WHERE key = ?1) SELECT key FROM person WHERE id IN it AND key <> ?1 UNION ALL "
		"SELECT key FROM alias WHERE person IN it AND key <> ?1",
		"t", key);
	while (rows != NULL && sql_row(db, rows, &good, NULL))
		words_add(ret, sql_column(rows, 0));
	sql_done(rows);
	store_read_end(t->store, db);
}

/* ---- editing ---- */

struct editing {
	int64_t person, other;
	const char *name, *teams;
	bool ended;
};

static bool no_such_person(struct error *err)
{
	return error_set_kind(err, ERROR_FAILED, "this person does not exist");
}

/* Replaces the person's teams by those in the list. */
static bool set_teams(struct db *db, const struct editing *e, struct error *err)
{
	bool good = sql_run(
		db, sql(db, err, "DELETE FROM member WHERE person = ?", "i", e->person), err);
	for (const char *at = e->teams; good && *at != '\0';) {
		at += strspn(at, ", \t");
		size_t length = strcspn(at, ","), end = length;
		while (end > 0 && (at[end - 1] == ' ' || at[end - 1] == '\t'))
			end--;
		cleanup_free char *name = xstrndup(at, end);
		at += length;
		if (*name == '\0')
			continue;
		int64_t team = team_number(db, name, err);
		good = team > 0 &&
		       sql_run(db,
			       sql(db, err, "INSERT OR IGNORE INTO member VALUES (?, ?)", "ii",
				       team, e->person),
			       err);
	}
	return good;
}

static int edit_person(struct db *db, void *data, struct error *err)
{
	const struct editing *e = data;
	if (!sql_run(db,
		    sql(db, err, "UPDATE person SET name = ?2 WHERE id = ?1", "it", e->person,
			    e->name),
		    err))
		return STORE_FAILED;
	return to_outcome((sql_changes(db) > 0 || no_such_person(err)) && set_teams(db, e, err));
}

bool tracker_person_edit(
	struct tracker *t, int64_t person, const char *name, const char *teams, struct error *err)
{
	struct editing e = {.person = person, .name = name, .teams = teams};
	if (text_is_blank(name) || strlen(name) > NAME_LENGTH_MAX ||
		strlen(teams) > NAME_LENGTH_MAX)
		return error_set_kind(err, ERROR_USAGE, "a person needs a name of at most %d bytes",
			NAME_LENGTH_MAX);
	return tracker_write(t, edit_person, &e, err);
}

/* One step of a merge, about ?1, the person who stays, and ?2, the other. */
static const char *const merge_steps[] = {
	"INSERT INTO alias SELECT key, ?1 FROM person WHERE id = ?2",
	"UPDATE alias SET person = ?1 WHERE person = ?2",
	"INSERT OR IGNORE INTO member SELECT team, ?1 FROM member WHERE person = ?2",
	"DELETE FROM member WHERE person = ?2 AND ?1 > 0",
	"UPDATE invitation SET person = ?1 WHERE person = ?2",
	"UPDATE delivery SET person = ?1 WHERE person = ?2",
	("UPDATE person SET joined_ms = max(joined_ms, (SELECT joined_ms FROM person WHERE id = "
	 "?2)) WHERE id = ?1"),
	("DELETE FROM again WHERE actor IN (SELECT key FROM person WHERE id = ?2) AND ?1 > 0"),
	"DELETE FROM person WHERE id = ?2 AND ?1 > 0",
	"INSERT OR IGNORE INTO again SELECT key FROM person WHERE id = ?1 AND ?2 > 0",
};

static int merge_people(struct db *db, void *data, struct error *err)
{
	const struct editing *e = data;
	int64_t there = sql_number(sql(db, err, "SELECT count(*) FROM person WHERE id IN (?, ?)",
					   "ii", e->person, e->other),
		0);
	bool good = (there == 2 || no_such_person(err)) && apply_drop_person(db, e->person, err) &&
		    apply_drop_person(db, e->other, err);
	for (size_t i = 0; good && i < ARRAY_LENGTH(merge_steps); i++)
		good = sql_run(db, sql(db, err, merge_steps[i], "ii", e->person, e->other), err);
	return to_outcome(good);
}

bool tracker_person_merge(struct tracker *t, int64_t person, int64_t other, struct error *err)
{
	struct editing e = {.person = person, .other = other};
	if (person == other)
		return error_set_kind(err, ERROR_USAGE, "this is the same person");
	return tracker_write(t, merge_people, &e, err);
}

static int end_person(struct db *db, void *data, struct error *err)
{
	const struct editing *e = data;
	return to_outcome(sql_run(db,
				  sql(db, err, "UPDATE person SET ended_ms = ?2 WHERE id = ?1",
					  "ii", e->person, e->ended ? clock_wall_ms() : 0),
				  err) &&
			  (sql_changes(db) > 0 || no_such_person(err)));
}

bool tracker_person_end(struct tracker *t, int64_t person, bool ended, struct error *err)
{
	struct editing e = {.person = person, .ended = ended};
	return tracker_write(t, end_person, &e, err);
}

/* ---- forgetting ---- */

/* Overwrite deleted rows in the file. */
static int erase_rows(struct db *db, void *data, struct error *err)
{
	int64_t person = *(const int64_t *)data;
	bool good =
		store_overwrite(db, true, err) && apply_drop_person(db, person, err) &&
		sql_run(db, sql(db, err, "DELETE FROM member WHERE person = ?", "i", person),
			err) &&
		sql_run(db, sql(db, err, "DELETE FROM delivery WHERE person = ?", "i", person),
			err) &&
		sql_run(db, sql(db, err, "DELETE FROM alias WHERE person = ?", "i", person), err) &&
		sql_run(db, sql(db, err, "DELETE FROM invitation WHERE person = ?", "i", person),
			err) &&
		sql_run(db,
			sql(db, err,
				"DELETE FROM again WHERE actor = "
				"(SELECT key FROM person WHERE id = ?)",
				"i", person),
			err) &&
		sql_run(db,
			sql(db, err,
				"INSERT INTO setting VALUES ('erased', '1') ON CONFLICT DO "
				"UPDATE SET value = CAST(value AS INTEGER) + 1",
				""),
			err) &&
		sql_run(db, sql(db, err, "DELETE FROM person WHERE id = ?", "i", person), err);
	bool there = good && sql_changes(db) > 0;
	(void)store_overwrite(db, false, NULL); /* on failure: the next deletion overwrites, too */
	if (good && !there)
		error_set_kind(err, ERROR_FAILED, "this person does not exist");
	return to_outcome(there);
}

bool tracker_erase(struct tracker *t, int64_t person, struct error *err)
{
	return tracker_write(t, erase_rows, &person, err) && store_checkpoint(t->store, err);
}

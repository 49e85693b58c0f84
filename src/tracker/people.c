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

enum column { NAME, ACCOUNT, EMAIL, TEAM, COLUMNS };

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
		} else if (c == '\0' || (!quoted && (c == ',' || c == ';' || c == '\n'))) {
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
	static const char *const names[COLUMNS] = {"name", "account", "email", "team"};
	cleanup_words struct words cells = {0};
	if (text_starts(r->csv, "\xEF\xBB\xBF"))
		r->csv += 3;
	(void)read_record(r, &cells); /* an empty file has no columns */
	for (int i = 0; i < COLUMNS; i++) {
		r->places[i] = -1;
		for (size_t k = 0; k < cells.count; k++)
			if (strcasecmp(cells.items[k], names[i]) == 0)
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

static bool keep_one(struct db *db, struct roster *r, const struct words *cells, struct error *err)
{
	const char *name = column_value(r, cells, NAME), *account = column_value(r, cells, ACCOUNT);
	const char *email = column_value(r, cells, EMAIL), *team = column_value(r, cells, TEAM);
	if (*account == '\0' && *email == '\0')
		return error_set_kind(
			err, ERROR_USAGE, "line %d: neither an account nor an email", r->line);
	if (strlen(name) > NAME_LENGTH_MAX || strlen(team) > NAME_LENGTH_MAX)
		return error_set_kind(err, ERROR_USAGE, "line %d: a name is too long", r->line);
	cleanup_free char *key = *email != '\0' ? xasprintf("mbox mailto:%s", email)
						: xasprintf("account %s %s", r->home, account);
	const char *shown = *name != '\0' ? name : *account != '\0' ? account : email;
	int64_t person = projection_person_number(db, key, shown, err);
	if (person == 0 || !sql_run(db,
				   sql(db, err, "UPDATE person SET name = ?2 WHERE id = ?1", "it",
					   person, shown),
				   err))
		return false;
	r->people++;
	int64_t number = *team != '\0' ? team_number(db, team, err) : 0;
	return *team == '\0' ||
	       (number > 0 && sql_run(db,
				      sql(db, err, "INSERT OR IGNORE INTO member VALUES (?, ?)",
					      "ii", number, person),
				      err));
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
	bool whole = strstr(a->course, "://") != NULL;
	cleanup_free char *iri = whole ? xstrdup(a->course) : xasprintf("%s%s", COURSES, a->course);
	int64_t course = projection_course_number(db, iri, "", err);
	if (course > 0 && !whole) /* until a statement has its title */
		(void)sql_run(db,
			sql(db, err, "UPDATE course SET title = ?2 WHERE id = ?1 AND title = iri",
				"it", course, a->course),
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

/* ---- finding ---- */

static int64_t look_up_number(struct tracker *t, const char *literal, const char *words)
{
	struct db *db = store_read(t->store);
	int64_t number = sql_number(sql(db, NULL, literal, "t", words), 0);
	store_read_end(t->store, db);
	return number;
}

int64_t tracker_team_find(struct tracker *t, const char *name)
{
	return look_up_number(t, "SELECT id FROM team WHERE name = ?", name);
}

int64_t tracker_person_find(struct tracker *t, const char *words)
{
	/* the first that matches exactly one person wins */
	static const char *const ways[] = {
		"SELECT id FROM person WHERE key = ?1",
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

/* ---- forgetting ---- */

/* Overwrite deleted rows in the file. */
static int erase_rows(struct db *db, void *data, struct error *err)
{
	int64_t person = *(const int64_t *)data;
	bool good = store_overwrite(db, true, err) && apply_drop_person(db, person, err) &&
		    sql_run(db, sql(db, err, "DELETE FROM member WHERE person = ?", "i", person),
			    err) &&
		    sql_run(db, sql(db, err, "DELETE FROM delivery WHERE person = ?", "i", person),
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

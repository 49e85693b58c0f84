/* tracker/roll.c - everybody in the courses that they started or were assigned, and their teams.
 * Joins lists in the order in which SQLite keeps them, so that each is read once. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

struct roll_team {
	int64_t id;
	const char *name;
	unsigned people, overdue;
};

struct roll_course {
	int64_t id;
	const char *title, *iri;
	unsigned lessons;
};

struct roll_due {
	int64_t team, course, due_ms;
};

struct tracker_roll {
	struct arena arena;
	struct tracker_enrolment *enrolments;
	struct tracker_member *members;
	struct roll_team *teams;
	size_t enrolment_count, member_count, team_count;
};

void tracker_roll_free(struct tracker_roll *roll)
{
	if (roll == NULL)
		return;
	free(roll->enrolments);
	free(roll->members);
	free(roll->teams);
	arena_finish(&roll->arena);
	free(roll);
}

/* ---- reading: ?1 a team, ?2 a person, ?3 a course (0: all), ?4 now ---- */

enum scope { SCOPE_ALL, SCOPE_TEAM, SCOPE_PERSON, SCOPES };

/* The rows of a table whose column `key` is a person of the scope, in the order of people. */
#define SCOPED(columns, table, key, rest)                                                          \
	{                                                                                          \
		columns " FROM " table " AS x WHERE ?1 = 0 AND ?2 = 0" rest,                       \
			columns " FROM member AS m CROSS JOIN " table " AS x ON x." key            \
				" = m.person WHERE m.team = ?1 AND ?2 = 0" rest,                   \
			columns " FROM " table " AS x WHERE x." key " = ?2 AND (?1 = 0 OR x." key  \
				" IN (SELECT person FROM member WHERE team = ?1))" rest,           \
	}

static const char *const select_people[SCOPES] =
	SCOPED("SELECT x.id, x.name, x.key, x.joined_ms, x.first_ms, x.last_ms, x.ended_ms",
		"person", "id", " ORDER BY x.id");
static const char *const select_members[SCOPES] =
	SCOPED("SELECT x.person, x.team", "member", "person", " ORDER BY x.person");
static const char *const select_begun[SCOPES] = SCOPED(
	"SELECT x.person, x.course, x.completed, x.passed, x.evaluated, x.first, x.best, x.last, "
	"x.time_ms, x.begun_ms, x.last_ms, x.done_ms",
	"enrolment", "person", " AND (?3 = 0 OR x.course = ?3) ORDER BY x.person, x.course");
static const char *const select_waiting[SCOPES] =
	SCOPED("SELECT x.person, x.course, count(*)", "answer", "person",
		" AND (?3 = 0 OR x.course = ?3) AND x.due_ms <= ?4 GROUP BY x.person, x.course");

/* A query whose first column is a person, read as far as that person. */
struct cursor {
	sqlite3_stmt *row;
	bool there;
};

struct reading {
	struct db *db;
	struct error *err;
	struct tracker_roll *roll;
	int64_t team, person, course, now_ms;
	bool good, hidden, brief; /* brief: for tracker_course_enrolments() */
	struct roll_course *courses;
	struct roll_due *dues; /* by team */
	size_t course_count, due_count;
	struct cursor members, begun, waiting;
};

static void cursor_next(struct reading *r, struct cursor *c)
{
	c->there = r->good && sql_row(r->db, c->row, &r->good, r->err);
}

static void cursor_open(
	struct reading *r, struct cursor *c, const char *const *texts, const char *types)
{
	enum scope scope = r->person > 0 ? SCOPE_PERSON : r->team > 0 ? SCOPE_TEAM : SCOPE_ALL;
	c->row = !r->good ? NULL
			  : sql(r->db, r->err, texts[scope], types, r->team, r->person, r->course,
				    r->now_ms);
	r->good = c->row != NULL;
	cursor_next(r, c);
}

/* Whether the cursor is at a row of the person; skips those of people before, who are not read. */
static bool cursor_is_at(struct reading *r, struct cursor *c, int64_t person)
{
	while (c->there && sqlite3_column_int64(c->row, 0) < person)
		cursor_next(r, c);
	return c->there && sqlite3_column_int64(c->row, 0) == person;
}

static void read_teams(struct reading *r)
{
	struct tracker_roll *roll = r->roll;
	sqlite3_stmt *row = sql(r->db, r->err, "SELECT id, name FROM team ORDER BY id", "");
	r->good = row != NULL;
	while (sql_row(r->db, row, &r->good, r->err)) {
		roll->teams = array_grow(roll->teams, roll->team_count, sizeof *roll->teams);
		roll->teams[roll->team_count++] =
			(struct roll_team){.id = sqlite3_column_int64(row, 0),
				.name = arena_strdup(&roll->arena, sql_column(row, 1))};
	}
	sql_done(row);
}

/* A course may have more lessons than it was said to have: somebody completed them. */
static void read_courses(struct reading *r)
{
	sqlite3_stmt *row = !r->good ? NULL
				     : sql(r->db, r->err,
					       "SELECT id, title, iri, max(lessons, coalesce("
					       "(SELECT max(completed) FROM enrolment WHERE course "
					       "= c.id), 0)) FROM course AS c ORDER BY id",
					       "");
	r->good = row != NULL;
	while (sql_row(r->db, row, &r->good, r->err)) {
		r->courses = array_grow(r->courses, r->course_count, sizeof *r->courses);
		r->courses[r->course_count++] =
			(struct roll_course){.id = sqlite3_column_int64(row, 0),
				.title = arena_strdup(&r->roll->arena, sql_column(row, 1)),
				.iri = arena_strdup(&r->roll->arena, sql_column(row, 2)),
				.lessons = (unsigned)sqlite3_column_int(row, 3)};
	}
	sql_done(row);
}

static void read_dues(struct reading *r)
{
	sqlite3_stmt *row = !r->good ? NULL
				     : sql(r->db, r->err,
					       "SELECT team, course, due_ms FROM assignment WHERE "
					       "?1 = 0 OR course = ?1 ORDER BY team, course",
					       "i", r->course);
	r->good = row != NULL;
	while (sql_row(r->db, row, &r->good, r->err)) {
		r->dues = array_grow(r->dues, r->due_count, sizeof *r->dues);
		r->dues[r->due_count++] = (struct roll_due){sqlite3_column_int64(row, 0),
			sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2)};
	}
	sql_done(row);
}

/* ---- one person ---- */

#define FIND_BY_ID(list, count, wanted)                                                            \
	((count) == 0 ? NULL                                                                       \
		      : bsearch(&(int64_t){wanted}, list, count, sizeof *(list), compare_first))

/* Compares a number with the one that a struct begins with. */
static int compare_first(const void *wanted, const void *item)
{
	int64_t x = *(const int64_t *)wanted, y = *(const int64_t *)item;
	return (x > y) - (x < y);
}

/* The person's row for a course, after `first`; added if missing. NULL: the course is not known. */
static struct tracker_enrolment *find_entry(
	struct reading *r, size_t first, const struct tracker_member *m, int64_t course)
{
	struct tracker_roll *roll = r->roll;
	for (size_t i = first; i < roll->enrolment_count; i++)
		if (roll->enrolments[i].course == course)
			return &roll->enrolments[i];
	const struct roll_course *c = FIND_BY_ID(r->courses, r->course_count, course);
	if (c == NULL)
		return NULL;
	roll->enrolments =
		array_grow(roll->enrolments, roll->enrolment_count, sizeof *roll->enrolments);
	roll->enrolments[roll->enrolment_count] = (struct tracker_enrolment){.person = m->id,
		.course = course,
		.name = m->name,
		.key = m->key,
		.teams = m->teams,
		.course_title = c->title,
		.course_iri = c->iri,
		.lessons = c->lessons,
		.first = -1,
		.best = -1,
		.last = -1};
	return &roll->enrolments[roll->enrolment_count++];
}

static void read_begun(struct reading *r, size_t first, const struct tracker_member *m)
{
	for (; cursor_is_at(r, &r->begun, m->id); cursor_next(r, &r->begun)) {
		sqlite3_stmt *row = r->begun.row;
		struct tracker_enrolment *e = find_entry(r, first, m, sqlite3_column_int64(row, 1));
		if (e == NULL)
			continue;
		e->completed = (unsigned)sqlite3_column_int(row, 2);
		e->passed = (unsigned)sqlite3_column_int(row, 3);
		e->evaluated = (unsigned)sqlite3_column_int(row, 4);
		if (e->evaluated > 0) {
			e->first = sqlite3_column_double(row, 5) / e->evaluated;
			e->best = sqlite3_column_double(row, 6) / e->evaluated;
			e->last = sqlite3_column_double(row, 7) / e->evaluated;
		}
		e->time_ms = sqlite3_column_int64(row, 8);
		e->begun_ms = sqlite3_column_int64(row, 9);
		e->last_ms = sqlite3_column_int64(row, 10);
		e->done_ms = sqlite3_column_int64(row, 11);
	}
}

static void add_dues(struct reading *r, size_t first, const struct tracker_member *m, int64_t team)
{
	size_t low = 0, high = r->due_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (r->dues[middle].team < team)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i < r->due_count && r->dues[i].team == team; i++) {
		struct tracker_enrolment *e = find_entry(r, first, m, r->dues[i].course);
		if (e != NULL && (e->due_ms == 0 || r->dues[i].due_ms < e->due_ms))
			e->due_ms = r->dues[i].due_ms;
	}
}

static void read_waiting(struct reading *r, size_t first, const struct tracker_member *m)
{
	for (; cursor_is_at(r, &r->waiting, m->id); cursor_next(r, &r->waiting)) {
		int64_t course = sqlite3_column_int64(r->waiting.row, 1);
		for (size_t i = first; i < r->roll->enrolment_count; i++)
			if (r->roll->enrolments[i].course == course)
				r->roll->enrolments[i].reviews_due =
					(unsigned)sqlite3_column_int(r->waiting.row, 2);
	}
}

/* Their names in order: "Blue, Red". */
static const char *teams_text(struct arena *arena, struct roll_team **teams, size_t count)
{
	cleanup_buf struct buf text = {0};
	if (count <= 1)
		return count == 1 ? teams[0]->name : "";
	for (size_t i = 1; i < count; i++)
		for (size_t k = i; k > 0 && strcmp(teams[k - 1]->name, teams[k]->name) > 0; k--) {
			struct roll_team *other = teams[k];
			teams[k] = teams[k - 1];
			teams[k - 1] = other;
		}
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s%s", i > 0 ? ", " : "", teams[i]->name);
	return arena_strdup(arena, buf_text(&text));
}

static void count_entries(struct reading *r, size_t first, struct tracker_member *m)
{
	for (size_t i = first; i < r->roll->enrolment_count; i++) {
		struct tracker_enrolment *e = &r->roll->enrolments[i];
		if (e->lessons == 0 || e->completed < e->lessons)
			e->done_ms = 0;
		e->overdue = e->due_ms > 0 && e->due_ms < r->now_ms &&
			     e->completed < (e->lessons > 0 ? e->lessons : 1);
		m->courses++;
		m->completed += e->done_ms > 0;
		m->overdue += e->overdue;
	}
}

static void name_member(struct reading *r, struct tracker_member *m, sqlite3_stmt *row)
{
	char alias[16];
	if (r->hidden)
		tracker_format_alias(m->id, alias);
	m->name = arena_strdup(&r->roll->arena, r->hidden ? alias : sql_column(row, 1));
	m->key = r->hidden ? "" : arena_strdup(&r->roll->arena, sql_column(row, 2));
}

static void read_member(struct reading *r, sqlite3_stmt *row)
{
	struct tracker_roll *roll = r->roll;
	struct tracker_member m = {.id = sqlite3_column_int64(row, 0),
		.joined_ms = sqlite3_column_int64(row, 3),
		.first_ms = sqlite3_column_int64(row, 4),
		.last_ms = sqlite3_column_int64(row, 5),
		.ended_ms = sqlite3_column_int64(row, 6)};
	size_t first = roll->enrolment_count, count = 0;
	cleanup_free struct roll_team **teams = NULL;
	for (; cursor_is_at(r, &r->members, m.id); cursor_next(r, &r->members)) {
		struct roll_team *team = FIND_BY_ID(
			roll->teams, roll->team_count, sqlite3_column_int64(r->members.row, 1));
		if (team == NULL)
			continue;
		teams = array_grow(teams, count, sizeof *teams);
		teams[count++] = team;
	}
	name_member(r, &m, row);
	m.teams = teams_text(&roll->arena, teams, count);
	if (m.ended_ms == 0 || r->person > 0) {
		read_begun(r, first, &m);
		add_dues(r, first, &m, 0);
		for (size_t i = 0; i < count; i++)
			add_dues(r, first, &m, teams[i]->id);
		if (!r->brief)
			read_waiting(r, first, &m);
		count_entries(r, first, &m);
	}
	for (size_t i = 0; i < count; i++) {
		teams[i]->people++;
		teams[i]->overdue += m.overdue > 0;
	}
	roll->members = array_grow(roll->members, roll->member_count, sizeof *roll->members);
	roll->members[roll->member_count++] = m;
}

/* ---- everybody ---- */

static int compare_enrolments(const void *a, const void *b)
{
	const struct tracker_enrolment *x = a, *y = b;
	if (x->overdue != y->overdue)
		return x->overdue ? -1 : 1;
	if (x->overdue && x->due_ms != y->due_ms)
		return x->due_ms < y->due_ms ? -1 : 1;
	if (x->last_ms != y->last_ms)
		return x->last_ms < y->last_ms ? -1 : 1;
	int order = strcmp(x->name, y->name);
	if (order == 0)
		order = strcmp(x->course_title, y->course_title);
	return order != 0 ? order : (x->person > y->person) - (x->person < y->person);
}

static int compare_members(const void *a, const void *b)
{
	const struct tracker_member *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

static int compare_team_names(const void *a, const void *b)
{
	const struct roll_team *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

static void sort_roll(struct tracker_roll *roll)
{
	if (roll->enrolment_count > 1)
		qsort(roll->enrolments, roll->enrolment_count, sizeof *roll->enrolments,
			compare_enrolments);
	if (roll->member_count > 1)
		qsort(roll->members, roll->member_count, sizeof *roll->members, compare_members);
	if (roll->team_count > 1)
		qsort(roll->teams, roll->team_count, sizeof *roll->teams, compare_team_names);
}

static void read_roll(struct reading *r)
{
	struct cursor people;
	read_teams(r);
	read_courses(r);
	read_dues(r);
	cursor_open(r, &r->members, select_members, "ii");
	cursor_open(r, &r->begun, select_begun, "iii");
	if (!r->brief)
		cursor_open(r, &r->waiting, select_waiting, "iiii");
	cursor_open(r, &people, select_people, "ii");
	for (; people.there; cursor_next(r, &people))
		read_member(r, people.row);
	sql_done(people.row);
	sql_done(r->waiting.row);
	sql_done(r->begun.row);
	sql_done(r->members.row);
	free(r->courses);
	free(r->dues);
}

static struct tracker_roll *open_roll(struct tracker *t, struct reading *r)
{
	r->roll = xcalloc(1, sizeof *r->roll);
	r->now_ms = clock_wall_ms();
	r->hidden = tracker_has_pseudonyms(t);
	r->db = store_read(t->store);
	read_roll(r);
	store_read_end(t->store, r->db);
	if (r->good)
		return r->roll;
	tracker_roll_free(r->roll);
	return NULL;
}

bool tracker_roll_read(struct tracker *t, int64_t team, int64_t person, int64_t course,
	struct tracker_roll **ret, struct error *err)
{
	struct reading r = {.err = err, .team = team, .person = person, .course = course};
	struct tracker_roll *roll = open_roll(t, &r);
	if (roll == NULL)
		return false;
	sort_roll(roll);
	*ret = roll;
	return true;
}

const struct tracker_enrolment *tracker_roll_enrolments(
	const struct tracker_roll *roll, size_t *ret_count)
{
	*ret_count = roll->enrolment_count;
	return roll->enrolments;
}

const struct tracker_member *tracker_roll_members(
	const struct tracker_roll *roll, size_t *ret_count)
{
	*ret_count = roll->member_count;
	return roll->members;
}

void tracker_roll_teams(const struct tracker_roll *roll, tracker_each_team each, void *data)
{
	for (size_t i = 0; i < roll->team_count; i++) {
		const struct roll_team *team = &roll->teams[i];
		const struct tracker_team one = {team->id, team->name, team->people, team->overdue};
		each(data, &one);
	}
}

/* ---- one after another ---- */

bool tracker_enrolments(struct tracker *t, int64_t team, int64_t person, int64_t course,
	void (*each)(void *data, const struct tracker_enrolment *enrolment), void *data,
	struct error *err)
{
	struct tracker_roll *roll;
	if (!tracker_roll_read(t, team, person, course, &roll, err))
		return false;
	for (size_t i = 0; i < roll->enrolment_count; i++)
		each(data, &roll->enrolments[i]);
	tracker_roll_free(roll);
	return true;
}

bool tracker_course_enrolments(struct tracker *t, int64_t team, int64_t course,
	void (*each)(void *data, const struct tracker_enrolment *enrolment), void *data,
	struct error *err)
{
	struct reading r = {.err = err, .team = team, .course = course, .brief = true};
	struct tracker_roll *roll = open_roll(t, &r);
	for (size_t i = 0; roll != NULL && i < roll->enrolment_count; i++)
		each(data, &roll->enrolments[i]);
	tracker_roll_free(roll);
	return roll != NULL;
}

bool tracker_members(struct tracker *t, int64_t team,
	void (*each)(void *data, const struct tracker_member *member), void *data,
	struct error *err)
{
	struct tracker_roll *roll;
	if (!tracker_roll_read(t, team, 0, 0, &roll, err))
		return false;
	for (size_t i = 0; i < roll->member_count; i++)
		each(data, &roll->members[i]);
	tracker_roll_free(roll);
	return true;
}

bool tracker_teams(struct tracker *t, tracker_each_team each, void *data, struct error *err)
{
	struct tracker_roll *roll;
	if (!tracker_roll_read(t, 0, 0, 0, &roll, err))
		return false;
	tracker_roll_teams(roll, each, data);
	tracker_roll_free(roll);
	return true;
}

/* pages/export.c - exports the tracker's data: CSV, JSON, statements */
#include "tables.h"

#include <stdlib.h>
#include <string.h>

#define AT_ONCE 200

static bool read_team(struct request *r, struct reply *a, int64_t *ret)
{
	static const char *const names[] = {"team"};
	const char *name;
	ingest_settle(r->ingest);
	return request_takes(r, a, names, 1) && access_team_asked(r, a, &name, ret);
}

/* ---- CSV ---- */

/* A person in a course, whether or not they have begun. */
struct enrolled {
	int64_t person, course;
	char *name, *key, *title;
	char *end; /* the last cells of each row */
	bool has_row;
};
struct table {
	struct buf text;
	struct enrolled *enrolled; /* sorted by person and course once all are there */
	size_t count;
};

static void add_csv_time(struct buf *out, int64_t ms)
{
	char text[TIME_TEXT_SIZE];
	time_format_iso8601(ms, text);
	buf_printf(out, ",%s", ms > 0 ? text : "");
}

static void add_cells(struct buf *out, const char *const *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		buf_add_csv(out, cells[i]);
	}
}

static void add_enrolled(void *data, const struct tracker_enrolment *e)
{
	struct table *table = data;
	const char *const cells[] = {tables_account(e->key), e->teams};
	struct buf end = {0};
	buf_add_char(&end, ',');
	add_cells(&end, cells, ARRAY_LENGTH(cells));
	add_csv_time(&end, e->due_ms);
	buf_printf(&end, ",%d\r\n", e->overdue);
	table->enrolled = array_grow(table->enrolled, table->count, sizeof *table->enrolled);
	table->enrolled[table->count++] = (struct enrolled){.person = e->person,
		.course = e->course,
		.name = xstrdup(e->name),
		.key = xstrdup(e->key),
		.title = xstrdup(e->course_title),
		.end = buf_steal(&end)};
}

static int compare_enrolled(const void *a, const void *b)
{
	const struct enrolled *x = a, *y = b;
	int by_person = (x->person > y->person) - (x->person < y->person);
	return by_person != 0 ? by_person : (x->course > y->course) - (x->course < y->course);
}

static void add_row(void *data, const struct tracker_result *l)
{
	const char *const cells[] = {
		l->name, l->key, l->course_title, l->iri, l->title, l->objective};
	const double scores[] = {l->first, l->best, l->last};
	const struct enrolled wanted = {.person = l->person, .course = l->course};
	struct table *table = data;
	struct buf *out = &table->text;
	struct enrolled *e = table->count == 0 ? NULL
					       : bsearch(&wanted, table->enrolled, table->count,
							 sizeof wanted, compare_enrolled);
	add_cells(out, cells, ARRAY_LENGTH(cells));
	buf_printf(out, ",%d,%d,%u", l->completed_ms > 0, l->passed_ms > 0, l->attempts);
	for (size_t i = 0; i < ARRAY_LENGTH(scores); i++) {
		buf_add_char(out, ',');
		if (scores[i] >= 0)
			buf_printf(out, "%.4g", scores[i]);
	}
	buf_printf(out, ",%u,%u,%lld", l->lines, l->failed_lines, (long long)(l->time_ms / 1000));
	add_csv_time(out, l->completed_ms);
	add_csv_time(out, l->passed_ms);
	add_csv_time(out, l->last_ms);
	buf_add_text(out, e != NULL ? e->end : ",\"\",\"\",,0\r\n");
	if (e != NULL)
		e->has_row = true;
}

/* Who was assigned a course and has not begun has a row without an activity. */
static void add_waiting(struct table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct enrolled *e = &table->enrolled[i];
		const char *const cells[] = {e->name, e->key, e->title, "", "", ""};
		if (e->has_row)
			continue;
		add_cells(&table->text, cells, ARRAY_LENGTH(cells));
		buf_printf(&table->text, ",0,0,0,,,,0,0,0,,,%s", e->end);
	}
}

static void table_finish(struct table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		free(table->enrolled[i].name);
		free(table->enrolled[i].key);
		free(table->enrolled[i].title);
		free(table->enrolled[i].end);
	}
	free(table->enrolled);
	buf_finish(&table->text);
}

/* The mark at the beginning is for spreadsheets, which else read UTF-8 as another code. */
void pages_export_csv(struct request *r, struct reply *a)
{
	struct table table = {0};
	cleanup_error struct error err = {0};
	int64_t team;
	if (!read_team(r, a, &team))
		return;
	buf_add_text(&table.text,
		"\xef\xbb\xbfname,person,course,activity,title,aim,completed,passed,attempts,"
		"first,best,last,lines,failed_lines,seconds,completed_at,passed_at,last_seen,"
		"account,teams,due,late\r\n");
	bool good = tracker_enrolments(r->tracker, team, 0, 0, add_enrolled, &table, &err);
	if (table.count > 0)
		qsort(table.enrolled, table.count, sizeof *table.enrolled, compare_enrolled);
	good = good && tracker_results(r->tracker, team, 0, 0, add_row, &table, &err);
	add_waiting(&table);
	if (good) {
		reply_text(a, "text/csv; charset=utf-8", buf_text(&table.text), table.text.length);
		page_protect(a, "team.csv");
	} else {
		reply_outcome(a, LRS_FAILED, &err);
	}
	table_finish(&table);
}

/* ---- JSON ---- */

static void number_or_null(cJSON *to, const char *name, double number)
{
	if (number < 0)
		cJSON_AddNullToObject(to, name);
	else
		cJSON_AddNumberToObject(to, name, number);
}

static void time_or_null(cJSON *to, const char *name, int64_t ms)
{
	if (ms > 0)
		json_add_time(to, name, ms);
	else
		cJSON_AddNullToObject(to, name);
}

static void add_enrolment(void *data, const struct tracker_enrolment *e)
{
	cJSON *one = cJSON_CreateObject();
	cJSON_AddNumberToObject(one, "id", (double)e->person);
	cJSON_AddStringToObject(one, "name", e->name);
	cJSON_AddStringToObject(one, "person", e->key);
	cJSON_AddStringToObject(one, "teams", e->teams);
	cJSON_AddStringToObject(one, "course", e->course_title);
	cJSON_AddNumberToObject(one, "lessons", e->lessons);
	cJSON_AddNumberToObject(one, "completed", e->completed);
	cJSON_AddNumberToObject(one, "aims_reached", e->passed);
	number_or_null(one, "first", e->first);
	number_or_null(one, "best", e->best);
	number_or_null(one, "last", e->last);
	cJSON_AddNumberToObject(one, "seconds", (double)(e->time_ms / 1000));
	cJSON_AddNumberToObject(one, "reviews_due", e->reviews_due);
	cJSON_AddBoolToObject(one, "late", e->overdue);
	time_or_null(one, "due", e->due_ms);
	time_or_null(one, "done", e->done_ms);
	time_or_null(one, "last_seen", e->last_ms);
	cJSON_AddItemToArray(data, one);
}

static void add_question_json(void *data, const struct tracker_item *item)
{
	cJSON *one = cJSON_CreateObject();
	cJSON_AddStringToObject(one, "title", item->title);
	cJSON_AddStringToObject(one, "activity", item->iri);
	cJSON_AddStringToObject(one, "course", item->course_title);
	cJSON_AddNumberToObject(one, "people", item->people);
	cJSON_AddNumberToObject(one, "facility", item->facility);
	cJSON_AddNumberToObject(one, "last", item->last);
	cJSON_AddItemToArray(data, one);
}

void pages_export_json(struct request *r, struct reply *a)
{
	cleanup_error struct error err = {0};
	int64_t team;
	if (!read_team(r, a, &team))
		return;
	cJSON *all = cJSON_CreateObject();
	cJSON *enrolments = cJSON_AddArrayToObject(all, "enrolments");
	cJSON *questions = cJSON_AddArrayToObject(all, "questions");
	if (!tracker_enrolments(r->tracker, team, 0, 0, add_enrolment, enrolments, &err) ||
		!tracker_items(
			r->tracker, team, 0, UINT32_MAX, add_question_json, questions, &err)) {
		cJSON_Delete(all);
		reply_outcome(a, LRS_FAILED, &err);
		return;
	}
	reply_json(a, all);
	page_protect(a, "team.json");
}

/* ---- statements in their original form ---- */

struct statements {
	struct lrs *lrs;
	struct tracker *tracker;
	int64_t team, after;
	bool hidden, begun, ended;
	struct buf *out;
	unsigned count;
};

/* With pseudonyms, nothing else may identify the actor. */
static void hide_actor(cJSON *statement, int64_t person)
{
	static const char *const telling[] = {"authority", "attachments"};
	cJSON *actor = cJSON_CreateObject();
	cJSON *account = cJSON_AddObjectToObject(actor, "account");
	cleanup_free char *name = tracker_alias(person);
	cJSON_AddStringToObject(account, "homePage", "https://ropes.invalid/pseudonyms");
	cJSON_AddStringToObject(account, "name", name);
	cJSON_ReplaceItemInObjectCaseSensitive(statement, "actor", actor);
	for (size_t i = 0; i < ARRAY_LENGTH(telling); i++)
		cJSON_DeleteItemFromObjectCaseSensitive(statement, telling[i]);
	cJSON *context = json_get(statement, "context"), *result = json_get(statement, "result");
	cJSON_DeleteItemFromObjectCaseSensitive(context, "instructor");
	cJSON_DeleteItemFromObjectCaseSensitive(context, "team");
	cJSON_DeleteItemFromObjectCaseSensitive(context, "contextAgents");
	cJSON_DeleteItemFromObjectCaseSensitive(context, "contextGroups");
	cJSON_DeleteItemFromObjectCaseSensitive(result, "extensions");
	cJSON_DeleteItemFromObjectCaseSensitive(result, "response");
}

static void add_statement(void *data, int64_t seq, bool voided, const char *json)
{
	struct statements *s = data;
	s->after = seq;
	s->count++;
	cJSON *statement = voided ? NULL : json_parse_exact(json, strlen(json), NULL);
	if (statement == NULL)
		return;
	cleanup_free char *key = xapi_actor_key(json_get(statement, "actor"));
	int64_t person = key != NULL && (s->team > 0 || s->hidden)
				 ? tracker_person_find(s->tracker, key)
				 : 0;
	bool wanted = s->team == 0 || (person > 0 && tracker_in_team(s->tracker, s->team, person));
	if (wanted && (!s->hidden || person > 0)) {
		if (s->hidden)
			hide_actor(statement, person);
		cleanup_free char *text = json_print(statement);
		buf_printf(s->out, "%s%s", s->begun ? ",\n" : "", text);
		s->begun = true;
	}
	cJSON_Delete(statement);
}

static bool more_statements(void *data, struct buf *out)
{
	struct statements *s = data;
	cleanup_error struct error ignored = {0};
	if (s->ended)
		return false;
	if (s->after == 0)
		buf_add_char(out, '[');
	s->out = out;
	s->count = 0;
	s->ended =
		!lrs_after(s->lrs, s->after, AT_ONCE, add_statement, s, &ignored) || s->count == 0;
	if (s->ended)
		buf_add_text(out, "]\n");
	return true;
}

void pages_export_xapi(struct request *r, struct reply *a)
{
	int64_t team;
	if (!read_team(r, a, &team))
		return;
	if (ingest_is_remote(r->ingest)) {
		reply_error(a, 404, "the statements are in the other store; get them there");
		return;
	}
	struct statements *s = xcalloc(1, sizeof *s);
	*s = (struct statements){.lrs = r->lrs,
		.tracker = r->tracker,
		.team = team,
		.hidden = tracker_has_pseudonyms(r->tracker)};
	a->status = 200;
	a->more = more_statements;
	a->more_end = free;
	a->more_data = s;
	reply_header(a, "Content-Type", "application/json");
	page_protect(a, "statements.json");
}

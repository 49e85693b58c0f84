/* tests/tracker/test_tracker.c - what follows from statements, in whatever order they come */
#include "tracker.h"
#include "suite.h"

#include <math.h>

#define COURSE "https://ropes.invalid/courses/c"
#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

struct world {
	struct store *store;
	struct tracker *tracker;
};

static struct world open_world(void)
{
	struct world w;
	struct error err = {0};
	cleanup_free char *path = path_join(suite_folder, "t.db");
	ck_assert_msg(store_open(path, &w.store, &err), "%s", error_text(&err));
	ck_assert_msg(tracker_open(w.store, &w.tracker, &err), "%s", error_text(&err));
	return w;
}

static void close_world(struct world *w)
{
	struct error err = {0};
	tracker_close(w->tracker);
	store_close(w->store);
	cleanup_free char *path = path_join(suite_folder, "t.db");
	ck_assert(unlink(path) == 0);
	error_finish(&err);
}

/* "ann 2026-01-01T10:00:00Z passed l1 0.5": who, when, what, a lesson or a question (q…), a score.
 */
static cJSON *statement(const char *line)
{
	char who[40], when[40], verb[40], what[40], score[40] = "";
	ck_assert_int_ge(sscanf(line, "%39s %39s %39s %39s %39s", who, when, verb, what, score), 4);
	bool question = what[0] == 'q';
	cleanup_free char *text = xasprintf(
		"{\"id\":\"%s-%s-%s\",\"stored\":\"%s\",\"actor\":{\"name\":\"%s\",\"account\":{"
		"\"homePage\":\"https://ropes.invalid\",\"name\":\"%s\"}},\"verb\":{\"id\":"
		"\"http://adlnet.gov/expapi/verbs/%s\"},\"object\":{\"id\":\"" COURSE "/%s\","
		"\"definition\":{\"type\":\"http://adlnet.gov/expapi/activities/%s\",\"name\":{"
		"\"en\":\"%s\"}%s}},\"timestamp\":\"%s\",\"context\":{\"contextActivities\":{"
		"\"grouping\":[{\"id\":\"" COURSE "\",\"definition\":{\"name\":{\"en\":\"The "
		"course\"},\"extensions\":{\"https://ropes.invalid/extensions/lessons\":2}}}],"
		"\"parent\":[{\"id\":\"" COURSE "/l1\",\"definition\":{\"type\":"
		"\"http://adlnet.gov/expapi/activities/lesson\"}}]}}%s%s%s}",
		who, when, verb, when, who, who, verb, what, question ? "question" : "lesson", what,
		question ? "" : ",\"description\":{\"en\":\"You can\"}", when,
		*score != '\0' ? ",\"result\":{\"score\":{\"scaled\":" : "", score,
		*score != '\0' ? "}}" : "");
	cJSON *json = cJSON_Parse(text);
	ck_assert_msg(json != NULL, "%s", text);
	return json;
}

static void take(struct world *w, const char *const *lines, size_t count)
{
	struct error err = {0};
	cJSON *list[32] = {NULL};
	for (size_t i = 0; i < count; i++)
		list[i] = statement(lines[i]);
	ck_assert_msg(
		tracker_take(w->tracker, list, count, "7", NULL, 0, &err), "%s", error_text(&err));
	for (size_t i = 0; i < count; i++)
		cJSON_Delete(list[i]);
}

static void add_result(void *data, const struct tracker_result *r)
{
	buf_printf(data, "%s %s c%d p%d n%u %.2f %.2f %.2f %llds; ", r->name, r->title,
		r->completed_ms > 0, r->passed_ms > 0, r->attempts, r->first, r->best, r->last,
		(long long)r->time_ms / 1000);
}

static void add_enrolment(void *data, const struct tracker_enrolment *e)
{
	buf_printf(data, "%s [%s] %u/%u aims %u%s%s; ", e->name, e->teams, e->completed, e->lessons,
		e->passed, e->overdue ? " late" : "", e->done_ms > 0 ? " done" : "");
}

static void add_item(void *data, const struct tracker_item *i)
{
	buf_printf(data, "%s %.2f %.2f %u %s; ", i->title, i->facility, i->last, i->people,
		isnan(i->discrimination) ? "-"
		: i->discrimination > 0  ? "up"
					 : "down");
}

static void add_team(void *data, const struct tracker_team *t)
{
	buf_printf(data, "%s %u people %u late; ", t->name, t->people, t->overdue);
}

static char *teams(struct world *w)
{
	struct buf out = {0};
	struct error err = {0};
	ck_assert(tracker_teams(w->tracker, add_team, &out, &err));
	return buf_steal(&out);
}

static char *results(struct world *w)
{
	struct buf out = {0};
	struct error err = {0};
	ck_assert(tracker_results(w->tracker, 0, 0, 0, add_result, &out, &err));
	return buf_steal(&out);
}

static char *enrolments(struct world *w, int64_t team)
{
	struct buf out = {0};
	struct error err = {0};
	ck_assert(tracker_enrolments(w->tracker, team, 0, 0, add_enrolment, &out, &err));
	return buf_steal(&out);
}

static char *items(struct world *w, int64_t course)
{
	struct buf out = {0};
	struct error err = {0};
	ck_assert(tracker_items(w->tracker, 0, course, 10, add_item, &out, &err));
	return buf_steal(&out);
}

/* ---- lessons ---- */

static const char *const days[] = {
	"ann 2026-01-01T10:00:00Z initialized l1",
	"ann 2026-01-01T10:01:00Z failed l1 0.4",
	"ann 2026-01-01T10:03:00Z passed l1 0.9",
	"ann 2026-01-01T10:04:00Z completed l1",
	"ann 2026-01-02T10:00:00Z failed l1 0.6",
};
#define ANN "ann l1 c1 p1 n3 0.40 0.90 0.60 240s; "

START_TEST(lessons_follow_from_statements)
{
	struct world w = open_world();
	take(&w, days, ARRAY_LENGTH(days));
	cleanup_free char *r = results(&w), *e = enrolments(&w, 0),
			  *p = tracker_position(w.tracker);
	ck_assert_str_eq(r, ANN);
	ck_assert_str_eq(e, "ann [] 1/2 aims 1; ");
	ck_assert_str_eq(p, "7");
	close_world(&w);
}
END_TEST

/* A learner who was offline sends what is older later: scores are the same. */
START_TEST(order_of_coming_changes_no_score)
{
	struct world w = open_world();
	for (size_t i = ARRAY_LENGTH(days); i-- > 0;)
		take(&w, &days[i], 1);
	cleanup_free char *r = results(&w);
	ck_assert_msg(text_starts(r, "ann l1 c1 p1 n3 0.40 0.90 0.60 "), "%s", r);
	close_world(&w);
}
END_TEST

/* All that follows from statements, as the file has it. */
static char *projections(struct world *w)
{
	static const char *const tables[] = {
		"person", "course", "lesson", "question", "enrolment", "result", "answer", "day"};
	struct buf out = {0};
	struct error err = {0};
	struct db *db = store_read(w->store);
	for (size_t i = 0; i < ARRAY_LENGTH(tables); i++) {
		cleanup_free char *text = xasprintf("SELECT * FROM %s ORDER BY 1, 2, 3", tables[i]);
		sqlite3_stmt *rows = sql_once(db, text, &err);
		ck_assert_msg(rows != NULL, "%s", error_text(&err));
		while (sqlite3_step(rows) == SQLITE_ROW) {
			buf_printf(&out, "\n%s", tables[i]);
			for (int c = 0; c < sqlite3_column_count(rows); c++)
				buf_printf(&out, " %s", sql_column(rows, c));
		}
		sqlite3_finalize(rows);
	}
	store_read_end(w->store, db);
	return buf_steal(&out);
}

/* Results that are counted as they come, and the same counted from their rows. */
#define AS_THEY_COME                                                                               \
	"SELECT course, lesson, people, completed, passed, evaluated, round(first, 6), "           \
	"round(best, 6), time_ms FROM lesson_total WHERE people > 0"
#define FROM_ROWS                                                                                  \
	"SELECT course, lesson, count(*), sum(completed_ms > 0), sum(passed_ms > 0), "             \
	"sum(attempts > 0), round(total(iif(attempts > 0, first, 0)), 6), "                        \
	"round(total(iif(attempts > 0, best, 0)), 6), sum(time_ms) FROM result GROUP BY course, "  \
	"lesson"

static void check_totals(struct world *w, int64_t wanted)
{
	struct error err = {0};
	struct db *db = store_read(w->store);
	ck_assert_int_eq(
		sql_number(sql(db, &err, "SELECT count(*) FROM (" AS_THEY_COME ")", ""), -1),
		wanted);
	ck_assert_int_eq(sql_number(sql(db, &err,
					    "SELECT count(*) FROM (" AS_THEY_COME
					    " INTERSECT " FROM_ROWS ")",
					    ""),
				 -1),
		wanted);
	store_read_end(w->store, db);
}

#define CUT_COUNT 200

/* In one change, or in many, or in one each: the same follows. */
START_TEST(how_statements_are_cut_changes_nothing)
{
	static const char *const verbs[] = {
		"answered", "answered", "attempted", "passed", "failed", "completed"};
	static const unsigned cuts[] = {1, 7, 32};
	cleanup_words struct words lines = {0};
	cleanup_free char *expected = NULL;
	struct error err = {0};
	uint64_t state = 7;
	for (unsigned i = 0; i < CUT_COUNT; i++) {
		const char *verb = verbs[random_next(&state) % ARRAY_LENGTH(verbs)];
		words_addf(&lines, "%c 2026-01-0%uT10:%02u:00Z %s %c%u 0.%u",
			(char)('a' + random_next(&state) % 3),
			(unsigned)(1 + random_next(&state) % 3),
			(unsigned)(random_next(&state) % 60), verb,
			text_same(verb, "answered") ? 'q' : 'l',
			(unsigned)(random_next(&state) % 3), (unsigned)(random_next(&state) % 10));
	}
	for (size_t c = 0; c < ARRAY_LENGTH(cuts); c++) {
		struct world w = open_world();
		for (unsigned i = 0; i < CUT_COUNT; i += cuts[c])
			take(&w, (const char *const *)&lines.items[i],
				i + cuts[c] > CUT_COUNT ? CUT_COUNT - i : cuts[c]);
		cleanup_free char *all = projections(&w);
		if (expected == NULL)
			expected = xstrdup(all);
		ck_assert(strstr(all, "\nanswer ") != NULL && strstr(all, "\nday ") != NULL);
		ck_assert_str_eq(all, expected);
		check_totals(&w, 3);
		ck_assert(tracker_forget(w.tracker, "account https://ropes.invalid a", &err));
		check_totals(&w, 3);
		ck_assert(tracker_forget_all(w.tracker, &err));
		check_totals(&w, 0);
		close_world(&w);
	}
}
END_TEST

START_TEST(what_is_taken_again_counts_anew)
{
	struct world w = open_world();
	struct error err = {0};
	take(&w, days, ARRAY_LENGTH(days));
	ck_assert(tracker_forget(w.tracker, "account https://ropes.invalid ann", &err));
	cleanup_free char *none = results(&w);
	ck_assert_str_eq(none, "");
	take(&w, days, ARRAY_LENGTH(days));
	cleanup_free char *r = results(&w);
	ck_assert_str_eq(r, ANN);
	close_world(&w);
}
END_TEST

/* Also by a server that was killed before it took them. */
START_TEST(who_is_taken_again_is_remembered)
{
	struct world w = open_world();
	struct error err = {0};
	cleanup_words struct words actors = {0};
	cleanup_free char *none = tracker_again(w.tracker);
	ck_assert_ptr_null(none);
	words_add(&actors, "account https://ropes.invalid ann");
	ck_assert(tracker_take(w.tracker, NULL, 0, "7", &actors, 0, &err));
	tracker_close(w.tracker);
	ck_assert(tracker_open(w.store, &w.tracker, &err));
	cleanup_free char *again = tracker_again(w.tracker);
	ck_assert_str_eq(again, actors.items[0]);
	ck_assert(tracker_again_done(w.tracker, again, &err));
	cleanup_free char *nobody = tracker_again(w.tracker);
	ck_assert_ptr_null(nobody);
	close_world(&w);
}
END_TEST

START_TEST(what_comes_twice_counts_once)
{
	struct world w = open_world();
	struct error err = {0};
	cJSON *list[ARRAY_LENGTH(days)];
	unsigned fresh;
	for (size_t i = 0; i < ARRAY_LENGTH(days); i++)
		list[i] = statement(days[i]);
	ck_assert(tracker_take_once(w.tracker, list, 3, "1", 0, &fresh, &err));
	ck_assert_uint_eq(fresh, 3);
	ck_assert(tracker_take_once(w.tracker, list, ARRAY_LENGTH(days), "2", 0, &fresh, &err));
	ck_assert_uint_eq(fresh, 2);
	cleanup_free char *r = results(&w);
	ck_assert_str_eq(r, ANN);
	for (size_t i = 0; i < ARRAY_LENGTH(days); i++)
		cJSON_Delete(list[i]);
	close_world(&w);
}
END_TEST

/* ---- what other stores say ---- */

/* Of what no store has checked, a number is kept within its limits, and what has no name is
 * nothing. A clock that was not set is no reason to count a lesson twice. */
static const struct {
	const char *object, *context, *result, *timestamp, *follows;
} odd[] = {
	{"{\"id\":\"http://x.y/l\"}", "{}", "{\"score\":{\"scaled\":1e300}}",
		"2026-01-01T10:00:00Z",
		"a http://x.y/l c0 p1 n2 1.00 1.00 1.00 0s; a [] 0/0 aims 1; "},
	{"{\"id\":\"http://x.y/l\"}", "{}", "{\"score\":{\"scaled\":0.5}}", "1970-01-01T00:00:00Z",
		"a http://x.y/l c0 p1 n2 0.50 0.50 0.50 0s; a [] 0/0 aims 1; "},
	{"{\"id\":\"http://x.y/l\"}", "{}", "{\"score\":{\"scaled\":0.5}}", "1960-01-01T00:00:00Z",
		"a http://x.y/l c0 p1 n2 0.50 0.50 0.50 0s; a [] 0/0 aims 1; "},
	{"{\"id\":\"http://x.y/l\",\"definition\":{\"extensions\":{"
	 "\"https://ropes.invalid/extensions/place\":1e300,"
	 "\"https://ropes.invalid/extensions/lessons\":1e300}}}",
		"{}", "{}", "2026-01-01T10:00:00Z",
		"a http://x.y/l c0 p1 n2 1.00 1.00 1.00 0s; a [] 0/0 aims 1; "},
	{"{\"id\":\"http://x.y/l\",\"definition\":{\"extensions\":{"
	 "\"https://ropes.invalid/extensions/lessons\":-1e300}}}",
		"{}", "{}", "2026-01-01T10:00:00Z",
		"a http://x.y/l c0 p1 n2 1.00 1.00 1.00 0s; a [] 0/0 aims 1; "},
	{"{\"id\":\"http://x.y/l\"}", "{\"contextActivities\":{\"grouping\":[{}],\"parent\":[7]}}",
		"{}", "2026-01-01T10:00:00Z",
		"a http://x.y/l c0 p1 n2 1.00 1.00 1.00 0s; a [] 0/0 aims 1; "},
	{"{}", "{}", "{}", "2026-01-01T10:00:00Z", ""},
	{"{\"id\":\"\"}", "{}", "{}", "2026-01-01T10:00:00Z", ""},
	{"7", "7", "7", "2026-01-01T10:00:00Z", ""},
	{"{\"id\":\"http://x.y/l\"}", "{}", "{}", "yesterday", ""},
};

START_TEST(what_is_odd_does_no_harm)
{
	struct world w = open_world();
	struct error err = {0};
	cleanup_free char *text =
		xasprintf("{\"actor\":{\"mbox\":\"mailto:a@b.c\",\"name\":\"a\"},\"verb\":{\"id\":"
			  "\"http://adlnet.gov/expapi/verbs/passed\"},\"object\":%s,\"context\":%s,"
			  "\"result\":%s,\"timestamp\":\"%s\"}",
			odd[_i].object, odd[_i].context, odd[_i].result, odd[_i].timestamp);
	cJSON *one = cJSON_Parse(text), *list[] = {one, one};
	ck_assert_msg(one != NULL, "%s", text);
	ck_assert_msg(tracker_take(w.tracker, list, 2, "7", NULL, 0, &err), "%s", error_text(&err));
	cleanup_free char *r = results(&w), *e = enrolments(&w, 0), *both = xasprintf("%s%s", r, e);
	ck_assert_str_eq(both, odd[_i].follows);
	cJSON_Delete(one);
	close_world(&w);
}
END_TEST

/* ---- webhooks ---- */

static void add_waiting(void *data, const struct tracker_hook *hook)
{
	*(unsigned *)data += hook->waiting;
}

START_TEST(what_is_taken_again_is_no_news)
{
	struct world w = open_world();
	struct error err = {0};
	char now[TIME_TEXT_SIZE];
	unsigned waiting = 0;
	int64_t hook;
	time_format_iso8601(clock_wall_ms(), now);
	cleanup_free char *line = xasprintf("ann %s completed l1", now);
	cJSON *one = statement(line);
	ck_assert(tracker_hook_add(w.tracker, "https://x.y/", "secret", &hook, &err));
	ck_assert(tracker_take(w.tracker, &one, 1, "7", NULL, 0, &err));
	ck_assert(tracker_forget(w.tracker, "account https://ropes.invalid ann", &err));
	ck_assert(tracker_take(w.tracker, &one, 1, NULL, NULL, 0, &err));
	ck_assert(tracker_hooks(w.tracker, add_waiting, &waiting, &err));
	ck_assert_uint_eq(waiting, 1);
	cJSON_Delete(one);
	close_world(&w);
}
END_TEST

/* ---- questions ---- */

START_TEST(questions_by_first_answers)
{
	static const char *const answers[] = {
		"ann 2026-01-01T10:00:00Z answered q1 0",
		"ann 2026-01-01T10:00:10Z answered q2 1",
		"ann 2026-01-01T10:00:20Z answered q3 1",
		"bob 2026-01-01T10:00:00Z answered q1 1",
		"bob 2026-01-01T10:00:10Z answered q2 0",
		"bob 2026-01-01T10:00:20Z answered q3 0",
		"cyd 2026-01-01T10:00:00Z answered q1 0",
		"cyd 2026-01-01T10:00:10Z answered q2 1",
		"ann 2026-01-03T10:00:00Z answered q1 1",
	};
	struct world w = open_world();
	take(&w, answers, ARRAY_LENGTH(answers));
	cleanup_free char *all = items(&w, 0), *one = items(&w, 1);
	ck_assert_str_eq(all, "q1 0.33 0.67 3 -; q3 0.50 0.50 2 -; q2 0.67 0.67 3 -; ");
	ck_assert_str_eq(one, "q1 0.33 0.67 3 down; q3 0.50 0.50 2 -; q2 0.67 0.67 3 down; ");
	close_world(&w);
}
END_TEST

/* 3,000 people with 40 answers each, who are right more or less often. */
static int answer_much(struct db *db, void *data, struct error *err)
{
	static const char *const texts[] = {
		"INSERT INTO course (id, iri, title) VALUES (1, 'c', 'c')",
		"WITH RECURSIVE n(q) AS (SELECT 1 UNION ALL SELECT q + 1 FROM n WHERE q < 40) "
		"INSERT INTO question (id, course, iri, title) SELECT q, 1, q, q FROM n",
		"WITH RECURSIVE n(p) AS (SELECT 1 UNION ALL SELECT p + 1 FROM n WHERE p < 3000) "
		"INSERT INTO enrolment (person, course, begun_ms, last_ms) SELECT p, 1, 1, 1 FROM "
		"n",
		"INSERT INTO answer SELECT person, id, 1, 1, person % 11 / 10.0, 1, 0.5, 1, 1, 0, "
		"0, 0, 0, 0, 0, 0 FROM enrolment, question",
	};
	(void)data;
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		if (!sql_run(db, sql(db, err, texts[i], ""), err))
			return STORE_FAILED;
	return 0;
}

static void check_sampled(void *data, const struct tracker_item *item)
{
	unsigned *count = data;
	ck_assert_uint_eq(item->people, 3000);
	ck_assert_uint_gt(item->sample, 1000);
	ck_assert_uint_lt(item->sample, 2000);
	ck_assert_double_eq_tol(item->facility, 0.5, 0.01);
	ck_assert_double_eq_tol(item->discrimination, 1, 1e-9);
	(*count)++;
}

START_TEST(many_answers_are_sampled)
{
	struct world w = open_world();
	struct error err = {0};
	unsigned count = 0;
	ck_assert_msg(store_write(w.store, answer_much, NULL, &err) == 0, "%s", error_text(&err));
	ck_assert(tracker_items(w.tracker, 0, 1, 100, check_sampled, &count, &err));
	ck_assert_uint_eq(count, 40);
	close_world(&w);
}
END_TEST

/* ---- teams ---- */

START_TEST(who_is_late)
{
	struct world w = open_world();
	struct error err = {0};
	unsigned count;
	int64_t now = clock_wall_ms();
	ck_assert_msg(tracker_roster(w.tracker,
			      "\xEF\xBB\xBFName,Account,Team\r\n\"Ann \"\"A\"\" B\",ann,Blue\r\n"
			      "Bob,bob,Blue\n\nCyd,cyd,Red",
			      "https://ropes.invalid", &count, &err),
		"%s", error_text(&err));
	ck_assert_uint_eq(count, 3);
	take(&w, days, ARRAY_LENGTH(days));
	take(&w,
		(const char *const[]){"bob 2026-01-01T10:00:00Z completed l1",
			"bob 2026-01-01T11:00:00Z completed l2"},
		2);
	ck_assert(tracker_assign(w.tracker, "c", "Blue", now - DAY_MS, &err));
	ck_assert(tracker_assign(w.tracker, "c", "Red", now + DAY_MS, &err));
	cleanup_free char *all = enrolments(&w, 0);
	ck_assert_str_eq(all, "Ann \"A\" B [Blue] 1/2 aims 1 late; Cyd [Red] 0/2 aims 0; "
			      "Bob [Blue] 2/2 aims 0 done; ");
	ck_assert(tracker_team_add(w.tracker, "Empty", &err));
	cleanup_free char *each = teams(&w);
	ck_assert_str_eq(
		each, "Blue 2 people 1 late; Empty 0 people 0 late; Red 1 people 0 late; ");
	cleanup_free char *red = enrolments(&w, tracker_team_find(w.tracker, "Red"));
	ck_assert_str_eq(red, "Cyd [Red] 0/2 aims 0; ");
	ck_assert(tracker_assign(w.tracker, "c", "Blue", 0, &err));
	cleanup_free char *none = enrolments(&w, tracker_team_find(w.tracker, "Blue"));
	ck_assert(strstr(none, "late") == NULL);
	ck_assert(!tracker_assign(w.tracker, "c", "Green", now, &err));
	ck_assert(strstr(error_text(&err), "no team 'Green'") != NULL);
	error_finish(&err);
	close_world(&w);
}
END_TEST

static const struct {
	const char *csv, *says;
} rosters[] = {
	{"", "must name its columns"},
	{"who,what\n", "must name its columns"},
	{"name,account,team\nAnn,,Blue\n", "line 2: neither an account"},
	{"name,account,team\nAnn,ann,Blue\n\n\nBob,,\n", "line 5: neither an account"},
	{"name,account\n\xff,ann\n", "not UTF-8"},
	{"name,email\nAnn,notmail\n", "line 2: 'notmail' is not an email address"},
	{"name,email\nAnn,a@b\nBob,@b\n", "line 3: '@b' is not an email address"},
};

START_TEST(rosters_that_are_none)
{
	struct world w = open_world();
	struct error err = {0};
	unsigned count = 99;
	ck_assert(!tracker_roster(w.tracker, rosters[_i].csv, "https://x.y", &count, &err));
	ck_assert_msg(strstr(error_text(&err), rosters[_i].says) != NULL, "%s", error_text(&err));
	ck_assert_uint_eq(count, 99);
	ck_assert_int_eq(tracker_person_find(w.tracker, "ann"), 0); /* nothing was taken */
	error_finish(&err);
	close_world(&w);
}
END_TEST

START_TEST(erased_and_hidden)
{
	struct world w = open_world();
	struct error err = {0};
	take(&w, days, ARRAY_LENGTH(days));
	int64_t ann = tracker_person_find(w.tracker, "ann");
	ck_assert_int_gt(ann, 0);
	ck_assert(tracker_pseudonyms(w.tracker, true, &err));
	cleanup_free char *hidden = enrolments(&w, 0);
	ck_assert_msg(text_starts(hidden, "P-") && strstr(hidden, "ann") == NULL, "%s", hidden);
	cleanup_words struct words actors = {0};
	words_add(&actors, "account https://ropes.invalid ann");
	ck_assert(tracker_take(w.tracker, NULL, 0, "7", &actors, 0, &err));
	ck_assert_int_eq(tracker_erased(w.tracker), 0);
	ck_assert(tracker_erase(w.tracker, ann, &err));
	ck_assert_int_eq(tracker_erased(w.tracker), 1);
	cleanup_free char *again = tracker_again(w.tracker);
	ck_assert_ptr_null(again);
	take(&w, days, ARRAY_LENGTH(days)); /* which were read before */
	cleanup_free char *none = enrolments(&w, 0);
	ck_assert_str_eq(none, "");
	ck_assert(!tracker_erase(w.tracker, ann, &err));
	ck_assert_int_eq((int)err.kind, (int)ERROR_FAILED);
	ck_assert_int_eq(tracker_erased(w.tracker), 1);
	error_finish(&err);
	close_world(&w);
}
END_TEST

/* ---- rosters of other programs, people ---- */

static void add_member(void *data, const struct tracker_member *m)
{
	buf_printf(data, "%s <%s> [%s]%s%s; ", m->name, strrchr(m->key, ' ') + 1, m->teams,
		m->joined_ms > 0 ? " joined" : "", m->ended_ms > 0 ? " ended" : "");
}

static char *members(struct world *w)
{
	struct buf out = {0};
	struct error err = {0};
	ck_assert(tracker_members(w->tracker, 0, add_member, &out, &err));
	return buf_steal(&out);
}

static void import(struct world *w, const char *csv)
{
	struct error err = {0};
	unsigned count;
	ck_assert_msg(tracker_roster(w->tracker, csv, "https://ropes.invalid", &count, &err), "%s",
		error_text(&err));
}

static const struct {
	const char *csv, *people;
} imports[] = {
	{"name\taccount\tteam\nAnn B\tann\tBlue\n", "Ann B <ann> [Blue]; "},
	{"First name,Last name,Email address,Group\nAnn,Bee,ann@x.y,Blue\n",
		"Ann Bee <mailto:ann@x.y> [Blue]; "},
	{"Username;Surname\nann;Bee\n", "Bee <ann> []; "},
	{"name,account,email\nAnn,ann,ann@x.y\n", "Ann <mailto:ann@x.y> []; "},
};

START_TEST(rosters_of_other_programs)
{
	struct world w = open_world();
	import(&w, imports[_i].csv);
	cleanup_free char *people = members(&w);
	ck_assert_str_eq(people, imports[_i].people);
	close_world(&w);
}
END_TEST

START_TEST(an_address_and_an_account_are_one_person)
{
	struct world w = open_world();
	import(&w, "name,account,email\nAnn A,ann,ann@x.y\n");
	take(&w, days, ARRAY_LENGTH(days));
	cleanup_free char *people = members(&w), *all = enrolments(&w, 0);
	ck_assert_str_eq(people, "Ann A <mailto:ann@x.y> []; ");
	ck_assert_str_eq(all, "Ann A [] 1/2 aims 1; ");
	close_world(&w);
}
END_TEST

START_TEST(two_entries_become_one)
{
	struct world w = open_world();
	struct error err = {0};
	import(&w, "name,account,team\nAnn A,aa,Blue\n");
	take(&w, days, ARRAY_LENGTH(days));
	int64_t person = tracker_person_find(w.tracker, "aa"),
		other = tracker_person_find(w.tracker, "ann");
	ck_assert(!tracker_person_merge(w.tracker, person, person, &err));
	ck_assert(!tracker_person_merge(w.tracker, person, 99, &err));
	ck_assert_msg(tracker_person_merge(w.tracker, person, other, &err), "%s", error_text(&err));
	cleanup_free char *again = tracker_again(w.tracker);
	ck_assert_str_eq(again, "account https://ropes.invalid aa");
	cleanup_words struct words keys = {0};
	tracker_person_keys(w.tracker, "account https://ropes.invalid ann", &keys);
	ck_assert_uint_eq(keys.count, 2);
	ck_assert_str_eq(keys.items[1], again);
	take(&w, days, ARRAY_LENGTH(days));
	cleanup_free char *people = members(&w), *all = enrolments(&w, 0);
	ck_assert_str_eq(people, "Ann A <aa> [Blue]; ");
	ck_assert_str_eq(all, "Ann A [Blue] 1/2 aims 1; ");
	ck_assert(tracker_forget(w.tracker, "account https://ropes.invalid ann", &err));
	cleanup_free char *none = enrolments(&w, 0);
	ck_assert_str_eq(none, "");
	error_finish(&err);
	close_world(&w);
}
END_TEST

START_TEST(people_are_edited_and_ended)
{
	struct world w = open_world();
	struct error err = {0};
	import(&w, "name,account,team\nAnn,ann,Blue\nBob,bob,Blue\n");
	int64_t ann = tracker_person_find(w.tracker, "ann");
	ck_assert(tracker_person_edit(w.tracker, ann, "Ann Z", "Red, Green ,", &err));
	ck_assert(!tracker_person_edit(w.tracker, ann, " ", "", &err));
	ck_assert(!tracker_person_edit(w.tracker, 99, "x", "", &err));
	ck_assert(tracker_assign(w.tracker, "c", NULL, 1, &err));
	ck_assert(tracker_person_end(w.tracker, ann, true, &err));
	cleanup_free char *people = members(&w), *late = enrolments(&w, 0);
	ck_assert_str_eq(people, "Ann Z <ann> [Green, Red] ended; Bob <bob> [Blue]; ");
	ck_assert_str_eq(late, "Bob [Blue] 0/0 aims 0 late; ");
	ck_assert(tracker_person_end(w.tracker, ann, false, &err));
	cleanup_free char *both = enrolments(&w, tracker_team_find(w.tracker, "Red"));
	ck_assert_str_eq(both, "Ann Z [Green, Red] 0/0 aims 0 late; ");
	error_finish(&err);
	close_world(&w);
}
END_TEST

/* ---- invitations ---- */

enum { ANYONE, OF_RED, ONLY_ANN };

static const struct {
	int kind;
	unsigned uses_max;
	int64_t days;           /* until it expires */
	const char *who, *name; /* NULL: nobody is found */
	enum tracker_invited outcome;
} invitations[] = {
	{ANYONE, 0, 1, "ann", "Ann", INVITED_DONE},
	{ANYONE, 0, 1, "ANN", "Ann", INVITED_DONE},
	{ANYONE, 0, 1, "Cyd Dee", "Cyd Dee", INVITED_DONE},
	{ANYONE, 0, 1, "cyd@x.y", "Cyd Dee", INVITED_DONE},
	{ANYONE, 0, 1, "cyd", NULL, INVITED_PERSON},
	{ANYONE, 0, 1, "1", NULL, INVITED_PERSON},
	{ANYONE, 0, 1, "%", NULL, INVITED_PERSON},
	{ANYONE, 0, 1, "", NULL, INVITED_PERSON},
	{ANYONE, 0, 1, "old", NULL, INVITED_PERSON},
	{ANYONE, 0, 1, NULL, NULL, INVITED_CHOOSE},
	{ANYONE, 0, -1, "ann", NULL, INVITED_EXPIRED},
	{OF_RED, 0, 1, "cyd@x.y", "Cyd Dee", INVITED_DONE},
	{OF_RED, 0, 1, "ann", NULL, INVITED_PERSON},
	{ONLY_ANN, 1, 1, NULL, "Ann", INVITED_DONE},
	{ONLY_ANN, 1, 1, "ann", "Ann", INVITED_DONE},
	{ONLY_ANN, 1, 1, "bob", NULL, INVITED_PERSON},
};

static void keep_person_name(void *data, const struct tracker_person *person)
{
	*(char **)data = xstrdup(person->name);
}

START_TEST(invitations_find_people)
{
	struct world w = open_world();
	struct error err = {0};
	cleanup_free char *code = NULL, *name = NULL;
	int64_t person = 0, team = 0;
	import(&w, "name,account,email,team\nAnn,ann,,Blue\nBob,bob,,Blue\nCyd Dee,,cyd@x.y,Red\n"
		   "Old,old,,Blue\n");
	ck_assert(tracker_person_end(w.tracker, tracker_person_find(w.tracker, "old"), true, &err));
	struct tracker_invitation what = {.uses_max = invitations[_i].uses_max,
		.expires_ms = clock_wall_ms() + invitations[_i].days * DAY_MS};
	if (invitations[_i].kind == OF_RED)
		what.team = tracker_team_find(w.tracker, "Red");
	if (invitations[_i].kind == ONLY_ANN)
		what.person = tracker_person_find(w.tracker, "ann");
	ck_assert(tracker_invitation_add(w.tracker, &what, &code, &err));
	ck_assert_int_eq(
		tracker_invitation_look(w.tracker, code, invitations[_i].who, &person, &team, &err),
		invitations[_i].outcome);
	ck_assert_int_eq(
		tracker_invitation_use(w.tracker, code, invitations[_i].who, &person, &err),
		invitations[_i].outcome);
	ck_assert_int_eq(person > 0, invitations[_i].name != NULL);
	if (person > 0)
		ck_assert(tracker_person(w.tracker, person, keep_person_name, &name, &err));
	if (person > 0)
		ck_assert_str_eq(name, invitations[_i].name);
	cleanup_free char *people = members(&w);
	ck_assert_int_eq(strstr(people, "joined") != NULL, invitations[_i].name != NULL);
	error_finish(&err);
	close_world(&w);
}
END_TEST

START_TEST(invitations_end)
{
	struct world w = open_world();
	struct error err = {0};
	int64_t person;
	cleanup_free char *code = NULL;
	import(&w, "name,account\nAnn,ann\nBob,bob\nCyd,cyd\n");
	const struct tracker_invitation what = {
		.uses_max = 2, .expires_ms = clock_wall_ms() + DAY_MS};
	ck_assert(tracker_invitation_add(w.tracker, &what, &code, &err));
	ck_assert_ptr_null(tracker_invitation_link(w.tracker, code));
	cleanup_free char *plain = tracker_invitation_code(code);
	ck_assert_uint_eq(strlen(plain), 16);
	ck_assert_int_eq(
		tracker_invitation_use(w.tracker, code, "ann", &person, &err), INVITED_DONE);
	ck_assert_int_eq(
		tracker_invitation_use(w.tracker, plain, "ANN", &person, &err), INVITED_TAKEN);
	ck_assert_int_eq(person, 0);
	ck_assert_int_eq(
		tracker_invitation_use(w.tracker, plain, "bob", &person, &err), INVITED_DONE);
	ck_assert_int_eq(
		tracker_invitation_use(w.tracker, plain, "cyd", &person, &err), INVITED_USED);
	/* who has an invitation of their own joins on a second machine, too */
	cleanup_free char *own = NULL;
	const struct tracker_invitation again = {.person = tracker_person_find(w.tracker, "ann"),
		.uses_max = 1,
		.expires_ms = clock_wall_ms() + DAY_MS};
	ck_assert(tracker_invitation_add(w.tracker, &again, &own, &err));
	ck_assert_int_eq(tracker_invitation_use(w.tracker, own, NULL, &person, &err), INVITED_DONE);
	ck_assert_int_eq(
		tracker_invitation_use(w.tracker, "AAAABBBBCCCCDDDD", "ann", &person, &err),
		INVITED_CODE);
	ck_assert(tracker_invitation_revoke(w.tracker, 1, &err));
	ck_assert(!tracker_invitation_revoke(w.tracker, 1, &err));
	ck_assert_int_eq(
		tracker_invitation_use(w.tracker, code, "ann", &person, &err), INVITED_REVOKED);
	ck_assert(tracker_set(w.tracker, "url", "https://h:1/p", &err));
	ck_assert(tracker_set(w.tracker, "fingerprint", "abc", &err));
	cleanup_free char *link = tracker_invitation_link(w.tracker, "X");
	ck_assert_str_eq(link, "https://h:1/p/join#X.abc");
	error_finish(&err);
	close_world(&w);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{lessons_follow_from_statements, 1},
		{order_of_coming_changes_no_score, 1},
		{how_statements_are_cut_changes_nothing, 1},
		{what_is_taken_again_counts_anew, 1},
		{who_is_taken_again_is_remembered, 1},
		{what_comes_twice_counts_once, 1},
		{what_is_odd_does_no_harm, ARRAY_LENGTH(odd)},
		{what_is_taken_again_is_no_news, 1},
		{questions_by_first_answers, 1},
		{many_answers_are_sampled, 1},
		{who_is_late, 1},
		{rosters_that_are_none, ARRAY_LENGTH(rosters)},
		{erased_and_hidden, 1},
		{rosters_of_other_programs, ARRAY_LENGTH(imports)},
		{an_address_and_an_account_are_one_person, 1},
		{two_entries_become_one, 1},
		{people_are_edited_and_ended, 1},
		{invitations_find_people, ARRAY_LENGTH(invitations)},
		{invitations_end, 1},
	};
	return suite_run("tracker", tests, ARRAY_LENGTH(tests), 30);
}

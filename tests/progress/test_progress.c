/* tests/progress/test_progress.c - time on task, scores and lines; and that a learner's own
 * progress and the lead's pages say the same about the same statements */
#include "progress.h"
#include "fake/clock.h"
#include "json.h"
#include "record.h"
#include "suite.h"
#include "tracker.h"

#include <unistd.h>

#define S ((int64_t)1000)
#define MINUTES (60 * S)

/* ---- time on task ---- */

static const struct {
	int64_t last_ms, now_ms, gap_ms;
	enum progress_is is;
} gaps[] = {
	{0, 1000 * S, 0, PROGRESS_ATTEMPTED}, /* the first event */
	{1000 * S, 1000 * S, 0, PROGRESS_ATTEMPTED},
	{1000 * S, 1001 * S, 1 * S, PROGRESS_ATTEMPTED},
	{1000 * S, 1000 * S + 5 * MINUTES, 5 * MINUTES, PROGRESS_ATTEMPTED},
	{1000 * S, 1000 * S + 5 * MINUTES + 1, 0, PROGRESS_ATTEMPTED}, /* a pause */
	{1000 * S, 999 * S, 0, PROGRESS_ATTEMPTED},                    /* the clock was set back */
	{1000 * S, 1045 * S, 0, PROGRESS_INITIALIZED},                 /* another session */
};

START_TEST(short_gaps_are_time_on_task)
{
	const struct progress_event event = {.is = gaps[_i].is, .time_ms = gaps[_i].now_ms};
	ck_assert_int_eq(progress_gap_ms(gaps[_i].last_ms, &event), gaps[_i].gap_ms);
}
END_TEST

/* ---- results ---- */

START_TEST(results_follow_the_time_of_attempts)
{
	static const struct progress_event events[] = {
		{.is = PROGRESS_FAILED, .time_ms = 50, .score = 0.5},
		{.is = PROGRESS_PASSED, .time_ms = 90, .score = 0.9},
		{.is = PROGRESS_FAILED, .time_ms = 20, .score = 0.2}, /* arrives late */
		{.is = PROGRESS_ATTEMPTED,
			.time_ms = 60,
			.score = -1,
			.has_status = true,
			.status = 1},
		{.is = PROGRESS_ATTEMPTED, .time_ms = 61, .score = -1, .has_status = true},
		{.is = PROGRESS_ATTEMPTED, .time_ms = 62, .score = -1},
		{.is = PROGRESS_COMPLETED, .time_ms = 70, .score = -1},
		{.is = PROGRESS_COMPLETED, .time_ms = 80, .score = -1},
	};
	struct progress_result r;
	struct progress_news news;
	unsigned fresh = 0;
	progress_result_init(&r);
	for (size_t i = 0; i < ARRAY_LENGTH(events); i++) {
		progress_apply(&r, &events[i], 3, &news);
		fresh += news.completed + news.passed;
	}
	ck_assert_uint_eq(fresh, 2);
	ck_assert_int_eq(r.attempts, 3);
	ck_assert_double_eq(r.first, 0.2);
	ck_assert_double_eq(r.best, 0.9);
	ck_assert_double_eq(r.last, 0.9);
	ck_assert_int_eq(r.lines, 2);
	ck_assert_int_eq(r.failed_lines, 1);
	ck_assert_int_eq(r.completed_ms, 70);
	ck_assert_int_eq(r.passed_ms, 90);
	ck_assert_int_eq(r.seen_ms, 90);
	ck_assert_int_eq(r.time_ms, 8 * 3);
}
END_TEST

/* ---- two views of one history ---- */

/* What Ada did; counted: whether the time since the last event is on task. */
static const struct {
	int after_s;
	bool counted;
	struct record_event event;
} history[] = {
	{0, false, {.verb = RECORD_INITIALIZED, .course = "sea", .lesson = "reef"}},
	{30, true,
		{.verb = RECORD_ATTEMPTED,
			.course = "sea",
			.lesson = "reef",
			.step = "1",
			.outcome = "held",
			.line = "ls"}},
	{20, true,
		{.verb = RECORD_ATTEMPTED,
			.course = "sea",
			.lesson = "reef",
			.step = "1",
			.outcome = "not held",
			.line = "sl",
			.exit_status = 127}},
	{645, false,
		{.verb = RECORD_ATTEMPTED,
			.course = "sea",
			.lesson = "reef",
			.step = "1",
			.outcome = "held",
			.line = "ls"}},
	{10, true,
		{.verb = RECORD_PROGRESSED,
			.course = "sea",
			.lesson = "reef",
			.step = "1",
			.state = RECORD_STEP_DONE}},
	{5, true, {.verb = RECORD_COMPLETED, .course = "sea", .lesson = "reef"}},
	{40, true,
		{.verb = RECORD_ATTEMPTED,
			.course = "sea",
			.lesson = "reef",
			.registration = "5a1bb9e0-0000-4000-8000-000000000001"}},
	{15, true,
		{.verb = RECORD_ANSWERED,
			.course = "sea",
			.lesson = "reef",
			.step = "q1",
			.registration = "5a1bb9e0-0000-4000-8000-000000000001",
			.has_score = true,
			.score = 1,
			.score_max = 3}},
	{5, true,
		{.verb = RECORD_FAILED,
			.course = "sea",
			.lesson = "reef",
			.registration = "5a1bb9e0-0000-4000-8000-000000000001",
			.has_score = true,
			.score = 1,
			.score_max = 3}},
	{60, false, {.verb = RECORD_INITIALIZED, .course = "air", .lesson = "cloud"}},
	{30, true,
		{.verb = RECORD_ATTEMPTED,
			.course = "air",
			.lesson = "cloud",
			.step = "1",
			.outcome = "held",
			.line = "ls"}},
	{100, false, {.verb = RECORD_INITIALIZED, .course = "sea", .lesson = "bowline"}},
	{7, true,
		{.verb = RECORD_PASSED,
			.course = "sea",
			.lesson = "reef",
			.registration = "5a1bb9e0-0000-4000-8000-000000000002",
			.has_score = true,
			.score = 3,
			.score_max = 3}},
	{2, true,
		{.verb = RECORD_ANSWERED,
			.course = "sea",
			.lesson = "reef",
			.step = "q1",
			.registration = "5a1bb9e0-0000-4000-8000-000000000002",
			.has_score = true,
			.score = 3,
			.score_max = 3}},
	{-120, false,
		{.verb = RECORD_ATTEMPTED,
			.course = "sea",
			.lesson = "bowline",
			.step = "1",
			.outcome = "error",
			.line = "ls"}},
	{3600, false, {.verb = RECORD_TERMINATED, .course = "sea", .lesson = "bowline"}},
};

static void append_history(struct record *record)
{
	struct error err = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(history); i++) {
		struct record_event event = history[i].event;
		event.learner = "ada";
		event.course_title = event.course;
		event.lesson_title = event.lesson;
		fake_clock_forward(history[i].after_s * S);
		ck_assert_msg(record_append(record, &event, &err), "%s", error_text(&err));
	}
}

/* As a store gets them. */
static bool add_statement(void *data, const char *json)
{
	cJSON_AddItemToArray(data, cJSON_Parse(json));
	return true;
}

static void send_history(struct record *record, struct tracker *tracker)
{
	struct error err = {0};
	cJSON *all = cJSON_CreateArray(), *list[ARRAY_LENGTH(history)], *one;
	size_t count = 0;
	ck_assert(record_statements(record, "ada", NULL, add_statement, all, &err));
	ck_assert_int_eq(cJSON_GetArraySize(all), (int)ARRAY_LENGTH(history));
	cJSON_ArrayForEach(one, all)
		list[count++] = one;
	ck_assert_msg(
		tracker_take(tracker, list, count, "1", NULL, 0, &err), "%s", error_text(&err));
	cJSON_Delete(all);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *sorted(struct words *words)
{
	struct buf out = {0};
	qsort(words->items, words->count, sizeof *words->items, by_text);
	for (size_t i = 0; i < words->count; i++)
		buf_printf(&out, "%s\n", words->items[i]);
	return buf_steal(&out);
}

#define LESSON                                                                                     \
	"%s/%s completed %d, passed %d, attempts %u: %.4f %.4f %.4f, lines %u, failed %u, "        \
	"%lld ms, last %lld"
#define COURSE "%s: %lld ms, from %lld to %lld"

static void add_lesson(void *data, const struct tracker_result *r)
{
	bool any = r->attempts > 0;
	words_addf(data, LESSON, r->course_title, r->title, r->completed_ms > 0, r->passed_ms > 0,
		r->attempts, any ? r->first : 0, any ? r->best : 0, any ? r->last : 0, r->lines,
		r->failed_lines, (long long)r->time_ms, (long long)r->last_ms);
}

static void add_course(void *data, const struct tracker_enrolment *e)
{
	words_addf(data, COURSE, e->course_title, (long long)e->time_ms, (long long)e->begun_ms,
		(long long)e->last_ms);
}

static char *seen_by_lead(struct tracker *tracker)
{
	cleanup_words struct words words = {0};
	struct error err = {0};
	ck_assert(tracker_results(tracker, 0, 0, 0, add_lesson, &words, &err));
	ck_assert(tracker_enrolments(tracker, 0, 0, 0, add_course, &words, &err));
	return sorted(&words);
}

static char *seen_by_learner(const struct record_progress *p)
{
	cleanup_words struct words words = {0};
	for (size_t i = 0; i < p->course_count; i++) {
		const struct record_course *c = &p->courses[i];
		words_addf(&words, COURSE, c->title, (long long)c->time_ms, (long long)c->first_ms,
			(long long)c->last_ms);
		for (size_t k = 0; k < c->lesson_count; k++) {
			const struct record_lesson *l = &c->lessons[k];
			words_addf(&words, LESSON, c->title, l->title, l->completed, l->passed,
				l->quiz.count, l->quiz.first, l->quiz.best, l->quiz.last, l->lines,
				l->failed_lines, (long long)l->time_ms, (long long)l->last_ms);
		}
	}
	return sorted(&words);
}

/* The machine adds a little to each counted gap. */
static void check_total(const struct record_progress *p)
{
	int64_t total_ms = 0, expected_ms = 0;
	for (size_t i = 0; i < p->course_count; i++)
		total_ms += p->courses[i].time_ms;
	for (size_t i = 0; i < ARRAY_LENGTH(history); i++)
		expected_ms += history[i].counted ? history[i].after_s * S : 0;
	ck_assert_int_ge(total_ms, expected_ms);
	ck_assert_int_lt(total_ms, expected_ms + 2 * MINUTES);
}

static void add_due(void *data, const struct tracker_person *person)
{
	*(unsigned *)data = person->reviews_due;
}

static void check_reviews(struct record *record, struct tracker *tracker)
{
	struct record_dues dues = {0};
	struct error err = {0};
	unsigned due = 0;
	ck_assert(record_dues(record, "ada", "sea", &dues, &err));
	ck_assert_uint_eq(dues.count, 1);
	fake_clock_forward(dues.items[0].due_ms - clock_wall_ms() - 60 * MINUTES);
	ck_assert(tracker_person(tracker, 1, add_due, &due, &err));
	ck_assert_uint_eq(due, 0);
	fake_clock_forward(120 * MINUTES);
	ck_assert(tracker_person(tracker, 1, add_due, &due, &err));
	ck_assert_uint_eq(due, 1);
	record_dues_finish(&dues);
}

START_TEST(learner_and_lead_see_the_same)
{
	struct error err = {0};
	struct record *record;
	struct store *store;
	struct tracker *tracker;
	struct record_progress progress;
	cleanup_free char *path = path_join(suite_folder, "tracker.db");
	ck_assert(record_open(":memory:", &record, &err));
	ck_assert_msg(store_open(path, &store, &err), "%s", error_text(&err));
	ck_assert_msg(tracker_open(store, &tracker, &err), "%s", error_text(&err));
	append_history(record);
	send_history(record, tracker);
	ck_assert(record_progress(record, "ada", &progress, &err));
	cleanup_free char *lead = seen_by_lead(tracker), *learner = seen_by_learner(&progress);
	ck_assert_str_eq(learner, lead);
	check_total(&progress);
	check_reviews(record, tracker);
	record_progress_finish(&progress);
	tracker_close(tracker);
	store_close(store);
	record_close(record);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{short_gaps_are_time_on_task, ARRAY_LENGTH(gaps)},
		{results_follow_the_time_of_attempts, 0},
		{learner_and_lead_see_the_same, 0},
	};
	return suite_run("progress", tests, ARRAY_LENGTH(tests), 60);
}

/* tests/export/test_export.c - what a learner did, in each format: compared with the files of
 * tests/data/export, and read again by what reads such files here */
#include "export.h"
#include "quiz.h"
#include "fake/clock.h"
#include "suite.h"

#include <cjson/cJSON.h>

/* What ada did in tests/data/tutor/practice.md, and in a course that is gone. */
static const struct record_event events[] = {
	{.verb = RECORD_PROGRESSED, .lesson = "running", .step = "prose-1"},
	{.verb = RECORD_ATTEMPTED,
		.lesson = "running",
		.step = "example-1",
		.line = "docker rum",
		.has_success = true},
	{.verb = RECORD_ATTEMPTED,
		.lesson = "running",
		.step = "example-1",
		.line = "docker run -d --name web nginx",
		.has_success = true,
		.success = true},
	{.verb = RECORD_PROGRESSED,
		.lesson = "running",
		.step = "example-1",
		.state = RECORD_STEP_DONE},
	{.verb = RECORD_PROGRESSED,
		.lesson = "tasks",
		.step = "twice",
		.state = RECORD_STEP_SKIPPED},
	{.verb = RECORD_ATTEMPTED,
		.lesson = "tasks",
		.step = "job",
		.line = "echo '```'\nls | wc",
		.has_success = true,
		.success = true},
	{.verb = RECORD_ATTEMPTED,
		.lesson = "tasks",
		.step = "job",
		.line = "docker run --name job alpine true",
		.has_success = true,
		.success = true},
	{.verb = RECORD_PROGRESSED, .lesson = "tasks", .step = "job", .state = RECORD_STEP_DONE},
	/* the same line in a review, and one that is not judged */
	{.verb = RECORD_ATTEMPTED,
		.lesson = "tasks",
		.step = "job",
		.line = "docker run --name job alpine true",
		.has_success = true,
		.success = true},
	{.verb = RECORD_ATTEMPTED, .lesson = "tasks", .step = "job", .line = "ls"},
	{.verb = RECORD_ANSWERED,
		.lesson = "tasks",
		.step = "job",
		.response = "docker run",
		.has_success = true},
	{.verb = RECORD_ATTEMPTED, .lesson = "questions"},
	{.verb = RECORD_ANSWERED,
		.lesson = "questions",
		.step = "first",
		.question = "First",
		.response = "c",
		.seed = 7,
		.has_success = true},
	{.verb = RECORD_ANSWERED,
		.lesson = "questions",
		.step = "truth",
		.response = "t",
		.seed = 7,
		.has_success = true},
	{.verb = RECORD_ANSWERED,
		.lesson = "questions",
		.step = "number",
		.response = "42",
		.seed = 7,
		.has_success = true,
		.success = true},
	{.verb = RECORD_ANSWERED,
		.lesson = "questions",
		.step = "short",
		.response = "-l *all*",
		.seed = 7,
		.has_success = true},
	{.verb = RECORD_ANSWERED,
		.lesson = "questions",
		.step = "short",
		.response = "-a",
		.seed = 8,
		.has_success = true,
		.success = true},
	{.verb = RECORD_ANSWERED,
		.lesson = "questions",
		.step = "several",
		.response = "a c",
		.seed = 7,
		.has_success = true},
	{.verb = RECORD_ANSWERED,
		.lesson = "questions",
		.step = "pairs",
		.response = "a1 b2 c3",
		.seed = 7,
		.has_success = true},
	{.verb = RECORD_ANSWERED,
		.lesson = "questions",
		.step = "essay",
		.response = "50",
		.seed = 7,
		.has_success = true},
	{.verb = RECORD_PROGRESSED,
		.lesson = "questions",
		.step = "question-1",
		.state = RECORD_STEP_DONE},
	{.verb = RECORD_PROGRESSED, .lesson = "questions", .step = "end"},
	{.verb = RECORD_PASSED,
		.lesson = "questions",
		.registration = "r",
		.has_score = true,
		.score = 3,
		.score_max = 4},
	/* option by option: the right one was refused */
	{.verb = RECORD_ANSWERED,
		.course = "gone",
		.lesson = "old",
		.step = "q-1",
		.question = "A | *question*",
		.response = "not b",
		.seed = 7,
		.has_success = true},
	{.verb = RECORD_ATTEMPTED,
		.course = "gone",
		.lesson = "old",
		.step = "example-0badcafe",
		.line = "true",
		.has_success = true,
		.success = true},
	{.verb = RECORD_PROGRESSED,
		.course = "gone",
		.lesson = "old",
		.step = "example-0badcafe",
		.state = RECORD_STEP_DONE},
};

static const struct record_note notes[] = {
	{.course = "practice", .lesson = "tasks", .step = "job", .text = "-it | `sh` *now*"},
	{.course = "practice", .lesson = "tasks", .step = "job", .text = "Again."},
	{.course = "practice", .lesson = "tasks", .step = "end", .text = "1. first"},
	{.course = "practice", .lesson = "running", .step = "prose-x", .text = "Words."},
};

struct fixture {
	struct record *record;
	struct course *course;
	struct record_progress progress;
	const struct course *courses[2];
};

/* "example-1" is the step's old id; the record has the new one. */
static const char *step_of(const struct course *course, const struct record_event *e)
{
	const struct course_lesson *l =
		&course->lessons[course_find_anchor(course, e->lesson != NULL ? e->lesson : "")];
	size_t at =
		e->course == NULL && e->step != NULL ? course_find_step(l, e->step) : l->step_count;
	return e->course == NULL && at < l->step_count ? l->steps[at].id : e->step;
}

static void set_up(struct fixture *f)
{
	struct error err = {0};
	cleanup_free char *path = suite_data("tutor/practice.md");
	*f = (struct fixture){0};
	ck_assert_msg(course_load(path, &f->course, &err), "%s", error_text(&err));
	ck_assert_msg(record_open(":memory:", &f->record, &err), "%s", error_text(&err));
	for (size_t i = 0; i < ARRAY_LENGTH(events); i++) {
		struct record_event e = events[i];
		e.step = step_of(f->course, &events[i]);
		e.learner = "ada";
		e.course_title = e.course == NULL ? "Practice" : "Gone & <lost>";
		e.course = e.course == NULL ? "practice" : e.course;
		e.lesson_title = e.lesson;
		fake_clock_forward(1); /* courses are in the order of their first times */
		ck_assert_msg(record_append(f->record, &e, &err), "%s", error_text(&err));
	}
	for (size_t i = 0; i < ARRAY_LENGTH(notes); i++)
		ck_assert(record_add_note(f->record, "ada", &notes[i], NULL));
	ck_assert_msg(
		record_progress(f->record, "ada", &f->progress, &err), "%s", error_text(&err));
	for (size_t i = 0; i < f->progress.course_count; i++)
		if (text_same(f->progress.courses[i].course, "practice"))
			f->courses[i] = f->course;
}

static void tear_down(struct fixture *f)
{
	record_progress_finish(&f->progress);
	record_close(f->record);
	course_destroy(f->course);
}

static char *write_format(
	struct fixture *f, const char *name, const char *only, struct words *ret_lacking)
{
	struct error err = {0};
	struct buf out = {0};
	enum export_format format;
	const struct export_source source = {
		.record = f->record, .progress = &f->progress, .courses = f->courses, .only = only};
	ck_assert(export_find_format(name, &format));
	ck_assert_msg(
		export_write(&source, format, &out, ret_lacking, &err), "%s", error_text(&err));
	return buf_steal(&out);
}

/* Days, times and seconds are those of the run. */
static char *without_times(const char *text)
{
	struct buf out = {0};
	for (const char *c = text; *c != '\0';) {
		size_t digits = strspn(c, "0123456789");
		if (text_starts(c, "20") && c[4] == '-' && c[7] == '-') {
			buf_add_text(&out, "DAY");
			c += c[10] == 'T' ? 24 : 10;
		} else if (digits > 0 && text_starts(c + digits, " s") &&
			   strchr(" |\n", c[digits + 2]) != NULL) {
			buf_add_text(&out, "N");
			c += digits;
		} else {
			buf_add(&out, c, digits > 0 ? digits : 1);
			c += digits > 0 ? digits : 1;
		}
	}
	return buf_steal(&out);
}

static const char *const written[] = {"md", "csv", "gift", "anki"};

START_TEST(formats_are_as_kept)
{
	struct fixture f;
	cleanup_words struct words lacking = {0};
	set_up(&f);
	cleanup_free char *text = write_format(&f, written[_i], NULL, &lacking);
	cleanup_free char *plain = without_times(text);
	cleanup_free char *name = xasprintf("export/ada.%s", written[_i]);
	cleanup_free char *path = suite_data(name);
	suite_golden(path, plain);
	bool lacks = text_same(written[_i], "gift") || text_same(written[_i], "anki");
	ck_assert_uint_eq(lacking.count, lacks);
	if (lacks)
		ck_assert_str_eq(lacking.items[0], "Gone & <lost>");
	tear_down(&f);
}
END_TEST

/* What ropes writes it reads: the same questions, none of them in doubt. */
START_TEST(a_bank_is_read_again)
{
	static const char *const ids[] = {"first", "truth", "short", "several", "pairs", "essay"};
	struct fixture f;
	struct quiz *quiz = NULL;
	struct error err = {0};
	cleanup_words struct words lacking = {0};
	set_up(&f);
	cleanup_free char *text = write_format(&f, "gift", NULL, &lacking);
	ck_assert_msg(
		quiz_parse("x.gift", text, strlen(text), &quiz, &err), "%s", error_text(&err));
	ck_assert_uint_eq(quiz->problem_count, 0);
	ck_assert_uint_eq(quiz->question_count, ARRAY_LENGTH(ids));
	for (size_t i = 0; i < ARRAY_LENGTH(ids); i++)
		ck_assert_str_eq(quiz->questions[i].id, ids[i]);
	quiz_destroy(quiz);
	tear_down(&f);
}
END_TEST

/* The member "a.0.b" of a tree, as JSON; the caller frees it. */
static char *member(const cJSON *json, const char *path)
{
	while (json != NULL && *path != '\0') {
		cleanup_free char *name = xstrndup(path, strcspn(path, "."));
		long long at;
		json = text_number(name, 0, 1000, &at)
			       ? cJSON_GetArrayItem(json, (int)at)
			       : cJSON_GetObjectItemCaseSensitive(json, name);
		path += strlen(name);
		path += *path == '.';
	}
	char *text = json != NULL ? cJSON_PrintUnformatted(json) : NULL;
	return text != NULL ? text : xstrdup("(none)");
}

static const struct {
	const char *path, *value;
} members[] = {
	{"learner", "\"ada\""},
	{"courses.0.course", "\"practice\""},
	{"courses.0.title", "\"Practice\""},
	{"courses.0.lessons.0.lesson", "\"running\""},
	{"courses.0.lessons.0.steps.0.kind", "\"example\""},
	{"courses.0.lessons.0.steps.0.text", "\"docker run -d --name web nginx\""},
	{"courses.0.lessons.0.steps.0.state", "\"done\""},
	{"courses.0.lessons.0.steps.0.tries", "2"},
	{"courses.0.lessons.0.steps.0.failures", "1"},
	{"courses.0.lessons.0.steps.0.passed_lines", "[\"docker run -d --name web nginx\"]"},
	{"courses.0.lessons.0.steps.1", "(none)"},       /* text asks for nothing */
	{"courses.0.lessons.1.steps.0.step", "\"job\""}, /* in the order of the course */
	{"courses.0.lessons.1.steps.0.text", "\"Start `alpine` as `job`, and let it end.\""},
	{"courses.0.lessons.1.steps.0.tries", "5"},
	{"courses.0.lessons.1.steps.1.state", "\"skipped\""},
	{"courses.0.lessons.1.notes.0.step", "\"job\""},
	{"courses.0.lessons.1.notes.1.text", "\"Again.\""},
	{"courses.0.lessons.1.notes.2.step", "\"end\""},
	{"courses.0.lessons.1.steps.2", "(none)"},
	{"courses.0.lessons.2.notes", "[]"},
	{"courses.0.lessons.2.passed", "true"},
	{"courses.0.lessons.2.attempts.best", "0.75"},
	{"courses.0.lessons.2.questions.0.question", "\"first\""},
	{"courses.0.lessons.2.questions.0.response", "\"c\""},
	{"courses.0.lessons.2.questions.0.given", "\"none\""},
	{"courses.0.lessons.2.questions.0.solution", "\"this one\""},
	{"courses.0.lessons.2.questions.0.explanation", "\"There is one.\""},
	{"courses.0.lessons.2.questions.0.right", "false"},
	{"courses.0.lessons.2.questions.2.right", "true"},
	{"courses.0.lessons.2.questions.2.response", "null"},
	{"courses.0.lessons.2.questions.3.right", "true"},
	{"courses.0.lessons.2.questions.3.failures", "1"},
	{"courses.0.lessons.2.questions.6.given", "\"\""},
	{"courses.0.lessons.2.questions.7", "(none)"},
	{"courses.1.lessons.0.steps.0.kind", "\"example\""},
	{"courses.1.lessons.0.steps.0.text", "\"\""},
	{"courses.1.lessons.0.questions.0.text", "\"A | *question*\""},
	{"courses.1.lessons.0.questions.0.response", "\"not b\""},
	{"courses.1.lessons.0.questions.0.solution", "\"\""},
};

START_TEST(data_has_its_members)
{
	struct fixture f;
	cleanup_words struct words lacking = {0};
	set_up(&f);
	cleanup_free char *text = write_format(&f, "json", NULL, &lacking);
	cJSON *json = cJSON_Parse(text);
	ck_assert_ptr_nonnull(json);
	for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
		cleanup_free char *value = member(json, members[i].path);
		ck_assert_msg(text_same(value, members[i].value), "%s: expected %s, got %s",
			members[i].path, members[i].value, value);
	}
	cJSON_Delete(json);
	tear_down(&f);
}
END_TEST

static bool count_in(void *data, const char *json)
{
	const char **text = data;
	*text = strstr(*text, json); /* byte for byte, in order */
	ck_assert_msg(*text != NULL, "not there, or not in order: %s", json);
	*text += strlen(json);
	return true;
}

START_TEST(statements_are_as_recorded)
{
	static const char *const courses[] = {NULL, "gone"};
	struct fixture f;
	cleanup_words struct words lacking = {0};
	set_up(&f);
	for (size_t i = 0; i < ARRAY_LENGTH(courses); i++) {
		cleanup_free char *text = write_format(&f, "xapi", courses[i], &lacking);
		const char *rest = text;
		cJSON *json = cJSON_Parse(text);
		ck_assert_int_eq(cJSON_GetArraySize(json),
			courses[i] != NULL ? 3 : (int)ARRAY_LENGTH(events));
		ck_assert(record_statements(f.record, "ada", courses[i], count_in, &rest, NULL));
		cJSON_Delete(json);
	}
	tear_down(&f);
}
END_TEST

START_TEST(formats_have_names)
{
	enum export_format format;
	ck_assert(export_find_format("md", &format) && format == EXPORT_MD);
	ck_assert(export_find_format("anki", &format) && format == EXPORT_ANKI);
	ck_assert(!export_find_format("MD", &format));
	ck_assert(!export_find_format("", &format));
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{formats_are_as_kept, ARRAY_LENGTH(written)},
		{a_bank_is_read_again, 1},
		{data_has_its_members, 1},
		{statements_are_as_recorded, 1},
		{formats_have_names, 1},
	};
	return suite_run("export", tests, ARRAY_LENGTH(tests), 60);
}

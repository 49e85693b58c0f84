/* tests/record/test_record.c - the record: statements, projections, several at once, damage, kill
 * -9 */
#include "record.h"
#include "suite.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct record *open_record(const char *path)
{
	struct record *record = NULL;
	struct error err = {0};
	ck_assert_msg(record_open(path, &record, &err), "%s", error_text(&err));
	return record;
}

static void append(struct record *record, const struct record_event *event)
{
	struct error err = {0};
	struct record_event full = *event;
	full.learner = full.learner != NULL ? full.learner : "ada";
	full.course = full.course != NULL ? full.course : "c";
	full.course_title = "Course";
	full.lesson = full.lesson != NULL ? full.lesson : "l";
	full.lesson_title = "Lesson";
	ck_assert_msg(record_append(record, &full, &err), "%s", error_text(&err));
}

static char *progress_json(struct record *record)
{
	struct record_progress progress = {0};
	struct error err = {0};
	ck_assert_msg(record_progress(record, "ada", &progress, &err), "%s", error_text(&err));
	char *json = record_progress_json(&progress);
	record_progress_finish(&progress);
	return json;
}

static bool count_one(void *data, const char *json)
{
	ck_assert_ptr_nonnull(strstr(json, "\"actor\""));
	++*(size_t *)data;
	return true;
}

static size_t count_statements(struct record *record)
{
	size_t count = 0;
	struct error err = {0};
	ck_assert(record_statements(record, NULL, NULL, count_one, &count, &err));
	return count;
}

START_TEST(attempts_first_best_last)
{
	struct record *record = open_record(":memory:");
	static const double scores[] = {0.4, 0.9, 0.6};
	for (size_t i = 0; i < ARRAY_LENGTH(scores); i++) {
		char registration[UUID_TEXT_SIZE];
		uuid_make(registration);
		append(record, &(struct record_event){
				       .verb = scores[i] >= 0.8 ? RECORD_PASSED : RECORD_FAILED,
				       .registration = registration,
				       .has_score = true,
				       .score = scores[i] * 10,
				       .score_max = 10});
	}
	struct record_progress p = {0};
	ck_assert(record_progress(record, "ada", &p, NULL));
	const struct record_attempts *quiz = &p.courses[0].lessons[0].quiz;
	ck_assert_uint_eq(quiz->count, 3);
	ck_assert_double_eq_tol(quiz->first, 0.4, 1e-9);
	ck_assert_double_eq_tol(quiz->best, 0.9, 1e-9);
	ck_assert_double_eq_tol(quiz->last, 0.6, 1e-9);
	ck_assert(p.courses[0].lessons[0].passed);
	record_progress_finish(&p);
	record_close(record);
}
END_TEST

START_TEST(said_once)
{
	struct record *record = open_record(":memory:");
	append(record, &(struct record_event){.verb = RECORD_COMPLETED});
	append(record, &(struct record_event){.verb = RECORD_COMPLETED});
	append(record, &(struct record_event){.verb = RECORD_PASSED, .registration = "r1"});
	append(record, &(struct record_event){.verb = RECORD_FAILED, .registration = "r1"});
	ck_assert_uint_eq(count_statements(record), 2);
	record_close(record);
}
END_TEST

START_TEST(position_follows_steps)
{
	struct record *record = open_record(":memory:");
	char *lesson, *step;
	enum record_step_state state;
	bool known;
	ck_assert(record_position(record, "ada", "c", &lesson, &step, NULL));
	ck_assert_ptr_null(lesson);
	append(record, &(struct record_event){
			       .verb = RECORD_PROGRESSED, .step = "a", .state = RECORD_STEP_DONE});
	append(record,
		&(struct record_event){
			.verb = RECORD_PROGRESSED, .step = "b", .state = RECORD_STEP_REACHED});
	append(record,
		&(struct record_event){
			.verb = RECORD_PROGRESSED, .step = "a", .state = RECORD_STEP_REACHED});
	append(record,
		&(struct record_event){
			.verb = RECORD_ATTEMPTED, .step = "z", .line = "x", .exit_status = 1});
	ck_assert(record_position(record, "ada", "c", &lesson, &step, NULL));
	ck_assert_str_eq(step, "a");
	ck_assert(record_step(record, "ada", "c", "l", "a", &known, &state, NULL));
	ck_assert(known && state == RECORD_STEP_DONE);
	ck_assert(record_step(record, "bob", "c", "l", "a", &known, &state, NULL));
	ck_assert(!known);
	free(lesson);
	free(step);
	record_close(record);
}
END_TEST

/* Rebuilding gives what appending gave, for any order of events. */
/* "l1/s2 at 12345" a line. */
static char *dues_text(struct record *record)
{
	struct record_dues dues = {0};
	struct error err = {0};
	struct buf text = {0};
	ck_assert_msg(record_dues(record, "ada", "c", &dues, &err), "%s", error_text(&err));
	for (size_t i = 0; i < dues.count; i++)
		buf_printf(&text, "%s/%s at %lld\n", dues.items[i].lesson, dues.items[i].question,
			(long long)dues.items[i].due_ms);
	record_dues_finish(&dues);
	return buf_steal(&text);
}

struct told {
	unsigned count, second;
	double sum;
};

static bool add_told(void *data, const struct record_answer *answer)
{
	struct told *t = data;
	ck_assert_str_eq(answer->learner, "ada");
	ck_assert_str_eq(answer->lesson, "l");
	t->count++;
	t->second += answer->attempt == 2;
	t->sum += answer->fraction;
	return true;
}

/* Only those of attempts that were taken to their end, each with the attempt it belongs to. */
START_TEST(answers_of_whole_attempts)
{
	struct record *record = open_record(":memory:");
	struct told told = {0};
	for (unsigned attempt = 0; attempt < 3; attempt++) {
		char registration[UUID_TEXT_SIZE];
		uuid_make(registration);
		for (unsigned i = 0; i < 2; i++)
			append(record, &(struct record_event){.verb = RECORD_ANSWERED,
					       .step = i == 0 ? "a" : "b",
					       .registration = registration,
					       .has_score = true,
					       .score = attempt == 2 ? 100 : i,
					       .score_max = attempt == 2 ? 100 : 1});
		if (attempt < 2)
			append(record, &(struct record_event){.verb = RECORD_FAILED,
					       .registration = registration,
					       .has_score = true,
					       .score = 1,
					       .score_max = 2});
	}
	ck_assert(record_answers(record, "c", add_told, &told, NULL));
	ck_assert_uint_eq(told.count, 4);
	ck_assert_uint_eq(told.second, 2);
	ck_assert_double_eq_tol(told.sum, 2, 1e-9);
	record_close(record);
}
END_TEST

START_TEST(answers_come_back)
{
	struct record *record = open_record(":memory:");
	struct record_dues dues = {0};
	struct error err = {0};
	static const double scores[] = {0, 1, 1};
	int64_t now = clock_wall_ms();
	for (size_t i = 0; i < ARRAY_LENGTH(scores); i++)
		append(record, &(struct record_event){.verb = RECORD_ANSWERED,
				       .step = i == 0 ? "missed" : "known",
				       .has_score = true,
				       .score = scores[i],
				       .score_max = 1});
	ck_assert_msg(record_dues(record, "ada", "c", &dues, &err), "%s", error_text(&err));
	ck_assert_uint_eq(dues.count, 2);
	ck_assert_str_eq(dues.items[0].question, "missed"); /* in a minute */
	ck_assert(dues.items[0].due_ms >= now && dues.items[0].due_ms < now + 120000);
	ck_assert(dues.items[1].due_ms > now + 86400000); /* twice right: in days */
	record_dues_finish(&dues);
	record_close(record);
}
END_TEST

/* Makes the file one of version 1, 2 or 3. */
static void make_older(const char *path, int version)
{
	static const char *const steps[] = {"DROP TABLE review; PRAGMA user_version = 1",
		"DROP TABLE earlier; DROP TABLE renamed; PRAGMA user_version = 2",
		"DROP TABLE note; PRAGMA user_version = 3"};
	sqlite3 *db;
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	for (int i = ARRAY_LENGTH(steps); i >= version; i--)
		ck_assert_int_eq(sqlite3_exec(db, steps[i - 1], NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

START_TEST(an_older_file_is_brought_up_to_date)
{
	cleanup_free char *path = path_join(suite_folder, "older.db");
	struct record *record = open_record(path);
	for (int i = 0; i < 3; i++)
		append(record, &(struct record_event){.verb = RECORD_ANSWERED,
				       .step = i == 0 ? "a" : "b",
				       .has_score = true,
				       .score = i,
				       .score_max = 2});
	cleanup_free char *before = dues_text(record);
	record_close(record);
	make_older(path, _i + 1);
	ck_assert(
		_i > 0 ? record_open_read(path, &record, NULL) : record_open(path, &record, NULL));
	cleanup_free char *after = dues_text(record);
	ck_assert_str_eq(before, after);
	ck_assert_ptr_nonnull(strchr(after, '\n'));
	record_close(record);
}
END_TEST

static bool is_done(struct record *record, const char *course, const char *step)
{
	bool known;
	enum record_step_state state;
	ck_assert(record_step(record, "ada", course, "l", step, &known, &state, NULL));
	return known && state == RECORD_STEP_DONE;
}

/* What earlier versions numbered keeps its marks; what is recorded later is not renamed. */
START_TEST(steps_of_an_older_file_are_renamed)
{
	static const struct record_rename renames[] = {{"l", "example-1", "example-b"},
		{"l", "example-2", "example-a"}, {"l", "q1", "q-a"}};
	struct error err = {0};
	bool numbered = true;
	cleanup_free char *path =
		path_join(suite_folder, _i == 0 ? "numbered1.db" : "numbered2.db");
	cleanup_free char *lesson = NULL, *step = NULL;
	struct record *record = open_record(path);
	append(record, &(struct record_event){.verb = RECORD_ANSWERED, .step = "q1"});
	append(record,
		&(struct record_event){
			.verb = RECORD_PROGRESSED, .step = "example-2", .state = RECORD_STEP_DONE});
	ck_assert(record_has_numbered_steps(record, "ada", "c", &numbered, &err) && !numbered);
	record_close(record);
	make_older(path, _i + 1);
	record = open_record(path);
	ck_assert(record_has_numbered_steps(record, "ada", "c", &numbered, &err) && numbered);
	ck_assert(record_rename_steps(record, "ada", "c", renames, ARRAY_LENGTH(renames), &err));
	ck_assert(record_has_numbered_steps(record, "ada", "c", &numbered, &err) && !numbered);
	append(record,
		&(struct record_event){
			.verb = RECORD_PROGRESSED, .step = "example-1", .state = RECORD_STEP_DONE});
	for (int i = 0; i < 2; i++) {
		ck_assert(is_done(record, "c", "example-a") && !is_done(record, "c", "example-b"));
		ck_assert(is_done(record, "c", "example-1") && !is_done(record, "c", "example-2"));
		cleanup_free char *dues = dues_text(record);
		ck_assert_ptr_nonnull(strstr(dues, "q-a"));
		ck_assert_msg(record_rebuild(record, &err), "%s", error_text(&err));
	}
	size_t count = count_statements(record);
	ck_assert(record_position(record, "ada", "c", &lesson, &step, &err));
	ck_assert_str_eq(step, "example-1");
	ck_assert_uint_eq(count, 3);
	record_close(record);
}
END_TEST

static bool has_step(void *data, const char *lesson, const char *step)
{
	(void)lesson;
	return strchr(data, step[0]) != NULL;
}

/* HERE is a file that exists, GONE one that does not. */
static const struct {
	const char *recorded;  /* the course of an older file */
	const char *reference; /* what opened it then; NULL: unknown */
	const char *title;     /* of the course that is opened now from HERE */
	const char *id, *gets;
	const char *steps; /* that it has, of "a" and "b"; NULL: both */
} claims[] = {
	{"notes", "HERE", "Another title", "notes-1", "notes", ""},
	{"notes", NULL, "Course", "notes-1", "notes", NULL},
	{"notes", NULL, "Course", "notes-1", "notes-1", "a"},
	{"notes", NULL, "Another title", "notes-1", "notes-1", NULL},
	{"notes", "GONE", "Course", "notes-1", "notes", NULL}, /* it was moved here */
	{"notes", "GONE", "Another title", "notes-1", "notes-1", NULL},
	{"notes", "OTHER", "Course", "notes-1", "notes-1", NULL}, /* it is still there */
	{"notes-1", NULL, "Course", "own-id", "notes-1", NULL}, /* it got an id of its own later */
	{"own-id", NULL, "Course", "own-id", "own-id", NULL},
	{"others", NULL, "Course", "notes-1", "notes-1", NULL},
};

START_TEST(courses_are_told_apart)
{
	static const char *const words[] = {"HERE", "OTHER", "GONE"};
	struct error err = {0};
	cleanup_free char *name = xasprintf("claim%d.db", _i);
	cleanup_free char *path = path_join(suite_folder, name);
	cleanup_free char *here = suite_file("HERE", "x", 1), *other = suite_file("OTHER", "x", 1);
	cleanup_free char *reference = NULL, *id = NULL, *second = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (text_same(claims[_i].reference, words[i]))
			reference = path_join(suite_folder, words[i]);
	struct record *record = open_record(path);
	append(record,
		&(struct record_event){.verb = RECORD_INITIALIZED, .course = claims[_i].recorded});
	for (size_t i = 0; i < 2; i++)
		append(record, &(struct record_event){.verb = RECORD_PROGRESSED,
				       .course = claims[_i].recorded,
				       .step = i == 0 ? "a" : "b"});
	if (reference != NULL)
		ck_assert(record_remember_course(
			record, "ada", claims[_i].recorded, reference, &err));
	record_close(record);
	make_older(path, 2);
	record = open_record(path);
	struct record_identity course = {.id = claims[_i].id,
		.place_id = "notes-1",
		.old_id = "notes",
		.title = claims[_i].title,
		.reference = here,
		.has = has_step,
		.data = (char *)(claims[_i].steps != NULL ? claims[_i].steps : "ab")};
	ck_assert(record_course_id(record, "ada", &course, &id, &err));
	ck_assert_str_eq(id, claims[_i].gets);
	/* only one of two gets what was recorded */
	struct record_identity twin = course;
	twin.id = twin.place_id = "notes-2";
	twin.reference = other;
	if (!text_same(claims[_i].reference, "OTHER")) {
		ck_assert(record_course_id(record, "ada", &twin, &second, &err));
		ck_assert_msg(!text_same(id, second) || text_same(id, "own-id"), "%s", second);
	}
	record_close(record);
}
END_TEST

START_TEST(rebuilding_changes_nothing)
{
	struct record *record = open_record(":memory:");
	unsigned random = (unsigned)_i * 7919 + 1;
	for (int i = 0; i < 120; i++) {
		char step[8], lesson[8], registration[UUID_TEXT_SIZE];
		random = random * 1103515245 + 12345;
		snprintf(step, sizeof step, "s%u", random >> 16 & 3);
		snprintf(lesson, sizeof lesson, "l%u", random >> 20 & 3);
		uuid_make(registration);
		append(record, &(struct record_event){.verb = (enum record_verb)(random >> 8 & 7),
				       .step = step,
				       .lesson = lesson,
				       .state = (enum record_step_state)(random >> 12 & 3),
				       .registration = (random >> 24 & 1) ? registration : NULL,
				       .line = (random >> 25 & 1) ? "docker ps" : NULL,
				       .exit_status = (int)(random >> 26 & 1),
				       .has_score = true,
				       .score = random >> 27 & 3,
				       .score_max = 4});
	}
	struct error err = {0};
	cleanup_free char *before = progress_json(record);
	cleanup_free char *due_before = dues_text(record);
	ck_assert_msg(record_rebuild(record, &err), "%s", error_text(&err));
	cleanup_free char *after = progress_json(record);
	cleanup_free char *due_after = dues_text(record);
	ck_assert_str_eq(before, after);
	ck_assert_str_eq(due_before, due_after);
	record_close(record);
}
END_TEST

START_TEST(files_are_private_and_kept)
{
	cleanup_free char *path = path_join(suite_folder, "deep/er/record.db");
	struct record *record = open_record(path);
	append(record, &(struct record_event){.verb = RECORD_INITIALIZED});
	record_close(record);
	struct stat info;
	ck_assert_int_eq(stat(path, &info), 0);
	ck_assert_int_eq(info.st_mode & 0777, 0600);
	record = open_record(path);
	ck_assert_uint_eq(count_statements(record), 1);
	record_close(record);
}
END_TEST

START_TEST(others_files_are_left_alone)
{
	struct record *record = NULL;
	struct error err = {0};
	cleanup_free char *text =
		suite_file("notes.db", "not a database, but somebody's text\n", 36);
	ck_assert(!record_open(text, &record, &err));
	cleanup_buf struct buf kept = {0};
	ck_assert(file_read(text, 1000, &kept, NULL));
	ck_assert_uint_eq(kept.length, 36);
	ck_assert(!record_open(suite_folder, &record, &err));
	error_finish(&err);
}
END_TEST

START_TEST(damage_is_mended_from_a_copy)
{
	cleanup_free char *path = path_join(suite_folder, "damaged.db");
	struct record *record = open_record(path);
	for (int i = 0; i < 300; i++)
		append(record,
			&(struct record_event){.verb = RECORD_ATTEMPTED, .line = "docker ps"});
	record_close(record);
	record = open_record(path); /* takes the day's copy */
	record_close(record);
	FILE *file = fopen(path, "r+e");
	ck_assert_ptr_nonnull(file);
	for (long at = 4096; at < 60000; at += 100) {
		fseek(file, at, SEEK_SET);
		fputs("damage damage damage", file);
	}
	fclose(file);
	struct error err = {0};
	record = NULL;
	bool opened = record_open(path, &record, &err);
	if (opened && record_notice(record) ==
			      NULL) { /* found only by looking at all of it: the copy is fresh */
		size_t count = 0;
		opened = record_statements(record, NULL, NULL, count_one, &count, &err);
		ck_assert(!opened || count == 300);
	}
	ck_assert(opened || err.message != NULL);
	record_close(record);
	error_finish(&err);
}
END_TEST

/* What was told to be saved is there after kill -9. */
START_TEST(killed_at_any_moment)
{
	cleanup_free char *path = path_join(suite_folder, "killed.db");
	size_t told = 0;
	for (int round = 0; round < 15; round++) {
		int ends[2];
		ck_assert_int_eq(pipe(ends), 0);
		pid_t pid = fork();
		if (pid == 0) {
			struct record *record = open_record(path);
			for (;;) {
				append(record, &(struct record_event){
						       .verb = RECORD_ATTEMPTED, .line = "x"});
				(void)!write(ends[1], "1", 1);
			}
		}
		close(ends[1]);
		usleep(5000 + (unsigned)round * 3000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		char byte;
		while (read(ends[0], &byte, 1) == 1)
			told++;
		close(ends[0]);
	}
	struct record *record = open_record(path);
	size_t count = count_statements(record);
	ck_assert_uint_ge(count, told);
	ck_assert_uint_le(count, told + 15);
	record_close(record);
}
END_TEST

START_TEST(two_write_at_once)
{
	cleanup_free char *path = path_join(suite_folder, "two.db");
	record_close(open_record(path));
	pid_t children[2];
	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		if (children[i] != 0)
			continue;
		struct record *record = open_record(path);
		for (int k = 0; k < 100; k++)
			append(record,
				&(struct record_event){.verb = RECORD_ATTEMPTED, .line = "x"});
		record_close(record);
		_exit(0);
	}
	for (int i = 0; i < 2; i++) {
		int status;
		waitpid(children[i], &status, 0);
		ck_assert_int_eq(status, 0);
	}
	struct record *record = open_record(path);
	ck_assert_uint_eq(count_statements(record), 200);
	record_close(record);
}
END_TEST

START_TEST(forgetting_voids)
{
	struct record *record = open_record(":memory:");
	append(record, &(struct record_event){
			       .verb = RECORD_PROGRESSED, .step = "a", .state = RECORD_STEP_DONE});
	append(record, &(struct record_event){.verb = RECORD_PROGRESSED,
			       .step = "a",
			       .state = RECORD_STEP_DONE,
			       .learner = "bob"});
	ck_assert(record_forget(record, "ada", "c", NULL, NULL));
	ck_assert_uint_eq(count_statements(record), 1);
	bool known;
	enum record_step_state state;
	ck_assert(record_step(record, "bob", "c", "l", "a", &known, &state, NULL) && known);
	ck_assert(record_step(record, "ada", "c", "l", "a", &known, &state, NULL) && !known);
	record_close(record);
}
END_TEST

static bool add_note_text(void *data, const struct record_note *note)
{
	buf_printf(data, "%lld %s/%s/%s %s; ", (long long)note->number, note->course, note->lesson,
		note->step, note->text);
	return true;
}

static char *notes_text(struct record *record, const char *learner, const char *course)
{
	struct buf text = {0};
	struct error err = {0};
	ck_assert_msg(record_notes(record, learner, course, add_note_text, &text, &err), "%s",
		error_text(&err));
	return buf_steal(&text);
}

/* Notes are their writer's, survive what is forgotten and derived, and are in no statement. */
START_TEST(notes_are_kept)
{
	static const struct {
		const char *learner, *course, *expected;
	} views[] = {
		{"ada", NULL, "1 c/l/s one; 3 d/l/end three\nlines; "},
		{"ada", "c", "1 c/l/s one; "},
		{"ada", "x", ""},
		{"bob", NULL, "2 c/l/s two; "},
	};
	struct record *record = open_record(":memory:");
	bool removed = true;
	append(record, &(struct record_event){.verb = RECORD_INITIALIZED});
	ck_assert(record_add_note(record, "ada",
		&(struct record_note){.course = "c", .lesson = "l", .step = "s", .text = "one"},
		NULL));
	ck_assert(record_add_note(record, "bob",
		&(struct record_note){.course = "c", .lesson = "l", .step = "s", .text = "two"},
		NULL));
	ck_assert(record_add_note(record, "ada",
		&(struct record_note){
			.course = "d", .lesson = "l", .step = "end", .text = "three\nlines"},
		NULL));
	ck_assert(record_forget(record, "ada", "c", NULL, NULL));
	ck_assert(record_rebuild(record, NULL));
	ck_assert_uint_eq(count_statements(record), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(views); i++) {
		cleanup_free char *text = notes_text(record, views[i].learner, views[i].course);
		ck_assert_str_eq(text, views[i].expected);
	}
	ck_assert(record_remove_note(record, "ada", 2, &removed, NULL) && !removed);
	ck_assert(record_remove_note(record, "ada", 3, &removed, NULL) && removed);
	ck_assert(record_add_note(record, "ada",
		&(struct record_note){.course = "d", .lesson = "l", .step = "s", .text = "four"},
		NULL));
	cleanup_free char *text = notes_text(record, "ada", "d");
	ck_assert_str_eq(text, "4 d/l/s four; ");
	record_close(record);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{attempts_first_best_last, 1},
		{said_once, 1},
		{position_follows_steps, 1},
		{answers_of_whole_attempts, 1},
		{answers_come_back, 1},
		{an_older_file_is_brought_up_to_date, 3},
		{steps_of_an_older_file_are_renamed, 2},
		{courses_are_told_apart, ARRAY_LENGTH(claims)},
		{rebuilding_changes_nothing, 10},
		{files_are_private_and_kept, 1},
		{others_files_are_left_alone, 1},
		{damage_is_mended_from_a_copy, 1},
		{killed_at_any_moment, 1},
		{two_write_at_once, 1},
		{forgetting_voids, 1},
		{notes_are_kept, 1},
	};
	return suite_run("record", tests, ARRAY_LENGTH(tests), 60);
}

/* tests/course/test_course.c - steps, tasks, finding lessons, the catalogue, JSON */
#include "course.h"
#include "suite.h"

#include <cjson/cJSON.h>

static const char text[] = "# Top\n\n🎯 Know it.\n\nWords.\n\n```console\n$ docker ps\nCONTAINER\n$ "
			   "docker images\n```\n"
			   "<!-- check\nexit 0\noutput has IMAGE\n-->\n\n## One\n\n🧪 Do "
			   "it.\n<!-- task first\ncheck: container x is "
			   "running\nhint: think\nhint: think more\nsolution: docker run -d \\\n  "
			   "--name x nginx\n-->\n<!-- setup: docker "
			   "pull nginx -->\n<!-- skip -->\n<!-- a viewer's own -->\n\n## "
			   "Two\n\n```Dockerfile title=Dockerfile\nFROM x\n```\n"
			   "<!-- quiz: q1 -->\n\n[[missing]]\n\n## Twofold\n\ntext\n";

static struct course *load(void)
{
	struct course *course = NULL;
	struct error err = {0};
	cleanup_free char *path = suite_file("my_Note.md", text, sizeof text - 1);
	ck_assert_msg(course_load(path, &course, &err), "%s", error_text(&err));
	return course;
}

START_TEST(steps_are_made)
{
	struct course *c = load();
	static const enum course_step_kind kinds[] = {
		STEP_CALLOUT, STEP_PROSE, STEP_EXAMPLE, STEP_EXAMPLE};
	ck_assert_str_eq(c->id, "my-note");
	ck_assert_str_eq(c->title, "Top");
	ck_assert_uint_eq(c->lesson_count, 4);
	ck_assert_uint_eq(c->lessons[0].step_count, ARRAY_LENGTH(kinds));
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		ck_assert_int_eq(c->lessons[0].steps[i].kind, kinds[i]);
	ck_assert_str_eq(c->lessons[0].aim, "Know it.");
	ck_assert_str_eq(c->lessons[0].steps[2].output, "CONTAINER");
	ck_assert_uint_eq(c->lessons[0].steps[3].checks.count, 2);
	ck_assert_int_eq(c->lessons[0].steps[3].checks.items[1].line, 14);
	const struct course_step *task = &c->lessons[1].steps[0];
	ck_assert_int_eq(task->kind, STEP_TASK);
	ck_assert_str_eq(task->id, "first");
	ck_assert_uint_eq(task->hints.count, 2);
	ck_assert_uint_eq(task->setups.count, 1);
	ck_assert_ptr_nonnull(strstr(task->solution, "--name x"));
	ck_assert_ptr_nonnull(task->skip);
	ck_assert_str_eq(c->lessons[2].steps[0].blocks[0].file, "Dockerfile");
	ck_assert_str_eq(c->lessons[2].steps[1].quiz, "q1");
	ck_assert_uint_eq(c->problem_count, 1);
	ck_assert_ptr_nonnull(strstr(c->problems[0].message, "missing"));
	course_destroy(c);
}
END_TEST

static const struct {
	const char *reference;
	int lesson; /* -1: an error */
} references[] = {{"1", 0}, {"1.2", 2}, {"2", 2}, {"two", 2}, {"twof", 3}, {"One", 1}, {"#one", 1},
	{"tw", -1}, {"9", -1}, {"", -1}};

START_TEST(lessons_are_found)
{
	struct course *c = load();
	size_t index = 99;
	bool found = course_find_lesson(c, references[_i].reference, &index, NULL);
	ck_assert_int_eq(found ? (int)index : -1, references[_i].lesson);
	course_destroy(c);
}
END_TEST

START_TEST(json_is_whole)
{
	struct course *c = load();
	cleanup_free char *json = course_json(c);
	cJSON *root = cJSON_Parse(json);
	const cJSON *lessons = cJSON_GetObjectItem(root, "lessons");
	ck_assert_int_eq(cJSON_GetArraySize(lessons), 4);
	const cJSON *one = cJSON_GetArrayItem(lessons, 1);
	ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(one, "parent")), "1");
	ck_assert(cJSON_IsNull(cJSON_GetObjectItem(cJSON_GetArrayItem(lessons, 0), "parent")));
	cJSON_Delete(root);
	course_destroy(c);
}
END_TEST

START_TEST(broken_notes_are_told)
{
	static const char broken[] =
		"# A\n<!-- check exit 0 -->\n\nwords\n<!-- task t\nnonsense\n-->\n";
	cleanup_free char *path = suite_file("broken.md", broken, sizeof broken - 1);
	struct course *c = NULL;
	ck_assert(course_load(path, &c, NULL));
	ck_assert_uint_eq(c->problem_count, 3);
	for (size_t i = 0; i < c->problem_count; i++)
		ck_assert(c->problems[i].serious && c->problems[i].line > 0);
	course_destroy(c);
	ck_assert(!course_load("no-such-course", &c, NULL));
}
END_TEST

/* Runs of blanks as one. */
static void squeeze(struct buf *b)
{
	size_t length = 0;
	for (size_t i = 0; i < b->length; i++) {
		char c = b->data[i] == '\n' ? ' ' : b->data[i];
		if (c != ' ' || (length > 0 && b->data[length - 1] != ' '))
			b->data[length++] = c;
	}
	buf_truncate(b, length);
}

/* The shipped course shares no run of eight words with the notes that it was made after. */
START_TEST(shipped_words_are_our_own)
{
	cleanup_free char *notes = suite_shared("notes/docker_start_here.md");
	cleanup_buf struct buf theirs = {0};
	cleanup_words struct words names = {0};
	ck_assert(course_catalogue(&names, NULL));
	ck_assert_uint_ge(names.count, 1);
	if (notes == NULL || !file_read(notes, 1 << 20, &theirs, NULL))
		return;
	squeeze(&theirs);
	struct course *course = NULL;
	ck_assert(course_load(names.items[0], &course, NULL));
	cleanup_buf struct buf ours = {0};
	ck_assert(file_read(course->notes[0]->path, 1 << 20, &ours, NULL));
	squeeze(&ours);
	for (const char *at = ours.data; at != NULL; at = strchr(at + 1, ' ')) {
		size_t length = 1, words = 0;
		while (at[length] != '\0' && (at[length] != ' ' || ++words < 8))
			length++;
		if (words < 8)
			break;
		cleanup_free char *run = xstrndup(at, length);
		bool command =
			strstr(run, "docker run ") != NULL; /* command lines are nobody's words */
		ck_assert_msg(command || strstr(theirs.data, run) == NULL, "%s", run);
	}
	course_destroy(course);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{steps_are_made, 1},
		{lessons_are_found, ARRAY_LENGTH(references)},
		{json_is_whole, 1},
		{broken_notes_are_told, 1},
		{shipped_words_are_our_own, 1},
	};
	return suite_run("course", tests, ARRAY_LENGTH(tests), 10);
}

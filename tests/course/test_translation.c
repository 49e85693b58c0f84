/* tests/course/test_translation.c - notes and questions in the reader's language, known by the
 * original's names */
#include "course.h"
#include "quiz.h"
#include "suite.h"

static const char original[] = "---\nid: greetings\n---\n# Hello\n\nWords.\n\n## Two words\n\n"
			       "```console\n$ echo hi\n```\n<!-- quiz: q -->\n";
static const char german[] = "# Hallo\n\nWorte.\n\n## Zwei Wörter\n\n"
			     "```console\n$ echo hi\n```\n<!-- quiz: q -->\n";
static const char early[] = "# Hallo\n\nWorte.\n";
static const char other[] = "# Hallo\n\nWorte.\n\n# Noch etwas\n\nWorte.\n";

/* Writes a file of the course, or of the program's data, with the folders above it. */
static void write_below(const char *name, const void *bytes, size_t length)
{
	cleanup_free char *path = path_join(suite_folder, name), *folder = path_parent(path);
	ck_assert(folder_make(folder, 0700, NULL));
	ck_assert(file_write(path, bytes, length, 0600, NULL));
}

static void use_language(const char *wanted)
{
	cleanup_free char *folder = path_join(suite_folder, "share/locale");
	language_open(folder, wanted);
}

static struct course *load_from(const char *path, const char *language)
{
	struct course *course = NULL;
	struct error err = {0};
	use_language(language);
	ck_assert_msg(course_load(path, &course, &err), "%s", error_text(&err));
	return course;
}

static struct course *load(const char *name, const char *language)
{
	cleanup_free char *path = path_join(suite_folder, name);
	return load_from(path, language);
}

static void write_course(void)
{
	write_below("course/note.md", original, sizeof original - 1);
	write_below("course/quizzes/two-words.gift", "::q::Yes?{T}\n", 13);
	write_below("course/de/note.md", german, sizeof german - 1);
	write_below("course/quizzes/de/two-words.gift", "::q::Ja?{T}\n", 12);
}

static const char *const courses[] = {"course", "course/note.md"};

START_TEST(a_translation_has_the_originals_names)
{
	write_course();
	struct course *en = load(courses[_i], "en"), *de = load(courses[_i], "de");
	ck_assert_str_eq(en->title, "Hello");
	ck_assert_str_eq(de->title, "Hallo");
	ck_assert_str_eq(de->id, "greetings");
	ck_assert_str_eq(de->id, en->id);
	ck_assert_uint_eq(de->lesson_count, 2);
	ck_assert_uint_eq(en->lesson_count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct course_lesson *a = &en->lessons[i], *b = &de->lessons[i];
		ck_assert_str_eq(a->anchor, b->anchor);
		ck_assert_str_eq(a->folder, b->folder);
		ck_assert_uint_eq(a->step_count, b->step_count);
		for (size_t k = 0; k < a->step_count; k++)
			ck_assert_str_eq(a->steps[k].id, b->steps[k].id);
	}
	ck_assert(text_ends(en->lessons[1].quiz_path, "/quizzes/two-words.gift"));
	ck_assert(text_ends(de->lessons[1].quiz_path, "/quizzes/de/two-words.gift"));
	ck_assert_uint_eq(de->problem_count, 0);
	course_destroy(en);
	course_destroy(de);
}
END_TEST

START_TEST(a_translation_may_end_early)
{
	write_course();
	write_below("course/de/note.md", early, sizeof early - 1);
	struct course *c = load("course", "de");
	ck_assert_uint_eq(c->lesson_count, 2);
	ck_assert_str_eq(c->lessons[0].title, "Hallo");
	ck_assert_str_eq(c->lessons[1].title, "Two words");
	ck_assert_str_eq(c->lessons[1].anchor, "two-words");
	ck_assert_uint_eq(c->problem_count, 0);
	course_destroy(c);
}
END_TEST

START_TEST(a_translation_that_does_not_fit_is_told)
{
	write_course();
	write_below("course/de/note.md", other, sizeof other - 1);
	struct course *c = load("course", "de");
	ck_assert_str_eq(c->title, "Hello");
	ck_assert_uint_eq(c->problem_count, 1);
	ck_assert(text_ends(c->problems[0].path, "course/de/note.md"));
	course_destroy(c);
}
END_TEST

/* A folder named like a language is one of the course's own unless all its notes are translations.
 */
START_TEST(other_folders_are_read)
{
	write_course();
	write_below("course/de/more.md", other, sizeof other - 1);
	struct course *c = load("course", "de");
	ck_assert_uint_eq(c->note_count, 3);
	ck_assert_str_eq(c->title, "Hello");
	course_destroy(c);
}
END_TEST

/* Asks that a translated bank has the questions of the original: ids, kinds and points of the
 * answers. */
static void compare_banks(const char *original_path, const char *translated_path)
{
	struct quiz *a = NULL, *b = NULL;
	struct error err = {0};
	ck_assert_msg(quiz_load(original_path, &a, &err), "%s", error_text(&err));
	ck_assert_msg(quiz_load(translated_path, &b, &err), "%s", error_text(&err));
	ck_assert_msg(b->problem_count == 0, "%s", translated_path);
	ck_assert_uint_eq(a->question_count, b->question_count);
	for (size_t i = 0; i < a->question_count; i++) {
		const struct quiz_question *q = &a->questions[i], *r = &b->questions[i];
		ck_assert_str_eq(q->id, r->id);
		ck_assert_ptr_eq(q->kind, r->kind);
		ck_assert_msg(q->answer_count == r->answer_count, "%s", q->id);
		for (size_t k = 0; k < q->answer_count; k++) {
			const struct quiz_answer *x = &q->answers[k], *y = &r->answers[k];
			ck_assert_msg(x->fraction == y->fraction, "%s", q->id);
			ck_assert_msg(x->low == y->low && x->high == y->high, "%s", q->id);
			ck_assert_msg(!x->feedback == !y->feedback, "%s", q->id);
		}
	}
	quiz_destroy(a);
	quiz_destroy(b);
}

/* A lesson that speaks the reader's language asks in it, too. */
START_TEST(the_shipped_course_asks_in_german)
{
	cleanup_free char *path = xasprintf("%s/lessons/docker-start-here", getenv("ROPES_SOURCE"));
	struct course *en = load_from(path, "en"), *de = load_from(path, "de");
	ck_assert_uint_eq(de->problem_count, en->problem_count);
	ck_assert_uint_eq(de->lesson_count, en->lesson_count);
	size_t compared = 0;
	for (size_t i = 0; i < en->lesson_count; i++) {
		const struct course_lesson *a = &en->lessons[i], *b = &de->lessons[i];
		ck_assert_msg(!a->quiz_path == !b->quiz_path, "%s", a->anchor);
		if (a->quiz_path && strstr(b->quiz_path, "/de/")) {
			compare_banks(a->quiz_path, b->quiz_path);
			compared++;
		}
	}
	ck_assert_uint_eq(compared, 4);
	course_destroy(en);
	course_destroy(de);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{a_translation_has_the_originals_names, ARRAY_LENGTH(courses)},
		{a_translation_may_end_early, 1},
		{a_translation_that_does_not_fit_is_told, 1},
		{other_folders_are_read, 1},
		{the_shipped_course_asks_in_german, 1},
	};
	return suite_run("course/translation", tests, ARRAY_LENGTH(tests), 30);
}

/* tests/quiz/test_quiz.c - GIFT: what is read, what is refused and where, what answers are worth */
#include "quiz.h"
#include "suite.h"

#include <math.h>

static struct quiz *parse(const char *text)
{
	struct quiz *quiz = NULL;
	struct error err = {0};
	ck_assert_msg(
		quiz_parse("t.gift", text, strlen(text), &quiz, &err), "%s", error_text(&err));
	return quiz;
}

static bool is_kind(const struct quiz_question *q, const char *name)
{
	return text_same(q->kind->name, name);
}

static const struct {
	const char *text;
	const char *kind;
	size_t answers;
	const char *stem;
} questions[] = {
	{"Who?{=Ann ~Bob}", "choice", 2, "Who?"},
	{"::T:: Who?{=Ann#yes ~Bob#no ~Cy}", "choice", 3, "Who?"},
	{"Which?{~%50%a ~%50%b ~%-100%c}", "choices", 3, "Which?"},
	{"Sun rises{TRUE}", "true-false", 2, "Sun rises"},
	{"Sun rises{F#no#yes}", "true-false", 2, "Sun rises"},
	{"Two plus two{=four =4}", "short", 2, "Two plus two"},
	{"Match{=a -> 1 =b -> 2 =c -> 3}", "matching", 3, "Match"},
	{"When?{#1822:5}", "numerical", 1, "When?"},
	{"Pi?{#3.141..3.142}", "numerical", 1, "Pi?"},
	{"When?{#=1822:0 =%50%1822:2}", "numerical", 2, "When?"},
	{"How many?{#3:2~#wrong}", "numerical", 2, "How many?"},
	{"Write{}", "essay", 0, "Write"},
	{"Only words", "description", 0, "Only words"},
	{"Docker {=is ~was} fun", "choice", 2, "Docker _____ fun"},
	{"[html]<b>x</b>{=a ~b}", "choice", 2, "<b>x</b>"},
	{"Time 12:30 = noon?{T}", "true-false", 2, "Time 12:30 = noon?"},
	{"Esc \\{ \\} \\= \\~ \\# \\:{=a\\=b ~c}", "choice", 2, "Esc { } = ~ # :"},
	{"Q{\n// a remark\n=a\n~b\n}", "choice", 2, "Q"},
	{"Q{=a ~b ####all in all}", "choice", 2, "Q"},
	{"Which reads a member?{=p->x ~p.x}", "choice", 2, "Which reads a member?"},
	{"Integer?{=%d ~%s ~%f}", "choice", 3, "Integer?"},
	{"Capital?{Paris}", "short", 1, "Capital?"},
	{"Two plus two{four =4}", "short", 2, "Two plus two"},
	{"Match{=a -> 1 =b -> 2}", "matching", 2, "Match"},
	{"Sure?{true}", "short", 1, "Sure?"},
};

START_TEST(questions_are_read)
{
	struct quiz *quiz = parse(questions[_i].text);
	ck_assert_uint_eq(quiz->question_count, 1);
	ck_assert_str_eq(quiz->questions[0].kind->name, questions[_i].kind);
	ck_assert_uint_eq(quiz->questions[0].answer_count, questions[_i].answers);
	ck_assert_str_eq(quiz->questions[0].text, questions[_i].stem);
	quiz_destroy(quiz);
}
END_TEST

static const struct {
	const char *text, *message;
} mistakes[] = {
	{"", "t.gift:1:1: there is no question"},
	{"Q{=a ~b", "t.gift:1:2: the answers have no closing '}'"},
	{"Q}", "t.gift:1:2: '}' without '{'"},
	{"A{T}\n\nQ{=a\n~}", "t.gift:4:2: an answer has no text"},
	{"::x Q{T}", "t.gift:1:1: the title has no closing"},
	{"Q{~a ~b}", "the right answers' weights must add up"},
	{"Q{~%101%a =b}", "a weight is"},
	{"Q{#abc}", "is no number"},
	{"Q{=a->1}", "at least two pairs"},
	{"Q{=a->1 =b}", "every answer is '=left -> right'"},
	{"::a::Q{T}\n\n::a::R{T}", "t.gift:3:6: two questions are called 'a'"},
	{"\xFF{T}", "no text in UTF-8"},
};

START_TEST(mistakes_have_a_place)
{
	struct quiz *quiz = NULL;
	struct error err = {0};
	ck_assert(!quiz_parse("t.gift", mistakes[_i].text, strlen(mistakes[_i].text), &quiz, &err));
	ck_assert_msg(
		strstr(error_text(&err), mistakes[_i].message) != NULL, "%s", error_text(&err));
	error_finish(&err);
}
END_TEST

static const struct {
	const char *text, *response;
	bool understood;
	double fraction;
} grades[] = {
	{"Q{=a ~b}", "z", false, 0},
	{"Q{=a ~b}", "", false, 0},
	{"Q{=a ~b}", "a b", false, 0},
	{"Q{T}", "true", true, 1},
	{"Q{T}", "F", true, 0},
	{"Q{F}", "no", true, 1},
	{"Q{T}", "maybe", false, 0},
	{"Q{=four}", "  FOUR ", true, 1},
	{"Q{=Docker  daemon}", "docker daemon", true, 1},
	{"Q{=dock*}", "dockerd", true, 1},
	{"Q{=a ~%50%b =c}", "x", false, 0},
	{"Q{=four =%50%for}", "for", true, 0.5},
	{"Q{=four}", "five", true, 0},
	{"Q{#3:0.5}", "3.4", true, 1},
	{"Q{#3:0.5}", "3,4", true, 1},
	{"Q{#3:0.5}", "3.6", true, 0},
	{"Q{#1..5}", "5", true, 1},
	{"Q{#3}", "three", false, 0},
	{"Q{}", "80", true, 0.8},
	{"Q{}", "101", false, 0},
};

START_TEST(answers_are_graded)
{
	struct quiz *quiz = parse(grades[_i].text);
	struct quiz_grade grade = {0};
	size_t order[8];
	quiz_shuffle(&quiz->questions[0], 3, order);
	quiz_grade(&quiz->questions[0], order, grades[_i].response, &grade);
	ck_assert(grade.understood == grades[_i].understood);
	ck_assert_double_eq_tol(grade.fraction, grades[_i].fraction, 1e-9);
	ck_assert((grade.why != NULL) == !grades[_i].understood);
	quiz_grade_finish(&grade);
	quiz_destroy(quiz);
}
END_TEST

/* The letters of a solution "b) x, d) y" as an answer. */
static char *letters_of(const char *solution)
{
	struct buf out = {0};
	for (const char *c = solution; *c != '\0'; c++)
		if (c[1] == ')' && (c == solution || c[-1] == ' '))
			buf_printf(&out, "%c ", *c);
	return buf_steal(&out);
}

START_TEST(solutions_get_full_marks)
{
	struct quiz *quiz = parse(questions[_i].text);
	const struct quiz_question *q = &quiz->questions[0];
	bool letters = q->kind->room_options && q->kind->option_words == NULL;
	bool number = is_kind(q, "numerical");
	for (uint64_t seed = 1; seed < 20 && !is_kind(q, "description") && !is_kind(q, "essay");
		seed++) {
		struct quiz_grade grade = {0};
		size_t order[8];
		quiz_shuffle(q, seed, order);
		cleanup_free char *solution = quiz_solution(q, order);
		cleanup_free char *answer = letters ? letters_of(solution) : xstrdup(solution);
		if (number)
			answer[strcspn(answer, ":.")] = '\0';
		if (number && strstr(solution, "..") != NULL) {
			quiz_grade_finish(&grade);
			continue; /* a range is no number to type */
		}
		quiz_grade(q, order, answer, &grade);
		ck_assert_msg(grade.understood && grade.fraction > 0.999, "%s: %f", answer,
			grade.fraction);
		quiz_grade_finish(&grade);
	}
	quiz_destroy(quiz);
}
END_TEST

/* Who knows all gets all, who knows nothing gets nothing, in every order. */
START_TEST(learners_of_both_kinds_are_graded)
{
	struct quiz *quiz = parse(questions[_i].text);
	const struct quiz_question *q = &quiz->questions[0];
	cleanup_free char *why = NULL;
	ck_assert_msg(quiz_can_be_right(q, &why), "%s", why);
	for (uint64_t seed = 1; seed < 20 && q->kind->prompt != NULL; seed++) {
		size_t order[8];
		quiz_shuffle(q, seed, order);
		for (int right = 0; right < 2; right++) {
			struct quiz_grade grade = {0};
			cleanup_free char *response = quiz_response(q, order, right);
			quiz_grade(q, order, response, &grade);
			ck_assert_msg(grade.understood, "%s", response);
			ck_assert_msg(right ? grade.fraction > 0.999 : grade.fraction < 0.999,
				"%s: %f", response, grade.fraction);
			quiz_grade_finish(&grade);
		}
	}
	quiz_destroy(quiz);
}
END_TEST

START_TEST(what_cannot_be_right_is_found)
{
	struct quiz *quiz = parse("Q{#=%50%3:0 =%20%4:0}");
	cleanup_free char *why = NULL;
	ck_assert(!quiz_can_be_right(&quiz->questions[0], &why));
	ck_assert_ptr_nonnull(strstr(why, "50 %"));
	quiz_destroy(quiz);
}
END_TEST

/* By hand: item 1 1 0 0, rest 3 2 2 1: covariance 1/3, deviations sqrt(1/3) and sqrt(2/3). */
START_TEST(items_as_moodle_computes_them)
{
	static const double item[] = {1, 1, 0, 0}, rest[] = {3, 2, 2, 1}, same[] = {1, 1, 1, 1};
	static const double worse[] = {0, 0, 1, 1};
	struct quiz_item s = quiz_item_statistics(item, rest, 4);
	ck_assert_double_eq_tol(s.facility, 0.5, 1e-12);
	ck_assert_double_eq_tol(s.deviation, 0.57735026918962576, 1e-12);
	ck_assert_double_eq_tol(s.discrimination, 0.70710678118654752, 1e-12);
	ck_assert_double_eq_tol(s.efficiency, 1, 1e-12);
	s = quiz_item_statistics(worse, rest, 4);
	ck_assert_double_eq_tol(s.discrimination, -0.70710678118654752, 1e-12);
	ck_assert_double_eq_tol(s.efficiency, -1, 1e-12);
	s = quiz_item_statistics(same, rest, 4);
	ck_assert(isnan(s.discrimination) && isnan(s.efficiency));
	s = quiz_item_statistics(item, rest, 1);
	ck_assert(isnan(s.deviation) && s.facility > 0.999);
	ck_assert(isnan(quiz_item_statistics(item, rest, 0).facility));
}
END_TEST

START_TEST(shuffles_repeat_by_seed)
{
	struct quiz *quiz = parse("Q{=a ~b ~c ~d ~e}");
	size_t one[5], two[5], different = 0;
	for (uint64_t seed = 1; seed < 50; seed++) {
		quiz_shuffle(&quiz->questions[0], seed, one);
		quiz_shuffle(&quiz->questions[0], seed, two);
		ck_assert_mem_eq(one, two, sizeof one);
		different += one[0] != 0;
	}
	ck_assert_uint_ge(different, 20);
	quiz_destroy(quiz);
}
END_TEST

START_TEST(marks_and_categories)
{
	struct quiz *quiz = parse(
		"$CATEGORY: top/first\n\n// [id:x-1] [tag:a] [tag:b]\n::T::Q{T}\n\nOther{F}\n");
	ck_assert_uint_eq(quiz->question_count, 2);
	ck_assert_str_eq(quiz->questions[0].id, "x-1");
	ck_assert_str_eq(quiz->questions[0].category, "top/first");
	ck_assert_uint_eq(quiz->questions[0].tag_count, 2);
	ck_assert_int_eq(quiz->questions[0].line, 4);
	ck_assert_ptr_eq(quiz_find(quiz, "T"), &quiz->questions[0]);
	ck_assert_ptr_eq(quiz_find(quiz, "2"), &quiz->questions[1]);
	ck_assert_ptr_null(quiz_find(quiz, "nothing"));
	quiz_destroy(quiz);
}
END_TEST

/* ---- printing ---- */

static void assert_same(const struct quiz_question *a, const struct quiz_question *b)
{
	ck_assert(a->kind == b->kind && a->format == b->format && text_same(a->id, b->id) &&
		  text_same(a->title, b->title) && text_same(a->category, b->category) &&
		  text_same(a->feedback, b->feedback) && a->tag_count == b->tag_count);
	ck_assert_str_eq(a->text, b->text);
	ck_assert_uint_eq(a->answer_count, b->answer_count);
	for (size_t i = 0; i < a->answer_count; i++) {
		const struct quiz_answer *x = &a->answers[i], *y = &b->answers[i];
		ck_assert_msg(text_same(x->text, y->text) && text_same(x->match, y->match) &&
				      text_same(x->feedback, y->feedback) &&
				      fabs(x->fraction - y->fraction) < 1e-9 && x->low == y->low &&
				      x->high == y->high,
			"%s: answer '%s' is now '%s'", a->text, x->text, y->text);
	}
}

static const char *const banks[] = {"quiz/every_form.gift",
	"../../quizzes/docker-start-here/containers.gift",
	"../../quizzes/docker-start-here/install-docker.gift",
	"../../quizzes/docker-start-here/the-docker-daemon.gift"};

START_TEST(what_is_printed_reads_the_same)
{
	cleanup_free char *path = suite_data(banks[_i]);
	cleanup_buf struct buf text = {0};
	struct quiz *read, *again;
	struct error err = {0};
	ck_assert_msg(quiz_load(path, &read, &err), "%s", error_text(&err));
	quiz_print(read, &text);
	ck_assert_msg(quiz_parse("printed", buf_text(&text), text.length, &again, &err), "%s\n%s",
		error_text(&err), buf_text(&text));
	ck_assert_uint_eq(read->question_count, again->question_count);
	for (size_t i = 0; i < read->question_count; i++)
		assert_same(&read->questions[i], &again->questions[i]);
	quiz_destroy(read);
	quiz_destroy(again);
}
END_TEST

/* ---- the questions that come with ropes ---- */

static void assert_feedback(const char *path, const struct quiz_question *q)
{
	for (size_t i = 0; q->kind->room_options && i < q->answer_count; i++)
		ck_assert_msg(q->answers[i].fraction > 0 || q->answers[i].feedback != NULL,
			"%s:%d: a wrong answer without feedback: %s", path, q->line,
			q->answers[i].text);
}

static const char *const shipped[] = {"docker", "the-docker-platform", "what-can-i-use-docker-for",
	"docker-architecture", "the-docker-daemon", "the-docker-client", "docker-registries",
	"docker-objects", "images", "containers", "example-docker-run-command",
	"the-underlying-technology", "install-docker", "the-docker-dashboard",
	"what-is-a-container", "what-is-a-container-image", "basic-docker-commands",
	"docker-version", "docker-run", "docker-image", "docker-container", "the-first-week",
	"exit-statuses", "one-image-many-containers", "image-names-and-tags", "push-and-pull",
	"writing-a-dockerfile", "the-build-cache", "keeping-data",
	"containers-that-find-each-other", "settings-environment-command-entrypoint",
	"limits-and-namespaces", "cleaning-up", "reading-errors", "what-has-moved"};

static struct quiz *load_shipped(const char *lesson, char **ret_path)
{
	struct quiz *quiz = NULL;
	cleanup_error struct error err = {0};
	cleanup_free char *name = xasprintf("quizzes/docker-start-here/%s.gift", lesson);
	*ret_path = data_path(name);
	ck_assert_msg(quiz_load(*ret_path, &quiz, &err), "%s", error_text(&err));
	return quiz;
}

START_TEST(shipped_questions_teach)
{
	cleanup_free char *path = NULL;
	struct quiz *quiz = load_shipped(shipped[_i], &path);
	ck_assert_uint_ge(quiz->question_count, 5);
	for (size_t i = 0; i < quiz->question_count; i++) {
		cleanup_free char *why = NULL;
		const struct quiz_question *q = &quiz->questions[i];
		ck_assert_msg(quiz_can_be_right(q, &why), "%s:%d: %s", path, q->line, why);
		ck_assert(quiz_find(quiz, q->id) == q);
		assert_feedback(path, q);
	}
	quiz_destroy(quiz);
}
END_TEST

static bool is_asked(const char *fact)
{
	bool asked = false;
	for (size_t i = 0; i < ARRAY_LENGTH(shipped) && !asked; i++) {
		cleanup_free char *path = NULL;
		struct quiz *quiz = load_shipped(shipped[i], &path);
		for (size_t k = 0; k < quiz->question_count; k++)
			for (size_t t = 0; t < quiz->questions[k].tag_count; t++)
				asked = asked || text_same(quiz->questions[k].tags[t], fact);
		quiz_destroy(quiz);
	}
	return asked;
}

/* Each fact of the notes that the course was made after is asked by a question that has its id. */
START_TEST(facts_are_asked)
{
	cleanup_free char *path = suite_data("course/facts.txt");
	cleanup_buf struct buf text = {0};
	size_t facts = 0;
	ck_assert(file_read(path, 1 << 20, &text, NULL));
	for (const char *at = buf_text(&text); *at != '\0'; at += strcspn(at, "\n") + 1) {
		if (*at == '#')
			continue;
		cleanup_free char *fact = xstrndup(at, strcspn(at, " "));
		cleanup_free char *due = xasprintf("F%zu", ++facts);
		ck_assert_str_eq(fact, due);
		ck_assert_msg(is_asked(fact), "%s", fact);
	}
	ck_assert_uint_eq(facts, 49);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{questions_are_read, ARRAY_LENGTH(questions)},
		{mistakes_have_a_place, ARRAY_LENGTH(mistakes)},
		{answers_are_graded, ARRAY_LENGTH(grades)},
		{solutions_get_full_marks, ARRAY_LENGTH(questions)},
		{learners_of_both_kinds_are_graded, ARRAY_LENGTH(questions)},
		{what_cannot_be_right_is_found, 1},
		{items_as_moodle_computes_them, 1},
		{shipped_questions_teach, ARRAY_LENGTH(shipped)},
		{facts_are_asked, 1},
		{shuffles_repeat_by_seed, 1},
		{marks_and_categories, 1},
		{what_is_printed_reads_the_same, ARRAY_LENGTH(banks)},
	};
	return suite_run("quiz", tests, ARRAY_LENGTH(tests), 10);
}

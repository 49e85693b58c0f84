/* tests/quiz/test_quiz.c - GIFT: what is read, what is refused and where, what answers are worth */
#include "compare.h"

static struct quiz *parse(const char *text)
{
	struct quiz *quiz = NULL;
	struct error err = {0};
	ck_assert_msg(
		quiz_parse("t.gift", text, strlen(text), &quiz, &err), "%s", error_text(&err));
	return quiz;
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
	{"It is {=up ~down}.", "choice", 2, "It is _____."},
	{"Say \"{=yes ~no}\" now", "choice", 2, "Say \"_____\" now"},
	{"[html]<b>x</b>{=a ~b}", "choice", 2, "x"},
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
	{"A{T}\n\nQ{=a\n~}", "t.gift:3:3: a choice needs at least two answers"},
	{"A{T}\n\nQ{~a\n=}", "t.gift:3:3: a choice needs at least two answers"},
	{"Q{= ~a ~b}", "no answer is right"},
	{"Q{=%50%a}", "no answer is fully right"},
	{"Q{=}", "no answer is fully right"},
	{"Q{~a ~b}", "the right answers' weights must add up"},
	{"Q{~%101%a =b}", "a weight is"},
	{"Q{#abc}", "'abc' is not NUMBER, NUMBER:TOLERANCE or LOW..HIGH"},
	{"Q{#5..1}", "'5..1' is not NUMBER"},
	{"Q{#3:-1}", "'3:-1' is not NUMBER"},
	{"Q{#}", "the number is missing"},
	{"Q{#~}", "the number is missing"},
	{"Q{=a->1}", "at least two pairs"},
	{"Q{=a->1 =b}", "every answer is '=left -> right'"},
	{"::only a title::{T}", "t.gift:1:17: the question has no text"},
	{"Q} {T}", "t.gift:1:2: '}' without '{'"},
};

START_TEST(mistakes_have_a_place)
{
	struct quiz *quiz = parse(mistakes[_i].text);
	cleanup_error struct error err = {0};
	cleanup_free char *problems = problems_of(quiz);
	ck_assert_msg(!quiz_is_sound(quiz, &err), "sound: %s", problems);
	ck_assert_msg(strstr(error_text(&err), mistakes[_i].message) != NULL, "%s\n%s",
		error_text(&err), problems);
	quiz_destroy(quiz);
}
END_TEST

/* What Moodle would refuse, lose or read otherwise. "": nothing. */
static const struct {
	const char *text, *problems;
} notes[] = {
	{"Q{=a ~b}", ""},
	{"Q{=%50%a ~b}", "1:4: note: after '=' a weight is part of the text"},
	{"Q{a =b ~c}", "1:3: note: an answer without '=' or '~'"},
	{"Q{=a ~ ~b}", "1:7: note: an answer has no text"},
	{"Q{~%-15%a =b}",
		"1:4: note: Moodle refuses the weight -15 %; the nearest that it knows is "
		"-14.28571 %"},
	{"Q{~%33.33%a ~%33.33%b ~%33.34%c}", "1:4: note: Moodle refuses the weight 33.33 %"},
	{"Q{~%33.333%a ~%33.333%b ~%33.333%c}", ""},
	{"Q{~%49%a ~%50%b}", "note: Moodle refuses weights that add up to 99 % instead of 100 %"},
	{"Q{true}", "1:3: note: a word to type; for a question of true or false"},
	{"Q{=true}", ""},
	{"Q{0}", "1:3: note: Moodle drops an answer 0"},
	{"Q{#0}", "1:4: note: Moodle drops a number 0"},
	{"Q{#=0}", ""},
	{"Q{#1,000}", "1:4: note: '1,000' is read as 1000; Moodle knows"},
	{"Q{#3,5:0,1}", "1:4: note: '3,5' is read as 3.5;"},
	{"Q{#5 ~4#no}", "1:7: note: '~' stands for any other number"},
	{"Q{#5 ~*#no}", ""},
	{"Q{=a -> 1#fine =b -> 2}", "1:10: note: a pair has no feedback"},
	{"Q{=%50%a -> 1 =b -> 2}", "1:4: note: a pair has no weight"},
	{"Q{=a ~b} {c}", "1:10: note: braces after the answers are text"},
	{"Q{=a ~b} \\{c\\}", ""},
	{"::t Q{T}", "1:1: note: the title has no closing '::'"},
	{"$CATEGORY: a\nQ{T}", "2:1: note: Moodle needs a blank line after $CATEGORY:"},
	{"$CATEGORY: a\n\nQ{T}", ""},
	{"Q{=a\n0\n~b}", "2:1: note: Moodle takes a line that is only 0 for a blank line"},
	{"// [id:a]\nQ{T}\n\n// [id:a]\nR{T}",
		"5:1: note: another question has the id 'a', so this "
		"is 'a-2'"},
	{"// [id:a]\n// [id:b]\nQ{T}", "2:1: note: a question has one id; 'b' is left out"},
	{"::a::Q{T}\n\n::a::R{T}", ""},
	{"Is it <name>?{T}", "1:1: note: Moodle takes <name> for HTML"},
	{"Is it `<name>`?{T}", "1:1: note: Moodle takes <name> for HTML"},
	{"[plain]Is it <name>?{T}", ""},
	{"[markdown]Is it <name>?{T}", ""},
	{"Is 1 < 2 and 2 > 1, <b>really</b>?{T}", ""},
	{"Is it &lt;name&gt;?{=<b>yes</b> ~<no>}", "1:34: note: Moodle takes <no> for HTML"},
};

START_TEST(what_moodle_reads_otherwise_is_told)
{
	struct quiz *quiz = parse(notes[_i].text);
	cleanup_free char *problems = problems_of(quiz);
	ck_assert_msg(notes[_i].problems[0] != '\0' ? strstr(problems, notes[_i].problems) != NULL
						    : quiz->problem_count == 0,
		"%s: %s", notes[_i].text, problems);
	ck_assert_msg(quiz_is_sound(quiz, NULL), "%s", problems);
	quiz_destroy(quiz);
}
END_TEST

START_TEST(every_problem_is_told_and_the_rest_is_asked)
{
	struct quiz *quiz =
		parse("Good{T}\n\nBad{\n\n::Worse::x{=a}\n\nNone{#x}\n\n}\n\nLast{=a ~b ~%7%c}");
	cleanup_free char *problems = problems_of(quiz);
	ck_assert_str_eq(problems,
		"3:4: the answers have no closing '}'\n"
		"7:7: 'x' is not NUMBER, NUMBER:TOLERANCE or LOW..HIGH\n"
		"9:1: '}' without '{'; write \\} for the character\n"
		"11:13: note: Moodle refuses the weight 7 %; the nearest that it knows is 5 %\n");
	ck_assert_uint_eq(quiz->question_count, 3);
	ck_assert_ptr_eq(quiz_find(quiz, "q6"), &quiz->questions[2]);
	ck_assert_ptr_eq(quiz_find(quiz, "6"), &quiz->questions[2]);
	ck_assert_ptr_null(quiz_find(quiz, "2"));
	quiz_destroy(quiz);
}
END_TEST

static const struct {
	const char *text, *ids; /* of all questions, each with a blank after it; '#' is a hash */
} named[] = {
	{"::A::Q{T}\n\n::A::R{F}\n\n::A::S{F}", "A-# A-# A-# "},
	{"::A-2::Q{T}\n\n::A::R{F}\n\n::A::S{F}", "A-2 A-# A-# "},
	{"Q{T}\n\nR{T}", "q-# q-# "},
	{"Q{T}\n\nQ{T}", "q-# q-#-2 "},
	{"::q2::Q{T}\n\nR{T}", "q2 q-# "},
	{"// [id:i\\]d]\nQ{T}", "i]d "},
	{"// [id: x ] [tag:a\\]b]\nQ{T}", "x "},
	{"// [id:]\n::::Q{T}", "q-# "},
	{"// [id:open\nQ{T}", "q-# "},
};

START_TEST(ids_are_unique)
{
	struct quiz *quiz = parse(named[_i].text);
	cleanup_buf struct buf ids = {0}, printed = {0};
	quiz_print(quiz, &printed);
	struct quiz *again = parse(buf_text(&printed));
	for (size_t i = 0; i < quiz->question_count; i++) {
		const char *id = quiz->questions[i].id, *dash = strchr(id, '-');
		bool hash = dash != NULL && strspn(dash + 1, "0123456789abcdef") == 8;
		buf_printf(&ids, "%.*s%s ", hash ? (int)(dash + 1 - id) : 99, id, hash ? "#" : "");
		if (hash) {
			buf_truncate(&ids, ids.length - 1);
			buf_printf(&ids, "%s ", dash + 9);
		}
		ck_assert_str_eq(quiz->questions[i].id, again->questions[i].id);
	}
	ck_assert_str_eq(buf_text(&ids), named[_i].ids);
	quiz_destroy(again);
	quiz_destroy(quiz);
}
END_TEST

/* A question keeps its id when another is put before it. */
static const struct {
	const char *before, *after;
} inserted[] = {
	{"Q{T}", "New{F}\n\nQ{T}"},
	{"Q{T}\n\nR{=a ~b}", "New{F}\n\nR{=a ~b}\n\nQ{T}"},
	{"::A::Q{T}\n\n::A::R{T}", "::A::New{F}\n\n::A::Q{T}\n\n::A::R{T}"},
	{"::A::Q{T}", "::B::New{F}\n\n::A::Q?{T}"}, /* a title counts, whatever the text */
	{"//[id:x]\nQ{T}", "New{F}\n\n//[id:x]\nAll new{F}"},
	{"Q{=a}\n\nQ{=b}", "Q{=c}\n\nQ{=a}\n\nQ{=b}"},
	{"Q{#1}\n\nQ{#2}", "Q{#3}\n\nQ{#1}\n\nQ{#2}"},
};

START_TEST(ids_follow_the_content)
{
	struct quiz *before = parse(inserted[_i].before), *after = parse(inserted[_i].after);
	for (size_t i = 0; i < before->question_count; i++) {
		const struct quiz_question *q = &before->questions[i];
		const struct quiz_question *same = quiz_find(after, q->id);
		ck_assert_msg(same != NULL && same != &after->questions[0], "%s", q->id);
		ck_assert_msg(text_starts(same->text, q->text) || q->has_id, "%s", same->text);
	}
	ck_assert_ptr_null(quiz_find(before, after->questions[0].id));
	quiz_destroy(before);
	quiz_destroy(after);
}
END_TEST

/* ---- every form, as Moodle reads it ---- */

START_TEST(every_form_is_read_as_moodle_does)
{
	cleanup_free char *path = suite_data("quiz/moodle_forms.gift");
	cleanup_free char *expected_path = suite_data("quiz/moodle_forms.txt");
	cleanup_error struct error err = {0};
	struct quiz *quiz;
	ck_assert_msg(quiz_load(path, &quiz, &err), "%s", error_text(&err));
	ck_assert_msg(quiz_is_sound(quiz, &err), "%s", error_text(&err));
	cleanup_free char *seen = dump(quiz);
	quiz_destroy(quiz);
	assert_lines(expected_path, seen);
}
END_TEST

START_TEST(other_bytes_are_refused)
{
	struct quiz *quiz = NULL;
	cleanup_error struct error err = {0};
	ck_assert(!quiz_parse("t.gift", "\xFF{T}", 4, &quiz, &err));
	ck_assert_str_eq(error_text(&err), "t.gift:1:1: it is not text in UTF-8");
	ck_assert_ptr_null(quiz);
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
	{"Q{#3}", "0x3", false, 0},
	{"Q{#1000}", "1,000", true, 1},
	{"Q{#1}", "1,000", true, 1},
	{"Q{#1000}", "1 000", true, 1},
	{"Q{#1000}", "1'000", true, 1},
	{"Q{#1000}", "1\u00A0000", true, 1},
	{"Q{#1000000}", "1,000,000", true, 1},
	{"Q{#1000000}", "1.000.000", true, 1},
	{"Q{#1234.5}", "1,234.5", true, 1},
	{"Q{#1234.5}", "1.234,5", true, 1},
	{"Q{#1000}", "1.000", true, 0},
	{"Q{#1000}", "10,00", true, 0},
	{"Q{#10}", "10,00", true, 1},
	{"Q{#1}", "1,00,0", false, 0},
	{"Q{#1}", "1,000,00", false, 0},
	{"Q{#1}", ",", false, 0},
	{"Q{#-5}", "\u22125", true, 1},
	{"Q{#1500}", "1.5x10^3", true, 1},
	{"Q{#1500}", "1,5e3", true, 1},
	{"Q{#1,000}", "1000", true, 1},
	{"Q{#1.000,5}", "1000.5", true, 1},
	{"Q{#3,5..4,5}", "4", true, 1},
	{"Q{#=*}", "77", true, 1},
	{"Q{#=5 ~#no}", "77", true, 0},
	{"Q{=\\*}", "*", true, 1},
	{"Q{=\\*}", "x", true, 0},
	{"Q{=a\\*b*}", "a*bc", true, 1},
	{"Q{=a\\*b*}", "axbc", true, 0},
	{"Q{=c\\\\d}", "c\\d", true, 1},
	{"Q{=say \\\"a\\\"}", "say \\\"a\\\"", true, 1},
	{"Q{=[a-c]?}", "[a-c]?", true, 1},
	{"Q{=[a-c]?}", "bx", true, 0},
	{"Q{=a -> 1 =b -> 1}", "a1", true, 0.5},
	{"Q{=a -> 1 =b -> 1}", "a1 b1", true, 1},
	{"Q{=a -> 1 =b -> 2}", "a1 a2", false, 0},
	{"Q{=a -> 1 =b -> 2}", "a3", false, 0},
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
		char *range = number ? strstr(answer, " to ") : NULL;
		if (range != NULL)
			*range = '\0'; /* its ends are right, too */
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

/* More options than letters: a … z, aa, ab … */
START_TEST(many_options_have_names)
{
	static const struct {
		size_t option;
		const char *letter;
	} letters[] = {{0, "a"}, {25, "z"}, {26, "aa"}, {27, "ab"}, {51, "az"}, {52, "ba"},
		{701, "zz"}, {702, "aaa"}};
	cleanup_buf struct buf text = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(letters); i++) {
		char letter[QUIZ_LETTER_SIZE];
		quiz_letter(letters[i].option, letter);
		ck_assert_str_eq(letter, letters[i].letter);
	}
	buf_add_text(&text, "Pick{~%50%x ~%50%y");
	for (int i = 0; i < 40; i++)
		buf_printf(&text, " ~n%d", i);
	buf_add_text(&text, "}\n\nPairs{");
	for (int i = 0; i < 40; i++)
		buf_printf(&text, "=l%d -> r%d ", i, i);
	buf_add_text(&text, "}");
	struct quiz *quiz = parse(buf_text(&text));
	for (size_t k = 0; k < quiz->question_count; k++)
		for (uint64_t seed = 1; seed < 20; seed++) {
			size_t order[64];
			struct quiz_grade grade = {0};
			quiz_shuffle(&quiz->questions[k], seed, order);
			cleanup_free char *response =
				quiz_response(&quiz->questions[k], order, true);
			quiz_grade(&quiz->questions[k], order, response, &grade);
			ck_assert_msg(
				grade.understood && quiz_is_full(grade.fraction), "%s", response);
			quiz_grade_finish(&grade);
		}
	quiz_destroy(quiz);
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

static const struct {
	const char *name, *text;
	bool bank;
} files[] = {
	{"a.gift", "anything", true},
	{"a.GIFT", "", true},
	{"a.md", "Q{T}", false},
	{"a.txt", "Q{T}\n", true},
	{"A.TXT", "::t::Q\n", true},
	{"a.txt", "// question: 1\nno braces\n", true},
	{"a.txt", "$CATEGORY: x\n\nwords\n", true},
	{"a.txt", "Bad{\n\nGood{=a ~b}\n", true},
	{"a.txt", "# Docker\n\nRun it:\n\n    docker ps --format '{{.Names}}'\n", false},
	{"a.txt", "words only\n", false},
	{"a.txt", "", false},
};

START_TEST(banks_are_recognized)
{
	cleanup_free char *path =
		suite_file(files[_i].name, files[_i].text, strlen(files[_i].text));
	ck_assert_msg(quiz_is_bank(path) == files[_i].bank, "%s: %s", path, files[_i].text);
}
END_TEST

/* ---- printing ---- */

static const char *const banks[] = {"quiz/every_form.gift", "quiz/moodle_forms.gift",
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
	assert_same_quiz(read, again);
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
		{what_moodle_reads_otherwise_is_told, ARRAY_LENGTH(notes)},
		{every_problem_is_told_and_the_rest_is_asked, 1},
		{ids_are_unique, ARRAY_LENGTH(named)},
		{ids_follow_the_content, ARRAY_LENGTH(inserted)},
		{every_form_is_read_as_moodle_does, 1},
		{other_bytes_are_refused, 1},
		{many_options_have_names, 1},
		{banks_are_recognized, ARRAY_LENGTH(files)},
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

/* tests/quiz/test_formats.c - Moodle XML and QTI: what is read, what is refused and where, and that
 * questions stay the same from one format to another */
#include "compare.h"
#include "xml.h"

static struct quiz *load(const char *name)
{
	struct quiz *quiz = NULL;
	cleanup_error struct error err = {0};
	cleanup_free char *path = suite_data(name);
	ck_assert_msg(quiz_load(path, &quiz, &err), "%s", error_text(&err));
	return quiz;
}

static struct quiz *parse(const char *path, const struct buf *text)
{
	struct quiz *quiz = NULL;
	cleanup_error struct error err = {0};
	ck_assert_msg(quiz_parse(path, buf_text(text), text->length, &quiz, &err), "%s\n%s",
		error_text(&err), buf_text(text));
	return quiz;
}

/* ---- reading ---- */

static const struct {
	const char *bank, *expected;
} read_banks[] = {
	{"quiz/moodle.xml", "quiz/moodle_xml.txt"},
	{"quiz/package", "quiz/package.txt"},
};

START_TEST(every_type_is_read)
{
	cleanup_free char *expected = suite_data(read_banks[_i].expected);
	struct quiz *quiz = load(read_banks[_i].bank);
	cleanup_free char *seen = dump(quiz);
	suite_golden(expected, seen);
	quiz_destroy(quiz);
}
END_TEST

START_TEST(marks_are_read)
{
	struct quiz *quiz = load("quiz/moodle.xml");
	const struct quiz_question *q = &quiz->questions[0];
	ck_assert_str_eq(q->id, "port-1");
	ck_assert(q->has_id && quiz_find(quiz, "Port side") == q);
	ck_assert_uint_eq(q->tag_count, 2);
	ck_assert_str_eq(q->tags[1], "easy one");
	ck_assert_int_eq(q->line, 14);
	ck_assert_uint_eq(quiz->problem_count, 1);
	ck_assert_int_eq(quiz->problems[0].line, 18);
	quiz_destroy(quiz);
}
END_TEST

static const struct {
	const char *bank, *problems;
} bad_banks[] = {
	{"quiz/bad_bank.xml",
		"8:1: note: a hint is left out\n"
		"10:1: question 'Gaps' is of the type 'cloze', which cannot be asked here\n"
		"16:1: note: the format 'wiki_like' is unknown, and is read as HTML\n"
		"17:1: a choice needs at least two answers\n"
		"18:1: note: an answer has no text and is left out\n"
		"26:1: the right answers' weights must add up to 100 %, not to 80 %\n"
		"33:1: 'many' is not NUMBER, NUMBER:TOLERANCE or LOW..HIGH\n"
		"33:1: note: the fraction 'x' is not a number, and is read as 0\n"
		"36:1: no answer is fully right, so it cannot be passed\n"
		"38:1: note: Moodle refuses elements in <text>; put the text into <![CDATA[…]]>\n"
		"40:1: the question has no text\n"
		"44:1: note: Moodle takes <name> for HTML and does not show it: write &lt;\n"
		"46:1: note: Moodle refuses elements in <text>; put the text into <![CDATA[…]]>\n"
		"47:1: note: the embedded file 'a.png' is left out\n"
		"49:1: note: Moodle refuses the weight -15 %; the nearest that it knows is "
		"-14.28571 %\n"
		"54:1: note: capital and small letters are not told apart here\n"},
	{"quiz/package",
		"bad_bank.xml:1:1: cannot read '../bad_bank.xml': Invalid argument\n"
		"knots.xml:7:1: note: QTI gives the point only for all right options; here each of "
		"them earns a part\n"
		"missing.xml:1:1: cannot read 'items/missing.xml': No such file or directory\n"
		"side one.xml:8:1: note: the file 'ship.png' is left out\n"
		"typed.xml:4:1: item 'typed' has a textEntryInteraction, and cannot be asked here; "
		"it needs one choiceInteraction\n"},
};

START_TEST(every_problem_has_its_line)
{
	struct quiz *quiz = load(bad_banks[_i].bank);
	cleanup_free char *problems = problems_of(quiz);
	ck_assert_str_eq(problems, bad_banks[_i].problems);
	quiz_destroy(quiz);
}
END_TEST

static const struct {
	const char *text, *message;
} refused[] = {
	{"", "t.xml:1:1: it is not well-formed XML"},
	{"<quiz>", "t.xml:1:7: it is not well-formed XML: "},
	{"<quiz>\n<question></quiz>", "t.xml:2:"},
	{"<quiz>&nbsp;</quiz>", "t.xml:1:13: it is not well-formed XML: Entity 'nbsp' not defined"},
	{"<!DOCTYPE quiz>\n<quiz/>", "t.xml:1:1: a document type declaration"},
	{"<!DOCTYPE quiz [<!ENTITY a 'b'>]><quiz>&a;</quiz>", "a document type declaration"},
	{"<!DOCTYPE quiz SYSTEM 'file:///etc/passwd'><quiz/>", "a document type declaration"},
	{"<html/>", "t.xml:1:1: <html> is neither Moodle XML"},
	{"<questestinterop/>", "t.xml:1:1: <questestinterop> is neither"},
	{"<manifest/>", "t.xml:1:1: <manifest> is neither"},
	{"Q{T}", "t.xml:1:1: it is not well-formed XML"},
	{"<quiz>\xFF</quiz>", "t.xml:1:"},
};

START_TEST(other_documents_are_refused)
{
	struct quiz *quiz = NULL;
	cleanup_error struct error err = {0};
	const char *text = refused[_i].text;
	ck_assert(!quiz_parse("t.xml", text, strlen(text), &quiz, &err));
	ck_assert_msg(
		strstr(error_text(&err), refused[_i].message) != NULL, "%s", error_text(&err));
}
END_TEST

/* ---- the same questions in another format ---- */

/* From XML to XML and to GIFT, and from there to XML. */
static void assert_kept(const struct quiz *quiz)
{
	cleanup_buf struct buf xml = {0}, gift = {0};
	quiz_print_xml((const struct quiz *const[]){quiz}, 1, &xml);
	quiz_print(quiz, &gift);
	struct quiz *from_xml = parse("t.xml", &xml), *from_gift = parse("t.gift", &gift);
	assert_same_quiz(quiz, from_xml);
	assert_same_quiz(quiz, from_gift);
	ck_assert(quiz_is_sound(from_xml, NULL) || quiz->question_count == 0);
	buf_truncate(&xml, 0);
	quiz_print_xml((const struct quiz *const[]){from_gift}, 1, &xml);
	struct quiz *again = parse("t.xml", &xml);
	assert_same_quiz(quiz, again);
	quiz_destroy(again);
	quiz_destroy(from_gift);
	quiz_destroy(from_xml);
}

/* Questions without a title have one after they were XML: their number, unless it is still right.
 */
static const char *const banks[] = {"quiz/moodle.xml", "quiz/package", "quiz/every_form.gift",
	"quiz/moodle_forms.gift", "../../quizzes/docker-start-here/containers.gift",
	"../../quizzes/docker-start-here/install-docker.gift",
	"../../quizzes/docker-start-here/the-docker-daemon.gift"};

START_TEST(formats_keep_questions)
{
	struct quiz *quiz = load(banks[_i]);
	assert_kept(quiz);
	quiz_destroy(quiz);
}
END_TEST

/* ---- generated questions ---- */

static const char *pick(uint64_t *state, const char *const *items, size_t count)
{
	return items[random_next(state) % count];
}

#define PICK(state, items) pick(state, items, ARRAY_LENGTH(items))

/* What means something in GIFT, XML, HTML or Markdown, escaped for XML. */
static void add_words(struct buf *out, uint64_t *state)
{
	static const char *const parts[] = {"word", " ", "  ", "\n", "\n\n", "\n0\n", "=", "~", "#",
		"####", "{", "}", ":", "::", "\\", "\\n", "\\*", "//", "/", "%50%", "%",
		"$CATEGORY: x", "[html]", "[plain]", "[id:x]", "]", "&lt;b&gt;bold&lt;/b&gt;",
		"&lt;br&gt;", "&lt;name&gt;", "&amp;amp;", "&amp;", "&lt;", "**", "`code`", "*",
		"1,000", "\t", "é", "\u2003", "😀", "&#13;", "\xEF\xBB\xBF", "T", "."};
	for (size_t count = random_next(state) % 6 + 1; count > 0; count--)
		buf_add_text(out, PICK(state, parts));
}

static void add_source(struct buf *out, uint64_t *state, const char *name, bool arrows)
{
	static const char *const forms[] = {"", " format=\"html\"", " format=\"plain_text\"",
		" format=\"markdown\"", " format=\"moodle_auto_format\""};
	buf_printf(out, "<%s%s><text>", name, PICK(state, forms));
	add_words(out, state);
	if (arrows && random_next(state) % 4 == 0)
		buf_add_text(out, random_next(state) % 2 ? "-&gt;" : "&lt;!-- x --&gt;");
	buf_printf(out, "</text></%s>\n", name);
}

static void add_answer(struct buf *out, uint64_t *state, const char *fraction)
{
	buf_printf(out, "<answer fraction=\"%s\"><text>", fraction);
	add_words(out, state);
	buf_add_text(out, "</text>");
	if (random_next(state) % 2 == 0)
		add_source(out, state, "feedback", false);
	buf_add_text(out, "</answer>\n");
}

static void add_answers(struct buf *out, uint64_t *state, const char *type)
{
	static const char *const fractions[] = {"0", "50", "100", "33.33333", "-25", "-100"};
	static const char *const numbers[] = {"5", "-0.5", "1e3", "4:0.5", "*"};
	size_t count = random_next(state) % 4 + 1;
	for (size_t i = 0; i <= count; i++) {
		const char *fraction = i == 0 ? "100" : PICK(state, fractions);
		if (text_same(type, "matching")) {
			add_source(out, state, "subquestion", true);
			out->length -= strlen("</subquestion>\n");
			buf_add_text(out, "<answer><text>");
			add_words(out, state);
			buf_add_text(out, "-&gt;</text></answer></subquestion>\n");
		} else if (text_same(type, "numerical")) {
			buf_printf(out, "<answer fraction=\"%s\"><text>%s</text></answer>\n",
				fraction, PICK(state, numbers));
		} else if (text_same(type, "truefalse")) {
			buf_printf(out, "<answer fraction=\"%s\"><text>%s</text>",
				i == 1 ? "0" : "100", i == 1 ? "false" : "true");
			add_source(out, state, "feedback", true);
			buf_add_text(out, "</answer>\n");
		} else {
			add_answer(out, state, fraction);
		}
	}
}

static void add_question(struct buf *out, uint64_t *state)
{
	static const char *const types[] = {"multichoice", "multichoice", "truefalse",
		"shortanswer", "numerical", "matching", "essay", "description"};
	const char *type = PICK(state, types);
	buf_printf(out, "<question type=\"%s\">\n<name><text>", type);
	if (random_next(state) % 2 == 0)
		add_words(out, state);
	buf_add_text(out, "</text></name>\n");
	add_source(out, state, "questiontext", true);
	if (random_next(state) % 2 == 0)
		add_source(out, state, "generalfeedback", true);
	buf_printf(
		out, "<single>%s</single>\n<idnumber>", random_next(state) % 2 ? "true" : "false");
	if (random_next(state) % 2 == 0)
		add_words(out, state);
	buf_add_text(out, "</idnumber>\n<tags><tag><text>");
	add_words(out, state);
	buf_add_text(out, "</text></tag></tags>\n");
	add_answers(out, state, type);
	buf_add_text(out, "</question>\n<question type=\"category\"><category><text>");
	add_words(out, state);
	buf_add_text(out, "</text></category></question>\n");
}

/* After a question that cannot be asked the numbers of the others change. */
START_TEST(generated_questions_are_kept)
{
	size_t kept = 0;
	for (uint64_t seed = 1; seed <= 300; seed++) {
		uint64_t state = seed;
		cleanup_buf struct buf text = {0};
		buf_add_text(&text, "<quiz>\n");
		for (int i = 0; i < 2; i++)
			add_question(&text, &state);
		buf_add_text(&text, "</quiz>");
		struct quiz *quiz = parse("t.xml", &text);
		size_t count = quiz->question_count;
		if (count > 0 && quiz->questions[count - 1].number == count) {
			assert_kept(quiz);
			kept += count;
		}
		quiz_destroy(quiz);
	}
	ck_assert_uint_ge(kept, 100);
}
END_TEST

/* In GIFT, short answers of which one has an arrow are pairs; so a star stands in the arrow. */
START_TEST(arrows_in_short_answers_stay_short)
{
	static const char text[] =
		"<quiz><question type=\"shortanswer\"><questiontext><text>Q</text></questiontext>"
		"<answer fraction=\"100\"><text>p-&gt;x</text></answer>"
		"<answer fraction=\"50\"><text>p.x</text><feedback><text>a -&gt; b</text></feedback>"
		"</answer></question></quiz>";
	cleanup_buf struct buf gift = {0}, xml = {0};
	buf_add_text(&xml, text);
	struct quiz *quiz = parse("t.xml", &xml);
	quiz_print(quiz, &gift);
	struct quiz *again = parse("t.gift", &gift);
	ck_assert_str_eq(again->questions[0].kind->name, "short");
	ck_assert_str_eq(quiz->questions[0].answers[0].text, "p->x");
	ck_assert_str_eq(again->questions[0].answers[0].text, "p-*>x");
	ck_assert_str_eq(again->questions[0].answers[1].text, "p.x");
	ck_assert_str_eq(again->questions[0].answers[1].feedback, "a -> b");
	quiz_destroy(again);
	quiz_destroy(quiz);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{every_type_is_read, ARRAY_LENGTH(read_banks)},
		{marks_are_read, 1},
		{every_problem_has_its_line, ARRAY_LENGTH(bad_banks)},
		{other_documents_are_refused, ARRAY_LENGTH(refused)},
		{formats_keep_questions, ARRAY_LENGTH(banks)},
		{generated_questions_are_kept, 1},
		{arrows_in_short_answers_stay_short, 1},
	};
	return suite_run("formats", tests, ARRAY_LENGTH(tests), 20);
}

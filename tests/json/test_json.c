/* tests/json/test_json.c - values out of a tree: of the right kind, of another one, and none */
#include "json.h"
#include "suite.h"

static const char tree[] =
	"{\"text\":\"a\",\"empty\":\"\",\"seven\":7,\"half\":2.5,\"huge\":1e300,\"most\":"
	"9223372036854775807,"
	"\"yes\":true,\"no\":false,\"null\":null,\"list\":[\"b\",3,\"c\"],\"in\":{\"text\":\"d\"}}";

static cJSON *parse(const char *text)
{
	cleanup_buf struct buf bytes = {0};
	buf_add_text(&bytes, text);
	return json_parse(&bytes);
}

static const struct {
	const char *name, *text;
} texts[] = {{"text", "a"}, {"empty", ""}, {"Text", NULL}, {"seven", NULL}, {"yes", NULL},
	{"null", NULL}, {"list", NULL}, {"none", NULL}};

START_TEST(texts_are_texts_only)
{
	cJSON *json = parse(tree);
	const char *text = texts[_i].text;
	ck_assert(text_same(json_get_text(json, texts[_i].name), text));
	ck_assert_str_eq(json_get_text_or(json, texts[_i].name, "-"), text != NULL ? text : "-");
	cJSON_Delete(json);
}
END_TEST

static const struct {
	const char *name;
	int64_t low, high, integer;
} integers[] = {
	{"seven", 0, 10, 7},
	{"seven", 7, 7, 7},
	{"seven", 8, 10, -1},
	{"seven", 0, 6, -1},
	{"half", 0, 10, 2},
	{"half", 0, 2, -1},
	{"huge", 0, INT64_MAX, -1},
	{"most", 0, INT64_MAX, -1},
	{"text", 0, 10, -1},
	{"yes", 0, 10, -1},
	{"none", 0, 10, -1},
};

START_TEST(integers_are_within_limits)
{
	cJSON *json = parse(tree);
	ck_assert_int_eq(json_get_integer_or(
				 json, integers[_i].name, integers[_i].low, integers[_i].high, -1),
		integers[_i].integer);
	cJSON_Delete(json);
}
END_TEST

START_TEST(numbers_and_truths)
{
	cJSON *json = parse(tree);
	ck_assert(json_get_number_or(json, "half", 1) == 2.5);
	ck_assert(json_get_number_or(json, "text", 1) == 1);
	ck_assert(json_get_number_or(json, "none", 1) == 1);
	ck_assert(json_is_true(json, "yes") && !json_is_true(json, "no"));
	ck_assert(!json_is_true(json, "seven") && !json_is_true(json, "none"));
	cJSON_Delete(json);
}
END_TEST

START_TEST(lists_have_texts)
{
	cJSON *json = parse(tree);
	const cJSON *list = json_get(json, "list");
	ck_assert_str_eq(json_get_item_text(list, 0), "b");
	ck_assert_ptr_null(json_get_item_text(list, 1));
	ck_assert_str_eq(json_get_item_text(list, 2), "c");
	ck_assert_ptr_null(json_get_item_text(list, 3));
	ck_assert(json_has_text(list, "c") && !json_has_text(list, "3"));
	cJSON_Delete(json);
}
END_TEST

START_TEST(nothing_is_in_nothing)
{
	ck_assert_ptr_null(json_get(NULL, "a"));
	ck_assert_ptr_null(json_get_text(json_get(NULL, "a"), "b"));
	ck_assert_ptr_null(json_get_item_text(NULL, 0));
	ck_assert(!json_is_true(NULL, "a") && !json_has_text(NULL, "a"));
	ck_assert_int_eq(json_get_integer_or(NULL, "a", 0, 1, 5), 5);
}
END_TEST

/* NULL: as given. */
static const struct {
	const char *given, *exact, *plain;
} printed[] = {
	{"[1.0,-0,0.10,1e2,1E+02,0e0]", NULL, "[1,-0,0.1,100,100,0]"},
	{"[0.30000000000000004]", NULL, NULL},
	{"[0.8048780487804879]", NULL, "[0.80487804878048785]"},
	{"[9007199254740991,-123456789012345678]", NULL,
		"[9007199254740991,-1.2345678901234568e+17]"},
	{"[12345678901234567890,1e-400]", NULL, "[1.2345678901234567e+19,0]"},
	{"[1.7976931348623157e308,5e-324]", NULL,
		"[1.7976931348623157e+308,4.94065645841247e-324]"},
	{"{\"1\":\"2\",\"-3\\\\\":\"\\\"4\",\"a\":[5.0,[6.0],{\"7\":8.0}],\"b\":{},\"c\":[]}", NULL,
		"{\"1\":\"2\",\"-3\\\\\":\"\\\"4\",\"a\":[5,[6],{\"7\":8}],\"b\":{},\"c\":[]}"},
	{" { \"a\" : 1.0 , \"b\" : [ 2.0 , null ] } ", "{\"a\":1.0,\"b\":[2.0,null]}",
		"{\"a\":1,\"b\":[2,null]}"},
	{"[true,false,null,\"\"]", NULL, NULL},
	{"[\"\\b\\f\\n\\r\\t\\\"\\\\\\u001f\u00e4\U0001f600\x7f/\"]", NULL, NULL},
	{"[\"\\u00e4\\/\"]", "[\"\u00e4/\"]", "[\"\u00e4/\"]"},
	{"-1.50", NULL, "-1.5"},
};

START_TEST(numbers_stay_as_they_were_written)
{
	const char *given = printed[_i].given, *end;
	const char *exact = printed[_i].exact != NULL ? printed[_i].exact : given;
	const char *plain = printed[_i].plain != NULL ? printed[_i].plain : given;
	/* without a zero behind it */
	cleanup_free char *bytes = xmalloc(strlen(given));
	memcpy(bytes, given, strlen(given));
	cJSON *json = json_parse_exact(bytes, strlen(given), &end),
	      *copy = cJSON_Duplicate(json, true);
	cleanup_free char *text = json_print_take(json), *of_copy = json_print_take(copy);
	cleanup_free char *usual = json_print_take(parse(given));
	ck_assert_str_eq(text, exact);
	ck_assert_str_eq(of_copy, exact);
	ck_assert_str_eq(usual, plain);
}
END_TEST

START_TEST(what_is_printed_is_read_again)
{
	cJSON *json = parse("{ \"a\" : [ 1, \"b\" ] }");
	cleanup_free char *text = json_print(json), *taken = json_print_take(json);
	ck_assert_str_eq(text, "{\"a\":[1,\"b\"]}");
	ck_assert_str_eq(taken, text);
	ck_assert_ptr_null(parse("{\"a\":"));
	ck_assert_ptr_null(parse(""));
}
END_TEST

START_TEST(values_are_added)
{
	cJSON *json = cJSON_CreateObject();
	json_add_text_or_null(json, "text", "a");
	json_add_text_or_null(json, "none", NULL);
	json_add_time(json, "time", 1500);
	cleanup_free char *text = json_print_take(json);
	ck_assert_str_eq(
		text, "{\"text\":\"a\",\"none\":null,\"time\":\"1970-01-01T00:00:01.500Z\"}");
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{texts_are_texts_only, ARRAY_LENGTH(texts)},
		{integers_are_within_limits, ARRAY_LENGTH(integers)},
		{numbers_and_truths, 1},
		{lists_have_texts, 1},
		{nothing_is_in_nothing, 1},
		{numbers_stay_as_they_were_written, ARRAY_LENGTH(printed)},
		{what_is_printed_is_read_again, 1},
		{values_are_added, 1},
	};
	return suite_run("json", tests, ARRAY_LENGTH(tests), 10);
}

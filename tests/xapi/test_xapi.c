/* tests/xapi/test_xapi.c - values, equality, languages; whole statements are held against a running
 * store by tests/serve/lrs.py */
#include "suite.h"
#include "json.h"
#include "xapi.h"

static const struct {
	char kind; /* u, i, m, l, d */
	const char *text;
	bool good;
} values[] = {
	{'u', "f47ac10b-58cc-4372-a567-0e02b2c3d479", true},
	{'u', "F47AC10B-58CC-4372-B567-0E02B2C3D479", true},
	{'u', "12345678-1234-5678-1234-567812345678", true},
	{'u', "f47ac10b-58cc-4372-a567-0e02b2c3d4790", false},
	{'u', "f47ac10b-58cc-4372-a567--e02b2c3d479", false},
	{'u', "f47ac10b58cc4372a5670e02b2c3d479", false},
	{'u', "{f47ac10b-58cc-4372-a567-0e02b2c3d479}", false},
	{'u', "f47ac10b-58cc-4372-a567-0e02b2c3d47g", false},
	{'u', "", false},
	{'i', "http://example.com", true},
	{'i', "urn:uuid:f47ac10b", true},
	{'i', "tag:x.y,2020:z", true},
	{'i', "http://example.com/ä", true},
	{'i', "example.com", false},
	{'i', "http://a b", false},
	{'i', "http://", false},
	{'i', "1x:y", false},
	{'i', "x:", false},
	{'i', "http://a/<b>", false},
	{'m', "mailto:a@b.c", true},
	{'m', "mailto:a+b@c", true},
	{'m', "MAILTO:a@b.c", false},
	{'m', "mailto:@b.c", false},
	{'m', "mailto:a@", false},
	{'m', "mailto:a b@c.d", false},
	{'m', "a@b.c", false},
	{'m', "mailto:a@b@c.d", false},
	{'m', "mailto:a@b..c", false},
	{'m', "mailto:a@b.c?subject=x", false},
	{'m', "mailto:o'hara_1%x@b-c.d", true},
	{'m', "mailto:\"a@b\"@c.d", true},
	{'m', "mailto:a@[127.0.0.1]", true},
	{'m', "mailto:a@b\u00fc.de", true},
	{'l', "en", true},
	{'l', "zh-Hant-HK", true},
	{'l', "de-1996", true},
	{'l', "i-klingon", true},
	{'l', "x-mine", true},
	{'l', "zh-cmn-Hans-CN", true},
	{'l', "sl-rozaj-biske-1994", true},
	{'l', "de-CH-x-phonebk", true},
	{'l', "en-a-myext-b-another", true},
	{'l', "es-419", true},
	{'l', "EN-gb-OED", true},
	{'l', "sgn-BE-FR", true},
	{'l', "i-nothing", false},
	{'l', "de-419-DE", false},
	{'l', "a-DE", false},
	{'l', "en-a", false},
	{'l', "x", false},
	{'l', "en-x", false},
	{'l', "en--US", false},
	{'l', "en_US", false},
	{'l', "12", false},
	{'l', "e", false},
	{'l', "englishes", false},
	{'l', "en-", false},
	{'l', "en us", false},
	{'l', "en-abcdefghi", false},
	{'l', "", false},
	{'d', "P1Y2M3DT4H5M6.5S", true},
	{'d', "PT0S", true},
	{'d', "P2W", true},
	{'d', "P", false},
	{'d', "P1YT", false},
	{'d', "1H", false},
	{'d', "PT1", false},
	{'d', "-P1D", false},
	{'d', "P4W1D", false},
	{'d', "P1DT", false},
	{'d', "P1M1Y", false},
	{'d', "PT1.5H2M", false},
	{'d', "PT1.S", false},
	{'d', "PT1,25S", true},
	{'d', "P0.5Y", true},
	{'d', "PT16559.14S", true},
	{'d', "P3Y1M29DT4H35M59.14S", true},
	{'d', "p1d", false},
	{'d', "P1DT1D", false},
	{'d', "P0003-06-04T12:30:05", false},
};

START_TEST(values_have_their_forms)
{
	const char *text = values[_i].text;
	bool good = values[_i].kind == 'u'   ? xapi_is_uuid(text)
		    : values[_i].kind == 'i' ? xapi_is_iri(text)
		    : values[_i].kind == 'm' ? xapi_is_mailto(text)
		    : values[_i].kind == 'l' ? xapi_is_language(text)
					     : xapi_is_duration(text);
	ck_assert_msg(good == values[_i].good, "%s", text);
}
END_TEST

static const struct {
	enum xapi_version version;
	const char *text;
	int64_t ms; /* -1: it is not one */
} times[] = {
	{XAPI_1_0, "1970-01-01T00:00:00Z", 0},
	{XAPI_1_0, "1970-01-01T00:00:00.5Z", 500},
	{XAPI_1_0, "1970-01-01T01:00:00.123456+01:00", 123},
	{XAPI_1_0, "1970-01-01T01:30:00+0130", 0},
	{XAPI_1_0, "1970-01-01T02:00:00+02", 0},
	{XAPI_1_0, "1970-01-01T00:00:00", 0},
	{XAPI_2_0, "1970-01-01T00:00:00", -1},
	{XAPI_2_0, "1970-01-01T01:30:00+0130", -1},
	{XAPI_2_0, "1970-01-01T01:00:00+01", -1},
	{XAPI_2_0, "1970-01-01T01:00:00,5+01:00", -1},
	{XAPI_2_0, "1970-01-01T01:00:00.5+01:00", 500},
	{XAPI_2_0, "1970-01-01T00:00:00-00:00", -1},
	{XAPI_1_0, "1970-01-01T00:00:00-00", -1},
	{XAPI_1_0, "1970-01-01T00:00:00-0000", -1},
	{XAPI_1_0, "1970-01-01T00:00:00+24:00", -1},
	{XAPI_1_0, "2024-02-29T00:00:00Z", 1709164800000},
	{XAPI_1_0, "2023-02-29T00:00:00Z", -1},
	{XAPI_1_0, "2023-13-01T00:00:00Z", -1},
	{XAPI_1_0, "1970-01-01T24:00:00Z", 86400000},
	{XAPI_1_0, "1970-01-01T24:00Z", 86400000},
	{XAPI_1_0, "1969-12-31T24:00:00.000+00:00", 0},
	{XAPI_1_0, "2023-01-01T24:00:01Z", -1},
	{XAPI_1_0, "2023-01-01T24:00:00.1Z", -1},
	{XAPI_1_0, "2023-01-01T25:00:00Z", -1},
	{XAPI_2_0, "2023-01-01T24:00:00Z", -1},
	{XAPI_1_0, "2023-01-01T00:00:00-00:00", -1},
	{XAPI_1_0, "2023-01-01 00:00:00Z", -1},
	{XAPI_1_0, "1970-01-01T00:01Z", 60000},
	{XAPI_1_0, "2023-05-04T12:00-05:00", 1683219600000},
	{XAPI_1_0, "1970-01-01T00:00.5Z", 30000},
	{XAPI_1_0, "1970-01-01T00:00,25", 15000},
	{XAPI_1_0, "19700101T000000Z", 0},
	{XAPI_1_0, "20230504T120000Z", 1683201600000},
	{XAPI_1_0, "20230504T120000.250-0500", 1683219600250},
	{XAPI_1_0, "20230504T1200+02", 1683194400000},
	{XAPI_1_0, "2023-W18-4T12:00:00Z", 1683201600000},
	{XAPI_1_0, "2023W184T120000Z", 1683201600000},
	{XAPI_1_0, "2023-124T12:00:00Z", 1683201600000},
	{XAPI_1_0, "2023124T120000Z", 1683201600000},
	{XAPI_1_0, "1970-W01-1T00:00:00Z", -259200000},
	{XAPI_1_0, "2020-W53-7T00:00:00Z", 1609632000000},
	{XAPI_1_0, "2021-W53-1T00:00:00Z", -1},
	{XAPI_1_0, "2023-W00-1T00:00:00Z", -1},
	{XAPI_1_0, "2023-W18-0T00:00:00Z", -1},
	{XAPI_1_0, "2023-W18-8T00:00:00Z", -1},
	{XAPI_1_0, "2023-W184T00:00:00Z", -1},
	{XAPI_1_0, "2023W18-4T000000Z", -1},
	{XAPI_1_0, "2024-366T00:00:00Z", 1735603200000},
	{XAPI_1_0, "2023-366T00:00:00Z", -1},
	{XAPI_1_0, "2023-000T00:00:00Z", -1},
	{XAPI_1_0, "20231301T000000Z", -1},
	{XAPI_1_0, "20230229T000000Z", -1},
	{XAPI_1_0, "20230101T00:00:00Z", -1},
	{XAPI_1_0, "2023-01-01T000000Z", -1},
	{XAPI_1_0, "2023-0101T00:00:00Z", -1},
	{XAPI_1_0, "202301-01T000000Z", -1},
	{XAPI_1_0, "2023-01-01T00Z", -1},
	{XAPI_1_0, "2023-01-01T00:0Z", -1},
	{XAPI_1_0, "2023-01-01T00:60Z", -1},
	{XAPI_1_0, "2023-01-01T00:00:61Z", -1},
	{XAPI_1_0, "2023-01-01T00:00.Z", -1},
	{XAPI_1_0, "2023-01-01", -1},
	{XAPI_1_0, "2023-01-01T", -1},
	{XAPI_1_0, "2023-W18-4", -1},
	{XAPI_1_0, "2023-01-01T00:00:00ZZ", -1},
	{XAPI_2_0, "20230504T120000Z", -1},
	{XAPI_2_0, "2023-W18-4T12:00:00Z", -1},
	{XAPI_2_0, "2023-124T12:00:00Z", -1},
	{XAPI_2_0, "2023-05-04T12:00Z", -1},
	{XAPI_2_0, "2023-05-04T12:00.5Z", -1},
	{XAPI_1_0, "", -1},
};

START_TEST(times_are_read)
{
	int64_t ms = -1;
	bool good = xapi_timestamp(times[_i].version, times[_i].text, &ms);
	ck_assert_msg(good == (times[_i].ms != -1), "%s", times[_i].text);
	ck_assert_int_eq(ms, times[_i].ms);
}
END_TEST

static const struct {
	const char *a, *b;
	bool same;
} pairs[] = {
	{"{\"a\":1,\"b\":2}", "{\"b\":2.0,\"a\":1}", true},
	{"{\"a\":[1,2]}", "{\"a\":[2,1]}", false},
	{"{\"a\":1}", "{\"a\":1,\"stored\":\"2020-01-01T00:00:00Z\",\"version\":\"1.0.0\"}", true},
	{"{\"a\":1}", "{\"a\":1,\"b\":null}", false},
	{"{\"timestamp\":\"2020-01-01T00:00:00Z\"}",
		"{\"timestamp\":\"2020-01-01T01:00:00+01:00\"}", true},
	{"{\"timestamp\":\"2020-01-01T00:00:00Z\"}", "{\"timestamp\":\"2020-01-01T00:00:01Z\"}",
		false},
	{"{\"id\":\"AB\"}", "{\"id\":\"ab\"}", true},
	{"{\"context\":{\"contextActivities\":{\"other\":{\"id\":\"x\"}}}}",
		"{\"context\":{\"contextActivities\":{\"other\":[{\"id\":\"x\"}]}}}", true},
	{"{\"a\":true}", "{\"a\":false}", false},
	{"{\"verb\":{\"id\":\"v\",\"display\":{\"en\":\"x\"}}}", "{\"verb\":{\"id\":\"v\"}}", true},
	{"{\"object\":{\"id\":\"o\",\"definition\":{\"type\":\"x\"}}}",
		"{\"object\":{\"id\":\"o\"}}", true},
	{"{\"actor\":{\"name\":\"x\"}}", "{\"actor\":{\"name\":\"y\"}}", false},
	{"{\"actor\":{\"member\":[{\"mbox\":\"a\"},{\"openid\":\"b\"}]}}",
		"{\"actor\":{\"member\":[{\"openid\":\"b\"},{\"mbox\":\"a\"}]}}", true},
	{"{\"actor\":{\"member\":[{\"mbox\":\"a\"},{\"mbox\":\"b\"}]}}",
		"{\"actor\":{\"member\":[{\"mbox\":\"a\"}]}}", false},
	{"{\"actor\":{\"mbox\":\"mailto:A@B.c\"}}", "{\"actor\":{\"mbox\":\"mailto:A@b.C\"}}",
		true},
	{"{\"actor\":{\"mbox\":\"mailto:A@b.c\"}}", "{\"actor\":{\"mbox\":\"mailto:a@b.c\"}}",
		false},
	{"{\"result\":{\"duration\":\"PT1.239S\"}}", "{\"result\":{\"duration\":\"PT1.23S\"}}",
		true},
	{"{\"result\":{\"duration\":\"PT1.24S\"}}", "{\"result\":{\"duration\":\"PT1.23S\"}}",
		false},
	{"{\"result\":{\"duration\":\"PT60S\"}}", "{\"result\":{\"duration\":\"PT1M\"}}", false},
	{"{\"context\":{\"registration\":\"AB\"}}", "{\"context\":{\"registration\":\"ab\"}}",
		true},
	{"{\"object\":{\"objectType\":\"StatementRef\",\"id\":\"AB\"}}",
		"{\"object\":{\"objectType\":\"StatementRef\",\"id\":\"ab\"}}", true},
	{"{\"object\":{\"objectType\":\"SubStatement\",\"timestamp\":\"2020-01-01T00:00:00Z\"}}",
		"{\"object\":{\"objectType\":\"SubStatement\",\"timestamp\":\"2020-01-01T00:00:00."
		"000Z\"}}",
		true},
	{"{\"object\":{\"objectType\":\"SubStatement\",\"timestamp\":\"2020-01-01T00:00:00Z\"}}",
		"{\"object\":{\"objectType\":\"SubStatement\"}}", false},
};

START_TEST(what_counts_as_the_same)
{
	cJSON *a = cJSON_Parse(pairs[_i].a), *b = cJSON_Parse(pairs[_i].b);
	ck_assert_msg(xapi_statement_same(a, b) == pairs[_i].same, "%s", pairs[_i].a);
	cJSON_Delete(a);
	cJSON_Delete(b);
}
END_TEST

static const struct {
	const char *map, *accept, *chosen;
} languages[] = {
	{"{\"en\":\"a\",\"de\":\"b\"}", "de", "de"},
	{"{\"en\":\"a\",\"de\":\"b\"}", "fr", "en"},
	{"{\"en\":\"a\",\"de\":\"b\"}", "de;q=0.1, en;q=0.2", "en"},
	{"{\"en-GB\":\"a\",\"en\":\"b\"}", "en-GB", "en-GB"},
	{"{\"fr\":\"a\",\"en-US\":\"b\"}", "en", "en-US"},
	{"{\"fr\":\"a\",\"en-US\":\"b\"}", "*;q=0.5, en;q=0.9", "en-US"},
	{"{\"fr\":\"a\"}", NULL, "fr"},
	{"{}", "en", NULL},
	{"{\"en\":\"a\",\"de\":\"b\"}", "en;q=0, *", "de"},
	{"{\"en-GB\":\"a\",\"de\":\"b\"}", "en, en-GB;q=0.1, de;q=0.5", "de"},
	{"{\"en\":\"a\",\"de\":\"b\"}", "*;q=0.1, de; q=0.2", "de"},
	{"{\"en\":\"a\",\"de\":\"b\"}", "DE", "de"},
	{"{\"en\":\"a\",\"den\":\"b\"}", "de", "en"},
	{"{\"en\":\"a\",\"de\":\"b\"}", "de-AT", "de"},
	{"{\"en\":\"a\",\"de\":\"b\"}", "de-AT, en;q=0.1", "en"},
	{"{\"en\":\"a\",\"zh\":\"b\",\"zh-Hant\":\"c\"}", "fr, zh-Hant-HK;q=0.5", "zh-Hant"},
	{"{\"en\":\"a\",\"fr\":\"b\",\"de\":\"c\"}", "fr-CH;q=0.2, de-AT;q=0.3", "de"},
	{"{\"en\":\"a\",\"de\":\"b\"}", "de;q=0, de-AT", "en"},
	{"{\"en\":\"a\",\"d\":\"b\"}", "de-AT", "en"},
};

START_TEST(languages_are_chosen)
{
	cJSON *map = cJSON_Parse(languages[_i].map);
	const char *chosen = xapi_language_choose(map, languages[_i].accept);
	ck_assert(text_same(chosen, languages[_i].chosen) ||
		  (chosen == NULL && languages[_i].chosen == NULL));
	cJSON_Delete(map);
}
END_TEST

#define NOT_JSON "it is not JSON"
#define NUL "a text contains \\u0000, which cannot be stored"
#define HALF "a text contains half of a surrogate pair, which is not a character"
#define LARGE "a number is larger than 1.7976931348623157e308"
#define LONG "a number has more than 63 characters"
#define ONES "11111111111111111111" /* 20 */

static const struct {
	const char *text, *why; /* NULL: it is good */
} texts[] = {
	{" {\"a\": [1, 2]} \n", NULL},
	{"{\"a\":1,\"a\":2}", "'a' is given twice"},
	{"[{},{\"b\":{\"a\":1,\"a\":2}}]", "'[1].b.a' is given twice"},
	{"{\"c\":[[{\"a\":1,\"a\":2}]]}", "'c[0][0].a' is given twice"},
	{"{\"a\":1,\"\\u0061\":2}", "'a' is given twice"},
	{"{\"a\":1,\"A\":2}", NULL},
	{"{} {}", NOT_JSON},
	{"{\"a\":\"\xff\"}", "it is not UTF-8"},
	{"\xef\xbb\xbf{}", NULL},
	{"{\"a\":\"\\u0000\"}", NUL},
	{"{\"a\\u0000\":1}", NUL},
	{"{\"a\":\"\\\\u0000\"}", NULL},
	{"[\"\\u00e4\\uD83d\\ude00\\uffff\\ue000\\ud7ff\"]", NULL},
	{"{\"a\":\"\\ud800\"}", HALF},
	{"[\"\\ud800x\"]", HALF},
	{"[\"\\ud800\\u0041\"]", HALF},
	{"[\"\\ud800\\ud800\"]", HALF},
	{"[\"\\udc00\"]", HALF},
	{"[\"\\u00zz\"]", NOT_JSON},
	{"[\"\\u12\"]", NOT_JSON},
	{"[\"\\ud83d\\ude0\"]", HALF},
	{"{\"a\":\"\\x\"}", NOT_JSON},
	{"{\"a\":\"a\nb\"}", NOT_JSON},
	{"[01]", NOT_JSON},
	{"[1.]", NOT_JSON},
	{"[.5]", NOT_JSON},
	{"[+1]", NOT_JSON},
	{"[1e]", NOT_JSON},
	{"[1-2]", NOT_JSON},
	{"[1e999]", LARGE},
	{"[-1e400]", LARGE},
	{"[1.7976931348623157e308, 1e-400]", NULL},
	{"[" ONES ONES ONES "111]", NULL},
	{"[" ONES ONES ONES "1111]", LONG},
	{"[-0.5e-3, 0, -1]", NULL},
	{"[1,]", NOT_JSON},
	{"{\"a\":1,}", NOT_JSON},
	{"{a:1}", NOT_JSON},
	{"{'a':1}", NOT_JSON},
	{"[True]", NOT_JSON},
	{"[nul]", NOT_JSON},
	{"[NaN]", NOT_JSON},
	{"[1]\f", NOT_JSON},
	{"[1] // x", NOT_JSON},
	{"{\"a\":\"x", NOT_JSON},
	{"{\"a\":\"\\", NOT_JSON},
	{"-", NOT_JSON},
	{"", NOT_JSON},
};

START_TEST(json_is_kept_whole_or_refused_with_a_reason)
{
	struct error err = {0};
	cJSON *json = xapi_parse(texts[_i].text, strlen(texts[_i].text), &err);
	ck_assert_msg((json != NULL) == (texts[_i].why == NULL), "%s", texts[_i].text);
	ck_assert_str_eq(
		json == NULL ? error_text(&err) : "", texts[_i].why != NULL ? texts[_i].why : "");
	cJSON_Delete(json);
	error_finish(&err);
}
END_TEST

static const struct {
	size_t depth;
	const char *why;
} depths[] = {{1000, ""}, {1001, "it is nested more than 1000 levels deep"}};

START_TEST(depth_has_a_limit)
{
	struct error err = {0};
	cleanup_buf struct buf text = {0};
	buf_add_repeat(&text, '[', depths[_i].depth);
	buf_add_repeat(&text, ']', depths[_i].depth);
	cJSON *json = xapi_parse(text.data, text.length, &err);
	ck_assert_str_eq(json == NULL ? error_text(&err) : "", depths[_i].why);
	cJSON_Delete(json);
	error_finish(&err);
}
END_TEST

/* What a client sent in another offset comes back in UTC, where 2.0.0 asks. */
static const struct {
	const char *sent, *given;
} utc[] = {
	{"2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"},
	{"2020-01-01T00:00:00.123456+00:00", "2020-01-01T00:00:00.123456Z"},
	{"2020-01-01T00:00:00z", "2020-01-01T00:00:00Z"},
	{"2020-01-01T01:00:00.5+01:00", "2020-01-01T00:00:00.500Z"},
	{"2019-12-31T18:30:00-0530", "2020-01-01T00:00:00.000Z"},
	{"20191231T183000-0530", "2020-01-01T00:00:00.000Z"},
	{"20200101T000000Z", "2020-01-01T00:00:00.000Z"},
	{"2020-01-01T00:00Z", "2020-01-01T00:00:00.000Z"},
	{"2020-01-01T00:00:00,5Z", "2020-01-01T00:00:00.500Z"},
	{"2020-01-01T00:00:00", "2020-01-01T00:00:00.000Z"},
	{"2019-12-31T24:00:00Z", "2020-01-01T00:00:00.000Z"},
	{"2020-W01-3T00:00:00+00:00", "2020-01-01T00:00:00.000Z"},
	{"0999-12-31T23:00:00-01:00", "1000-01-01T00:00:00.000Z"},
	{"0001-01-01T00:00:00+01:00", "0000-12-31T23:00:00.000Z"},
	/* years of five digits and before 0 are not in RFC 3339 */
	{"9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59-05:00"},
	{"0000-01-01T00:00:00+01:00", "0000-01-01T00:00:00+01:00"},
};

START_TEST(times_come_back_in_utc)
{
	cJSON *statement = cJSON_CreateObject();
	cJSON *below = cJSON_AddObjectToObject(statement, "object");
	cJSON_AddStringToObject(statement, "timestamp", utc[_i].sent);
	cJSON_AddStringToObject(below, "objectType", "SubStatement");
	cJSON_AddStringToObject(below, "timestamp", utc[_i].sent);
	xapi_statement_to_utc(statement);
	ck_assert_str_eq(json_get_text(statement, "timestamp"), utc[_i].given);
	ck_assert_str_eq(json_get_text(below, "timestamp"), utc[_i].given);
	cJSON_Delete(statement);
}
END_TEST

static const struct {
	const char *type, *name;
	bool is;
} media[] = {
	{"application/json", "application/json", true},
	{"Application/JSON; charset=utf-8", "application/json", true},
	{"application/json;charset=utf-8", "application/json", true},
	{"application/jsonp", "application/json", false},
	{"text/plain", "application/json", false},
	{NULL, "application/json", false},
};

START_TEST(media_types_are_known)
{
	ck_assert(xapi_media_is(media[_i].type, media[_i].name) == media[_i].is);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{values_have_their_forms, ARRAY_LENGTH(values)},
		{times_are_read, ARRAY_LENGTH(times)},
		{what_counts_as_the_same, ARRAY_LENGTH(pairs)},
		{languages_are_chosen, ARRAY_LENGTH(languages)},
		{json_is_kept_whole_or_refused_with_a_reason, ARRAY_LENGTH(texts)},
		{depth_has_a_limit, ARRAY_LENGTH(depths)},
		{times_come_back_in_utc, ARRAY_LENGTH(utc)},
		{media_types_are_known, ARRAY_LENGTH(media)},
	};
	return suite_run("xapi", tests, ARRAY_LENGTH(tests), 10);
}

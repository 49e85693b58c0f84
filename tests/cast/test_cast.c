/* tests/cast/test_cast.c - recordings: what is written, and what is read of both versions */
#include "cast.h"
#include "suite.h"

/* ---- writing ---- */

static const struct {
	int64_t pause_ms;
	char code;
	const char *data;
	size_t length; /* 0: of the text */
	const char *line;
} lines[] = {
	{0, 'o', "ls\r\n", 0, "[0.000,\"o\",\"ls\\r\\n\"]\n"},
	{1, 'o', "\033[1m\"\\", 0, "[0.001,\"o\",\"\\u001b[1m\\\"\\\\\"]\n"},
	{61250, 'r', "80x24", 0, "[61.250,\"r\",\"80x24\"]\n"},
	{10, 'o', "h\xC3\xA9 \xE2\x9C\x94", 0, "[0.010,\"o\",\"h\xC3\xA9 \xE2\x9C\x94\"]\n"},
	{10, 'o', "a\xFF\xC3z", 0, "[0.010,\"o\",\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"]\n"},
	{10, 'o', "a\0b", 3, "[0.010,\"o\",\"ab\"]\n"},
	{10, 'x', "", 0, "[0.010,\"x\",\"\"]\n"},
};

START_TEST(events_are_lines)
{
	cleanup_buf struct buf out = {0};
	size_t length = lines[_i].length > 0 ? lines[_i].length : strlen(lines[_i].data);
	cast_add_event(&out, lines[_i].pause_ms, lines[_i].code, lines[_i].data, length);
	ck_assert_str_eq(buf_text(&out), lines[_i].line);
}
END_TEST

static const struct {
	const char *bytes;
	size_t whole;
} ends[] = {
	{"", 0},
	{"abc", 3},
	{"ab\xC3", 2},
	{"ab\xC3\xA9", 4},
	{"\xE2\x9C", 0},
	{"a\xE2", 1},
	{"\xE2\x9C\x94", 3},
	{"a\xF0\x9F\x92", 1},
	{"a\xF0\x9F\x92\xA1", 5},
	{"a\xFF", 2},        /* never a character */
	{"\x94\x94\x94", 3}, /* nor these */
	{"\xC3\x94\x94", 3},
};

START_TEST(characters_are_not_split)
{
	ck_assert_uint_eq(
		cast_whole_length(ends[_i].bytes, strlen(ends[_i].bytes)), ends[_i].whole);
}
END_TEST

START_TEST(what_is_written_is_read)
{
	cleanup_buf struct buf out = {0};
	struct error err = {0};
	struct cast *cast = NULL;
	const struct cast_head head = {.columns = 91,
		.rows = 7,
		.term = "xterm",
		.title = "a \"b\"",
		.time_s = 1796041419};
	cast_add_head(&out, &head);
	cast_add_event(&out, 1500, 'o', "one\n", 4);
	cast_add_event(&out, 7, 'x', "0", 1);
	ck_assert_msg(cast_parse("x", out.data, out.length, &cast, &err), "%s", error_text(&err));
	ck_assert_uint_eq(cast->head.columns, 91);
	ck_assert_uint_eq(cast->head.rows, 7);
	ck_assert_str_eq(cast->head.term, "xterm");
	ck_assert_str_eq(cast->head.title, "a \"b\"");
	ck_assert_int_eq(cast->head.time_s, 1796041419);
	ck_assert_uint_eq(cast->event_count, 2);
	ck_assert_int_eq(cast->events[0].pause_ms, 1500);
	ck_assert_str_eq(cast->events[0].data, "one\n");
	ck_assert_int_eq(cast->events[1].code, 'x');
	cast_destroy(cast);
}
END_TEST

/* ---- reading ---- */

#define V3 "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n"
#define V2 "{\"version\":2,\"width\":80,\"height\":24}\n"

/* What is read: "SIZE IDLE: PAUSE CODE DATA|…", or the error. */
static const struct {
	const char *text, *read;
} recordings[] = {
	{V3 "[0.5,\"o\",\"a\"]\n[0.25,\"o\",\"b\"]\n", "80x24 0: 500oa|250ob|"},
	{V2 "[0.5,\"o\",\"a\"]\n[0.75,\"o\",\"b\"]\n", "80x24 0: 500oa|250ob|"},
	/* a clock that goes back, and waits that no one would see the end of */
	{V2 "[5,\"o\",\"a\"]\n[4,\"o\",\"b\"]\n[6,\"o\",\"c\"]\n", "80x24 0: 5000oa|0ob|1000oc|"},
	{V3 "[-5,\"o\",\"a\"]\n[1e300,\"o\",\"b\"]\n", "80x24 0: 0oa|86400000ob|"},
	/* comments, blanks, other ends of lines, events of later versions, members that are new */
	{V3 "# words\n\n \t\n[1,\"o\",\"a\",\"more\"]\r\n[1,\"new\",\"b\"]\n[1,\"z\",\"c\"]",
		"80x24 0: 1000oa|1000zc|"},
	{V3 "[1,\"i\",\"k\"]\n[1,\"r\",\"9x9\"]\n[1,\"m\",\"\"]\n[1,\"x\",\"0\"]\n",
		"80x24 0: 1000ik|1000r9x9|1000m|1000x0|"},
	{V3 "[1,\"o\",\"a\\u0007\\ud83d\\ude00\"]\n", "80x24 0: 1000oa\a\xF0\x9F\x98\x80|"},
	{"{\"version\":3,\"term\":{\"cols\":7},\"idle_time_limit\":2.5}\n", "7x24 2500: "},
	{"{\"version\":3}\n", "80x24 0: "},
	{"{\"version\":3,\"term\":{\"cols\":-1,\"rows\":1e9}}\n", "80x24 0: "},
	/* one that was not finished */
	{V3 "[1,\"o\",\"a\"]\n[1,\"o\",\"b", "80x24 0: 1000oa|"},
	/* no recordings */
	{"", "x:1: this is not a recording (asciicast)"},
	{"\n", "x:1: this is not a recording (asciicast)"},
	{"# Words\n", "x:1: this is not a recording (asciicast)"},
	{"ls\n", "x:1: this is not a recording (asciicast)"},
	{"[]\n", "x:1: this is not a recording (asciicast)"},
	{"{}\n", "x:1: this is not a recording (asciicast)"},
	{"{\"version\":1,\"stdout\":[]}\n",
		"x: this recording is of version 1; only 2 and 3 can be read"},
	{"{\"version\":4}\n", "x: this recording is of version 4; only 2 and 3 can be read"},
	{V3 "ls\n", "x:2: this is not JSON"},
	{V3 "{}\n", "x:2: expected an event: [TIME, \"CODE\", \"DATA\"]"},
	{V3 "\n[\"1\",\"o\",\"a\"]\n", "x:3: expected an event: [TIME, \"CODE\", \"DATA\"]"},
	{V3 "[1,\"o\"]\n", "x:2: expected an event: [TIME, \"CODE\", \"DATA\"]"},
	{V3 "[1,\"\",\"a\"]\n", "x:2: expected an event: [TIME, \"CODE\", \"DATA\"]"},
	{V3 "[1,2,\"a\"]\n", "x:2: expected an event: [TIME, \"CODE\", \"DATA\"]"},
};

START_TEST(recordings_are_read)
{
	cleanup_buf struct buf read = {0};
	cleanup_error struct error err = {0};
	struct cast *cast = NULL;
	const char *text = recordings[_i].text;
	if (cast_parse("x", text, strlen(text), &cast, &err)) {
		buf_printf(&read, "%ux%u %lld: ", cast->head.columns, cast->head.rows,
			(long long)cast->head.max_idle_ms);
		for (size_t i = 0; i < cast->event_count; i++)
			buf_printf(&read, "%lld%c%s|", (long long)cast->events[i].pause_ms,
				cast->events[i].code, cast->events[i].data);
	} else {
		buf_add_text(&read, error_text(&err));
	}
	ck_assert_str_eq(buf_text(&read), recordings[_i].read);
	cast_destroy(cast);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{events_are_lines, ARRAY_LENGTH(lines)},
		{characters_are_not_split, ARRAY_LENGTH(ends)},
		{what_is_written_is_read, 1},
		{recordings_are_read, ARRAY_LENGTH(recordings)},
	};
	return suite_run("cast", tests, ARRAY_LENGTH(tests), 30);
}

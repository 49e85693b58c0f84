/* tests/log/test_log.c - lines of a log: both forms, texts from strangers, levels */
#include "log.h"
#include "suite.h"

#include <fcntl.h>

static const struct {
	enum log_form form;
	const char *text; /* of the field "path" */
	const char *line;
} lines[] = {
	{LOG_TEXT, "/courses", "1970-01-01T00:00:01.000Z warning access path=/courses status=404"},
	{LOG_TEXT, "", "1970-01-01T00:00:01.000Z warning access path=\"\" status=404"},
	{LOG_TEXT, "/a b", "1970-01-01T00:00:01.000Z warning access path=\"/a b\" status=404"},
	{LOG_TEXT,
		"\"\\=", "1970-01-01T00:00:01.000Z warning access path=\"\\\"\\\\=\" status=404"},
	{LOG_TEXT, "a\nb\x1b[2J",
		"1970-01-01T00:00:01.000Z warning access path=a?b?[2J status=404"},
	{LOG_TEXT, "\xc3\xbc\xff",
		"1970-01-01T00:00:01.000Z warning access path=ü\xef\xbf\xbd status=404"},
	{LOG_JSON, "/a \"b\"\n",
		"{\"time\":\"1970-01-01T00:00:01.000Z\",\"level\":\"warning\",\"event\":\"access\","
		"\"path\":\"/a \\\"b\\\"?\",\"status\":404}"},
	{LOG_JSON, "\xff",
		"{\"time\":\"1970-01-01T00:00:01.000Z\",\"level\":\"warning\",\"event\":\"access\","
		"\"path\":\"\xef\xbf\xbd\",\"status\":404}"},
};

START_TEST(a_line_is_safe)
{
	cleanup_buf struct buf out = {0};
	const struct log_field fields[] = {{"path", lines[_i].text, 0}, {"status", NULL, 404}};
	log_format(&out, lines[_i].form, 1000, LOG_WARNING, "access", fields, 2);
	ck_assert_str_eq(buf_text(&out), lines[_i].line);
}
END_TEST

START_TEST(a_long_text_is_cut)
{
	cleanup_buf struct buf out = {0}, text = {0};
	buf_add_repeat(&text, 'x', 100000);
	const struct log_field field = {"path", buf_text(&text), 0};
	log_format(&out, LOG_TEXT, 1000, LOG_INFO, "access", &field, 1);
	ck_assert_uint_lt(out.length, 500);
	ck_assert(text_ends(buf_text(&out), "x…"));
}
END_TEST

START_TEST(only_what_is_grave_enough_is_written)
{
	cleanup_free char *path = path_join(suite_folder, "log");
	cleanup_buf struct buf found = {0};
	struct error err = {0};
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	struct log *log = log_create(fd, LOG_TEXT, LOG_WARNING);
	log_write(log, LOG_INFO, "one", NULL, 0);
	log_write(log, LOG_WARNING, "two", NULL, 0);
	error_set(&err, 0, "no space");
	log_failure(log, "three", &err);
	log_failure(NULL, "four", &err);
	error_finish(&err);
	log_destroy(log);
	close(fd);
	ck_assert(file_read(path, 4096, &found, NULL));
	ck_assert_ptr_null(strstr(buf_text(&found), " one"));
	ck_assert_ptr_nonnull(strstr(buf_text(&found), " warning two\n"));
	ck_assert_ptr_nonnull(strstr(buf_text(&found), " error three cause=\"no space\"\n"));
	ck_assert_ptr_null(strstr(buf_text(&found), "four"));
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{a_line_is_safe, ARRAY_LENGTH(lines)},
		{a_long_text_is_cut, 1},
		{only_what_is_grave_enough_is_written, 1},
	};
	return suite_run("log", tests, ARRAY_LENGTH(tests), 10);
}

/* tests/mail/test_mail.c - addresses, and messages as they are sent */
#include "mail.h"
#include "suite.h"

static const struct {
	const char *text;
	bool is;
} addresses[] = {
	{"ann@example.com", true},
	{"ann.able+x@mail.example.com", true},
	{"o'neill@example.com", true},
	{"", false},
	{"ann", false},
	{"@example.com", false},
	{"ann@", false},
	{"ann@.example.com", false},
	{"ann@example.com\r\nBcc: eve@example.com", false},
	{"ann@example.com,eve@example.com", false},
	{"<ann@example.com>", false},
	{"ann able@example.com", false},
	{"ann@exa mple.com", false},
	{"änn@example.com", false},
};

START_TEST(an_address_is_one)
{
	ck_assert_msg(mail_is_address(addresses[_i].text) == addresses[_i].is, "'%s'",
		addresses[_i].text);
}
END_TEST

static const struct {
	const char *subject, *text;
	const char *has;
} messages[] = {
	{"Overdue", "Hello", "\r\nSubject: Overdue\r\n"},
	{"Overdue", "Hello",
		"Date: Thu, 01 Jan 1970 00:00:01 +0000\r\nFrom: ropes <r@x.y>\r\nTo: a@x.y\r\n"},
	{"Überfällig", "x", "\r\nSubject: =?UTF-8?Q?=C3=9C=62=65=72=66=C3=A4=6C=6C=69=67?=\r\n"},
	{"a\r\nBcc: eve@x.y", "x", "\r\nSubject: =?UTF-8?Q?=61=0D=0A=42"},
	{"x", "a=b\nü", "\r\n\r\na=3Db\r\n=C3=BC\r\n"},
	{"x", "end \nnext", "\r\n\r\nend=20\r\nnext\r\n"},
	{"x", "..\n.", "\r\n\r\n..\r\n.\r\n"},
	{"x", "0123456789012345678901234567890123456789012345678901234567890123456789012345",
		"\r\n01234567890123456789012345678901234567890123456789012345678901234567890123=\r\n"
		"45\r\n"},
};

START_TEST(a_message_is_well_formed)
{
	cleanup_buf struct buf out = {0};
	mail_format(&out, "r@x.y", "a@x.y", messages[_i].subject, messages[_i].text, 1000);
	ck_assert_msg(strstr(buf_text(&out), messages[_i].has) != NULL, "expected %s in:\n%s",
		messages[_i].has, buf_text(&out));
	ck_assert_ptr_null(strstr(buf_text(&out), "\nBcc"));
	for (const char *at = buf_text(&out); *at != '\0'; at++)
		ck_assert(*at != '\n' || at[-1] == '\r');
	const char *line = buf_text(&out);
	for (const char *end; (end = strstr(line, "\r\n")) != NULL; line = end + 2)
		ck_assert_int_le(end - line, 78);
}
END_TEST

START_TEST(a_wrong_address_is_refused)
{
	struct error err = {0};
	const struct mail_server server = {.url = "smtp://127.0.0.1:1", .from = "r@x.y"};
	ck_assert(!mail_send(&server, "a@x.y\r\nRCPT TO:<e@x.y>", "s", "t", &err));
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert(!mail_send(&server, "a@x.y", "s", "t", &err));
	ck_assert_int_eq(err.kind, ERROR_ENVIRONMENT);
	error_finish(&err);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{an_address_is_one, ARRAY_LENGTH(addresses)},
		{a_message_is_well_formed, ARRAY_LENGTH(messages)},
		{a_wrong_address_is_refused, 1},
	};
	return suite_run("mail", tests, ARRAY_LENGTH(tests), 30);
}

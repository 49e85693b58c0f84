/* tests/oidc/test_oidc.c - settings of a provider, and whom they name; the rest is tried against a
 * real one in tests/terminal/test_oidc.sh */
#include "oidc.h"
#include "suite.h"

#define HEAD "issuer: https://login.example.com/\nclient: ropes\n"

/* error: NULL: the settings are good. */
static const struct {
	const char *settings, *name, *error;
} settings[] = {
	{HEAD "lead: ann@example.com\n", "login.example.com", NULL},
	{HEAD "lead: ann@example.com", "login.example.com", NULL},
	{"# ours\r\n\r\n" HEAD "name: The lab\r\nlead:ann@example.com \r\n", "The lab", NULL},
	{"issuer: http://127.0.0.1:9\nclient: x\nlead: y\n", "127.0.0.1", NULL},
	{"issuer: http://login.example.com\nclient: x\nlead: y\n", NULL, "does not begin with"},
	{"issuer: ftp://127.0.0.1\nclient: x\nlead: y\n", NULL, "does not begin with"},
	{"", NULL, "there must be the lines"},
	{HEAD, NULL, "one that says who may sign in"},
	{"client: x\nlead: y\n", NULL, "there must be the lines"},
	{HEAD "lead: y\nclient: z\n", NULL, "line 4 is not one of"},
	{HEAD "learner: y\n", NULL, "line 3 is not one of"},
	{HEAD "lead:\n", NULL, "line 3 is not one of"},
	{HEAD "lead\n", NULL, "line 3 is not one of"},
};

START_TEST(settings_are_read)
{
	struct error err = {0};
	struct oidc *oidc = NULL;
	bool good = oidc_open(settings[_i].settings, &oidc, &err);
	if (settings[_i].error == NULL) {
		ck_assert_msg(good, "%s", error_text(&err));
		ck_assert_str_eq(oidc_name(oidc), settings[_i].name);
	} else {
		ck_assert(!good);
		ck_assert_msg(strstr(error_text(&err), settings[_i].error) != NULL, "%s",
			error_text(&err));
	}
	oidc_close(oidc);
	error_finish(&err);
}
END_TEST

static const char people[] = HEAD "lead: bob@example.com, Blue\n"
				  "lead: ann@example.com\n"
				  "instructor: *@example.com\n"
				  "instructor: sub:248289761001\n";

/* role: NULL: nobody. */
static const struct {
	const char *name, *role, *team;
} named[] = {
	{"ann@example.com", "lead", ""},
	{"ANN@Example.com", "lead", ""},
	{"bob@example.com", "lead", "Blue"},
	{"cyd@example.com", "instructor", ""},
	{"cyd@mail.example.com", NULL, NULL},
	{"cyd@example.com.evil.example", NULL, NULL},
	{"ann@example.com@evil.example", NULL, NULL},
	{"example.com", NULL, NULL},
	{"", NULL, NULL},
	{"sub:248289761001", "instructor", ""},
	{"SUB:248289761001", NULL, NULL},
	{"sub:24828976100", NULL, NULL},
	/* an identifier is no address, whatever it looks like */
	{"sub:ann@example.com", NULL, NULL},
};

START_TEST(people_are_named)
{
	struct error err = {0};
	struct oidc *oidc = NULL;
	const char *role = NULL, *team = NULL;
	ck_assert_msg(oidc_open(people, &oidc, &err), "%s", error_text(&err));
	bool found = oidc_may(oidc, named[_i].name, &role, &team);
	ck_assert_msg(found == (named[_i].role != NULL), "%s", named[_i].name);
	if (found) {
		ck_assert_str_eq(role, named[_i].role);
		ck_assert_str_eq(team, named[_i].team);
	}
	oidc_close(oidc);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{settings_are_read, ARRAY_LENGTH(settings)},
		{people_are_named, ARRAY_LENGTH(named)},
	};
	return suite_run("oidc", tests, ARRAY_LENGTH(tests), 10);
}

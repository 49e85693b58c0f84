/* tests/sessions/test_sessions.c - sessions: begun, found, ended, expired; failed attempts */
#include "../../src/sessions/attempts.h"
#include "sessions.h"
#include "suite.h"

static struct store *store;

static struct sessions *open_sessions(void)
{
	struct sessions *sessions = NULL;
	struct error err = {0};
	cleanup_free char *path = xasprintf("%s/%d.db", suite_folder, (int)getpid());
	ck_assert_msg(store_open(path, &store, &err), "%s", error_text(&err));
	ck_assert_msg(sessions_open(store, &sessions, &err), "%s", error_text(&err));
	return sessions;
}

static char *begin(struct sessions *sessions, const char *name, const char *actor)
{
	char *secret = NULL;
	struct session who = {.key = (char *)"k",
		.name = (char *)(uintptr_t)name,
		.role = (char *)"lead",
		.actor = (char *)(uintptr_t)actor};
	ck_assert(session_begin(sessions, &who, &secret, NULL));
	return secret;
}

static bool is_there(struct sessions *sessions, const char *secret)
{
	struct session found = {0};
	bool there = session_find(sessions, secret, &found, NULL) == SESSION_FOUND;
	session_finish(&found);
	return there;
}

static int age_all(struct db *db, void *data, struct error *err)
{
	int64_t ms = *(int64_t *)data;
	return sql_run(db,
		       sql(db, err,
			       "UPDATE session SET begun_ms = begun_ms - ?1, until_ms = until_ms - ?1",
			       "i", ms),
		       err)
		       ? 0
		       : STORE_FAILED;
}

START_TEST(a_session_ends)
{
	struct sessions *sessions = open_sessions();
	struct session found = {0};
	cleanup_free char *one = begin(sessions, "ann", ""), *two = begin(sessions, "ann", "");
	cleanup_free char *other = begin(sessions, "bob", "mbox mailto:bob@x.y");
	ck_assert_uint_ge(strlen(one), 43);
	ck_assert_str_ne(one, two);
	ck_assert_int_eq(session_find(sessions, one, &found, NULL), SESSION_FOUND);
	ck_assert_str_eq(found.name, "ann");
	ck_assert_str_eq(found.key, "k");
	ck_assert_str_eq(found.team, "");
	ck_assert_int_eq(found.until_ms - found.begun_ms, SESSION_MS);
	ck_assert(session_end(sessions, found.digest, NULL));
	session_finish(&found);
	ck_assert(!is_there(sessions, one));
	ck_assert(is_there(sessions, two));
	ck_assert(session_end_all(sessions, "ann", NULL));
	ck_assert(!is_there(sessions, two));
	ck_assert(is_there(sessions, other));
	ck_assert_uint_eq(session_count(sessions), 1);
	ck_assert(session_erase(sessions, "mbox mailto:bob@x.y", NULL));
	ck_assert(!is_there(sessions, other));
	ck_assert(!is_there(sessions, ""));
	sessions_close(sessions);
	store_close(store);
}
END_TEST

static const struct {
	int64_t age_ms;
	bool there;
} ages[] = {
	{0, true}, {SESSION_MS - 60000, true}, {SESSION_MS, false},
	{-30000, true},       /* clocks that differ a little */
	{-SESSION_MS, false}, /* the clock was set back */
};

START_TEST(a_session_lasts_half_a_day)
{
	struct sessions *sessions = open_sessions();
	int64_t age_ms = ages[_i].age_ms;
	cleanup_free char *secret = begin(sessions, "ann", "");
	ck_assert_int_eq(store_write(store, age_all, &age_ms, NULL), 0);
	ck_assert(is_there(sessions, secret) == ages[_i].there);
	ck_assert(session_prune(sessions, NULL));
	ck_assert(is_there(sessions, secret) == ages[_i].there);
	sessions_close(sessions);
	store_close(store);
}
END_TEST

START_TEST(no_secret_is_in_the_file)
{
	struct sessions *sessions = open_sessions();
	cleanup_free char *secret = begin(sessions, "ann", "");
	cleanup_free char *path = xasprintf("%s/%d.db", suite_folder, (int)getpid());
	cleanup_buf struct buf bytes = {0};
	ck_assert(store_checkpoint(store, NULL));
	ck_assert(file_read(path, 1 << 24, &bytes, NULL));
	ck_assert_ptr_nonnull(memmem(bytes.data, bytes.length, "ann", 3));
	ck_assert_ptr_null(memmem(bytes.data, bytes.length, secret, strlen(secret)));
	sessions_close(sessions);
	store_close(store);
}
END_TEST

static const struct {
	const char *failed, *asked;
	int failures;
	int64_t later_ms;
	bool waits;
} attempts[] = {
	{"10.0.0.1", "10.0.0.1", SESSION_ATTEMPTS - 1, 0, false},
	{"10.0.0.1", "10.0.0.1", SESSION_ATTEMPTS, 0, true},
	{"10.0.0.1", "10.0.0.1", SESSION_ATTEMPTS, SESSION_ATTEMPTS_MS - 1, true},
	{"10.0.0.1", "10.0.0.1", SESSION_ATTEMPTS, SESSION_ATTEMPTS_MS, false},
	{"2001:db8:1:2:3::4", "2001:db8:1:2:ffff::1", SESSION_ATTEMPTS, 0, true},
	{"", "", SESSION_ATTEMPTS, 0, true},
};

START_TEST(failures_are_counted)
{
	static struct attempts counted;
	attempts_init(&counted);
	for (int i = 0; i < attempts[_i].failures; i++)
		attempts_count(&counted, attempts[_i].failed, 1000);
	int64_t wait = attempts_wait(&counted, attempts[_i].asked, 1000 + attempts[_i].later_ms);
	ck_assert((wait > 0) == attempts[_i].waits);
	ck_assert_int_le(wait, SESSION_ATTEMPTS_MS);
	attempts_finish(&counted);
}
END_TEST

/* Slots are shared by chance, so only most of many others may be free. */
START_TEST(others_are_not_held_up)
{
	static struct attempts counted;
	unsigned held = 0;
	attempts_init(&counted);
	for (int i = 0; i < SESSION_ATTEMPTS; i++)
		attempts_count(&counted, "2001:db8:1:2::1", 1000);
	for (unsigned i = 0; i < 200; i++) {
		cleanup_free char *address = xasprintf("2001:db8:1:%x::1", 16 + i);
		held += attempts_wait(&counted, address, 1000) > 0;
	}
	ck_assert_uint_lt(held, 10);
	attempts_finish(&counted);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{a_session_ends, 1},
		{a_session_lasts_half_a_day, ARRAY_LENGTH(ages)},
		{no_secret_is_in_the_file, 1},
		{failures_are_counted, ARRAY_LENGTH(attempts)},
		{others_are_not_held_up, 1},
	};
	return suite_run("sessions", tests, ARRAY_LENGTH(tests), 30);
}

/* tests/audit/test_audit.c - entries: added, listed, erased, pruned */
#include "audit.h"
#include "suite.h"

static struct store *store;
static char *path;

static struct audit *open_audit(void)
{
	struct audit *audit = NULL;
	struct error err = {0};
	path = xasprintf("%s/%d.db", suite_folder, (int)getpid());
	ck_assert_msg(store_open(path, &store, &err), "%s", error_text(&err));
	ck_assert_msg(audit_open(store, &audit, &err), "%s", error_text(&err));
	const struct audit_entry entries[] = {
		{.who = "boss",
			.role = "lead",
			.address = "10.0.0.1",
			.what = "view /person",
			.person = 1},
		{.who = "cydwynne-key",
			.role = "learner",
			.actor = "account h cydwynne",
			.address = "10.0.0.77",
			.what = "view /person",
			.person = 2},
		{.who = "boss",
			.role = "lead",
			.what = "change rename",
			.person = 2,
			.detail = "name=Cydwynne"},
		{.who = "boss", .role = "lead", .what = "change team", .detail = "name=Blue"},
		{.who = "command line", .what = "change key add", .detail = "cydwynne-key"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(entries); i++)
		ck_assert(audit_add(audit, &entries[i], NULL));
	return audit;
}

static void add_line(void *data, const struct audit_entry *e)
{
	buf_printf(data, "%lld %s|%s|%s|%lld|%s\n", (long long)e->id, e->who, e->what, e->address,
		(long long)e->person, e->detail);
}

static void expect(struct audit *audit, int64_t person, const char *actor, int64_t before,
	unsigned max, const char *lines)
{
	cleanup_buf struct buf out = {0};
	ck_assert(audit_list(audit, person, actor, before, max, add_line, &out, NULL));
	ck_assert_str_eq(buf_text(&out), lines);
}

START_TEST(entries_are_listed)
{
	struct audit *audit = open_audit();
	expect(audit, 0, NULL, 0, 2,
		"5 command line|change key add||0|cydwynne-key\n4 boss|change team||0|name=Blue\n");
	expect(audit, 0, NULL, 3, 1, "2 cydwynne-key|view /person|10.0.0.77|2|\n");
	expect(audit, 1, NULL, 0, 9, "1 boss|view /person|10.0.0.1|1|\n");
	expect(audit, 1, "account h cydwynne", 0, 9,
		"2 cydwynne-key|view /person|10.0.0.77|2|\n1 boss|view /person|10.0.0.1|1|\n");
	audit_close(audit);
	store_close(store);
}
END_TEST

START_TEST(nothing_of_an_erased_person_is_left)
{
	struct audit *audit = open_audit();
	cleanup_buf struct buf bytes = {0};
	cleanup_words struct words keys = {0};
	words_add(&keys, "cydwynne-key");
	ck_assert(audit_erase(audit, 2, "account h cydwynne", &keys, NULL));
	expect(audit, 2, "account h cydwynne", 0, 9,
		"3 boss|change rename||2|\n2 (erased)|view /person||2|\n");
	expect(audit, 1, NULL, 0, 9, "1 boss|view /person|10.0.0.1|1|\n");
	ck_assert(store_checkpoint(store, NULL));
	ck_assert(file_read(path, 1 << 24, &bytes, NULL));
	ck_assert_ptr_nonnull(memmem(bytes.data, bytes.length, "boss", 4));
	const char *const gone[] = {"cydwynne", "Cydwynne", "10.0.0.77"};
	for (size_t i = 0; i < ARRAY_LENGTH(gone); i++)
		ck_assert_msg(memmem(bytes.data, bytes.length, gone[i], strlen(gone[i])) == NULL,
			"%s is left", gone[i]);
	audit_close(audit);
	store_close(store);
}
END_TEST

START_TEST(old_entries_are_pruned)
{
	struct audit *audit = open_audit();
	unsigned count = 7;
	ck_assert(audit_prune(audit, clock_wall_ms() - 60000, &count, NULL));
	ck_assert_uint_eq(count, 0);
	ck_assert(audit_prune(audit, clock_wall_ms() + 60000, &count, NULL));
	ck_assert_uint_eq(count, 5);
	expect(audit, 0, NULL, 0, 9, "");
	audit_close(audit);
	store_close(store);
}
END_TEST

START_TEST(a_repeated_view_is_known)
{
	struct audit *audit = open_audit();
	const struct audit_entry one = {.who = "a", .what = "view /", .person = 1},
				 two = {.who = "a", .what = "view /", .person = 2},
				 three = {.who = "b", .what = "view /", .person = 1};
	ck_assert(!audit_is_repeated(audit, &one));
	ck_assert(audit_is_repeated(audit, &one));
	ck_assert(!audit_is_repeated(audit, &two));
	ck_assert(!audit_is_repeated(audit, &three));
	audit_close(audit);
	store_close(store);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{entries_are_listed, 1},
		{nothing_of_an_erased_person_is_left, 1},
		{old_entries_are_pruned, 1},
		{a_repeated_view_is_known, 1},
	};
	return suite_run("audit", tests, ARRAY_LENGTH(tests), 30);
}

/* tests/lrs/test_lrs.c - a store of statements through its face: what is found, what is voided, who
 * is taken out */
#include "lrs.h"
#include "suite.h"

#define VERB "http://x.y/verbs/did"
#define SHA2 "%064x"

struct opened {
	char *path;
	struct store *store;
	struct lrs *lrs;
};

static struct opened open_store(const char *name)
{
	struct opened o = {.path = path_join(suite_folder, name)};
	struct error err = {0};
	ck_assert_msg(store_open(o.path, &o.store, &err) && lrs_open(o.store, &o.lrs, &err), "%s",
		error_text(&err));
	return o;
}

static void close_store(struct opened *o)
{
	lrs_close(o->lrs);
	store_close(o->store);
	free(o->path);
}

/* "12" → "00000000-0000-4000-8000-000000000012" */
static const char *id_of(unsigned number, char out[UUID_TEXT_SIZE])
{
	snprintf(out, UUID_TEXT_SIZE, "00000000-0000-4000-8000-%012u", number);
	return out;
}

/* A statement of somebody's, with more properties in JSON ("": none). */
static char *statement_text(unsigned number, const char *mbox, const char *more)
{
	char id[UUID_TEXT_SIZE];
	return xasprintf("{\"id\":\"%s\",\"actor\":{\"mbox\":\"mailto:%s\",\"name\":\"%s\"},"
			 "\"verb\":{\"id\":\"" VERB "\"},\"object\":{\"id\":\"http://x.y/o\"}%s}",
		id_of(number, id), mbox, mbox, more);
}

static char *reference_text(unsigned number, const char *mbox, const char *verb, unsigned target)
{
	char id[UUID_TEXT_SIZE], to[UUID_TEXT_SIZE];
	return xasprintf(
		"{\"id\":\"%s\",\"actor\":{\"mbox\":\"mailto:%s\"},\"verb\":{\"id\":\"%s\"},"
		"\"object\":{\"objectType\":\"StatementRef\",\"id\":\"%s\"}}",
		id_of(number, id), mbox, verb, id_of(target, to));
}

static enum lrs_outcome put_with(struct lrs *lrs, const char *text,
	const struct lrs_attachment *attachments, size_t attachment_count, struct error *err)
{
	cJSON *statement = cJSON_Parse(text),
	      *authority = cJSON_Parse("{\"mbox\":\"mailto:a@b.c\"}");
	ck_assert_msg(xapi_statement_valid(XAPI_1_0, statement, err), "%s", error_text(err));
	const struct lrs_batch batch = {.statements = &statement,
		.count = 1,
		.version = XAPI_1_0,
		.authority = authority,
		.attachments = attachments,
		.attachment_count = attachment_count};
	enum lrs_outcome outcome = lrs_put(lrs, &batch, err);
	cJSON_Delete(statement);
	cJSON_Delete(authority);
	return outcome;
}

/* Puts a text and frees it. */
static void put(struct lrs *lrs, char *text)
{
	struct error err = {0};
	ck_assert_msg(put_with(lrs, text, NULL, 0, &err) == LRS_DONE, "%s", error_text(&err));
	free(text);
}

static bool there(struct lrs *lrs, unsigned number, bool voided)
{
	char id[UUID_TEXT_SIZE];
	cleanup_free char *json = NULL;
	cleanup_error struct error err = {0};
	int64_t stored_ms;
	enum lrs_outcome outcome = lrs_get(lrs, id_of(number, id), voided, &json, &stored_ms, &err);
	ck_assert_msg(outcome == LRS_DONE || outcome == LRS_NOT_FOUND, "%s", error_text(&err));
	return outcome == LRS_DONE;
}

/* The last digits of the ids that are found: "3 2 1". */
static void add_number(void *data, const char *json)
{
	struct buf *out = data;
	unsigned number = 0;
	cJSON *statement = cJSON_Parse(json);
	const char *id = xapi_text(statement, "id");
	ck_assert_int_eq(sscanf(id + 24, "%u", &number), 1);
	buf_printf(out, "%s%u", out->length > 0 ? " " : "", number);
	cJSON_Delete(statement);
}

static char *found(struct lrs *lrs, struct lrs_query q)
{
	struct buf out = {0};
	struct error err = {0};
	int64_t next;
	q.limit = q.limit > 0 ? q.limit : 100;
	ck_assert_msg(lrs_find(lrs, &q, add_number, &out, &next, &err), "%s", error_text(&err));
	return buf_steal(&out);
}

#define FOUND(lrs, text, ...)                                                                      \
	do {                                                                                       \
		cleanup_free char *is_ = found(lrs, (struct lrs_query){__VA_ARGS__});              \
		ck_assert_str_eq(is_, text);                                                       \
	} while (0)

/* ---- who is taken out ---- */

/* Whether the file or its journal has the text, in any page. */
static bool file_has(const char *path, const char *text)
{
	static const char *const ends[] = {"", "-wal"};
	bool has = false;
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
		cleanup_free char *name = xasprintf("%s%s", path, ends[i]);
		cleanup_buf struct buf bytes = {0};
		cleanup_error struct error err = {0};
		if (file_exists(name))
			ck_assert_msg(file_read(name, (size_t)1 << 30, &bytes, &err), "%s",
				error_text(&err));
		has = has || memmem(buf_text(&bytes), bytes.length, text, strlen(text)) != NULL;
	}
	return has;
}

static void put_of_many(struct lrs *lrs, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		cleanup_free char *who = xasprintf("%s-%u@x.y", i % 7 == 0 ? "bob" : "eve", i % 5);
		cleanup_free char *more = xasprintf(
			",\"context\":{\"instructor\":{\"mbox\":\"mailto:%s\",\"name\":\"the "
			"zaphod\"}}",
			i % 3 == 0 ? "zaphod@x.y" : "carl@x.y");
		put(lrs, statement_text(1000 + i, i % 4 == 0 ? "zaphod@x.y" : who, more));
	}
}

static void put_state(struct lrs *lrs, const char *agent)
{
	struct error err = {0};
	const struct lrs_place place = {
		.kind = LRS_STATE, .activity = "http://x.y/o", .agent = agent, .name = "s"};
	const struct lrs_change change = {.type = "text/plain", .bytes = "of zaphod", .length = 9};
	ck_assert(lrs_document_change(lrs, &place, &change, &err) == LRS_DONE);
}

START_TEST(a_person_is_taken_out)
{
	struct opened o = open_store("erase.db");
	struct error err = {0};
	char mine[65], shared[65];
	snprintf(mine, sizeof mine, SHA2, 1);
	snprintf(shared, sizeof shared, SHA2, 2);
	const struct lrs_attachment both[] = {
		{mine, "text/plain", "zaphod's", 8}, {shared, "text/plain", "ours", 4}};
	cleanup_free char *attached = xasprintf(
		",\"attachments\":[{\"usageType\":\"http://x.y/u\",\"display\":{\"en\":\"a\"},"
		"\"contentType\":\"text/plain\",\"length\":8,\"sha2\":\"%s\"},{\"usageType\":"
		"\"http://x.y/u\",\"display\":{\"en\":\"a\"},\"contentType\":\"text/plain\","
		"\"length\":4,\"sha2\":\"%s\"}]",
		mine, shared);
	cleanup_free char *his = statement_text(1, "zaphod@x.y", attached);
	cleanup_free char *second = xasprintf(",\"attachments\":[%s", strstr(attached, ",{") + 1);
	cleanup_free char *ours = statement_text(2, "ada@x.y", second);
	ck_assert(put_with(o.lrs, his, both, 2, &err) == LRS_DONE);
	ck_assert(put_with(o.lrs, ours, both + 1, 1, &err) == LRS_DONE);
	put(o.lrs, reference_text(3, "ada@x.y", VERB, 1));
	put(o.lrs, reference_text(4, "ada@x.y", VERB, 3));
	put(o.lrs, reference_text(5, "ada@x.y", VERB, 2));
	put_of_many(o.lrs, 900);
	put_state(o.lrs, "mbox mailto:zaphod@x.y");
	put_state(o.lrs, "mbox mailto:ada@x.y");
	int64_t last = lrs_last_seq(o.lrs);
	ck_assert(file_has(o.path, "zaphod@x.y"));

	ck_assert_msg(lrs_erase(o.lrs, "mbox mailto:zaphod@x.y", &err), "%s", error_text(&err));
	ck_assert(!file_has(o.path, "zaphod@x.y"));
	ck_assert(!file_has(o.path, "zaphod's"));
	ck_assert(!there(o.lrs, 1, false) && !there(o.lrs, 3, false) && !there(o.lrs, 4, false));
	ck_assert(there(o.lrs, 2, false) && there(o.lrs, 5, false) && there(o.lrs, 1001, false));
	FOUND(o.lrs, "", .agent = "mbox mailto:zaphod@x.y", .related_agents = true);
	FOUND(o.lrs, "5 2", .agent = "mbox mailto:ada@x.y");
	cleanup_free char *type = NULL;
	cleanup_buf struct buf bytes = {0};
	ck_assert(lrs_attachment(o.lrs, mine, &type, &bytes, &err) == LRS_NOT_FOUND);
	ck_assert(lrs_attachment(o.lrs, shared, &type, &bytes, &err) == LRS_DONE);
	struct words names = {0};
	ck_assert(lrs_document_list(o.lrs,
		&(struct lrs_place){.kind = LRS_STATE,
			.activity = "http://x.y/o",
			.agent = "mbox mailto:ada@x.y"},
		0, &names, &err));
	ck_assert_uint_eq(names.count, 1);
	words_finish(&names);
	put(o.lrs, statement_text(9, "ada@x.y", ""));
	ck_assert_int_gt(lrs_last_seq(o.lrs), last);
	ck_assert(lrs_erase(o.lrs, "mbox mailto:nobody@x.y", &err));
	close_store(&o);
}
END_TEST

/* ---- by number ---- */

static void add_seq(void *data, int64_t seq, bool voided, const char *json)
{
	struct buf *out = data;
	ck_assert_ptr_nonnull(strstr(json, "\"stored\""));
	buf_printf(out, "%s%lld%s", out->length > 0 ? " " : "", (long long)seq, voided ? "v" : "");
}

START_TEST(statements_by_number)
{
	struct opened o = open_store("after.db");
	struct error err = {0};
	cleanup_buf struct buf out = {0};
	ck_assert_int_eq(lrs_last_seq(o.lrs), 0);
	for (unsigned i = 1; i <= 4; i++)
		put(o.lrs, statement_text(i, "ada@x.y", ""));
	put(o.lrs, reference_text(5, "ada@x.y", XAPI_VOIDED, 2));
	ck_assert(lrs_after(o.lrs, 0, 3, add_seq, &out, &err));
	ck_assert(lrs_after(o.lrs, 3, 3, add_seq, &out, &err));
	ck_assert(lrs_after(o.lrs, 5, 3, add_seq, &out, &err));
	ck_assert_str_eq(buf_text(&out), "1 2v 3 4 5");
	ck_assert_int_eq(lrs_last_seq(o.lrs), 5);
	close_store(&o);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{a_person_is_taken_out, 1},
		{statements_by_number, 1},
	};
	return suite_run("lrs", tests, ARRAY_LENGTH(tests), 60);
}

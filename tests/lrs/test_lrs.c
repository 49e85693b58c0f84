/* tests/lrs/test_lrs.c - a store of statements through its face: what is found, what is voided, who
 * is taken out */
#include "lrs.h"
#include "json.h"
#include "suite.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

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
	ck_assert_msg(
		xapi_statement_valid(XAPI_1_0, "statement", statement, err), "%s", error_text(err));
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
static void add_number(void *data, const char *json, int64_t stored_ms)
{
	struct buf *out = data;
	unsigned number = 0;
	cJSON *statement = cJSON_Parse(json);
	const char *id = json_get_text(statement, "id");
	ck_assert_int_eq(sscanf(id + 24, "%u", &number), 1);
	ck_assert_int_gt(stored_ms, 0);
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

static void put_state(struct lrs *lrs, const char *agent, const char *name)
{
	struct error err = {0};
	const struct lrs_place place = {
		.kind = LRS_STATE, .activity = "http://x.y/o", .agent = agent, .name = name};
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
	put_state(o.lrs, "mbox mailto:ada@x.y", "s");
	uint64_t random = 1;
	for (unsigned i = 0; i < 600; i++) { /* so that pages are split with his in them */
		cleanup_free char *name = xasprintf("%08llx", (long long)random_next(&random));
		put_state(
			o.lrs, i % 3 == 0 ? "mbox mailto:zaphod@x.y" : "mbox mailto:zoe@x.y", name);
	}
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
	int64_t updated_ms;
	ck_assert(lrs_document_list(o.lrs,
		&(struct lrs_place){.kind = LRS_STATE,
			.activity = "http://x.y/o",
			.agent = "mbox mailto:ada@x.y"},
		0, &names, &updated_ms, &err));
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

/* However many are asked for, no more come at once than memory has room for. */
START_TEST(long_ones_come_in_parts)
{
	struct opened o = open_store("long.db");
	struct error err = {0};
	int64_t next = 0;
	cleanup_buf struct buf seqs = {0}, first = {0}, rest = {0}, blanks = {0};
	for (unsigned i = 0; i < 3000000; i++)
		buf_add_char(&blanks, 'a');
	for (unsigned i = 1; i <= 4; i++) {
		cleanup_free char *more =
			xasprintf(",\"result\":{\"response\":\"%s\"}", buf_text(&blanks));
		put(o.lrs, statement_text(i, "ada@x.y", more));
	}
	ck_assert(lrs_after(o.lrs, 0, 4, add_seq, &seqs, &err));
	ck_assert_str_eq(buf_text(&seqs), "1 2");
	struct lrs_query q = {.agent = "mbox mailto:ada@x.y", .ascending = true, .limit = 100};
	ck_assert(lrs_find(o.lrs, &q, add_number, &first, &q.from, &err));
	ck_assert_str_eq(buf_text(&first), "1 2");
	ck_assert_int_eq(q.from, 2);
	ck_assert(lrs_find(o.lrs, &q, add_number, &rest, &next, &err));
	ck_assert_str_eq(buf_text(&rest), "3 4");
	ck_assert_int_eq(next, 0);
	close_store(&o);
}
END_TEST

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Who goes on behind a statement would not hear that it voids another one. */
START_TEST(what_cannot_be_found_comes_later)
{
	struct opened o = open_store("full.db");
	struct error err = {0};
	cleanup_buf struct buf before = {0}, during = {0}, after = {0};
	signal(SIGXFSZ, SIG_IGN);
	put(o.lrs, statement_text(1, "ada@x.y", ""));
	ck_assert(lrs_after(o.lrs, 0, 9, add_seq, &before, &err));
	ck_assert_str_eq(buf_text(&before), "1");
	put(o.lrs, reference_text(2, "ada@x.y", XAPI_VOIDED, 1));
	limit_files(1); /* nothing more can be written */
	ck_assert(lrs_after(o.lrs, 1, 9, add_seq, &during, &err));
	limit_files(RLIM_INFINITY);
	ck_assert_str_eq(buf_text(&during), "");
	ck_assert(lrs_after(o.lrs, 0, 9, add_seq, &after, &err));
	ck_assert_str_eq(buf_text(&after), "1v 2");
	close_store(&o);
}
END_TEST

/* ---- in any order ---- */

#define STATEMENTS 40

/* The same texts for everybody: plain ones, chains of references, some that are voided, by
 * statements that may be voided themselves in vain. */
static char *text_of(unsigned number)
{
	static const char *const people[] = {"ada@x.y", "bob@x.y", "eve@x.y"};
	const char *who = people[number % 3];
	if (number % 8 == 3)
		return reference_text(number, who, XAPI_VOIDED, number + 1);
	if (number % 8 == 5)
		return reference_text(number, who, XAPI_VOIDED, number - 2); /* of one that voids */
	if (number % 8 == 6 || number % 8 == 7)
		return reference_text(
			number, who, "http://x.y/verbs/saw", (number + 3) % STATEMENTS);
	return statement_text(number, who,
		number % 2 == 0 ? ",\"context\":{\"registration\":\"00000000-0000-4000-8000-"
				  "0000000000AB\"}"
				: ",\"result\":{\"success\":true}");
}

static int by_number(const void *a, const void *b)
{
	unsigned long one = strtoul(*(char *const *)a, NULL, 10),
		      other = strtoul(*(char *const *)b, NULL, 10);
	return one < other ? -1 : one > other;
}

/* What a query finds, without the order of coming in. */
static void add_found(struct buf *out, struct lrs *lrs, struct lrs_query q)
{
	struct words numbers = {0};
	cleanup_free char *text = found(lrs, q);
	for (char *save = NULL, *one = strtok_r(text, " ", &save); one != NULL;
		one = strtok_r(NULL, " ", &save))
		words_add(&numbers, one);
	if (numbers.count > 0)
		qsort(numbers.items, numbers.count, sizeof *numbers.items, by_number);
	for (size_t i = 0; i < numbers.count; i++)
		buf_printf(out, "%s ", numbers.items[i]);
	buf_add_char(out, '\n');
	words_finish(&numbers);
}

static char *everything(struct lrs *lrs)
{
	static const struct lrs_query queries[] = {
		{.agent = NULL},
		{.agent = "mbox mailto:ada@x.y"},
		{.agent = "mbox mailto:bob@x.y", .ascending = true},
		{.agent = "mbox mailto:a@b.c", .related_agents = true},
		{.agent = "mbox mailto:eve@x.y", .verb = VERB},
		{.agent = "mbox mailto:eve@x.y", .verb = "http://x.y/verbs/saw"},
		{.verb = XAPI_VOIDED},
		{.verb = VERB, .activity = "http://x.y/o"},
		{.activity = "http://x.y/o", .related_activities = true, .ascending = true},
		{.registration = "00000000-0000-4000-8000-0000000000ab"},
		{.registration = "00000000-0000-4000-8000-0000000000ab", .verb = VERB},
		{.verb = "http://x.y/verbs/none"},
	};
	struct buf out = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(queries); i++)
		add_found(&out, lrs, queries[i]);
	for (unsigned i = 0; i < STATEMENTS; i++)
		buf_printf(&out, "%d%d ", there(lrs, i, false), there(lrs, i, true));
	return buf_steal(&out);
}

static void shuffle(unsigned *numbers, uint64_t seed)
{
	for (unsigned i = 0; i < STATEMENTS; i++)
		numbers[i] = i;
	for (unsigned i = STATEMENTS - 1; i > 0; i--) {
		unsigned k = (unsigned)(random_next(&seed) % (i + 1)), kept = numbers[i];
		numbers[i] = numbers[k];
		numbers[k] = kept;
	}
}

/* With questions in between, so that what is found is made in passes of all sizes; some are sent
 * twice. */
static void put_shuffled(struct lrs *lrs, uint64_t seed)
{
	unsigned numbers[STATEMENTS];
	shuffle(numbers, seed);
	for (unsigned i = 0; i < STATEMENTS; i++) {
		put(lrs, text_of(numbers[i]));
		if (random_next(&seed) % 4 == 0)
			put(lrs, text_of(numbers[random_next(&seed) % (i + 1)]));
		if (random_next(&seed) % 5 == 0)
			(void)there(lrs, numbers[i], false);
	}
}

START_TEST(any_order_gives_the_same)
{
	cleanup_free char *plain_name = xasprintf("order-%d-0.db", _i);
	cleanup_free char *other_name = xasprintf("order-%d-1.db", _i);
	struct opened plain = open_store(plain_name), other = open_store(other_name);
	for (unsigned i = 0; i < STATEMENTS; i++) {
		put(plain.lrs, text_of(i));
		free(everything(plain.lrs));
	}
	put_shuffled(other.lrs, (uint64_t)_i);
	cleanup_free char *a = everything(plain.lrs), *b = everything(other.lrs);
	ck_assert_str_eq(a, b);
	ck_assert_ptr_nonnull(strstr(a, "01 "));
	close_store(&plain);
	close_store(&other);
}
END_TEST

struct sender {
	pthread_t thread;
	struct lrs *lrs;
	uint64_t seed;
};

static void *send_all(void *data)
{
	const struct sender *s = data;
	put_shuffled(s->lrs, s->seed);
	return NULL;
}

START_TEST(several_send_the_same)
{
	struct opened alone = open_store("alone.db"), o = open_store("several.db");
	struct sender senders[4];
	put_shuffled(alone.lrs, 7);
	for (size_t i = 0; i < ARRAY_LENGTH(senders); i++) {
		senders[i] = (struct sender){.lrs = o.lrs, .seed = i};
		ck_assert(pthread_create(&senders[i].thread, NULL, send_all, &senders[i]) == 0);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(senders); i++)
		pthread_join(senders[i].thread, NULL);
	cleanup_free char *a = everything(alone.lrs), *b = everything(o.lrs);
	ck_assert_str_eq(a, b);
	close_store(&alone);
	close_store(&o);
}
END_TEST

/* What was found by what one points at belongs to one statement, not to several. */
START_TEST(a_reference_is_found_by_one_target)
{
	struct opened o = open_store("one.db");
	put(o.lrs, statement_text(1, "ada@x.y", ""));
	put(o.lrs, reference_text(2, "bob@x.y", "http://x.y/verbs/saw", 1));
	put(o.lrs, reference_text(3, "eve@x.y", "http://x.y/verbs/told", 2));
	FOUND(o.lrs, "3 2 1", .agent = "mbox mailto:ada@x.y");
	FOUND(o.lrs, "3 2 1", .agent = "mbox mailto:ada@x.y", .verb = VERB);
	FOUND(o.lrs, "3", .agent = "mbox mailto:bob@x.y", .verb = "http://x.y/verbs/saw",
		.limit = 1);
	FOUND(o.lrs, "", .agent = "mbox mailto:bob@x.y", .verb = VERB);
	FOUND(o.lrs, "2 3", .verb = "http://x.y/verbs/saw", .ascending = true);
	close_store(&o);
}
END_TEST

#define CHAIN 1000

/* Whoever comes first, what is near is found, and the others wait for no more than that. */
START_TEST(a_long_chain_costs_little)
{
	struct opened o = open_store(_i == 0 ? "down.db" : "up.db");
	struct error err = {0};
	struct lrs_query q = {.activity = "http://x.y/o", .ascending = _i == 0, .limit = 9};
	cleanup_buf struct buf near = {0};
	int64_t next;
	for (unsigned i = 0; i < CHAIN; i++) {
		unsigned number = _i == 0 ? i : CHAIN - 1 - i;
		put(o.lrs, number == 0 ? statement_text(0, "ada@x.y", "")
				       : reference_text(number, "bob@x.y", VERB, number - 1));
	}
	ck_assert(lrs_find(o.lrs, &q, add_number, &near, &next, &err));
	ck_assert_str_eq(buf_text(&near), "0 1 2 3 4 5 6 7 8");
	struct db *db = store_read(o.store);
	int64_t pairs = sql_number(sql(db, &err, "SELECT count(*) FROM reach", ""), 0);
	store_read_end(o.store, db);
	ck_assert_int_gt(pairs, CHAIN);
	ck_assert_int_lt(pairs, CHAIN * 100); /* each with each would be more */
	close_store(&o);
}
END_TEST

static void ask_more(void *data, const char *json, int64_t stored_ms)
{
	struct error err = {0};
	(void)json;
	(void)stored_ms;
	cJSON_Delete(lrs_activity(data, "http://x.y/o", &err));
	usleep(100);
}

static void *ask_on(void *data)
{
	struct lrs *lrs = data;
	const struct lrs_query q = {.limit = 20};
	struct error err = {0};
	int64_t next;
	for (int i = 0; i < 20; i++)
		ck_assert(lrs_find(lrs, &q, ask_more, lrs, &next, &err));
	return NULL;
}

/* More ask, and ask for more while they are told, than there are readers. */
START_TEST(questions_in_questions)
{
	struct opened o = open_store("questions.db");
	pthread_t threads[16];
	for (unsigned i = 0; i < 30; i++)
		put(o.lrs, statement_text(i, "ada@x.y", ""));
	for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
		ck_assert(pthread_create(&threads[i], NULL, ask_on, o.lrs) == 0);
	for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
		pthread_join(threads[i], NULL);
	close_store(&o);
}
END_TEST

/* ---- ids ---- */

START_TEST(an_id_is_there_once)
{
	struct opened o = open_store("ids.db");
	cleanup_error struct error err = {0};
	cleanup_free char *one = statement_text(1, "ada@x.y", "");
	cleanup_free char *other = statement_text(1, "ada@x.y", ",\"result\":{\"success\":true}");
	for (unsigned i = 0; i < 3; i++) { /* before it is indexed, after, and in another program */
		ck_assert(put_with(o.lrs, one, NULL, 0, &err) == LRS_DONE);
		ck_assert(put_with(o.lrs, other, NULL, 0, &err) == LRS_CONFLICT);
		ck_assert_int_eq(lrs_last_seq(o.lrs), 1);
		if (i == 0)
			ck_assert(there(o.lrs, 1, false));
		if (i == 1) {
			close_store(&o);
			o = open_store("ids.db");
		}
	}
	FOUND(o.lrs, "1", .verb = VERB);
	close_store(&o);
}
END_TEST

/* Two programs have the file: neither gives a number or an id twice. */
START_TEST(two_have_the_file)
{
	struct opened a = open_store("two.db"), b = open_store("two.db");
	cleanup_error struct error err = {0};
	for (unsigned i = 0; i < 30; i++) {
		struct lrs *lrs = i % 2 == 0 ? a.lrs : b.lrs;
		cleanup_free char *other =
			statement_text(i, "eve@x.y", ",\"result\":{\"success\":false}");
		put(lrs, statement_text(i, i % 3 == 0 ? "ada@x.y" : "bob@x.y", ""));
		ck_assert(
			put_with(i % 4 < 2 ? a.lrs : b.lrs, other, NULL, 0, &err) == LRS_CONFLICT);
		if (i % 7 == 0)
			ck_assert(there(lrs, i, false));
	}
	put(a.lrs, statement_text(30, "ada@x.y", "")); /* so that it knows of the last */
	FOUND(a.lrs, "30 27 24 21 18 15 12 9 6 3 0", .agent = "mbox mailto:ada@x.y");
	close_store(&b);
	close_store(&a);
}
END_TEST

/* ---- pages and times ---- */

START_TEST(pages_and_times)
{
	struct opened o = open_store("pages.db");
	cleanup_error struct error err = {0};
	int64_t times[12], next = 0;
	for (unsigned i = 0; i < 12; i++) {
		char id[UUID_TEXT_SIZE];
		cleanup_free char *json = NULL;
		put(o.lrs, statement_text(i, i % 2 == 0 ? "ada@x.y" : "bob@x.y", ""));
		ck_assert(lrs_get(o.lrs, id_of(i, id), false, &json, &times[i], &err) == LRS_DONE);
		ck_assert_int_ge(lrs_consistent_ms(o.lrs), times[i]);
		while (clock_wall_ms() <= times[i]) /* the next one has another time */
			usleep(100);
	}
	FOUND(o.lrs, "11 10 9 8", .since_ms = times[7]);
	FOUND(o.lrs, "3 2 1 0", .until_ms = times[3]);
	FOUND(o.lrs, "4 6", .since_ms = times[3], .until_ms = times[7], .ascending = true,
		.agent = "mbox mailto:ada@x.y");
	FOUND(o.lrs, "", .since_ms = times[11]);
	FOUND(o.lrs, "", .until_ms = times[0] - 1);
	for (unsigned ascending = 0; ascending < 2; ascending++) {
		cleanup_buf struct buf out = {0};
		struct lrs_query q = {.limit = 3, .ascending = ascending, .verb = VERB};
		do {
			q.from = next;
			ck_assert(lrs_find(o.lrs, &q, add_number, &out, &next, &err));
		} while (next > 0);
		ck_assert_str_eq(buf_text(&out),
			ascending ? "0 1 2 3 4 5 6 7 8 9 10 11" : "11 10 9 8 7 6 5 4 3 2 1 0");
	}
	close_store(&o);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{a_person_is_taken_out, 1},
		{statements_by_number, 1},
		{long_ones_come_in_parts, 1},
		{what_cannot_be_found_comes_later, 1},
		{any_order_gives_the_same, 12},
		{several_send_the_same, 1},
		{a_reference_is_found_by_one_target, 1},
		{a_long_chain_costs_little, 2},
		{questions_in_questions, 1},
		{an_id_is_there_once, 1},
		{two_have_the_file, 1},
		{pages_and_times, 1},
	};
	return suite_run("lrs", tests, ARRAY_LENGTH(tests), 60);
}

/*
 * bench/lrs.c - statements a second: into a running store by HTTP, into a plain SQLite file; and
 * how long a store that was filled takes to answer.
 *
 *     lrs http PORT PATH USER:PASSWORD-IN-BASE64 CLIENTS BATCH SECONDS
 *             two numbers: acknowledged a second; a second until all of them could be found
 *     lrs sqlite FILE BATCH SECONDS        one commit a batch, synchronous=FULL, WAL
 *     lrs fill FILE COUNT                  a store of `ropes serve`, already read by its tracker
 *     lrs ask PORT PATH KEY                a line a question: median in ms, what was asked
 */
#include "client.h"
#include "lrs.h"
#include "tracker.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct client {
	pthread_t thread;
	const char *path, *key;
	int port, batch;
	int64_t end_ms;
	unsigned long kept;
	char last[UUID_TEXT_SIZE]; /* the id of the last one */
};

static void add_statement(struct buf *out, char id[UUID_TEXT_SIZE])
{
	uuid_make(id);
	buf_printf(out,
		"{\"id\":\"%s\",\"actor\":{\"objectType\":\"Agent\",\"account\":{\"homePage\":"
		"\"https://ropes.invalid\",\"name\":\"bench\"}},\"verb\":{\"id\":"
		"\"http://adlnet.gov/expapi/verbs/answered\",\"display\":{\"en\":\"answered\"}},"
		"\"object\":{\"id\":\"http://example.com/q/%c\",\"definition\":{\"name\":{\"en\":"
		"\"a question\"}}},\"result\":{\"success\":true,\"score\":{\"scaled\":1}},"
		"\"timestamp\":\"2026-01-01T00:00:00Z\"}",
		id, id[0]);
}

static void make_body(struct buf *out, int batch, char last[UUID_TEXT_SIZE])
{
	buf_truncate(out, 0);
	buf_add_char(out, '[');
	for (int i = 0; i < batch; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_statement(out, last);
	}
	buf_add_char(out, ']');
}

static bool get(int fd, const char *target, const char *key, struct buf *answer)
{
	cleanup_buf struct buf request = {0};
	buf_printf(&request,
		"GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Basic %s\r\n"
		"X-Experience-API-Version: 1.0.3\r\n\r\n",
		target, key);
	return fd_write(fd, request.data, request.length, NULL) && client_read(fd, answer);
}

static bool ask(int fd, const char *path, const char *key, const char *query, struct buf *answer)
{
	cleanup_free char *target = xasprintf("%s/statements?%s", path, query);
	return get(fd, target, key, answer);
}

static bool send_one(struct client *c, int fd, struct buf *body, struct buf *answer)
{
	cleanup_free char *path = xasprintf("%s/statements", c->path);
	make_body(body, c->batch, c->last);
	return client_post(fd, path, c->key, body, answer);
}

/* Sends until its time is over, then asks for what it sent last until that is found. */
static void *send_on(void *data)
{
	struct client *c = data;
	cleanup_buf struct buf body = {0}, answer = {0};
	cleanup_fd int fd = client_connect(c->port);
	while (fd >= 0 && clock_monotonic_ms() < c->end_ms && send_one(c, fd, &body, &answer))
		c->kept += (unsigned long)c->batch;
	c->end_ms = clock_monotonic_ms();
	cleanup_free char *query = xasprintf("statementId=%s", c->last);
	for (int i = 0; fd >= 0 && c->kept > 0 && i < 1000; i++)
		if (ask(fd, c->path, c->key, query, &answer))
			break;
	return NULL;
}

static int by_http(char **argv)
{
	int count = atoi(argv[4]), batch = atoi(argv[5]);
	int64_t start = clock_monotonic_ms(), end = start;
	struct client *clients = xcalloc((size_t)count, sizeof *clients);
	unsigned long kept = 0;
	for (int i = 0; i < count; i++) {
		clients[i] = (struct client){.port = atoi(argv[1]),
			.path = argv[2],
			.key = argv[3],
			.batch = batch,
			.end_ms = start + 1000 * (int64_t)atoi(argv[6])};
		pthread_create(&clients[i].thread, NULL, send_on, &clients[i]);
	}
	for (int i = 0; i < count; i++) {
		pthread_join(clients[i].thread, NULL);
		kept += clients[i].kept;
		end = clients[i].end_ms > end ? clients[i].end_ms : end;
	}
	free(clients);
	printf("%.0f %.0f\n", (double)kept * 1000 / (double)(end - start),
		(double)kept * 1000 / (double)(clock_monotonic_ms() - start));
	return kept == 0;
}

static int by_sqlite(char **argv)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *insert = NULL;
	int batch = atoi(argv[2]);
	int64_t start = clock_monotonic_ms(), end = start + 1000 * (int64_t)atoi(argv[3]);
	unsigned long kept = 0;
	if (sqlite3_open(argv[1], &db) != SQLITE_OK ||
		sqlite3_exec(db,
			"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			"CREATE TABLE s (n INTEGER PRIMARY KEY, id TEXT UNIQUE, json TEXT)",
			NULL, NULL, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(db, "INSERT INTO s (id, json) VALUES (?, ?)", -1, &insert,
			NULL) != SQLITE_OK)
		return 1;
	while (clock_monotonic_ms() < end) {
		sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
		for (int i = 0; i < batch; i++) {
			cleanup_buf struct buf text = {0};
			char id[UUID_TEXT_SIZE];
			add_statement(&text, id);
			sqlite3_bind_text(insert, 1, text.data + 7, 36, SQLITE_STATIC);
			sqlite3_bind_text(insert, 2, text.data, (int)text.length, SQLITE_STATIC);
			sqlite3_step(insert);
			sqlite3_reset(insert);
		}
		sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
		kept += (unsigned long)batch;
	}
	sqlite3_finalize(insert);
	sqlite3_close(db);
	printf("%.0f\n", (double)kept * 1000 / (double)(clock_monotonic_ms() - start));
	return 0;
}

/* ---- a store that has much ---- */

#define PEOPLE 200
#define COURSES 8
#define LESSONS 25
#define FILL_BATCH 2000

static const char *const verbs[] = {"answered", "answered", "answered", "experienced",
	"experienced", "completed", "passed", "failed"};

/* The same for the same number: somebody does something in a lesson of a course. */
static cJSON *make_statement(unsigned number)
{
	uint64_t state = number;
	unsigned person = (unsigned)(random_next(&state) % PEOPLE);
	unsigned course = (unsigned)(random_next(&state) % COURSES);
	unsigned lesson = (unsigned)(random_next(&state) % LESSONS);
	const char *verb = verbs[random_next(&state) % ARRAY_LENGTH(verbs)];
	char id[UUID_TEXT_SIZE];
	uuid_make(id);
	cleanup_free char *text = xasprintf(
		"{\"id\":\"%s\",\"actor\":{\"objectType\":\"Agent\",\"name\":\"Person "
		"%u\",\"account\":"
		"{\"homePage\":\"https://ropes.invalid\",\"name\":\"person-%u\"}},\"verb\":{\"id\":"
		"\"http://adlnet.gov/expapi/verbs/"
		"%s\",\"display\":{\"en\":\"%s\"}},\"object\":{\"id\":"
		"\"http://example.com/course/%u/lesson/"
		"%u\",\"definition\":{\"name\":{\"en\":\"Lesson %u\"},"
		"\"type\":\"http://adlnet.gov/expapi/activities/"
		"lesson\"}},\"result\":{\"success\":true,"
		"\"score\":{\"scaled\":0.8}},\"context\":{\"registration\":"
		"\"00000000-0000-4000-8000-%012u\",\"contextActivities\":{\"grouping\":[{\"id\":"
		"\"http://example.com/course/%u\"}]}},\"timestamp\":\"2026-01-01T00:00:00Z\"}",
		id, person, person, verb, verb, course, lesson, lesson, person * COURSES + course,
		course);
	return cJSON_Parse(text);
}

static bool fill_some(
	struct lrs *lrs, struct tracker *tracker, unsigned first, unsigned count, struct error *err)
{
	cJSON *statements[FILL_BATCH];
	cleanup_free char *position = xasprintf("%u", first + count);
	cJSON *authority = cJSON_Parse("{\"mbox\":\"mailto:bench@ropes.invalid\"}");
	for (unsigned i = 0; i < count; i++)
		statements[i] = make_statement(first + i);
	const struct lrs_batch batch = {.statements = statements,
		.count = count,
		.version = XAPI_1_0,
		.authority = authority};
	/* first the tracker: lrs_put() may empty statements */
	bool good = tracker_take(tracker, statements, count, position, NULL, 0, err) &&
		    lrs_put(lrs, &batch, err) == LRS_DONE;
	for (unsigned i = 0; i < count; i++)
		cJSON_Delete(statements[i]);
	cJSON_Delete(authority);
	return good;
}

static void ignore(void *data, const char *json, int64_t stored_ms)
{
	(void)data;
	(void)stored_ms;
	(void)json;
}

static int fill(char **argv)
{
	struct store *store = NULL;
	struct lrs *lrs = NULL;
	struct tracker *tracker = NULL;
	cleanup_error struct error err = {0};
	unsigned count = (unsigned)atoi(argv[2]);
	int64_t start = clock_monotonic_ms(), next;
	const struct lrs_query any = {.limit = 1};
	bool good = store_open(argv[1], &store, &err) && lrs_open(store, &lrs, &err) &&
		    tracker_open(store, &tracker, &err);
	for (unsigned i = 0; good && i < count; i += FILL_BATCH)
		good = fill_some(
			lrs, tracker, i, count - i < FILL_BATCH ? count - i : FILL_BATCH, &err);
	good = good && lrs_find(lrs, &any, ignore, NULL, &next, &err);
	tracker_close(tracker);
	lrs_close(lrs);
	store_close(store);
	if (good)
		printf("%.0f\n", (double)count * 1000 / (double)(clock_monotonic_ms() - start));
	else
		fprintf(stderr, "%s\n", error_text(&err));
	return !good;
}

#define PERSON                                                                                     \
	"agent=%7B%22account%22%3A%7B%22homePage%22%3A%22https%3A%2F%2Fropes.invalid%22%2C%22name" \
	"%22%3A%22person-7%22%7D%7D"
#define VERB "verb=http%3A%2F%2Fadlnet.gov%2Fexpapi%2Fverbs%2Fpassed"
#define LESSON "activity=http%3A%2F%2Fexample.com%2Fcourse%2F3%2Flesson%2F7"
#define COURSE "activity=http%3A%2F%2Fexample.com%2Fcourse%2F3&related_activities=true"
#define LIMIT "&limit=50"

static const struct {
	const char *name, *query;
} questions[] = {
	{"no filter", "limit=50"},
	{"no filter, 500", "limit=500"},
	{"agent", PERSON LIMIT},
	{"verb", VERB LIMIT},
	{"activity and verb", LESSON "&" VERB LIMIT},
	{"agent, activity and verb", PERSON "&" LESSON "&" VERB LIMIT},
	{"related activity", COURSE LIMIT},
	{"related activity and agent", COURSE "&" PERSON LIMIT},
	{"registration", "registration=00000000-0000-4000-8000-000000000059" LIMIT},
	{"nobody's verb", PERSON "&verb=http%3A%2F%2Fexample.com%2Fnever" LIMIT},
	{"since, until, ascending", "since=2020-01-01T00%3A00%3A00Z&until=2120-01-01T00%3A00%3A00Z&"
				    "ascending=true&" PERSON LIMIT},
};

/* Of two hundred people in eight courses with two hundred lessons. */
static const struct {
	const char *name, *target;
} pages[] = {
	{"page: team", "/"},
	{"page: course", "/course?id=1"},
	{"page: person", "/person?id=1"},
	{"page: courses", "/courses"},
};

static int by_number(const void *a, const void *b)
{
	const double *one = a, *other = b;
	return *one < *other ? -1 : *one > *other;
}

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

#define ASKED 21

/* Negative: it was not answered. */
static double median_of(int fd, const char *target, const char *key, struct buf *answer)
{
	double times[ASKED];
	for (size_t i = 0; i < ASKED; i++) {
		double start = now_ms();
		if (!get(fd, target, key, answer))
			return -1;
		times[i] = now_ms() - start;
	}
	qsort(times, ASKED, sizeof *times, by_number);
	return times[ASKED / 2];
}

/* The id of a statement in an answer. */
static char *id_in(const struct buf *answer)
{
	const char *at = strstr(buf_text(answer), "\"id\":\"");
	return at != NULL && strlen(at) > 42 ? xasprintf("statementId=%.36s", at + 6) : NULL;
}

static void tell_query(int fd, char **argv, const char *name, const char *query, struct buf *answer)
{
	cleanup_free char *target = xasprintf("%s/statements?%s", argv[2], query);
	printf("%.2f %s\n", median_of(fd, target, argv[3], answer), name);
}

static int ask_all(char **argv)
{
	cleanup_buf struct buf answer = {0};
	cleanup_fd int fd = client_connect(atoi(argv[1]));
	bool good = fd >= 0 && ask(fd, argv[2], argv[3], "limit=1", &answer);
	cleanup_free char *by_id = good ? id_in(&answer) : NULL;
	if (by_id == NULL)
		return 1;
	tell_query(fd, argv, "statementId", by_id, &answer);
	for (size_t i = 0; i < ARRAY_LENGTH(questions); i++)
		tell_query(fd, argv, questions[i].name, questions[i].query, &answer);
	for (size_t i = 0; i < ARRAY_LENGTH(pages); i++)
		printf("%.2f %s\n", median_of(fd, pages[i].target, argv[3], &answer),
			pages[i].name);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 8 && text_same(argv[1], "http"))
		return by_http(argv + 1);
	if (argc == 5 && text_same(argv[1], "sqlite"))
		return by_sqlite(argv + 1);
	if (argc == 4 && text_same(argv[1], "fill"))
		return fill(argv + 1);
	if (argc == 5 && text_same(argv[1], "ask"))
		return ask_all(argv + 1);
	fprintf(stderr,
		"lrs http PORT PATH KEY CLIENTS BATCH SECONDS | sqlite FILE BATCH SECONDS | "
		"fill FILE COUNT | ask PORT PATH KEY\n");
	return 2;
}

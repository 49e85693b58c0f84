/*
 * bench/lrs.c - statements a second: into a running store by HTTP, and into a plain SQLite file.
 *
 *     lrs http PORT PATH USER:PASSWORD-IN-BASE64 CLIENTS BATCH SECONDS
 *     lrs sqlite FILE BATCH SECONDS        one commit a batch, synchronous=FULL, WAL
 */
#include "client.h"

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
};

static void add_statement(struct buf *out)
{
	char id[UUID_TEXT_SIZE];
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

static void make_body(struct buf *out, int batch)
{
	buf_truncate(out, 0);
	buf_add_char(out, '[');
	for (int i = 0; i < batch; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_statement(out);
	}
	buf_add_char(out, ']');
}

static void *send_on(void *data)
{
	struct client *c = data;
	cleanup_buf struct buf body = {0}, answer = {0};
	cleanup_free char *path = xasprintf("%s/statements", c->path);
	int fd = client_connect(c->port);
	while (fd >= 0 && clock_monotonic_ms() < c->end_ms) {
		make_body(&body, c->batch);
		if (!client_post(fd, path, c->key, &body, &answer))
			break;
		c->kept += (unsigned long)c->batch;
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

static int by_http(char **argv)
{
	int count = atoi(argv[4]), batch = atoi(argv[5]);
	int64_t start = clock_monotonic_ms();
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
	}
	free(clients);
	printf("%.0f\n", (double)kept * 1000 / (double)(clock_monotonic_ms() - start));
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
			add_statement(&text);
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

int main(int argc, char **argv)
{
	if (argc == 8 && text_same(argv[1], "http"))
		return by_http(argv + 1);
	if (argc == 5 && text_same(argv[1], "sqlite"))
		return by_sqlite(argv + 1);
	fprintf(stderr,
		"lrs http PORT PATH KEY CLIENTS BATCH SECONDS | sqlite FILE BATCH SECONDS\n");
	return 2;
}

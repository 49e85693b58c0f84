/* store/private.h - what the files of the store share */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include "store.h"

#include <pthread.h>
#include <stdatomic.h>

#define READERS 8
#define CACHED_MAX 192

/* Each prepared statement is known by the address of its text, which is a literal. */
struct db {
	sqlite3 *handle;
	struct {
		const char *text;
		sqlite3_stmt *statement;
	} cached[CACHED_MAX];
	size_t cached_count;
};

/* A change that waits to be committed; it lives on the stack of the thread that waits. */
struct job {
	int (*run)(struct db *db, void *data, struct error *err);
	void *data;
	int outcome;
	struct error *err;
	bool done;
	pthread_cond_t changed;
	struct job *next;
};

struct store {
	char *path;
	struct db writer;
	pthread_mutex_t lock;
	struct job *first, *last;
	bool writing; /* a thread has the writer */
	atomic_int journal_pages;

	pthread_mutex_t reader_lock;
	pthread_cond_t reader_free;
	struct db readers[READERS];
	bool reader_busy[READERS];
};

bool sql_open(struct db *db, const char *path, int flags, struct error *err);
void sql_close(struct db *db);
/* Several statements at once, none of them kept. */
bool sql_execute(struct db *db, const char *text, struct error *err);

#endif

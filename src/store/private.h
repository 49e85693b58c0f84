/* store/private.h - declarations that the store's files share */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include "store.h"

#include <pthread.h>
#include <stdatomic.h>

#define READERS 8

/* A change that waits for its commit; it lives on the stack of the waiting thread. */
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
	bool writing; /* a thread is using the writer */
	atomic_int journal_pages;

	pthread_mutex_t reader_lock;
	pthread_cond_t reader_free;
	struct db readers[READERS];
	bool reader_busy[READERS];
};

/* Opens a connection to the file. */
bool store_connect(struct db *db, const char *path, int flags, struct error *err);

#endif

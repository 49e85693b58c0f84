/* api/ingest.h - shared by ingest.c and poll.c */
#ifndef API_INGEST_H
#define API_INGEST_H

#include "private.h"
#include "tracker.h"

#include <pthread.h>
#include <stdatomic.h>

struct ingest {
	struct ingest_options o;
	pthread_t thread;
	pthread_mutex_t lock; /* guards the fields below; locked only for moments */
	pthread_cond_t wake;
	bool poked;
	int64_t failed_ms; /* time of the first failure; 0: no problem */
	char *problem;
	atomic_bool ending;
	atomic_int hurried;     /* number of pages waiting for it */
	pthread_mutex_t taking; /* held while applying, by one thread at a time */
};

/* Applies new statements of a remote store. Returns whether there were any; err: the store cannot
 * be reached. */
bool poll_remote(struct ingest *ingest, struct error *err);

#endif

/* serve/ingest.h - what ingest.c and poll.c share */
#ifndef SERVE_INGEST_H
#define SERVE_INGEST_H

#include "private.h"
#include "tracker.h"

#include <pthread.h>
#include <stdatomic.h>

struct ingest {
	struct ingest_options o;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows, held for moments only */
	pthread_cond_t wake;
	bool poked;
	int64_t failed_ms; /* since when; 0: all is well */
	char *problem;
	atomic_bool ending;
	atomic_int hurried;     /* pages that wait for it to be done */
	pthread_mutex_t taking; /* one takes at a time */
};

/* Takes what another store has that is new. Whether there was something; err: it can't be reached.
 */
bool poll_remote(struct ingest *ingest, struct error *err);

#endif

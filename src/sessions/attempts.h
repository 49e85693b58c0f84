/* sessions/attempts.h - counts failed attempts by network, in memory */
#ifndef SESSIONS_ATTEMPTS_H
#define SESSIONS_ATTEMPTS_H

#include "base.h"

#define NETWORKS 4096

/* Networks whose hashes collide share a slot: the limit then comes earlier, never later. */
struct attempts {
	pthread_mutex_t lock;
	uint64_t seed;
	struct {
		int64_t begun_ms; /* monotonic */
		unsigned count;
	} networks[NETWORKS];
};
void attempts_init(struct attempts *attempts);
void attempts_finish(struct attempts *attempts);
void attempts_count(struct attempts *attempts, const char *address, int64_t now_ms);
int64_t attempts_wait(struct attempts *attempts, const char *address, int64_t now_ms);

#endif

/* base/wait.c - timed waits on the monotonic clock */
#include "base.h"

#include <errno.h>
#include <time.h>

void condition_init(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
}

struct timespec condition_until(int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	int64_t ns = until.tv_nsec + ms % 1000 * 1000000;
	until.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
	until.tv_nsec = (long)(ns % 1000000000);
	return until;
}

bool condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *until)
{
	return pthread_cond_timedwait(condition, lock, until) != ETIMEDOUT;
}

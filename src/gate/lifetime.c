/* gate/lifetime.c - counts the users of a gate, its threads and its opener; the last one frees
 * it */
#include "private.h"

#include <stdlib.h>

struct gate *gate_create(const struct gate_options *o, int fd, struct tls *tls)
{
	struct gate *gate = xcalloc(1, sizeof *gate);
	gate->profile = o->profile;
	gate->listen = xstrdup(o->listen);
	gate->upstream = xstrdup(o->upstream);
	gate->learner = xstrdup(o->learner);
	gate->front = o->learner != NULL ? names_front(o->learner) : NULL;
	gate->tls = tls;
	gate->socket = fd;
	gate->log_fd = o->log_fd;
	gate->users = 1;
	pthread_mutex_init(&gate->lock, NULL);
	pthread_cond_init(&gate->left, NULL);
	gate_policy_copy(&gate->policy, o->policy);
	return gate;
}

void gate_destroy(struct gate *gate)
{
	gate_policy_finish(&gate->policy);
	words_finish(&gate->images);
	pthread_mutex_destroy(&gate->lock);
	pthread_cond_destroy(&gate->left);
	tls_close(gate->tls);
	free(gate->listen);
	free(gate->upstream);
	free(gate->learner);
	free(gate->front);
	free(gate->version);
	free(gate);
}

void gate_enter(struct gate *gate)
{
	atomic_fetch_add(&gate->users, 1);
}

void gate_leave(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	bool last = atomic_fetch_sub(&gate->users, 1) == 1;
	pthread_cond_signal(&gate->left);
	pthread_mutex_unlock(&gate->lock);
	if (last)
		gate_destroy(gate);
}

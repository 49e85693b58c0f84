/* gate/workers.c - threads that accept connections and serve them. A few wait at the socket; a
 * thread that accepts a connection while no other one waits starts another first, so a new
 * request never waits for an old one. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEPT 4 /* threads that wait while the gate is idle */
#define STACK_SIZE ((size_t)512 * 1024)
#define HEAD_TIMEOUT_MS 10000
#define END_MS 3000

/* ---- one connection ---- */

static void list_request(struct gate *gate, struct request *r)
{
	pthread_mutex_lock(&gate->lock);
	r->next = gate->open;
	gate->open = r;
	if (atomic_load(&gate->stopping)) /* it opened too late to be cut off with the others */
		(void)shutdown(r->client.fd, SHUT_RDWR);
	pthread_mutex_unlock(&gate->lock);
}

static void unlist_request(struct gate *gate, const struct request *r)
{
	pthread_mutex_lock(&gate->lock);
	struct request **at = &gate->open;
	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	pthread_mutex_unlock(&gate->lock);
}

static void request_finish(struct request *r)
{
	http_head_finish(&r->head);
	target_finish(&r->target);
	buf_finish(&r->message);
	struct words *const lists[] = {&r->names, &r->makes, &r->marks, &r->tags, &r->shown};
	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
		words_finish(lists[i]);
	free(r->image);
	cJSON_Delete(r->body);
	free(r->rule);
}

/* Limits how long a client that does not read its answer can block a thread; a tunnel has its
 * own limits. */
static void limit_writes(int fd)
{
	const struct timeval timeout = {.tv_sec = 60};
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

static void serve_client(struct gate *gate, int fd)
{
	struct request r = {.gate = gate, .daemon = -1, .client = {.fd = fd, .timeout_ms = -1}};
	int status;
	list_request(gate, &r);
	if (gate->profile == GATE_WITNESS) {
		status = witness_serve(&r);
	} else {
		limit_writes(fd);
		r.client.timeout_ms = HEAD_TIMEOUT_MS;
		status = guard_serve(&r);
	}
	unlist_request(gate, &r);
	http_stream_finish(&r.client);
	if (r.started_ms != 0)
		audit_log(&r, status);
	request_finish(&r);
}

static void serve_or_refuse(struct gate *gate, int fd)
{
	if (atomic_load(&gate->users) <= CONNECTIONS_MAX) {
		serve_client(gate, fd);
		return;
	}
	gate_reply_error(fd, 503, "ropes: too many connections at a time");
	close(fd);
}

/* ---- threads ---- */

/* -1: the gate is stopping. */
static int next_connection(const struct gate *gate)
{
	for (;;) {
		int fd = accept4(gate->socket, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0 || atomic_load(&gate->stopping))
			return fd;
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
			usleep(20000); /* wait until some descriptor is closed */
		else if (errno != EINTR && errno != ECONNABORTED)
			return -1;
	}
}

static void *worker_run(void *data)
{
	struct gate *gate = data;
	int fd;
	while ((fd = next_connection(gate)) >= 0) {
		if (atomic_fetch_sub(&gate->waiting, 1) == 1)
			(void)workers_add(gate); /* else the others wait until a thread is free */
		serve_or_refuse(gate, fd);
		if (atomic_fetch_add(&gate->waiting, 1) >= KEPT)
			break;
	}
	atomic_fetch_sub(&gate->waiting, 1);
	gate_leave(gate);
	return NULL;
}

bool workers_add(struct gate *gate)
{
	gate_enter(gate);
	atomic_fetch_add(&gate->waiting, 1);
	bool good = thread_start(worker_run, gate, STACK_SIZE);
	if (!good) {
		atomic_fetch_sub(&gate->waiting, 1);
		gate_leave(gate);
	}
	return good;
}

bool workers_start(struct gate *gate)
{
	bool good = true;
	for (int i = 0; i < KEPT && good; i++)
		good = workers_add(gate);
	return good || atomic_load(&gate->waiting) > 0;
}

void workers_stop(struct gate *gate)
{
	struct timespec until;
	pthread_mutex_lock(&gate->lock);
	atomic_store(&gate->stopping, true);
	(void)shutdown(gate->socket, SHUT_RDWR); /* wakes the threads that wait */
	for (const struct request *r = gate->open; r != NULL; r = r->next) {
		if (r->daemon >= 0)
			(void)shutdown(r->daemon, SHUT_RDWR);
		(void)shutdown(r->client.fd, SHUT_RDWR);
	}
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += END_MS / 1000;
	while (atomic_load(&gate->users) > 1 &&
		pthread_cond_timedwait(&gate->left, &gate->lock, &until) == 0)
		;
	pthread_mutex_unlock(&gate->lock);
}

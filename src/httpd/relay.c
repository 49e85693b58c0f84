/* httpd/relay.c - answers that a thread of their own makes. The library's threads never wait for
 * it: the connection is suspended until there is something to send, or room for what was sent. */
#include "server.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define WAITING_MAX ((size_t)64 * 1024) /* bytes in each direction */
#define PIECE ((size_t)16 * 1024)
#define LOOK_MS 1000
#define STACK_SIZE ((size_t)512 * 1024)

struct relay {
	struct relay_list *relays;
	struct relay *next;
	struct MHD_Connection *connection;
	struct request *request; /* until the client has left */
	int client;              /* its socket, likewise */
	void (*run)(void *data, struct relay *relay);
	void *data;
	pthread_mutex_t lock; /* for what follows */
	pthread_cond_t moved; /* bytes arrived or were taken, or something ended */
	unsigned references;  /* the thread, the request, the response */
	struct reply reply;
	int64_t length;
	struct buf up, down;          /* what the thread and the client have not taken yet */
	bool up_ended;                /* the request is complete */
	bool begun, ended, is_broken; /* the answer */
	bool left, stopped;           /* the client; the server */
	bool suspended;
	struct httpd_stream *stream;
};

/* The relays whose threads run. */
struct relay_list {
	pthread_mutex_t lock;
	pthread_cond_t fewer;
	struct relay *first;
	bool ended;
};

struct relay_list *relay_list_create(void)
{
	struct relay_list *relays = xcalloc(1, sizeof *relays);
	pthread_mutex_init(&relays->lock, NULL);
	condition_init(&relays->fewer);
	return relays;
}

void relay_list_destroy(struct relay_list *relays)
{
	if (relays == NULL)
		return;
	pthread_mutex_destroy(&relays->lock);
	pthread_cond_destroy(&relays->fewer);
	free(relays);
}

/* Something changed for the client; with the lock. */
static void wake_client(struct relay *relay)
{
	if (!relay->suspended)
		return;
	relay->suspended = false;
	httpd_mhd.resume_connection(relay->connection);
}

static void suspend_client(struct relay *relay)
{
	relay->suspended = true;
	httpd_mhd.suspend_connection(relay->connection);
}

static void drop_reference(struct relay *relay)
{
	pthread_mutex_lock(&relay->lock);
	bool last = --relay->references == 0;
	pthread_mutex_unlock(&relay->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&relay->lock);
	pthread_cond_destroy(&relay->moved);
	buf_finish(&relay->reply.body);
	pairs_finish(&relay->reply.headers);
	buf_finish(&relay->up);
	buf_finish(&relay->down);
	free(relay);
}

void relay_list_end(struct relay_list *relays)
{
	pthread_mutex_lock(&relays->lock);
	relays->ended = true;
	for (struct relay *relay = relays->first; relay != NULL; relay = relay->next) {
		pthread_mutex_lock(&relay->lock);
		relay->stopped = true;
		pthread_cond_broadcast(&relay->moved);
		pthread_mutex_unlock(&relay->lock);
	}
	while (relays->first != NULL)
		pthread_cond_wait(&relays->fewer, &relays->lock);
	pthread_mutex_unlock(&relays->lock);
}

/* ---- the thread ---- */

static void leave_list(struct relay *relay)
{
	struct relay_list *relays = relay->relays;
	pthread_mutex_lock(&relays->lock);
	for (struct relay **at = &relays->first; *at != NULL; at = &(*at)->next)
		if (*at == relay) {
			*at = relay->next;
			break;
		}
	pthread_cond_signal(&relays->fewer);
	pthread_mutex_unlock(&relays->lock);
}

static void *run_relay(void *data)
{
	struct relay *relay = data;
	relay->run(relay->data, relay);
	pthread_mutex_lock(&relay->lock);
	if (!relay->begun)
		reply_error(&relay->reply, 502, "there was no answer");
	relay->begun = relay->ended = true;
	wake_client(relay);
	pthread_mutex_unlock(&relay->lock);
	leave_list(relay);
	drop_reference(relay);
	return NULL;
}

bool httpd_relay(struct request *r, struct reply *a, void (*run)(void *data, struct relay *relay),
	void *data)
{
	struct relay_list *relays = r->relays;
	struct relay *relay = xcalloc(1, sizeof *relay);
	*relay = (struct relay){.relays = relays,
		.connection = r->connection,
		.request = r,
		.client = httpd_mhd
				  .get_connection_info(
					  r->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
				  ->connect_fd,
		.run = run,
		.data = data,
		.references = 2,
		.length = -1};
	pthread_mutex_init(&relay->lock, NULL);
	condition_init(&relay->moved);
	pthread_mutex_lock(&relays->lock);
	bool good = !relays->ended && thread_start(run_relay, relay, STACK_SIZE);
	if (good) {
		relay->next = relays->first;
		relays->first = relay;
	}
	pthread_mutex_unlock(&relays->lock);
	if (good) {
		r->relay = relay;
		return true;
	}
	relay->references = 1;
	drop_reference(relay);
	return reply_error(a, 503, "the server has too much to do, or stops; try again");
}

/* ---- for the thread ---- */

static bool is_client_gone(struct relay *relay)
{
	struct pollfd client = {.fd = relay->client, .events = POLLRDHUP};
	return relay->left || relay->stopped ||
	       (poll(&client, 1, 0) > 0 && (client.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0);
}

bool relay_is_over(struct relay *relay)
{
	pthread_mutex_lock(&relay->lock);
	bool over = is_client_gone(relay);
	pthread_mutex_unlock(&relay->lock);
	return over;
}

/* The library sends no answer before it has the whole request: if the thread reads no more of it
 * until more of the answer is sent, neither goes on. */
static bool is_deadlocked(const struct relay *relay)
{
	return !relay->up_ended && relay->up.length >= WAITING_MAX;
}

/* Waits for the other side, with the lock. A suspended connection does not notice that its client
 * has gone. */
static void wait_for_move(struct relay *relay)
{
	const struct timespec until = condition_until(LOOK_MS);
	(void)condition_wait(&relay->moved, &relay->lock, &until); /* the caller looks again */
}

ssize_t relay_read(struct relay *relay, char *bytes, size_t max)
{
	ssize_t length = -1;
	pthread_mutex_lock(&relay->lock);
	while (relay->up.length == 0 && !relay->up_ended && !is_client_gone(relay))
		wait_for_move(relay);
	if (relay->up.length > 0 || relay->up_ended) {
		size_t part = relay->up.length < max ? relay->up.length : max;
		memcpy(bytes, buf_text(&relay->up), part);
		buf_remove_front(&relay->up, part);
		length = (ssize_t)part;
		wake_client(relay);
	}
	pthread_mutex_unlock(&relay->lock);
	return length;
}

static void begin_answer(struct relay *relay, struct reply *reply, int64_t length)
{
	relay->reply = *reply;
	*reply = (struct reply){0};
	relay->length = length;
	relay->begun = true;
	wake_client(relay);
}

void relay_begin(struct relay *relay, struct reply *reply, int64_t length)
{
	pthread_mutex_lock(&relay->lock);
	buf_add(&relay->down, buf_text(&reply->body), reply->body.length);
	begin_answer(relay, reply, length);
	pthread_mutex_unlock(&relay->lock);
}

bool relay_write(struct relay *relay, const char *bytes, size_t length)
{
	pthread_mutex_lock(&relay->lock);
	bool good = !relay->left && !relay->stopped;
	while (good && relay->down.length >= WAITING_MAX) {
		wait_for_move(relay);
		good = !is_client_gone(relay) && !is_deadlocked(relay);
	}
	if (good) {
		buf_add(&relay->down, bytes, length);
		wake_client(relay);
	}
	pthread_mutex_unlock(&relay->lock);
	return good;
}

void relay_break(struct relay *relay)
{
	pthread_mutex_lock(&relay->lock);
	relay->is_broken = true;
	pthread_mutex_unlock(&relay->lock);
}

/* The library reports the end of such a request with a lock of its own, which it also takes when a
 * connection goes on: the request leaves now. */
static void take_stream(void *data, struct httpd_stream *stream)
{
	struct relay *relay = data;
	pthread_mutex_lock(&relay->lock);
	relay->stream = stream;
	relay->request->relay = NULL;
	pthread_cond_broadcast(&relay->moved);
	pthread_mutex_unlock(&relay->lock);
	drop_reference(relay);
}

struct httpd_stream *relay_upgrade(struct relay *relay, struct reply *reply)
{
	reply->status = 101;
	reply->upgrade = true;
	pthread_mutex_lock(&relay->lock);
	begin_answer(relay, reply, -1);
	while (relay->stream == NULL && !relay->left)
		wait_for_move(relay);
	struct httpd_stream *stream = relay->stream;
	relay->client = -1; /* the stream's now */
	pthread_mutex_unlock(&relay->lock);
	return stream;
}

/* ---- for the library's threads ---- */

void relay_take(struct relay *relay, const char *bytes, size_t *size)
{
	pthread_mutex_lock(&relay->lock);
	size_t room = relay->ended ? *size : WAITING_MAX - relay->up.length;
	size_t part = *size < room ? *size : room;
	if (!relay->ended) /* else nobody reads it any more */
		buf_add(&relay->up, bytes, part);
	*size -= part;
	if (*size > 0)
		suspend_client(relay);
	pthread_cond_broadcast(&relay->moved);
	pthread_mutex_unlock(&relay->lock);
}

bool relay_answer(struct relay *relay, struct request *r, struct reply *ret)
{
	pthread_mutex_lock(&relay->lock);
	bool begun = relay->begun;
	relay->up_ended = true;
	pthread_cond_broadcast(&relay->moved);
	if (begun) {
		*ret = relay->reply;
		relay->reply = (struct reply){0};
		buf_finish(&ret->body); /* it is in `down` */
		ret->relay = ret->upgrade ? NULL : relay;
		r->take = take_stream;
		r->take_data = relay;
	} else {
		suspend_client(relay);
	}
	pthread_mutex_unlock(&relay->lock);
	return begun;
}

static size_t take_waiting(struct relay *relay, char *bytes, size_t max)
{
	size_t part = relay->down.length < max ? relay->down.length : max;
	memcpy(bytes, buf_text(&relay->down), part);
	buf_remove_front(&relay->down, part);
	pthread_cond_broadcast(&relay->moved);
	return part;
}

static ssize_t give_bytes(void *data, uint64_t position, char *bytes, size_t max)
{
	struct relay *relay = data;
	ssize_t length = 0;
	(void)position;
	pthread_mutex_lock(&relay->lock);
	if (relay->down.length > 0)
		length = (ssize_t)take_waiting(relay, bytes, max);
	else if (relay->ended)
		length = relay->is_broken ? MHD_CONTENT_READER_END_WITH_ERROR
					  : MHD_CONTENT_READER_END_OF_STREAM;
	else
		suspend_client(relay);
	pthread_mutex_unlock(&relay->lock);
	return length;
}

static void end_response(void *data)
{
	drop_reference(data);
}

struct MHD_Response *relay_response(struct relay *relay)
{
	pthread_mutex_lock(&relay->lock);
	int64_t length = relay->length;
	relay->references++;
	pthread_mutex_unlock(&relay->lock);
	return httpd_mhd.create_response_from_callback(
		length >= 0 ? (uint64_t)length : MHD_SIZE_UNKNOWN, PIECE, give_bytes, relay,
		end_response);
}

void relay_leave(struct relay *relay)
{
	pthread_mutex_lock(&relay->lock);
	relay->left = true;
	relay->client = -1;
	pthread_cond_broadcast(&relay->moved);
	pthread_mutex_unlock(&relay->lock);
	drop_reference(relay);
}

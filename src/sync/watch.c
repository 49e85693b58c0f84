/* sync/watch.c - the live board of a workshop: always its newest state */
#include "http.h"
#include "private.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SILENCE_MS 40000
#define PAUSE_MS 1000
#define SHORT_MS 10000

struct sync_watch {
	char *url; /* of the event stream */
	char *ca;
	pthread_t thread;
	int news, stop; /* eventfds */
	pthread_mutex_t lock;
	char *newest; /* NULL: no new state */
	bool connected;
};

/* Inserts `tail` after the path of "…/room/board?token=T". NULL: not such a URL. The caller frees
 * it. */
static char *board_url(const char *url, const char *tail, struct error *err)
{
	const char *query = strstr(url, "?token=");
	char *origin = NULL;
	if (query == NULL) {
		error_set_kind(err, ERROR_USAGE,
			"'%s' is not the address of a board; use the whole address that `ropes serve --workshop` prints, with ?token=…",
			url);
		return NULL;
	}
	if (!sync_server_read(url, &origin, err))
		return NULL;
	char *full = xasprintf("%s/room/board%s%s", origin, tail, query);
	free(origin);
	return full;
}

bool sync_board(const char *url, const char *ca, char **ret_json, struct error *err)
{
	static const char *const headers[] = {"Accept: application/json", NULL};
	cleanup_free char *full = board_url(url, "", err);
	struct http_answer answer = {0};
	if (full == NULL)
		return false;
	const struct http_request request = {
		.method = "GET", .url = full, .headers = headers, .timeout_ms = SHORT_MS, .ca = ca};
	bool good = http_send(&request, &answer, err);
	if (good && answer.status != 200)
		good = error_set_kind(err, ERROR_USAGE,
			answer.status < 500
				? N_("there is no board at this address (%ld); check that its token is complete")
				: N_("the workshop cannot show its board now (%ld)"),
			answer.status);
	if (good)
		*ret_json = buf_steal(&answer.body);
	buf_finish(&answer.body);
	return good;
}

static void set_watch_connected(struct sync_watch *w, bool connected)
{
	pthread_mutex_lock(&w->lock);
	bool other = w->connected != connected;
	w->connected = connected;
	pthread_mutex_unlock(&w->lock);
	if (other)
		(void)eventfd_write(w->news, 1); /* a full counter wakes the reader, too */
}

struct watching {
	struct sync_watch *watch;
	struct http_events events;
};

static bool take_board_event(void *data, const struct http_event *event)
{
	struct sync_watch *w = ((struct watching *)data)->watch;
	if (!text_same(event->name, "board"))
		return true;
	pthread_mutex_lock(&w->lock);
	free(w->newest);
	w->newest = xstrdup(event->data);
	pthread_mutex_unlock(&w->lock);
	(void)eventfd_write(w->news, 1);
	return true;
}

static bool take_watch_bytes(void *data, const char *bytes, size_t length)
{
	struct watching *x = data;
	return http_events_take(&x->events, bytes, length, take_board_event, x);
}

static void begin_watching(void *data, long status, int64_t clock_ms)
{
	(void)clock_ms; /* the board has a more precise time */
	set_watch_connected(((struct watching *)data)->watch, status == 200);
}

static bool wait_to_retry(const struct sync_watch *w)
{
	struct pollfd stop = {.fd = w->stop, .events = POLLIN};
	return poll(&stop, 1, PAUSE_MS) > 0;
}

static void *watch_on(void *data)
{
	struct watching x = {.watch = data};
	static const char *const headers[] = {"Accept: text/event-stream", NULL};
	const struct http_stream stream = {.url = x.watch->url,
		.headers = headers,
		.ca = x.watch->ca,
		.silence_ms = SILENCE_MS,
		.stop_fd = x.watch->stop,
		.begun = begin_watching,
		.take = take_watch_bytes,
		.data = &x};
	do {
		long status;
		http_events_restart(&x.events);
		(void)http_follow(&stream, &status, NULL); /* reconnect, however it ended */
		set_watch_connected(x.watch, false);
	} while (!wait_to_retry(x.watch));
	http_events_finish(&x.events);
	return NULL;
}

bool sync_watch_open(const char *url, const char *ca, struct sync_watch **ret, struct error *err)
{
	char *full = board_url(url, "/events", err);
	if (full == NULL)
		return false;
	struct sync_watch *w = xcalloc(1, sizeof *w);
	w->url = full;
	w->ca = xstrdup(ca);
	w->connected = true; /* the caller has just loaded the first state */
	w->news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&w->lock, NULL);
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); /* signals belong to the caller's thread */
	if (w->news < 0 || w->stop < 0 || pthread_create(&w->thread, NULL, watch_on, w) != 0)
		die_out_of_memory();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	*ret = w;
	return true;
}

int sync_watch_fd(const struct sync_watch *w)
{
	return w->news;
}

char *sync_watch_next(struct sync_watch *w, bool *ret_connected)
{
	eventfd_t count;
	pthread_mutex_lock(&w->lock);
	char *newest = w->newest;
	w->newest = NULL;
	*ret_connected = w->connected;
	(void)eventfd_read(w->news, &count); /* the state is fetched below */
	pthread_mutex_unlock(&w->lock);
	return newest;
}

void sync_watch_close(struct sync_watch *w)
{
	if (w == NULL)
		return;
	(void)eventfd_write(w->stop, 1);
	pthread_join(w->thread, NULL);
	pthread_mutex_destroy(&w->lock);
	close(w->news);
	close(w->stop);
	free(w->newest);
	free(w->url);
	free(w->ca);
	free(w);
}

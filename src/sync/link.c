/* sync/link.c - a session's connection to its workshop: queues events, sends messages and
 * statements at once, and retries both for as long as the session lasts */
#include "http.h"
#include "json.h"
#include "private.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define TEAM_MS 15000 /* between checks for statements that a team does not have yet */
#define PAUSE_LEAST_MS 500
#define PAUSE_MOST_MS 15000
#define SILENCE_MS 40000 /* the server sends something every fifteen seconds */
#define REQUEST_MS 5000  /* leaving waits at most this long for the current request */
#define SKEW_MS 3000     /* treat clocks as equal if they differ less */
#define WORDS_MAX 200    /* bytes of the server's text that are passed on */
#define SAYINGS_MAX 100
#define EVENTS_MAX 1000

/* A received event. */
struct arrival {
	struct sync_event event;
	struct arena arena;
	struct arrival *next;
};

struct saying {
	char *body;
	struct saying *next;
};

struct sync_link {
	const struct sync_remote *remote;
	char *record_path;
	pthread_t sender, receiver;
	int news;              /* eventfd: events have arrived */
	int stop;              /* eventfd: the session ends */
	struct arrival *shown; /* the last event from sync_link_next(); used only by its caller */

	pthread_mutex_t lock; /* guards the fields below */
	pthread_cond_t work;  /* wakes the sender */
	struct arrival *first, **last;
	size_t arrivals;
	struct saying *saying, **last_saying;
	size_t sayings;
	bool poked, stopping, connected;
	bool unsent;  /* the sender ended with something unsent */
	long last_ms; /* timeout of the last tries after stopping */
};

/* ---- received events ---- */

static void free_arrival(struct arrival *a)
{
	if (a == NULL)
		return;
	arena_finish(&a->arena);
	free(a);
}

/* Takes ownership. Drops events that no one fetches. */
static void add_arrival(struct sync_link *l, struct arrival *a)
{
	pthread_mutex_lock(&l->lock);
	bool room = l->arrivals < EVENTS_MAX;
	if (room) {
		*l->last = a;
		l->last = &a->next;
		l->arrivals++;
	}
	pthread_mutex_unlock(&l->lock);
	if (room)
		(void)eventfd_write(l->news, 1); /* a full counter wakes the reader, too */
	else
		free_arrival(a);
}

static void report_link(struct sync_link *l, enum sync_news news, const char *text)
{
	struct arrival *a = xcalloc(1, sizeof *a);
	a->event.news = news;
	a->event.text = arena_strdup(&a->arena, text);
	add_arrival(l, a);
}

bool sync_link_next(struct sync_link *l, struct sync_event *ret)
{
	eventfd_t count;
	free_arrival(l->shown);
	pthread_mutex_lock(&l->lock);
	l->shown = l->first;
	if (l->shown != NULL) {
		l->first = l->shown->next;
		l->arrivals--;
	}
	if (l->first == NULL) {
		l->last = &l->first;
		(void)eventfd_read(
			l->news, &count); /* the queue is empty: stop waking the reader */
	}
	pthread_mutex_unlock(&l->lock);
	if (l->shown == NULL)
		return false;
	*ret = l->shown->event;
	return true;
}

int sync_link_fd(const struct sync_link *l)
{
	return l->news;
}

/* ---- listening ---- */

struct listening {
	struct sync_link *link;
	struct http_events events;
	bool lost; /* the learner has been notified */
	bool over; /* no more events will arrive */
	unsigned pause_ms;
	int64_t ahead_ms; /* how far this machine's clock is ahead of the server's */
};

static void set_link_connected(struct sync_link *l, bool connected)
{
	pthread_mutex_lock(&l->lock);
	l->connected = connected;
	if (connected)
		l->poked = true; /* retry what waits */
	pthread_cond_signal(&l->work);
	pthread_mutex_unlock(&l->lock);
}

static void begin_listening(void *data, long status, int64_t clock_ms)
{
	struct listening *x = data;
	if (status != 200)
		return;
	x->ahead_ms = clock_ms > 0 ? clock_wall_ms() - clock_ms : 0;
	if (x->ahead_ms > -SKEW_MS && x->ahead_ms < SKEW_MS)
		x->ahead_ms = 0;
	x->pause_ms = PAUSE_LEAST_MS;
	set_link_connected(x->link, true);
	if (x->lost)
		report_link(x->link, SYNC_BACK, NULL);
	x->lost = false;
}

static bool take_link_event(void *data, const struct http_event *event)
{
	struct listening *x = data;
	struct arrival *a = xcalloc(1, sizeof *a);
	if (!sync_event_read(event->name, event->data, &a->arena, &a->event)) {
		free_arrival(a);
		return true;
	}
	if (a->event.timer_ms != 0)
		a->event.timer_ms += x->ahead_ms; /* convert to the local clock */
	x->over = a->event.news == SYNC_END;
	add_arrival(x->link, a);
	return !x->over;
}

static bool take_link_bytes(void *data, const char *bytes, size_t length)
{
	struct listening *x = data;
	return http_events_take(&x->events, bytes, length, take_link_event, x);
}

/* Uses one connection for as long as it lasts. */
static void listen_once(struct listening *x)
{
	const struct sync_remote *remote = x->link->remote;
	size_t origin = strlen(remote->url) - strlen("/xapi");
	cleanup_free char *url = xasprintf("%.*s/room/events", (int)origin, remote->url);
	cleanup_free char *last = xasprintf("Last-Event-ID: %s", buf_text(&x->events.id));
	const char *const headers[] = {
		"Accept: text/event-stream", x->events.id.length > 0 ? last : NULL, NULL};
	const struct http_stream stream = {
		.url = url,
		.user = remote->key,
		.password = remote->secret,
		.headers = headers,
		.ca = remote->ca,
		.pin = remote->pin,
		.silence_ms = SILENCE_MS,
		.stop_fd = x->link->stop,
		.begun = begin_listening,
		.take = take_link_bytes,
		.data = x,
	};
	long status = 0;
	http_events_restart(&x->events);
	(void)http_follow(&stream, &status, NULL); /* reconnect, however it ended */
	set_link_connected(x->link, false);
	if (status == 401 || status == 403) {
		x->over = true;
		report_link(x->link, SYNC_REFUSED,
			_("The workshop no longer knows this machine. Run `ropes join` again."));
	}
}

/* Vary the pause, so that everyone who lost the same server does not return at the same moment.
 * True: the session ends. */
static bool wait_to_reconnect(struct listening *x)
{
	struct pollfd stop = {.fd = x->link->stop, .events = POLLIN};
	unsigned half = x->pause_ms / 2;
	int ms = (int)(half + random_seed() % (half + 1));
	x->pause_ms = x->pause_ms * 2 > PAUSE_MOST_MS ? PAUSE_MOST_MS : x->pause_ms * 2;
	return poll(&stop, 1, ms) > 0;
}

static bool is_link_stopped(const struct sync_link *l)
{
	struct pollfd stop = {.fd = l->stop, .events = POLLIN};
	return poll(&stop, 1, 0) > 0;
}

static void *run_listener(void *data)
{
	struct listening x = {.link = data, .pause_ms = PAUSE_LEAST_MS};
	bool cut = false;
	cleanup_free char *heard = remote_load_heard(x.link->remote);
	buf_add_text(&x.events.id, heard != NULL ? heard : "");
	while (!cut && !x.over) {
		unsigned before = x.pause_ms;
		listen_once(&x);
		/* do not report a connection that returns at the first try */
		if (!x.over && !x.lost && before > PAUSE_LEAST_MS && x.pause_ms > PAUSE_LEAST_MS &&
			!is_link_stopped(x.link)) {
			x.lost = true;
			report_link(x.link, SYNC_LOST, NULL);
		}
		cut = x.over || is_link_stopped(x.link) || wait_to_reconnect(&x);
	}
	if (x.events.id.length > 0 && !text_same(heard, buf_text(&x.events.id)))
		remote_save_heard(x.link->remote, buf_text(&x.events.id));
	http_events_finish(&x.events);
	return NULL;
}

/* ---- sending ---- */

struct errand {
	struct sync_link *link;
	struct http_connection *connection;
	struct record *record;
	long timeout_ms;
	bool refused; /* the key is rejected: nothing can be sent with it */
};

static char *first_line(const struct buf *body)
{
	const char *text = buf_text(body);
	cleanup_free char *line = xstrndup(text, strnlen(text, WORDS_MAX));
	line[strcspn(line, "\r\n")] = '\0';
	return utf8_valid(line, strlen(line)) ? xstrdup(line) : xstrdup("");
}

/* True: done, accepted or not. */
static bool send_one_saying(struct errand *x, const char *body)
{
	static const char *const headers[] = {"Content-Type: application/json", NULL};
	const struct sync_remote *remote = x->link->remote;
	size_t origin = strlen(remote->url) - strlen("/xapi");
	cleanup_free char *url = xasprintf("%.*s/room/say", (int)origin, remote->url);
	struct http_answer answer = {0};
	const struct http_request request = {.method = "POST",
		.url = url,
		.user = remote->key,
		.password = remote->secret,
		.headers = headers,
		.body = body,
		.body_length = strlen(body),
		.timeout_ms = x->timeout_ms,
		.ca = remote->ca,
		.pin = remote->pin,
		.connection = x->connection};
	bool answered = http_send(&request, &answer, NULL);
	bool later = !answered || answer.status >= 500 || answer.status == 429;
	cleanup_free char *said = first_line(&answer.body);
	buf_finish(&answer.body);
	if (!later && answer.status >= 300)
		report_link(x->link, SYNC_REFUSED, said);
	return !later;
}

static struct saying *first_saying(struct sync_link *l)
{
	pthread_mutex_lock(&l->lock);
	struct saying *first = l->saying;
	pthread_mutex_unlock(&l->lock);
	return first;
}

static void drop_saying(struct sync_link *l)
{
	pthread_mutex_lock(&l->lock);
	struct saying *first = l->saying;
	l->saying = first->next;
	l->sayings--;
	if (l->saying == NULL)
		l->last_saying = &l->saying;
	pthread_mutex_unlock(&l->lock);
	free(first->body);
	free(first);
}

static bool send_sayings(struct errand *x)
{
	struct saying *s;
	while ((s = first_saying(x->link)) != NULL) {
		if (!send_one_saying(x, s->body))
			return false;
		drop_saying(x->link);
	}
	return true;
}

static bool send_record(struct errand *x)
{
	const struct sync_options options = {
		.tries = 1, .timeout_ms = x->timeout_ms, .connection = x->connection};
	struct sync_report report;
	if (x->link->record_path == NULL || x->refused)
		return true;
	if (x->record == NULL && !record_open_read(x->link->record_path, &x->record, NULL))
		return false;
	bool good = sync_run(x->record, x->link->remote, &options, &report, NULL);
	x->refused = report.refused;
	return good;
}

/* Waits for work, or for `pause_ms` if something is left from before. True: this is the last time.
 */
static bool wait_for_work(struct errand *x, long pause_ms)
{
	struct sync_link *l = x->link;
	const struct timespec until = condition_until(pause_ms);
	pthread_mutex_lock(&l->lock);
	bool time_left = true;
	while (!l->poked && !l->stopping && time_left) {
		if (pause_ms > 0)
			time_left = condition_wait(&l->work, &l->lock, &until);
		else
			pthread_cond_wait(&l->work, &l->lock);
	}
	l->poked = false;
	bool last = l->stopping;
	x->timeout_ms = last ? l->last_ms : REQUEST_MS;
	pthread_mutex_unlock(&l->lock);
	return last;
}

/* A room gets statements at once, a team every now and then. */
static bool is_room(const struct sync_link *l)
{
	return l->remote->code != NULL;
}

static void *send_on(void *data)
{
	struct sync_link *l = data;
	struct errand x = {.link = l, .connection = http_connection_create()};
	long rest_ms = is_room(l) ? 0 : TEAM_MS, pause_ms = rest_ms;
	for (bool last = false, good = true; !last;) {
		last = wait_for_work(&x, pause_ms);
		good = send_sayings(&x) && send_record(&x);
		pause_ms = good ? rest_ms : pause_ms == 0 ? PAUSE_LEAST_MS : pause_ms * 2;
		pause_ms = pause_ms > PAUSE_MOST_MS ? PAUSE_MOST_MS : pause_ms;
		pthread_mutex_lock(&l->lock);
		l->unsent = !good || x.refused;
		pthread_mutex_unlock(&l->lock);
	}
	record_close(x.record);
	http_connection_destroy(x.connection);
	return NULL;
}

void sync_link_poke(struct sync_link *l)
{
	pthread_mutex_lock(&l->lock);
	l->poked = true;
	pthread_cond_signal(&l->work);
	pthread_mutex_unlock(&l->lock);
}

/* ---- messages ---- */

static char *saying_body(enum sync_saying saying, const char *id, const char *text)
{
	static const struct {
		const char *what, *field;
	} words[] = {
		[SYNC_HAND] = {"hand", "text"},
		[SYNC_HAND_DOWN] = {"hand", NULL},
		[SYNC_DONE] = {"done", NULL},
		[SYNC_FAST] = {"fast", NULL},
		[SYNC_RESPONSE] = {"answer", "response"},
	};
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "what", words[saying].what);
	if (words[saying].field != NULL)
		cJSON_AddStringToObject(json, words[saying].field, text != NULL ? text : "");
	if (id != NULL)
		cJSON_AddStringToObject(json, "id", id);
	if (saying == SYNC_HAND_DOWN)
		cJSON_AddTrueToObject(json, "down");
	char *body = json_print_take(json);
	return body;
}

void sync_link_say(struct sync_link *l, enum sync_saying saying, const char *id, const char *text)
{
	struct saying *s = xcalloc(1, sizeof *s);
	s->body = saying_body(saying, id, text);
	pthread_mutex_lock(&l->lock);
	bool room = l->sayings < SAYINGS_MAX;
	if (room) {
		*l->last_saying = s;
		l->last_saying = &s->next;
		l->sayings++;
	}
	l->poked = true;
	pthread_cond_signal(&l->work);
	pthread_mutex_unlock(&l->lock);
	if (!room) {
		free(s->body);
		free(s);
	}
}

bool sync_link_is_connected(struct sync_link *l)
{
	pthread_mutex_lock(&l->lock);
	bool connected = l->connected;
	pthread_mutex_unlock(&l->lock);
	return connected;
}

/* ---- opening and closing ---- */

/* Block signals: they belong to the session's thread. */
static void start_thread(pthread_t *thread, void *(*run)(void *data), struct sync_link *l)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(thread, NULL, run, l) != 0)
		die_out_of_memory();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct sync_link *sync_link_open(const struct sync_remote *remote, const char *record_path)
{
	struct sync_link *l = xcalloc(1, sizeof *l);
	l->remote = remote;
	l->record_path = xstrdup(record_path);
	l->last = &l->first;
	l->last_saying = &l->saying;
	l->poked = is_room(l); /* send what an earlier session left */
	l->news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	l->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->news < 0 || l->stop < 0)
		die_out_of_memory();
	pthread_mutex_init(&l->lock, NULL);
	condition_init(&l->work);
	start_thread(&l->sender, send_on, l);
	if (is_room(l))
		start_thread(&l->receiver, run_listener, l);
	return l;
}

static void forget_queues(struct sync_link *l)
{
	while (l->saying != NULL)
		drop_saying(l);
	while (l->first != NULL) {
		struct arrival *a = l->first;
		l->first = a->next;
		free_arrival(a);
	}
	free_arrival(l->shown);
}

bool sync_link_close(struct sync_link *l, long wait_ms)
{
	if (l == NULL)
		return true;
	pthread_mutex_lock(&l->lock);
	l->stopping = true;
	l->last_ms = wait_ms;
	pthread_cond_signal(&l->work);
	pthread_mutex_unlock(&l->lock);
	(void)eventfd_write(l->stop, 1);
	pthread_join(l->sender, NULL);
	if (is_room(l))
		pthread_join(l->receiver, NULL);
	bool all = !l->unsent;
	forget_queues(l);
	pthread_cond_destroy(&l->work);
	pthread_mutex_destroy(&l->lock);
	close(l->news);
	close(l->stop);
	free(l->record_path);
	free(l);
	return all;
}

/* httpd/events.c - server-sent events: publishes to every listener without waiting for slow ones. A
 * text is stored once, however many listeners get it. */
#include "server.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define LISTENERS_MAX 4096
#define WAITING_MAX 256 /* events queued for a slow listener before it is disconnected */

struct piece {
	unsigned references;
	size_t length;
	bool latest;
	char bytes[];
};

struct listener {
	struct hub *hub;
	struct listener *next;
	char *topic, *who;
	struct MHD_Connection *connection;
	struct piece *waiting[WAITING_MAX];
	size_t count, offset; /* offset: bytes of waiting[0] already sent */
	bool suspended, ended;
};

struct hub {
	pthread_mutex_t lock;
	struct listener *listeners;
	size_t count;
	bool ended;
};

struct hub *events_create(void)
{
	struct hub *hub = xcalloc(1, sizeof *hub);
	pthread_mutex_init(&hub->lock, NULL);
	return hub;
}

void events_destroy(struct hub *hub)
{
	if (hub == NULL)
		return;
	pthread_mutex_destroy(&hub->lock);
	free(hub);
}

/* ---- pieces; hub lock held ---- */

static struct piece *piece_create(const struct buf *text, bool latest)
{
	struct piece *p = xmalloc(sizeof *p + text->length);
	*p = (struct piece){.length = text->length, .latest = latest};
	memcpy(p->bytes, buf_text(text), text->length);
	return p;
}

static void piece_drop(struct piece *p)
{
	if (--p->references == 0)
		free(p);
}

static void wake_listener(struct listener *l)
{
	if (!l->suspended)
		return;
	l->suspended = false;
	httpd_mhd.resume_connection(l->connection);
}

/* An event that only describes the current state replaces one at the end of the queue. */
static bool replace_latest(struct listener *l, struct piece *p)
{
	struct piece **last = l->count > 0 ? &l->waiting[l->count - 1] : NULL;
	bool begun = l->count == 1 && l->offset > 0;
	if (!p->latest || last == NULL || !(*last)->latest || begun)
		return false;
	piece_drop(*last);
	*last = p;
	return true;
}

static void queue_piece(struct listener *l, struct piece *p)
{
	p->references++;
	if (!replace_latest(l, p)) {
		if (l->count == WAITING_MAX) {
			piece_drop(p);
			l->ended = true;
		} else {
			l->waiting[l->count++] = p;
		}
	}
	wake_listener(l);
}

/* ---- listening ---- */

struct piece *events_keep_piece(struct hub *hub, const struct buf *text)
{
	pthread_mutex_lock(&hub->lock);
	struct piece *p = piece_create(text, false);
	p->references++;
	pthread_mutex_unlock(&hub->lock);
	return p;
}

void events_drop_piece(struct hub *hub, struct piece *piece)
{
	pthread_mutex_lock(&hub->lock);
	if (piece != NULL)
		piece_drop(piece);
	pthread_mutex_unlock(&hub->lock);
}

bool events_listen(struct request *r, struct reply *a, const char *topic, const char *who,
	const struct buf *first)
{
	struct piece *p = events_keep_piece(r->hub, first);
	bool good = events_listen_piece(r, a, topic, who, p);
	events_drop_piece(r->hub, p);
	return good;
}

bool events_listen_piece(
	struct request *r, struct reply *a, const char *topic, const char *who, struct piece *first)
{
	struct hub *hub = r->hub;
	struct listener *l = xcalloc(1, sizeof *l);
	l->hub = hub;
	l->topic = xstrdup(topic);
	l->who = xstrdup(who);
	pthread_mutex_lock(&hub->lock);
	bool good = !hub->ended && hub->count < LISTENERS_MAX;
	if (good) {
		l->next = hub->listeners;
		hub->listeners = l;
		hub->count++;
		queue_piece(l, first);
	}
	pthread_mutex_unlock(&hub->lock);
	if (!good) {
		free(l->topic);
		free(l->who);
		free(l);
		return reply_error(a, 503, "there are too many open connections already");
	}
	a->status = 200;
	a->listener = l;
	reply_header(a, "Content-Type", "text/event-stream");
	reply_header(a, "Cache-Control", "no-store");
	return true;
}

void events_connect_listener(struct listener *l, struct MHD_Connection *connection)
{
	pthread_mutex_lock(&l->hub->lock);
	l->connection = connection;
	pthread_mutex_unlock(&l->hub->lock);
}

static size_t copy_waiting(struct listener *l, char *bytes, size_t max)
{
	size_t taken = 0;
	while (l->count > 0 && taken < max) {
		struct piece *p = l->waiting[0];
		size_t left = p->length - l->offset, room = max - taken;
		size_t length = left < room ? left : room;
		memcpy(bytes + taken, p->bytes + l->offset, length);
		taken += length;
		l->offset += length;
		if (l->offset < p->length)
			break;
		piece_drop(p);
		l->offset = 0;
		memmove(l->waiting, l->waiting + 1, --l->count * sizeof *l->waiting);
	}
	return taken;
}

ssize_t events_give(struct listener *l, char *bytes, size_t max)
{
	pthread_mutex_lock(&l->hub->lock);
	size_t taken = copy_waiting(l, bytes, max);
	bool ended = taken == 0 && (l->ended || l->hub->ended);
	if (taken == 0 && !ended) {
		l->suspended = true;
		httpd_mhd.suspend_connection(l->connection);
	}
	pthread_mutex_unlock(&l->hub->lock);
	return ended ? -1 : (ssize_t)taken;
}

void events_free_listener(struct listener *l)
{
	struct hub *hub = l->hub;
	pthread_mutex_lock(&hub->lock);
	for (struct listener **at = &hub->listeners; *at != NULL; at = &(*at)->next)
		if (*at == l) {
			*at = l->next;
			hub->count--;
			break;
		}
	while (l->count > 0)
		piece_drop(l->waiting[--l->count]);
	pthread_mutex_unlock(&hub->lock);
	free(l->topic);
	free(l->who);
	free(l);
}

/* ---- publishing ---- */

void events_add(struct buf *out, const char *name, int64_t id, const char *data)
{
	if (id > 0)
		buf_printf(out, "id: %lld\n", (long long)id);
	buf_printf(out, "event: %s\ndata: %s\n\n", name, data);
}

static void publish_piece(struct hub *hub, const char *topic, const char *who, struct piece *p)
{
	p->references++;
	for (struct listener *l = hub->listeners; l != NULL; l = l->next)
		if ((topic == NULL || text_same(l->topic, topic)) &&
			(who == NULL || text_same(l->who, who)))
			queue_piece(l, p);
	piece_drop(p);
}

void events_publish(
	struct hub *hub, const char *topic, const char *who, const struct buf *event, bool latest)
{
	pthread_mutex_lock(&hub->lock);
	publish_piece(hub, topic, who, piece_create(event, latest));
	pthread_mutex_unlock(&hub->lock);
}

size_t events_count(struct hub *hub, const char *topic, const char *who)
{
	size_t count = 0;
	pthread_mutex_lock(&hub->lock);
	for (const struct listener *l = hub->listeners; l != NULL; l = l->next)
		count += text_same(l->topic, topic) && (who == NULL || text_same(l->who, who));
	pthread_mutex_unlock(&hub->lock);
	return count;
}

void events_each(
	struct hub *hub, const char *topic, void (*each)(void *data, const char *who), void *data)
{
	pthread_mutex_lock(&hub->lock);
	for (const struct listener *l = hub->listeners; l != NULL; l = l->next)
		if (text_same(l->topic, topic))
			each(data, l->who);
	pthread_mutex_unlock(&hub->lock);
}

void events_end_owner(struct hub *hub, const char *topic, const char *who)
{
	pthread_mutex_lock(&hub->lock);
	for (struct listener *l = hub->listeners; l != NULL; l = l->next)
		if (text_same(l->topic, topic) && text_same(l->who, who)) {
			l->ended = true;
			wake_listener(l);
		}
	pthread_mutex_unlock(&hub->lock);
}

/* A listener with queued events needs no heartbeat. */
void events_beat(struct hub *hub)
{
	static char comment[] = ":\n\n";
	const struct buf text = {.data = comment, .length = sizeof comment - 1};
	pthread_mutex_lock(&hub->lock);
	struct piece *p = piece_create(&text, false);
	p->references++;
	for (struct listener *l = hub->listeners; l != NULL; l = l->next)
		if (l->count == 0)
			queue_piece(l, p);
	piece_drop(p);
	pthread_mutex_unlock(&hub->lock);
}

void events_end(struct hub *hub)
{
	pthread_mutex_lock(&hub->lock);
	hub->ended = true;
	for (struct listener *l = hub->listeners; l != NULL; l = l->next)
		wake_listener(l);
	pthread_mutex_unlock(&hub->lock);
}

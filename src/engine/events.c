/* engine/events.c - reads the daemon's event stream without waiting */
#include "private.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define LINE_LENGTH_MAX ((size_t)1 << 20)

struct engine_events {
	struct engine *engine;
	CURL *easy;
	CURLM *multi;
	int fd;             /* of the stream's connection, -1 until it exists */
	struct buf pending; /* the incomplete last line */
	bool ended;
	void (*event)(void *data, const struct engine_event *event);
	void *data;
};

/* Create the socket here to learn its descriptor for poll(2). */
static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct engine_events *events = user;
	(void)purpose;
	events->fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	return events->fd >= 0 ? events->fd : CURL_SOCKET_BAD;
}

static void report_event_line(struct engine_events *events, const char *line, size_t length)
{
	cJSON *json = cJSON_ParseWithLength(line, length);
	const cJSON *actor = json_get(json, "Actor");
	const cJSON *attributes = json_get(actor, "Attributes");
	const struct engine_event event = {
		.type = json_get_text_or(json, "Type", ""),
		.action = json_get_text_or(json, "Action", ""),
		.id = json_get_text_or(actor, "ID", ""),
		.name = json_get_text_or(attributes, "name", ""),
		.image = json_get_text_or(attributes, "image", ""),
		.time_ns = json_get_integer_or(json, "timeNano", 0, INT64_MAX, 0),
		.json = json,
	};
	if (json != NULL && events->event != NULL)
		events->event(events->data, &event);
	cJSON_Delete(json);
}

static size_t receive_event_bytes(char *bytes, size_t size, size_t count, void *user)
{
	struct engine_events *events = user;
	if (events->pending.length + size * count > LINE_LENGTH_MAX)
		return 0; /* no daemon event is this long */
	buf_add(&events->pending, bytes, size * count);
	const char *start = events->pending.data, *end;
	size_t left = events->pending.length;
	while ((end = memchr(start, '\n', left)) != NULL) {
		report_event_line(events, start, (size_t)(end - start));
		left -= (size_t)(end - start) + 1;
		start = end + 1;
	}
	buf_remove_front(&events->pending, events->pending.length - left);
	return size * count;
}

bool engine_events_open(
	struct engine *e, int64_t since, struct engine_events **ret, struct error *err)
{
	if (!engine_negotiate(e, err))
		return false;
	struct engine_events *events = xcalloc(1, sizeof *events);
	cleanup_free char *path =
		since > 0 ? xasprintf("/events?since=%lld", (long long)since) : xstrdup("/events");
	events->engine = e;
	events->fd = -1;
	events->easy = e->curl->easy_init();
	events->multi = e->curl->multi_init();
	if (events->easy == NULL || events->multi == NULL)
		die_out_of_memory();
	engine_prepare(e, events->easy, path, true);
	e->curl->easy_setopt(events->easy, CURLOPT_WRITEFUNCTION, receive_event_bytes);
	e->curl->easy_setopt(events->easy, CURLOPT_WRITEDATA, events);
	e->curl->easy_setopt(events->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	e->curl->easy_setopt(events->easy, CURLOPT_OPENSOCKETDATA, events);
	e->curl->multi_add_handle(events->multi, events->easy);
	/* Send the request before the caller acts: it would miss events that follow at once. */
	long status = 0;
	for (int i = 0; i < 200 && status == 0; i++) {
		if (!engine_events_read(events, NULL, NULL, err)) {
			engine_events_close(events);
			return false;
		}
		e->curl->easy_getinfo(events->easy, CURLINFO_RESPONSE_CODE, &status);
		if (status == 0)
			e->curl->multi_poll(events->multi, NULL, 0, 10, NULL);
	}
	*ret = events;
	return true;
}

int engine_events_fd(const struct engine_events *events)
{
	return events == NULL || events->ended ? -1 : events->fd;
}

bool engine_events_read(struct engine_events *events,
	void (*event)(void *data, const struct engine_event *event), void *data, struct error *err)
{
	int running = 0, left = 0;
	events->event = event;
	events->data = data;
	events->engine->curl->multi_perform(events->multi, &running);
	events->event = NULL;
	const CURLMsg *message = events->engine->curl->multi_info_read(events->multi, &left);
	if (message == NULL && running > 0)
		return true;
	events->ended = true;
	return error_set(err, 0, "the daemon at %s closed its event stream", events->engine->host);
}

void engine_events_close(struct engine_events *events)
{
	if (events == NULL)
		return;
	events->engine->curl->multi_remove_handle(events->multi, events->easy);
	events->engine->curl->easy_cleanup(events->easy);
	events->engine->curl->multi_cleanup(events->multi);
	buf_finish(&events->pending);
	free(events);
}

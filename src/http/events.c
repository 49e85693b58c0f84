/* http/events.c - parses server-sent events (HTML Living Standard, 9.2.6): a pure function of the
 * bytes so far */
#include "http.h"

#include <string.h>

#define LINE_LENGTH_MAX HTTP_EVENT_MAX

struct taking {
	struct http_events *e;
	bool (*each)(void *data, const struct http_event *event);
	void *data;
	bool enough;
};

static void reset_event(struct http_events *e)
{
	buf_truncate(&e->data, 0);
	buf_truncate(&e->name, 0);
	e->over = false;
}

/* An empty line completes the event. */
static void dispatch_event(struct taking *t)
{
	struct http_events *e = t->e;
	if (e->data.length > 0 && !e->over) {
		buf_truncate(&e->data,
			e->data.length - 1); /* the last newline is not part of the data */
		const struct http_event event = {
			.name = e->name.length > 0 ? buf_text(&e->name) : "message",
			.data = buf_text(&e->data),
			.id = buf_text(&e->id),
		};
		t->enough = !t->each(t->data, &event);
	}
	reset_event(e);
}

static void set_field(struct buf *field, const char *value, size_t length)
{
	buf_truncate(field, 0);
	buf_add(field, value, length);
}

/* Skip events and ids that contain a NUL, because C strings cannot. */
static void take_event_field(
	struct http_events *e, const char *name, size_t length, const char *value, size_t size)
{
	bool torn = memchr(value, '\0', size) != NULL;
	if (length == 4 && memcmp(name, "data", 4) == 0) {
		e->over = e->over || torn || e->data.length + size > HTTP_EVENT_MAX;
		if (e->over)
			return;
		buf_add(&e->data, value, size);
		buf_add_char(&e->data, '\n');
	} else if (length == 5 && memcmp(name, "event", 5) == 0 && !torn) {
		set_field(&e->name, value, size);
	} else if (length == 2 && memcmp(name, "id", 2) == 0 && !torn) {
		set_field(&e->id, value, size);
	}
}

static void take_event_line(struct taking *t)
{
	const char *line = buf_text(&t->e->line);
	size_t length = t->e->line.length;
	if (length == 0) {
		dispatch_event(t);
		return;
	}
	const char *colon = memchr(line, ':', length);
	size_t name = colon != NULL ? (size_t)(colon - line) : length;
	size_t at = colon != NULL ? name + 1 : length;
	if (at < length && line[at] == ' ')
		at++;
	take_event_field(t->e, line, name, line + at, length - at);
	buf_truncate(&t->e->line, 0);
}

static void skip_mark(struct http_events *e)
{
	if (!e->begun && e->line.length >= 3 && memcmp(e->line.data, "\xEF\xBB\xBF", 3) == 0)
		buf_remove_front(&e->line, 3);
	e->begun = true;
}

bool http_events_take(struct http_events *e, const char *bytes, size_t length,
	bool (*each)(void *data, const struct http_event *event), void *data)
{
	struct taking t = {.e = e, .each = each, .data = data};
	for (size_t i = 0; i < length && !t.enough; i++) {
		char c = bytes[i];
		bool second = c == '\n' && e->after_return;
		e->after_return = c == '\r';
		if (second)
			continue;
		if (c == '\n' || c == '\r') {
			skip_mark(e);
			take_event_line(&t);
		} else if (e->line.length < LINE_LENGTH_MAX) {
			buf_add_char(&e->line, c);
		} else {
			e->over = true;
		}
	}
	return !t.enough;
}

void http_events_restart(struct http_events *e)
{
	buf_truncate(&e->line, 0);
	reset_event(e);
	e->after_return = false;
	e->begun = false;
}

void http_events_finish(struct http_events *e)
{
	buf_finish(&e->line);
	buf_finish(&e->data);
	buf_finish(&e->name);
	buf_finish(&e->id);
	*e = (struct http_events){0};
}

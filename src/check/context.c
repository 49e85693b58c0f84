/* check/context.c - what statements are evaluated against: the baseline, the events since, the line
 * that ran */
#include "private.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

static const char kinds[4] = {'c', 'i', 'n', 'v'};
#define EVENTS_MAX 4096

/* ---- baseline ---- */

/* Statements may name a container by its id, too. */
static bool add_ids(struct check_context *s, struct error *err)
{
	cJSON *json = NULL;
	const cJSON *one;
	if (!engine_get(s->engine, "/containers/json?all=1", &json, err))
		return false;
	cJSON_ArrayForEach(one, json) {
		const char *id = json_get_text(one, "Id");
		if (id != NULL)
			words_add(&s->before[0], id);
	}
	cJSON_Delete(json);
	return true;
}

static bool take_baseline(struct check_context *s, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (!engine_names(s->engine, kinds[i], false, &s->before[i], err))
			return false;
	return add_ids(s, err);
}

static bool is_id_of(const char *id, const char *name)
{
	size_t length = strlen(name);
	return length >= 4 && strlen(id) == 64 && strspn(name, "0123456789abcdef") == length &&
	       strncmp(id, name, length) == 0;
}

bool context_was_there(const struct check_context *s, enum subject subject, const char *name)
{
	const struct words *list = &s->before[subject - ABOUT_CONTAINER];
	cleanup_free char *wanted =
		subject == ABOUT_IMAGE ? engine_reference_normalise(name) : xstrdup(name);
	for (size_t i = 0; i < list->count; i++) {
		cleanup_free char *one = subject == ABOUT_IMAGE
						 ? engine_reference_normalise(list->items[i])
						 : xstrdup(list->items[i]);
		if (text_same(one, wanted) || (subject == ABOUT_CONTAINER && is_id_of(one, name)))
			return true;
	}
	/* also count what is created and removed within the step */
	static const char *const types[] = {"container", "image", "network", "volume"};
	return context_happened(s, types[subject - ABOUT_CONTAINER], "create", name) ||
	       context_happened(s, types[subject - ABOUT_CONTAINER], "tag", name);
}

/* ---- events ---- */

static void add_daemon_event(void *data, const struct engine_event *e)
{
	struct check_context *s = data;
	if (s->event_count >= EVENTS_MAX)
		return;
	s->events_seen = array_grow(s->events_seen, s->event_count, sizeof *s->events_seen);
	s->events_seen[s->event_count++] = (struct happened){
		.type = xstrdup(e->type),
		.action = xstrdup(e->action),
		.id = xstrdup(e->id),
		.name = xstrdup(e->name),
		.image = xstrdup(e->image),
		.time_ms = e->time_ns / 1000000,
	};
}

bool context_happened(
	const struct check_context *s, const char *type, const char *action, const char *name)
{
	for (size_t i = 0; i < s->event_count; i++) {
		const struct happened *h = &s->events_seen[i];
		if (text_same(h->type, type) && text_same(h->action, action) &&
			(name == NULL || text_same(h->name, name) || is_id_of(h->id, name) ||
				text_same(h->id, name)))
			return true;
	}
	return false;
}

int check_context_fd(const struct check_context *s)
{
	return s->events != NULL && !s->lost ? engine_events_fd(s->events) : -1;
}

bool check_context_pump(struct check_context *s, bool *ret_news, struct error *err)
{
	size_t before = s->event_count;
	if (s->events == NULL)
		return true;
	if (s->lost || !engine_events_read(s->events, add_daemon_event, s, err)) {
		s->lost = true;
		return false;
	}
	*ret_news = s->event_count > before;
	return true;
}

/* ---- opening and closing ---- */

bool check_context_open(
	const struct check_context_options *o, struct check_context **ret, struct error *err)
{
	struct check_context *s = xcalloc(1, sizeof *s);
	s->engine = o->engine;
	s->images = o->images;
	s->workspace = xstrdup(o->workspace);
	s->gate_log = xstrdup(o->gate_log);
	s->opened_ms = clock_wall_ms();
	if (s->engine != NULL &&
		(!engine_events_open(s->engine, 0, &s->events, err) || !take_baseline(s, err))) {
		check_context_close(s);
		return false;
	}
	*ret = s;
	return true;
}

void check_context_close(struct check_context *s)
{
	if (s == NULL)
		return;
	engine_events_close(s->events);
	for (size_t i = 0; i < ARRAY_LENGTH(s->before); i++)
		words_finish(&s->before[i]);
	for (size_t i = 0; i < s->event_count; i++) {
		struct happened *h = &s->events_seen[i];
		free(h->type);
		free(h->action);
		free(h->id);
		free(h->name);
		free(h->image);
	}
	free(s->events_seen);
	free(s->workspace);
	free(s->gate_log);
	free(s->line);
	free(s->output);
	free(s);
}

void check_context_ran(struct check_context *s, const struct check_ran *ran)
{
	free(s->line);
	free(s->output);
	s->line = xstrdup(ran->line);
	s->output = xstrdup(ran->output != NULL ? ran->output : "");
	s->status = ran->status;
	s->interrupted = ran->interrupted;
	s->started_ms = ran->started_ms;
	s->ended_ms = ran->ended_ms;
	s->ran = true;
}

const char *context_it(const struct check_context *s)
{
	for (size_t i = s->event_count; i > 0; i--) {
		const struct happened *h = &s->events_seen[i - 1];
		bool fresh = !s->ran || h->time_ms >= s->started_ms - 5;
		if (fresh && text_same(h->type, "container") && text_same(h->action, "create"))
			return h->id;
	}
	return NULL;
}

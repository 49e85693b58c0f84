/* class/daemons.c - the daemons of a class: whether they answer, which is chosen, which the swarm
 * has */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define ASK_MS 1500

/* ---- the list ---- */

void daemon_free(struct daemon *d)
{
	if (d == NULL)
		return;
	engine_close(d->engine);
	words_finish(&d->leavers);
	free(d->address);
	free(d->why);
	free(d);
}

static bool is_address(const char *text)
{
	const char *colon = strrchr(text, ':');
	return (text_starts(text, "unix:///") && text[8] != '\0') ||
	       (text_starts(text, "tcp://") && colon > text + 6 && colon[1] != '\0' &&
		       strspn(colon + 1, "0123456789") == strlen(colon + 1));
}

struct daemon *daemon_add(struct class *class, const char *address, struct error *err)
{
	for (size_t i = 0; i < class->daemon_count; i++)
		if (text_same(class->daemons[i]->address, address))
			return class->daemons[i];
	if (!is_address(address)) {
		error_set_kind(err, ERROR_USAGE,
			"the daemon's address '%s' is not unix:///PATH or tcp://HOST:PORT",
			address);
		return NULL;
	}
	struct daemon *d = xcalloc(1, sizeof *d);
	d->address = xstrdup(address);
	d->tls_folder = text_starts(address, "tcp://") ? class->tls_folder : NULL;
	d->why = xstrdup("was not asked yet");
	const struct engine_options options = {
		.host = address, .tls_folder = d->tls_folder, .timeout_ms = ASK_MS};
	if (!engine_open(&options, &d->engine, err)) {
		daemon_free(d);
		return NULL;
	}
	pthread_mutex_lock(&class->lock);
	class->daemons = array_grow(class->daemons, class->daemon_count, sizeof *class->daemons);
	class->daemons[class->daemon_count++] = d;
	pthread_mutex_unlock(&class->lock);
	return d;
}

struct daemon *daemon_choose(struct daemon *const *daemons, size_t count)
{
	struct daemon *best = NULL;
	for (size_t i = 0; i < count; i++)
		if (daemons[i]->healthy && (best == NULL || daemons[i]->learners < best->learners))
			best = daemons[i];
	return best;
}

void daemons_tell(struct class *class, struct buf *out)
{
	pthread_mutex_lock(&class->lock);
	for (size_t i = 0; i < class->daemon_count; i++)
		buf_printf(out, "%s%s", i > 0 ? "; " : "", class->daemons[i]->why);
	pthread_mutex_unlock(&class->lock);
}

/* ---- asking ---- */

/* The nodes of now. What does not answer leaves the list as it is: it tells nothing of them. */
static void ask_manager(struct class *class)
{
	cJSON *nodes = NULL;
	cleanup_words struct words addresses = {0};
	if (class->manager == NULL || !engine_get(class->manager, "/nodes", &nodes, NULL) ||
		!cJSON_IsArray(nodes)) {
		cJSON_Delete(nodes);
		return;
	}
	class_nodes(nodes, class->tls_folder != NULL, &addresses);
	cJSON_Delete(nodes);
	for (size_t i = 0; i < class->daemon_count; i++)
		class->daemons[i]->listed = false;
	for (size_t i = 0; i < addresses.count; i++) {
		struct daemon *d = daemon_add(class, addresses.items[i], NULL);
		if (d != NULL) /* a label may say anything */
			d->listed = true;
	}
}

static bool answers(struct daemon *d, struct error *err)
{
	if (!d->named && !d->listed)
		return error_set(err, 0, "%s is not among the swarm's active nodes", d->address);
	return engine_ping(d->engine, err);
}

static void ask(struct class *class, struct daemon *d, bool first)
{
	cleanup_error struct error err = {0};
	bool good = answers(d, &err), gone = !d->named && !d->listed;
	d->failures = good ? 0 : d->failures + 1;
	pthread_mutex_lock(&class->lock);
	if (good || first || gone || d->failures >= FAILURES_MOST)
		d->healthy = good;
	free(d->why);
	d->why = xstrdup(d->healthy ? "" : error_text(&err));
	pthread_mutex_unlock(&class->lock);
}

void daemons_ask(struct class *class, bool first)
{
	ask_manager(class);
	for (size_t i = 0; i < class->daemon_count; i++)
		ask(class, class->daemons[i], first);
}

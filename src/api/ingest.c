/* api/ingest.c - feeds the tracker with the statements of this machine's store, in the order in
 * which they were stored, or (poll.c) with those of another store */
#include "ingest.h"

#include <stdlib.h>
#include <string.h>

#define AT_ONCE 256
#define PAUSE_MOST_MS 200
#define SETTLED_MAX 10000 /* leave a longer backlog to the thread, so that pages do not wait */
#define MOMENT_MS 100
#define MOMENTS_MAX 10
#define POLL_MS 2000 /* a remote store does not announce new statements */

/* ---- the local store ---- */

struct pulling {
	cJSON *statements[AT_ONCE];
	size_t count;
	int64_t last;
	struct words voided; /* ids that voiding statements refer to */
};

static void pull_one(void *data, int64_t seq, bool voided, const char *json)
{
	struct pulling *p = data;
	cJSON *statement = cJSON_Parse(json);
	p->last = seq;
	if (statement == NULL)
		return;
	if (text_same(json_get_text(json_get(statement, "verb"), "id"), XAPI_VOIDED))
		words_add(&p->voided, json_get_text(json_get(statement, "object"), "id"));
	if (voided)
		cJSON_Delete(statement);
	else
		p->statements[p->count++] = statement;
}

static void pulling_finish(struct pulling *p)
{
	for (size_t i = 0; i < p->count; i++)
		cJSON_Delete(p->statements[i]);
	words_finish(&p->voided);
	free(p);
}

struct again {
	const char *actor;
	cJSON *statements[AT_ONCE];
	size_t count;
};

/* Statements of a group that the person is a member of belong to the group. */
static void add_again(void *data, const char *json, int64_t stored_ms)
{
	struct again *g = data;
	(void)stored_ms;
	cJSON *statement = cJSON_Parse(json);
	cleanup_free char *actor = xapi_actor_key(json_get(statement, "actor"));
	if (text_same(actor, g->actor))
		g->statements[g->count++] = statement;
	else
		cJSON_Delete(statement);
}

/* Applies the statements of one of a person's keys. */
static bool take_again_of(
	struct ingest *f, const char *actor, int64_t up_to, int64_t erased, struct error *err)
{
	struct lrs_query query = {
		.agent = actor, .ascending = true, .limit = AT_ONCE, .up_to = up_to};
	bool good = true;
	for (bool more = up_to > 0; good && more; more = query.from > 0) {
		struct again g = {.actor = actor};
		good = lrs_find(f->o.lrs, &query, add_again, &g, &query.from, err) &&
		       tracker_take(f->o.tracker, g.statements, g.count, NULL, NULL, erased, err);
		for (size_t i = 0; i < g.count; i++)
			cJSON_Delete(g.statements[i]);
	}
	return good;
}

/* Applies a person's statements, except voided ones, from the first up to the tracker's position.
 */
static bool take_again(struct ingest *f, const char *actor, int64_t up_to, struct error *err)
{
	cleanup_words struct words keys = {0};
	int64_t erased = tracker_erased(f->o.tracker);
	bool good = tracker_forget(f->o.tracker, actor, err);
	tracker_person_keys(f->o.tracker, actor, &keys);
	for (size_t i = 0; good && i < keys.count; i++)
		good = take_again_of(f, keys.items[i], up_to, erased, err);
	bool whole = erased == tracker_erased(f->o.tracker); /* else repeat */
	return good && (!whole || tracker_again_done(f->o.tracker, actor, err));
}

/* Also finishes what was left when the server was killed. */
static bool take_all_again(struct ingest *f, int64_t up_to, struct error *err)
{
	bool good = true;
	for (char *actor; good && (actor = tracker_again(f->o.tracker)) != NULL; free(actor))
		good = take_again(f, actor, up_to, err);
	return good;
}

/* Finds the actors of voided statements. Skip ids that have not arrived or cannot be voided. */
static bool find_actor(
	struct ingest *f, const struct words *voided, struct words *ret_actors, struct error *err)
{
	enum lrs_outcome outcome = LRS_DONE;
	for (size_t i = 0; outcome != LRS_FAILED && i < voided->count; i++) {
		cleanup_free char *small = utf8_fold(voided->items[i]), *text = NULL;
		int64_t stored_ms;
		outcome = lrs_get(f->o.lrs, small, true, &text, &stored_ms, err);
		if (outcome != LRS_DONE)
			continue;
		cJSON *statement = cJSON_Parse(text);
		cleanup_free char *actor = xapi_actor_key(json_get(statement, "actor"));
		cJSON_Delete(statement);
		if (actor != NULL)
			words_add(ret_actors, actor);
	}
	return outcome != LRS_FAILED;
}

static int64_t position_of(const struct ingest *f)
{
	cleanup_free char *position = tracker_position(f->o.tracker);
	return strtoll(position, NULL, 10);
}

/* False: nothing more to apply, or err says what is wrong. */
static bool take_some(struct ingest *f, int64_t *ret_last, struct error *err)
{
	int64_t after = position_of(f), erased = tracker_erased(f->o.tracker);
	cleanup_words struct words actors = {0};
	struct pulling *p = xcalloc(1, sizeof *p);
	p->last = after;
	bool good = take_all_again(f, after, err) &&
		    lrs_after(f->o.lrs, after, AT_ONCE, pull_one, p, err) && p->last > after &&
		    find_actor(f, &p->voided, &actors, err);
	cleanup_free char *next = xasprintf("%lld", (long long)p->last);
	good = good &&
	       tracker_take(f->o.tracker, p->statements, p->count, next, &actors, erased, err);
	*ret_last = position_of(f);
	good = good && take_all_again(f, *ret_last, err);
	pulling_finish(p);
	return good;
}

static void publish_news(struct ingest *f)
{
	cleanup_buf struct buf event = {0};
	events_add(&event, "news", 0, "{}");
	events_publish(f->o.hub, "team", NULL, &event, true);
}

static void wait_until(struct ingest *f, int64_t ms, bool for_news)
{
	const struct timespec until = condition_until(ms);
	while (!(for_news && f->poked) && !f->ending && condition_wait(&f->wake, &f->lock, &until))
		;
}

/* "": no problem. */
static void keep_problem(struct ingest *f, const char *what)
{
	pthread_mutex_lock(&f->lock);
	if (*what == '\0')
		f->failed_ms = 0;
	else if (f->failed_ms == 0)
		f->failed_ms = clock_wall_ms();
	free(f->problem);
	f->problem = f->failed_ms > 0 ? xstrdup(what) : NULL;
	pthread_mutex_unlock(&f->lock);
}

/* Pause four times as long as the work took, so that writers of statements have the file most of
 * the time. A waiting page ends the pause. */
static void pause_after(struct ingest *f, int64_t began_ms)
{
	int64_t ms = (clock_monotonic_ms() - began_ms) * 4;
	const struct timespec until = condition_until(ms < PAUSE_MOST_MS ? ms : PAUSE_MOST_MS);
	pthread_mutex_lock(&f->lock);
	while (!f->ending && f->hurried == 0 && condition_wait(&f->wake, &f->lock, &until))
		;
	pthread_mutex_unlock(&f->lock);
}

/* Call with `taking` locked, so that nothing is applied twice. Stop at a number: a page waits for
 * what was stored when it was requested, not for what arrives meanwhile. Returns whether it applied
 * anything. */
static bool catch_up(struct ingest *f, int64_t up_to)
{
	cleanup_error struct error err = {0};
	bool any = false;
	int64_t began_ms = clock_monotonic_ms(), last = 0;
	if (f->o.url != NULL)
		any = poll_remote(f, &err);
	else
		while (!f->ending && last < up_to && take_some(f, &last, &err)) {
			any = true;
			if (f->hurried == 0)
				pause_after(f, began_ms);
			began_ms = clock_monotonic_ms();
		}
	keep_problem(f, error_text(&err));
	return any;
}

/* ---- the thread ---- */

/* Collect statements that arrive shortly after each other: one change for each would make their
 * senders wait. */
static void wait_for_statements(struct ingest *f)
{
	wait_until(f, f->o.url != NULL ? POLL_MS : 60000, true);
	for (int i = 0; i < MOMENTS_MAX && f->poked; i++) {
		f->poked = false;
		wait_until(f, MOMENT_MS, false);
	}
	f->poked = false;
}

static void *run_ingest(void *data)
{
	struct ingest *f = data;
	pthread_mutex_lock(&f->lock);
	f->poked = true;
	while (!f->ending) {
		wait_for_statements(f);
		pthread_mutex_unlock(&f->lock);
		pthread_mutex_lock(&f->taking);
		bool any = !f->ending && catch_up(f, INT64_MAX);
		pthread_mutex_unlock(&f->taking);
		if (any)
			publish_news(f);
		pthread_mutex_lock(&f->lock);
	}
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

bool ingest_open(const struct ingest_options *o, struct ingest **ret, struct error *err)
{
	struct ingest *f = xcalloc(1, sizeof *f);
	f->o = *o;
	pthread_mutex_init(&f->lock, NULL);
	pthread_mutex_init(&f->taking, NULL);
	condition_init(&f->wake);
	if (pthread_create(&f->thread, NULL, run_ingest, f) != 0) {
		free(f);
		return error_set(err, 0, "cannot start the tracker's thread");
	}
	*ret = f;
	return true;
}

void ingest_close(struct ingest *f)
{
	if (f == NULL)
		return;
	pthread_mutex_lock(&f->lock);
	f->ending = true;
	pthread_cond_signal(&f->wake);
	pthread_mutex_unlock(&f->lock);
	pthread_join(f->thread, NULL);
	pthread_mutex_destroy(&f->lock);
	pthread_mutex_destroy(&f->taking);
	pthread_cond_destroy(&f->wake);
	free(f->problem);
	free(f);
}

void ingest_poke(struct ingest *f)
{
	pthread_mutex_lock(&f->lock);
	if (!f->poked)
		pthread_cond_signal(&f->wake);
	f->poked = true;
	pthread_mutex_unlock(&f->lock);
}

void ingest_settle(struct ingest *f)
{
	if (f->o.url != NULL)
		return; /* data is as recent as the last poll */
	int64_t newest = lrs_last_seq(f->o.lrs), behind = newest - position_of(f);
	cleanup_free char *again = tracker_again(f->o.tracker);
	if ((behind <= 0 && again == NULL) || behind > SETTLED_MAX)
		return;
	pthread_mutex_lock(&f->lock);
	f->hurried++;
	pthread_cond_signal(&f->wake);
	pthread_mutex_unlock(&f->lock);
	pthread_mutex_lock(&f->taking);
	(void)catch_up(f, newest); /* the page reports errors */
	pthread_mutex_unlock(&f->taking);
	f->hurried--;
}

bool ingest_is_remote(const struct ingest *f)
{
	return f->o.url != NULL;
}

int64_t ingest_problem(struct ingest *f, char **ret_why)
{
	pthread_mutex_lock(&f->lock);
	int64_t since = f->failed_ms;
	*ret_why = xstrdup(f->problem);
	pthread_mutex_unlock(&f->lock);
	return since;
}

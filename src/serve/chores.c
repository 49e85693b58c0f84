/* serve/chores.c - one thread that looks every few seconds for what is due */
#include "chores.h"
#include "api.h"
#include "reminders.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MS 2000
#define MAIL_MS ((int64_t)60 * 1000)
#define MAIL_AGAIN_MS ((int64_t)10 * 60 * 1000) /* after a failure */
#define TIDY_MS ((int64_t)60 * 60 * 1000)
#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

struct chores {
	struct serve_options o;
	struct reminders *reminders; /* NULL: no mail */
	int64_t mail_ms, tidy_ms;    /* when they are due, on the monotonic clock */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool ending;
};

/* ---- age ---- */

static bool erase_idle(struct chores *c, int64_t before_ms, struct error *err)
{
	const struct api_sources from = {c->o.lrs, c->o.tracker, c->o.sessions, c->o.audit};
	cleanup_free int64_t *people = NULL;
	size_t count = 0;
	bool good = api_idle_people(&from, before_ms, &people, &count, err);
	for (size_t i = 0; good && i < count; i++) {
		const struct audit_entry entry = {
			.who = "retention", .what = "change erase", .person = people[i]};
		good = api_erase(&from, people[i], err) && audit_add(c->o.audit, &entry, err);
		const struct log_field field = {"person", NULL, people[i]};
		if (good)
			log_write(c->o.log, LOG_INFO, "erased by age", &field, 1);
	}
	return good && audit_prune(c->o.audit, before_ms, NULL, err);
}

/* With another store, statements are there, and what is kept here follows it. */
static void tidy(struct chores *c)
{
	cleanup_error struct error err = {0};
	cleanup_free char *setting = tracker_setting(c->o.tracker, SERVE_RETENTION);
	long long days;
	bool good = session_prune(c->o.sessions, &err);
	if (good && c->o.remote_url == NULL && setting != NULL &&
		text_number(setting, 1, INT32_MAX, &days))
		good = erase_idle(c, clock_wall_ms() - days * DAY_MS, &err);
	if (!good)
		log_failure(c->o.log, "tidy", &err);
}

/* ---- the thread ---- */

static void work(struct chores *c)
{
	cleanup_error struct error err = {0};
	int64_t now = clock_monotonic_ms();
	if (now >= c->tidy_ms) {
		c->tidy_ms = now + TIDY_MS;
		tidy(c);
	}
	if (c->reminders == NULL || now < c->mail_ms)
		return;
	bool good = reminders_send(c->reminders, &err);
	c->mail_ms = clock_monotonic_ms() + (good ? MAIL_MS : MAIL_AGAIN_MS);
	if (!good)
		log_failure(c->o.log, "mail", &err);
}

static bool wait_for_end(struct chores *c)
{
	const struct timespec until = condition_until(LOOK_MS);
	pthread_mutex_lock(&c->lock);
	if (!c->ending)
		(void)condition_wait(&c->wake, &c->lock, &until); /* check, however it ended */
	bool ending = c->ending;
	pthread_mutex_unlock(&c->lock);
	return ending;
}

static void *run_chores(void *data)
{
	struct chores *c = data;
	while (!wait_for_end(c))
		work(c);
	return NULL;
}

bool chores_open(
	const struct serve_options *o, const char *url, struct chores **ret, struct error *err)
{
	struct chores *c = xcalloc(1, sizeof *c);
	c->o = *o;
	if (o->mail != NULL && !reminders_open(o, url, &c->reminders, err)) {
		free(c);
		return false;
	}
	pthread_mutex_init(&c->lock, NULL);
	condition_init(&c->wake);
	if (pthread_create(&c->thread, NULL, run_chores, c) != 0) {
		reminders_close(c->reminders);
		free(c);
		return error_set(err, 0, "cannot start the thread for periodic work");
	}
	*ret = c;
	return true;
}

void chores_close(struct chores *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->ending = true;
	pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->wake);
	reminders_close(c->reminders);
	free(c);
}

/* api/hooks.c - webhooks: posts signed deliveries one after another, and retries failed ones
 * later */
#include "digest.h"
#include "http.h"
#include "private.h"
#include "tracker.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 5000
#define LOOK_MS 1000 /* between checks for retries that are due */

struct hooks {
	struct tracker *tracker;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	atomic_bool ending;
};

/* Returns NULL on success, else the reason. The caller frees it. */
static char *post_delivery(const struct tracker_delivery *d)
{
	char digest[DIGEST_TEXT_SIZE];
	digest_hmac(d->secret, d->body, digest);
	cleanup_free char *signature = xasprintf("X-Ropes-Signature: sha256=%s", digest);
	cleanup_free char *number = xasprintf("X-Ropes-Delivery: %lld", (long long)d->id);
	const char *const headers[] = {"Content-Type: application/json", signature, number, NULL};
	cleanup_error struct error err = {0};
	struct http_answer answer = {0};
	const struct http_request request = {
		.method = "POST",
		.url = d->url,
		.headers = headers,
		.body = d->body,
		.body_length = strlen(d->body),
		.timeout_ms = TIMEOUT_MS,
	};
	bool answered = http_send(&request, &answer, &err);
	buf_finish(&answer.body);
	if (!answered)
		return xstrdup(error_text(&err));
	return answer.status >= 200 && answer.status < 300
		       ? NULL
		       : xasprintf("it answered with status %ld", answer.status);
}

static bool deliver_one(struct hooks *h)
{
	struct tracker_delivery d;
	cleanup_error struct error err = {0};
	if (!tracker_delivery_next(h->tracker, &d))
		return false;
	cleanup_free char *problem = post_delivery(&d);
	bool good = tracker_delivery_done(h->tracker, &d, problem, &err);
	tracker_delivery_finish(&d);
	return good; /* if this cannot be saved, it is sent again: better twice than never */
}

static bool wait_for_end(struct hooks *h)
{
	const struct timespec until = condition_until(LOOK_MS);
	pthread_mutex_lock(&h->lock);
	if (!h->ending)
		(void)condition_wait(
			&h->wake, &h->lock, &until); /* check, however the wait ended */
	bool ending = h->ending;
	pthread_mutex_unlock(&h->lock);
	return ending;
}

static void *run_deliveries(void *data)
{
	struct hooks *h = data;
	while (!wait_for_end(h))
		while (deliver_one(h) && !h->ending)
			;
	return NULL;
}

bool hooks_open(struct tracker *tracker, struct hooks **ret, struct error *err)
{
	struct hooks *h = xcalloc(1, sizeof *h);
	h->tracker = tracker;
	pthread_mutex_init(&h->lock, NULL);
	condition_init(&h->wake);
	if (pthread_create(&h->thread, NULL, run_deliveries, h) != 0) {
		free(h);
		return error_set(err, 0, "cannot start the webhooks' thread");
	}
	*ret = h;
	return true;
}

void hooks_close(struct hooks *h)
{
	if (h == NULL)
		return;
	pthread_mutex_lock(&h->lock);
	h->ending = true;
	pthread_cond_signal(&h->wake);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
	pthread_mutex_destroy(&h->lock);
	pthread_cond_destroy(&h->wake);
	free(h);
}

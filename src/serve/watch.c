/* serve/watch.c - counts and logs answers; /health and /metrics */
#include "watch.h"
#include "api.h"
#include "config.h"
#include "log.h"
#include "sessions.h"
#include "tracker.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 4096
#define FAILED_MS 60000 /* how long a failed write counts, unless one succeeds */

/* Upper bounds of the histogram, in microseconds; the last one is open. */
static const int64_t bounds_us[] = {1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000,
	1000000, 2500000, 10000000, INT64_MAX};

struct watch {
	const struct httpd *httpd;
	struct store *store;
	int64_t begun_ms;                 /* wall clock */
	atomic_uint_fast64_t statuses[6]; /* by the first digit */
	atomic_uint_fast64_t durations[ARRAY_LENGTH(bounds_us)];
	atomic_uint_fast64_t duration_us;     /* sum */
	atomic_uint_fast64_t received, sent;  /* bytes of bodies */
	atomic_uint_fast64_t refused;         /* keys and sessions */
	atomic_int_fast64_t failed_ms;        /* monotonic; the last write that failed; 0 */
	atomic_uint_fast64_t versions[SLOTS]; /* a hash of the key's name, and its version */
};

struct watch *watch_create(const struct httpd *httpd, struct store *store)
{
	struct watch *w = xcalloc(1, sizeof *w);
	w->httpd = httpd;
	w->store = store;
	w->begun_ms = clock_wall_ms();
	return w;
}

void watch_destroy(struct watch *w)
{
	free(w);
}

/* ---- counting ---- */

static void count_duration(struct watch *w, int64_t us)
{
	size_t i = 0;
	while (us > bounds_us[i])
		i++;
	w->durations[i]++;
	w->duration_us += (uint64_t)us;
}

static void count_write(struct watch *w, const struct request *r, const struct reply *a)
{
	if (r->method == METHOD_GET || r->method == METHOD_OPTIONS)
		return;
	if (a->status == 503)
		w->failed_ms = clock_monotonic_ms();
	else if (a->status < 300)
		w->failed_ms = 0;
}

static enum log_level level_of(const struct request *r, unsigned status)
{
	if (status >= 500)
		return LOG_ERROR;
	bool refused = status == 401 &&
		       (request_header(r, "Authorization") != NULL || r->method == METHOD_POST);
	return refused || status == 429 ? LOG_WARNING : LOG_INFO;
}

/* Query strings stay out: they have tokens, codes and names. So does the end of a path that carries
 * data; the path of an unknown resource has what somebody typed. */
void watch_note(const struct request *r, const struct reply *a, int64_t us, const char *resource)
{
	struct watch *w = r->watch;
	w->statuses[a->status / 100 < 6 ? a->status / 100 : 0]++;
	w->received += r->body.length;
	w->sent += a->body.length;
	w->refused += a->status == 401 || a->status == 429;
	count_duration(w, us);
	count_write(w, r, a);
	const struct log_field fields[] = {
		{"method", r->method_name, 0},
		{"path", resource != NULL ? resource : r->path, 0},
		{"status", NULL, (int64_t)a->status},
		{"bytes", NULL, (int64_t)a->body.length},
		{"us", NULL, us},
		{"address", r->address, 0},
		{"key", r->name != NULL ? r->name : "-", 0},
		{"role", r->role != NULL ? r->role : "-", 0},
		{"cause", a->status >= 500 ? buf_text(&a->body) : "-", 0},
	};
	log_write(r->log, level_of(r, a->status), "access", fields,
		ARRAY_LENGTH(fields) - (a->status < 500));
}

/* A slot has both in one number, so that no lock is needed; of two names with one slot the later
 * counts. */
enum xapi_version watch_version(struct watch *w, const char *name, enum xapi_version version)
{
	uint64_t hash = hash_bytes(HASH_START, name, strlen(name));
	atomic_uint_fast64_t *slot = &w->versions[hash % SLOTS];
	uint64_t there = *slot, mark = hash & ~(uint64_t)0xff;
	if (version == XAPI_NONE)
		return (there & ~(uint64_t)0xff) == mark ? (enum xapi_version)(there & 0xff)
							 : XAPI_NONE;
	if (there != (mark | version))
		*slot = mark | version;
	return version;
}

/* ---- health ---- */

static const char *problem_of(const struct request *r)
{
	int64_t failed = r->watch->failed_ms;
	if (failed != 0 && clock_monotonic_ms() - failed < FAILED_MS)
		return "the store cannot be written";
	return store_bytes(r->watch->store) > 0 ? NULL : "the store cannot be read";
}

void watch_health(struct request *r, struct reply *a)
{
	if (r->method != METHOD_GET) {
		reply_method(a, "GET, HEAD");
		return;
	}
	const char *problem = problem_of(r);
	cJSON *health = cJSON_CreateObject();
	cJSON_AddStringToObject(health, "status", problem == NULL ? "ok" : "failing");
	if (problem != NULL)
		cJSON_AddStringToObject(health, "problem", problem);
	reply_json(a, health);
	a->status = problem == NULL ? 200 : 503;
	reply_header(a, "Cache-Control", "no-store");
}

/* ---- metrics ---- */

static void begin_metric(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP ropes_%s %s\n# TYPE ropes_%s %s\n", name, help, name, type);
}

static void add_metric(
	struct buf *out, const char *name, const char *type, const char *help, double value)
{
	begin_metric(out, name, type, help);
	buf_printf(out, "ropes_%s %.15g\n", name, value);
}

static void add_requests(struct buf *out, struct watch *w)
{
	uint64_t count = 0;
	begin_metric(out, "http_requests_total", "counter", "Answers, by class of status.");
	for (size_t i = 1; i < ARRAY_LENGTH(w->statuses); i++)
		buf_printf(out, "ropes_http_requests_total{status=\"%zuxx\"} %llu\n", i,
			(unsigned long long)w->statuses[i]);
	begin_metric(out, "http_request_duration_seconds", "histogram",
		"Time to make an answer, without sending it.");
	for (size_t i = 0; i < ARRAY_LENGTH(bounds_us); i++) {
		count += w->durations[i];
		if (bounds_us[i] == INT64_MAX)
			buf_printf(out,
				"ropes_http_request_duration_seconds_bucket{le=\"+Inf\"} %llu\n",
				(unsigned long long)count);
		else
			buf_printf(out,
				"ropes_http_request_duration_seconds_bucket{le=\"%g\"} %llu\n",
				(double)bounds_us[i] / 1e6, (unsigned long long)count);
	}
	buf_printf(out,
		"ropes_http_request_duration_seconds_sum %.6f\n"
		"ropes_http_request_duration_seconds_count %llu\n",
		(double)w->duration_us / 1e6, (unsigned long long)count);
}

static void count_waiting(void *data, const struct tracker_hook *hook)
{
	*(double *)data += hook->waiting;
}

static void add_store(struct buf *out, struct request *r)
{
	cleanup_free char *why = NULL;
	double waiting = 0;
	add_metric(out, "statements_stored_total", "counter",
		"Statements ever stored, including those that were erased.",
		(double)lrs_last_seq(r->lrs));
	add_metric(out, "store_bytes", "gauge", "Size of the store's file.",
		(double)store_bytes(r->watch->store));
	add_metric(out, "sessions", "gauge", "Browsers that are signed in.",
		session_count(r->sessions));
	if (tracker_hooks(r->tracker, count_waiting, &waiting, NULL))
		add_metric(out, "webhook_deliveries_waiting", "gauge",
			"Deliveries that have not been accepted yet.", waiting);
	if (ingest_is_remote(r->ingest))
		add_metric(out, "remote_store_up", "gauge",
			"1 if the other store answered the last request.",
			ingest_problem(r->ingest, &why) == 0);
}

void watch_metrics(struct request *r, struct reply *a)
{
	cleanup_buf struct buf out = {0};
	struct watch *w = r->watch;
	unsigned max, open = httpd_connections(w->httpd, &max);
	if (!request_takes(r, a, NULL, 0))
		return;
	begin_metric(&out, "build_info", "gauge", "The version that runs.");
	buf_add_text(&out, "ropes_build_info{version=\"" ROPES_VERSION "\"} 1\n");
	add_metric(&out, "start_time_seconds", "gauge", "When the server started, since 1970.",
		(double)w->begun_ms / 1000);
	add_requests(&out, w);
	add_metric(&out, "http_received_bytes_total", "counter", "Bytes of requests' bodies.",
		(double)w->received);
	add_metric(&out, "http_sent_bytes_total", "counter",
		"Bytes of answers' bodies, except streams and long lists.", (double)w->sent);
	add_metric(&out, "refused_total", "counter",
		"Requests without a valid key or session, and attempts that came too often.",
		(double)w->refused);
	add_metric(&out, "connections", "gauge", "Clients that are connected.", open);
	add_metric(&out, "connections_max", "gauge", "How many may be connected.", max);
	add_metric(&out, "store_writable", "gauge", "0 if the last write failed within a minute.",
		w->failed_ms == 0 || clock_monotonic_ms() - w->failed_ms >= FAILED_MS);
	add_store(&out, r);
	reply_text(a, "text/plain; version=0.0.4; charset=utf-8", buf_text(&out), out.length);
	reply_header(a, "Cache-Control", "no-store");
}

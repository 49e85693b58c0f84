/* api/poll.c - polls another Learning Record Store for the tracker: GET /statements, oldest
 * first, starting at the stored time of the last known statement.
 *
 * Stores differ in how `more` behaves while others write, and two statements may become visible in
 * another order than they were stored. So walk by `since`, go back some seconds each time, and skip
 * known statements by id. */
#include "ingest.h"
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 500
#define BACK_MS 5000
#define TIMEOUT_MS 20000

struct page {
	cJSON *json;
	cJSON **statements;
	size_t count;
	const char *more;
};

static void page_finish(struct page *p)
{
	cJSON_Delete(p->json);
	free(p->statements);
	*p = (struct page){0};
}

static bool read_page(const char *text, size_t length, struct page *ret, struct error *err)
{
	cJSON *json = cJSON_ParseWithLength(text, length), *one;
	const cJSON *list = json_get(json, "statements");
	if (!cJSON_IsArray(list)) {
		cJSON_Delete(json);
		return error_set(
			err, 0, "the other store did not answer with a list of statements");
	}
	*ret = (struct page){.json = json, .more = json_get_text(json, "more")};
	ret->statements = xcalloc((size_t)cJSON_GetArraySize(list) + 1, sizeof *ret->statements);
	cJSON_ArrayForEach(one, list)
		ret->statements[ret->count++] = one;
	return true;
}

static bool fetch_page(struct ingest *f, const char *url, struct page *ret, struct error *err)
{
	static const char *const headers[] = {"X-Experience-API-Version: 1.0.3", NULL};
	struct http_answer answer = {0};
	const struct http_request request = {
		.method = "GET",
		.url = url,
		.user = f->o.key,
		.password = f->o.secret,
		.headers = headers,
		.timeout_ms = TIMEOUT_MS,
		.ca = f->o.ca,
	};
	bool good = http_send(&request, &answer, err);
	if (good && answer.status != 200)
		good = error_set(err, 0,
			answer.status == 401 || answer.status == 403
				? N_("the other store rejected this key (%ld)")
				: N_("the other store answered with status %ld"),
			answer.status);
	good = good && read_page(buf_text(&answer.body), answer.body.length, ret, err);
	buf_finish(&answer.body);
	return good;
}

static int64_t stored_of(const cJSON *statement)
{
	int64_t ms = 0;
	const char *text = json_get_text(statement, "stored");
	return text != NULL && xapi_timestamp(XAPI_1_0, text, &ms) ? ms : 0;
}

static bool has_new_voided(const struct ingest *f, const struct page *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (text_same(
			    json_get_text(json_get(p->statements[i], "verb"), "id"), XAPI_VOIDED) &&
			!tracker_has_seen(f->o.tracker, json_get_text(p->statements[i], "id")))
			return true;
	return false;
}

/* Stores return the next address as a path from the root of their address. */
static char *next_address(const struct ingest *f, const char *more)
{
	const char *host = strstr(f->o.url, "://");
	const char *slash = host != NULL ? strchr(host + 3, '/') : NULL;
	int length = slash != NULL ? (int)(slash - f->o.url) : (int)strlen(f->o.url);
	return strstr(more, "://") != NULL ? xstrdup(more)
					   : xasprintf("%.*s%s", length, f->o.url, more);
}

static char *first_address(const struct ingest *f, int64_t since_ms)
{
	char since[TIME_TEXT_SIZE];
	time_format_iso8601(since_ms, since);
	return since_ms > 0 ? xasprintf("%s/statements?ascending=true&limit=%d&since=%s", f->o.url,
				      PAGE, since)
			    : xasprintf("%s/statements?ascending=true&limit=%d", f->o.url, PAGE);
}

struct turn {
	int64_t last_ms; /* stored time of the newest known statement */
	bool from_first; /* nothing was known at the start */
	bool any, whole; /* any: found something new; whole: reached the end */
	char *url;       /* of the next page */
};

static bool take_page(struct ingest *f, const struct page *p, struct turn *t, struct error *err)
{
	unsigned fresh = 0;
	int64_t newest = p->count > 0 ? stored_of(p->statements[p->count - 1]) : 0;
	t->last_ms = newest > t->last_ms ? newest : t->last_ms;
	cleanup_free char *position = xasprintf("%lld", (long long)t->last_ms);
	if (!tracker_take_once(f->o.tracker, p->statements, p->count, position,
		    t->last_ms - 2 * BACK_MS, &fresh, err))
		return false;
	t->any = t->any || fresh > 0;
	t->whole = p->count == 0 || (fresh == 0 && text_is_blank(p->more));
	free(t->url);
	t->url = fresh == 0 && !t->whole ? next_address(f, p->more)
					 : first_address(f, t->last_ms - 1);
	return true;
}

/* Lists do not include statements that were voided, so rebuild everything from the first one. */
static bool begin_again(struct ingest *f, struct turn *t, struct error *err)
{
	if (!tracker_forget_all(f->o.tracker, err))
		return false;
	t->last_ms = 0;
	t->from_first = true;
	free(t->url);
	t->url = first_address(f, 0);
	return true;
}

bool poll_remote(struct ingest *f, struct error *err)
{
	cleanup_free char *position = tracker_position(f->o.tracker);
	struct turn t = {.last_ms = strtoll(position, NULL, 10)};
	bool good = true;
	t.from_first = t.last_ms == 0;
	t.url = first_address(f, t.last_ms > BACK_MS ? t.last_ms - BACK_MS : 0);
	while (good && !t.whole && !f->ending) {
		struct page p = {0};
		good = fetch_page(f, t.url, &p, err);
		if (good && !t.from_first && has_new_voided(f, &p))
			good = begin_again(f, &t, err);
		else if (good)
			good = take_page(f, &p, &t, err);
		page_finish(&p);
	}
	free(t.url);
	return t.any;
}

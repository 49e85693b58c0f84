/* serve/route.c - which resource a request is for, in which version, and whether its key may */
#include "digest.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const serve_roles[] = {"learner", "instructor", "lead", "store", NULL};

enum access {
	OPEN,  /* to everybody, in any version */
	XAPI,  /* a key, and a version */
	LEADS, /* a page: a key that is no learner's */
};

static const struct resource {
	const char *path;
	void (*answer)(struct request *r, struct reply *a);
	enum access access;
	bool learners_read; /* a learner's key may read it; of statements, by id, its own */
	bool consistent;    /* every answer tells up to when statements can be found */
} resources[] = {
	{"/", resource_board, LEADS, false, false},
	{"/board.css", resource_board_style, OPEN, true, false},
	{"/board.csv", resource_board_table, LEADS, false, false},
	{"/xapi/about", resource_about, OPEN, true, false},
	{"/xapi/statements", resource_statements, XAPI, false, true},
	{"/xapi/more/", resource_more, XAPI, false, true},
	{"/xapi/activities", resource_activities, XAPI, true, false},
	{"/xapi/activities/state", resource_state, XAPI, true, false},
	{"/xapi/activities/profile", resource_activity_profile, XAPI, true, false},
	{"/xapi/agents", resource_agents, XAPI, true, false},
	{"/xapi/agents/profile", resource_agent_profile, XAPI, true, false},
};

static const struct resource *find(const char *path)
{
	for (size_t i = 0; i < ARRAY_LENGTH(resources); i++) {
		const char *p = resources[i].path;
		size_t length = strlen(p);
		if (text_same(p, path) ||
			(length > 1 && p[length - 1] == '/' && text_starts(path, p)))
			return &resources[i];
	}
	return NULL;
}

static bool refuse(struct reply *a)
{
	reply_header(a, "WWW-Authenticate", "Basic realm=\"ropes\", charset=\"UTF-8\"");
	return reply_error(a, 401, "a key is needed: `ropes serve key add NAME --role ROLE`");
}

static bool know_key(struct request *r, struct reply *a)
{
	const char *header = request_header(r, "Authorization");
	cleanup_buf struct buf pair = {0};
	cleanup_error struct error err = {0};
	if (header == NULL || strncasecmp(header, "Basic ", 6) != 0)
		return refuse(a);
	const char *text = header + 6 + strspn(header + 6, " ");
	if (!digest_base64_decode(text, strlen(text), &pair))
		return refuse(a);
	const char *colon = strchr(buf_text(&pair), ':');
	if (colon == NULL)
		return refuse(a);
	cleanup_free char *key = xstrndup(buf_text(&pair), (size_t)(colon - buf_text(&pair)));
	enum lrs_outcome outcome = lrs_key_check(r->lrs, key, colon + 1, &r->name, &r->role, &err);
	if (outcome == LRS_FAILED)
		return reply_error(a, 503, "%s", error_text(&err));
	return outcome == LRS_DONE || refuse(a);
}

static bool know_version(struct request *r, struct reply *a)
{
	const char *text = request_header(r, "X-Experience-API-Version");
	r->version = xapi_version_read(text);
	if (r->version != XAPI_NONE)
		return true;
	return reply_error(a, 400, "X-Experience-API-Version is %s",
		text == NULL ? "missing" : "none that is spoken here: 1.0.3, 2.0.0");
}

static bool may(const struct request *r, struct reply *a, const struct resource *resource)
{
	bool learner = text_same(r->role, "learner");
	bool one = request_parameter(r, "statementId") != NULL ||
		   request_parameter(r, "voidedStatementId") != NULL;
	if (learner && r->method == METHOD_GET && !resource->learners_read && !one)
		return reply_error(a, 403, "a learner's key does not read statements");
	return true;
}

static void page(struct request *r, struct reply *a, const struct resource *resource)
{
	if (!know_key(r, a))
		return;
	if (text_same(r->role, "learner"))
		reply_error(a, 403, "this page is for leads and instructors");
	else if (r->method != METHOD_GET)
		reply_method(a, "GET, HEAD");
	else
		resource->answer(r, a);
}

static void say_consistency(struct request *r, struct reply *a)
{
	char text[TIME_TEXT_SIZE];
	time_format_iso8601(lrs_consistent_ms(r->lrs), text);
	reply_header(a, "X-Experience-API-Consistent-Through", text);
}

void route(struct request *r, struct reply *a)
{
	const struct resource *resource = find(r->path);
	r->version = xapi_version_read(request_header(r, "X-Experience-API-Version"));
	reply_header(a, "X-Experience-API-Version", xapi_version_name(r->version));
	if (resource != NULL && resource->consistent)
		say_consistency(r, a);
	if (r->too_large)
		reply_error(a, 413, "the request is too large");
	else if (resource == NULL)
		reply_error(a, 404, "there is nothing here");
	else if (resource->access == OPEN)
		resource->answer(r, a);
	else if (resource->access == LEADS)
		page(r, a, resource);
	else if (form_read(r, a) && know_key(r, a) && know_version(r, a)) {
		reply_header(a, "X-Experience-API-Version", xapi_version_name(r->version));
		if (may(r, a, resource))
			resource->answer(r, a);
	}
}

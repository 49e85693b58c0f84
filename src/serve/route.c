/* serve/route.c - finds the resource for a request, its version, and whether the key may use it */
#include "digest.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const serve_roles[] = {"learner", "instructor", "lead", "store", NULL};

enum access {
	OPEN,  /* everybody, any version */
	XAPI,  /* needs a key and a version */
	KEYED, /* needs a key */
	LEADS, /* page: any key except a learner's */
	KEYS,  /* page: any key; the page itself decides what it shows */
};

static const struct resource {
	const char *path;
	void (*answer)(struct request *r, struct reply *a);
	enum access access;
	bool learners_read; /* learners' keys may read it; statements only by id and their own */
	bool consistent;    /* every answer says up to when statements can be found */
} resources[] = {
	{"/", serve_team, KEYS, false, false},
	{"/person", serve_person, KEYS, false, false},
	{"/certificate", serve_certificate, KEYS, false, false},
	{"/courses", serve_courses, LEADS, false, false},
	{"/course", serve_course, LEADS, false, false},
	{"/manage", serve_manage, LEADS, false, false},
	{"/events", serve_team_events, LEADS, false, false},
	{"/export.csv", serve_export_csv, LEADS, false, false},
	{"/export.json", serve_export_json, LEADS, false, false},
	{"/export.xapi", serve_export_xapi, LEADS, false, false},
	{"/ropes.css", serve_asset, OPEN, true, false},
	{"/live.js", serve_asset, OPEN, true, false},
	{"/room", serve_room, OPEN, true, false},
	{"/room/join", serve_room_join, OPEN, true, false},
	{"/room/events", serve_room_events, KEYED, true, false},
	{"/room/seat", serve_room_participant, KEYED, true, false},
	{"/room/say", serve_room_say, KEYED, true, false},
	{"/room/board", serve_room_board, OPEN, true, false},
	{"/room/board/events", serve_room_board_events, OPEN, true, false},
	{"/room/projector", serve_room_projector, OPEN, true, false},
	{"/room/projector/events", serve_room_projector_events, OPEN, true, false},
	{"/room/report", serve_room_report, OPEN, true, false},
	{"/room.css", serve_asset, OPEN, true, false},
	{"/room.js", serve_asset, OPEN, true, false},
	{"/xapi/about", serve_about, OPEN, true, false},
	{"/xapi/statements", serve_statements, XAPI, false, true},
	{"/xapi/more/", serve_more, XAPI, false, true},
	{"/xapi/activities", serve_activities, XAPI, true, false},
	{"/xapi/activities/state", serve_state, XAPI, true, false},
	{"/xapi/activities/profile", serve_activity_profile, XAPI, true, false},
	{"/xapi/agents", serve_agents, XAPI, true, false},
	{"/xapi/agents/profile", serve_agent_profile, XAPI, true, false},
};

static const struct resource *find_resource(const char *path)
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

static bool know_version(struct request *r, struct reply *a)
{
	const char *text = request_header(r, "X-Experience-API-Version");
	r->version = xapi_version_read(text);
	if (r->version != XAPI_NONE)
		return true;
	return reply_error(a, 400, "X-Experience-API-Version is %s",
		text == NULL ? "missing" : "not supported; supported are 1.0.3 and 2.0.0");
}

static bool may_access(const struct request *r, struct reply *a, const struct resource *resource)
{
	bool learner = access_is(r, "learner"), reads = r->method == METHOD_GET;
	bool one = request_parameter(r, "statementId") != NULL ||
		   request_parameter(r, "voidedStatementId") != NULL;
	if (learner && reads && !resource->learners_read && !one)
		return reply_error(a, 403, "a learner's key may not read statements");
	if (learner && !reads && resource->answer == serve_activity_profile)
		return reply_error(
			a, 403, "a learner's key may not change documents that are shared");
	if (r->team != NULL && *r->team != '\0' && reads && !resource->learners_read)
		return reply_error(
			a, 403, "a key of one team may not read statements here; use /export.xapi");
	return true;
}

/* Only one page accepts forms that change something; all others are read-only. */
static void route_page(struct request *r, struct reply *a, const struct resource *resource)
{
	bool form = resource->answer == serve_manage && r->method == METHOD_POST;
	if (!access_key(r, a))
		return;
	if (r->team == NULL)
		r->team = xstrdup("");
	if (access_is(r, "learner") && resource->access == LEADS)
		reply_error(a, 403, "this page is for leads and instructors");
	else if (r->method != METHOD_GET && !form)
		reply_method(a, resource->answer == serve_manage ? "GET, HEAD, POST" : "GET, HEAD");
	else
		resource->answer(r, a);
}

static void say_consistency(struct request *r, struct reply *a)
{
	char text[TIME_TEXT_SIZE];
	time_format_iso8601(lrs_consistent_ms(r->lrs), text);
	reply_header(a, "X-Experience-API-Consistent-Through", text);
}

/* Stored content comes from other people: never let it act as a page of this server, whatever its
 * type. Caches must revalidate it. */
static void protect_answer(struct reply *a)
{
	reply_header(a, "Content-Security-Policy", "default-src 'none'; sandbox");
	reply_header(a, "X-Content-Type-Options", "nosniff");
	reply_header(a, "Cache-Control", "no-cache");
}

static bool is_encoded(const struct request *r)
{
	const char *coding = request_header(r, "Content-Encoding");
	return coding != NULL && r->body.length > 0 && !text_same_fold(coding, "identity");
}

static void refuse_coding(struct reply *a)
{
	reply_error(a, 415, "a body must not have a Content-Encoding");
	reply_header(a, "Accept-Encoding", "identity");
}

static void route_resource(struct request *r, struct reply *a, const struct resource *resource)
{
	if (r->too_large)
		reply_error(a, 413, "the request is too large");
	else if (r->unclear)
		reply_error(a, 400, "a request must have one Content-Length, or be sent in chunks");
	else if (is_encoded(r))
		refuse_coding(a);
	else if (resource == NULL)
		reply_error(a, 404, "not found");
	else if (resource->access == OPEN)
		resource->answer(r, a);
	else if (resource->access == KEYED) {
		if (access_key(r, a))
			resource->answer(r, a);
	} else if (resource->access == LEADS || resource->access == KEYS)
		route_page(r, a, resource);
	else if (multipart_form_read(r, a) && access_key(r, a) && know_version(r, a)) {
		reply_header(a, "X-Experience-API-Version", xapi_version_name(r->version));
		if (may_access(r, a, resource))
			resource->answer(r, a);
	}
}

void route_request(struct request *r, struct reply *a)
{
	const struct resource *resource = find_resource(r->path);
	bool lrs = text_starts(r->path, "/xapi/");
	r->version = xapi_version_read(request_header(r, "X-Experience-API-Version"));
	reply_header(a, "X-Experience-API-Version", xapi_version_name(r->version));
	if (resource != NULL && resource->consistent)
		say_consistency(r, a);
	if (lrs) {
		protect_answer(a);
		origin_tell(r, a);
	}
	if (!lrs || !origin_preflight(r, a))
		route_resource(r, a, resource);
	request_skip_known(r, a);
}

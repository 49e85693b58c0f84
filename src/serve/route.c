/* serve/route.c - finds the resource for a request, its version, and whether the key may use it */
#include "route.h"
#include "pages.h"
#include "ports.h"
#include "serve.h"
#include "trail.h"
#include "watch.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const serve_roles[] = {"learner", "instructor", "lead", "store", "monitor", NULL};

enum access {
	OPEN,  /* everybody, any version */
	XAPI,  /* needs a key and a version */
	KEYED, /* needs a key */
	WATCH, /* needs a key that may see figures of the server */
	LEADS, /* page: any key except a learner's */
	KEYS,  /* page: any key; the page itself decides what it shows */
};

/* The ports of learners' containers are answered before: here there are none. */
static void answer_no_port(struct request *r, struct reply *a)
{
	(void)r;
	reply_error(a, 404, "not found");
}

static const struct resource {
	const char *path;
	void (*answer)(struct request *r, struct reply *a);
	enum access access;
	bool learners_read; /* learners' keys may read it; statements only by id and their own */
	bool consistent;    /* every answer says up to when statements can be found */
} resources[] = {
	{"/signin", pages_signin, OPEN, false, false},
	{"/signin/provider", pages_signin_provider, OPEN, false, false},
	{"/signin/callback", pages_signin_callback, OPEN, false, false},
	{"/account", pages_account, KEYS, false, false},
	{"/health", watch_health, OPEN, false, false},
	{"/metrics", watch_metrics, WATCH, false, false},
	{"/audit", pages_audit, LEADS, false, false},
	{"/erase", pages_erase, LEADS, false, false},
	{"/person.json", pages_person_json, KEYS, false, false},
	{"/", pages_team, KEYS, false, false},
	{"/people", pages_people, LEADS, false, false},
	{"/person", pages_person, KEYS, false, false},
	{"/certificate", pages_certificate, KEYS, false, false},
	{"/certificate/verify", pages_certificate_verify, OPEN, true, false},
	{"/certificate.json", pages_certificate_json, OPEN, true, false},
	{"/certificate.jwt", pages_certificate_jwt, OPEN, true, false},
	{"/certificate/key", pages_certificate_key, OPEN, true, false},
	{"/courses", pages_courses, LEADS, false, false},
	{"/course", pages_course, LEADS, false, false},
	{"/manage", pages_manage, LEADS, false, false},
	{"/events", pages_team_events, LEADS, false, false},
	{"/export.csv", pages_export_csv, LEADS, false, false},
	{"/export.json", pages_export_json, LEADS, false, false},
	{"/export.xapi", pages_export_xapi, LEADS, false, false},
	{"/join", pages_join, OPEN, true, false},
	{"/me", pages_me, KEYED, true, false},
	{"/ropes.css", pages_asset, OPEN, true, false},
	{"/live.js", pages_asset, OPEN, true, false},
	{"/room", pages_room, OPEN, true, false},
	{"/room/join", pages_room_join, OPEN, true, false},
	{"/room/events", pages_room_events, KEYED, true, false},
	{"/room/seat", pages_room_participant, KEYED, true, false},
	{"/room/say", pages_room_say, KEYED, true, false},
	{"/room/board", pages_room_board, OPEN, true, false},
	{"/room/board/events", pages_room_board_events, OPEN, true, false},
	{"/room/projector", pages_room_projector, OPEN, true, false},
	{"/room/projector/events", pages_room_projector_events, OPEN, true, false},
	{"/room/report", pages_room_report, OPEN, true, false},
	{"/terminal", pages_terminal, OPEN, true, false},
	{"/terminal/stream", pages_terminal_stream, OPEN, true, false},
	{PORTS_PATH, answer_no_port, OPEN, true, false},
	{"/room.css", pages_asset, OPEN, true, false},
	{"/room.js", pages_asset, OPEN, true, false},
	{"/terminal.css", pages_asset, OPEN, true, false},
	{"/terminal.js", pages_asset, OPEN, true, false},
	{"/xterm.css", pages_asset, OPEN, true, false},
	{"/xterm.js", pages_asset, OPEN, true, false},
	{"/xapi/about", api_about, OPEN, true, false},
	{"/xapi/statements", api_statements, XAPI, false, true},
	{"/xapi/more/", api_more, XAPI, false, true},
	{"/xapi/activities", api_activities, XAPI, true, false},
	{"/xapi/activities/state", api_state, XAPI, true, false},
	{"/xapi/activities/profile", api_activity_profile, XAPI, true, false},
	{"/xapi/agents", api_agents, XAPI, true, false},
	{"/xapi/agents/profile", api_agent_profile, XAPI, true, false},
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

/* The answer has the version of the request; if it is not known, the nearest. */
static void know_version(struct request *r, struct reply *a)
{
	const char *text = request_header(r, "X-Experience-API-Version");
	bool old = text != NULL && (text[0] == '0' || text[0] == '1');
	r->version = xapi_version_read(text);
	reply_header(a, "X-Experience-API-Version",
		xapi_version_name(r->version != XAPI_NONE ? r->version
				  : old                   ? XAPI_1_0
							  : XAPI_2_0));
}

/* A request without a version is answered in the one that its key used last: its client has no
 * other. */
static bool check_version(const struct request *r, struct reply *a)
{
	if (r->version != XAPI_NONE)
		(void)watch_version(r->watch, r->name, r->version);
	else if (request_header(r, "X-Experience-API-Version") == NULL &&
		 watch_version(r->watch, r->name, XAPI_NONE) != XAPI_NONE)
		reply_header(a, "X-Experience-API-Version",
			xapi_version_name(watch_version(r->watch, r->name, XAPI_NONE)));
	return r->version != XAPI_NONE ||
	       reply_error(a, 400,
		       request_header(r, "X-Experience-API-Version") == NULL
			       ? N_("X-Experience-API-Version is missing")
			       : N_("X-Experience-API-Version is not supported; supported are 1.0.3 and 2.0.0"));
}

static bool may_access(const struct request *r, struct reply *a, const struct resource *resource)
{
	bool learner = access_is(r, "learner"), reads = r->method == METHOD_GET;
	if (access_is(r, "monitor"))
		return reply_error(a, 403, "this key is only for /metrics");
	bool one = request_parameter(r, "statementId") != NULL ||
		   request_parameter(r, "voidedStatementId") != NULL;
	if (learner && reads && !resource->learners_read && !one)
		return reply_error(a, 403, "a learner's key may not read statements");
	if (learner && !reads && resource->answer == api_activity_profile)
		return reply_error(
			a, 403, "a learner's key may not change documents that are shared");
	if (r->team != NULL && *r->team != '\0' && reads && !resource->learners_read)
		return reply_error(
			a, 403, "a key of one team may not read statements here; use /export.xapi");
	return true;
}

/* Two pages accept forms that change something; all others are read-only. */
static void route_page(struct request *r, struct reply *a, const struct resource *resource)
{
	bool forms = resource->answer == pages_manage || resource->answer == pages_account;
	if (!access_page(r, a)) {
		if (a->status == 401 && r->method == METHOD_GET && request_wants_page(r) &&
			request_header(r, "Authorization") == NULL)
			pages_signin_instead(r, a);
		return;
	}
	if (r->team == NULL)
		r->team = xstrdup("");
	if (access_is(r, "monitor"))
		reply_error(a, 403, "this key is only for /metrics");
	else if (access_is(r, "learner") && resource->access == LEADS)
		reply_error(a, 403, "this page is for leads and instructors");
	else if (r->method != METHOD_GET && !(forms && r->method == METHOD_POST))
		reply_method(a, forms ? "GET, HEAD, POST" : "GET, HEAD");
	else
		resource->answer(r, a);
	if (resource->answer != pages_account && resource->answer != pages_team_events)
		trail_record(r, a, resource->path);
}

static void route_figures(struct request *r, struct reply *a, const struct resource *resource)
{
	if (!access_page(r, a))
		return;
	if (access_is(r, "learner") || (r->team != NULL && *r->team != '\0'))
		reply_error(a, 403,
			"this key may not see the server's figures; `ropes serve key add NAME --role monitor` makes one that may");
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
	} else if (resource->access == WATCH) {
		route_figures(r, a, resource);
	} else if (resource->access == LEADS || resource->access == KEYS)
		route_page(r, a, resource);
	else {
		bool whole = multipart_form_read(r, a);
		know_version(r, a); /* a form brings headers */
		if (!whole || !access_key(r, a) || !check_version(r, a))
			return;
		if (may_access(r, a, resource))
			resource->answer(r, a);
		if (r->method == METHOD_GET && !access_is(r, "learner"))
			trail_record(r, a, resource->path);
	}
}

const char *route_name(const char *path)
{
	const struct resource *resource = find_resource(path);
	return resource != NULL ? resource->path : NULL;
}

bool route_allows_prefix(const char *prefix, struct error *err)
{
	while (*prefix == '/') {
		size_t length = 1 + strcspn(prefix + 1, "/");
		for (size_t i = 0; i < ARRAY_LENGTH(resources); i++)
			if (strcspn(resources[i].path + 1, "/") + 1 == length &&
				strncmp(resources[i].path, prefix, length) == 0)
				return error_set_kind(err, ERROR_USAGE,
					"the server has pages of its own at %.*s; use another path in --url, e.g. /ropes",
					(int)length, prefix);
		prefix += length;
	}
	return true;
}

void route_request(struct request *r, struct reply *a)
{
	const struct resource *resource = find_resource(r->path);
	bool lrs = text_starts(r->path, "/xapi/");
	/* The thread has answered others before: set it even for programs. */
	language_accept(
		!lrs && request_wants_page(r) ? request_header(r, "Accept-Language") : NULL);
	if (ports_is_request(r->ports, r)) {
		ports_answer(r, a);
		return;
	}
	know_version(r, a);
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

/* gate/match.c - the row of a request, and what makes a row complete */
#include "private.h"

#include <string.h>

/* ---- checking the table ---- */

static int count_answers(const struct route *route)
{
	return (route->json != NULL) + (route->line != NULL) + (route->act != NULL) + route->raw +
	       route->tunnel;
}

static bool has_json(const struct route *route)
{
	return route->body == BODY_JSON || route->body == BODY_MAYBE_JSON;
}

/* A refused operation has nothing to judge or to answer. */
static bool is_refusal_complete(const struct route *route)
{
	return route->why != NULL && count_answers(route) == 0 && route->query == NULL &&
	       route->body == BODY_NONE && route->fields == NULL && route->judge == NULL;
}

static bool is_row_complete(const struct route *route)
{
	if (route->tenancy == NONE || route->tenancy == ABSENT)
		return is_refusal_complete(route);
	bool filters = route->query != NULL && strstr(route->query, "filters") != NULL;
	return count_answers(route) == 1 && owner_fits_path(route) && rules_are_known(route) &&
	       (route->fields != NULL) == has_json(route) &&
	       (route->label == NULL || has_json(route)) &&
	       (filters == (route->filters != 0) || (filters && route->act != NULL));
}

const struct route *match_flaw(const struct route *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_row_complete(&table[i]))
			return &table[i];
	return NULL;
}

/* ---- lookup ---- */

/* Matches a path; an {image} or {repository} may have several segments. */
static bool path_matches(const char *pattern, const struct words *path)
{
	size_t at = 0;
	while (*pattern != '\0') {
		size_t length = strcspn(pattern, "/");
		const char *rest = pattern + length + (pattern[length] == '/');
		if (strncmp(pattern, "{rest}", 6) == 0)
			return true;
		if (at >= path->count)
			return false;
		if (strncmp(pattern, "{image}", 7) == 0 ||
			strncmp(pattern, "{repository}", 12) == 0) {
			size_t behind = *rest != '\0';
			if (path->count < at + 1 + behind)
				return false;
			at = path->count - behind;
		} else {
			bool any = pattern[0] == '{';
			if (!any && (strlen(path->items[at]) != length ||
					    strncmp(path->items[at], pattern, length) != 0))
				return false;
			at++;
		}
		pattern = rest;
	}
	return at == path->count;
}

/* "containers/json" does not inspect a container named json: literal segments win. */
static bool is_literal_elsewhere(const struct route *route, const struct words *path)
{
	if (strchr(route->path, '{') == NULL)
		return false;
	for (size_t i = 0; i < routes_count; i++)
		if (strchr(routes[i].path, '{') == NULL && path_matches(routes[i].path, path))
			return true;
	return false;
}

static bool tell_route(struct request *r, const struct route *route, bool other_method)
{
	if (route == NULL && other_method)
		return request_refuse(
			r, 405, "route", "this path does not know %s", r->head.method);
	if (route == NULL)
		return request_refuse(r, 404, "route", "page not found");
	r->route = route;
	r->body_kind = route->body;
	if (route->tenancy == ABSENT)
		return request_refuse(r, 404, "route", "%s", route->why);
	if (r->target.minor >= 0 && r->target.minor < route->since)
		return request_refuse(r, 400, "version",
			"%s /%s needs API version 1.%d, but the client uses 1.%d", route->method,
			route->path, route->since, r->target.minor);
	return route->tenancy != NONE ||
	       request_refuse(r, 403, "route", "%s /%s is not allowed here: %s", r->head.method,
		       r->target.segments.items[0], route->why);
}

/* method NULL matches any method. */
static const struct route *find_route(const char *method, const struct words *path)
{
	for (size_t i = 0; path->count > 0 && i < routes_count; i++) {
		const struct route *route = &routes[i];
		bool same = method == NULL || text_same(route->method, "*") ||
			    text_same(route->method, method);
		if (same && path_matches(route->path, path) && !is_literal_elsewhere(route, path))
			return route;
	}
	return NULL;
}

const struct route *match_route(const char *method, const struct words *path)
{
	return find_route(method, path);
}

bool match_find(struct request *r)
{
	const struct words *path = &r->target.segments;
	return tell_route(r, find_route(r->head.method, path), find_route(NULL, path) != NULL);
}

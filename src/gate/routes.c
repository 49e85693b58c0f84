/* gate/routes.c - the policy of the routes: every operation of the Engine API 1.41 and those that
 * its reference leaves out. What is not here does not exist. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define PLUGINS "plugins run as root on the host"
#define SWARM "the swarm is the whole daemon's, and its services may do anything"
#define BUILDKIT "BuildKit's channel cannot be looked into; use DOCKER_BUILDKIT=0"

const struct route routes[] = {
	/* clang-format off */
	/* method    path                                class       query                            body       answer         judge */
	{"GET",    "_ping",                            "allow",    "", BODY_NONE, ANSWER_PASS, NULL, NULL},
	{"HEAD",   "_ping",                            "allow",    "", BODY_NONE, ANSWER_PASS, NULL, NULL},
	{"GET",    "version",                          "allow",    "", BODY_NONE, ANSWER_PASS, NULL, NULL},
	{"GET",    "info",                             "rewrite",  "", BODY_NONE, ANSWER_JSON, NULL, NULL},
	{"GET",    "events",                           "rewrite",  "since until filters", BODY_NONE, ANSWER_LINES, judge_filters, NULL},
	{"GET",    "system/df",                        "solo",     "type", BODY_NONE, ANSWER_PASS, NULL, "it lists what everybody has"},
	{"POST",   "auth",                             "deny",     "", BODY_NONE, ANSWER_PASS, NULL, "the daemon would contact any server; there is no registry here that asks for a login"},

	{"GET",    "containers/json",                  "rewrite",  "all limit size filters trunc_cmd", BODY_NONE, ANSWER_JSON, judge_filters, NULL},
	{"POST",   "containers/create",                "rewrite",  "name platform", BODY_JSON, ANSWER_JSON, judge_create, NULL},
	{"POST",   "containers/prune",                 "rewrite",  "filters", BODY_NONE, ANSWER_JSON, judge_prune, NULL},
	{"GET",    "containers/{container}/json",      "own-only", "size", BODY_NONE, ANSWER_JSON, NULL, NULL},
	{"GET",    "containers/{container}/top",       "own-only", "ps_args", BODY_NONE, ANSWER_PASS, judge_top, NULL},
	{"GET",    "containers/{container}/logs",      "own-only", "follow stdout stderr since until timestamps tail details", BODY_NONE, ANSWER_PASS, NULL, NULL},
	{"GET",    "containers/{container}/changes",   "own-only", "", BODY_NONE, ANSWER_PASS, NULL, NULL},
	{"GET",    "containers/{container}/export",    "own-only", "", BODY_NONE, ANSWER_PASS, NULL, NULL},
	{"GET",    "containers/{container}/stats",     "own-only", "stream one-shot", BODY_NONE, ANSWER_LINES, NULL, NULL},
	{"POST",   "containers/{container}/resize",    "own-only", "h w", BODY_NONE, ANSWER_PASS, judge_resize, NULL},
	{"POST",   "containers/{container}/start",     "own-only", "detachKeys", BODY_NONE, ANSWER_PASS, NULL, NULL},
	{"POST",   "containers/{container}/stop",      "own-only", "t signal", BODY_NONE, ANSWER_PASS, judge_stop, NULL},
	{"POST",   "containers/{container}/restart",   "own-only", "t signal", BODY_NONE, ANSWER_PASS, judge_stop, NULL},
	{"POST",   "containers/{container}/kill",      "own-only", "signal", BODY_NONE, ANSWER_PASS, judge_kill, NULL},
	{"POST",   "containers/{container}/update",    "rewrite",  "", BODY_JSON, ANSWER_PASS, judge_update, NULL},
	{"POST",   "containers/{container}/rename",    "rewrite",  "name", BODY_NONE, ANSWER_PASS, judge_rename, NULL},
	{"POST",   "containers/{container}/pause",     "own-only", "", BODY_NONE, ANSWER_PASS, NULL, NULL},
	{"POST",   "containers/{container}/unpause",   "own-only", "", BODY_NONE, ANSWER_PASS, NULL, NULL},
	{"POST",   "containers/{container}/attach",    "own-only", "detachKeys logs stream stdin stdout stderr", BODY_NONE, ANSWER_HIJACK, NULL, NULL},
	{"GET",    "containers/{container}/attach/ws", "deny",     "", BODY_NONE, ANSWER_PASS, NULL, "attach without the web socket"},
	{"POST",   "containers/{container}/wait",      "own-only", "condition", BODY_NONE, ANSWER_PASS, NULL, NULL},
	{"DELETE", "containers/{container}",           "own-only", "v force link", BODY_NONE, ANSWER_PASS, judge_remove, NULL},
	{"HEAD",   "containers/{container}/archive",   "own-only", "path", BODY_NONE, ANSWER_PASS, judge_archive, NULL},
	{"GET",    "containers/{container}/archive",   "own-only", "path", BODY_NONE, ANSWER_PASS, judge_archive, NULL},
	{"PUT",    "containers/{container}/archive",   "own-only", "path noOverwriteDirNonDir copyUIDGID", BODY_TAR, ANSWER_PASS, judge_archive, NULL},
	{"POST",   "containers/{container}/copy",      "deny",     "", BODY_NONE, ANSWER_PASS, NULL, "it was replaced by archive"},
	{"GET",    "containers/{container}/checkpoints", "deny",   "", BODY_NONE, ANSWER_PASS, NULL, "checkpoints are written where the host says"},
	{"POST",   "containers/{container}/checkpoints", "deny",   "", BODY_NONE, ANSWER_PASS, NULL, "checkpoints are written where the host says"},
	{"DELETE", "containers/{container}/checkpoints/{word}", "deny", "", BODY_NONE, ANSWER_PASS, NULL, "checkpoints are written where the host says"},
	{"POST",   "containers/{container}/exec",      "rewrite",  "", BODY_JSON, ANSWER_PASS, judge_exec, NULL},
	{"POST",   "exec/{exec}/start",                "own-only", "", BODY_JSON, ANSWER_HIJACK, judge_exec_start, NULL},
	{"POST",   "exec/{exec}/resize",               "own-only", "h w", BODY_NONE, ANSWER_PASS, judge_resize, NULL},
	{"GET",    "exec/{exec}/json",                 "own-only", "", BODY_NONE, ANSWER_JSON, NULL, NULL},

	{"GET",    "images/json",                      "rewrite",  "all filters digests shared-size only_ids", BODY_NONE, ANSWER_JSON, judge_filters, NULL},
	{"POST",   "images/create",                    "rewrite",  "fromImage tag platform fromSrc repo message changes", BODY_NONE, ANSWER_LINES, judge_pull, NULL},
	{"GET",    "images/search",                    "deny",     "", BODY_NONE, ANSWER_PASS, NULL, "the daemon would go out to the network"},
	{"POST",   "images/prune",                     "rewrite",  "filters", BODY_NONE, ANSWER_JSON, judge_prune, NULL},
	{"GET",    "images/get",                       "own-only", "names", BODY_NONE, ANSWER_PASS, judge_images_get, NULL},
	{"POST",   "images/load",                      "solo",     "quiet", BODY_TAR, ANSWER_PASS, NULL, "an archive brings names and labels at will"},
	{"GET",    "images/{image}/json",              "own-only", "", BODY_NONE, ANSWER_JSON, NULL, NULL},
	{"GET",    "images/{image}/history",           "own-only", "", BODY_NONE, ANSWER_JSON, NULL, NULL},
	{"GET",    "images/{image}/get",               "own-only", "", BODY_NONE, ANSWER_PASS, NULL, NULL},
	{"POST",   "images/{image}/push",              "solo",     "tag", BODY_NONE, ANSWER_PASS, judge_push, "it would carry images out"},
	{"POST",   "images/{image}/tag",               "rewrite",  "repo tag force", BODY_NONE, ANSWER_PASS, judge_tag, NULL},
	{"DELETE", "images/{image}",                   "own-only", "force noprune", BODY_NONE, ANSWER_JSON, judge_image_remove, NULL},
	{"POST",   "commit",                           "rewrite",  "container repo tag comment author pause changes", BODY_JSON, ANSWER_PASS, judge_commit, NULL},
	{"POST",   "build",                            "rewrite",  "t dockerfile q nocache pull rm forcerm buildargs labels networkmode target memory memswap cpuperiod cpuquota cpushares cpusetcpus cpusetmems cgroupparent shmsize ulimits version cachefrom remote extrahosts platform", BODY_TAR, ANSWER_LINES, judge_build, NULL},
	{"POST",   "build/prune",                      "deny",     "", BODY_NONE, ANSWER_PASS, NULL, "the cache is shared"},
	{"POST",   "build/cancel",                     "deny",     "", BODY_NONE, ANSWER_PASS, NULL, BUILDKIT},
	{"GET",    "distribution/{image}/json",        "deny",     "", BODY_NONE, ANSWER_PASS, NULL, "the daemon would contact any registry"},

	{"GET",    "volumes",                          "rewrite",  "filters", BODY_NONE, ANSWER_JSON, judge_filters, NULL},
	{"POST",   "volumes/create",                   "rewrite",  "", BODY_JSON, ANSWER_JSON, judge_volume_create, NULL},
	{"POST",   "volumes/prune",                    "rewrite",  "filters", BODY_NONE, ANSWER_JSON, judge_prune, NULL},
	{"GET",    "volumes/{volume}",                 "own-only", "", BODY_NONE, ANSWER_JSON, NULL, NULL},
	{"DELETE", "volumes/{volume}",                 "own-only", "force", BODY_NONE, ANSWER_PASS, NULL, NULL},

	{"GET",    "networks",                         "rewrite",  "filters", BODY_NONE, ANSWER_JSON, judge_networks, NULL},
	{"POST",   "networks/create",                  "rewrite",  "", BODY_JSON, ANSWER_JSON, judge_network_create, NULL},
	{"POST",   "networks/prune",                   "rewrite",  "filters", BODY_NONE, ANSWER_JSON, judge_prune, NULL},
	{"GET",    "networks/{network}",               "own-only", "verbose scope", BODY_NONE, ANSWER_JSON, NULL, NULL},
	{"DELETE", "networks/{network}",               "own-only", "", BODY_NONE, ANSWER_PASS, judge_network_remove, NULL},
	{"POST",   "networks/{network}/connect",       "rewrite",  "", BODY_JSON, ANSWER_PASS, judge_connect, NULL},
	{"POST",   "networks/{network}/disconnect",    "rewrite",  "", BODY_JSON, ANSWER_PASS, judge_connect, NULL},

	{"POST",   "session",                          "deny",     "", BODY_NONE, ANSWER_PASS, NULL, BUILDKIT},
	{"POST",   "grpc",                             "deny",     "", BODY_NONE, ANSWER_PASS, NULL, BUILDKIT},
	{"GET",    "plugins/{word}/json",              "absent",   "", BODY_NONE, ANSWER_PASS, NULL, "no such plugin"},
	{"*",      "plugins/{rest}",                   "deny",     "", BODY_NONE, ANSWER_PASS, NULL, PLUGINS},
	{"*",      "swarm/{rest}",                     "deny",     "", BODY_NONE, ANSWER_PASS, NULL, SWARM},
	{"*",      "nodes/{rest}",                     "deny",     "", BODY_NONE, ANSWER_PASS, NULL, SWARM},
	{"*",      "services/{rest}",                  "deny",     "", BODY_NONE, ANSWER_PASS, NULL, SWARM},
	{"*",      "tasks/{rest}",                     "deny",     "", BODY_NONE, ANSWER_PASS, NULL, SWARM},
	{"*",      "secrets/{rest}",                   "deny",     "", BODY_NONE, ANSWER_PASS, NULL, SWARM},
	{"*",      "configs/{rest}",                   "deny",     "", BODY_NONE, ANSWER_PASS, NULL, SWARM},
	{"*",      "debug/{rest}",                     "deny",     "", BODY_NONE, ANSWER_PASS, NULL, "it shows the daemon's inside"},
	/* clang-format on */
};
const size_t route_count = ARRAY_LENGTH(routes);

/* ---- finding ---- */

/* The pattern's segments in front of a {image}, and behind it. */
static bool fits(const char *pattern, const struct words *path)
{
	size_t at = 0;
	while (*pattern != '\0') {
		size_t length = strcspn(pattern, "/");
		const char *rest = pattern + length + (pattern[length] == '/');
		if (strncmp(pattern, "{rest}", 6) == 0)
			return true;
		if (at >= path->count)
			return false;
		if (strncmp(pattern, "{image}", 7) == 0) {
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

/* "containers/json" is no container of the name json: longer words go first. */
static bool is_literal_elsewhere(const struct route *route, const struct words *path)
{
	if (strchr(route->path, '{') == NULL)
		return false;
	for (size_t i = 0; i < route_count; i++)
		if (strchr(routes[i].path, '{') == NULL && fits(routes[i].path, path))
			return true;
	return false;
}

static bool tell_route(struct request *r, const struct route *route, bool other_method)
{
	if (route == NULL && other_method)
		return refuse(r, 405, "route", "this path does not know %s", r->head.method);
	if (route == NULL)
		return refuse(r, 404, "route", "page not found");
	r->route = route;
	r->body_kind = route->body;
	if (text_same(route->class, "absent"))
		return refuse(r, 404, "route", "%s", route->why);
	bool denied =
		text_same(route->class, "deny") || (text_same(route->class, "solo") && is_class(r));
	return !denied || refuse(r, 403, "route", "%s /%s is not allowed here: %s", r->head.method,
				  r->target.segments.items[0], route->why);
}

/* method NULL: any. */
static const struct route *find(const char *method, const struct words *path)
{
	for (size_t i = 0; path->count > 0 && i < route_count; i++) {
		const struct route *route = &routes[i];
		bool same = method == NULL || text_same(route->method, "*") ||
			    text_same(route->method, method);
		if (same && fits(route->path, path) && !is_literal_elsewhere(route, path))
			return route;
	}
	return NULL;
}

const struct route *route_match(const char *method, const struct words *path)
{
	return find(method, path);
}

bool route_find(struct request *r)
{
	const struct words *path = &r->target.segments;
	return tell_route(r, find(r->head.method, path), find(NULL, path) != NULL);
}

/* ---- the name in the path ---- */

/* Which segments stand for the name. */
static void name_range(const struct request *r, size_t *ret_from, size_t *ret_to)
{
	const char *brace = strchr(r->route->path, '{');
	size_t from = 0, behind = 0;
	*ret_from = *ret_to = 0;
	if (brace == NULL)
		return;
	for (const char *c = r->route->path; c < brace; c++)
		from += *c == '/';
	for (const char *c = brace; *c != '\0'; c++)
		behind += *c == '/';
	*ret_from = from;
	*ret_to = r->target.segments.count - behind;
}

char *route_name(const struct request *r)
{
	struct buf name = {0};
	size_t from, to;
	name_range(r, &from, &to);
	for (size_t i = from; i < to; i++)
		buf_printf(&name, "%s%s", i > from ? "/" : "", r->target.segments.items[i]);
	return buf_steal(&name);
}

void route_set_name(struct request *r, const char *name)
{
	struct words path = {0};
	size_t from, to;
	name_range(r, &from, &to);
	for (size_t i = 0; i < r->target.segments.count; i++) {
		if (i == from)
			words_add(&path, name);
		if (i < from || i >= to)
			words_add(&path, r->target.segments.items[i]);
	}
	words_finish(&r->target.segments);
	r->target.segments = path;
}

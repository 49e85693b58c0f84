/* gate/routes.c - the policy for routes: every operation of the Engine API, and those that its
 * reference omits. An operation without a row does not exist; neither does a row without a
 * tenancy or without a filter for its answer: routes_flaw() finds such a row before the gate
 * opens. */
#include "private.h"

#include <string.h>

#define PLUGINS "plugins run as root on the host"
#define SWARM "a swarm belongs to the whole daemon, and its services can do anything"
#define BUILDKIT "the gate cannot inspect BuildKit's channel; use DOCKER_BUILDKIT=0"
#define CHECKPOINTS "checkpoints are written to folders of the host"

const struct route routes[] = {
	/* clang-format off */
	/* method  path                                       tenancy query body answer json line judge why */
	{"GET",    "_ping",                                    SHARED, "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, NULL},
	{"HEAD",   "_ping",                                    SHARED, "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, NULL},
	{"GET",    "version",                                  SHARED, "", BODY_NONE, ANSWER_JSON, answer_show_all, NULL, NULL, NULL},
	{"GET",    "info",                                     SHARED, "", BODY_NONE, ANSWER_JSON, answer_show_info, NULL, NULL, NULL},
	{"GET",    "events",                                   OWN,    "since until filters", BODY_NONE, ANSWER_LINES, NULL, answer_show_event, gate_judge_events, NULL},
	{"GET",    "system/df",                                OWN,    "type", BODY_NONE, ANSWER_JSON, answer_show_sizes, NULL, NULL, NULL},
	{"POST",   "auth",                                     NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, "the daemon would contact any server"},

	{"GET",    "containers/json",                          OWN,    "all limit size filters trunc_cmd", BODY_NONE, ANSWER_JSON, answer_show_containers, NULL, gate_judge_containers, NULL},
	{"POST",   "containers/create",                        OWN,    "name platform", BODY_JSON, ANSWER_JSON, answer_show_all, NULL, gate_judge_create, NULL},
	{"POST",   "containers/prune",                         OWN,    "filters", BODY_NONE, ANSWER_JSON, answer_show_all, NULL, gate_judge_prune, NULL},
	{"GET",    "containers/{container}/json",              OWN,    "size", BODY_NONE, ANSWER_JSON, answer_show_container, NULL, NULL, NULL},
	{"GET",    "containers/{container}/top",               OWN,    "ps_args", BODY_NONE, ANSWER_JSON, answer_show_all, NULL, gate_judge_top, NULL},
	{"GET",    "containers/{container}/logs",              OWN,    "follow stdout stderr since until timestamps tail details", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, NULL},
	{"GET",    "containers/{container}/changes",           OWN,    "", BODY_NONE, ANSWER_JSON, answer_show_all, NULL, NULL, NULL},
	{"GET",    "containers/{container}/export",            OWN,    "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, NULL},
	{"GET",    "containers/{container}/stats",             OWN,    "stream one-shot", BODY_NONE, ANSWER_LINES, NULL, answer_show_line, NULL, NULL},
	{"POST",   "containers/{container}/resize",            OWN,    "h w", BODY_NONE, ANSWER_RAW, NULL, NULL, gate_judge_resize, NULL},
	{"POST",   "containers/{container}/start",             OWN,    "detachKeys", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, NULL},
	{"POST",   "containers/{container}/stop",              OWN,    "t signal", BODY_NONE, ANSWER_RAW, NULL, NULL, gate_judge_stop, NULL},
	{"POST",   "containers/{container}/restart",           OWN,    "t signal", BODY_NONE, ANSWER_RAW, NULL, NULL, gate_judge_stop, NULL},
	{"POST",   "containers/{container}/kill",              OWN,    "signal", BODY_NONE, ANSWER_RAW, NULL, NULL, gate_judge_kill, NULL},
	{"POST",   "containers/{container}/update",            OWN,    "", BODY_JSON, ANSWER_JSON, answer_show_all, NULL, gate_judge_update, NULL},
	{"POST",   "containers/{container}/rename",            OWN,    "name", BODY_NONE, ANSWER_RAW, NULL, NULL, gate_judge_rename, NULL},
	{"POST",   "containers/{container}/pause",             OWN,    "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, NULL},
	{"POST",   "containers/{container}/unpause",           OWN,    "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, NULL},
	{"POST",   "containers/{container}/attach",            OWN,    "detachKeys logs stream stdin stdout stderr", BODY_NONE, ANSWER_TUNNEL, NULL, NULL, NULL, NULL},
	{"GET",    "containers/{container}/attach/ws",         NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, "use attach without the web socket"},
	{"POST",   "containers/{container}/wait",              OWN,    "condition", BODY_NONE, ANSWER_LINES, NULL, answer_show_line, NULL, NULL},
	{"DELETE", "containers/{container}",                   OWN,    "v force link", BODY_NONE, ANSWER_RAW, NULL, NULL, gate_judge_remove, NULL},
	{"HEAD",   "containers/{container}/archive",           OWN,    "path", BODY_NONE, ANSWER_RAW, NULL, NULL, gate_judge_archive, NULL},
	{"GET",    "containers/{container}/archive",           OWN,    "path", BODY_NONE, ANSWER_RAW, NULL, NULL, gate_judge_archive, NULL},
	{"PUT",    "containers/{container}/archive",           OWN,    "path noOverwriteDirNonDir copyUIDGID", BODY_TAR, ANSWER_RAW, NULL, NULL, gate_judge_archive, NULL},
	{"POST",   "containers/{container}/copy",              NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, "it has been replaced by archive"},
	{"GET",    "containers/{container}/checkpoints",       NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, CHECKPOINTS},
	{"POST",   "containers/{container}/checkpoints",       NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, CHECKPOINTS},
	{"DELETE", "containers/{container}/checkpoints/{word}",NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, CHECKPOINTS},
	{"POST",   "containers/{container}/exec",              OWN,    "", BODY_JSON, ANSWER_JSON, answer_show_all, NULL, gate_judge_exec, NULL},
	{"POST",   "exec/{exec}/start",                        OWN,    "", BODY_JSON, ANSWER_TUNNEL, NULL, NULL, gate_judge_exec_start, NULL},
	{"POST",   "exec/{exec}/resize",                       OWN,    "h w", BODY_NONE, ANSWER_RAW, NULL, NULL, gate_judge_resize, NULL},
	{"GET",    "exec/{exec}/json",                         OWN,    "", BODY_NONE, ANSWER_JSON, answer_show_all, NULL, NULL, NULL},

	{"GET",    "images/json",                              SHARED, "all filters digests shared-size only_ids manifests", BODY_NONE, ANSWER_JSON, answer_show_images, NULL, gate_judge_filters, NULL},
	{"POST",   "images/create",                            SHARED, "fromImage tag platform fromSrc repo message changes", BODY_NONE, ANSWER_LINES, NULL, image_names_pull_line, gate_judge_pull, NULL},
	{"GET",    "images/search",                            NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, "the daemon would access the network"},
	{"POST",   "images/prune",                             OWN,    "filters", BODY_NONE, ANSWER_JSON, answer_show_removed, NULL, gate_judge_images_prune, NULL},
	{"GET",    "images/get",                               SHARED, "names platform", BODY_NONE, ANSWER_RAW, NULL, NULL, gate_judge_images_get, NULL},
	{"POST",   "images/load",                              OWN,    "quiet platform", BODY_TAR, ANSWER_LINES, NULL, image_names_load_line, gate_judge_load, NULL},
	{"GET",    "images/{image}/json",                      SHARED, "manifests", BODY_NONE, ANSWER_JSON, answer_show_image, NULL, NULL, NULL},
	{"GET",    "images/{image}/history",                   SHARED, "platform", BODY_NONE, ANSWER_JSON, answer_show_history, NULL, NULL, NULL},
	{"GET",    "images/{image}/get",                       SHARED, "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, NULL},
	{"POST",   "images/{repository}/push",                 SHARED, "tag platform", BODY_NONE, ANSWER_LINES, NULL, answer_show_line, gate_judge_push, NULL},
	{"POST",   "images/{image}/tag",                       SHARED, "repo tag force", BODY_NONE, ANSWER_RAW, NULL, NULL, gate_judge_tag, NULL},
	{"DELETE", "images/{image}",                           OWN,    "force noprune", BODY_NONE, ANSWER_JSON, answer_show_removed, NULL, gate_judge_image_remove, NULL},
	{"POST",   "commit",                                   OWN,    "container repo tag comment author pause changes", BODY_JSON, ANSWER_JSON, answer_show_all, NULL, gate_judge_commit, NULL},
	{"POST",   "build",                                    OWN,    "t dockerfile q nocache pull rm forcerm buildargs labels networkmode target memory memswap cpuperiod cpuquota cpushares cpusetcpus cpusetmems cgroupparent shmsize ulimits version cachefrom remote extrahosts platform", BODY_TAR, ANSWER_LINES, NULL, image_names_pull_line, gate_judge_build, NULL},
	{"POST",   "build/prune",                              OWN,    "all filters keep-storage", BODY_NONE, ANSWER_JSON, answer_show_all, NULL, gate_judge_build_prune, NULL},
	{"POST",   "build/cancel",                             NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, BUILDKIT},
	{"GET",    "distribution/{image}/json",                NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, "the daemon would contact any registry"},

	{"GET",    "volumes",                                  OWN,    "filters", BODY_NONE, ANSWER_JSON, answer_show_volumes, NULL, gate_judge_filters, NULL},
	{"POST",   "volumes/create",                           OWN,    "", BODY_JSON, ANSWER_JSON, answer_show_volume, NULL, gate_judge_volume_create, NULL},
	{"POST",   "volumes/prune",                            OWN,    "filters", BODY_NONE, ANSWER_JSON, answer_show_all, NULL, gate_judge_prune, NULL},
	{"GET",    "volumes/{volume}",                         OWN,    "", BODY_NONE, ANSWER_JSON, answer_show_volume, NULL, NULL, NULL},
	{"DELETE", "volumes/{volume}",                         OWN,    "force", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, NULL},

	{"GET",    "networks",                                 SHARED, "filters", BODY_NONE, ANSWER_JSON, answer_show_networks, NULL, gate_judge_filters, NULL},
	{"POST",   "networks/create",                          OWN,    "", BODY_JSON, ANSWER_JSON, answer_show_all, NULL, gate_judge_network_create, NULL},
	{"POST",   "networks/prune",                           OWN,    "filters", BODY_NONE, ANSWER_JSON, answer_show_all, NULL, gate_judge_prune, NULL},
	{"GET",    "networks/{network}",                       SHARED, "verbose scope", BODY_NONE, ANSWER_JSON, answer_show_network, NULL, NULL, NULL},
	{"DELETE", "networks/{network}",                       OWN,    "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, NULL},
	{"POST",   "networks/{network}/connect",               SHARED, "", BODY_JSON, ANSWER_RAW, NULL, NULL, gate_judge_connect, NULL},
	{"POST",   "networks/{network}/disconnect",            SHARED, "", BODY_JSON, ANSWER_RAW, NULL, NULL, gate_judge_connect, NULL},

	{"POST",   "session",                                  NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, BUILDKIT},
	{"POST",   "grpc",                                     NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, BUILDKIT},
	{"GET",    "plugins/{word}/json",                      ABSENT, "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, "no such plugin"},
	{"*",      "plugins/{rest}",                           NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, PLUGINS},
	{"*",      "swarm/{rest}",                             NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, SWARM},
	{"*",      "nodes/{rest}",                             NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, SWARM},
	{"*",      "services/{rest}",                          NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, SWARM},
	{"*",      "tasks/{rest}",                             NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, SWARM},
	{"*",      "secrets/{rest}",                           NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, SWARM},
	{"*",      "configs/{rest}",                           NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, SWARM},
	{"*",      "debug/{rest}",                             NONE,   "", BODY_NONE, ANSWER_RAW, NULL, NULL, NULL, "it shows the daemon's internals"},
	/* clang-format on */
};
const size_t routes_count = ARRAY_LENGTH(routes);

/* ---- checking the table ---- */

/* Reports whether the tenancy fits the objects that the path may name. */
static bool tenancy_fits(const struct route *route)
{
	static const struct {
		const char *name;
		bool own, shared;
	} names[] = {{"{container}", true, false}, {"{exec}", true, false},
		{"{volume}", true, false}, {"{network}", true, true}, {"{image}", true, true},
		{"{repository}", false, true}, {"{word}", false, false}, {"{rest}", false, false}};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (strstr(route->path, names[i].name) != NULL)
			return route->tenancy == OWN ? names[i].own : names[i].shared;
	return true;
}

static bool is_route_complete(const struct route *route)
{
	if (route->tenancy == NONE || route->tenancy == ABSENT)
		return route->why != NULL && route->json == NULL && route->line == NULL;
	return tenancy_fits(route) && (route->json != NULL) == (route->answer == ANSWER_JSON) &&
	       (route->line != NULL) == (route->answer == ANSWER_LINES);
}

const struct route *routes_flaw(const struct route *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_route_complete(&table[i]))
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
			r, 405, "route", "this path does not support %s", r->head.method);
	if (route == NULL)
		return request_refuse(r, 404, "route", "page not found");
	r->route = route;
	r->body_kind = route->body;
	if (route->tenancy == ABSENT)
		return request_refuse(r, 404, "route", "%s", route->why);
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

const struct route *routes_match(const char *method, const struct words *path)
{
	return find_route(method, path);
}

bool routes_find(struct request *r)
{
	const struct words *path = &r->target.segments;
	return tell_route(r, find_route(r->head.method, path), find_route(NULL, path) != NULL);
}

/* gate/owner.c - whose an object is: asked of the daemon by the name that was given, and from then
 * on the full id is used, so that what was judged is what is meant */
#include "private.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

bool is_owned(const struct gate *gate, const cJSON *labels)
{
	return gate->profile == GATE_HOST ||
	       (gate->owner != NULL && text_same(json_text(labels, GATE_OWNER_LABEL), gate->owner));
}

static bool is_id(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

/* Asks for one object; NULL after a refusal (404, or 502 where the daemon does not answer). */
static cJSON *inspect(
	struct request *r, const char *folder, const char *name, const char *tail, const char *what)
{
	cJSON *json = NULL;
	if (!upstream_look(r->gate, folder, name, tail, &json))
		(void)refuse(r, 502, "daemon", "the daemon does not answer");
	else if (json == NULL)
		(void)refuse(r, 404, "absent", "No such %s: %s", what, name);
	return json;
}

/* What the owner calls so (NULL: it can be nothing of theirs) goes first; then what may be an id,
 * or a name of somebody else's making. *ret_found: what it was found by. */
static cJSON *inspect_either(struct request *r, const char *folder, const char *own,
	const char *name, const char *tail, const char *what, char **ret_found)
{
	cJSON *json = NULL;
	if (own != NULL && !upstream_look(r->gate, folder, own, tail, &json)) {
		(void)refuse(r, 502, "daemon", "the daemon does not answer");
		return NULL;
	}
	bool is_own = json != NULL;
	if (!is_own)
		json = inspect(r, folder, name, tail, what);
	if (json != NULL)
		*ret_found = xstrdup(is_own ? own : name);
	return json;
}

static cJSON *inspect_own(struct request *r, const char *folder, const char *name, const char *tail,
	const char *what, char **ret_found)
{
	bool may_be_own = is_class(r) && !is_id(name) && strchr(name, '/') == NULL;
	cleanup_free char *own = may_be_own ? name_for_daemon(r->gate, name) : NULL;
	return inspect_either(r, folder, own, name, tail, what, ret_found);
}

static bool absent(struct request *r, const char *what, const char *name)
{
	return refuse(r, 404, "owner", "No such %s: %s", what, name);
}

/* The container's name as its owner gave it. */
static char *called(const struct gate *gate, const cJSON *container)
{
	cleanup_free char *front = name_for_daemon(gate, "");
	const char *name = json_text(container, "Name");
	name += *name == '/';
	return text_starts(name, front) ? xstrdup(name + strlen(front)) : NULL;
}

bool own_container_called(struct request *r, const char *name, char **ret_id, char **ret_called)
{
	if (*name == '\0')
		return refuse(r, 400, "name", "a container must be named");
	if (!is_class(r)) {
		*ret_id = xstrdup(name);
		*ret_called = NULL;
		return true;
	}
	cleanup_free char *found = NULL;
	name += *name == '/';
	cJSON *json = inspect_own(r, "containers", name, "/json", "container", &found);
	bool owned = json != NULL && is_owned(r->gate, json_at(json_at(json, "Config"), "Labels"));
	if (owned) {
		*ret_id = xstrdup(json_text(json, "Id"));
		*ret_called = called(r->gate, json);
	} else if (json != NULL) {
		(void)absent(r, "container", name);
	}
	cJSON_Delete(json);
	return owned;
}

bool own_container(struct request *r, const char *name, char **ret_id)
{
	cleanup_free char *called_so = NULL;
	return own_container_called(r, name, ret_id, &called_so);
}

bool own_network(struct request *r, const char *name, bool to_read, char **ret_id)
{
	if (!is_class(r)) {
		*ret_id = xstrdup(name);
		return true;
	}
	if (text_same(name, "bridge"))
		return own_bridge(r, ret_id);
	cleanup_free char *found = NULL;
	cJSON *json = inspect_own(r, "networks", name, "", "network", &found);
	bool common = to_read && text_same(json_text(json, "Name"), "none");
	bool owned = json != NULL && (common || is_owned(r->gate, json_at(json, "Labels")));
	if (owned)
		*ret_id = xstrdup(json_text(json, "Id"));
	else if (json != NULL)
		(void)refuse(r, 404, "owner", "network %s not found", name);
	cJSON_Delete(json);
	return owned;
}

bool own_volume(struct request *r, const char *name, char **ret_name)
{
	cleanup_free char *found = NULL;
	cJSON *json = inspect_own(r, "volumes", name, "", "volume", &found);
	bool owned = json != NULL && is_owned(r->gate, json_at(json, "Labels"));
	if (owned)
		*ret_name = xstrdup(found);
	else if (json != NULL || r->status == 404)
		(void)refuse(
			r, 404, json != NULL ? "owner" : "absent", "get %s: no such volume", name);
	cJSON_Delete(json);
	return owned;
}

bool own_exec(struct request *r, const char *id)
{
	if (!is_id(id))
		return absent(r, "exec instance", id);
	if (!is_class(r))
		return true;
	cJSON *json = inspect(r, "exec", id, "/json", "exec instance");
	cleanup_free char *container = NULL;
	bool owned = json != NULL && own_container(r, json_text(json, "ContainerID"), &container);
	if (json != NULL && !owned) {
		buf_truncate(&r->message, 0);
		(void)absent(r, "exec instance", id);
	}
	cJSON_Delete(json);
	return owned;
}

/* ---- images ---- */

static bool has(const struct words *list, const char *word)
{
	for (size_t i = 0; i < list->count; i++)
		if (text_same(list->items[i], word))
			return true;
	return false;
}

/* What may be pulled may be seen: a pattern without a tag is of all tags. */
static bool is_public(const struct gate *gate, const char *reference)
{
	const char *colon = strrchr(reference, ':');
	bool tagged = colon != NULL && strchr(colon, '/') == NULL;
	cleanup_free char *bare =
		tagged ? xstrndup(reference, (size_t)(colon - reference)) : xstrdup(reference);
	for (size_t i = 0; i < gate->policy.images.count; i++)
		if (fnmatch(gate->policy.images.items[i], reference, 0) == 0 ||
			fnmatch(gate->policy.images.items[i], bare, 0) == 0)
			return true;
	return false;
}

bool is_visible_image(struct gate *gate, const char *id, const cJSON *labels, const cJSON *tags)
{
	const cJSON *tag;
	if (is_owned(gate, labels))
		return true;
	pthread_mutex_lock(&gate->lock);
	bool shared = has(&gate->shared, id);
	pthread_mutex_unlock(&gate->lock);
	if (shared)
		return true;
	if (json_at(labels, GATE_OWNER_LABEL) != NULL)
		return false;
	cJSON_ArrayForEach(tag, tags)
		if (cJSON_IsString(tag) && !name_is_anybodys(tag->valuestring) &&
			is_public(gate, tag->valuestring))
			return true;
	return false;
}

/* Tagged, and not only by gates. The steps of somebody's build have neither tag nor label. */
static bool is_named(const cJSON *image)
{
	const cJSON *tag;
	cJSON_ArrayForEach(tag, json_at(image, "RepoTags"))
		if (cJSON_IsString(tag) && !name_is_anybodys(tag->valuestring) &&
			!text_same(tag->valuestring, "<none>:<none>"))
			return true;
	return false;
}

/* What is there and is nobody's is for all. It is asked for once, when the gate is opened or moved:
 * others may be at work on the daemon already. */
void owner_learn_shared(struct gate *gate)
{
	cJSON *list = NULL;
	const cJSON *one;
	int status = 0;
	pthread_mutex_lock(&gate->lock);
	bool known = gate->knows_shared;
	pthread_mutex_unlock(&gate->lock);
	if (known || gate->profile != GATE_CLASS ||
		!upstream_ask(gate, "GET", "/images/json?all=1", NULL, &status, &list))
		return;
	pthread_mutex_lock(&gate->lock);
	if (!gate->knows_shared && status == 200)
		cJSON_ArrayForEach(one, list)
			if (json_at(json_at(one, "Labels"), GATE_OWNER_LABEL) == NULL &&
				is_named(one))
				words_add(&gate->shared, json_text(one, "Id"));
	gate->knows_shared = gate->knows_shared || status == 200;
	pthread_mutex_unlock(&gate->lock);
	cJSON_Delete(list);
}

/* The learner's own: labelled, or the reference was made by a gate for them. */
static bool may_change(struct request *r, const cJSON *json, const char *reference)
{
	return name_is_own(r->gate, reference) ||
	       is_owned(r->gate, json_at(json_at(json, "Config"), "Labels"));
}

static cJSON *inspect_image(struct request *r, const char *name, char **ret_reference)
{
	const char *familiar = reference_familiar(name);
	bool may_be_own = !is_id(name) && !text_starts(name, "sha256:") &&
			  !reference_names_registry(familiar);
	cleanup_free char *own = may_be_own ? reference_for_daemon(r->gate, familiar) : NULL;
	return inspect_either(r, "images", own, name, "/json", "image", ret_reference);
}

bool own_image(
	struct request *r, const char *name, bool to_read, char **ret_id, char **ret_reference)
{
	cleanup_free char *found = NULL;
	if (!is_class(r)) {
		*ret_id = xstrdup(name);
		if (ret_reference != NULL)
			*ret_reference = xstrdup(name);
		return true;
	}
	cJSON *json = inspect_image(r, name, &found);
	bool seen = json != NULL &&
		    is_visible_image(r->gate, json_text(json, "Id"),
			    json_at(json_at(json, "Config"), "Labels"), json_at(json, "RepoTags"));
	bool good = seen && (to_read || may_change(r, json, found));
	if (good) {
		*ret_id = xstrdup(json_text(json, "Id"));
		if (ret_reference != NULL)
			*ret_reference = xstrdup(found);
	} else if (seen)
		(void)refuse(
			r, 403, "owner", "image %s is shared by all, so it stays as it is", name);
	else if (json != NULL)
		(void)absent(r, "image", name);
	cJSON_Delete(json);
	return good;
}

/* ---- the path ---- */

bool own_path(struct request *r)
{
	const char *path = r->route->path;
	cleanup_free char *name = route_name(r);
	cleanup_free char *id = NULL, *reference = NULL;
	bool reads = text_same(r->head.method, "GET") || text_same(r->head.method, "HEAD");
	bool removes = text_same(r->head.method, "DELETE");
	bool good = true;
	if (strstr(path, "{container}") != NULL)
		good = own_container(r, name, &id);
	else if (strstr(path, "{network}") != NULL)
		good = own_network(r, name, reads, &id);
	else if (strstr(path, "{volume}") != NULL)
		good = !is_class(r) || own_volume(r, name, &id);
	else if (strstr(path, "{exec}") != NULL)
		good = own_exec(r, name);
	else if (strstr(path, "{image}") != NULL)
		good = own_image(r, name, !removes, &id, &reference);
	/* a tag is removed by its name: the id would remove all of them */
	if (good && id != NULL)
		route_set_name(r, removes && reference != NULL ? reference : id);
	return good;
}

/* ---- quotas ---- */

bool within_quota(struct request *r, const char *what)
{
	static const char query[] = "?all=1&filters=%7B%22label%22%3A%5B%22" GATE_OWNER_LABEL "%3D";
	const struct gate_policy *p = &r->gate->policy;
	if (!is_class(r))
		return true;
	cleanup_buf struct buf path = {0};
	buf_printf(&path, "/%s%s", text_same(what, "containers") ? "containers/json" : what, query);
	target_encode(&path, r->gate->owner, "");
	buf_add_text(&path, "%22%5D%7D");
	cJSON *json = NULL;
	int status = 0;
	if (!upstream_ask(r->gate, "GET", buf_text(&path), NULL, &status, &json) || status != 200) {
		cJSON_Delete(json);
		return refuse(r, 502, "daemon", "the daemon does not answer");
	}
	const cJSON *list = cJSON_IsArray(json) ? json : json_at(json, "Volumes");
	long long most = text_same(what, "containers") ? p->containers
			 : text_same(what, "volumes")  ? p->volumes
						       : p->networks;
	cleanup_free char *bridge = name_for_daemon(r->gate, "bridge");
	const cJSON *one;
	int there = 0;
	cJSON_ArrayForEach(one, list) /* the owner's bridge is the gate's */
		there += !text_same(json_text(one, "Name"), bridge);
	cJSON_Delete(json);
	return there < most ||
	       refuse(r, 403, "quota", "you have %d %s, and %lld are allowed: remove one first",
		       there, what, most);
}

/* ---- leaving ---- */

char *owned_path(const struct gate *gate, const char *query)
{
	cleanup_buf struct buf text = {0};
	buf_printf(&text, "%sfilters=%%7B%%22label%%22%%3A%%5B%%22%s%%3D", query, GATE_OWNER_LABEL);
	target_encode(&text, gate->owner, "");
	buf_add_text(&text, "%22%5D%7D");
	return buf_steal(&text);
}

/* The owner's tags on images that are everybody's. */
static void remove_tags(struct gate *gate)
{
	cJSON *json = NULL;
	const cJSON *one, *tag;
	int status = 0;
	if (!upstream_ask(gate, "GET", "/images/json", NULL, &status, &json))
		return;
	cJSON_ArrayForEach(one, json)
		cJSON_ArrayForEach(tag, json_at(one, "RepoTags")) {
			cleanup_free char *place = xasprintf("/images/%s", tag->valuestring);
			if (name_is_own(gate, tag->valuestring))
				(void)upstream_ask(gate, "DELETE", place, NULL, &status, NULL);
		}
	cJSON_Delete(json);
}

bool owner_remove_all(struct gate *gate)
{
	static const struct {
		const char *list, *key, *folder, *options;
	} kinds[] = {
		{"/containers/json?all=1&", "Id", "containers", "?force=1&v=1"},
		{"/networks?", "Id", "networks", ""},
		{"/volumes?", "Name", "volumes", "?force=1"},
		{"/images/json?", "Id", "images", "?force=1"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		cleanup_free char *path = owned_path(gate, kinds[i].list);
		cJSON *json = NULL;
		const cJSON *one;
		int status = 0;
		if (!upstream_ask(gate, "GET", path, NULL, &status, &json))
			return false; /* nobody is there to remove anything */
		const cJSON *list = cJSON_IsArray(json) ? json : json_at(json, "Volumes");
		cJSON_ArrayForEach(one, list) {
			cleanup_free char *place = xasprintf("/%s/%s%s", kinds[i].folder,
				json_text(one, kinds[i].key), kinds[i].options);
			(void)upstream_ask(gate, "DELETE", place, NULL, &status, NULL);
		}
		cJSON_Delete(json);
	}
	remove_tags(gate);
	return true;
}

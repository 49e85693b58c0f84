/* gate/image_names.c - requests that give an image a name: the name must be free, or already the
 * learner's */
#include "images.h"

#include <stdlib.h>
#include <string.h>

static bool is_listed_registry(const struct request *r, const char *reference)
{
	size_t length = strcspn(reference, "/");
	for (size_t i = 0; i < r->gate->policy.registries.count; i++)
		if (strlen(r->gate->policy.registries.items[i]) == length &&
			strncmp(reference, r->gate->policy.registries.items[i], length) == 0)
			return true;
	return false;
}

/* The owner of the name on the daemon: no one, the learner, or another user. */
enum place { PLACE_FREE, PLACE_OWN, PLACE_TAKEN, PLACE_UNKNOWN };

static enum place look_at(struct request *r, const char *full)
{
	cJSON *json = NULL;
	if (!upstream_inspect(r->gate, "images", full, "/json", &json))
		return PLACE_UNKNOWN;
	enum place place = json == NULL ? PLACE_FREE
			   : images_tag_is_own(r->gate, json_get(json, "RepoTags"), full)
				   ? PLACE_OWN
				   : PLACE_TAKEN;
	cJSON_Delete(json);
	return place;
}

bool gate_judge_new_reference(struct request *r, const char *repository, const char *tag)
{
	cleanup_free char *full = reference_full(repository, tag);
	if (reference_has_tag(repository) && tag != NULL && *tag != '\0')
		return request_refuse(
			r, 400, "reference", "%s has a tag, but another one is given, too", full);
	if (!reference_is_valid(full) || strchr(full, '@') != NULL)
		return request_refuse(r, 400, "reference", "invalid reference format: %s", full);
	if (names_has_prefix(full))
		return request_refuse(r, 403, "reference",
			"%s: names that begin like this are reserved for ropes", full);
	if (reference_names_registry(full) && !is_listed_registry(r, full))
		return request_refuse(r, 403, "reference",
			"%s: the policy does not allow this registry in a name", full);
	switch (look_at(r, full)) {
	case PLACE_UNKNOWN:
		return request_refuse_unreachable(r);
	case PLACE_TAKEN:
		return request_refuse(r, 403, "reference",
			"%s does not belong to you, so you cannot replace it; use another name",
			full);
	default:
		images_claim(r, full);
		return true;
	}
}

bool gate_judge_tag(struct request *r)
{
	const char *repository = target_query(&r->target, "repo");
	return repository == NULL || *repository == '\0'
		       ? request_refuse(r, 400, "reference", "repo: a name is required")
		       : gate_judge_new_reference(r, repository, target_query(&r->target, "tag"));
}

static bool judge_import(struct request *r)
{
	const char *repository = target_query(&r->target, "repo");
	if (!text_same(target_query(&r->target, "fromSrc"), "-"))
		return request_refuse(r, 403, "import",
			"fromSrc: the daemon may not fetch anything; import a file");
	target_remove(&r->target, "platform");
	cleanup_free char *label = xasprintf("LABEL %s=\"%s\"", GATE_IMAGE_LABEL, r->gate->learner);
	target_add(&r->target, "changes", label);
	return repository == NULL || *repository == '\0' ||
	       gate_judge_new_reference(r, repository, target_query(&r->target, "tag"));
}

/* If the daemon already has the name, a pull would move it to another image. */
static int tell_present(struct request *r)
{
	cleanup_buf struct buf text = {0};
	const char *full = r->makes.items[0], *colon = strrchr(full, ':');
	cleanup_free char *repository = xstrndup(full, (size_t)(colon - full));
	buf_printf(&text, "{\"status\":\"Pulling from %s%s\",\"id\":\"%s\"}\n",
		strchr(repository, '/') == NULL ? "library/" : "", repository, colon + 1);
	buf_printf(&text, "{\"status\":\"Status: Image is up to date for %s\"}\n", full);
	gate_reply_text(r->client.fd, 200, buf_text(&text));
	return 200;
}

bool gate_judge_pull(struct request *r)
{
	if (target_query(&r->target, "fromSrc") != NULL)
		return judge_import(r);
	const char *from = target_query(&r->target, "fromImage");
	const char *tag = target_query(&r->target, "tag");
	if (from == NULL || !reference_is_valid(from) ||
		(tag != NULL && *tag != '\0' && !reference_is_valid(tag)))
		return request_refuse(
			r, 400, "reference", "fromImage: the name of an image is required");
	if (reference_names_registry(from) && !is_listed_registry(r, from) &&
		!text_starts(from, "docker.io/"))
		return request_refuse(r, 403, "registry",
			"fromImage: %s names a registry that the policy does not allow", from);
	cleanup_free char *full = reference_full(from, tag);
	if ((tag == NULL || *tag == '\0') && !reference_has_tag(reference_familiar(from)))
		target_set(&r->target, "tag", "latest"); /* without one it pulls all tags */
	target_remove(&r->target, "platform");
	if (names_has_prefix(full))
		return request_refuse(r, 404, "reference", "pull access denied for %s", full);
	if (strchr(full, '@') != NULL)
		return true; /* it moves no name */
	enum place place = look_at(r, full);
	images_claim(r, full);
	r->act = place == PLACE_TAKEN ? tell_present : NULL;
	return place != PLACE_UNKNOWN || request_refuse_unreachable(r);
}

bool gate_judge_push(struct request *r)
{
	cleanup_free char *name = request_object_name(r);
	const char *tag = target_query(&r->target, "tag");
	cleanup_free char *full = reference_full(name, tag);
	if (tag == NULL || *tag == '\0')
		return request_refuse(r, 400, "query", "tag: only one tag can be pushed at a time");
	if (!is_listed_registry(r, name))
		return request_refuse(r, 403, "registry",
			"%s: images may be pushed only to a registry that the policy allows, as %s/%s",
			name,
			r->gate->policy.registries.count > 0 ? r->gate->policy.registries.items[0]
							     : "HOST:PORT",
			path_base(name));
	return gate_judge_image(r, full);
}

bool gate_judge_images_get(struct request *r)
{
	for (size_t i = 0; i < r->target.query_count; i++)
		if (text_same(r->target.query[i].name, "names") &&
			!gate_judge_image(r, r->target.query[i].value))
			return false;
	return target_query(&r->target, "names") != NULL ||
	       request_refuse(r, 400, "query", "names: the name of an image is required");
}

/* ---- loading: the archive determines the names, so they are checked afterwards ---- */

bool gate_judge_load(struct request *r)
{
	cJSON *list = NULL;
	const cJSON *one, *tag;
	int status = 0;
	target_remove(&r->target, "platform");
	if (!upstream_ask(r->gate, "GET", "/images/json", NULL, &status, &list))
		return request_refuse_unreachable(r);
	cJSON_ArrayForEach(one, list)
		cJSON_ArrayForEach(tag, json_get(one, "RepoTags"))
			if (images_tag_is_real(tag) &&
				!images_tag_is_own(
					r->gate, json_get(one, "RepoTags"), tag->valuestring)) {
				words_add(&r->tags, tag->valuestring);
				words_add(&r->tags, json_get_text_or(one, "Id", ""));
			}
	cJSON_Delete(list);
	return true;
}

/* Gives a name back that belonged to another user before the load. */
static void take_loaded(struct request *r, const char *reference)
{
	for (size_t i = 0; i + 1 < r->tags.count; i += 2)
		if (text_same(r->tags.items[i], reference)) {
			(void)images_add_tag(
				r->gate, r->tags.items[i + 1], reference); /* the earlier state */
			return;
		}
	images_claim(r, reference);
}

/* Reads the reference after the daemon's words; NULL: the line says something else. */
static char *read_reference_line(const struct buf *line, const char *member, const char *words)
{
	cJSON *json = json_parse(line);
	const char *text = json_get_text_or(json, member, "");
	char *full = NULL;
	if (text_starts(text, words)) {
		cleanup_free char *name =
			xstrndup(text + strlen(words), strcspn(text + strlen(words), "\r\n"));
		full = reference_full(name, NULL);
	}
	cJSON_Delete(json);
	return full;
}

bool image_names_load_line(struct request *r, struct buf *line)
{
	cleanup_free char *loaded = read_reference_line(line, "stream", "Loaded image: ");
	if (loaded != NULL)
		take_loaded(r, loaded);
	return answer_show_line(r, line);
}

/* A build also pulls missing images that its Dockerfile names. */
bool image_names_pull_line(struct request *r, struct buf *line)
{
	cleanup_free char *pulled =
		read_reference_line(line, "status", "Status: Downloaded newer image for ");
	if (pulled != NULL)
		images_claim(r, pulled);
	return answer_show_line(r, line);
}

/* lrs/mentions.c - the names that a statement mentions and is found by */
#include "private.h"

#include <stdlib.h>

struct walking {
	void (*each)(void *data, enum list_kind kind, const char *name);
	void *data;
};

static void take_actor(void *data, cJSON *actor, bool direct)
{
	const struct walking *w = data;
	cleanup_free char *key = xapi_actor_key(actor);
	if (key == NULL)
		return;
	w->each(w->data, direct ? LIST_AGENT : LIST_AGENTS, key);
}

static void take_activity(void *data, cJSON *activity, bool direct)
{
	const struct walking *w = data;
	w->each(w->data, direct ? LIST_ACTIVITY : LIST_ACTIVITIES, json_get_text(activity, "id"));
}

static void mention_attachments(const struct walking *w, const cJSON *statement)
{
	const cJSON *one, *object = json_get(statement, "object");
	cJSON_ArrayForEach(one, json_get(statement, "attachments")) {
		cleanup_free char *sha2 = text_lower(xstrdup(json_get_text(one, "sha2")));
		if (sha2 != NULL)
			w->each(w->data, LIST_ATTACHMENT, sha2);
	}
	if (text_same(json_get_text(object, "objectType"), "SubStatement"))
		mention_attachments(w, object);
}

void mentions_each(const cJSON *statement,
	void (*each)(void *data, enum list_kind kind, const char *name), void *data)
{
	struct walking w = {each, data};
	const char *registration = json_get_text(json_get(statement, "context"), "registration");
	const char *verb = json_get_text(json_get(statement, "verb"), "id");
	cleanup_free char *small = registration != NULL ? utf8_fold(registration) : NULL;
	xapi_each_actor(statement, take_actor, &w);
	xapi_each_activity(statement, take_activity, &w);
	mention_attachments(&w, statement);
	if (verb != NULL)
		each(data, LIST_VERB, verb);
	if (small != NULL)
		each(data, LIST_REGISTRATION, small);
}

const char *mentions_target(const cJSON *statement)
{
	const cJSON *object = json_get(statement, "object");
	return text_same(json_get_text(object, "objectType"), "StatementRef")
		       ? json_get_text(object, "id")
		       : NULL;
}

/* check/predicates.c - what predicates on several subjects share */
#include "predicates.h"

#include <string.h>

const struct engine_container *predicates_container(
	struct look *look, const char *name, struct error *err)
{
	engine_container_finish(&look->container);
	if (!engine_container(look->context->engine, name, &look->container, err))
		return NULL;
	if (look->container.id != NULL)
		return &look->container;
	look->missing = true;
	if (strlen(name) == 64) /* an id: the container of the learner's line */
		buf_add_text(&look->seen, _("the container started by this line is gone"));
	else
		buf_printf(&look->seen, _("there is no container %s"), name);
	return NULL;
}

bool predicates_check_gone(struct look *look, bool there)
{
	bool was = context_was_there(look->context, look->statement->subject, look->name);
	if (there)
		buf_printf(&look->seen, _("%s is still there"), look->name);
	else if (!was)
		buf_printf(&look->seen, _("%s was not there when the step began"), look->name);
	return !there && was;
}

bool predicates_has_label(const cJSON *config, const char *pair)
{
	size_t length = strcspn(pair, "=");
	cleanup_free char *key = xstrndup(pair, length);
	const cJSON *value = json_get(json_get(config, "Labels"), key);
	return value != NULL &&
	       (pair[length] == '\0' || text_same(cJSON_GetStringValue(value), pair + length + 1));
}

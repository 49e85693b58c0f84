/* check/predicates.c - what predicates on several subjects share */
#include "predicates.h"

#include <string.h>

bool predicates_find_container(CONTEXT, struct engine_container *ret)
{
	UNUSED(s);
	if (!engine_container(context->engine, name, ret, err))
		return false;
	if (ret->id != NULL)
		return true;
	look->missing = true;
	if (strlen(name) == 64) /* an id: the container of the learner's line */
		buf_add_text(&look->seen, "the container started by this line is gone");
	else
		buf_printf(&look->seen, "there is no container %s", name);
	return false;
}

bool predicates_check_gone(CONTEXT, bool there)
{
	UNUSED(err);
	bool was = context_was_there(context, s->subject, name);
	if (there)
		buf_printf(&look->seen, "%s is still there", name);
	else if (!was)
		buf_printf(&look->seen, "%s was not there when the step began", name);
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

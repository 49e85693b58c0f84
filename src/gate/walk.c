/* gate/walk.c - walks over a body by a table of fields, and applies the tables' rules to its
 * values */
#include "fields.h"

#include <string.h>

void walk_set_text(cJSON *value, const char *text)
{
	cJSON_SetValuestring(value, text);
}

static const struct field *find_field(const struct field *table, const char *name)
{
	for (; table->name != NULL; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

static bool deny_field(struct request *r, const char *path, const struct field *f)
{
	return request_refuse(r, 403, path, "%s is not allowed here%s%s", path,
		f->why != NULL ? ": " : "", f->why != NULL ? f->why : "");
}

static bool has_members(const cJSON *value)
{
	return (cJSON_IsObject(value) || cJSON_IsArray(value)) && value->child != NULL;
}

/* *ret_drop: leave the field out of the forwarded body. */
static bool judge_field(
	struct request *r, const char *path, cJSON *value, const struct field *f, bool *ret_drop)
{
	bool zero = gate_value_is_zero(value);
	*ret_drop = zero;
	if (f == NULL)
		return zero ||
		       request_refuse(r, 403, path,
			       "the gate does not know the field %s, or it is not spelled as in the API",
			       path);
	switch (f->rule) {
	case KEEP:
		*ret_drop = false;
		return true;
	case DROP:
		*ret_drop = true;
		return true;
	case DENY:
		return zero || deny_field(r, path, f);
	case LOOK: /* {"/scratch": ""} has only zero values, but carries meaning */
		*ret_drop = zero && !has_members(value);
		return *ret_drop || f->function(r, path, value, f);
	case FIELDS:
		*ret_drop = cJSON_IsNull(value);
		if (!cJSON_IsNull(value) && !cJSON_IsObject(value))
			return request_refuse(r, 400, path, "%s must be an object", path);
		return *ret_drop || walk_fields(r, path, value, f->fields);
	}
	return false;
}

bool walk_fields(struct request *r, const char *prefix, cJSON *object, const struct field *table)
{
	for (cJSON *one = object->child, *next; one != NULL; one = next) {
		bool drop = false;
		next = one->next;
		cleanup_free char *path =
			xasprintf("%s%s%s", prefix, *prefix != '\0' ? "." : "", one->string);
		if (!judge_field(r, path, one, find_field(table, one->string), &drop))
			return false;
		if (drop)
			cJSON_Delete(cJSON_DetachItemViaPointer(object, one));
	}
	return true;
}

cJSON *walk_ensure_object(cJSON *parent, const char *name)
{
	cJSON *object = json_get(parent, name);
	if (cJSON_IsObject(object))
		return object;
	cJSON_DeleteItemFromObjectCaseSensitive(parent, name);
	return cJSON_AddObjectToObject(parent, name);
}

void walk_put_label(cJSON *object, const char *name, const char *value)
{
	cJSON *labels = walk_ensure_object(object, "Labels");
	cJSON_DeleteItemFromObjectCaseSensitive(labels, name);
	cJSON_AddStringToObject(labels, name, value);
}

void walk_put_owner(const struct gate *gate, cJSON *object)
{
	walk_put_label(object, GATE_OWNER_LABEL, gate->learner);
}

bool walk_check_texts(struct request *r, const char *path, const cJSON *value)
{
	const cJSON *one;
	if (!cJSON_IsArray(value))
		return request_refuse(r, 400, path, "%s must be a list", path);
	cJSON_ArrayForEach(one, value)
		if (!cJSON_IsString(one))
			return request_refuse(r, 400, path, "%s must be a list of texts", path);
	return true;
}

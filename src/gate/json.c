/* gate/json.c - parses bodies more strictly than Go's encoding/json: refuses duplicate keys,
 * which that would merge; the tables do not know keys in another case, which that would fold */
#include "private.h"

#include <string.h>

#define DEPTH_MAX 32

/* Limits the depth of brackets outside strings, because cJSON recurses. */
static bool is_shallow(const char *bytes, size_t length)
{
	size_t depth = 0;
	bool string = false;
	for (size_t i = 0; i < length; i++) {
		char c = bytes[i];
		if (string && c == '\\')
			i++;
		else if (c == '"')
			string = !string;
		else if (!string && (c == '{' || c == '['))
			depth++;
		else if (!string && (c == '}' || c == ']') && depth > 0)
			depth--;
		if (depth > DEPTH_MAX)
			return false;
	}
	return true;
}

static bool has_duplicate(const cJSON *object)
{
	const cJSON *one, *other;
	if (cJSON_IsObject(object))
		cJSON_ArrayForEach(one, object)
			for (other = one->next; other != NULL; other = other->next)
				if (strcmp(one->string, other->string) == 0)
					return true;
	cJSON_ArrayForEach(one, object)
		if (has_duplicate(one))
			return true;
	return false;
}

bool gate_parse_body(const char *bytes, size_t length, cJSON **ret, const char **why)
{
	const char *end = NULL;
	*why = "the body is not strict JSON";
	if (length == 0 || !utf8_valid(bytes, length) || memchr(bytes, '\0', length) != NULL ||
		memmem(bytes, length, "\\u0000", 6) != NULL || !is_shallow(bytes, length) ||
		strchr("{[ \t\r\n", bytes[0]) == NULL)
		return false;
	cJSON *json = cJSON_ParseWithLengthOpts(bytes, length, &end, false);
	size_t used = end != NULL ? (size_t)(end - bytes) : 0;
	while (json != NULL && used < length && strchr(" \t\r\n", bytes[used]) != NULL)
		used++;
	if (json == NULL || used != length) {
		cJSON_Delete(json);
		return false;
	}
	if (has_duplicate(json)) {
		*why = "the body names a field twice";
		cJSON_Delete(json);
		return false;
	}
	*ret = json;
	return true;
}

bool gate_value_is_zero(const cJSON *v)
{
	const cJSON *one;
	if (v == NULL || cJSON_IsNull(v) || cJSON_IsFalse(v) ||
		(cJSON_IsNumber(v) && v->valuedouble == 0) ||
		(cJSON_IsString(v) && v->valuestring[0] == '\0'))
		return true;
	if (cJSON_IsArray(v))
		return v->child == NULL;
	if (!cJSON_IsObject(v))
		return false;
	cJSON_ArrayForEach(one, v)
		if (!gate_value_is_zero(one))
			return false;
	return true;
}

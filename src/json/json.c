/* json/json.c - reads values from a tree, and prints a tree as text */
#include "json.h"

cJSON *json_parse(const struct buf *text)
{
	return cJSON_ParseWithLength(buf_text(text), text->length);
}

cJSON *json_get(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

const char *json_get_text(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(json_get(object, name));
}

const char *json_get_text_or(const cJSON *object, const char *name, const char *fallback)
{
	const char *text = json_get_text(object, name);
	return text != NULL ? text : fallback;
}

double json_get_number_or(const cJSON *object, const char *name, double fallback)
{
	const cJSON *number = json_get(object, name);
	return cJSON_IsNumber(number) ? number->valuedouble : fallback;
}

bool json_is_true(const cJSON *object, const char *name)
{
	return cJSON_IsTrue(json_get(object, name));
}

int64_t json_get_integer_or(
	const cJSON *object, const char *name, int64_t low, int64_t high, int64_t fallback)
{
	const cJSON *number = json_get(object, name);
	/* As a double, the largest int64_t rounds to 2^63, which is one too many. */
	bool within = cJSON_IsNumber(number) && number->valuedouble >= (double)low &&
		      number->valuedouble <= (double)high && number->valuedouble < 0x1p63;
	return within ? (int64_t)number->valuedouble : fallback;
}

const char *json_get_item_text(const cJSON *list, int place)
{
	return cJSON_GetStringValue(cJSON_GetArrayItem(list, place));
}

bool json_has_text(const cJSON *list, const char *text)
{
	const cJSON *one;
	cJSON_ArrayForEach(one, list)
		if (text_same(cJSON_GetStringValue(one), text))
			return true;
	return false;
}

char *json_print(const cJSON *json)
{
	char *text = cJSON_PrintUnformatted(json);
	if (text == NULL)
		die_out_of_memory();
	return text;
}

char *json_print_take(cJSON *json)
{
	char *text = json_print(json);
	cJSON_Delete(json);
	return text;
}

/* json/json.c - reads values from a tree, and prints a tree as text */
#include "json.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

cJSON *json_parse(const struct buf *text)
{
	return cJSON_ParseWithLength(buf_text(text), text->length);
}

/* ---- numbers as they were written ---- */

/* The next number outside of texts; `end` if there is none. */
static const char *find_number(const char *at, const char *end)
{
	for (; at < end && *at != '-' && isdigit((unsigned char)*at) == 0; at++)
		if (*at == '"')
			for (at++; at < end && *at != '"'; at++)
				at += *at == '\\';
	return at < end ? at : end;
}

/* The numbers of a tree have the order of its text. cJSON does not use the text of a number, but
 * copies and frees it. Returns where it stopped. */
static const char *keep_numbers(cJSON *json, const char *at, const char *end)
{
	cJSON *one;
	if (cJSON_IsNumber(json)) {
		const char *start = find_number(at, end);
		for (at = start; at < end && *at != '\0' && strchr("+-.0123456789Ee", *at) != NULL;)
			at++;
		json->valuestring = xstrndup(start, (size_t)(at - start));
	}
	cJSON_ArrayForEach(one, json)
		at = keep_numbers(one, at, end);
	return at;
}

cJSON *json_parse_exact(const char *text, size_t length, const char **ret_end)
{
	cJSON *json = cJSON_ParseWithLengthOpts(text, length, ret_end, false);
	if (json != NULL)
		(void)keep_numbers(json, text, text + length);
	return json;
}

/* ---- values ---- */

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

/* ---- building ---- */

void json_add_text_or_null(cJSON *object, const char *name, const char *text)
{
	if (text != NULL)
		cJSON_AddStringToObject(object, name, text);
	else
		cJSON_AddNullToObject(object, name);
}

void json_add_time(cJSON *object, const char *name, int64_t wall_ms)
{
	char text[TIME_TEXT_SIZE];
	time_format_iso8601(wall_ms, text);
	cJSON_AddStringToObject(object, name, text);
}

/* ---- printing ---- */

static void print_text(struct buf *out, const char *text)
{
	static const char letters[] = "\b\f\n\r\t\"\\", names[] = "bfnrt\"\\";
	buf_add_char(out, '"');
	for (const char *at = text; *at != '\0'; at++) {
		const char *start = at;
		while ((unsigned char)*at >= ' ' && *at != '"' && *at != '\\')
			at++;
		buf_add(out, start, (size_t)(at - start));
		if (*at == '\0')
			break;
		const char *letter = strchr(letters, *at);
		if (letter != NULL)
			buf_printf(out, "\\%c", names[letter - letters]);
		else
			buf_printf(out, "\\u%04x", (unsigned char)*at);
	}
	buf_add_char(out, '"');
}

/* With the digits that it was parsed from, or as many as are needed to read the same again. */
static void print_number(struct buf *out, const cJSON *json)
{
	char digits[32];
	double number = json->valuedouble;
	if (json->valuestring != NULL) {
		buf_add_text(out, json->valuestring);
	} else if (!isfinite(number)) {
		buf_add_text(out, "null");
	} else {
		snprintf(digits, sizeof digits, "%.15g", number);
		if (strtod(digits, NULL) != number)
			snprintf(digits, sizeof digits, "%.17g", number);
		buf_add_text(out, digits);
	}
}

static void print_value(struct buf *out, const cJSON *json)
{
	bool object = cJSON_IsObject(json);
	if (cJSON_IsString(json)) {
		print_text(out, json->valuestring);
	} else if (cJSON_IsNumber(json)) {
		print_number(out, json);
	} else if (object || cJSON_IsArray(json)) {
		buf_add_char(out, object ? '{' : '[');
		for (const cJSON *one = json->child; one != NULL; one = one->next) {
			if (one != json->child)
				buf_add_char(out, ',');
			if (object) {
				print_text(out, one->string);
				buf_add_char(out, ':');
			}
			print_value(out, one);
		}
		buf_add_char(out, object ? '}' : ']');
	} else if (cJSON_IsRaw(json)) {
		buf_add_text(out, json->valuestring);
	} else {
		buf_add_text(out, cJSON_IsTrue(json)    ? "true"
				  : cJSON_IsFalse(json) ? "false"
							: "null");
	}
}

char *json_print(const cJSON *json)
{
	struct buf out = {0};
	print_value(&out, json);
	return buf_steal(&out);
}

char *json_print_take(cJSON *json)
{
	char *text = json_print(json);
	cJSON_Delete(json);
	return text;
}

/* xapi/json.c - parses JSON strictly by RFC 8259: no repeated names, nothing that would be lost */
#include "xapi.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* cJSON builds the tree, but accepts more than JSON, so these functions check the tokens. Each
 * returns the end of a token; NULL: invalid. */

static const char *skip_digits(const char *at, const char *end)
{
	const char *start = at;
	while (at < end && isdigit((unsigned char)*at))
		at++;
	return at > start ? at : NULL;
}

static const char *skip_exponent(const char *at, const char *end)
{
	at++;
	if (at < end && (*at == '+' || *at == '-'))
		at++;
	return skip_digits(at, end);
}

/* Reject numbers too large for a double: they would become null. */
static bool is_finite(const char *start, const char *end)
{
	if (end - start < 300 && memchr(start, 'e', (size_t)(end - start)) == NULL &&
		memchr(start, 'E', (size_t)(end - start)) == NULL)
		return true;
	cleanup_free char *text = xstrndup(start, (size_t)(end - start));
	return isfinite(strtod(text, NULL)) != 0;
}

static const char *skip_number(const char *at, const char *end)
{
	const char *start = at;
	if (*at == '-')
		at++;
	bool zero = at < end && *at == '0';
	at = zero ? at + 1 : skip_digits(at, end);
	if (zero && at < end && isdigit((unsigned char)*at))
		return NULL;
	if (at != NULL && at < end && *at == '.')
		at = skip_digits(at + 1, end);
	if (at != NULL && at < end && (*at == 'e' || *at == 'E'))
		at = skip_exponent(at, end);
	return at != NULL && is_finite(start, at) ? at : NULL;
}

static const char *skip_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++) {
		if ((unsigned char)*at < ' ')
			return NULL;
		if (*at != '\\')
			continue;
		if (++at == end || strchr("\"\\/bfnrtu", *at) == NULL || *at == '\0')
			return NULL;
		/* the string would end at this NUL */
		if (*at == 'u' && end - at > 4 && memcmp(at + 1, "0000", 4) == 0)
			return NULL;
	}
	return at < end ? at + 1 : NULL;
}

static const char *skip_word(const char *at, const char *end)
{
	static const char *const words[] = {"true", "false", "null"};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		size_t length = strlen(words[i]);
		if ((size_t)(end - at) >= length && memcmp(at, words[i], length) == 0)
			return at + length;
	}
	return NULL;
}

static bool has_words_of_json(const char *at, const char *end)
{
	while (at != NULL && at < end) {
		if (*at != '\0' && strchr("{}[]:, \t\r\n", *at) != NULL)
			at++;
		else if (*at == '"')
			at = skip_string(at, end);
		else if (*at == '-' || isdigit((unsigned char)*at))
			at = skip_number(at, end);
		else
			at = skip_word(at, end);
	}
	return at != NULL;
}

/* ---- by name ---- */

static int by_name(const void *a, const void *b)
{
	const cJSON *one = *(cJSON *const *)a, *other = *(cJSON *const *)b;
	return strcmp(one->string, other->string);
}

struct xapi_index xapi_index_make(const cJSON *object)
{
	size_t count = cJSON_IsObject(object) ? (size_t)cJSON_GetArraySize(object) : 0;
	struct xapi_index index = {xcalloc(count + 1, sizeof(cJSON *)), 0};
	for (cJSON *one = count > 0 ? object->child : NULL; one != NULL; one = one->next)
		index.items[index.count++] = one;
	if (count > 1)
		qsort(index.items, count, sizeof *index.items, by_name);
	return index;
}

static cJSON **index_slot(const struct xapi_index *index, const char *name)
{
	const cJSON key = {.string = (char *)(uintptr_t)name}; /* only for reading */
	const cJSON *wanted = &key;
	return index->count == 0 ? NULL
				 : bsearch(&wanted, index->items, index->count,
					   sizeof *index->items, by_name);
}

cJSON *xapi_index_find(const struct xapi_index *index, const char *name)
{
	cJSON **slot = index_slot(index, name);
	return slot != NULL ? *slot : NULL;
}

void xapi_index_finish(struct xapi_index *index)
{
	free(index->items);
	*index = (struct xapi_index){0};
}

void xapi_index_set(struct xapi_index *index, cJSON *object, const cJSON *property)
{
	cJSON **slot = index_slot(index, property->string);
	cJSON *copy = cJSON_Duplicate(property, true);
	if (slot == NULL) {
		cJSON_AddItemToObject(object, property->string, copy);
		return;
	}
	cJSON_ReplaceItemViaPointer(object, *slot, copy); /* frees the old item */
	*slot = copy;
}

/* ---- no repeated names ---- */

static int by_member_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

const char *xapi_twice(const char **texts, size_t count)
{
	if (count > 1)
		qsort(texts, count, sizeof *texts, by_member_name);
	for (size_t i = 1; i < count; i++)
		if (strcmp(texts[i - 1], texts[i]) == 0)
			return texts[i];
	return NULL;
}

static const char *find_twice(const cJSON *json)
{
	const cJSON *one;
	const char *twice = NULL;
	size_t count = 0;
	if (cJSON_IsObject(json) && cJSON_GetArraySize(json) > 1) {
		const char **names = xcalloc((size_t)cJSON_GetArraySize(json), sizeof *names);
		cJSON_ArrayForEach(one, json)
			names[count++] = one->string;
		twice = xapi_twice(names, count);
		free(names);
	}
	for (one = json->child; one != NULL && twice == NULL; one = one->next)
		twice = find_twice(one);
	return twice;
}

/* ---- parsing ---- */

cJSON *xapi_parse(const char *text, size_t length, struct error *err)
{
	static const char mark[] = "\xef\xbb\xbf";
	const char *end = NULL;
	if (!utf8_valid(text, length)) {
		error_set(err, 0, "it is not UTF-8");
		return NULL;
	}
	if (length >= 3 && memcmp(text, mark, 3) == 0) {
		text += 3;
		length -= 3;
	}
	cJSON *json = has_words_of_json(text, text + length)
			      ? cJSON_ParseWithLengthOpts(text, length, &end, false)
			      : NULL;
	while (json != NULL && end < text + length && *end != '\0' &&
		strchr(" \t\r\n", *end) != NULL)
		end++;
	if (json == NULL || end < text + length) {
		cJSON_Delete(json);
		error_set(err, 0, "it is not JSON");
		return NULL;
	}
	const char *twice = find_twice(json);
	if (twice != NULL) {
		error_set(err, 0, "'%s' is given twice", twice);
		cJSON_Delete(json);
		return NULL;
	}
	return json;
}

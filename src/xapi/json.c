/* xapi/json.c - parses JSON strictly by RFC 8259: no repeated names, nothing that would be lost */
#include "xapi.h"
#include "json.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* cJSON builds the tree, but accepts more than JSON, so these functions check the tokens. Each
 * returns the end of a token; NULL: invalid. *why: valid JSON that cannot be kept. */

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

/* cJSON reads no more of a number. */
#define NUMBER_MAX ((ptrdiff_t)63)

static bool fits_double(const char *start, const char *end)
{
	char text[NUMBER_MAX + 1] = {0};
	memcpy(text, start, (size_t)(end - start));
	return isfinite(strtod(text, NULL)) != 0;
}

static const char *skip_number(const char *at, const char *end, const char **why)
{
	const char *start = at;
	if (*at == '-')
		at++;
	bool zero = at < end && *at == '0', power = false;
	at = zero ? at + 1 : skip_digits(at, end);
	if (zero && at < end && isdigit((unsigned char)*at))
		return NULL;
	if (at != NULL && at < end && *at == '.')
		at = skip_digits(at + 1, end);
	if (at != NULL && at < end && (*at == 'e' || *at == 'E')) {
		at = skip_exponent(at, end);
		power = true;
	}
	if (at != NULL && at - start > NUMBER_MAX)
		*why = "a number has more than 63 characters";
	else if (at != NULL && power && !fits_double(start, at))
		*why = "a number is larger than 1.7976931348623157e308";
	return *why == NULL ? at : NULL;
}

/* The value of four hexadecimal digits; -1: there are fewer. */
static int hex_at(const char *at, const char *end)
{
	char digits[5] = {0};
	if (end - at < 4)
		return -1;
	memcpy(digits, at, 4);
	return strspn(digits, "0123456789abcdefABCDEF") == 4 ? (int)strtol(digits, NULL, 16) : -1;
}

/* `at`: the backslash. */
static const char *skip_escape(const char *at, const char *end, const char **why)
{
	if (end - at < 2 || at[1] == '\0' || strchr("\"\\/bfnrtu", at[1]) == NULL)
		return NULL;
	if (at[1] != 'u')
		return at + 2;
	int code = hex_at(at + 2, end), next = -1;
	bool high = code >= 0xd800 && code < 0xdc00, low = code >= 0xdc00 && code < 0xe000;
	if (high && end - at > 7 && at[6] == '\\' && at[7] == 'u')
		next = hex_at(at + 8, end);
	if (code == 0)
		*why = "a text contains \\u0000, which cannot be stored";
	else if (low || (high && (next < 0xdc00 || next >= 0xe000)))
		*why = "a text contains half of a surrogate pair, which is not a character";
	return code < 0 || *why != NULL ? NULL : at + (high ? 12 : 6);
}

static const char *skip_string(const char *at, const char *end, const char **why)
{
	for (at++; at != NULL && at < end && *at != '"';) {
		if ((unsigned char)*at < ' ')
			return NULL;
		at = *at == '\\' ? skip_escape(at, end, why) : at + 1;
	}
	return at != NULL && at < end ? at + 1 : NULL;
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

static bool has_words_of_json(const char *at, const char *end, const char **why)
{
	unsigned depth = 0;
	while (at != NULL && at < end) {
		if (*at == '{' || *at == '[')
			depth++;
		else if ((*at == '}' || *at == ']') && depth > 0)
			depth--;
		if (depth > CJSON_NESTING_LIMIT)
			*why = "it is nested more than 1000 levels deep";
		if (*why != NULL)
			return false;
		if (*at != '\0' && strchr("{}[]:, \t\r\n", *at) != NULL)
			at++;
		else if (*at == '"')
			at = skip_string(at, end, why);
		else if (*at == '-' || isdigit((unsigned char)*at))
			at = skip_number(at, end, why);
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

/* The path of a property that is there twice ("[1].actor.name"); NULL: none. The caller frees it.
 */
static char *find_twice(const cJSON *json)
{
	const cJSON *one;
	size_t count = 0;
	if (cJSON_IsObject(json) && cJSON_GetArraySize(json) > 1) {
		const char **names = xcalloc((size_t)cJSON_GetArraySize(json), sizeof *names);
		cJSON_ArrayForEach(one, json)
			names[count++] = one->string;
		const char *twice = xapi_twice(names, count);
		free(names);
		if (twice != NULL)
			return xstrdup(twice);
	}
	count = 0;
	cJSON_ArrayForEach(one, json) {
		cleanup_free char *below = find_twice(one);
		const char *dot = below != NULL && *below != '[' ? "." : "";
		if (below != NULL)
			return one->string != NULL ? xasprintf("%s%s%s", one->string, dot, below)
						   : xasprintf("[%zu]%s%s", count, dot, below);
		count++;
	}
	return NULL;
}

/* ---- parsing ---- */

cJSON *xapi_parse(const char *text, size_t length, struct error *err)
{
	static const char mark[] = "\xef\xbb\xbf";
	const char *end = NULL, *why = NULL;
	if (!utf8_valid(text, length)) {
		error_set(err, 0, "it is not UTF-8");
		return NULL;
	}
	if (length >= 3 && memcmp(text, mark, 3) == 0) {
		text += 3;
		length -= 3;
	}
	cJSON *json = has_words_of_json(text, text + length, &why)
			      ? json_parse_exact(text, length, &end)
			      : NULL;
	while (json != NULL && end < text + length && *end != '\0' &&
		strchr(" \t\r\n", *end) != NULL)
		end++;
	if (json == NULL || end < text + length) {
		cJSON_Delete(json);
		error_set(err, 0, "%s", why != NULL ? why : "it is not JSON");
		return NULL;
	}
	cleanup_free char *twice = find_twice(json);
	if (twice != NULL) {
		error_set(err, 0, "'%s' is given twice", twice);
		cJSON_Delete(json);
		return NULL;
	}
	return json;
}

/*
 * json.h - reading values from cJSON trees, building and printing them. Strict parsing of untrusted
 * input is in xapi (xapi_parse) and gate (gate_parse_body).
 *
 * Every `object` and `list` may be NULL or of another type; the functions then treat it as empty.
 * Names are case-sensitive. Texts and members live as long as their tree.
 */
#ifndef JSON_H
#define JSON_H

#include "base.h"

#include <cjson/cJSON.h>

/* Parses a whole text; returns NULL on failure. The caller deletes the tree (cJSON_Delete). */
cJSON *json_parse(const struct buf *text);
/* Like json_parse(), but keeps how each number was written, for json_print(): 1.0 stays 1.0, and
 * 12345678901234567890 loses no digits. *ret_end: the end of the value; if NULL, text may follow
 * it, too. */
cJSON *json_parse_exact(const char *text, size_t length, const char **ret_end);

/* Returns the member of that name, or NULL. */
cJSON *json_get(const cJSON *object, const char *name);
/* Return the member's value if it has that type; else NULL, `fallback` or false. */
const char *json_get_text(const cJSON *object, const char *name);
const char *json_get_text_or(const cJSON *object, const char *name, const char *fallback);
double json_get_number_or(const cJSON *object, const char *name, double fallback);
bool json_is_true(const cJSON *object, const char *name);
/* Returns the member's whole number if it is within [low, high]; else `fallback`. */
int64_t json_get_integer_or(
	const cJSON *object, const char *name, int64_t low, int64_t high, int64_t fallback);

/* Returns the text at that index of a list, or NULL. */
const char *json_get_item_text(const cJSON *list, int place);
bool json_has_text(const cJSON *list, const char *text);

/* Adds the text, or null for NULL. */
void json_add_text_or_null(cJSON *object, const char *name, const char *text);
/* Adds a time as ISO 8601: "2026-11-30T08:00:00.000Z". */
void json_add_time(cJSON *object, const char *name, int64_t wall_ms);

/* Prints without white space; the caller frees the text. */
char *json_print(const cJSON *json);
/* Like json_print(), but also deletes the tree. */
char *json_print_take(cJSON *json);

#endif

/*
 * json.h - reading values out of cJSON's trees, and printing them. Strict reading of what strangers
 * send is in xapi (xapi_parse) and gate (gate_parse_body).
 *
 * Every `object` and `list` may be NULL or something else: then nothing is in it. Names are
 * compared with their case. Texts and members live as long as their tree.
 */
#ifndef JSON_H
#define JSON_H

#include "base.h"

#include <cjson/cJSON.h>

/* Parses a whole text, or returns NULL; the caller deletes the tree (cJSON_Delete). */
cJSON *json_parse(const struct buf *text);

/* The member of that name, or NULL. */
cJSON *json_get(const cJSON *object, const char *name);
/* The member's value, if it has that type; else NULL, `fallback` or false. */
const char *json_get_text(const cJSON *object, const char *name);
const char *json_get_text_or(const cJSON *object, const char *name, const char *fallback);
double json_get_number_or(const cJSON *object, const char *name, double fallback);
bool json_is_true(const cJSON *object, const char *name);
/* The member's whole number within [low, high]; else `fallback`. */
int64_t json_get_integer_or(
	const cJSON *object, const char *name, int64_t low, int64_t high, int64_t fallback);

/* The text at that index of a list, or NULL. */
const char *json_get_item_text(const cJSON *list, int place);
bool json_has_text(const cJSON *list, const char *text);

/* Without white space; the caller frees it. */
char *json_print(const cJSON *json);
/* The same, and deletes the tree. */
char *json_print_take(cJSON *json);

#endif

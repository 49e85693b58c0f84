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

/* A whole text; NULL: it is not JSON. The caller deletes it (cJSON_Delete). */
cJSON *json_parse(const struct buf *text);

/* The member of that name; NULL: there is none. */
cJSON *json_get(const cJSON *object, const char *name);
/* Its text, number or truth; NULL, `fallback` or false where it is none. */
const char *json_get_text(const cJSON *object, const char *name);
const char *json_get_text_or(const cJSON *object, const char *name, const char *fallback);
double json_get_number_or(const cJSON *object, const char *name, double fallback);
bool json_is_true(const cJSON *object, const char *name);
/* Its number within [low, high], without a fraction; `fallback` where it is none. */
int64_t json_get_integer_or(
	const cJSON *object, const char *name, int64_t low, int64_t high, int64_t fallback);

/* The text at that place of a list, from 0; NULL: there is none. */
const char *json_get_item_text(const cJSON *list, int place);
bool json_has_text(const cJSON *list, const char *text);

/* Without white space; the caller frees it. */
char *json_print(const cJSON *json);
/* The same, and deletes the tree. */
char *json_print_take(cJSON *json);

#endif

/* record/statement.h - an event as an xAPI 1.0.3 statement, and back. Private to src/record. */
#ifndef RECORD_STATEMENT_H
#define RECORD_STATEMENT_H

#include "private.h"

#include <cjson/cJSON.h>

/* JSON text of the statement; the caller frees it. */
char *statement_write(const struct record_event *event, const char *id, const char *registration,
	int64_t time_ms);
/* Extracts what the projections need; strings are views into json. False: not a statement of ropes.
 */
bool statement_read(const cJSON *json, struct projected *ret);
/* Extracts the rest of a statement that statement_read() has read; strings are views into json. */
struct record_past statement_past(const cJSON *json, const struct projected *event);
/* The same as statement_read(), directly from an event. */
struct projected statement_projected(
	const struct record_event *event, const char *registration, int64_t time_ms);

#endif

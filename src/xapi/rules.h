/* xapi/rules.h - checks objects against tables of fields, with rules common to all of them. Private
 * to src/xapi. */
#ifndef XAPI_RULES_H
#define XAPI_RULES_H

#include "xapi.h"

struct checker {
	enum xapi_version version;
	struct error *err; /* NULL: do not report errors */
	unsigned depth;    /* nesting in sub-statements */
};

typedef bool rule(struct checker *c, const char *path, const cJSON *value);

struct field {
	const char *name;
	rule *check;
	bool needed;
};

/* Sets err to where and what; returns false. */
bool xapi_check_fail(struct checker *c, const char *path, const char *what);
/* Checks that every field of the object is in the table and valid, and that required ones exist. */
bool xapi_check_object(
	struct checker *c, const char *path, const cJSON *json, const struct field *fields);
/* Checks every item of a list. */
bool xapi_check_each(struct checker *c, const char *path, const cJSON *list, rule *holds);

rule xapi_check_text, xapi_check_bool, xapi_check_number, xapi_check_length, xapi_check_iri,
	xapi_check_uuid, xapi_check_time, xapi_check_duration, xapi_check_language,
	xapi_check_version, xapi_check_language_map, xapi_check_extensions;
rule xapi_check_agent, xapi_check_group, xapi_check_actor, xapi_check_authority;

#endif

/* xapi/rules.h - how objects are held against tables of fields, and the rules that all of them use.
 * Private to src/xapi. */
#ifndef XAPI_RULES_H
#define XAPI_RULES_H

#include "xapi.h"

struct checker {
	enum xapi_version version;
	struct error *err; /* NULL: nobody is told what is wrong */
	unsigned depth;    /* in sub-statements */
};

typedef bool rule(struct checker *c, const char *path, const cJSON *value);

struct field {
	const char *name;
	rule *check;
	bool needed;
};

/* Says where and what; returns false. */
bool xapi_check_fail(struct checker *c, const char *path, const char *what);
/* Every field of the object is in the table and holds, and what is needed is there. */
bool xapi_check_object(
	struct checker *c, const char *path, const cJSON *json, const struct field *fields);
/* Every item of a list. */
bool xapi_check_each(struct checker *c, const char *path, const cJSON *list, rule *holds);

rule xapi_check_text, xapi_check_bool, xapi_check_number, xapi_check_length, xapi_check_iri,
	xapi_check_uuid, xapi_check_time, xapi_check_duration, xapi_check_language,
	xapi_check_version, xapi_check_language_map, xapi_check_extensions;
rule xapi_check_agent, xapi_check_group, xapi_check_actor, xapi_check_authority;

#endif

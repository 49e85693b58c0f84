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
	rule *holds;
	bool needed;
};

/* Says where and what; returns false. */
bool rule_fails(struct checker *c, const char *path, const char *what);
/* Every field of the object is in the table and holds, and what is needed is there. */
bool rule_walk(struct checker *c, const char *path, const cJSON *json, const struct field *fields);
/* Every item of a list. */
bool rule_each(struct checker *c, const char *path, const cJSON *list, rule *holds);

rule rule_text, rule_bool, rule_number, rule_length, rule_iri, rule_uuid, rule_time, rule_duration,
	rule_language, rule_version, rule_language_map, rule_extensions;
rule rule_agent, rule_group, rule_actor, rule_authority;

#endif

/* gate/fields.h - tables of fields and the rules that they name: declarations that
 * routes.c, values.c, networks.c and mounts.c share. Private to src/gate. */
#ifndef GATE_FIELDS_H
#define GATE_FIELDS_H

#include "private.h"

struct field;
/* Checks a value that is set, and may change it. parent and name allow replacing it. */
typedef bool rule_function(
	struct request *r, const char *path, cJSON *value, const struct field *field);

enum field_rule {
	KEEP,   /* unchanged */
	DENY,   /* must not be set */
	DROP,   /* left out, whatever its value: use the daemon's default or the gate's value */
	LOOK,   /* `function` decides */
	FIELDS, /* an object with a table of its own: `fields` */
	NULLS,  /* only null, which is left out: even an empty list carries meaning */
	TRUE,   /* always true, whatever its value */
};
struct field {
	const char *name;
	enum field_rule rule;
	rule_function *function;
	const struct field *fields; /* ends with a NULL name */
	const char *why;            /* what is allowed instead; for gate_check_word: the word */
};

/* ---- walk.c ---- */

/* Judges the members of an object by a table, and removes those that are not forwarded. */
bool walk_fields(struct request *r, const char *prefix, cJSON *object, const struct field *table);
void walk_set_text(cJSON *value, const char *text);
/* Returns the member of that name as an object, creating it if needed. */
cJSON *walk_ensure_object(cJSON *parent, const char *name);
void walk_put_label(cJSON *object, const char *name, const char *value);
void walk_put_owner(const struct gate *gate, cJSON *object);
/* Refuses a value that is not a list of texts. */
bool walk_check_texts(struct request *r, const char *path, const cJSON *value);

/* ---- mounts.c ---- */
bool mounts_is_volume_name(const char *name, size_t length);
/* The daemon would create a volume that a container names without any label, so create it here
 * first, or check that it is the learner's. *ret: the daemon's name for it. */
bool mounts_ensure_volume(struct request *r, const char *name, char **ret);
bool mounts_replace_container(struct request *r, cJSON *value);
rule_function gate_check_binds, gate_check_mounts, gate_check_container_names, gate_check_namespace;

/* ---- networks.c ---- */
extern const struct field networks_endpoint_fields[];
rule_function gate_check_network_mode, gate_check_endpoints;

/* ---- values.c ---- */
rule_function gate_check_image, gate_check_labels, gate_check_folder, gate_check_exposed_ports,
	gate_check_volumes, gate_check_health, gate_check_word, gate_check_security, gate_check_log,
	gate_check_restart, gate_check_ports, gate_check_hosts;

#endif

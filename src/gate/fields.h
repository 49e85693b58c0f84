/* gate/fields.h - tables of fields and the rules that they name: what fields.c, values.c and
 * mounts.c share. Private to src/gate. */
#ifndef GATE_FIELDS_H
#define GATE_FIELDS_H

#include "private.h"

struct field;
/* Looks at a value that is set; may change it. parent and name are for what must replace it. */
typedef bool rule_function(
	struct request *r, const char *path, cJSON *value, const struct field *field);

enum field_rule {
	KEEP,   /* as it is */
	DENY,   /* must not be set */
	DROP,   /* left out, whatever it says: the daemon's default or what the gate puts there */
	LOOK,   /* `rule` decides */
	FIELDS, /* an object with a table of its own: `fields` */
};
struct field {
	const char *name;
	enum field_rule rule;
	rule_function *function;
	const struct field *fields; /* ended by a NULL name */
	const char *why;            /* what would be allowed */
};

/* Judges the members of an object by a table, and takes out what does not go on. */
bool fields_walk(struct request *r, const char *prefix, cJSON *object, const struct field *table);

void set_text(cJSON *value, const char *text);
/* The member of that name, as an object: made anew where it is none. */
cJSON *object_of(cJSON *parent, const char *name);
void put_owner(const struct gate *gate, cJSON *object);
/* Refuses what is no list of texts. */
bool text_list(struct request *r, const char *path, const cJSON *value);

/* ---- mounts.c ---- */
bool is_volume_name(const char *name, size_t length);
/* A volume that a container names would be made by the daemon without any label: it is made first,
 * here, or must be one's own. *ret: what the daemon calls it. */
bool take_volume(struct request *r, const char *name, char **ret);
bool join_container(struct request *r, cJSON *value);
rule_function rule_binds, rule_mounts, rule_from, rule_namespace;

/* ---- networks.c ---- */
extern const struct field endpoint_fields[];
rule_function rule_network_mode, rule_endpoints, rule_ipam_driver;
/* After the walk: the container is found by that name in the networks that it joins. */
void put_aliases(struct request *r, const char *name);

/* ---- values.c ---- */
rule_function rule_image, rule_labels, rule_folder, rule_ports_exposed, rule_volumes, rule_health,
	rule_cgroupns, rule_runtime, rule_security, rule_log, rule_restart, rule_ports, rule_hosts;

#endif

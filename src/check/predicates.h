/* check/predicates.h - the tables of possible statements, by form, with their evaluation; one file
 * per subject. Private to src/check. */
#ifndef CHECK_PREDICATES_H
#define CHECK_PREDICATES_H

#include "json.h"
#include "private.h"

struct predicate_table {
	const struct predicate *items;
	size_t count;
};
extern const struct predicate_table line_predicates, container_predicates, object_predicates,
	world_predicates;

/* ---- shared by several subjects ---- */

/* Inspects a container, once for each look, which owns the answer. NULL: the daemon cannot be
 * asked, or there is no such container, which the look then says. */
const struct engine_container *predicates_container(
	struct look *look, const char *name, struct error *err);
/* Passes if the object was there when the step began and is not any more. */
bool predicates_check_gone(struct look *look, bool there);
/* "KEY" or "KEY=VALUE". */
bool predicates_has_label(const cJSON *config, const char *pair);

#endif

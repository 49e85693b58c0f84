/* check/predicates.h - the tables of possible statements, by form, with their evaluation; one file
 * per subject. Private to src/check. */
#ifndef CHECK_PREDICATES_H
#define CHECK_PREDICATES_H

#include "json.h"
#include "private.h"

#define CONTEXT                                                                                    \
	struct check_context *context, const struct statement *s, const char *name,                \
		struct look *look, struct error *err
#define UNUSED(x) ((void)(x))

struct predicate_table {
	const struct predicate *items;
	size_t count;
};
extern const struct predicate_table line_predicates, container_predicates, object_predicates,
	world_predicates;

/* Shared by several subjects. */
bool predicates_find_container(CONTEXT, struct engine_container *ret);
bool predicates_check_gone(CONTEXT, bool there);
bool predicates_has_label(const cJSON *config, const char *pair);

#endif

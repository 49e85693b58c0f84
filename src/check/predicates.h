/* check/predicates.h - the tables of statements that can be made, by their forms, and how each is
 * held; a file a theme. Private to src/check. */
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

/* What several themes need. */
bool predicates_find_container(CONTEXT, struct engine_container *ret);
bool predicates_check_gone(CONTEXT, bool there);
bool predicates_has_label(const cJSON *config, const char *pair);

#endif

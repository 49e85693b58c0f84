/* check/table.c - enumerates all predicates across the subjects' tables */
#include "predicates.h"

const struct predicate *table_predicate_at(size_t index)
{
	const struct predicate_table *const tables[] = {
		&line_predicates, &container_predicates, &object_predicates, &world_predicates};
	for (size_t i = 0; i < ARRAY_LENGTH(tables); i++) {
		if (index < tables[i]->count)
			return &tables[i]->items[index];
		index -= tables[i]->count;
	}
	return NULL;
}

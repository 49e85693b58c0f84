/* base/ids.c - names of things that are each used once */
#include "base.h"

#include <stdlib.h>
#include <string.h>

static struct used_id *find_id(struct ids *ids, const char *id)
{
	size_t slot = (size_t)hash_bytes(HASH_START, id, strlen(id));
	while (ids->slots[slot &= ids->size - 1].id != NULL && !text_same(ids->slots[slot].id, id))
		slot++;
	return &ids->slots[slot];
}

static void reserve_ids(struct ids *ids)
{
	if (ids->count * 2 < ids->size)
		return;
	struct ids more = {.size = ids->size > 0 ? ids->size * 2 : 64, .count = ids->count};
	more.slots = xcalloc(more.size, sizeof *more.slots);
	for (size_t i = 0; i < ids->size; i++)
		if (ids->slots[i].id != NULL)
			*find_id(&more, ids->slots[i].id) = ids->slots[i];
	free(ids->slots);
	*ids = more;
}

const char *ids_add(struct ids *ids, struct arena *arena, const char *id)
{
	reserve_ids(ids);
	struct used_id *used = find_id(ids, id);
	const char *own = used->id == NULL ? arena_strdup(arena, id) : id;
	while (used->id != NULL) {
		struct used_id *first = find_id(ids, id);
		own = arena_printf(arena, "%s-%u", id, ++first->times);
		used = find_id(ids, own);
	}
	*used = (struct used_id){own, 1};
	ids->count++;
	return own;
}

bool ids_is_repeated(struct ids *ids, const char *id)
{
	return ids->size > 0 && find_id(ids, id)->times > 1;
}

void ids_finish(struct ids *ids)
{
	free(ids->slots);
	*ids = (struct ids){0};
}

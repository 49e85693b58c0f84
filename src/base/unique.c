/* base/unique.c - names of which each is used once, in a hash table: there may be thousands */
#include "base.h"

#include <stdlib.h>
#include <string.h>

struct unique_name {
	const char *text; /* NULL: the slot is free */
	unsigned repeats; /* how often it was asked for again */
};

static struct unique_name *find_name(const struct unique_names *names, const char *text)
{
	size_t at = (size_t)hash_bytes(HASH_START, text, strlen(text));
	while (names->slots[at &= names->size - 1].text != NULL &&
		!text_same(names->slots[at].text, text))
		at++;
	return &names->slots[at];
}

static void reserve_names(struct unique_names *names)
{
	if (names->count * 2 < names->size)
		return;
	struct unique_names more = {
		.size = names->size > 0 ? names->size * 2 : 64, .count = names->count};
	more.slots = xcalloc(more.size, sizeof *more.slots);
	for (size_t i = 0; i < names->size; i++)
		if (names->slots[i].text != NULL)
			*find_name(&more, names->slots[i].text) = names->slots[i];
	free(names->slots);
	*names = more;
}

const char *unique_add(
	struct unique_names *names, struct arena *arena, const char *wanted, unsigned second)
{
	reserve_names(names);
	struct unique_name *first = find_name(names, wanted), *own = first;
	const char *text = own->text == NULL ? arena_strdup(arena, wanted) : wanted;
	while (own->text != NULL) {
		text = arena_printf(arena, "%s-%u", wanted, second + first->repeats++);
		own = find_name(names, text);
	}
	own->text = text;
	names->count++;
	return text;
}

bool unique_has(const struct unique_names *names, const char *text)
{
	return names->size > 0 && find_name(names, text)->text != NULL;
}

bool unique_is_repeated(const struct unique_names *names, const char *text)
{
	return names->size > 0 && find_name(names, text)->repeats > 0;
}

void unique_finish(struct unique_names *names)
{
	free(names->slots);
	*names = (struct unique_names){0};
}

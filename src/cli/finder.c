/* cli/finder.c - the list of faults while it grows */
#include "finder.h"

#include <string.h>

void finder_add(struct finder *f, struct cli_fault fault)
{
	struct cli_faults *out = f->out;
	out->items = array_grow(out->items, out->count, sizeof *out->items);
	out->items[out->count++] = fault;
}

bool finder_has(const struct finder *f, size_t word)
{
	for (size_t i = 0; i < f->out->count; i++)
		if (f->out->items[i].word == word)
			return true;
	return false;
}

bool finder_is_expanded(const char *word)
{
	return strpbrk(word, "$`") != NULL;
}

bool finder_is_entrypoints(const struct cli_call *call, const struct cli_use *use)
{
	return use->letter == 'c' && cli_value_of(call, "--entrypoint") != NULL;
}

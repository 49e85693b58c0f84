/* httpd/pairs.c - names with values: headers, parameters, form fields */
#include "httpd.h"

#include <stdlib.h>
#include <strings.h>

void pairs_add(struct pairs *p, const char *name, const char *value)
{
	p->items = array_grow(p->items, p->count, sizeof *p->items);
	p->items[p->count++] = (struct pair){xstrdup(name), xstrdup(value)};
}

const char *pairs_find(const struct pairs *p, const char *name)
{
	for (size_t i = p->count; i-- > 0;)
		if (strcasecmp(p->items[i].name, name) == 0)
			return p->items[i].value;
	return NULL;
}

void pairs_finish(struct pairs *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->items[i].name);
		free(p->items[i].value);
	}
	free(p->items);
	*p = (struct pairs){0};
}
